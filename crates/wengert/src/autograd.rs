//! Reverse mode in PyTorch's way: `requires_grad`, `backward`, `grad`, `no_grad`, hooks, and
//! [`autograd::grad`](grad()).

use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use wengert_array::Shape;

use crate::backward::{Sweep, sweep};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::GraphNode;
pub use crate::hooks::{HookHandle, NodeHook, Replaced};
use crate::interpreters::reverse::{self, Recording, View};
use crate::level::Level;
use crate::node::Node;
use crate::tensor::{Repr, Tensor, Wrap};
use crate::tree::{Tree, leaves, with_leaves};

/// The node of a tensor at the ambient level, and the number of its output there.
pub(crate) fn ambient(tensor: &Tensor) -> Option<(&Arc<Node>, u32)> {
    let View { source, .. } = reverse::unwrap(Level::AMBIENT, tensor.settled());
    source.map(|(node, output, _)| (node, output))
}

/// Whether operations on tensors that require grad are being recorded on this thread.
#[must_use]
pub fn is_grad_enabled() -> bool {
    reverse::recording()
}

/// Runs `f` without recording: what it computes requires no grad, and leaves may be updated in place.
///
/// ```
/// use wengert::prelude::*;
/// let mut w = Tensor::from(1.0).requires_grad();
/// (&w * &w).backward()?;
/// let step = w.grad().unwrap() * 0.1;
/// no_grad(|| w -= step);
/// assert_eq!(w.item(), 0.8);
/// assert!(w.is_leaf() && w.is_tracked());
/// # Ok::<(), wengert::Error>(())
/// ```
pub fn no_grad<R>(f: impl FnOnce() -> R) -> R {
    set_grad_enabled(false, f)
}

/// Runs `f` with recording on, inside a [`no_grad`].
pub fn enable_grad<R>(f: impl FnOnce() -> R) -> R {
    set_grad_enabled(true, f)
}

/// Runs `f` with recording on or off.
pub fn set_grad_enabled<R>(on: bool, f: impl FnOnce() -> R) -> R {
    let _restore = Recording::set(on);
    f()
}

/// Switches recording on or off on this thread until it is switched again, and returns what it was: for front ends whose
/// scopes are not closures.
///
/// ```
/// use wengert::autograd::{is_grad_enabled, switch_grad};
/// let before = switch_grad(false);
/// assert!(!is_grad_enabled());
/// switch_grad(before);
/// ```
pub fn switch_grad(on: bool) -> bool {
    reverse::switch(on)
}

/// Runs `f` for its values alone: nothing is recorded, as under [`no_grad`]. The results are ordinary tensors, which may
/// be used anywhere afterwards.
///
/// ```
/// use wengert::prelude::*;
/// use wengert::autograd::inference_mode;
/// let w = Tensor::from(2.0).requires_grad();
/// let y = inference_mode(|| &w * 3.0);
/// assert!(!y.is_tracked());
/// ```
pub fn inference_mode<R>(f: impl FnOnce() -> R) -> R {
    set_grad_enabled(false, f)
}

/// The options of a backward pass; [`Tensor::backward`] takes the defaults.
///
/// ```
/// use wengert::prelude::*;
/// let x = Tensor::from(3.0).requires_grad();
/// let y = x.powi(2);
/// Backward::new().retain_graph(true).run(&y)?;
/// y.backward()?;
/// assert_eq!(x.grad().unwrap().item(), 12.0);
/// # Ok::<(), wengert::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Backward {
    cotangent: Option<Tensor>,
    retain_graph: Option<bool>,
    create_graph: bool,
}

impl Backward {
    /// The defaults: the cotangent of a scalar is 1, and the graph's residuals are freed.
    pub fn new() -> Backward {
        Backward::default()
    }

    /// The cotangent of the output; needed unless it has one element. It is cast to the output's dtype.
    pub fn gradient(mut self, cotangent: &Tensor) -> Backward {
        self.cotangent = Some(cotangent.clone());
        self
    }

    /// Keeps the residuals, so that another pass can follow. The default is the value of
    /// [`create_graph`](Backward::create_graph).
    pub fn retain_graph(mut self, on: bool) -> Backward {
        self.retain_graph = Some(on);
        self
    }

