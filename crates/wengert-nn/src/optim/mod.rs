//! Optimisers: what to do with a gradient.
//!
//! An optimiser changes the parameters of a [`Module`] from the gradients that a backward pass left in them. Parameters without a
//! gradient are left alone. The update of a parameter is one fused expression, whatever the options.
//!
//! What an optimiser remembers of a parameter it finds again by the parameter's place in the module: use one for each module.

mod adam;
mod schedule;
mod sgd;

use wengert::{Array, Error, Result, Shape, Tensor, no_grad};

pub use adam::{Adam, AdamOptions, AdamRule, AdamW, Moments};
pub use schedule::{Constant, Cosine, Schedule, StepDecay, Warmup};
pub use sgd::{Sgd, SgdRule};

use crate::Module;

/// A rule that moves parameters.
///
/// ```
/// use wengert_nn::prelude::*;
/// let mut x = Tensor::from([4.0, -2.0]).requires_grad();
/// let mut adam = Adam::new(0.1);
/// for _ in 0..400 {
///     x.zero_grad();
///     x.square().sum().backward()?;
///     adam.step(&mut x)?;
/// }
/// assert!(x.to_vec::<f64>().iter().all(|x| x.abs() < 1e-3));
/// # Ok::<(), wengert::Error>(())
/// ```
pub trait Optimizer {
    /// Moves the parameters of `module` that have a gradient.
    ///
    /// # Errors
    /// If an option makes no sense, or `module` is not the one of the steps before.
    fn step(&mut self, module: &mut dyn Module) -> Result<()>;

    /// The learning rate.
    fn rate(&self) -> f64;

    /// Sets the learning rate, as a [`Schedule`] says.
    fn set_rate(&mut self, rate: f64);
}

/// Calls `rule` with the place, the values and the gradient of each parameter that has one, and gives it the value that comes back.
fn update(module: &mut dyn Module, mut rule: impl FnMut(usize, &Array, &Array) -> Result<Array>) -> Result<()> {
    let mut result = Ok(());
    let mut place = 0;
    no_grad(|| {
        module.visit_parameters_mut("", &mut |_, parameter| {
            let here = place;
            place += 1;
            let Some(gradient) = parameter.grad() else { return };
            if result.is_ok() {
                result = moved(parameter, &gradient, |p, g| rule(here, p, g))
                    .and_then(|value| parameter.assign(Tensor::from(value)));
            }
        });
    });
    result
}

fn moved(parameter: &Tensor, gradient: &Tensor, rule: impl FnOnce(&Array, &Array) -> Result<Array>) -> Result<Array> {
    rule(parameter.array()?, gradient.array()?)
}

/// What is remembered of the parameters, by their places.
#[derive(Clone, Debug)]
struct Memory<T>(Vec<Option<T>>);

impl<T> Default for Memory<T> {
    fn default() -> Memory<T> {
        Memory(Vec::new())
    }
}

impl<T> Memory<T> {
    fn at(&mut self, place: usize) -> &mut Option<T> {
        if self.0.len() <= place {
            self.0.resize_with(place + 1, || None);
        }
        &mut self.0[place]
    }
}

/// An error unless what is remembered has the parameter's shape.
fn check_shape(op: &'static str, place: usize, remembered: &Array, parameter: &Array) -> Result<()> {
    if remembered.shape() == parameter.shape() {
        return Ok(());
    }
    Err(Error::argument(
        op,
        format!(
            "parameter {place} has shape {} but had {} in the steps before: use a new optimiser for another module",
            Shape::from(parameter.shape()),
            Shape::from(remembered.shape())
        ),
    ))
}

/// An error unless what belongs to a parameter has its shape.
fn fits(op: &'static str, what: &str, array: &Array, parameter: &Array) -> Result<()> {
    if array.shape() == parameter.shape() {
        return Ok(());
    }
    let (has, wanted) = (Shape::from(array.shape()), Shape::from(parameter.shape()));
    Err(Error::argument(op, format!("the {what} has shape {has} but its parameter {wanted}")))
}

/// Gradients scaled down together, if need be, so that their norm as one vector is at most `largest`; and the norm that they had.
///
/// ```
/// use wengert::Tensor;
/// use wengert_nn::optim::clip_norm;
/// let mut gradients = [Tensor::from([3.0]), Tensor::from([4.0])];
/// assert_eq!(clip_norm(&mut gradients, 1.0, 2.0)?.item(), 5.0);
/// assert!((gradients[1].item() - 0.8).abs() < 1e-6);
/// # Ok::<(), wengert::Error>(())
/// ```
///
/// # Errors
/// If a gradient's value is hidden by a transform.
pub fn clip_norm(gradients: &mut [Tensor], largest: f64, p: f64) -> Result<Tensor> {
    let mut norms = Vec::with_capacity(gradients.len());
    for gradient in gradients.iter() {
        norms.push(gradient.try_norm_axes(p, (), false)?);
    }
    if norms.is_empty() {
        return Ok(Tensor::from(0.0));
    }
    let norms: Vec<&Tensor> = norms.iter().collect();
    let total = Tensor::try_stack(&norms, 0)?.try_norm_axes(p, (), false)?;
    let factor = total.try_add(1e-6)?.try_reciprocal()?.try_mul(largest)?.try_minimum(1.0)?;
    for gradient in gradients {
        *gradient = gradient.try_mul(factor.try_to_dtype(gradient.dtype())?)?;
    }
    Ok(total)
}

/// An error unless an option is a number in its range.
fn check_option(op: &'static str, name: &str, value: f64, valid: bool, range: &str) -> Result<()> {
    if valid && value.is_finite() {
        return Ok(());
    }
    Err(Error::argument(op, format!("{name} must be {range}, got {value}")))
}
