//! What every cell can do in Python: operators, conversions, attributes.

use pyo3::basic::CompareOp;
use pyo3::exceptions::PyNotImplementedError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyTuple};
use wengert::scalar::Row;
use wengert::{Array, DType, Tensor};

use crate::cell::{Cell, NumpyArray, TorchTensor, cell_of, give, run};
use crate::errors::{OrRaise, argument_error, complain, type_error};
use crate::flavour::{Complaint, DTypeLike, Flavour};
use crate::operand::{Number, Pair, pair};
use crate::views::{Path, view};

type Object<'py> = PyResult<Bound<'py, PyAny>>;

fn not_implemented(py: Python<'_>) -> Object<'_> {
    Ok(py.NotImplemented().into_bound(py))
}

/// `self op other`, where either may be something else than a cell.
#[inline]
fn operator<'py>(of: Row, a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> Object<'py> {
    let py = a.py();
    match pair(py, a, b)? {
        Some(pair) => pair.apply(py, of),
        None => not_implemented(py),
    }
}

/// True division: of integers too.
fn division<'py>(a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> Object<'py> {
    let py = a.py();
    // PyTorch divides a number by a tensor as a product, and users read that in `grad_fn`.
    if let Some(cell) = cell_of(b)
        && cell.get().flavour == Flavour::Torch
        && let Some(number) = Number::of(a)?
    {
        let mut value = cell.get().value(py)?;
        if !value.dtype().is_float() {
            value = value.try_to_dtype(Flavour::Torch.float()).or_raise(py, Flavour::Torch)?;
        }
        let result = value.try_reciprocal().and_then(|inverse| inverse.try_mul(number.tensor(value.dtype())));
        return give(py, Flavour::Torch, result.or_raise(py, Flavour::Torch)?);
    }
    operator(Row::Div, a, b)
}

/// Powers: a number as exponent is part of the step.
pub fn power<'py>(py: Python<'py>, a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> Object<'py> {
    if let Some(cell) = cell_of(a)
        && !(cell.get().flavour == Flavour::Numpy && crate::operand::is_numpy_scalar(b)?)
        && let Some(exponent) = Number::of(b)?
    {
        let flavour = cell.get().flavour;
        let mut base = cell.get().value(py)?;
        if !base.dtype().is_float() {
            match exponent {
                Number::Int(exponent) if exponent < 0 => {
                    let text = "Integers to negative integer powers are not allowed: cast to a float first";
                    return Err(complain(py, flavour, Complaint::DType, text.into()));
                }
                Number::Float(_) => {
                    let dtype = crate::operand::weak(flavour, exponent, base.dtype())?;
                    base = base.try_to_dtype(dtype).or_raise(py, flavour)?;
                }
                _ if base.dtype() == DType::Bool => base = base.try_to_dtype(DType::I64).or_raise(py, flavour)?,
                _ => {}
            }
        }
        let result = run(py, base.len(), || base.try_powf(exponent.value())).or_raise(py, flavour)?;
        return give(py, flavour, result);
    }
    operator(Row::Pow, a, b)
}

/// The matrix product.
fn product<'py>(a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> Object<'py> {
    let py = a.py();
    let Some(Pair { flavour, a, b }) = pair(py, a, b)? else { return not_implemented(py) };
    multiply(py, flavour, a, b)
}