    /// Records the pass itself, so that the gradients can be differentiated.
    pub fn create_graph(mut self, on: bool) -> Backward {
        self.create_graph = on;
        self
    }

    fn sweep(&self) -> Sweep {
        Sweep {
            retain: self.retain_graph.unwrap_or(self.create_graph),
            create_graph: self.create_graph,
            zeros: true,
            min_depth: 0,
        }
    }

    /// Adds the gradients of `output` to the `grad` of every leaf it depends on.
    ///
    /// # Errors
    /// If `output` does not require grad, has more than one element and no cotangent was given, if its
    /// graph was freed, or if a value it needs was changed in place.
    #[track_caller]
    pub fn run(&self, output: &Tensor) -> Result<()> {
        let location = Location::caller();
        self.run_at(output).map_err(|error| error.or_at(location))
    }

    fn run_at(&self, output: &Tensor) -> Result<()> {
        let (node, number) = source_of(output, 0)?;
        let seed = seed(output, self.cotangent.as_ref())?;
        let recording = Recording::set(self.create_graph);
        sweep(self.sweep(), [(node, number, seed)], |node, cotangents| {
            if let Some(extra) = node.extra.get()
                && (node.is_leaf() || extra.retain.load(Ordering::Acquire))
            {
                for (k, cotangent) in cotangents.iter().enumerate() {
                    let Some(cotangent) = cotangent else { continue };
                    let total = match extra.grad(k as u32) {
                        Some(sum) if node.is_leaf() => sum.try_add(cotangent)?,
                        _ => cotangent.clone(),
                    };
                    extra.set_grad(k as u32, Some(total));
                }
            }
            Ok(())
        })?;
        drop(recording);
        Ok(())
    }
}

pub(crate) fn source_of(output: &Tensor, index: usize) -> Result<(&Arc<Node>, u32)> {
    if let Some(level) = output.settled().level()
        && !level.is_ambient()
    {
        return Err(Error::argument(
            "backward",
            "this tensor belongs to a transform that is running (`grad`, `vmap`, …): use the transform's result, or nest `grad` inside it",
        ));
    }
    ambient(output).ok_or_else(|| ErrorKind::NoGrad { index }.into())
}

/// The cotangent of an output, checked and cast; ones for a single element.
fn seed(output: &Tensor, cotangent: Option<&Tensor>) -> Result<Tensor> {
    match cotangent {
        None if output.len() == 1 => Ok(output.ones_like()),
        None => Err(ErrorKind::NotScalar { shape: Shape::from(output.shape()).to_string() }.into()),
        Some(given) if given.shape() == output.shape() => given.try_to_dtype(output.dtype()),
        Some(given) => Err(ErrorKind::Cotangent {
            op: "backward",
            what: "cotangent",
            got: Shape::from(given.shape()).to_string(),
            expected: Shape::from(output.shape()).to_string(),
        }
        .into()),
    }
}

/// The options of [`grad`](grad()).
///
/// ```
/// use wengert::prelude::*;
/// use wengert::autograd;
/// let x = Tensor::from(2.0).requires_grad();
/// let y = x.powi(3);
/// let dy = autograd::Grad::new().create_graph(true).run(&y, &x)?;
/// let d2y = autograd::grad(&dy, &x)?;
/// assert_eq!(d2y.item(), 12.0);
/// # Ok::<(), wengert::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Grad {
    cotangents: Option<Vec<Tensor>>,
    retain_graph: Option<bool>,
    create_graph: bool,
    allow_unused: bool,
}

impl Grad {
    /// The defaults.
    pub fn new() -> Grad {
        Grad::default()
    }

    /// The cotangents of the outputs, in the same structure; outputs of one element may do without.
    pub fn grad_outputs<T: Tree>(mut self, cotangents: &T) -> Grad {
        self.cotangents = Some(leaves(cotangents));
        self
    }

    /// Keeps the residuals for another pass (default: as [`create_graph`](Grad::create_graph)).
    pub fn retain_graph(mut self, on: bool) -> Grad {
        self.retain_graph = Some(on);
        self
    }

    /// Records the pass itself, so that the result can be differentiated.
    pub fn create_graph(mut self, on: bool) -> Grad {
        self.create_graph = on;
        self
    }

