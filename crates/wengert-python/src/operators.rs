//! The operators of cells: arithmetic, comparison, bits, matrix products, and their in-place forms.

use pyo3::basic::CompareOp;
use pyo3::exceptions::PyNotImplementedError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use wengert::scalar::Row;
use wengert::{Array, DType, Tensor};

use crate::cell::{Cell, NumpyArray, TorchTensor, cell_of, give, run};
use crate::errors::{OrRaise, complain, type_error};
use crate::flavour::{Complaint, Flavour};
use crate::operand::{Number, Pair, pair};

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

/// A comparison.
pub fn compare<'py>(a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>, op: CompareOp) -> Object<'py> {
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
    crate::views::spare_leaf(py, flavour, &old, false)?;
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
}
