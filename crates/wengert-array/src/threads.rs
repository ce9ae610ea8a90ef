//! The worker threads that all loops of this crate share.
//!
//! The crate keeps a pool of its own, so an application's use of rayon and this one do not disturb each other. The number
//! of threads changes speed only: every loop cuts its work into pieces that do not depend on it, so results are the same
//! to the last bit.

use crate::error::{Error, Result};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The environment variable that sets the number of threads before the first loop runs.
const VARIABLE: &str = "WENGERT_NUM_THREADS";

/// Number of threads; 0 until it is first asked for.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// The pool, started by the first loop large enough to want it.
static POOL: RwLock<Option<Workers>> = RwLock::new(None);

struct Workers {
    pool: Arc<ThreadPool>,
    threads: usize,
    /// Threads do not survive a fork: a child process must start its own.
    process: u32,
}

impl Workers {
    fn serves(&self, threads: usize) -> bool {
        self.threads == threads && self.process == std::process::id()
    }
}

/// Sets how many threads the loops of this crate use.
///
/// # Errors
/// Zero threads, or threads that the operating system does not grant.
///
/// ```
/// wengert_array::threads::set_threads(2)?;
/// assert_eq!(wengert_array::threads::threads(), 2);
/// assert!(wengert_array::threads::set_threads(0).is_err());
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn set_threads(n: usize) -> Result<()> {
    if n == 0 {
        return Err(refused("the number of threads must be at least 1, got 0".to_string()));
    }
    if n > 1 {
        start(n).map_err(|why| refused(format!("{n} threads could not be started: {why}")))?;
    }
    THREADS.store(n, Ordering::Relaxed);
    Ok(())
}

fn refused(detail: String) -> Error {
    Error::Argument { op: "set_threads".into(), detail }
}

/// How many threads the loops of this crate use.
///
/// Unless [`set_threads`] was called, this is the environment variable `WENGERT_NUM_THREADS` if it holds a positive number,
/// and otherwise the parallelism that the operating system reports.
pub fn threads() -> usize {
    match THREADS.load(Ordering::Relaxed) {
        0 => first_use(),
        n => n,
    }
}

#[cold]
fn first_use() -> usize {
    let asked = std::env::var(VARIABLE).ok().and_then(|text| text.trim().parse().ok()).filter(|&n: &usize| n > 0);
    let n = asked.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, |n| n.get()));
    // A set_threads from another thread that came in between wins.
    match THREADS.compare_exchange(0, n, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => n,
        Err(set) => set,
    }
}

/// The running pool of `threads` workers, started if need be.
fn start(threads: usize) -> std::result::Result<Arc<ThreadPool>, rayon::ThreadPoolBuildError> {
    if let Some(workers) = POOL.read().unwrap_or_else(PoisonError::into_inner).as_ref()
        && workers.serves(threads)
    {
        return Ok(workers.pool.clone());
    }
    let mut slot = POOL.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(workers) = slot.as_ref()
        && workers.serves(threads)
    {
        return Ok(workers.pool.clone());
    }
    let pool = ThreadPoolBuilder::new().num_threads(threads).thread_name(|i| format!("wengert-{i}")).build()?;
    let pool = Arc::new(pool);
    let old = slot.replace(Workers { pool: pool.clone(), threads, process: std::process::id() });
    if let Some(old) = old
        && old.process != std::process::id()
    {
        // Its threads live in the parent process: there is nothing here to stop.
        std::mem::forget(old);
    }
    Ok(pool)
}

/// Runs `f` inside the pool, so that rayon's own loops in it use these threads; directly where one thread is asked for.
pub(crate) fn install<R: Send>(f: impl FnOnce() -> R + Send) -> R {
    let n = threads();
    if n == 1 {
        return f();
    }
    match start(n) {
        Ok(pool) => pool.install(f),
        Err(_) => f(),
    }
}

/// Runs `f(0)`, …, `f(n_chunks - 1)` across the pool, in any order; one after the other where there is one thread or chunk.
///
/// May be called from within a chunk.
pub(crate) fn parallel_chunks(n_chunks: usize, f: impl Fn(usize) + Sync + Send) {
    if n_chunks <= 1 || threads() == 1 {
        return (0..n_chunks).for_each(f);
    }
    match start(threads()) {
        Ok(pool) => pool.install(|| (0..n_chunks).into_par_iter().for_each(f)),
        Err(_) => (0..n_chunks).for_each(f),
    }
}

/// Cuts `out` into pieces of `size` elements (the last may be shorter) and runs `f(piece number, piece)` on each across the
/// pool.
pub(crate) fn parallel_slices<T: Send>(out: &mut [T], size: usize, f: impl Fn(usize, &mut [T]) + Sync + Send) {
    let size = size.max(1);
    if out.len() <= size || threads() == 1 {
        return out.chunks_mut(size).enumerate().for_each(|(i, piece)| f(i, piece));
    }
    match start(threads()) {
        Ok(pool) => pool.install(|| out.par_chunks_mut(size).enumerate().for_each(|(i, piece)| f(i, piece))),
        Err(_) => out.chunks_mut(size).enumerate().for_each(|(i, piece)| f(i, piece)),
    }
}
