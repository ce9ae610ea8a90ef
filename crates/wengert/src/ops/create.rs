//! Making tensors from numbers, from nested arrays and from nothing.

use std::panic::Location;

use wengert_array::{Array, DType, Element, Shape};

use super::arguments::misfit;
use crate::error::{Error, Result};
use crate::tensor::Tensor;
use crate::twins::twins;

impl Tensor {
    twins! {
        /// All zeros, `float64`.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::zeros([2]).to_vec::<f64>(), [0.0, 0.0]);
        /// ```
        pub fn zeros / try_zeros(shape: impl Into<Shape>) -> Tensor {
            made(Array::try_zeros(shape, DType::F64))
        }

        /// All zeros, of a dtype.
        pub fn zeros_as / try_zeros_as(shape: impl Into<Shape>, dtype: DType) -> Tensor {
            made(Array::try_zeros(shape, dtype))
        }

        /// All ones, `float64`.
        pub fn ones / try_ones(shape: impl Into<Shape>) -> Tensor {
            made(Array::try_full(shape, 1.0, DType::F64))
        }

        /// All ones, of a dtype.
        pub fn ones_as / try_ones_as(shape: impl Into<Shape>, dtype: DType) -> Tensor {
            made(Array::try_full(shape, 1.0, dtype))
        }

        /// A tensor for values that will be put into it with [`Tensor::set`]; until then they are unspecified. `float64`.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let mut x = Tensor::empty([2]);
        /// x.set(.., 1.5);
        /// assert_eq!(x.to_vec::<f64>(), [1.5, 1.5]);
        /// ```
        pub fn empty / try_empty(shape: impl Into<Shape>) -> Tensor {
            made(Array::try_zeros(shape, DType::F64))
        }

        /// [`Tensor::empty`], of a dtype.
        pub fn empty_as / try_empty_as(shape: impl Into<Shape>, dtype: DType) -> Tensor {
            made(Array::try_zeros(shape, dtype))
        }

        /// One value everywhere; the dtype is that of the value.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::full([2], 7.0_f32).dtype(), DType::F32);
        /// ```
        pub fn full / try_full(shape: impl Into<Shape>, value: impl Element) -> Tensor {
            let one = Array::from_slice(&[value]).reshape(&[])?;
            made(one.broadcast_to(&shape.into()).and_then(|array| array.copy()))
        }

        /// One value everywhere, of a dtype.
        pub fn full_as / try_full_as(shape: impl Into<Shape>, value: f64, dtype: DType) -> Tensor {
            made(Array::try_full(shape, value, dtype))
        }

        /// The `rows` by `columns` matrix with ones on the main diagonal, `float64`.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::eye(2, 2).to_vec::<f64>(), [1.0, 0.0, 0.0, 1.0]);
        /// ```
        pub fn eye / try_eye(rows: usize, columns: usize) -> Tensor {
            Tensor::try_eye_as(rows, columns, 0, DType::F64)
        }

        /// The `rows` by `columns` matrix with ones on diagonal `offset` (above the main one if positive), of a dtype.
        pub fn eye_as / try_eye_as(rows: usize, columns: usize, offset: isize, dtype: DType) -> Tensor {
            made(Array::try_eye(rows, columns, offset, dtype))
        }

        /// `start`, `start + step`, … up to but without `stop`, `float64`.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::arange(0.0, 1.0, 0.5).to_vec::<f64>(), [0.0, 0.5]);
        /// ```
        pub fn arange / try_arange(start: f64, stop: f64, step: f64) -> Tensor {
            made(Array::try_arange(start, stop, step, DType::F64))
        }

        /// `start`, `start + step`, … up to but without `stop`, of a dtype.
        pub fn arange_as / try_arange_as(start: f64, stop: f64, step: f64, dtype: DType) -> Tensor {
            made(Array::try_arange(start, stop, step, dtype))
        }

        /// `count` evenly spaced values from `start` to `stop`, both included, `float64`.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::linspace(0.0, 1.0, 3).to_vec::<f64>(), [0.0, 0.5, 1.0]);
        /// ```
        pub fn linspace / try_linspace(start: f64, stop: f64, count: usize) -> Tensor {
            Tensor::try_linspace_as(start, stop, count, DType::F64)
        }

        /// `count` evenly spaced values from `start` to `stop`, both included, of a dtype.
        pub fn linspace_as / try_linspace_as(start: f64, stop: f64, count: usize, dtype: DType) -> Tensor {
            made(Array::try_linspace(start, stop, count, dtype))
        }

        /// The elements of a vector, in row-major order, in this shape. The vector's memory is taken over, not copied.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from_vec(vec![1.0, 2.0, 3.0, 4.0], [2, 2]).shape(), [2, 2]);
        /// ```
        pub fn from_vec / try_from_vec(elements: Vec<impl Element>, shape: impl Into<Shape>) -> Tensor {
            made(Array::from_vec(elements, shape))
        }

        /// The matrix with these rows, all of one length.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from_rows(&[vec![1.0, 2.0], vec![3.0, 4.0]]).shape(), [2, 2]);
        /// assert!(Tensor::try_from_rows(&[vec![1.0, 2.0], vec![3.0]]).is_err());
        /// ```
        pub fn from_rows / try_from_rows(rows: &[Vec<impl Element>]) -> Tensor {
            let columns = rows.first().map_or(0, Vec::len);
            if let Some(i) = rows.iter().position(|row| row.len() != columns) {
                return Err(misfit(
                    "from_rows",
                    format!("row 0 has {columns} elements and row {i} {}", rows[i].len()),
                    "all rows must have the same length",
                ));
            }
            made(Array::from_vec(rows.concat(), [rows.len(), columns]))
        }
    }

