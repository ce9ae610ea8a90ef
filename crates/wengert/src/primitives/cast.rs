//! Changing the dtype.

use wengert_array::{Array, DType};

use crate::apply::apply_one;
use crate::error::Result;
use crate::prim::{Mask, Outs, Prim, Primitive, Saved, Spec};
use crate::tensor::Tensor;

/// The same values in another dtype. Between floating dtypes it is linear; to an integer or bool no gradient passes,
/// because the result cannot carry one.
#[derive(Debug)]
pub(crate) struct Cast {
    pub dtype: DType,
}

impl Primitive for Cast {
    fn name(&self) -> &str {
        "cast"
    }

    fn parameters(&self) -> String {
        format!("dtype={}", self.dtype)
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        Ok(Outs::One(Spec::new(self.dtype, inputs[0].shape.clone())))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(inputs[0].try_cast(self.dtype)?))
    }

    fn linear(&self) -> bool {
        true
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        _: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        if let Some(g) = &cotangents[0] {
            into[0] = Some(cast(g, saved.input_dtype(0).unwrap_or(g.dtype()))?);
        }
        Ok(())
    }

    fn batch(&self, this: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        Ok((Outs::One(apply_one(this, &[&inputs[0]])?), axes[0].unwrap_or(0)))
    }
}

/// `x` in another dtype; `x` itself if it has that dtype.
#[track_caller]
pub(crate) fn cast(x: &Tensor, dtype: DType) -> Result<Tensor> {
    if x.dtype() == dtype {
        return Ok(x.clone());
    }
    apply_one(&Prim::new(Cast { dtype }), &[x])
}
