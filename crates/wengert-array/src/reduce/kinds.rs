//! What a reduction does with one element: the sums, products, extremes and counts that the loops are made for.

use super::engine::BLOCK;
use crate::Element;
use std::marker::PhantomData;
use wengert_scalar::Row;
use wengert_scalar::kernels::{Operand, apply};

/// A reduction: how an element joins a running value, how two running values join, what comes out.
///
/// Joining must be associative up to rounding and must not depend on order.
pub(super) trait Reducer<T: Element>: Copy + Send + Sync {
    /// The running value.
    type Acc: Copy + Send + Sync;
    /// A number that the step may use, one for each result (the mean, for a variance).
    type Param: Copy + Send + Sync;
    /// The result.
    type Out: Copy + Send + Sync;
    /// Whether rounding errors build up, so that long runs are summed pairwise.
    const ROUNDS: bool;
    /// Whether blocks go through [`Reducer::map`] first.
    const MAPS: bool = false;

    /// Writes to `out` what the step is to see of `x`; `params` is one for all, or one for each element.
    fn map(self, _x: &[T], _params: &[Self::Param], _out: &mut [T]) {}
    fn start(self) -> Self::Acc;
    fn step(self, acc: Self::Acc, x: T, param: Self::Param) -> Self::Acc;
    fn merge(self, a: Self::Acc, b: Self::Acc) -> Self::Acc;
    fn finish(self, acc: Self::Acc, param: Self::Param) -> Self::Out;
}

/// An element type with the running values that its sums and extremes want.
pub(super) trait Number: Element {
    /// What sums and products run in: `f64` for floats (so a float32 sum is rounded once), `i64` for the rest.
    type Wide: Wide;
    /// What sums and products come out as.
    type Sum: Element;
    /// No larger than any value.
    const LOWEST: Self;
    /// No smaller than any value.
    const HIGHEST: Self;
    fn widen(self) -> Self::Wide;
    fn narrow(wide: Self::Wide) -> Self::Sum;
}

/// The arithmetic of running values; integers wrap around.
pub(super) trait Wide: Copy + Send + Sync {
    const ZERO: Self;
    const ONE: Self;
    const FLOAT: bool;
    fn plus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    /// Divided by `count` where it is a float (an integer is only ever summed whole).
    fn divided<O: Element>(self, count: f64) -> O;
}

macro_rules! wide {
    ($t:ty, $float:expr, $zero:expr, $one:expr, |$a:ident, $b:ident| $plus:expr, $times:expr, $divided:expr) => {
        impl Wide for $t {
            const ZERO: Self = $zero;
            const ONE: Self = $one;
            const FLOAT: bool = $float;
            #[inline(always)]
            fn plus(self, $b: Self) -> Self {
                let $a = self;
                $plus
            }
            #[inline(always)]
            fn times(self, $b: Self) -> Self {
                let $a = self;
                $times
            }
            #[inline(always)]
            fn divided<O: Element>(self, count: f64) -> O {
                let ($a, $b) = (self, count);
                $divided
            }
        }
    };
}

wide!(f64, true, 0.0, 1.0, |a, b| a + b, a * b, O::from_f64(a / b));
wide!(i64, false, 0, 1, |a, b| a.wrapping_add(b), a.wrapping_mul(b), {
    debug_assert!(b == 1.0);
    O::from_i64(a)
});

macro_rules! number {
    ($($t:ty, $wide:ty, $sum:ty, $lowest:expr, $highest:expr, |$x:ident| $widen:expr;)*) => {$(
        impl Number for $t {
            type Wide = $wide;
            type Sum = $sum;
            const LOWEST: Self = $lowest;
            const HIGHEST: Self = $highest;
            #[inline(always)]
            fn widen(self) -> $wide {
                let $x = self;
                $widen
            }
            #[inline(always)]
            fn narrow(wide: $wide) -> $sum {
                wide as $sum
            }
        }
    )*};
}

number! {
    bool, i64, i64, false, true, |x| i64::from(x);
    u8, i64, i64, u8::MIN, u8::MAX, |x| i64::from(x);
    i32, i64, i64, i32::MIN, i32::MAX, |x| i64::from(x);
    i64, i64, i64, i64::MIN, i64::MAX, |x| x;
    f32, f64, f32, f32::NEG_INFINITY, f32::INFINITY, |x| f64::from(x);
    f64, f64, f64, f64::NEG_INFINITY, f64::INFINITY, |x| x;
}

/// Σ x, or Σ x / count, made into an `O`.
#[derive(Clone, Copy)]
pub(super) struct Sum<O> {
    count: f64,
    out: PhantomData<O>,
}

impl<O> Sum<O> {
    pub(super) fn whole() -> Self {
        Self::over(1.0)
    }

    /// The mean of `count` elements.
    pub(super) fn over(count: f64) -> Self {
        Sum { count, out: PhantomData }
    }
}

impl<T: Number, O: Element> Reducer<T> for Sum<O> {
    type Acc = T::Wide;
    type Param = ();
    type Out = O;
    const ROUNDS: bool = T::Wide::FLOAT;

    #[inline(always)]
    fn start(self) -> T::Wide {
        T::Wide::ZERO
    }
    #[inline(always)]
    fn step(self, acc: T::Wide, x: T, _: ()) -> T::Wide {
        acc.plus(x.widen())
    }
    #[inline(always)]
    fn merge(self, a: T::Wide, b: T::Wide) -> T::Wide {
        a.plus(b)
    }
    #[inline(always)]
    fn finish(self, acc: T::Wide, _: ()) -> O {
        acc.divided(self.count)
    }
}

