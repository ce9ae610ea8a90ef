//! Order.

use pyo3::prelude::*;
use wengert::Tensor;

use super::arguments::{Count, along, both, pair, single};
use crate::cell::{Arg, Out, run};
use crate::errors::OrRaise;
use crate::operand;

/// The elements along an axis in order, and the position each had.
#[pyfunction]
#[pyo3(signature = (x, axis=-1, descending=false))]
fn sort(py: Python<'_>, x: Arg, axis: isize, descending: bool) -> PyResult<(Out, Out)> {
    let (values, positions) = x.with(py, |_| along(&x, axis, |x, axis| x.try_sort(axis, descending), both))?;
    Ok((Out(x.flavour, values), Out(x.flavour, positions)))
}

/// The positions along an axis that put the elements in order.
#[pyfunction]
#[pyo3(signature = (x, axis=-1, descending=false))]
fn argsort(py: Python<'_>, x: Arg, axis: isize, descending: bool) -> PyResult<Out> {
    x.map(py, |_| along(&x, axis, |x, axis| x.try_argsort(axis, descending), single))
}

/// The k largest (or smallest) elements along an axis, best first, and their positions.
#[pyfunction]
#[pyo3(signature = (x, k, axis=-1, largest=true))]
fn topk(py: Python<'_>, x: Arg, k: Count, axis: isize, largest: bool) -> PyResult<(Out, Out)> {
    let (values, positions) = x.with(py, |_| along(&x, axis, |x, axis| x.try_topk(k.0, axis, largest), both))?;
    Ok((Out(x.flavour, values), Out(x.flavour, positions)))
}

/// The distinct elements in ascending order, for each element the position of its value among them, and how often
/// each occurs.
#[pyfunction]
fn unique(py: Python<'_>, x: Arg) -> PyResult<(Out, Out, Out)> {
    let (values, inverse, counts) = x.with(py, Tensor::try_unique_counts)?;
    Ok((Out(x.flavour, values), Out(x.flavour, inverse), Out(x.flavour, counts)))
}

/// Where each of the values would have to be inserted into a sorted tensor: before equal elements, or after them.
#[pyfunction]
#[pyo3(signature = (sorted, values, right=false))]
fn searchsorted(py: Python<'_>, sorted: &Bound<'_, PyAny>, values: &Bound<'_, PyAny>, right: bool) -> PyResult<Out> {
    let (flavour, sorted, values) = pair(py, sorted, values)?;
    let mut both = [sorted, values];
    operand::common(py, flavour, &mut both)?;
    let [sorted, values] = &both;
    let found = run(py, values.len(), || sorted.try_searchsorted(values, right));
    Ok(Out(flavour, found.or_raise(py, flavour)?))
}

/// Adds the functions of this file.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    add_all!(module: sort argsort topk unique searchsorted);
    Ok(())
}
