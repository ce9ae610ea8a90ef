//! Indexing by coordinates and by masks.

use super::rows::{Rows, contents, positions};
use crate::{Array, DType, Element, Error, Result, Shape, broadcast, dispatch};

/// The entries of `x` at the coordinates that the index arrays give together, one array for each of the leading axes.
///
/// The index arrays are broadcast against each other; their common shape, followed by the axes of `x` that were not indexed, is the
/// shape of the result. This is NumPy's `x[i, j]`.
///
/// # Errors
/// [`Error::Argument`] for more index arrays than axes; [`Error::ShapeMismatch`] if they do not broadcast; [`Error::DType`] if they are
/// not integers; [`Error::Index`] out of range.
///
/// ```
/// use wengert_array::{Array, DType, index::gather_nd};
///
/// let x = Array::arange(0.0, 6.0, 1.0, DType::F64).reshape(&[2, 3])?;
/// let (rows, columns) = (Array::from_slice(&[0i64, 1]), Array::from_slice(&[2i64, -2]));
/// assert_eq!(gather_nd(&x, &[&rows, &columns])?.to_vec::<f64>()?, [2.0, 4.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn gather_nd(x: &Array, index: &[&Array]) -> Result<Array> {
    let (rows, shape) = coordinates("gather_nd", x.shape(), index)?;
    rows.read(x, shape)
}

/// A copy of `base` with `src` added to the entries that [`gather_nd`] would read. `src` broadcasts to their shape; entries named twice
/// receive both.
///
/// # Errors
/// Those of [`gather_nd`]; [`Error::ShapeMismatch`] and [`Error::DType`] if `src` does not fit.
pub fn gather_nd_add(base: &Array, index: &[&Array], src: &Array) -> Result<Array> {
    let (rows, shape) = coordinates("gather_nd_add", base.shape(), index)?;
    rows.add("gather_nd_add", base, src, &shape)
}

/// A copy of `base` with the entries that [`gather_nd`] would read replaced by `src`, which broadcasts to their shape. Of an entry named
/// twice the last value stays.
///
/// # Errors
/// Those of [`gather_nd_add`].
pub fn gather_nd_set(base: &Array, index: &[&Array], src: &Array) -> Result<Array> {
    let (rows, shape) = coordinates("gather_nd_set", base.shape(), index)?;
    rows.set("gather_nd_set", base, src, &shape)
}

fn coordinates(op: &'static str, x: &[usize], index: &[&Array]) -> Result<(Rows, Shape)> {
    if index.len() > x.len() {
        return Err(Error::argument(
            op,
            format!("{} index arrays for an array of shape {}, which has {} axes", index.len(), Shape::new(x), x.len()),
        ));
    }
    let shapes: Vec<&[usize]> = index.iter().map(|i| i.shape()).collect();
    let common = broadcast(&shapes)?;
    let run: usize = x[index.len()..].iter().product();
    let mut starts = vec![0; common.elements()?];
    for (axis, index) in index.iter().enumerate() {
        let at = positions(op, index, axis, x[axis])?;
        if *index.shape() == *common {
            starts.iter_mut().zip(at).for_each(|(s, i)| *s = *s * x[axis] + i);
        } else {
            let at: Vec<i64> = at.into_iter().map(|i| i as i64).collect();
            let at = Array::from_vec(at, index.shape())?.broadcast_to(&common)?.try_contiguous()?;
            starts.iter_mut().zip(contents::<i64>(&at)?).for_each(|(s, &i)| *s = *s * x[axis] + i as usize);
        }
    }
    starts.iter_mut().for_each(|s| *s *= run);
    let shape: Shape = common.iter().chain(&x[index.len()..]).copied().collect();
    shape.elements()?;
    Ok((Rows { outer: 1, block: 0, starts, run }, shape))
}

