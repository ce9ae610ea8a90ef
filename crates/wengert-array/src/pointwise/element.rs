//! What the loops need of an element type: its kernels, its literals, and which rows it takes.

use super::integer;
use crate::{DType, Element, Error, Result};
use wengert_scalar::kernels::{self, Operand};
use wengert_scalar::{Expr, Op, Row};

/// An element type that expressions are computed in. Truth values are 0 and 1; `bool` arrays are computed as `u8`.
pub(super) trait Compute: Element {
    /// A constant of the expression.
    fn lit(v: f64) -> Self;
    /// One row over a block; operands and `out` do not overlap and have equal lengths.
    fn apply(row: Row, x: &[Operand<'_, Self>], out: &mut [Self]);
    /// One row at one point, bitwise as `apply`.
    fn number(row: Row, x: &[Self]) -> Self;
    /// Truth values as they are, where a byte is an element.
    #[inline(always)]
    fn bytes(_: &[u8]) -> Option<&[Self]> {
        None
    }
}

impl Compute for f64 {
    #[inline(always)]
    fn lit(v: f64) -> f64 {
        v
    }
    #[inline(always)]
    fn apply(row: Row, x: &[Operand<'_, f64>], out: &mut [f64]) {
        kernels::apply(row, x, out);
    }
    #[inline(always)]
    fn number(row: Row, x: &[f64]) -> f64 {
        row.eval_f64(x)
    }
}

impl Compute for f32 {
    #[inline(always)]
    fn lit(v: f64) -> f32 {
        v as f32
    }
    #[inline(always)]
    fn apply(row: Row, x: &[Operand<'_, f32>], out: &mut [f32]) {
        kernels::apply(row, x, out);
    }
    #[inline(always)]
    fn number(row: Row, x: &[f32]) -> f32 {
        row.eval_f32(x)
    }
}

macro_rules! integers {
    ($($t:ident $(($same:path))?)*) => {$(
        impl Compute for $t {
            #[inline(always)]
            fn lit(v: f64) -> $t {
                v as $t
            }
            #[inline(always)]
            fn apply(row: Row, x: &[Operand<'_, $t>], out: &mut [$t]) {
                integer::apply(row, x, out);
            }
            #[inline(always)]
            fn number(row: Row, x: &[$t]) -> $t {
                integer::number(row, x)
            }
            $(
                #[inline(always)]
                fn bytes(bytes: &[u8]) -> Option<&[u8]> {
                    Some($same(bytes))
                }
            )?
        }
    )*};
}

integers!(u8(std::convert::identity) i32 i64);

/// The row that computes on truth values what `row` means for them: sum is "or", product is "and".
#[inline(always)]
pub(super) fn boolean(row: Row) -> Row {
    match row {
        Row::Add => Row::LogicalOr,
        Row::Mul => Row::LogicalAnd,
        other => other,
    }
}

fn takes(row: Row, dtype: DType) -> bool {
    if row.is_predicate() || matches!(row, Row::Add | Row::Mul | Row::Maximum | Row::Minimum | Row::Select) {
        return true;
    }
    dtype.is_integer()
        && matches!(
            row,
            Row::Neg
                | Row::Sub
                | Row::Scale
                | Row::Pow
                | Row::Abs
                | Row::Sign
                | Row::Floor
                | Row::Ceil
                | Row::Round
                | Row::Trunc
                | Row::Remainder
                | Row::FloorDivide
                | Row::Clamp
                | Row::Relu
                | Row::Square
        )
}

/// An error unless the expression can be computed in this dtype.
#[inline]
pub(super) fn check(expr: &Expr, dtype: DType, name: &str) -> Result<()> {
    if dtype.is_float() { Ok(()) } else { check_exact(expr, dtype, name) }
}

fn check_exact(expr: &Expr, dtype: DType, name: &str) -> Result<()> {
    for op in expr.ops() {
        match *op {
            Op::Row(row, _) if !takes(row, dtype) => {
                let (detail, hint) = if dtype == DType::Bool && takes(row, DType::I64) {
                    (
                        format!("{row} is not defined for bool"),
                        "write logical_not or logical_xor, or cast to int64 first",
                    )
                } else {
                    (format!("{row} of {dtype} is not an integer in general"), "cast to float64 or float32 first")
                };
                return Err(Error::dtype(name.to_owned(), detail, hint));
            }
            Op::Lit(v) if v.is_nan() || (v.is_finite() && v.fract() != 0.0) => {
                let detail = format!("the constant {v} is not an integer, but the inputs are {dtype}");
                return Err(Error::dtype(name.to_owned(), detail, "cast the inputs to float64 or float32 first"));
            }
            _ => {}
        }
    }
    Ok(())
}
