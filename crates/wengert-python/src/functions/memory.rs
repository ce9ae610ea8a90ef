//! Memory and threads.

use pyo3::prelude::*;
use wengert::{memory, threads};

use super::arguments::Count;
use crate::errors::OrRaise;
use crate::flavour::Flavour;

/// Bytes in the buffers of live tensors.
#[pyfunction]
fn memory_in_use() -> usize {
    memory::in_use()
}

/// The most that memory_in_use has been since the last reset_peak_memory.
#[pyfunction]
fn peak_memory() -> usize {
    memory::peak()
}

/// Starts measuring peak_memory anew.
#[pyfunction]
fn reset_peak_memory() {
    memory::reset_peak();
}

/// Bytes of freed buffers that are kept for reuse.
#[pyfunction]
fn idle_memory() -> usize {
    memory::idle()
}

/// Returns the buffers that are kept for reuse to the system.
#[pyfunction]
fn release_memory() {
    memory::release();
}

/// Sets how many threads loops over tensors use.
#[pyfunction]
fn set_num_threads(py: Python<'_>, n: Count) -> PyResult<()> {
    threads::set_threads(n.0).map_err(wengert::Error::from).or_raise(py, Flavour::Torch)
}

/// How many threads loops over tensors use.
#[pyfunction]
fn get_num_threads() -> usize {
    threads::threads()
}

/// Adds the functions of this file.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    add_all!(module: memory_in_use peak_memory reset_peak_memory idle_memory release_memory);
    add_all!(module: set_num_threads get_num_threads);
    Ok(())
}