/// The matrix product of two tensors, by the rules of a flavour.
pub fn multiply(py: Python<'_>, flavour: Flavour, a: Tensor, b: Tensor) -> Object<'_> {
    let mut both = [a, b];
    if flavour == Flavour::Numpy {
        crate::operand::common(py, flavour, &mut both)?;
    } else if both[0].dtype() != both[1].dtype() {
        let text = format!(
            "expected m1 and m2 to have the same dtype, but got: {} != {}. Cast one of them, for example with `.to(...)`",
            both[0].dtype(),
            both[1].dtype()
        );
        return Err(complain(py, flavour, Complaint::DType, text));
    }
    let [a, b] = &both;
    let work = a.len().saturating_mul(b.shape().last().copied().unwrap_or(1));
    let result = run(py, work, || a.try_matmul(b)).or_raise(py, flavour)?;
    give(py, flavour, result)
}

/// Bitwise operators: logical ones for bools.
pub fn bitwise<'py>(of: Bitwise, a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> Object<'py> {
    let py = a.py();
    let Some(Pair { flavour, a, b }) = pair(py, a, b)? else { return not_implemented(py) };
    let mut both = [a, b];
    crate::operand::common(py, if flavour == Flavour::Tf { Flavour::Torch } else { flavour }, &mut both)?;
    let [a, b] = &both;
    if a.dtype() == DType::Bool {
        let row = match of {
            Bitwise::And => Row::LogicalAnd,
            Bitwise::Or => Row::LogicalOr,
            Bitwise::Xor => Row::LogicalXor,
            Bitwise::Left | Bitwise::Right => {
                let text = "shifts are not supported for bools: use integers";
                return Err(complain(py, flavour, Complaint::DType, text.into()));
            }
        };
        return give(py, flavour, Tensor::row(row, &[a, b]).or_raise(py, flavour)?);
    }
    if a.dtype().is_float() {
        let text = format!("bitwise operators are not supported for dtype {}: use integers or bools", a.dtype());
        return Err(complain(py, flavour, Complaint::DType, text));
    }
    let dtype = a.dtype();
    let shape =
        wengert::Shape::broadcast(&[a.shape(), b.shape()]).map_err(wengert::Error::from).or_raise(py, flavour)?;
    let lengths: Vec<isize> = shape.iter().map(|&length| length as isize).collect();
    let values = |x: &Tensor| -> wengert::Result<Vec<i64>> {
        x.try_broadcast_to(&lengths[..])?.try_to_dtype(DType::I64)?.try_to_vec::<i64>()
    };
    let (x, y) = (values(a).or_raise(py, flavour)?, values(b).or_raise(py, flavour)?);
    let joined: Vec<i64> = x
        .into_iter()
        .zip(y)
        .map(|(x, y)| match of {
            Bitwise::And => x & y,
            Bitwise::Or => x | y,
            Bitwise::Xor => x ^ y,
            Bitwise::Left => u32::try_from(y).ok().and_then(|y| x.checked_shl(y)).unwrap_or(0),
            Bitwise::Right => x >> y.clamp(0, 63),
        })
        .collect();
    let made = Tensor::try_from_vec(joined, shape).and_then(|made| made.try_to_dtype(dtype)).or_raise(py, flavour)?;
    give(py, flavour, made)
}

/// Which bitwise operator.
#[derive(Clone, Copy)]
pub enum Bitwise {
    And,
    Or,
    Xor,
    Left,
    Right,
}

/// The only element as a Python number.
pub fn item<'py>(py: Python<'py>, flavour: Flavour, value: &Tensor) -> Object<'py> {
    if value.len() != 1 {
        let text =
            format!("a Tensor with {} elements cannot be converted to Scalar: reduce it or index one", value.len());
        return Err(match flavour {
            Flavour::Torch => pyo3::exceptions::PyRuntimeError::new_err(text),
            Flavour::Numpy => argument_error("can only convert an array of size 1 to a Python scalar"),
            Flavour::Tf => type_error("Only length-1 arrays can be converted to Python scalars"),
        });
    }
    known(flavour, value)?;
    let array = value.array().or_raise(py, flavour)?;
    number(py, array)
}

fn number<'py>(py: Python<'py>, array: &Array) -> Object<'py> {
    let wrong = |error: wengert::ArrayError| argument_error(error.to_string());
    Ok(match array.dtype() {
        DType::Bool => PyBool::new(py, array.item::<bool>().map_err(wrong)?).to_owned().into_any(),
        DType::F32 | DType::F64 => PyFloat::new(py, array.to_f64().map_err(wrong)?).into_any(),
        DType::I64 => array.item::<i64>().map_err(wrong)?.into_pyobject(py)?.into_any(),
        _ => (array.to_f64().map_err(wrong)? as i64).into_pyobject(py)?.into_any(),
    })
}

/// A value that a transform is looking at must not turn into a plain number, or its gradient would be lost.
pub fn known(flavour: Flavour, value: &Tensor) -> PyResult<()> {
    if value.is_transformed() {
        let text = "this value belongs to a transform that is running (`grad`, `jvp`, `vmap`, …): turned into a plain number \
                    or array it would lose its derivative. Use functions of wengert on it, or `stop_gradient` if its \
                    derivative should be left out. An element of a plain ndarray cannot hold it: make the array with \
                    wengert.numpy (`np.zeros(n)` of `import wengert.numpy as np`), or collect the values in a list and write \
                    `np.array(values)`";
        return Err(match flavour {
            Flavour::Torch => pyo3::exceptions::PyRuntimeError::new_err(text),
            _ => type_error(text),
        });
    }
    Ok(())
}

