//! Reading and writing by index.
//!
//! | read | add to | replace | by |
//! |---|---|---|---|
//! | [`take`] | [`take_add`] | [`take_set`] | one index array along one axis: rows of a table |
//! | [`gather`] | [`scatter_add`] | [`scatter_set`] | an index for every element, along one axis |
//! | [`gather_nd`] | [`gather_nd_add`] | [`gather_nd_set`] | one index array for each leading axis |
//! | [`mask_take`] | [`mask_add`] | [`mask_set`] | a mask of the leading axes |
//! | [`Array::slice`] | [`slice_add`] | [`slice_set`] | start, length and step of each axis |
//!
//! Index arrays are `int64`, `int32` or `uint8`. Negative indices count from the end; one out of range is an [`Error::Index`] that
//! names it, and nothing has been written then. The functions that write return a new array. Where an index occurs more than once,
//! `*_add` adds all of them, in the order of the index array, and in `*_set` the last one stays; neither depends on the number of
//! threads. In `*_add` integers wrap around, and for booleans adding is "or".

mod axis;
mod nd;
mod region;
mod rows;

pub use axis::{gather, scatter_add, scatter_set, take, take_add, take_set};
pub use nd::{gather_nd, gather_nd_add, gather_nd_set, mask_add, mask_indices, mask_set, mask_take, nonzero};
pub use region::{slice_add, slice_set};
pub(crate) use rows::contents;

#[cfg(doc)]
use crate::{Array, Error};
