//! Other ways to look at the same memory. Nothing here copies, but `reshape` where it must.

use crate::shape::{Strides, check_axis, contiguous_strides, elements};
use crate::{Array, Error, Result, Shape, dispatch};

/// A range along one axis, as Python writes it: `start:stop:step`, either end open, negative ends counted from the back.
///
/// ```
/// use wengert_array::Slice;
/// assert_eq!(Slice::from(1..).resolve(5)?, Slice::new(Some(1), None, 1).resolve(5)?);
/// assert_eq!(Slice::new(None, None, -2).resolve(5)?.len, 3);
/// # Ok::<(), wengert_array::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slice {
    /// The first index; open means the end that the step leads away from.
    pub start: Option<isize>,
    /// The index to stop before; open means to the end.
    pub stop: Option<isize>,
    /// How far apart; not zero.
    pub step: isize,
}

/// A [`Slice`] worked out for an axis of known length: `start`, `start + step`, …, `len` of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SliceSpec {
    /// The first index (if there is one).
    pub start: usize,
    /// How many.
    pub len: usize,
    /// How far apart; may be negative.
    pub step: isize,
}

impl SliceSpec {
    /// All of an axis.
    pub fn full(len: usize) -> SliceSpec {
        SliceSpec { start: 0, len, step: 1 }
    }
}

impl Slice {
    /// All of an axis: Python's `:`.
    pub const ALL: Slice = Slice { start: None, stop: None, step: 1 };

    /// Python's `start:stop:step`.
    pub const fn new(start: Option<isize>, stop: Option<isize>, step: isize) -> Slice {
        Slice { start, stop, step }
    }

    /// The indices it stands for on an axis of length `len`, ends beyond the axis cut off as in Python.
    ///
    /// # Errors
    /// [`Error::Argument`] if the step is zero.
    pub fn resolve(self, len: usize) -> Result<SliceSpec> {
        let (n, step) = (len as isize, self.step);
        if step == 0 {
            return Err(Error::argument("slice", "the step is zero; write 1 to take every element"));
        }
        let (low, high) = if step > 0 { (0, n) } else { (-1, n - 1) };
        let clip = |i: isize| (if i < 0 { i.saturating_add(n) } else { i }).clamp(low, high);
        let start = self.start.map_or(if step > 0 { low } else { high }, clip);
        let stop = self.stop.map_or(if step > 0 { high } else { low }, clip);
        let span = if step > 0 { stop - start } else { start - stop };
        let count = if span <= 0 { 0 } else { (span as usize).div_ceil(step.unsigned_abs()) };
        Ok(SliceSpec { start: if count == 0 { 0 } else { start as usize }, len: count, step })
    }
}

impl From<std::ops::Range<isize>> for Slice {
    fn from(r: std::ops::Range<isize>) -> Slice {
        Slice::new(Some(r.start), Some(r.end), 1)
    }
}

impl From<std::ops::RangeFrom<isize>> for Slice {
    fn from(r: std::ops::RangeFrom<isize>) -> Slice {
        Slice::new(Some(r.start), None, 1)
    }
}

impl From<std::ops::RangeTo<isize>> for Slice {
    fn from(r: std::ops::RangeTo<isize>) -> Slice {
        Slice::new(None, Some(r.end), 1)
    }
}

impl From<std::ops::RangeFull> for Slice {
    fn from(_: std::ops::RangeFull) -> Slice {
        Slice::ALL
    }
}

