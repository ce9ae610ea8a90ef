//! The recorded graph as PyTorch shows it: `grad_fn`, `next_functions`, hooks of nodes.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple, PyWeakrefReference};
use wengert::autograd::{NodeHook, Replaced};
use wengert::{GraphNode, Tensor};

use crate::callback::{List, optional_cells, optional_tensors_of};
use crate::cell::{Arg, Cell, Out};
use crate::errors::through;
use crate::flavour::Flavour;
use crate::names;

/// An operation of the graph, or a leaf, where gradients accumulate.
#[pyclass(frozen, weakref, dict, module = "wengert._wengert")]
pub struct Node {
    node: GraphNode,
    flavour: Flavour,
    metadata: PyOnceLock<Py<PyDict>>,
}

impl Node {
    fn new(node: GraphNode, flavour: Flavour) -> Node {
        Node { node, flavour, metadata: PyOnceLock::new() }
    }

    /// The name without what PyTorch puts before that of a leaf.
    fn short(&self) -> String {
        names::of(&self.node)
    }
}

#[pymethods]
impl Node {
    /// PyTorch's name of the operation.
    fn name(&self) -> String {
        if self.node.is_leaf() { "torch::autograd::AccumulateGrad".into() } else { self.short() }
    }

    /// For each input the node that made it, and which of its outputs it is: `(None, 0)` for what does not require grad.
    #[getter]
    fn next_functions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let mut entries = Vec::new();
        for next in names::next(&self.node) {
            entries.push(match next {
                Some(next) => {
                    let output = if next.is_leaf() { 0 } else { next.output() };
                    (Some(Bound::new(py, Node::new(next, self.flavour))?), output).into_pyobject(py)?
                }
                None => (py.None(), 0).into_pyobject(py)?,
            });
        }
        PyTuple::new(py, entries)
    }

    /// The leaf whose gradient accumulates here, while it lives.
    #[getter]
    fn variable<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        if !self.node.is_leaf() {
            let text = format!("'{}' object has no attribute 'variable'", self.short());
            return Err(pyo3::exceptions::PyAttributeError::new_err(text));
        }
        Ok(leaf_of(py, &self.node))
    }

    /// A dictionary for the user's own notes.
    #[getter]
    fn metadata<'py>(&self, py: Python<'py>) -> Bound<'py, PyDict> {
        self.metadata.get_or_init(py, || PyDict::new(py).unbind()).bind(py).clone()
    }

    /// True: an operation is recorded only where a gradient flows through it.
    #[getter]
    fn requires_grad(&self) -> bool {
        true
    }

    /// The line of the program that ran the operation, where anomaly detection was on.
    #[getter]
    fn line(&self) -> String {
        self.node.line()
    }

    /// Calls `hook(grad_inputs, grad_outputs)` when a backward pass has gone through the operation; the tuple that it
    /// returns, if any, takes the place of `grad_inputs`.
    fn register_hook(&self, hook: Py<PyAny>) -> NodeHandle {
        let flavour = self.flavour;
        NodeHandle::new(self.node.register_hook(move |inputs, outputs| {
            replaced(flavour, |py| {
                let (inputs, outputs) = (tuple(py, flavour, inputs)?, tuple(py, flavour, outputs)?);
                hook.bind(py).call1((inputs, outputs))
            })
        }))
    }

    /// Calls `hook(grad_outputs)` when a backward pass reaches the operation; the tuple that it returns, if any, takes the
    /// place of `grad_outputs`.
    fn register_prehook(&self, hook: Py<PyAny>) -> NodeHandle {
        let flavour = self.flavour;
        NodeHandle::new(self.node.register_prehook(move |outputs| {
            replaced(flavour, |py| hook.bind(py).call1((tuple(py, flavour, outputs)?,)))
        }))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Node>().is_ok_and(|other| other.get().node.id() == self.node.id())
    }

    fn __hash__(&self) -> usize {
        self.node.id()
    }

    fn __repr__(&self) -> String {
        let name = self.short();
        // Functions of the user's own show the module of their base class.
        let module = if name.ends_with("Backward") { "torch.autograd.function." } else { "" };
        format!("<{module}{name} object at {:#x}>", self.node.id())
    }
}

