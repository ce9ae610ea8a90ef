//! What stands beside a tensor in an operation, and which dtype the two of them have in each library's conventions.

use numpy::PyUntypedArray;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyComplex, PyFloat, PyInt, PyList, PyTuple};
use wengert::scalar::Row;
use wengert::{Array, DType, Tensor, promote};

use crate::cell::{Cell, cell_of, give, not_a_cell, run, stand_in};
use crate::errors::{OrRaise, complain, type_error};
use crate::flavour::{Complaint, Flavour};

/// A Python number.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    Bool(bool),
    Int(i64),
    Float(f64),
}

impl Number {
    /// The number in a Python object, if it is one. An integer beyond 64 bits counts as a float.
    #[inline]
    pub fn of(object: &Bound<'_, PyAny>) -> PyResult<Option<Number>> {
        if object.is_exact_instance_of::<PyFloat>() {
            return object.extract::<f64>().map(|value| Some(Number::Float(value)));
        }
        if object.is_instance_of::<PyBool>() {
            return object.extract::<bool>().map(|value| Some(Number::Bool(value)));
        }
        if object.is_instance_of::<PyInt>() {
            return Ok(Some(match object.extract::<i64>() {
                Ok(value) => Number::Int(value),
                Err(_) => Number::Float(object.extract::<f64>()?),
            }));
        }
        if object.is_instance_of::<PyFloat>() {
            return object.extract::<f64>().map(|value| Some(Number::Float(value)));
        }
        if object.is_instance_of::<PyComplex>() {
            return Err(type_error("complex numbers are not supported: use real ones"));
        }
        Ok(None)
    }

    pub fn value(self) -> f64 {
        match self {
            Number::Bool(value) => f64::from(u8::from(value)),
            Number::Int(value) => value as f64,
            Number::Float(value) => value,
        }
    }

    /// The dtype that the number has by itself.
    pub fn dtype(self, flavour: Flavour) -> DType {
        match self {
            Number::Bool(_) => DType::Bool,
            Number::Int(_) => flavour.int(),
            Number::Float(_) => flavour.float(),
        }
    }

    /// The number as a tensor of a dtype.
    #[inline]
    pub fn tensor(self, dtype: DType) -> Tensor {
        Tensor::from(match (self, dtype) {
            (Number::Int(value), DType::I64) => Array::I64(value),
            (_, DType::F64) => Array::F64(self.value()),
            (_, DType::F32) => Array::F32(self.value() as f32),
            _ => Array::number(self.value(), dtype),
        })
    }
}

fn rank(dtype: DType) -> u8 {
    match dtype {
        DType::Bool => 0,
        dtype if dtype.is_float() => 2,
        _ => 1,
    }
}

/// The dtype that a number takes beside a tensor of `dtype`.
pub fn weak(flavour: Flavour, number: Number, dtype: DType) -> PyResult<DType> {
    let own = number.dtype(flavour);
    if flavour == Flavour::Tf {
        if rank(own) > rank(dtype) {
            let text = format!("Cannot convert {} to EagerTensor of dtype {dtype}", number.value());
            return Err(type_error(text));
        }
        return Ok(dtype);
    }
    Ok(if rank(own) > rank(dtype) { own } else { dtype })
}

/// The dtype of a result of two tensors.
fn result_dtype(py: Python<'_>, flavour: Flavour, a: &Tensor, b: &Tensor, op: &str) -> PyResult<DType> {
    let (left, right) = (a.dtype(), b.dtype());
    if left == right {
        return Ok(left);
    }
    match flavour {
        Flavour::Numpy => Ok(promote(left, right)),
        Flavour::Torch => Ok(torch_dtype(left, a.ndim() == 0, right, b.ndim() == 0)),
        Flavour::Tf => Err(complain(
            py,
            flavour,
            Complaint::DType,
            format!(
                "cannot compute {op} as input #1(zero-based) was expected to be a {left} tensor but is a {right} tensor"
            ),
        )),
    }
}

/// PyTorch's rule: a dtype of a higher kind wins, and of one kind that of the tensor with axes.
fn torch_dtype(left: DType, left_number: bool, right: DType, right_number: bool) -> DType {
    let joined = |a: DType, b: DType| match (a, b) {
        (DType::F32, b) if !b.is_float() => DType::F32,
        (a, DType::F32) if !a.is_float() => DType::F32,
        _ => promote(a, b),
    };
    if left_number == right_number {
        return joined(left, right);
    }
    let (tensor, number) = if right_number { (left, right) } else { (right, left) };
    if rank(number) > rank(tensor) { number } else { tensor }
}

