//! What can go wrong, said so that the reader knows what was done and what to write instead.

use std::fmt;
use std::panic::Location;

/// The result of every fallible operation on tensors.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of the library: what went wrong ([`ErrorKind`]) and, where it is known, the line of the
/// user's program that made the operation.
///
/// It is one pointer wide, so that a `Result<Tensor>` travels in registers.
///
/// ```
/// use wengert::prelude::*;
/// let a = Tensor::zeros([2, 3]);
/// let b = Tensor::zeros([2, 3]);
/// let error = a.try_matmul(&b).unwrap_err();
/// assert!(error.to_string().contains("(2, 3)"));
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    at: Option<&'static Location<'static>>,
}

/// The kinds of [`Error`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Shapes, dtypes, indices or arguments that an array operation cannot take.
    #[error(transparent)]
    Array(#[from] wengert_array::Error),
    /// Arguments that do not fit together: the text says what was done and what to write instead.
    #[error("{op}: {detail}")]
    Argument {
        /// The operation.
        op: String,
        /// What was wrong and what to write instead.
        detail: String,
    },
    /// `backward()` without a cotangent, of a tensor with more than one element.
    #[error(
        "grad can be implicitly created only for scalar outputs: this tensor has shape {shape}. \
         Reduce it first (for example `y.sum().backward()`), or hand in a cotangent: `y.backward_with(&g)`"
    )]
    NotScalar {
        /// The shape of the output.
        shape: String,
    },
    /// A cotangent or tangent whose shape is not that of its tensor.
    #[error("{op}: the {what} has shape {got} but the tensor it belongs to has shape {expected}")]
    Cotangent {
        /// The transform.
        op: &'static str,
        /// `cotangent` or `tangent`.
        what: &'static str,
        /// The shape that was given.
        got: String,
        /// The shape that it must have.
        expected: String,
    },
    /// A tensor that does not require grad was differentiated.
    #[error(
        "element {index} of tensors does not require grad and does not have a grad_fn: \
         call `.requires_grad()` on the inputs before computing with them (and not inside `no_grad`)"
    )]
    NoGrad {
        /// The position among the outputs.
        index: usize,
    },
    /// `autograd::grad` met an input that the outputs do not depend on.
    #[error(
        "one of the differentiated tensors (input {index}) appears to not have been used in the graph: \
         set `allow_unused(true)` if this is the desired behaviour"
    )]
    Unused {
        /// The position among the inputs.
        index: usize,
    },
    /// The residuals of a graph were freed by an earlier backward pass.
    #[error(
        "trying to backward through the graph a second time: the residuals of `{op}` were freed by the first pass. \
         Pass `retain_graph=True` (`Backward::new().retain_graph(true)`) to the first one if a second one follows"
    )]
    Freed {
        /// The operation whose residuals are gone.
        op: String,
    },
    /// A second gradient was asked of a tape that answers once.
    #[error(
        "this GradientTape is not persistent: it answered once already and freed what it recorded. \
         Make it with `GradientTape::new().persistent(true)` to ask more than once"
    )]
    TapeUsed,
    /// A value that the backward pass needs was changed in place.
    #[error(
        "a value needed by the backward pass of `{op}` was changed in place: saved at {saved} (version {saved_version}), \
         changed at {changed} (version {version}). Call backward before the update, or use `.detach().clone()` in the forward pass"
    )]
    Modified {
        /// The operation that saved the value.
        op: String,
        /// Where it was saved.
        saved: String,
        /// The version that was saved.
        saved_version: u32,
        /// Where it was changed.
        changed: String,
        /// The version it has now.
        version: u32,
    },
    /// An in-place update of a leaf that requires grad, outside `no_grad`.
    #[error(
        "{op}: a leaf tensor that requires grad is being used in an in-place operation. \
         Do the update inside `no_grad(|| …)`, or on `.detach()`"
    )]
    LeafInPlace {
        /// The in-place operation.
        op: &'static str,
    },
    /// The gradient of a tensor that is not a leaf, which no backward pass fills.
    #[error(
        "the gradient of a tensor that is not a leaf is not kept: call `.retain_grad()` on it before `backward()`, \
         or read the gradient of the leaf it was computed from"
    )]
    NotLeaf,
    /// A dtype that cannot require grad.
    #[error(
        "only tensors of floating point dtype can require gradients, this one has dtype {dtype}: cast it first, `x.to_dtype(DType::F64)`"
    )]
    NotFloating {
        /// The dtype.
        dtype: String,
    },
    /// A primitive without a rule for what was asked.
    #[error(
        "`{op}` is not differentiable ({mode}): use `.detach()` or `stop_gradient` on its input if no gradient should flow through it"
    )]
    NotDifferentiable {
        /// The primitive.
        op: String,
        /// The mode: `vjp` or `jvp`.
        mode: &'static str,
    },
    /// A tensor of a transform that has ended.
    #[error(
        "`{op}` was given a tensor that escaped from its transform: it belongs to a `{transform}` that has already returned. \
         Return it from the function as a result instead of storing it elsewhere"
    )]
    Escaped {
        /// The operation.
        op: String,
        /// The transform it belongs to.
        transform: &'static str,
    },
    /// The value of a tensor was asked for where it has none.
    #[error(
        "{op}: the value of this tensor is not known here, because it is being {how}. \
         Use tensor operations such as `select` instead of branching on a value, or move this out of the transformed function"
    )]
    Abstract {
        /// What was asked for.
        op: &'static str,
        /// Which transform hides it.
        how: &'static str,
    },
    /// `.item()`-like access or NumPy export of a tensor that requires grad.
    #[error("can't take the array of a tensor that requires grad: use `.detach()` first")]
    RequiresGrad,
    /// A NaN that anomaly detection found in a backward pass.
    #[error(
        "`{op}` returned NaN for the gradient of its input {input} during the backward pass; the forward operation ran at {line}"
    )]
    NonFinite {
        /// The primitive.
        op: String,
        /// The position of the input.
        input: usize,
        /// The line of the forward operation.
        line: String,
    },
    /// An error of a function that the engine was handed, such as an exception of a host language.
    #[error("{0}")]
    Foreign(std::sync::Arc<dyn std::error::Error + Send + Sync>),
    /// A file that could not be written or drawn.
    #[error(transparent)]
    Draw(#[from] crate::draw::Error),
    /// An error that happened in the backward rule of an operation.
    #[error("{source}\n  in the backward pass of `{op}`, whose forward operation ran at {line}")]
    Backward {
        /// The primitive.
        op: String,
        /// The line of the forward operation.
        line: String,
        /// What happened.
        source: Box<Error>,
    },
}

