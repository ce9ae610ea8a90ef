//! Reductions: one number made of many.

use pyo3::prelude::*;
use wengert::{DType, Tensor};

use super::arguments::{Over, along, axes_of, both, floating, single};
use crate::cell::{Arg, Out};
use crate::errors::{OrRaise, complain};
use crate::flavour::{Complaint, DTypeLike, Flavour};
use crate::graph::shown;

/// A sum or product in the dtype that the conventions give it: TensorFlow keeps integers as they are.
fn added(
    py: Python<'_>,
    x: &Arg,
    dtype: Option<DTypeLike>,
    f: impl FnOnce(&Tensor) -> wengert::Result<Tensor> + Send,
) -> PyResult<Out> {
    let had = x.value.dtype();
    if let Some(DTypeLike(wanted)) = dtype {
        return x.map(py, |x| f(&x.try_to_dtype(wanted)?)?.try_to_dtype(wanted));
    }
    if x.flavour == Flavour::Tf && had.is_integer() && had != DType::I64 {
        return x.map(py, |x| f(x)?.try_to_dtype(had));
    }
    x.map(py, f)
}

/// PyTorch tells a reduction over named axes from one over everything, be they all axes.
#[inline]
fn over_all(result: Out, name: &'static str, x: &Arg) -> Out {
    if result.1.ndim() == 0 { shown(result, name, &[&x.value]) } else { result }
}

/// The sum over some axes (all of them if none are named).
#[pyfunction]
#[pyo3(signature = (x, axes=None, keepdims=false, dtype=None))]
fn sum(py: Python<'_>, x: Arg, axes: Option<Over>, keepdims: bool, dtype: Option<DTypeLike>) -> PyResult<Out> {
    let named = axes.is_some();
    let axes = axes_of(&x, axes);
    let total = added(py, &x, dtype, |x| x.try_sum_axes(axes, keepdims))?;
    Ok(if named { over_all(total, "SumBackward1", &x) } else { total })
}

/// The product over some axes.
#[pyfunction]
#[pyo3(signature = (x, axes=None, keepdims=false, dtype=None))]
fn prod(py: Python<'_>, x: Arg, axes: Option<Over>, keepdims: bool, dtype: Option<DTypeLike>) -> PyResult<Out> {
    let named = axes.is_some();
    let axes = axes_of(&x, axes);
    let total = added(py, &x, dtype, |x| x.try_prod_axes(axes, keepdims))?;
    Ok(if named { over_all(total, "ProdBackward1", &x) } else { total })
}

/// The mean over some axes.
#[pyfunction]
#[pyo3(signature = (x, axes=None, keepdims=false, dtype=None))]
fn mean(py: Python<'_>, x: Arg, axes: Option<Over>, keepdims: bool, dtype: Option<DTypeLike>) -> PyResult<Out> {
    let named = axes.is_some();
    let axes = axes_of(&x, axes);
    if let Some(DTypeLike(wanted)) = dtype {
        return x.map(py, |x| x.try_to_dtype(wanted)?.try_mean_axes(axes, keepdims)?.try_to_dtype(wanted));
    }
    let had = x.value.dtype();
    if !had.is_float() {
        match x.flavour {
            Flavour::Torch => return Err(no_floats(py, "mean", had)),
            Flavour::Tf => return x.map(py, |x| x.try_mean_axes(axes, keepdims)?.try_to_dtype(had)),
            Flavour::Numpy => {}
        }
    }
    let mean = x.map(py, |x| x.try_mean_axes(axes, keepdims))?;
    Ok(if named { over_all(mean, "MeanBackward1", &x) } else { mean })
}

#[cold]
fn no_floats(py: Python<'_>, op: &str, dtype: DType) -> PyErr {
    let text = format!(
        "{op}(): could not infer output dtype. Input dtype must be a floating point dtype. Got: {dtype}. Cast it \
         first, for example with `.float()`"
    );
    complain(py, Flavour::Torch, Complaint::DType, text)
}

