//! Modules, losses, optimisers and data for wengert.
//!
//! ```
//! use wengert_nn::prelude::*;
//!
//! let mut rng = Generator::new(0);
//! let mut net = (Linear::new(2, 8, &mut rng), Tanh, Linear::new(8, 2, &mut rng));
//! let mut sgd = Sgd::new(0.5);
//!
//! let x = Tensor::from([[0.0_f32, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
//! let xor = Tensor::from([0_i64, 1, 1, 0]);
//! for _ in 0..500 {
//!     net.zero_grad();
//!     cross_entropy(&net.forward(&x), &xor).backward()?;
//!     sgd.step(&mut net)?;
//! }
//! assert_eq!(accuracy(&net.forward(&x), &xor)?, 1.0);
//! # Ok::<(), wengert::Error>(())
//! ```
//!
//! - [`Module`]: whatever has parameters. A parameter is a [`Tensor`](wengert::Tensor) that requires grad; a struct of modules derives
//!   the trait. [`Layer`]: a module that maps one tensor to another.
//! - [`loss`]: cross-entropy and its kin. [`optim`]: gradient descent, Adam, and schedules for their rates.
//! - [`data`]: the digits, and batches of anything. [`safetensors`]: weights in files.

// The derive macro names the crate from outside and from its own modules.
extern crate self as wengert_nn;

mod activation;
pub mod data;
mod dropout;
mod linear;
pub mod loss;
mod module;
pub mod optim;
pub mod safetensors;
mod sequential;

pub use activation::{
    Elu, Gelu, GeluTanh, Identity, LeakyRelu, LogSoftmax, Relu, Sigmoid, Silu, Softmax, Softplus, Tanh,
};
pub use dropout::{Dropout, dropout};
pub use linear::Linear;
pub use module::{Mismatch, Module, StateDict};
pub use sequential::{Flatten, Layer, Sequential};
/// Implements [`Module`](trait@Module) for a struct whose fields are modules.
pub use wengert_derive::Module;

/// The names most programs use, those of `wengert::prelude` included.
pub mod prelude {
    pub use crate::data::{Loader, digits};
    pub use crate::loss::{CrossEntropy, Reduction, accuracy, bce_with_logits, cross_entropy, mse_loss, nll_loss};
    pub use crate::optim::{Adam, AdamW, Optimizer, Schedule, Sgd};
    pub use crate::{
        Dropout, Flatten, Gelu, Layer, LeakyRelu, Linear, Module, Relu, Sequential, Sigmoid, Silu, Softplus, Tanh,
    };
    pub use wengert::prelude::*;
    pub use wengert::random::Generator;
}
