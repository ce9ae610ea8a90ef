//! Batching: `vmap`.

use std::panic::Location;

use wengert_array::Shape;

use super::{Output, expect};
use crate::apply::Blame;
use crate::error::{Error, Result};
use crate::interpreters::batch;
use crate::level::LevelGuard;
use crate::tensor::Tensor;
use crate::tree::Tree;

/// Which axis of each argument is the batch axis: a number for all tensors of the tree (negative ones
/// count from the end), `None` for those that every element shares, or a tuple of these for a tuple of
/// arguments.
pub trait BatchAxes<A> {
    /// Adds the axis of each tensor of `tree`, in order.
    fn axes(&self, tree: &A, into: &mut Vec<Option<i32>>);
}

impl<A: Tree> BatchAxes<A> for i32 {
    fn axes(&self, tree: &A, into: &mut Vec<Option<i32>>) {
        tree.visit(&mut |_| into.push(Some(*self)));
    }
}

impl<A: Tree> BatchAxes<A> for Option<i32> {
    fn axes(&self, tree: &A, into: &mut Vec<Option<i32>>) {
        tree.visit(&mut |_| into.push(*self));
    }
}

/// One axis for each tensor of the tree, in order.
impl<A: Tree> BatchAxes<A> for Vec<Option<i32>> {
    fn axes(&self, _: &A, into: &mut Vec<Option<i32>>) {
        into.extend(self);
    }
}

macro_rules! tuple_axes {
    ($($X:ident $A:ident $i:tt),+) => {
        impl<$($A: Tree, $X: BatchAxes<$A>),+> BatchAxes<($($A,)+)> for ($($X,)+) {
            fn axes(&self, tree: &($($A,)+), into: &mut Vec<Option<i32>>) {
                $(self.$i.axes(&tree.$i, into);)+
            }
        }
    };
}
tuple_axes!(X A 0);
tuple_axes!(X A 0, Y B 1);
tuple_axes!(X A 0, Y B 1, Z C 2);
tuple_axes!(X A 0, Y B 1, Z C 2, W D 3);
tuple_axes!(X A 0, Y B 1, Z C 2, W D 3, V E 4);
tuple_axes!(X A 0, Y B 1, Z C 2, W D 3, V E 4, U F 5);

/// A function of one element made into a function of a batch: it runs once, each operation on the
/// whole batch. Results have the batch axis first.
///
/// ```
/// use wengert::prelude::*;
/// let loss = |(w, x): &(Tensor, Tensor)| w.dot(x).square();
/// let w = Tensor::from([1.0, 2.0]);
/// let batch = Tensor::from([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]);
/// // One gradient with respect to `w` for each row:
/// let (dw, _) = vmap(grad(loss), (None, 0))(&(w, batch));
/// assert_eq!(dw.shape(), [3, 2]);
/// assert_eq!(dw.to_vec::<f64>(), [2.0, 0.0, 0.0, 4.0, 6.0, 6.0]);
/// ```
///
/// # Panics
/// The returned function panics where that of [`try_vmap`] returns an error.
#[track_caller]
pub fn vmap<A: Tree, R: Output>(f: impl Fn(&A) -> R, axes: impl BatchAxes<A>) -> impl Fn(&A) -> R::Tree {
    vmap_axes(f, axes, 0)
}

/// [`vmap`], returning errors: those of `f`; if an axis is out of range, if no argument is batched, or
/// if the batches have different sizes.
#[track_caller]
pub fn try_vmap<A: Tree, R: Output>(f: impl Fn(&A) -> R, axes: impl BatchAxes<A>) -> impl Fn(&A) -> Result<R::Tree> {
    try_vmap_axes(f, axes, 0)
}

/// [`vmap`] whose results have their batch axis at `out_axis` (negative counts from the end).
///
/// # Panics
/// The returned function panics where that of [`try_vmap_axes`] returns an error.
#[track_caller]
pub fn vmap_axes<A: Tree, R: Output>(
    f: impl Fn(&A) -> R,
    axes: impl BatchAxes<A>,
    out_axis: i32,
) -> impl Fn(&A) -> R::Tree {
    let f = try_vmap_axes(f, axes, out_axis);
    move |x| expect(f(x))
}

/// [`vmap_axes`], returning errors.
#[track_caller]
pub fn try_vmap_axes<A: Tree, R: Output>(
    f: impl Fn(&A) -> R,
    axes: impl BatchAxes<A>,
    out_axis: i32,
) -> impl Fn(&A) -> Result<R::Tree> {
    let location = Location::caller();
    let whole = move |x: &A| {
        let mut given = Vec::new();
        axes.axes(x, &mut given);
        let guard = LevelGuard::enter();
        let level = guard.level();
        let mut size: Option<usize> = None;
        let mut argument = 0;
        let entered = x.try_map(&mut |tensor| {
            let axis = given.get(argument).copied().flatten();
            argument += 1;
            let Some(axis) = axis else { return Ok(tensor.clone()) };
            let axis = resolve(axis, tensor, argument - 1)?;
            let length = tensor.shape()[axis];
            if *size.get_or_insert(length) != length {
                return Err(Error::argument(
                    "vmap",
                    format!(
                        "argument {} has {length} elements along its batch axis, others have {}: batches must have equal sizes (shape {})",
                        argument - 1,
                        size.unwrap_or(0),
                        Shape::from(tensor.shape())
                    ),
                ));
            }
            Ok(batch::wrap(level, tensor.clone(), axis))
        })?;
        if argument != given.len() {
            return Err(Error::argument(
                "vmap",
                format!("got {} axes for {argument} tensors: give one for each, or one for all", given.len()),
            ));
        }
        let Some(size) = size else {
            return Err(Error::argument("vmap", "no argument has a batch axis: give at least one that is not None"));
        };
        let lifted = Blame::lifted();
        let results = f(&entered).into_result()?;
        drop(lifted);
        results.try_map(&mut |result| {
            let (whole, axis) = batch::unwrap(level, result);
            let (whole, axis) = match axis {
                Some(axis) => (whole.clone(), axis),
                None => {
                    let mut shape = Shape::from(whole.shape());
                    shape.insert(0, size);
                    (whole.try_broadcast_to(&shape[..])?, 0)
                }
            };
            let rank = whole.ndim() as i32;
            let to = if out_axis < 0 { out_axis + rank } else { out_axis };
            if !(0..rank).contains(&to) {
                return Err(Error::argument(
                    "vmap",
                    format!("out axis {out_axis} is out of range for a result of {rank} axes, the batch axis included"),
                ));
            }
            if to as usize == axis { Ok(whole) } else { whole.try_movedim(axis as isize, to as isize) }
        })
    };
    move |x| whole(x).map_err(|error| error.or_at(location))
}

fn resolve(axis: i32, tensor: &Tensor, argument: usize) -> Result<usize> {
    let rank = tensor.ndim() as i32;
    let resolved = if axis < 0 { axis + rank } else { axis };
    if (0..rank).contains(&resolved) {
        return Ok(resolved as usize);
    }
    Err(Error::argument(
        "vmap",
        format!(
            "batch axis {axis} is out of range for argument {argument} of shape {}: use None for an argument that is not batched",
            Shape::from(tensor.shape())
        ),
    ))
}
