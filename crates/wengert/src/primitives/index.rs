//! Reading and writing by index: three primitives for all ways to say where.
//!
//! | where ([`Place`]) | [`Read`] | [`Add`] | [`Set`] |
//! |---|---|---|---|
//! | a slice of each axis | `slice` | `slice_add` | `slice_set` |
//! | one index array along one axis | `take` | `take_add` | `take_set` |
//! | an index for every element, along one axis | `gather` | `scatter_add` | `scatter_set` |
//! | one index array for each leading axis | `gather_nd` | `gather_nd_add` | `gather_nd_set` |
//!
//! Each is linear in what it reads and writes, and the adjoint of one is another: adding is the adjoint of reading.
//! Index arrays are inputs, so they can be batched and traced; being integers, they get no cotangents.

mod batch;
mod place;

use wengert_array::{Array, DType, Error as ArrayError, Shape};
use wengert_scalar::Row;

pub(crate) use place::Place;

use crate::apply::apply_one;
use crate::error::Result;
use crate::prim::{Mask, Outs, Prim, Primitive, Residuals, Saved, Spec};
use crate::primitives::pointwise::row;
use crate::primitives::shape::lazy_zeros;
use crate::tensor::Tensor;

/// What lies at a place. Inputs: the tensor, then the index arrays.
#[derive(Debug)]
pub(crate) struct Read(pub Place);

/// The first input with the second added at a place. Inputs: base, source, then the index arrays. Elements named twice
/// receive both.
#[derive(Debug)]
pub(crate) struct Add(pub Place);

/// The first input with the second put at a place. Inputs: base, source, then the index arrays. Of an element named
/// twice the last source stays.
#[derive(Debug)]
pub(crate) struct Set(pub Place);

impl Primitive for Read {
    fn name(&self) -> &str {
        self.0.names()[0]
    }

    fn parameters(&self) -> String {
        self.0.to_string()
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        let shape = self.0.shape(self.name(), &inputs[0].shape, &inputs[1..])?;
        Ok(Outs::One(Spec::new(inputs[0].dtype, shape)))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(self.0.read(inputs[0], &inputs[1..])?))
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
        let Some(g) = &cotangents[0] else { return Ok(()) };
        let zeros = lazy_zeros(g.dtype(), saved.input_shape(0))?;
        let mut inputs = vec![&zeros, g];
        for i in 1..saved.num_inputs() {
            inputs.push(saved.input(i)?);
        }
        into[0] = Some(apply_one(&Prim::new(Add(self.0.clone())), &inputs)?);
        Ok(())
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let (out, axis) = batch::read(&self.0, inputs, axes)?;
        Ok((Outs::One(out), axis))
    }

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals { inputs: Mask(Mask::ALL.0 & !1), outputs: Mask::NONE }
    }
}

impl Primitive for Add {
    fn name(&self) -> &str {
        self.0.names()[1]
    }

    fn parameters(&self) -> String {
        self.0.to_string()
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        write_output(self.name(), &self.0, inputs)
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(self.0.add(inputs[0], inputs[1], &inputs[2..])?))
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
        if wanted.has(1) {
            into[1] = Some(self.0.read_at(g, saved)?);
        }
        if wanted.has(0) {
            into[0] = Some(g.clone());
        }
        Ok(())
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let (out, axis) = batch::write(&self.0, |place| Prim::new(Add(place)), inputs, axes)?;
        Ok((Outs::One(out), axis))
    }

    fn residuals(&self, wanted: Mask) -> Residuals {
        if wanted.has(1) { index_arrays() } else { Residuals::NONE }
    }
}

impl Primitive for Set {
    fn name(&self) -> &str {
        self.0.names()[2]
    }

    fn parameters(&self) -> String {
        self.0.to_string()
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        write_output(self.name(), &self.0, inputs)
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(self.0.set(inputs[0], inputs[1], &inputs[2..])?))
    }

    fn linear(&self) -> bool {
        true
    }

    fn vjp(
        &self,
        this: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        wanted: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        let Some(g) = &cotangents[0] else { return Ok(()) };
        if wanted.has(0) {
            let zeros = lazy_zeros(g.dtype(), saved.input_shape(1))?;
            let mut inputs = vec![g, &zeros];
            for i in 2..saved.num_inputs() {
                inputs.push(saved.input(i)?);
            }
            into[0] = Some(apply_one(this, &inputs)?);
        }
        if wanted.has(1) {
            let read = self.0.read_at(g, saved)?;
            into[1] = Some(match self.0.stayed(this, saved)? {
                Some(stayed) => apply_one(&row(Row::Select), &[&stayed, &read, &lazy_zeros(g.dtype(), &[])?])?,
                None => read,
            });
        }
        Ok(())
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let (out, axis) = batch::write(&self.0, |place| Prim::new(Set(place)), inputs, axes)?;
        Ok((Outs::One(out), axis))
    }

    fn residuals(&self, _: Mask) -> Residuals {
        index_arrays()
    }
}

/// Residuals of the primitives that write: the index arrays, from input 2 on.
fn index_arrays() -> Residuals {
    Residuals { inputs: Mask(Mask::ALL.0 & !3), outputs: Mask::NONE }
}

fn write_output(op: &str, place: &Place, inputs: &[Spec]) -> Result<Outs<Spec>> {
    let (base, source) = (&inputs[0], &inputs[1]);
    let shape = place.shape(op, &base.shape, &inputs[2..])?;
    if source.shape != shape {
        return Err(ArrayError::shape(
            op.to_owned(),
            format!(
                "the source has shape {}, but the place written in a tensor of shape {} has shape {shape}",
                source.shape, base.shape
            ),
            "broadcast or reshape the source to that shape",
        )
        .into());
    }
    if source.dtype != base.dtype {
        return Err(ArrayError::dtype(
            op.to_owned(),
            format!("the source is {} but the tensor written to is {}", source.dtype, base.dtype),
            "cast one of them with to_dtype so that both are the same",
        )
        .into());
    }
    Ok(Outs::One(base.clone()))
}

impl Place {
    /// What the adjoint of a write sends to its source.
    fn read_at(&self, g: &Tensor, saved: &Saved<'_>) -> Result<Tensor> {
        let mut inputs = vec![g];
        for i in 2..saved.num_inputs() {
            inputs.push(saved.input(i)?);
        }
        apply_one(&Prim::new(Read(self.clone())), &inputs)
    }

    /// Which elements of the source of a [`Set`] were not overwritten by a later one; `None` if none can be.
    fn stayed(&self, set: &Prim, saved: &Saved<'_>) -> Result<Option<Tensor>> {
        if matches!(self, Place::Slice(_)) {
            return Ok(None);
        }
        let (base, source) = (saved.input_shape(0), Shape::from(saved.input_shape(1)));
        let count = source.elements()?;
        let serial = Array::try_arange(0.0, count as f64, 1.0, DType::I64)?.reshape(&source)?;
        let (serial, zeros) = (Tensor::from(serial), lazy_zeros(DType::I64, base)?);
        let (mut written, mut read) = (vec![&zeros, &serial], Vec::new());
        for i in 2..saved.num_inputs() {
            written.push(saved.input(i)?);
            read.push(saved.input(i)?);
        }
        let last = apply_one(set, &written)?;
        read.insert(0, &last);
        let seen = apply_one(&Prim::new(Read(self.clone())), &read)?;
        Ok(Some(apply_one(&row(Row::Eq), &[&seen, &serial])?))
    }
}
