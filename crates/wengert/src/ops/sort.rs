//! Order: sorting, the largest few, the distinct ones.

use smallvec::SmallVec;
use wengert_array::{Array, sort};

use super::arguments::resolve_axis;
use crate::apply::{apply, apply_one};
use crate::error::{Error, Result};
use crate::prim::{Outs, Prim};
use crate::primitives::sort::{Argsort, Ordered};
use crate::tensor::Tensor;
use crate::twins::twins;

impl Tensor {
    twins! {
        /// The elements along an axis in order, and the position each had. Equal ones keep their order; NaN counts as the
        /// largest. The gradient of a value goes to the element that it is.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let (values, positions) = Tensor::from([3.0, 1.0, 2.0]).sort(0, false);
        /// assert_eq!(values.to_vec::<f64>(), [1.0, 2.0, 3.0]);
        /// assert_eq!(positions.to_vec::<i64>(), [1, 2, 0]);
        /// ```
        pub fn sort / try_sort(&self, axis: isize, descending: bool) -> (Tensor, Tensor) {
            let axis = resolve_axis("sort", axis, self.ndim())?;
            two(apply(&Prim::new(Ordered { axis, descending, k: None }), &[self])?)
        }

        /// The positions along an axis that put the elements in order.
        pub fn argsort / try_argsort(&self, axis: isize, descending: bool) -> Tensor {
            let axis = resolve_axis("argsort", axis, self.ndim())?;
            apply_one(&Prim::new(Argsort { axis, descending }), &[self])
        }

        /// The `k` largest (or smallest) elements along an axis, best first, and their positions.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let (values, positions) = Tensor::from([1.0, 4.0, 3.0]).topk(2, 0, true);
        /// assert_eq!(values.to_vec::<f64>(), [4.0, 3.0]);
        /// assert_eq!(positions.to_vec::<i64>(), [1, 2]);
        /// ```
        pub fn topk / try_topk(&self, k: usize, axis: isize, largest: bool) -> (Tensor, Tensor) {
            let axis = resolve_axis("topk", axis, self.ndim())?;
            two(apply(&Prim::new(Ordered { axis, descending: largest, k: Some(k) }), &[self])?)
        }

        /// Where each of `values` would have to be inserted into this tensor, which is in ascending order along its last axis,
        /// to keep it so: before equal elements, or after them if `right`. As `int64`; nothing is differentiated.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let sorted = Tensor::from([1.0, 2.0, 2.0]);
        /// assert_eq!(sorted.searchsorted(&Tensor::from([2.0, 9.0]), false).to_vec::<i64>(), [1, 3]);
        /// ```
        pub fn searchsorted / try_searchsorted(&self, values: &Tensor, right: bool) -> Tensor {
            if let (Ok(sorted), Ok(values)) = (self.array(), values.array()) {
                return Ok(Tensor::from(sort::searchsorted(sorted, values, right)?));
            }
            // Where there are no values to look at, as inside `vmap`, all are compared with all.
            let values = values.stop_gradient().try_unsqueeze(-1)?;
            let mut sorted = self.stop_gradient();
            if sorted.ndim() > 1 {
                sorted = sorted.try_unsqueeze(-2)?;
            }
            let before = if right { values.try_ge(&sorted)? } else { values.try_gt(&sorted)? };
            before.try_sum_axes(-1, false)
        }

        /// The distinct elements, in ascending order, as a vector. How many there are depends on the values, so this cannot
        /// be batched or traced. The gradient goes to the first of equal elements.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([2.0, 1.0, 2.0]).unique().to_vec::<f64>(), [1.0, 2.0]);
        /// ```
        pub fn unique / try_unique(&self) -> Tensor {
            let (first, _, _) = distinct(self)?;
            self.try_reshape(-1)?.try_take(&first, 0)
        }

        /// [`Tensor::unique`]; for each element the position of its value among them, in this tensor's shape; and how often
        /// each value occurs.
        pub fn unique_counts / try_unique_counts(&self) -> (Tensor, Tensor, Tensor) {
            let (first, inverse, counts) = distinct(self)?;
            Ok((self.try_reshape(-1)?.try_take(&first, 0)?, inverse, counts))
        }
    }
}

fn two(outs: Outs<Tensor>) -> Result<(Tensor, Tensor)> {
    match outs {
        Outs::Two([values, positions]) => Ok((values, positions)),
        outs => {
            let all: SmallVec<[Tensor; 2]> = outs.into_iter().collect();
            let [values, positions] = all
                .into_inner()
                .map_err(|all| Error::argument("sort", format!("gave {} results where two are expected", all.len())))?;
            Ok((values, positions))
        }
    }
}

/// Where each distinct value occurs first, which of them each element is, and how often each occurs.
fn distinct(x: &Tensor) -> Result<(Tensor, Tensor, Tensor)> {
    let (_, inverse, counts) = sort::unique(x.array()?)?;
    let mut first = vec![-1; counts.len()];
    for (position, &value) in inverse.to_vec::<i64>()?.iter().enumerate() {
        let first = &mut first[value as usize];
        if *first < 0 {
            *first = position as i64;
        }
    }
    let first = Array::from_vec(first, [counts.len()])?;
    Ok((Tensor::from(first), Tensor::from(inverse), Tensor::from(counts)))
}
