//! In-place updates: a new value in the place of an old one, with versions, so that a backward pass that needs the old
//! one finds out.

use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use wengert_array::Shape;

use crate::autograd::{ambient, is_grad_enabled};
use crate::error::{Error, ErrorKind, Result};
use crate::interpreters::reverse;
use crate::level::Level;
use crate::line::Line;
use crate::node::{Node, lock};
use crate::tensor::{Tensor, Wrap};

/// Counts a change of the value of `node` and remembers the line of it.
fn changed(node: &Node, location: &'static Location<'static>) -> u32 {
    let extra = node.extra();
    *lock(&extra.changed) = Some(Line::here(location));
    extra.version.fetch_add(1, Ordering::AcqRel) + 1
}

fn handle(node: &Arc<Node>, output: u32, version: u32, primal: Tensor) -> Tensor {
    Tensor::wrapped(Level::AMBIENT, Wrap::Reverse { primal, node: node.clone(), output, version })
}

fn fitting(tensor: &Tensor, new: &Tensor, op: &'static str) -> Result<Tensor> {
    if new.shape() != tensor.shape() {
        return Err(Error::argument(
            op,
            format!(
                "the result has shape {} but the tensor changed in place has shape {}: an in-place operation cannot change the shape",
                Shape::from(new.shape()),
                Shape::from(tensor.shape())
            ),
        ));
    }
    new.try_to_dtype(tensor.dtype())
}

/// Puts `new` in the place of `tensor`: what every in-place operation does. A leaf that requires grad
/// stays that leaf, with a new version; outside [`no_grad`](crate::no_grad) it may not be changed.
#[track_caller]
pub(crate) fn replace(tensor: &mut Tensor, new: Tensor, op: &'static str) -> Result<()> {
    let location = Location::caller();
    let leaf = ambient(tensor).is_some_and(|(node, _)| node.is_leaf());
    if leaf && is_grad_enabled() {
        return Err(Error::from(ErrorKind::LeafInPlace { op }).or_at(location));
    }
    let replaced = if leaf { tensor.overwritten(&new) } else { fitting(tensor, &new, op) };
    *tensor = replaced.map_err(|error| error.or_at(location))?;
    Ok(())
}

impl Tensor {
    /// This tensor with other values and the same history: what `x.data = values` means. A backward pass that needs the
    /// old values is an error from now on.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// let w = Tensor::from(1.0).requires_grad();
    /// let w = w.overwritten(&Tensor::from(5.0))?;
    /// assert!(w.is_leaf() && w.is_tracked() && w.item() == 5.0);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the shapes differ.
    #[track_caller]
    pub fn overwritten(&self, values: &Tensor) -> Result<Tensor> {
        let location = Location::caller();
        let primal = fitting(self, &values.detach(), "overwritten").map_err(|error| error.or_at(location))?;
        Ok(match ambient(self) {
            Some((node, output)) => handle(node, output, changed(node, location), primal),
            None => primal,
        })
    }

    /// This tensor with the same values in other memory, and the same history and version.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// let w = Tensor::from([1.0, 2.0]).requires_grad();
    /// let moved = w.relocated(&Tensor::from([1.0, 2.0]))?;
    /// assert!(moved.is_tracked() && moved.version() == w.version());
    /// # Ok::<(), wengert::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the shapes differ.
    pub fn relocated(&self, values: &Tensor) -> Result<Tensor> {
        let primal = fitting(self, &values.detach(), "relocated")?;
        Ok(match reverse::unwrap(Level::AMBIENT, self.settled()).source {
            Some((node, output, version)) => handle(node, output, version, primal),
            None => primal,
        })
    }

    /// The same value, about to be changed by its owner: whatever saved it for a backward pass before this call will
    /// find that it was changed, what uses the returned handle will not. For front ends whose tensors are places that
    /// hold one value after the other.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// let x = Tensor::from(2.0).requires_grad();
    /// let a = x.exp();
    /// let b = a.superseded() + 1.0; // `a += 1`
    /// assert!(b.backward().unwrap_err().to_string().contains("exp"));
    /// ```
    #[track_caller]
    #[must_use]
    pub fn superseded(&self) -> Tensor {
        match ambient(self) {
            Some((node, output)) if !node.is_leaf() => {
                handle(node, output, changed(node, Location::caller()), self.detach())
            }
            _ => self.clone(),
        }
    }
}