/// Π x.
#[derive(Clone, Copy)]
pub(super) struct Prod;

impl<T: Number> Reducer<T> for Prod {
    type Acc = T::Wide;
    type Param = ();
    type Out = T::Sum;
    const ROUNDS: bool = false;

    #[inline(always)]
    fn start(self) -> T::Wide {
        T::Wide::ONE
    }
    #[inline(always)]
    fn step(self, acc: T::Wide, x: T, _: ()) -> T::Wide {
        acc.times(x.widen())
    }
    #[inline(always)]
    fn merge(self, a: T::Wide, b: T::Wide) -> T::Wide {
        a.times(b)
    }
    #[inline(always)]
    fn finish(self, acc: T::Wide, _: ()) -> T::Sum {
        T::narrow(acc)
    }
}

/// Σ (x - mean)² / divisor, computed in `f64`.
#[derive(Clone, Copy)]
pub(super) struct Spread<O> {
    divisor: f64,
    out: PhantomData<O>,
}

impl<O> Spread<O> {
    pub(super) fn over(divisor: f64) -> Self {
        Spread { divisor, out: PhantomData }
    }
}

impl<T: Number, O: Element> Reducer<T> for Spread<O> {
    type Acc = f64;
    type Param = f64;
    type Out = O;
    const ROUNDS: bool = true;

    #[inline(always)]
    fn start(self) -> f64 {
        0.0
    }
    #[inline(always)]
    fn step(self, acc: f64, x: T, mean: f64) -> f64 {
        let d = x.to_f64() - mean;
        acc + d * d
    }
    #[inline(always)]
    fn merge(self, a: f64, b: f64) -> f64 {
        a + b
    }
    #[inline(always)]
    fn finish(self, acc: f64, _: f64) -> O {
        O::from_f64(acc / self.divisor)
    }
}

/// A float with a kernel for blocks of exponentials.
pub(super) trait Exp: Number {
    fn minus(self, other: Self) -> Self;
    fn exp(x: &[Self], out: &mut [Self]);
}

macro_rules! exponential {
    ($($t:ty),*) => {$(
        impl Exp for $t {
            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self - other
            }
            fn exp(x: &[Self], out: &mut [Self]) {
                apply(Row::Exp, &[Operand::Block(x)], out);
            }
        }
    )*};
}

exponential!(f32, f64);

/// shift + log Σ exp(x - shift), summed in `f64`.
#[derive(Clone, Copy)]
pub(super) struct Exponentials;

impl<T: Exp> Reducer<T> for Exponentials {
    type Acc = f64;
    type Param = T;
    type Out = T;
    const ROUNDS: bool = true;
    const MAPS: bool = true;

    fn map(self, x: &[T], shifts: &[T], out: &mut [T]) {
        let mut shifted = [T::ZERO; BLOCK];
        let shifted = &mut shifted[..x.len()];
        match shifts {
            &[shift] => shifted.iter_mut().zip(x).for_each(|(o, &x)| *o = x.minus(shift)),
            _ => shifted.iter_mut().zip(x).zip(shifts).for_each(|((o, &x), &shift)| *o = x.minus(shift)),
        }
        T::exp(shifted, out);
    }
    #[inline(always)]
    fn start(self) -> f64 {
        0.0
    }
    #[inline(always)]
    fn step(self, acc: f64, x: T, _: T) -> f64 {
        acc + x.to_f64()
    }
    #[inline(always)]
    fn merge(self, a: f64, b: f64) -> f64 {
        a + b
    }
    #[inline(always)]
    fn finish(self, acc: f64, shift: T) -> T {
        T::from_f64(shift.to_f64() + acc.ln())
    }
}

/// The largest (or, with `LEAST`, the smallest) element; a NaN wins over everything.
#[derive(Clone, Copy)]
pub(super) struct Extreme<const LEAST: bool>;

impl<T: Number, const LEAST: bool> Reducer<T> for Extreme<LEAST> {
    type Acc = T;
    type Param = ();
    type Out = T;
    const ROUNDS: bool = false;

    #[inline(always)]
    fn start(self) -> T {
        if LEAST { T::HIGHEST } else { T::LOWEST }
    }
    #[inline(always)]
    fn step(self, acc: T, x: T, _: ()) -> T {
        let wins = if LEAST { x < acc } else { x > acc };
        // `|`, not `||`: no branch. A running NaN stays, since no comparison with it holds.
        if wins | x.is_nan() { x } else { acc }
    }
    #[inline(always)]
    fn merge(self, a: T, b: T) -> T {
        <Self as Reducer<T>>::step(self, a, b, ())
    }
    #[inline(always)]
    fn finish(self, acc: T, _: ()) -> T {
        acc
    }
}

/// How many elements are nonzero.
#[derive(Clone, Copy)]
pub(super) struct Count;

impl<T: Number> Reducer<T> for Count {
    type Acc = i64;
    type Param = ();
    type Out = i64;
    const ROUNDS: bool = false;

    #[inline(always)]
    fn start(self) -> i64 {
        0
    }
    #[inline(always)]
    fn step(self, acc: i64, x: T, _: ()) -> i64 {
        acc + i64::from(x != T::ZERO)
    }
    #[inline(always)]
    fn merge(self, a: i64, b: i64) -> i64 {
        a + b
    }
    #[inline(always)]
    fn finish(self, acc: i64, _: ()) -> i64 {
        acc
    }
}
