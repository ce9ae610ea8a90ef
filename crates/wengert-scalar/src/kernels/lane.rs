//! One lane of a kernel's loop, as a `Number`: the slopes of the table run on it, and the loop vectorises.

use super::{Float, eval};
use crate::math::rows::{self, Function};
use crate::math::{Isa, coefficients::Coefficients};
use crate::table::table;
use crate::{Number, Row};
use core::marker::PhantomData;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// A float whose functions are those of the marker `I`, inlined.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lane<T, I>(pub T, pub PhantomData<I>);

impl<T, I> Lane<T, I> {
    #[inline(always)]
    pub fn of(v: T) -> Self {
        Lane(v, PhantomData)
    }
}

macro_rules! operator {
    ($trait:ident $method:ident $op:tt) => {
        impl<T: Coefficients, I> $trait for Lane<T, I> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Lane::of(self.0 $op other.0)
            }
        }
    };
}

operator!(Add add +);
operator!(Sub sub -);
operator!(Mul mul *);
operator!(Div div /);

impl<T: Coefficients, I> Neg for Lane<T, I> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Lane::of(-self.0)
    }
}

macro_rules! method {
    (op $variant:ident $name:ident($first:ident $(, $rest:ident)*)) => {};
    ($kind:tt $variant:ident $name:ident($first:ident $(, $rest:ident)*)) => {
        #[inline(always)]
        fn $name(self $(, $rest: Self)*) -> Self {
            let mut x = [T::c(0.0); 3];
            for (slot, v) in x.iter_mut().zip([self $(, $rest)*]) {
                *slot = v.0;
            }
            Lane::of(rows::$variant::value::<T, I>(x))
        }
    };
}

macro_rules! define_lane {
    ($g:ident $y:ident $($kind:ident $(#[$doc:meta])* $variant:ident $name:ident($($arg:ident),+) {$($k:literal => $e:expr),*})+) => {
        impl<T: Float, I: Isa> Number for Lane<T, I> {
            #[inline(always)]
            fn lit(v: f64) -> Self {
                Lane::of(T::c(v))
            }

            // Slopes name their functions, so that only those are inlined; this is for a row known at run time.
            #[inline(never)]
            fn row(row: Row, x: &[Self]) -> Self {
                let mut plain = [T::c(0.0); 3];
                for (slot, v) in plain.iter_mut().zip(x) {
                    *slot = v.0;
                }
                Lane::of(eval(row, &plain[..row.arity()]))
            }

            $(method! { $kind $variant $name($($arg),+) })+
        }
    };
}

table!(define_lane);

/// The slope of a row towards input `K`, times g, spelled out so that a loop inlines just that.
pub(super) trait Slope<const K: usize>: Function {
    fn pull<R: Number>(x: [R; 3], y: R, g: R) -> R;
}

macro_rules! define_slopes {
    ($g:ident $y:ident $($kind:ident $(#[$doc:meta])* $variant:ident $name:ident($($arg:ident),+) {$($k:literal => $e:expr),*})+) => {
        $(slopes! { $g $y $variant ($($arg),+) {$($k => $e),*} })+
    };
}

macro_rules! slopes {
    ($g:ident $y:ident $variant:ident $args:tt {$($k:literal => $e:expr),*}) => {
        $(slope! { $g $y $variant $args $k => $e })*
    };
}

macro_rules! slope {
    ($g:ident $y:ident $variant:ident ($($arg:ident),+) $k:literal => $e:expr) => {
        impl Slope<$k> for rows::$variant {
            #[inline(always)]
            #[allow(unused_variables)]
            fn pull<R: Number>(x: [R; 3], $y: R, $g: R) -> R {
                let [$($arg,)+ ..] = x;
                $e
            }
        }
    };
}

table!(define_slopes);
