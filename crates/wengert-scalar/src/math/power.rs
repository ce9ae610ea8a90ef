//! Powers and roots.

use super::Isa;
use super::base::{Pair, constant, fast_sum, fma, pair_product, pick, poly, residual, round_small, two_product};
use super::coefficients::Coefficients;
use super::exp::{exp_pair, scale};
use super::round::floor;

/// ln x for positive x as a pair with a dozen guard bits.
#[inline(always)]
fn log_exact<T: Coefficients, I: Isa>(x: T) -> Pair<T> {
    let (m, k) = x.split();
    let f = m - T::c(1.0);
    let d = fast_sum(T::c(2.0), f);
    let inverse = T::c(1.0) / d.hi;
    let hi = f * inverse;
    let s = Pair { hi, lo: (residual::<T, I>(hi, d.hi, f) - hi * d.lo) * inverse };
    let z = two_product::<T, I>(hi, hi);
    let z = Pair { hi: z.hi, lo: fma::<T, I>(hi + hi, s.lo, z.lo) };
    let third = constant::<T>(2.0 / 3.0, 3.700743415417188e-17);
    let t = fast_sum(third.hi, fma::<T, I>(z.hi, T::pow_tail::<I>(z.hi), third.lo));
    let v = pair_product::<T, I>(pair_product::<T, I>(t, z), s);
    let l = fast_sum(hi + hi, v.hi);
    let start = fast_sum(k * T::c(T::LN2.0), l.hi);
    let rest = fma::<T, I>(k, T::c(T::LN2.1), l.lo + (v.lo + (s.lo + s.lo)));
    fast_sum(start.hi, start.lo + rest)
}

/// x to the power y, with the special values of IEEE 754.
#[inline(always)]
pub(crate) fn pow<T: Coefficients, I: Isa>(x: T, y: T) -> T {
    let (zero, one) = (T::c(0.0), T::c(1.0));
    let a = x.magnitude();
    let l = log_exact::<T, I>(a);
    let end = T::c(T::EXP_RANGE.0 * -1.1);
    let rough = y * l.hi;
    let far = rough.magnitude() > end;
    let held = pick(far, zero, y);
    let e = two_product::<T, I>(held, l.hi);
    let e = fast_sum(e.hi, fma::<T, I>(held, l.lo, e.lo));
    let (p, k) = exp_pair::<T, I>(e);
    let r = scale(p.hi + p.lo, k);
    let r = pick(far, pick(rough.negative(), zero, T::INF), r);
    let r = pick(a == one, one, r);

    let half = y * T::c(0.5);
    let integral = floor::<T, I>(y) == y;
    let odd = integral && floor::<T, I>(half) != half;
    let upwards = !y.negative();
    let r = pick(a == zero, pick(upwards, zero, T::INF), r);
    let r = pick(a == T::INF, pick(upwards, T::INF, zero), r);
    let r = pick(odd, r.flipped(x), r);
    let r = pick(x < zero && x > -T::INF && !integral, T::NAN, r);
    let r = pick(!x.undefined() && !y.undefined(), r, x + y);
    pick(x == one || y == zero || (a == one && y.magnitude() == T::INF), one, r)
}

/// The cube root.
#[inline(always)]
pub(crate) fn cbrt<T: Coefficients, I: Isa>(x: T) -> T {
    let a = x.magnitude();
    let small = a < T::TINY;
    let (m, k) = pick(small, a * T::c(T::CBRT_SCALE.0), a).split_at_one();
    let j = round_small((k - T::c(1.0)) * T::c(1.0 / 3.0));
    let i = k - j * T::c(3.0);
    let seed = poly::<T, I, 6>(
        m,
        [
            T::c(0.47333063579365603),
            T::c(0.838160160918017),
            T::c(-0.46922885987888396),
            T::c(0.20277729951524265),
            T::c(-0.050386553791746634),
            T::c(0.005348548349071668),
        ],
    );
    let m = m * pick(i == T::c(0.0), T::c(1.0), pick(i == T::c(1.0), T::c(2.0), T::c(4.0)));
    let factor = pick(i == T::c(1.0), T::c(1.2599210498948732), T::c(1.5874010519681996));
    let y = seed * pick(i == T::c(0.0), T::c(1.0), factor);
    let inverse = T::c(1.0 / 3.0) / (y * y);
    let y = fma::<T, I>(fma::<T, I>(-(y * y), y, m), inverse, y);
    let square = two_product::<T, I>(y, y);
    let cube = two_product::<T, I>(square.hi, y);
    let rest = (m - cube.hi) - fma::<T, I>(square.lo, y, cube.lo);
    let y = fma::<T, I>(rest, inverse, y) * T::power_of_two(j);
    let y = pick(small, y * T::c(T::CBRT_SCALE.1), y).signed(x);
    pick(a > T::c(0.0) && a < T::INF, y, x)
}

/// √(a² + b²) without overflow.
#[inline(always)]
pub(crate) fn hypot<T: Coefficients, I: Isa>(a: T, b: T) -> T {
    let (a, b) = (a.magnitude(), b.magnitude());
    let (hi, lo) = if a > b { (a, b) } else { (b, a) };
    let [large, shrink, small, grow] = T::HYPOT_SCALES;
    let by = pick(hi > T::c(large), T::c(shrink), pick(hi < T::c(small), T::c(grow), T::c(1.0)));
    let back = pick(hi > T::c(large), T::c(1.0 / shrink), pick(hi < T::c(small), T::c(1.0 / grow), T::c(1.0)));
    let (p, q) = (hi * by, lo * by);
    let pp = two_product::<T, I>(p, p);
    let qq = two_product::<T, I>(q, q);
    let s = fast_sum(pp.hi, qq.hi);
    let root = s.hi.root();
    let low = (residual::<T, I>(root, root, s.hi) + (s.lo + (pp.lo + qq.lo))) * (T::c(0.5) / root);
    let y = pick(hi == T::c(0.0), T::c(0.0), (root + low) * back);
    let y = pick(!a.undefined() && !b.undefined(), y, a + b);
    pick(a == T::INF || b == T::INF, T::INF, y)
}
