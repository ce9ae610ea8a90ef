//! Batching rules of reading and writing by index.
//!
//! Where the index arrays are the same for the whole batch, the batch is one more axis that is taken whole. Where they
//! are not, the number of the batch element becomes one more index.

use wengert_array::{Array, DType, SliceSpec};

use super::{Place, Read};
use crate::apply::apply_one;
use crate::error::Result;
use crate::prim::Prim;
use crate::primitives::shape::{batch_size, move_axis, pad_rank, permute, to_front};
use crate::tensor::Tensor;

pub(super) fn read(place: &Place, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Tensor, usize)> {
    let size = batch_size(inputs, axes);
    let (x, indices) = (&inputs[0], &inputs[1..]);
    let (x_axis, index_axes) = (axes[0], &axes[1..]);
    let batched_index = index_axes.iter().any(Option::is_some);
    match (place, x_axis) {
        (Place::Slice(specs), Some(batch)) => {
            let mut specs = specs.clone();
            specs.insert(batch, SliceSpec::full(size));
            Ok((apply_one(&Prim::new(Read(Place::Slice(specs))), &[x])?, batch))
        }
        (Place::Take { axis }, Some(batch)) if !batched_index => {
            let behind = batch <= *axis;
            let whole = Place::Take { axis: axis + usize::from(behind) };
            let out = apply_one(&Prim::new(Read(whole)), &[x, &indices[0]])?;
            Ok((out, if behind { batch } else { batch + indices[0].ndim() - 1 }))
        }
        (Place::Take { axis }, None) => {
            let out = apply_one(&Prim::new(Read(place.clone())), &[x, &indices[0]])?;
            Ok((out, axis + index_axes[0].unwrap_or(0)))
        }
        (Place::Take { axis }, Some(_)) => {
            let x = move_axis(&to_front(x, x_axis, size)?, axis + 1, 1)?;
            let index = to_front(&indices[0], index_axes[0], size)?;
            let common = index.ndim();
            let serial = serial(size, common)?;
            let out = apply_one(&Prim::new(Read(Place::Leading)), &[&x, &serial, &index])?;
            Ok((permute(&out, blocks(&[1, common - 1, *axis], &[0, 2, 1], out.ndim()))?, 0))
        }
        (Place::Gather { axis }, None) => {
            let index = to_front(&indices[0], index_axes[0], size)?;
            let mut coordinates = Vec::with_capacity(index.ndim());
            for (d, &len) in index.shape()[1..].iter().enumerate() {
                coordinates.push(if d == *axis { index.clone() } else { serial(len, index.ndim() - 1 - d)? });
            }
            let mut all = vec![x];
            all.extend(&coordinates);
            Ok((apply_one(&Prim::new(Read(Place::Leading)), &all)?, 0))
        }
        (Place::Gather { axis }, Some(_)) => {
            let x = to_front(x, x_axis, size)?;
            let index = to_front(&indices[0], index_axes[0], size)?;
            Ok((apply_one(&Prim::new(Read(Place::Gather { axis: axis + 1 })), &[&x, &index])?, 0))
        }
        (Place::Leading, Some(batch)) if !batched_index => {
            let x = move_axis(x, batch, indices.len())?;
            let mut all = vec![&x];
            all.extend(indices);
            Ok((apply_one(&Prim::new(Read(Place::Leading)), &all)?, common_rank(indices, index_axes)))
        }
        (Place::Leading, Some(batch)) => {
            let x = move_axis(x, batch, 0)?;
            let coordinates = with_serial(indices, index_axes, size)?;
            let mut all = vec![&x];
            all.extend(&coordinates);
            Ok((apply_one(&Prim::new(Read(Place::Leading)), &all)?, 0))
        }
        (Place::Leading | Place::Slice(_), None) => {
            let coordinates = with_serial(indices, index_axes, size)?;
            let mut all = vec![x];
            all.extend(&coordinates[1..]);
            Ok((apply_one(&Prim::new(Read(Place::Leading)), &all)?, 0))
        }
    }
}

