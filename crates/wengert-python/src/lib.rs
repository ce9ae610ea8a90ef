//! The native module `wengert._wengert`: names and conventions of Python libraries over the engine. No mathematics lives
//! here.
#![expect(unsafe_op_in_unsafe_fn, reason = "what pyo3 writes for methods that a macro of ours makes")]

mod anomaly;
mod callback;
mod cell;
mod custom;
mod data;
mod draw;
mod errors;
mod flavour;
mod function;
mod functions;
mod gradients;
mod graph;
mod indexing;
mod methods;
mod names;
mod ndarray;
mod operand;
mod operators;
mod tape;
mod transforms;
mod views;
mod wording;

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
    draw::add(module)?;
    anomaly::add(module)?;
    function::add(module)?;
    custom::add(module)?;
    graph::add(module)?;
    tape::add(module)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