fn nested<'py>(py: Python<'py>, array: &Array) -> Object<'py> {
    if array.shape().is_empty() {
        return number(py, array);
    }
    crate::ndarray::copied(py, array)?.call_method0("tolist")
}

fn compare<'py>(a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>, op: CompareOp) -> Object<'py> {
    let of = match op {
        CompareOp::Lt => Row::Lt,
        CompareOp::Le => Row::Le,
        CompareOp::Eq => Row::Eq,
        CompareOp::Ne => Row::Ne,
        CompareOp::Gt => Row::Gt,
        CompareOp::Ge => Row::Ge,
    };
    operator(of, a, b)
}

macro_rules! arithmetic {
    ($($name:ident $reflected:ident $row:ident;)+) => {
        #[pymethods]
        impl Cell {
            $(
                #[inline]
                fn $name<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Object<'py> {
                    operator(Row::$row, slf.as_any(), other)
                }
                #[inline]
                fn $reflected<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Object<'py> {
                    operator(Row::$row, other, slf.as_any())
                }
            )+
        }
    };
}
arithmetic! {
    __add__ __radd__ Add;
    __sub__ __rsub__ Sub;
    __mul__ __rmul__ Mul;
    __mod__ __rmod__ Remainder;
    __floordiv__ __rfloordiv__ FloorDivide;
}

