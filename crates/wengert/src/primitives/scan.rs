//! Running sums and products along an axis, and the recurrence that is the derivative of the latter.

use wengert_array::{Array, DType, Element, Error as ArrayError, scan};
use wengert_scalar::Row;

use crate::apply::apply_one;
use crate::error::{Error, Result};
use crate::prim::{Mask, Outs, Prim, Primitive, Residuals, Saved, Spec};
use crate::primitives::pointwise::row;
use crate::primitives::reduce::accumulated;
use crate::primitives::shape::{batch_size, to_front};
use crate::tensor::Tensor;

/// Which way a scan goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Along {
    pub axis: usize,
    /// From the end.
    pub reverse: bool,
}

impl Along {
    fn text(self) -> String {
        format!("axis={}, reverse={}", self.axis, self.reverse)
    }

    fn back(self) -> Along {
        Along { axis: self.axis, reverse: !self.reverse }
    }

    fn in_batch(self, batch: usize) -> Along {
        Along { axis: self.axis + usize::from(self.axis >= batch), reverse: self.reverse }
    }

    fn check(self, op: &'static str, spec: &Spec) -> Result<()> {
        if self.axis < spec.shape.len() {
            return Ok(());
        }
        Err(ArrayError::axis(op, self.axis as isize, spec.shape.len()).into())
    }

    /// What comes before each element in the order of the scan; `first` before the first.
    fn before(self, x: &Tensor, first: f64) -> Result<Tensor> {
        let len = x.shape()[self.axis];
        if len == 0 {
            return Ok(x.clone());
        }
        let kept = x.try_narrow(self.axis as isize, isize::from(self.reverse), len - 1)?;
        let mut widths = vec![(0, 0); x.ndim()];
        widths[self.axis] = if self.reverse { (0, 1) } else { (1, 0) };
        kept.try_pad(&widths, first)
    }

    /// hₖ = aₖ·hₖ₋₁ + bₖ in the order of the scan.
    fn recur(self, a: &Tensor, b: &Tensor) -> Result<Tensor> {
        apply_one(&Prim::new(Recurrence(self)), &[a, b])
    }
}

fn product(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    apply_one(&row(Row::Mul), &[a, b])
}

/// For each element the product of all others along an axis, without division.
pub(crate) fn product_of_others(x: &Tensor, axis: usize) -> Result<Tensor> {
    let side = |reverse| {
        let along = Along { axis, reverse };
        along.before(&apply_one(&Prim::new(Cumprod(along)), &[x])?, 1.0)
    };
    product(&side(false)?, &side(true)?)
}

/// The running sum.
#[derive(Debug)]
pub(crate) struct Cumsum(pub Along);

impl Primitive for Cumsum {
    fn name(&self) -> &str {
        "cumsum"
    }

    fn parameters(&self) -> String {
        self.0.text()
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        self.0.check("cumsum", &inputs[0])?;
        Ok(Outs::One(Spec::new(accumulated(inputs[0].dtype), inputs[0].shape.clone())))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(scan::cumsum(inputs[0], self.0.axis, self.0.reverse)?))
    }

    fn linear(&self) -> bool {
        true
    }

    fn vjp(
        &self,
        _: &Prim,
        _: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        _: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        if let Some(g) = &cotangents[0] {
            into[0] = Some(apply_one(&Prim::new(Cumsum(self.0.back())), &[g])?);
        }
        Ok(())
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let batch = axes[0].unwrap_or(0);
        Ok((Outs::One(apply_one(&Prim::new(Cumsum(self.0.in_batch(batch))), &[&inputs[0]])?), batch))
    }
}

/// The running product. Nothing is divided by its elements, so zeros among them do no harm, at any order.
#[derive(Debug)]
pub(crate) struct Cumprod(pub Along);

impl Primitive for Cumprod {
    fn name(&self) -> &str {
        "cumprod"
    }

    fn parameters(&self) -> String {
        self.0.text()
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        self.0.check("cumprod", &inputs[0])?;
        Ok(Outs::One(Spec::new(accumulated(inputs[0].dtype), inputs[0].shape.clone())))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(scan::cumprod(inputs[0], self.0.axis, self.0.reverse)?))
    }

    /// yₖ = xₖ·yₖ₋₁, so y'ₖ = xₖ·y'ₖ₋₁ + x'ₖ·yₖ₋₁.
    fn jvp(
        &self,
        _: &Prim,
        primals: &[Tensor],
        outputs: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        let Some(t) = &tangents[0] else { return Ok(Outs::One(None)) };
        let before = self.0.before(&outputs[0], 1.0)?;
        Ok(Outs::One(Some(self.0.recur(&primals[0], &product(t, &before)?)?)))
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
            let back = self.0.back();
            let carried = back.recur(&back.before(saved.input(0)?, 0.0)?, g)?;
            into[0] = Some(product(&carried, &self.0.before(saved.output(0)?, 1.0)?)?);
        }
        Ok(())
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let batch = axes[0].unwrap_or(0);
        Ok((Outs::One(apply_one(&Prim::new(Cumprod(self.0.in_batch(batch))), &[&inputs[0]])?), batch))
    }

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals { inputs: Mask::of(&[0]), outputs: Mask::of(&[0]) }
    }
}

