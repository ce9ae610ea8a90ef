//! Functions with derivatives written in Python: `custom_vjp`, `custom_jvp` and new primitives.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::PyNotImplementedError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use wengert::transforms::{try_custom_jvp, try_custom_vjp};
use wengert::{Array, Error, Mask, Outs, Prim, Primitive, Residuals, Result, Saved, Spec, Tensor, apply};

use crate::callback::{
    Callback, List, apart, cells, flavour_of, optional_cells, optional_tensors_of, outs, pair, tensors_of,
};
use crate::cell::{Arg, Out};
use crate::errors::{OrRaise, argument_error, through, type_error};
use crate::flavour::Flavour;

/// Flavours that one function of a rule finds out and another one needs.
type Shared = Arc<Mutex<Vec<Flavour>>>;

fn set(shared: &Shared, flavours: Vec<Flavour>) {
    *shared.lock().unwrap_or_else(PoisonError::into_inner) = flavours;
}

fn get(shared: &Shared) -> Vec<Flavour> {
    shared.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Zeros in the place of what a rule left out.
fn filled(tensors: Vec<Option<Tensor>>, specs: &[Spec], what: &str) -> PyResult<Vec<Tensor>> {
    if tensors.len() != specs.len() {
        let (got, wanted) = (tensors.len(), specs.len());
        return Err(argument_error(format!(
            "{what} returned {got} cotangents for {wanted} tensors: return one for each"
        )));
    }
    let filled = tensors.into_iter().zip(specs).map(|(tensor, spec)| match tensor {
        Some(tensor) => tensor,
        None => Array::zeros(spec.shape.clone(), spec.dtype).into(),
    });
    Ok(filled.collect())
}

/// A function with a reverse rule: `forward(leaves) -> (results, residuals)`, and `backward(residuals, cotangents)`, which
/// returns a cotangent or None for each leaf.
#[pyfunction]
fn custom_vjp(
    py: Python<'_>,
    f: Py<PyAny>,
    forward: Py<PyAny>,
    backward: Py<PyAny>,
    leaves: List<Arg>,
) -> PyResult<Vec<Out>> {
    let flavour = flavour_of(&leaves);
    let (tensors, given) = apart(leaves);
    let specs: Vec<Spec> = tensors.iter().map(Tensor::spec).collect();
    let (returned, kept): (Shared, Shared) = Default::default();
    let f = Callback::new(f, &given);
    let f_returned = returned.clone();
    let run = move |x: &Vec<Tensor>| {
        let results = f.call(x)?;
        set(&f_returned, f.returned());
        Ok::<_, Error>(results)
    };
    let forward = Callback::new(forward, &given);
    let (forward_returned, forward_kept) = (returned.clone(), kept.clone());
    let run_forward = move |x: &Vec<Tensor>| {
        forward.with(x, |pair_returned| {
            let (results, residuals) = pair(pair_returned, "the forward function")?;
            let (results, flavours) = tensors_of(&results, flavour)?;
            set(&forward_returned, flavours);
            let (residuals, flavours) = tensors_of(&residuals, flavour)?;
            set(&forward_kept, flavours);
            Ok(((results, residuals), Vec::new()))
        })
    };
    let backward_returned = returned.clone();
    let run_backward = move |residuals: &Vec<Tensor>, cotangents: &Vec<Tensor>| {
        Python::attach(|py| {
            let residuals = cells(py, &get(&kept), residuals)?;
            let cotangents = cells(py, &get(&backward_returned), cotangents)?;
            let pulled = backward.bind(py).call1((residuals, cotangents))?;
            filled(optional_tensors_of(&pulled, flavour)?, &specs, "the backward function")
        })
        .map_err(through)
    };
    let results = try_custom_vjp(run, run_forward, run_backward)(&tensors).or_raise(py, flavour)?;
    Ok(outs(&get(&returned), results))
}

/// A function with a forward rule: `rule(leaves, tangents) -> (results, their tangents)`.
#[pyfunction]
fn custom_jvp(py: Python<'_>, f: Py<PyAny>, rule: Py<PyAny>, leaves: List<Arg>) -> PyResult<Vec<Out>> {
    let flavour = flavour_of(&leaves);
    let (tensors, given) = apart(leaves);
    let returned: Shared = Default::default();
    let f = Callback::new(f, &given);
    let f_returned = returned.clone();
    let run = move |x: &Vec<Tensor>| {
        let results = f.call(x)?;
        set(&f_returned, f.returned());
        Ok::<_, Error>(results)
    };
    let push = move |x: &Vec<Tensor>, y: &Vec<Tensor>, tangents: &Vec<Tensor>| {
        Python::attach(|py| {
            let pushed = rule.bind(py).call1((cells(py, &given, x)?, cells(py, &given, tangents)?))?;
            let pushed = optional_tensors_of(&pair(&pushed, "the rule")?.1, flavour)?;
            filled(pushed, &y.iter().map(Tensor::spec).collect::<Vec<_>>(), "the rule")
        })
        .map_err(through)
    };
    let results = try_custom_jvp(run, push)(&tensors).or_raise(py, flavour)?;
    Ok(outs(&get(&returned), results))
}

static NEXT: AtomicU64 = AtomicU64::new(1);

/// What tells the primitives of different functions apart in a program.
pub fn number() -> String {
    format!("function={}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Restores the recording of `backward` when it goes out of scope.
struct Recording(bool);

impl Drop for Recording {
    fn drop(&mut self) {
        wengert::autograd::switch_grad(self.0);
    }
}

/// Calls a function on plain values. It records nothing.
pub fn plainly<T>(call: impl FnOnce(Python<'_>) -> PyResult<T>) -> Result<T> {
    let _recording = Recording(wengert::autograd::switch_grad(false));
    Python::attach(call).map_err(through)
}

/// The plain values of what a function returned.
pub fn arrays(name: &str, tensors: &[Tensor]) -> Result<Vec<Array>> {
    let plain = |tensor: &Tensor| {
        if tensor.is_transformed() {
            return Err(Error::argument(
                name,
                "the function uses a tensor from outside that is being differentiated, batched or traced: hand it in as \
                 an argument, so that it has a derivative",
            ));
        }
        tensor.array().cloned()
    };
    tensors.iter().map(plain).collect()
}

/// Values with which a function is tried out to learn the shapes that it returns.
pub fn samples(specs: &[Spec]) -> Result<Vec<Array>> {
    let one = |spec: &Spec| {
        let zeros = Tensor::from(Array::zeros(spec.shape.clone(), spec.dtype));
        // Indices are best tried with 0, other numbers with 1.
        let sample = if spec.dtype.is_float() { zeros.ones_like() } else { zeros };
        sample.array().cloned()
    };
    specs.iter().map(one).collect()
}

/// The residuals of a step: all inputs, and all outputs.
pub fn residuals_of(saved: &Saved<'_>, outputs: usize) -> Result<(Vec<Tensor>, Vec<Tensor>)> {
    let inputs = (0..saved.num_inputs()).map(|i| saved.input(i).cloned()).collect::<Result<_>>()?;
    let outputs = (0..outputs).map(|k| saved.output(k).cloned()).collect::<Result<_>>()?;
    Ok((inputs, outputs))
}

/// Gives each wanted input the cotangent that a rule returned for it.
pub fn give_back(
    name: &str,
    inputs: &[Tensor],
    pulled: Vec<Option<Tensor>>,
    wanted: Mask,
    into: &mut [Option<Tensor>],
) -> Result<()> {
    if pulled.len() != inputs.len() {
        let detail = format!(
            "the backward rule returned {} cotangents for {} inputs: return one for each, None where there is none",
            pulled.len(),
            inputs.len()
        );
        return Err(Error::argument(name, detail));
    }
    for (i, (input, cotangent)) in inputs.iter().zip(pulled).enumerate() {
        if wanted.has(i)
            && input.dtype().is_float()
            && let Some(cotangent) = cotangent
        {
            into[i] = Some(cotangent.try_to_dtype(input.dtype())?);
        }
    }
    Ok(())
}

/// A primitive whose value and rules are Python functions.
struct PyPrimitive {
    name: String,
    parameters: String,
    f: Py<PyAny>,
    vjp: Option<Py<PyAny>>,
    jvp: Option<Py<PyAny>>,
    given: Vec<Flavour>,
    returned: Mutex<Vec<Flavour>>,
}

impl fmt::Debug for PyPrimitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PyPrimitive").field("name", &self.name).finish_non_exhaustive()
    }
}

impl PyPrimitive {
    fn flavour(&self) -> Flavour {
        self.given.first().copied().unwrap_or(Flavour::Numpy)
    }

    fn returned(&self) -> Vec<Flavour> {
        self.returned.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn call(&self, inputs: impl Iterator<Item = Array>) -> Result<Vec<Array>> {
        let inputs: Vec<Tensor> = inputs.map(Tensor::from).collect();
        let (results, flavours) =
            plainly(|py| tensors_of(&self.f.bind(py).call1((cells(py, &self.given, &inputs)?,))?, self.flavour()))?;
        *self.returned.lock().unwrap_or_else(PoisonError::into_inner) = flavours;
        arrays(&self.name, &results)
    }

    fn lacks(&self, mode: &str) -> Error {
        through(PyNotImplementedError::new_err(format!("the primitive {} has no {mode} rule: define one", self.name)))
    }
}

impl Primitive for PyPrimitive {
    fn name(&self) -> &str {
        &self.name
    }

    fn parameters(&self) -> String {
        self.parameters.clone()
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        Ok(Outs::from(self.call(samples(inputs)?.into_iter())?.iter().map(Spec::of).collect::<Vec<_>>()))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::from(self.call(inputs.iter().map(|&input| input.clone()))?))
    }

    fn checked_eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        self.eval(inputs)
    }

    fn jvp(
        &self,
        _: &Prim,
        primals: &[Tensor],
        outputs: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        let rule = self.jvp.as_ref().ok_or_else(|| self.lacks("forward-mode (JVP)"))?;
        let pushed = Python::attach(|py| {
            let primals = cells(py, &self.given, primals)?;
            let results = cells(py, &self.returned(), outputs)?;
            let tangents = optional_cells(py, &self.given, tangents)?;
            optional_tensors_of(&rule.bind(py).call1((primals, results, tangents))?, self.flavour())
        })
        .map_err(through)?;
        if pushed.len() != outputs.len() {
            let detail = format!("the JVP rule returned {} tangents for {} results", pushed.len(), outputs.len());
            return Err(Error::argument(self.name.clone(), detail));
        }
        Ok(Outs::from(pushed))
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        wanted: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        let rule = self.vjp.as_ref().ok_or_else(|| self.lacks("reverse-mode (VJP)"))?;
        let (inputs, results) = residuals_of(saved, cotangents.len())?;
        let seeds: Vec<Tensor> = cotangents
            .iter()
            .zip(&results)
            .map(|(cotangent, result)| cotangent.clone().unwrap_or_else(|| result.zeros_like()))
            .collect();
        let pulled = Python::attach(|py| {
            let leaves = cells(py, &self.given, &inputs)?;
            let (returned, flags) = (self.returned(), (0..inputs.len()).map(|i| wanted.has(i)).collect::<Vec<_>>());
            let arguments = (leaves, cells(py, &returned, &results)?, cells(py, &returned, &seeds)?, flags);
            optional_tensors_of(&rule.bind(py).call1(arguments)?, self.flavour())
        })
        .map_err(through)?;
        give_back(&self.name, &inputs, pulled, wanted, into)
    }

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals { inputs: Mask::ALL, outputs: Mask::ALL }
    }
}

