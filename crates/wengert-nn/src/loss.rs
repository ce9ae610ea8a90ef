//! How far a prediction is from its target.
//!
//! Each loss has two forms: one that gives the mean and panics where shapes do not fit, so that it can stand in an expression, and a
//! `try_` form that takes the [`Reduction`] and returns errors.

mod cross_entropy;

use std::panic::Location;

use wengert::{Error, Result, Shape, Tensor};

pub use cross_entropy::{CrossEntropy, cross_entropy, nll_loss, try_cross_entropy, try_nll_loss};

/// What becomes of the losses of the examples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// Their mean.
    #[default]
    Mean,
    /// Their sum.
    Sum,
    /// They stay as they are.
    None,
}

impl Reduction {
    /// Reduces losses.
    ///
    /// # Errors
    /// None but those of the sum and the mean.
    #[track_caller]
    pub fn apply(self, losses: &Tensor) -> Result<Tensor> {
        match self {
            Reduction::Mean => losses.try_mean(),
            Reduction::Sum => losses.try_sum(),
            Reduction::None => Ok(losses.clone()),
        }
    }
}

/// Broadcasting a column against a row makes a matrix of losses, which is never what was meant.
#[track_caller]
fn same_shape(op: &'static str, input: &Tensor, target: &Tensor) -> Result<()> {
    if input.shape() == target.shape() {
        return Ok(());
    }
    Err(Error::argument(
        op,
        format!(
            "the prediction has shape {} but the target {}: they must be equal (reshape one of them)",
            Shape::from(input.shape()),
            Shape::from(target.shape())
        ),
    )
    .or_at(Location::caller()))
}

macro_rules! elementwise {
    ($($(#[$doc:meta])+ $name:ident $try_name:ident($input:ident, $target:ident) $body:block)+) => {$(
        $(#[$doc])+
        ///
        /// # Panics
        #[doc = concat!("Where [`", stringify!($try_name), "`] returns an error.")]
        #[track_caller]
        #[must_use]
        pub fn $name($input: &Tensor, $target: &Tensor) -> Tensor {
            match $try_name($input, $target, Reduction::Mean) {
                Ok(loss) => loss,
                Err(error) => error.raise(),
            }
        }

        #[doc = concat!("[`", stringify!($name), "`] with a reduction, returning errors.")]
        ///
        /// # Errors
        /// If the shapes differ.
        #[track_caller]
        pub fn $try_name($input: &Tensor, $target: &Tensor, reduction: Reduction) -> Result<Tensor> {
            same_shape(stringify!($name), $input, $target)?;
            let losses: Result<Tensor> = $body;
            reduction.apply(&losses?)
        }
    )+};
}

elementwise! {
    /// The mean of (input − target)².
    ///
    /// ```
    /// use wengert_nn::prelude::*;
    /// assert_eq!(mse_loss(&Tensor::from([1.0, 4.0]), &Tensor::from([1.0, 2.0])).item(), 2.0);
    /// ```
    mse_loss try_mse_loss(input, target) { input.try_sub(target)?.try_square() }

    /// The mean of |input − target|.
    l1_loss try_l1_loss(input, target) { input.try_sub(target)?.try_abs() }

    /// The mean of (input − target)²/2 where that difference is below 1, of |input − target| − ½ elsewhere (Huber, 1964).
    huber_loss try_huber_loss(input, target) {
        let size = input.try_sub(target)?.try_abs()?;
        let near = size.try_square()?.try_mul(0.5)?;
        size.try_lt(1.0)?.try_select(near, size.try_sub(0.5)?)
    }

    /// The cross-entropy of truth values (or probabilities) and σ(logits), without overflow: the mean of softplus(x) − x·t.
    ///
    /// ```
    /// use wengert_nn::prelude::*;
    /// let loss = bce_with_logits(&Tensor::from([0.0, 100.0]), &Tensor::from([1.0, 1.0]));
    /// assert!((loss.item() - 2.0_f64.ln() / 2.0).abs() < 1e-15);
    /// ```
    bce_with_logits try_bce_with_logits(logits, target) {
        logits.try_softplus()?.try_sub(logits.try_mul(target.try_to_dtype(logits.dtype())?)?)
    }
}

/// The share of examples whose largest logit is that of their class. `logits` has shape (examples, classes), `target` (examples,).
///
/// # Errors
/// If the shapes do not fit.
#[track_caller]
pub fn accuracy(logits: &Tensor, target: &Tensor) -> Result<f64> {
    let best = logits.stop_gradient().try_argmax(-1)?;
    same_shape("accuracy", &best, target)?;
    let (best, target) = (best.try_to_vec::<i64>()?, target.try_to_dtype(wengert::DType::I64)?.try_to_vec::<i64>()?);
    let right = best.iter().zip(&target).filter(|(a, b)| a == b).count();
    Ok(if best.is_empty() { 0.0 } else { right as f64 / best.len() as f64 })
}
