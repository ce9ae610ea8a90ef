//! Running sums and products.

use super::arguments::resolve_axis;
use crate::apply::apply_one;
use crate::prim::Prim;
use crate::primitives::scan::{Along, Cumprod, Cumsum};
use crate::tensor::Tensor;
use crate::twins::twins;

impl Tensor {
    twins! {
        /// The running sum along an axis: element i is the sum of the elements up to and with i. Integers give `int64`.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([1.0, 2.0, 3.0]).cumsum(0).to_vec::<f64>(), [1.0, 3.0, 6.0]);
        /// ```
        pub fn cumsum / try_cumsum(&self, axis: isize) -> Tensor {
            let axis = resolve_axis("cumsum", axis, self.ndim())?;
            apply_one(&Prim::new(Cumsum(Along { axis, reverse: false })), &[self])
        }

        /// The running sum along an axis from its end: element i is the sum of the elements from i on.
        pub fn cumsum_reverse / try_cumsum_reverse(&self, axis: isize) -> Tensor {
            let axis = resolve_axis("cumsum_reverse", axis, self.ndim())?;
            apply_one(&Prim::new(Cumsum(Along { axis, reverse: true })), &[self])
        }

        /// The running product along an axis. Its gradient is right where elements are 0, too.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([2.0, 0.0, 3.0]);
        /// assert_eq!(x.cumprod(0).to_vec::<f64>(), [2.0, 0.0, 0.0]);
        /// let g = grad(|x: &Tensor| x.cumprod(0).sum());
        /// assert_eq!(g(&x).to_vec::<f64>(), [1.0, 8.0, 0.0]);
        /// ```
        pub fn cumprod / try_cumprod(&self, axis: isize) -> Tensor {
            let axis = resolve_axis("cumprod", axis, self.ndim())?;
            apply_one(&Prim::new(Cumprod(Along { axis, reverse: false })), &[self])
        }

        /// The running product along an axis from its end.
        pub fn cumprod_reverse / try_cumprod_reverse(&self, axis: isize) -> Tensor {
            let axis = resolve_axis("cumprod_reverse", axis, self.ndim())?;
            apply_one(&Prim::new(Cumprod(Along { axis, reverse: true })), &[self])
        }
    }
}
