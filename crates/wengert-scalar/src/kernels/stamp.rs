//! The loops, compiled once for each instruction set.

use super::Float;
use super::lane::{Lane, Slope};
use crate::math::rows::Function;
use crate::math::{self, Mode, trig};

/// A kernel over blocks: three operands (those beyond the arity are ignored) and the result, all of one length.
pub type Block<T> = unsafe fn(&[T], &[T], &[T], &mut [T]);

/// A kernel for one element.
pub type Scalar<T> = unsafe fn(T, T, T) -> T;

/// A pullback: inputs, result and cotangent, and where the input's cotangent goes, all of one length.
pub type Pull<T> = unsafe fn([&[T]; 5], &mut [T]);

/// A kernel of one operand that varies and one that does not, in either order.
pub type Splat<T> = unsafe fn(&[T], T, &mut [T]);

/// Arguments of periodic functions are inspected in stretches of this many.
const STRETCH: usize = 256;

#[inline(always)]
fn over<F: Function, T: Float, I: math::Isa>(a: &[T], b: &[T], c: &[T], out: &mut [T]) {
    let n = out.len();
    let (a, b, c) = (&a[..n], &b[..n], &c[..n]);
    for i in 0..n {
        out[i] = F::value::<T, I>([a[i], b[i], c[i]]);
    }
}

/// As `over` for two operands of which one is the same for all: the first if `LEFT`.
#[inline(always)]
fn over_splat<F: Function, T: Float, I: math::Isa, const LEFT: bool>(x: &[T], v: T, out: &mut [T]) {
    let n = out.len();
    let x = &x[..n];
    for i in 0..n {
        out[i] = F::value::<T, I>(if LEFT { [v, x[i], v] } else { [x[i], v, v] });
    }
}

#[inline(always)]
fn any_large<T: Float>(x: &[T]) -> bool {
    let mut found = false;
    for v in x {
        found |= trig::is_large(*v);
    }
    found
}

/// Out of line, so that its branches do not keep the loop beside it from vectorising.
#[inline(never)]
fn careful<F: Function, T: Float, const FMA: bool>(scalar: Scalar<T>, a: &[T], out: &mut [T]) {
    for (o, a) in out.iter_mut().zip(a) {
        // SAFETY: the caller runs on the instruction set that `scalar` is compiled for.
        *o = unsafe { scalar(*a, *a, *a) };
    }
}

#[inline(always)]
fn block<F: Function, T: Float, const FMA: bool>(scalar: Scalar<T>, a: &[T], b: &[T], c: &[T], out: &mut [T]) {
    if !F::PERIODIC {
        return over::<F, T, Mode<FMA, false>>(a, b, c, out);
    }
    for (a, out) in a.chunks(STRETCH).zip(out.chunks_mut(STRETCH)) {
        if any_large(a) {
            careful::<F, T, FMA>(scalar, a, out);
        } else {
            over::<F, T, Mode<FMA, false>>(a, a, a, out);
        }
    }
}

#[inline(always)]
fn pulls<F: Slope<K>, T: Float, I: math::Isa, const K: usize>(x: [&[T]; 5], out: &mut [T]) {
    let n = out.len();
    let [a, b, c, y, g] = x.map(|s| &s[..n]);
    for i in 0..n {
        let lane = Lane::<T, I>::of;
        out[i] = F::pull([lane(a[i]), lane(b[i]), lane(c[i])], lane(y[i]), lane(g[i])).0;
    }
}

#[inline(always)]
fn pull<F: Slope<K>, T: Float, const K: usize, const FMA: bool>(careful: Pull<T>, x: [&[T]; 5], out: &mut [T]) {
    if !F::PERIODIC {
        return pulls::<F, T, Mode<FMA, false>, K>(x, out);
    }
    let mut start = 0;
    for out in out.chunks_mut(STRETCH) {
        let x = x.map(|s| &s[start..start + out.len()]);
        start += out.len();
        if any_large(x[0]) {
            // SAFETY: the caller runs on the instruction set that `careful` is compiled for.
            unsafe { careful(x, out) };
        } else {
            pulls::<F, T, Mode<FMA, false>, K>(x, out);
        }
    }
}

macro_rules! stamp {
    ($name:ident, $fma:expr $(, #[$attribute:meta])?) => {
        pub(super) mod $name {
            use super::super::Float;
            use super::super::lane::Slope;
            use crate::math::Mode;
            use crate::math::rows::Function;

            $(#[$attribute])?
            pub unsafe fn block<F: Function, T: Float>(a: &[T], b: &[T], c: &[T], out: &mut [T]) {
                super::block::<F, T, { $fma }>(scalar::<F, T>, a, b, c, out);
            }

            $(#[$attribute])?
            pub unsafe fn splat<F: Function, T: Float, const LEFT: bool>(x: &[T], v: T, out: &mut [T]) {
                super::over_splat::<F, T, Mode<{ $fma }, false>, LEFT>(x, v, out);
            }

            $(#[$attribute])?
            pub unsafe fn scalar<F: Function, T: Float>(a: T, b: T, c: T) -> T {
                F::value::<T, Mode<{ $fma }, true>>([a, b, c])
            }

            $(#[$attribute])?
            pub unsafe fn pull<F: Slope<K>, T: Float, const K: usize>(x: [&[T]; 5], out: &mut [T]) {
                super::pull::<F, T, K, { $fma }>(careful_pull::<F, T, K>, x, out);
            }

            // Out of line, so that its branches do not keep the loop beside it from vectorising.
            #[inline(never)]
            $(#[$attribute])?
            unsafe fn careful_pull<F: Slope<K>, T: Float, const K: usize>(x: [&[T]; 5], out: &mut [T]) {
                super::pulls::<F, T, Mode<{ $fma }, true>, K>(x, out);
            }
        }
    };
}

stamp!(portable, cfg!(target_arch = "aarch64"));
#[cfg(target_arch = "x86_64")]
stamp!(avx2, true, #[target_feature(enable = "avx2,fma,bmi1,bmi2")]);
#[cfg(target_arch = "x86_64")]
stamp!(avx512, true, #[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,bmi1,bmi2")]);
