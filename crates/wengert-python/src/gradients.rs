//! `backward`, `grad` and `.grad`.
//!
//! The engine adds the gradients of a leaf up in its node. The cell that `.grad` gives takes over what has gathered there
//! whenever it is read, so that it is one object from pass to pass, which can be changed in place.

use std::cell::RefCell;

use pyo3::prelude::*;
use pyo3::types::PyList;
use wengert::Tensor;
use wengert::autograd::{Backward, Grad, HookHandle, is_grad_enabled, switch_grad};

use crate::cell::{Arg, Cell, cell_of, give, not_a_cell, object, run};
use crate::errors::{OrRaise, complain, type_error};
use crate::flavour::{Complaint, Flavour};

thread_local! {
    /// The exception of a hook, on its way round the engine.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

fn raised() -> PyResult<()> {
    match RAISED.take() {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// Takes over what has gathered in the leaf's node.
pub fn collect(py: Python<'_>, cell: &Cell, leaf: &Tensor) -> PyResult<()> {
    let Some(more) = leaf.grad() else { return Ok(()) };
    leaf.set_grad(None).or_raise(py, cell.flavour)?;
    let sum = cell.lock().value.try_add(&more).or_raise(py, cell.flavour)?;
    cell.set(sum);
    Ok(())
}

/// The cell of the gradient, if there is one.
fn grad_cell<'py>(py: Python<'py>, cell: &Cell) -> PyResult<Option<Bound<'py, Cell>>> {
    let known = cell.lock().grad.as_ref().map(|grad| grad.clone_ref(py));
    if let Some(known) = known {
        return Ok(Some(known.into_bound(py)));
    }
    let value = cell.value(py)?;
    let Some(gathered) = value.grad() else { return Ok(None) };
    value.set_grad(None).or_raise(py, cell.flavour)?;
    let made = Cell::new(cell.flavour, gathered);
    made.lock().collects = Some(Box::new(value));
    let made = object(py, made)?.cast_into::<Cell>()?;
    cell.lock().grad = Some(made.clone().unbind());
    Ok(Some(made))
}

/// The gradient of a leaf, without history, as an optimiser wants it.
pub fn gradient(py: Python<'_>, cell: &Bound<'_, Cell>) -> PyResult<Option<Tensor>> {
    Ok(match grad_cell(py, cell.get())? {
        Some(grad) => Some(grad.get().value(py)?.detach()),
        None => None,
    })
}

/// New values for a leaf that stays that leaf.
pub fn overwrite(py: Python<'_>, cell: &Bound<'_, Cell>, value: Tensor) -> PyResult<()> {
    crate::views::write(py, cell, value, true)
}

/// `x.grad`.
pub fn get_grad<'py>(py: Python<'py>, cell: &Bound<'py, Cell>) -> PyResult<Option<Bound<'py, Cell>>> {
    let found = grad_cell(py, cell.get())?;
    if found.is_none() {
        let value = cell.get().value(py)?;
        if !value.is_leaf() && value.try_grad().is_err() {
            let text = c"The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute \
                won't be populated during autograd.backward(). If you indeed want the .grad field to be populated for a \
                non-leaf Tensor, use .retain_grad() on the non-leaf Tensor.";
            PyErr::warn(py, &py.get_type::<pyo3::exceptions::PyUserWarning>(), text, 1)?;
        }
    }
    Ok(found)
}

/// `x.grad = …`.
pub fn set_grad(py: Python<'_>, cell: &Bound<'_, Cell>, grad: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    let inner = cell.get();
    let value = inner.value(py)?;
    let given = match grad {
        None => None,
        Some(grad) if grad.is_none() => None,
        Some(grad) => {
            let Some(given) = cell_of(grad) else {
                let name = grad.get_type().name()?;
                return Err(type_error(format!(
                    "assigned grad expected to be a Tensor or None but got grad of type {name}"
                )));
            };
            let found = given.get().value(py)?;
            if found.shape() != value.shape() {
                let text = format!(
                    "assigned grad has data of a different size: the gradient has shape {}, the tensor {}",
                    wengert::Shape::from(found.shape()),
                    wengert::Shape::from(value.shape())
                );
                return Err(complain(py, inner.flavour, Complaint::Shape, text));
            }
            Some(given.clone())
        }
    };
    if value.is_tracked() {
        value.set_grad(None).or_raise(py, inner.flavour)?;
    }
    if let Some(given) = &given
        && value.is_tracked()
        && !given.is(cell)
    {
        given.get().lock().collects = Some(Box::new(value));
    }
    let old = std::mem::replace(&mut inner.lock().grad, given.map(Bound::unbind));
    if let Some(old) = old
        && !inner.lock().grad.as_ref().is_some_and(|new| new.is(&old))
    {
        // It belongs to nobody any more, and keeps what it has.
        let freed = old.bind(py).get().lock().collects.take();
        drop(freed);
    }
    Ok(())
}

fn optional<'py>(py: Python<'py>, flavour: Flavour, found: Option<Tensor>) -> PyResult<Bound<'py, PyAny>> {
    match found {
        Some(found) => give(py, flavour, found),
        None => Ok(py.None().into_bound(py)),
    }
}

