//! A tape as front ends need it that know their tensors by identity and whose scopes are not closures: a source counts by
//! what the tape has recorded of it, never by its numbers, and what is not recorded has no gradient.

use std::panic::Location;

use super::source::{node_at, seeds};
use super::{GradientTape, Source, check_blocks};
use crate::error::Result;
use crate::node::lock;
use crate::tensor::Tensor;
use crate::transforms::{basis, joined, try_vmap};

impl GradientTape {
    /// [`try_watch`](GradientTape::try_watch) for a tensor that is watched again and again, by one tape after the other:
    /// the wraps of tapes that have ended are taken off first.
    ///
    /// # Errors
    /// If the tape does not record any more.
    #[track_caller]
    pub fn watch_anew(&self, tensor: &Tensor) -> Result<Tensor> {
        let mut tensor = tensor;
        while let Some(level) = tensor.level()
            && level.is_tape()
            && level.has_ended()
            && let Some(primal) = tensor.recorded()
        {
            tensor = primal;
        }
        self.try_watch(tensor)
    }

    /// Whether the tape has recorded this tensor, as watched or as computed from what it watches.
    #[must_use]
    pub fn records(&self, tensor: &Tensor) -> bool {
        node_at(lock(&self.state).level, tensor).is_some()
    }

    /// Stops recording until [`resume`](GradientTape::resume): [`stop_recording`](GradientTape::stop_recording) without a
    /// closure. Pauses nest.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// let tape = GradientTape::new();
    /// let x = tape.watch(&Tensor::from(3.0));
    /// tape.pause();
    /// let scale = x.square();
    /// tape.resume();
    /// assert_eq!(tape.gradient(&(&x * scale), &x)?.item(), 9.0);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    pub fn pause(&self) {
        lock(&self.state).pause(|pauses| pauses + 1);
    }

    /// Ends one [`pause`](GradientTape::pause).
    pub fn resume(&self) {
        lock(&self.state).pause(|pauses| pauses.saturating_sub(1));
    }

    /// The gradients of the sum of `targets` with respect to what the tape recorded as `sources`; None for a source that
    /// was not recorded, or that no target depends on.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// let tape = GradientTape::new();
    /// let (x, c) = (tape.watch(&Tensor::from(3.0)), Tensor::from(3.0));
    /// let y = &x * &c;
    /// let found = tape.gradient_recorded(&[y], &[x, c], None)?;
    /// assert!(found[0].is_some() && found[1].is_none());
    /// # Ok::<(), wengert::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the tape has answered already and is not [persistent](GradientTape::persistent), or a cotangent has not the shape
    /// of its target.
    #[track_caller]
    pub fn gradient_recorded(
        &self,
        targets: &[Tensor],
        sources: &[Tensor],
        output_gradients: Option<&[Tensor]>,
    ) -> Result<Vec<Option<Tensor>>> {
        let location = Location::caller();
        let whole = || {
            let found = self.recorded(sources)?;
            let seeds = seeds(targets, output_gradients)?;
            self.answer()?;
            self.sweep(targets, &found, &seeds)
        };
        whole().map_err(|error: crate::Error| error.or_at(location))
    }

    /// The Jacobians of `target` with respect to what the tape recorded as `sources`, as [`jacobian`](GradientTape::jacobian)
    /// gives them; None for a source that was not recorded or that the target does not depend on.
    ///
    /// # Errors
    /// As [`gradient_recorded`](GradientTape::gradient_recorded).
    #[track_caller]
    pub fn jacobian_recorded(&self, target: &Tensor, sources: &[Tensor]) -> Result<Vec<Option<Tensor>>> {
        let location = Location::caller();
        let whole = || {
            let found = self.recorded(sources)?;
            self.answer()?;
            if !target.dtype().is_float() {
                return Ok(vec![None; sources.len()]);
            }
            let one = std::slice::from_ref(target);
            let rows = try_vmap(|row: &Tensor| self.sweep(one, &found, std::slice::from_ref(row)), 0)(&basis(target)?)?;
            let shaped = rows.into_iter().zip(sources).map(|(rows, source)| {
                rows.map(|rows| rows.try_reshape(&joined(target.shape(), source.shape())[..])).transpose()
            });
            shaped.collect()
        };
        whole().map_err(|error: crate::Error| error.or_at(location))
    }

    /// [`batch_jacobian`](GradientTape::batch_jacobian) with respect to what the tape recorded as `source`; None if it was not
    /// recorded or the target does not depend on it.
    ///
    /// # Errors
    /// As [`batch_jacobian`](GradientTape::batch_jacobian), except for what is None here.
    #[track_caller]
    pub fn batch_jacobian_recorded(&self, target: &Tensor, source: &Tensor) -> Result<Option<Tensor>> {
        let location = Location::caller();
        let whole = || {
            check_blocks(target, source)?;
            let found = self.recorded(std::slice::from_ref(source))?;
            self.answer()?;
            if !target.dtype().is_float() {
                return Ok(None);
            }
            self.blocks_at(target, source, &found)
        };
        whole().map_err(|error: crate::Error| error.or_at(location))
    }

    fn recorded(&self, sources: &[Tensor]) -> Result<Vec<Source>> {
        let level = self.level()?;
        let known = |source| match node_at(level, source) {
            Some((node, output)) => Source::Taped(node.clone(), output),
            None => Source::Unknown,
        };
        Ok(sources.iter().map(known).collect())
    }
}
