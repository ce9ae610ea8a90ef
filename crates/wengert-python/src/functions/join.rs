//! Joining, padding and repeating.

use pyo3::prelude::*;
use wengert::{PadMode, Tensor};

use super::arguments::{Ints, Items, positions};
use crate::cell::{Arg, Out, run};
use crate::errors::{OrRaise, argument_error};
use crate::graph::shown;
use crate::operand;

/// The tensors one after the other along an axis that they have; with axis None all their elements.
#[pyfunction]
#[pyo3(signature = (tensors, axis=Some(0)))]
fn concatenate(py: Python<'_>, tensors: &Bound<'_, PyAny>, axis: Option<isize>) -> PyResult<Out> {
    let (flavour, mut tensors) = operand::many(py, tensors)?;
    operand::common(py, flavour, &mut tensors)?;
    if axis.is_none() {
        for tensor in &mut tensors {
            *tensor = tensor.try_reshape(-1).or_raise(py, flavour)?;
        }
    }
    let tensors: Vec<&Tensor> = tensors.iter().collect();
    let elements = tensors.iter().map(|tensor| tensor.len()).sum();
    let axis = axis.unwrap_or(0);
    Ok(Out(flavour, run(py, elements, || Tensor::try_concatenate(&tensors, axis)).or_raise(py, flavour)?))
}

/// The tensors, all of one shape, side by side along a new axis.
#[pyfunction]
#[pyo3(signature = (tensors, axis=0))]
fn stack(py: Python<'_>, tensors: &Bound<'_, PyAny>, axis: isize) -> PyResult<Out> {
    let (flavour, mut tensors) = operand::many(py, tensors)?;
    operand::common(py, flavour, &mut tensors)?;
    let tensors: Vec<&Tensor> = tensors.iter().collect();
    let elements = tensors.iter().map(|tensor| tensor.len()).sum();
    Ok(Out(flavour, run(py, elements, || Tensor::try_stack(&tensors, axis)).or_raise(py, flavour)?))
}

/// The tensor with (before, after) elements around each axis; negative widths cut.
#[pyfunction]
#[pyo3(signature = (x, widths, mode="constant", value=0.0))]
fn pad(py: Python<'_>, x: Arg, widths: Items<(isize, isize)>, mode: &str, value: f64) -> PyResult<Out> {
    let Items(widths) = widths;
    let mode = match mode {
        "constant" => None,
        "reflect" => Some(PadMode::Reflect),
        "edge" | "replicate" => Some(PadMode::Replicate),
        "wrap" | "circular" => Some(PadMode::Circular),
        "symmetric" => {
            return x.map(py, |x| x.try_pad_symmetric(&around(&widths)));
        }
        other => {
            return Err(argument_error(format!(
                "pad: there is no mode {other:?}: write 'constant', 'reflect', 'edge', 'wrap' or 'symmetric'"
            )));
        }
    };
    x.map(py, |x| {
        let mut part = x.clone();
        for (axis, &(before, after)) in widths.iter().enumerate().take(x.ndim()) {
            let (cut, drop) = (before.min(0).unsigned_abs(), after.min(0).unsigned_abs());
            if cut + drop > 0 {
                let len = part.shape()[axis].saturating_sub(cut + drop);
                part = part.try_narrow(axis as isize, cut as isize, len)?;
            }
        }
        match mode {
            None => part.try_pad(&around(&widths), value),
            Some(mode) => part.try_pad_mode(&around(&widths), mode),
        }
    })
}

fn around(widths: &[(isize, isize)]) -> Vec<(usize, usize)> {
    widths.iter().map(|&(before, after)| (before.max(0).unsigned_abs(), after.max(0).unsigned_abs())).collect()
}

/// The elements moved along axes, those that leave at one end entering at the other.
#[pyfunction]
#[pyo3(signature = (x, shifts, axes=None))]
fn roll(py: Python<'_>, x: Arg, shifts: Ints, axes: Option<Ints>) -> PyResult<Out> {
    let Some(Ints(mut axes)) = axes else {
        let shift = shifts.0.iter().sum();
        let rolled = x.map(py, |x| x.try_reshape(-1)?.try_roll(shift, 0)?.try_reshape(x.shape()))?;
        return Ok(shown(rolled, "RollBackward0", &[&x.value]));
    };
    let mut shifts = shifts.0;
    // As in NumPy, one shift goes for all axes, and one axis for all shifts.
    if shifts.len() == 1 {
        shifts.resize(axes.len(), shifts[0]);
    } else if axes.len() == 1 {
        axes.resize(shifts.len(), axes[0]);
    }
    if shifts.len() != axes.len() {
        let text = format!("roll: shifts and axes must align: {} shifts and {} axes", shifts.len(), axes.len());
        return Err(argument_error(text));
    }
    x.map(py, |x| {
        let mut rolled = x.clone();
        for (shift, axis) in shifts.into_iter().zip(axes) {
            rolled = rolled.try_roll(shift, axis)?;
        }
        Ok(rolled)
    })
}

/// Each entry along an axis n times in a row (n: a number, or one for each entry); with axis None of all elements.
#[pyfunction]
#[pyo3(signature = (x, n, axis=None))]
fn repeat_interleave(py: Python<'_>, x: Arg, n: &Bound<'_, PyAny>, axis: Option<isize>) -> PyResult<Out> {
    let (x, axis) = match axis {
        Some(axis) => (x, axis),
        None => (Arg { value: x.value.try_reshape(-1).or_raise(py, x.flavour)?, flavour: x.flavour }, 0),
    };
    if crate::cell::cell_of(n).is_none()
        && let Ok(count) = n.extract::<usize>()
    {
        return x.map(py, |x| x.try_repeat(count, axis));
    }
    let counts = positions(py, x.flavour, n)?;
    x.map(py, |x| x.try_repeat_each(&counts, axis))
}

/// The whole tensor laid reps[d] times along axis d.
#[pyfunction]
fn tile(py: Python<'_>, x: Arg, reps: Ints) -> PyResult<Out> {
    Ok(shown(x.map(py, |x| x.try_tile(&reps.0))?, "RepeatBackward0", &[&x.value]))
}

/// Adds the functions of this file.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    add_all!(module: concatenate stack pad roll repeat_interleave tile);
    Ok(())
}
