//! Whatever has parameters.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use wengert::{Error, Result, Shape, Tensor, no_grad};

use crate::safetensors;

/// The tensors of a module by name.
pub type StateDict = BTreeMap<String, Tensor>;

/// Whatever has parameters: a tensor, a layer, and any struct, vector or tuple of modules. Structs derive it.
///
/// A parameter is a tensor that requires grad. A tensor in a module that does not is a buffer: no optimiser touches it, but it belongs
/// to the [`state_dict`](Module::state_dict). Names are paths of fields joined with dots, as in PyTorch.
///
/// ```
/// use wengert_nn::prelude::*;
///
/// #[derive(Module)]
/// struct Perceptron {
///     hidden: Linear,
///     output: Linear,
/// }
///
/// let mut rng = Generator::new(0);
/// let net = Perceptron { hidden: Linear::new(64, 50, &mut rng), output: Linear::new(50, 10, &mut rng) };
/// assert_eq!(net.num_parameters(), 64 * 50 + 50 + 50 * 10 + 10);
/// assert_eq!(net.named_parameters()[3].0, "output.bias");
/// ```
pub trait Module {
    /// Calls `f` with the name and the value of each tensor, in order; `prefix` is the path that leads to this module.
    fn visit_parameters(&self, prefix: &str, f: &mut dyn FnMut(&str, &Tensor));

    /// As [`visit_parameters`](Module::visit_parameters), to change the tensors.
    fn visit_parameters_mut(&mut self, prefix: &str, f: &mut dyn FnMut(&str, &mut Tensor));

    /// Tells every layer whether it is being trained; see [`train`](Module::train) and [`eval`](Module::eval).
    fn set_training(&mut self, on: bool);

    /// Layers behave as in training: [`Dropout`](crate::Dropout) drops. This is how they are made.
    fn train(&mut self) {
        self.set_training(true);
    }

    /// Layers behave as in use: [`Dropout`](crate::Dropout) passes everything through.
    fn eval(&mut self) {
        self.set_training(false);
    }

    /// The tensors that require grad, in order.
    #[must_use]
    fn parameters(&self) -> Vec<Tensor> {
        self.named_parameters().into_iter().map(|(_, parameter)| parameter).collect()
    }

    /// The tensors that require grad, with their names, in order.
    #[must_use]
    fn named_parameters(&self) -> Vec<(String, Tensor)> {
        let mut found = Vec::new();
        self.visit_parameters("", &mut |name, tensor| {
            if tensor.is_tracked() {
                found.push((name.to_owned(), tensor.clone()));
            }
        });
        found
    }

    /// How many numbers the parameters are.
    #[must_use]
    fn num_parameters(&self) -> usize {
        let mut count = 0;
        self.visit_parameters("", &mut |_, tensor| count += if tensor.is_tracked() { tensor.len() } else { 0 });
        count
    }

    /// Forgets the gradients that backward passes have accumulated.
    fn zero_grad(&self) {
        self.visit_parameters("", &mut |_, tensor| tensor.zero_grad());
    }

    /// Every tensor by name, without its history: parameters and buffers.
    #[must_use]
    fn state_dict(&self) -> StateDict {
        let mut state = StateDict::new();
        self.visit_parameters("", &mut |name, tensor| {
            state.insert(name.to_owned(), tensor.detach());
        });
        state
    }

    /// Gives every tensor the value of its name, cast to its dtype. Either all of them change or none.
    ///
    /// # Errors
    /// If names are missing or not expected, or shapes differ: the text lists them all.
    fn load_state_dict(&mut self, state: &StateDict) -> Result<()> {
        let mismatch = compare(self, state);
        if mismatch.missing.is_empty() && mismatch.unexpected.is_empty() && mismatch.shapes.is_empty() {
            return assign(self, state);
        }
        Err(Error::argument("load_state_dict", format!("the values do not fit this module: {mismatch}")))
    }

