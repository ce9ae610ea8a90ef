//! The traits of everything that arithmetic can be done on: [`Number`] and, with `f64` literals as operands, [`Real`].

use crate::Row;
use crate::table::table;
use core::fmt::Debug;
use core::ops::{Add, Div, Mul, Neg, Sub};

macro_rules! method {
    (op $(#[$doc:meta])* $variant:ident $name:ident($first:ident $(, $rest:ident)*)) => {};
    ($kind:tt $(#[$doc:meta])* $variant:ident $name:ident($first:ident $(, $rest:ident)*)) => {
        $(#[$doc])*
        #[inline(always)]
        fn $name(self $(, $rest: Self)*) -> Self {
            Self::row(Row::$variant, &[self $(, $rest)*])
        }
    };
}

macro_rules! define_number {
    ($g:ident $y:ident $($kind:ident $(#[$doc:meta])* $variant:ident $name:ident($($arg:ident),+) {$($k:literal => $e:expr),*})+) => {
        /// Anything the rows of the table can be evaluated on: `f64`, `f32`, SIMD lanes, dual numbers, the variables of the
        /// scalar tape, symbols.
        ///
        /// An implementation gives [`lit`](Number::lit), [`row`](Number::row) and the four operations; every row of the table
        /// is then a method. On a concrete `f64` the inherent methods of the standard library come first (`x.sin()` is
        /// std's there); write `Number::sin(x)` for the table's.
        pub trait Number:
            Copy + Debug + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self> + 'static
        {
            /// The constant `v`.
            fn lit(v: f64) -> Self;

            /// The function `row` of the arguments `x`, of which there are [`Row::arity`].
            fn row(row: Row, x: &[Self]) -> Self;

            $(method! { $kind $(#[$doc])* $variant $name($($arg),+) })+

            /// `self` to an integer power, by repeated squaring: exact where the products are.
            #[inline]
            fn powi(self, n: i32) -> Self {
                if n == 0 {
                    return Self::lit(1.0);
                }
                let (mut rest, mut base) = (n.unsigned_abs(), self);
                while rest & 1 == 0 {
                    base = base.square();
                    rest >>= 1;
                }
                let mut power = base;
                rest >>= 1;
                while rest != 0 {
                    base = base.square();
                    if rest & 1 == 1 {
                        power = power * base;
                    }
                    rest >>= 1;
                }
                if n < 0 { power.reciprocal() } else { power }
            }

            /// `self` to a constant power.
            #[inline]
            fn powf(self, p: f64) -> Self {
                if p == p.trunc() && p.abs() <= 64.0 { self.powi(p as i32) } else { self.pow(Self::lit(p)) }
            }
        }
    };
}

table!(define_number);

/// A [`Number`] that also takes plain `f64` operands on the right, so that formulas read as on paper.
///
/// Write functions over `R: Real`, and the same text gives values (`f64`), derivatives ([`Dual`](crate::Dual),
/// [`Var`](crate::Var)), SIMD lanes and expressions ([`Sym`](crate::Sym)). Implemented for every `Number` that has the
/// operators; `f32` alone has not (its operators belong to the standard library).
///
/// ```
/// use wengert_scalar::{Real, gradient};
///
/// fn rosenbrock<R: Real>([x, y]: [R; 2]) -> R {
///     (x - 1.0).square() + (y - x.square()).square() * 100.0
/// }
///
/// assert_eq!(rosenbrock([1.0, 1.0]), 0.0);
/// let g = gradient(rosenbrock, [1.2, 1.0]);
/// assert!((g[0] - 211.6).abs() < 1e-9 && (g[1] + 88.0).abs() < 1e-9);
/// ```
pub trait Real:
    Number + Add<f64, Output = Self> + Sub<f64, Output = Self> + Mul<f64, Output = Self> + Div<f64, Output = Self>
{
}

impl<T> Real for T where
    T: Number + Add<f64, Output = T> + Sub<f64, Output = T> + Mul<f64, Output = T> + Div<f64, Output = T>
{
}

impl Number for f64 {
    #[inline(always)]
    fn lit(v: f64) -> f64 {
        v
    }

    #[inline(always)]
    fn row(row: Row, x: &[f64]) -> f64 {
        row.eval_f64(x)
    }
}

impl Number for f32 {
    #[inline(always)]
    fn lit(v: f64) -> f32 {
        v as f32
    }

    #[inline(always)]
    fn row(row: Row, x: &[f32]) -> f32 {
        row.eval_f32(x)
    }
}
