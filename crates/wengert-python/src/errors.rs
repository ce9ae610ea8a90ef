//! The engine's errors as the exceptions that users of a library expect.

use pyo3::exceptions::{PyIndexError, PyOSError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use wengert::{Error, ErrorKind};

use crate::flavour::{Complaint, Flavour};

/// A ValueError.
#[cold]
pub fn argument_error(text: impl Into<String>) -> PyErr {
    PyValueError::new_err(text.into())
}

/// A TypeError.
#[cold]
pub fn type_error(text: impl Into<String>) -> PyErr {
    PyTypeError::new_err(text.into())
}

/// An exception of the class that the front end chose for a complaint.
#[cold]
pub fn complain(py: Python<'_>, flavour: Flavour, complaint: Complaint, text: String) -> PyErr {
    if let Some(class) = flavour.exception(py, complaint) {
        return match class.bind(py).call1((text,)) {
            Ok(exception) => PyErr::from_value(exception),
            Err(error) => error,
        };
    }
    match (flavour, complaint) {
        (_, Complaint::Index) => PyIndexError::new_err(text),
        (Flavour::Torch, Complaint::Argument) => PyValueError::new_err(text),
        (Flavour::Torch, _) => PyRuntimeError::new_err(text),
        (_, Complaint::DType) => PyTypeError::new_err(text),
        (_, Complaint::Autograd) => PyRuntimeError::new_err(text),
        _ => PyValueError::new_err(text),
    }
}

/// The engine's error as a Python exception.
#[cold]
pub fn exception(py: Python<'_>, flavour: Flavour, error: &Error) -> PyErr {
    let kind = error.kind();
    let text = crate::wording::text(kind);
    let complaint = match kind {
        ErrorKind::Array(array) => match array {
            wengert::ArrayError::ShapeMismatch { .. } => Complaint::Shape,
            wengert::ArrayError::DType { .. } => Complaint::DType,
            wengert::ArrayError::Axis { .. } | wengert::ArrayError::Index { .. } => Complaint::Index,
            wengert::ArrayError::Io { .. } => return PyOSError::new_err(text),
            wengert::ArrayError::Format { .. } => return PyValueError::new_err(text),
            _ => Complaint::Argument,
        },
        ErrorKind::Argument { .. } => Complaint::Argument,
        ErrorKind::Cotangent { .. } => Complaint::Shape,
        ErrorKind::Foreign(source) => {
            return match source.downcast_ref::<PyErr>() {
                Some(original) => original.clone_ref(py),
                None => PyRuntimeError::new_err(text),
            };
        }
        ErrorKind::Backward { source, .. } => {
            // The exception of a rule written in Python is the user's own: it is raised as it is.
            if let ErrorKind::Foreign(inner) = source.kind()
                && let Some(original) = inner.downcast_ref::<PyErr>()
            {
                return original.clone_ref(py);
            }
            Complaint::Autograd
        }
        ErrorKind::Draw(_) => return PyValueError::new_err(text),
        ErrorKind::Abstract { .. } | ErrorKind::Escaped { .. } if flavour == Flavour::Numpy => {
            return PyTypeError::new_err(text);
        }
        _ => Complaint::Autograd,
    };
    complain(py, flavour, complaint, text)
}

/// Turns the engine's errors into Python exceptions of a flavour.
pub trait OrRaise<T> {
    fn or_raise(self, py: Python<'_>, flavour: Flavour) -> PyResult<T>;
}

impl<T> OrRaise<T> for wengert::Result<T> {
    #[inline]
    fn or_raise(self, py: Python<'_>, flavour: Flavour) -> PyResult<T> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(exception(py, flavour, &error)),
        }
    }
}

/// A Python exception on its way through the engine.
pub fn through(error: PyErr) -> Error {
    ErrorKind::Foreign(std::sync::Arc::new(error)).into()
}
