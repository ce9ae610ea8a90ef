//! Joining, splitting, padding and repeating.

use std::panic::Location;

use wengert_array::join::PadMode;
use wengert_array::{Array, DType, Shape, SliceSpec, promote};

use super::arguments::{IntoShape, invalid, misfit, resolve_axis, resolve_shape};
use crate::apply::apply_one;
use crate::error::{Error, Result};
use crate::prim::Prim;
use crate::primitives::cast::cast;
use crate::primitives::index::{Place, Read, Set};
use crate::primitives::join::{Concatenate, Roll, Triangle, part};
use crate::primitives::shape::{broadcast_to, lazy_zeros, reshape};
use crate::tensor::Tensor;
use crate::twins::twins;

impl Tensor {
    twins! {
        /// The tensors one after the other along an axis that they have. Dtypes are promoted as in arithmetic.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let (a, b) = (Tensor::from([1.0, 2.0]), Tensor::from([3.0]));
        /// assert_eq!(Tensor::concatenate(&[&a, &b], 0).to_vec::<f64>(), [1.0, 2.0, 3.0]);
        /// ```
        pub fn concatenate / try_concatenate(tensors: &[&Tensor], axis: isize) -> Tensor {
            let ndim = tensors.first().map_or(0, |first| first.ndim());
            let axis = if ndim == 0 { 0 } else { resolve_axis("concatenate", axis, ndim)? };
            let cast = promoted(tensors)?;
            let tensors: Vec<&Tensor> = cast.iter().collect();
            apply_one(&Prim::new(Concatenate { axis }), &tensors)
        }

        /// [`Tensor::concatenate`], by PyTorch's name.
        pub fn cat / try_cat(tensors: &[&Tensor], axis: isize) -> Tensor {
            Tensor::try_concatenate(tensors, axis)
        }

        /// The tensors, all of one shape, side by side along a new axis.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let (a, b) = (Tensor::from([1.0, 2.0]), Tensor::from([3.0, 4.0]));
        /// assert_eq!(Tensor::stack(&[&a, &b], 0).shape(), [2, 2]);
        /// assert_eq!(Tensor::stack(&[&a, &b], -1).to_vec::<f64>(), [1.0, 3.0, 2.0, 4.0]);
        /// ```
        pub fn stack / try_stack(tensors: &[&Tensor], axis: isize) -> Tensor {
            let mut shape = common_shape(tensors)?;
            let axis = resolve_axis("stack", axis, shape.len() + 1)?;
            shape.insert(axis, 1);
            let mut parts = promoted(tensors)?;
            for part in &mut parts {
                *part = reshape(part, &shape)?;
            }
            let parts: Vec<&Tensor> = parts.iter().collect();
            apply_one(&Prim::new(Concatenate { axis }), &parts)
        }

        /// The tensors one below the other: vectors become rows, others are concatenated along axis 0.
        pub fn vstack / try_vstack(tensors: &[&Tensor]) -> Tensor {
            let mut rows = Vec::with_capacity(tensors.len());
            for tensor in tensors {
                rows.push(match tensor.ndim() {
                    0 | 1 => reshape(tensor, &[1, tensor.len()])?,
                    _ => (*tensor).clone(),
                });
            }
            let rows: Vec<&Tensor> = rows.iter().collect();
            Tensor::try_concatenate(&rows, 0)
        }

        /// The tensors side by side: vectors are concatenated along axis 0, others along axis 1.
        pub fn hstack / try_hstack(tensors: &[&Tensor]) -> Tensor {
            let mut parts = Vec::with_capacity(tensors.len());
            for tensor in tensors {
                parts.push(if tensor.ndim() == 0 { reshape(tensor, &[1])? } else { (*tensor).clone() });
            }
            let axis = isize::from(parts.first().is_some_and(|part| part.ndim() > 1));
            let parts: Vec<&Tensor> = parts.iter().collect();
            Tensor::try_concatenate(&parts, axis)
        }
    }

