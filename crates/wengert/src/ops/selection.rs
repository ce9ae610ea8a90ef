//! What an index means for a tensor: a slice of each axis, and index arrays for some of them.

use std::panic::Location;

use wengert_array::{DType, Error as ArrayError, Shape, SliceSpec, index};

use super::index::position;
use super::indexing::Index;
use crate::apply::apply_one;
use crate::error::{Error, ErrorKind, Result};
use crate::prim::Prim;
use crate::primitives::index::{Place, Read, Set};
use crate::primitives::shape::{broadcast_to, inverse, permute, reshape};
use crate::tensor::Tensor;

/// An index worked out for a tensor of one shape, in three steps: a slice of every axis; a reshape, which drops and inserts
/// axes of length 1; and index arrays for some of the axes that are left.
pub(super) struct Selection {
    slices: Vec<SliceSpec>,
    sliced: Shape,
    reshaped: Shape,
    /// Index arrays and the axes of `reshaped` that they stand for, in order.
    arrays: Vec<(usize, Tensor)>,
    /// The axes of the tensor that the index arrays stand for.
    original: Vec<usize>,
    whole: bool,
}

impl Selection {
    #[track_caller]
    pub fn new(x: &Tensor, index: &[Index]) -> Result<Selection> {
        let shape = x.shape();
        let index = expand(shape, index)?;
        // Beside an index array, an integer is an index array too.
        let advanced = index.iter().any(|part| matches!(part, Index::Tensor(_)));
        let mut selection = Selection {
            slices: Vec::with_capacity(shape.len()),
            sliced: Shape::default(),
            reshaped: Shape::default(),
            arrays: Vec::new(),
            original: Vec::new(),
            whole: true,
        };
        let mut rest = shape.iter().copied().enumerate();
        for part in index {
            if matches!(part, Index::NewAxis) {
                selection.reshaped.push(1);
                continue;
            }
            let Some((axis, len)) = rest.next() else { break };
            match part {
                Index::At(at) => {
                    let at = position("index", at, axis, len)?;
                    if advanced {
                        selection.index_by(axis, len, Tensor::from(at as i64));
                    } else {
                        selection.slice(SliceSpec { start: at, len: 1, step: 1 }, len);
                    }
                }
                Index::Range(range) => {
                    let spec = range.resolve(len)?;
                    selection.slice(spec, len);
                    selection.reshaped.push(spec.len);
                }
                Index::Tensor(positions) => selection.index_by(axis, len, positions),
                Index::NewAxis | Index::Ellipsis => {}
            }
        }
        Ok(selection)
    }

    fn slice(&mut self, spec: SliceSpec, len: usize) {
        self.whole &= spec == SliceSpec::full(len);
        self.slices.push(spec);
        self.sliced.push(spec.len);
    }

    fn index_by(&mut self, axis: usize, len: usize, positions: Tensor) {
        self.slice(SliceSpec::full(len), len);
        self.arrays.push((self.reshaped.len(), positions));
        self.original.push(axis);
        self.reshaped.push(len);
    }

    #[track_caller]
    pub fn read(&self, x: &Tensor) -> Result<Tensor> {
        let part = reshape(&self.read_slices(x)?, &self.reshaped)?;
        match &self.arrays[..] {
            [] => Ok(part),
            [(axis, positions)] => {
                let read = apply_one(&Prim::new(Read(Place::Take { axis: *axis })), &[&part, positions]);
                self.named(read)
            }
            _ => {
                let mut inputs = vec![permute(&part, self.leading())?];
                inputs.extend(self.arrays.iter().map(|(_, positions)| positions.clone()));
                let inputs: Vec<&Tensor> = inputs.iter().collect();
                let read = self.named(apply_one(&Prim::new(Read(Place::Leading)), &inputs))?;
                permute(&read, self.placement(read.ndim()))
            }
        }
    }