/// The variance over some axes, with the number of elements less `correction` as divisor.
#[pyfunction]
#[pyo3(signature = (x, axes=None, correction=1.0, keepdims=false))]
fn var(py: Python<'_>, x: Arg, axes: Option<Over>, correction: f64, keepdims: bool) -> PyResult<Out> {
    let axes = axes_of(&x, axes);
    let floats = fractional(py, "var", x)?;
    floats.map(py, |x| x.try_var_axes(axes, correction, keepdims))
}

/// The standard deviation over some axes: the root of the variance.
#[pyfunction]
#[pyo3(signature = (x, axes=None, correction=1.0, keepdims=false))]
#[pyo3(name = "std")]
fn deviation(py: Python<'_>, x: Arg, axes: Option<Over>, correction: f64, keepdims: bool) -> PyResult<Out> {
    let axes = axes_of(&x, axes);
    let floats = fractional(py, "std", x)?;
    floats.map(py, |x| x.try_std_axes(axes, correction, keepdims))
}

/// The tensor as floats; PyTorch refuses integers here.
fn fractional(py: Python<'_>, op: &str, x: Arg) -> PyResult<Arg> {
    let dtype = x.value.dtype();
    if x.flavour == Flavour::Torch && !dtype.is_float() {
        return Err(no_floats(py, op, dtype));
    }
    floats(py, op, x)
}

/// The tensor as floats.
#[inline]
fn floats(py: Python<'_>, op: &str, x: Arg) -> PyResult<Arg> {
    Ok(Arg { value: floating(py, op, &x)?, flavour: x.flavour })
}

/// The largest element over some axes; equal ones share the gradient.
#[pyfunction]
#[pyo3(signature = (x, axes=None, keepdims=false))]
fn amax(py: Python<'_>, x: Arg, axes: Option<Over>, keepdims: bool) -> PyResult<Out> {
    let axes = axes_of(&x, axes);
    x.map(py, |x| x.try_amax(axes, keepdims))
}

/// The smallest element over some axes; equal ones share the gradient.
#[pyfunction]
#[pyo3(signature = (x, axes=None, keepdims=false))]
fn amin(py: Python<'_>, x: Arg, axes: Option<Over>, keepdims: bool) -> PyResult<Out> {
    let axes = axes_of(&x, axes);
    x.map(py, |x| x.try_amin(axes, keepdims))
}

/// The largest element; equal ones share the gradient.
#[pyfunction]
fn max(py: Python<'_>, x: Arg) -> PyResult<Out> {
    x.map(py, Tensor::try_max)
}

/// The smallest element; equal ones share the gradient.
#[pyfunction]
fn min(py: Python<'_>, x: Arg) -> PyResult<Out> {
    x.map(py, Tensor::try_min)
}

/// Whether any element over some axes is true (not 0).
#[pyfunction]
#[pyo3(signature = (x, axes=None, keepdims=false))]
fn any(py: Python<'_>, x: Arg, axes: Option<Over>, keepdims: bool) -> PyResult<Out> {
    let axes = axes_of(&x, axes);
    x.map(py, |x| x.try_any_axes(axes, keepdims))
}

/// Whether all elements over some axes are true (not 0).
#[pyfunction]
#[pyo3(signature = (x, axes=None, keepdims=false))]
fn all(py: Python<'_>, x: Arg, axes: Option<Over>, keepdims: bool) -> PyResult<Out> {
    let axes = axes_of(&x, axes);
    x.map(py, |x| x.try_all_axes(axes, keepdims))
}

/// How many elements over some axes are not 0.
#[pyfunction]
#[pyo3(signature = (x, axes=None, keepdims=false))]
fn count_nonzero(py: Python<'_>, x: Arg, axes: Option<Over>, keepdims: bool) -> PyResult<Out> {
    let axes = axes_of(&x, axes);
    x.map(py, |x| x.try_count_nonzero_axes(axes, keepdims))
}