/// Applies a new primitive.
///
/// - `f(list of plain cells)` returns its results, cells or arrays;
/// - `vjp_rule(leaves, results, cotangents, wanted)` returns a cotangent or None for each leaf, of which those where
///   `wanted` is true are used;
/// - `jvp_rule(leaves, results, tangents)`, where a tangent that is zero is None, returns a tangent or None for each result.
///
/// The rules get cells of the sweep that is running, so that what they compute differentiates again. Under `vmap` the
/// primitive is applied to each element.
#[pyfunction]
fn primitive(
    py: Python<'_>,
    name: String,
    f: Py<PyAny>,
    vjp_rule: Option<Py<PyAny>>,
    jvp_rule: Option<Py<PyAny>>,
    leaves: List<Arg>,
) -> PyResult<Vec<Out>> {
    let flavour = flavour_of(&leaves);
    let (tensors, given) = apart(leaves);
    let made = Arc::new(PyPrimitive {
        name,
        parameters: number(),
        f,
        vjp: vjp_rule,
        jvp: jvp_rule,
        given,
        returned: Mutex::default(),
    });
    let results = apply(&Prim::Shared(made.clone()), &tensors.iter().collect::<Vec<_>>()).or_raise(py, flavour)?;
    Ok(outs(&made.returned(), results.into_iter().collect()))
}

/// The two lists that a function returned.
pub fn two_lists<'py>(returned: &Bound<'py, PyAny>, what: &str) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    if !returned.is_instance_of::<PyTuple>() {
        return Err(type_error(format!("{what} must return a pair of lists")));
    }
    pair(returned, what)
}

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(custom_vjp, module)?)?;
    module.add_function(wrap_pyfunction!(custom_jvp, module)?)?;
    module.add_function(wrap_pyfunction!(primitive, module)?)
}
