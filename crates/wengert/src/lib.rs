//! Automatic differentiation of ordinary Rust code: forward, reverse, batched, traced, in any nesting.
//!
//! ```
//! use wengert::prelude::*;
//!
//! // PyTorch's way:
//! let x = Tensor::from(3.0).requires_grad();
//! let y = x.powi(2);
//! y.backward()?;
//! assert_eq!(x.grad().unwrap().item(), 6.0);
//!
//! // The functional way, to any order and in any nesting:
//! let df = grad(|x: &Tensor| x.sin().square().sum());
//! let h = hessian(|x: &Tensor| x.powi(3).sum())(&Tensor::from([1.0, 2.0]));
//! assert_eq!(h.to_vec::<f64>(), [6.0, 0.0, 0.0, 12.0]);
//! # Ok::<(), wengert::Error>(())
//! ```
//!
//! - [`Tensor`] has the operations; each has a `try_` form that returns errors.
//! - [`autograd`] has `requires_grad` and `backward`; [`transforms`] has `grad`, `vjp`, `jvp`, `vmap`,
//!   `jacobian`, `hessian`.
//! - [`Primitive`] is the trait of every operation, and of your own.
//! - [`trace`] makes a [`Program`], [`draw()`] a picture of the graph.
//! - [`scalar`] differentiates functions of plain numbers, without tensors.

// The derive macros name the crate from outside and from its own tests.
extern crate self as wengert;

mod anomaly;
mod apply;
pub mod autograd;
mod backward;
pub mod draw;
mod error;
mod few;
mod gradient_tape;
mod graph;
mod hooks;
mod in_place;
mod interpreters;
mod level;
mod line;
mod node;
mod ops;
mod prim;
mod primitives;
mod program;
#[cfg(test)]
mod registry;
mod tensor;
pub mod transforms;
mod tree;
mod twins;

pub use anomaly::{detect_anomaly, switch_anomaly};
pub use apply::{apply, apply_one};
pub use autograd::{enable_grad, no_grad};
pub use draw::draw;
pub use error::{Error, ErrorKind, Result};
pub use few::Few;
pub use gradient_tape::GradientTape;
pub use graph::GraphNode;
pub use line::{HostLine, set_host, set_host_line};
pub use ops::arguments::{Axes, IntoAxes, IntoShape};
pub use ops::indexing::{Ellipsis, Index, IntoIndex, IntoIndices, NewAxis, slice};
pub use ops::operators::Operand;
pub use ops::random::manual_seed;
pub use prim::{Mask, Outs, Prim, Primitive, Residuals, Saved, Spec};
pub use program::{Atom, Program, Step, trace};
pub use tensor::Tensor;
pub use tree::{Tree, leaves};
pub use wengert_array::join::PadMode;
pub use wengert_array::{
    Array, DType, Element, Error as ArrayError, Shape, Slice, axis, display, memory, npy, promote, random, threads,
};
/// Differentiable numbers, without tensors.
pub use wengert_scalar as scalar;

pub use wengert_derive::Tree;

// Whatever is computed with may move to another thread, and be read by several.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Tensor>();
    shared::<Array>();
    shared::<Prim>();
    shared::<Program>();
    shared::<GraphNode>();
    shared::<Error>();
};

/// The examples of the front page are run with those of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The names most programs use.
pub mod prelude {
    pub use crate::autograd::{Backward, enable_grad, no_grad};
    pub use crate::draw::draw;
    pub use crate::transforms::{
        grad, hessian, hvp, jacfwd, jacobian, jacrev, jvp, try_grad, try_value_and_grad, value_and_grad, vjp, vmap,
    };
    pub use crate::{
        DType, Ellipsis, Error, GradientTape, NewAxis, Operand, PadMode, Result, Tensor, Tree, detect_anomaly, slice,
        trace,
    };
}
