//! Reverse mode in TensorFlow's way: a [`GradientTape`] records what is done to the tensors that it watches.
//!
//! A tape is the reverse interpreter at a level of its own, which ends when the tape is dropped or stopped.

mod recorded;
mod source;

use std::panic::Location;
use std::sync::{Arc, Mutex};

use wengert_array::Shape;

use crate::apply::Blame;
use crate::autograd::{collect, is_grad_enabled};
use crate::backward::Sweep;
use crate::error::{Error, ErrorKind, Result};
use crate::level::{Level, LevelGuard};
use crate::node::{Node, lock};
use crate::tensor::Tensor;
use crate::transforms::{basis, joined, try_vmap};
use crate::tree::{Tree, leaves, with_leaves};
use source::{node_at, outer_tape, root, same, seeds, tape_error, with_leaf};

/// Records the operations on the tensors that it watches, and gives gradients of what they made.
///
/// ```
/// use wengert::prelude::*;
/// let x = Tensor::from(3.0);
/// let tape = GradientTape::new();
/// let y = tape.watch(&x).powi(2);
/// assert_eq!(tape.gradient(&y, &x)?.item(), 6.0);
/// # Ok::<(), wengert::Error>(())
/// ```
///
/// [`watch`](GradientTape::watch) returns the watched tensor: what is computed from it is recorded. A source is
/// the watched tensor, the original that was handed to `watch`, or any result in between. Nothing accumulates
/// and no `.grad` is touched: each gradient is computed afresh.
///
/// **Recording ends** when the tape is dropped or [stopped](GradientTape::stop), and after the gradient of a
/// tape that is not [persistent](GradientTape::persistent). Its tensors are plain values from then on.
///
/// **Leaves that require grad** are variables that every tape watches by itself: they may be sources without
/// having been handed to `watch`. Their history is the one that `backward` uses, so it reaches back to before
/// the tape was made and is not paused by [`stop_recording`](GradientTape::stop_recording). A gradient computed
/// from them requires grad like everything that is; inside [`no_grad`](crate::no_grad) it does not.
///
/// **Nested tapes** give higher derivatives: the gradient of the inner tape is recorded by the outer one.
///
/// ```
/// use wengert::prelude::*;
/// let outer = GradientTape::new();
/// let x = outer.watch(&Tensor::from(2.0));
/// let inner = GradientTape::new();
/// let y = inner.watch(&x).powi(3);
/// let dy = inner.gradient(&y, &x)?;
/// assert_eq!(outer.gradient(&dy, &x)?.item(), 12.0);
/// # Ok::<(), wengert::Error>(())
/// ```
#[derive(Debug)]
pub struct GradientTape {
    persistent: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    level: Level,
    /// None once recording has ended.
    guard: Option<LevelGuard>,
    watched: Vec<Watched>,
    /// How many `stop_recording` are running.
    pauses: usize,
    used: bool,
}

#[derive(Clone, Debug)]
struct Watched {
    original: Tensor,
    /// None for integers, which have no gradient.
    node: Option<Known>,
}

/// A node that prints as nothing: it holds the whole graph.
#[derive(Clone)]
struct Known(Arc<Node>);

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("leaf")
    }
}

impl Default for GradientTape {
    fn default() -> GradientTape {
        GradientTape::new()
    }
}

impl State {
    fn new() -> State {
        let guard = LevelGuard::tape();
        State { level: guard.level(), guard: Some(guard), watched: Vec::new(), pauses: 0, used: false }
    }

    fn pause(&mut self, change: impl FnOnce(usize) -> usize) {
        self.pauses = change(self.pauses);
        if let Some(guard) = &self.guard {
            guard.pause(self.pauses > 0);
        }
    }
}

/// Where a gradient is taken.
enum Source {
    /// Output of a node of the tape.
    Taped(Arc<Node>, u32),
    /// Output of a node of `requires_grad`.
    Ambient(Arc<Node>, u32),
    /// Watched, but without a gradient: an integer.
    Constant,
    /// The tape does not know it.
    Unknown,
}

impl GradientTape {
    /// A tape that records, and answers once.
    #[must_use]
    pub fn new() -> GradientTape {
        GradientTape { persistent: false, state: Mutex::new(State::new()) }
    }

