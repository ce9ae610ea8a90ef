//! The line of a program that made an operation: of a Rust program, or of the program of a host language.

use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::sync::{Arc, OnceLock};

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

/// The host's line where it is asked for rarely.
static RARELY: OnceLock<HostLine> = OnceLock::new();

/// Lets `line` say, on every thread, which line of a host program changes a tensor in place: that is asked for rarely enough
/// to be known always. The first call counts.
pub fn set_host(line: HostLine) {
    let _ = RARELY.set(line);
}

/// Lets `line` say, on this thread, which line of a host program (a Python program, say) makes each operation that is
/// recorded; errors of a backward pass then name that line. Returns what was set before.
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
    HOST.get().and_then(|line| line())
}

impl Line {
    /// The host's line if there is one, or else `location`.
    pub fn here(location: &'static Location<'static>) -> Line {
        let host = of_host().or_else(|| RARELY.get().and_then(|line| line()));
        host.map_or(Line::Rust(location), Line::Host)
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
