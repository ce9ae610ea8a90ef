//! Reverse: the step is done one level further out and its node recorded, with the residuals that its
//! `vjp` rule names, unwrapped, and no more.

use std::cell::Cell;
use std::panic::Location;
use std::sync::{Arc, Mutex, OnceLock};

use smallvec::SmallVec;

use crate::apply::{apply_at, blamed};
use crate::error::Result;
use crate::few::Few;
use crate::level::Level;
use crate::line;
use crate::node::{Edge, Kept, Node, Specs};
use crate::prim::{Mask, Outs, Prim};
use crate::tensor::{Repr, Tensor, Wrap};

thread_local! {
    static RECORDING: Cell<bool> = const { Cell::new(true) };
}

/// Whether operations on tensors that require grad are recorded on this thread.
#[inline]
pub(crate) fn recording() -> bool {
    RECORDING.get()
}

/// Switches recording and returns what it was.
pub(crate) fn switch(on: bool) -> bool {
    RECORDING.replace(on)
}

/// Sets the recording mode of this thread, and restores it when dropped.
#[derive(Debug)]
pub(crate) struct Recording(bool);

impl Recording {
    pub fn set(on: bool) -> Recording {
        Recording(RECORDING.replace(on))
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        RECORDING.set(self.0);
    }
}

/// Whether steps of a level are recorded: at the ambient one while recording is on, at others while they run.
#[inline]
fn records(level: Level) -> bool {
    if level.is_ambient() { recording() } else { level.is_alive() }
}

/// A tensor as reverse mode at one level sees it.
pub(crate) struct View<'a> {
    pub primal: &'a Tensor,
    pub source: Option<(&'a Arc<Node>, u32, u32)>,
}

#[inline]
pub(crate) fn unwrap(level: Level, tensor: &Tensor) -> View<'_> {
    match &tensor.0 {
        Repr::Tracked(node) if node.level == level => match &node.value {
            Some(primal) => View { primal, source: Some((node, 0, 0)) },
            None => View { primal: tensor, source: None },
        },
        Repr::Wrapped(wrapped) if wrapped.level == level => match &wrapped.wrap {
            Wrap::Reverse { primal, node, output, version } => View { primal, source: Some((node, *output, *version)) },
            _ => View { primal: tensor, source: None },
        },
        _ => View { primal: tensor, source: None },
    }
}

/// The tensor that stands for output `output` of `node`, whose value is `primal`.
#[inline]
pub(crate) fn handle(node: &Arc<Node>, output: u32, version: u32, primal: &Tensor) -> Tensor {
    if node.value.is_some() {
        Tensor(Repr::Tracked(node.clone()))
    } else {
        Tensor::wrapped(node.level, Wrap::Reverse { primal: primal.clone(), node: node.clone(), output, version })
    }
}

/// A new leaf of this level that stands for `primal`.
pub(crate) fn leaf(level: Level, primal: Tensor, location: &'static Location<'static>) -> Tensor {
    let node = Arc::new(Node::leaf(level, Some(primal.spec()), location));
    Tensor::wrapped(level, Wrap::Reverse { primal, node, output: 0, version: 0 })
}

pub(crate) fn step(
    level: Level,
    prim: &Prim,
    inputs: &[&Tensor],
    location: &'static Location<'static>,
) -> Result<Outs<Tensor>> {
    match inputs {
        [a] => {
            let a = unwrap(level, a);
            let outs = apply_at(prim, &[a.primal], location)?;
            Ok(record(level, prim, &[a], outs, location))
        }
        [a, b] => {
            let (a, b) = (unwrap(level, a), unwrap(level, b));
            let outs = apply_at(prim, &[a.primal, b.primal], location)?;
            Ok(record(level, prim, &[a, b], outs, location))
        }
        _ => {
            let views: SmallVec<[View<'_>; 8]> = inputs.iter().map(|input| unwrap(level, input)).collect();
            let primals: SmallVec<[&Tensor; 8]> = views.iter().map(|view| view.primal).collect();
            let outs = apply_at(prim, &primals, location)?;
            Ok(record(level, prim, &views, outs, location))
        }
    }
}

#[inline]
fn record(
    level: Level,
    prim: &Prim,
    views: &[View<'_>],
    outs: Outs<Tensor>,
    location: &'static Location<'static>,
) -> Outs<Tensor> {
    if !records(level) || !outs.iter().any(|out| out.dtype().is_float()) {
        return outs;
    }
    let mut wanted = Mask::NONE;
    let mut depth = 0;
    for (i, view) in views.iter().enumerate() {
        if let Some((node, ..)) = view.source {
            wanted = wanted.with(i);
            depth = depth.max(node.depth);
        }
    }
    let edge =
        |view: &View<'_>| view.source.map(|(node, output, version)| Edge { node: node.clone(), output, version });
    let parents = match views {
        [a] => Few::One(edge(a)),
        [a, b] => Few::Two([edge(a), edge(b)]),
        _ => views.iter().map(edge).collect(),
    };
    let which = prim.residuals(wanted);
    let mut kept = Few::Zero;
    if !which.inputs.is_empty() {
        for (i, view) in views.iter().enumerate() {
            if which.inputs.has(i) {
                kept.push(view.primal.clone());
            }
        }
    }
    if !which.outputs.is_empty() {
        for (k, out) in outs.iter().enumerate() {
            if which.outputs.has(k) {
                kept.push(out.clone());
            }
        }
    }
    // The value of a lone scalar lies in its node; anything larger is held by its handle, so that the
    // graph does not keep values that no rule needs.
    let value = match &outs {
        Outs::One(out) if out.ndim() == 0 => Some(out.clone()),
        _ => None,
    };
    let plain = value
        .as_ref()
        .is_some_and(|value| views.iter().all(|view| view.primal.ndim() == 0 && view.primal.dtype() == value.dtype()));
    let specs = (!plain).then(|| {
        let inputs = match views {
            [a] => Few::One(a.primal.spec()),
            [a, b] => Few::Two([a.primal.spec(), b.primal.spec()]),
            _ => views.iter().map(|view| view.primal.spec()).collect(),
        };
        let outputs = match &outs {
            Outs::One(out) => Few::One(out.spec()),
            outs => outs.iter().map(Tensor::spec).collect(),
        };
        Box::new(Specs { inputs, outputs })
    });
    let node = Arc::new(Node {
        level,
        depth: depth + 1,
        value,
        prim: Some(prim.clone()),
        parents,
        kept: Mutex::new(Kept::Values(kept)),
        which,
        specs,
        location: blamed(location),
        host: line::of_host(),
        extra: OnceLock::new(),
    });
    if node.value.is_some() {
        return Outs::One(Tensor(Repr::Tracked(node)));
    }
    let mut output = 0;
    outs.map(|primal| {
        let k = output;
        output += 1;
        if primal.dtype().is_float() {
            Tensor::wrapped(level, Wrap::Reverse { primal, node: node.clone(), output: k, version: 0 })
        } else {
            primal
        }
    })
}
