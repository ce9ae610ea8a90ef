//! Cross-entropy with class indices as one primitive, and its slope as another.

use wengert::scalar::Row;
use wengert::scalar::kernels::{self, Float, Operand};
use wengert::{
    Array, DType, Element, Error, Mask, Outs, Prim, Primitive, Residuals, Result, Saved, Shape, Spec, Tensor, apply_one,
};

/// log Σ exp(x) − x\[t\] for each row of logits x and its class t.
#[derive(Debug)]
struct Losses;

/// (softmax(x) − 1\[t\])·g for each row of logits x, its class t and the cotangent g of its loss.
#[derive(Debug)]
struct Slope;

static LOSSES: Prim = Prim::Static(&Losses);
static SLOPE: Prim = Prim::Static(&Slope);

/// The cross-entropy of each row of `logits`, of shape (rows, classes), with its class index.
#[track_caller]
pub(super) fn losses(logits: &Tensor, target: &Tensor) -> Result<Tensor> {
    apply_one(&LOSSES, &[logits, target])
}

fn check(inputs: &[Spec]) -> Result<()> {
    match inputs {
        [x, t, ..]
            if x.shape.len() == 2 && x.dtype.is_float() && t.shape[..] == x.shape[..1] && t.dtype == DType::I64 =>
        {
            Ok(())
        }
        _ => {
            let given: Vec<String> = inputs.iter().map(Spec::to_string).collect();
            let detail =
                format!("takes floating logits (rows, classes) and int64 classes (rows,), got {}", given.join(" and "));
            Err(Error::argument("cross_entropy", detail))
        }
    }
}

/// Calls `f` for each row with its exponentials, scaled so that the largest is 1, their sum, the logarithm of the scale, the logits, and
/// the class.
fn rows<T: Float + Element>(x: &Array, t: &Array, mut f: impl FnMut(usize, &[T], T, T, &[T], usize)) -> Result<()> {
    let (x, t) = (x.contiguous(), t.contiguous());
    let lost = || Error::argument("cross_entropy", "the logits have no elements of their dtype");
    let (logits, classes) = (x.as_slice::<T>().ok_or_else(lost)?, t.as_slice::<i64>().ok_or_else(lost)?);
    let width = x.shape()[1];
    if let Some(class) = classes.iter().find(|class| !(0..width as i64).contains(*class)) {
        let detail =
            format!("class index {class} is out of range: there are {width} classes, 0 to {}", width.saturating_sub(1));
        return Err(Error::argument("cross_entropy", detail));
    }
    let mut shifted = vec![T::default(); logits.len()];
    let mut scales = Vec::with_capacity(classes.len());
    for (row, out) in logits.chunks_exact(width.max(1)).zip(shifted.chunks_exact_mut(width.max(1))) {
        let most = row.iter().fold(row[0], |most, v| if *v > most { *v } else { most });
        // Where the largest is infinite there is nothing to scale.
        let finite = kernels::eval(Row::IsFinite, &[most]) != T::default();
        let scale = if finite { most } else { T::default() };
        out.iter_mut().zip(row).for_each(|(o, v)| *o = *v - scale);
        scales.push(scale);
    }
    let mut powers = vec![T::default(); logits.len()];
    kernels::apply(Row::Exp, &[Operand::Block(&shifted)], &mut powers);
    for (i, class) in classes.iter().enumerate() {
        let range = i * width..(i + 1) * width;
        let sum = powers[range.clone()].iter().fold(T::default(), |sum, v| sum + *v);
        f(i, &powers[range.clone()], sum, scales[i], &logits[range], *class as usize);
    }
    Ok(())
}

fn evaluate_losses<T: Float + Element>(x: &Array, t: &Array) -> Result<Array> {
    let mut sums = Vec::with_capacity(x.shape()[0]);
    let mut offsets = Vec::with_capacity(x.shape()[0]);
    rows::<T>(x, t, |_, _, sum, scale, logits, class| {
        sums.push(sum);
        offsets.push(scale - logits[class]);
    })?;
    let mut logs = vec![T::default(); sums.len()];
    kernels::apply(Row::Log, &[Operand::Block(&sums)], &mut logs);
    let total = |out: &mut [T]| {
        out.iter_mut().zip(logs.iter().zip(&offsets)).for_each(|(o, (log, offset))| *o = *log + *offset)
    };
    Ok(Array::try_build([sums.len()], total)?)
}