    /// Makes the tape answer any number of times. It keeps the residuals, and goes on recording, its own gradients
    /// included, until it is dropped or [stopped](GradientTape::stop).
    ///
    /// ```
    /// use wengert::prelude::*;
    /// let tape = GradientTape::new().persistent(true);
    /// let x = tape.watch(&Tensor::from(3.0));
    /// let y = &x * &x;
    /// let z = y.sin();
    /// assert!((tape.gradient(&z, &x)?.item() + 5.4667816).abs() < 1e-6);
    /// assert!((tape.gradient(&z, &y)?.item() + 0.91113025).abs() < 1e-7);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[must_use]
    pub fn persistent(mut self, on: bool) -> GradientTape {
        self.persistent = on;
        self
    }

    /// The tensors of `tree` as this tape's: what is computed from them is recorded. Integers are returned as
    /// they are; they have no gradient.
    ///
    /// # Panics
    /// Where [`GradientTape::try_watch`] returns an error.
    #[track_caller]
    #[must_use = "the tape records what is computed from the tensor that `watch` returns"]
    pub fn watch<T: Tree>(&self, tree: &T) -> T {
        match self.try_watch(tree) {
            Ok(watched) => watched,
            Err(error) => error.raise(),
        }
    }

    /// [`GradientTape::watch`], returning errors.
    ///
    /// # Errors
    /// If the tape does not record any more.
    #[track_caller]
    pub fn try_watch<T: Tree>(&self, tree: &T) -> Result<T> {
        let location = Location::caller();
        let mut state = lock(&self.state);
        if state.guard.is_none() {
            return Err(tape_error(
                "watch: this tape does not record any more: make a new one, or `reset()` it before watching",
            )
            .or_at(location));
        }
        let level = state.level;
        tree.try_map(&mut |tensor| {
            if node_at(level, tensor).is_some() {
                return Ok(tensor.clone());
            }
            let handle = if tensor.dtype().is_float() { with_leaf(level, tensor, location) } else { tensor.clone() };
            let node = node_at(level, &handle).map(|(node, _)| Known(node.clone()));
            state.watched.push(Watched { original: tensor.clone(), node });
            Ok(handle)
        })
    }

    /// The tensors that were handed to [`watch`](GradientTape::watch), in order.
    #[must_use]
    pub fn watched_variables(&self) -> Vec<Tensor> {
        lock(&self.state).watched.iter().map(|watched| watched.original.clone()).collect()
    }

    /// Ends recording: from now on the tape's tensors are plain values. Gradients of what was recorded can
    /// still be asked for.
    pub fn stop(&self) {
        lock(&self.state).guard = None;
    }

