//! Cross-entropy with class indices in one step, and its slope in another.

use wengert_array::{Array, DType, Element, Error as ArrayError, Shape};
use wengert_scalar::Row;
use wengert_scalar::kernels::{self, Float, Operand};

use crate::apply::apply_one;
use crate::error::Result;
use crate::prim::{Mask, Outs, Prim, Primitive, Residuals, Saved, Spec};
use crate::primitives::shape::{batch_size, to_front};
use crate::tensor::Tensor;

/// log Σ exp(x) − x\[t\] for each row x of the logits, along their last axis, and its class t.
#[derive(Debug)]
pub(crate) struct CrossEntropy;

/// (softmax(x) − 1\[t\])·g for each row x of the logits, its class t and the cotangent g of its loss.
#[derive(Debug)]
pub(crate) struct CrossEntropySlope;

static LOSSES: Prim = Prim::Static(&CrossEntropy);
static SLOPE: Prim = Prim::Static(&CrossEntropySlope);

/// The loss of each row of `logits` with its class.
#[track_caller]
pub(crate) fn losses(logits: &Tensor, classes: &Tensor) -> Result<Tensor> {
    apply_one(&LOSSES, &[logits, classes])
}

/// The slope of each loss, times its cotangent.
#[track_caller]
pub(crate) fn slope(logits: &Tensor, classes: &Tensor, g: &Tensor) -> Result<Tensor> {
    apply_one(&SLOPE, &[logits, classes, g])
}

/// The slope of each loss, for cotangents of shape `rows`.
fn unit_slope(logits: &Tensor, classes: &Tensor, rows: &[usize]) -> Result<Tensor> {
    slope(logits, classes, &Tensor::from(Array::number(1.0, logits.dtype()).broadcast_to(rows)?))
}

fn check(x: &Spec, t: &Spec) -> Result<()> {
    let Some((_, expected)) = x.shape.split_last() else {
        let detail = "a single number has no classes: they lie along the last axis of the logits";
        return Err(ArrayError::argument("cross_entropy", detail).into());
    };
    if !x.dtype.is_float() {
        let detail = format!("the logits must be floating point numbers, got {}", x.dtype);
        return Err(ArrayError::dtype("cross_entropy", detail, "cast first: x.to_dtype(DType::F64)").into());
    }
    if t.dtype != DType::I64 {
        let detail = format!("class indices must have an integer dtype, got {}", t.dtype);
        return Err(ArrayError::dtype("cross_entropy", detail, "cast first: x.to_dtype(DType::I64)").into());
    }
    if t.shape[..] != *expected {
        let expected = Shape::from(expected);
        let detail = format!("logits of shape {} ask for class indices of shape {expected}, got {}", x.shape, t.shape);
        return Err(ArrayError::shape("cross_entropy", detail, "one class for each row of the last axis").into());
    }
    Ok(())
}