    /// An input that the outputs do not depend on gets zeros instead of an error. [`Grad::run_optional`]
    /// gives `None` for it.
    pub fn allow_unused(mut self, on: bool) -> Grad {
        self.allow_unused = on;
        self
    }

    /// The gradients of `outputs` with respect to `inputs`, in the structure of `inputs`. No `.grad` is
    /// touched.
    ///
    /// # Errors
    /// As [`Backward::run`], and for an unused input unless it is allowed.
    #[track_caller]
    pub fn run<O: Tree, I: Tree>(&self, outputs: &O, inputs: &I) -> Result<I> {
        let location = Location::caller();
        let found = self.find(&leaves(outputs), &leaves(inputs)).map_err(|error| error.or_at(location))?;
        let filled =
            found.into_iter().zip(leaves(inputs)).map(|(grad, input)| grad.unwrap_or_else(|| input.zeros_like()));
        with_leaves(inputs, filled)
    }

    /// The gradients with respect to each tensor of `inputs`, `None` where it was not used.
    ///
    /// # Errors
    /// As [`Grad::run`].
    #[track_caller]
    pub fn run_optional<O: Tree, I: Tree>(&self, outputs: &O, inputs: &I) -> Result<Vec<Option<Tensor>>> {
        let location = Location::caller();
        self.find(&leaves(outputs), &leaves(inputs)).map_err(|error| error.or_at(location))
    }

    fn find(&self, outputs: &[Tensor], inputs: &[Tensor]) -> Result<Vec<Option<Tensor>>> {
        if let Some(cotangents) = &self.cotangents
            && cotangents.len() != outputs.len()
        {
            return Err(Error::argument(
                "grad",
                format!("got {} grad_outputs for {} outputs: give one for each", cotangents.len(), outputs.len()),
            ));
        }
        let mut sources = Vec::with_capacity(inputs.len());
        for (i, input) in inputs.iter().enumerate() {
            sources.push(ambient(input).ok_or_else(|| {
                Error::argument(
                    "grad",
                    format!(
                        "input {i} does not require grad: call `.requires_grad()` on it before computing the outputs"
                    ),
                )
            })?);
        }
        let mut seeds = Vec::with_capacity(outputs.len());
        for (k, output) in outputs.iter().enumerate() {
            let (node, number) = source_of(output, k)?;
            seeds.push((node, number, seed(output, self.cotangents.as_ref().map(|all| &all[k]))?));
        }
        let options = Sweep {
            retain: self.retain_graph.unwrap_or(self.create_graph),
            create_graph: self.create_graph,
            zeros: true,
            min_depth: sources.iter().map(|(node, _)| node.depth).min().unwrap_or(0),
        };
        let recording = Recording::set(self.create_graph);
        let found = collect(options, seeds, &sources)?;
        drop(recording);
        if !self.allow_unused
            && let Some(index) = found.iter().position(Option::is_none)
        {
            return Err(ErrorKind::Unused { index }.into());
        }
        Ok(found)
    }
}

/// Sweeps from `seeds` and picks up the cotangents of `sources`.
pub(crate) fn collect(
    options: Sweep,
    seeds: Vec<(&Arc<Node>, u32, Tensor)>,
    sources: &[(&Arc<Node>, u32)],
) -> Result<Vec<Option<Tensor>>> {
    let mut found = vec![None; sources.len()];
    sweep(options, seeds, |node, cotangents| {
        for (slot, (source, output)) in found.iter_mut().zip(sources) {
            if Arc::ptr_eq(source, node) {
                slot.clone_from(&cotangents[*output as usize]);
            }
        }
        Ok(())
    })?;
    Ok(found)
}

/// The gradients of `outputs` (a tensor or any tree of them) with respect to `inputs`, in the
/// structure of `inputs`; `.grad` is left alone. [`Grad`] has the options.
///
/// ```
/// use wengert::prelude::*;
/// use wengert::autograd;
/// let x = Tensor::from([1.0, 2.0, 3.0]).requires_grad();
/// let y = x.dot(&x);
/// assert_eq!(autograd::grad(&y, &x)?.to_vec::<f64>(), [2.0, 4.0, 6.0]);
/// # Ok::<(), wengert::Error>(())
/// ```
///
/// # Errors
/// If an output does not require grad or is not a scalar, or an input was not used.
#[track_caller]
pub fn grad<O: Tree, I: Tree>(outputs: &O, inputs: &I) -> Result<I> {
    Grad::new().run(outputs, inputs)
}

