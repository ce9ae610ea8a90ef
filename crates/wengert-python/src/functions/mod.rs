//! The functions of the native module, one file for each family.

/// Adds functions to a module.
macro_rules! add_all {
    ($module:ident: $($name:ident)+) => {
        $($module.add_function(pyo3::wrap_pyfunction!($name, $module)?)?;)+
    };
}

mod arguments;
mod create;
mod files;
mod format;
mod index;
mod join;
mod memory;
mod network;
mod optim;
mod pointwise;
mod products;
mod random;
mod reduce;
mod shape;
mod sort;

use pyo3::prelude::*;

/// Adds all functions to the module.
pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let families = [
        create::add_to,
        files::add_to,
        format::add_to,
        index::add_to,
        join::add_to,
        memory::add_to,
        network::add_to,
        optim::add_to,
        pointwise::add_to,
        products::add_to,
        random::add_to,
        reduce::add_to,
        shape::add_to,
        sort::add_to,
    ];
    families.into_iter().try_for_each(|add_to| add_to(module))
}
