//! What can go wrong, said so that the reader knows what to write instead.

use std::borrow::Cow;

/// The result of a fallible array operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation could not be done: what was asked, the shapes and dtypes involved, and what to write instead.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Shapes that do not fit together.
    #[error("{op}: {detail}{}", spaced(.hint))]
    ShapeMismatch {
        /// The operation.
        op: Cow<'static, str>,
        /// The shapes involved and what is wrong with them.
        detail: String,
        /// What to write instead (may be empty).
        hint: Cow<'static, str>,
    },
    /// A dtype that the operation does not take.
    #[error("{op}: {detail}{}", spaced(.hint))]
    DType {
        /// The operation.
        op: Cow<'static, str>,
        /// The dtypes involved and what is wrong with them.
        detail: String,
        /// What to write instead (may be empty).
        hint: Cow<'static, str>,
    },
    /// An axis that the array does not have.
    #[error("{op}: axis {axis} does not exist: {}", axes_of(*.ndim))]
    Axis {
        /// The operation.
        op: Cow<'static, str>,
        /// The axis as it was given.
        axis: isize,
        /// How many axes there are.
        ndim: usize,
    },
    /// An index outside of its axis.
    #[error("{op}: index {index} is out of range for axis {axis}, which has {}", counted(*.len, "element"))]
    Index {
        /// The operation.
        op: Cow<'static, str>,
        /// The index as it was given.
        index: i64,
        /// The axis it was meant for.
        axis: usize,
        /// How long that axis is.
        len: usize,
    },
    /// Any other argument that makes no sense.
    #[error("{op}: {detail}")]
    Argument {
        /// The operation.
        op: Cow<'static, str>,
        /// What is wrong and what to write instead.
        detail: String,
    },
    /// A file that could not be read or written.
    #[error("{path}: {reason}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// Data that is not in the format it should be in.
    #[error("not a valid {what}: {detail}")]
    Format {
        /// The format.
        what: Cow<'static, str>,
        /// Where and how it departs from it.
        detail: String,
    },
}

fn spaced(hint: &str) -> String {
    if hint.is_empty() { String::new() } else { format!("; {hint}") }
}

fn counted(n: usize, noun: &str) -> String {
    if n == 1 { format!("{n} {noun}") } else { format!("{n} {noun}s") }
}

fn axes_of(ndim: usize) -> String {
    match ndim {
        0 => "the array has no axes (it is a single number)".into(),
        1 => "the array has one axis: write 0 or -1".into(),
        n => format!("the array has {n} axes: write {} to {}, or {} to -1", 0, n - 1, -(n as isize)),
    }
}

impl Error {
    /// Shapes that do not fit together.
    pub fn shape(
        op: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
        hint: impl Into<Cow<'static, str>>,
    ) -> Self {
        Error::ShapeMismatch { op: op.into(), detail: detail.into(), hint: hint.into() }
    }

    /// A dtype that the operation does not take.
    pub fn dtype(
        op: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
        hint: impl Into<Cow<'static, str>>,
    ) -> Self {
        Error::DType { op: op.into(), detail: detail.into(), hint: hint.into() }
    }

    /// An axis that the array does not have.
    pub fn axis(op: impl Into<Cow<'static, str>>, axis: isize, ndim: usize) -> Self {
        Error::Axis { op: op.into(), axis, ndim }
    }

    /// An index outside of its axis.
    pub fn index(op: impl Into<Cow<'static, str>>, index: i64, axis: usize, len: usize) -> Self {
        Error::Index { op: op.into(), index, axis, len }
    }

    /// Any other argument that makes no sense.
    pub fn argument(op: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Error::Argument { op: op.into(), detail: detail.into() }
    }

    /// Data that is not in the format it should be in.
    pub fn format(what: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Error::Format { what: what.into(), detail: detail.into() }
    }

    /// A file that could not be read or written.
    pub fn io(path: impl Into<String>, reason: impl std::fmt::Display) -> Self {
        Error::Io { path: path.into(), reason: reason.to_string() }
    }
}
