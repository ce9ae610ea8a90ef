//! `x[key]` and `x[key] = value`, and lending the memory of a cell to NumPy.

use std::sync::Arc;

use numpy::{PyUntypedArray, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyEllipsis, PyList, PySlice, PyTuple};
use wengert::{Array, DType, Index, Slice, Tensor};

use crate::cell::{Cell, cell_of, give, run};
use crate::errors::{OrRaise, complain, type_error};
use crate::flavour::{Complaint, Flavour};
use crate::operand::beside;
use crate::views::{Path, root, spare_leaf, superseded, view, write};

/// An index, and whether it is made of whole numbers, slices and new axes only.
struct Key {
    parts: Vec<Index>,
    basic: bool,
}

fn end(object: Bound<'_, PyAny>) -> PyResult<Option<isize>> {
    if object.is_none() {
        return Ok(None);
    }
    if let Ok(value) = object.extract::<isize>() {
        return Ok(Some(value));
    }
    // Beyond the machine's integers: as far as it goes.
    if object.is_instance_of::<pyo3::types::PyInt>() {
        return Ok(Some(if object.lt(0)? { isize::MIN / 2 } else { isize::MAX / 2 }));
    }
    let index = object.call_method0("__index__").map_err(|_| {
        let name = object.get_type().name().map_or_else(|_| "an object".into(), |name| name.to_string());
        type_error(format!("slice indices must be integers or None or have an __index__ method, not {name}"))
    })?;
    index.extract::<isize>().map(Some)
}

fn part(py: Python<'_>, flavour: Flavour, object: &Bound<'_, PyAny>) -> PyResult<Index> {
    if object.is_none() {
        return Ok(Index::NewAxis);
    }
    if object.is_instance_of::<PyEllipsis>() {
        return Ok(Index::Ellipsis);
    }
    if let Ok(slice) = object.cast::<PySlice>() {
        let step = end(slice.getattr("step")?)?.unwrap_or(1);
        if step == 0 {
            return Err(pyo3::exceptions::PyValueError::new_err("slice step cannot be zero"));
        }
        if step < 0 && flavour == Flavour::Torch {
            return Err(pyo3::exceptions::PyValueError::new_err(
                "step must be greater than zero: use flip() to reverse an axis",
            ));
        }
        let range = Slice::new(end(slice.getattr("start")?)?, end(slice.getattr("stop")?)?, step);
        return Ok(Index::Range(range));
    }
    if object.is_instance_of::<PyBool>() {
        return Ok(Index::Tensor(Tensor::from(Array::Bool(object.extract()?))));
    }
    if let Some(cell) = cell_of(object) {
        return integers(py, flavour, cell.get().value(py)?);
    }
    if let Ok(at) = object.extract::<isize>() {
        return Ok(Index::At(at));
    }
    if let Ok(array) = object.cast::<PyUntypedArray>() {
        let array = widened(array)?;
        return integers(py, flavour, Tensor::from(crate::ndarray::import(&array, true)?));
    }
    if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
        let made = crate::data::tensor(py, flavour, object, None)?;
        let made = if made.is_empty() { made.try_long().or_raise(py, flavour)? } else { made };
        return integers(py, flavour, made);
    }
    if let Ok(index) = object.call_method0("__index__") {
        return Ok(Index::At(index.extract()?));
    }
    if object.is_instance_of::<pyo3::types::PyRange>() {
        let list = py.get_type::<PyList>().call1((object,))?;
        return part(py, flavour, &list);
    }
    let text = format!(
        "only integers, slices (`:`), ellipsis (`...`), None and integer or boolean tensors are valid indices (got {})",
        object.get_type().name()?
    );
    let of_text = object.is_instance_of::<pyo3::types::PyString>();
    Err(if flavour == Flavour::Tf || (of_text && flavour == Flavour::Torch) {
        type_error(text)
    } else {
        pyo3::exceptions::PyIndexError::new_err(text)
    })
}

/// An integer array of any width as int64.
fn widened<'py>(array: &Bound<'py, PyUntypedArray>) -> PyResult<Bound<'py, PyUntypedArray>> {
    use numpy::PyArrayDescrMethods;
    if matches!(array.dtype().kind(), b'i' | b'u') {
        return Ok(array.call_method1("astype", ("int64",))?.cast_into()?);
    }
    Ok(array.clone())
}

