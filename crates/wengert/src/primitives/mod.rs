//! The primitives, one family a file, each with all of its rules side by side.

pub(crate) mod affine;
pub(crate) mod cast;
pub(crate) mod choose;
pub(crate) mod cross_entropy;
pub(crate) mod index;
pub(crate) mod join;
pub(crate) mod matmul;
pub(crate) mod pointwise;
pub(crate) mod reduce;
pub(crate) mod scan;
pub(crate) mod shape;
pub(crate) mod softmax;
pub(crate) mod sort;
