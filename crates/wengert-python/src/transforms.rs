//! The functional transforms, on functions of flat lists of cells: trees are taken apart in Python.
//!
//! The engine runs without the interpreter's lock; the functions it calls back take it again.

use std::cell::Cell as Counter;
use std::sync::Arc;

use pyo3::prelude::*;
use wengert::transforms::{self, try_hessian, try_hvp, try_jacfwd, try_jacrev, try_jvp, try_vmap_axes};
use wengert::{Result, Tensor};

use crate::callback::{Callback, List, apart, flavour_of, outs, pair, tensor_of, tensors_of};
use crate::cell::{Arg, Out};
use crate::errors::{OrRaise, argument_error};
use crate::flavour::Flavour;

thread_local! {
    static RUNNING: Counter<usize> = const { Counter::new(0) };
}

/// Counts a transform that runs on this thread, for as long as it lives.
pub struct Running(());

impl Running {
    pub fn enter() -> Running {
        RUNNING.set(RUNNING.get() + 1);
        Running(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.set(RUNNING.get().saturating_sub(1));
    }
}

/// Runs a transform without the interpreter's lock; its errors become exceptions of the flavour.
fn run<T: Send>(py: Python<'_>, flavour: Flavour, transform: impl FnOnce() -> Result<T> + Send) -> PyResult<T> {
    let running = Running::enter();
    let result = crate::cell::run(py, usize::MAX, transform);
    drop(running);
    result.or_raise(py, flavour)
}

/// The value of a function that returns `(value, [more cells])`, the gradient with respect to each leaf, and the rest.
#[pyfunction]
fn value_and_grad(py: Python<'_>, f: Py<PyAny>, leaves: List<Arg>) -> PyResult<(Out, Vec<Out>, Vec<Out>)> {
    let flavour = flavour_of(&leaves);
    let (tensors, given) = apart(leaves);
    let f = Callback::new(f, &given);
    let differentiated = |tensors: &Vec<Tensor>| {
        f.with(tensors, |returned| {
            let (value, aux) = pair(returned, "the function")?;
            let (value, first) = tensor_of(&value, flavour)?;
            let (aux, rest) = tensors_of(&aux, flavour)?;
            let flavours = std::iter::once(first).chain(rest).collect();
            Ok(((value.clone(), (value, aux)), flavours))
        })
    };
    let (gradients, (value, aux)) = run(py, flavour, || transforms::try_grad_with_aux(differentiated)(&tensors))?;
    let flavours = f.returned();
    let value = Out(flavours.first().copied().unwrap_or(flavour), value);
    Ok((value, outs(&given, gradients), outs(flavours.get(1..).unwrap_or_default(), aux)))
}

/// The reverse half of `vjp`: call it with a list of cotangents, as often as needed.
#[pyclass(frozen, module = "wengert._wengert")]
struct Pullback {
    pullback: transforms::Pullback<Vec<Tensor>, Vec<Tensor>>,
    given: Vec<Flavour>,
}

#[pymethods]
impl Pullback {
    fn __call__(&self, py: Python<'_>, cotangents: List<Arg>) -> PyResult<Vec<Out>> {
        let flavour = flavour_of(&cotangents);
        let (cotangents, _) = apart(cotangents);
        let pulled = py.detach(|| self.pullback.try_call(&cotangents)).or_raise(py, flavour)?;
        Ok(outs(&self.given, pulled))
    }
}

/// The results of a function and the pullback of their cotangents.
#[pyfunction]
fn vjp(py: Python<'_>, f: Py<PyAny>, leaves: List<Arg>) -> PyResult<(Vec<Out>, Pullback)> {
    let flavour = flavour_of(&leaves);
    let (tensors, given) = apart(leaves);
    let f = Callback::new(f, &given);
    let (results, pullback) = run(py, flavour, || transforms::try_vjp(|x: &Vec<Tensor>| f.call(x), &tensors))?;
    Ok((outs(&f.returned(), results), Pullback { pullback, given }))
}

/// The results of a function and their tangents.
#[pyfunction]
fn jvp(py: Python<'_>, f: Py<PyAny>, leaves: List<Arg>, tangents: List<Arg>) -> PyResult<(Vec<Out>, Vec<Out>)> {
    let flavour = flavour_of(&leaves);
    let (tensors, given) = apart(leaves);
    let (tangents, _) = apart(tangents);
    let f = Callback::new(f, &given);
    let (results, pushed) = run(py, flavour, || try_jvp(|x: &Vec<Tensor>| f.call(x), &tensors, &tangents))?;
    let flavours = f.returned();
    Ok((outs(&flavours, results), outs(&flavours, pushed)))
}

/// Where the batch axis of the results goes: one number for all, or one for each.
#[derive(FromPyObject)]
enum OutAxes {
    All(i32),
    Each(List<i32>),
}

/// A function mapped over the batch axes of its arguments.
#[pyfunction]
#[pyo3(signature = (f, leaves, in_axes, out_axes=OutAxes::All(0)))]
fn vmap(
    py: Python<'_>,
    f: Py<PyAny>,
    leaves: List<Arg>,
    in_axes: List<Option<i32>>,
    out_axes: OutAxes,
) -> PyResult<Vec<Out>> {
    let flavour = flavour_of(&leaves);
    let (tensors, given) = apart(leaves);
    let f = Callback::new(f, &given);
    let first = match &out_axes {
        OutAxes::All(axis) => *axis,
        OutAxes::Each(_) => 0,
    };
    let mapped = |x: &Vec<Tensor>| f.call(x);
    let mut results = run(py, flavour, || try_vmap_axes(mapped, in_axes.0, first)(&tensors))?;
    if let OutAxes::Each(List(axes)) = out_axes {
        if axes.len() != results.len() {
            let (axes, results) = (axes.len(), results.len());
            return Err(argument_error(format!("vmap: got {axes} out_axes for {results} results: give one for each")));
        }
        for (result, axis) in results.iter_mut().zip(axes) {
            if axis != 0 {
                *result = result.try_movedim(0, axis as isize).or_raise(py, flavour)?;
            }
        }
    }
    Ok(outs(&f.returned(), results))
}

/// The derivative of a function at a point: call it with a list of tangents, as often as needed.
#[pyclass(frozen, module = "wengert._wengert")]
struct Linear {
    push: Box<dyn Fn(&Vec<Tensor>) -> Result<Vec<Tensor>> + Send + Sync>,
    returned: Vec<Flavour>,
}

#[pymethods]
impl Linear {
    fn __call__(&self, py: Python<'_>, tangents: List<Arg>) -> PyResult<Vec<Out>> {
        let flavour = flavour_of(&tangents);
        let (tangents, _) = apart(tangents);
        let pushed = py.detach(|| (self.push)(&tangents)).or_raise(py, flavour)?;
        Ok(outs(&self.returned, pushed))
    }
}

/// The results of a function and its derivative as a function of tangents.
#[pyfunction]
fn linearize(py: Python<'_>, f: Py<PyAny>, leaves: List<Arg>) -> PyResult<(Vec<Out>, Linear)> {
    let flavour = flavour_of(&leaves);
    let (tensors, given) = apart(leaves);
    let f = Arc::new(Callback::new(f, &given));
    let function = f.clone();
    let (results, push) =
        run(py, flavour, || transforms::try_linearize(move |x: &Vec<Tensor>| function.call(x), &tensors))?;
    let returned = f.returned();
    Ok((outs(&returned, results), Linear { push: Box::new(push), returned }))
}

fn rows(given: &[Flavour], rows: Vec<Vec<Tensor>>) -> Vec<Vec<Out>> {
    rows.into_iter().map(|row| outs(given, row)).collect()
}

/// The Jacobian by forward mode: `rows[result][leaf]`.
#[pyfunction]
fn jacfwd(py: Python<'_>, f: Py<PyAny>, leaves: List<Arg>) -> PyResult<Vec<Vec<Out>>> {
    let flavour = flavour_of(&leaves);
    let (tensors, given) = apart(leaves);
    let f = Callback::new(f, &given);
    Ok(rows(&given, run(py, flavour, || try_jacfwd(|x: &Vec<Tensor>| f.call(x))(&tensors))?))
}

/// The Jacobian by reverse mode: `rows[result][leaf]`.
#[pyfunction]
fn jacrev(py: Python<'_>, f: Py<PyAny>, leaves: List<Arg>) -> PyResult<Vec<Vec<Out>>> {
    let flavour = flavour_of(&leaves);
    let (tensors, given) = apart(leaves);
    let f = Callback::new(f, &given);
    Ok(rows(&given, run(py, flavour, || try_jacrev(|x: &Vec<Tensor>| f.call(x))(&tensors))?))
}

/// The Hessian of a function that returns one number: `rows[leaf][leaf]`.
#[pyfunction]
fn hessian(py: Python<'_>, f: Py<PyAny>, leaves: List<Arg>) -> PyResult<Vec<Vec<Out>>> {
    let flavour = flavour_of(&leaves);
    let (tensors, given) = apart(leaves);
    let f = Callback::new(f, &given);
    Ok(rows(&given, run(py, flavour, || try_hessian(|x: &Vec<Tensor>| f.call_for_one(x))(&tensors))?))
}

/// The product of the Hessian of a function that returns one number with a vector.
#[pyfunction]
fn hvp(py: Python<'_>, f: Py<PyAny>, leaves: List<Arg>, tangents: List<Arg>) -> PyResult<Vec<Out>> {
    let flavour = flavour_of(&leaves);
    let (tensors, given) = apart(leaves);
    let (tangents, _) = apart(tangents);
    let f = Callback::new(f, &given);
    let product = run(py, flavour, || try_hvp(|x: &Vec<Tensor>| f.call_for_one(x), &tensors, &tangents))?;
    Ok(outs(&given, product))
}

/// A function of which the backward pass keeps the arguments alone.
#[pyfunction]
fn checkpoint(py: Python<'_>, f: Py<PyAny>, leaves: List<Arg>) -> PyResult<Vec<Out>> {
    let flavour = flavour_of(&leaves);
    let (tensors, given) = apart(leaves);
    let f = Callback::new(f, &given);
    let results = run(py, flavour, || transforms::try_checkpoint(|x: &Vec<Tensor>| f.call(x))(&tensors))?;
    Ok(outs(&f.returned(), results))
}

/// What a traced function does, as a value: it prints as a list of steps and runs on inputs of the traced shapes.
#[pyclass(frozen, module = "wengert._wengert")]
struct Program {
    program: wengert::Program,
    returned: Vec<Flavour>,
}

#[pymethods]
impl Program {
    /// The results for these inputs.
    fn run(&self, py: Python<'_>, inputs: List<Arg>) -> PyResult<Vec<Out>> {
        let flavour = flavour_of(&inputs);
        let (inputs, _) = apart(inputs);
        let references: Vec<&Tensor> = inputs.iter().collect();
        let results = py.detach(|| self.program.run(&references)).or_raise(py, flavour)?;
        Ok(outs(&self.returned, results))
    }