impl Error {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The line of the program that made the failing operation, where it is known.
    #[must_use]
    pub fn location(&self) -> Option<&'static Location<'static>> {
        self.0.at
    }

    /// The same error, naming `at` unless it names a line already.
    #[must_use]
    pub fn or_at(mut self, at: &'static Location<'static>) -> Error {
        self.0.at.get_or_insert(at);
        self
    }

    /// An [`ErrorKind::Argument`].
    #[must_use]
    pub fn argument(op: impl Into<String>, detail: impl Into<String>) -> Error {
        ErrorKind::Argument { op: op.into(), detail: detail.into() }.into()
    }

    /// Panics with this error's text; the panic is located at the caller's line.
    #[cold]
    #[track_caller]
    pub fn raise(self) -> ! {
        panic!("{self}")
    }
}

impl<K: Into<ErrorKind>> From<K> for Error {
    #[cold]
    fn from(kind: K) -> Error {
        Error(Box::new(Inner { kind: kind.into(), at: None }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.kind)?;
        match self.0.at {
            Some(at) => write!(f, "\n  at {at}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?}", self.0.kind)?;
        if let Some(at) = self.0.at {
            write!(f, " at {at}")?;
        }
        write!(f, ")")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.kind {
            ErrorKind::Array(source) => Some(source),
            ErrorKind::Draw(source) => Some(source),
            ErrorKind::Backward { source, .. } => Some(source),
            _ => None,
        }
    }
}