macro_rules! in_place {
    ($class:ident: $($name:ident $f:expr;)+) => {
        #[pymethods]
        impl $class {
            $(
                fn $name(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<()> {
                    let f: fn(&Bound<'_, PyAny>, &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> = |a, b| ($f)(a, b).map(Bound::unbind);
                    update(slf.as_any().cast::<Cell>()?, other, f)
                }
            )+
        }
    };
}
macro_rules! in_place_operators {
    ($($class:ident)+) => {$(
        in_place! {
            $class:
            __iadd__ |a, b| operator(Row::Add, a, b);
            __isub__ |a, b| operator(Row::Sub, a, b);
            __imul__ |a, b| operator(Row::Mul, a, b);
            __itruediv__ |a, b| division(a, b);
            __imod__ |a, b| operator(Row::Remainder, a, b);
            __ifloordiv__ |a, b| operator(Row::FloorDivide, a, b);
            __iand__ |a, b| bitwise(Bitwise::And, a, b);
            __ior__ |a, b| bitwise(Bitwise::Or, a, b);
            __ixor__ |a, b| bitwise(Bitwise::Xor, a, b);
        }

        #[pymethods]
        impl $class {
            fn __ipow__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>, _modulo: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
                let f: fn(&Bound<'_, PyAny>, &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> =
                    |a, b| power(a.py(), a, b).map(Bound::unbind);
                update(slf.as_any().cast::<Cell>()?, other, f)
            }
        }
    )+};
}
in_place_operators!(TorchTensor NumpyArray);

/// `cell op= other`.
fn update(
    cell: &Bound<'_, Cell>,
    other: &Bound<'_, PyAny>,
    f: fn(&Bound<'_, PyAny>, &Bound<'_, PyAny>) -> PyResult<Py<PyAny>>,
) -> PyResult<()> {
    let py = cell.py();
    let flavour = cell.get().flavour;
    let old = cell.get().value(py)?;
    if old.is_tracked() && old.is_leaf() && wengert::autograd::is_grad_enabled() {
        let text = "a leaf Variable that requires grad is being used in an in-place operation. Do the update inside \
                    `no_grad()`, or on `.data`";
        return Err(complain(py, flavour, Complaint::Autograd, text.into()));
    }
    let handle = give(py, flavour, crate::views::superseded(cell.get(), &old))?;
    let result = f(&handle, other)?.into_bound(py);
    let Some(result) = cell_of(&result) else {
        return Err(type_error(format!(
            "unsupported operand type for an in-place operation: {}",
            other.get_type().name()?
        )));
    };
    let new = result.get().value(py)?;
    fits(py, flavour, &old, &new)?;
    drop((old, handle));
    crate::views::assign_value(py, cell, new, false)
}

/// An in-place result may not change the shape or the kind of the dtype.
fn fits(py: Python<'_>, flavour: Flavour, old: &Tensor, new: &Tensor) -> PyResult<()> {
    if old.shape() != new.shape() {
        let text = format!(
            "output with shape {} doesn't match the broadcast shape {}",
            wengert::Shape::from(old.shape()),
            wengert::Shape::from(new.shape())
        );
        return Err(complain(py, flavour, Complaint::Shape, text));
    }
    let (from, to) = (new.dtype(), old.dtype());
    if (from.is_float() && !to.is_float()) || (to == DType::Bool && from != DType::Bool) {
        let text = format!("result type {from} can't be cast to the desired output type {to}: cast the tensor first");
        return Err(complain(py, flavour, Complaint::DType, text));
    }
    Ok(())
}

#[pymethods]
impl Cell {
    fn __truediv__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Object<'py> {
        division(slf.as_any(), other)
    }

    fn __rtruediv__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Object<'py> {
        division(other, slf.as_any())
    }

    fn __pow__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        modulo: Option<&Bound<'py, PyAny>>,
    ) -> Object<'py> {
        if modulo.is_some() {
            return Err(PyNotImplementedError::new_err("pow() with a modulus is not supported for tensors"));
        }
        power(slf.py(), slf.as_any(), other)
    }

    fn __rpow__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        _modulo: Option<&Bound<'py, PyAny>>,
    ) -> Object<'py> {
        power(slf.py(), other, slf.as_any())
    }

    fn __matmul__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Object<'py> {
        product(slf.as_any(), other)
    }

    fn __rmatmul__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Object<'py> {
        product(other, slf.as_any())
    }

    fn __and__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Object<'py> {
        bitwise(Bitwise::And, slf.as_any(), other)
    }

    fn __rand__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Object<'py> {
        bitwise(Bitwise::And, other, slf.as_any())
    }

    fn __or__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Object<'py> {
        bitwise(Bitwise::Or, slf.as_any(), other)
    }

    fn __ror__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Object<'py> {
        bitwise(Bitwise::Or, other, slf.as_any())
    }

    fn __xor__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Object<'py> {
        bitwise(Bitwise::Xor, slf.as_any(), other)
    }

    fn __rxor__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Object<'py> {
        bitwise(Bitwise::Xor, other, slf.as_any())
    }

    fn __lshift__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Object<'py> {
        bitwise(Bitwise::Left, slf.as_any(), other)
    }

    fn __rlshift__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Object<'py> {
        bitwise(Bitwise::Left, other, slf.as_any())
    }

    fn __rshift__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Object<'py> {
        bitwise(Bitwise::Right, slf.as_any(), other)
    }

    fn __rrshift__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Object<'py> {
        bitwise(Bitwise::Right, other, slf.as_any())
    }

    fn __neg__<'py>(slf: &Bound<'py, Self>) -> Object<'py> {
        crate::operand::unary(slf.py(), Row::Neg, slf.as_any())
    }

    fn __pos__<'py>(slf: Bound<'py, Self>) -> Bound<'py, Self> {
        slf
    }

    fn __abs__<'py>(slf: &Bound<'py, Self>) -> Object<'py> {
        crate::operand::unary(slf.py(), Row::Abs, slf.as_any())
    }

    fn __invert__<'py>(slf: &Bound<'py, Self>) -> Object<'py> {
        let py = slf.py();
        let cell = slf.get();
        let value = cell.value(py)?;
        let result = match value.dtype() {
            DType::Bool => value.try_logical_not(),
            dtype if dtype.is_float() => {
                let text =
                    format!("~ (operator.invert) is only implemented on integer and Boolean-type tensors, not {dtype}");
                return Err(type_error(text));
            }
            DType::U8 => Tensor::from(Array::U8(255)).try_sub(&value),
            dtype => Tensor::from(Array::number(-1.0, dtype)).try_sub(&value),
        };
        give(py, cell.flavour, result.or_raise(py, cell.flavour)?)
    }

    fn __divmod__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
        let quotient = operator(Row::FloorDivide, slf.as_any(), other)?;
        let remainder = operator(Row::Remainder, slf.as_any(), other)?;
        PyTuple::new(slf.py(), [quotient, remainder])
    }

    fn __richcmp__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>, op: CompareOp) -> Object<'py> {
        compare(slf.as_any(), other, op)
    }

    fn __hash__(slf: &Bound<'_, Self>) -> isize {
        (slf.as_ptr() as isize) >> 4
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        match self.value(py)?.shape().first() {
            Some(&length) => Ok(length),
            None => Err(type_error(match self.flavour {
                Flavour::Numpy => "len() of unsized object",
                _ => "len() of a 0-d tensor",
            })),
        }
    }

    fn __iter__<'py>(slf: &Bound<'py, Self>) -> Object<'py> {
        let py = slf.py();
        let value = slf.get().value(py)?;
        let Some(&length) = value.shape().first() else {
            return Err(type_error("iteration over a 0-d tensor"));
        };
        let mut rows = Vec::with_capacity(length);
        for i in 0..length {
            rows.push(view(py, slf, Path::Index([wengert::Index::At(i as isize)].into()))?);
        }
        pyo3::types::PyList::new(py, rows)?.as_any().try_iter().map(Bound::into_any)
    }

    fn __bool__(&self, py: Python<'_>) -> PyResult<bool> {
        let value = self.value(py)?;
        if value.len() != 1 {
            let text = match (self.flavour, value.len()) {
                (Flavour::Torch, 0) => "Boolean value of Tensor with no values is ambiguous",
                (Flavour::Torch, _) => "Boolean value of Tensor with more than one value is ambiguous",
                _ => "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()",
            };
            return Err(match self.flavour {
                Flavour::Torch => pyo3::exceptions::PyRuntimeError::new_err(text),
                _ => argument_error(text),
            });
        }
        // A branch on a value is a branch on its primal: the derivative of a comparison is zero.
        let array = value.array().or_raise(py, self.flavour)?;
        array.to_f64().map(|value| value != 0.0).map_err(|error| argument_error(error.to_string()))
    }

    fn __float__(&self, py: Python<'_>) -> PyResult<f64> {
        single(py, self)?.extract()
    }

    fn __int__<'py>(&self, py: Python<'py>) -> Object<'py> {
        let number = single(py, self)?;
        py.get_type::<PyInt>().call1((number,))
    }

    fn __index__<'py>(&self, py: Python<'py>) -> Object<'py> {
        let value = self.value(py)?;
        if value.dtype().is_float() || value.len() != 1 {
            return Err(type_error("only integer tensors of a single element can be converted to an index"));
        }
        let number = item(py, self.flavour, &value)?;
        py.get_type::<PyInt>().call1((number,))
    }

    fn __contains__(slf: &Bound<'_, Self>, element: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = slf.py();
        let equal = compare(slf.as_any(), element, CompareOp::Eq)?;
        match cell_of(&equal) {
            Some(cell) => {
                let any = cell.get().value(py)?.try_any().or_raise(py, slf.get().flavour)?;
                Ok(any.try_item().or_raise(py, slf.get().flavour)? != 0.0)
            }
            None => Ok(false),
        }
    }

    fn __format__<'py>(slf: &Bound<'py, Self>, spec: &str) -> Object<'py> {
        let py = slf.py();
        let value = slf.get().value(py)?;
        // Inside a transform too: what is printed is not differentiated.
        if value.ndim() == 0
            && let Ok(array) = value.array()
        {
            let number = number(py, array)?;
            return number.call_method1("__format__", (spec,));
        }
        if spec.is_empty() {
            return Ok(slf.str()?.into_any());
        }
        Err(type_error(format!("unsupported format string {spec:?} for a tensor with axes: format its elements")))
    }

    fn __getitem__<'py>(slf: &Bound<'py, Self>, key: &Bound<'py, PyAny>) -> Object<'py> {
        crate::indexing::get(slf, key)
    }

    fn __setitem__(slf: &Bound<'_, Self>, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        crate::indexing::set(slf, key, value)
    }

    #[pyo3(signature = (dtype=None, copy=None))]
    fn __array__<'py>(slf: &Bound<'py, Self>, dtype: Option<&Bound<'py, PyAny>>, copy: Option<bool>) -> Object<'py> {
        let py = slf.py();
        let cell = slf.get();
        let value = cell.value(py)?;
        known(cell.flavour, &value)?;
        let array = value.array().or_raise(py, cell.flavour)?;
        let made = match crate::ndarray::shared(py, array, &std::sync::Arc::new(()), false)? {
            Some(shared) if copy != Some(true) => shared,
            _ => crate::ndarray::copied(py, array)?,
        };
        match dtype {
            Some(dtype) if !dtype.is_none() => {
                let keywords = PyDict::new(py);
                keywords.set_item("copy", false)?;
                made.call_method("astype", (dtype,), Some(&keywords))
            }
            _ => Ok(made),
        }
    }

    /// The values as a NumPy array, which shares memory with the tensor where it can.
    #[pyo3(signature = (*, force=false))]
    fn numpy<'py>(slf: &Bound<'py, Self>, force: bool) -> Object<'py> {
        let py = slf.py();
        let cell = slf.get();
        let value = cell.value(py)?;
        if cell.flavour == Flavour::Torch && value.is_tracked() && !force {
            let text = "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.";
            return Err(complain(py, cell.flavour, Complaint::Autograd, text.into()));
        }
        known(cell.flavour, &value)?;
        crate::indexing::lend(py, slf, &value)
    }

    #[pyo3(signature = (**keywords))]
    fn __dlpack__<'py>(slf: &Bound<'py, Self>, keywords: Option<&Bound<'py, PyDict>>) -> Object<'py> {
        let py = slf.py();
        let value = slf.get().value(py)?;
        if value.is_tracked() {
            let text = "Can't export tensors that require gradient, use tensor.detach()";
            return Err(pyo3::exceptions::PyBufferError::new_err(text));
        }
        known(slf.get().flavour, &value)?;
        let array = crate::indexing::lend(py, slf, &value)?;
        crate::ndarray::dlpack(&array, keywords)
    }

    fn __dlpack_device__(&self) -> (i32, i32) {
        (1, 0)
    }

    /// The only element as a Python number.
    fn item<'py>(&self, py: Python<'py>) -> Object<'py> {
        item(py, self.flavour, &self.value(py)?)
    }

    /// The values as nested lists of Python numbers.
    fn tolist<'py>(&self, py: Python<'py>) -> Object<'py> {
        let value = self.value(py)?;
        known(self.flavour, &value)?;
        nested(py, value.array().or_raise(py, self.flavour)?)
    }

    /// The lengths of the axes.
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.flavour.shape(py, self.value(py)?.shape())
    }

    /// The dtype.
    #[getter]
    fn dtype<'py>(&self, py: Python<'py>) -> Object<'py> {
        let dtype = self.value(py)?.dtype();
        self.flavour.dtype(py, dtype)
    }

    /// The number of axes.
    #[getter]
    fn ndim(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(self.value(py)?.ndim())
    }

    /// The axes in reverse order.
    #[getter(T)]
    fn transposed<'py>(slf: &Bound<'py, Self>) -> Object<'py> {
        let value = slf.get().value(slf.py())?;
        let ndim = value.ndim() as isize;
        let seen = view(slf.py(), slf, Path::Permute((0..ndim).rev().collect()))?;
        if value.is_tracked()
            && let Some(cell) = cell_of(&seen)
        {
            crate::graph::show_as(&cell.get().value(slf.py())?, "PermuteBackward0", &[&value]);
        }
        Ok(seen)
    }

    /// Whether gradients are computed for this tensor.
    #[getter]
    fn requires_grad(&self, py: Python<'_>) -> PyResult<bool> {
        Ok(self.value(py)?.is_tracked())
    }

    #[setter]
    fn set_requires_grad(slf: &Bound<'_, Self>, on: bool) -> PyResult<()> {
        require(slf, on)
    }

    /// Asks for gradients of this tensor, in place.
    #[pyo3(signature = (requires_grad=true))]
    fn requires_grad_<'py>(slf: &Bound<'py, Self>, requires_grad: bool) -> PyResult<Bound<'py, Self>> {
        require(slf, requires_grad)?;
        Ok(slf.clone())
    }

    /// The gradient that the backward passes have added up.
    #[getter]
    fn grad<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, Cell>>> {
        crate::gradients::get_grad(slf.py(), slf)
    }

    #[setter]
    fn set_grad(slf: &Bound<'_, Self>, grad: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        crate::gradients::set_grad(slf.py(), slf, grad)
    }

    #[deleter]
    fn delete_grad(slf: &Bound<'_, Self>) -> PyResult<()> {
        crate::gradients::set_grad(slf.py(), slf, None)
    }

    /// Whether this tensor was made by the user and not by an operation.
    #[getter]
    fn is_leaf(&self, py: Python<'_>) -> PyResult<bool> {
        Ok(self.value(py)?.is_leaf())
    }

    /// The values without their history; memory is shared.
    #[getter]
    fn data<'py>(slf: &Bound<'py, Self>) -> Object<'py> {
        view(slf.py(), slf, Path::Detach)
    }

    #[setter]
    fn set_data(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        slf.py().import("wengert._wengert")?.call_method1("assign_data", (slf, value)).map(drop)
    }

    /// The values without their history; memory is shared.
    fn detach<'py>(slf: &Bound<'py, Self>) -> Object<'py> {
        view(slf.py(), slf, Path::Detach)
    }

    /// How often the values have been changed in place.
    #[getter(_version)]
    fn version_of(&self, py: Python<'_>) -> PyResult<u32> {
        self.version(py)
    }

    /// The tensor that this one looks into.
    #[getter(_base)]
    fn base_of<'py>(slf: &Bound<'py, Self>) -> Object<'py> {
        slf.py().import("wengert._wengert")?.call_method1("base", (slf,))
    }

    /// Computes the gradients of this tensor's leaves and adds them to their `.grad`.
    #[pyo3(signature = (gradient=None, retain_graph=None, create_graph=false, inputs=None))]
    fn backward(
        slf: &Bound<'_, Self>,
        gradient: Option<&Bound<'_, PyAny>>,
        retain_graph: Option<bool>,
        create_graph: bool,
        inputs: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        crate::gradients::backward_of(slf.py(), slf, gradient, retain_graph, create_graph, inputs)
    }

    /// Keeps the gradient of a tensor that is not a leaf.
    fn retain_grad(&self, py: Python<'_>) -> PyResult<()> {
        let value = self.value(py)?;
        if !value.is_tracked() {
            let text = "can't retain_grad on Tensor that has requires_grad=False";
            return Err(complain(py, self.flavour, Complaint::Autograd, text.into()));
        }
        value.retain_grad().or_raise(py, self.flavour)
    }

    /// Calls `hook` with the gradient when a backward pass has computed it; what it returns takes its place.
    fn register_hook(slf: &Bound<'_, Self>, hook: Py<PyAny>) -> PyResult<crate::gradients::RemovableHandle> {
        crate::gradients::register_hook(slf.py(), slf, hook)
    }

    /// The operation that made this tensor.
    #[getter]
    fn grad_fn<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, crate::graph::Node>>> {
        crate::graph::grad_fn(py, self)
    }

    /// The values cast to a dtype.
    fn _cast<'py>(&self, py: Python<'py>, dtype: DTypeLike) -> Object<'py> {
        let value = self.value(py)?;
        let cast = run(py, value.len(), || value.try_to_dtype(dtype.0)).or_raise(py, self.flavour)?;
        give(py, self.flavour, cast)
    }
}

