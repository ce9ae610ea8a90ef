//! Tensors as text.

use pyo3::prelude::*;
use wengert::display::{Style, format_with};

use super::arguments::{Count, Items};
use crate::cell::Arg;
use crate::errors::OrRaise;

/// The values in PyTorch's layout, between a prefix and suffixes; a prefix that ends in `(` is closed at the end.
#[pyfunction]
#[pyo3(signature = (x, prefix="", suffixes=Items(Vec::new()), precision=Count(4), threshold=Count(1000), edgeitems=Count(3), linewidth=Count(80), sci_mode=None), text_signature = "(x, prefix='', suffixes=[], precision=4, threshold=1000, edgeitems=3, linewidth=80, sci_mode=None)")]
#[expect(clippy::too_many_arguments, reason = "the keywords of a Python function")]
fn format(
    py: Python<'_>,
    x: Arg,
    prefix: &str,
    suffixes: Items<String>,
    precision: Count,
    threshold: Count,
    edgeitems: Count,
    linewidth: Count,
    sci_mode: Option<bool>,
) -> PyResult<String> {
    let style = Style {
        precision: precision.0,
        threshold: threshold.0,
        edge_items: edgeitems.0,
        line_width: linewidth.0,
        scientific: sci_mode,
    };
    let suffixes: Vec<&str> = suffixes.0.iter().map(String::as_str).collect();
    let array = x.value.array().or_raise(py, x.flavour)?;
    Ok(format_with(array, prefix, &suffixes, &style))
}

/// Adds the functions of this file.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    add_all!(module: format);
    Ok(())
}