fn integers(py: Python<'_>, flavour: Flavour, tensor: Tensor) -> PyResult<Index> {
    if tensor.dtype().is_float() {
        let text = "tensors used as indices must be integers or booleans: cast with `.long()` or `.astype(int)`";
        return Err(pyo3::exceptions::PyIndexError::new_err(text));
    }
    if tensor.ndim() == 0 && tensor.dtype() != DType::Bool && !tensor.is_transformed() {
        return Ok(Index::At(tensor.try_item().or_raise(py, flavour)? as isize));
    }
    // PyTorch's masks of bytes.
    if tensor.dtype() == DType::U8 && flavour == Flavour::Torch {
        return Ok(Index::Tensor(tensor.try_bool().or_raise(py, flavour)?));
    }
    Ok(Index::Tensor(tensor))
}

fn key(py: Python<'_>, flavour: Flavour, object: &Bound<'_, PyAny>) -> PyResult<Key> {
    let mut parts = Vec::new();
    match object.cast::<PyTuple>() {
        Ok(tuple) => {
            for item in tuple {
                parts.push(part(py, flavour, &item)?);
            }
        }
        Err(_) => parts.push(part(py, flavour, object)?),
    }
    let basic = !parts.iter().any(|part| matches!(part, Index::Tensor(_)));
    Ok(Key { parts, basic })
}

/// Takes whole numbers beside index tensors first, as PyTorch does, so that they do not count as index tensors.
fn whole_numbers_first(parts: Vec<Index>) -> (Vec<Index>, Vec<Index>) {
    let full = || Index::Range(Slice::new(None, None, 1));
    let mut first = Vec::with_capacity(parts.len());
    let mut rest = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Index::At(at) => first.push(Index::At(at)),
            Index::Ellipsis => {
                first.push(Index::Ellipsis);
                rest.push(Index::Ellipsis);
            }
            Index::NewAxis => rest.push(Index::NewAxis),
            Index::Tensor(mask) if mask.dtype() == DType::Bool => {
                (0..mask.ndim()).for_each(|_| first.push(full()));
                rest.push(Index::Tensor(mask));
            }
            part => {
                first.push(full());
                rest.push(part);
            }
        }
    }
    (first, rest)
}

/// An index may not name more axes than there are.
fn enough_axes(py: Python<'_>, cell: &Cell, key: &Key) -> PyResult<()> {
    let named = |part: &Index| match part {
        Index::NewAxis | Index::Ellipsis => 0,
        Index::Tensor(mask) if mask.dtype() == DType::Bool => mask.ndim(),
        _ => 1,
    };
    let (count, ndim) = (key.parts.iter().map(named).sum::<usize>(), cell.value(py)?.ndim());
    if count <= ndim {
        return Ok(());
    }
    Err(complain(
        py,
        cell.flavour,
        Complaint::Index,
        match cell.flavour {
            Flavour::Torch if ndim == 0 => {
                "invalid index of a 0-dim tensor. Use `tensor.item()` to convert it to a number".into()
            }
            Flavour::Torch => format!("too many indices for tensor of dimension {ndim}"),
            _ => format!("too many indices for array: array is {ndim}-dimensional, but {count} were indexed"),
        },
    ))
}

/// `x[key]`: a view for whole numbers and slices, a copy for index tensors and masks.
pub fn get<'py>(x: &Bound<'py, Cell>, object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = x.py();
    let flavour = x.get().flavour;
    if object.is_instance_of::<PyBool>() {
        let whole = view(py, x, Path::Index([Index::NewAxis].into()))?;
        let taken = if object.extract()? { 1 } else { 0 };
        let range = Index::Range(Slice::new(Some(0), Some(taken), 1));
        return view(py, whole.cast::<Cell>()?, Path::Index([range].into()));
    }
    let key = key(py, flavour, object)?;
    enough_axes(py, x.get(), &key)?;
    if key.basic {
        return view(py, x, Path::Index(key.parts.into()));
    }
    let value = x.get().value(py)?;
    let mixed = flavour == Flavour::Torch && key.parts.iter().any(|part| matches!(part, Index::At(_)));
    let result = run(py, value.len(), || {
        if mixed {
            let (first, rest) = whole_numbers_first(key.parts);
            value.try_i(first)?.try_i(rest)
        } else {
            value.try_i(key.parts)
        }
    });
    give(py, flavour, result.or_raise(py, flavour)?)
}