    /// The number of steps.
    fn __len__(&self) -> usize {
        self.program.steps().len()
    }

    fn __str__(&self) -> String {
        self.program.to_string()
    }

    fn __repr__(&self) -> String {
        self.program.to_string()
    }

    /// The steps as boxes and arrows, as DOT text.
    fn dot(&self) -> String {
        self.program.diagram().to_dot()
    }

    /// The steps as boxes and arrows, as SVG text.
    fn svg(&self) -> PyResult<String> {
        self.program.diagram().to_svg().map_err(|error| argument_error(error.to_string()))
    }
}

/// The program that a function runs on arguments of the shapes and dtypes of these.
#[pyfunction]
fn trace(py: Python<'_>, f: Py<PyAny>, leaves: List<Arg>) -> PyResult<Program> {
    let flavour = flavour_of(&leaves);
    let (tensors, given) = apart(leaves);
    let f = Callback::new(f, &given);
    let program = run(py, flavour, || wengert::trace(|x: &Vec<Tensor>| f.call(x), &tensors))?;
    Ok(Program { program, returned: f.returned() })
}

/// Whether a functional transform is running on this thread.
#[pyfunction]
fn in_transform() -> bool {
    RUNNING.get() > 0
}

/// Whether a tensor belongs to a functional transform.
#[pyfunction]
fn is_wrapped(x: Arg) -> bool {
    x.value.is_transformed()
}

/// The same values, which no derivative flows through, of any transform, tape or backward pass.
#[pyfunction]
fn stop_gradient(x: Arg) -> Out {
    Out(x.flavour, x.value.stop_gradient())
}

/// The plain value of a tensor under whatever differentiates it. There is none inside `vmap` and while tracing.
#[pyfunction]
fn primal(py: Python<'_>, x: Arg) -> PyResult<Out> {
    let array = x.value.array().or_raise(py, x.flavour)?;
    Ok(Out(x.flavour, array.clone().into()))
}

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Pullback>()?;
    module.add_class::<Linear>()?;
    module.add_class::<Program>()?;
    module.add_function(wrap_pyfunction!(value_and_grad, module)?)?;
    module.add_function(wrap_pyfunction!(vjp, module)?)?;
    module.add_function(wrap_pyfunction!(jvp, module)?)?;
    module.add_function(wrap_pyfunction!(vmap, module)?)?;
    module.add_function(wrap_pyfunction!(linearize, module)?)?;
    module.add_function(wrap_pyfunction!(jacfwd, module)?)?;
    module.add_function(wrap_pyfunction!(jacrev, module)?)?;
    module.add_function(wrap_pyfunction!(hessian, module)?)?;
    module.add_function(wrap_pyfunction!(hvp, module)?)?;
    module.add_function(wrap_pyfunction!(checkpoint, module)?)?;
    module.add_function(wrap_pyfunction!(trace, module)?)?;
    module.add_function(wrap_pyfunction!(in_transform, module)?)?;
    module.add_function(wrap_pyfunction!(is_wrapped, module)?)?;
    module.add_function(wrap_pyfunction!(stop_gradient, module)?)?;
    module.add_function(wrap_pyfunction!(primal, module)?)?;
    Ok(())
}