pub(super) fn write(
    place: &Place,
    prim: impl Fn(Place) -> Prim,
    inputs: &[Tensor],
    axes: &[Option<usize>],
) -> Result<(Tensor, usize)> {
    let size = batch_size(inputs, axes);
    let (indices, index_axes) = (&inputs[2..], &axes[2..]);
    let base = to_front(&inputs[0], axes[0], size)?;
    let source = to_front(&inputs[1], axes[1], size)?;
    let batched_index = index_axes.iter().any(Option::is_some);
    let out = match place {
        Place::Slice(specs) => {
            let mut specs = specs.clone();
            specs.insert(0, SliceSpec::full(size));
            apply_one(&prim(Place::Slice(specs)), &[&base, &source])?
        }
        Place::Take { axis } if !batched_index => {
            apply_one(&prim(Place::Take { axis: axis + 1 }), &[&base, &source, &indices[0]])?
        }
        Place::Take { axis } => {
            let index = to_front(&indices[0], index_axes[0], size)?;
            let common = index.ndim();
            let base = move_axis(&base, axis + 1, 1)?;
            let source = permute(&source, blocks(&[1, *axis, common - 1], &[0, 2, 1], source.ndim()))?;
            let serial = serial(size, common)?;
            let out = apply_one(&prim(Place::Leading), &[&base, &source, &serial, &index])?;
            move_axis(&out, 1, axis + 1)?
        }
        Place::Gather { axis } => {
            let index = to_front(&indices[0], index_axes[0], size)?;
            apply_one(&prim(Place::Gather { axis: axis + 1 }), &[&base, &source, &index])?
        }
        Place::Leading if !batched_index => {
            let base = move_axis(&base, 0, indices.len())?;
            let source = move_axis(&source, 0, common_rank(indices, index_axes))?;
            let mut all = vec![&base, &source];
            all.extend(indices);
            return Ok((apply_one(&prim(Place::Leading), &all)?, indices.len()));
        }
        Place::Leading => {
            let coordinates = with_serial(indices, index_axes, size)?;
            let mut all = vec![&base, &source];
            all.extend(&coordinates);
            apply_one(&prim(Place::Leading), &all)?
        }
    };
    Ok((out, 0))
}

/// `0, 1, …` along the first of `ndim` axes, the others of length 1.
fn serial(size: usize, ndim: usize) -> Result<Tensor> {
    let mut shape = vec![1; ndim];
    shape[0] = size;
    Ok(Tensor::from(Array::try_arange(0.0, size as f64, 1.0, DType::I64)?.reshape(&shape)?))
}

/// The rank that index arrays have together, seen from inside the batch.
fn common_rank(indices: &[Tensor], axes: &[Option<usize>]) -> usize {
    indices.iter().zip(axes).map(|(index, axis)| index.ndim() - usize::from(axis.is_some())).max().unwrap_or(0)
}

/// The number of the batch element, then the index arrays, all of one rank with the batch axis in front (an array that is
/// not batched has length 1 there).
fn with_serial(indices: &[Tensor], axes: &[Option<usize>], size: usize) -> Result<Vec<Tensor>> {
    let common = common_rank(indices, axes);
    let mut all = vec![serial(size, common + 1)?];
    for (index, &axis) in indices.iter().zip(axes) {
        all.push(match axis {
            Some(axis) => pad_rank(&move_axis(index, axis, 0)?, common)?,
            None => index.clone(),
        });
    }
    Ok(all)
}

/// A permutation that puts consecutive groups of axes in another order. The last group is what is left.
fn blocks(sizes: &[usize], order: &[usize], ndim: usize) -> Vec<usize> {
    let mut starts = vec![0];
    for size in sizes {
        starts.push(starts[starts.len() - 1] + size);
    }
    let mut axes: Vec<usize> = order.iter().flat_map(|&group| starts[group]..starts[group + 1]).collect();
    axes.extend(starts[sizes.len()]..ndim);
    axes
}
