//! [`Lanes`]: several numbers that go through a program together.

use crate::kernels::{Float, Operand, apply};
use crate::{Number, Row};
use core::ops::{Add, Div, Index, IndexMut, Mul, Neg, Sub};

/// `N` numbers as one: arithmetic is lane by lane, functions go through the SIMD kernels.
///
/// Evaluating a program once over `Lanes<f64, 16>` costs far less than sixteen evaluations. Results are bitwise those of
/// evaluating the lanes one at a time.
///
/// ```
/// use wengert_scalar::{Lanes, Number, Real};
///
/// fn f<R: Real>(x: R) -> R { (x * 2.0).exp() + 1.0 }
///
/// let y = f(Lanes([0.0, 0.5, 1.0, 1.5]));
/// assert_eq!(y[2], f(1.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub struct Lanes<T, const N: usize>(pub [T; N]);

impl<T: Float, const N: usize> Lanes<T, N> {
    /// The same value in every lane.
    #[inline]
    pub fn splat(v: T) -> Self {
        Lanes([v; N])
    }

    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(T, T) -> T) -> Self {
        let mut out = self;
        for (o, b) in out.0.iter_mut().zip(other.0) {
            *o = f(*o, b);
        }
        out
    }
}

impl<T: Float, const N: usize> Default for Lanes<T, N> {
    fn default() -> Self {
        Lanes([T::default(); N])
    }
}

impl<T, const N: usize> Index<usize> for Lanes<T, N> {
    type Output = T;
    fn index(&self, lane: usize) -> &T {
        &self.0[lane]
    }
}

impl<T, const N: usize> IndexMut<usize> for Lanes<T, N> {
    fn index_mut(&mut self, lane: usize) -> &mut T {
        &mut self.0[lane]
    }
}

macro_rules! operator {
    ($trait:ident $method:ident $op:tt) => {
        impl<T: Float, const N: usize> $trait for Lanes<T, N> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                self.zip(other, |a, b| a $op b)
            }
        }

        impl<T: Float, const N: usize> $trait<f64> for Lanes<T, N> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: f64) -> Self {
                let b = <T as Number>::lit(other);
                Lanes(self.0.map(|a| a $op b))
            }
        }
    };
}

operator!(Add add +);
operator!(Sub sub -);
operator!(Mul mul *);
operator!(Div div /);

impl<T: Float, const N: usize> Neg for Lanes<T, N> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Lanes(self.0.map(|a| -a))
    }
}

impl<T: Float, const N: usize> Number for Lanes<T, N> {
    #[inline(always)]
    fn lit(v: f64) -> Self {
        Lanes([T::lit(v); N])
    }

    #[inline(always)]
    fn row(row: Row, x: &[Self]) -> Self {
        match (row, x) {
            (Row::Neg, [a]) => -*a,
            (Row::Add, [a, b]) => *a + *b,
            (Row::Sub, [a, b]) => *a - *b,
            (Row::Mul, [a, b]) => *a * *b,
            (Row::Div, [a, b]) => *a / *b,
            (Row::Square, [a]) => *a * *a,
            _ => through_kernels(row, x),
        }
    }
}

fn through_kernels<T: Float, const N: usize>(row: Row, x: &[Lanes<T, N>]) -> Lanes<T, N> {
    let mut out = Lanes::default();
    match x {
        [a] => apply(row, &[Operand::Block(&a.0)], &mut out.0),
        [a, b] => apply(row, &[Operand::Block(&a.0), Operand::Block(&b.0)], &mut out.0),
        [a, b, c] => apply(row, &[Operand::Block(&a.0), Operand::Block(&b.0), Operand::Block(&c.0)], &mut out.0),
        _ => apply(row, &[], &mut out.0),
    }
    out
}