    /// Runs `f` without recording on this tape: to it, what `f` computes is constant.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// let tape = GradientTape::new();
    /// let x = tape.watch(&Tensor::from(3.0));
    /// let scale = tape.stop_recording(|| x.square());
    /// let y = &x * scale;
    /// assert_eq!(tape.gradient(&y, &x)?.item(), 9.0);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    ///
    /// Other threads that use tensors of this tape meanwhile do not record either.
    pub fn stop_recording<R>(&self, f: impl FnOnce() -> R) -> R {
        struct Resume<'a>(&'a GradientTape);
        impl Drop for Resume<'_> {
            fn drop(&mut self) {
                lock(&self.0.state).pause(|pauses| pauses - 1);
            }
        }
        lock(&self.state).pause(|pauses| pauses + 1);
        let _resume = Resume(self);
        f()
    }

    /// Forgets what was recorded and watched, and records anew. Tensors that were watched before are plain
    /// values and must be watched again.
    pub fn reset(&self) {
        let mut state = lock(&self.state);
        let pauses = state.pauses;
        *state = State::new();
        state.pause(|_| pauses);
    }

    /// The gradients of `target` with respect to the tensors of `sources`, in their structure. A target that
    /// is not a scalar is summed, and so are several targets. A source that the target does not depend on, or
    /// an integer one, has zeros ([`gradient_optional`](GradientTape::gradient_optional) gives `None`).
    ///
    /// # Errors
    /// [`ErrorKind::TapeUsed`] at the second gradient of a tape that is not
    /// [persistent](GradientTape::persistent); if no target was computed from what the tape watches; if a
    /// source was not watched; or if a source is an original that cannot be told from another watched one.
    #[track_caller]
    pub fn gradient<T: Tree, S: Tree>(&self, target: &T, sources: &S) -> Result<S> {
        let location = Location::caller();
        self.filled(&leaves(target), sources, None).map_err(|error| error.or_at(location))
    }

    /// [`gradient`](GradientTape::gradient) with a cotangent for each target, of its shape, in the place of ones.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// let tape = GradientTape::new();
    /// let x = tape.watch(&Tensor::from([1.0, 2.0]));
    /// let y = x.square();
    /// let weights = Tensor::from([10.0, 1.0]);
    /// assert_eq!(tape.gradient_with(&y, &x, &weights)?.to_vec::<f64>(), [20.0, 4.0]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`gradient`](GradientTape::gradient), and if the shapes differ.
    #[track_caller]
    pub fn gradient_with<T: Tree, S: Tree>(&self, target: &T, sources: &S, output_gradients: &T) -> Result<S> {
        let location = Location::caller();
        let cotangents = leaves(output_gradients);
        self.filled(&leaves(target), sources, Some(&cotangents)).map_err(|error| error.or_at(location))
    }

    /// The gradients of `target` with respect to each tensor of `sources`, in order; `None` for a source that
    /// it does not depend on, that was not watched, or that is not floating.
    ///
    /// # Errors
    /// As [`gradient`](GradientTape::gradient), except for what is `None` here.
    #[track_caller]
    pub fn gradient_optional<T: Tree, S: Tree>(&self, target: &T, sources: &S) -> Result<Vec<Option<Tensor>>> {
        let location = Location::caller();
        self.optional(&leaves(target), sources, None).map_err(|error| error.or_at(location))
    }

    /// [`gradient_optional`](GradientTape::gradient_optional) with a cotangent for each target.
    ///
    /// # Errors
    /// As [`gradient_with`](GradientTape::gradient_with), except for what is `None` here.
    #[track_caller]
    pub fn gradient_optional_with<T: Tree, S: Tree>(
        &self,
        target: &T,
        sources: &S,
        output_gradients: &T,
    ) -> Result<Vec<Option<Tensor>>> {
        let location = Location::caller();
        let cotangents = leaves(output_gradients);
        self.optional(&leaves(target), sources, Some(&cotangents)).map_err(|error| error.or_at(location))
    }

    /// The Jacobians of `target` with respect to the tensors of `sources`: each has the shape of the target
    /// followed by that of the source. One batched sweep gives all rows.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// let tape = GradientTape::new();
    /// let x = tape.watch(&Tensor::from([1.0, 2.0]));
    /// let j = tape.jacobian(&x.square(), &x)?;
    /// assert_eq!(j.to_vec::<f64>(), [2.0, 0.0, 0.0, 4.0]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`gradient`](GradientTape::gradient).
    #[track_caller]
    pub fn jacobian<S: Tree>(&self, target: &Tensor, sources: &S) -> Result<S> {
        let location = Location::caller();
        self.rows(target, sources).map_err(|error| error.or_at(location))
    }

    fn rows<S: Tree>(&self, target: &Tensor, sources: &S) -> Result<S> {
        let found = self.strict(sources, std::slice::from_ref(target))?;
        self.answer()?;
        let tensors = leaves(sources);
        let rows = try_vmap(
            |row: &Tensor| self.pull(std::slice::from_ref(target), &found, &tensors, std::slice::from_ref(row)),
            0,
        )(&basis(target)?)?;
        let shaped = rows
            .iter()
            .zip(&tensors)
            .map(|(rows, source)| rows.try_reshape(&joined(target.shape(), source.shape())[..]))
            .collect::<Result<Vec<_>>>()?;
        with_leaves(sources, shaped)
    }

    /// The Jacobian of each element of a batch of targets with respect to the element of the source at the same
    /// place along the first axis: for a target of shape `(b, …)` and a source of shape `(b, …)` it has the
    /// shape `(b, …, …)`. Element `i` of the target must depend on element `i` of the source alone.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// let tape = GradientTape::new();
    /// let x = tape.watch(&Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
    /// let j = tape.batch_jacobian(&x.square(), &x)?;
    /// assert_eq!(j.shape(), [2, 2, 2]);
    /// assert_eq!(j.to_vec::<f64>(), [2.0, 0.0, 0.0, 4.0, 6.0, 0.0, 0.0, 8.0]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`gradient`](GradientTape::gradient), and if the first axes have different lengths.
    #[track_caller]
    pub fn batch_jacobian(&self, target: &Tensor, source: &Tensor) -> Result<Tensor> {
        let location = Location::caller();
        self.blocks(target, source).map_err(|error| error.or_at(location))
    }

    fn blocks(&self, target: &Tensor, source: &Tensor) -> Result<Tensor> {
        check_blocks(target, source)?;
        let found = self.strict(source, std::slice::from_ref(target))?;
        self.answer()?;
        match self.blocks_at(target, source, &found)? {
            Some(blocks) => Ok(blocks),
            None => Tensor::try_zeros(&blocks_shape(target, source)[..])?.try_to_dtype(source.dtype()),
        }
    }

    /// The blocks of a source that has been found; None where the target does not depend on it.
    fn blocks_at(&self, target: &Tensor, source: &Tensor, found: &[Source]) -> Result<Option<Tensor>> {
        let outs = target.shape();
        let one = Tensor::try_zeros(&outs[1..])?.try_to_dtype(target.dtype())?;
        let mut rows = try_vmap(
            |row: &Tensor| {
                let cotangent = row.try_broadcast_to(outs)?;
                self.sweep(std::slice::from_ref(target), found, &[cotangent])
            },
            0,
        )(&basis(&one)?)?;
        let Some(Some(rows)) = rows.pop() else { return Ok(None) };
        let signed: Vec<isize> = blocks_shape(target, source).iter().map(|&n| n as isize).collect();
        rows.try_movedim(0, 1)?.try_reshape(&signed[..]).map(Some)
    }

    /// Notes that a gradient is about to be computed.
    fn answer(&self) -> Result<()> {
        if self.persistent {
            return Ok(());
        }
        let mut state = lock(&self.state);
        if state.used {
            return Err(ErrorKind::TapeUsed.into());
        }
        state.used = true;
        state.guard = None;
        Ok(())
    }

    fn level(&self) -> Result<Level> {
        let state = lock(&self.state);
        if state.used && !self.persistent {
            return Err(ErrorKind::TapeUsed.into());
        }
        Ok(state.level)
    }

    fn filled<S: Tree>(&self, targets: &[Tensor], sources: &S, cotangents: Option<&[Tensor]>) -> Result<S> {
        let found = self.strict(sources, targets)?;
        let seeds = seeds(targets, cotangents)?;
        self.answer()?;
        with_leaves(sources, self.pull(targets, &found, &leaves(sources), &seeds)?)
    }

    fn optional<S: Tree>(
        &self,
        targets: &[Tensor],
        sources: &S,
        cotangents: Option<&[Tensor]>,
    ) -> Result<Vec<Option<Tensor>>> {
        let level = self.level()?;
        let found = leaves(sources).iter().map(|source| self.find(level, source)).collect::<Result<Vec<_>>>()?;
        let seeds = seeds(targets, cotangents)?;
        self.answer()?;
        self.sweep(targets, &found, &seeds)
    }

    /// The sources, all of which must be known, of targets of which at least one must be.
    fn strict<S: Tree>(&self, sources: &S, targets: &[Tensor]) -> Result<Vec<Source>> {
        let level = self.level()?;
        let mut found = Vec::new();
        for (i, source) in leaves(sources).iter().enumerate() {
            match self.find(level, source)? {
                Source::Unknown => {
                    return Err(tape_error(format!(
                        "gradient: source {i} is not watched by this tape: hand in the tensor that `watch` returned or \
                         the one it was given. `gradient_optional` gives None for sources that are not watched"
                    )));
                }
                known => found.push(known),
            }
        }
        let by_itself = found.iter().any(|source| matches!(source, Source::Ambient(..)));
        let recorded = |target: &Tensor| {
            node_at(level, target).is_some() || (by_itself && node_at(Level::AMBIENT, target).is_some())
        };
        let constant = found.iter().all(|source| matches!(source, Source::Constant));
        if !constant && !targets.iter().any(recorded) {
            return Err(tape_error(
                "gradient: the target was not recorded by this tape: compute it from the tensor that `watch` returns, \
                 before the tape is stopped. `gradient_optional` gives None for targets that were not recorded",
            ));
        }
        Ok(found)
    }

    /// What the tape knows a tensor as.
    fn find(&self, level: Level, source: &Tensor) -> Result<Source> {
        if let Some((node, output)) = node_at(level, source) {
            return Ok(Source::Taped(node.clone(), output));
        }
        let state = lock(&self.state);
        for identity in [Tensor::clone as fn(&Tensor) -> Tensor, root] {
            let source = identity(source);
            let mut matches = state.watched.iter().filter(|watched| same(&identity(&watched.original), &source));
            match (matches.next(), matches.next()) {
                (None, _) => {}
                (Some(Watched { node: Some(node), .. }), None) => return Ok(Source::Taped(node.0.clone(), 0)),
                (Some(Watched { node: None, .. }), _) => return Ok(Source::Constant),
                (Some(_), Some(_)) => {
                    return Err(tape_error(
                        "gradient: several watched tensors are equal to this source, and nothing tells the originals \
                         of equal numbers apart: hand in the tensor that `watch` returned",
                    ));
                }
            }
        }
        Ok(match node_at(Level::AMBIENT, source) {
            Some((node, output)) => Source::Ambient(node.clone(), output),
            None => Source::Unknown,
        })
    }

    /// The cotangents at the sources, zeros where there are none.
    fn pull(&self, targets: &[Tensor], found: &[Source], sources: &[Tensor], seeds: &[Tensor]) -> Result<Vec<Tensor>> {
        let cotangents = self.sweep(targets, found, seeds)?;
        let filled = cotangents.into_iter().zip(sources);
        Ok(filled.map(|(cotangent, source)| cotangent.unwrap_or_else(|| source.zeros_like())).collect())
    }

    fn sweep(&self, targets: &[Tensor], found: &[Source], seeds: &[Tensor]) -> Result<Vec<Option<Tensor>>> {
        let (level, recording) = {
            let state = lock(&self.state);
            (state.level, self.persistent && state.guard.is_some() && state.pauses == 0)
        };
        if found.iter().any(|source| matches!(source, Source::Ambient(..)))
            && targets.iter().any(|target| outer_tape(level, target))
        {
            return Err(tape_error(
                "gradient: the target belongs to an outer tape too, which cannot record the gradient of a leaf that \
                 this tape does not watch itself: compute the target from `tape.watch(&leaf)`",
            ));
        }
        let _lifted = Blame::lifted();
        let mut gradients = vec![None; found.len()];
        let mut run = |level: Level, options: Sweep, pick: &dyn Fn(&Source) -> Option<(Arc<Node>, u32)>| {
            let picked: Vec<(usize, (Arc<Node>, u32))> =
                found.iter().enumerate().filter_map(|(i, source)| Some((i, pick(source)?))).collect();
            let sources: Vec<(&Arc<Node>, u32)> = picked.iter().map(|(_, (node, output))| (node, *output)).collect();
            let Some(min_depth) = sources.iter().map(|(node, _)| node.depth).min() else { return Ok(()) };
            let seeds: Vec<_> = targets
                .iter()
                .zip(seeds)
                .filter_map(|(target, seed)| node_at(level, target).map(|(node, output)| (node, output, seed.clone())))
                .collect();
            for ((i, _), gradient) in picked.iter().zip(collect(Sweep { min_depth, ..options }, seeds, &sources)?) {
                gradients[*i] = gradient;
            }
            Ok::<(), Error>(())
        };
        let ambient = Sweep { retain: true, create_graph: is_grad_enabled(), ..Sweep::default() };
        run(Level::AMBIENT, ambient, &|source| match source {
            Source::Ambient(node, output) => Some((node.clone(), *output)),
            _ => None,
        })?;
        let own = Sweep { retain: self.persistent, create_graph: recording, ..Sweep::default() };
        run(level, own, &|source| match source {
            Source::Taped(node, output) => Some((node.clone(), *output)),
            _ => None,
        })?;
        Ok(gradients)
    }
}

/// Whether target and source are batches of one size.
fn check_blocks(target: &Tensor, source: &Tensor) -> Result<()> {
    let (outs, ins) = (target.shape(), source.shape());
    if outs.is_empty() || ins.is_empty() || outs[0] != ins[0] {
        return Err(tape_error(format!(
            "batch_jacobian: the target has shape {} and the source {}: both need a first axis of one length; \
             `jacobian` has no such condition",
            Shape::from(outs),
            Shape::from(ins)
        )));
    }
    Ok(())
}

/// The shape of a batch of Jacobians.
fn blocks_shape(target: &Tensor, source: &Tensor) -> Vec<usize> {
    target.shape().iter().chain(&source.shape()[1..]).copied().collect()
}
