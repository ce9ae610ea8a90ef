//! Anomaly detection, and the lines of the Python program that errors of the backward pass name.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use wengert::{set_host, set_host_line, switch_anomaly};

/// Switches anomaly detection on this thread, and returns what it was. While it is on, backward passes look for
/// NaN, and what the rules of operations record remembers the line of the program too.
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

/// What is known of a function's code.
struct Code {
    /// Holds the code object, so that no other one can come to lie at its address.
    _code: Py<PyAny>,
    ours: bool,
    file: Arc<str>,
    lines: HashMap<i32, Arc<str>>,
}

/// So many functions are remembered at a time.
const KEPT: usize = 1024;

thread_local! {
    static CODES: RefCell<HashMap<usize, Code>> = RefCell::new(HashMap::new());
}

fn user_line(py: Python<'_>) -> PyResult<Option<Arc<str>>> {
    // SAFETY: the interpreter's lock is held; the result is null or a borrowed reference, which is checked and owned.
    let innermost = unsafe { Bound::from_borrowed_ptr_or_opt(py, ffi::PyEval_GetFrame().cast()) };
    let mut frame = innermost.clone();
    while let Some(inner) = &frame {
        if let Some(line) = line_of(inner, false)? {
            return Ok(Some(line));
        }
        let outer = inner.getattr(intern!(py, "f_back"))?;
        frame = (!outer.is_none()).then_some(outer);
    }
    match innermost {
        Some(innermost) => line_of(&innermost, true),
        None => Ok(None),
    }
}

/// The line at which a frame is, unless it runs a function of this package and those do not count.
fn line_of(frame: &Bound<'_, PyAny>, any: bool) -> PyResult<Option<Arc<str>>> {
    let py = frame.py();
    let pointer = frame.as_ptr().cast::<ffi::PyFrameObject>();
    // SAFETY: the object is a frame, which its owner keeps alive; the code object is a new reference.
    let code = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyFrame_GetCode(pointer).cast())? };
    let known = |codes: &mut HashMap<usize, Code>| {
        let code = codes.get_mut(&(code.as_ptr() as usize))?;
        if code.ours && !any {
            return Some(None);
        }
        // SAFETY: as above.
        let number = unsafe { ffi::PyFrame_GetLineNumber(pointer) };
        let file = &code.file;
        Some(Some(code.lines.entry(number).or_insert_with(|| format!("{file}:{number}").into()).clone()))
    };
    if let Some(line) = CODES.with_borrow_mut(known) {
        return Ok(line);
    }
    let file: Arc<str> = code.getattr(intern!(py, "co_filename"))?.cast::<PyString>()?.to_string_lossy().into();
    let new = Code { _code: code.clone().unbind(), ours: is_ours(frame)?, file, lines: HashMap::new() };
    let forgotten = CODES.with_borrow_mut(|codes| {
        let forgotten = if codes.len() >= KEPT { std::mem::take(codes) } else { HashMap::new() };
        codes.insert(code.as_ptr() as usize, new);
        forgotten
    });
    // Code objects may run finalisers when they go: not while the table is borrowed.
    drop(forgotten);
    Ok(CODES.with_borrow_mut(known).flatten())
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

/// Adds the functions to the module.
pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    set_host(line);
    module.add_function(wrap_pyfunction!(set_anomaly, module)?)?;
    module.add_function(wrap_pyfunction!(is_anomaly, module)?)
}
