//! Functions that are called with the gradients as a backward pass computes them.

use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::autograd::{ambient, source_of};
use crate::error::Result;
use crate::node::lock;
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
