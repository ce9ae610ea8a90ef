//! Logarithms, and the inverse hyperbolic functions made of them.

use super::Isa;
use super::base::{Pair, constant, fast_sum, fma, pair_product, pair_quotient, pick, residual, two_product, two_sum};
use super::coefficients::Coefficients;

/// ln(1 + f + c) + k·ln 2 for 1 + f in [√½, √2) and a small correction c, as a pair.
#[inline(always)]
fn core<T: Coefficients, I: Isa>(f: T, c: T, k: T, s: T) -> Pair<T> {
    let z = s * s;
    let tail = z * T::log_tail::<I>(z);
    let half_square = T::c(0.5) * f * f;
    let correction = fma::<T, I>(k, T::c(T::LN2.1), c);
    let rest = fma::<T, I>(s, half_square + tail, correction);
    let start = fast_sum(k * T::c(T::LN2.0), f);
    Pair { hi: start.hi, lo: start.lo - (half_square - rest) }
}

#[inline(always)]
fn outside<T: Coefficients>(x: T, y: T) -> T {
    let y = pick(x == T::c(0.0), -T::INF, y);
    let y = pick(x < T::INF, y, x);
    pick(x < T::c(0.0), T::NAN, y)
}

/// ln x of a positive finite x.
#[inline(always)]
fn log_pair<T: Coefficients, I: Isa>(x: T) -> Pair<T> {
    let (m, k) = x.split();
    let f = m - T::c(1.0);
    core::<T, I>(f, T::c(0.0), k, f / (T::c(2.0) + f))
}

/// The natural logarithm.
#[inline(always)]
pub(crate) fn log<T: Coefficients, I: Isa>(x: T) -> T {
    let l = log_pair::<T, I>(x);
    outside(x, l.hi + l.lo)
}

/// ln x as a pair good to some extra bits, without the k·ln 2, and k.
#[inline(always)]
fn log_mantissa<T: Coefficients, I: Isa>(x: T) -> (Pair<T>, T) {
    let (m, k) = x.split();
    let f = m - T::c(1.0);
    let s = f / (T::c(2.0) + f);
    let z = s * s;
    let square = two_product::<T, I>(f, f);
    let half = T::c(0.5);
    let rest = s * fma::<T, I>(z, T::log_tail::<I>(z), half * square.hi) - half * square.lo;
    let start = fast_sum(f, -(half * square.hi));
    (fast_sum(start.hi, start.lo + rest), k)
}

/// The logarithm to base 2.
#[inline(always)]
pub(crate) fn log2<T: Coefficients, I: Isa>(x: T) -> T {
    let (l, k) = log_mantissa::<T, I>(x);
    let p = pair_product::<T, I>(l, constant(core::f64::consts::LOG2_E, 2.0355273740931033e-17));
    let s = fast_sum(k, p.hi);
    outside(x, s.hi + (s.lo + p.lo))
}

/// The logarithm to base 10.
#[inline(always)]
pub(crate) fn log10<T: Coefficients, I: Isa>(x: T) -> T {
    let (l, k) = log_mantissa::<T, I>(x);
    let p = pair_product::<T, I>(l, constant(core::f64::consts::LOG10_E, 1.098319650216765e-17));
    let two = pair_product::<T, I>(
        constant(core::f64::consts::LOG10_2, -2.8037281277851704e-18),
        Pair { hi: k, lo: T::c(0.0) },
    );
    let s = fast_sum(two.hi, p.hi);
    outside(x, s.hi + (s.lo + (p.lo + two.lo)))
}

