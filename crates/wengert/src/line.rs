//! The line of a program that made an operation: of a Rust program, or of the program of a host language.

use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::sync::{Arc, OnceLock};

use crate::apply::in_rule;

/// A place in a program.
#[derive(Clone, Debug)]
pub(crate) enum Line {
    Rust(&'static Location<'static>),
    Host(Arc<str>),
}

/// Says where the host program is, as `file:line`.
pub type HostLine = fn() -> Option<Arc<str>>;

thread_local! {
    static HOST: Cell<Option<HostLine>> = const { Cell::new(None) };
}

/// The host's line on threads that have no other.
static EVERYWHERE: OnceLock<HostLine> = OnceLock::new();

/// Lets `line` say, on every thread, which line of a host program (a Python program, say) makes each operation that is
/// recorded and changes tensors in place; errors of a backward pass then name that line. It is called for each recorded
/// operation, so it had better be quick; what the rules of operations record is left out. The first call counts.
pub fn set_host(line: HostLine) {
    let _ = EVERYWHERE.set(line);
}

/// Lets `line` say on this thread what [`set_host`] says on all, and of what rules record too. Returns what was set before.
///
/// ```
/// use wengert::prelude::*;
/// let before = wengert::set_host_line(Some(|| Some("model.py:3".into())));
/// let x = Tensor::from(-1.0).requires_grad();
/// let y = x.sqrt();
/// let error = detect_anomaly(|| y.backward()).unwrap_err();
/// assert!(error.to_string().contains("model.py:3"));
/// wengert::set_host_line(before);
/// ```
pub fn set_host_line(line: Option<HostLine>) -> Option<HostLine> {
    HOST.replace(line)
}

/// The line of the host program, if one is to be named.
#[inline]
pub(crate) fn of_host() -> Option<Arc<str>> {
    match HOST.get() {
        Some(line) => line(),
        None if in_rule() => None,
        None => EVERYWHERE.get().and_then(|line| line()),
    }
}

impl Line {
    /// The host's line if there is one, or else `location`.
    pub fn here(location: &'static Location<'static>) -> Line {
        of_host().map_or(Line::Rust(location), Line::Host)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Line::Rust(location) => location.fmt(f),
            Line::Host(line) => f.write_str(line),
        }
    }
}
