//! What a tape knows of a tensor: its node, its root, its equals.

use std::panic::Location;
use std::sync::Arc;

use wengert_array::{Array, Shape};

use crate::error::{Error, ErrorKind, Result};
use crate::interpreters::reverse;
use crate::level::Level;
use crate::node::Node;
use crate::tensor::{Repr, Tensor, Wrap};

pub(super) fn tape_error(detail: impl Into<String>) -> Error {
    Error::argument("GradientTape", detail)
}

/// One cotangent for each target: those given, or ones, which sum.
pub(super) fn seeds(targets: &[Tensor], cotangents: Option<&[Tensor]>) -> Result<Vec<Tensor>> {
    let Some(cotangents) = cotangents else { return Ok(targets.iter().map(|target| target.ones_like()).collect()) };
    if cotangents.len() != targets.len() {
        return Err(tape_error(format!(
            "gradient: got {} output gradients for {} targets: give one for each",
            cotangents.len(),
            targets.len()
        )));
    }
    targets
        .iter()
        .zip(cotangents)
        .map(|(target, cotangent)| {
            if cotangent.shape() != target.shape() {
                return Err(ErrorKind::Cotangent {
                    op: "gradient",
                    what: "output gradient",
                    got: Shape::from(cotangent.shape()).to_string(),
                    expected: Shape::from(target.shape()).to_string(),
                }
                .into());
            }
            cotangent.try_to_dtype(target.dtype())
        })
        .collect()
}

/// The node of a tensor at a level, looked for below the wraps of other tapes.
pub(super) fn node_at(level: Level, tensor: &Tensor) -> Option<(&Arc<Node>, u32)> {
    let mut tensor = tensor;
    loop {
        if let Some((node, output, _)) = reverse::unwrap(level, tensor).source {
            return Some((node, output));
        }
        if !tensor.level().is_some_and(Level::is_tape) {
            return None;
        }
        tensor = tensor.recorded()?;
    }
}

/// Whether a tape further out than `level` records a tensor.
pub(super) fn outer_tape(level: Level, tensor: &Tensor) -> bool {
    let mut tensor = Some(tensor);
    while let Some(inner) = tensor
        && let Some(at) = inner.level()
        && at.is_tape()
    {
        if at.id < level.id && at.is_alive() {
            return true;
        }
        tensor = inner.recorded();
    }
    false
}

/// The tensor below the wraps of all tapes.
pub(super) fn root(tensor: &Tensor) -> Tensor {
    let mut tensor = tensor;
    while tensor.level().is_some_and(Level::is_tape)
        && let Some(primal) = tensor.recorded()
    {
        tensor = primal;
    }
    tensor.clone()
}

/// Whether two tensors are one: the same memory, the same node, or equal numbers.
pub(super) fn same(a: &Tensor, b: &Tensor) -> bool {
    match (&a.0, &b.0) {
        (Repr::Array(Array::Dense(a)), Repr::Array(Array::Dense(b))) => Arc::ptr_eq(a, b),
        (Repr::Array(Array::Dense(_)), _) | (_, Repr::Array(Array::Dense(_))) => false,
        (Repr::Array(x), Repr::Array(y)) => {
            let bits = |array: &Array| array.to_f64().map(f64::to_bits).ok();
            x.dtype() == y.dtype() && bits(x) == bits(y)
        }
        (Repr::Tracked(a), Repr::Tracked(b)) => Arc::ptr_eq(a, b),
        (Repr::Wrapped(a), Repr::Wrapped(b)) => match (&a.wrap, &b.wrap) {
            (Wrap::Reverse { node: a, output: i, .. }, Wrap::Reverse { node: b, output: j, .. }) => {
                Arc::ptr_eq(a, b) && i == j
            }
            _ => Arc::ptr_eq(a, b),
        },
        _ => false,
    }
}

/// `tensor` with a leaf of `level` in it, below what inner levels have recorded of it: the levels of wraps grow outwards.
pub(super) fn with_leaf(level: Level, tensor: &Tensor, location: &'static Location<'static>) -> Tensor {
    let inner = tensor.level().is_some_and(|inner| inner.id > level.id);
    let rewrapped = |node: &Arc<Node>, output: u32, version: u32, primal: &Tensor| {
        let primal = with_leaf(level, primal, location);
        Tensor::wrapped(node.level, Wrap::Reverse { primal, node: node.clone(), output, version })
    };
    match &tensor.0 {
        Repr::Tracked(node) if inner && let Some(value) = &node.value => rewrapped(node, 0, 0, value),
        Repr::Wrapped(wrapped) if inner && let Wrap::Reverse { primal, node, output, version } = &wrapped.wrap => {
            rewrapped(node, *output, *version, primal)
        }
        _ => reverse::leaf(level, tensor.clone(), location),
    }
}
