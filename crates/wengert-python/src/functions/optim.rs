//! The steps of optimisers over lists of leaves. What an optimiser remembers of a leaf lies in a dict that Python keeps.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use wengert::{Array, HostLine, Tensor, set_host_line};
use wengert_nn::optim::{AdamOptions, AdamRule, Moments, SgdRule, clip_norm};

use crate::cell::{Cell, Out, cell_of, give, run};
use crate::errors::{OrRaise, argument_error, type_error};
use crate::flavour::Flavour;
use crate::gradients::{get_grad, gradient, overwrite, set_grad};

/// Rules that were made for some options, kept because making one takes longer than using it.
struct Made<K, R>(Mutex<Vec<(K, Arc<R>)>>);

/// How many are kept: as many groups of parameters as programs have.
const KEPT: usize = 16;

impl<K: PartialEq, R> Made<K, R> {
    const fn new() -> Made<K, R> {
        Made(Mutex::new(Vec::new()))
    }

    fn get(&self, key: K, make: impl FnOnce() -> wengert::Result<R>) -> wengert::Result<Arc<R>> {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rule)) = made.iter().find(|(known, _)| *known == key) {
            return Ok(rule.clone());
        }
        let rule = Arc::new(make()?);
        if made.len() == KEPT {
            made.remove(0);
        }
        made.push((key, rule.clone()));
        Ok(rule)
    }
}

thread_local! {
    /// The line of the program that is making a step, once it was asked for.
    static LINE: RefCell<Option<Arc<str>>> = const { RefCell::new(None) };
}

fn line() -> Option<Arc<str>> {
    if let Some(known) = LINE.with_borrow(Clone::clone) {
        return Some(known);
    }
    let found = crate::anomaly::line();
    LINE.set(found.clone());
    found
}

/// While it lives, the program's line is looked up once and not for each parameter.
struct OneLine(Option<HostLine>);

impl OneLine {
    fn new() -> OneLine {
        OneLine(set_host_line(Some(line)))
    }
}

impl Drop for OneLine {
    fn drop(&mut self) {
        set_host_line(self.0);
        LINE.set(None);
    }
}

/// Calls `step` with each parameter that has a gradient, its value, the gradient and its place.
fn each<'py>(
    py: Python<'py>,
    params: &Bound<'py, PyList>,
    mut step: impl FnMut(usize, &Bound<'py, Cell>, &Array, &Array) -> PyResult<Array>,
) -> PyResult<()> {
    let _line = OneLine::new();
    for (place, param) in params.iter().enumerate() {
        let Some(cell) = cell_of(&param) else { return Err(crate::cell::not_a_cell(&param)) };
        let Some(g) = gradient(py, cell)? else { continue };
        let flavour = cell.get().flavour;
        let value = cell.get().value(py)?;
        let (p, g) = (value.array().or_raise(py, flavour)?, g.array().or_raise(py, flavour)?);
        let moved = step(place, cell, p, g)?;
        overwrite(py, cell, Tensor::from(moved))?;
    }
    Ok(())
}

/// The dict of a parameter.
fn state_of<'py>(states: Option<&Bound<'py, PyList>>, place: usize) -> PyResult<Bound<'py, PyDict>> {
    match states.and_then(|states| states.get_item(place).ok()) {
        Some(state) => Ok(state.cast_into::<PyDict>()?),
        None => Err(argument_error(format!("there is no dict of states for parameter {place}"))),
    }
}

/// The tensor remembered under a name.
fn remembered<'py>(state: &Bound<'py, PyDict>, name: &Bound<'py, PyString>) -> PyResult<Option<Bound<'py, Cell>>> {
    match state.get_item(name)? {
        Some(found) if found.is_none() => Ok(None),
        Some(found) => match found.cast_into::<Cell>() {
            Ok(cell) => Ok(Some(cell)),
            Err(_) => Err(type_error(format!("the state {name} of an optimiser must be a Tensor"))),
        },
        None => Ok(None),
    }
}

/// Remembers a tensor: in the cell that is there, so that it stays one object, or in a new one.
fn remember<'py>(
    py: Python<'py>,
    state: &Bound<'py, PyDict>,
    name: &Bound<'py, PyString>,
    known: Option<&Bound<'py, Cell>>,
    flavour: Flavour,
    value: Array,
) -> PyResult<()> {
    match known {
        Some(cell) => {
            cell.get().set(Tensor::from(value));
            Ok(())
        }
        None => state.set_item(name, give(py, flavour, Tensor::from(value))?),
    }
}