/// Casts tensors to the dtype that they have together.
pub fn common(py: Python<'_>, flavour: Flavour, tensors: &mut [Tensor]) -> PyResult<()> {
    let Some(first) = tensors.first() else { return Ok(()) };
    let mut joined = first.dtype();
    for tensor in &tensors[1..] {
        let so_far = Tensor::from(Array::number(0.0, joined));
        joined = match flavour {
            Flavour::Torch => torch_dtype(joined, false, tensor.dtype(), false),
            _ => result_dtype(py, flavour, &so_far, tensor, "this operation")?,
        };
    }
    for tensor in tensors {
        if tensor.dtype() != joined {
            *tensor = tensor.try_to_dtype(joined).or_raise(py, flavour)?;
        }
    }
    Ok(())
}

/// An object beside a tensor: a cell, a number (which takes the tensor's dtype where it can), an array or a list.
pub fn beside(py: Python<'_>, flavour: Flavour, object: &Bound<'_, PyAny>, other: &Tensor) -> PyResult<Tensor> {
    match operand(py, flavour, object, other)? {
        Some(tensor) => Ok(tensor),
        None => Err(not_a_cell(object)),
    }
}

fn operand(py: Python<'_>, flavour: Flavour, object: &Bound<'_, PyAny>, other: &Tensor) -> PyResult<Option<Tensor>> {
    if let Some(cell) = cell_of(object) {
        mixed(flavour, cell)?;
        return cell.get().value(py).map(Some);
    }
    // A scalar of NumPy is an array of rank 0 beside arrays, though some of them are Python floats too.
    if flavour == Flavour::Numpy && is_numpy_scalar(object)? {
        let array = crate::ndarray::asarray(object)?;
        return Ok(Some(Tensor::from(crate::ndarray::import(&array, true)?)));
    }
    if let Some(number) = Number::of(object)? {
        return Ok(Some(number.tensor(weak(flavour, number, other.dtype())?)));
    }
    if let Some(cell) = stand_in(object)? {
        mixed(flavour, &cell)?;
        return cell.get().value(py).map(Some);
    }
    if let Ok(array) = object.cast::<PyUntypedArray>() {
        let made = Tensor::from(crate::ndarray::import(array, false)?);
        let cast = flavour == Flavour::Tf && made.dtype() != other.dtype();
        return Ok(Some(if cast { made.try_to_dtype(other.dtype()).or_raise(py, flavour)? } else { made }));
    }
    if flavour == Flavour::Tf && is_numpy_scalar(object)? {
        let made = Tensor::from(crate::ndarray::import(&crate::ndarray::asarray(object)?, true)?);
        return made.try_to_dtype(other.dtype()).or_raise(py, flavour).map(Some);
    }
    if flavour == Flavour::Torch && !is_numpy_scalar(object)? {
        return Ok(None);
    }
    let is_list = object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>();
    if is_list {
        let made = crate::data::tensor(py, flavour, object, (flavour == Flavour::Tf).then(|| other.dtype()))?;
        return Ok(Some(made));
    }
    // A scalar of NumPy, which is an array of rank 0.
    if object.hasattr("__array_interface__")? {
        let array = crate::ndarray::asarray(object)?;
        return Ok(Some(Tensor::from(crate::ndarray::import(&array, false)?)));
    }
    Ok(None)
}

/// Whether an object is a scalar of NumPy.
pub fn is_numpy_scalar(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    let plain = object.is_exact_instance_of::<PyFloat>()
        || object.is_exact_instance_of::<PyInt>()
        || object.is_exact_instance_of::<PyBool>();
    if plain || object.is_instance_of::<PyUntypedArray>() {
        return Ok(false);
    }
    Ok(object.hasattr(pyo3::intern!(object.py(), "__array_interface__"))?
        && object.hasattr(pyo3::intern!(object.py(), "itemsize"))?)
}

/// Cells of two front ends in one operation: only NumPy's mix with others.
fn mixed(flavour: Flavour, cell: &Bound<'_, Cell>) -> PyResult<()> {
    let other = cell.get().flavour;
    if other == flavour || other == Flavour::Numpy || flavour == Flavour::Numpy {
        return Ok(());
    }
    Err(type_error(
        "a tensor of PyTorch's conventions and one of TensorFlow's cannot be mixed: convert one of them first, through NumPy",
    ))
}

