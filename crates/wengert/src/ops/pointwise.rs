//! Pointwise functions: one method for each row of the table.

use std::collections::HashMap;
use std::panic::Location;
use std::sync::{LazyLock, Mutex};

use wengert_array::{DType, pointwise, promote};
use wengert_scalar::{Expr, Number, Row, Sym};

use super::operators::Operand;
use crate::apply::apply_one;
use crate::error::{Error, Result};
use crate::in_place::replace;
use crate::node::lock;
use crate::prim::{Outs, Prim};
use crate::primitives::pointwise::{Pointwise, row, takes_integers};
use crate::tensor::{Repr, Tensor};
use crate::twins::twins;

/// The dtype in which a row computes, given its inputs' common dtype.
fn working(of: Row, dtype: DType) -> DType {
    if dtype.is_float() || takes_integers(of) { dtype } else { DType::F64 }
}

#[track_caller]
#[inline]
pub(crate) fn unary(of: Row, x: &Tensor) -> Result<Tensor> {
    let dtype = x.dtype();
    let working = working(of, dtype);
    if working == dtype {
        return apply_one(&row(of), &[x]);
    }
    apply_one(&row(of), &[&x.try_to_dtype(working)?])
}

#[track_caller]
#[inline]
pub(crate) fn binary(of: Row, a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let (left, right) = (a.dtype(), b.dtype());
    if left == right && left.is_float() {
        return apply_one(&row(of), &[a, b]);
    }
    let working = working(of, promote(left, right));
    apply_one(&row(of), &[&a.try_to_dtype(working)?, &b.try_to_dtype(working)?])
}

/// How many primitives with literals are kept for the next use.
const KEPT: usize = 1024;

/// A row some of whose inputs are literals: the primitive is made once for each set of literals, so
/// that its derivative is worked out once too.
fn with_literals(of: Row, literals: &[f64]) -> Prim {
    type Key = (Row, [u64; 2]);
    static MADE: LazyLock<Mutex<HashMap<Key, Prim>>> = LazyLock::new(Mutex::default);
    let bits = |i: usize| literals.get(i).map_or(0, |literal| literal.to_bits());
    let key = (of, [bits(0), bits(1)]);
    let mut made = lock(&MADE);
    if let Some(prim) = made.get(&key) {
        return prim.clone();
    }
    let expr = Expr::build(1, |x| {
        let mut operands = vec![x[0]];
        operands.extend(literals.iter().map(|&literal| <Sym as Number>::lit(literal)));
        vec![Number::row(of, &operands)]
    });
    let prim = Prim::new(Pointwise::new(of.name(), expr));
    if made.len() >= KEPT {
        made.clear();
    }
    made.insert(key, prim.clone());
    prim
}

/// Powers by small integers, the commonest.
static POWERS: LazyLock<Vec<Pointwise>> = LazyLock::new(|| {
    (SMALLEST_POWER..=LARGEST_POWER)
        .map(|n| {
            Pointwise::new("pow", Expr::build(1, |x| vec![Number::row(Row::Pow, &[x[0], Number::lit(f64::from(n))])]))
        })
        .collect()
});
const SMALLEST_POWER: i32 = -4;
const LARGEST_POWER: i32 = 8;

/// The values as they are.
static CLONE: LazyLock<Pointwise> = LazyLock::new(|| Pointwise::new("clone", Expr::build(1, |x| vec![x[0]])));

