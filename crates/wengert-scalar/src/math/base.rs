//! What the function families need from a float: bits, polynomials and error-free pairs.

use super::Isa;
use core::fmt::Debug;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// A float as the function families see it. Written once for both widths, so that a formula is written once too.
pub trait Base:
    Copy
    + Debug
    + Default
    + PartialEq
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Send
    + Sync
    + 'static
{
    /// Positive infinity.
    const INF: Self;
    /// A quiet NaN.
    const NAN: Self;
    /// The largest finite number.
    const MAX: Self;
    /// The smallest positive normal number.
    const TINY: Self;
    /// 1.5·2^mantissa: adding it leaves a rounded integer in the low bits.
    const MAGIC: Self;
    /// 2^mantissa: from here on every float is an integer.
    const INTEGERS: Self;
    /// Veltkamp's splitting constant, 2^⌈mantissa/2⌉ + 1.
    const SPLITTER: Self;
    /// Largest |x| that sin, cos and tan reduce without the long reduction.
    const TRIG_LIMIT: Self;

    /// A literal; folds to a constant.
    fn c(v: f64) -> Self;
    /// To f64, exactly.
    fn wide(self) -> f64;
    /// Square root, correctly rounded.
    fn root(self) -> Self;
    /// Fused multiply and add; only called where the hardware has it.
    fn fused(self, b: Self, c: Self) -> Self;
    /// Magnitude.
    fn magnitude(self) -> Self;
    /// The magnitude of `self` with the sign of `sign`.
    fn signed(self, sign: Self) -> Self;
    /// `self` with its sign flipped where `sign` is negative.
    fn flipped(self, sign: Self) -> Self;
    /// Whether it is not a number.
    fn undefined(self) -> bool;
    /// Whether the sign bit is set.
    fn negative(self) -> bool;
    /// 2^k for integral k in the normal range.
    fn power_of_two(k: Self) -> Self;
    /// For positive x: (m, k) with x = m·2^k, m in [√½, √2). Subnormals are handled; zero, infinity and NaN give nonsense.
    fn split(self) -> (Self, Self);
    /// For positive normal x: (m, k) with x = m·2^k, m in [1, 2).
    fn split_at_one(self) -> (Self, Self);
    /// Whether an integral value below 2^(mantissa−2) is odd.
    fn odd(self) -> bool;
    /// `self` with its sign flipped where bit 1 of the integral value k is set.
    fn turned(self, k: Self) -> Self;
    /// Rounds to the upper half of the mantissa (for exact squares).
    fn upper_half(self) -> Self;
    /// Round to even in hardware; only called where a single instruction does it.
    fn nearest(self) -> Self;
    /// Floor in hardware; only called where a single instruction does it.
    fn down(self) -> Self;
    /// The C library's remainder, with the dividend's sign.
    fn fmod(self, y: Self) -> Self;
}

