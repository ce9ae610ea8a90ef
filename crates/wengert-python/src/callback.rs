//! Python functions of lists of cells, as the engine calls them: with vectors of tensors, from any thread.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use wengert::{Result, Tensor};

use crate::cell::{Arg, Cell, Out, give};
use crate::errors::{through, type_error};
use crate::flavour::Flavour;

/// A list or tuple, read item by item: what says that it has so many items is not believed.
pub struct List<T>(pub Vec<T>);

impl<T> std::ops::Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'py, T> FromPyObject<'_, 'py> for List<T>
where
    T: for<'a> FromPyObject<'a, 'py>,
{
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<List<T>> {
        if !object.is_instance_of::<PyList>() && !object.is_instance_of::<PyTuple>() {
            return Err(type_error(format!("expected a list or a tuple, not {}", object.get_type())));
        }
        let mut items = Vec::new();
        for item in object.try_iter()? {
            items.push(item?.extract::<T>().map_err(Into::into)?);
        }
        Ok(List(items))
    }
}

/// The flavour that a list of arguments decides on: that of the first one.
pub fn flavour_of(arguments: &[Arg]) -> Flavour {
    arguments.first().map_or(Flavour::Torch, |argument| argument.flavour)
}

/// Arguments as their tensors and their flavours.
pub fn apart(arguments: List<Arg>) -> (Vec<Tensor>, Vec<Flavour>) {
    arguments.0.into_iter().map(|argument| (argument.value, argument.flavour)).unzip()
}

/// The flavour of value `k`: that of its own if it is known, or else of the first one.
fn flavour_at(flavours: &[Flavour], k: usize) -> Flavour {
    flavours.get(k).or(flavours.first()).copied().unwrap_or(Flavour::Torch)
}

/// Tensors as results of these flavours.
pub fn outs(flavours: &[Flavour], tensors: Vec<Tensor>) -> Vec<Out> {
    tensors.into_iter().enumerate().map(|(k, tensor)| Out(flavour_at(flavours, k), tensor)).collect()
}

/// Tensors as a list of cells of these flavours.
pub fn cells<'py>(py: Python<'py>, flavours: &[Flavour], tensors: &[Tensor]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for (k, tensor) in tensors.iter().enumerate() {
        list.append(give(py, flavour_at(flavours, k), tensor.clone())?)?;
    }
    Ok(list)
}

/// Tensors as a list of cells of these flavours, None where there is none.
pub fn optional_cells<'py>(
    py: Python<'py>,
    flavours: &[Flavour],
    tensors: &[Option<Tensor>],
) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for (k, tensor) in tensors.iter().enumerate() {
        match tensor {
            Some(tensor) => list.append(give(py, flavour_at(flavours, k), tensor.clone())?)?,
            None => list.append(py.None())?,
        }
    }
    Ok(list)
}

/// The tensor in what a Python function returned: a cell's, or that of an array or number in the conventions of `like`.
pub fn tensor_of(object: &Bound<'_, PyAny>, like: Flavour) -> PyResult<(Tensor, Flavour)> {
    let py = object.py();
    match object.cast::<Cell>() {
        Ok(cell) => Ok((cell.get().value(py)?, cell.get().flavour)),
        Err(_) => Ok((crate::data::tensor(py, like, object, None)?, like)),
    }
}

/// The tensors in a list that a Python function returned; a cell by itself is a list of one.
pub fn tensors_of(returned: &Bound<'_, PyAny>, like: Flavour) -> PyResult<(Vec<Tensor>, Vec<Flavour>)> {
    if returned.is_instance_of::<Cell>() {
        let (tensor, flavour) = tensor_of(returned, like)?;
        return Ok((vec![tensor], vec![flavour]));
    }
    let mut tensors = Vec::new();
    let mut flavours = Vec::new();
    for item in returned.try_iter()? {
        let (tensor, flavour) = tensor_of(&item?, like)?;
        tensors.push(tensor);
        flavours.push(flavour);
    }
    Ok((tensors, flavours))
}

/// The tensors in a list of cells and None.
pub fn optional_tensors_of(returned: &Bound<'_, PyAny>, like: Flavour) -> PyResult<Vec<Option<Tensor>>> {
    if returned.is_instance_of::<Cell>() {
        return Ok(vec![Some(tensor_of(returned, like)?.0)]);
    }
    let mut tensors = Vec::new();
    for item in returned.try_iter()? {
        let item = item?;
        tensors.push(if item.is_none() { None } else { Some(tensor_of(&item, like)?.0) });
    }
    Ok(tensors)
}

/// The two parts of a pair that a Python function returned.
pub fn pair<'py>(returned: &Bound<'py, PyAny>, what: &str) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    returned.extract().map_err(|_| type_error(format!("{what} must return a pair, not {}", returned.get_type())))
}

/// A Python function from a list of cells to a list of cells.
pub struct Callback {
    function: Py<PyAny>,
    /// The flavours of the arguments.
    given: Vec<Flavour>,
    /// The flavours of what it returned last.
    returned: Mutex<Vec<Flavour>>,
}

impl Callback {
    pub fn new(function: Py<PyAny>, given: &[Flavour]) -> Callback {
        Callback { function, given: given.to_vec(), returned: Mutex::default() }
    }

    /// The flavour of the first argument.
    pub fn flavour(&self) -> Flavour {
        flavour_at(&self.given, 0)
    }

    /// Calls the function with cells of these tensors; `take` reads what it returns. An exception becomes an error of
    /// the engine that carries it.
    pub fn with<T>(
        &self,
        tensors: &[Tensor],
        take: impl FnOnce(&Bound<'_, PyAny>) -> PyResult<(T, Vec<Flavour>)>,
    ) -> Result<T> {
        Python::attach(|py| {
            let taken = take(&self.function.bind(py).call1((cells(py, &self.given, tensors)?,))?)?;
            *self.returned.lock().unwrap_or_else(PoisonError::into_inner) = taken.1;
            Ok(taken.0)
        })
        .map_err(through)
    }

    /// The tensors that the function returns for these tensors.
    pub fn call(&self, tensors: &[Tensor]) -> Result<Vec<Tensor>> {
        self.with(tensors, |returned| tensors_of(returned, self.flavour()))
    }

    /// Calls a function that returns one cell, by itself or in a list.
    pub fn call_for_one(&self, tensors: &[Tensor]) -> Result<Tensor> {
        let mut all = self.call(tensors)?;
        match (all.pop(), all.is_empty()) {
            (Some(one), true) => Ok(one),
            _ => Err(through(type_error("the function must return one tensor"))),
        }
    }

    /// The flavours of what the function returned when it was called last.
    pub fn returned(&self) -> Vec<Flavour> {
        self.returned.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
