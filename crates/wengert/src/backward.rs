//! The reverse sweep: cotangents flow from the results to the leaves.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use wengert_array::Shape;

use crate::anomaly;
use crate::apply::Blame;
use crate::error::{Error, ErrorKind, Result};
use crate::few::Few;
use crate::hooks;
use crate::interpreters::reverse::handle;
use crate::line::Line;
use crate::node::{Edge, Kept, Node, lock};
use crate::prim::{Mask, Prim, Saved};
use crate::tensor::{Tensor, same_shape};

/// How a sweep is to be done.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sweep {
    /// Keep the residuals for another pass.
    pub retain: bool,
    /// Record the sweep itself, so that its results can be differentiated: residuals are re-wrapped.
    pub create_graph: bool,
    /// Write out cotangents that are zero by themselves (those of `floor`, say), so that every leaf that the result was
    /// computed from gets a gradient, as in PyTorch.
    pub zeros: bool,
    /// Nodes of less depth are not visited.
    pub min_depth: u32,
}

type Cotangents = Few<Option<Tensor>>;

/// A node on the way whose cotangents are not complete yet.
struct Pending<'a> {
    node: &'a Arc<Node>,
    cotangents: Cotangents,
}

/// The nodes still to visit, the deepest first. Along a chain there is one node at a time, and it
/// never enters the tables.
#[derive(Default)]
struct Queue<'a> {
    lone: Option<Pending<'a>>,
    /// Depth, number and address of each pending node. Of equally deep ones the one met last comes first: an order that
    /// does not depend on addresses, so that sums are the same, bit for bit, in every run.
    order: BTreeSet<(u32, usize, usize)>,
    /// How many nodes have been met.
    met: usize,
    pending: HashMap<usize, Pending<'a>, BuildHasherDefault<AddressHasher>>,
}

/// Addresses are well spread once their low bits, which are all equal, are mixed away.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }
    fn write_usize(&mut self, address: usize) {
        self.0 = (address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(32);
    }
}

fn address(node: &Arc<Node>) -> usize {
    Arc::as_ptr(node) as usize
}

fn outputs_of(node: &Node) -> usize {
    node.specs.as_ref().map_or(1, |specs| specs.outputs.len())
}

impl<'a> Queue<'a> {
    #[inline]
    fn push(&mut self, node: &'a Arc<Node>, output: u32, cotangent: Tensor) -> Result<()> {
        match &mut self.lone {
            Some(lone) if Arc::ptr_eq(lone.node, node) => return accumulate(&mut lone.cotangents, output, cotangent),
            None if self.pending.is_empty() => {
                self.lone = Some(Pending::new(node, output, cotangent));
                return Ok(());
            }
            Some(_) => {
                if let Some(lone) = self.lone.take() {
                    self.order.insert((lone.node.depth, self.met, address(lone.node)));
                    self.met += 1;
                    self.pending.insert(address(lone.node), lone);
                }
            }
            None => {}
        }
        match self.pending.get_mut(&address(node)) {
            Some(pending) => accumulate(&mut pending.cotangents, output, cotangent),
            None => {
                self.order.insert((node.depth, self.met, address(node)));
                self.met += 1;
                self.pending.insert(address(node), Pending::new(node, output, cotangent));
                Ok(())
            }
        }
    }

    #[inline]
    fn pop(&mut self) -> Option<Pending<'a>> {
        if let Some(lone) = self.lone.take() {
            return Some(lone);
        }
        let (.., address) = self.order.pop_last()?;
        self.pending.remove(&address)
    }
}

