//! Sine, cosine and tangent. Arguments up to `TRIG_LIMIT` are reduced branch-free; beyond, a marker with `CAREFUL` set takes the
//! long reduction, and a plain marker gives nonsense: block loops look for such arguments first.

use super::Isa;
use super::base::{
    Base, Pair, constant, fast_sum, fma, pair_product, pair_quotient, pick, round_small, two_product, two_sum,
};
use super::coefficients::Coefficients;
use super::payne_hanek;
use super::round::round;

/// The argument less the nearest multiple of π/2, and that multiple (modulo 4 where the argument is large).
#[inline(always)]
fn reduce<T: Coefficients, I: Isa>(x: T) -> (Pair<T>, T) {
    if I::CAREFUL && x.magnitude() > T::TRIG_LIMIT {
        let (hi, lo, quadrant) = payne_hanek::reduce(x.wide());
        return (constant(hi, lo), T::c(f64::from(quadrant)));
    }
    let k = round_small(x * T::c(core::f64::consts::FRAC_2_PI));
    let r = if I::FMA {
        // The first product cancels exactly; the others are smaller than the rest by a whole mantissa each.
        let [p1, p2, p3] = T::HALF_PI.map(T::c);
        let r = (-k).fused(p1, x);
        let w = two_product::<T, I>(k, p2);
        let s = two_sum(r, -w.hi);
        fast_sum(s.hi, s.lo - w.lo - k * p3)
    } else if T::NARROW {
        let (x, k) = (x.wide(), k.wide());
        let r = (x - k * 1.5707963267341256) - k * 6.077100506506192e-11;
        constant(r, 0.0)
    } else {
        // Parts of 33 bits, so that the products are exact.
        let s = x - k * T::c(1.5707963267341256);
        let s = two_sum(s, -(k * T::c(6.077100506303966e-11)));
        let t = two_sum(s.hi, -(k * T::c(2.0222662487111665e-21)));
        fast_sum(t.hi, t.lo + s.lo - k * T::c(8.4784276603689e-32))
    };
    (r, k)
}

/// As `reduce`, with the rest rounded to one float: enough for sin and cos.
#[inline(always)]
fn reduce_rounded<T: Coefficients, I: Isa>(x: T) -> (T, T) {
    if !I::FMA || (I::CAREFUL && x.magnitude() > T::TRIG_LIMIT) {
        let (r, k) = reduce::<T, I>(x);
        return (r.hi + r.lo, k);
    }
    let k = round_small(x * T::c(core::f64::consts::FRAC_2_PI));
    let [p1, p2, p3] = T::HALF_PI.map(T::c);
    ((-k).fused(p3, (-k).fused(p2, (-k).fused(p1, x))), k)
}

/// sin r = r.hi + s and cos r = c.hi + c.lo for |r| ≤ π/4.
#[inline(always)]
fn kernels<T: Coefficients, I: Isa>(r: Pair<T>) -> (Pair<T>, Pair<T>) {
    let z = r.hi * r.hi;
    let half = T::c(0.5) * z;
    let s = fma::<T, I>(r.hi * z, T::sin_tail::<I>(z), r.lo - r.lo * half);
    let w = T::c(1.0) - half;
    let c = ((T::c(1.0) - w) - half) + fma::<T, I>(z * z, T::cos_tail::<I>(z), -(r.hi * r.lo));
    (Pair { hi: r.hi, lo: s }, Pair { hi: w, lo: c })
}

/// sin(r + k·π/2).
#[inline(always)]
fn sine_at<T: Coefficients, I: Isa>(r: T, k: T) -> T {
    let z = r * r;
    let s = fma::<T, I>(r * z, T::sin_tail::<I>(z), r);
    let tail = T::cos_tail::<I>(z);
    let c = if I::FMA {
        z.fused(z.fused(tail, T::c(-0.5)), T::c(1.0))
    } else {
        let half = T::c(0.5) * z;
        let w = T::c(1.0) - half;
        w + (((T::c(1.0) - w) - half) + z * z * tail)
    };
    pick(k.odd(), c, s).turned(k)
}

/// The sine.
#[inline(always)]
pub(crate) fn sin<T: Coefficients, I: Isa>(x: T) -> T {
    let (r, k) = reduce_rounded::<T, I>(x);
    pick(x.magnitude() < T::c(T::NEGLIGIBLE), x, sine_at::<T, I>(r, k))
}

/// The cosine.
#[inline(always)]
pub(crate) fn cos<T: Coefficients, I: Isa>(x: T) -> T {
    let (r, k) = reduce_rounded::<T, I>(x);
    sine_at::<T, I>(r, k + T::c(1.0))
}

/// The tangent.
#[inline(always)]
pub(crate) fn tan<T: Coefficients, I: Isa>(x: T) -> T {
    let (r, k) = reduce::<T, I>(x);
    let (s, c) = kernels::<T, I>(r);
    let odd = k.odd();
    let n = fast_sum(pick(odd, -c.hi, s.hi), pick(odd, -c.lo, s.lo));
    let d = fast_sum(pick(odd, s.hi, c.hi), pick(odd, s.lo, c.lo));
    let q = pair_quotient::<T, I>(n, d);
    pick(x.magnitude() < T::c(T::NEGLIGIBLE), x, q.hi + q.lo)
}

/// sin(πx)/(πx), 1 at 0.
#[inline(always)]
pub(crate) fn sinc<T: Coefficients, I: Isa>(x: T) -> T {
    let pi = constant::<T>(core::f64::consts::PI, 1.2246467991473532e-16);
    let a = x.magnitude();
    // a modulo 2, then in quarters of a turn: all exact.
    let t = a - T::c(2.0) * round::<T, I>(a * T::c(0.5));
    let k = round_small(t + t);
    let f = t - k * T::c(0.5);
    let r = pair_product::<T, I>(pi, Pair { hi: f, lo: T::c(0.0) });
    let (s, c) = kernels::<T, I>(r);
    let cosine = k.odd();
    let n = fast_sum(pick(cosine, c.hi, s.hi), pick(cosine, c.lo, s.lo));
    let n = Pair { hi: n.hi.turned(k), lo: n.lo.turned(k) };
    let d = pair_product::<T, I>(pi, Pair { hi: pick(a < T::INTEGERS, a, T::c(1.0)), lo: T::c(0.0) });
    let q = pair_quotient::<T, I>(n, d);
    let y = pick(a < T::INTEGERS, q.hi + q.lo, a * T::c(0.0));
    pick(a < T::c(1e-20), T::c(1.0), y)
}

/// Whether the block loops must take the careful path for this argument.
#[inline(always)]
pub(crate) fn is_large<T: Base>(x: T) -> bool {
    // A quarter of the limit, since slopes ask for the functions at πx.
    x.magnitude() > T::TRIG_LIMIT * T::c(0.25)
}
