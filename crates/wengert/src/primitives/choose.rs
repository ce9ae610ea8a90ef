//! Reductions whose results are not numbers to differentiate: positions and truth values.

use wengert_array::{Array, DType, Error as ArrayError, Shape, reduce};

use crate::apply::apply_one;
use crate::error::Result;
use crate::prim::{Outs, Prim, Primitive, Spec};
use crate::primitives::reduce::Over;
use crate::tensor::Tensor;

/// The position of the largest (or smallest) element along an axis.
#[derive(Debug)]
pub(crate) struct ArgExtreme {
    pub axis: usize,
    pub keepdims: bool,
    pub min: bool,
}

impl Primitive for ArgExtreme {
    fn name(&self) -> &str {
        if self.min { "argmin" } else { "argmax" }
    }

    fn parameters(&self) -> String {
        format!("axis={}, keepdims={}", self.axis, self.keepdims)
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        let op = if self.min { "argmin" } else { "argmax" };
        let shape = &inputs[0].shape;
        let Some(&len) = shape.get(self.axis) else {
            return Err(ArrayError::axis(op, self.axis as isize, shape.len()).into());
        };
        let mut out = Shape::from(&shape[..]);
        if self.keepdims {
            out[self.axis] = 1;
        } else {
            out.remove(self.axis);
        }
        if len == 0 && out.iter().all(|&len| len > 0) {
            let detail = format!("a tensor of shape {shape} has no elements along axis {} to choose from", self.axis);
            return Err(ArrayError::shape(op, detail, "check is_empty() first, or give it at least one element").into());
        }
        Ok(Outs::One(Spec::new(DType::I64, out)))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        let chosen = if self.min { reduce::argmin } else { reduce::argmax };
        Ok(Outs::One(chosen(inputs[0], Some(self.axis), self.keepdims)?))
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let batch = axes[0].unwrap_or(0);
        let axis = self.axis + usize::from(self.axis >= batch);
        let whole = Prim::new(ArgExtreme { axis, keepdims: self.keepdims, min: self.min });
        let gone = usize::from(!self.keepdims && axis < batch);
        Ok((Outs::One(apply_one(&whole, &[&inputs[0]])?), batch - gone))
    }
}

/// Whether any element, or all of them, are true (not 0).
#[derive(Debug)]
pub(crate) struct Truth {
    pub over: Over,
    pub all: bool,
}

impl Primitive for Truth {
    fn name(&self) -> &str {
        if self.all { "all" } else { "any" }
    }

    fn parameters(&self) -> String {
        self.over.text()
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        Ok(Outs::One(Spec::new(DType::Bool, self.over.output(&inputs[0].shape)?)))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        let reduced = if self.all { reduce::all } else { reduce::any };
        Ok(Outs::One(reduced(inputs[0], &self.over.axes, self.over.keepdims)?))
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let (over, out) = self.over.batched(axes[0]);
        Ok((Outs::One(apply_one(&Prim::new(Truth { over, all: self.all }), &[&inputs[0]])?), out))
    }
}
