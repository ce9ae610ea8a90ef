//! The error functions and what is made of them.

use super::Isa;
use super::base::{Base, Pair, constant, fast_sum, fma, pair_quotient, pick, two_product, two_sum};
use super::coefficients::Coefficients;
use super::exp::{exp_negative, scale};

/// erfc(a) = p·2^k for a ≥ 0.45 given 1 + 2a and a² as pairs; past the end the result underflows.
#[inline(always)]
fn tail<T: Coefficients, I: Isa>(a: T, denominator: Pair<T>, square: Pair<T>) -> (Pair<T>, T) {
    let pole = T::c(T::ERFC_POLE);
    let q = (a - pole) / (a + pole);
    let slope = T::erfc_slope::<I>(q);
    let centre = constant::<T>(T::ERFC_CENTRE.0, T::ERFC_CENTRE.1);
    let f = fast_sum(centre.hi, q * slope);
    let f = Pair { hi: f.hi, lo: f.lo + centre.lo };
    let scaled = pair_quotient::<T, I>(f, denominator);
    let (e, k) = exp_negative::<T, I>(square);
    let p = two_product::<T, I>(scaled.hi, e.hi);
    (Pair { hi: p.hi, lo: p.lo + fma::<T, I>(scaled.hi, e.lo, scaled.lo * e.hi) }, k)
}

#[inline(always)]
fn erfc_far<T: Coefficients, I: Isa>(a: T) -> (T, T) {
    let a = pick(a > T::c(T::ERFC_END), T::c(T::ERFC_END), a);
    let (t, k) = tail::<T, I>(a, two_sum(T::c(1.0), a + a), two_product::<T, I>(a, a));
    (t.hi + t.lo, k)
}

/// The error function.
#[inline(always)]
pub(crate) fn erf<T: Coefficients, I: Isa>(x: T) -> T {
    let a = x.magnitude();
    let near = fma::<T, I>(x, T::erf_near::<I>(x * x), x);
    let (t, k) = erfc_far::<T, I>(a);
    // Beyond 6 the tail vanishes against 1; holding the exponent keeps the scaling to one product.
    let k = pick(k < T::c(-100.0), T::c(-100.0), k);
    let far = (T::c(1.0) - t * T::power_of_two(k)).signed(x);
    let y = pick(a < T::c(1.0), near, far);
    pick(!x.undefined(), y, x)
}

/// 1 − erf(x).
#[inline(always)]
pub(crate) fn erfc<T: Coefficients, I: Isa>(x: T) -> T {
    let a = x.magnitude();
    let one = T::c(1.0);
    let s = two_sum(one, -x);
    let near = s.hi + fma::<T, I>(-x, T::erf_near::<I>(x * x), s.lo);
    let (t, k) = erfc_far::<T, I>(a);
    let t = scale(t, k);
    let far = pick(x.negative(), T::c(2.0) - t, t);
    let y = pick(x < T::c(0.5) && x > -one, near, far);
    pick(!x.undefined(), y, x)
}

/// x·Φ(x) with the normal distribution function Φ.
#[inline(always)]
pub(crate) fn gelu<T: Coefficients, I: Isa>(x: T) -> T {
    let (one, half) = (T::c(1.0), T::c(0.5));
    let root_half = constant::<T>(core::f64::consts::FRAC_1_SQRT_2, -4.833646656726457e-17);
    let u = x * root_half.hi;
    let near = half * fma::<T, I>(x, fma::<T, I>(u, T::erf_near::<I>(u * u), u), x);
    let a = x.magnitude();
    let a = pick(a > T::c(T::ERFC_END * 1.42), T::c(T::ERFC_END * 1.42), a);
    let twice = two_product::<T, I>(a, root_half.hi + root_half.hi);
    let twice = Pair { hi: twice.hi, lo: fma::<T, I>(a, root_half.lo + root_half.lo, twice.lo) };
    let d = two_sum(one, twice.hi);
    let square = two_product::<T, I>(a, a);
    let (t, k) = tail::<T, I>(
        half * twice.hi,
        Pair { hi: d.hi, lo: d.lo + twice.lo },
        Pair { hi: half * square.hi, lo: half * square.lo },
    );
    // Left: x·t/2 scaled last, so that the product does not lose bits to a subnormal t. Right: x − x·t/2.
    let held = half * a.signed(x);
    let product = fma::<T, I>(held, t.hi, held * t.lo);
    let left = scale(product, k);
    let right_k = pick(k < T::c(-100.0), T::c(-100.0), k);
    let right = x - product * T::power_of_two(right_k);
    let far = pick(x.negative(), left, right);
    let y = pick(x > T::c(-0.7) && x < T::c(1.4), near, far);
    let y = pick(x < T::c(-T::ERFC_END * 1.42), T::c(0.0), y).signed(x);
    pick(x < T::INF, y, x)
}

/// The inverse of the error function, through f64.
#[inline(always)]
pub(crate) fn erfinv<T: Base>(x: T) -> T {
    T::c(super::inverse::erfinv(x.wide()))
}
