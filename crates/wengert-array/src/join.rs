//! Joining, padding, rolling and repeating.

use crate::index::{contents, slice_set, take};
use crate::shape::check_axis;
use crate::{Array, Element, Error, Result, Shape, SliceSpec, dispatch};

/// The arrays one after the other along an axis that they have.
///
/// # Errors
/// [`Error::Argument`] for no arrays; [`Error::Axis`]; [`Error::DType`] unless all dtypes are the same; [`Error::ShapeMismatch`] unless
/// all other axes are.
///
/// ```
/// use wengert_array::{Array, join::concatenate};
///
/// let x = concatenate(&[&Array::from_slice(&[1.0, 2.0]), &Array::from_slice(&[3.0])], 0)?;
/// assert_eq!(x.to_vec::<f64>()?, [1.0, 2.0, 3.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn concatenate(arrays: &[&Array], axis: usize) -> Result<Array> {
    let first = first_of("concatenate", arrays)?;
    check_axis("concatenate", axis, first.ndim())?;
    for (i, x) in arrays.iter().enumerate() {
        let alike = x.ndim() == first.ndim() && (0..x.ndim()).all(|d| d == axis || x.shape()[d] == first.shape()[d]);
        if !alike {
            return Err(Error::shape(
                "concatenate",
                format!("array 0 has shape {} and array {i} {}", Shape::new(first.shape()), Shape::new(x.shape())),
                format!("along axis {axis} all other axes must have the same length"),
            ));
        }
    }
    let mut shape = Shape::new(first.shape());
    shape[axis] = 0;
    for x in arrays {
        let longer = shape[axis].checked_add(x.shape()[axis]);
        shape[axis] =
            longer.ok_or_else(|| Error::argument("concatenate", "the result is too long to fit in memory"))?;
    }
    shape.elements()?;
    if let [only] = arrays {
        return Ok((*only).clone());
    }

    let inner: usize = shape[axis + 1..].iter().product();
    let outer: usize = shape[..axis].iter().product();
    let parts: Vec<Array> = arrays.iter().map(|x| x.try_contiguous()).collect::<Result<_>>()?;
    dispatch!(first.dtype(), T => {
        let parts: Vec<&[T]> = parts.iter().map(contents::<T>).collect::<Result<_>>()?;
        let runs: Vec<usize> = arrays.iter().map(|x| x.shape()[axis] * inner).collect();
        Array::try_build::<T>(shape, |mut out| {
            for o in 0..outer {
                for (part, &run) in parts.iter().zip(&runs) {
                    let (head, rest) = out.split_at_mut(run);
                    head.copy_from_slice(&part[o * run..(o + 1) * run]);
                    out = rest;
                }
            }
        })
    })
}

/// The arrays side by side along a new axis.
///
/// # Errors
/// [`Error::Argument`] for no arrays; [`Error::Axis`] (`axis` may be the number of axes: the new one is then the last);
/// [`Error::DType`] and [`Error::ShapeMismatch`] unless all are the same.
///
/// ```
/// use wengert_array::{Array, join::stack};
///
/// let (a, b) = (Array::from_slice(&[1.0, 2.0]), Array::from_slice(&[3.0, 4.0]));
/// assert_eq!(stack(&[&a, &b], 1)?.to_vec::<f64>()?, [1.0, 3.0, 2.0, 4.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn stack(arrays: &[&Array], axis: usize) -> Result<Array> {
    let first = first_of("stack", arrays)?;
    check_axis("stack", axis, first.ndim() + 1)?;
    let mut expanded = Vec::with_capacity(arrays.len());
    for (i, x) in arrays.iter().enumerate() {
        if x.shape() != first.shape() {
            return Err(Error::shape(
                "stack",
                format!("array 0 has shape {} and array {i} {}", Shape::new(first.shape()), Shape::new(x.shape())),
                "all must have the same shape; broadcast_to makes them so, concatenate joins along an axis they have",
            ));
        }
        expanded.push(with_axis(x, axis)?);
    }
    concatenate(&expanded.iter().collect::<Vec<_>>(), axis)
}

