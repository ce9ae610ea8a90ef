//! The registry must be able to fail: a primitive with one mistake at a time, and the check that finds it.

use wengert_array::{Array, DType};

use super::checks::{Report, run};
use super::{Case, Dense, floats};
use crate::apply::apply_one;
use crate::error::Result;
use crate::prim::{Mask, Outs, Prim, Primitive, Residuals, Saved, Spec};
use crate::tensor::Tensor;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Flaw {
    None,
    /// Off by one part in a million.
    Value,
    /// Elements in the order of memory.
    Layout,
    /// The sign of the cotangent.
    Vjp,
    /// Off by one part in a million.
    Jvp,
    /// The cotangent is right but does not depend on the input.
    SecondOfReverse,
    /// The tangent is right but does not depend on the input.
    SecondOfForward,
    /// The elements of a batch in the opposite order.
    Batch,
    /// The batch axis is not where the rule says.
    BatchAxis,
    /// float64 whatever the input.
    DType,
    /// The cotangent is one number.
    CotangentShape,
}

/// x ↦ x², but for a flaw.
#[derive(Debug)]
struct Flawed(Flaw);

impl Flawed {
    fn slope(&self, x: &Tensor, t: &Tensor, constant: bool) -> Result<Tensor> {
        let x = if constant { x.stop_gradient() } else { x.clone() };
        x.try_mul(t)?.try_mul(2.0)
    }
}

impl Primitive for Flawed {
    fn name(&self) -> &str {
        "flawed"
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        let dtype = if self.0 == Flaw::DType { DType::F64 } else { inputs[0].dtype };
        Ok(Outs::One(Spec::new(dtype, inputs[0].shape.clone())))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        let wide = inputs[0].cast(DType::F64);
        let factor = if self.0 == Flaw::Value { 1.0 + 1e-6 } else { 1.0 };
        let mut squares: Vec<f64> = wide.to_vec::<f64>()?.iter().map(|x| factor * x * x).collect();
        if self.0 == Flaw::Layout && inputs[0].strides().iter().any(|&stride| stride < 0) {
            squares.reverse();
        }
        let dtype = if self.0 == Flaw::DType { DType::F64 } else { inputs[0].dtype() };
        Ok(Outs::One(Array::from_vec(squares, inputs[0].shape())?.cast(dtype)))
    }

    fn jvp(&self, _: &Prim, x: &[Tensor], _: &[Tensor], t: &[Option<Tensor>]) -> Result<Outs<Option<Tensor>>> {
        let Some(t) = &t[0] else { return Ok(Outs::One(None)) };
        let tangent = self.slope(&x[0], t, self.0 == Flaw::SecondOfForward)?;
        Ok(Outs::One(Some(if self.0 == Flaw::Jvp { tangent.try_mul(1.0 + 1e-6)? } else { tangent })))
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        g: &[Option<Tensor>],
        _: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        let Some(g) = &g[0] else { return Ok(()) };
        let cotangent = self.slope(saved.input(0)?, g, self.0 == Flaw::SecondOfReverse)?;
        into[0] = Some(match self.0 {
            Flaw::Vjp => cotangent.try_mul(-1.0)?,
            Flaw::CotangentShape => cotangent.try_sum()?,
            _ => cotangent,
        });
        Ok(())
    }

    fn batch(&self, this: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let axis = axes[0].unwrap_or(0);
        let out = apply_one(this, &[&inputs[0]])?;
        Ok(match self.0 {
            Flaw::Batch => (Outs::One(out.try_flip(axis)?), axis),
            Flaw::BatchAxis => (Outs::One(out), if axis == 0 { inputs[0].ndim() - 1 } else { axis - 1 }),
            _ => (Outs::One(out), axis),
        })
    }

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals::inputs(&[0])
    }
}

fn failures(flaw: Flaw) -> Vec<String> {
    let case = Case::new(
        "Flawed",
        "square",
        vec![floats(&[2, 3], -2.0, 2.0)],
        move |x| apply_one(&Prim::new(Flawed(flaw)), &[&x[0]]),
        |x| Dense { shape: vec![2, 3], values: x[0].values.iter().map(|x| x * x).collect() },
    );
    let mut report = Report::default();
    run(&case, &mut report);
    report.failures.into_iter().map(|(_, failure)| failure).collect()
}

#[test]
fn a_right_primitive_passes() {
    assert_eq!(failures(Flaw::None), Vec::<String>::new());
}

#[test]
fn every_flaw_is_found() {
    let found_by = [
        (Flaw::Value, "square Contiguous value:"),
        (Flaw::Layout, "square Reversed value:"),
        (Flaw::Vjp, "square Contiguous vjp against jvp:"),
        (Flaw::Jvp, "square Contiguous jvp:"),
        (Flaw::SecondOfReverse, "square Contiguous jvp of vjp:"),
        (Flaw::SecondOfForward, "square Contiguous vjp of jvp:"),
        (Flaw::Batch, "square Contiguous batch 1 at 0:"),
        (Flaw::BatchAxis, "square Contiguous batch 1 at 0"),
        (Flaw::DType, "square Contiguous f32 dtype:"),
        (Flaw::CotangentShape, "square Contiguous vjp:"),
    ];
    for (flaw, check) in found_by {
        let failures = failures(flaw);
        assert!(
            failures.iter().any(|failure| failure.starts_with(check)),
            "{flaw:?} is not found by {check:?} but {failures:?}"
        );
    }
}
