//! Reading and writing by index, by name and by the syntax of [`Index`].

use std::panic::Location;

use wengert_array::{DType, Error as ArrayError, Shape, SliceSpec, index};
use wengert_scalar::Row;

use super::arguments::{invalid, misfit, resolve_axis};
use super::indexing::{Index, IntoIndices};
use super::operators::Operand;
use super::selection::Selection;
use crate::apply::apply_one;
use crate::error::{Error, Result};
use crate::prim::Prim;
use crate::primitives::cast::cast;
use crate::primitives::index::{Add, Place, Read, Set};
use crate::primitives::join::part;
use crate::primitives::pointwise::row;
use crate::primitives::shape::{broadcast_to, reshape};
use crate::tensor::Tensor;
use crate::twins::twins;

impl Tensor {
    twins! {
        /// The part of the tensor that an index names, by NumPy's rules: integers (negative ones count from the end), ranges
        /// (`..`, `1..`, `..-1`, `1..=3`), [`slice(start, stop, step)`](crate::slice), [`Ellipsis`](crate::Ellipsis),
        /// [`NewAxis`](crate::NewAxis), integer tensors, and bool tensors (masks), up to six in a tuple. Integers and ranges
        /// copy nothing.
        ///
        /// Several integer tensors are broadcast together; their axes come where the tensors stood if they stood side by side,
        /// else first. Beside an integer tensor, an integer counts as one, too.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::arange(0.0, 12.0, 1.0).reshape([3, 4]);
        /// assert_eq!(x.i((1, ..)).to_vec::<f64>(), [4.0, 5.0, 6.0, 7.0]);
        /// assert_eq!(x.i((.., -1)).to_vec::<f64>(), [3.0, 7.0, 11.0]);
        /// assert_eq!(x.i((1.., NewAxis, ..2)).shape(), [2, 1, 2]);
        /// assert_eq!(x.i(([0, 2], [1, 1])).to_vec::<f64>(), [1.0, 9.0]);
        /// assert_eq!(x.i(&x.gt(9.0)).to_vec::<f64>(), [10.0, 11.0]);
        /// ```
        pub fn i / try_i(&self, index: impl IntoIndices) -> Tensor {
            located(Selection::new(self, &index.into_indices()), Location::caller())?.read(self)
        }

        /// A copy of the tensor in which the part that an index names is `value`, which broadcasts to it. Gradients flow to
        /// the value and to the rest of the tensor.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::zeros([3]).with(1.., &Tensor::from([5.0, 6.0]));
        /// assert_eq!(x.to_vec::<f64>(), [0.0, 5.0, 6.0]);
        /// ```
        pub fn with / try_with(&self, index: impl IntoIndices, value: impl Operand) -> Tensor {
            let index = index.into_indices();
            let value = cast(&value.beside(self), self.dtype())?;
            if let [Index::Tensor(mask)] = &index[..]
                && mask.dtype() == DType::Bool
                && value.ndim() == 0
                && self.shape().starts_with(mask.shape())
            {
                // A mask whose values are not known (inside vmap) can still choose.
                let mask = trailing_ones(mask, self.ndim())?;
                return apply_one(&row(Row::Select), &[&mask, &value, self]);
            }
            located(Selection::new(self, &index), Location::caller())?.write(self, &value)
        }

        /// Entry `index` of an axis, which goes away.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([[1.0, 2.0], [3.0, 4.0]]).select_index(1, -1).to_vec::<f64>(), [2.0, 4.0]);
        /// ```
        pub fn select_index / try_select_index(&self, axis: isize, index: isize) -> Tensor {
            let axis = resolve_axis("select_index", axis, self.ndim())?;
            let mut shape = Shape::from(self.shape());
            let len = shape.remove(axis);
            let at = position("select_index", index, axis, len)?;
            let entry = part(self, axis, at, 1)?;
            reshape(&entry, &shape)
        }

        /// `len` entries of an axis from `start` on.
        pub fn narrow / try_narrow(&self, axis: isize, start: isize, len: usize) -> Tensor {
            let axis = resolve_axis("narrow", axis, self.ndim())?;
            let have = self.shape()[axis];
            let from = if start < 0 { start + have as isize } else { start };
            if from < 0 || from as usize > have || len > have - from as usize {
                let detail = format!("{len} entries from {start} on do not lie in axis {axis}, which has {have}");
                return Err(invalid("narrow", detail));
            }
            part(self, axis, from as usize, len)
        }

        /// The entries of an axis in the order of an integer tensor of any shape, which takes the axis's place.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let table = Tensor::from([[0.0, 0.5], [1.0, 1.5], [2.0, 2.5]]);
        /// let rows = table.take(&Tensor::from([2, 0, 2]), 0);
        /// assert_eq!(rows.to_vec::<f64>(), [2.0, 2.5, 0.0, 0.5, 2.0, 2.5]);
        /// ```
        pub fn take / try_take(&self, index: &Tensor, axis: isize) -> Tensor {
            let axis = resolve_axis("take", axis, self.ndim())?;
            apply_one(&Prim::new(Read(Place::Take { axis })), &[self, index])
        }

        /// [`Tensor::take`] with the arguments as PyTorch has them.
        pub fn index_select / try_index_select(&self, axis: isize, index: &Tensor) -> Tensor {
            let axis = resolve_axis("index_select", axis, self.ndim())?;
            apply_one(&Prim::new(Read(Place::Take { axis })), &[self, index])
        }

        /// `source` added to the entries of an axis that [`Tensor::index_select`] would read; entries named twice receive both.
        pub fn index_add / try_index_add(&self, axis: isize, index: &Tensor, source: impl Operand) -> Tensor {
            let axis = resolve_axis("index_add", axis, self.ndim())?;
            let source = cast(&source.beside(self), self.dtype())?;
            let old = self.shape();
            let shape: Shape = old[..axis].iter().chain(index.shape()).chain(&old[axis + 1..]).copied().collect();
            let source = broadcast_to(&source, &shape)?;
            apply_one(&Prim::new(Add(Place::Take { axis })), &[self, &source, index])
        }

        /// One element for each element of `index`, which says where along `axis` it lies; its other coordinates are the
        /// index element's own.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
        /// assert_eq!(x.gather(1, &Tensor::from([[1], [0]])).to_vec::<f64>(), [2.0, 3.0]);
        /// ```
        pub fn gather / try_gather(&self, axis: isize, index: &Tensor) -> Tensor {
            let axis = resolve_axis("gather", axis, self.ndim())?;
            apply_one(&Prim::new(Read(Place::Gather { axis })), &[self, index])
        }

        /// [`Tensor::gather`] after index and tensor were broadcast against each other along all axes but `axis`.
        pub fn take_along_dim / try_take_along_dim(&self, index: &Tensor, axis: isize) -> Tensor {
            let axis = resolve_axis("take_along_dim", axis, self.ndim())?;
            let (mut mine, mut theirs) = (Shape::from(self.shape()), Shape::from(index.shape()));
            if mine.len() != theirs.len() {
                return Err(misfit(
                    "take_along_dim",
                    format!("a tensor of shape {mine} and indices of shape {theirs}"),
                    "both need the same number of axes: insert axes of length 1 with expand_dims",
                ));
            }
            let (here, there) = (std::mem::replace(&mut mine[axis], 1), std::mem::replace(&mut theirs[axis], 1));
            let Ok(mut common) = wengert_array::broadcast(&[&mine, &theirs]) else {
                return Err(misfit(
                    "take_along_dim",
                    format!("shapes {} and {} do not broadcast", Shape::from(self.shape()), Shape::from(index.shape())),
                    "apart from the indexed axis, lengths must be equal or 1",
                ));
            };
            common[axis] = here;
            let x = broadcast_to(self, &common)?;
            common[axis] = there;
            let index = broadcast_to(index, &common)?;
            apply_one(&Prim::new(Read(Place::Gather { axis })), &[&x, &index])
        }

        /// The elements that [`Tensor::gather`] would read replaced by those of `source` (a number or a tensor that broadcasts
        /// to the shape of `index`, or is longer). Of an element named twice the last one stays.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let labels = Tensor::from([[2], [0]]);
        /// let one_hot = Tensor::zeros([2, 3]).scatter(1, &labels, 1.0);
        /// assert_eq!(one_hot.to_vec::<f64>(), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
        /// ```
        pub fn scatter / try_scatter(&self, axis: isize, index: &Tensor, source: impl Operand) -> Tensor {
            let axis = resolve_axis("scatter", axis, self.ndim())?;
            let source = cast(&source.beside(self), self.dtype())?;
            let source = fitted(&source, index.shape())?;
            apply_one(&Prim::new(Set(Place::Gather { axis })), &[self, &source, index])
        }

        /// `source` added to the elements that [`Tensor::gather`] would read; those named twice receive both.
        pub fn scatter_add / try_scatter_add(&self, axis: isize, index: &Tensor, source: impl Operand) -> Tensor {
            let axis = resolve_axis("scatter_add", axis, self.ndim())?;
            let source = cast(&source.beside(self), self.dtype())?;
            let source = fitted(&source, index.shape())?;
            apply_one(&Prim::new(Add(Place::Gather { axis })), &[self, &source, index])
        }

        /// The elements where a mask is true, one after the other. Tensor and mask are broadcast against each other.
        pub fn masked_select / try_masked_select(&self, mask: &Tensor) -> Tensor {
            let Ok(shape) = wengert_array::broadcast(&[self.shape(), mask.shape()]) else {
                return Err(misfit(
                    "masked_select",
                    format!("a tensor of shape {} and a mask of shape {}", Shape::from(self.shape()), Shape::from(mask.shape())),
                    "lengths must be equal or 1, counted from the last axis",
                ));
            };
            let shape = if shape.is_empty() { Shape::from([1]) } else { shape };
            let (x, mask) = (broadcast_to(self, &shape)?, broadcast_to(mask, &shape)?);
            x.try_i(&mask)
        }

        /// `value` where a mask, which is broadcast to the tensor's shape, is true.
        pub fn masked_fill / try_masked_fill(&self, mask: &Tensor, value: impl Operand) -> Tensor {
            let value = cast(&value.beside(self), self.dtype())?;
            apply_one(&row(Row::Select), &[mask, &value, self])
        }
    }

