//! Forward: every value carries a tangent, and the primitive's `jvp` rule carries it on.

use std::panic::Location;

use wengert_array::Shape;

use crate::apply::{Blame, apply_at};
use crate::error::{ErrorKind, Result};
use crate::level::Level;
use crate::prim::{Outs, Prim};
use crate::tensor::{Repr, Tensor, Wrap};

/// Primal and tangent (`None` is zero) of a tensor at a level.
pub(crate) fn unwrap(level: Level, tensor: &Tensor) -> (&Tensor, Option<&Tensor>) {
    match &tensor.0 {
        Repr::Wrapped(wrapped) if wrapped.level == level => match &wrapped.wrap {
            Wrap::Forward { primal, tangent } => (primal, Some(tangent)),
            _ => (tensor, None),
        },
        _ => (tensor, None),
    }
}

pub(crate) fn wrap(level: Level, primal: Tensor, tangent: Tensor) -> Tensor {
    Tensor::wrapped(level, Wrap::Forward { primal, tangent })
}

pub(crate) fn step(
    level: Level,
    prim: &Prim,
    inputs: &[&Tensor],
    location: &'static Location<'static>,
) -> Result<Outs<Tensor>> {
    let pairs: Vec<_> = inputs.iter().map(|input| unwrap(level, input)).collect();
    let primals: Vec<&Tensor> = pairs.iter().map(|pair| pair.0).collect();
    let outs = apply_at(prim, &primals, location)?;
    if !outs.iter().any(|out| out.dtype().is_float()) {
        return Ok(outs);
    }
    let primals: Vec<Tensor> = primals.into_iter().cloned().collect();
    let tangents: Vec<Option<Tensor>> = pairs.iter().map(|pair| pair.1.cloned()).collect();
    let _blame = Blame::on(location);
    let pushed = prim.jvp(prim, &primals, &outs, &tangents)?;
    let mut wrapped = Vec::with_capacity(outs.len());
    for (out, tangent) in outs.into_iter().zip(pushed) {
        wrapped.push(match tangent {
            Some(tangent) if out.dtype().is_float() => {
                if tangent.shape() != out.shape() {
                    return Err(ErrorKind::Argument {
                        op: prim.name().into(),
                        detail: format!(
                            "its jvp rule returned a tangent of shape {} for an output of shape {}: correct the rule",
                            Shape::from(tangent.shape()),
                            Shape::from(out.shape())
                        ),
                    }
                    .into());
                }
                wrap(level, out, tangent)
            }
            _ => out,
        });
    }
    Ok(Outs::from(wrapped))
}