    twins! {
        /// The tensor cut along an axis into pieces of length `size` (the last one may be shorter).
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let parts = Tensor::from([1.0, 2.0, 3.0]).split(2, 0);
        /// assert_eq!(parts[1].to_vec::<f64>(), [3.0]);
        /// ```
        pub fn split / try_split(&self, size: usize, axis: isize) -> Vec<Tensor> {
            let position = resolve_axis("split", axis, self.ndim())?;
            if size == 0 {
                return Err(invalid("split", "pieces of length 0 never make a tensor: give a length of 1 or more"));
            }
            let len = self.shape()[position];
            let mut sizes = pieces("split", len / size, size)?;
            if !len.is_multiple_of(size) || len == 0 {
                sizes.push(len % size);
            }
            self.try_split_sizes(&sizes, axis)
        }

        /// The tensor cut along an axis into pieces of these lengths, which together are as long as the axis.
        pub fn split_sizes / try_split_sizes(&self, sizes: &[usize], axis: isize) -> Vec<Tensor> {
            let axis = resolve_axis("split", axis, self.ndim())?;
            let (len, total) = (self.shape()[axis], sizes.iter().fold(0_usize, |total, &size| total.saturating_add(size)));
            if len != total {
                let detail = format!("pieces of lengths {sizes:?} have {total} entries, axis {axis} has {len}");
                return Err(misfit("split", detail, "the lengths of the pieces must add up to that of the axis"));
            }
            let mut parts = Vec::with_capacity(sizes.len());
            let mut start = 0;
            for &size in sizes {
                parts.push(part(self, axis, start, size)?);
                start += size;
            }
            Ok(parts)
        }

        /// The tensor cut along an axis into `count` pieces of equal length; the last one may be shorter, and there may be
        /// fewer pieces if the axis is short.
        pub fn chunk / try_chunk(&self, count: usize, axis: isize) -> Vec<Tensor> {
            let position = resolve_axis("chunk", axis, self.ndim())?;
            if count == 0 {
                return Err(invalid("chunk", "a tensor cannot be cut into 0 pieces"));
            }
            let len = self.shape()[position];
            if len == 0 {
                return self.try_split_sizes(&pieces("chunk", count, 0)?, axis);
            }
            self.try_split(len.div_ceil(count), axis)
        }

        /// The entries along an axis, each without that axis.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let rows = Tensor::from([[1.0, 2.0], [3.0, 4.0]]).unbind(0);
        /// assert_eq!(rows[1].to_vec::<f64>(), [3.0, 4.0]);
        /// ```
        pub fn unbind / try_unbind(&self, axis: isize) -> Vec<Tensor> {
            let axis = resolve_axis("unbind", axis, self.ndim())?;
            let mut shape = Shape::from(self.shape());
            let len = shape.remove(axis);
            let mut entries = Vec::new();
            for (i, _) in pieces("unbind", len, 1)?.iter().enumerate() {
                entries.push(reshape(&part(self, axis, i, 1)?, &shape)?);
            }
            Ok(entries)
        }

        /// `value` around the tensor: `widths` says for each axis how many elements come before and after.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([1.0]).pad(&[(1, 2)], 0.0).to_vec::<f64>(), [0.0, 1.0, 0.0, 0.0]);
        /// ```
        pub fn pad / try_pad(&self, widths: &[(usize, usize)], value: f64) -> Tensor {
            let shape = padded(self, widths)?;
            let around = Tensor::from(Array::number(value, self.dtype()).broadcast_to(&shape)?);
            let inside = |(&(start, _), &len): (&(usize, usize), &usize)| SliceSpec { start: if len == 0 { 0 } else { start }, len, step: 1 };
            let specs = widths.iter().zip(self.shape()).map(inside).collect();
            apply_one(&Prim::new(Set(Place::Slice(specs))), &[&around, self])
        }

        /// The tensor continued beyond its edges by its mirror image, its edge or its other end; see [`PadMode`].
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([1.0, 2.0, 3.0]).pad_mode(&[(1, 1)], PadMode::Reflect);
        /// assert_eq!(x.to_vec::<f64>(), [2.0, 1.0, 2.0, 3.0, 2.0]);
        /// ```
        pub fn pad_mode / try_pad_mode(&self, widths: &[(usize, usize)], mode: PadMode) -> Tensor {
            padded(self, widths)?;
            let mut x = self.clone();
            for (axis, &(before, after)) in widths.iter().enumerate() {
                if before + after > 0 {
                    let len = self.shape()[axis];
                    let serial = Array::try_arange(0.0, len as f64, 1.0, DType::I64)?;
                    let source = match wengert_array::join::pad_mode(&serial, &[(before, after)], mode) {
                        Ok(source) => source,
                        Err(error) => return Err(Error::from(error).or_at(Location::caller())),
                    };
                    x = apply_one(&Prim::new(Read(Place::Take { axis })), &[&x, &Tensor::from(source)])?;
                }
            }
            Ok(x)
        }

        /// The tensor continued beyond its edges by its mirror image, the edge elements included: `b a | a b c | c b`.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([1.0, 2.0, 3.0]).pad_symmetric(&[(2, 1)]);
        /// assert_eq!(x.to_vec::<f64>(), [2.0, 1.0, 1.0, 2.0, 3.0, 3.0]);
        /// ```
        pub fn pad_symmetric / try_pad_symmetric(&self, widths: &[(usize, usize)]) -> Tensor {
            padded(self, widths)?;
            let mut x = self.clone();
            for (axis, &(before, after)) in widths.iter().enumerate() {
                if before + after == 0 {
                    continue;
                }
                let len = self.shape()[axis] as isize;
                if len == 0 {
                    return Err(invalid("pad_symmetric", format!("axis {axis} has no elements to mirror")));
                }
                // Position i of the endless row of images, each of which is turned.
                let source = |i: isize| {
                    let place = i.rem_euclid(2 * len);
                    (if place < len { place } else { 2 * len - 1 - place }) as i64
                };
                let source: Vec<i64> = (-(before as isize)..len + after as isize).map(source).collect();
                x = apply_one(&Prim::new(Read(Place::Take { axis })), &[&x, &Tensor::from(source)])?;
            }
            Ok(x)
        }

        /// The elements moved along an axis by `shift` places, those that leave it at one end entering at the other.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([1.0, 2.0, 3.0]).roll(1, 0).to_vec::<f64>(), [3.0, 1.0, 2.0]);
        /// ```
        pub fn roll / try_roll(&self, shift: isize, axis: isize) -> Tensor {
            let axis = resolve_axis("roll", axis, self.ndim())?;
            apply_one(&Prim::new(Roll { shift, axis }), &[self])
        }

        /// The lower triangle of the matrices in the last two axes: elements above diagonal `diagonal` become zero.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::ones([2, 2]).tril(0).to_vec::<f64>(), [1.0, 0.0, 1.0, 1.0]);
        /// ```
        pub fn tril / try_tril(&self, diagonal: isize) -> Tensor {
            apply_one(&Prim::new(Triangle { upper: false, diagonal }), &[self])
        }

        /// The upper triangle of the matrices in the last two axes: elements below diagonal `diagonal` become zero.
        pub fn triu / try_triu(&self, diagonal: isize) -> Tensor {
            apply_one(&Prim::new(Triangle { upper: true, diagonal }), &[self])
        }

        /// Square matrices with the last axis on diagonal `offset` and zeros elsewhere.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::ones([3, 2]).diag_embed(1).shape(), [3, 3, 3]);
        /// ```
        pub fn diag_embed / try_diag_embed(&self, offset: isize) -> Tensor {
            let Some((&n, batch)) = self.shape().split_last() else {
                return Err(invalid("diag_embed", "needs an axis to lay on the diagonal, but got a single number"));
            };
            let side = n.saturating_add(offset.unsigned_abs());
            let mut flat = Shape::from(batch);
            flat.push(times("diag_embed", side, side)?);
            let start = if offset >= 0 { offset.unsigned_abs() } else { offset.unsigned_abs() * side };
            let mut specs: Vec<SliceSpec> = batch.iter().map(|&len| SliceSpec::full(len)).collect();
            specs.push(SliceSpec { start: if n == 0 { 0 } else { start }, len: n, step: side as isize + 1 });
            let mut shape = Shape::from(batch);
            shape.push(side);
            shape.push(side);
            let zeros = lazy_zeros(self.dtype(), &flat)?;
            let placed = apply_one(&Prim::new(Set(Place::Slice(specs))), &[&zeros, self])?;
            reshape(&placed, &shape)
        }

        /// Each entry along an axis `count` times in a row.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([1.0, 2.0]).repeat(2, 0).to_vec::<f64>(), [1.0, 1.0, 2.0, 2.0]);
        /// ```
        pub fn repeat / try_repeat(&self, count: usize, axis: isize) -> Tensor {
            let axis = resolve_axis("repeat", axis, self.ndim())?;
            let mut shape = Shape::from(self.shape());
            shape.insert(axis + 1, 1);
            let narrow = reshape(self, &shape)?;
            shape[axis + 1] = count;
            let wide = broadcast_to(&narrow, &shape)?;
            shape.remove(axis + 1);
            shape[axis] = times("repeat", shape[axis], count)?;
            reshape(&wide, &shape)
        }

        /// Entry i along an axis `counts[i]` times in a row; a single count goes for all. How long the result is depends on
        /// the counts, so they must have values.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([1.0, 2.0]).repeat_each(&Tensor::from([1, 3]), 0);
        /// assert_eq!(x.to_vec::<f64>(), [1.0, 2.0, 2.0, 2.0]);
        /// ```
        pub fn repeat_each / try_repeat_each(&self, counts: &Tensor, axis: isize) -> Tensor {
            const OP: &str = "repeat_each";
            let position = resolve_axis(OP, axis, self.ndim())?;
            if counts.dtype().is_float() {
                return Err(invalid(OP, format!("counts have an integer dtype, got {}", counts.dtype())));
            }
            let counts = counts.array()?.try_cast(DType::I64)?.to_vec::<i64>()?;
            if let Some(count) = counts.iter().find(|&&count| count < 0) {
                return Err(invalid(OP, format!("nothing can be repeated {count} times")));
            }
            if let [count] = *counts {
                return self.try_repeat(count as usize, axis);
            }
            let len = self.shape()[position];
            if counts.len() != len {
                let detail = format!("{} counts for axis {position}, which has {len} entries", counts.len());
                return Err(misfit(OP, detail, "give one count for each entry, or a single one for all"));
            }
            let entries = counts.iter().enumerate();
            let source: Vec<i64> = entries.flat_map(|(i, &count)| std::iter::repeat_n(i as i64, count as usize)).collect();
            apply_one(&Prim::new(Read(Place::Take { axis: position })), &[self, &Tensor::from(source)])
        }

        /// The whole tensor laid `repetitions[d]` times along axis `d`. Fewer repetitions than axes count for the last axes;
        /// more insert axes in front.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([1.0, 2.0]).tile([2, 1]).shape(), [2, 2]);
        /// assert_eq!(Tensor::from([1.0, 2.0]).tile(2).to_vec::<f64>(), [1.0, 2.0, 1.0, 2.0]);
        /// ```
        pub fn tile / try_tile(&self, repetitions: impl IntoShape) -> Tensor {
            let repetitions = resolve_shape("tile", &repetitions.into_lengths())?;
            let (n, old) = (self.ndim().max(repetitions.len()), self.shape());
            // Each axis becomes two: the first is broadcast, and both together are the tiled axis.
            let (mut narrow, mut wide, mut shape) = (Shape::default(), Shape::default(), Shape::default());
            for axis in 0..n {
                let len = (axis + old.len()).checked_sub(n).map_or(1, |d| old[d]);
                let count = (axis + repetitions.len()).checked_sub(n).map_or(1, |d| repetitions[d]);
                narrow.push(1);
                narrow.push(len);
                wide.push(count);
                wide.push(len);
                shape.push(times("tile", len, count)?);
            }
            let narrow = reshape(self, &narrow)?;
            let wide = broadcast_to(&narrow, &wide)?;
            reshape(&wide, &shape)
        }
    }
}

