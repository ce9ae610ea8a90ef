//! Tensors from Python data: numbers, nested lists, NumPy arrays, buffers, DLPack objects and other cells.

use numpy::PyUntypedArray;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString, PyTuple, PyType};
use wengert::{Array, DType, Shape, Tensor};

use crate::cell::{Cell, cell_of, flavour_of, object_of, stand_in};
use crate::errors::{OrRaise, argument_error, type_error};
use crate::flavour::{DTypeLike, Flavour};
use crate::operand::{Number, common, is_numpy_scalar};

/// Deeper nested lists than this have too many axes.
const DEEPEST: usize = 32;

/// A tensor of whatever holds numbers. Cells in it keep their history.
pub fn tensor(py: Python<'_>, flavour: Flavour, object: &Bound<'_, PyAny>, dtype: Option<DType>) -> PyResult<Tensor> {
    let made = untyped(py, flavour, object, dtype, true, 0)?;
    match dtype {
        Some(dtype) if made.dtype() != dtype => made.try_to_dtype(dtype).or_raise(py, flavour),
        _ => Ok(made),
    }
}

fn untyped(
    py: Python<'_>,
    flavour: Flavour,
    object: &Bound<'_, PyAny>,
    dtype: Option<DType>,
    copy: bool,
    depth: usize,
) -> PyResult<Tensor> {
    if let Some(cell) = cell_of(object) {
        return cell.get().value(py);
    }
    if is_numpy_scalar(object)? {
        return Ok(Tensor::from(crate::ndarray::import(&crate::ndarray::asarray(object)?, true)?));
    }
    if let Some(number) = Number::of(object)? {
        return number_tensor(flavour, number, dtype);
    }
    if let Some(cell) = stand_in(object)? {
        return cell.get().value(py);
    }
    if let Ok(array) = object.cast::<PyUntypedArray>() {
        return Ok(Tensor::from(crate::ndarray::import(array, copy)?));
    }
    if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
        return sequence(py, flavour, object, dtype, depth);
    }
    if object.is_instance_of::<PyString>() || object.is_none() {
        let name = object.get_type().name()?;
        return Err(type_error(format!("can't make a tensor of {name} {}: it must hold numbers", object.repr()?)));
    }
    if object.hasattr("__array_interface__")? || object.hasattr("__array__")? {
        return Ok(Tensor::from(crate::ndarray::import(&crate::ndarray::asarray(object)?, copy)?));
    }
    if object.hasattr("__dlpack__")? {
        return Ok(Tensor::from(crate::ndarray::import(&crate::ndarray::from_dlpack(object)?, copy)?));
    }
    if let Ok(view) = py.get_type::<pyo3::types::PyMemoryView>().call1((object,))
        && !object.is_instance_of::<PyBytes>()
    {
        return Ok(Tensor::from(crate::ndarray::import(&crate::ndarray::asarray(&view)?, copy)?));
    }
    if object.hasattr("__len__")? && object.hasattr("__getitem__")? {
        let list = py.get_type::<PyList>().call1((object,))?;
        return sequence(py, flavour, &list, dtype, depth);
    }
    let name = object.get_type().name()?;
    Err(type_error(format!(
        "can't make a tensor of an object of type {name}: hand in numbers, nested lists or an ndarray"
    )))
}

fn number_tensor(flavour: Flavour, number: Number, dtype: Option<DType>) -> PyResult<Tensor> {
    let dtype = dtype.unwrap_or_else(|| number.dtype(flavour));
    fits(number, dtype)?;
    Ok(number.tensor(dtype))
}

fn fits(number: Number, dtype: DType) -> PyResult<()> {
    if let Number::Int(value) = number
        && dtype == DType::I32
        && i32::try_from(value).is_err()
    {
        return Err(argument_error(format!("the number {value} does not fit into int32: ask for dtype int64")));
    }
    Ok(())
}

fn sequence(
    py: Python<'_>,
    flavour: Flavour,
    list: &Bound<'_, PyAny>,
    dtype: Option<DType>,
    depth: usize,
) -> PyResult<Tensor> {
    let mut numbers = Vec::new();
    let mut shape = Vec::new();
    if flatten(list, 0, &mut shape, &mut numbers)? {
        return plain(flavour, &numbers, &shape, dtype);
    }
    if depth > DEEPEST {
        return Err(argument_error("too many dimensions: the lists are nested too deeply"));
    }
    let mut parts = Vec::new();
    for part in list.try_iter()? {
        parts.push(untyped(py, flavour, &part?, dtype, false, depth + 1)?);
    }
    if let Some(odd) = parts.iter().find(|part| part.shape() != parts[0].shape()) {
        return Err(argument_error(format!(
            "the parts of a list have different shapes, {} and {}: a tensor needs equal ones",
            Shape::from(parts[0].shape()),
            Shape::from(odd.shape())
        )));
    }
    common(py, if flavour == Flavour::Tf { Flavour::Torch } else { flavour }, &mut parts)?;
    let parts: Vec<&Tensor> = parts.iter().collect();
    Tensor::try_stack(&parts, 0).or_raise(py, flavour)
}

