//! The network, 64 inputs, tanh units, 10 outputs, in two forms.

use wengert_nn::prelude::*;

/// Anything that scores the ten digits for each image.
pub trait Classifier: Module {
    /// Scores of shape (images, 10).
    fn logits(&self, x: &Tensor) -> Tensor;
}

/// By hand: four tensors.
#[derive(Clone, Tree, Module)]
pub struct Parameters {
    pub w1: Tensor,
    pub b1: Tensor,
    pub w2: Tensor,
    pub b2: Tensor,
}

impl Parameters {
    /// Drawn evenly, so that the sums into each unit stay small.
    pub fn new(hidden: usize, seed: u64) -> Result<Parameters> {
        let mut rng = Generator::new(seed);
        let mut draw = |shape: &[usize], inputs: usize| -> Result<Tensor> {
            let bound = 1.0 / (inputs as f64).sqrt();
            Ok(Tensor::from(rng.uniform(-bound, bound, shape, DType::F32)?))
        };
        Ok(Parameters {
            w1: draw(&[64, hidden], 64)?,
            b1: draw(&[hidden], 64)?,
            w2: draw(&[hidden, 10], hidden)?,
            b2: draw(&[10], hidden)?,
        })
    }
}

impl Classifier for Parameters {
    fn logits(&self, x: &Tensor) -> Tensor {
        let hidden = (x.matmul(&self.w1) + &self.b1).tanh();
        hidden.matmul(&self.w2) + &self.b2
    }
}

/// With modules: two layers.
#[derive(Module)]
pub struct Perceptron {
    hidden: Linear,
    output: Linear,
}

impl Perceptron {
    /// The layers' own first weights.
    pub fn new(hidden: usize, seed: u64) -> Result<Perceptron> {
        let mut rng = Generator::new(seed);
        Ok(Perceptron {
            hidden: Linear::try_new(64, hidden, DType::F32, true, &mut rng)?,
            output: Linear::try_new(hidden, 10, DType::F32, true, &mut rng)?,
        })
    }
}

impl Classifier for Perceptron {
    fn logits(&self, x: &Tensor) -> Tensor {
        self.output.forward(&self.hidden.forward(x).tanh())
    }
}
