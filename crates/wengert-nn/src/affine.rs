//! The affine map as one primitive: one step of the graph where a product, a transpose and a sum would be three.

use wengert::{
    Array, Element, Error, Mask, Outs, Prim, Primitive, Residuals, Result, Saved, Shape, Spec, Tensor, apply_one,
};
use wengert_array::{DType, matmul};

/// x·Wᵀ + b for x of shape (…, inputs), W of shape (outputs, inputs) and, if it is given, b of shape (outputs,).
#[derive(Debug)]
struct Affine;

static AFFINE: Prim = Prim::Static(&Affine);

/// x·Wᵀ + b.
#[track_caller]
pub(crate) fn affine(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    match bias {
        Some(bias) => apply_one(&AFFINE, &[x, weight, bias]),
        None => apply_one(&AFFINE, &[x, weight]),
    }
}

/// The last axis kept, the others made one.
fn tall(x: &Tensor) -> Result<Tensor> {
    match x.ndim() {
        2 => Ok(x.clone()),
        n => x.try_reshape([x.len() as isize / (x.shape()[n - 1].max(1) as isize), x.shape()[n - 1] as isize]),
    }
}

/// The batch axis in front.
fn front(x: &Tensor, axis: Option<usize>) -> Result<Tensor> {
    match axis {
        None | Some(0) => Ok(x.clone()),
        Some(axis) => x.try_movedim(axis as isize, 0),
    }
}

fn add_rows<T: Element + std::ops::AddAssign>(product: &mut Array, bias: &Array) -> bool {
    let (Some(bias), Some(rows)) = (bias.as_slice::<T>(), product.as_mut_slice::<T>()) else { return false };
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
            _ => return Err(Error::argument("linear", format!("takes two or three inputs, got {}", inputs.len()))),
        };
        if w.shape.len() != 2 || b.is_some_and(|b| b.shape[..] != w.shape[..1]) {
            let bias = b.map_or_else(|| "none".into(), |b| b.shape.to_string());
            let detail = format!(
                "a weight of shape {} and a bias of shape {bias} do not fit: they must be (outputs, inputs) and (outputs,)",
                w.shape
            );
            return Err(Error::argument("linear", detail));
        }
        if x.shape.last() != Some(&w.shape[1]) {
            let detail = format!(
                "the input has shape {} but its last axis must have length {}, as the weight has shape {}",
                x.shape, w.shape[1], w.shape
            );
            return Err(Error::argument("linear", detail));
        }
        if x.dtype != w.dtype || b.is_some_and(|b| b.dtype != w.dtype) {
            let detail =
                format!("the input has dtype {} and the weight {}: cast the input, `x.to_dtype(…)`", x.dtype, w.dtype);
            return Err(Error::argument("linear", detail));
        }
        let mut shape = x.shape.clone();
        if let Some(last) = shape.last_mut() {
            *last = w.shape[0];
        }
        Ok(Outs::One(Spec::new(x.dtype, shape)))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        let (x, w) = (inputs[0], inputs[1]);
        let rows = match x.ndim() {
            1 | 2 => x.clone(),
            n => x.reshape(&[x.shape()[..n - 1].iter().product(), x.shape()[n - 1]])?,
        };
        let mut product = matmul::matmul(&rows, &w.transpose())?;
        if let Some(bias) = inputs.get(2) {
            let added = match product.dtype() {
                DType::F32 => add_rows::<f32>(&mut product, bias),
                DType::F64 => add_rows::<f64>(&mut product, bias),
                _ => false,
            };
            if !added {
                let sum = Tensor::from(product).try_add(Tensor::from((*bias).clone()))?;
                product = sum.array()?.clone();
            }
        }
        if x.ndim() > 2 {
            let mut shape = Shape::from(x.shape());
            if let Some(last) = shape.last_mut() {
                *last = w.shape()[0];
            }
            product = product.reshape(&shape)?;
        }
        Ok(Outs::One(product))
    }

    fn jvp(
        &self,
        _: &Prim,
        primals: &[Tensor],
        outputs: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        let mut total: Option<Tensor> = None;
        let mut add = |part: Tensor| -> Result<()> {
            total = Some(match total.take() {
                Some(sum) => sum.try_add(part)?,
                None => part,
            });
            Ok(())
        };
        if let Some(x) = &tangents[0] {
            add(affine(x, &primals[1], None)?)?;
        }
        if let Some(w) = &tangents[1] {
            add(affine(&primals[0], w, None)?)?;
        }
        if let Some(Some(b)) = tangents.get(2) {
            add(b.try_broadcast_to(outputs[0].shape())?)?;
        }
        Ok(Outs::One(total))
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
            into[0] = Some(g.try_matmul(saved.input(1)?)?);
        }
        if wanted.has(1) {
            into[1] = Some(tall(g)?.try_t()?.try_matmul(&tall(saved.input(0)?)?)?);
        }
        if wanted.has(2) && into.len() > 2 {
            into[2] = Some(if g.ndim() == 1 { g.clone() } else { tall(g)?.try_sum_axes(0, false)? });
        }
        Ok(())
    }

    /// A batch of inputs is a larger input. Batches of weights or biases are stacks of products.
    fn batch(&self, this: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let x = front(&inputs[0], axes[0])?;
        if axes[1..].iter().all(Option::is_none) {
            let operands: Vec<&Tensor> = std::iter::once(&x).chain(&inputs[1..]).collect();
            return Ok((Outs::One(apply_one(this, &operands)?), 0));
        }
        let lead = &x.shape()[usize::from(axes[0].is_some())..x.ndim() - 1];
        let (rows, columns) = (lead.iter().product::<usize>() as isize, x.shape()[x.ndim() - 1] as isize);
        let x = match axes[0] {
            Some(_) => x.try_reshape([x.shape()[0] as isize, rows, columns])?,
            None => x.try_reshape([rows, columns])?,
        };
        let w = front(&inputs[1], axes[1])?;
        let mut y = x.try_matmul(&w.try_transpose(-2, -1)?)?;
        if let Some(b) = inputs.get(2) {
            let b = front(b, axes[2])?;
            y = y.try_add(if axes[2].is_some() { b.try_unsqueeze(1)? } else { b })?;
        }
        let mut shape = vec![y.shape()[0] as isize];
        shape.extend(
            inputs[0].shape().iter().enumerate().filter(|(i, _)| Some(*i) != axes[0]).map(|(_, n)| *n as isize),
        );
        if let Some(last) = shape.last_mut() {
            *last = y.shape()[y.ndim() - 1] as isize;
        }
        Ok((Outs::One(y.try_reshape(&shape[..])?), 0))
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
