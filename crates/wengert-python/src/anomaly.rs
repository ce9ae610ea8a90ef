//! Anomaly detection, and the lines of the Python program that errors of the backward pass name.

use std::sync::Arc;

use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use wengert::{set_host, set_host_line, switch_anomaly};

/// Switches anomaly detection on this thread, and returns what it was. While it is on, each operation remembers the line of
/// the program that ran it, and backward passes look for NaN.
#[pyfunction]
fn set_anomaly(on: bool) -> bool {
    set_host_line(on.then_some(line));
    switch_anomaly(on)
}

/// Whether anomaly detection is on.
#[pyfunction]
fn is_anomaly() -> bool {
    let on = switch_anomaly(false);
    switch_anomaly(on);
    on
}

/// The line of the Python program that is running, as `file:line`: outside of this package, if there is such a frame.
pub fn line() -> Option<Arc<str>> {
    Python::try_attach(|py| user_line(py).ok().flatten()).flatten()
}

fn user_line(py: Python<'_>) -> PyResult<Option<Arc<str>>> {
    // SAFETY: the interpreter's lock is held; the result is null or a borrowed reference, which is checked and owned.
    let innermost = unsafe { Bound::from_borrowed_ptr_or_opt(py, ffi::PyEval_GetFrame().cast()) };
    let mut frame = innermost.clone();
    while let Some(inner) = &frame {
        if !is_ours(inner)? {
            break;
        }
        let outer = inner.getattr(intern!(py, "f_back"))?;
        frame = (!outer.is_none()).then_some(outer);
    }
    let Some(frame) = frame.or(innermost) else { return Ok(None) };
    let file = frame.getattr(intern!(py, "f_code"))?.getattr(intern!(py, "co_filename"))?;
    let number = frame.getattr(intern!(py, "f_lineno"))?;
    Ok(Some(format!("{}:{}", file.cast::<PyString>()?.to_string_lossy(), number).into()))
}

/// Whether a frame runs a function of this package.
fn is_ours(frame: &Bound<'_, PyAny>) -> PyResult<bool> {
    let globals = frame.getattr(intern!(frame.py(), "f_globals"))?;
    let Ok(globals) = globals.cast::<PyDict>() else { return Ok(false) };
    let Some(name) = globals.get_item(intern!(frame.py(), "__name__"))? else { return Ok(false) };
    let Ok(name) = name.cast::<PyString>() else { return Ok(false) };
    let name = name.to_string_lossy();
    Ok(name == "wengert" || name.starts_with("wengert."))
}

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    set_host(line);
    module.add_function(wrap_pyfunction!(set_anomaly, module)?)?;
    module.add_function(wrap_pyfunction!(is_anomaly, module)?)
}
