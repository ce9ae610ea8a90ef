//! Batches.

use std::panic::Location;

use wengert::random::Generator;
use wengert::{Error, Result, Shape, Tensor, Tree};

/// Cuts tensors along their first axis into batches: one tensor, or any tree of them whose first axes are equally long.
///
/// In order, batches are views and copy nothing. Shuffled, the order depends on the seed and the epoch only.
///
/// ```
/// use wengert_nn::prelude::*;
/// let digits = digits()?;
/// let loader = Loader::new((digits.images, digits.labels), 32)?.shuffle(0);
/// assert_eq!(loader.len(), 57);
/// for batch in loader.epoch(0) {
///     let (images, labels) = batch?;
///     assert_eq!(images.shape()[0], labels.shape()[0]);
/// }
/// # Ok::<(), wengert::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Loader<T> {
    data: T,
    examples: usize,
    size: usize,
    seed: Option<u64>,
    drop_last: bool,
}

impl<T: Tree> Loader<T> {
    /// Batches of `size` examples, in order, the last of them smaller if need be.
    ///
    /// # Errors
    /// If `size` is 0, there is no tensor, or their first axes differ.
    #[track_caller]
    pub fn new(data: T, size: usize) -> Result<Loader<T>> {
        let location = Location::caller();
        let wrong = |detail: String| Err(Error::argument("loader", detail).or_at(location));
        if size == 0 {
            return wrong("a batch must have at least one example, got size 0".into());
        }
        let shapes: Vec<Shape> = wengert::leaves(&data).iter().map(|tensor| Shape::from(tensor.shape())).collect();
        let Some(examples) = shapes.first().and_then(|shape| shape.first()).copied() else {
            return wrong("there is no tensor with a first axis to cut".into());
        };
        if let Some(other) = shapes.iter().find(|shape| shape.first() != Some(&examples)) {
            return wrong(format!(
                "the first axes differ: one tensor has shape {}, another {other}; there must be one entry for each example",
                shapes[0]
            ));
        }
        Ok(Loader { data, examples, size, seed: None, drop_last: false })
    }

    /// Another order in each epoch.
    pub fn shuffle(mut self, seed: u64) -> Loader<T> {
        self.seed = Some(seed);
        self
    }

    /// Whether a last batch that is smaller than the others is left out.
    pub fn drop_last(mut self, on: bool) -> Loader<T> {
        self.drop_last = on;
        self
    }

    /// How many batches an epoch has.
    #[must_use]
    pub fn len(&self) -> usize {
        if self.drop_last { self.examples / self.size } else { self.examples.div_ceil(self.size) }
    }

    /// Whether an epoch has no batch.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many examples there are.
    #[must_use]
    pub fn examples(&self) -> usize {
        self.examples
    }

    /// The batches of epoch number `epoch`. Each is an error only where its tensors are hidden by a transform.
    pub fn epoch(&self, epoch: u64) -> Batches<'_, T> {
        let order = self.seed.map(|seed| Generator::from_state([seed, 0, epoch]).permutation(self.examples));
        Batches { loader: self, order: order.map(Tensor::from), next: 0 }
    }
}

/// The batches of one epoch.
#[derive(Debug)]
pub struct Batches<'a, T> {
    loader: &'a Loader<T>,
    order: Option<Tensor>,
    next: usize,
}

impl<T: Tree> Iterator for Batches<'_, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let Loader { data, examples, size, .. } = self.loader;
        if self.next >= self.loader.len() {
            return None;
        }
        let start = self.next * size;
        let len = (examples - start).min(*size);
        self.next += 1;
        Some(match &self.order {
            None => data.try_map(&mut |tensor| tensor.try_narrow(0, start as isize, len)),
            Some(order) => order
                .try_narrow(0, start as isize, len)
                .and_then(|rows| data.try_map(&mut |tensor| tensor.try_take(&rows, 0))),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.loader.len() - self.next;
        (left, Some(left))
    }
}

impl<T: Tree> ExactSizeIterator for Batches<'_, T> {}
