//! N-dimensional arrays: dtypes, strides, and the loops over them.
//!
//! An [`Array`] is a number (rank 0, kept inline: no memory is allocated for it) or a block of numbers with a shape and
//! strides. Views ([`Array::slice`], [`Array::permute`], [`Array::broadcast_to`], …) share memory and copy nothing; an
//! array never changes once somebody else holds it, so sharing is invisible. Nothing here knows of derivatives.
//!
//! ```
//! use wengert_array::{Array, DType};
//! let a = Array::arange(0.0, 6.0, 1.0, DType::F64).reshape(&[2, 3])?;
//! assert_eq!(a.transpose().shape(), [3, 2]);
//! assert_eq!(a.transpose().to_vec::<f64>()?, [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
//! # Ok::<(), wengert_array::Error>(())
//! ```

mod array;
mod buffer;
mod cast;
mod create;
pub mod display;
mod dtype;
mod error;
pub mod index;
pub mod join;
pub mod matmul;
pub mod memory;
pub mod npy;
pub mod pointwise;
mod pool;
pub mod random;
pub mod reduce;
pub mod scan;
mod shape;
pub mod sort;
mod strided;
pub mod threads;
mod views;

pub use array::{Array, Dense};
pub use dtype::{DType, Element, promote};
pub use error::{Error, Result};
pub use shape::{Shape, Strides, axis, broadcast, contiguous_strides};
pub use strided::{Iter, View, coalesce, for_each_row};
pub use views::{Slice, SliceSpec};
