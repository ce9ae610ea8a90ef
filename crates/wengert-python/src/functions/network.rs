//! Losses and dropout.

use pyo3::prelude::*;
use wengert::{Result, Tensor};
use wengert_nn::loss::{self, CrossEntropy, Reduction};

use super::arguments::pair;
use super::random::{Rng, draw};
use crate::cell::{Arg, Out, run};
use crate::errors::{OrRaise, argument_error};
use crate::graph::show_as;
use crate::operand;

/// What becomes of the losses of the examples.
struct Reduce(Reduction);

impl<'py> FromPyObject<'_, 'py> for Reduce {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Reduce> {
        let text = object.str()?;
        Ok(Reduce(match &*text.to_string_lossy() {
            "mean" => Reduction::Mean,
            "sum" => Reduction::Sum,
            "none" => Reduction::None,
            other => {
                return Err(argument_error(format!(
                    "{other} is not a valid value for reduction: write 'mean', 'sum' or 'none'"
                )));
            }
        }))
    }
}

/// The cross-entropy of softmax(logits) and class indices, or probabilities.
#[pyfunction]
#[pyo3(signature = (input, target, reduction=Reduce(Reduction::Mean), label_smoothing=0.0, ignore_index=-100), text_signature = "(input, target, reduction='mean', label_smoothing=0.0, ignore_index=-100)")]
fn cross_entropy(
    py: Python<'_>,
    input: Arg,
    target: Arg,
    reduction: Reduce,
    label_smoothing: f64,
    ignore_index: Option<i64>,
) -> PyResult<Out> {
    let mut options = CrossEntropy::new().reduction(reduction.0).label_smoothing(label_smoothing);
    let target = target.value;
    if let Some(class) = ignore_index
        && ignored(&target, class)
    {
        options = options.ignore_index(class);
    }
    let loss = input.map(py, |logits| options.try_forward(logits, &target))?;
    if label_smoothing == 0.0 && !target.dtype().is_float() {
        show_as(&loss.1, "NllLossBackward0", &[&input.value]);
    }
    Ok(loss)
}

/// Whether some class index may be the one that counts for nothing.
fn ignored(target: &Tensor, class: i64) -> bool {
    if target.dtype().is_float() {
        return false;
    }
    match target.array().and_then(|array| Ok(array.try_cast(wengert::DType::I64)?.to_vec::<i64>()?)) {
        Ok(classes) => classes.contains(&class),
        Err(_) => false,
    }
}

/// Minus the log-probability of each example's class, from log-probabilities.
#[pyfunction]
#[pyo3(signature = (input, target, reduction=Reduce(Reduction::Mean), ignore_index=-100), text_signature = "(input, target, reduction='mean', ignore_index=-100)")]
fn nll_loss(py: Python<'_>, input: Arg, target: Arg, reduction: Reduce, ignore_index: Option<i64>) -> PyResult<Out> {
    let target = target.value;
    let class = ignore_index.filter(|&class| ignored(&target, class));
    let loss = input.map(py, |scores| match class {
        None => loss::try_nll_loss(scores, &target, reduction.0),
        Some(class) => loss::try_nll_loss_without(scores, &target, class, reduction.0),
    })?;
    show_as(&loss.1, "NllLossBackward0", &[&input.value]);
    Ok(loss)
}

/// A loss of an input and a target that broadcasts for no one, in one dtype. PyTorch shows it under `name`, if that is not
/// empty.
fn compared(
    py: Python<'_>,
    input: &Bound<'_, PyAny>,
    target: &Bound<'_, PyAny>,
    name: &'static str,
    f: impl FnOnce(&Tensor, &Tensor) -> Result<Tensor> + Send,
) -> PyResult<Out> {
    let (flavour, input, target) = pair(py, input, target)?;
    let mut both = [input, target];
    if both[0].dtype() != both[1].dtype() {
        operand::common(py, flavour, &mut both)?;
    }
    let [input, target] = &both;
    let loss = run(py, input.len(), || f(input, target)).or_raise(py, flavour)?;
    if !name.is_empty() {
        show_as(&loss, name, &[input, target]);
    }
    Ok(Out(flavour, loss))
}

macro_rules! losses {
    ($($name:ident $function:ident $shown:literal $doc:literal;)+) => {
        $(
            #[doc = $doc]
            #[pyfunction]
            #[pyo3(signature = (input, target, reduction=Reduce(Reduction::Mean)), text_signature = "(input, target, reduction='mean')")]
            fn $name(
                py: Python<'_>,
                input: &Bound<'_, PyAny>,
                target: &Bound<'_, PyAny>,
                reduction: Reduce,
            ) -> PyResult<Out> {
                compared(py, input, target, $shown, |input, target| loss::$function(input, target, reduction.0))
            }
        )+

        fn add_losses(module: &Bound<'_, PyModule>) -> PyResult<()> {
            add_all!(module: $($name)+);
            Ok(())
        }
    };
}