macro_rules! base {
    ($t:ident, $int:ident, $mantissa:expr, $bias:expr, $split:expr, $trig:expr) => {
        impl Base for $t {
            const INF: Self = $t::INFINITY;
            const NAN: Self = $t::NAN;
            const MAX: Self = $t::MAX;
            const TINY: Self = $t::MIN_POSITIVE;
            const MAGIC: Self = 1.5 * (((1 as $int) << $mantissa) as $t);
            const INTEGERS: Self = ((1 as $int) << $mantissa) as $t;
            const SPLITTER: Self = $split;
            const TRIG_LIMIT: Self = $trig;

            #[inline(always)]
            fn c(v: f64) -> Self {
                v as $t
            }
            #[inline(always)]
            fn wide(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn root(self) -> Self {
                self.sqrt()
            }
            #[inline(always)]
            fn fused(self, b: Self, c: Self) -> Self {
                self.mul_add(b, c)
            }
            #[inline(always)]
            fn magnitude(self) -> Self {
                $t::from_bits(self.to_bits() & ($int::MAX >> 1))
            }
            #[inline(always)]
            fn signed(self, sign: Self) -> Self {
                let mask = $int::MAX >> 1;
                $t::from_bits((self.to_bits() & mask) | (sign.to_bits() & !mask))
            }
            #[inline(always)]
            fn flipped(self, sign: Self) -> Self {
                $t::from_bits(self.to_bits() ^ (sign.to_bits() & !($int::MAX >> 1)))
            }
            #[inline(always)]
            fn undefined(self) -> bool {
                self.is_nan()
            }
            #[inline(always)]
            fn negative(self) -> bool {
                self.to_bits() > ($int::MAX >> 1)
            }
            #[inline(always)]
            fn power_of_two(k: Self) -> Self {
                let integer = (k + Self::MAGIC).to_bits();
                $t::from_bits(integer.wrapping_add($bias) << $mantissa)
            }
            #[inline(always)]
            fn split(self) -> (Self, Self) {
                const ROOT_HALF: $int = core::$t::consts::FRAC_1_SQRT_2.to_bits();
                let small = self < Self::TINY;
                let x = if small { self * Self::INTEGERS } else { self };
                // Counting from √½ puts the wrap of the exponent there.
                let offset = x.to_bits().wrapping_sub(ROOT_HALF);
                let one = (1 as $int) << $mantissa;
                let m = $t::from_bits((offset & (one - 1)).wrapping_add(ROOT_HALF));
                // The exponent, biased so that it is never negative, becomes a float through the mantissa of 2^mantissa.
                let bias: $int = $bias + 1;
                let k = offset.wrapping_add(bias << $mantissa) >> $mantissa;
                let k = $t::from_bits(Self::INTEGERS.to_bits() | k) - (Self::INTEGERS + bias as $t);
                (m, if small { k - $mantissa as $t } else { k })
            }
            #[inline(always)]
            fn split_at_one(self) -> (Self, Self) {
                let one = (1 as $int) << $mantissa;
                let m = $t::from_bits((self.to_bits() & (one - 1)) | (1.0 as $t).to_bits());
                let k = $t::from_bits(Self::INTEGERS.to_bits() | (self.to_bits() >> $mantissa))
                    - (Self::INTEGERS + $bias as $t);
                (m, k)
            }
            #[inline(always)]
            fn odd(self) -> bool {
                (self + Self::MAGIC).to_bits() & 1 != 0
            }
            #[inline(always)]
            fn turned(self, k: Self) -> Self {
                self.flipped($t::from_bits((k + Self::MAGIC).to_bits() << ($int::BITS - 2)))
            }
            #[inline(always)]
            fn upper_half(self) -> Self {
                $t::from_bits(self.to_bits() & ($int::MAX << ($mantissa / 2 + 1)))
            }
            #[inline(always)]
            fn nearest(self) -> Self {
                self.round_ties_even()
            }
            #[inline(always)]
            fn down(self) -> Self {
                self.floor()
            }
            #[inline(always)]
            fn fmod(self, y: Self) -> Self {
                self % y
            }
        }
    };
}

base!(f64, u64, 52, 1023, 134217729.0, 1048576.0);
base!(f32, u32, 23, 127, 4097.0, 65536.0);

/// `a·b + c`, fused where the instruction set has it.
#[inline(always)]
pub(crate) fn fma<T: Base, I: Isa>(a: T, b: T, c: T) -> T {
    if I::FMA { a.fused(b, c) } else { a * b + c }
}

/// A polynomial, lowest coefficient first.
#[inline(always)]
pub(crate) fn poly<T: Base, I: Isa, const N: usize>(x: T, coefficients: [T; N]) -> T {
    let mut p = coefficients[N - 1];
    let mut i = N - 1;
    while i > 0 {
        i -= 1;
        p = fma::<T, I>(p, x, coefficients[i]);
    }
    p
}

/// An unevaluated sum `hi + lo` with |lo| at most about an ulp of hi.
#[derive(Clone, Copy)]
pub(crate) struct Pair<T> {
    pub hi: T,
    pub lo: T,
}

/// The literal `hi + lo` of a constant known to twice the precision: pass the f64 pair; for f32 it is split again.
#[inline(always)]
pub(crate) fn constant<T: Base>(hi: f64, lo: f64) -> Pair<T> {
    let h = T::c(hi);
    Pair { hi: h, lo: T::c((hi - h.wide()) + lo) }
}

/// Exact sum, any magnitudes.
#[inline(always)]
pub(crate) fn two_sum<T: Base>(a: T, b: T) -> Pair<T> {
    let hi = a + b;
    let bb = hi - a;
    Pair { hi, lo: (a - (hi - bb)) + (b - bb) }
}

/// Exact sum where |a| ≥ |b| or a is zero.
#[inline(always)]
pub(crate) fn fast_sum<T: Base>(a: T, b: T) -> Pair<T> {
    let hi = a + b;
    Pair { hi, lo: b - (hi - a) }
}

/// Exact product (away from overflow and underflow).
#[inline(always)]
pub(crate) fn two_product<T: Base, I: Isa>(a: T, b: T) -> Pair<T> {
    let hi = a * b;
    if I::FMA {
        Pair { hi, lo: a.fused(b, -hi) }
    } else {
        let (ah, al) = halves(a);
        let (bh, bl) = halves(b);
        Pair { hi, lo: ((ah * bh - hi) + ah * bl + al * bh) + al * bl }
    }
}

#[inline(always)]
fn halves<T: Base>(a: T) -> (T, T) {
    let t = a * T::SPLITTER;
    let hi = t - (t - a);
    (hi, a - hi)
}

/// `c − a·b` with one rounding's worth of error relative to the result where the two nearly cancel.
#[inline(always)]
pub(crate) fn residual<T: Base, I: Isa>(a: T, b: T, c: T) -> T {
    if I::FMA {
        (-a).fused(b, c)
    } else {
        let p = two_product::<T, I>(a, b);
        (c - p.hi) - p.lo
    }
}

/// Product of two pairs.
#[inline(always)]
pub(crate) fn pair_product<T: Base, I: Isa>(a: Pair<T>, b: Pair<T>) -> Pair<T> {
    let p = two_product::<T, I>(a.hi, b.hi);
    fast_sum(p.hi, p.lo + fma::<T, I>(a.hi, b.lo, a.lo * b.hi))
}

/// Quotient of two pairs, with one division.
#[inline(always)]
pub(crate) fn pair_quotient<T: Base, I: Isa>(a: Pair<T>, b: Pair<T>) -> Pair<T> {
    let inverse = T::c(1.0) / b.hi;
    let q = a.hi * inverse;
    let rest = residual::<T, I>(q, b.hi, a.hi) + (a.lo - q * b.lo);
    Pair { hi: q, lo: rest * inverse }
}

/// Rounds to an integral value, ties to even; |x| must be below 2^(mantissa−2).
#[inline(always)]
pub(crate) fn round_small<T: Base>(x: T) -> T {
    (x + T::MAGIC) - T::MAGIC
}

/// `if c { a } else { b }`, as a select.
#[inline(always)]
pub(crate) fn pick<T: Copy>(c: bool, a: T, b: T) -> T {
    if c { a } else { b }
}
