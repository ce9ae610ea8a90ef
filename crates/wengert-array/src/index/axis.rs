//! Indexing along one axis.

use super::rows::{Rows, offsets, positions};
use crate::shape::check_axis;
use crate::{Array, Error, Result, Shape, contiguous_strides};

/// Entries of `x` along an axis, in the order of an index array of any shape, which takes that axis's place in the result.
///
/// `x` of shape `(a, n, b)` and indices of shape `(i, j)` along axis 1 give `(a, i, j, b)`. Looking up the rows of an embedding is
/// `take(&table, &tokens, 0)`.
///
/// # Errors
/// [`Error::Axis`]; [`Error::DType`] for indices that are not integers; [`Error::Index`] out of range.
///
/// ```
/// use wengert_array::{Array, index::take};
///
/// let table = Array::from_vec(vec![0.0, 0.1, 1.0, 1.1, 2.0, 2.1], [3, 2])?;
/// let rows = take(&table, &Array::from_slice(&[2i64, 0, -1]), 0)?;
/// assert_eq!(rows.to_vec::<f64>()?, [2.0, 2.1, 0.0, 0.1, 2.0, 2.1]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn take(x: &Array, index: &Array, axis: usize) -> Result<Array> {
    let (rows, shape) = whole_entries("take", x.shape(), index, axis)?;
    rows.read(x, shape)
}

/// A copy of `base` with `src` added to its entries along an axis: what [`take`] reads, `take_add` adds to.
///
/// `src` broadcasts to the shape that [`take`] gives. Entries named twice receive both.
///
/// # Errors
/// Those of [`take`]; [`Error::ShapeMismatch`] and [`Error::DType`] if `src` does not fit `base`.
///
/// ```
/// use wengert_array::{Array, DType, index::take_add};
///
/// let counts = take_add(&Array::zeros([3], DType::F64), &Array::from_slice(&[2i64, 0, 2]), 0, &Array::F64(1.0))?;
/// assert_eq!(counts.to_vec::<f64>()?, [1.0, 0.0, 2.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn take_add(base: &Array, index: &Array, axis: usize, src: &Array) -> Result<Array> {
    let (rows, shape) = whole_entries("take_add", base.shape(), index, axis)?;
    rows.add("take_add", base, src, &shape)
}

/// A copy of `base` with entries along an axis replaced by `src`, which broadcasts to the shape that [`take`] gives. Of an entry named
/// twice the last value stays.
///
/// # Errors
/// Those of [`take_add`].
pub fn take_set(base: &Array, index: &Array, axis: usize, src: &Array) -> Result<Array> {
    let (rows, shape) = whole_entries("take_set", base.shape(), index, axis)?;
    rows.set("take_set", base, src, &shape)
}

fn whole_entries(op: &'static str, x: &[usize], index: &Array, axis: usize) -> Result<(Rows, Shape)> {
    check_axis(op, axis, x.len())?;
    let run: usize = x[axis + 1..].iter().product();
    let mut starts = positions(op, index, axis, x[axis])?;
    starts.iter_mut().for_each(|s| *s *= run);
    let shape: Shape = x[..axis].iter().chain(index.shape()).chain(&x[axis + 1..]).copied().collect();
    shape.elements()?;
    Ok((Rows { outer: x[..axis].iter().product(), block: x[axis] * run, starts, run }, shape))
}

/// One element of `x` for each element of `index`, which says where along `axis` it lies; its other coordinates are the index
/// element's own.
///
/// `index` has as many axes as `x` and, apart from `axis`, is nowhere longer; the result has its shape (as PyTorch's `gather`; NumPy's
/// `take_along_axis` once its arguments are broadcast). `gather(&logits, &labels, 1)` with labels of shape `(n, 1)` picks one logit a row.
///
/// # Errors
/// [`Error::Axis`]; [`Error::ShapeMismatch`]; [`Error::DType`] for indices that are not integers; [`Error::Index`] out of range.
///
/// ```
/// use wengert_array::{Array, index::gather};
///
/// let x = Array::from_vec(vec![1.0, 2.0, 3.0, 4.0], [2, 2])?;
/// let picked = gather(&x, &Array::from_vec(vec![1i64, 0], [2, 1])?, 1)?;
/// assert_eq!(picked.to_vec::<f64>()?, [2.0, 3.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn gather(x: &Array, index: &Array, axis: usize) -> Result<Array> {
    single_elements("gather", x.shape(), index, axis)?.read(x, index.shape().into())
}

/// A copy of `base` with `src` added to the elements that [`gather`] would read. `src` broadcasts to the shape of `index`.
///
/// # Errors
/// Those of [`gather`]; [`Error::ShapeMismatch`] and [`Error::DType`] if `src` does not fit.
pub fn scatter_add(base: &Array, index: &Array, axis: usize, src: &Array) -> Result<Array> {
    single_elements("scatter_add", base.shape(), index, axis)?.add("scatter_add", base, src, index.shape())
}

/// A copy of `base` with the elements that [`gather`] would read replaced by `src`, which broadcasts to the shape of `index`.
///
/// # Errors
/// Those of [`scatter_add`].
///
/// ```
/// use wengert_array::{Array, DType, index::scatter_set};
///
/// let labels = Array::from_vec(vec![2i64, 0], [2, 1])?;
/// let one_hot = scatter_set(&Array::zeros([2, 3], DType::F32), &labels, 1, &Array::F32(1.0))?;
/// assert_eq!(one_hot.to_vec::<f32>()?, [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn scatter_set(base: &Array, index: &Array, axis: usize, src: &Array) -> Result<Array> {
    single_elements("scatter_set", base.shape(), index, axis)?.set("scatter_set", base, src, index.shape())
}

fn single_elements(op: &'static str, x: &[usize], index: &Array, axis: usize) -> Result<Rows> {
    check_axis(op, axis, x.len())?;
    let within = |d: usize| d == axis || index.shape()[d] <= x[d];
    if index.ndim() != x.len() || !(0..x.len()).all(within) {
        return Err(Error::shape(
            op,
            format!(
                "indices of shape {} do not fit an array of shape {} along axis {axis}",
                Shape::new(index.shape()),
                Shape::new(x)
            ),
            "the index array needs the same number of axes, none of them longer except the indexed one",
        ));
    }
    let strides = contiguous_strides(x);
    let mut starts = positions(op, index, axis, x[axis])?;
    let mut others = strides.clone();
    others[axis] = 0;
    let along = strides[axis] as usize;
    let mut next = starts.iter_mut();
    offsets(index.shape(), &others, 0, |offset| {
        if let Some(s) = next.next() {
            *s = *s * along + offset as usize;
        }
    });
    Ok(Rows { outer: 1, block: 0, starts, run: 1 })
}
