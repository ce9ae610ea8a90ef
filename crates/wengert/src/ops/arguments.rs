//! Shapes and axes as arguments: numbers, arrays, slices or vectors of any of the usual integer types.

use std::panic::Location;

use smallvec::SmallVec;
use wengert_array::Shape;

use crate::error::{Error, Result};

/// A shape as an argument: `[2, 3]`, `&[2, -1]`, `&x.shape()`, a `Vec`, or one number for a single axis. One length may
/// be `-1` where the method says that it is worked out from the others.
pub trait IntoShape {
    /// The lengths, as they were given.
    fn into_lengths(self) -> SmallVec<[isize; 6]>;
}

/// Axes as an argument: one number, `[0, -1]`, a slice or a `Vec`; negative ones count from the end. `()` means all axes.
pub trait IntoAxes {
    /// The axes, as they were given.
    fn into_axes(self) -> Axes;
}

/// Axes as they were given: all of them, or a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axes(Option<SmallVec<[isize; 6]>>);

impl Axes {
    /// Every axis.
    pub const ALL: Axes = Axes(None);

    /// These axes.
    #[must_use]
    pub fn of(axes: &[isize]) -> Axes {
        Axes(Some(SmallVec::from_slice(axes)))
    }

    /// The axes of a tensor with `ndim` axes that are meant, ascending.
    ///
    /// # Errors
    /// If one does not exist, or one is named twice.
    #[track_caller]
    pub fn resolve(&self, op: &'static str, ndim: usize) -> Result<SmallVec<[usize; 6]>> {
        let Some(given) = &self.0 else { return Ok((0..ndim).collect()) };
        let mut axes = resolve_axes(op, given, ndim)?;
        axes.sort_unstable();
        Ok(axes)
    }
}

/// One axis given from either end, as a position.
#[track_caller]
pub(crate) fn resolve_axis(op: &'static str, axis: isize, ndim: usize) -> Result<usize> {
    let n = ndim as isize;
    if (-n..n).contains(&axis) {
        Ok(axis.rem_euclid(n) as usize)
    } else {
        Err(Error::from(wengert_array::Error::axis(op, axis, ndim)).or_at(Location::caller()))
    }
}

/// Axes given from either end, as positions in the order in which they were given.
#[track_caller]
pub(crate) fn resolve_axes(op: &'static str, given: &[isize], ndim: usize) -> Result<SmallVec<[usize; 6]>> {
    let mut axes = SmallVec::new();
    for &axis in given {
        let position = resolve_axis(op, axis, ndim)?;
        if axes.contains(&position) {
            return Err(invalid(op, format!("axis {position} is named twice in {given:?}")));
        }
        axes.push(position);
    }
    Ok(axes)
}

/// A shape none of whose lengths may be worked out.
#[track_caller]
pub(crate) fn resolve_shape(op: &'static str, lengths: &[isize]) -> Result<Shape> {
    let mut shape = Shape::default();
    for &length in lengths {
        match usize::try_from(length) {
            Ok(length) => shape.push(length),
            Err(_) => return Err(invalid(op, format!("length {length} in {lengths:?} is negative"))),
        }
    }
    Ok(shape)
}

/// An argument that makes no sense, with the caller's line.
#[cold]
#[track_caller]
pub(crate) fn invalid(op: &'static str, detail: impl Into<String>) -> Error {
    Error::from(wengert_array::Error::argument(op, detail)).or_at(Location::caller())
}

/// Shapes that do not fit together, with the caller's line.
#[cold]
#[track_caller]
pub(crate) fn misfit(op: &'static str, detail: impl Into<String>, hint: &'static str) -> Error {
    Error::from(wengert_array::Error::shape(op, detail, hint)).or_at(Location::caller())
}

macro_rules! integers {
    ($($t:ty)*) => {$(
        impl IntoShape for $t {
            fn into_lengths(self) -> SmallVec<[isize; 6]> {
                SmallVec::from_slice(&[self as isize])
            }
        }
        impl IntoShape for &[$t] {
            fn into_lengths(self) -> SmallVec<[isize; 6]> {
                self.iter().map(|&length| length as isize).collect()
            }
        }
        impl<const N: usize> IntoShape for [$t; N] {
            fn into_lengths(self) -> SmallVec<[isize; 6]> {
                self[..].into_lengths()
            }
        }
        impl<const N: usize> IntoShape for &[$t; N] {
            fn into_lengths(self) -> SmallVec<[isize; 6]> {
                self[..].into_lengths()
            }
        }
        impl IntoShape for Vec<$t> {
            fn into_lengths(self) -> SmallVec<[isize; 6]> {
                self[..].into_lengths()
            }
        }
        impl IntoShape for &Vec<$t> {
            fn into_lengths(self) -> SmallVec<[isize; 6]> {
                self[..].into_lengths()
            }
        }
        impl IntoAxes for $t {
            fn into_axes(self) -> Axes {
                Axes(Some(self.into_lengths()))
            }
        }
        impl IntoAxes for &[$t] {
            fn into_axes(self) -> Axes {
                Axes(Some(self.into_lengths()))
            }
        }
        impl<const N: usize> IntoAxes for [$t; N] {
            fn into_axes(self) -> Axes {
                Axes(Some(self.into_lengths()))
            }
        }
        impl<const N: usize> IntoAxes for &[$t; N] {
            fn into_axes(self) -> Axes {
                Axes(Some(self.into_lengths()))
            }
        }
        impl IntoAxes for Vec<$t> {
            fn into_axes(self) -> Axes {
                Axes(Some(self.into_lengths()))
            }
        }
        impl IntoAxes for &Vec<$t> {
            fn into_axes(self) -> Axes {
                Axes(Some(self.into_lengths()))
            }
        }
    )*};
}
integers! { isize usize i32 i64 }

impl IntoShape for () {
    fn into_lengths(self) -> SmallVec<[isize; 6]> {
        SmallVec::new()
    }
}

impl IntoShape for Shape {
    fn into_lengths(self) -> SmallVec<[isize; 6]> {
        self[..].into_lengths()
    }
}

impl IntoShape for &Shape {
    fn into_lengths(self) -> SmallVec<[isize; 6]> {
        self[..].into_lengths()
    }
}

impl IntoAxes for () {
    fn into_axes(self) -> Axes {
        Axes::ALL
    }
}

impl IntoAxes for Axes {
    fn into_axes(self) -> Axes {
        self
    }
}