fn first_of<'a>(op: &'static str, arrays: &[&'a Array]) -> Result<&'a Array> {
    let first =
        *arrays.first().ok_or_else(|| Error::argument(op, "needs at least one array, but the list is empty"))?;
    match arrays.iter().position(|x| x.dtype() != first.dtype()) {
        None => Ok(first),
        Some(i) => Err(Error::dtype(
            op,
            format!("array 0 is {} and array {i} {}", first.dtype(), arrays[i].dtype()),
            "cast them to the same dtype first",
        )),
    }
}

/// A view with an axis of length 1 inserted before `axis`.
fn with_axis(x: &Array, axis: usize) -> Result<Array> {
    let mut shape = Shape::new(x.shape());
    shape.insert(axis, 1);
    x.reshape(&shape)
}

/// `x` with a constant around it: `widths` says for each axis how many elements come before and after.
///
/// # Errors
/// [`Error::Argument`] unless there is one pair for each axis, or if the result would not fit in memory.
///
/// ```
/// use wengert_array::{Array, join::pad};
///
/// let x = pad(&Array::from_slice(&[1.0, 2.0]), &[(1, 2)], 0.0)?;
/// assert_eq!(x.to_vec::<f64>()?, [0.0, 1.0, 2.0, 0.0, 0.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn pad(x: &Array, widths: &[(usize, usize)], value: f64) -> Result<Array> {
    let shape = padded_shape(x, widths)?;
    let inside: Vec<SliceSpec> =
        widths.iter().zip(x.shape()).map(|(&(start, _), &len)| SliceSpec { start, len, step: 1 }).collect();
    let around = dispatch!(x.dtype(), T => Array::from(T::from_f64(value))).broadcast_to(&shape)?;
    slice_set(&around, &inside, x)
}

/// What [`pad_mode`] puts around an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PadMode {
    /// Its mirror image, the edge not repeated: `c b | a b c | b a`.
    Reflect,
    /// Its edge: `a a | a b c | c c`.
    Replicate,
    /// Its other end, as on a circle: `b c | a b c | a b`.
    Circular,
}

/// `x` continued beyond its edges; see [`PadMode`] and [`pad`]. Any width goes: the pattern repeats.
///
/// # Errors
/// Those of [`pad`], and [`Error::Argument`] for an axis of length 0, which has no edge.
///
/// ```
/// use wengert_array::{Array, join::{PadMode, pad_mode}};
///
/// let x = pad_mode(&Array::from_slice(&[1.0, 2.0, 3.0]), &[(2, 1)], PadMode::Reflect)?;
/// assert_eq!(x.to_vec::<f64>()?, [3.0, 2.0, 1.0, 2.0, 3.0, 2.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn pad_mode(x: &Array, widths: &[(usize, usize)], mode: PadMode) -> Result<Array> {
    padded_shape(x, widths)?;
    let mut out = x.clone();
    for (axis, &(before, after)) in widths.iter().enumerate() {
        if before + after > 0 {
            out = take(&out, &continued(x.shape()[axis], before, after, mode, axis)?, axis)?;
        }
    }
    Ok(out)
}

/// Positions along an axis that continue it on both sides.
fn continued(len: usize, before: usize, after: usize, mode: PadMode, axis: usize) -> Result<Array> {
    if len == 0 {
        return Err(Error::argument(
            "pad_mode",
            format!("axis {axis} is empty: there is no edge to continue; use pad"),
        ));
    }
    let n = len as i64;
    let source = |i: i64| match mode {
        PadMode::Replicate => i.clamp(0, n - 1),
        PadMode::Circular => i.rem_euclid(n),
        PadMode::Reflect if n == 1 => 0,
        PadMode::Reflect => {
            let i = i.rem_euclid(2 * n - 2);
            i.min(2 * n - 2 - i)
        }
    };
    Array::try_build::<i64>([before + len + after], |out| {
        out.iter_mut().enumerate().for_each(|(i, o)| *o = source(i as i64 - before as i64));
    })
}

