//! The value of a row at one point.

use crate::{Row, kernels};

impl Row {
    /// The value at one point, bitwise what the dense kernels give.
    #[inline(always)]
    pub fn eval_f64(self, x: &[f64]) -> f64 {
        kernels::eval(self, x)
    }

    /// The value at one point in single precision, bitwise what the dense kernels give.
    #[inline(always)]
    pub fn eval_f32(self, x: &[f32]) -> f32 {
        kernels::eval(self, x)
    }
}
