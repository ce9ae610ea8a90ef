//! Softmax and its logarithm, each in one step that keeps nothing but its result.

use std::sync::LazyLock;

use wengert_array::{Array, Error as ArrayError, pointwise, reduce};
use wengert_scalar::{Expr, Number, Row, Sym};

use crate::apply::apply_one;
use crate::error::Result;
use crate::prim::{Mask, Outs, Prim, Primitive, Residuals, Saved, Spec};
use crate::primitives::pointwise::{Pointwise, row};
use crate::tensor::Tensor;

/// exp(x)/Σ exp(x) along an axis, or the logarithm of it.
#[derive(Debug)]
pub(crate) struct Softmax {
    pub axis: usize,
    pub log: bool,
}

/// x − m, m being the largest of x; x itself where m is infinite.
fn shifted(x: Sym, m: Sym) -> Sym {
    let finite = Number::row(Row::IsFinite, &[m]);
    x - Number::row(Row::Select, &[finite, m, Number::lit(0.0)])
}

static EXP: LazyLock<Expr> = LazyLock::new(|| Expr::build(2, |x| vec![Number::row(Row::Exp, &[shifted(x[0], x[1])])]));
static DIVIDE: LazyLock<Expr> = LazyLock::new(|| Expr::row(Row::Div));
static LOG: LazyLock<Expr> =
    LazyLock::new(|| Expr::build(3, |x| vec![shifted(x[0], x[1]) - Number::row(Row::Log, &[x[2]])]));

/// y·(t − s): the slope of softmax, s being Σ y·t.
static SLOPE: LazyLock<Pointwise> =
    LazyLock::new(|| Pointwise::new("softmax'", Expr::build(3, |x| vec![x[0] * (x[1] - x[2])])));
/// g − exp(y)·s: the slope of its logarithm, transposed, s being Σ g.
static LOG_SLOPE: LazyLock<Pointwise> = LazyLock::new(|| {
    Pointwise::new("log_softmax'", Expr::build(3, |x| vec![x[1] - Number::row(Row::Exp, &[x[0]]) * x[2]]))
});

impl Softmax {
    /// The slope of softmax, which is symmetric, times `t`.
    fn slope(&self, y: &Tensor, t: &Tensor) -> Result<Tensor> {
        let weighted = apply_one(&row(Row::Mul), &[y, t])?;
        let sum = weighted.try_sum_axes(self.axis, true)?;
        apply_one(&Prim::Static(&*SLOPE), &[y, t, &sum])
    }
}

impl Primitive for Softmax {
    fn name(&self) -> &str {
        if self.log { "log_softmax" } else { "softmax" }
    }

    fn parameters(&self) -> String {
        format!("axis={}", self.axis)
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        let Spec { dtype, shape } = &inputs[0];
        if self.axis >= shape.len() {
            return Err(ArrayError::axis(self.name().to_owned(), self.axis as isize, shape.len()).into());
        }
        if !dtype.is_float() {
            let detail = format!("needs floating point numbers, got {dtype}");
            return Err(ArrayError::dtype(self.name().to_owned(), detail, "cast first: x.to_dtype(DType::F64)").into());
        }
        Ok(Outs::One(inputs[0].clone()))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        let x = inputs[0];
        if x.is_empty() {
            return Ok(Outs::One(x.clone()));
        }
        let largest = reduce::max(x, &[self.axis], true)?;
        let exp = pointwise::evaluate_one(&EXP, &[x, &largest])?;
        let sum = reduce::sum(&exp, &[self.axis], true)?;
        Ok(Outs::One(if self.log {
            pointwise::evaluate_one(&LOG, &[x, &largest, &sum])?
        } else {
            pointwise::evaluate_one(&DIVIDE, &[&exp, &sum])?
        }))
    }

    fn jvp(
        &self,
        _: &Prim,
        _: &[Tensor],
        outputs: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        let (Some(t), y) = (&tangents[0], &outputs[0]) else { return Ok(Outs::One(None)) };
        if !self.log {
            return Ok(Outs::One(Some(self.slope(y, t)?)));
        }
        let weighted = apply_one(&row(Row::Mul), &[&y.try_exp()?, t])?;
        let sum = weighted.try_sum_axes(self.axis, true)?;
        Ok(Outs::One(Some(apply_one(&row(Row::Sub), &[t, &sum])?)))
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        _: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        let Some(g) = &cotangents[0] else { return Ok(()) };
        let y = saved.output(0)?;
        into[0] = Some(if self.log {
            let sum = g.try_sum_axes(self.axis, true)?;
            apply_one(&Prim::Static(&*LOG_SLOPE), &[y, g, &sum])?
        } else {
            self.slope(y, g)?
        });
        Ok(())
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let batch = axes[0].unwrap_or(0);
        let whole = Prim::new(Softmax { axis: self.axis + usize::from(self.axis >= batch), log: self.log });
        Ok((Outs::One(apply_one(&whole, &[&inputs[0]])?), batch))
    }

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals::outputs(&[0])
    }
}