impl Array {
    /// The same elements in C order under another shape. Copies only if the layout cannot be described by strides.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if the number of elements differs.
    ///
    /// ```
    /// use wengert_array::Array;
    /// let a = Array::from_slice(&[1, 2, 3, 4, 5, 6]).reshape(&[2, 3])?;
    /// assert_eq!(a.shape(), [2, 3]);
    /// # Ok::<(), wengert_array::Error>(())
    /// ```
    pub fn reshape(&self, shape: &[usize]) -> Result<Array> {
        if shape == self.shape() {
            return Ok(self.clone());
        }
        let len = elements(shape)?;
        if len != self.len() {
            return Err(Error::shape(
                "reshape",
                format!(
                    "an array of shape {} has {} elements, shape {} needs {len}",
                    Shape::from(self.shape()),
                    self.len(),
                    Shape::from(shape)
                ),
                "the lengths of the new shape must multiply to the same number",
            ));
        }
        let new = Shape::from(shape);
        if self.is_contiguous() || len <= 1 {
            return Ok(self.relaid(new, contiguous_strides(shape), self.offset()));
        }
        match regroup(self.shape(), self.strides(), shape) {
            Some(strides) => Ok(self.relaid(new, strides, self.offset())),
            None => {
                let copy = self.try_contiguous()?;
                Ok(copy.relaid(new, contiguous_strides(shape), copy.offset()))
            }
        }
    }

    /// The axes in another order: axis `i` of the result is axis `axes[i]` of this.
    ///
    /// # Errors
    /// [`Error::Argument`] unless `axes` names every axis once.
    pub fn permute(&self, axes: &[usize]) -> Result<Array> {
        let n = self.ndim();
        let mut sorted: Strides = axes.iter().map(|&a| a as isize).collect();
        sorted.sort_unstable();
        if axes.len() != n || sorted.iter().enumerate().any(|(i, &a)| a != i as isize) {
            let detail = format!(
                "axes {axes:?} of shape {}: name each of the {n} axes 0 to {} once",
                Shape::from(self.shape()),
                n.saturating_sub(1)
            );
            return Err(Error::argument("permute", detail));
        }
        let shape = axes.iter().map(|&a| self.shape()[a]).collect();
        let strides = axes.iter().map(|&a| self.strides()[a]).collect();
        Ok(self.relaid(shape, strides, self.offset()))
    }

    /// The axes in reverse order.
    pub fn transpose(&self) -> Array {
        if self.ndim() < 2 {
            return self.clone();
        }
        let shape = self.shape().iter().rev().copied().collect();
        let strides = self.strides().iter().rev().copied().collect();
        self.relaid(shape, strides, self.offset())
    }

    /// Two axes exchanged.
    ///
    /// # Errors
    /// [`Error::Axis`] if one does not exist.
    pub fn swap_axes(&self, a: usize, b: usize) -> Result<Array> {
        check_axis("swap_axes", a, self.ndim())?;
        check_axis("swap_axes", b, self.ndim())?;
        let (mut shape, mut strides) = (Shape::from(self.shape()), Strides::from_slice(self.strides()));
        shape.swap(a, b);
        strides.swap(a, b);
        Ok(self.relaid(shape, strides, self.offset()))
    }

    /// As many copies of each element as another shape needs, without copying: axes are added in front and axes of
    /// length 1 repeated, with stride 0.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if that is not possible.
    ///
    /// ```
    /// use wengert_array::Array;
    /// let a = Array::from_slice(&[1, 2]).broadcast_to(&[2, 2])?;
    /// assert_eq!(a.to_vec::<i32>()?, [1, 2, 1, 2]);
    /// # Ok::<(), wengert_array::Error>(())
    /// ```
    pub fn broadcast_to(&self, shape: &[usize]) -> Result<Array> {
        if shape == self.shape() {
            return Ok(self.clone());
        }
        let strides = self.broadcast_strides(shape).ok_or_else(|| {
            Error::shape(
                "broadcast_to",
                format!("shape {} cannot become {}", Shape::from(self.shape()), Shape::from(shape)),
                "lengths must be equal or 1, counted from the last axis; insert an axis of length 1 with expand_dims or reshape",
            )
        })?;
        elements(shape)?;
        Ok(self.relaid(Shape::from(shape), strides, self.offset()))
    }

    /// The strides with which this array's elements fill a shape; `None` if it does not broadcast to it.
    pub(crate) fn broadcast_strides(&self, shape: &[usize]) -> Option<Strides> {
        let skip = shape.len().checked_sub(self.ndim())?;
        let mut strides = Strides::from_elem(0, shape.len());
        for (axis, (&d, &s)) in self.shape().iter().zip(self.strides()).enumerate() {
            if d == shape[skip + axis] {
                strides[skip + axis] = s;
            } else if d != 1 {
                return None;
            }
        }
        Some(strides)
    }