    /// As [`load_state_dict`](Module::load_state_dict), for the names that both have. Returns those that only one has.
    ///
    /// # Errors
    /// If shapes differ; then nothing changes.
    fn load_matching(&mut self, state: &StateDict) -> Result<Mismatch> {
        let mismatch = compare(self, state);
        if !mismatch.shapes.is_empty() {
            let only = Mismatch { shapes: mismatch.shapes, ..Mismatch::default() };
            return Err(Error::argument("load_matching", format!("the values do not fit this module: {only}")));
        }
        assign(self, state)?;
        Ok(mismatch)
    }

    /// Writes every tensor to a file in the safetensors format, which PyTorch and others read.
    ///
    /// # Errors
    /// If the file cannot be written.
    fn save<P: AsRef<Path>>(&self, path: P) -> Result<()>
    where
        Self: Sized,
    {
        safetensors::write(path, &self.state_dict())
    }

    /// Reads every tensor from a file in the safetensors format.
    ///
    /// # Errors
    /// If the file cannot be read, is damaged, or does not fit this module.
    fn load<P: AsRef<Path>>(&mut self, path: P) -> Result<()>
    where
        Self: Sized,
    {
        self.load_state_dict(&safetensors::read(path)?)
    }
}

/// Where a module and a [`StateDict`] do not fit together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mismatch {
    /// Names of the module that have no value.
    pub missing: Vec<String>,
    /// Names that the module does not have.
    pub unexpected: Vec<String>,
    /// Names whose shapes differ: the name, the module's shape, and the value's.
    pub shapes: Vec<(String, Shape, Shape)>,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if !self.missing.is_empty() {
            parts.push(format!("missing: {}", self.missing.join(", ")));
        }
        if !self.unexpected.is_empty() {
            parts.push(format!("unexpected: {}", self.unexpected.join(", ")));
        }
        if !self.shapes.is_empty() {
            let one = |(name, own, given): &(String, Shape, Shape)| format!("{name} is {own} here, {given} there");
            let all: Vec<String> = self.shapes.iter().map(one).collect();
            parts.push(format!("other shapes: {}", all.join(", ")));
        }
        f.write_str(&parts.join("; "))
    }
}

fn compare<M: Module + ?Sized>(module: &M, state: &StateDict) -> Mismatch {
    let mut mismatch = Mismatch::default();
    let mut known = std::collections::BTreeSet::new();
    module.visit_parameters("", &mut |name, tensor| {
        known.insert(name.to_owned());
        match state.get(name) {
            None => mismatch.missing.push(name.to_owned()),
            Some(value) if value.shape() != tensor.shape() => {
                mismatch.shapes.push((name.to_owned(), Shape::from(tensor.shape()), Shape::from(value.shape())));
            }
            Some(_) => {}
        }
    });
    mismatch.unexpected = state.keys().filter(|name| !known.contains(*name)).cloned().collect();
    mismatch
}

fn assign<M: Module + ?Sized>(module: &mut M, state: &StateDict) -> Result<()> {
    let mut result = Ok(());
    no_grad(|| {
        module.visit_parameters_mut("", &mut |name, tensor| {
            if let Some(value) = state.get(name)
                && result.is_ok()
            {
                result = tensor.assign(value.detach());
            }
        });
    });
    result
}

/// The path of `name` inside `prefix`.
pub(crate) fn path(prefix: &str, name: impl fmt::Display) -> String {
    if prefix.is_empty() { name.to_string() } else { format!("{prefix}.{name}") }
}

impl Module for Tensor {
    fn visit_parameters(&self, prefix: &str, f: &mut dyn FnMut(&str, &Tensor)) {
        f(prefix, self);
    }
    fn visit_parameters_mut(&mut self, prefix: &str, f: &mut dyn FnMut(&str, &mut Tensor)) {
        f(prefix, self);
    }
    fn set_training(&mut self, _: bool) {}
}

