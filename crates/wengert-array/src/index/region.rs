//! Writing to a slice.

use super::rows::{Rows, offsets};
use crate::{Array, Error, Result, Shape, SliceSpec, contiguous_strides};

/// A copy of `base` with a slice of it replaced by `src`, which broadcasts to the slice's shape.
///
/// `specs` says for each leading axis where the slice starts, how many elements it has and how far apart they are; axes beyond them are
/// taken whole.
///
/// # Errors
/// [`Error::Argument`] for more specs than axes or a step of 0; [`Error::Index`] for a slice that leaves its axis;
/// [`Error::ShapeMismatch`] and [`Error::DType`] if `src` does not fit.
///
/// ```
/// use wengert_array::{Array, DType, SliceSpec, index::slice_set};
///
/// let odd = SliceSpec { start: 1, len: 2, step: 2 };
/// let x = slice_set(&Array::zeros([4], DType::F64), &[odd], &Array::from_slice(&[7.0, 8.0]))?;
/// assert_eq!(x.to_vec::<f64>()?, [0.0, 7.0, 0.0, 8.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn slice_set(base: &Array, specs: &[SliceSpec], src: &Array) -> Result<Array> {
    let (rows, shape) = region("slice_set", base.shape(), specs)?;
    rows.set("slice_set", base, src, &shape)
}

/// A copy of `base` with `src` added to a slice of it; see [`slice_set`].
///
/// # Errors
/// Those of [`slice_set`].
pub fn slice_add(base: &Array, specs: &[SliceSpec], src: &Array) -> Result<Array> {
    let (rows, shape) = region("slice_add", base.shape(), specs)?;
    rows.add("slice_add", base, src, &shape)
}

fn region(op: &'static str, x: &[usize], specs: &[SliceSpec]) -> Result<(Rows, Shape)> {
    if specs.len() > x.len() {
        let detail =
            format!("{} slices for an array of shape {}, which has {} axes", specs.len(), Shape::new(x), x.len());
        return Err(Error::argument(op, detail));
    }
    for (axis, (spec, &len)) in specs.iter().zip(x).enumerate() {
        inside(op, spec, axis, len)?;
    }
    let mut shape = Shape::new(x);
    specs.iter().enumerate().for_each(|(axis, s)| shape[axis] = s.len);
    if shape.contains(&0) {
        return Ok((Rows { outer: 0, block: 0, starts: Vec::new(), run: 0 }, shape));
    }
    let strides = contiguous_strides(x);

    // The last axis that is not taken whole starts the run if its elements are neighbours.
    let whole = |axis: usize| specs.get(axis).is_none_or(|s| s.start == 0 && s.len == x[axis] && s.step == 1);
    let mut outer = x.len();
    while outer > 0 && whole(outer - 1) {
        outer -= 1;
    }
    if outer > 0 && specs[outer - 1].step == 1 {
        outer -= 1;
    }
    let run = shape[outer..].iter().product();
    let start: isize = specs.iter().zip(&strides).map(|(s, &stride)| s.start as isize * stride).sum();
    let step = |(s, &stride): (&SliceSpec, &isize)| if s.len == 1 { 0 } else { s.step * stride };
    let steps: Vec<isize> = specs[..outer].iter().zip(&strides).map(step).collect();
    let mut starts = Vec::new();
    offsets(&shape[..outer], &steps, start, |offset| starts.push(offset as usize));
    Ok((Rows { outer: 1, block: 0, starts, run }, shape))
}

fn inside(op: &'static str, spec: &SliceSpec, axis: usize, len: usize) -> Result<()> {
    let &SliceSpec { start, len: count, step } = spec;
    if step == 0 {
        return Err(Error::argument(
            op,
            format!("the slice of axis {axis} has step 0; its elements would all be the same one"),
        ));
    }
    if count == 0 {
        return Ok(());
    }
    let last = (count as i128 - 1) * step as i128 + start as i128;
    let bad = if start >= len { start as i128 } else { last };
    if (0..len as i128).contains(&bad) {
        return Ok(());
    }
    Err(Error::index(op, bad.clamp(i64::MIN.into(), i64::MAX.into()) as i64, axis, len))
}