/// Whose conventions an operation follows: those of the first operand that is not NumPy's.
fn leading(a: Option<Flavour>, b: Option<Flavour>) -> Option<Flavour> {
    match (a, b) {
        (Some(Flavour::Numpy), Some(other)) | (Some(other), _) | (None, Some(other)) => Some(other),
        (None, None) => None,
    }
}

/// Two operands, in the conventions that rule them.
pub struct Pair {
    pub flavour: Flavour,
    pub a: Tensor,
    pub b: Tensor,
}

/// Two operands, of which at least one is a cell; `None` if the other cannot be an operand.
#[inline]
pub fn pair<'py>(py: Python<'py>, a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> PyResult<Option<Pair>> {
    let (left, right) = (cell_of(a), cell_of(b));
    let flavours = (left.map(|cell| cell.get().flavour), right.map(|cell| cell.get().flavour));
    let Some(flavour) = leading(flavours.0, flavours.1) else {
        return match (stand_in(a)?, stand_in(b)?) {
            (Some(left), _) => pair(py, left.as_any(), b),
            (_, Some(right)) => pair(py, a, right.as_any()),
            _ => Err(not_a_cell(a)),
        };
    };
    Ok(match (left, right) {
        (Some(left), Some(right)) => {
            if flavours.0 != flavours.1 {
                mixed(flavour, left)?;
                mixed(flavour, right)?;
            }
            Some(Pair { flavour, a: left.get().value(py)?, b: right.get().value(py)? })
        }
        (Some(left), None) => {
            let a = left.get().value(py)?;
            operand(py, flavour, b, &a)?.map(|b| Pair { flavour, a, b })
        }
        (None, Some(right)) => {
            let b = right.get().value(py)?;
            operand(py, flavour, a, &b)?.map(|a| Pair { flavour, a, b })
        }
        (None, None) => None,
    })
}

impl Pair {
    /// Casts both to the dtype that they have together for this row.
    #[inline]
    pub fn prepare(&mut self, py: Python<'_>, of: Row) -> PyResult<()> {
        let (left, right) = (self.a.dtype(), self.b.dtype());
        if left == right && left.is_float() {
            return Ok(());
        }
        self.prepare_mixed(py, of)
    }

    #[cold]
    fn prepare_mixed(&mut self, py: Python<'_>, of: Row) -> PyResult<()> {
        let flavour = self.flavour;
        let mut dtype = result_dtype(py, flavour, &self.a, &self.b, of.name())?;
        if matches!(of, Row::LogicalAnd | Row::LogicalOr | Row::LogicalXor) {
            return Ok(());
        }
        let whole = matches!(
            of,
            Row::Add | Row::Sub | Row::Mul | Row::Pow | Row::Remainder | Row::FloorDivide | Row::Maximum | Row::Minimum
        );
        if whole && dtype == DType::Bool {
            dtype = match (flavour, of) {
                (Flavour::Torch, Row::Sub) => {
                    let text = "Subtraction, the `-` operator, with a bool tensor is not supported: use `^` or \
                                `logical_xor()`, or cast to an integer first";
                    return Err(complain(py, flavour, Complaint::DType, text.into()));
                }
                (Flavour::Numpy, Row::Sub) => {
                    let text =
                        "numpy boolean subtract, the `-` operator, is not supported, use `^` or `logical_xor` instead";
                    return Err(type_error(text));
                }
                (_, Row::Pow | Row::Remainder | Row::FloorDivide) => DType::I64,
                _ => DType::Bool,
            };
        }
        if !dtype.is_float() && !whole && !of.is_predicate() {
            dtype = match (flavour, dtype) {
                (Flavour::Tf, DType::U8) => DType::F32,
                (Flavour::Tf, _) => DType::F64,
                _ => flavour.float(),
            };
        }
        if !dtype.is_float() && flavour != Flavour::Numpy && matches!(of, Row::Remainder | Row::FloorDivide) {
            self.divides_by_zero(py)?;
        }
        for tensor in [&mut self.a, &mut self.b] {
            if tensor.dtype() != dtype {
                *tensor = tensor.try_to_dtype(dtype).or_raise(py, flavour)?;
            }
        }
        Ok(())
    }