/// `x[key] = value`.
pub fn set(x: &Bound<'_, Cell>, object: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = x.py();
    let flavour = x.get().flavour;
    if flavour == Flavour::Tf {
        let text = "'EagerTensor' object does not support item assignment: use `tensor_scatter_nd_update`, or a Variable's `assign`";
        return Err(type_error(text));
    }
    let key = key(py, flavour, object)?;
    enough_axes(py, x.get(), &key)?;
    let old = x.get().value(py)?;
    let part = beside(py, flavour, value, &old)?;
    let part = if part.dtype() == old.dtype() { part } else { part.try_to_dtype(old.dtype()).or_raise(py, flavour)? };
    spare_leaf(py, flavour, &old, false)?;
    let handle = superseded(x.get(), &old);
    let mixed = flavour == Flavour::Torch && !key.basic && key.parts.iter().any(|part| matches!(part, Index::At(_)));
    let new = run(py, old.len(), || {
        if mixed {
            let (first, rest) = whole_numbers_first(key.parts);
            let inner = handle.try_i(first.clone())?.try_with(rest, &part)?;
            handle.try_with(first, &inner)
        } else {
            handle.try_with(key.parts, &part)
        }
    });
    drop((old, handle));
    write(py, x, new.or_raise(py, flavour)?, false)
}

/// A copy of `x` in which the part that a key names has a value.
#[pyfunction]
pub fn with_item<'py>(
    py: Python<'py>,
    x: &Bound<'py, Cell>,
    key: &Bound<'py, PyAny>,
    value: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let flavour = x.get().flavour;
    let key = self::key(py, flavour, key)?;
    let old = x.get().value(py)?;
    let part = beside(py, flavour, value, &old)?.try_to_dtype(old.dtype()).or_raise(py, flavour)?;
    let mixed = flavour == Flavour::Torch && !key.basic && key.parts.iter().any(|part| matches!(part, Index::At(_)));
    let new = run(py, old.len(), || {
        if mixed {
            let (first, rest) = whole_numbers_first(key.parts);
            let inner = old.try_i(first.clone())?.try_with(rest, &part)?;
            old.try_with(first, &inner)
        } else {
            old.try_with(key.parts, &part)
        }
    });
    give(py, flavour, new.or_raise(py, flavour)?)
}

/// A NumPy array that shares memory with a cell, so that each sees what is written to the other. Values that a graph
/// needs are copied instead: written to from outside, they would make gradients silently wrong.
pub fn lend<'py>(py: Python<'py>, cell: &Bound<'py, Cell>, value: &Tensor) -> PyResult<Bound<'py, PyAny>> {
    let flavour = cell.get().flavour;
    let array = value.array().or_raise(py, flavour)?;
    if flavour == Flavour::Tf || array.ndim() == 0 {
        return crate::ndarray::copied(py, array);
    }
    let owner = root(cell);
    let moved = settle(py, &owner)?;
    if !alone(owner.get(), if moved { None } else { Some(value) }) {
        return crate::ndarray::copied(py, array);
    }
    // The owner's memory may have moved just now, and a view with it.
    let value = cell.get().value(py)?;
    let array = value.array().or_raise(py, flavour)?;
    let token = owner.get().lock().shared.get_or_insert_with(Arc::default).clone();
    match crate::ndarray::shared(py, array, &token, true)? {
        Some(shared) => Ok(shared),
        None => crate::ndarray::copied(py, array),
    }
}

/// Moves elements that lie in the array itself, because they are few, to memory that can be shared; says whether it did.
fn settle(py: Python<'_>, owner: &Bound<'_, Cell>) -> PyResult<bool> {
    let value = owner.get().value(py)?;
    let array = value.array().or_raise(py, owner.get().flavour)?;
    if array.memory().is_some() || array.ndim() == 0 || array.is_empty() {
        return Ok(false);
    }
    let copied = crate::ndarray::copied(py, array)?;
    let imported = Tensor::from(crate::ndarray::import(copied.cast::<PyUntypedArray>()?, false)?);
    owner.get().set(value.relocated(&imported).or_raise(py, owner.get().flavour)?);
    Ok(true)
}

/// Whether cells and NumPy arrays are all that hold the memory of a cell's value, besides `handle`.
fn alone(owner: &Cell, handle: Option<&Tensor>) -> bool {
    let state = owner.lock();
    let Ok(array) = state.value.array() else { return false };
    let held = handle.is_some_and(|handle| match (handle.array(), array) {
        (Ok(Array::Dense(a)), Array::Dense(b)) => !handle.is_tracked() && Arc::ptr_eq(a, b),
        _ => false,
    });
    array.holders() <= 1 + state.onlookers() + usize::from(held)
}