/// The logarithm of the sum of exp(x) over some axes, without overflow.
#[pyfunction]
#[pyo3(signature = (x, axes=None, keepdims=false))]
fn logsumexp(py: Python<'_>, x: Arg, axes: Option<Over>, keepdims: bool) -> PyResult<Out> {
    let axes = axes_of(&x, axes);
    floats(py, "logsumexp", x)?.map(py, |x| x.try_logsumexp(axes, keepdims))
}

/// The p-norm of the elements over some axes, as a vector.
#[pyfunction]
#[pyo3(signature = (x, p=2.0, axes=None, keepdims=false))]
fn norm(py: Python<'_>, x: Arg, p: f64, axes: Option<Over>, keepdims: bool) -> PyResult<Out> {
    let axes = axes_of(&x, axes);
    floats(py, "norm", x)?.map(py, |x| x.try_norm_axes(p, axes, keepdims))
}

/// exp(x) over its sum along an axis.
#[pyfunction]
#[pyo3(signature = (x, axis=-1))]
fn softmax(py: Python<'_>, x: Arg, axis: isize) -> PyResult<Out> {
    let x = floats(py, "softmax", x)?;
    x.map(py, |_| along(&x, axis, Tensor::try_softmax, single))
}

/// The logarithm of softmax, accurate where that is tiny.
#[pyfunction]
#[pyo3(signature = (x, axis=-1))]
fn log_softmax(py: Python<'_>, x: Arg, axis: isize) -> PyResult<Out> {
    let x = floats(py, "log_softmax", x)?;
    x.map(py, |_| along(&x, axis, Tensor::try_log_softmax, single))
}

/// The largest elements along an axis, and their positions.
#[pyfunction]
#[pyo3(signature = (x, axis=-1, keepdims=false))]
fn max_axis(py: Python<'_>, x: Arg, axis: isize, keepdims: bool) -> PyResult<(Out, Out)> {
    let (values, positions) = x.with(py, |_| along(&x, axis, |x, axis| x.try_max_axis(axis, keepdims), both))?;
    Ok((shown(Out(x.flavour, values), "MaxBackward0", &[&x.value]), Out(x.flavour, positions)))
}

/// The smallest elements along an axis, and their positions.
#[pyfunction]
#[pyo3(signature = (x, axis=-1, keepdims=false))]
fn min_axis(py: Python<'_>, x: Arg, axis: isize, keepdims: bool) -> PyResult<(Out, Out)> {
    let (values, positions) = x.with(py, |_| along(&x, axis, |x, axis| x.try_min_axis(axis, keepdims), both))?;
    Ok((shown(Out(x.flavour, values), "MinBackward0", &[&x.value]), Out(x.flavour, positions)))
}

/// The position of an extreme along an axis, or among all elements.
fn extreme(
    py: Python<'_>,
    x: &Arg,
    axis: Option<isize>,
    keepdims: bool,
    along_axis: fn(&Tensor, isize) -> wengert::Result<Tensor>,
    of_all: fn(&Tensor) -> wengert::Result<Tensor>,
) -> PyResult<Out> {
    x.map(py, |value| match axis {
        None if keepdims => of_all(value)?.try_reshape(vec![1_usize; value.ndim()]),
        None => of_all(value),
        Some(axis) => along(
            x,
            axis,
            |x, axis| {
                let positions = along_axis(x, axis)?;
                if keepdims { positions.try_unsqueeze(axis) } else { Ok(positions) }
            },
            single,
        ),
    })
}

/// The position of the largest element along an axis, or among all: the first of equal ones.
#[pyfunction]
#[pyo3(signature = (x, axis=None, keepdims=false))]
fn argmax(py: Python<'_>, x: Arg, axis: Option<isize>, keepdims: bool) -> PyResult<Out> {
    extreme(py, &x, axis, keepdims, Tensor::try_argmax, Tensor::try_argmax_all)
}

