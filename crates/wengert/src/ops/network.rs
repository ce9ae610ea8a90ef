//! The maps of networks that are one step each: the affine map, and cross-entropy with classes.

use wengert_array::DType;

use crate::primitives::affine::affine;
use crate::primitives::cast::cast;
use crate::primitives::cross_entropy::losses;
use crate::tensor::Tensor;
use crate::twins::twins;

impl Tensor {
    twins! {
        /// The affine map x·Wᵀ + b of the last axis, as PyTorch's `functional.linear`: this tensor has shape (…, inputs), the
        /// weight (outputs, inputs), the bias (outputs,), and the result (…, outputs). All have one dtype.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let (weight, bias) = (Tensor::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), Tensor::from([0.0, 0.0, 1.0]));
        /// assert_eq!(Tensor::from([1.0, 1.0]).linear(&weight, Some(&bias)).to_vec::<f64>(), [3.0, 7.0, 12.0]);
        /// assert_eq!(Tensor::ones([4, 2]).linear(&weight, None).shape(), [4, 3]);
        /// ```
        pub fn linear / try_linear(&self, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
            affine(self, weight, bias)
        }

        /// The cross-entropy of each row x of these logits with its class t: log Σⱼ exp(xⱼ) − xₜ, which is minus the logarithm
        /// of softmax(x)ₜ, without overflow.
        ///
        /// The logits have shape (…, classes); the class indices have shape (…) and an integer dtype, and so many losses come
        /// out: neither summed nor averaged. A class that does not exist is an error. No gradient goes to the classes.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let logits = Tensor::from([[0.0, 0.0], [1e4, 0.0]]);
        /// let classes = Tensor::from([0_i64, 1]);
        /// assert_eq!(logits.cross_entropy_with_classes(&classes).to_vec::<f64>(), [2.0_f64.ln(), 1e4]);
        /// ```
        pub fn cross_entropy_with_classes / try_cross_entropy_with_classes(&self, classes: &Tensor) -> Tensor {
            if classes.dtype().is_integer() {
                return losses(self, &cast(classes, DType::I64)?);
            }
            losses(self, classes)
        }
    }
}