macro_rules! unary_methods {
    ($($(#[$doc:meta])* $name:ident $try_name:ident $row:ident;)+) => {
        impl Tensor {
            twins! {$(
                $(#[$doc])*
                pub fn $name / $try_name(&self) -> Tensor {
                    unary(Row::$row, self)
                }
            )+}
        }
    };
}

unary_methods! {
    /// eˣ, elementwise.
    exp try_exp Exp;
    /// 2ˣ, elementwise.
    exp2 try_exp2 Exp2;
    /// eˣ − 1, accurate near 0.
    expm1 try_expm1 Expm1;
    /// The natural logarithm, elementwise.
    log try_log Log;
    /// The logarithm to base 2.
    log2 try_log2 Log2;
    /// The logarithm to base 10.
    log10 try_log10 Log10;
    /// log(1 + x), accurate near 0.
    log1p try_log1p Log1p;
    /// The square root, elementwise. Its slope at 0 is infinite.
    sqrt try_sqrt Sqrt;
    /// 1/√x.
    rsqrt try_rsqrt Rsqrt;
    /// The cube root.
    cbrt try_cbrt Cbrt;
    /// 1/x.
    reciprocal try_reciprocal Reciprocal;
    /// The sine, of radians.
    sin try_sin Sin;
    /// The cosine, of radians.
    cos try_cos Cos;
    /// The tangent, of radians.
    tan try_tan Tan;
    /// The inverse sine, in radians.
    asin try_asin Asin;
    /// The inverse cosine, in radians.
    acos try_acos Acos;
    /// The inverse tangent, in radians.
    atan try_atan Atan;
    /// The hyperbolic sine.
    sinh try_sinh Sinh;
    /// The hyperbolic cosine.
    cosh try_cosh Cosh;
    /// The hyperbolic tangent.
    tanh try_tanh Tanh;
    /// The inverse hyperbolic sine.
    asinh try_asinh Asinh;
    /// The inverse hyperbolic cosine.
    acosh try_acosh Acosh;
    /// The inverse hyperbolic tangent.
    atanh try_atanh Atanh;
    /// The absolute value; slope 0 at 0.
    abs try_abs Abs;
    /// −1, 0 or 1.
    sign try_sign Sign;
    /// The largest integer not above.
    floor try_floor Floor;
    /// The smallest integer not below.
    ceil try_ceil Ceil;
    /// The nearest integer, ties to the even one.
    round try_round Round;
    /// The integer part.
    trunc try_trunc Trunc;
    /// x².
    square try_square Square;
    /// 1/(1 + e⁻ˣ).
    sigmoid try_sigmoid Sigmoid;
    /// log σ(x), stable at both ends.
    log_sigmoid try_log_sigmoid LogSigmoid;
    /// log(1 + eˣ), stable at both ends.
    softplus try_softplus Softplus;
    /// max(x, 0); slope 0 at 0.
    relu try_relu Relu;
    /// x·Φ(x), the Gaussian error linear unit, exact (Hendrycks and Gimpel, 2016).
    gelu try_gelu Gelu;
    /// The tanh approximation of [`gelu`](Tensor::gelu).
    gelu_tanh try_gelu_tanh GeluTanh;
    /// x·σ(x), also called swish.
    silu try_silu Silu;
    /// The error function.
    erf try_erf Erf;
    /// 1 − erf(x), accurate in the tail.
    erfc try_erfc Erfc;
    /// The inverse error function.
    erfinv try_erfinv Erfinv;
    /// log|Γ(x)|.
    lgamma try_lgamma Lgamma;
    /// The derivative of log Γ(x).
    digamma try_digamma Digamma;
    /// The second derivative of log Γ(x).
    trigamma try_trigamma Trigamma;
    /// sin(πx)/(πx).
    sinc try_sinc Sinc;
    /// Whether each element is NaN.
    is_nan try_is_nan IsNan;
    /// Whether each element is infinite.
    is_inf try_is_inf IsInf;
    /// Whether each element is finite.
    is_finite try_is_finite IsFinite;
    /// Logical not of each element.
    logical_not try_logical_not LogicalNot;
}

macro_rules! binary_methods {
    ($($(#[$doc:meta])* $name:ident $try_name:ident $row:ident;)+) => {
        impl Tensor {
            twins! {$(
                $(#[$doc])*
                pub fn $name / $try_name(&self, other: impl Operand) -> Tensor {
                    binary(Row::$row, self, &other.beside(self))
                }
            )+}
        }
    };
}

binary_methods! {
    /// The angle of the point (`other`, `self`), in radians.
    atan2 try_atan2 Atan2;
    /// The larger of each pair; half of the gradient to each at a tie. NaN wins.
    maximum try_maximum Maximum;
    /// The smaller of each pair; half of the gradient to each at a tie. NaN wins.
    minimum try_minimum Minimum;
    /// √(a² + b²) without overflow; slope 0 at the origin.
    hypot try_hypot Hypot;
    /// log(eᵃ + eᵇ) without overflow.
    logaddexp try_logaddexp Logaddexp;
    /// a·log b, 0 where a is 0.
    xlogy try_xlogy Xlogy;
    /// The magnitude of `self` with the sign of `other`.
    copysign try_copysign Copysign;
    /// The remainder with the sign of the divisor, as in NumPy and Python.
    remainder try_remainder Remainder;
    /// The quotient rounded down.
    floor_divide try_floor_divide FloorDivide;
    /// Whether the elements are equal.
    eq try_eq Eq;
    /// Whether the elements differ.
    ne try_ne Ne;
    /// Whether each element is less.
    lt try_lt Lt;
    /// Whether each element is less or equal.
    le try_le Le;
    /// Whether each element is greater.
    gt try_gt Gt;
    /// Whether each element is greater or equal.
    ge try_ge Ge;
    /// Logical and.
    logical_and try_logical_and LogicalAnd;
    /// Logical or.
    logical_or try_logical_or LogicalOr;
    /// Logical exclusive or.
    logical_xor try_logical_xor LogicalXor;
}

impl Tensor {
    twins! {
        /// The elements to an integer power.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from(3.0).powi(2).item(), 9.0);
        /// ```
        pub fn powi / try_powi(&self, exponent: i32) -> Tensor {
            match exponent {
                SMALLEST_POWER..=LARGEST_POWER => {
                    let prim = Prim::Static(&POWERS[(exponent - SMALLEST_POWER) as usize]);
                    apply_one(&prim, &[self])
                }
                _ => apply_one(&with_literals(Row::Pow, &[f64::from(exponent)]), &[self]),
            }
        }

        /// The elements to a power that is a number.
        pub fn powf / try_powf(&self, exponent: f64) -> Tensor {
            if exponent.fract() == 0.0 && exponent.abs() < f64::from(i32::MAX) {
                return self.try_powi(exponent as i32);
            }
            let base = self.try_to_dtype(working(Row::Exp, self.dtype()))?;
            apply_one(&with_literals(Row::Pow, &[exponent]), &[&base])
        }

        /// The elements to a power: a number, or elementwise a tensor. The slope towards the exponent is
        /// 0 where the base is not positive.
        pub fn pow / try_pow(&self, exponent: impl Operand) -> Tensor {
            match exponent.literal() {
                Some(exponent) => self.try_powf(exponent),
                None => binary(Row::Pow, self, &exponent.beside(self)),
            }
        }

        /// The same values in memory of their own, which the gradient passes unchanged. (A clone of the tensor shares its
        /// memory, which nobody can tell but whoever else sees that memory.)
        pub fn copy / try_copy(&self) -> Tensor {
            apply_one(&Prim::Static(&*CLONE), &[self])
        }

        /// The remainder with the sign of the dividend, as in C and Rust.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([-7.0, 7.0]).fmod(3.0).to_vec::<f64>(), [-1.0, 1.0]);
        /// ```
        pub fn fmod / try_fmod(&self, divisor: impl Operand) -> Tensor {
            let divisor = divisor.beside(self).try_abs()?;
            let negative = self.try_lt(0)?;
            let rest = negative.try_select(unary(Row::Neg, self)?, self)?.try_remainder(&divisor)?;
            negative.try_select(unary(Row::Neg, &rest)?, &rest)
        }

        /// The elements limited to the interval from `low` to `high`; the slope is 1 inside and 0 at and
        /// beyond the bounds. An infinite bound does not limit.
        pub fn clamp / try_clamp(&self, low: f64, high: f64) -> Tensor {
            apply_one(&with_literals(Row::Clamp, &[low, high]), &[self])
        }

        /// The derivative of order `order` of the [`digamma`](Tensor::digamma) function.
        pub fn polygamma / try_polygamma(&self, order: u32) -> Tensor {
            let base = self.try_to_dtype(working(Row::Exp, self.dtype()))?;
            let order = f64::from(order);
            let expr = Expr::build(1, |x| vec![Number::row(Row::Polygamma, &[Number::lit(order), x[0]])]);
            apply_one(&Prim::new(Pointwise::new("polygamma", expr)), &[&base])
        }

        /// Where `self` is true the element of `yes`, elsewhere that of `no`. The gradient goes to the
        /// chosen one only: the other branch, even if it is NaN or infinite there, contributes nothing.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([-1.0, 4.0]);
        /// let g = grad(|x: &Tensor| x.gt(0.0).select(x.sqrt(), 0.0).sum());
        /// assert_eq!(g(&x).to_vec::<f64>(), [0.0, 0.25]);
        /// ```
        pub fn select / try_select(&self, yes: impl Operand, no: impl Operand) -> Tensor {
            // A number takes the dtype of the other branch, which may be a tensor.
            let dtype_of = |branch: Option<f64>, tensor: Option<DType>| match (branch, tensor) {
                (None, Some(dtype)) => Some(dtype),
                _ => None,
            };
            let plain = Tensor::from(0.0);
            let (yes_literal, no_literal) = (yes.literal(), no.literal());
            let first = yes.beside(&plain);
            let second = no.beside(&plain);
            let first_dtype = dtype_of(yes_literal, Some(first.dtype()));
            let second_dtype = dtype_of(no_literal, Some(second.dtype()));
            let common = match (first_dtype, second_dtype) {
                (Some(a), Some(b)) => promote(a, b),
                (Some(a), None) | (None, Some(a)) => a,
                (None, None) => DType::F64,
            };
            let mask = if self.dtype() == DType::Bool { self.clone() } else { self.try_ne(0)? };
            apply_one(&row(Row::Select), &[&mask, &first.try_to_dtype(common)?, &second.try_to_dtype(common)?])
        }
    }

    /// Puts `value`, broadcast and cast, in the place of this tensor. A leaf that requires grad stays
    /// that leaf: this is the update of a parameter, to be done inside [`no_grad`](crate::no_grad).
    ///
    /// # Errors
    /// If `value` does not broadcast to the shape, or the tensor is a leaf that requires grad and
    /// recording is on.
    #[track_caller]
    pub fn assign(&mut self, value: impl Operand) -> Result<()> {
        let value = value.beside(self).try_broadcast_to(self.shape())?;
        replace(self, value, "assign")
    }

    /// The sum of two cotangents of one shape; memory that nobody else holds is used again.
    pub(crate) fn try_accumulate(self, more: Tensor) -> Result<Tensor> {
        match (self.0, more.0) {
            (Repr::Array(a), Repr::Array(b)) if a.shape() == b.shape() && a.dtype() == b.dtype() && a.ndim() > 0 => {
                static ADD: LazyLock<Expr> = LazyLock::new(|| Expr::row(Row::Add));
                let sum = pointwise::evaluate_owned(&ADD, smallvec::smallvec![a, b])?;
                Outs::from_iter(sum.into_iter().map(Tensor::from))
                    .single()
                    .ok_or_else(|| Error::argument("add", "has no result"))
            }
            (a, b) => Tensor(a).try_add(Tensor(b)),
        }
    }

    /// A row of the table by itself: `Tensor::row(Row::Sin, &[&x])` is `x.sin()`.
    ///
    /// # Errors
    /// If the row takes another number of inputs, or the shapes do not broadcast together.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// use wengert::scalar::Row;
    /// let x = Tensor::from([4.0, 9.0]);
    /// assert_eq!(Tensor::row(Row::Sqrt, &[&x])?.to_vec::<f64>(), [2.0, 3.0]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[track_caller]
    pub fn row(of: Row, inputs: &[&Tensor]) -> Result<Tensor> {
        match *inputs {
            [x] if of.arity() == 1 => unary(of, x),
            [a, b] if of.arity() == 2 => binary(of, a, b),
            [mask, a, b] if of == Row::Select => mask.try_select(a, b),
            [_, _, _] if of.arity() == 3 => apply_one(&row(of), inputs),
            _ => Err(Error::argument(of.name(), format!("takes {} inputs, {} were given", of.arity(), inputs.len()))
                .or_at(Location::caller())),
        }
    }

    /// Applies a function of numbers to each element: an expression over the rows of the table, given
    /// as ordinary code over [`Number`], evaluated and differentiated as one fused step.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// use wengert::scalar::Number;
    /// let x = Tensor::from([0.0, 1.0]);
    /// let y = Tensor::pointwise("gaussian", &[&x], |v| (-(v[0] * v[0])).exp())?;
    /// assert_eq!(y.to_vec::<f64>(), [1.0, (-1.0_f64).exp()]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the shapes do not broadcast together, or the dtypes differ.
    #[track_caller]
    pub fn pointwise(name: &'static str, inputs: &[&Tensor], f: impl FnOnce(&[Sym]) -> Sym) -> Result<Tensor> {
        if inputs.is_empty() {
            return Err(Error::argument(name, "needs at least one input").or_at(Location::caller()));
        }
        let expr = Expr::build(inputs.len(), |x| vec![f(x)]);
        apply_one(&Prim::new(Pointwise::new(name, expr)), inputs)
    }
}
