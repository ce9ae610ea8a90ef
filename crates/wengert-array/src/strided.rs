//! Walking over elements in C order, whatever the strides.

use crate::Element;
use crate::shape::Strides;
use crate::{Error, Result, Shape};
use smallvec::SmallVec;

/// A borrowed look at an array's elements: memory, shape and strides.
///
/// ```
/// use wengert_array::Array;
/// let a = Array::from_vec(vec![1, 2, 3, 4, 5, 6], [2, 3])?.transpose();
/// let view = a.view::<i32>().unwrap();
/// assert_eq!(view.get(&[2, 0])?, 3);
/// assert_eq!(view.iter().collect::<Vec<_>>(), [1, 4, 2, 5, 3, 6]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct View<'a, T> {
    data: &'a [T],
    offset: usize,
    shape: &'a [usize],
    strides: &'a [isize],
    contiguous: bool,
}

impl<'a, T: Element> View<'a, T> {
    #[inline(always)]
    pub(crate) fn new(
        data: &'a [T],
        offset: usize,
        shape: &'a [usize],
        strides: &'a [isize],
        contiguous: bool,
    ) -> View<'a, T> {
        View { data, offset, shape, strides, contiguous }
    }

    /// The length of each axis.
    #[inline(always)]
    pub fn shape(&self) -> &'a [usize] {
        self.shape
    }

    /// The step in elements along each axis.
    #[inline(always)]
    pub fn strides(&self) -> &'a [isize] {
        self.strides
    }

    /// All of the memory that the array lies in.
    #[inline(always)]
    pub fn data(&self) -> &'a [T] {
        self.data
    }

    /// Where in [`View::data`] the element with all indices zero is.
    #[inline(always)]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// How many elements there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there are no elements.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }

    /// The elements as a slice, if they lie in C order.
    #[inline(always)]
    pub fn as_slice(&self) -> Option<&'a [T]> {
        if !self.contiguous {
            return None;
        }
        let len = self.len();
        if len == 0 { Some(&[]) } else { self.data.get(self.offset..self.offset + len) }
    }

    /// The element at these indices.
    ///
    /// # Errors
    /// [`Error::Argument`] unless there is one index for each axis, [`Error::Index`] if one is out of range.
    #[inline]
    pub fn get(&self, indices: &[usize]) -> Result<T> {
        if indices.len() != self.shape.len() {
            let shape = Shape::from(self.shape);
            let detail = format!("shape {shape} needs {} indices, {} were given", shape.len(), indices.len());
            return Err(Error::argument("get", detail));
        }
        let mut at = self.offset as isize;
        for (axis, &i) in indices.iter().enumerate() {
            if i >= self.shape[axis] {
                return Err(Error::index("get", i as i64, axis, self.shape[axis]));
            }
            at += i as isize * self.strides[axis];
        }
        Ok(self.data[at as usize])
    }

    /// The elements in C order.
    #[inline]
    pub fn iter(&self) -> Iter<'a, T> {
        Iter {
            view: *self,
            index: SmallVec::from_elem(0, self.shape.len()),
            at: self.offset as isize,
            left: if self.is_empty() { 0 } else { self.len() },
        }
    }

    /// Writes the elements in C order.
    ///
    /// # Panics
    /// If `out` has another length.
    pub fn copy_to(&self, out: &mut [T]) {
        assert_eq!(out.len(), self.len(), "copy_to: the slice has another length");
        if let Some(slice) = self.as_slice() {
            return out.copy_from_slice(slice);
        }
        let mut done = 0;
        for_each_row(self.shape, [self.strides], [self.offset], |[at], [step], len| {
            gather(self.data, at, step, &mut out[done..done + len]);
            done += len;
        });
    }
}

/// Copies elements that lie `step` apart.
#[inline]
pub(crate) fn gather<T: Copy>(data: &[T], at: usize, step: isize, out: &mut [T]) {
    match step {
        1 => out.copy_from_slice(&data[at..at + out.len()]),
        0 => out.fill(data[at]),
        _ => {
            let mut at = at as isize;
            for o in out {
                *o = data[at as usize];
                at += step;
            }
        }
    }
}

/// Iterates over a [`View`] in C order.
#[derive(Clone, Debug)]
pub struct Iter<'a, T> {
    view: View<'a, T>,
    index: SmallVec<[usize; 6]>,
    at: isize,
    left: usize,
}

impl<T: Element> Iterator for Iter<'_, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        if self.left == 0 {
            return None;
        }
        let v = self.view.data[self.at as usize];
        self.left -= 1;
        for axis in (0..self.index.len()).rev() {
            self.index[axis] += 1;
            self.at += self.view.strides[axis];
            if self.index[axis] < self.view.shape[axis] {
                break;
            }
            self.at -= self.view.strides[axis] * self.view.shape[axis] as isize;
            self.index[axis] = 0;
        }
        Some(v)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T: Element> ExactSizeIterator for Iter<'_, T> {}

/// A shape with the strides of `N` operands over it, with as few axes as describe the same walk in C order: axes of
/// length 1 are dropped and neighbours that continue each other in every operand are joined.
pub fn coalesce<const N: usize>(shape: &[usize], strides: [&[isize]; N]) -> (Shape, [Strides; N]) {
    let mut lengths = Shape::from(shape);
    let mut out = strides.map(Strides::from_slice);
    coalesce_in_place(&mut lengths, &mut out);
    (lengths, out)
}

/// As [`coalesce`], in place and for any number of operands.
#[inline]
pub(crate) fn coalesce_in_place(shape: &mut Shape, strides: &mut [Strides]) {
    let mut kept = 0;
    for axis in 0..shape.len() {
        let d = shape[axis];
        if d == 1 {
            continue;
        }
        let joins = kept > 0 && strides.iter().all(|s| s[kept - 1] == s[axis].wrapping_mul(d as isize));
        if joins {
            shape[kept - 1] *= d;
        } else {
            shape[kept] = d;
            kept += 1;
        }
        for s in strides.iter_mut() {
            s[kept - 1] = s[axis];
        }
    }
    shape.truncate(kept);
    for s in strides {
        s.truncate(kept);
    }
}

/// Walks `N` operands of one shape together in C order, a row at a time: `f` gets each operand's position and step, and
/// the row's length. Rows are as long as the layouts allow; an empty shape gives one row of length 1.
pub fn for_each_row<const N: usize>(
    shape: &[usize],
    strides: [&[isize]; N],
    offsets: [usize; N],
    mut f: impl FnMut([usize; N], [isize; N], usize),
) {
    if shape.contains(&0) {
        return;
    }
    let (shape, strides) = coalesce(shape, strides);
    let Some((&len, outer)) = shape.split_last() else {
        return f(offsets, [1; N], 1);
    };
    let steps: [isize; N] = std::array::from_fn(|k| strides[k][outer.len()]);
    let mut at = offsets;
    let mut index: SmallVec<[usize; 6]> = SmallVec::from_elem(0, outer.len());
    loop {
        f(at, steps, len);
        let mut axis = outer.len();
        loop {
            if axis == 0 {
                return;
            }
            axis -= 1;
            index[axis] += 1;
            for k in 0..N {
                at[k] = at[k].wrapping_add_signed(strides[k][axis]);
            }
            if index[axis] < outer[axis] {
                break;
            }
            for k in 0..N {
                at[k] = at[k].wrapping_add_signed(-strides[k][axis] * outer[axis] as isize);
            }
            index[axis] = 0;
        }
    }
}
