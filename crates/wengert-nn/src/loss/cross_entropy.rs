//! Cross-entropy with class indices and with probabilities.

use std::panic::Location;

use wengert::{Array, DType, Error, Result, Shape, Tensor};

use super::Reduction;

/// The mean cross-entropy of softmax(logits) and the target: class indices of an integer dtype, or probabilities in the shape of the
/// logits. The classes lie along axis 1 (axis 0 of a vector), as in PyTorch. [`CrossEntropy`] has the options.
///
/// ```
/// use wengert_nn::prelude::*;
/// let logits = Tensor::from([[0.0, 0.0], [3.0, 3.0]]);
/// let loss = cross_entropy(&logits, &Tensor::from([0_i64, 1]));
/// assert!((loss.item() - 2.0_f64.ln()).abs() < 1e-15);
/// ```
///
/// # Panics
/// Where [`try_cross_entropy`] returns an error.
#[track_caller]
#[must_use]
pub fn cross_entropy(logits: &Tensor, target: &Tensor) -> Tensor {
    CrossEntropy::new().forward(logits, target)
}

/// [`cross_entropy`] with a reduction, returning errors.
///
/// # Errors
/// If shapes or dtypes do not fit, or a class index is out of range.
#[track_caller]
pub fn try_cross_entropy(logits: &Tensor, target: &Tensor, reduction: Reduction) -> Result<Tensor> {
    CrossEntropy::new().reduction(reduction).try_forward(logits, target)
}

/// The mean of minus the log-probability of each example's class, from log-probabilities: cross-entropy after a log-softmax.
///
/// # Panics
/// Where [`try_nll_loss`] returns an error.
#[track_caller]
#[must_use]
pub fn nll_loss(log_probabilities: &Tensor, target: &Tensor) -> Tensor {
    match try_nll_loss(log_probabilities, target, Reduction::Mean) {
        Ok(loss) => loss,
        Err(error) => error.raise(),
    }
}

/// [`nll_loss`] with a reduction, returning errors.
///
/// # Errors
/// If shapes or dtypes do not fit, or a class index is out of range.
#[track_caller]
pub fn try_nll_loss(log_probabilities: &Tensor, target: &Tensor, reduction: Reduction) -> Result<Tensor> {
    let axis = check("nll_loss", log_probabilities, target)?;
    in_range("nll_loss", target, log_probabilities.shape()[axis as usize])?;
    reduction.apply(&pick(log_probabilities, target, axis)?.try_mul(-1)?)
}

/// [`try_nll_loss`] in which examples of one class index count for nothing, and the mean is over the others.
///
/// # Errors
/// As [`try_nll_loss`].
#[track_caller]
pub fn try_nll_loss_without(
    log_probabilities: &Tensor,
    target: &Tensor,
    ignored: i64,
    reduction: Reduction,
) -> Result<Tensor> {
    let counted = counted(target, ignored)?;
    let safe = counted.try_select(target, target.zeros_like())?;
    let losses = counted.try_select(try_nll_loss(log_probabilities, &safe, Reduction::None)?, 0.0)?;
    over_counted(&losses, &counted, reduction)
}

/// Which examples are not of the class that counts for nothing.
fn counted(target: &Tensor, ignored: i64) -> Result<Tensor> {
    target.try_ne(Tensor::from(Array::number(ignored as f64, target.dtype())))
}

/// Losses reduced, the mean being over the examples that count.
fn over_counted(losses: &Tensor, counted: &Tensor, reduction: Reduction) -> Result<Tensor> {
    match reduction {
        Reduction::Mean => losses.try_sum()?.try_div(counted.try_to_dtype(losses.dtype())?.try_sum()?),
        reduction => reduction.apply(losses),
    }
}

/// Cross-entropy with its options.
///
/// ```
/// use wengert_nn::prelude::*;
/// let logits = Tensor::from([[2.0, 0.0], [0.0, 0.0]]);
/// let padded = Tensor::from([0_i64, -100]);
/// let loss = CrossEntropy::new().label_smoothing(0.1).ignore_index(-100).forward(&logits, &padded);
/// assert!((loss.item() - 0.226_928_011).abs() < 1e-9);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[must_use]
pub struct CrossEntropy {
    reduction: Reduction,
    smoothing: f64,
    ignored: Option<i64>,
}

impl CrossEntropy {
    /// The mean, without smoothing, of all examples.
    pub fn new() -> CrossEntropy {
        CrossEntropy::default()
    }

    /// What becomes of the losses of the examples.
    pub fn reduction(mut self, reduction: Reduction) -> CrossEntropy {
        self.reduction = reduction;
        self
    }

    /// Mixes the target with this share of the uniform distribution (Szegedy and others, 2016).
    pub fn label_smoothing(mut self, share: f64) -> CrossEntropy {
        self.smoothing = share;
        self
    }

    /// Examples of this class index count for nothing, and the mean is over the others.
    pub fn ignore_index(mut self, class: i64) -> CrossEntropy {
        self.ignored = Some(class);
        self
    }