fn padded_shape(x: &Array, widths: &[(usize, usize)]) -> Result<Shape> {
    if widths.len() != x.ndim() {
        return Err(Error::argument(
            "pad",
            format!(
                "{} pairs of widths for an array of shape {}: give one (before, after) for each of its {} axes",
                widths.len(),
                Shape::new(x.shape()),
                x.ndim()
            ),
        ));
    }
    let lengths = x.shape().iter().zip(widths).map(|(d, (b, a))| d.checked_add(*b)?.checked_add(*a));
    let shape: Option<Vec<usize>> = lengths.collect();
    let shape = Shape::from(shape.ok_or_else(|| Error::argument("pad", "the result is too long to fit in memory"))?);
    shape.elements()?;
    Ok(shape)
}

/// The elements moved along an axis by `shift` places, those that leave it at one end entering at the other.
///
/// # Errors
/// [`Error::Axis`].
///
/// ```
/// use wengert_array::{Array, join::roll};
///
/// assert_eq!(roll(&Array::from_slice(&[1.0, 2.0, 3.0]), 1, 0)?.to_vec::<f64>()?, [3.0, 1.0, 2.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn roll(x: &Array, shift: isize, axis: usize) -> Result<Array> {
    check_axis("roll", axis, x.ndim())?;
    let len = x.shape()[axis];
    if len == 0 {
        return Ok(x.clone());
    }
    let shift = shift.rem_euclid(len as isize) as usize;
    if shift == 0 {
        return Ok(x.clone());
    }
    let inner: usize = x.shape()[axis + 1..].iter().product();
    let x = x.try_contiguous()?;
    dispatch!(x.dtype(), T => {
        let from = contents::<T>(&x)?;
        Array::try_build::<T>(x.shape(), |out| {
            if !out.is_empty() {
                for (o, from) in out.chunks_exact_mut(len * inner).zip(from.chunks_exact(len * inner)) {
                    let (stay, wrap) = from.split_at((len - shift) * inner);
                    o[..wrap.len()].copy_from_slice(wrap);
                    o[wrap.len()..].copy_from_slice(stay);
                }
            }
        })
    })
}

/// The lower triangle of the matrices in the last two axes: elements above diagonal `k` become zero. `k = 0` is the main diagonal,
/// larger ones lie above it.
///
/// # Errors
/// [`Error::Argument`] for fewer than two axes.
pub fn tril(x: &Array, k: isize) -> Result<Array> {
    triangle("tril", x, |row, column| column <= row.saturating_add(k))
}

/// The upper triangle of the matrices in the last two axes: elements below diagonal `k` become zero.
///
/// # Errors
/// [`Error::Argument`] for fewer than two axes.
///
/// ```
/// use wengert_array::{Array, DType, join::triu};
///
/// let x = triu(&Array::ones([2, 3], DType::F64), 1)?;
/// assert_eq!(x.to_vec::<f64>()?, [0.0, 1.0, 1.0, 0.0, 0.0, 1.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn triu(x: &Array, k: isize) -> Result<Array> {
    triangle("triu", x, |row, column| column >= row.saturating_add(k))
}

fn triangle(op: &'static str, x: &Array, keep: impl Fn(isize, isize) -> bool) -> Result<Array> {
    let &[.., _, columns] = x.shape() else {
        let detail = format!("needs a matrix, but the array has shape {}", Shape::new(x.shape()));
        return Err(Error::argument(op, detail));
    };
    let rows = x.shape()[x.ndim() - 2];
    let x = x.try_contiguous()?;
    dispatch!(x.dtype(), T => {
        let from = contents::<T>(&x)?;
        Array::try_build::<T>(x.shape(), |out| {
            if out.is_empty() {
                return;
            }
            for (i, (o, from)) in out.chunks_exact_mut(columns).zip(from.chunks_exact(columns)).enumerate() {
                let row = (i % rows) as isize;
                for (j, (o, &v)) in o.iter_mut().zip(from).enumerate() {
                    *o = if keep(row, j as isize) { v } else { T::ZERO };
                }
            }
        })
    })
}