/// The only element, for Python's `float` and `int`.
fn single<'py>(py: Python<'py>, cell: &Cell) -> Object<'py> {
    let value = cell.value(py)?;
    if value.len() != 1 && cell.flavour == Flavour::Torch {
        return Err(argument_error("only one element tensors can be converted to Python scalars"));
    }
    item(py, cell.flavour, &value)
}

fn require(slf: &Bound<'_, Cell>, on: bool) -> PyResult<()> {
    let py = slf.py();
    let cell = slf.get();
    let value = cell.value(py)?;
    if value.is_tracked() == on {
        return Ok(());
    }
    if !on && !value.is_leaf() {
        let text = "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a \
                    subgraph that doesn't require differentiation use var_no_grad = var.detach().";
        return Err(complain(py, cell.flavour, Complaint::Autograd, text.into()));
    }
    let mut value = value;
    if on && !value.dtype().is_float() {
        let text = format!(
            "only Tensors of floating point and complex dtype can require gradients, this one has dtype {}: cast it first, \
             for example with `.float()`",
            value.dtype()
        );
        return Err(complain(py, cell.flavour, Complaint::Autograd, text));
    }
    value.set_requires_grad(on).or_raise(py, cell.flavour)?;
    cell.reset(value);
    if on { crate::graph::own(slf) } else { Ok(()) }
}
