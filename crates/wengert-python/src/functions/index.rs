//! Reading and writing at positions.

use pyo3::prelude::*;
use wengert::{DType, Tensor};

use super::arguments::positions;
use crate::cell::{Arg, Out};
use crate::errors::OrRaise;
use crate::graph::shown;
use crate::operand;

/// The source of a scatter: a tensor, or a number in the dtype of `x`.
fn source(py: Python<'_>, x: &Arg, src: &Bound<'_, PyAny>) -> PyResult<Tensor> {
    operand::beside(py, x.flavour, src, &x.value)?.try_to_dtype(x.value.dtype()).or_raise(py, x.flavour)
}

/// A mask as truth values.
fn mask_of(py: Python<'_>, x: &Arg, mask: &Bound<'_, PyAny>) -> PyResult<Tensor> {
    let mask = positions(py, x.flavour, mask)?;
    if mask.dtype() == DType::Bool { Ok(mask) } else { mask.try_ne(0).or_raise(py, x.flavour) }
}

/// The entries of an axis in the order of an index of any shape; with axis None of all elements.
#[pyfunction]
#[pyo3(signature = (x, index, axis=None))]
fn take(py: Python<'_>, x: Arg, index: &Bound<'_, PyAny>, axis: Option<isize>) -> PyResult<Out> {
    let index = positions(py, x.flavour, index)?;
    x.map(py, |x| match axis {
        Some(axis) => x.try_take(&index, axis),
        None => x.try_reshape(-1)?.try_take(&index, 0),
    })
}

/// One element for each element of the index, which broadcasts, along an axis.
#[pyfunction]
#[pyo3(signature = (x, index, axis=None))]
fn take_along_axis(py: Python<'_>, x: Arg, index: &Bound<'_, PyAny>, axis: Option<isize>) -> PyResult<Out> {
    let index = positions(py, x.flavour, index)?;
    x.map(py, |x| match axis {
        Some(axis) => x.try_take_along_dim(&index, axis),
        None => x.try_reshape(-1)?.try_take(&index, 0),
    })
}

/// One element for each element of the index, which says where along the axis it lies.
#[pyfunction]
fn gather(py: Python<'_>, x: Arg, axis: isize, index: &Bound<'_, PyAny>) -> PyResult<Out> {
    let index = positions(py, x.flavour, index)?;
    x.map(py, |x| x.try_gather(axis, &index))
}

macro_rules! scatters {
    ($($name:ident $method:ident $doc:literal;)+) => {
        $(
            #[doc = $doc]
            #[pyfunction]
            #[pyo3(signature = (x, axis, index, src))]
            fn $name(
                py: Python<'_>,
                x: Arg,
                axis: isize,
                index: &Bound<'_, PyAny>,
                src: &Bound<'_, PyAny>,
            ) -> PyResult<Out> {
                let index = positions(py, x.flavour, index)?;
                let src = source(py, &x, src)?;
                x.map(py, |x| x.$method(axis, &index, &src))
            }
        )+

        fn add_scatters(module: &Bound<'_, PyModule>) -> PyResult<()> {
            add_all!(module: $($name)+);
            Ok(())
        }
    };
}

scatters! {
    scatter try_scatter "The elements that gather would read replaced by those of src.";
    scatter_add try_scatter_add "src added to the elements that gather would read.";
    index_add try_index_add "src added to the entries of an axis that an index names.";
}

/// The entries of an axis that an index names replaced by those of src.
#[pyfunction]
fn index_copy(py: Python<'_>, x: Arg, axis: isize, index: &Bound<'_, PyAny>, src: &Bound<'_, PyAny>) -> PyResult<Out> {
    let index = positions(py, x.flavour, index)?;
    let src = source(py, &x, src)?;
    x.map(py, |x| {
        // The entries first, then back to where they were.
        let moved = x.try_movedim(axis, 0)?;
        let src = if src.ndim() == x.ndim() { src.try_movedim(axis, 0)? } else { src };
        moved.try_with(vec![wengert::Index::Tensor(index)], &src)?.try_movedim(0, axis)
    })
}

/// The elements where a mask is true, one after the other.
#[pyfunction]
fn masked_select(py: Python<'_>, x: Arg, mask: &Bound<'_, PyAny>) -> PyResult<Out> {
    let mask = mask_of(py, &x, mask)?;
    Ok(shown(x.map(py, |x| x.try_masked_select(&mask))?, "MaskedSelectBackward0", &[&x.value]))
}

/// The value where a mask, which broadcasts, is true, and the tensor elsewhere.
#[pyfunction]
fn masked_fill(py: Python<'_>, x: Arg, mask: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<Out> {
    let mask = mask_of(py, &x, mask)?;
    let value = source(py, &x, value)?;
    let filled = x.map(py, |x| x.try_masked_fill(&mask, &value))?;
    let inputs = if value.is_tracked() { vec![&x.value, &value] } else { vec![&x.value] };
    Ok(shown(filled, "MaskedFillBackward0", &inputs))
}

/// Adds the functions of this file.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    add_scatters(module)?;
    module.add_function(wrap_pyfunction!(crate::indexing::with_item, module)?)?;
    add_all!(module: take take_along_axis gather index_copy masked_select masked_fill);
    Ok(())
}
