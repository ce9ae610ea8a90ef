//! Primitives that lay the same elements out differently: reshape, permute, broadcast, diagonal. None copies, but a
//! reshape whose layout strides cannot describe.

use wengert_array::{Array, DType, Error as ArrayError, Shape, SliceSpec};

use crate::apply::apply_one;
use crate::error::Result;
use crate::prim::{Mask, Outs, Prim, Primitive, Saved, Spec};
use crate::primitives::index::{Add, Place};
use crate::tensor::Tensor;

/// The same elements in row-major order under another shape.
#[derive(Debug)]
pub(crate) struct Reshape {
    pub shape: Shape,
}

impl Primitive for Reshape {
    fn name(&self) -> &str {
        "reshape"
    }

    fn parameters(&self) -> String {
        format!("shape={}", self.shape)
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        let (old, new) = (inputs[0].shape.elements()?, self.shape.elements()?);
        if old != new {
            return Err(ArrayError::shape(
                "reshape",
                format!("a tensor of shape {} has {old} elements, shape {} needs {new}", inputs[0].shape, self.shape),
                "the lengths of the new shape must multiply to the same number; write -1 for one of them to have it worked out",
            )
            .into());
        }
        Ok(Outs::One(Spec::new(inputs[0].dtype, self.shape.clone())))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(inputs[0].reshape(&self.shape)?))
    }

    fn linear(&self) -> bool {
        true
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
            into[0] = Some(reshape(g, saved.input_shape(0))?);
        }
        Ok(())
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let size = batch_size(inputs, axes);
        let x = to_front(&inputs[0], axes[0], size)?;
        Ok((Outs::One(reshape(&x, &in_front(size, &self.shape))?), 0))
    }
}

/// The axes in another order: axis `i` of the result is axis `axes[i]` of the input.
#[derive(Debug)]
pub(crate) struct Permute {
    pub axes: Vec<usize>,
}

impl Primitive for Permute {
    fn name(&self) -> &str {
        "permute"
    }

    fn parameters(&self) -> String {
        format!("axes={:?}", self.axes)
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        let shape = &inputs[0].shape;
        let mut sorted = self.axes.clone();
        sorted.sort_unstable();
        if !sorted.iter().copied().eq(0..shape.len()) {
            let detail = format!(
                "axes {:?} of a tensor of shape {shape}: name each of its {} axes exactly once",
                self.axes,
                shape.len()
            );
            return Err(ArrayError::argument("permute", detail).into());
        }
        let shape: Shape = self.axes.iter().map(|&axis| shape[axis]).collect();
        Ok(Outs::One(Spec::new(inputs[0].dtype, shape)))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(inputs[0].permute(&self.axes)?))
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
            into[0] = Some(permute(g, inverse(&self.axes))?);
        }
        Ok(())
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let Some(batch) = axes[0] else { return Ok((Outs::One(permute(&inputs[0], self.axes.clone())?), 0)) };
        let mut whole = vec![batch];
        whole.extend(self.axes.iter().map(|&axis| axis + usize::from(axis >= batch)));
        Ok((Outs::One(permute(&inputs[0], whole)?), 0))
    }
}

/// Axes of length 1 repeated, and axes added in front, until the shape is `shape`.
#[derive(Debug)]
pub(crate) struct BroadcastTo {
    pub shape: Shape,
}

impl Primitive for BroadcastTo {
    fn name(&self) -> &str {
        "broadcast_to"
    }

    fn parameters(&self) -> String {
        format!("shape={}", self.shape)
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        self.shape.elements()?;
        let from = &inputs[0].shape;
        let fits = from.len() <= self.shape.len()
            && from.iter().rev().zip(self.shape.iter().rev()).all(|(&f, &t)| f == t || f == 1);
        if !fits {
            return Err(ArrayError::shape(
                "broadcast_to",
                format!("a tensor of shape {from} cannot become {}", self.shape),
                "lengths must be equal or 1, counted from the last axis; insert an axis of length 1 with unsqueeze or reshape",
            )
            .into());
        }
        Ok(Outs::One(Spec::new(inputs[0].dtype, self.shape.clone())))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(inputs[0].broadcast_to(&self.shape)?))
    }

    fn linear(&self) -> bool {
        true
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
            into[0] = Some(sum_to(g, saved.input_shape(0))?);
        }
        Ok(())
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let size = batch_size(inputs, axes);
        let x = to_front(&inputs[0], axes[0], size)?;
        let x = pad_rank(&x, self.shape.len())?;
        Ok((Outs::One(broadcast_to(&x, &in_front(size, &self.shape))?), 0))
    }
}

/// Diagonal `offset` of the matrices in the last two axes, as the last axis.
#[derive(Debug)]
pub(crate) struct Diagonal {
    pub offset: isize,
}

impl Diagonal {
    /// The diagonal as a slice of a matrix whose two axes were made one.
    fn slice(&self, rows: usize, columns: usize) -> SliceSpec {
        let (down, right) = (self.offset.min(0).unsigned_abs(), self.offset.max(0).unsigned_abs());
        let len = rows.saturating_sub(down).min(columns.saturating_sub(right));
        let start = if len == 0 { 0 } else { down * columns + right };
        SliceSpec { start, len, step: columns as isize + 1 }
    }
}

impl Primitive for Diagonal {
    fn name(&self) -> &str {
        "diagonal"
    }