impl<M: Module> Module for [M] {
    fn visit_parameters(&self, prefix: &str, f: &mut dyn FnMut(&str, &Tensor)) {
        self.iter().enumerate().for_each(|(i, module)| module.visit_parameters(&path(prefix, i), f));
    }
    fn visit_parameters_mut(&mut self, prefix: &str, f: &mut dyn FnMut(&str, &mut Tensor)) {
        self.iter_mut().enumerate().for_each(|(i, module)| module.visit_parameters_mut(&path(prefix, i), f));
    }
    fn set_training(&mut self, on: bool) {
        self.iter_mut().for_each(|module| module.set_training(on));
    }
}

macro_rules! as_slice {
    ([$($generics:tt)*] $ty:ty) => {
        impl<$($generics)*> Module for $ty {
            fn visit_parameters(&self, prefix: &str, f: &mut dyn FnMut(&str, &Tensor)) {
                self[..].visit_parameters(prefix, f);
            }
            fn visit_parameters_mut(&mut self, prefix: &str, f: &mut dyn FnMut(&str, &mut Tensor)) {
                self[..].visit_parameters_mut(prefix, f);
            }
            fn set_training(&mut self, on: bool) {
                self[..].set_training(on);
            }
        }
    };
}
as_slice!([M: Module] Vec<M>);
as_slice!([M: Module, const N: usize] [M; N]);

/// An option's module has the option's own name.
impl<M: Module> Module for Option<M> {
    fn visit_parameters(&self, prefix: &str, f: &mut dyn FnMut(&str, &Tensor)) {
        self.iter().for_each(|module| module.visit_parameters(prefix, f));
    }
    fn visit_parameters_mut(&mut self, prefix: &str, f: &mut dyn FnMut(&str, &mut Tensor)) {
        self.iter_mut().for_each(|module| module.visit_parameters_mut(prefix, f));
    }
    fn set_training(&mut self, on: bool) {
        self.iter_mut().for_each(|module| module.set_training(on));
    }
}

impl<M: Module + ?Sized> Module for Box<M> {
    fn visit_parameters(&self, prefix: &str, f: &mut dyn FnMut(&str, &Tensor)) {
        (**self).visit_parameters(prefix, f);
    }
    fn visit_parameters_mut(&mut self, prefix: &str, f: &mut dyn FnMut(&str, &mut Tensor)) {
        (**self).visit_parameters_mut(prefix, f);
    }
    fn set_training(&mut self, on: bool) {
        (**self).set_training(on);
    }
}

impl<M: Module + ?Sized> Module for &mut M {
    fn visit_parameters(&self, prefix: &str, f: &mut dyn FnMut(&str, &Tensor)) {
        (**self).visit_parameters(prefix, f);
    }
    fn visit_parameters_mut(&mut self, prefix: &str, f: &mut dyn FnMut(&str, &mut Tensor)) {
        (**self).visit_parameters_mut(prefix, f);
    }
    fn set_training(&mut self, on: bool) {
        (**self).set_training(on);
    }
}

macro_rules! tuple_module {
    ($($M:ident $i:tt),+) => {
        impl<$($M: Module),+> Module for ($($M,)+) {
            fn visit_parameters(&self, prefix: &str, f: &mut dyn FnMut(&str, &Tensor)) {
                $(self.$i.visit_parameters(&path(prefix, $i), f);)+
            }
            fn visit_parameters_mut(&mut self, prefix: &str, f: &mut dyn FnMut(&str, &mut Tensor)) {
                $(self.$i.visit_parameters_mut(&path(prefix, $i), f);)+
            }
            fn set_training(&mut self, on: bool) {
                $(self.$i.set_training(on);)+
            }
        }
    };
}
tuple_module!(A 0);
tuple_module!(A 0, B 1);
tuple_module!(A 0, B 1, C 2);
tuple_module!(A 0, B 1, C 2, D 3);
tuple_module!(A 0, B 1, C 2, D 3, E 4);
tuple_module!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple_module!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple_module!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
