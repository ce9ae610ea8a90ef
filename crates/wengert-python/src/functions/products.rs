//! Products of vectors, matrices and tensors.

use pyo3::prelude::*;
use wengert::Tensor;

use super::arguments::{Ints, agreed, pair};
use crate::cell::{Arg, Out, run};
use crate::errors::OrRaise;
use crate::flavour::Flavour;
use crate::operand;

macro_rules! products {
    ($($name:ident $method:ident $doc:literal;)+) => {
        $(
            #[doc = $doc]
            #[pyfunction]
            #[pyo3(signature = (input, other))]
            fn $name(py: Python<'_>, input: &Bound<'_, PyAny>, other: &Bound<'_, PyAny>) -> PyResult<Out> {
                let (flavour, a, b) = pair(py, input, other)?;
                let (a, b) = agreed(py, stringify!($name), flavour, a, b)?;
                let product = run(py, a.len() + b.len(), || a.$method(&b));
                Ok(Out(flavour, product.or_raise(py, flavour)?))
            }
        )+

        fn add_products(module: &Bound<'_, PyModule>) -> PyResult<()> {
            add_all!(module: $($name)+);
            Ok(())
        }
    };
}

products! {
    matmul try_matmul "The matrix product; axes in front of the last two are a stack of matrices and broadcast.";
    mm try_mm "The product of two matrices.";
    mv try_mv "The product of a matrix and a vector.";
    dot try_dot "The scalar product of two vectors.";
    outer try_outer "All products of an element of one vector and one of the other, as a matrix.";
    bmm try_bmm "The products of two stacks of as many matrices.";
}

/// The sum of products over pairs of axes: left_axes[i] of a with right_axes[i] of b.
#[pyfunction]
#[pyo3(signature = (a, b, left_axes, right_axes))]
fn tensordot(
    py: Python<'_>,
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
    left_axes: Ints,
    right_axes: Ints,
) -> PyResult<Out> {
    let (flavour, a, b) = pair(py, a, b)?;
    let (a, b) = agreed(py, "tensordot", flavour, a, b)?;
    let product = run(py, a.len() + b.len(), || a.try_tensordot(&b, &left_axes.0, &right_axes.0));
    Ok(Out(flavour, product.or_raise(py, flavour)?))
}

/// The tensors of a sequence in one dtype: NumPy promotes, the others want them to agree.
fn operands(py: Python<'_>, op: &str, list: &Bound<'_, PyAny>) -> PyResult<(Flavour, Vec<Tensor>)> {
    let (flavour, mut tensors) = operand::many(py, list)?;
    if flavour == Flavour::Numpy {
        operand::common(py, flavour, &mut tensors)?;
    } else if let [first, rest @ ..] = &tensors[..] {
        for other in rest {
            agreed(py, op, flavour, first.clone(), other.clone())?;
        }
    }
    Ok((flavour, tensors))
}

/// The sum of products that an equation describes.
#[pyfunction]
fn einsum(py: Python<'_>, equation: &str, operands: &Bound<'_, PyAny>) -> PyResult<Out> {
    let (flavour, tensors) = self::operands(py, "einsum", operands)?;
    let tensors: Vec<&Tensor> = tensors.iter().collect();
    let elements = tensors.iter().map(|tensor| tensor.len()).sum();
    Ok(Out(flavour, run(py, elements, || Tensor::try_einsum(equation, &tensors)).or_raise(py, flavour)?))
}

/// The product of several matrices, in the order that takes the fewest operations.
#[pyfunction]
fn multi_dot(py: Python<'_>, tensors: &Bound<'_, PyAny>) -> PyResult<Out> {
    let (flavour, tensors) = operands(py, "multi_dot", tensors)?;
    let tensors: Vec<&Tensor> = tensors.iter().collect();
    let elements = tensors.iter().map(|tensor| tensor.len()).sum();
    Ok(Out(flavour, run(py, elements, || Tensor::try_multi_dot(&tensors)).or_raise(py, flavour)?))
}

/// The affine map x·Wᵀ + b of the last axis.
#[pyfunction]
#[pyo3(signature = (input, weight, bias=None))]
fn linear(py: Python<'_>, input: Arg, weight: Arg, bias: Option<Arg>) -> PyResult<Out> {
    let flavour = input.flavour;
    for other in [Some(&weight), bias.as_ref()].into_iter().flatten() {
        if other.value.dtype() != input.value.dtype() {
            agreed(py, "linear", Flavour::Torch, input.value.clone(), other.value.clone())?;
        }
    }
    let (x, weight, bias) = (&input.value, &weight.value, bias.as_ref().map(|bias| &bias.value));
    Ok(Out(flavour, run(py, x.len() + weight.len(), || x.try_linear(weight, bias)).or_raise(py, flavour)?))
}

/// Adds the functions of this file.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    add_products(module)?;
    add_all!(module: tensordot einsum multi_dot linear);
    Ok(())
}
