//! Layers, and layers one after the other.

use wengert::{Result, Tensor};

use crate::Module;

/// A module that maps one tensor to another. A tuple of layers is a layer: they are applied in order.
pub trait Layer: Module + Send + Sync {
    /// The layer's value at `x`.
    ///
    /// # Errors
    /// If the shape or dtype of `x` does not fit the layer.
    #[track_caller]
    fn try_forward(&self, x: &Tensor) -> Result<Tensor>;

    /// The layer's value at `x`.
    ///
    /// # Panics
    /// Where [`Layer::try_forward`] returns an error.
    #[track_caller]
    #[must_use]
    fn forward(&self, x: &Tensor) -> Tensor {
        match self.try_forward(x) {
            Ok(value) => value,
            Err(error) => error.raise(),
        }
    }
}

impl<L: Layer + ?Sized> Layer for Box<L> {
    #[track_caller]
    fn try_forward(&self, x: &Tensor) -> Result<Tensor> {
        (**self).try_forward(x)
    }
}

/// Layers applied one after the other, chosen while the program runs. (A tuple of layers does the same with types known beforehand.)
/// Their parameters are named by position: `0.weight`.
///
/// ```
/// use wengert_nn::prelude::*;
/// let mut rng = Generator::new(0);
/// let mut net = Sequential::new();
/// for width in [64, 32, 16] {
///     net = net.then(Linear::new(width, width / 2, &mut rng)).then(Tanh);
/// }
/// assert_eq!(net.forward(&Tensor::zeros_as([5, 64], DType::F32)).shape(), [5, 8]);
/// assert_eq!(net.named_parameters()[2].0, "2.weight");
/// ```
#[derive(Default)]
pub struct Sequential {
    layers: Vec<Box<dyn Layer>>,
}

impl Sequential {
    /// No layers: the identity.
    #[must_use]
    pub fn new() -> Sequential {
        Sequential::default()
    }

    /// These layers followed by one more.
    #[must_use]
    pub fn then(mut self, layer: impl Layer + 'static) -> Sequential {
        self.layers.push(Box::new(layer));
        self
    }

    /// The layers.
    #[must_use]
    pub fn layers(&self) -> &[Box<dyn Layer>] {
        &self.layers
    }
}

impl From<Vec<Box<dyn Layer>>> for Sequential {
    fn from(layers: Vec<Box<dyn Layer>>) -> Sequential {
        Sequential { layers }
    }
}

impl std::fmt::Debug for Sequential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sequential({} layers, {} parameters)", self.layers.len(), self.num_parameters())
    }
}

impl Module for Sequential {
    fn visit_parameters(&self, prefix: &str, f: &mut dyn FnMut(&str, &Tensor)) {
        self.layers.visit_parameters(prefix, f);
    }
    fn visit_parameters_mut(&mut self, prefix: &str, f: &mut dyn FnMut(&str, &mut Tensor)) {
        self.layers.visit_parameters_mut(prefix, f);
    }
    fn set_training(&mut self, on: bool) {
        self.layers.set_training(on);
    }
}

impl Layer for Sequential {
    #[track_caller]
    fn try_forward(&self, x: &Tensor) -> Result<Tensor> {
        let mut value = x.clone();
        for layer in &self.layers {
            value = layer.try_forward(&value)?;
        }
        Ok(value)
    }
}

macro_rules! tuple_layer {
    ($($L:ident $i:tt),+) => {
        impl<$($L: Layer),+> Layer for ($($L,)+) {
            #[track_caller]
            fn try_forward(&self, x: &Tensor) -> Result<Tensor> {
                let value = x.clone();
                $(let value = self.$i.try_forward(&value)?;)+
                Ok(value)
            }
        }
    };
}
tuple_layer!(A 0);
tuple_layer!(A 0, B 1);
tuple_layer!(A 0, B 1, C 2);
tuple_layer!(A 0, B 1, C 2, D 3);
tuple_layer!(A 0, B 1, C 2, D 3, E 4);
tuple_layer!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple_layer!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple_layer!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);

/// Makes all axes but the first one: a batch of images becomes a batch of vectors.
///
/// ```
/// use wengert_nn::prelude::*;
/// assert_eq!(Flatten.forward(&Tensor::zeros([5, 8, 8])).shape(), [5, 64]);
/// ```
#[derive(Clone, Copy, Debug, Default, Module)]
pub struct Flatten;

impl Layer for Flatten {
    #[track_caller]
    fn try_forward(&self, x: &Tensor) -> Result<Tensor> {
        if x.ndim() < 2 { Ok(x.clone()) } else { x.try_flatten(1, -1) }
    }
}
