//! Pictures of graphs.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::callback::{List, apart, flavour_of};
use crate::cell::Arg;
use crate::errors::OrRaise;
use crate::flavour::Flavour;

/// A picture of the graph that computed some tensors.
#[pyclass(frozen, module = "wengert._wengert")]
struct Drawing {
    drawing: wengert::draw::Drawing,
    flavour: Flavour,
}

#[pymethods]
impl Drawing {
    /// The picture as DOT text.
    fn dot(&self, py: Python<'_>) -> PyResult<String> {
        crate::cell::run(py, usize::MAX, || self.drawing.to_dot()).or_raise(py, self.flavour)
    }

    /// The picture as SVG text.
    fn svg(&self, py: Python<'_>) -> PyResult<String> {
        crate::cell::run(py, usize::MAX, || self.drawing.to_svg()).or_raise(py, self.flavour)
    }

    /// The picture as the bytes of a PNG file, `scale` pixels for each unit of the SVG.
    #[pyo3(signature = (scale=2.0))]
    fn png<'py>(&self, py: Python<'py>, scale: f32) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = crate::cell::run(py, usize::MAX, || self.drawing.to_png(scale)).or_raise(py, self.flavour)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Writes the picture to a file whose extension says the format: `.svg`, `.png`, `.dot` or `.gv`.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        crate::cell::run(py, usize::MAX, || self.drawing.save(path)).or_raise(py, self.flavour)
    }

    /// How Jupyter shows the picture.
    fn _repr_svg_(&self, py: Python<'_>) -> PyResult<String> {
        self.svg(py)
    }
}

/// Draws the graph that computed `results`. `names` are pairs of a cell and its name.
#[pyfunction]
#[pyo3(signature = (results, names=List(Vec::new())))]
fn draw(results: List<Arg>, names: List<(Arg, String)>) -> Drawing {
    let flavour = flavour_of(&results);
    let mut drawing = wengert::draw(&apart(results).0);
    for (tensor, name) in names.0 {
        drawing = drawing.name(&tensor.value, name);
    }
    Drawing { drawing, flavour }
}

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Drawing>()?;
    module.add_function(wrap_pyfunction!(draw, module)?)
}
