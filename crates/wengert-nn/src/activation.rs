//! Layers without parameters: the functions between affine layers.

use wengert::{Result, Tensor};

use crate::{Layer, Module};

macro_rules! activations {
    ($($(#[$doc:meta])+ $name:ident $method:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, Default, PartialEq, Module)]
        pub struct $name;

        impl Layer for $name {
            #[track_caller]
            fn try_forward(&self, x: &Tensor) -> Result<Tensor> {
                x.$method()
            }
        }
    )+};
}

activations! {
    /// The hyperbolic tangent.
    Tanh try_tanh;
    /// max(x, 0).
    Relu try_relu;
    /// x·Φ(x), exact (Hendrycks and Gimpel, 2016).
    Gelu try_gelu;
    /// The tanh approximation of [`Gelu`].
    GeluTanh try_gelu_tanh;
    /// 1/(1 + e⁻ˣ).
    Sigmoid try_sigmoid;
    /// x·σ(x), also called swish.
    Silu try_silu;
    /// log(1 + eˣ).
    Softplus try_softplus;
}

/// The layer that does nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Module)]
pub struct Identity;

impl Layer for Identity {
    fn try_forward(&self, x: &Tensor) -> Result<Tensor> {
        Ok(x.clone())
    }
}

/// x where positive, `slope`·x elsewhere.
///
/// ```
/// use wengert_nn::prelude::*;
/// assert_eq!(LeakyRelu::default().forward(&Tensor::from([-2.0, 3.0])).to_vec::<f64>(), [-0.02, 3.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Module)]
pub struct LeakyRelu {
    /// The slope of the negative half.
    #[module(skip)]
    pub slope: f64,
}

impl Default for LeakyRelu {
    /// A slope of 0.01, as PyTorch has.
    fn default() -> LeakyRelu {
        LeakyRelu { slope: 0.01 }
    }
}

impl Layer for LeakyRelu {
    #[track_caller]
    fn try_forward(&self, x: &Tensor) -> Result<Tensor> {
        x.try_gt(0.0)?.try_select(x, x.try_mul(self.slope)?)
    }
}

/// x where positive, `scale`·(eˣ − 1) elsewhere (Clevert, Unterthiner and Hochreiter, 2015).
#[derive(Clone, Copy, Debug, PartialEq, Module)]
pub struct Elu {
    /// Minus the limit towards −∞.
    #[module(skip)]
    pub scale: f64,
}

impl Default for Elu {
    /// A scale of 1.
    fn default() -> Elu {
        Elu { scale: 1.0 }
    }
}

impl Layer for Elu {
    #[track_caller]
    fn try_forward(&self, x: &Tensor) -> Result<Tensor> {
        x.try_gt(0.0)?.try_select(x, x.try_expm1()?.try_mul(self.scale)?)
    }
}

/// eˣ/Σeˣ along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Module)]
pub struct Softmax(
    /// The axis; negative ones count from the end.
    #[module(skip)]
    pub isize,
);

impl Layer for Softmax {
    #[track_caller]
    fn try_forward(&self, x: &Tensor) -> Result<Tensor> {
        x.try_softmax(self.0)
    }
}

/// The logarithm of [`Softmax`], computed without overflow.
#[derive(Clone, Copy, Debug, PartialEq, Module)]
pub struct LogSoftmax(
    /// The axis; negative ones count from the end.
    #[module(skip)]
    pub isize,
);

impl Layer for LogSoftmax {
    #[track_caller]
    fn try_forward(&self, x: &Tensor) -> Result<Tensor> {
        x.try_log_softmax(self.0)
    }
}
