//! [`Dual`] numbers: forward mode.

use crate::{Number, Row};
use core::array;
use core::cmp::Ordering;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// A value with its derivatives in `N` directions; arithmetic carries the derivatives along.
///
/// `R` is any number, another `Dual` included: `Dual<Dual<f64, 1>, 1>` has second derivatives, and the two levels are
/// different types, so that their tangents cannot be confused. `Dual<Var, 1>` gives forward-over-reverse.
///
/// A tangent that is zero stays zero even against an infinite slope.
///
/// ```
/// use wengert_scalar::{Dual, Number};
///
/// let x = Dual::<f64, 2>::variable(3.0, 0);
/// let y = Dual::variable(2.0, 1);
/// let z = x * y + x.square();
/// assert_eq!((z.value, z.tangent), (15.0, [8.0, 3.0]));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Dual<R, const N: usize> {
    /// The value.
    pub value: R,
    /// The derivative in each direction.
    pub tangent: [R; N],
}

impl<R: Number, const N: usize> Dual<R, N> {
    /// A value and its tangents.
    #[inline(always)]
    pub fn new(value: R, tangent: [R; N]) -> Self {
        Dual { value, tangent }
    }

    /// A value that does not vary.
    #[inline(always)]
    pub fn constant(value: R) -> Self {
        Dual { value, tangent: [R::lit(0.0); N] }
    }

    /// The variable of direction `direction`: its tangent is 1 there and 0 elsewhere.
    ///
    /// # Panics
    ///
    /// If `direction` is not below `N`.
    #[inline(always)]
    pub fn variable(value: R, direction: usize) -> Self {
        let mut x = Self::constant(value);
        x.tangent[direction] = R::lit(1.0);
        x
    }

    /// `value`, which is the product of two numbers, with the tangents of a product.
    #[inline(always)]
    fn product(self, other: Self, value: R) -> Self {
        let (a, b) = (self.value, other.value);
        Dual { value, tangent: array::from_fn(|k| self.tangent[k].scale(b) + other.tangent[k].scale(a)) }
    }

    /// `value`, with the tangents of `self` times `slope`.
    #[inline(always)]
    fn along(self, value: R, slope: R) -> Self {
        Dual { value, tangent: self.tangent.map(|t| t.scale(slope)) }
    }
}

impl<R: Number, const N: usize> Number for Dual<R, N> {
    #[inline(always)]
    fn lit(v: f64) -> Self {
        Self::constant(R::lit(v))
    }

    #[inline(always)]
    fn row(row: Row, x: &[Self]) -> Self {
        match row {
            Row::Neg => -x[0],
            Row::Add => x[0] + x[1],
            Row::Sub => x[0] - x[1],
            Row::Mul => x[0] * x[1],
            Row::Scale => x[0].product(x[1], x[0].value.scale(x[1].value)),
            Row::Select => {
                let [c, a, b, ..] = *x else { return x[0] };
                Dual {
                    value: c.value.select(a.value, b.value),
                    tangent: array::from_fn(|k| c.value.select(a.tangent[k], b.tangent[k])),
                }
            }
            _ => {
                let mut values = [x[0].value; 3];
                for (v, x) in values.iter_mut().zip(x) {
                    *v = x.value;
                }
                let values = &values[..row.arity()];
                let y = R::row(row, values);
                let mut tangent: Option<[R; N]> = None;
                for (i, x) in x[..row.arity()].iter().enumerate() {
                    if let Some(slope) = row.slope(i, values, y) {
                        let t = x.tangent.map(|t| t.scale(slope));
                        tangent = Some(match tangent {
                            None => t,
                            Some(sum) => array::from_fn(|k| sum[k] + t[k]),
                        });
                    }
                }
                Dual { value: y, tangent: tangent.unwrap_or([R::lit(0.0); N]) }
            }
        }
    }

    #[inline]
    fn powi(self, n: i32) -> Self {
        match n {
            0 => Self::lit(1.0),
            1 => self,
            2 => self.square(),
            _ => self.along(self.value.powi(n), self.value.powi(n.saturating_sub(1)) * R::lit(f64::from(n))),
        }
    }

    #[inline]
    fn powf(self, p: f64) -> Self {
        if p == 0.0 {
            return Self::lit(1.0);
        }
        self.along(self.value.powf(p), self.value.powf(p - 1.0) * R::lit(p))
    }
}

impl<R: Number, const N: usize> Add for Dual<R, N> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Dual { value: self.value + other.value, tangent: array::from_fn(|k| self.tangent[k] + other.tangent[k]) }
    }
}

impl<R: Number, const N: usize> Sub for Dual<R, N> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Dual { value: self.value - other.value, tangent: array::from_fn(|k| self.tangent[k] - other.tangent[k]) }
    }
}

impl<R: Number, const N: usize> Mul for Dual<R, N> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.product(other, self.value * other.value)
    }
}

impl<R: Number, const N: usize> Div for Dual<R, N> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        Self::row(Row::Div, &[self, other])
    }
}

impl<R: Number, const N: usize> Neg for Dual<R, N> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Dual { value: -self.value, tangent: self.tangent.map(|t| -t) }
    }
}

impl<R: Number, const N: usize> Add<f64> for Dual<R, N> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: f64) -> Self {
        Dual { value: self.value + R::lit(other), ..self }
    }
}

impl<R: Number, const N: usize> Sub<f64> for Dual<R, N> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: f64) -> Self {
        Dual { value: self.value - R::lit(other), ..self }
    }
}

impl<R: Number, const N: usize> Mul<f64> for Dual<R, N> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: f64) -> Self {
        let c = R::lit(other);
        self.along(self.value * c, c)
    }
}

impl<R: Number, const N: usize> Div<f64> for Dual<R, N> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: f64) -> Self {
        let c = R::lit(other);
        Dual { value: self.value / c, tangent: self.tangent.map(|t| t / c) }
    }
}

impl<R: Number, const N: usize> Add<Dual<R, N>> for f64 {
    type Output = Dual<R, N>;
    #[inline(always)]
    fn add(self, other: Dual<R, N>) -> Dual<R, N> {
        other + self
    }
}

impl<R: Number, const N: usize> Sub<Dual<R, N>> for f64 {
    type Output = Dual<R, N>;
    #[inline(always)]
    fn sub(self, other: Dual<R, N>) -> Dual<R, N> {
        -other + self
    }
}

impl<R: Number, const N: usize> Mul<Dual<R, N>> for f64 {
    type Output = Dual<R, N>;
    #[inline(always)]
    fn mul(self, other: Dual<R, N>) -> Dual<R, N> {
        other * self
    }
}

impl<R: Number, const N: usize> Div<Dual<R, N>> for f64 {
    type Output = Dual<R, N>;
    #[inline(always)]
    fn div(self, other: Dual<R, N>) -> Dual<R, N> {
        Dual::lit(self) / other
    }
}

/// By value, so that a program can branch on it.
impl<R: PartialEq, const N: usize> PartialEq for Dual<R, N> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// By value, so that a program can branch on it.
impl<R: PartialOrd, const N: usize> PartialOrd for Dual<R, N> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}