fn tensors(list: &Bound<'_, PyAny>) -> PyResult<Vec<Tensor>> {
    let mut all = Vec::new();
    for item in list.try_iter()? {
        let item = item?;
        let Some(cell) = cell_of(&item) else { return Err(not_a_cell(&item)) };
        all.push(cell.get().value(list.py())?);
    }
    Ok(all)
}

/// `x.backward(…)`.
pub fn backward_of(
    py: Python<'_>,
    cell: &Bound<'_, Cell>,
    gradient: Option<&Bound<'_, PyAny>>,
    retain_graph: Option<bool>,
    create_graph: bool,
    inputs: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let flavour = cell.get().flavour;
    let value = cell.get().value(py)?;
    if let Some(inputs) = inputs {
        let list = match cell_of(inputs) {
            Some(one) => PyList::new(py, [one])?.into_any(),
            None => inputs.clone(),
        };
        let cotangent = match gradient {
            Some(gradient) => Some(vec![crate::operand::beside(py, flavour, gradient, &value)?]),
            None => None,
        };
        let found = pulled(py, flavour, vec![value], &list, cotangent, retain_graph, create_graph, true)?;
        for (input, found) in list.try_iter()?.zip(found) {
            let input = input?;
            let Some(input) = cell_of(&input) else { return Err(not_a_cell(&input)) };
            if let Some(found) = found {
                let leaf = input.get().value(py)?;
                let sum = match leaf.grad() {
                    Some(before) => before.try_add(&found).or_raise(py, flavour)?,
                    None => found,
                };
                leaf.set_grad(Some(sum)).or_raise(py, flavour)?;
            }
        }
        return Ok(());
    }
    let mut options = Backward::new().create_graph(create_graph);
    if let Some(retain) = retain_graph {
        options = options.retain_graph(retain);
    }
    if let Some(gradient) = gradient {
        let Some(given) = cell_of(gradient) else {
            let name = gradient.get_type().name()?;
            return Err(type_error(format!("gradients can be either Tensors or None, but got {name}")));
        };
        options = options.gradient(&given.get().value(py)?);
    }
    let swept = run(py, usize::MAX, || options.run(&value));
    raised()?;
    swept.or_raise(py, flavour)
}

#[expect(clippy::too_many_arguments, reason = "the options of a pass, handed through")]
fn pulled(
    py: Python<'_>,
    flavour: Flavour,
    outputs: Vec<Tensor>,
    inputs: &Bound<'_, PyAny>,
    cotangents: Option<Vec<Tensor>>,
    retain_graph: Option<bool>,
    create_graph: bool,
    allow_unused: bool,
) -> PyResult<Vec<Option<Tensor>>> {
    let inputs = tensors(inputs)?;
    let mut options = Grad::new().create_graph(create_graph).allow_unused(allow_unused);
    if let Some(retain) = retain_graph {
        options = options.retain_graph(retain);
    }
    if let Some(cotangents) = &cotangents {
        options = options.grad_outputs(cotangents);
    }
    let found = run(py, usize::MAX, || options.run_optional(&outputs, &inputs));
    raised()?;
    found.or_raise(py, flavour)
}

