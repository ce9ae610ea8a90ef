//! A node of the graph that reverse mode records. A tracked tensor holds its node, a node its parents
//! and the residuals it needs: dropping the result drops the graph.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use wengert_array::Array;

use crate::few::Few;
use crate::graph::Label;
use crate::hooks::Passing;
use crate::level::Level;
use crate::line::Line;
use crate::prim::{Prim, Residuals, Saved, Spec};
use crate::tensor::{Repr, Tensor};

/// One recorded step, or a leaf (which has no primitive).
pub(crate) struct Node {
    pub level: Level,
    /// One more than the deepest parent's: a parent is always swept after its children.
    pub depth: u32,
    /// A tracked scalar is its node: the value, where the step has one result of rank 0.
    pub value: Option<Tensor>,
    pub prim: Option<Prim>,
    pub parents: Few<Option<Edge>>,
    pub kept: Mutex<Kept>,
    pub which: Residuals,
    /// Specs of inputs and outputs; none where all inputs and the output are scalars.
    pub specs: Option<Box<Specs>>,
    pub location: &'static Location<'static>,
    /// The line of the host program that made the node.
    pub host: Option<Arc<str>>,
    /// Gradient, hooks and version: made for leaves, and for others when first asked for.
    pub extra: OnceLock<Box<Extra>>,
}

/// The way from a step to the node of one of its inputs.
pub(crate) struct Edge {
    pub node: Arc<Node>,
    pub output: u32,
    /// The leaf's version when the step was recorded.
    pub version: u32,
}

/// The residuals of a step, until a backward pass frees them.
pub(crate) enum Kept {
    Values(Few<Tensor>),
    Freed,
}

#[derive(Clone, Debug)]
pub(crate) struct Specs {
    pub inputs: Few<Spec>,
    pub outputs: Few<Spec>,
}

/// A function called with a cotangent on its way; it may replace it.
pub(crate) type Hook = Arc<dyn Fn(&Tensor) -> Option<Tensor> + Send + Sync>;

/// Something of a front end's.
pub(crate) type Companion = Arc<dyn Any + Send + Sync>;

/// What only leaves, and tensors somebody asked about, carry.
#[derive(Default)]
pub(crate) struct Extra {
    pub grads: Mutex<Vec<(u32, Tensor)>>,
    pub retain: AtomicBool,
    pub hooks: Mutex<Vec<(u64, u32, Hook)>>,
    pub version: AtomicU32,
    pub changed: Mutex<Option<Line>>,
    /// What a front end has put by a leaf.
    pub companion: Mutex<Option<Companion>>,
    /// Functions that are called as a sweep comes through the node.
    pub passing: Mutex<Passing>,
    /// What the node is shown as.
    pub label: Mutex<Option<Box<Label>>>,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Extra {
    pub fn grad(&self, output: u32) -> Option<Tensor> {
        lock(&self.grads).iter().find(|(k, _)| *k == output).map(|(_, grad)| grad.clone())
    }

    pub fn set_grad(&self, output: u32, grad: Option<Tensor>) {
        let mut grads = lock(&self.grads);
        grads.retain(|(k, _)| *k != output);
        grads.extend(grad.map(|grad| (output, grad)));
    }
}

impl Node {
    /// A leaf of this level.
    pub fn leaf(level: Level, spec: Option<Spec>, location: &'static Location<'static>) -> Node {
        let extra = OnceLock::new();
        if level.is_ambient() {
            extra.get_or_init(Box::<Extra>::default);
        }
        Node {
            level,
            depth: 0,
            value: None,
            prim: None,
            parents: Few::Zero,
            kept: Mutex::new(Kept::Values(Few::Zero)),
            which: Residuals::NONE,
            specs: spec.map(|spec| Box::new(Specs { inputs: Few::Zero, outputs: Few::One(spec) })),
            location,
            host: None,
            extra,
        }
    }

