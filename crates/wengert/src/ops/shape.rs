//! The same elements laid out differently. Nothing here copies, but a reshape whose layout strides cannot describe.

use wengert_array::{Shape, SliceSpec};

use super::arguments::{Axes, IntoAxes, IntoShape, invalid, misfit, resolve_axes, resolve_axis, resolve_shape};
use crate::apply::apply_one;
use crate::error::Result;
use crate::prim::Prim;
use crate::primitives::index::{Place, Read};
use crate::primitives::shape::{BroadcastTo, Diagonal, Permute, Reshape, sum_to};
use crate::tensor::Tensor;
use crate::twins::twins;

impl Tensor {
    twins! {
        /// The same elements in row-major order under another shape. One length may be `-1`: it is worked out.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        /// assert_eq!(x.reshape([3, -1]).shape(), [3, 2]);
        /// ```
        pub fn reshape / try_reshape(&self, shape: impl IntoShape) -> Tensor {
            let shape = infer(self, &shape.into_lengths())?;
            apply_one(&Prim::new(Reshape { shape }), &[self])
        }

        /// [`Tensor::reshape`], by PyTorch's other name. As a tensor never changes, it need not share memory.
        pub fn view / try_view(&self, shape: impl IntoShape) -> Tensor {
            let shape = infer(self, &shape.into_lengths())?;
            apply_one(&Prim::new(Reshape { shape }), &[self])
        }

        /// The same elements in the shape of another tensor.
        pub fn reshape_as / try_reshape_as(&self, other: &Tensor) -> Tensor {
            apply_one(&Prim::new(Reshape { shape: Shape::from(other.shape()) }), &[self])
        }

        /// The elements in row-major order along a single axis.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([[1.0, 2.0], [3.0, 4.0]]).ravel().shape(), [4]);
        /// ```
        pub fn ravel / try_ravel(&self) -> Tensor {
            apply_one(&Prim::new(Reshape { shape: Shape::from([self.len()]) }), &[self])
        }

        /// Axes `start` to `end`, both included, made one.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::zeros([2, 3, 4]).flatten(1, -1).shape(), [2, 12]);
        /// ```
        pub fn flatten / try_flatten(&self, start: isize, end: isize) -> Tensor {
            let n = self.ndim();
            if n == 0 {
                return apply_one(&Prim::new(Reshape { shape: Shape::from([1]) }), &[self]);
            }
            let (first, last) = (resolve_axis("flatten", start, n)?, resolve_axis("flatten", end, n)?);
            if first > last {
                return Err(invalid("flatten", format!("axis {start} lies behind axis {end}: name the first axis first")));
            }
            let (old, mut shape) = (self.shape(), Shape::from(&self.shape()[..first]));
            shape.push(old[first..=last].iter().product());
            old[last + 1..].iter().for_each(|&len| shape.push(len));
            apply_one(&Prim::new(Reshape { shape }), &[self])
        }

        /// Without the axes of length 1: all of them for `()`, else those named.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::zeros([1, 3, 1]).squeeze(()).shape(), [3]);
        /// assert_eq!(Tensor::zeros([1, 3, 1]).squeeze(0).shape(), [3, 1]);
        /// ```
        pub fn squeeze / try_squeeze(&self, axes: impl IntoAxes) -> Tensor {
            let axes = axes.into_axes();
            let all = axes == Axes::ALL;
            let axes = axes.resolve("squeeze", self.ndim())?;
            let old = self.shape();
            if !all && let Some(axis) = axes.iter().find(|&&axis| old[axis] != 1) {
                return Err(misfit(
                    "squeeze",
                    format!("axis {axis} of shape {} has length {}", Shape::from(old), old[*axis]),
                    "only an axis of length 1 can be removed; select one element of it with select_index, or reduce it",
                ));
            }
            let kept = (0..old.len()).filter(|axis| old[*axis] != 1 || !axes.contains(axis));
            let shape = kept.map(|axis| old[axis]).collect();
            apply_one(&Prim::new(Reshape { shape }), &[self])
        }

        /// With a new axis of length 1, which will be axis `axis` of the result.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::zeros([2, 3]).unsqueeze(-1).shape(), [2, 3, 1]);
        /// ```
        pub fn unsqueeze / try_unsqueeze(&self, axis: isize) -> Tensor {
            let axis = resolve_axis("unsqueeze", axis, self.ndim() + 1)?;
            let mut shape = Shape::from(self.shape());
            shape.insert(axis, 1);
            apply_one(&Prim::new(Reshape { shape }), &[self])
        }

        /// With new axes of length 1, which will be these axes of the result.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::zeros([2, 3]).expand_dims([0, -1]).shape(), [1, 2, 3, 1]);
        /// ```
        pub fn expand_dims / try_expand_dims(&self, axes: impl IntoShape) -> Tensor {
            let axes = axes.into_lengths();
            let mut axes = resolve_axes("expand_dims", &axes, self.ndim() + axes.len())?;
            axes.sort_unstable();
            let mut shape = Shape::from(self.shape());
            axes.iter().for_each(|&axis| shape.insert(axis, 1));
            apply_one(&Prim::new(Reshape { shape }), &[self])
        }

        /// Axes `a` and `b` exchanged.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::zeros([2, 3, 4]).transpose(0, -1).shape(), [4, 3, 2]);
        /// ```
        pub fn transpose / try_transpose(&self, a: isize, b: isize) -> Tensor {
            let n = self.ndim();
            let (a, b) = (resolve_axis("transpose", a, n)?, resolve_axis("transpose", b, n)?);
            let mut axes: Vec<usize> = (0..n).collect();
            axes.swap(a, b);
            apply_one(&Prim::new(Permute { axes }), &[self])
        }

        /// Axes `a` and `b` exchanged, by NumPy's name.
        pub fn swapaxes / try_swapaxes(&self, a: isize, b: isize) -> Tensor {
            let n = self.ndim();
            let (a, b) = (resolve_axis("swapaxes", a, n)?, resolve_axis("swapaxes", b, n)?);
            let mut axes: Vec<usize> = (0..n).collect();
            axes.swap(a, b);
            apply_one(&Prim::new(Permute { axes }), &[self])
        }

        /// The transposed matrix. A tensor with fewer than two axes is returned as it is.
        pub fn t / try_t(&self) -> Tensor {
            match self.ndim() {
                0 | 1 => Ok(self.clone()),
                2 => apply_one(&Prim::new(Permute { axes: vec![1, 0] }), &[self]),
                _ => Err(misfit(
                    "t",
                    format!("a tensor of shape {} is not a matrix", Shape::from(self.shape())),
                    "write transpose(-2, -1) to transpose a batch of matrices, permute to order all axes",
                )),
            }
        }

        /// The last two axes exchanged: each matrix of a batch transposed.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::zeros([5, 2, 3]).mt().shape(), [5, 3, 2]);
        /// ```
        pub fn mt / try_mt(&self) -> Tensor {
            let n = self.ndim();
            if n < 2 {
                return Err(misfit(
                    "mt",
                    format!("a tensor of shape {} has no matrices in it", Shape::from(self.shape())),
                    "at least two axes are needed; unsqueeze makes a row or a column of a vector",
                ));
            }
            let mut axes: Vec<usize> = (0..n).collect();
            axes.swap(n - 2, n - 1);
            apply_one(&Prim::new(Permute { axes }), &[self])
        }

        /// The axes in another order: axis `i` of the result is axis `axes[i]` of this. All of them in reverse for `()`.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::zeros([2, 3, 4]).permute([1, 2, 0]).shape(), [3, 4, 2]);
        /// ```
        pub fn permute / try_permute(&self, axes: impl IntoShape) -> Tensor {
            let axes = axes.into_lengths();
            let n = self.ndim();
            let axes = if axes.is_empty() { (0..n).rev().collect() } else { resolve_axes("permute", &axes, n)?.to_vec() };
            apply_one(&Prim::new(Permute { axes }), &[self])
        }

        /// Axis `from` moved to position `to`, the others in their order.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::zeros([2, 3, 4]).movedim(0, -1).shape(), [3, 4, 2]);
        /// ```
        pub fn movedim / try_movedim(&self, from: isize, to: isize) -> Tensor {
            let axes = moved("movedim", self.ndim(), from, to)?;
            apply_one(&Prim::new(Permute { axes }), &[self])
        }

        /// [`Tensor::movedim`], by this library's word for a dimension.
        pub fn move_axis / try_move_axis(&self, from: isize, to: isize) -> Tensor {
            let axes = moved("move_axis", self.ndim(), from, to)?;
            apply_one(&Prim::new(Permute { axes }), &[self])
        }

        /// Axes of length 1 repeated, and axes added in front, until the shape is `shape`. Copies nothing.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([[1.0], [2.0]]).broadcast_to([2, 3]);
        /// assert_eq!(x.to_vec::<f64>(), [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
        /// ```
        pub fn broadcast_to / try_broadcast_to(&self, shape: impl IntoShape) -> Tensor {
            let shape = resolve_shape("broadcast_to", &shape.into_lengths())?;
            apply_one(&Prim::new(BroadcastTo { shape }), &[self])
        }

        /// [`Tensor::broadcast_to`], where `-1` keeps the length that an axis has.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::zeros([3, 1]).expand([2, -1, 4]).shape(), [2, 3, 4]);
        /// ```
        pub fn expand / try_expand(&self, shape: impl IntoShape) -> Tensor {
            let mut lengths = shape.into_lengths();
            let added = lengths.len().saturating_sub(self.ndim());
            for (axis, length) in lengths.iter_mut().enumerate() {
                if *length == -1 && axis >= added {
                    *length = self.shape()[axis - added] as isize;
                }
            }
            let shape = resolve_shape("expand", &lengths)?;
            apply_one(&Prim::new(BroadcastTo { shape }), &[self])
        }

        /// [`Tensor::broadcast_to`] the shape of another tensor.
        pub fn expand_as / try_expand_as(&self, other: &Tensor) -> Tensor {
            apply_one(&Prim::new(BroadcastTo { shape: Shape::from(other.shape()) }), &[self])
        }

        /// The elements in reverse order along these axes; along all for `()`.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([1.0, 2.0, 3.0]).flip(0).to_vec::<f64>(), [3.0, 2.0, 1.0]);
        /// ```
        pub fn flip / try_flip(&self, axes: impl IntoAxes) -> Tensor {
            let axes = axes.into_axes().resolve("flip", self.ndim())?;
            let backwards = |len: usize| SliceSpec { start: len.saturating_sub(1), len, step: -1 };
            let spec = |(axis, &len): (usize, &usize)| {
                if axes.contains(&axis) && len > 1 { backwards(len) } else { SliceSpec::full(len) }
            };
            let specs = self.shape().iter().enumerate().map(spec).collect();
            apply_one(&Prim::new(Read(Place::Slice(specs))), &[self])
        }

        /// Diagonal `offset` (above the main one if positive) of the matrices whose rows are axis `rows` and whose columns
        /// are axis `columns`, as a new last axis.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
        /// assert_eq!(x.diagonal(0, 0, 1).to_vec::<f64>(), [1.0, 4.0]);
        /// ```
        pub fn diagonal / try_diagonal(&self, offset: isize, rows: isize, columns: isize) -> Tensor {
            let n = self.ndim();
            let (rows, columns) = (resolve_axis("diagonal", rows, n)?, resolve_axis("diagonal", columns, n)?);
            if rows == columns {
                return Err(invalid("diagonal", format!("both axes are {rows}: name two different ones")));
            }
            let mut axes: Vec<usize> = (0..n).filter(|&axis| axis != rows && axis != columns).collect();
            axes.extend([rows, columns]);
            let x = crate::primitives::shape::permute(self, axes)?;
            apply_one(&Prim::new(Diagonal { offset }), &[&x])
        }

        /// Diagonal `offset` of a matrix; of a vector, the square matrix with the vector on that diagonal and zeros elsewhere.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([1.0, 2.0]).diag(0).to_vec::<f64>(), [1.0, 0.0, 0.0, 2.0]);
        /// assert_eq!(Tensor::from([[1.0, 2.0], [3.0, 4.0]]).diag(1).to_vec::<f64>(), [2.0]);
        /// ```
        pub fn diag / try_diag(&self, offset: isize) -> Tensor {
            match self.ndim() {
                1 => self.try_diag_embed(offset),
                2 => apply_one(&Prim::new(Diagonal { offset }), &[self]),
                _ => Err(misfit(
                    "diag",
                    format!("a tensor of shape {} is neither a vector nor a matrix", Shape::from(self.shape())),
                    "write diagonal(offset, -2, -1) or diag_embed(offset) for a batch",
                )),
            }
        }

    }

