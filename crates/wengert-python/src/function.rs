//! What `torch.autograd.Function` and TensorFlow's `custom_gradient` are made of.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use pyo3::prelude::*;
use wengert::transforms::try_vjp;
use wengert::{Array, Error, Mask, Outs, Prim, Primitive, Residuals, Result, Saved, Spec, Tensor, apply};

use crate::callback::{List, apart, cells, flavour_of, optional_cells, optional_tensors_of, outs, tensors_of};
use crate::cell::{Arg, Out};
use crate::custom::{arrays, give_back, number, plainly, residuals_of, samples, two_lists};
use crate::errors::{OrRaise, through};
use crate::flavour::Flavour;

/// A function whose forward and backward half are Python functions. Its outputs are the results, then the extras.
struct Function {
    name: String,
    parameters: String,
    forward: Py<PyAny>,
    backward: Py<PyAny>,
    jvp: Option<Py<PyAny>>,
    given: Vec<Flavour>,
    /// How many results there are, without the extras.
    results: OnceLock<usize>,
    returned: Mutex<Vec<Flavour>>,
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Function {
    fn flavour(&self) -> Flavour {
        self.given.first().copied().unwrap_or(Flavour::Torch)
    }

    fn returned(&self) -> Vec<Flavour> {
        self.returned.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn results(&self, outputs: usize) -> usize {
        self.results.get().copied().unwrap_or(outputs)
    }

    fn call(&self, inputs: impl Iterator<Item = Array>) -> Result<Vec<Array>> {
        let inputs: Vec<Tensor> = inputs.map(Tensor::from).collect();
        let (mut results, extras) = plainly(|py| {
            let returned = self.forward.bind(py).call1((cells(py, &self.given, &inputs)?,))?;
            let (results, extras) = two_lists(&returned, "the forward function")?;
            let (results, flavours) = tensors_of(&results, self.flavour())?;
            let _ = self.results.set(results.len());
            *self.returned.lock().unwrap_or_else(PoisonError::into_inner) = flavours;
            Ok((results, tensors_of(&extras, self.flavour())?.0))
        })?;
        results.extend(extras);
        arrays(&self.name, &results)
    }

    fn pulled(
        &self,
        inputs: &[Tensor],
        outputs: &[Tensor],
        cotangents: &[Option<Tensor>],
        wanted: Mask,
    ) -> Result<Vec<Option<Tensor>>> {
        let (results, extras) = outputs.split_at(self.results(outputs.len()));
        Python::attach(|py| {
            let returned = self.returned();
            let flags: Vec<bool> = (0..inputs.len()).map(|i| wanted.has(i)).collect();
            let arguments = (
                optional_cells(py, &returned, &cotangents[..results.len()])?,
                cells(py, &self.given, inputs)?,
                cells(py, &returned, results)?,
                cells(py, &[self.flavour()], extras)?,
                flags,
            );
            optional_tensors_of(&self.backward.bind(py).call1(arguments)?, self.flavour())
        })
        .map_err(through)
    }
}

/// The forward rule of a function that has a reverse rule alone: that one is linear in the cotangents, so its pullback
/// takes tangents of the inputs to tangents of the results.
fn transposed(
    inputs: &[Tensor],
    results: &[Tensor],
    tangents: &[Option<Tensor>],
    pull: impl Fn(&[Option<Tensor>]) -> Result<Vec<Option<Tensor>>>,
) -> Result<Vec<Option<Tensor>>> {
    let zeros: Vec<Tensor> = results.iter().map(Tensor::zeros_like).collect();
    let linear = |seeds: &Vec<Tensor>| {
        let seeds: Vec<Option<Tensor>> = seeds.iter().cloned().map(Some).collect();
        let pulled = pull(&seeds)?.into_iter().zip(inputs);
        pulled
            .map(|(cotangent, input)| match cotangent {
                Some(cotangent) if input.dtype().is_float() => cotangent.try_to_dtype(input.dtype()),
                _ => Ok(input.zeros_like()),
            })
            .collect::<Result<Vec<_>>>()
    };
    let (_, push) = try_vjp(linear, &zeros)?;
    let filled: Vec<Tensor> = tangents
        .iter()
        .zip(inputs)
        .map(|(tangent, input)| tangent.clone().unwrap_or_else(|| input.zeros_like()))
        .collect();
    Ok(push.try_call(&filled)?.into_iter().map(Some).collect())
}

impl Primitive for Function {
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
        let (results, extras) = outputs.split_at(self.results(outputs.len()));
        let mut pushed = match &self.jvp {
            Some(rule) => Python::attach(|py| {
                let arguments = (
                    optional_cells(py, &self.given, tangents)?,
                    cells(py, &self.given, primals)?,
                    cells(py, &self.returned(), results)?,
                    cells(py, &[self.flavour()], extras)?,
                );
                optional_tensors_of(&rule.bind(py).call1(arguments)?, self.flavour())
            })
            .map_err(through)?,
            None => transposed(primals, results, tangents, |seeds| self.pulled(primals, outputs, seeds, Mask::ALL))?,
        };
        if pushed.len() != results.len() {
            let detail = format!("the JVP rule returned {} tangents for {} results", pushed.len(), results.len());
            return Err(Error::argument(self.name.clone(), detail));
        }
        pushed.resize(outputs.len(), None);
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
        let (inputs, outputs) = residuals_of(saved, cotangents.len())?;
        let pulled = self.pulled(&inputs, &outputs, cotangents, wanted)?;
        give_back(&self.name, &inputs, pulled, wanted, into)
    }

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals { inputs: Mask::ALL, outputs: Mask::ALL }
    }
}

