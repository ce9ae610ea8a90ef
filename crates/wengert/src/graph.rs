//! Looking at the graph that reverse mode recorded.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::panic::Location;
use std::sync::{Arc, Weak};

use wengert_array::Shape;

use crate::autograd::ambient;
use crate::few::Few;
use crate::interpreters::reverse::handle;
use crate::node::{Kept, Node, lock};
use crate::prim::Spec;
use crate::tensor::Tensor;

/// A node of the recorded graph: an operation, or at the end of the way a leaf.
///
/// ```
/// use wengert::prelude::*;
/// let x = Tensor::from([1.0, -2.0]).requires_grad();
/// let y = x.abs().sum();
/// let sum = y.grad_fn().unwrap();
/// assert_eq!(sum.name(), "sum");
/// let abs = &sum.next_functions()[0].as_ref().unwrap().clone();
/// assert_eq!(abs.name(), "abs");
/// let leaf = abs.next_functions()[0].clone().unwrap();
/// assert!(leaf.is_leaf());
/// ```
#[derive(Clone)]
pub struct GraphNode {
    node: Arc<Node>,
    output: u32,
}

impl GraphNode {
    pub(crate) fn new(node: Arc<Node>, output: u32) -> GraphNode {
        GraphNode { node, output }
    }

    pub(crate) fn node(&self) -> &Arc<Node> {
        &self.node
    }

    /// What a front end has put by this leaf ([`Tensor::set_companion`]).
    #[must_use]
    pub fn companion(&self) -> Option<Arc<dyn Any + Send + Sync>> {
        lock(&self.node.extra.get()?.companion).clone()
    }

    /// What the node is shown as ([`Tensor::set_label`]): a name, and the nodes of the inputs.
    #[must_use]
    pub fn label(&self) -> Option<(String, Vec<Option<GraphNode>>)> {
        let label = lock(&self.node.extra.get()?.label);
        let label = label.as_ref()?;
        let inputs = label.inputs.iter().map(|input| {
            let (node, output) = input.as_ref()?;
            Some(GraphNode::new(node.upgrade()?, *output))
        });
        Some((label.name.to_string(), inputs.collect()))
    }

    /// The name of the primitive; `accumulate_grad` for a leaf.
    #[must_use]
    pub fn name(&self) -> &str {
        self.node.prim.as_ref().map_or("accumulate_grad", |prim| prim.name())
    }

    /// The parameters of the primitive, as a program prints them.
    #[must_use]
    pub fn parameters(&self) -> String {
        self.node.prim.as_ref().map_or_else(String::new, |prim| prim.parameters())
    }

    /// Whether this is a leaf, where gradients accumulate.
    #[must_use]
    pub fn is_leaf(&self) -> bool {
        self.node.is_leaf()
    }

    /// The nodes that made the inputs, in order; `None` for an input that does not require grad.
    #[must_use]
    pub fn next_functions(&self) -> Vec<Option<GraphNode>> {
        self.node
            .parents
            .iter()
            .map(|edge| edge.as_ref().map(|edge| GraphNode::new(edge.node.clone(), edge.output)))
            .collect()
    }

    /// Which of the operation's outputs this is.
    #[must_use]
    pub fn output(&self) -> usize {
        self.output as usize
    }

    /// The shape of that output.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        self.node.output_shape(self.output as usize)
    }

    /// The shape and dtype of that output, where it was recorded or is a scalar's own.
    #[must_use]
    pub fn spec(&self) -> Option<Spec> {
        match (&self.node.specs, &self.node.value) {
            (Some(specs), _) => specs.outputs.get(self.output as usize).cloned(),
            (None, Some(value)) => Some(value.spec()),
            (None, None) => None,
        }
    }

    /// The value of that output, where the node itself holds it: a scalar's.
    #[must_use]
    pub fn value(&self) -> Option<Tensor> {
        self.node.value.as_ref().map(|value| handle(&self.node, self.output, 0, value))
    }

    /// The shape and dtype of input `i`, where it was recorded.
    #[must_use]
    pub fn input_spec(&self, i: usize) -> Option<Spec> {
        self.node.specs.as_ref()?.inputs.get(i).cloned()
    }

    /// The value of input `i`, where the operation keeps it for its backward pass.
    #[must_use]
    pub fn input_value(&self, i: usize) -> Option<Tensor> {
        let kept = lock(&self.node.kept);
        let Kept::Values(values) = &*kept else { return None };
        self.node.saved(values).input(i).ok().cloned()
    }

    /// The line of the program that ran the operation or made the leaf.
    #[must_use]
    pub fn location(&self) -> &'static Location<'static> {
        self.node.location
    }

    /// The line of the program, as text: the host's ([`set_host_line`](crate::set_host_line)) if one was named.
    #[must_use]
    pub fn line(&self) -> String {
        self.node.line().to_string()
    }

    /// A number that tells this node from every other one alive.
    #[must_use]
    pub fn id(&self) -> usize {
        Arc::as_ptr(&self.node) as usize
    }

    /// How many inputs the operation had.
    #[must_use]
    pub fn num_inputs(&self) -> usize {
        match &self.node.parents {
            Few::Zero => 0,
            parents => parents.len(),
        }
    }

    /// The accumulated gradient of that output, if there is one.
    #[must_use]
    pub fn grad(&self) -> Option<Tensor> {
        self.node.extra.get()?.grad(self.output)
    }
}

impl Tensor {
    /// Puts something of a front end's by a tensor that requires grad, such as a weak reference to its own object for it:
    /// [`GraphNode::companion`] finds it again. Nothing happens to a tensor that does not require grad.
    pub fn set_companion(&self, companion: Arc<dyn Any + Send + Sync>) {
        if let Some((node, _)) = ambient(self) {
            let old = lock(&node.extra().companion).replace(companion);
            drop(old);
        }
    }
}

/// A name for what several operations do together.
pub(crate) struct Label {
    name: Cow<'static, str>,
    /// The graph keeps what a node was computed from alive. To hold it here too would be to drop it in another order.
    inputs: Vec<Option<(Weak<Node>, u32)>>,
}

impl Tensor {
    /// Lets the operation that made this tensor be shown under a name, as if it had computed the tensor from `inputs` at
    /// once: for functions that are several operations to the engine and one to their users. Only what looks at the graph
    /// sees it. Nothing happens to a tensor that no operation made since `inputs`.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// let x = Tensor::from([1.0, 2.0]).requires_grad();
    /// let y = x.square().sum().sqrt();
    /// y.set_label("length", &[&x]);
    /// let (name, inputs) = y.grad_fn().unwrap().label().unwrap();
    /// assert!(name == "length" && inputs[0].as_ref().unwrap().is_leaf());
    /// ```
    pub fn set_label(&self, name: impl Into<Cow<'static, str>>, inputs: &[&Tensor]) {
        let Some((node, _)) = ambient(self) else { return };
        let sources: Vec<_> = inputs.iter().map(|input| ambient(input)).collect();
        if node.is_leaf() || sources.iter().flatten().any(|(source, _)| Arc::ptr_eq(source, node)) {
            return;
        }
        let inputs =
            sources.into_iter().map(|source| source.map(|(node, output)| (Arc::downgrade(node), output))).collect();
        *lock(&node.extra().label) = Some(Box::new(Label { name: name.into(), inputs }));
    }
}

impl PartialEq for GraphNode {
    fn eq(&self, other: &GraphNode) -> bool {
        Arc::ptr_eq(&self.node, &other.node) && self.output == other.output
    }
}

impl fmt::Debug for GraphNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} {} at {}>", self.name(), Shape::from(self.shape()), self.location())
    }
}
