//! In which order to visit the elements.

use crate::shape::Strides;
use crate::strided::coalesce_in_place;
use crate::{Array, Shape};
use smallvec::SmallVec;

/// The axes to loop over, outermost first, as few as possible, with each input's strides.
pub(super) struct Space {
    pub shape: Shape,
    pub strides: SmallVec<[Strides; 4]>,
    /// The order of the axes in the output's memory, if it is not C order.
    pub order: Option<SmallVec<[usize; 6]>>,
}

impl Space {
    /// The common case that needs no thought: all inputs of rank 1 or more are contiguous and have one shape.
    #[inline]
    pub fn flat<'a>(inputs: &[&'a Array]) -> Option<(&'a [usize], Space)> {
        let mut common: Option<&'a Array> = None;
        for input in inputs.iter().filter(|a| matches!(a, Array::Dense(_))) {
            if !input.is_contiguous() || common.is_some_and(|c| c.shape() != input.shape()) {
                return None;
            }
            common = Some(input);
        }
        let common = common?;
        let one = |a: &&Array| Strides::from_slice(if matches!(a, Array::Dense(_)) { &[1] } else { &[0] });
        let strides = inputs.iter().map(one).collect();
        Some((common.shape(), Space { shape: Shape::from([common.len()]), strides, order: None }))
    }

    /// `None` if an input does not broadcast to the shape.
    pub fn new(out: &[usize], inputs: &[&Array]) -> Option<Space> {
        let mut strides: SmallVec<[Strides; 4]> = SmallVec::with_capacity(inputs.len());
        for input in inputs {
            strides.push(input.broadcast_strides(out)?);
        }
        let order = memory_order(out, &strides);
        let mut shape = Shape::from(out);
        if let Some(order) = &order {
            shape = order.iter().map(|&a| out[a]).collect();
            for s in &mut strides {
                *s = order.iter().map(|&a| s[a]).collect();
            }
        }
        coalesce_in_place(&mut shape, &mut strides);
        Some(Space { shape, strides, order })
    }
}

/// The order of axes in memory that all inputs which are not broadcast share, if there is one and it is not C order.
fn memory_order(shape: &[usize], strides: &[Strides]) -> Option<SmallVec<[usize; 6]>> {
    if shape.len() < 2 {
        return None;
    }
    let full = |s: &&Strides| shape.iter().zip(s.iter()).all(|(&d, &s)| d == 1 || s != 0);
    let mut full = strides.iter().filter(full);
    let first = full.next()?;
    let descends = |s: &Strides, order: &[usize]| {
        let mut wide = order.iter().filter(|&&a| shape[a] != 1).map(|&a| s[a].unsigned_abs());
        let mut before = usize::MAX;
        wide.all(|step| std::mem::replace(&mut before, step) >= step)
    };
    let mut order: SmallVec<[usize; 6]> = (0..shape.len()).collect();
    if descends(first, &order) {
        return None;
    }
    // Axes of length 1 stay where they are least in the way: outermost.
    order.sort_by_key(|&a| std::cmp::Reverse(if shape[a] == 1 { usize::MAX } else { first[a].unsigned_abs() }));
    full.all(|s| descends(s, &order)).then_some(order)
}
