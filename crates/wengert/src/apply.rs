//! The one front door: every operation on tensors goes through [`apply`].

use std::cell::Cell;
use std::panic::Location;

use crate::error::{ErrorKind, Result};
use crate::interpreters::{batch, evaluate, forward, reverse, trace};
use crate::level::Level;
use crate::prim::{Outs, Prim};
use crate::tensor::{Repr, Tensor, Wrap};

/// Applies a primitive to inputs. The innermost transform that wraps any input interprets the step: it
/// strips its wrap, comes through here again one level further out, and wraps the result.
///
/// # Errors
/// Whatever [`Primitive::output`](crate::Primitive::output) complains of; the error names the caller's
/// line.
#[inline]
#[track_caller]
pub fn apply(prim: &Prim, inputs: &[&Tensor]) -> Result<Outs<Tensor>> {
    apply_at(prim, inputs, Location::caller())
}

/// [`apply`] for a primitive with exactly one result.
///
/// # Errors
/// As [`apply`], and if the primitive has another number of results.
#[inline]
#[track_caller]
pub fn apply_one(prim: &Prim, inputs: &[&Tensor]) -> Result<Tensor> {
    one(prim, apply_at(prim, inputs, Location::caller())?)
}

#[inline]
#[track_caller]
pub(crate) fn one(prim: &Prim, outs: Outs<Tensor>) -> Result<Tensor> {
    match outs {
        Outs::One(out) => Ok(out),
        outs => Err(crate::Error::argument(
            prim.name(),
            format!("has {} results where one is expected: use `apply`", outs.len()),
        )
        .or_at(blamed(Location::caller()))),
    }
}

#[inline]
pub(crate) fn apply_at(prim: &Prim, inputs: &[&Tensor], location: &'static Location<'static>) -> Result<Outs<Tensor>> {
    let mut top: Option<(Level, usize)> = None;
    for (i, input) in inputs.iter().enumerate() {
        if let Some(level) = input.level()
            && top.is_none_or(|(other, _)| level.id > other.id)
        {
            top = Some((level, i));
        }
    }
    let result = match top {
        None => evaluate::step(prim, inputs),
        Some((level, i)) => interpret(level, prim, inputs, i, location),
    };
    match result {
        Ok(outs) => Ok(outs),
        Err(error) => Err(error.or_at(blamed(location))),
    }
}

fn interpret(
    level: Level,
    prim: &Prim,
    inputs: &[&Tensor],
    innermost: usize,
    location: &'static Location<'static>,
) -> Result<Outs<Tensor>> {
    let wrap = match &inputs[innermost].0 {
        Repr::Wrapped(wrapped) => Some(&wrapped.wrap),
        _ => None,
    };
    if !level.is_alive() && !level.is_tape() {
        let transform = match wrap {
            None | Some(Wrap::Reverse { .. }) => "grad` or `vjp",
            Some(Wrap::Forward { .. }) => "jvp",
            Some(Wrap::Batched { .. }) => "vmap",
            Some(Wrap::Traced { .. }) => "trace",
        };
        return Err(ErrorKind::Escaped { op: prim.name().into(), transform }.into());
    }
    match wrap {
        None | Some(Wrap::Reverse { .. }) => reverse::step(level, prim, inputs, location),
        Some(Wrap::Forward { .. }) => forward::step(level, prim, inputs, location),
        Some(Wrap::Batched { .. }) => batch::step(level, prim, inputs, location),
        Some(Wrap::Traced { tracer, .. }) => trace::step(level, tracer, prim, inputs, location),
    }
}

thread_local! {
    static BLAMED: Cell<Option<&'static Location<'static>>> = const { Cell::new(None) };
}

/// The line to which a step belongs: that of the operation whose rule is running, if any, so that a
/// graph made by a rule shows the user's line and not the rule's.
#[inline]
pub(crate) fn blamed(location: &'static Location<'static>) -> &'static Location<'static> {
    BLAMED.get().unwrap_or(location)
}

/// Whether the rule of an operation is running on this thread.
#[inline]
pub(crate) fn in_rule() -> bool {
    BLAMED.get().is_some()
}

/// While it lives, operations are blamed on `location` (unless an outer rule is blamed already).
pub(crate) struct Blame(Option<&'static Location<'static>>);

impl Blame {
    #[inline]
    pub fn on(location: &'static Location<'static>) -> Blame {
        let before = BLAMED.get();
        BLAMED.set(Some(before.unwrap_or(location)));
        Blame(before)
    }

    /// Like [`Blame::on`], for user code called from inside a rule's reach: whatever line it has is its own.
    pub fn lifted() -> Blame {
        Blame(BLAMED.take())
    }
}

impl Drop for Blame {
    #[inline]
    fn drop(&mut self) {
        BLAMED.set(self.0);
    }
}
