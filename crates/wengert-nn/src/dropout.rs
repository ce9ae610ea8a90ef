//! Dropout.

use std::panic::Location;
use std::sync::{Mutex, PoisonError};

use wengert::random::Generator;
use wengert::{Error, Result, Tensor};

use crate::{Layer, Module};

/// While training, sets each element to zero with probability `rate` and divides the others by 1 − `rate`; does nothing in use, after
/// [`eval`](Module::eval) (Srivastava and others, 2014).
///
/// ```
/// use wengert_nn::prelude::*;
/// let mut dropout = Dropout::new(0.5, &mut Generator::new(0))?;
/// let dropped = dropout.forward(&Tensor::ones([1000]));
/// assert!(dropped.to_vec::<f64>().iter().all(|&x| x == 0.0 || x == 2.0));
/// dropout.eval();
/// assert_eq!(dropout.forward(&Tensor::ones([1000])).sum().item(), 1000.0);
/// # Ok::<(), wengert::Error>(())
/// ```
#[derive(Debug, Module)]
pub struct Dropout {
    #[module(skip)]
    rate: f64,
    #[module(skip)]
    rng: Mutex<Generator>,
    #[module(training)]
    training: bool,
}

impl Dropout {
    /// A layer in training, whose random numbers are split off from `rng`.
    ///
    /// # Errors
    /// If `rate` does not lie between 0 and 1.
    #[track_caller]
    pub fn new(rate: f64, rng: &mut Generator) -> Result<Dropout> {
        check(rate)?;
        Ok(Dropout { rate, rng: Mutex::new(rng.split()), training: true })
    }
}

/// Sets each element to zero with probability `rate` and divides the others by 1 − `rate`.
///
/// ```
/// use wengert_nn::{dropout, prelude::*};
/// let dropped = dropout(&Tensor::ones([1000]), 0.5, &mut Generator::new(0))?;
/// assert!(dropped.to_vec::<f64>().iter().all(|&x| x == 0.0 || x == 2.0));
/// # Ok::<(), wengert::Error>(())
/// ```
///
/// # Errors
/// If `rate` does not lie between 0 and 1, or `x` is no tensor of floats.
#[track_caller]
pub fn dropout(x: &Tensor, rate: f64, rng: &mut Generator) -> Result<Tensor> {
    check(rate)?;
    if rate == 0.0 {
        return Ok(x.clone());
    }
    if rate == 1.0 {
        return x.try_mul(x.zeros_like());
    }
    let kept = 1.0 - rate;
    let mask = rng.bernoulli(kept, x.shape(), x.dtype())?;
    x.try_mul(Tensor::from(mask).try_mul(1.0 / kept)?)
}

#[track_caller]
fn check(rate: f64) -> Result<()> {
    if (0.0..=1.0).contains(&rate) {
        return Ok(());
    }
    Err(Error::argument("dropout", format!("the rate is a probability between 0 and 1, got {rate}"))
        .or_at(Location::caller()))
}

impl Layer for Dropout {
    #[track_caller]
    fn try_forward(&self, x: &Tensor) -> Result<Tensor> {
        if !self.training {
            return Ok(x.clone());
        }
        dropout(x, self.rate, &mut self.rng.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
