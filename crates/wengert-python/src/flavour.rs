//! Whose conventions a cell follows, and what the Python side has told about them.

use std::sync::RwLock;
use std::sync::atomic::{AtomicU8, Ordering};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use wengert::DType;

use crate::errors::argument_error;

/// The library whose conventions a cell follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Flavour {
    Torch,
    Numpy,
    Tf,
}

/// The dtypes of the engine, in the order of [`index_of`].
pub const DTYPES: [DType; 6] = [DType::Bool, DType::U8, DType::I32, DType::I64, DType::F32, DType::F64];

fn index_of(dtype: DType) -> usize {
    DTYPES.iter().position(|&known| known == dtype).unwrap_or(5)
}

/// The groups of errors whose exception class a front end chooses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Complaint {
    Shape,
    DType,
    Index,
    Argument,
    Autograd,
}

const COMPLAINTS: [&str; 5] = ["shape", "dtype", "index", "argument", "autograd"];

#[derive(Default)]
struct Registered {
    dtypes: [Option<Py<PyAny>>; 6],
    shape: Option<Py<PyAny>>,
    errors: [Option<Py<PyAny>>; 5],
}

static REGISTERED: [RwLock<Registered>; 3] =
    [const { RwLock::new(Registered { dtypes: [const { None }; 6], shape: None, errors: [const { None }; 5] }) }; 3];

/// The dtype of Python floats in PyTorch's conventions: 0 for float32, 1 for float64.
static DEFAULT: AtomicU8 = AtomicU8::new(0);

impl Flavour {
    pub fn parse(text: &str) -> PyResult<Flavour> {
        match text {
            "torch" => Ok(Flavour::Torch),
            "numpy" => Ok(Flavour::Numpy),
            "tf" => Ok(Flavour::Tf),
            other => Err(argument_error(format!("there is no flavour {other:?}: write 'torch', 'numpy' or 'tf'"))),
        }
    }

    fn registered(self) -> std::sync::RwLockReadGuard<'static, Registered> {
        REGISTERED[self as usize].read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The dtype of Python floats.
    pub fn float(self) -> DType {
        match self {
            Flavour::Torch if DEFAULT.load(Ordering::Relaxed) == 0 => DType::F32,
            Flavour::Tf => DType::F32,
            _ => DType::F64,
        }
    }

    /// The dtype of Python integers.
    pub fn int(self) -> DType {
        if self == Flavour::Tf { DType::I32 } else { DType::I64 }
    }

    /// The object that stands for a dtype.
    pub fn dtype<'py>(self, py: Python<'py>, dtype: DType) -> PyResult<Bound<'py, PyAny>> {
        if let Some(object) = &self.registered().dtypes[index_of(dtype)] {
            return Ok(object.bind(py).clone());
        }
        match self {
            Flavour::Numpy => Ok(crate::ndarray::descriptor(py, dtype).into_any()),
            _ => Ok(pyo3::types::PyString::new(py, dtype.name()).into_any()),
        }
    }

    /// A shape as Python sees it.
    pub fn shape<'py>(self, py: Python<'py>, shape: &[usize]) -> PyResult<Bound<'py, PyAny>> {
        let tuple = PyTuple::new(py, shape)?;
        let class = self.registered().shape.as_ref().map(|class| class.clone_ref(py));
        match class {
            Some(class) => class.bind(py).call1((tuple,)),
            None => Ok(tuple.into_any()),
        }
    }

    /// The exception class for a complaint, if the front end chose one.
    pub fn exception(self, py: Python<'_>, complaint: Complaint) -> Option<Py<PyAny>> {
        self.registered().errors[complaint as usize].as_ref().map(|class| class.clone_ref(py))
    }
}

/// Tells what a front end's dtypes, shape class and exception classes are.
#[pyfunction]
#[pyo3(signature = (flavour, *, dtypes=None, shape=None, errors=None))]
pub fn register(
    flavour: &str,
    dtypes: Option<&Bound<'_, PyDict>>,
    shape: Option<Py<PyAny>>,
    errors: Option<&Bound<'_, PyDict>>,
) -> PyResult<()> {
    let flavour = Flavour::parse(flavour)?;
    let mut named = Vec::new();
    for (name, object) in dtypes.into_iter().flatten() {
        named.push((index_of(parse(&name.extract::<String>()?)?), object.unbind()));
    }
    let mut classes = Vec::new();
    for (name, class) in errors.into_iter().flatten() {
        let name: String = name.extract()?;
        let at = COMPLAINTS.iter().position(|&known| known == name).ok_or_else(|| {
            argument_error(format!("there is no group of errors {name:?}: write one of {COMPLAINTS:?}"))
        })?;
        classes.push((at, class.unbind()));
    }
    let mut registered = REGISTERED[flavour as usize].write().unwrap_or_else(std::sync::PoisonError::into_inner);
    for (at, object) in named {
        registered.dtypes[at] = Some(object);
    }
    for (at, class) in classes {
        registered.errors[at] = Some(class);
    }
    if shape.is_some() {
        registered.shape = shape;
    }
    Ok(())
}

/// Sets the dtype of Python floats in PyTorch's conventions.
#[pyfunction]
pub fn set_default_dtype(dtype: DTypeLike) -> PyResult<()> {
    match dtype.0 {
        DType::F32 => DEFAULT.store(0, Ordering::Relaxed),
        DType::F64 => DEFAULT.store(1, Ordering::Relaxed),
        other => return Err(argument_error(format!("the default dtype must be float32 or float64, not {other}"))),
    }
    Ok(())
}

/// The dtype of Python floats in PyTorch's conventions.
#[pyfunction]
pub fn get_default_dtype() -> &'static str {
    Flavour::Torch.float().name()
}

/// A dtype by its name.
pub fn parse(name: &str) -> PyResult<DType> {
    Ok(match name {
        "bool" | "bool_" => DType::Bool,
        "uint8" => DType::U8,
        "int32" | "intc" => DType::I32,
        "int64" | "int" => DType::I64,
        "float32" => DType::F32,
        "float64" | "float" => DType::F64,
        other => {
            return Err(pyo3::exceptions::PyTypeError::new_err(format!(
                "dtype {other} is not supported: the dtypes are bool, uint8, int32, int64, float32 and float64. \
                 Cast first, for example with `.astype('float32')`"
            )));
        }
    })
}

/// Whatever can name a dtype: a string, anything with a `name`, a NumPy scalar class, Python's bool, int and float.
#[derive(Clone, Copy)]
pub struct DTypeLike(pub DType);

impl<'py> FromPyObject<'_, 'py> for DTypeLike {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(name) = object.cast::<pyo3::types::PyString>() {
            return parse(&name.to_string_lossy()).map(DTypeLike);
        }
        if let Ok(name) = object.getattr(pyo3::intern!(object.py(), "name"))
            && let Ok(name) = name.cast::<pyo3::types::PyString>()
        {
            return parse(&name.to_string_lossy()).map(DTypeLike);
        }
        if let Ok(class) = object.cast::<pyo3::types::PyType>() {
            let name = class.name()?.to_string();
            return parse(&name).map(DTypeLike);
        }
        Err(pyo3::exceptions::PyTypeError::new_err(format!(
            "{} is not a dtype: write a name such as 'float32'",
            object.repr()?
        )))
    }
}