/// Each element `n` times in a row along an axis.
///
/// # Errors
/// [`Error::Axis`]; [`Error::Argument`] if the result would not fit in memory.
///
/// ```
/// use wengert_array::{Array, join::repeat};
///
/// assert_eq!(repeat(&Array::from_slice(&[1.0, 2.0]), 2, 0)?.to_vec::<f64>()?, [1.0, 1.0, 2.0, 2.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn repeat(x: &Array, n: usize, axis: usize) -> Result<Array> {
    check_axis("repeat", axis, x.ndim())?;
    let mut wide = Shape::new(x.shape());
    wide.insert(axis + 1, n);
    wide.elements()?;
    let mut shape = Shape::new(x.shape());
    shape[axis] = times("repeat", shape[axis], n)?;
    with_axis(x, axis + 1)?.broadcast_to(&wide)?.reshape(&shape)
}

/// The whole array laid `repetitions[d]` times along axis `d`. With fewer repetitions than axes they count for the last ones; with more,
/// axes of length 1 are inserted in front, as in NumPy.
///
/// # Errors
/// [`Error::Argument`] if the result would not fit in memory.
///
/// ```
/// use wengert_array::{Array, join::tile};
///
/// let x = tile(&Array::from_slice(&[1.0, 2.0]), &[2, 2])?;
/// assert_eq!(x.shape(), [2, 4]);
/// assert_eq!(x.to_vec::<f64>()?, [1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn tile(x: &Array, repetitions: &[usize]) -> Result<Array> {
    let ndim = x.ndim().max(repetitions.len());
    // Each axis d becomes the two axes (repetitions, d): the first broadcasts, and both together are the tiled axis.
    let (mut narrow, mut wide, mut shape) = (Shape::default(), Shape::default(), Shape::default());
    for axis in 0..ndim {
        let length = (axis + x.ndim()).checked_sub(ndim).map_or(1, |d| x.shape()[d]);
        let n = (axis + repetitions.len()).checked_sub(ndim).map_or(1, |d| repetitions[d]);
        narrow.push(1);
        narrow.push(length);
        wide.push(n);
        wide.push(length);
        shape.push(times("tile", length, n)?);
    }
    wide.elements()?;
    x.reshape(&narrow)?.broadcast_to(&wide)?.reshape(&shape)
}

fn times(op: &'static str, len: usize, n: usize) -> Result<usize> {
    len.checked_mul(n).ok_or_else(|| Error::argument(op, format!("{n} times {len} elements do not fit in memory")))
}

/// Matrices with the last axis of `x` on diagonal `offset` and zeros elsewhere: shape `(…, n)` gives `(…, n + |offset|, n + |offset|)`.
///
/// # Errors
/// [`Error::Argument`] for a rank-0 array, or if the result would not fit in memory.
///
/// ```
/// use wengert_array::{Array, join::diag_embed};
///
/// let x = diag_embed(&Array::from_slice(&[1.0, 2.0]), 0)?;
/// assert_eq!(x.to_vec::<f64>()?, [1.0, 0.0, 0.0, 2.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn diag_embed(x: &Array, offset: isize) -> Result<Array> {
    let Some((&n, batch)) = x.shape().split_last() else {
        return Err(Error::argument(
            "diag_embed",
            "needs at least one axis to lay on the diagonal, but got a single number",
        ));
    };
    let side = n.checked_add(offset.unsigned_abs());
    let side = side.ok_or_else(|| Error::argument("diag_embed", format!("offset {offset} does not fit in memory")))?;
    let shape: Shape = batch.iter().copied().chain([side, side]).collect();
    shape.elements()?;
    let first = if offset >= 0 { offset as usize } else { offset.unsigned_abs() * side };
    let x = x.try_contiguous()?;
    dispatch!(x.dtype(), T => {
        let from = contents::<T>(&x)?;
        Array::try_build::<T>(shape, |out| {
            out.fill(T::ZERO);
            if n > 0 {
                for (out, from) in out.chunks_exact_mut(side * side).zip(from.chunks_exact(n)) {
                    for (o, &v) in out[first..].iter_mut().step_by(side + 1).zip(from) {
                        *o = v;
                    }
                }
            }
        })
    })
}
