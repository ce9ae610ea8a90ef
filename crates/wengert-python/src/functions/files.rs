//! Files: NumPy's, safetensors, and the digits that come with the library.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use wengert::{Array, Tensor, npy};
use wengert_nn::{StateDict, safetensors};

use super::arguments::Class;
use crate::cell::{Arg, Out, give};
use crate::errors::OrRaise;
use crate::flavour::Flavour;

fn read<T>(py: Python<'_>, flavour: Flavour, result: Result<T, wengert::ArrayError>) -> PyResult<T> {
    result.map_err(wengert::Error::from).or_raise(py, flavour)
}

/// Writes a tensor to a .npy file.
#[pyfunction]
fn npy_save(py: Python<'_>, path: PathBuf, x: Arg) -> PyResult<()> {
    let array = x.value.array().or_raise(py, x.flavour)?;
    let written = py.detach(|| npy::write(path, array));
    read(py, x.flavour, written)
}

/// The tensor in a .npy file.
#[pyfunction]
fn npy_load(py: Python<'_>, cls: Class, path: PathBuf) -> PyResult<Out> {
    let array = py.detach(|| npy::read(path));
    Ok(Out(cls.0, Tensor::from(read(py, cls.0, array)?)))
}

/// A tensor as the bytes of a .npy file.
#[pyfunction]
fn npy_bytes<'py>(py: Python<'py>, x: Arg) -> PyResult<Bound<'py, PyBytes>> {
    let array = x.value.array().or_raise(py, x.flavour)?;
    Ok(PyBytes::new(py, &read(py, x.flavour, npy::to_bytes(array))?))
}

/// The tensor in the bytes of a .npy file.
#[pyfunction]
fn npy_from_bytes(py: Python<'_>, cls: Class, data: &[u8]) -> PyResult<Out> {
    Ok(Out(cls.0, Tensor::from(read(py, cls.0, npy::from_bytes(data))?)))
}

/// The tensors of a dict with their names.
fn named(tensors: &Bound<'_, PyDict>) -> PyResult<Vec<(String, Tensor)>> {
    tensors.iter().map(|(name, tensor)| Ok((name.extract()?, tensor.extract::<Arg>()?.value))).collect()
}

fn dict<'py>(
    py: Python<'py>,
    flavour: Flavour,
    tensors: impl IntoIterator<Item = (String, Tensor)>,
) -> PyResult<Bound<'py, PyDict>> {
    let found = PyDict::new(py);
    for (name, tensor) in tensors {
        found.set_item(name, give(py, flavour, tensor)?)?;
    }
    Ok(found)
}

/// Writes a dict of tensors to a .npz file.
#[pyfunction]
#[pyo3(signature = (path, tensors, compressed=false))]
fn npz_save(py: Python<'_>, path: PathBuf, tensors: &Bound<'_, PyDict>, compressed: bool) -> PyResult<()> {
    let tensors = named(tensors)?;
    let mut arrays = Vec::with_capacity(tensors.len());
    for (name, tensor) in &tensors {
        arrays.push((name.as_str(), tensor.array().or_raise(py, Flavour::Numpy)?));
    }
    let how = if compressed { npy::Compression::Deflated } else { npy::Compression::Stored };
    let written = py.detach(|| npy::write_npz(path, &arrays, how));
    read(py, Flavour::Numpy, written)
}

/// The tensors of a .npz file, as a dict.
#[pyfunction]
fn npz_load<'py>(py: Python<'py>, cls: Class, path: PathBuf) -> PyResult<Bound<'py, PyDict>> {
    let arrays: Vec<(String, Array)> = {
        let found = py.detach(|| npy::read_npz(path));
        read(py, cls.0, found)?
    };
    dict(py, cls.0, arrays.into_iter().map(|(name, array)| (name, Tensor::from(array))))
}

fn state(tensors: &Bound<'_, PyDict>) -> PyResult<StateDict> {
    Ok(named(tensors)?.into_iter().collect())
}

/// Writes a dict of tensors to a safetensors file.
#[pyfunction]
fn safetensors_save(py: Python<'_>, tensors: &Bound<'_, PyDict>, path: PathBuf) -> PyResult<()> {
    let tensors = state(tensors)?;
    py.detach(|| safetensors::write(path, &tensors)).or_raise(py, Flavour::Torch)
}

/// The tensors of a safetensors file, as a dict.
#[pyfunction]
#[pyo3(signature = (path, cls=Class(Flavour::Torch)), text_signature = "(path, cls=Tensor)")]
fn safetensors_load<'py>(py: Python<'py>, path: PathBuf, cls: Class) -> PyResult<Bound<'py, PyDict>> {
    let found = py.detach(|| safetensors::read(path)).or_raise(py, cls.0)?;
    dict(py, cls.0, found)
}

/// A dict of tensors as the bytes of a safetensors file.
#[pyfunction]
fn safetensors_bytes<'py>(py: Python<'py>, tensors: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &safetensors::to_bytes(&state(tensors)?).or_raise(py, Flavour::Torch)?))
}

/// The tensors in the bytes of a safetensors file, as a dict.
#[pyfunction]
#[pyo3(signature = (data, cls=Class(Flavour::Torch)), text_signature = "(data, cls=Tensor)")]
fn safetensors_from_bytes<'py>(py: Python<'py>, data: &[u8], cls: Class) -> PyResult<Bound<'py, PyDict>> {
    dict(py, cls.0, safetensors::from_bytes(data).or_raise(py, cls.0)?)
}

/// The 1,797 images of handwritten digits, (1797, 64) float64 from 0 (paper) to 16 (ink), and which digits they are.
#[pyfunction]
#[pyo3(signature = (cls=Class(Flavour::Numpy)), text_signature = "(cls=Array)")]
fn digits(py: Python<'_>, cls: Class) -> PyResult<(Out, Out)> {
    const INK: f64 = 16.0;
    let found = wengert_nn::data::digits().or_raise(py, cls.0)?;
    let images = || found.images.try_to_dtype(wengert::DType::F64)?.try_reshape([-1, 64])?.try_mul(INK);
    Ok((Out(cls.0, images().or_raise(py, cls.0)?), Out(cls.0, found.labels)))
}

/// Adds the functions of this file.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    add_all!(module: npy_save npy_load npy_bytes npy_from_bytes npz_save npz_load);
    add_all!(module: safetensors_save safetensors_load safetensors_bytes safetensors_from_bytes digits);
    Ok(())
}
