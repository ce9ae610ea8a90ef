//! Shapes, strides and broadcasting.

use crate::{Error, Result};
use smallvec::SmallVec;
use std::fmt::{self, Debug, Display};
use std::ops::{Deref, DerefMut};

/// Strides in elements, one for each axis; may be zero (broadcast) or negative (flipped).
pub type Strides = SmallVec<[isize; 6]>;

/// The lengths of an array's axes. Up to six are kept inline.
///
/// Prints as NumPy's: `(4, 3)`, `(3,)`, `()`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Shape(SmallVec<[usize; 6]>);

impl Shape {
    /// The shape with these lengths.
    #[inline]
    pub fn new(lengths: &[usize]) -> Shape {
        Shape(SmallVec::from_slice(lengths))
    }

    /// How many elements an array of this shape has; an error if that does not fit in the address space.
    pub fn elements(&self) -> Result<usize> {
        elements(self)
    }

    /// Appends an axis.
    #[inline]
    pub fn push(&mut self, len: usize) {
        self.0.push(len);
    }

    /// Inserts an axis before `axis` (at most the number of axes).
    #[inline]
    pub fn insert(&mut self, axis: usize, len: usize) {
        self.0.insert(axis, len);
    }

    /// Keeps the first `axes` axes.
    #[inline]
    pub fn truncate(&mut self, axes: usize) {
        self.0.truncate(axes);
    }

    /// Removes an axis that exists and returns its length.
    #[inline]
    pub fn remove(&mut self, axis: usize) -> usize {
        self.0.remove(axis)
    }

    /// The shape that all of these broadcast to, by NumPy's rule; see [`broadcast`].
    pub fn broadcast(shapes: &[&[usize]]) -> Result<Shape> {
        broadcast(shapes)
    }
}

/// How many elements an array of this shape has; an error if that does not fit in the address space.
pub(crate) fn elements(shape: &[usize]) -> Result<usize> {
    if shape.contains(&0) {
        return Ok(0);
    }
    let n = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d));
    n.filter(|&n| n <= (isize::MAX as usize) / 16)
        .ok_or_else(|| Error::argument("shape", format!("{} has more elements than fit in memory", Shape::from(shape))))
}

/// The strides of a C-contiguous array of this shape.
#[inline]
pub fn contiguous_strides(shape: &[usize]) -> Strides {
    let mut strides = Strides::from_elem(0, shape.len());
    let mut step = 1isize;
    for (s, &d) in strides.iter_mut().zip(shape).rev() {
        *s = step;
        step = step.wrapping_mul(d.max(1) as isize);
    }
    strides
}

/// The shape that all of these broadcast to: aligned at the last axis, lengths must be equal or 1.
///
/// # Errors
/// [`Error::ShapeMismatch`] that names the shapes and the first axis that disagrees.
///
/// ```
/// use wengert_array::broadcast;
/// assert_eq!(*broadcast(&[&[4, 1], &[3]])?, [4, 3]);
/// assert!(broadcast(&[&[4], &[3]]).unwrap_err().to_string().contains("(4,)"));
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn broadcast(shapes: &[&[usize]]) -> Result<Shape> {
    broadcast_for("broadcast", shapes)
}

/// As [`broadcast`], naming the operation that asked in the error.
pub(crate) fn broadcast_for(op: &str, shapes: &[&[usize]]) -> Result<Shape> {
    let Some(&longest) = shapes.iter().max_by_key(|s| s.len()) else { return Ok(Shape::default()) };
    let mut out = Shape::new(longest);
    for shape in shapes {
        let skip = out.len() - shape.len();
        for (axis, &d) in shape.iter().enumerate() {
            let o = &mut out[skip + axis];
            if *o == 1 {
                *o = d;
            } else if d != 1 && d != *o {
                return Err(cannot_broadcast(op, shapes, longest.len() - skip - axis));
            }
        }
    }
    Ok(out)
}

#[cold]
fn cannot_broadcast(op: &str, shapes: &[&[usize]], from_end: usize) -> Error {
    let all: Vec<String> = shapes.iter().filter(|s| !s.is_empty()).map(|s| Shape::from(*s).to_string()).collect();
    let mut lengths: Vec<usize> =
        shapes.iter().filter(|s| s.len() >= from_end).map(|s| s[s.len() - from_end]).filter(|&d| d != 1).collect();
    lengths.sort_unstable();
    lengths.dedup();
    let lengths: Vec<String> = lengths.iter().map(usize::to_string).collect();
    Error::shape(
        op.to_owned(),
        format!(
            "shapes {} do not broadcast together: axis -{from_end} has lengths {}",
            all.join(" and "),
            lengths.join(" and ")
        ),
        "lengths must be equal or 1, counted from the last axis; insert an axis of length 1 with expand_dims or reshape",
    )
}

/// An axis given from either end (`-1` is the last), as a position; `op` is what the error calls the operation.
///
/// # Errors
/// [`Error::Axis`] if there is no such axis.
pub fn axis(op: &'static str, axis: isize, ndim: usize) -> Result<usize> {
    let n = ndim as isize;
    if (-n..n).contains(&axis) { Ok(axis.rem_euclid(n) as usize) } else { Err(Error::axis(op, axis, ndim)) }
}

/// An error unless the axis exists.
pub(crate) fn check_axis(op: &'static str, axis: usize, ndim: usize) -> Result<()> {
    if axis < ndim { Ok(()) } else { Err(Error::axis(op, axis as isize, ndim)) }
}

impl Deref for Shape {
    type Target = [usize];
    #[inline(always)]
    fn deref(&self) -> &[usize] {
        &self.0
    }
}

impl DerefMut for Shape {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [usize] {
        &mut self.0
    }
}

impl Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &**self {
            [one] => write!(f, "({one},)"),
            all => {
                f.write_str("(")?;
                for (i, d) in all.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{d}")?;
                }
                f.write_str(")")
            }
        }
    }
}

impl Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl From<&[usize]> for Shape {
    #[inline]
    fn from(s: &[usize]) -> Shape {
        Shape::new(s)
    }
}

impl From<&Shape> for Shape {
    #[inline]
    fn from(s: &Shape) -> Shape {
        s.clone()
    }
}

impl From<&Vec<usize>> for Shape {
    fn from(s: &Vec<usize>) -> Shape {
        Shape::new(s)
    }
}

impl From<Vec<usize>> for Shape {
    fn from(s: Vec<usize>) -> Shape {
        Shape::new(&s)
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    #[inline]
    fn from(s: [usize; N]) -> Shape {
        Shape::new(&s)
    }
}

impl<const N: usize> From<&[usize; N]> for Shape {
    #[inline]
    fn from(s: &[usize; N]) -> Shape {
        Shape::new(s)
    }
}

impl FromIterator<usize> for Shape {
    fn from_iter<I: IntoIterator<Item = usize>>(iter: I) -> Shape {
        Shape(iter.into_iter().collect())
    }
}

impl PartialEq<[usize]> for Shape {
    fn eq(&self, other: &[usize]) -> bool {
        **self == *other
    }
}

impl<const N: usize> PartialEq<[usize; N]> for Shape {
    fn eq(&self, other: &[usize; N]) -> bool {
        **self == *other
    }
}
