//! The five interpreters of a step: evaluate, reverse, forward, batch, trace. None names a primitive,
//! and no primitive names an interpreter.

pub(crate) mod batch;
pub(crate) mod evaluate;
pub(crate) mod forward;
pub(crate) mod reverse;
pub(crate) mod trace;
