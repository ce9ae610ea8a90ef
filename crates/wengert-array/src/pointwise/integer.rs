//! The rows on integers: wrapping arithmetic, division towards −∞ as in Python, division by zero gives 0.

use crate::Element;
use wengert_scalar::Row;
use wengert_scalar::kernels::Operand;

/// What the rows need of an integer.
pub(super) trait Integer: Element + Ord {
    fn neg(self) -> Self;
    fn add(self, b: Self) -> Self;
    fn sub(self, b: Self) -> Self;
    fn mul(self, b: Self) -> Self;
    fn abs(self) -> Self;
    fn floor_divide(self, b: Self) -> Self;
    fn remainder(self, b: Self) -> Self;
    fn pow(self, b: Self) -> Self;
}

macro_rules! common {
    ($t:ty) => {
        #[inline(always)]
        fn neg(self) -> $t {
            self.wrapping_neg()
        }
        #[inline(always)]
        fn add(self, b: $t) -> $t {
            self.wrapping_add(b)
        }
        #[inline(always)]
        fn sub(self, b: $t) -> $t {
            self.wrapping_sub(b)
        }
        #[inline(always)]
        fn mul(self, b: $t) -> $t {
            self.wrapping_mul(b)
        }
        #[inline]
        fn pow(self, b: $t) -> $t {
            match u64::try_from(b) {
                Ok(mut n) => {
                    let (mut base, mut result): ($t, $t) = (self, 1);
                    while n > 0 {
                        if n & 1 == 1 {
                            result = result.wrapping_mul(base);
                        }
                        base = base.wrapping_mul(base);
                        n >>= 1;
                    }
                    result
                }
                // The reciprocal, cut off: only 1 and −1 have one that is not 0.
                Err(_) if self == 1 => 1,
                Err(_) if self == (0 as $t).wrapping_sub(1) => {
                    if b & 1 == 0 {
                        1
                    } else {
                        self
                    }
                }
                Err(_) => 0,
            }
        }
    };
}

impl Integer for u8 {
    common!(u8);
    #[inline(always)]
    fn abs(self) -> u8 {
        self
    }
    #[inline(always)]
    fn floor_divide(self, b: u8) -> u8 {
        self.checked_div(b).unwrap_or(0)
    }
    #[inline(always)]
    fn remainder(self, b: u8) -> u8 {
        self.checked_rem(b).unwrap_or(0)
    }
}

macro_rules! signed {
    ($($t:ty)*) => {$(
        impl Integer for $t {
            common!($t);
            #[inline(always)]
            fn abs(self) -> $t {
                self.wrapping_abs()
            }
            #[inline(always)]
            fn floor_divide(self, b: $t) -> $t {
                if b == 0 {
                    return 0;
                }
                let (q, r) = (self.wrapping_div(b), self.wrapping_rem(b));
                if r != 0 && (r < 0) != (b < 0) { q - 1 } else { q }
            }
            #[inline(always)]
            fn remainder(self, b: $t) -> $t {
                if b == 0 {
                    return 0;
                }
                let r = self.wrapping_rem(b);
                if r != 0 && (r < 0) != (b < 0) { r + b } else { r }
            }
        }
    )*};
}

signed!(i32 i64);

#[inline(always)]
fn truth<T: Integer>(c: bool) -> T {
    if c { T::ONE } else { T::ZERO }
}

#[inline(always)]
fn one<T: Copy>(x: Operand<'_, T>, out: &mut [T], f: impl Fn(T) -> T) {
    match x {
        Operand::Block(x) => out.iter_mut().zip(x).for_each(|(o, &x)| *o = f(x)),
        Operand::Splat(x) => out.fill(f(x)),
    }
}

#[inline(always)]
fn two<T: Copy>(a: Operand<'_, T>, b: Operand<'_, T>, out: &mut [T], f: impl Fn(T, T) -> T) {
    match (a, b) {
        (Operand::Block(a), Operand::Block(b)) => {
            out.iter_mut().zip(a).zip(b).for_each(|((o, &a), &b)| *o = f(a, b));
        }
        (Operand::Block(a), Operand::Splat(b)) => out.iter_mut().zip(a).for_each(|(o, &a)| *o = f(a, b)),
        (Operand::Splat(a), Operand::Block(b)) => out.iter_mut().zip(b).for_each(|(o, &b)| *o = f(a, b)),
        (Operand::Splat(a), Operand::Splat(b)) => out.fill(f(a, b)),
    }
}

