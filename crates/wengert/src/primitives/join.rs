//! Primitives that join and move elements: concatenate, roll, the triangles of a matrix.

use wengert_array::{Array, Error as ArrayError, SliceSpec, join};

use crate::apply::apply_one;
use crate::error::Result;
use crate::prim::{Mask, Outs, Prim, Primitive, Saved, Spec};
use crate::primitives::index::{Place, Read};
use crate::primitives::shape::{batch_size, to_front};
use crate::tensor::Tensor;

/// The inputs one after the other along an axis that they have.
#[derive(Debug)]
pub(crate) struct Concatenate {
    pub axis: usize,
}

impl Primitive for Concatenate {
    fn name(&self) -> &str {
        "concatenate"
    }

    fn parameters(&self) -> String {
        format!("axis={}", self.axis)
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        let axis = self.axis;
        let Some(first) = inputs.first() else {
            return Err(ArrayError::argument("concatenate", "needs at least one tensor, but the list is empty").into());
        };
        if first.shape.is_empty() {
            return Err(ArrayError::shape(
                "concatenate",
                "tensor 0 is a single number: it has no axis to join along",
                "use stack, which makes a new axis",
            )
            .into());
        }
        if axis >= first.shape.len() {
            return Err(ArrayError::axis("concatenate", axis as isize, first.shape.len()).into());
        }
        let mut shape = first.shape.clone();
        shape[axis] = 0;
        for (i, input) in inputs.iter().enumerate() {
            let alike = input.shape.len() == shape.len()
                && (0..shape.len()).all(|d| d == axis || input.shape[d] == first.shape[d]);
            if !alike {
                return Err(ArrayError::shape(
                    "concatenate",
                    format!("tensor 0 has shape {} and tensor {i} {}", first.shape, input.shape),
                    format!("along axis {axis} all other axes must have the same length"),
                )
                .into());
            }
            if input.dtype != first.dtype {
                return Err(ArrayError::dtype(
                    "concatenate",
                    format!("tensor 0 is {} and tensor {i} {}", first.dtype, input.dtype),
                    "cast them to the same dtype first, with to_dtype",
                )
                .into());
            }
            shape[axis] = shape[axis].saturating_add(input.shape[axis]);
        }
        shape.elements()?;
        Ok(Outs::One(Spec::new(first.dtype, shape)))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(join::concatenate(inputs, self.axis)?))
    }

    fn linear(&self) -> bool {
        true
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        wanted: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        let Some(g) = &cotangents[0] else { return Ok(()) };
        let mut start = 0;
        for (i, cotangent) in into.iter_mut().enumerate() {
            let len = saved.input_shape(i)[self.axis];
            if wanted.has(i) {
                *cotangent = Some(part(g, self.axis, start, len)?);
            }
            start += len;
        }
        Ok(())
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let size = batch_size(inputs, axes);
        let mut moved = Vec::with_capacity(inputs.len());
        for (input, &axis) in inputs.iter().zip(axes) {
            moved.push(to_front(input, axis, size)?);
        }
        let moved: Vec<&Tensor> = moved.iter().collect();
        Ok((Outs::One(apply_one(&Prim::new(Concatenate { axis: self.axis + 1 }), &moved)?), 0))
    }
}

/// `len` entries of one axis from `start` on.
#[track_caller]
pub(crate) fn part(x: &Tensor, axis: usize, start: usize, len: usize) -> Result<Tensor> {
    let mut specs: Vec<SliceSpec> = x.shape().iter().map(|&len| SliceSpec::full(len)).collect();
    specs[axis] = SliceSpec { start: if len == 0 { 0 } else { start }, len, step: 1 };
    apply_one(&Prim::new(Read(Place::Slice(specs))), &[x])
}

/// The elements moved along an axis by `shift` places, those that leave it at one end entering at the other.
#[derive(Debug)]
pub(crate) struct Roll {
    pub shift: isize,
    pub axis: usize,
}

impl Primitive for Roll {
    fn name(&self) -> &str {
        "roll"
    }

    fn parameters(&self) -> String {
        format!("shift={}, axis={}", self.shift, self.axis)
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        if self.axis >= inputs[0].shape.len() {
            return Err(ArrayError::axis("roll", self.axis as isize, inputs[0].shape.len()).into());
        }
        Ok(Outs::One(inputs[0].clone()))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(join::roll(inputs[0], self.shift, self.axis)?))
    }

    fn linear(&self) -> bool {
        true
    }

    fn vjp(
        &self,
        _: &Prim,
        _: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        _: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        if let Some(g) = &cotangents[0] {
            let back = Roll { shift: self.shift.wrapping_neg(), axis: self.axis };
            into[0] = Some(apply_one(&Prim::new(back), &[g])?);
        }
        Ok(())
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let batch = axes[0].unwrap_or(0);
        let whole = Roll { shift: self.shift, axis: self.axis + usize::from(self.axis >= batch) };
        Ok((Outs::One(apply_one(&Prim::new(whole), &[&inputs[0]])?), batch))
    }
}

/// The lower or upper triangle of the matrices in the last two axes; the other elements become zero.
#[derive(Debug)]
pub(crate) struct Triangle {
    pub upper: bool,
    pub diagonal: isize,
}

impl Primitive for Triangle {
    fn name(&self) -> &str {
        if self.upper { "triu" } else { "tril" }
    }

    fn parameters(&self) -> String {
        format!("diagonal={}", self.diagonal)
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        if inputs[0].shape.len() < 2 {
            let detail = format!("needs a matrix, but the tensor has shape {}", inputs[0].shape);
            return Err(ArrayError::argument(self.name().to_owned(), detail).into());
        }
        Ok(Outs::One(inputs[0].clone()))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        let triangle = if self.upper { join::triu } else { join::tril };
        Ok(Outs::One(triangle(inputs[0], self.diagonal)?))
    }

    fn linear(&self) -> bool {
        true
    }

    fn vjp(
        &self,
        this: &Prim,
        _: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        _: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        if let Some(g) = &cotangents[0] {
            into[0] = Some(apply_one(this, &[g])?);
        }
        Ok(())
    }

    fn batch(&self, this: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let x = to_front(&inputs[0], axes[0], batch_size(inputs, axes))?;
        Ok((Outs::One(apply_one(this, &[&x])?), 0))
    }
}
