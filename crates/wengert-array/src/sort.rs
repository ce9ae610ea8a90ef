//! Order: sorting, the k largest, distinct values, positions in a sorted array.
//!
//! NaN counts as larger than every number (so it is last in ascending order), as in NumPy and PyTorch; 0 and -0 are equal.
//! Sorting is stable: equal elements stay in the order they had.

use crate::threads::parallel_slices;
use crate::{Array, Element, Error, Result, Shape, dispatch};
use std::cmp::Ordering;

/// Elements a piece of work should have.
const PIECE: usize = 1 << 14;

/// An element type with an integer key that sorts as the elements do.
trait Keyed: Element {
    type Key: Ord + Copy + Send + Sync;
    fn key(self) -> Self::Key;
}

macro_rules! keyed {
    ($($t:ty => $key:ty, |$x:ident| $make:expr;)*) => {$(
        impl Keyed for $t {
            type Key = $key;
            #[inline(always)]
            fn key(self) -> $key {
                let $x = self;
                $make
            }
        }
    )*};
}

keyed! {
    bool => u8, |x| u8::from(x);
    u8 => u8, |x| x;
    i32 => i32, |x| x;
    i64 => i64, |x| x;
    // Adding 0 turns -0 into 0. Negative floats order backwards as integers: flip all but the sign.
    f32 => i32, |x| {
        let bits = (x + 0.0).to_bits() as i32;
        if x.is_nan() { i32::MAX } else { bits ^ ((bits >> 31) & i32::MAX) }
    };
    f64 => i64, |x| {
        let bits = (x + 0.0).to_bits() as i64;
        if x.is_nan() { i64::MAX } else { bits ^ ((bits >> 63) & i64::MAX) }
    };
}

#[inline(always)]
fn directed(order: Ordering, descending: bool) -> Ordering {
    if descending { order.reverse() } else { order }
}

/// The elements in order along `axis`. NaN is the largest.
///
/// # Errors
/// An axis that does not exist.
///
/// ```
/// use wengert_array::{Array, sort};
/// let x = Array::from_slice(&[3.0, f64::NAN, 1.0]);
/// assert_eq!(sort::sort(&x, 0, false)?.to_vec::<f64>()?[..2], [1.0, 3.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn sort(x: &Array, axis: usize, descending: bool) -> Result<Array> {
    dispatch!(x.dtype(), T => along::<T, T>("sort", x, axis, None, |row, out| {
        out.copy_from_slice(row);
        out.sort_by(|a, b| directed(a.key().cmp(&b.key()), descending));
    }))
}

/// The positions along `axis` that put the elements in order, as `int64`. Stable; NaN is the largest.
///
/// # Errors
/// An axis that does not exist.
///
/// ```
/// use wengert_array::{Array, sort};
/// let x = Array::from_slice(&[3, 1, 1]);
/// assert_eq!(sort::argsort(&x, 0, false)?.to_vec::<i64>()?, [1, 2, 0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn argsort(x: &Array, axis: usize, descending: bool) -> Result<Array> {
    dispatch!(x.dtype(), T => along::<T, i64>("argsort", x, axis, None, |row, out| {
        let mut pairs = pairs(row);
        pairs.sort_unstable_by(|a, b| in_order(a, b, descending));
        out.iter_mut().zip(pairs).for_each(|(o, (_, i))| *o = i as i64);
    }))
}

/// The `k` largest (or smallest) elements along `axis`, best first, and their positions as `int64`. Of equals the first;
/// NaN is the largest.
///
/// # Errors
/// An axis that does not exist; `k` larger than it is long.
pub fn topk(x: &Array, k: usize, axis: usize, largest: bool) -> Result<(Array, Array)> {
    let len = *x.shape().get(axis).ok_or_else(|| Error::axis("topk", axis as isize, x.ndim()))?;
    if k > len {
        let detail = format!("asked for {k} elements, but axis {axis} of shape {} has {len}", Shape::from(x.shape()));
        return Err(Error::argument("topk", detail));
    }
    dispatch!(x.dtype(), T => {
        let positions = along::<T, i64>("topk", x, axis, Some(k), |row, out| {
            let mut pairs = pairs(row);
            if k == 0 {
                return;
            }
            if k < pairs.len() {
                pairs.select_nth_unstable_by(k - 1, |a, b| in_order(a, b, largest));
                pairs.truncate(k);
            }
            pairs.sort_unstable_by(|a, b| in_order(a, b, largest));
            out.iter_mut().zip(pairs).for_each(|(o, (_, i))| *o = i as i64);
        })?;
        // Both walk the rows in the same order.
        let (rows, axes) = rows_last(x, axis)?;
        let (chosen, _) = rows_last(&positions, axis)?;
        let (rows, chosen) = (rows.to_vec::<T>()?, chosen.to_vec::<i64>()?);
        let mut values = Vec::with_capacity(chosen.len());
        if k > 0 {
            for (row, chosen) in rows.chunks_exact(len).zip(chosen.chunks_exact(k)) {
                values.extend(chosen.iter().map(|&i| row[i as usize]));
            }
        }
        let shape: Shape = axes.iter().map(|&a| if a == axis { k } else { x.shape()[a] }).collect();
        let values = Array::from_vec(values, shape)?.swap_axes(axis, x.ndim() - 1)?.try_contiguous()?;
        Ok((values, positions))
    })
}