impl<'a> Pending<'a> {
    #[inline]
    fn new(node: &'a Arc<Node>, output: u32, cotangent: Tensor) -> Pending<'a> {
        let cotangents = match outputs_of(node) {
            1 => Few::One(Some(cotangent)),
            count => {
                let mut all = vec![None; count];
                all[output as usize] = Some(cotangent);
                Few::Many(all)
            }
        };
        Pending { node, cotangents }
    }
}

#[inline]
fn accumulate(cotangents: &mut Cotangents, output: u32, more: Tensor) -> Result<()> {
    let slot = &mut cotangents.as_mut_slice()[output as usize];
    *slot = Some(match slot.take() {
        Some(sum) => sum.try_accumulate(more)?,
        None => more,
    });
    Ok(())
}

/// Runs the sweep from `seeds` (a node, the number of its output, and its cotangent). `visit` sees
/// each node with its complete cotangents, leaves included, after hooks have run.
pub(crate) fn sweep<'a>(
    options: Sweep,
    seeds: impl IntoIterator<Item = (&'a Arc<Node>, u32, Tensor)>,
    mut visit: impl FnMut(&'a Arc<Node>, &[Option<Tensor>]) -> Result<()>,
) -> Result<()> {
    let mut queue = Queue::default();
    for (node, output, cotangent) in seeds {
        queue.push(node, output, cotangent)?;
    }
    while let Some(Pending { node, mut cotangents }) = queue.pop() {
        run_hooks(node, cotangents.as_mut_slice())?;
        visit(node, &cotangents)?;
        match &node.prim {
            Some(prim) => pull(options, node, prim, &cotangents, &mut queue)?,
            None => hooks::after(node, &mut [], &cotangents)?,
        }
    }
    Ok(())
}

/// One step of the sweep: the primitive's `vjp` rule, from the cotangents of `node` to its parents'.
#[inline]
fn pull<'a>(
    options: Sweep,
    node: &'a Arc<Node>,
    prim: &Prim,
    cotangents: &[Option<Tensor>],
    queue: &mut Queue<'a>,
) -> Result<()> {
    let mut wanted = Mask::NONE;
    for (i, edge) in node.parents.iter().enumerate() {
        if edge.as_ref().is_some_and(|edge| edge.node.depth >= options.min_depth) {
            wanted = wanted.with(i);
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    check_versions(node, prim)?;
    let mut kept = take_residuals(node, prim, options.retain || options.create_graph)?;
    if options.create_graph {
        rewrap(node, &mut kept);
    }
    let saved = Saved { zeros: options.zeros, ..node.saved(&kept) };
    let count = node.parents.len();
    let mut short: [Option<Tensor>; 4] = [const { None }; 4];
    let mut long: Vec<Option<Tensor>> = Vec::new();
    let into = if count <= short.len() {
        &mut short[..count]
    } else {
        long.resize(count, None);
        &mut long[..]
    };
    let blame = Blame::on(node.location);
    prim.vjp(prim, &saved, cotangents, wanted, into).map_err(|error| in_backward(node, prim, error))?;
    hooks::after(node, into, cotangents)?;
    for (i, (edge, cotangent)) in node.parents.iter().zip(into.iter_mut()).enumerate() {
        if let (Some(edge), Some(cotangent)) = (edge, cotangent.take())
            && edge.node.depth >= options.min_depth
        {
            check_cotangent(node, prim, i, edge, &cotangent)?;
            queue.push(&edge.node, edge.output, cotangent)?;
        }
    }
    drop(blame);
    Ok(())
}

fn take_residuals(node: &Node, prim: &Prim, retain: bool) -> Result<Few<Tensor>> {
    let mut slot = lock(&node.kept);
    match &mut *slot {
        Kept::Freed => Err(Error::from(ErrorKind::Freed { op: prim.name().into() }).or_at(node.location)),
        Kept::Values(Few::Zero) => Ok(Few::Zero),
        Kept::Values(values) if retain => Ok(values.clone()),
        Kept::Values(values) => {
            let values = std::mem::take(values);
            *slot = Kept::Freed;
            Ok(values)
        }
    }
}

/// Puts the residuals back into the graph: an input comes from its parent's node, an output from the
/// node itself, so that saved outputs make no cycle.
fn rewrap(node: &Arc<Node>, kept: &mut Few<Tensor>) {
    let mut values = kept.as_mut_slice().iter_mut();
    for (i, edge) in node.parents.iter().enumerate() {
        if node.which.inputs.has(i)
            && let Some(value) = values.next()
            && let Some(Edge { node, output, version }) = edge
        {
            *value = handle(node, *output, *version, value);
        }
    }
    for k in 0..outputs_of(node) {
        if node.which.outputs.has(k)
            && let Some(value) = values.next()
            && value.dtype().is_float()
        {
            *value = handle(node, k as u32, 0, value);
        }
    }
}

#[inline]
fn check_versions(node: &Node, prim: &Prim) -> Result<()> {
    if !node.which.outputs.is_empty() && node.version() != 0 {
        return Err(modified(node, prim, node, 0));
    }
    if node.which.inputs.is_empty() {
        return Ok(());
    }
    for (i, edge) in node.parents.iter().enumerate() {
        if let Some(edge) = edge
            && edge.node.version() != edge.version
            && node.which.inputs.has(i)
        {
            return Err(modified(node, prim, &edge.node, edge.version));
        }
    }
    Ok(())
}

#[cold]
fn modified(node: &Node, prim: &Prim, value: &Node, saved_version: u32) -> Error {
    let changed = lock(&value.extra().changed).as_ref().map_or_else(|| "an unknown line".into(), Line::to_string);
    Error::from(ErrorKind::Modified {
        op: prim.name().into(),
        saved: node.line().to_string(),
        saved_version,
        changed,
        version: value.version(),
    })
}

#[inline]
fn check_cotangent(node: &Node, prim: &Prim, input: usize, edge: &Edge, cotangent: &Tensor) -> Result<()> {
    if !same_shape(cotangent.shape(), edge.node.output_shape(edge.output as usize)) {
        return Err(Error::argument(
            prim.name(),
            format!(
                "its vjp rule returned a cotangent of shape {} for input {input} of shape {}: correct the rule",
                Shape::from(cotangent.shape()),
                Shape::from(edge.node.output_shape(edge.output as usize))
            ),
        )
        .or_at(node.location));
    }
    if anomaly::detecting() && anomaly::has_nan(cotangent) {
        return Err(ErrorKind::NonFinite { op: prim.name().into(), input, line: node.line().to_string() }.into());
    }
    Ok(())
}

#[cold]
fn in_backward(node: &Node, prim: &Prim, error: Error) -> Error {
    ErrorKind::Backward { op: prim.name().into(), line: node.line().to_string(), source: Box::new(error) }.into()
}

#[inline]
fn run_hooks(node: &Node, cotangents: &mut [Option<Tensor>]) -> Result<()> {
    let Some(extra) = node.extra.get() else { return Ok(()) };
    let list = lock(&extra.hooks).clone();
    for (_, output, hook) in list {
        if let Some(Some(cotangent)) = cotangents.get_mut(output as usize)
            && let Some(replaced) = hook(cotangent)
        {
            if replaced.shape() != cotangent.shape() {
                return Err(ErrorKind::Cotangent {
                    op: "hook",
                    what: "cotangent",
                    got: Shape::from(replaced.shape()).to_string(),
                    expected: Shape::from(cotangent.shape()).to_string(),
                }
                .into());
            }
            *cotangent = replaced;
        }
    }
    hooks::before(node, cotangents)
}