fn tuple<'py>(py: Python<'py>, flavour: Flavour, cotangents: &[Option<Tensor>]) -> PyResult<Bound<'py, PyTuple>> {
    Ok(optional_cells(py, &[flavour], cotangents)?.to_tuple())
}

/// What a hook returns, for the engine.
fn replaced<F>(flavour: Flavour, call: F) -> wengert::Result<Replaced>
where
    F: for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyAny>>,
{
    Python::attach(|py| {
        let returned = call(py)?;
        if returned.is_none() { Ok(None) } else { optional_tensors_of(&returned, flavour).map(Some) }
    })
    .map_err(through)
}

/// A hook of a node, which can be removed.
#[pyclass(frozen, module = "wengert._wengert")]
struct NodeHandle(Mutex<Option<NodeHook>>);

impl NodeHandle {
    fn new(hook: NodeHook) -> NodeHandle {
        NodeHandle(Mutex::new(Some(hook)))
    }
}

#[pymethods]
impl NodeHandle {
    /// Unregisters the hook.
    fn remove(&self) {
        let hook = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(hook) = hook {
            hook.remove();
        }
    }

    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, _exception: &Bound<'_, PyTuple>) {
        self.remove();
    }
}

/// The node that made a cell's value; None for a leaf.
pub fn grad_fn<'py>(py: Python<'py>, cell: &Cell) -> PyResult<Option<Bound<'py, Node>>> {
    match cell.value(py)?.grad_fn() {
        Some(node) => Bound::new(py, Node::new(node, cell.flavour)).map(Some),
        None => Ok(None),
    }
}

/// Lets the node of a leaf know its cell, which `variable` gives.
pub fn own(cell: &Bound<'_, Cell>) -> PyResult<()> {
    let value = cell.get().value(cell.py())?;
    let reference = PyWeakrefReference::new(cell)?.unbind();
    value.set_companion(Arc::new(reference));
    Ok(())
}

fn leaf_of<'py>(py: Python<'py>, node: &GraphNode) -> Option<Bound<'py, PyAny>> {
    use pyo3::types::PyWeakrefMethods;
    let companion = node.companion()?;
    companion.downcast_ref::<Py<PyWeakrefReference>>()?.bind(py).upgrade()
}

/// Shows the operations that made `result` from `inputs` as one, under PyTorch's name for it, in `grad_fn` and
/// `next_functions`. Gives `result` back.
#[pyfunction]
fn label<'py>(
    py: Python<'py>,
    result: Bound<'py, Cell>,
    name: String,
    inputs: List<Arg>,
) -> PyResult<Bound<'py, Cell>> {
    let value = result.get().value(py)?;
    if value.is_tracked() {
        show_as(&value, name, &inputs.iter().map(|input| &input.value).collect::<Vec<_>>());
    }
    Ok(result)
}

/// Shows the operations that made `result` from `inputs` as one. Masks and indices do not count.
pub fn show_as(result: &Tensor, name: impl Into<Cow<'static, str>>, inputs: &[&Tensor]) {
    if result.is_tracked() {
        let floating: Vec<&Tensor> = inputs.iter().copied().filter(|input| input.dtype().is_float()).collect();
        result.set_label(name, &floating);
    }
}

/// A result that is shown as computed from `inputs` by one operation of this name.
pub fn shown(result: Out, name: &'static str, inputs: &[&Tensor]) -> Out {
    show_as(&result.1, name, inputs);
    result
}

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Node>()?;
    module.add_class::<NodeHandle>()?;
    module.add_function(wrap_pyfunction!(label, module)?)
}
