//! Order along an axis. Values differentiate: each is one of the input's elements. Positions are integers.

use wengert_array::{Array, DType, Error as ArrayError, sort};

use crate::apply::{apply, apply_one};
use crate::error::Result;
use crate::prim::{Mask, Outs, Prim, Primitive, Residuals, Saved, Spec};
use crate::primitives::index::{Add, Place, Read};
use crate::primitives::shape::lazy_zeros;
use crate::tensor::Tensor;

/// The elements along an axis in order, and their positions: all of them, or the first `k`.
#[derive(Debug)]
pub(crate) struct Ordered {
    pub axis: usize,
    pub descending: bool,
    /// How many are wanted; all if it is `None`.
    pub k: Option<usize>,
}

fn length(op: &'static str, axis: usize, spec: &Spec) -> Result<usize> {
    match spec.shape.get(axis) {
        Some(&len) => Ok(len),
        None => Err(ArrayError::axis(op, axis as isize, spec.shape.len()).into()),
    }
}

impl Primitive for Ordered {
    fn name(&self) -> &str {
        if self.k.is_some() { "topk" } else { "sort" }
    }

    fn parameters(&self) -> String {
        match self.k {
            Some(k) => format!("k={k}, axis={}, largest={}", self.axis, self.descending),
            None => format!("axis={}, descending={}", self.axis, self.descending),
        }
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        let op = if self.k.is_some() { "topk" } else { "sort" };
        let len = length(op, self.axis, &inputs[0])?;
        let k = self.k.unwrap_or(len);
        let mut shape = inputs[0].shape.clone();
        if k > len {
            let detail = format!("asked for {k} elements, but axis {} of shape {shape} has {len}", self.axis);
            return Err(ArrayError::argument(op, detail).into());
        }
        shape[self.axis] = k;
        Ok(Outs::Two([Spec::new(inputs[0].dtype, shape.clone()), Spec::new(DType::I64, shape)]))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        let k = self.k.unwrap_or(inputs[0].shape()[self.axis]);
        let (values, positions) = sort::topk(inputs[0], k, self.axis, self.descending)?;
        Ok(Outs::Two([values, positions]))
    }

    fn jvp(
        &self,
        _: &Prim,
        _: &[Tensor],
        outputs: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        let Some(t) = &tangents[0] else { return Ok(Outs::Two([None, None])) };
        let read = Prim::new(Read(Place::Gather { axis: self.axis }));
        Ok(Outs::Two([Some(apply_one(&read, &[t, &outputs[1]])?), None]))
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
            let zeros = lazy_zeros(g.dtype(), saved.input_shape(0))?;
            let add = Prim::new(Add(Place::Gather { axis: self.axis }));
            into[0] = Some(apply_one(&add, &[&zeros, g, saved.output(1)?])?);
        }
        Ok(())
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let batch = axes[0].unwrap_or(0);
        let axis = self.axis + usize::from(self.axis >= batch);
        let whole = Prim::new(Ordered { axis, descending: self.descending, k: self.k });
        Ok((apply(&whole, &[&inputs[0]])?, batch))
    }

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals::outputs(&[1])
    }
}

/// The positions along an axis that put the elements in order.
#[derive(Debug)]
pub(crate) struct Argsort {
    pub axis: usize,
    pub descending: bool,
}

impl Primitive for Argsort {
    fn name(&self) -> &str {
        "argsort"
    }

    fn parameters(&self) -> String {
        format!("axis={}, descending={}", self.axis, self.descending)
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        length("argsort", self.axis, &inputs[0])?;
        Ok(Outs::One(Spec::new(DType::I64, inputs[0].shape.clone())))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(sort::argsort(inputs[0], self.axis, self.descending)?))
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let batch = axes[0].unwrap_or(0);
        let whole =
            Prim::new(Argsort { axis: self.axis + usize::from(self.axis >= batch), descending: self.descending });
        Ok((Outs::One(apply_one(&whole, &[&inputs[0]])?), batch))
    }
}
