//! Batch: every value is one element of a batch, and the primitive's `batch` rule does all at once.

use std::panic::Location;

use wengert_array::Shape;

use crate::apply::Blame;
use crate::error::{Error, Result};
use crate::level::Level;
use crate::prim::{Outs, Prim};
use crate::tensor::{Repr, Tensor, Wrap};

/// The whole batch and its axis, of a tensor at a level; the tensor itself if it is not batched there.
pub(crate) fn unwrap(level: Level, tensor: &Tensor) -> (&Tensor, Option<usize>) {
    match &tensor.0 {
        Repr::Wrapped(wrapped) if wrapped.level == level => match &wrapped.wrap {
            Wrap::Batched { batch, axis, .. } => (batch, Some(*axis)),
            _ => (tensor, None),
        },
        _ => (tensor, None),
    }
}

pub(crate) fn wrap(level: Level, batch: Tensor, axis: usize) -> Tensor {
    let mut shape = Shape::from(batch.shape());
    shape.remove(axis);
    Tensor::wrapped(level, Wrap::Batched { batch, axis, shape })
}

pub(crate) fn step(
    level: Level,
    prim: &Prim,
    inputs: &[&Tensor],
    location: &'static Location<'static>,
) -> Result<Outs<Tensor>> {
    let pairs: Vec<_> = inputs.iter().map(|input| unwrap(level, input)).collect();
    let batches: Vec<Tensor> = pairs.iter().map(|pair| pair.0.clone()).collect();
    let axes: Vec<Option<usize>> = pairs.iter().map(|pair| pair.1).collect();
    let _blame = Blame::on(location);
    let (outs, axis) = prim.batch(prim, &batches, &axes)?;
    if let Some(out) = outs.iter().find(|out| out.ndim() <= axis) {
        return Err(Error::argument(
            prim.name(),
            format!(
                "its batch rule returned an output of shape {} without the batch axis {axis}: correct the rule",
                Shape::from(out.shape())
            ),
        ));
    }
    Ok(outs.map(|out| wrap(level, out, axis)))
}
