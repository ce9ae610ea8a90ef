//! From an array's layout and a set of axes to loops: which axes are walked, in which order, with which strides.

use super::engine::SHORT;
use crate::{Error, Result, Shape};
use smallvec::SmallVec;

/// Lengths and strides of nested loops, outermost first.
pub(super) type Dims = SmallVec<[(usize, isize); 6]>;

/// The loops of one reduction.
pub(super) struct Plan {
    /// The axes that stay, in the order of the result; neighbours that are one loop are merged.
    pub kept: Dims,
    /// The axes that go, longest stride first, all strides positive or zero (the order of a sum is free).
    pub reduced: Dims,
    /// Where the first element is.
    pub start: usize,
    /// How many results there are.
    pub outputs: usize,
    /// How many elements go into each result.
    pub count: usize,
}

/// Which axes are reduced, one bit each; all of them if none are named.
pub(super) fn axis_mask(op: &'static str, axes: &[usize], ndim: usize) -> Result<u64> {
    if ndim > 64 {
        return Err(Error::argument(op, format!("arrays of more than 64 axes are not supported, this one has {ndim}")));
    }
    let mut mask = 0u64;
    for &axis in axes {
        if axis >= ndim {
            return Err(Error::axis(op, axis as isize, ndim));
        }
        if mask & (1 << axis) != 0 {
            return Err(Error::argument(op, format!("axis {axis} is named twice in {axes:?}; name each axis once")));
        }
        mask |= 1 << axis;
    }
    Ok(mask)
}

/// The shape left when the axes in `mask` are reduced.
pub(super) fn reduced_shape(shape: &[usize], mask: u64, keepdims: bool) -> Shape {
    let gone = |axis: usize| mask & (1 << axis) != 0;
    shape
        .iter()
        .enumerate()
        .filter(|&(axis, _)| keepdims || !gone(axis))
        .map(|(axis, &d)| if gone(axis) { 1 } else { d })
        .collect()
}

impl Plan {
    pub(super) fn new(shape: &[usize], strides: &[isize], offset: usize, mask: u64) -> Plan {
        let mut plan = Plan { kept: Dims::new(), reduced: Dims::new(), start: offset, outputs: 1, count: 1 };
        let mut start = offset as isize;
        for (axis, (&len, &stride)) in shape.iter().zip(strides).enumerate() {
            let gone = mask & (1 << axis) != 0;
            *if gone { &mut plan.count } else { &mut plan.outputs } *= len;
            if len == 1 {
                continue;
            }
            if !gone {
                join(&mut plan.kept, len, stride);
            } else if stride < 0 {
                start += stride * (len as isize - 1).max(0);
                plan.reduced.push((len, -stride));
            } else {
                plan.reduced.push((len, stride));
            }
        }
        if plan.outputs == 0 || plan.count == 0 {
            // Nothing will be read.
            start = 0;
        }
        plan.start = start as usize;
        // A broadcast axis (stride 0) goes outermost: the inner loops then run over memory.
        plan.reduced.sort_by_key(|&(_, stride)| (stride != 0, std::cmp::Reverse(stride)));
        let mut merged = Dims::new();
        for &(len, stride) in &plan.reduced {
            join(&mut merged, len, stride);
        }
        plan.reduced = merged;
        plan
    }

    /// Whether each result is best made in one go (its elements lie closer together than neighbouring results do);
    /// otherwise rows of neighbouring results are made together.
    pub(super) fn by_rows(&self) -> bool {
        match (self.kept.last(), self.reduced.last()) {
            (None, _) | (_, None) => true,
            (Some(&(_, kept)), Some(&(_, reduced))) => kept == 0 || (reduced != 0 && reduced <= kept.abs()),
        }
    }

    /// Whether all elements lie in C order with each result's short row side by side.
    pub(super) fn short_rows(&self) -> bool {
        match (&self.kept[..], &self.reduced[..]) {
            ([(_, kept)], [(len, 1)]) => *len <= SHORT && *kept == *len as isize,
            _ => false,
        }
    }
}

/// Adds an inner loop, merging it with the one around it where the two together are one loop.
fn join(dims: &mut Dims, len: usize, stride: isize) {
    match dims.last_mut() {
        Some((outer_len, outer_stride)) if *outer_stride == stride.wrapping_mul(len as isize) => {
            *outer_len *= len;
            *outer_stride = stride;
        }
        _ => dims.push((len, stride)),
    }
}

/// Walks nested loops in order, keeping the offset of the current element.
pub(super) struct Walk<'a> {
    dims: &'a [(usize, isize)],
    at: SmallVec<[usize; 6]>,
    offset: isize,
}

impl<'a> Walk<'a> {
    /// Starts at step number `index`; `start` is the offset of step 0.
    pub(super) fn new(dims: &'a [(usize, isize)], start: usize, index: usize) -> Self {
        let mut walk = Walk { dims, at: SmallVec::from_elem(0, dims.len()), offset: start as isize };
        let mut rest = index;
        if index > 0 {
            for (at, &(len, stride)) in walk.at.iter_mut().zip(dims).rev() {
                *at = rest % len;
                rest /= len;
                walk.offset += *at as isize * stride;
            }
        }
        walk
    }

    /// The offset of the current element.
    #[inline]
    pub(super) fn offset(&self) -> usize {
        self.offset as usize
    }

    /// Goes on by one; after the last step it is at the first again.
    #[inline]
    pub(super) fn advance(&mut self) {
        for (at, &(len, stride)) in self.at.iter_mut().zip(self.dims).rev() {
            *at += 1;
            self.offset += stride;
            if *at < len {
                return;
            }
            self.offset -= stride * len as isize;
            *at = 0;
        }
    }
}
