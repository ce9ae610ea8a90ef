//! Running sums and products along an axis.

use crate::threads::parallel_slices;
use crate::{Array, DType, Element, Error, Result, Shape, dispatch};

/// Elements a piece of work should have.
const PIECE: usize = 1 << 16;

/// The running sum along `axis`, from the end if `reverse`; element i is the sum of the elements up to and with i.
///
/// Floats keep their dtype (and run in `f64`); `bool` and integers are summed as `int64`.
///
/// # Errors
/// An axis that does not exist.
///
/// ```
/// use wengert_array::{Array, scan};
/// let x = Array::from_slice(&[1.0, 2.0, 3.0]);
/// assert_eq!(scan::cumsum(&x, 0, false)?.to_vec::<f64>()?, [1.0, 3.0, 6.0]);
/// assert_eq!(scan::cumsum(&x, 0, true)?.to_vec::<f64>()?, [6.0, 5.0, 3.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn cumsum(x: &Array, axis: usize, reverse: bool) -> Result<Array> {
    match x.dtype() {
        DType::F32 => scan::<f32, f32, f64>("cumsum", x, axis, reverse, 0.0, |a, x| a + f64::from(x), |a| a as f32),
        DType::F64 => scan::<f64, f64, f64>("cumsum", x, axis, reverse, 0.0, |a, x| a + x, |a| a),
        dtype => dispatch!(dtype, T => {
            scan::<T, i64, i64>("cumsum", x, axis, reverse, 0, |a, x| a.wrapping_add(x.to_i64()), |a| a)
        }),
    }
}

/// The running product along `axis`, from the end if `reverse`; element i is the product of the elements up to and with i.
///
/// Floats keep their dtype (and run in `f64`); `bool` and integers are multiplied as `int64`.
///
/// # Errors
/// An axis that does not exist.
pub fn cumprod(x: &Array, axis: usize, reverse: bool) -> Result<Array> {
    match x.dtype() {
        DType::F32 => scan::<f32, f32, f64>("cumprod", x, axis, reverse, 1.0, |a, x| a * f64::from(x), |a| a as f32),
        DType::F64 => scan::<f64, f64, f64>("cumprod", x, axis, reverse, 1.0, |a, x| a * x, |a| a),
        dtype => dispatch!(dtype, T => {
            scan::<T, i64, i64>("cumprod", x, axis, reverse, 1, |a, x| a.wrapping_mul(x.to_i64()), |a| a)
        }),
    }
}

fn scan<T: Element, O: Element, A: Copy + Send + Sync>(
    op: &'static str,
    x: &Array,
    axis: usize,
    reverse: bool,
    start: A,
    step: impl Fn(A, T) -> A + Sync + Send,
    out: impl Fn(A) -> O + Sync + Send,
) -> Result<Array> {
    if axis >= x.ndim() {
        return Err(Error::axis(op, axis as isize, x.ndim()));
    }
    let x = x.try_contiguous()?;
    let view = x.view_as::<T>(op)?;
    let data = view.as_slice().unwrap_or(&[]);
    let len = x.shape()[axis];
    let inner: usize = x.shape()[axis + 1..].iter().product();
    let slab = len * inner;
    Array::try_build(Shape::from(x.shape()), |result: &mut [O]| {
        if result.is_empty() {
            return;
        }
        // Slabs (all that shares the indices before the axis) do not depend on each other.
        let size = slab * (PIECE / slab).max(1);
        parallel_slices(result, size, |piece, slabs| {
            let mut acc = vec![start; inner];
            for (slab, source) in slabs.chunks_exact_mut(slab).zip(data[piece * size..].chunks_exact(slab)) {
                acc.fill(start);
                for i in 0..len {
                    let row = if reverse { len - 1 - i } else { i } * inner;
                    let (to, from) = (&mut slab[row..row + inner], &source[row..row + inner]);
                    for ((acc, &x), o) in acc.iter_mut().zip(from).zip(to) {
                        *acc = step(*acc, x);
                        *o = out(*acc);
                    }
                }
            }
        });
    })
}