#[inline(always)]
fn at<T: Copy>(x: &Operand<'_, T>, i: usize) -> T {
    match x {
        Operand::Block(x) => x[i],
        Operand::Splat(x) => *x,
    }
}

#[inline(always)]
fn three<T: Copy>(x: &[Operand<'_, T>], out: &mut [T], f: impl Fn(T, T, T) -> T) {
    if let [Operand::Block(a), Operand::Block(b), Operand::Block(c)] = x {
        return out.iter_mut().zip(*a).zip(*b).zip(*c).for_each(|(((o, &a), &b), &c)| *o = f(a, b, c));
    }
    for (i, o) in out.iter_mut().enumerate() {
        *o = f(at(&x[0], i), at(&x[1], i), at(&x[2], i));
    }
}

#[inline(always)]
fn copy<'a, T: Copy>(x: &Operand<'a, T>) -> Operand<'a, T> {
    match x {
        Operand::Block(x) => Operand::Block(x),
        Operand::Splat(x) => Operand::Splat(*x),
    }
}

/// One row over a block. The caller has checked that integers take it.
pub(super) fn apply<T: Integer>(row: Row, x: &[Operand<'_, T>], out: &mut [T]) {
    let zero = T::ZERO;
    let first = copy(&x[0]);
    if let [_, b] = x {
        let b = copy(b);
        return match row {
            Row::Add => two(first, b, out, T::add),
            Row::Sub => two(first, b, out, T::sub),
            Row::Mul | Row::Scale => two(first, b, out, T::mul),
            Row::FloorDivide => two(first, b, out, T::floor_divide),
            Row::Remainder => two(first, b, out, T::remainder),
            Row::Pow => two(first, b, out, T::pow),
            Row::Maximum => two(first, b, out, Ord::max),
            Row::Minimum => two(first, b, out, Ord::min),
            Row::Eq => two(first, b, out, |a, b| truth(a == b)),
            Row::Ne => two(first, b, out, |a, b| truth(a != b)),
            Row::Lt => two(first, b, out, |a, b| truth(a < b)),
            Row::Le => two(first, b, out, |a, b| truth(a <= b)),
            Row::Gt => two(first, b, out, |a, b| truth(a > b)),
            Row::Ge => two(first, b, out, |a, b| truth(a >= b)),
            Row::LogicalAnd => two(first, b, out, |a, b| truth(a != zero && b != zero)),
            Row::LogicalOr => two(first, b, out, |a, b| truth(a != zero || b != zero)),
            Row::LogicalXor => two(first, b, out, |a, b| truth((a != zero) != (b != zero))),
            _ => unreachable!("{row} is not computed on integers"),
        };
    }
    match row {
        Row::Neg => one(first, out, T::neg),
        Row::Abs => one(first, out, T::abs),
        Row::Square => one(first, out, |a| a.mul(a)),
        Row::Sign => one(first, out, |a| if a < zero { T::ONE.neg() } else { truth(a > zero) }),
        Row::Relu => one(first, out, |a| a.max(zero)),
        Row::Floor | Row::Ceil | Row::Round | Row::Trunc => one(first, out, |a| a),
        Row::LogicalNot => one(first, out, |a| truth(a == zero)),
        Row::IsNan | Row::IsInf => out.fill(zero),
        Row::IsFinite => out.fill(T::ONE),
        Row::Select => three(x, out, |c, a, b| if c != zero { a } else { b }),
        Row::Clamp => three(x, out, |v, low, high| v.max(low).min(high)),
        _ => unreachable!("{row} is not computed on integers"),
    }
}

/// One row at one point.
#[inline]
pub(super) fn number<T: Integer>(row: Row, x: &[T]) -> T {
    let mut out = [T::ZERO];
    match *x {
        [a] => apply(row, &[Operand::Splat(a)], &mut out),
        [a, b] => apply(row, &[Operand::Splat(a), Operand::Splat(b)], &mut out),
        [a, b, c] => apply(row, &[Operand::Splat(a), Operand::Splat(b), Operand::Splat(c)], &mut out),
        _ => unreachable!("rows take one to three inputs"),
    }
    out[0]
}