/// hₖ = aₖ·hₖ₋₁ + bₖ along an axis, with nothing before the first. Its derivatives are recurrences again.
#[derive(Debug)]
pub(crate) struct Recurrence(pub Along);

impl Recurrence {
    fn run<T: Element + Copy>(&self, a: &Array, b: &Array, step: impl Fn(T, T, T) -> T) -> Result<Array> {
        let (a, b) = (a.try_contiguous()?, b.try_contiguous()?);
        let unread =
            || Error::argument("recurrence", format!("cannot read arrays of dtype {} and {}", a.dtype(), b.dtype()));
        let coefficients = a.as_slice::<T>().ok_or_else(unread)?;
        let terms = b.as_slice::<T>().ok_or_else(unread)?;
        let shape = a.shape();
        let len = shape[self.0.axis];
        let inner: usize = shape[self.0.axis + 1..].iter().product();
        let result = Array::try_build::<T>(shape, |out| {
            out.copy_from_slice(terms);
            if len * inner == 0 {
                return;
            }
            for (slab, a) in out.chunks_exact_mut(len * inner).zip(coefficients.chunks_exact(len * inner)) {
                for k in 1..len {
                    let (here, before) = if self.0.reverse { (len - 1 - k, len - k) } else { (k, k - 1) };
                    for i in 0..inner {
                        let (to, from) = (here * inner + i, before * inner + i);
                        slab[to] = step(a[to], slab[from], slab[to]);
                    }
                }
            }
        })?;
        Ok(result)
    }
}

impl Primitive for Recurrence {
    fn name(&self) -> &str {
        "recurrence"
    }

    fn parameters(&self) -> String {
        self.0.text()
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        self.0.check("recurrence", &inputs[0])?;
        if inputs[0] != inputs[1] || !inputs[0].dtype.is_float() {
            let detail = format!("coefficients are {} and terms {}", inputs[0], inputs[1]);
            let hint = "both need the same shape and the same floating dtype";
            return Err(ArrayError::shape("recurrence", detail, hint).into());
        }
        Ok(Outs::One(inputs[0].clone()))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(match inputs[0].dtype() {
            DType::F32 => self.run::<f32>(inputs[0], inputs[1], |a, h, b| a * h + b)?,
            _ => self.run::<f64>(inputs[0], inputs[1], |a, h, b| a * h + b)?,
        }))
    }

    /// h'ₖ = aₖ·h'ₖ₋₁ + (b'ₖ + a'ₖ·hₖ₋₁).
    fn jvp(
        &self,
        _: &Prim,
        primals: &[Tensor],
        outputs: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        let from_a = match &tangents[0] {
            Some(t) => Some(product(t, &self.0.before(&outputs[0], 0.0)?)?),
            None => None,
        };
        let term = match (from_a, &tangents[1]) {
            (Some(a), Some(b)) => apply_one(&row(Row::Add), &[&a, b])?,
            (Some(a), None) => a,
            (None, Some(b)) => b.clone(),
            (None, None) => return Ok(Outs::One(None)),
        };
        Ok(Outs::One(Some(self.0.recur(&primals[0], &term)?)))
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
        let back = self.0.back();
        let carried = back.recur(&back.before(saved.input(0)?, 0.0)?, g)?;
        if wanted.has(0) {
            into[0] = Some(product(&carried, &self.0.before(saved.output(0)?, 0.0)?)?);
        }
        if wanted.has(1) {
            into[1] = Some(carried);
        }
        Ok(())
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let size = batch_size(inputs, axes);
        let (a, b) = (to_front(&inputs[0], axes[0], size)?, to_front(&inputs[1], axes[1], size)?);
        Ok((Outs::One(self.0.in_batch(0).recur(&a, &b)?), 0))
    }

    fn residuals(&self, wanted: Mask) -> Residuals {
        let outputs = if wanted.has(0) { Mask::of(&[0]) } else { Mask::NONE };
        Residuals { inputs: Mask::of(&[0]), outputs }
    }
}