/// Where `x` is not zero: one `int64` array for each axis, in C order; not-a-number is not zero. A rank-0 array counts as one element of
/// one axis.
///
/// ```
/// use wengert_array::{Array, index::nonzero};
///
/// let at = nonzero(&Array::from_vec(vec![0.0, 7.0, 8.0, 0.0], [2, 2])?)?;
/// assert_eq!(at[0].to_vec::<i64>()?, [0, 1]);
/// assert_eq!(at[1].to_vec::<i64>()?, [1, 0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
///
/// # Errors
/// None that an array could cause.
pub fn nonzero(x: &Array) -> Result<Vec<Array>> {
    let x = x.try_contiguous()?;
    dispatch!(x.dtype(), T => {
        let flat = contents::<T>(&x)?;
        let hits: Vec<usize> = (0..flat.len()).filter(|&i| flat[i] != T::ZERO).collect();
        let shape = if x.ndim() == 0 { &[1] } else { x.shape() };
        let mut inner = 1;
        let mut axes = Vec::with_capacity(shape.len());
        for &len in shape.iter().rev() {
            axes.push(Array::build::<i64>([hits.len()], |out| {
                out.iter_mut().zip(&hits).for_each(|(o, &i)| *o = (i / inner % len) as i64);
            }));
            inner *= len;
        }
        axes.reverse();
        Ok(axes)
    })
}

/// The coordinates at which a mask of the leading axes of an array of this shape is true: index arrays for [`gather_nd`] and its kin.
///
/// # Errors
/// [`Error::DType`] unless the mask is `bool`; [`Error::ShapeMismatch`] unless its shape is that of the leading axes;
/// [`Error::Argument`] for a rank-0 mask.
pub fn mask_indices(shape: &[usize], mask: &Array) -> Result<Vec<Array>> {
    masked("mask_indices", shape, mask)
}

fn masked(op: &'static str, shape: &[usize], mask: &Array) -> Result<Vec<Array>> {
    if mask.dtype() != DType::Bool {
        return Err(Error::dtype(
            op,
            format!("a mask must be bool, but this is {}", mask.dtype()),
            "compare first, as in x > 0",
        ));
    }
    if mask.ndim() == 0 {
        return Err(Error::argument(op, "a mask needs at least one axis; select with a single truth value by an if"));
    }
    if !shape.starts_with(mask.shape()) {
        return Err(Error::shape(
            op,
            format!("a mask of shape {} for an array of shape {}", Shape::new(mask.shape()), Shape::new(shape)),
            "its axes must be the array's leading ones, with the same lengths",
        ));
    }
    nonzero(mask)
}

/// The entries of `x` where a mask of its leading axes is true, one after the other along one axis.
///
/// # Errors
/// Those of [`mask_indices`].
///
/// ```
/// use wengert_array::{Array, index::mask_take};
///
/// let x = Array::from_vec(vec![1.0, 2.0, 3.0, 4.0], [2, 2])?;
/// let kept = mask_take(&x, &Array::from_vec(vec![true, false, false, true], [2, 2])?)?;
/// assert_eq!(kept.to_vec::<f64>()?, [1.0, 4.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn mask_take(x: &Array, mask: &Array) -> Result<Array> {
    let index = masked("mask_take", x.shape(), mask)?;
    gather_nd(x, &index.iter().collect::<Vec<_>>())
}

/// A copy of `base` with `src` added where a mask of its leading axes is true. `src` broadcasts to what [`mask_take`] gives.
///
/// # Errors
/// Those of [`mask_indices`]; [`Error::ShapeMismatch`] and [`Error::DType`] if `src` does not fit.
pub fn mask_add(base: &Array, mask: &Array, src: &Array) -> Result<Array> {
    let index = masked("mask_add", base.shape(), mask)?;
    gather_nd_add(base, &index.iter().collect::<Vec<_>>(), src)
}

/// A copy of `base` replaced by `src` where a mask of its leading axes is true. `src` broadcasts to what [`mask_take`] gives.
///
/// # Errors
/// Those of [`mask_add`].
pub fn mask_set(base: &Array, mask: &Array, src: &Array) -> Result<Array> {
    let index = masked("mask_set", base.shape(), mask)?;
    gather_nd_set(base, &index.iter().collect::<Vec<_>>(), src)
}