/// Applies a function with a reverse rule of its own, as `torch.autograd.Function` is: the node is called `<name>Backward`.
///
/// - `forward(inputs)` gets plain cells, records nothing, and returns `(results, extras)`: two lists of cells. An extra is
///   whatever else `backward` needs; it is constant in a derivative of the derivative.
/// - `backward(cotangents, inputs, results, extras, wanted)` returns a list with a cotangent or None for each input. The
///   cotangent of a result that nothing depends on is None. `inputs` and `results` are what `saved_tensors` must give: they
///   are cells of the sweep that is running, so that with `create_graph=True` (and inside transforms) what is computed from
///   them is differentiated again. `wanted` says for each input whether its cotangent is used.
/// - `jvp(tangents, inputs, results, extras)`, if given, returns a tangent or None for each result; a tangent of an input
///   that is zero is None. Without it the forward rule is the transpose of `backward`.
///
/// A context object that tells the saved tensors apart as "input 0" or "result 1" makes no cycle of references. `forward` may
/// run several times for one call: under `vmap` for each element (the extras are then stacked), or to learn its shapes.
#[pyfunction]
#[pyo3(signature = (name, inputs, forward, backward, jvp=None))]
fn function(
    py: Python<'_>,
    name: &str,
    inputs: List<Arg>,
    forward: Py<PyAny>,
    backward: Py<PyAny>,
    jvp: Option<Py<PyAny>>,
) -> PyResult<Vec<Out>> {
    let flavour = flavour_of(&inputs);
    let (tensors, given) = apart(inputs);
    let made = Arc::new(Function {
        name: format!("{name}Backward"),
        parameters: number(),
        forward,
        backward,
        jvp,
        given,
        results: OnceLock::new(),
        returned: Mutex::default(),
    });
    let results = apply(&Prim::Shared(made.clone()), &tensors.iter().collect::<Vec<_>>()).or_raise(py, flavour)?;
    let count = made.results(results.len());
    Ok(outs(&made.returned(), results.into_iter().take(count).collect()))
}

/// Results that are known already, with a reverse rule that is a closure.
struct Given {
    name: String,
    parameters: String,
    results: Vec<Array>,
    backward: Py<PyAny>,
    given: Vec<Flavour>,
    returned: Vec<Flavour>,
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Given {
    fn pulled(&self, cotangents: &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>> {
        let seeds: Vec<Tensor> = cotangents
            .iter()
            .zip(&self.results)
            .map(|(cotangent, result)| cotangent.clone().unwrap_or_else(|| Tensor::from(result.clone()).zeros_like()))
            .collect();
        Python::attach(|py| {
            let pulled = self.backward.bind(py).call1((cells(py, &self.returned, &seeds)?,))?;
            optional_tensors_of(&pulled, self.given.first().copied().unwrap_or(Flavour::Tf))
        })
        .map_err(through)
    }
}

impl Primitive for Given {
    fn name(&self) -> &str {
        &self.name
    }

    fn parameters(&self) -> String {
        self.parameters.clone()
    }

    fn output(&self, _: &[Spec]) -> Result<Outs<Spec>> {
        Ok(Outs::from(self.results.iter().map(Spec::of).collect::<Vec<_>>()))
    }

    fn eval(&self, _: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::from(self.results.clone()))
    }

    fn jvp(
        &self,
        _: &Prim,
        primals: &[Tensor],
        outputs: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        Ok(Outs::from(transposed(primals, outputs, tangents, |seeds| self.pulled(seeds))?))
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        wanted: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        let (inputs, _) = residuals_of(saved, 0)?;
        give_back(&self.name, &inputs, self.pulled(cotangents)?, wanted, into)
    }

    fn batch(&self, _: &Prim, _: &[Tensor], _: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let detail =
            "a gradient that is a closure cannot be batched: use `function`, whose rule gets its tensors as arguments";
        Err(Error::argument(self.name.clone(), detail))
    }

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals { inputs: Mask::ALL, outputs: Mask::NONE }
    }
}

/// Records `outs`, which are known already, as computed from `inputs`, as TensorFlow's `custom_gradient` does: on every tape
/// that any input belongs to, and for `backward`. The values of `outs` are taken without their own history.
///
/// `backward(cotangents)` returns a list with a cotangent or None for each input. It is a closure: what it uses from outside
/// is differentiated again where that belongs to an outer tape (or, with `create_graph=True`, requires grad).
#[pyfunction]
fn record(py: Python<'_>, name: &str, outs: List<Arg>, inputs: List<Arg>, backward: Py<PyAny>) -> PyResult<Vec<Out>> {
    let flavour = flavour_of(&inputs);
    let (tensors, given) = apart(inputs);
    let (results, returned) = apart(outs);
    let results =
        results.iter().map(|result| result.array().cloned()).collect::<Result<Vec<_>>>().or_raise(py, flavour)?;
    let made = Given {
        name: format!("{name}Backward"),
        parameters: number(),
        results,
        backward,
        given,
        returned: returned.clone(),
    };
    let results = apply(&Prim::new(made), &tensors.iter().collect::<Vec<_>>()).or_raise(py, flavour)?;
    Ok(crate::callback::outs(&returned, results.into_iter().collect()))
}

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(function, module)?)?;
    module.add_function(wrap_pyfunction!(record, module)?)
}