    /// Without axis `axis`, whose length is 1.
    ///
    /// # Errors
    /// [`Error::Axis`] if it does not exist, [`Error::ShapeMismatch`] if its length is not 1.
    pub fn squeeze(&self, axis: usize) -> Result<Array> {
        check_axis("squeeze", axis, self.ndim())?;
        if self.shape()[axis] != 1 {
            return Err(Error::shape(
                "squeeze",
                format!("axis {axis} of shape {} has length {}", Shape::from(self.shape()), self.shape()[axis]),
                "only an axis of length 1 can be removed; select one element of it with slice and reshape, or reduce it",
            ));
        }
        let (mut shape, mut strides) = (Shape::from(self.shape()), Strides::from_slice(self.strides()));
        shape.remove(axis);
        strides.remove(axis);
        Ok(self.relaid(shape, strides, self.offset()))
    }

    /// With a new axis of length 1 before `axis` (or behind the last, if `axis` is the number of axes).
    ///
    /// # Errors
    /// [`Error::Axis`] if `axis` is larger than the number of axes.
    pub fn expand_dims(&self, axis: usize) -> Result<Array> {
        check_axis("expand_dims", axis, self.ndim() + 1)?;
        let (mut shape, mut strides) = (Shape::from(self.shape()), Strides::from_slice(self.strides()));
        let stride = strides.get(axis).map_or(1, |&s| s * shape[axis].max(1) as isize);
        shape.insert(axis, 1);
        strides.insert(axis, stride);
        Ok(self.relaid(shape, strides, self.offset()))
    }

    /// The elements in reverse order along these axes.
    ///
    /// # Errors
    /// [`Error::Axis`] if one does not exist.
    pub fn flip(&self, axes: &[usize]) -> Result<Array> {
        let mut strides = Strides::from_slice(self.strides());
        let mut offset = self.offset() as isize;
        for (i, &axis) in axes.iter().enumerate() {
            check_axis("flip", axis, self.ndim())?;
            if axes[..i].contains(&axis) {
                return Err(Error::argument("flip", format!("axis {axis} is named twice in {axes:?}")));
            }
            offset += (self.shape()[axis].max(1) - 1) as isize * strides[axis];
            strides[axis] = -strides[axis];
        }
        let offset = if self.is_empty() { 0 } else { offset as usize };
        Ok(self.relaid(Shape::from(self.shape()), strides, offset))
    }

    /// A part of each axis, as Python's `a[1:, ::-1]`; axes not mentioned are taken whole.
    ///
    /// # Errors
    /// [`Error::Argument`] if there are more slices than axes or a step is zero.
    ///
    /// ```
    /// use wengert_array::{Array, Slice};
    /// let a = Array::from_slice(&[1, 2, 3, 4]);
    /// assert_eq!(a.slice(&[Slice::new(None, None, -2)])?.to_vec::<i32>()?, [4, 2]);
    /// # Ok::<(), wengert_array::Error>(())
    /// ```
    pub fn slice(&self, slices: &[Slice]) -> Result<Array> {
        if slices.len() > self.ndim() {
            return Err(too_many(slices.len(), self));
        }
        let specs = slices.iter().zip(self.shape()).map(|(s, &len)| s.resolve(len));
        self.slice_spec(&specs.collect::<Result<Vec<_>>>()?)
    }