    twins! {
        /// Where the elements are not zero: for each axis an `int64` vector of positions, as an index takes them.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let at = Tensor::from([[0.0, 7.0], [8.0, 0.0]]).nonzero();
        /// assert_eq!(at[1].to_vec::<i64>(), [1, 0]);
        /// ```
        pub fn nonzero / try_nonzero(&self) -> Vec<Tensor> {
            let positions = self.array().and_then(|array| Ok(index::nonzero(array)?));
            Ok(located(positions, Location::caller())?.into_iter().map(Tensor::from).collect())
        }
    }

    twins! {
        /// Where the elements are not zero: one row of `int64` coordinates for each.
        pub fn argwhere / try_argwhere(&self) -> Tensor {
            let positions = self.try_nonzero()?;
            let positions: Vec<&Tensor> = positions.iter().collect();
            Tensor::try_stack(&positions, 1)
        }
    }

    /// Puts `value`, which broadcasts, at the part of the tensor that an index names: see [`Tensor::i`] for indices and
    /// [`Tensor::with`] for the form that makes a new tensor. Gradients flow to the value and to the rest.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// let mut x = Tensor::zeros([2, 2]);
    /// x.set((0, ..), &Tensor::from([1.0, 2.0]));
    /// assert_eq!(x.to_vec::<f64>(), [1.0, 2.0, 0.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// Where [`Tensor::try_set`] returns an error.
    #[track_caller]
    pub fn set(&mut self, index: impl IntoIndices, value: impl Operand) {
        if let Err(error) = self.try_set(index, value) {
            error.raise();
        }
    }