impl Tensor {
    /// A leaf with these values, whose gradient `backward` will fill.
    ///
    /// # Panics
    /// If the dtype is not floating, or the tensor belongs to a running transform.
    #[track_caller]
    #[must_use]
    pub fn requires_grad(&self) -> Tensor {
        match self.try_requires_grad() {
            Ok(leaf) => leaf,
            Err(error) => error.raise(),
        }
    }

    /// [`Tensor::requires_grad`], returning the error. A leaf that requires grad already is returned
    /// as it is.
    ///
    /// # Errors
    /// If the dtype is not floating, or the tensor belongs to a running transform.
    #[track_caller]
    pub fn try_requires_grad(&self) -> Result<Tensor> {
        let location = Location::caller();
        if !self.dtype().is_float() {
            return Err(Error::from(ErrorKind::NotFloating { dtype: self.dtype().to_string() }).or_at(location));
        }
        match &self.settled().0 {
            Repr::Array(array) => Ok(reverse::leaf(Level::AMBIENT, array.clone().into(), location)),
            _ if ambient(self).is_some() => Ok(self.clone()),
            _ => Err(Error::argument(
                "requires_grad",
                "this tensor belongs to a transform that is running: use `grad` or `vjp` inside it instead",
            )
            .or_at(location)),
        }
    }

    /// Makes a leaf of this tensor, or lets a leaf no longer require grad. Other handles of the leaf stay as they are.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// let mut x = Tensor::from(3.0);
    /// x.set_requires_grad(true)?;
    /// assert!(x.is_tracked());
    /// x.set_requires_grad(false)?;
    /// assert!(!x.is_tracked());
    /// # Ok::<(), wengert::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Tensor::try_requires_grad`]; and for `false` if the tensor is the result of a recorded operation:
    /// [`Tensor::detach`] gives its values.
    #[track_caller]
    pub fn set_requires_grad(&mut self, on: bool) -> Result<()> {
        if on {
            *self = self.try_requires_grad()?;
            return Ok(());
        }
        if !self.is_leaf() {
            return Err(Error::argument(
                "set_requires_grad",
                "this tensor is the result of recorded operations, and only a leaf can cease to require grad: write `.detach()` for its values",
            )
            .or_at(Location::caller()));
        }
        *self = self.detach();
        Ok(())
    }

    /// Whether the tensor requires grad: it is a leaf that was marked, or was computed from one.
    #[must_use]
    pub fn is_tracked(&self) -> bool {
        ambient(self).is_some()
    }

    /// Whether no recorded operation made the tensor. Tensors that do not require grad are leaves too.
    #[must_use]
    pub fn is_leaf(&self) -> bool {
        ambient(self).is_none_or(|(node, _)| node.is_leaf())
    }

    /// The accumulated gradient of a leaf. That of any other tensor is `None`, unless
    /// [`retain_grad`](Tensor::retain_grad) was called on it before the backward pass.
    #[must_use]
    pub fn grad(&self) -> Option<Tensor> {
        let (node, output) = ambient(self)?;
        node.extra.get()?.grad(output)
    }

    /// [`grad`](Tensor::grad), with an error where it can never be filled: for a tensor that is not a leaf,
    /// before [`retain_grad`](Tensor::retain_grad).
    ///
    /// # Errors
    /// If the tensor was computed by an operation and its gradient is not retained.
    #[track_caller]
    pub fn try_grad(&self) -> Result<Option<Tensor>> {
        match ambient(self) {
            Some((node, _)) if !node.is_leaf() && !node.extra().retain.load(Ordering::Acquire) => {
                Err(Error::from(ErrorKind::NotLeaf).or_at(Location::caller()))
            }
            _ => Ok(self.grad()),
        }
    }