/// The position of the smallest element along an axis, or among all: the first of equal ones.
#[pyfunction]
#[pyo3(signature = (x, axis=None, keepdims=false))]
fn argmin(py: Python<'_>, x: Arg, axis: Option<isize>, keepdims: bool) -> PyResult<Out> {
    extreme(py, &x, axis, keepdims, Tensor::try_argmin, Tensor::try_argmin_all)
}

/// The running sum along an axis.
#[pyfunction]
#[pyo3(signature = (x, axis=0, reverse=false, dtype=None))]
fn cumsum(py: Python<'_>, x: Arg, axis: isize, reverse: bool, dtype: Option<DTypeLike>) -> PyResult<Out> {
    let f = if reverse { Tensor::try_cumsum_reverse } else { Tensor::try_cumsum };
    scanned(py, &x, axis, dtype, f)
}

/// The running product along an axis.
#[pyfunction]
#[pyo3(signature = (x, axis=0, reverse=false, dtype=None))]
fn cumprod(py: Python<'_>, x: Arg, axis: isize, reverse: bool, dtype: Option<DTypeLike>) -> PyResult<Out> {
    let f = if reverse { Tensor::try_cumprod_reverse } else { Tensor::try_cumprod };
    scanned(py, &x, axis, dtype, f)
}

fn scanned(
    py: Python<'_>,
    x: &Arg,
    axis: isize,
    dtype: Option<DTypeLike>,
    f: fn(&Tensor, isize) -> wengert::Result<Tensor>,
) -> PyResult<Out> {
    let lone = x.flavour == Flavour::Torch && x.value.ndim() == 0;
    added(py, x, dtype, |value| if lone { single(f(&value.try_reshape(1)?, axis)?) } else { f(value, axis) })
}

/// Whether all elements are equal but for rounding.
#[pyfunction]
#[pyo3(signature = (a, b, rtol=1e-5, atol=1e-8, equal_nan=false))]
fn allclose(
    py: Python<'_>,
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
    rtol: f64,
    atol: f64,
    equal_nan: bool,
) -> PyResult<bool> {
    let (flavour, mut a, mut b) = super::arguments::pair(py, a, b)?;
    crate::cell::run(py, a.len(), || {
        if equal_nan && a.dtype().is_float() && b.dtype().is_float() {
            let (left, right) = (a.try_is_nan()?, b.try_is_nan()?);
            let neither = left.try_logical_and(&right)?.try_logical_not()?;
            a = neither.try_select(&a, 0.0)?;
            b = neither.try_select(&b, 0.0)?;
        }
        a.try_allclose(&b, rtol, atol)
    })
    .or_raise(py, flavour)
}

/// Whether two tensors have the same shape and the same elements.
#[pyfunction]
fn equal(py: Python<'_>, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<bool> {
    let (flavour, a, b) = super::arguments::pair(py, a, b)?;
    if a.shape() != b.shape() {
        return Ok(false);
    }
    crate::cell::run(py, a.len(), || Ok(a.stop_gradient().try_eq(b.stop_gradient())?.try_all()?.try_item()? != 0.0))
        .or_raise(py, flavour)
}

/// Where the elements are not zero: for each axis a vector of positions.
#[pyfunction]
fn nonzero(py: Python<'_>, x: Arg) -> PyResult<Vec<Out>> {
    let positions = x.with(py, Tensor::try_nonzero)?;
    Ok(positions.into_iter().map(|position| Out(x.flavour, position)).collect())
}

/// Where the elements are not zero: one row of coordinates for each.
#[pyfunction]
fn argwhere(py: Python<'_>, x: Arg) -> PyResult<Out> {
    if x.value.ndim() == 0 {
        return x.map(py, |x| Tensor::try_zeros_as([x.try_count_nonzero()?.try_item()? as usize, 0], DType::I64));
    }
    x.map(py, Tensor::try_argwhere)
}

/// Adds the functions of this file.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    add_all!(module: sum prod mean var deviation amax amin max min any all count_nonzero logsumexp norm softmax log_softmax);
    add_all!(module: max_axis min_axis argmax argmin cumsum cumprod allclose equal nonzero argwhere);
    Ok(())
}
