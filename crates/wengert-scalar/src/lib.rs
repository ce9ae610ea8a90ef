//! Differentiable numbers: the table of pointwise functions, SIMD kernels, dual numbers and a scalar tape.
//!
//! Everything starts from one table ([`Row`]): `tanh` is one row of it, with its name and its slope. A type that can do
//! arithmetic ([`Number`], [`Real`]) gets all rows as methods, and the slopes, written over `Number` themselves, run on any
//! such type:
//!
//! | type | what running a function on it gives |
//! |---|---|
//! | `f64`, `f32` | the value |
//! | [`Dual`] | the value and directional derivatives (forward mode); nest it for higher orders |
//! | [`Var`] | a record of the steps, from which [`gradient`] goes back once (reverse mode) |
//! | [`Sym`] | an [`Expr`]: simplified, printable, differentiable as an expression, fusable |
//!
//! ```
//! use wengert_scalar::{Number, Real, derivative, gradient, hessian};
//!
//! fn rosenbrock<R: Real>([x, y]: [R; 2]) -> R {
//!     (x - 1.0).square() + (y - x.square()).square() * 100.0
//! }
//!
//! let g = gradient(rosenbrock, [1.2, 1.0]);
//! assert!((g[0] - 211.6).abs() < 1e-9 && (g[1] + 88.0).abs() < 1e-9);
//! assert_eq!(hessian(rosenbrock, [1.0, 1.0]), [[802.0, -400.0], [-400.0, 200.0]]);
//! assert_eq!(derivative(|x| x.square(), 3.0), 6.0);
//! ```
//!
//! # Not-a-number
//!
//! Derivatives here are built so that a branch that was not taken cannot spoil the one that was, to any order. A literal
//! zero is a structural zero; in a derivative a zero wins over an infinity ([`Row::Scale`], [`Row::Ratio`]), so the norm
//! √(x² + y²) has slope 0 at the origin; each row says what its slope is where mathematics leaves it open (`abs` 0 at 0,
//! `max` ½ and ½ at a tie, `hypot` 0 at the origin, `clamp` and `relu` 0 at their bounds). A bare `sqrt`, `log` or `asin`
//! keeps its infinite slope at the edge of its domain when a nonzero cotangent arrives there.

mod calculus;
mod derive;
mod display;
mod dual;
mod eval;
mod expr;
pub mod kernels;
mod lanes;
mod math;
mod real;
mod row;
mod simplify;
mod sym;
mod table;
mod tape;

pub use calculus::{
    derivative, directional, gradient, hessian, hessian_vector_product, jacobian, jacobian_reverse, value_and_gradient,
    value_and_gradient_slice,
};
pub use derive::Derived;
pub use dual::Dual;
pub use expr::{Expr, Op};
pub use lanes::Lanes;
pub use real::{Number, Real};
pub use row::Row;
pub use sym::Sym;
pub use tape::Var;