losses! {
    mse_loss try_mse_loss "MseLossBackward0" "(input − target)².";
    l1_loss try_l1_loss "" "|input − target|.";
    binary_cross_entropy try_binary_cross_entropy "BinaryCrossEntropyBackward0" "The cross-entropy of truth values (or probabilities) and probabilities.";
    log_cosh_loss try_log_cosh_loss "" "log cosh(input − target).";
    soft_margin_loss try_soft_margin_loss "SoftMarginLossBackward0" "log(1 + exp(−target·input)) for targets 1 and −1.";
}

/// (input − target)²/2 below delta, delta·(|input − target| − delta/2) elsewhere.
#[pyfunction]
#[pyo3(signature = (input, target, reduction=Reduce(Reduction::Mean), delta=1.0), text_signature = "(input, target, reduction='mean', delta=1.0)")]
fn huber_loss(
    py: Python<'_>,
    input: &Bound<'_, PyAny>,
    target: &Bound<'_, PyAny>,
    reduction: Reduce,
    delta: f64,
) -> PyResult<Out> {
    compared(py, input, target, "HuberLossBackward0", |input, target| {
        loss::try_huber_loss_with(input, target, delta, reduction.0)
    })
}

/// The Huber loss over beta.
#[pyfunction]
#[pyo3(signature = (input, target, reduction=Reduce(Reduction::Mean), beta=1.0), text_signature = "(input, target, reduction='mean', beta=1.0)")]
fn smooth_l1_loss(
    py: Python<'_>,
    input: &Bound<'_, PyAny>,
    target: &Bound<'_, PyAny>,
    reduction: Reduce,
    beta: f64,
) -> PyResult<Out> {
    compared(py, input, target, "SmoothL1LossBackward0", |input, target| {
        loss::try_smooth_l1_loss(input, target, beta, reduction.0)
    })
}

/// The cross-entropy of truth values (or probabilities) and the sigmoids of logits, without overflow.
#[pyfunction]
#[pyo3(signature = (input, target, reduction=Reduce(Reduction::Mean), pos_weight=None), text_signature = "(input, target, reduction='mean', pos_weight=None)")]
fn binary_cross_entropy_with_logits(
    py: Python<'_>,
    input: &Bound<'_, PyAny>,
    target: &Bound<'_, PyAny>,
    reduction: Reduce,
    pos_weight: Option<Arg>,
) -> PyResult<Out> {
    compared(py, input, target, "BinaryCrossEntropyWithLogitsBackward0", |input, target| match &pos_weight {
        None => loss::try_bce_with_logits(input, target, reduction.0),
        Some(weight) => loss::try_weighted_bce_with_logits(input, target, &weight.value, reduction.0),
    })
}

/// The divergence of a target's probabilities (or their logarithms) from those whose logarithms the input holds.
#[pyfunction]
#[pyo3(signature = (input, target, reduction="mean", log_target=false))]
fn kl_div(
    py: Python<'_>,
    input: &Bound<'_, PyAny>,
    target: &Bound<'_, PyAny>,
    reduction: &str,
    log_target: bool,
) -> PyResult<Out> {
    let reduction = match reduction {
        "batchmean" => None,
        "mean" => Some(Reduction::Mean),
        "sum" => Some(Reduction::Sum),
        "none" => Some(Reduction::None),
        other => return Err(argument_error(format!("{other} is not a valid value for reduction"))),
    };
    compared(py, input, target, "", |input, target| {
        let examples = input.shape().first().copied().unwrap_or(1) as f64;
        let probabilities = if log_target { target.try_exp()? } else { target.clone() };
        let total = loss::try_kl_div(input, &probabilities, reduction.unwrap_or(Reduction::Sum))?;
        if reduction.is_none() { total.try_div(examples) } else { Ok(total) }
    })
}

/// Sets each element to zero with probability p and divides the others by 1 − p.
#[pyfunction]
#[pyo3(signature = (x, p=0.5, r#gen=None))]
fn dropout(py: Python<'_>, x: Arg, p: f64, r#gen: Option<Rng<'_>>) -> PyResult<Out> {
    let value = &x.value;
    let dropped = draw(py, r#gen.as_ref(), value.len(), |numbers| wengert_nn::dropout(value, p, numbers))?;
    Ok(Out(x.flavour, dropped.or_raise(py, x.flavour)?))
}

/// Adds the functions of this file.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    add_losses(module)?;
    add_all!(module: cross_entropy nll_loss huber_loss smooth_l1_loss binary_cross_entropy_with_logits kl_div dropout);
    Ok(())
}
