//! The same values in another dtype.

use wengert_array::DType;

use crate::error::{Error, Result};
use crate::primitives::cast::cast;
use crate::tensor::Tensor;
use crate::twins::twins;

impl Tensor {
    twins! {
        /// The values in another dtype. Between floating dtypes gradients pass, in their own dtypes; an integer or bool
        /// result carries none.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([0.0, 1.5]).to_dtype(DType::I64).to_vec::<i64>(), [0, 1]);
        /// ```
        pub fn to_dtype / try_to_dtype(&self, dtype: DType) -> Tensor {
            cast(self, dtype)
        }

        /// The values as `float32`; gradients pass.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([1_i64, 2]).float().dtype(), DType::F32);
        /// ```
        pub fn float / try_float(&self) -> Tensor {
            cast(self, DType::F32)
        }

        /// The values as `float64`; gradients pass.
        pub fn double / try_double(&self) -> Tensor {
            cast(self, DType::F64)
        }

        /// The integer parts as `int32`.
        pub fn int / try_int(&self) -> Tensor {
            cast(self, DType::I32)
        }

        /// The integer parts as `int64`.
        pub fn long / try_long(&self) -> Tensor {
            cast(self, DType::I64)
        }

        /// The integer parts as `uint8`.
        pub fn byte / try_byte(&self) -> Tensor {
            cast(self, DType::U8)
        }

        /// Whether each value is not 0, as `bool`.
        pub fn bool / try_bool(&self) -> Tensor {
            cast(self, DType::Bool)
        }
    }
}

/// The only element.
///
/// # Errors
/// If there is not exactly one element, or inside `vmap` or a trace.
impl TryFrom<&Tensor> for f64 {
    type Error = Error;
    #[track_caller]
    fn try_from(tensor: &Tensor) -> Result<f64> {
        tensor.try_item()
    }
}

/// The only element, rounded to the nearest `f32`.
///
/// # Errors
/// If there is not exactly one element, or inside `vmap` or a trace.
impl TryFrom<&Tensor> for f32 {
    type Error = Error;
    #[track_caller]
    fn try_from(tensor: &Tensor) -> Result<f32> {
        Ok(tensor.try_item()? as f32)
    }
}

/// The integer part of the only element, exact for integers of any size.
///
/// # Errors
/// If there is not exactly one element, or inside `vmap` or a trace.
impl TryFrom<&Tensor> for i64 {
    type Error = Error;
    #[track_caller]
    fn try_from(tensor: &Tensor) -> Result<i64> {
        tensor.try_item()?;
        Ok(tensor.array()?.cast(DType::I64).reshape(&[])?.item()?)
    }
}

/// Whether the only element is not 0.
///
/// # Errors
/// If there is not exactly one element, or inside `vmap` or a trace.
impl TryFrom<&Tensor> for bool {
    type Error = Error;
    #[track_caller]
    fn try_from(tensor: &Tensor) -> Result<bool> {
        Ok(tensor.try_item()? != 0.0)
    }
}