    /// Replaces the accumulated gradient.
    ///
    /// # Errors
    /// If the tensor does not require grad, or the shapes differ.
    #[track_caller]
    pub fn set_grad(&self, grad: Option<Tensor>) -> Result<()> {
        let location = Location::caller();
        let (node, output) = source_of(self, 0).map_err(|error| error.or_at(location))?;
        if let Some(grad) = &grad
            && grad.shape() != self.shape()
        {
            return Err(Error::from(ErrorKind::Cotangent {
                op: "set_grad",
                what: "gradient",
                got: Shape::from(grad.shape()).to_string(),
                expected: Shape::from(self.shape()).to_string(),
            })
            .or_at(Location::caller()));
        }
        node.extra().set_grad(output, grad);
        Ok(())
    }

    /// Empties the accumulated gradient: it is `None` until the next backward pass.
    pub fn zero_grad(&self) {
        if let Some((node, output)) = ambient(self)
            && let Some(extra) = node.extra.get()
        {
            extra.set_grad(output, None);
        }
    }

    /// Makes backward passes keep the gradient of this tensor, which is not a leaf.
    ///
    /// # Errors
    /// If the tensor does not require grad.
    #[track_caller]
    pub fn retain_grad(&self) -> Result<()> {
        let location = Location::caller();
        let (node, _) = source_of(self, 0).map_err(|error| error.or_at(location))?;
        node.extra().retain.store(true, Ordering::Release);
        Ok(())
    }

    /// Adds the gradients of this scalar to the `grad` of every leaf it depends on, and frees the
    /// graph's residuals.
    ///
    /// # Errors
    /// If the tensor does not require grad, or has more than one element
    /// ([`backward_with`](Tensor::backward_with) takes a cotangent), or its graph was freed by an
    /// earlier pass ([`Backward::retain_graph`]).
    #[track_caller]
    pub fn backward(&self) -> Result<()> {
        Backward::new().run(self)
    }

    /// [`backward`](Tensor::backward) with the cotangent of this tensor: a vector-Jacobian product.
    ///
    /// # Errors
    /// As [`backward`](Tensor::backward), and if the cotangent's shape is not the tensor's.
    #[track_caller]
    pub fn backward_with(&self, cotangent: &Tensor) -> Result<()> {
        Backward::new().gradient(cotangent).run(self)
    }

    /// The values without their history: `backward` does not go through it. Inside a functional
    /// transform, [`stop_gradient`](Tensor::stop_gradient) does the same for that transform.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// let x = Tensor::from(3.0).requires_grad();
    /// let y = x.powi(2);
    /// assert!(y.is_tracked() && !y.detach().is_tracked());
    /// ```
    #[must_use]
    pub fn detach(&self) -> Tensor {
        reverse::unwrap(Level::AMBIENT, self.settled()).primal.clone()
    }

    /// [`Tensor::detach`], by PyTorch's older name.
    #[must_use]
    pub fn data(&self) -> Tensor {
        self.detach()
    }

    /// The values without any history, of `backward` or of the transforms that are running: their
    /// gradients do not go through it.
    #[must_use]
    pub fn stop_gradient(&self) -> Tensor {
        match &self.0 {
            Repr::Array(_) => self.clone(),
            Repr::Tracked(node) => node.value.as_ref().map_or_else(|| self.clone(), Tensor::stop_gradient),
            Repr::Wrapped(wrapped) => match &wrapped.wrap {
                Wrap::Reverse { primal, .. } | Wrap::Forward { primal, .. } => primal.stop_gradient(),
                Wrap::Batched { batch, axis, .. } => {
                    crate::interpreters::batch::wrap(wrapped.level, batch.stop_gradient(), *axis)
                }
                Wrap::Traced { .. } => self.clone(),
            },
        }
    }

    /// The operation that made this tensor, with the way on to what it was made from; `None` for a
    /// leaf.
    #[must_use]
    pub fn grad_fn(&self) -> Option<GraphNode> {
        let (node, output) = ambient(self)?;
        (!node.is_leaf()).then(|| GraphNode::new(node.clone(), output))
    }

    /// How many in-place updates this tensor has seen.
    #[must_use]
    pub fn version(&self) -> u32 {
        ambient(self).map_or(0, |(node, _)| node.version())
    }
}
