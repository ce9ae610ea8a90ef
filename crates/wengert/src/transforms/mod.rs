//! Functional transforms over closures: gradients, products, batching, Jacobians, in any nesting.
//!
//! A transform that is handed a function returns a function: `grad(f)` is called like `f`. The
//! function's argument is any [`Tree`] of tensors, and it may return its result or a
//! `Result` of it. Each transform has a `try_` form whose function returns errors; the other one
//! panics with their text.

mod batch;
mod checkpoint;
mod custom;
mod flat;
mod forward;
mod jacobian;
mod linearize;
mod reverse;

pub use batch::{BatchAxes, try_vmap, try_vmap_axes, vmap, vmap_axes};
pub use checkpoint::{checkpoint, try_checkpoint};
pub use custom::{custom_jvp, custom_vjp, try_custom_jvp, try_custom_vjp};
pub use forward::{jvp, try_jvp};
pub(crate) use jacobian::{basis, joined};
pub use jacobian::{
    hessian, hvp, jacfwd, jacobian, jacrev, try_hessian, try_hvp, try_jacfwd, try_jacobian, try_jacrev,
};
pub use linearize::{linearize, try_linearize};
pub use reverse::{
    Pullback, Pulled, grad, grad_with_aux, try_grad, try_grad_with_aux, try_value_and_grad, try_vjp, value_and_grad,
    vjp,
};

use crate::error::{Error, Result};
use crate::tree::Tree;

/// What a differentiated function may return: a tree of tensors, or a `Result` of one.
pub trait Output {
    /// The tree.
    type Tree: Tree;

    /// The tree, or the function's error.
    ///
    /// # Errors
    /// The function's own.
    fn into_result(self) -> Result<Self::Tree>;
}

impl<T: Tree> Output for T {
    type Tree = T;
    fn into_result(self) -> Result<T> {
        Ok(self)
    }
}

impl<T: Tree> Output for Result<T, Error> {
    type Tree = T;
    fn into_result(self) -> Result<T> {
        self
    }
}

#[track_caller]
fn expect<T>(result: Result<T>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => error.raise(),
    }
}