    /// Whole numbers have no quotient by zero: an error, where NumPy gives 0.
    fn divides_by_zero(&self, py: Python<'_>) -> PyResult<()> {
        let flavour = self.flavour;
        let any = self.b.detach().try_eq(0).and_then(|zero| zero.try_any()).or_raise(py, flavour)?;
        // Under a transform that hides the values nobody can look.
        if any.array().is_ok_and(|any| any.to_f64().is_ok_and(|any| any != 0.0)) {
            let text = if flavour == Flavour::Tf { "Integer division by zero" } else { "ZeroDivisionError" };
            return Err(complain(py, flavour, Complaint::Shape, text.into()));
        }
        Ok(())
    }

    /// The row applied to both.
    #[inline]
    pub fn apply<'py>(mut self, py: Python<'py>, of: Row) -> PyResult<Bound<'py, PyAny>> {
        self.prepare(py, of)?;
        let (a, b) = (&self.a, &self.b);
        let bools = a.dtype() == DType::Bool && matches!(of, Row::Add | Row::Mul | Row::Maximum | Row::Minimum);
        let of = match of {
            Row::Add | Row::Maximum if bools => Row::LogicalOr,
            Row::Mul | Row::Minimum if bools => Row::LogicalAnd,
            of => of,
        };
        let result = run(py, a.len().max(b.len()), || Tensor::row(of, &[a, b])).or_raise(py, self.flavour)?;
        give(py, self.flavour, result)
    }
}

/// A row of two inputs applied to operands of any kind.
#[inline]
pub fn binary<'py>(
    py: Python<'py>,
    of: Row,
    a: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    match pair(py, a, b)? {
        Some(pair) => pair.apply(py, of),
        None => Err(not_a_cell(if cell_of(a).is_some() { b } else { a })),
    }
}

/// A row of one input.
#[inline]
pub fn unary<'py>(py: Python<'py>, of: Row, x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let Some(cell) = cell_of(x) else {
        return match stand_in(x)? {
            Some(cell) => unary(py, of, cell.as_any()),
            None => Err(not_a_cell(x)),
        };
    };
    let flavour = cell.get().flavour;
    let mut value = cell.get().value(py)?;
    if !value.dtype().is_float() {
        let whole = matches!(
            of,
            Row::Neg
                | Row::Abs
                | Row::Sign
                | Row::Square
                | Row::Floor
                | Row::Ceil
                | Row::Round
                | Row::Trunc
                | Row::Relu
        );
        if !whole && !of.is_predicate() {
            if flavour == Flavour::Tf {
                let text = format!(
                    "{}: the dtype {} is not in the list of allowed values: cast to a float first",
                    of.name(),
                    value.dtype()
                );
                return Err(complain(py, flavour, Complaint::DType, text));
            }
            value = value.try_to_dtype(flavour.float()).or_raise(py, flavour)?;
        } else if of == Row::Neg && value.dtype() == DType::Bool {
            let text =
                "Negation, the `-` operator, on a bool tensor is not supported: use `~` or `logical_not()` instead";
            return Err(complain(py, flavour, Complaint::DType, text.into()));
        }
    }
    let result = run(py, value.len(), || Tensor::row(of, &[&value])).or_raise(py, flavour)?;
    give(py, flavour, result)
}

/// A Python sequence of cells, and of things that can stand beside them.
pub fn many(py: Python<'_>, list: &Bound<'_, PyAny>) -> PyResult<(Flavour, Vec<Tensor>)> {
    let mut objects = Vec::new();
    let mut flavour = None;
    for object in list.try_iter()? {
        let object = object?;
        let object = match stand_in(&object)? {
            Some(cell) => cell.into_any(),
            None => object,
        };
        flavour = leading(flavour, cell_of(&object).map(|cell| cell.get().flavour));
        objects.push(object);
    }
    let Some(flavour) = flavour else {
        return Err(match objects.first() {
            Some(object) => not_a_cell(object),
            None => type_error("expected a non-empty list of Tensors"),
        });
    };
    let mut tensors = Vec::with_capacity(objects.len());
    for object in &objects {
        match cell_of(object) {
            Some(cell) => {
                mixed(flavour, cell)?;
                tensors.push(cell.get().value(py)?);
            }
            None if flavour == Flavour::Torch && !object.is_instance_of::<PyUntypedArray>() => {
                return Err(not_a_cell(object));
            }
            None => tensors.push(crate::data::tensor(py, flavour, object, None)?),
        }
    }
    Ok((flavour, tensors))
}