/// Collects the numbers of nested lists; false if something else is among them.
fn flatten(list: &Bound<'_, PyAny>, depth: usize, shape: &mut Vec<usize>, numbers: &mut Vec<Number>) -> PyResult<bool> {
    if depth > DEEPEST {
        return Err(argument_error("too many dimensions: the lists are nested too deeply"));
    }
    let length = list.len()?;
    match shape.get(depth) {
        None if numbers.is_empty() => shape.push(length),
        Some(&expected) if expected == length => {}
        Some(&expected) => {
            return Err(argument_error(format!(
                "expected sequence of length {expected} at dim {depth} (got {length})"
            )));
        }
        None => {
            return Err(argument_error(format!("expected a number at dim {depth}, got a sequence of length {length}")));
        }
    }
    for item in list.try_iter()? {
        let item = item?;
        if is_numpy_scalar(&item)? {
            return Ok(false);
        }
        if let Some(number) = Number::of(&item)? {
            if shape.len() != depth + 1 {
                return Err(argument_error(format!("expected a sequence at dim {}, got a number", depth + 1)));
            }
            numbers.push(number);
        } else if item.is_instance_of::<PyList>() || item.is_instance_of::<PyTuple>() {
            if shape.len() == depth + 1 && !numbers.is_empty() {
                return Err(argument_error(format!("expected a number at dim {}, got a sequence", depth + 1)));
            }
            if !flatten(&item, depth + 1, shape, numbers)? {
                return Ok(false);
            }
        } else {
            return Ok(false);
        }
    }
    Ok(true)
}

fn plain(flavour: Flavour, numbers: &[Number], shape: &[usize], dtype: Option<DType>) -> PyResult<Tensor> {
    let kind = |number: &Number| match number {
        Number::Bool(_) => 0,
        Number::Int(_) => 1,
        Number::Float(_) => 2,
    };
    let dtype = dtype.unwrap_or_else(|| match numbers.iter().map(kind).max() {
        Some(0) => DType::Bool,
        Some(1) => flavour.int(),
        _ => flavour.float(),
    });
    if dtype == DType::I32 {
        numbers.iter().try_for_each(|&number| fits(number, dtype))?;
    }
    let shape = Shape::from(shape);
    let made = match dtype {
        DType::F64 => Array::from_vec(numbers.iter().map(|number| number.value()).collect(), shape),
        DType::F32 => Array::from_vec(numbers.iter().map(|number| number.value() as f32).collect(), shape),
        DType::I64 => Array::from_vec(
            numbers
                .iter()
                .map(|number| match number {
                    Number::Int(value) => *value,
                    number => number.value() as i64,
                })
                .collect(),
            shape,
        ),
        DType::I32 => Array::from_vec(numbers.iter().map(|number| number.value() as i32).collect(), shape),
        DType::U8 => Array::from_vec(numbers.iter().map(|number| number.value() as i64 as u8).collect(), shape),
        _ => Array::from_vec(numbers.iter().map(|number| number.value() != 0.0).collect(), shape),
    };
    made.map(Tensor::from).map_err(|error| argument_error(error.to_string()))
}

/// What a class of cells gives when it is called.
pub fn construct(
    py: Python<'_>,
    flavour: Flavour,
    data: &Bound<'_, PyTuple>,
    dtype: Option<DType>,
) -> PyResult<Tensor> {
    let float = dtype.unwrap_or(flavour.float());
    let empty = |shape: Vec<usize>| Tensor::try_zeros_as(&shape[..], float).or_raise(py, flavour);
    if data.is_empty() {
        return empty(vec![0]);
    }
    let first = data.get_item(0)?;
    if flavour != Flavour::Torch || cell_of(&first).is_some() {
        return match data.len() {
            1 => tensor(py, flavour, &first, dtype),
            n => Err(type_error(format!("expected one argument, the data, got {n}"))),
        };
    }
    // `Tensor(2, 3)` and `Tensor(x.shape)` give a shape, anything else the data.
    let shape = if first.get_type().name()? == "Size" { Some(first.extract::<Vec<usize>>()?) } else { None };
    if let Some(shape) = shape {
        return empty(shape);
    }
    if data.len() > 1 || first.is_exact_instance_of::<pyo3::types::PyInt>() {
        return match data.extract::<Vec<usize>>().or_else(|_| data.iter().map(|length| length.extract()).collect()) {
            Ok(shape) => empty(shape),
            Err(_) => Err(type_error("new(): expected the lengths of the axes, or one sequence with the data")),
        };
    }
    if Number::of(&first)?.is_some() {
        let name = first.get_type().name()?;
        return Err(type_error(format!("new(): data must be a sequence (got {name}): write `tensor(…)` for a number")));
    }
    tensor(py, flavour, &first, Some(float))
}

/// A tensor of the class `cls` with the data of an object. With `copy=False` memory is shared where the layout allows
/// it; `share=True` makes in-place operations write to that memory.
#[pyfunction]
#[pyo3(signature = (cls, obj, dtype=None, copy=true, share=false))]
pub fn from_data<'py>(
    py: Python<'py>,
    cls: &Bound<'py, PyType>,
    obj: &Bound<'py, PyAny>,
    dtype: Option<DTypeLike>,
    copy: bool,
    share: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let flavour = flavour_of(cls)?;
    let dtype = dtype.map(|dtype| dtype.0);
    if copy {
        return object_of(cls, Cell::new(flavour, tensor(py, flavour, obj, dtype)?));
    }
    let mut value = untyped(py, flavour, obj, dtype, false, 0)?;
    let cast = dtype.is_some_and(|dtype| value.dtype() != dtype);
    if let Some(dtype) = dtype
        && cast
    {
        value = value.try_to_dtype(dtype).or_raise(py, flavour)?;
    }
    let cell = Cell::new(flavour, value);
    if share && !cast {
        cell.lock().shared = Some(std::sync::Arc::new(()));
    }
    object_of(cls, cell)
}

/// The value of a cell under the conventions of the class `cls`.
#[pyfunction]
pub fn wrap<'py>(py: Python<'py>, cls: &Bound<'py, PyType>, cell: &Bound<'py, Cell>) -> PyResult<Bound<'py, PyAny>> {
    object_of(cls, Cell::new(flavour_of(cls)?, cell.get().value(py)?))
}

/// Adds the functions to the module.
pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(from_data, module)?)?;
    module.add_function(wrap_pyfunction!(wrap, module)?)
}
