//! Copies in another shape or order; the functions that share memory are in `views`.

use pyo3::prelude::*;
use wengert::{Array, Tensor};

use super::arguments::{Over, axes_of};
use crate::cell::{Arg, Cell, Out};
use crate::errors::OrRaise;
use crate::graph::shown;

/// A copy of the tensor, which the gradient passes unchanged.
#[pyfunction]
fn clone(py: Python<'_>, x: Arg) -> PyResult<Out> {
    x.map(py, Tensor::try_copy)
}

/// The tensor with its elements one after the other in memory: itself, if that is how they lie.
#[pyfunction]
fn contiguous<'py>(py: Python<'py>, x: &Bound<'py, Cell>) -> PyResult<Bound<'py, PyAny>> {
    let flavour = x.get().flavour;
    let value = x.get().value(py)?;
    let Ok(array) = value.array() else { return Ok(x.as_any().clone()) };
    if array.is_contiguous() {
        return Ok(x.as_any().clone());
    }
    let laid = if value.is_tracked() || value.is_transformed() {
        value.try_reshape(-1).and_then(|flat| flat.try_reshape(value.shape()))
    } else {
        array.try_contiguous().map(Tensor::from).map_err(wengert::Error::from)
    };
    crate::cell::give(py, flavour, laid.or_raise(py, flavour)?)
}

/// Whether the elements lie one after the other in memory.
#[pyfunction]
fn is_contiguous(x: Arg) -> bool {
    x.value.array().map_or(true, |array| array.is_contiguous())
}

/// For each axis, how many elements lie between one entry and the next.
#[pyfunction]
fn strides(x: Arg) -> Vec<isize> {
    match x.value.array() {
        Ok(array) => array.strides().to_vec(),
        Err(_) => {
            let mut strides = vec![1; x.value.ndim()];
            for axis in (1..strides.len()).rev() {
                strides[axis - 1] = strides[axis] * x.value.shape()[axis].max(1) as isize;
            }
            strides
        }
    }
}

/// How many elements of the memory lie before the first one.
#[pyfunction]
fn storage_offset(x: Arg) -> usize {
    match x.value.array() {
        Ok(Array::Dense(dense)) => dense.offset(),
        _ => 0,
    }
}

/// The elements along some axes (all of them if none are named) in the opposite order.
#[pyfunction]
#[pyo3(signature = (x, axes=None))]
fn flip(py: Python<'_>, x: Arg, axes: Option<Over>) -> PyResult<Out> {
    let axes = axes_of(&x, axes);
    Ok(shown(x.map(py, |x| x.try_flip(axes))?, "FlipBackward0", &[&x.value]))
}

/// The lower triangle of matrices: zeros above diagonal k.
#[pyfunction]
#[pyo3(signature = (x, k=0))]
fn tril(py: Python<'_>, x: Arg, k: isize) -> PyResult<Out> {
    x.map(py, |x| x.try_tril(k))
}

/// The upper triangle of matrices: zeros below diagonal k.
#[pyfunction]
#[pyo3(signature = (x, k=0))]
fn triu(py: Python<'_>, x: Arg, k: isize) -> PyResult<Out> {
    x.map(py, |x| x.try_triu(k))
}

/// Square matrices with the last axis on diagonal k.
#[pyfunction]
#[pyo3(signature = (x, k=0))]
fn diag_embed(py: Python<'_>, x: Arg, k: isize) -> PyResult<Out> {
    Ok(shown(x.map(py, |x| x.try_diag_embed(k))?, "DiagEmbedBackward0", &[&x.value]))
}

/// The matrix with a vector on diagonal k, or diagonal k of a matrix.
#[pyfunction]
#[pyo3(signature = (x, k=0))]
fn diag(py: Python<'_>, x: Arg, k: isize) -> PyResult<Out> {
    x.map(py, |x| x.try_diag(k))
}

/// Adds the functions of this file.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    add_all!(module: clone contiguous is_contiguous strides storage_offset flip tril triu diag_embed diag);
    Ok(())
}
