//! New tensors of a class.

use pyo3::prelude::*;
use pyo3::types::PyFloat;
use wengert::{DType, Shape, Tensor};

use super::arguments::{Class, Count, Ints};
use crate::cell::{Arg, Out, cell_of};
use crate::errors::OrRaise;
use crate::flavour::{DTypeLike, Flavour};

/// The dtype asked for, or the flavour's float.
fn float_or(flavour: Flavour, dtype: Option<DTypeLike>) -> DType {
    dtype.map_or(flavour.float(), |dtype| dtype.0)
}

/// All zeros.
#[pyfunction]
#[pyo3(signature = (cls, shape, dtype=None))]
fn zeros(py: Python<'_>, cls: Class, shape: Ints, dtype: Option<DTypeLike>) -> PyResult<Out> {
    let shape = shape.shape(py, cls.0, "zeros")?;
    Ok(Out(cls.0, Tensor::try_zeros_as(shape, float_or(cls.0, dtype)).or_raise(py, cls.0)?))
}

/// All ones.
#[pyfunction]
#[pyo3(signature = (cls, shape, dtype=None))]
fn ones(py: Python<'_>, cls: Class, shape: Ints, dtype: Option<DTypeLike>) -> PyResult<Out> {
    let shape = shape.shape(py, cls.0, "ones")?;
    Ok(Out(cls.0, Tensor::try_ones_as(shape, float_or(cls.0, dtype)).or_raise(py, cls.0)?))
}

/// A tensor for values that will be put into it.
#[pyfunction]
#[pyo3(signature = (cls, shape, dtype=None))]
fn empty(py: Python<'_>, cls: Class, shape: Ints, dtype: Option<DTypeLike>) -> PyResult<Out> {
    let shape = shape.shape(py, cls.0, "empty")?;
    Ok(Out(cls.0, Tensor::try_empty_as(shape, float_or(cls.0, dtype)).or_raise(py, cls.0)?))
}

/// One value everywhere; its dtype is that of the value unless another is named.
#[pyfunction]
#[pyo3(signature = (cls, shape, value, dtype=None))]
fn full(py: Python<'_>, cls: Class, shape: Ints, value: &Bound<'_, PyAny>, dtype: Option<DTypeLike>) -> PyResult<Out> {
    let shape = shape.shape(py, cls.0, "full")?;
    filled(py, cls.0, shape, value, dtype.map(|dtype| dtype.0)).map(|value| Out(cls.0, value))
}

fn filled(
    py: Python<'_>,
    flavour: Flavour,
    shape: Shape,
    value: &Bound<'_, PyAny>,
    dtype: Option<DType>,
) -> PyResult<Tensor> {
    if let Ok(number) = value.cast::<PyFloat>() {
        let number = number.value();
        let dtype = dtype.unwrap_or(flavour.float());
        return Tensor::try_full_as(shape, number, dtype).or_raise(py, flavour);
    }
    let one = match cell_of(value) {
        Some(cell) => {
            let value = cell.get().value(py)?;
            let dtype = dtype.unwrap_or(value.dtype());
            value.try_to_dtype(dtype).or_raise(py, flavour)?
        }
        None => crate::data::tensor(py, flavour, value, dtype)?,
    };
    one.try_broadcast_to(&shape).or_raise(py, flavour)
}

/// The `n` by `m` matrix with ones on diagonal `k`.
#[pyfunction]
#[pyo3(signature = (cls, n, m=None, k=0, dtype=None))]
fn eye(py: Python<'_>, cls: Class, n: Count, m: Option<Count>, k: isize, dtype: Option<DTypeLike>) -> PyResult<Out> {
    let value = Tensor::try_eye_as(n.0, m.map_or(n.0, |m| m.0), k, float_or(cls.0, dtype)).or_raise(py, cls.0)?;
    Ok(Out(cls.0, value))
}

/// A number, and whether it was an integer.
struct Number(f64, bool);

