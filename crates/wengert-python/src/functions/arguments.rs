//! Arguments as Python hands them over: axes, shapes, classes, operands.

use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple, PyType};
use wengert::{Axes, DType, Shape, Tensor};

use crate::cell::{Arg, cell_of, flavour_of, not_a_cell};
use crate::errors::{OrRaise, argument_error, complain, type_error};
use crate::flavour::{Complaint, Flavour};
use crate::operand;

/// The class whose conventions a new tensor follows.
pub struct Class(pub Flavour);

impl<'py> FromPyObject<'_, 'py> for Class {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Class> {
        match object.cast::<PyType>() {
            Ok(class) => flavour_of(&class).map(Class),
            Err(_) => Err(type_error("the first argument is the class of the result: Tensor, Array or EagerTensor")),
        }
    }
}

/// A number of things: an integer that is not negative.
pub struct Count(pub usize);

impl<'py> FromPyObject<'_, 'py> for Count {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Count> {
        let count: isize = object.extract()?;
        match usize::try_from(count) {
            Ok(count) => Ok(Count(count)),
            Err(_) => Err(argument_error(format!("expected a number that is not negative, got {count}"))),
        }
    }
}

/// One integer or a sequence of them.
pub struct Ints(pub Vec<isize>);

impl<'py> FromPyObject<'_, 'py> for Ints {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Ints> {
        if let Ok(tuple) = object.cast::<PyTuple>() {
            return tuple.iter().map(|item| item.extract()).collect::<PyResult<_>>().map(Ints);
        }
        if let Ok(list) = object.cast::<PyList>() {
            return list.iter().map(|item| item.extract()).collect::<PyResult<_>>().map(Ints);
        }
        if let Ok(one) = object.extract::<isize>() {
            return Ok(Ints(vec![one]));
        }
        let Ok(items) = object.try_iter() else {
            return Err(type_error(format!("expected an integer or a sequence of integers, got {}", object.repr()?)));
        };
        items.map(|item| item?.extract()).collect::<PyResult<_>>().map(Ints)
    }
}

impl Ints {
    /// The integers as the lengths of a new tensor.
    pub fn shape(&self, py: Python<'_>, flavour: Flavour, op: &str) -> PyResult<Shape> {
        let mut shape = Shape::default();
        for &length in &self.0 {
            let Ok(length) = usize::try_from(length) else {
                let text = format!("{op}: the length {length} in the shape {:?} is negative", self.0);
                return Err(complain(py, flavour, Complaint::Argument, text));
            };
            shape.push(length);
        }
        Ok(shape)
    }
}

/// A sequence of anything that can be extracted, whatever it says of its length.
pub struct Items<T>(pub Vec<T>);

impl<'py, T> FromPyObject<'_, 'py> for Items<T>
where
    T: for<'a> FromPyObject<'a, 'py>,
    for<'a> <T as FromPyObject<'a, 'py>>::Error: Into<PyErr>,
{
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Items<T>> {
        let mut items = Vec::new();
        for item in object.try_iter()? {
            items.push(item?.extract::<T>().map_err(Into::into)?);
        }
        Ok(Items(items))
    }
}

/// Axes: one, or a sequence of them.
pub struct Over(Axes);

impl<'py> FromPyObject<'_, 'py> for Over {
    type Error = PyErr;

    #[inline]
    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Over> {
        match object.extract::<isize>() {
            Ok(axis) => Ok(Over(Axes::of(&[axis]))),
            Err(_) => Ok(Over(Axes::of(&object.extract::<Ints>()?.0))),
        }
    }
}

/// The axes of `x` that are meant; PyTorch lets a single number have one axis.
#[inline]
pub fn axes_of(x: &Arg, axes: Option<Over>) -> Axes {
    let Some(Over(axes)) = axes else { return Axes::ALL };
    if x.flavour == Flavour::Torch && x.value.ndim() == 0 && axes.resolve("", 1).is_ok() {
        return Axes::of(&[]);
    }
    axes
}

/// Does `f` along an axis of `x`; PyTorch lets a single number have one axis.
#[inline]
pub fn along<T>(
    x: &Arg,
    axis: isize,
    f: impl FnOnce(&Tensor, isize) -> wengert::Result<T>,
    back: impl FnOnce(T) -> wengert::Result<T>,
) -> wengert::Result<T> {
    if x.flavour == Flavour::Torch && x.value.ndim() == 0 {
        return back(f(&x.value.try_reshape(1)?, axis)?);
    }
    f(&x.value, axis)
}

/// A result of [`along`] for a single number.
pub fn single(value: Tensor) -> wengert::Result<Tensor> {
    value.try_reshape(())
}

/// Two results of [`along`] for a single number.
pub fn both(values: (Tensor, Tensor)) -> wengert::Result<(Tensor, Tensor)> {
    Ok((single(values.0)?, single(values.1)?))
}

/// Two operands, at least one of them a cell, without a change of their dtypes.
#[inline]
pub fn pair(py: Python<'_>, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<(Flavour, Tensor, Tensor)> {
    match operand::pair(py, a, b)? {
        Some(pair) => Ok((pair.flavour, pair.a, pair.b)),
        None => Err(not_a_cell(if cell_of(a).is_some() { b } else { a })),
    }
}

/// Two factors in one dtype: NumPy promotes, the others want them to agree.
#[inline]
pub fn agreed(py: Python<'_>, op: &str, flavour: Flavour, a: Tensor, b: Tensor) -> PyResult<(Tensor, Tensor)> {
    if a.dtype() == b.dtype() {
        return Ok((a, b));
    }
    if flavour == Flavour::Numpy {
        let mut both = [a, b];
        operand::common(py, flavour, &mut both)?;
        let [a, b] = both;
        return Ok((a, b));
    }
    let text = format!(
        "{op}: expected both tensors to have the same dtype, but got {} and {}: cast one of them first",
        a.dtype(),
        b.dtype()
    );
    Err(complain(py, flavour, Complaint::DType, text))
}

/// A tensor for a function that makes sense of floats only: other dtypes become the flavour's float, or are refused.
#[inline]
pub fn floating(py: Python<'_>, op: &str, x: &Arg) -> PyResult<Tensor> {
    if x.value.dtype().is_float() {
        return Ok(x.value.clone());
    }
    widened(py, op, x)
}

#[cold]
fn widened(py: Python<'_>, op: &str, x: &Arg) -> PyResult<Tensor> {
    if x.flavour == Flavour::Tf {
        let text = format!(
            "{op}: float32 and float64 are allowed, got {}: cast first, for example with tf.cast",
            x.value.dtype()
        );
        return Err(complain(py, x.flavour, Complaint::DType, text));
    }
    x.value.try_to_dtype(x.flavour.float()).or_raise(py, x.flavour)
}

/// Positions, or a mask: a cell as it is, anything else made a tensor of integers (or of truth values).
pub fn positions(py: Python<'_>, flavour: Flavour, index: &Bound<'_, PyAny>) -> PyResult<Tensor> {
    if let Some(cell) = cell_of(index) {
        return cell.get().value(py);
    }
    let index = crate::data::tensor(py, flavour, index, None)?;
    if index.is_empty() && index.dtype().is_float() {
        return index.try_to_dtype(DType::I64).or_raise(py, flavour);
    }
    Ok(index)
}