    #[inline]
    pub fn is_leaf(&self) -> bool {
        self.prim.is_none()
    }

    /// The line that made the node.
    pub fn line(&self) -> Line {
        self.host.as_ref().map_or(Line::Rust(self.location), |line| Line::Host(line.clone()))
    }

    pub fn extra(&self) -> &Extra {
        self.extra.get_or_init(Box::<Extra>::default)
    }

    /// The version that in-place updates have brought a leaf to.
    #[inline]
    pub fn version(&self) -> u32 {
        self.extra.get().map_or(0, |extra| extra.version.load(Ordering::Acquire))
    }

    /// The shape of output `k`.
    pub fn output_shape(&self, k: usize) -> &[usize] {
        self.specs.as_ref().and_then(|specs| specs.outputs.get(k)).map_or(&[], |spec| &spec.shape)
    }

    pub fn saved<'a>(&'a self, kept: &'a [Tensor]) -> Saved<'a> {
        let (inputs, outputs) = match &self.specs {
            Some(specs) => (&specs.inputs[..], &specs.outputs[..]),
            None => (&[][..], &[][..]),
        };
        Saved { kept, which: self.which, inputs, outputs, arity: self.parents.len(), zeros: false }
    }
}

/// Nodes, and tensors that may hold some, waiting to be dropped on one thread.
struct Doomed {
    queue: RefCell<Vec<Tensor>>,
    /// Whether one further up the stack is emptying the queue.
    draining: Cell<bool>,
}

thread_local! {
    static DOOMED: Doomed = const { Doomed { queue: RefCell::new(Vec::new()), draining: Cell::new(false) } };
}

/// The queue keeps room for this many nodes.
const KEPT_ROOM: usize = 1024;

/// Dropping a chain of a million nodes must not recurse a million deep: the first node dropped on a
/// thread drains a queue that every node below it joins, whichever way it was reached (a parent, a
/// residual, a value, or a tensor that a primitive holds).
impl Drop for Node {
    #[inline]
    fn drop(&mut self) {
        let kept = self.kept.get_mut().unwrap_or_else(PoisonError::into_inner);
        let holds_nodes = match kept {
            Kept::Values(values) => values.iter().any(Tensor::holds_node),
            Kept::Freed => false,
        };
        // A step may have the same parent more than once.
        let arity = self.parents.len();
        let last = |edge: &Option<Edge>| edge.as_ref().is_some_and(|edge| Arc::strong_count(&edge.node) <= arity);
        if holds_nodes || self.value.as_ref().is_some_and(Tensor::holds_node) || self.parents.iter().any(last) {
            self.drop_queued();
        }
    }
}

impl Node {
    fn drop_queued(&mut self) {
        // A thread that is ending has no queue any more: what little is left then drops by recursion.
        let _ = DOOMED.try_with(|doomed| {
            self.join(&mut doomed.queue.borrow_mut());
            if doomed.draining.replace(true) {
                return;
            }
            loop {
                let next = doomed.queue.borrow_mut().pop();
                let Some(next) = next else { break };
                drop(next);
            }
            doomed.queue.borrow_mut().shrink_to(KEPT_ROOM);
            doomed.draining.set(false);
        });
    }

    /// Moves whatever may hold a node to the queue. Nothing is dropped here, where the queue is borrowed.
    fn join(&mut self, queue: &mut Vec<Tensor>) {
        for edge in self.parents.as_mut_slice() {
            if let Some(edge) = edge.take() {
                queue.push(Tensor(Repr::Tracked(edge.node)));
            }
        }
        if let Some(value) = self.value.take_if(|value| value.holds_node()) {
            queue.push(value);
        }
        let kept = self.kept.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Kept::Values(values) = kept else { return };
        for value in values.as_mut_slice() {
            if value.holds_node() {
                queue.push(std::mem::replace(value, Tensor::from(Array::Bool(false))));
            }
        }
    }
}
