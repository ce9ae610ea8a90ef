//! Sums, products, extremes and other numbers made of many.
//!
//! Every reduction takes the axes to reduce (each once; none: nothing is reduced) and whether they stay, one long. Sums of
//! floats run in `f64` blocks that are joined pairwise, so a `float32` sum is off by little more than its last
//! rounding. Results do not depend on the number of threads, to the last bit.
//!
//! ```
//! use wengert_array::{Array, DType, reduce};
//! let x = Array::arange(0.0, 6.0, 1.0, DType::F32).reshape(&[2, 3])?;
//! assert_eq!(reduce::sum(&x, &[0], false)?.to_vec::<f32>()?, [3.0, 5.0, 7.0]);
//! assert_eq!(reduce::mean(&x, &[0, 1], false)?.item::<f32>()?, 2.5);
//! assert_eq!(reduce::max(&x, &[1], true)?.shape(), [2, 1]);
//! # Ok::<(), wengert_array::Error>(())
//! ```

mod arg;
mod engine;
mod kinds;
mod plan;

use crate::{Array, DType, Element, Error, Result, Shape, dispatch};
use kinds::{Count, Exponentials, Extreme, Number, Prod, Reducer, Spread, Sum};
use plan::{Plan, axis_mask, reduced_shape};

/// The sum over `axes`; of no elements, 0.
///
/// Floats keep their dtype; `bool` and integers are summed as `int64`.
///
/// # Errors
/// An axis that does not exist or is named twice.
pub fn sum(x: &Array, axes: &[usize], keepdims: bool) -> Result<Array> {
    match x.dtype() {
        DType::F32 => plain::<f32, _>("sum", x, axes, keepdims, Sum::<f32>::whole()),
        DType::F64 => plain::<f64, _>("sum", x, axes, keepdims, Sum::<f64>::whole()),
        dtype => dispatch!(dtype, T => plain::<T, _>("sum", x, axes, keepdims, Sum::<i64>::whole())),
    }
}

/// The product over `axes`; of no elements, 1.
///
/// Floats keep their dtype; `bool` and integers are multiplied as `int64`.
///
/// # Errors
/// An axis that does not exist or is named twice.
pub fn prod(x: &Array, axes: &[usize], keepdims: bool) -> Result<Array> {
    match x.dtype() {
        DType::F32 => plain::<f32, _>("prod", x, axes, keepdims, Prod),
        DType::F64 => plain::<f64, _>("prod", x, axes, keepdims, Prod),
        DType::I64 => plain::<i64, _>("prod", x, axes, keepdims, Prod),
        _ => prod(&x.try_cast(DType::I64)?, axes, keepdims),
    }
}

/// The largest element over `axes`; NaN if there is one.
///
/// # Errors
/// An axis that does not exist or is named twice; no elements to choose from.
pub fn max(x: &Array, axes: &[usize], keepdims: bool) -> Result<Array> {
    nonempty("max", x, axes)?;
    extreme::<false>("max", x, axes, keepdims)
}

/// The smallest element over `axes`; NaN if there is one.
///
/// # Errors
/// An axis that does not exist or is named twice; no elements to choose from.
pub fn min(x: &Array, axes: &[usize], keepdims: bool) -> Result<Array> {
    nonempty("min", x, axes)?;
    extreme::<true>("min", x, axes, keepdims)
}

/// The mean over `axes`; of no elements, NaN.
///
/// `float32` stays `float32` (the sum runs in `f64`), everything else gives `float64`.
///
/// # Errors
/// An axis that does not exist or is named twice.
pub fn mean(x: &Array, axes: &[usize], keepdims: bool) -> Result<Array> {
    let count = elements_reduced("mean", x, axes)? as f64;
    match x.dtype() {
        DType::F32 => plain::<f32, _>("mean", x, axes, keepdims, Sum::<f32>::over(count)),
        DType::F64 => plain::<f64, _>("mean", x, axes, keepdims, Sum::<f64>::over(count)),
        _ => mean(&x.try_cast(DType::F64)?, axes, keepdims),
    }
}

/// The variance over `axes`: the sum of squared distances from the mean, divided by the number of elements less
/// `correction` (0 for a population, 1 for a sample). Where that is not positive the result is NaN or infinite.
///
/// Computed in two passes, in `f64`. `float32` stays `float32`, everything else gives `float64`.
///
/// # Errors
/// An axis that does not exist or is named twice.
///
/// ```
/// use wengert_array::{Array, reduce};
/// let x = Array::from_slice(&[1.0, 2.0, 3.0, 4.0]);
/// assert_eq!(reduce::var(&x, &[0], false, 0.0)?.item::<f64>()?, 1.25);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn var(x: &Array, axes: &[usize], keepdims: bool, correction: f64) -> Result<Array> {
    let count = elements_reduced("var", x, axes)? as f64;
    let divisor = (count - correction).max(0.0);
    match x.dtype() {
        DType::F32 => variance::<f32>(x, axes, keepdims, count, divisor),
        DType::F64 => variance::<f64>(x, axes, keepdims, count, divisor),
        _ => variance::<f64>(&x.try_cast(DType::F64)?, axes, keepdims, count, divisor),
    }
}

