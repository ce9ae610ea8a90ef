//! Inverse trigonometric functions.

use super::Isa;
use super::base::{Pair, constant, fast_sum, fma, pair_quotient, pick, residual, two_sum};
use super::coefficients::Coefficients;

/// The angle in [0, π/2] of the point (b, a) with a, b ≥ 0, as a pair.
#[inline(always)]
fn angle<T: Coefficients, I: Isa>(a: T, b: T) -> Pair<T> {
    let steep = a > b * T::c(2.414213562373095);
    let diagonal = a > b * T::c(0.41421356237309503);
    let difference = two_sum(a, -b);
    let sum = two_sum(a, b);
    let zero = T::c(0.0);
    let n = Pair {
        hi: pick(steep, -b, pick(diagonal, difference.hi, a)),
        lo: pick(steep || !diagonal, zero, difference.lo),
    };
    let d = Pair { hi: pick(steep, a, pick(diagonal, sum.hi, b)), lo: pick(steep || !diagonal, zero, sum.lo) };
    let half = constant::<T>(core::f64::consts::FRAC_PI_2, 6.123233995736766e-17);
    let quarter = constant::<T>(core::f64::consts::FRAC_PI_4, 3.061616997868383e-17);
    let base = Pair {
        hi: pick(steep, half.hi, pick(diagonal, quarter.hi, zero)),
        lo: pick(steep, half.lo, pick(diagonal, quarter.lo, zero)),
    };
    let t = pair_quotient::<T, I>(n, d);
    let z = t.hi * t.hi;
    let tail = fma::<T, I>(t.hi * z, T::atan_tail::<I>(z), t.lo - t.lo * z + base.lo);
    let s = fast_sum(base.hi, t.hi);
    Pair { hi: s.hi, lo: s.lo + tail }
}

/// The arc tangent.
#[inline(always)]
pub(crate) fn atan<T: Coefficients, I: Isa>(x: T) -> T {
    let a = x.magnitude();
    let held = pick(a > T::c(1e18), T::c(1e18), a);
    let r = angle::<T, I>(held, T::c(1.0));
    let y = pick(a < T::c(T::NEGLIGIBLE), a, r.hi + r.lo);
    y.signed(x)
}

/// The angle of the point (b, a), −π to π.
#[inline(always)]
pub(crate) fn atan2<T: Coefficients, I: Isa>(y: T, x: T) -> T {
    let (zero, one) = (T::c(0.0), T::c(1.0));
    let (a, b) = (y.magnitude(), x.magnitude());
    let both_infinite = a == T::INF && b == T::INF;
    let both_zero = a == zero && b == zero;
    // Infinities and zeros keep the angle when replaced by (1, 1), (0, 1) or (1, 0).
    let (a1, b1) = (
        pick(both_infinite, one, pick(both_zero || b == T::INF, zero, pick(a == T::INF, one, a))),
        pick(both_infinite || both_zero || b == T::INF, one, pick(a == T::INF, zero, b)),
    );
    let large = pick(a1 > b1, a1, b1);
    let [big, shrink, small, grow] = T::HYPOT_SCALES;
    let by = pick(large > T::c(big), T::c(shrink), pick(large < T::c(small), T::c(grow), one));
    let (a2, b2) = (a1 * by, b1 * by);
    let r = angle::<T, I>(a2, b2);
    // Tiny quotients: the correction of the quotient cannot be formed, and atan t = t.
    let quotient = a1 / b1;
    let flat = quotient < T::c(T::NEGLIGIBLE) && !x.negative();
    let pi = constant::<T>(core::f64::consts::PI, 1.2246467991473532e-16);
    let back = two_sum(pi.hi, -r.hi);
    let y1 = pick(x.negative(), back.hi + (back.lo + (pi.lo - r.lo)), r.hi + r.lo);
    let y1 = pick(flat, quotient, y1);
    pick(!x.undefined() && !y.undefined(), y1.signed(y), x + y)
}

/// asin t − t over t for t = √z or |x|, and t itself as a pair: the part shared by asin and acos.
#[inline(always)]
fn half_angle<T: Coefficients, I: Isa>(a: T) -> (bool, Pair<T>, T) {
    let far = a > T::c(0.5);
    let z = pick(far, (T::c(1.0) - a) * T::c(0.5), a * a);
    let root = z.root();
    let low = residual::<T, I>(root, root, z) * (T::c(0.5) / root);
    let low = pick(z > T::c(0.0), low, T::c(0.0));
    let t = Pair { hi: pick(far, root, a), lo: pick(far, low, T::c(0.0)) };
    (far, t, t.hi * z * T::asin_tail::<I>(z))
}

/// The arc sine.
#[inline(always)]
pub(crate) fn asin<T: Coefficients, I: Isa>(x: T) -> T {
    let a = x.magnitude();
    let (far, t, tail) = half_angle::<T, I>(a);
    let half = constant::<T>(core::f64::consts::FRAC_PI_2, 6.123233995736766e-17);
    let two = T::c(2.0);
    let s = fast_sum(half.hi, -two * t.hi);
    let y = pick(far, s.hi + (s.lo + (half.lo - two * (t.lo + tail))), t.hi + tail);
    let y = pick(a < T::c(T::NEGLIGIBLE), a, y);
    pick(a > T::c(1.0), T::NAN, y).signed(x)
}

/// The arc cosine.
#[inline(always)]
pub(crate) fn acos<T: Coefficients, I: Isa>(x: T) -> T {
    let a = x.magnitude();
    let (far, t, tail) = half_angle::<T, I>(a);
    let half = constant::<T>(core::f64::consts::FRAC_PI_2, 6.123233995736766e-17);
    let two = T::c(2.0);
    // Near 1: 2·asin √((1 − a)/2); near −1: π less that; between: π/2 − asin x.
    let fold = x.negative();
    let signed = Pair { hi: pick(fold, -t.hi, t.hi), lo: pick(fold, -(t.lo + tail), t.lo + tail) };
    let base = pick(far, pick(fold, two * half.hi, T::c(0.0)), half.hi);
    let base_low = pick(far, pick(fold, two * half.lo, T::c(0.0)), half.lo);
    let by = pick(far, two, T::c(-1.0));
    let s = two_sum(base, by * signed.hi);
    let y = s.hi + (s.lo + fma::<T, I>(by, signed.lo, base_low));
    pick(a > T::c(1.0), T::NAN, y)
}
