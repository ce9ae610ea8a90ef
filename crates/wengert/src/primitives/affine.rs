//! The affine map: one step of the graph where a product, a transpose and a sum would be three.

use std::sync::LazyLock;

use wengert_array::{Array, DType, Element, Error as ArrayError, Shape, matmul, pointwise};
use wengert_scalar::{Expr, Row};

use crate::apply::apply_one;
use crate::error::Result;
use crate::prim::{Mask, Outs, Prim, Primitive, Residuals, Saved, Spec};
use crate::primitives::matmul::{element, product, tall, transposed};
use crate::primitives::shape::{broadcast_to, move_axis, reshape};
use crate::tensor::Tensor;

/// x·Wᵀ + b for x of shape (…, inputs), W of shape (outputs, inputs) and, if it is given, b of shape (outputs,).
#[derive(Debug)]
pub(crate) struct Affine;

static AFFINE: Prim = Prim::Static(&Affine);
static ADD: LazyLock<Expr> = LazyLock::new(|| Expr::row(Row::Add));

/// x·Wᵀ + b.
#[track_caller]
pub(crate) fn affine(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    match bias {
        Some(bias) => apply_one(&AFFINE, &[x, weight, bias]),
        None => apply_one(&AFFINE, &[x, weight]),
    }
}

/// Adds the bias to every row in place, if both are of type `T`.
fn add_to_rows<T: Element + std::ops::AddAssign>(rows: &mut Array, bias: &Array) -> bool {
    let (Some(bias), Some(rows)) = (bias.as_slice::<T>(), rows.as_mut_slice::<T>()) else { return false };
    for row in rows.chunks_exact_mut(bias.len().max(1)) {
        row.iter_mut().zip(bias).for_each(|(sum, b)| *sum += *b);
    }
    true
}

impl Primitive for Affine {
    fn name(&self) -> &str {
        "linear"
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        let (x, w, b) = match inputs {
            [x, w] => (x, w, None),
            [x, w, b] => (x, w, Some(b)),
            _ => {
                let detail = format!("needs two or three tensors, got {}", inputs.len());
                return Err(ArrayError::argument("linear", detail).into());
            }
        };
        if w.shape.len() != 2 || b.is_some_and(|b| b.shape[..] != w.shape[..1]) {
            let bias = b.map_or_else(|| "none".into(), |b| b.shape.to_string());
            let detail = format!("a weight of shape {} and a bias of shape {bias} do not fit", w.shape);
            return Err(ArrayError::shape("linear", detail, "they must be (outputs, inputs) and (outputs,)").into());
        }
        if x.shape.last() != Some(&w.shape[1]) {
            let detail = format!(
                "the input has shape {} but its last axis must have length {}, as the weight has shape {}",
                x.shape, w.shape[1], w.shape
            );
            return Err(ArrayError::shape("linear", detail, "the weight must be (outputs, inputs)").into());
        }
        if let Some(other) = [Some(x), b].into_iter().flatten().find(|other| other.dtype != w.dtype) {
            let what = if std::ptr::eq(other, x) { "input" } else { "bias" };
            let detail = format!("the {what} has dtype {} and the weight {}", other.dtype, w.dtype);
            return Err(ArrayError::dtype("linear", detail, "cast one of them: x.to_dtype(DType::F64)").into());
        }
        let mut shape = x.shape.clone();
        if let Some(last) = shape.last_mut() {
            *last = w.shape[0];
        }
        Ok(Outs::One(Spec::new(x.dtype, shape)))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        let (x, w) = (inputs[0], inputs[1]);
        let rows = match x.shape() {
            [] | [_] | [_, _] => x.clone(),
            [lead @ .., columns] => x.reshape(&[lead.iter().product(), *columns])?,
        };
        let mut y = matmul::matmul(&rows, &w.transpose())?;
        if let Some(bias) = inputs.get(2) {
            let bias = bias.contiguous();
            let added = match y.dtype() {
                DType::F32 => add_to_rows::<f32>(&mut y, &bias),
                DType::F64 => add_to_rows::<f64>(&mut y, &bias),
                _ => false,
            };
            if !added {
                y = pointwise::evaluate_one(&ADD, &[&y, &bias])?;
            }
        }
        if x.ndim() > 2 {
            let mut shape = Shape::from(&x.shape()[..x.ndim() - 1]);
            shape.push(w.shape()[0]);
            y = y.reshape(&shape)?;
        }
        Ok(Outs::One(y))
    }

    fn jvp(
        &self,
        _: &Prim,
        primals: &[Tensor],
        outputs: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        // A tangent of the bias rides along with one of the others.
        let bias = tangents.get(2).and_then(Option::as_ref);
        Ok(Outs::One(match (&tangents[0], &tangents[1]) {
            (Some(x), Some(w)) => {
                let along = affine(x, &primals[1], None)?;
                Some(affine(&primals[0], w, bias)?.try_accumulate(along)?)
            }
            (Some(x), None) => Some(affine(x, &primals[1], bias)?),
            (None, Some(w)) => Some(affine(&primals[0], w, bias)?),
            (None, None) => match bias {
                Some(b) => Some(broadcast_to(b, outputs[0].shape())?),
                None => None,
            },
        }))
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        wanted: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        let Some(g) = &cotangents[0] else { return Ok(()) };
        if wanted.has(0) {
            into[0] = Some(product(g, saved.input(1)?)?);
        }
        if wanted.has(1) {
            into[1] = Some(product(&transposed(&tall(g)?)?, &tall(saved.input(0)?)?)?);
        }
        if into.len() > 2 && wanted.has(2) {
            into[2] = Some(if g.ndim() == 1 { g.clone() } else { tall(g)?.try_sum_axes(0, false)? });
        }
        Ok(())
    }

    /// A batch of inputs is a larger input. Batches of weights or biases are stacks of products.
    fn batch(&self, this: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let elements: Vec<Spec> = inputs.iter().zip(axes).map(|(x, axis)| element(x, *axis)).collect();
        let out = self.output(&elements)?;
        let front: Vec<Tensor> =
            inputs.iter().zip(axes).map(|(x, axis)| move_axis(x, axis.unwrap_or(0), 0)).collect::<Result<_>>()?;
        if axes[1..].iter().all(Option::is_none) {
            let operands: Vec<&Tensor> = front.iter().collect();
            return Ok((Outs::One(apply_one(this, &operands)?), 0));
        }
        let (x, w) = (&elements[0].shape, &front[1]);
        let (rows, columns) = (x[..x.len() - 1].iter().product(), x[x.len() - 1]);
        let mut matrix = Shape::from([rows, columns]);
        if axes[0].is_some() {
            matrix.insert(0, front[0].shape()[0]);
        }
        let mut y = product(&reshape(&front[0], &matrix)?, &transposed(w)?)?;
        if let Some(b) = front.get(2) {
            let b = if axes[2].is_some() { reshape(b, &[b.shape()[0], 1, b.shape()[1]])? } else { b.clone() };
            y = y.try_add(b)?;
        }
        let shape: Shape = y.shape()[..1].iter().chain(out.iter().flat_map(|out| out.shape.iter())).copied().collect();
        Ok((Outs::One(reshape(&y, &shape)?), 0))
    }

    fn residuals(&self, wanted: Mask) -> Residuals {
        let mut inputs = Mask::NONE;
        if wanted.has(0) {
            inputs = inputs.with(1);
        }
        if wanted.has(1) {
            inputs = inputs.with(0);
        }
        Residuals { inputs, outputs: Mask::NONE }
    }
}
