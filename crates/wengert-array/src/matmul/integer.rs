//! Products of integers and of truth values: plain loops.

use super::{Matrix, Size, Stack};
use crate::threads::parallel_slices;
use crate::{Array, Element, Result, Shape};

/// Elements with a product and a sum that cannot fail.
pub(super) trait Ring: Element {
    fn add_product(self, a: Self, b: Self) -> Self;
}

impl Ring for bool {
    #[inline(always)]
    fn add_product(self, a: bool, b: bool) -> bool {
        self | (a & b)
    }
}

macro_rules! ring {
    ($($t:ty),*) => {$(
        impl Ring for $t {
            #[inline(always)]
            fn add_product(self, a: $t, b: $t) -> $t {
                self.wrapping_add(a.wrapping_mul(b))
            }
        }
    )*};
}

ring!(u8, i32, i64);

/// Multiplications in a piece of work.
const PIECE: usize = 1 << 18;

pub(super) fn product<T: Ring>(a: &Array, b: &Array, shape: Shape) -> Result<Array> {
    // The inner loop runs along the rows of the right operand.
    let b = if b.ndim() > 1 { b.try_contiguous()? } else { b.clone() };
    let stack = Stack::<T>::new(a, &b)?;
    let Size { m, k, n } = stack.size;
    Array::try_build(shape, |out: &mut [T]| {
        if n == 0 {
            return;
        }
        let rows = (PIECE / (k * n).max(1)).max(1);
        parallel_slices(out, rows * n, |piece, slots| {
            for (i, out) in slots.chunks_exact_mut(n).enumerate() {
                let row = piece * rows + i;
                let (a, b) = stack.operands(row / m);
                one_row(row % m, k, a, b, out);
            }
        });
    })
}

fn one_row<T: Ring>(i: usize, k: usize, a: Matrix<T>, b: Matrix<T>, out: &mut [T]) {
    out.fill(T::ZERO);
    for p in 0..k {
        let (x, start) = (a.at(i, p), b.index(p, 0));
        for (o, &y) in out.iter_mut().zip(&b.data[start..]) {
            *o = o.add_product(x, y);
        }
    }
}