impl<'py> FromPyObject<'_, 'py> for Number {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Number> {
        if let Some(cell) = cell_of(&object) {
            let value = cell.get().value(object.py())?;
            let number = value.try_item().or_raise(object.py(), cell.get().flavour)?;
            return Ok(Number(number, !value.dtype().is_float()));
        }
        if let Ok(number) = object.cast::<PyFloat>() {
            return Ok(Number(number.value(), false));
        }
        match object.extract::<i64>() {
            Ok(number) => Ok(Number(number as f64, true)),
            Err(_) => Ok(Number(object.extract()?, false)),
        }
    }
}

/// `start`, `start + step`, … up to but without `stop`.
#[pyfunction]
#[pyo3(signature = (cls, start, stop, step=Number(1.0, true), dtype=None), text_signature = "(cls, start, stop, step=1, dtype=None)")]
fn arange(
    py: Python<'_>,
    cls: Class,
    start: Number,
    stop: Number,
    step: Number,
    dtype: Option<DTypeLike>,
) -> PyResult<Out> {
    let whole = start.1 && stop.1 && step.1;
    let dtype = dtype.map_or(if whole { cls.0.int() } else { cls.0.float() }, |dtype| dtype.0);
    let value = Tensor::try_arange_as(start.0, stop.0, step.0, dtype).or_raise(py, cls.0)?;
    Ok(Out(cls.0, value))
}

/// `num` evenly spaced values from `start` to `stop`, both included.
#[pyfunction]
#[pyo3(signature = (cls, start, stop, num, dtype=None))]
fn linspace(
    py: Python<'_>,
    cls: Class,
    start: Number,
    stop: Number,
    num: Count,
    dtype: Option<DTypeLike>,
) -> PyResult<Out> {
    let value = Tensor::try_linspace_as(start.0, stop.0, num.0, float_or(cls.0, dtype)).or_raise(py, cls.0)?;
    Ok(Out(cls.0, value))
}

/// Zeros in the shape of `x`, and in its dtype unless another is named.
#[pyfunction]
#[pyo3(signature = (x, dtype=None))]
fn zeros_like(py: Python<'_>, x: Arg, dtype: Option<DTypeLike>) -> PyResult<Out> {
    let dtype = dtype.map_or(x.value.dtype(), |dtype| dtype.0);
    x.map(py, |x| Tensor::try_zeros_as(x.shape(), dtype))
}

/// Ones in the shape of `x`, and in its dtype unless another is named.
#[pyfunction]
#[pyo3(signature = (x, dtype=None))]
fn ones_like(py: Python<'_>, x: Arg, dtype: Option<DTypeLike>) -> PyResult<Out> {
    let dtype = dtype.map_or(x.value.dtype(), |dtype| dtype.0);
    x.map(py, |x| Tensor::try_ones_as(x.shape(), dtype))
}

/// A tensor in the shape of `x`, for values that will be put into it.
#[pyfunction]
#[pyo3(signature = (x, dtype=None))]
fn empty_like(py: Python<'_>, x: Arg, dtype: Option<DTypeLike>) -> PyResult<Out> {
    let dtype = dtype.map_or(x.value.dtype(), |dtype| dtype.0);
    x.map(py, |x| Tensor::try_empty_as(x.shape(), dtype))
}

/// One value in the shape of `x`, and in its dtype unless another is named.
#[pyfunction]
#[pyo3(signature = (x, value, dtype=None))]
fn full_like(py: Python<'_>, x: Arg, value: &Bound<'_, PyAny>, dtype: Option<DTypeLike>) -> PyResult<Out> {
    let dtype = dtype.map_or(x.value.dtype(), |dtype| dtype.0);
    filled(py, x.flavour, Shape::from(x.value.shape()), value, Some(dtype)).map(|value| Out(x.flavour, value))
}

/// The tensor in another dtype.
#[pyfunction]
fn cast(py: Python<'_>, x: Arg, dtype: DTypeLike) -> PyResult<Out> {
    x.map(py, |x| x.try_to_dtype(dtype.0))
}

/// Adds the functions of this file.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    add_all!(module: zeros ones empty full eye arange linspace zeros_like ones_like empty_like full_like cast);
    Ok(())
}
