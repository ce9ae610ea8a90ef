//! The methods of tensors, one family a file: each puts a primitive through the front door.

pub(crate) mod arguments;
pub(crate) mod cast;
pub(crate) mod choose;
pub(crate) mod create;
pub(crate) mod einsum;
pub(crate) mod index;
pub(crate) mod indexing;
pub(crate) mod join;
pub(crate) mod matmul;
pub(crate) mod network;
pub(crate) mod operators;
pub(crate) mod pointwise;
pub(crate) mod random;
pub(crate) mod reduce;
pub(crate) mod scan;
pub(crate) mod selection;
pub(crate) mod shape;
pub(crate) mod sort;