    /// As [`Array::slice`], for ranges already worked out.
    ///
    /// # Errors
    /// [`Error::Argument`] if there are more slices than axes, [`Error::Index`] if one leaves its axis.
    pub fn slice_spec(&self, slices: &[SliceSpec]) -> Result<Array> {
        if slices.len() > self.ndim() {
            return Err(too_many(slices.len(), self));
        }
        let (mut shape, mut strides) = (Shape::from(self.shape()), Strides::from_slice(self.strides()));
        let mut offset = self.offset() as isize;
        for (axis, spec) in slices.iter().enumerate() {
            let len = shape[axis];
            if spec.len > 0 {
                let last = (spec.len as i128 - 1) * spec.step as i128 + spec.start as i128;
                for at in [spec.start as i128, last] {
                    if !(0..len as i128).contains(&at) {
                        return Err(Error::index("slice", at as i64, axis, len));
                    }
                }
                offset += spec.start as isize * strides[axis];
            }
            strides[axis] = if spec.len > 1 { strides[axis] * spec.step } else { strides[axis] };
            shape[axis] = spec.len;
        }
        let offset = if shape.contains(&0) { 0 } else { offset as usize };
        Ok(self.relaid(shape, strides, offset))
    }

    /// The diagonal of the matrices in axes `axis1` (rows) and `axis2` (columns), as a new last axis. A positive `offset`
    /// is above the main diagonal.
    ///
    /// # Errors
    /// [`Error::Axis`] if an axis does not exist, [`Error::Argument`] if both are the same.
    pub fn diagonal(&self, offset: isize, axis1: usize, axis2: usize) -> Result<Array> {
        check_axis("diagonal", axis1, self.ndim())?;
        check_axis("diagonal", axis2, self.ndim())?;
        if axis1 == axis2 {
            return Err(Error::argument("diagonal", format!("both axes are {axis1}: name two different ones")));
        }
        let (mut shape, mut strides) = (Shape::from(self.shape()), Strides::from_slice(self.strides()));
        let (row, column) = (offset.min(0).unsigned_abs(), offset.max(0).unsigned_abs());
        let len = shape[axis1].saturating_sub(row).min(shape[axis2].saturating_sub(column));
        let start = self.offset() as isize + row as isize * strides[axis1] + column as isize * strides[axis2];
        let stride = strides[axis1] + strides[axis2];
        for axis in [axis1.max(axis2), axis1.min(axis2)] {
            shape.remove(axis);
            strides.remove(axis);
        }
        shape.push(len);
        strides.push(stride);
        let start = if shape.contains(&0) { 0 } else { start as usize };
        Ok(self.relaid(shape, strides, start))
    }

    /// The same elements in C order, one after the other: this array if it is so already, else a copy.
    ///
    /// # Panics
    /// If there is not enough memory.
    pub fn contiguous(&self) -> Array {
        self.try_contiguous().unwrap_or_else(|e| panic!("{e}"))
    }

    /// As [`Array::contiguous`].
    ///
    /// # Errors
    /// [`Error::Argument`] if there is not enough memory.
    pub fn try_contiguous(&self) -> Result<Array> {
        if self.is_contiguous() { Ok(self.clone()) } else { self.copy() }
    }

    /// A copy of its own, in C order.
    ///
    /// # Errors
    /// [`Error::Argument`] if there is not enough memory.
    pub fn copy(&self) -> Result<Array> {
        dispatch!(self.dtype(), T => {
            let view = self.view_as::<T>("copy")?;
            Array::try_build(self.shape(), |out: &mut [T]| view.copy_to(out))
        })
    }
}

#[cold]
fn too_many(given: usize, array: &Array) -> Error {
    let shape = Shape::from(array.shape());
    Error::argument("slice", format!("{given} slices for an array of {} axes (shape {shape})", shape.len()))
}

/// Strides that show a layout under another shape with as many elements, without moving any; `None` if there are none.
fn regroup(shape: &[usize], strides: &[isize], new: &[usize]) -> Option<Strides> {
    let (old, [old_strides]) = crate::coalesce(shape, [strides]);
    let mut out = Strides::from_elem(0, new.len());
    let mut axis = new.len();
    for (&len, &stride) in old.iter().zip(&old_strides).rev() {
        let (mut left, mut step) = (len, stride);
        while left > 1 {
            axis = axis.checked_sub(1)?;
            if left % new[axis] != 0 {
                return None;
            }
            out[axis] = step;
            left /= new[axis];
            step *= new[axis] as isize;
        }
    }
    // What is left has length 1, where any stride will do.
    out[..axis].fill(1);
    Some(out)
}