/// Calls `f` for each row with its number, its exponentials, scaled so that the largest is 1, their sum, the logarithm of
/// the scale, the logits, and the class.
fn rows<T: Float + Element>(x: &Array, t: &Array, mut f: impl FnMut(usize, &[T], T, T, &[T], usize)) -> Result<()> {
    let (x, t) = (x.contiguous(), t.contiguous());
    let lost = || ArrayError::argument("cross_entropy", "the inputs have no elements of their dtypes");
    let (logits, classes) = (x.as_slice::<T>().ok_or_else(lost)?, t.as_slice::<i64>().ok_or_else(lost)?);
    let width = x.shape()[x.ndim() - 1];
    if let Some(class) = classes.iter().find(|class| !(0..width as i64).contains(*class)) {
        let detail =
            format!("class index {class} is out of range: there are {width} classes, 0 to {}", width.saturating_sub(1));
        return Err(ArrayError::argument("cross_entropy", detail).into());
    }
    // A few rows at a time, so that what is written is read again from the cache.
    let width = width.max(1);
    let together = (STRETCH / width).max(1);
    let room = (together * width).min(logits.len());
    let (mut shifted, mut powers) = (vec![T::default(); room], vec![T::default(); room]);
    let mut scales = Vec::with_capacity(together);
    for (stretch, (logits, classes)) in logits.chunks(together * width).zip(classes.chunks(together)).enumerate() {
        let (shifted, powers) = (&mut shifted[..logits.len()], &mut powers[..logits.len()]);
        scales.clear();
        for (row, out) in logits.chunks_exact(width).zip(shifted.chunks_exact_mut(width)) {
            let most = folded(row, row[0], |most, v| if v > most { v } else { most });
            // Where the largest is infinite there is nothing to scale.
            let finite = kernels::eval(Row::IsFinite, &[most]) != T::default();
            let scale = if finite { most } else { T::default() };
            out.iter_mut().zip(row).for_each(|(o, v)| *o = *v - scale);
            scales.push(scale);
        }
        kernels::apply(Row::Exp, &[Operand::Block(shifted)], powers);
        for (i, class) in classes.iter().enumerate() {
            let range = i * width..(i + 1) * width;
            let sum = folded(&powers[range.clone()], T::default(), |sum, v| sum + v);
            f(stretch * together + i, &powers[range.clone()], sum, scales[i], &logits[range], *class as usize);
        }
    }
    Ok(())
}

/// About how many logits are worked on at a time.
const STRETCH: usize = 2048;

/// A fold in several lanes at once, which is joined at the end: one element need not wait for the one before.
fn folded<T: Copy>(values: &[T], start: T, join: impl Fn(T, T) -> T) -> T {
    const LANES: usize = 16;
    let mut lanes = [start; LANES];
    let mut blocks = values.chunks_exact(LANES);
    for block in &mut blocks {
        for (lane, value) in lanes.iter_mut().zip(block) {
            *lane = join(*lane, *value);
        }
    }
    for (lane, value) in lanes.iter_mut().zip(blocks.remainder()) {
        *lane = join(*lane, *value);
    }
    lanes.into_iter().fold(start, &join)
}

fn evaluate_losses<T: Float + Element>(x: &Array, t: &Array) -> Result<Array> {
    let mut sums = Vec::with_capacity(t.len());
    let mut offsets = Vec::with_capacity(t.len());
    rows::<T>(x, t, |_, _, sum, scale, logits, class| {
        sums.push(sum);
        offsets.push(scale - logits[class]);
    })?;
    let mut logs = vec![T::default(); sums.len()];
    kernels::apply(Row::Log, &[Operand::Block(&sums)], &mut logs);
    let total = |out: &mut [T]| {
        out.iter_mut().zip(logs.iter().zip(&offsets)).for_each(|(o, (log, offset))| *o = *log + *offset)
    };
    Ok(Array::try_build(t.shape(), total)?)
}

fn evaluate_slope<T: Float + Element>(x: &Array, t: &Array, g: &Array) -> Result<Array> {
    let (g, width) = (g.to_vec::<T>()?, x.shape()[x.ndim() - 1]);
    let mut result = Ok(());
    let slope = Array::try_build(x.shape(), |out: &mut [T]| {
        result = rows::<T>(x, t, |i, powers, sum, _, _, class| {
            let out = &mut out[i * width..(i + 1) * width];
            let factor = g[i] / sum;
            out.iter_mut().zip(powers).for_each(|(o, power)| *o = *power * factor);
            out[class] = out[class] - g[i];
        });
    })?;
    result.map(|()| slope)
}

/// All inputs with the batch in front: more rows.
fn in_front(inputs: &[Tensor], axes: &[Option<usize>]) -> Result<Vec<Tensor>> {
    let size = batch_size(inputs, axes);
    inputs.iter().zip(axes).map(|(x, axis)| to_front(x, *axis, size)).collect()
}