    /// The loss.
    ///
    /// # Panics
    /// Where [`CrossEntropy::try_forward`] returns an error.
    #[track_caller]
    #[must_use]
    pub fn forward(&self, logits: &Tensor, target: &Tensor) -> Tensor {
        match self.try_forward(logits, target) {
            Ok(loss) => loss,
            Err(error) => error.raise(),
        }
    }

    /// The loss.
    ///
    /// # Errors
    /// If shapes or dtypes do not fit, a class index is out of range, or an option makes no sense.
    #[track_caller]
    pub fn try_forward(&self, logits: &Tensor, target: &Tensor) -> Result<Tensor> {
        if !(0.0..=1.0).contains(&self.smoothing) {
            return Err(wrong(format!("the share of label smoothing lies between 0 and 1, got {}", self.smoothing)));
        }
        if target.dtype().is_float() {
            return self.probabilities(logits, target);
        }
        let axis = check("cross_entropy", logits, target)?;
        let Some(ignored) = self.ignored else {
            return self.reduction.apply(&self.indices(logits, target, axis)?);
        };
        let counted = counted(target, ignored)?;
        let safe = counted.try_select(target, target.zeros_like())?;
        let losses = counted.try_select(self.indices(logits, &safe, axis)?, 0.0)?;
        over_counted(&losses, &counted, self.reduction)
    }

    /// The losses for class indices in a shape that was checked.
    fn indices(&self, logits: &Tensor, target: &Tensor, axis: isize) -> Result<Tensor> {
        let losses = if axis as usize + 1 == logits.ndim() {
            logits.try_cross_entropy_with_classes(target)?
        } else {
            logits.try_movedim(axis, -1)?.try_cross_entropy_with_classes(target)?
        };
        if self.smoothing == 0.0 {
            return Ok(losses);
        }
        let even = logits.try_logsumexp(axis, false)?.try_sub(logits.try_mean_axes(axis, false)?)?;
        losses.try_mul(1.0 - self.smoothing)?.try_add(even.try_mul(self.smoothing)?)
    }

    fn probabilities(&self, logits: &Tensor, target: &Tensor) -> Result<Tensor> {
        let axis = class_axis(logits)?;
        if logits.shape() != target.shape() {
            return Err(wrong(format!(
                "probabilities must have the shape of the logits {}, not {}; class indices must have an integer dtype, not {}",
                Shape::from(logits.shape()),
                Shape::from(target.shape()),
                target.dtype()
            )));
        }
        if self.ignored.is_some() {
            return Err(wrong("ignore_index is for class indices; this target holds probabilities".into()));
        }
        let mut target = target.try_to_dtype(logits.dtype())?;
        if self.smoothing != 0.0 {
            let classes = logits.shape()[axis as usize] as f64;
            target = target.try_mul(1.0 - self.smoothing)?.try_add(self.smoothing / classes)?;
        }
        let losses = logits.try_log_softmax(axis)?.try_mul(&target)?.try_sum_axes(axis, false)?.try_mul(-1.0)?;
        self.reduction.apply(&losses)
    }
}

#[track_caller]
fn wrong(detail: String) -> Error {
    Error::argument("cross_entropy", detail).or_at(Location::caller())
}

#[track_caller]
fn class_axis(scores: &Tensor) -> Result<isize> {
    match scores.ndim() {
        0 => Err(wrong("a single number has no classes: the logits need shape (examples, classes)".into())),
        1 => Ok(0),
        _ => Ok(1),
    }
}

/// The element of each example's class.
#[track_caller]
fn pick(scores: &Tensor, target: &Tensor, axis: isize) -> Result<Tensor> {
    scores.try_gather(axis, &target.try_unsqueeze(axis)?)?.try_squeeze(axis)
}

/// The class axis of `scores`, if the shape and dtype of the class indices fit it.
#[track_caller]
fn check(op: &'static str, scores: &Tensor, target: &Tensor) -> Result<isize> {
    let axis = class_axis(scores)?;
    let mut expected = Shape::from(scores.shape());
    expected.remove(axis as usize);
    if target.shape() != &expected[..] || matches!(target.dtype(), DType::Bool | DType::F32 | DType::F64) {
        return Err(Error::argument(
            op,
            format!(
                "scores of shape {} ask for class indices of shape {expected} and an integer dtype, got shape {} and dtype {}",
                Shape::from(scores.shape()),
                Shape::from(target.shape()),
                target.dtype()
            ),
        )
        .or_at(Location::caller()));
    }
    Ok(axis)
}

/// Complains of class indices that do not exist; a negative one would count from the end.
#[track_caller]
fn in_range(op: &'static str, target: &Tensor, classes: usize) -> Result<()> {
    // Inside `vmap` and while tracing there are no values to look at.
    let Ok(array) = target.array() else { return Ok(()) };
    let indices = array.try_cast(DType::I64)?.to_vec::<i64>()?;
    match indices.into_iter().find(|class| !(0..classes as i64).contains(class)) {
        None => Ok(()),
        Some(class) => {
            let last = classes.saturating_sub(1);
            let detail = format!("class index {class} is out of range: there are {classes} classes, 0 to {last}");
            Err(Error::argument(op, detail).or_at(Location::caller()))
        }
    }
}