/// ln(1 + v) + extra·ln 2 for the pair v > −1, as a pair.
#[inline(always)]
pub(super) fn log1p_pair<T: Coefficients, I: Isa>(v: Pair<T>, extra: T) -> Pair<T> {
    let one = T::c(1.0);
    let u = two_sum(one, v.hi);
    let (m, k) = u.hi.split();
    let near = k == T::c(0.0);
    let f = pick(near, v.hi, m - one);
    let lost = pick(near, v.lo, u.lo + v.lo);
    let inverse = one / (T::c(2.0) + f);
    let s = f * inverse;
    // 1/m to the few bits that the correction needs; far out the correction is nothing.
    let reciprocal = (one - s) * (one - s + s * s);
    let shift = pick(k > T::c(100.0), T::c(100.0), k);
    let c = pick(k > T::c(100.0), T::c(0.0), lost * reciprocal * T::power_of_two(-shift));
    core::<T, I>(f, c, k + extra, s)
}

/// ln(1 + x).
#[inline(always)]
pub(crate) fn log1p<T: Coefficients, I: Isa>(x: T) -> T {
    let l = log1p_pair::<T, I>(Pair { hi: x, lo: T::c(0.0) }, T::c(0.0));
    let y = pick(x == T::c(-1.0), -T::INF, l.hi + l.lo);
    let y = pick(x < T::c(-1.0), T::NAN, y);
    let y = pick(x.magnitude() < T::c(T::NEGLIGIBLE), x, y);
    pick(x < T::INF, y, x)
}

/// The inverse hyperbolic sine.
#[inline(always)]
pub(crate) fn asinh<T: Coefficients, I: Isa>(x: T) -> T {
    let one = T::c(1.0);
    let a = x.magnitude();
    let large = a > T::c(T::ASINH_LARGE);
    let square = a * a;
    let v = two_sum(a, pick(large, -one, square / (one + (one + square).root())));
    let l = log1p_pair::<T, I>(v, pick(large, one, T::c(0.0)));
    let y = pick(a < T::c(T::NEGLIGIBLE), a, l.hi + l.lo);
    pick(a < T::INF, y, a).signed(x)
}

/// The inverse hyperbolic cosine.
#[inline(always)]
pub(crate) fn acosh<T: Coefficients, I: Isa>(x: T) -> T {
    let one = T::c(1.0);
    let large = x > T::c(T::ASINH_LARGE);
    let t = x - one;
    let square = two_product::<T, I>(t, t);
    let w = two_sum(t + t, square.hi);
    let s = w.hi.root();
    let low = (residual::<T, I>(s, s, w.hi) + (w.lo + square.lo)) * (T::c(0.5) / s);
    let v = two_sum(pick(large, x, t), pick(large, -one, s));
    let v = Pair { hi: v.hi, lo: v.lo + pick(large, T::c(0.0), low) };
    let l = log1p_pair::<T, I>(v, pick(large, one, T::c(0.0)));
    let y = pick(x == one, T::c(0.0), l.hi + l.lo);
    let y = pick(x < one, T::NAN, y);
    pick(x < T::INF, y, x)
}

/// The inverse hyperbolic tangent.
#[inline(always)]
pub(crate) fn atanh<T: Coefficients, I: Isa>(x: T) -> T {
    let one = T::c(1.0);
    let a = x.magnitude();
    let v = pair_quotient::<T, I>(Pair { hi: a + a, lo: T::c(0.0) }, fast_sum(one, -a));
    let v = fast_sum(v.hi, v.lo);
    let l = log1p_pair::<T, I>(v, T::c(0.0));
    let y = pick(a < T::c(T::NEGLIGIBLE), a, (l.hi + l.lo) * T::c(0.5));
    let y = pick(a == one, T::INF, y);
    pick(a <= one, y, T::NAN).signed(x)
}

/// a·ln b, 0 where a is 0 (unless b is not a number).
#[inline(always)]
pub(crate) fn xlogy<T: Coefficients, I: Isa>(a: T, b: T) -> T {
    let l = log_pair::<T, I>(b);
    let y = fma::<T, I>(a, l.hi, a * l.lo);
    let y = pick(y == T::c(0.0), a * l.hi, y);
    let y = pick(b > T::c(0.0) && b < T::INF, y, a * outside(b, T::c(0.0)));
    pick(a == T::c(0.0) && !b.undefined(), T::c(0.0), y)
}