/// Whether any element over `axes` is nonzero, as `bool`; of no elements, false. NaN counts as nonzero.
///
/// # Errors
/// An axis that does not exist or is named twice.
pub fn any(x: &Array, axes: &[usize], keepdims: bool) -> Result<Array> {
    counted("any", x, axes, keepdims, |nonzero, _| nonzero > 0)
}

/// Whether all elements over `axes` are nonzero, as `bool`; of no elements, true. NaN counts as nonzero.
///
/// # Errors
/// An axis that does not exist or is named twice.
pub fn all(x: &Array, axes: &[usize], keepdims: bool) -> Result<Array> {
    counted("all", x, axes, keepdims, |nonzero, of| nonzero == of)
}

/// How many elements over `axes` are nonzero, as `int64`. NaN counts as nonzero.
///
/// # Errors
/// An axis that does not exist or is named twice.
pub fn count_nonzero(x: &Array, axes: &[usize], keepdims: bool) -> Result<Array> {
    dispatch!(x.dtype(), T => plain::<T, _>("count_nonzero", x, axes, keepdims, Count))
}

/// log Σ exp(x) over `axes`, without overflow: the largest element is taken out first. Of no elements, -∞; of nothing but
/// -∞, -∞; with a +∞ among them, +∞.
///
/// `float32` stays `float32`, everything else gives `float64`.
///
/// # Errors
/// An axis that does not exist or is named twice.
///
/// ```
/// use wengert_array::{Array, reduce};
/// let x = Array::from_slice(&[1000.0, 1000.0]);
/// assert_eq!(reduce::logsumexp(&x, &[0], false)?.item::<f64>()?, 1000.0 + 2f64.ln());
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn logsumexp(x: &Array, axes: &[usize], keepdims: bool) -> Result<Array> {
    match x.dtype() {
        DType::F32 => log_sum_exp::<f32>(x, axes, keepdims),
        DType::F64 => log_sum_exp::<f64>(x, axes, keepdims),
        _ => log_sum_exp::<f64>(&x.cast(DType::F64), axes, keepdims),
    }
}

/// The position of the largest element along `axis`, or in the flattened array if there is none, as `int64`. The first of
/// equals; the first NaN if there is one.
///
/// # Errors
/// An axis that does not exist; no elements to choose from.
///
/// ```
/// use wengert_array::{Array, reduce};
/// let x = Array::from_slice(&[1.0, 4.0, 4.0]);
/// assert_eq!(reduce::argmax(&x, None, false)?.item::<i64>()?, 1);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn argmax(x: &Array, axis: Option<usize>, keepdims: bool) -> Result<Array> {
    dispatch!(x.dtype(), T => arg_extreme::<T, false>("argmax", x, axis, keepdims))
}

/// The position of the smallest element along `axis`, or in the flattened array if there is none, as `int64`. The first of
/// equals; the first NaN if there is one.
///
/// # Errors
/// An axis that does not exist; no elements to choose from.
pub fn argmin(x: &Array, axis: Option<usize>, keepdims: bool) -> Result<Array> {
    dispatch!(x.dtype(), T => arg_extreme::<T, true>("argmin", x, axis, keepdims))
}

/// The shape that a reduction over `axes` leaves.
///
/// # Errors
/// An axis that does not exist or is named twice.
pub fn output(shape: &[usize], axes: &[usize], keepdims: bool) -> Result<Shape> {
    Ok(reduced_shape(shape, axis_mask("reduction", axes, shape.len())?, keepdims))
}

/// How many elements go into each result.
fn elements_reduced(op: &'static str, x: &Array, axes: &[usize]) -> Result<usize> {
    axis_mask(op, axes, x.ndim())?;
    Ok(axes.iter().map(|&axis| x.shape()[axis]).product())
}

/// An error if there are results to be chosen from no elements.
fn nonempty(op: &'static str, x: &Array, axes: &[usize]) -> Result<()> {
    let mask = axis_mask(op, axes, x.ndim())?;
    let outputs: usize = reduced_shape(x.shape(), mask, false).iter().product();
    if x.is_empty() && outputs > 0 { Err(empty(op, x.shape(), &format!("axes {axes:?}"))) } else { Ok(()) }
}

#[cold]
fn empty(op: &'static str, shape: &[usize], over: &str) -> Error {
    let detail = format!("an array of shape {} has no elements over {over} to choose from", Shape::from(shape));
    Error::shape(op, detail, "check is_empty() first, or give it at least one element")
}

