//! Tensors as text.

use pyo3::prelude::*;
use wengert::display::{Style, format_with};

use crate::cell::Arg;
use crate::errors::OrRaise;

/// The values in PyTorch's layout, between a prefix and suffixes; a prefix that ends in `(` is closed at the end.
#[pyfunction]
#[pyo3(signature = (x, prefix="", suffixes=Vec::new(), precision=4, threshold=1000, edgeitems=3, linewidth=80, sci_mode=None))]
fn format(
    py: Python<'_>,
    x: Arg,
    prefix: &str,
    suffixes: Vec<String>,
    precision: usize,
    threshold: usize,
    edgeitems: usize,
    linewidth: usize,
    sci_mode: Option<bool>,
) -> PyResult<String> {
    let style = Style { precision, threshold, edge_items: edgeitems, line_width: linewidth, scientific: sci_mode };
    let suffixes: Vec<&str> = suffixes.iter().map(String::as_str).collect();
    let array = x.value.array().or_raise(py, x.flavour)?;
    Ok(format_with(array, prefix, &suffixes, &style))
}

/// Adds the functions of this file.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    add_all!(module: format);
    Ok(())
}