/// One step of gradient descent of all parameters that have a gradient.
#[pyfunction]
#[pyo3(signature = (params, states=None, lr=1e-3, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=false, maximize=false))]
#[expect(clippy::too_many_arguments, reason = "the keywords of a Python function")]
fn sgd_step(
    py: Python<'_>,
    params: &Bound<'_, PyList>,
    states: Option<&Bound<'_, PyList>>,
    lr: f64,
    momentum: f64,
    dampening: f64,
    weight_decay: f64,
    nesterov: bool,
    maximize: bool,
) -> PyResult<()> {
    static MADE: Made<([u64; 3], bool, bool), SgdRule> = Made::new();
    let key = ([momentum.to_bits(), dampening.to_bits(), weight_decay.to_bits()], nesterov, maximize);
    let make = || SgdRule::new(momentum, dampening, weight_decay, nesterov, maximize);
    let rule = MADE.get(key, make).or_raise(py, Flavour::Torch)?;
    each(py, params, |place, cell, p, g| {
        let flavour = cell.get().flavour;
        if momentum == 0.0 {
            return Ok(run(py, p.len(), || rule.step(lr, p, g, None)).or_raise(py, flavour)?.0);
        }
        let name = intern!(py, "momentum_buffer");
        let state = state_of(states, place)?;
        let known = remembered(&state, name)?;
        let held = known.as_ref().map(|cell| cell.get().value(py)).transpose()?;
        let buffer = held.as_ref().map(|held| held.array()).transpose().or_raise(py, flavour)?;
        let (moved, new) = run(py, p.len(), || rule.step(lr, p, g, buffer)).or_raise(py, flavour)?;
        if let Some(new) = new {
            remember(py, &state, name, known.as_ref(), flavour, new)?;
        }
        Ok(moved)
    })
}

/// One step of Adam (AdamW if decoupled) of all parameters that have a gradient; `step` counts from 1.
#[pyfunction]
#[pyo3(signature = (params, states, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0, decoupled=false, maximize=false, amsgrad=false))]
#[expect(clippy::too_many_arguments, reason = "the keywords of a Python function")]
fn adam_step(
    py: Python<'_>,
    params: &Bound<'_, PyList>,
    states: &Bound<'_, PyList>,
    step: i32,
    lr: f64,
    beta1: f64,
    beta2: f64,
    eps: f64,
    weight_decay: f64,
    decoupled: bool,
    maximize: bool,
    amsgrad: bool,
) -> PyResult<()> {
    static MADE: Made<AdamOptions, AdamRule> = Made::new();
    let options = AdamOptions { betas: (beta1, beta2), epsilon: eps, weight_decay, decoupled, amsgrad, maximize };
    let op = if decoupled { "adamw" } else { "adam" };
    let rule = MADE.get(options, || AdamRule::new(op, options)).or_raise(py, Flavour::Torch)?;
    let names = [intern!(py, "exp_avg"), intern!(py, "exp_avg_sq"), intern!(py, "max_exp_avg_sq")];
    each(py, params, |place, cell, p, g| {
        let flavour = cell.get().flavour;
        let state = state_of(Some(states), place)?;
        let mut known = [None, None, None];
        let mut held = [None, None, None];
        for (i, name) in names.into_iter().enumerate().take(if amsgrad { 3 } else { 2 }) {
            known[i] = remembered(&state, name)?;
            if let Some(cell) = &known[i] {
                held[i] = Some(cell.get().value(py)?.array().or_raise(py, flavour)?.clone());
            }
        }
        let [first, second, largest] = held;
        let zeros = |held: Option<Array>| held.unwrap_or_else(|| p.zeros_like());
        let moments = Moments { first: zeros(first), second: zeros(second), largest };
        let (moved, new) = run(py, p.len(), || rule.step(lr, step, p, g, &moments)).or_raise(py, flavour)?;
        let new = [Some(new.first), Some(new.second), new.largest];
        for ((name, known), new) in names.into_iter().zip(&known).zip(new) {
            if let Some(new) = new {
                remember(py, &state, name, known.as_ref(), flavour, new)?;
            }
        }
        Ok(moved)
    })
}

/// Scales the gradients of the parameters down together so that their norm is at most max_norm; gives the norm they had.
#[pyfunction]
#[pyo3(signature = (params, max_norm, p=2.0))]
fn clip_grad_norm(py: Python<'_>, params: &Bound<'_, PyList>, max_norm: f64, p: f64) -> PyResult<Out> {
    let (mut cells, mut values) = (Vec::new(), Vec::new());
    let mut flavour = Flavour::Torch;
    for param in params.iter() {
        let Some(cell) = cell_of(&param) else { return Err(crate::cell::not_a_cell(&param)) };
        flavour = cell.get().flavour;
        if let Some(grad) = get_grad(py, cell)? {
            values.push(grad.get().value(py)?.detach());
            cells.push(grad);
        }
    }
    let elements = values.iter().map(Tensor::len).sum();
    let total = run(py, elements, || clip_norm(&mut values, max_norm, p)).or_raise(py, flavour)?;
    for (cell, value) in cells.iter().zip(values) {
        overwrite(py, cell, value)?;
    }
    Ok(Out(flavour, total))
}

/// Takes the gradients of all parameters away.
#[pyfunction]
fn zero_grads(py: Python<'_>, params: &Bound<'_, PyList>) -> PyResult<()> {
    for param in params.iter() {
        let Some(cell) = cell_of(&param) else { return Err(crate::cell::not_a_cell(&param)) };
        set_grad(py, cell, None)?;
    }
    Ok(())
}

/// Adds the functions of this file.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    add_all!(module: sgd_step adam_step clip_grad_norm zero_grads);
    Ok(())
}