    /// `x` with `value` at the selected place.
    #[track_caller]
    pub fn write(&self, x: &Tensor, value: &Tensor) -> Result<Tensor> {
        if self.arrays.is_empty() {
            let value = reshape(&self.spread(value, &self.reshaped)?, &self.sliced)?;
            return self.write_slices(x, &value);
        }
        let part = reshape(&self.read_slices(x)?, &self.reshaped)?;
        let mut shapes: Vec<&[usize]> = Vec::new();
        self.arrays.iter().for_each(|(_, positions)| shapes.push(positions.shape()));
        let common = wengert_array::broadcast(&shapes)?;
        let written = if let [(axis, positions)] = &self.arrays[..] {
            let old = &self.reshaped;
            let shape: Shape = old[..*axis].iter().chain(&common[..]).chain(&old[axis + 1..]).copied().collect();
            let value = self.spread(value, &shape)?;
            self.named(apply_one(&Prim::new(Set(Place::Take { axis: *axis })), &[&part, &value, positions]))?
        } else {
            let order = self.leading();
            let moved = permute(&part, order.clone())?;
            let kept = &moved.shape()[self.arrays.len()..];
            let led: Shape = common.iter().chain(kept).copied().collect();
            let placement = self.placement(led.len());
            let shape: Shape = placement.iter().map(|&axis| led[axis]).collect();
            let value = permute(&self.spread(value, &shape)?, inverse(&placement))?;
            let mut inputs = vec![&moved, &value];
            self.arrays.iter().for_each(|(_, positions)| inputs.push(positions));
            let written = self.named(apply_one(&Prim::new(Set(Place::Leading)), &inputs))?;
            permute(&written, inverse(&order))?
        };
        self.write_slices(x, &reshape(&written, &self.sliced)?)
    }

    #[track_caller]
    fn read_slices(&self, x: &Tensor) -> Result<Tensor> {
        if self.whole {
            return Ok(x.clone());
        }
        apply_one(&Prim::new(Read(Place::Slice(self.slices.clone()))), &[x])
    }

    #[track_caller]
    fn write_slices(&self, x: &Tensor, part: &Tensor) -> Result<Tensor> {
        if self.whole {
            return Ok(part.clone());
        }
        apply_one(&Prim::new(Set(Place::Slice(self.slices.clone()))), &[x, part])
    }

    /// `value` broadcast to the shape of the selected place; axes of length 1 in front of it do no harm.
    #[track_caller]
    fn spread(&self, value: &Tensor, shape: &[usize]) -> Result<Tensor> {
        let surplus = value.ndim().saturating_sub(shape.len());
        let given = value.shape();
        let (front, kept) = given.split_at(surplus);
        let fits = front.iter().all(|&len| len == 1)
            && kept.iter().rev().zip(shape.iter().rev()).all(|(&have, &want)| have == want || have == 1);
        if !fits {
            return Err(Error::from(ArrayError::shape(
                "set",
                format!(
                    "a value of shape {} does not broadcast to the indexed part, whose shape is {}",
                    Shape::from(given),
                    Shape::from(shape)
                ),
                "lengths must be equal or 1, counted from the last axis",
            ))
            .or_at(Location::caller()));
        }
        broadcast_to(&reshape(value, kept)?, shape)
    }

    /// The order that brings the axes with index arrays to the front.
    fn leading(&self) -> Vec<usize> {
        let mut order: Vec<usize> = self.arrays.iter().map(|(axis, _)| *axis).collect();
        let kept: Vec<usize> = (0..self.reshaped.len()).filter(|axis| !order.contains(axis)).collect();
        order.extend(kept);
        order
    }

    /// The order that brings the axes of several index arrays, which are in front, to where the arrays stood, if they stood
    /// side by side.
    fn placement(&self, ndim: usize) -> Vec<usize> {
        let first = self.arrays[0].0;
        let together = self.arrays.iter().enumerate().all(|(i, (axis, _))| *axis == first + i);
        let common = ndim + self.arrays.len() - self.reshaped.len();
        if !together {
            return (0..ndim).collect();
        }
        (common..common + first).chain(0..common).chain(common + first..ndim).collect()
    }