/// The shape that all of the tensors have.
#[track_caller]
fn common_shape(tensors: &[&Tensor]) -> Result<Shape> {
    let Some(first) = tensors.first() else {
        return Err(invalid("stack", "needs at least one tensor, but the list is empty"));
    };
    match tensors.iter().position(|tensor| tensor.shape() != first.shape()) {
        None => Ok(Shape::from(first.shape())),
        Some(i) => Err(misfit(
            "stack",
            format!(
                "tensor 0 has shape {} and tensor {i} {}",
                Shape::from(first.shape()),
                Shape::from(tensors[i].shape())
            ),
            "all must have the same shape: expand makes them so, concatenate joins along an axis that they have",
        )),
    }
}

/// The tensors in the dtype that holds them all.
#[track_caller]
fn promoted(tensors: &[&Tensor]) -> Result<Vec<Tensor>> {
    let dtype = tensors.iter().map(|tensor| tensor.dtype()).reduce(promote).unwrap_or(DType::F64);
    let mut all = Vec::with_capacity(tensors.len());
    for tensor in tensors {
        all.push(cast(tensor, dtype)?);
    }
    Ok(all)
}

/// `count` pieces of one length.
#[track_caller]
fn pieces(op: &'static str, count: usize, size: usize) -> Result<Vec<usize>> {
    let mut sizes = Vec::new();
    if sizes.try_reserve(count.saturating_add(1)).is_err() {
        return Err(invalid(op, format!("{count} pieces are more than fit in memory")));
    }
    sizes.resize(count, size);
    Ok(sizes)
}

/// A length times a count.
#[track_caller]
fn times(op: &'static str, len: usize, count: usize) -> Result<usize> {
    match len.checked_mul(count) {
        Some(total) => Ok(total),
        None => Err(invalid(op, format!("{len} times {count} elements are more than fit in memory"))),
    }
}

/// The shape with these many elements before and after.
#[track_caller]
fn padded(x: &Tensor, widths: &[(usize, usize)]) -> Result<Shape> {
    if widths.len() != x.ndim() {
        let detail = format!(
            "{} pairs of widths for a tensor of shape {}: give one (before, after) for each of its {} axes",
            widths.len(),
            Shape::from(x.shape()),
            x.ndim()
        );
        return Err(invalid("pad", detail));
    }
    let lengths =
        x.shape().iter().zip(widths).map(|(len, (before, after))| len.checked_add(*before)?.checked_add(*after));
    match lengths.collect::<Option<Vec<usize>>>() {
        Some(lengths) => {
            let shape = Shape::from(lengths);
            match shape.elements() {
                Ok(_) => Ok(shape),
                Err(error) => Err(Error::from(error).or_at(Location::caller())),
            }
        }
        None => Err(invalid("pad", "the result is too long to fit in memory")),
    }
}