fn evaluate_slope<T: Float + Element>(x: &Array, t: &Array, g: &Array) -> Result<Array> {
    let (g, width) = (g.to_vec::<T>()?, x.shape()[1]);
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

/// A batch of rows is more rows: all inputs with the batch in front, joined with the rows.
fn joined(inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Vec<Tensor>, Vec<isize>)> {
    let size = inputs.iter().zip(axes).find_map(|(x, axis)| axis.map(|axis| x.shape()[axis])).unwrap_or(1);
    let mut count = 0;
    let mut all = Vec::with_capacity(inputs.len());
    for (x, axis) in inputs.iter().zip(axes) {
        let x = match axis {
            Some(axis) => x.try_movedim(*axis as isize, 0)?,
            None => {
                let mut shape = Shape::from(x.shape());
                shape.insert(0, size);
                x.try_broadcast_to(&shape)?
            }
        };
        count = x.shape()[1];
        let mut shape = vec![(size * count) as isize];
        shape.extend(x.shape()[2..].iter().map(|&n| n as isize));
        all.push(x.try_reshape(&shape[..])?);
    }
    Ok((all, vec![size as isize, count as isize]))
}

impl Primitive for Losses {
    fn name(&self) -> &str {
        "cross_entropy"
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        check(inputs)?;
        Ok(Outs::One(Spec::new(inputs[0].dtype, &inputs[0].shape[..1])))
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
        let ones = Tensor::try_ones_as([primals[0].shape()[0]], primals[0].dtype())?;
        let slope = apply_one(&SLOPE, &[&primals[0], &primals[1], &ones])?;
        Ok(Outs::One(Some(slope.try_mul(tangent)?.try_sum_axes(1, false)?)))
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
            into[0] = Some(apply_one(&SLOPE, &[saved.input(0)?, saved.input(1)?, g])?);
        }
        Ok(())
    }

    fn batch(&self, this: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let (all, shape) = joined(inputs, axes)?;
        Ok((Outs::One(apply_one(this, &[&all[0], &all[1]])?.try_reshape(&shape[..])?), 0))
    }

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals::inputs(&[0, 1])
    }
}

impl Primitive for Slope {
    fn name(&self) -> &str {
        "cross_entropy'"
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        check(inputs)?;
        match inputs {
            [x, _, g] if g.dtype == x.dtype && g.shape[..] == x.shape[..1] => Ok(Outs::One(x.clone())),
            _ => Err(Error::argument("cross_entropy'", "takes logits, classes and one cotangent for each row")),
        }
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
            (Some(a), Some(b)) => Some(a.try_add(b)?),
            (a, b) => a.or(b),
        }))
    }

    fn vjp(
        &self,
        this: &Prim,
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
            let slope = apply_one(this, &[x, t, &Tensor::try_ones_as(g.shape(), x.dtype())?])?;
            into[2] = Some(slope.try_mul(h)?.try_sum_axes(1, false)?);
        }
        Ok(())
    }

    fn batch(&self, this: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let (all, mut shape) = joined(inputs, axes)?;
        let slope = apply_one(this, &[&all[0], &all[1], &all[2]])?;
        shape.push(slope.shape()[1] as isize);
        Ok((Outs::One(slope.try_reshape(&shape[..])?), 0))
    }

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals::inputs(&[0, 1, 2])
    }
}

/// g·p·(h − Σp·h) for each row, p being its softmax: the Hessian of the losses, weighted by g, times h.
fn bent(x: &Tensor, g: &Tensor, h: &Tensor) -> Result<Tensor> {
    let p = x.try_softmax(1)?;
    let mean = p.try_mul(h)?.try_sum_axes(1, true)?;
    p.try_mul(h.try_sub(mean)?)?.try_mul(g.try_unsqueeze(1)?)
}