    /// [`Tensor::set`], returning errors instead of panicking.
    ///
    /// # Errors
    /// Those of [`Tensor::try_with`], and of a leaf that requires grad outside `no_grad`.
    #[track_caller]
    pub fn try_set(&mut self, index: impl IntoIndices, value: impl Operand) -> Result<()> {
        let new = self.try_with(index, value)?;
        crate::in_place::replace(self, new, "set")
    }
}

/// An error with the caller's line, if it has none.
pub(super) fn located<T>(result: Result<T>, location: &'static Location<'static>) -> Result<T> {
    result.map_err(|error| error.or_at(location))
}

/// A position on an axis given from either end.
#[track_caller]
pub(super) fn position(op: &'static str, at: isize, axis: usize, len: usize) -> Result<usize> {
    let position = if at < 0 { at.saturating_add_unsigned(len) } else { at };
    if position >= 0 && (position as usize) < len {
        Ok(position as usize)
    } else {
        Err(Error::from(ArrayError::index(op, at as i64, axis, len)).or_at(Location::caller()))
    }
}

/// A mask with axes of length 1 behind it until it has `ndim` axes.
#[track_caller]
fn trailing_ones(mask: &Tensor, ndim: usize) -> Result<Tensor> {
    let mut shape = Shape::from(mask.shape());
    while shape.len() < ndim {
        shape.push(1);
    }
    reshape(mask, &shape)
}

/// The source of a scatter in the shape of its index: broadcast, or the leading part of a longer one.
#[track_caller]
fn fitted(source: &Tensor, shape: &[usize]) -> Result<Tensor> {
    let longer = source.ndim() == shape.len() && source.shape().iter().zip(shape).all(|(have, want)| have >= want);
    if longer && source.shape() != shape {
        let specs = shape.iter().map(|&len| SliceSpec::full(len)).collect();
        return apply_one(&Prim::new(Read(Place::Slice(specs))), &[source]);
    }
    broadcast_to(source, shape)
}