    /// The adjoint of broadcasting: this summed to a shape that broadcasts to its own.
    #[track_caller]
    pub(crate) fn sum_to(&self, shape: &[usize]) -> Result<Tensor> {
        sum_to(self, shape)
    }
}

/// The order of the axes that moves one of them.
#[track_caller]
fn moved(op: &'static str, n: usize, from: isize, to: isize) -> Result<Vec<usize>> {
    let (from, to) = (resolve_axis(op, from, n)?, resolve_axis(op, to, n)?);
    let mut axes: Vec<usize> = (0..n).filter(|&axis| axis != from).collect();
    axes.insert(to, from);
    Ok(axes)
}

/// The shape meant by lengths of which one may be `-1`.
#[track_caller]
fn infer(x: &Tensor, lengths: &[isize]) -> Result<Shape> {
    let Some(unknown) = lengths.iter().position(|&length| length == -1) else {
        return resolve_shape("reshape", lengths);
    };
    let mut known: Vec<isize> = lengths.to_vec();
    known[unknown] = 1;
    if known.contains(&-1) {
        return Err(invalid("reshape", format!("{lengths:?} leaves more than one length open: write -1 only once")));
    }
    let mut shape = resolve_shape("reshape", &known)?;
    let (len, others) = (x.len(), shape.elements()?);
    if others == 0 || len % others != 0 {
        return Err(misfit(
            "reshape",
            format!(
                "a tensor of shape {} has {len} elements, which no length in place of -1 in {lengths:?} gives",
                Shape::from(x.shape())
            ),
            "the lengths of the new shape must multiply to the same number",
        ));
    }
    shape[unknown] = len / others;
    Ok(shape)
}