/// The distinct elements in ascending order (all NaN count as one); for each element of `x` the position of its value
/// among them, in the shape of `x`; and how often each occurs. Positions and counts are `int64`.
///
/// # Errors
/// Not enough memory.
///
/// ```
/// use wengert_array::{Array, sort};
/// let (values, inverse, counts) = sort::unique(&Array::from_slice(&[5, 2, 5]))?;
/// assert_eq!(values.to_vec::<i32>()?, [2, 5]);
/// assert_eq!(inverse.to_vec::<i64>()?, [1, 0, 1]);
/// assert_eq!(counts.to_vec::<i64>()?, [1, 2]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn unique(x: &Array) -> Result<(Array, Array, Array)> {
    dispatch!(x.dtype(), T => {
        let elements = x.to_vec::<T>()?;
        let mut pairs = pairs(&elements);
        pairs.sort_unstable();
        let (mut values, mut counts) = (Vec::new(), Vec::<i64>::new());
        let mut inverse = vec![0i64; elements.len()];
        for run in pairs.chunk_by(|a, b| a.0 == b.0) {
            for &(_, i) in run {
                inverse[i] = values.len() as i64;
            }
            values.push(elements[run[0].1]);
            counts.push(run.len() as i64);
        }
        let n = values.len();
        Ok((Array::from_vec(values, [n])?, Array::from_vec(inverse, x.shape())?, Array::from_vec(counts, [n])?))
    })
}

/// Where each of `values` would have to be inserted into `sorted` to keep it in ascending order, as `int64`: before equal
/// elements, or after them if `right`.
///
/// `sorted` is one row for all values, or has the axes of `values` and is searched row by row along the last one.
///
/// # Errors
/// Differing dtypes; leading axes that do not agree.
///
/// ```
/// use wengert_array::{Array, sort};
/// let sorted = Array::from_slice(&[1.0, 2.0, 2.0, 3.0]);
/// let values = Array::from_slice(&[2.0, 9.0]);
/// assert_eq!(sort::searchsorted(&sorted, &values, false)?.to_vec::<i64>()?, [1, 4]);
/// assert_eq!(sort::searchsorted(&sorted, &values, true)?.to_vec::<i64>()?, [3, 4]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn searchsorted(sorted: &Array, values: &Array, right: bool) -> Result<Array> {
    let (a, b) = (Shape::from(sorted.shape()), Shape::from(values.shape()));
    let rows = match (sorted.shape().split_last(), values.shape().split_last()) {
        (Some((_, [])), _) => 1,
        (Some((_, outer)), Some((_, other))) if outer == other => outer.iter().product(),
        _ => {
            let detail = format!("rows to search of shape {a} do not go with values of shape {b}");
            let hint = "the sorted array has one axis, or the same leading axes as the values";
            return Err(Error::shape("searchsorted", detail, hint));
        }
    };
    if sorted.dtype() != values.dtype() {
        let detail = format!("the sorted array is {}, the values are {}", sorted.dtype(), values.dtype());
        return Err(Error::dtype("searchsorted", detail, "cast one of them to the other's dtype"));
    }
    dispatch!(sorted.dtype(), T => {
        let (table, wanted) = (sorted.to_vec::<T>()?, values.to_vec::<T>()?);
        let (len, each) = (table.len() / rows.max(1), (wanted.len() / rows.max(1)).max(1));
        Array::try_build(b, |out: &mut [i64]| {
            parallel_slices(out, PIECE, |piece, slots| {
                for (i, slot) in (piece * PIECE..).zip(slots) {
                    let row = i / each;
                    let key = wanted[i].key();
                    let row = &table[row * len..(row + 1) * len];
                    *slot = row.partition_point(|x| if right { x.key() <= key } else { x.key() < key }) as i64;
                }
            });
        })
    })
}

fn pairs<T: Keyed>(row: &[T]) -> Vec<(T::Key, usize)> {
    row.iter().enumerate().map(|(i, x)| (x.key(), i)).collect()
}

/// By key in the direction asked for, equals by position.
#[inline(always)]
fn in_order<K: Ord>(a: &(K, usize), b: &(K, usize), descending: bool) -> Ordering {
    directed(a.0.cmp(&b.0), descending).then(a.1.cmp(&b.1))
}

/// `x` with `axis` swapped with the last one, and the axes in that order.
fn rows_last(x: &Array, axis: usize) -> Result<(Array, Vec<usize>)> {
    let mut axes: Vec<usize> = (0..x.ndim()).collect();
    axes.swap(axis, x.ndim() - 1);
    Ok((x.swap_axes(axis, x.ndim() - 1)?, axes))
}

/// Runs `f` on every row along `axis`; the row that comes out has the same length, or `becomes` elements.
fn along<T: Element, O: Element>(
    op: &'static str,
    x: &Array,
    axis: usize,
    becomes: Option<usize>,
    f: impl Fn(&[T], &mut [O]) + Sync + Send,
) -> Result<Array> {
    if axis >= x.ndim() {
        return Err(Error::axis(op, axis as isize, x.ndim()));
    }
    let (rows, _) = rows_last(x, axis)?;
    let rows = rows.try_contiguous()?;
    let view = rows.view_as::<T>(op)?;
    let data = view.as_slice().unwrap_or(&[]);
    let len = x.shape()[axis];
    let new = becomes.unwrap_or(len);
    let mut shape = Shape::from(rows.shape());
    let last = shape.len() - 1;
    shape[last] = new;
    let out = Array::try_build(shape, |out: &mut [O]| {
        let per_piece = (PIECE / len.max(1)).max(1);
        parallel_slices(out, per_piece * new, |piece, slots| {
            for (i, slot) in slots.chunks_exact_mut(new.max(1)).enumerate() {
                let row = (piece * per_piece + i) * len;
                f(&data[row..row + len], slot);
            }
        });
    })?;
    if axis == last { Ok(out) } else { out.swap_axes(axis, last)?.try_contiguous() }
}