    twins! {
        /// Zeros with the shape and dtype of this tensor.
        pub fn zeros_like / try_zeros_like(&self) -> Tensor {
            made(Array::try_zeros(self.shape(), self.dtype()))
        }

        /// Ones with the shape and dtype of this tensor.
        pub fn ones_like / try_ones_like(&self) -> Tensor {
            made(Array::try_full(self.shape(), 1.0, self.dtype()))
        }

        /// A tensor with the shape and dtype of this one, for values that will be put into it; until then they are
        /// unspecified.
        pub fn empty_like / try_empty_like(&self) -> Tensor {
            made(Array::try_zeros(self.shape(), self.dtype()))
        }

        /// One value in the shape and dtype of this tensor.
        pub fn full_like / try_full_like(&self, value: f64) -> Tensor {
            made(Array::try_full(self.shape(), value, self.dtype()))
        }
    }
}

#[track_caller]
pub(super) fn made(array: wengert_array::Result<Array>) -> Result<Tensor> {
    match array {
        Ok(array) => Ok(Tensor::from(array)),
        Err(error) => Err(Error::from(error).or_at(Location::caller())),
    }
}

impl From<&Tensor> for Tensor {
    fn from(tensor: &Tensor) -> Tensor {
        tensor.clone()
    }
}

/// The elements in row-major order, as an array of a shape that they are known to fill.
fn filled<T: Element>(shape: impl Into<Shape>, elements: &[T]) -> Tensor {
    Tensor::from(Array::build(shape, |out: &mut [T]| out.copy_from_slice(elements)))
}

macro_rules! from_elements {
    ($($t:ty)*) => {$(
        /// A vector.
        impl From<&[$t]> for Tensor {
            fn from(elements: &[$t]) -> Tensor {
                Tensor::from(Array::from_slice(elements))
            }
        }

        /// A vector.
        impl From<Vec<$t>> for Tensor {
            fn from(elements: Vec<$t>) -> Tensor {
                let shape = [elements.len()];
                match Array::from_vec(elements, shape) {
                    Ok(array) => Tensor::from(array),
                    // A vector always has as many elements as itself.
                    Err(error) => Error::from(error).raise(),
                }
            }
        }

        /// A vector.
        impl FromIterator<$t> for Tensor {
            fn from_iter<I: IntoIterator<Item = $t>>(elements: I) -> Tensor {
                Tensor::from(elements.into_iter().collect::<Vec<$t>>())
            }
        }

        /// A vector.
        impl From<&Vec<$t>> for Tensor {
            fn from(elements: &Vec<$t>) -> Tensor {
                Tensor::from(&elements[..])
            }
        }

        /// A vector.
        impl<const N: usize> From<[$t; N]> for Tensor {
            fn from(elements: [$t; N]) -> Tensor {
                Tensor::from(&elements[..])
            }
        }

        /// A matrix, row by row.
        impl<const N: usize, const M: usize> From<[[$t; M]; N]> for Tensor {
            fn from(elements: [[$t; M]; N]) -> Tensor {
                filled([N, M], elements.as_flattened())
            }
        }

        /// A block of matrices.
        impl<const N: usize, const M: usize, const K: usize> From<[[[$t; K]; M]; N]> for Tensor {
            fn from(elements: [[[$t; K]; M]; N]) -> Tensor {
                filled([N, M, K], elements.as_flattened().as_flattened())
            }
        }
    )*};
}
from_elements! { f64 f32 i64 i32 u8 bool }