    /// An index out of range names the axis of the tensor and not that of what was left of it.
    #[track_caller]
    fn named(&self, result: Result<Tensor>) -> Result<Tensor> {
        let error = match result {
            Ok(out) => return Ok(out),
            Err(error) => error,
        };
        let ErrorKind::Array(ArrayError::Index { index, axis, len, .. }) = error.kind() else { return Err(error) };
        let axis = if let [(taken, _)] = &self.arrays[..] { axis.checked_sub(*taken) } else { Some(*axis) };
        match axis.and_then(|axis| self.original.get(axis)) {
            Some(&axis) => {
                let at = error.location().unwrap_or(Location::caller());
                Err(Error::from(ArrayError::index("index", *index, axis, *len)).or_at(at))
            }
            None => Err(error),
        }
    }
}

/// The index with a part for each axis: masks become index arrays, an ellipsis (or its absence at the end) whole axes.
fn expand(shape: &[usize], index: &[Index]) -> Result<Vec<Index>> {
    let consumed = |part: &Index| match part {
        Index::At(_) | Index::Range(_) => 1,
        Index::Tensor(tensor) if tensor.dtype() == DType::Bool => tensor.ndim(),
        Index::Tensor(_) => 1,
        Index::Ellipsis | Index::NewAxis => 0,
    };
    let named: usize = index.iter().map(consumed).sum();
    let Some(left) = shape.len().checked_sub(named) else {
        let detail = format!(
            "too many indices: {named} axes are indexed, but the tensor has {} (shape {})",
            shape.len(),
            Shape::from(shape)
        );
        return Err(ArrayError::argument("index", detail).into());
    };
    if index.iter().filter(|part| matches!(part, Index::Ellipsis)).count() > 1 {
        return Err(ArrayError::argument("index", "an index can have only one Ellipsis").into());
    }
    let whole = || std::iter::repeat_n(Index::Range(wengert_array::Slice::ALL), left);
    let mut parts = Vec::with_capacity(shape.len() + index.len());
    let mut axis = 0;
    let mut open = true;
    for part in index {
        match part {
            Index::Ellipsis => {
                parts.extend(whole());
                axis += left;
                open = false;
            }
            Index::Tensor(mask) if mask.dtype() == DType::Bool => {
                parts.extend(positions(&shape[axis..], mask, axis)?);
                axis += mask.ndim();
            }
            Index::Tensor(tensor) if tensor.dtype().is_float() => {
                return Err(ArrayError::dtype(
                    "index",
                    format!("a tensor of dtype {} cannot index", tensor.dtype()),
                    "index with integers or a mask: cast it, `index.to_dtype(DType::I64)`, or compare it, `index.gt(0.0)`",
                )
                .into());
            }
            part => {
                parts.push(part.clone());
                axis += consumed(part);
            }
        }
    }
    if open {
        parts.extend(whole());
    }
    Ok(parts)
}

/// The index arrays that a mask stands for.
fn positions(shape: &[usize], mask: &Tensor, axis: usize) -> Result<Vec<Index>> {
    if mask.ndim() == 0 {
        return Err(ArrayError::argument(
            "index",
            "a mask needs at least one axis: choose by a single truth value with select",
        )
        .into());
    }
    if !shape.starts_with(mask.shape()) {
        let covered = &shape[..mask.ndim().min(shape.len())];
        return Err(ArrayError::shape(
            "index",
            format!(
                "a mask of shape {} does not fit the axes it stands for, from axis {axis} on, whose shape is {}",
                Shape::from(mask.shape()),
                Shape::from(covered)
            ),
            "a mask has the lengths of the axes that it indexes",
        )
        .into());
    }
    let mut parts = Vec::with_capacity(mask.ndim());
    for array in index::nonzero(mask.array()?)? {
        parts.push(Index::Tensor(Tensor::from(array)));
    }
    Ok(parts)
}