/// The gradients of the sum of `outputs`, each times its cotangent, with respect to `inputs`; `.grad` is left alone.
#[pyfunction]
#[pyo3(signature = (outputs, inputs, grad_outputs=None, retain_graph=None, create_graph=false, allow_unused=false))]
fn grad<'py>(
    py: Python<'py>,
    outputs: &Bound<'py, PyAny>,
    inputs: &Bound<'py, PyAny>,
    grad_outputs: Option<&Bound<'py, PyAny>>,
    retain_graph: Option<bool>,
    create_graph: bool,
    allow_unused: bool,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let (flavour, values) = crate::operand::many(py, outputs)?;
    let cotangents = match grad_outputs {
        None => None,
        Some(list) => {
            let mut all = Vec::new();
            for (item, value) in list.try_iter()?.zip(&values) {
                let item = item?;
                all.push(if item.is_none() {
                    if value.len() != 1 {
                        let text = "grad can be implicitly created only for scalar outputs";
                        return Err(complain(py, flavour, Complaint::Autograd, text.into()));
                    }
                    value.ones_like()
                } else {
                    crate::operand::beside(py, flavour, &item, value)?
                });
            }
            Some(all)
        }
    };
    let found = pulled(py, flavour, values, inputs, cotangents, retain_graph, create_graph, allow_unused)?;
    found.into_iter().map(|found| optional(py, flavour, found)).collect()
}

/// Whether operations on tensors that require grad are recorded on this thread.
#[pyfunction(name = "is_grad_enabled")]
fn grad_enabled() -> bool {
    is_grad_enabled()
}

/// Switches recording on this thread, and returns what it was.
#[pyfunction]
fn set_grad_enabled(on: bool) -> bool {
    switch_grad(on)
}

/// Whether operations on `x` are recorded for `backward`.
#[pyfunction]
fn is_tracked(x: Arg) -> bool {
    x.value.is_tracked()
}

/// A hook that can be removed.
#[pyclass(frozen, module = "wengert._wengert")]
pub struct RemovableHandle {
    handle: std::sync::Mutex<Option<HookHandle>>,
}

#[pymethods]
impl RemovableHandle {
    /// Unregisters the hook.
    fn remove(&self) {
        let handle = self.handle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(handle) = handle {
            handle.remove();
        }
    }

    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, _exception: &Bound<'_, pyo3::types::PyTuple>) {
        self.remove();
    }
}

/// `x.register_hook(f)`.
pub fn register_hook(py: Python<'_>, cell: &Bound<'_, Cell>, hook: Py<PyAny>) -> PyResult<RemovableHandle> {
    let flavour = cell.get().flavour;
    let value = cell.get().value(py)?;
    if !value.is_tracked() {
        let text = "cannot register a hook on a tensor that doesn't require gradient";
        return Err(complain(py, flavour, Complaint::Autograd, text.into()));
    }
    let call = move |gradient: &Tensor| {
        Python::attach(|py| {
            let called = give(py, flavour, gradient.clone()).and_then(|gradient| hook.bind(py).call1((gradient,)));
            let result = called.and_then(|result| {
                if result.is_none() {
                    return Ok(None);
                }
                match cell_of(&result) {
                    Some(cell) => cell.get().value(py).map(Some),
                    None => Err(not_a_cell(&result)),
                }
            });
            result.unwrap_or_else(|error| {
                RAISED.with_borrow_mut(|raised| {
                    raised.get_or_insert(error);
                });
                None
            })
        })
    };
    let handle = value.register_hook(call).or_raise(py, flavour)?;
    Ok(RemovableHandle { handle: std::sync::Mutex::new(Some(handle)) })
}

/// Adds the functions to the module.
pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<RemovableHandle>()?;
    module.add_function(wrap_pyfunction!(grad, module)?)?;
    module.add_function(wrap_pyfunction!(grad_enabled, module)?)?;
    module.add_function(wrap_pyfunction!(set_grad_enabled, module)?)?;
    module.add_function(wrap_pyfunction!(is_tracked, module)?)
}