    fn parameters(&self) -> String {
        format!("offset={}", self.offset)
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        let &[ref batch @ .., rows, columns] = &inputs[0].shape[..] else {
            let detail = format!("needs a matrix, but the tensor has shape {}", inputs[0].shape);
            return Err(ArrayError::argument("diagonal", detail).into());
        };
        let mut shape = Shape::from(batch);
        shape.push(self.slice(rows, columns).len);
        Ok(Outs::One(Spec::new(inputs[0].dtype, shape)))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        let n = inputs[0].ndim();
        Ok(Outs::One(inputs[0].diagonal(self.offset, n - 2, n - 1)?))
    }

    fn linear(&self) -> bool {
        true
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        _: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        let Some(g) = &cotangents[0] else { return Ok(()) };
        let shape = saved.input_shape(0);
        let [batch @ .., rows, columns] = shape else { return Ok(()) };
        let mut flat = Shape::from(batch);
        flat.push(rows * columns);
        let mut specs: Vec<SliceSpec> = batch.iter().map(|&len| SliceSpec::full(len)).collect();
        specs.push(self.slice(*rows, *columns));
        let zeros = lazy_zeros(g.dtype(), &flat)?;
        let placed = apply_one(&Prim::new(Add(Place::Slice(specs))), &[&zeros, g])?;
        into[0] = Some(reshape(&placed, shape)?);
        Ok(())
    }

    fn batch(&self, this: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let x = to_front(&inputs[0], axes[0], batch_size(inputs, axes))?;
        Ok((Outs::One(apply_one(this, &[&x])?), 0))
    }
}

/// The size of the batch that the inputs of a batching rule lie in.
pub(crate) fn batch_size(inputs: &[Tensor], axes: &[Option<usize>]) -> usize {
    inputs.iter().zip(axes).find_map(|(input, axis)| axis.map(|axis| input.shape()[axis])).unwrap_or(1)
}

/// An input of a batching rule with its batch axis in front; one that is not batched is repeated.
pub(crate) fn to_front(x: &Tensor, axis: Option<usize>, size: usize) -> Result<Tensor> {
    match axis {
        Some(axis) => move_axis(x, axis, 0),
        None => broadcast_to(x, &in_front(size, x.shape())),
    }
}

/// A shape with one more axis in front.
pub(crate) fn in_front(size: usize, shape: &[usize]) -> Shape {
    let mut whole = Shape::from(shape);
    whole.insert(0, size);
    whole
}

/// A batch with axis 0 in front whose elements have `ndim` axes: axes of length 1 are inserted behind the batch axis.
pub(crate) fn pad_rank(batch: &Tensor, ndim: usize) -> Result<Tensor> {
    let missing = (ndim + 1).saturating_sub(batch.ndim());
    let mut shape = Shape::from(batch.shape());
    for _ in 0..missing {
        shape.insert(1, 1);
    }
    reshape(batch, &shape)
}

/// The permutation that undoes another.
pub(crate) fn inverse(axes: &[usize]) -> Vec<usize> {
    let mut back = vec![0; axes.len()];
    for (i, &axis) in axes.iter().enumerate() {
        back[axis] = i;
    }
    back
}

/// `x` under another shape; `x` itself if it has that shape.
#[track_caller]
pub(crate) fn reshape(x: &Tensor, shape: &[usize]) -> Result<Tensor> {
    if x.shape() == shape {
        return Ok(x.clone());
    }
    apply_one(&Prim::new(Reshape { shape: Shape::from(shape) }), &[x])
}

/// The axes of `x` in another order; `x` itself if it is the same order.
#[track_caller]
pub(crate) fn permute(x: &Tensor, axes: Vec<usize>) -> Result<Tensor> {
    if axes.len() == x.ndim() && axes.iter().copied().eq(0..axes.len()) {
        return Ok(x.clone());
    }
    apply_one(&Prim::new(Permute { axes }), &[x])
}

/// `x` broadcast to a shape; `x` itself if it has that shape.
#[track_caller]
pub(crate) fn broadcast_to(x: &Tensor, shape: &[usize]) -> Result<Tensor> {
    if x.shape() == shape {
        return Ok(x.clone());
    }
    apply_one(&Prim::new(BroadcastTo { shape: Shape::from(shape) }), &[x])
}

/// Axis `from` moved to position `to`, the others in their order.
#[track_caller]
pub(crate) fn move_axis(x: &Tensor, from: usize, to: usize) -> Result<Tensor> {
    if from == to {
        return Ok(x.clone());
    }
    let mut axes: Vec<usize> = (0..x.ndim()).filter(|&axis| axis != from).collect();
    axes.insert(to, from);
    permute(x, axes)
}

/// The adjoint of broadcasting: `x` summed to a shape that broadcasts to its own.
#[track_caller]
pub(crate) fn sum_to(x: &Tensor, shape: &[usize]) -> Result<Tensor> {
    if x.shape() == shape {
        return Ok(x.clone());
    }
    let added = x.ndim().saturating_sub(shape.len());
    let repeated = |axis: usize| axis < added || (shape[axis - added] == 1 && x.shape()[axis] != 1);
    let axes: Vec<isize> = (0..x.ndim()).filter(|&axis| repeated(axis)).map(|axis| axis as isize).collect();
    let summed = x.try_sum_axes(&axes, true)?;
    reshape(&summed, shape)
}

/// Zeros that take no memory: one number, broadcast.
pub(crate) fn lazy_zeros(dtype: DType, shape: &[usize]) -> Result<Tensor> {
    Ok(Tensor::from(Array::number(0.0, dtype).broadcast_to(shape)?))
}
