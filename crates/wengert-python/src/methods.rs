//! What every cell can do in Python beside operators: conversions, attributes, gradients.

use pyo3::basic::CompareOp;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString};
use wengert::{Array, DType, Tensor};

use crate::cell::{Cell, cell_of, give, run};
use crate::errors::{OrRaise, argument_error, complain, type_error};
use crate::flavour::{Complaint, DTypeLike, Flavour};
use crate::views::{Path, view};

type Object<'py> = PyResult<Bound<'py, PyAny>>;

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

#[pymethods]
impl Cell {
    /// Says of a name that is not there which ones are close to it.
    fn __getattr__<'py>(slf: &Bound<'py, Self>, name: &Bound<'py, PyString>) -> Object<'py> {
        let class = slf.get_type();
        if name.to_string_lossy().starts_with("__") {
            let text = format!("{:?} object has no attribute {:?}", class.name()?.to_string(), name.to_string_lossy());
            return Err(pyo3::exceptions::PyAttributeError::new_err(text));
        }
        slf.py().import("wengert._names")?.call_method1("absent", (slf, name))
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
        let equal = crate::operators::compare(slf.as_any(), element, CompareOp::Eq)?;
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
        crate::views::assign_data(slf.py(), slf, value).map(drop)
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
        Ok(crate::views::base(slf).map_or_else(|| slf.py().None().into_bound(slf.py()), Bound::into_any))
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