/// g·p·(h − Σp·h) for each row, p being its softmax: the Hessian of the losses, weighted by g, times h.
fn bent(x: &Tensor, g: &Tensor, h: &Tensor) -> Result<Tensor> {
    let p = x.try_softmax(-1)?;
    let mean = p.try_mul(h)?.try_sum_axes(-1, true)?;
    p.try_mul(h.try_sub(mean)?)?.try_mul(g.try_unsqueeze(-1)?)
}

impl Primitive for CrossEntropy {
    fn name(&self) -> &str {
        "cross_entropy"
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        let [x, t] = inputs else {
            let detail = format!("needs logits and classes, got {} tensors", inputs.len());
            return Err(ArrayError::argument("cross_entropy", detail).into());
        };
        check(x, t)?;
        Ok(Outs::One(Spec::new(x.dtype, t.shape.clone())))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        let (x, t) = (inputs[0], inputs[1]);
        Ok(Outs::One(if x.dtype() == DType::F32 {
            evaluate_losses::<f32>(x, t)?
        } else {
            evaluate_losses::<f64>(x, t)?
        }))
    }

    fn jvp(
        &self,
        _: &Prim,
        primals: &[Tensor],
        _: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        let Some(tangent) = &tangents[0] else { return Ok(Outs::One(None)) };
        let slope = unit_slope(&primals[0], &primals[1], primals[1].shape())?;
        Ok(Outs::One(Some(slope.try_mul(tangent)?.try_sum_axes(-1, false)?)))
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        _: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        if let Some(g) = &cotangents[0] {
            into[0] = Some(slope(saved.input(0)?, saved.input(1)?, g)?);
        }
        Ok(())
    }

    fn batch(&self, this: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let all = in_front(inputs, axes)?;
        Ok((Outs::One(apply_one(this, &[&all[0], &all[1]])?), 0))
    }

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals::inputs(&[0, 1])
    }
}

impl Primitive for CrossEntropySlope {
    fn name(&self) -> &str {
        "cross_entropy'"
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        let [x, t, g] = inputs else {
            let detail = format!("needs logits, classes and cotangents, got {} tensors", inputs.len());
            return Err(ArrayError::argument("cross_entropy'", detail).into());
        };
        check(x, t)?;
        if g.dtype != x.dtype || g.shape != t.shape {
            let detail = format!("a cotangent {g} for losses {} {}", x.dtype, t.shape);
            return Err(ArrayError::shape("cross_entropy'", detail, "one number for each row").into());
        }
        Ok(Outs::One(x.clone()))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        let (x, t, g) = (inputs[0], inputs[1], inputs[2]);
        Ok(Outs::One(if x.dtype() == DType::F32 {
            evaluate_slope::<f32>(x, t, g)?
        } else {
            evaluate_slope::<f64>(x, t, g)?
        }))
    }

    fn jvp(
        &self,
        this: &Prim,
        primals: &[Tensor],
        _: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        let (x, t, g) = (&primals[0], &primals[1], &primals[2]);
        let along_logits = match &tangents[0] {
            Some(tangent) => Some(bent(x, g, tangent)?),
            None => None,
        };
        let along_cotangent = match &tangents[2] {
            Some(tangent) => Some(apply_one(this, &[x, t, tangent])?),
            None => None,
        };
        Ok(Outs::One(match (along_logits, along_cotangent) {
            (Some(a), Some(b)) => Some(a.try_accumulate(b)?),
            (a, b) => a.or(b),
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
        let Some(h) = &cotangents[0] else { return Ok(()) };
        let (x, t, g) = (saved.input(0)?, saved.input(1)?, saved.input(2)?);
        if wanted.has(0) {
            into[0] = Some(bent(x, g, h)?);
        }
        if wanted.has(2) {
            into[2] = Some(unit_slope(x, t, g.shape())?.try_mul(h)?.try_sum_axes(-1, false)?);
        }
        Ok(())
    }

    fn batch(&self, this: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let all = in_front(inputs, axes)?;
        Ok((Outs::One(apply_one(this, &[&all[0], &all[1], &all[2]])?), 0))
    }

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals::inputs(&[0, 1, 2])
    }
}
