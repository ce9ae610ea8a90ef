//! The way to write an index: `x.i((1, .., 2..5, NewAxis, &rows))`, by NumPy's rules.

use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use wengert_array::{Array, Slice};

use crate::tensor::Tensor;

/// As many whole axes as are left: Python's `...`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ellipsis;

/// A new axis of length 1: Python's `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewAxis;

/// A range with a step: Python's `start:stop:step`. `None` leaves an end open.
///
/// ```
/// use wengert::prelude::*;
/// use wengert::slice;
/// let x = Tensor::from([1.0, 2.0, 3.0, 4.0]);
/// assert_eq!(x.i(slice(None, None, -2)).to_vec::<f64>(), [4.0, 2.0]);
/// ```
#[must_use]
pub fn slice(start: impl Into<Option<isize>>, stop: impl Into<Option<isize>>, step: isize) -> Slice {
    Slice::new(start.into(), stop.into(), step)
}

/// One part of an index.
#[derive(Clone, Debug)]
pub enum Index {
    /// One entry of an axis, which goes away. Negative ones count from the end.
    At(isize),
    /// A range of an axis.
    Range(Slice),
    /// As many whole axes as are left.
    Ellipsis,
    /// A new axis of length 1.
    NewAxis,
    /// Entries of an axis in the order of an integer tensor, or those where a bool tensor (a mask) is true.
    Tensor(Tensor),
}

/// Whatever can be one part of an index: an integer, a range, [`Ellipsis`], [`NewAxis`], [`slice()`], an integer or bool
/// tensor, an array or vector of indices.
pub trait IntoIndex {
    /// This as a part of an index.
    fn into_index(self) -> Index;
}

/// Whatever can be an index: one part, or a tuple, slice or vector of parts.
pub trait IntoIndices {
    /// The parts.
    fn into_indices(self) -> Vec<Index>;
}

impl IntoIndex for Index {
    fn into_index(self) -> Index {
        self
    }
}

impl IntoIndex for Slice {
    fn into_index(self) -> Index {
        Index::Range(self)
    }
}

impl IntoIndex for RangeFull {
    fn into_index(self) -> Index {
        Index::Range(Slice::ALL)
    }
}

impl IntoIndex for Ellipsis {
    fn into_index(self) -> Index {
        Index::Ellipsis
    }
}

impl IntoIndex for NewAxis {
    fn into_index(self) -> Index {
        Index::NewAxis
    }
}

impl IntoIndex for Tensor {
    fn into_index(self) -> Index {
        Index::Tensor(self)
    }
}

impl IntoIndex for &Tensor {
    fn into_index(self) -> Index {
        Index::Tensor(self.clone())
    }
}

/// The end of a range that includes its last index; `-1` includes the last entry, so that nothing follows it.
fn including(last: isize) -> Option<isize> {
    (last != -1).then(|| last.saturating_add(1))
}

macro_rules! integers {
    ($($t:ty)*) => {$(
        impl IntoIndex for $t {
            fn into_index(self) -> Index {
                Index::At(self as isize)
            }
        }
        impl IntoIndex for Range<$t> {
            fn into_index(self) -> Index {
                Index::Range(Slice::new(Some(self.start as isize), Some(self.end as isize), 1))
            }
        }
        impl IntoIndex for RangeFrom<$t> {
            fn into_index(self) -> Index {
                Index::Range(Slice::new(Some(self.start as isize), None, 1))
            }
        }
        impl IntoIndex for RangeTo<$t> {
            fn into_index(self) -> Index {
                Index::Range(Slice::new(None, Some(self.end as isize), 1))
            }
        }
        impl IntoIndex for RangeInclusive<$t> {
            fn into_index(self) -> Index {
                Index::Range(Slice::new(Some(*self.start() as isize), including(*self.end() as isize), 1))
            }
        }
        impl IntoIndex for RangeToInclusive<$t> {
            fn into_index(self) -> Index {
                Index::Range(Slice::new(None, including(self.end as isize), 1))
            }
        }
        impl IntoIndex for &[$t] {
            fn into_index(self) -> Index {
                let positions: Vec<i64> = self.iter().map(|&i| i as i64).collect();
                Index::Tensor(Tensor::from(Array::from_slice(&positions)))
            }
        }
        impl<const N: usize> IntoIndex for [$t; N] {
            fn into_index(self) -> Index {
                self[..].into_index()
            }
        }
        impl IntoIndex for Vec<$t> {
            fn into_index(self) -> Index {
                self[..].into_index()
            }
        }
    )*};
}
integers! { i32 i64 isize usize }

impl IntoIndex for &[bool] {
    fn into_index(self) -> Index {
        Index::Tensor(Tensor::from(self))
    }
}

impl<const N: usize> IntoIndex for [bool; N] {
    fn into_index(self) -> Index {
        Index::Tensor(Tensor::from(self))
    }
}

impl IntoIndex for Vec<bool> {
    fn into_index(self) -> Index {
        Index::Tensor(Tensor::from(self))
    }
}

impl<I: IntoIndex> IntoIndices for I {
    fn into_indices(self) -> Vec<Index> {
        vec![self.into_index()]
    }
}

impl IntoIndices for () {
    fn into_indices(self) -> Vec<Index> {
        Vec::new()
    }
}

impl IntoIndices for &[Index] {
    fn into_indices(self) -> Vec<Index> {
        self.to_vec()
    }
}

impl IntoIndices for Vec<Index> {
    fn into_indices(self) -> Vec<Index> {
        self
    }
}

macro_rules! tuples {
    ($(($($name:ident)*))*) => {$(
        impl<$($name: IntoIndex),*> IntoIndices for ($($name,)*) {
            #[allow(non_snake_case, reason = "the type parameters' names serve for the values too")]
            fn into_indices(self) -> Vec<Index> {
                let ($($name,)*) = self;
                vec![$($name.into_index()),*]
            }
        }
    )*};
}
tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }
