//! How far a prediction is from its target.
//!
//! Each loss has two forms: one that gives the mean and panics where shapes do not fit, so that it can stand in an expression, and a
//! `try_` form that takes the [`Reduction`] and returns errors.

mod cross_entropy;

use std::panic::Location;

use wengert::{Error, Result, Shape, Tensor};

pub use cross_entropy::{CrossEntropy, cross_entropy, nll_loss, try_cross_entropy, try_nll_loss, try_nll_loss_without};

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
    huber_loss try_huber_loss(input, target) { huber(input, target, 1.0) }

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

    /// The cross-entropy of truth values (or probabilities) t and probabilities p: the mean of −t·log p − (1 − t)·log(1 − p), the
    /// logarithms held at −100 as in PyTorch. From logits, [`bce_with_logits`] is more accurate.
    ///
    /// ```
    /// use wengert_nn::{loss::binary_cross_entropy, prelude::*};
    /// assert_eq!(binary_cross_entropy(&Tensor::from([0.5, 0.0]), &Tensor::from([1.0, 0.0])).item(), 2.0_f64.ln() / 2.0);
    /// ```
    binary_cross_entropy try_binary_cross_entropy(input, target) {
        let least = |x: Tensor| x.try_log()?.try_clamp(-100.0, f64::INFINITY);
        let target = target.try_to_dtype(input.dtype())?;
        let others = target.try_mul(-1.0)?.try_add(1.0)?;
        let first = target.try_mul(least(input.clone())?)?;
        first.try_add(others.try_mul(least(input.try_mul(-1.0)?.try_add(1.0)?)?)?)?.try_mul(-1.0)
    }

    /// The mean of t·(log t − x), the divergence of probabilities t from those whose logarithms x are (Kullback and Leibler, 1951).
    kl_div try_kl_div(input, target) { target.try_xlogy(target)?.try_sub(target.try_mul(input)?) }

    /// The mean of log cosh(input − target), without overflow.
    log_cosh_loss try_log_cosh_loss(input, target) {
        let apart = input.try_sub(target)?;
        apart.try_add(apart.try_mul(-2.0)?.try_softplus()?)?.try_sub(std::f64::consts::LN_2)
    }

    /// The mean of log(1 + exp(−target·input)) for targets 1 and −1.
    soft_margin_loss try_soft_margin_loss(input, target) {
        input.try_mul(target.try_to_dtype(input.dtype())?)?.try_mul(-1.0)?.try_softplus()
    }
}

/// (input − target)²/2 where that difference is below `delta`, `delta`·(|input − target| − `delta`/2) elsewhere.
///
/// # Errors
/// If the shapes differ or `delta` is not positive.
#[track_caller]
pub fn try_huber_loss_with(input: &Tensor, target: &Tensor, delta: f64, reduction: Reduction) -> Result<Tensor> {
    same_shape("huber_loss", input, target)?;
    if delta.is_nan() || delta <= 0.0 {
        return Err(
            Error::argument("huber_loss", format!("delta must be positive, got {delta}")).or_at(Location::caller())
        );
    }
    reduction.apply(&huber(input, target, delta)?)
}

/// [`try_huber_loss_with`] over `beta`; for `beta` 0 the absolute difference.
///
/// # Errors
/// If the shapes differ or `beta` is negative.
#[track_caller]
pub fn try_smooth_l1_loss(input: &Tensor, target: &Tensor, beta: f64, reduction: Reduction) -> Result<Tensor> {
    same_shape("smooth_l1_loss", input, target)?;
    if beta.is_nan() || beta < 0.0 {
        let text = format!("beta must not be negative, got {beta}");
        return Err(Error::argument("smooth_l1_loss", text).or_at(Location::caller()));
    }
    let losses =
        if beta == 0.0 { input.try_sub(target)?.try_abs()? } else { huber(input, target, beta)?.try_div(beta)? };
    reduction.apply(&losses)
}

/// [`try_bce_with_logits`] with a weight for the positive examples of each class, which broadcasts.
///
/// # Errors
/// If the shapes differ.
#[track_caller]
pub fn try_weighted_bce_with_logits(
    logits: &Tensor,
    target: &Tensor,
    positive: &Tensor,
    reduction: Reduction,
) -> Result<Tensor> {
    same_shape("bce_with_logits", logits, target)?;
    let target = target.try_to_dtype(logits.dtype())?;
    let missed = logits.try_mul(-1.0)?.try_softplus()?.try_mul(&target)?.try_mul(positive)?;
    let others = target.try_mul(-1.0)?.try_add(1.0)?;
    reduction.apply(&missed.try_add(logits.try_softplus()?.try_mul(&others)?)?)
}

fn huber(input: &Tensor, target: &Tensor, delta: f64) -> Result<Tensor> {
    let size = input.try_sub(target)?.try_abs()?;
    let near = size.try_square()?.try_mul(0.5)?;
    size.try_lt(delta)?.try_select(near, size.try_sub(delta / 2.0)?.try_mul(delta)?)
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
