//! The affine layer.

use wengert::random::Generator;
use wengert::{DType, Result, Shape, Tensor, Tree};

use crate::{Layer, Module};

/// x·Wᵀ + b. The weight has shape (outputs, inputs), the bias (outputs,), as in PyTorch.
///
/// ```
/// use wengert_nn::prelude::*;
/// let layer = Linear::new(3, 2, &mut Generator::new(0));
/// let y = layer.forward(&Tensor::from([[1.0_f32, 2.0, 3.0]]));
/// assert_eq!(y.shape(), [1, 2]);
/// ```
#[derive(Clone, Debug, Tree, Module)]
pub struct Linear {
    /// The weight, of shape (outputs, inputs).
    pub weight: Tensor,
    /// The bias, of shape (outputs,), if there is one.
    pub bias: Option<Tensor>,
}

impl Linear {
    /// A `float32` layer whose weight and bias are drawn evenly from ±1/√inputs, PyTorch's default.
    ///
    /// # Panics
    /// Where [`Linear::try_new`] returns an error.
    #[track_caller]
    #[must_use]
    pub fn new(inputs: usize, outputs: usize, rng: &mut Generator) -> Linear {
        match Linear::try_new(inputs, outputs, DType::F32, true, rng) {
            Ok(layer) => layer,
            Err(error) => error.raise(),
        }
    }

    /// A layer of this dtype, with or without a bias, drawn as by [`Linear::new`].
    ///
    /// # Errors
    /// If the dtype is not floating, or there is not enough memory.
    #[track_caller]
    pub fn try_new(inputs: usize, outputs: usize, dtype: DType, bias: bool, rng: &mut Generator) -> Result<Linear> {
        let bound = if inputs == 0 { 0.0 } else { 1.0 / (inputs as f64).sqrt() };
        let mut draw = |shape: Shape| -> Result<Tensor> {
            Tensor::from(rng.uniform(-bound, bound, shape, dtype)?).try_requires_grad()
        };
        let weight = draw(Shape::from([outputs, inputs]))?;
        let bias = if bias { Some(draw(Shape::from([outputs]))?) } else { None };
        Ok(Linear { weight, bias })
    }

    /// The layer with these values, which become parameters.
    ///
    /// # Errors
    /// If the weight is not a matrix, the bias does not fit it, they are not floating, or their dtypes differ.
    #[track_caller]
    pub fn from_values(weight: &Tensor, bias: Option<&Tensor>) -> Result<Linear> {
        // The map of no row complains of what the map of any would.
        let inputs = weight.shape().last().copied().unwrap_or(0);
        Tensor::try_zeros_as([0, inputs], weight.dtype())?.try_linear(weight, bias)?;
        let bias = bias.map(Tensor::try_requires_grad).transpose()?;
        Ok(Linear { weight: weight.try_requires_grad()?, bias })
    }
}

impl Layer for Linear {
    #[track_caller]
    fn try_forward(&self, x: &Tensor) -> Result<Tensor> {
        x.try_linear(&self.weight, self.bias.as_ref())
    }
}
