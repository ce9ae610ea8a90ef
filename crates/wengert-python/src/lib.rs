//! The native module `wengert._wengert`: names and conventions of Python libraries over the engine. No mathematics lives
//! here.
#![expect(unsafe_op_in_unsafe_fn, reason = "what pyo3 writes for methods that a macro of ours makes")]

mod callback;
mod cell;
mod data;
mod errors;
mod flavour;
mod functions;
mod gradients;
mod graph;
mod indexing;
mod methods;
mod names;
mod ndarray;
mod operand;
mod tape;
mod transforms;
mod views;

use pyo3::prelude::*;

#[pymodule]
fn _wengert(module: &Bound<'_, PyModule>) -> PyResult<()> {
    cell::add_classes(module)?;
    module.add_function(wrap_pyfunction!(flavour::register, module)?)?;
    module.add_function(wrap_pyfunction!(flavour::set_default_dtype, module)?)?;
    module.add_function(wrap_pyfunction!(flavour::get_default_dtype, module)?)?;
    data::add(module)?;
    views::add(module)?;
    gradients::add(module)?;
    functions::add(module)?;
    transforms::add(module)?;
    graph::add(module)?;
    tape::add(module)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
