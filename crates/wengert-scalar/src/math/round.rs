//! Rounding, signs, remainders, order: exact functions.

use super::Isa;
use super::base::{Base, pick};

/// The nearest integer, halves to the even one.
#[inline(always)]
pub(crate) fn round<T: Base, I: Isa>(x: T) -> T {
    if I::FMA {
        x.nearest()
    } else {
        let a = x.magnitude();
        let y = (a + T::INTEGERS) - T::INTEGERS;
        pick(a < T::INTEGERS, y.signed(x), x)
    }
}

/// The largest integer ≤ x.
#[inline(always)]
pub(crate) fn floor<T: Base, I: Isa>(x: T) -> T {
    if I::FMA {
        x.down()
    } else {
        let y = round::<T, I>(x);
        pick(y > x, y - T::c(1.0), y).signed(x)
    }
}

/// The smallest integer ≥ x.
#[inline(always)]
pub(crate) fn ceil<T: Base, I: Isa>(x: T) -> T {
    -floor::<T, I>(-x)
}

/// x without its fraction.
#[inline(always)]
pub(crate) fn trunc<T: Base, I: Isa>(x: T) -> T {
    floor::<T, I>(x.magnitude()).signed(x)
}

/// −1, 0 or 1.
#[inline(always)]
pub(crate) fn sign<T: Base>(x: T) -> T {
    let zero = T::c(0.0);
    pick(x > zero, T::c(1.0), pick(x < zero, T::c(-1.0), pick(x == zero, zero, x)))
}

/// The larger, or not-a-number if either is.
#[inline(always)]
pub(crate) fn maximum<T: Base>(a: T, b: T) -> T {
    pick(a > b || a.undefined(), a, b)
}

/// The smaller, or not-a-number if either is.
#[inline(always)]
pub(crate) fn minimum<T: Base>(a: T, b: T) -> T {
    pick(a < b || a.undefined(), a, b)
}

/// The remainder with the divisor's sign.
#[inline(always)]
pub(crate) fn remainder<T: Base>(a: T, b: T) -> T {
    let r = a.fmod(b);
    let zero = T::c(0.0);
    if r == zero { r.signed(b) } else { pick((r < zero) != (b < zero) && !r.undefined(), r + b, r) }
}

/// ⌊a/b⌋, consistent with `remainder`.
#[inline(always)]
pub(crate) fn floor_divide<T: Base, I: Isa>(a: T, b: T) -> T {
    let zero = T::c(0.0);
    let r = a.fmod(b);
    let q = (a - r) / b;
    let q = pick(r != zero && (r < zero) != (b < zero), q - T::c(1.0), q);
    let f = floor::<T, I>(q);
    let f = pick(q - f > T::c(0.5), f + T::c(1.0), f);
    let f = pick(q == zero, zero.signed(a / b), f);
    pick(b == zero, a / b, f)
}
