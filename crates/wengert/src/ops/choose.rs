//! The largest and the smallest, and where they are.

use super::arguments::{IntoAxes, resolve_axis};
use super::reduce::over;
use crate::apply::apply_one;
use crate::error::Result;
use crate::prim::Prim;
use crate::primitives::choose::ArgExtreme;
use crate::primitives::index::{Place, Read};
use crate::primitives::reduce::Extreme;
use crate::primitives::shape::reshape;
use crate::tensor::Tensor;
use crate::twins::twins;

impl Tensor {
    twins! {
        /// The largest element. NaN if there is one; equal ones share the gradient evenly.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([1.0, 3.0, 3.0]);
        /// assert_eq!(x.max().item(), 3.0);
        /// assert_eq!(grad(|x: &Tensor| x.max())(&x).to_vec::<f64>(), [0.0, 0.5, 0.5]);
        /// ```
        pub fn max / try_max(&self) -> Tensor {
            let over = over("max", self, (), false)?;
            apply_one(&Prim::new(Extreme { over, min: false }), &[self])
        }

        /// The smallest element. NaN if there is one; equal ones share the gradient evenly.
        pub fn min / try_min(&self) -> Tensor {
            let over = over("min", self, (), false)?;
            apply_one(&Prim::new(Extreme { over, min: true }), &[self])
        }

        /// The largest elements over some axes; equal ones share the gradient evenly.
        pub fn amax / try_amax(&self, axes: impl IntoAxes, keepdims: bool) -> Tensor {
            let over = over("amax", self, axes, keepdims)?;
            apply_one(&Prim::new(Extreme { over, min: false }), &[self])
        }

        /// The smallest elements over some axes; equal ones share the gradient evenly.
        pub fn amin / try_amin(&self, axes: impl IntoAxes, keepdims: bool) -> Tensor {
            let over = over("amin", self, axes, keepdims)?;
            apply_one(&Prim::new(Extreme { over, min: true }), &[self])
        }

        /// The largest elements along an axis and their positions. The gradient goes to the element at that position, the
        /// first of equal ones.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let (values, positions) = Tensor::from([[1.0, 5.0], [7.0, 2.0]]).max_axis(1, false);
        /// assert_eq!(values.to_vec::<f64>(), [5.0, 7.0]);
        /// assert_eq!(positions.to_vec::<i64>(), [1, 0]);
        /// ```
        pub fn max_axis / try_max_axis(&self, axis: isize, keepdims: bool) -> (Tensor, Tensor) {
            let axis = resolve_axis("max", axis, self.ndim())?;
            let positions = apply_one(&Prim::new(ArgExtreme { axis, keepdims: true, min: false }), &[self])?;
            picked(self, axis, &positions, keepdims)
        }

        /// The smallest elements along an axis and their positions. The gradient goes to the element at that position, the
        /// first of equal ones.
        pub fn min_axis / try_min_axis(&self, axis: isize, keepdims: bool) -> (Tensor, Tensor) {
            let axis = resolve_axis("min", axis, self.ndim())?;
            let positions = apply_one(&Prim::new(ArgExtreme { axis, keepdims: true, min: true }), &[self])?;
            picked(self, axis, &positions, keepdims)
        }

        /// The position of the largest element along an axis, as `int64`: the first of equal ones, or the first NaN.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([[1.0, 5.0], [7.0, 2.0]]).argmax(-1).to_vec::<i64>(), [1, 0]);
        /// ```
        pub fn argmax / try_argmax(&self, axis: isize) -> Tensor {
            let axis = resolve_axis("argmax", axis, self.ndim())?;
            apply_one(&Prim::new(ArgExtreme { axis, keepdims: false, min: false }), &[self])
        }

        /// The position of the smallest element along an axis, as `int64`: the first of equal ones, or the first NaN.
        pub fn argmin / try_argmin(&self, axis: isize) -> Tensor {
            let axis = resolve_axis("argmin", axis, self.ndim())?;
            apply_one(&Prim::new(ArgExtreme { axis, keepdims: false, min: true }), &[self])
        }

        /// The position of the largest element among all, counted in row-major order, as `int64`.
        pub fn argmax_all / try_argmax_all(&self) -> Tensor {
            let flat = reshape(self, &[self.len()])?;
            apply_one(&Prim::new(ArgExtreme { axis: 0, keepdims: false, min: false }), &[&flat])
        }

        /// The position of the smallest element among all, counted in row-major order, as `int64`.
        pub fn argmin_all / try_argmin_all(&self) -> Tensor {
            let flat = reshape(self, &[self.len()])?;
            apply_one(&Prim::new(ArgExtreme { axis: 0, keepdims: false, min: true }), &[&flat])
        }
    }
}

/// The elements at one position of each row along `axis`, and the positions, with or without that axis.
#[track_caller]
fn picked(x: &Tensor, axis: usize, positions: &Tensor, keepdims: bool) -> Result<(Tensor, Tensor)> {
    let values = apply_one(&Prim::new(Read(Place::Gather { axis })), &[x, positions])?;
    if keepdims {
        return Ok((values, positions.clone()));
    }
    let mut shape = wengert_array::Shape::from(x.shape());
    shape.remove(axis);
    Ok((reshape(&values, &shape)?, reshape(positions, &shape)?))
}
