//! Functions that are called with the gradients as a backward pass computes them.

use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use wengert_array::Shape;

use crate::autograd::{ambient, source_of};
use crate::error::{ErrorKind, Result};
use crate::graph::GraphNode;
use crate::node::{Node, lock};
use crate::tensor::Tensor;

static HOOK_IDS: AtomicU64 = AtomicU64::new(0);

/// A registered hook; [`remove`](HookHandle::remove) unregisters it.
#[derive(Debug)]
pub struct HookHandle {
    tensor: Tensor,
    id: u64,
}

impl HookHandle {
    /// Unregisters the hook.
    pub fn remove(self) {
        if let Some((node, _)) = ambient(&self.tensor) {
            lock(&node.extra().hooks).retain(|(id, ..)| *id != self.id);
        }
    }
}

impl Tensor {
    /// Calls `hook` with the gradient of this tensor whenever a backward pass has computed it; what
    /// the hook returns, if anything, is used in its place.
    ///
    /// # Errors
    /// If the tensor does not require grad.
    #[track_caller]
    pub fn register_hook(
        &self,
        hook: impl Fn(&Tensor) -> Option<Tensor> + Send + Sync + 'static,
    ) -> Result<HookHandle> {
        let location = Location::caller();
        let (node, output) = source_of(self, 0).map_err(|error| error.or_at(location))?;
        let id = HOOK_IDS.fetch_add(1, Ordering::Relaxed);
        lock(&node.extra().hooks).push((id, output, Arc::new(hook)));
        Ok(HookHandle { tensor: self.clone(), id })
    }
}

/// What a hook of a node gives in the place of the cotangents it was shown; None to leave them.
pub type Replaced = Option<Vec<Option<Tensor>>>;

type Before = Arc<dyn Fn(&[Option<Tensor>]) -> Result<Replaced> + Send + Sync>;
type After = Arc<dyn Fn(&[Option<Tensor>], &[Option<Tensor>]) -> Result<Replaced> + Send + Sync>;

/// The functions that are called as a sweep comes through a node.
#[derive(Default)]
pub(crate) struct Passing {
    before: Vec<(u64, Before)>,
    after: Vec<(u64, After)>,
}

/// A registered hook of a node; [`remove`](NodeHook::remove) unregisters it.
#[derive(Debug)]
pub struct NodeHook {
    node: GraphNode,
    id: u64,
}

impl NodeHook {
    /// Unregisters the hook.
    pub fn remove(self) {
        let mut passing = lock(&self.node.node().extra().passing);
        passing.before.retain(|(id, _)| *id != self.id);
        passing.after.retain(|(id, _)| *id != self.id);
    }
}

impl GraphNode {
    /// Calls `hook` with the cotangents of the outputs whenever a backward pass reaches the operation; those it returns,
    /// if any, are used in their place.
    pub fn register_prehook(
        &self,
        hook: impl Fn(&[Option<Tensor>]) -> Result<Replaced> + Send + Sync + 'static,
    ) -> NodeHook {
        let id = HOOK_IDS.fetch_add(1, Ordering::Relaxed);
        lock(&self.node().extra().passing).before.push((id, Arc::new(hook)));
        NodeHook { node: self.clone(), id }
    }

    /// Calls `hook` with the cotangents of the inputs and of the outputs whenever a backward pass has gone through the
    /// operation; what it returns, if anything, is used in the place of those of the inputs. A leaf has no inputs: its
    /// hooks are called when the gradient has been added.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// let x = Tensor::from(3.0).requires_grad();
    /// let y = x.square();
    /// let node = y.grad_fn().unwrap();
    /// node.register_hook(|inputs, _| Ok(Some(inputs.iter().map(|g| g.as_ref().map(|g| g * 10.0)).collect())));
    /// y.backward()?;
    /// assert_eq!(x.grad().unwrap().item(), 60.0);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    pub fn register_hook(
        &self,
        hook: impl Fn(&[Option<Tensor>], &[Option<Tensor>]) -> Result<Replaced> + Send + Sync + 'static,
    ) -> NodeHook {
        let id = HOOK_IDS.fetch_add(1, Ordering::Relaxed);
        lock(&self.node().extra().passing).after.push((id, Arc::new(hook)));
        NodeHook { node: self.clone(), id }
    }
}

/// Puts what a hook gave in the place of the cotangents.
fn put(replaced: Replaced, cotangents: &mut [Option<Tensor>]) -> Result<()> {
    let Some(replaced) = replaced else { return Ok(()) };
    for (slot, new) in cotangents.iter_mut().zip(replaced) {
        if let (Some(old), Some(new)) = (slot.as_ref(), new.as_ref())
            && old.shape() != new.shape()
        {
            return Err(ErrorKind::Cotangent {
                op: "hook",
                what: "cotangent",
                got: Shape::from(new.shape()).to_string(),
                expected: Shape::from(old.shape()).to_string(),
            }
            .into());
        }
        *slot = new;
    }
    Ok(())
}

/// Calls the hooks that come before a node's rule.
#[cold]
pub(crate) fn before(node: &Node, cotangents: &mut [Option<Tensor>]) -> Result<()> {
    let hooks = lock(&node.extra().passing).before.clone();
    hooks.iter().try_for_each(|(_, hook)| put(hook(cotangents)?, cotangents))
}

/// Calls the hooks that come after a node's rule.
pub(crate) fn after(node: &Node, inputs: &mut [Option<Tensor>], outputs: &[Option<Tensor>]) -> Result<()> {
    let Some(extra) = node.extra.get() else { return Ok(()) };
    let hooks = lock(&extra.passing).after.clone();
    hooks.iter().try_for_each(|(_, hook)| put(hook(inputs, outputs)?, inputs))
}