/// A truth about how many elements are nonzero, of how many.
fn counted(
    op: &'static str,
    x: &Array,
    axes: &[usize],
    keepdims: bool,
    holds: impl Fn(i64, i64) -> bool,
) -> Result<Array> {
    let of = elements_reduced(op, x, axes)? as i64;
    let counts = count_nonzero(x, axes, keepdims)?;
    let counts = counts.view::<i64>()?;
    Array::try_build(Shape::from(counts.shape()), |out| {
        out.iter_mut().zip(counts.iter()).for_each(|(o, nonzero)| *o = holds(nonzero, of));
    })
}

fn extreme<const LEAST: bool>(op: &'static str, x: &Array, axes: &[usize], keepdims: bool) -> Result<Array> {
    match x.dtype() {
        DType::Bool => extreme::<LEAST>(op, &x.try_cast(DType::U8)?, axes, keepdims)?.try_cast(DType::Bool),
        DType::U8 => plain::<u8, _>(op, x, axes, keepdims, Extreme::<LEAST>),
        DType::I32 => plain::<i32, _>(op, x, axes, keepdims, Extreme::<LEAST>),
        DType::I64 => plain::<i64, _>(op, x, axes, keepdims, Extreme::<LEAST>),
        DType::F32 => plain::<f32, _>(op, x, axes, keepdims, Extreme::<LEAST>),
        DType::F64 => plain::<f64, _>(op, x, axes, keepdims, Extreme::<LEAST>),
    }
}

/// A reduction with nothing but the elements to go by.
fn plain<T: Number, R: Reducer<T, Param = ()>>(
    op: &'static str,
    x: &Array,
    axes: &[usize],
    keepdims: bool,
    r: R,
) -> Result<Array>
where
    R::Out: Element,
{
    let mask = axis_mask(op, axes, x.ndim())?;
    if let Some(&x) = T::of(x) {
        return Ok(r.finish(r.step(r.start(), x, ()), ()).scalar());
    }
    let shape = reduced_shape(x.shape(), mask, keepdims);
    let (data, plan) = loops::<T>(x, mask)?;
    Array::try_build(shape, |out| engine::run(r, data, &plan, &vec![(); plan.outputs], out))
}

fn loops<T: Number>(x: &Array, mask: u64) -> Result<(&[T], Plan)> {
    let view = x.view::<T>()?;
    Ok((view.data(), Plan::new(view.shape(), view.strides(), view.offset(), mask)))
}

fn variance<T: Number>(x: &Array, axes: &[usize], keepdims: bool, count: f64, divisor: f64) -> Result<Array> {
    let mask = axis_mask("var", axes, x.ndim())?;
    let shape = reduced_shape(x.shape(), mask, keepdims);
    let (data, plan) = loops::<T>(x, mask)?;
    let mut means = vec![0.0; plan.outputs];
    engine::run(Sum::<f64>::over(count), data, &plan, &vec![(); plan.outputs], &mut means);
    Array::try_build::<T>(shape, |out| engine::run(Spread::<T>::over(divisor), data, &plan, &means, out))
}

fn log_sum_exp<T: kinds::Exp>(x: &Array, axes: &[usize], keepdims: bool) -> Result<Array> {
    let mask = axis_mask("logsumexp", axes, x.ndim())?;
    let shape = reduced_shape(x.shape(), mask, keepdims);
    let (data, plan) = loops::<T>(x, mask)?;
    let mut shifts = vec![T::ZERO; plan.outputs];
    engine::run(Extreme::<false>, data, &plan, &vec![(); plan.outputs], &mut shifts);
    for shift in &mut shifts {
        if shift.to_f64().is_infinite() {
            *shift = T::ZERO;
        }
    }
    Array::try_build::<T>(shape, |out| engine::run(Exponentials, data, &plan, &shifts, out))
}

fn arg_extreme<T: Number, const LEAST: bool>(
    op: &'static str,
    x: &Array,
    axis: Option<usize>,
    keepdims: bool,
) -> Result<Array> {
    let Some(axis) = axis else {
        if x.is_empty() {
            return Err(empty(op, x.shape(), "all axes"));
        }
        let flat = x.reshape(&[x.len()])?;
        let position = arg_extreme::<T, LEAST>(op, &flat, Some(0), false)?;
        return if keepdims { position.reshape(&vec![1; x.ndim()]) } else { Ok(position) };
    };
    if axis >= x.ndim() {
        return Err(Error::axis(op, axis as isize, x.ndim()));
    }
    let shape = reduced_shape(x.shape(), 1 << axis, keepdims);
    let len = x.shape()[axis];
    if len == 0 && shape.elements()? > 0 {
        return Err(empty(op, x.shape(), &format!("axis {axis}")));
    }
    let view = x.view::<T>()?;
    let plan = Plan::new(view.shape(), view.strides(), view.offset(), 1 << axis);
    Array::try_build(shape, |out: &mut [i64]| {
        if !out.is_empty() {
            arg::run::<T, LEAST>(view.data(), &plan, view.offset(), (len, view.strides()[axis]), out);
        }
    })
}
