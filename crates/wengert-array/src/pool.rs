//! Where buffers come from and go back to.
//!
//! Sizes are rounded up to classes, eight to each doubling, so at most an eighth is wasted. Freed blocks below 64 KiB go
//! to a list of the freeing thread, larger ones to one shared list; both are bounded. The shared list never makes the
//! process larger than its live arrays once were (plus a small slack): before fresh memory is asked for, blocks that have
//! lain idle longest are returned to the system. On Linux, blocks of 2 MiB or more are aligned for huge pages.
//!
//! Every block is initialised: fresh ones are zero, recycled ones hold old bytes.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::cell::UnsafeCell;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Alignment of every block.
pub(crate) const ALIGN: usize = 64;
/// From here on blocks are shared between threads.
const LARGE: usize = 64 << 10;
/// From here on blocks are aligned for huge pages.
#[cfg(all(target_os = "linux", not(miri)))]
const HUGE: usize = 2 << 20;
/// Idle bytes that one thread keeps.
const LOCAL_CAP: usize = 1 << 20;
/// Idle bytes that the shared list keeps.
const SHARED_CAP: usize = 1 << 30;
/// How far idle memory may push the total above the peak of live memory.
const SLACK: usize = 16 << 20;
/// Classes below `LARGE` (inclusive of blocks of exactly that size, which are large by definition and unused here).
const LOCAL_CLASSES: usize = 64;

/// The class of a block and how many bytes blocks of that class have.
#[inline]
fn class(bytes: usize) -> (usize, usize) {
    let bytes = if bytes < ALIGN { ALIGN } else { bytes };
    if bytes <= 512 {
        let i = (bytes - 1) / 64;
        return (i, (i + 1) * 64);
    }
    let e = (bytes - 1).ilog2() as usize;
    let step = 1usize << (e - 3);
    let k = ((bytes - 1) >> (e - 3)) & 7;
    (8 + (e - 9) * 8 + k, (1 << e) + (k + 1) * step)
}

/// The idle blocks of one thread: for each class a list threaded through the blocks themselves.
struct Local {
    heads: [*mut u8; LOCAL_CLASSES],
    idle: usize,
    /// Change of the live bytes not yet added to `SMALL_LIVE`.
    live: isize,
}

/// Gives its blocks back when the thread ends.
struct LocalCell(UnsafeCell<Local>);

thread_local! {
    static LOCAL: LocalCell = const {
        LocalCell(UnsafeCell::new(Local { heads: [std::ptr::null_mut(); LOCAL_CLASSES], idle: 0, live: 0 }))
    };
}

/// Live bytes in small blocks, to within `LIVE_GRAIN` for each thread.
static SMALL_LIVE: AtomicIsize = AtomicIsize::new(0);
static SMALL_PEAK: AtomicUsize = AtomicUsize::new(0);
const LIVE_GRAIN: isize = 64 << 10;

impl Local {
    #[inline(always)]
    fn count(&mut self, change: isize) {
        self.live += change;
        if self.live.unsigned_abs() >= LIVE_GRAIN as usize {
            self.flush();
        }
    }

    #[cold]
    fn flush(&mut self) {
        let now = SMALL_LIVE.fetch_add(self.live, Relaxed) + self.live;
        self.live = 0;
        SMALL_PEAK.fetch_max(now.max(0) as usize, Relaxed);
    }

    fn clear(&mut self) {
        for (class, head) in self.heads.iter_mut().enumerate() {
            let mut p = std::mem::replace(head, std::ptr::null_mut());
            while let Some(block) = NonNull::new(p) {
                // SAFETY: every block on the list starts with the pointer to the next one, written by `release`.
                p = unsafe { block.cast::<*mut u8>().read() };
                // SAFETY: the block is on no list any more and came from `fresh` with this class's size.
                unsafe { to_system(block, small_class_size(class)) };
            }
        }
        self.idle = 0;
    }
}

impl Drop for LocalCell {
    fn drop(&mut self) {
        let local = self.0.get_mut();
        local.flush();
        local.clear();
    }
}

/// How many bytes blocks of a class have; the inverse of [`class`].
fn small_class_size(class: usize) -> usize {
    if class < 8 {
        return (class + 1) * 64;
    }
    let (e, k) = (9 + (class - 8) / 8, (class - 8) % 8);
    (1 << e) + (k + 1) * (1 << (e - 3))
}

/// The idle large blocks, in the order in which they came, and what is known of the whole.
struct Shared {
    idle: Vec<Idle>,
    idle_bytes: usize,
    live: usize,
    peak: usize,
    /// As `peak`, never reset: what the process has once needed.
    ever: usize,
}

struct Idle {
    block: NonNull<u8>,
    size: usize,
}

// SAFETY: an idle block belongs to the list alone.
unsafe impl Send for Idle {}

static SHARED: Mutex<Shared> = Mutex::new(Shared { idle: Vec::new(), idle_bytes: 0, live: 0, peak: 0, ever: 0 });

fn shared() -> MutexGuard<'static, Shared> {
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn grow(&mut self, size: usize) {
        self.live += size;
        self.peak = self.peak.max(self.live);
        self.ever = self.ever.max(self.live);
    }

    /// Takes idle blocks, oldest first, until at most `bytes` are idle.
    fn shrink_to(&mut self, bytes: usize) -> Vec<Idle> {
        let mut n = 0;
        while self.idle_bytes > bytes && n < self.idle.len() {
            self.idle_bytes -= self.idle[n].size;
            n += 1;
        }
        self.idle.drain(..n).collect()
    }
}

/// A block of at least `bytes` initialised bytes, and whether they are all zero. `None` if there is no memory.
#[inline]
pub(crate) fn acquire(bytes: usize) -> Option<(NonNull<u8>, bool)> {
    let (class, size) = class(bytes);
    if size >= LARGE {
        return acquire_large(size, bytes);
    }
    let recycled = LOCAL.try_with(|cell| {
        // SAFETY: the cell is of this thread alone and nothing here calls back into this module while it is borrowed.
        let local = unsafe { &mut *cell.0.get() };
        local.count(size as isize);
        let block = NonNull::new(local.heads[class])?;
        // SAFETY: the block is idle and starts with the pointer to the next one; clearing that pointer keeps the block
        // free of addresses, so that its bytes are plain numbers.
        unsafe {
            local.heads[class] = block.cast::<*mut u8>().read();
            block.cast::<u64>().write(0);
        }
        local.idle -= size;
        Some(block)
    });
    match recycled {
        Ok(Some(block)) => Some((block, false)),
        _ => Some((fresh(size, bytes)?, true)),
    }
}

fn acquire_large(size: usize, bytes: usize) -> Option<(NonNull<u8>, bool)> {
    let evicted = {
        let mut pool = shared();
        if let Some(i) = pool.idle.iter().rposition(|idle| idle.size == size) {
            let idle = pool.idle.remove(i);
            pool.idle_bytes -= size;
            pool.grow(size);
            return Some((idle.block, false));
        }
        pool.grow(size);
        let room = (pool.ever + SLACK).saturating_sub(pool.live);
        pool.shrink_to(room)
    };
    give_back(evicted);
    let block = fresh(size, bytes).or_else(|| {
        clear();
        fresh(size, bytes)
    });
    if block.is_none() {
        shared().live -= size;
    }
    Some((block?, true))
}

/// Takes back a block of [`acquire`].
///
/// # Safety
/// The block came from `acquire(bytes)` with the same `bytes` and is not used any more.
#[inline]
pub(crate) unsafe fn release(block: NonNull<u8>, bytes: usize) {
    let (class, size) = class(bytes);
    if size >= LARGE {
        return release_large(block, size);
    }
    let kept = LOCAL.try_with(|cell| {
        // SAFETY: as in `acquire`.
        let local = unsafe { &mut *cell.0.get() };
        local.count(-(size as isize));
        if local.idle + size > LOCAL_CAP {
            return false;
        }
        // SAFETY: the block is at least 64 bytes, aligned to 64, and ours.
        unsafe { block.cast::<*mut u8>().write(local.heads[class]) };
        local.heads[class] = block.as_ptr();
        local.idle += size;
        true
    });
    if kept != Ok(true) {
        // SAFETY: the caller's promise.
        unsafe { to_system(block, size) };
    }
}

fn release_large(block: NonNull<u8>, size: usize) {
    let evicted = {
        let mut pool = shared();
        pool.live -= size;
        pool.idle.push(Idle { block, size });
        pool.idle_bytes += size;
        pool.shrink_to(SHARED_CAP)
    };
    give_back(evicted);
}

fn give_back(blocks: Vec<Idle>) {
    for idle in blocks {
        // SAFETY: the block was on the idle list, so it is unused and came from `fresh` with this size.
        unsafe { to_system(idle.block, idle.size) };
    }
}

/// Returns every idle block of the shared list, and of this thread's, to the system.
pub(crate) fn clear() {
    let idle = shared().shrink_to(0);
    give_back(idle);
    // A thread that is ending has already given its blocks back.
    let _ = LOCAL.try_with(|cell| {
        // SAFETY: as in `acquire`.
        unsafe { &mut *cell.0.get() }.clear()
    });
}

/// Live bytes, the highest they have been since [`reset_peak`], and idle bytes in the shared list.
pub(crate) fn usage() -> (usize, usize, usize) {
    let _ = LOCAL.try_with(|cell| {
        // SAFETY: as in `acquire`.
        unsafe { &mut *cell.0.get() }.flush()
    });
    let pool = shared();
    let small = SMALL_LIVE.load(Relaxed).max(0) as usize;
    (pool.live + small, pool.peak + SMALL_PEAK.load(Relaxed), pool.idle_bytes)
}

/// Forgets how high the live bytes have been.
pub(crate) fn reset_peak() {
    let mut pool = shared();
    pool.peak = pool.live;
    SMALL_PEAK.store(SMALL_LIVE.load(Relaxed).max(0) as usize, Relaxed);
}

/// A zeroed block of `size` bytes from the system, of which `bytes` are about to be used.
#[cfg_attr(any(not(target_os = "linux"), miri), expect(unused_variables))]
fn fresh(size: usize, bytes: usize) -> Option<NonNull<u8>> {
    #[cfg(all(target_os = "linux", not(miri)))]
    if size >= HUGE {
        return huge::map(size, bytes);
    }
    let layout = Layout::from_size_align(size, ALIGN).ok()?;
    // SAFETY: the size is not zero: classes start at 64 bytes.
    NonNull::new(unsafe { alloc_zeroed(layout) })
}

/// Returns a block to the system.
///
/// # Safety
/// The block came from `fresh(size)` and is not used any more.
unsafe fn to_system(block: NonNull<u8>, size: usize) {
    #[cfg(all(target_os = "linux", not(miri)))]
    if size >= HUGE {
        // SAFETY: the caller's promise: it was mapped with this size.
        return unsafe { huge::unmap(block, size) };
    }
    if let Ok(layout) = Layout::from_size_align(size, ALIGN) {
        // SAFETY: the caller's promise: it was allocated with this layout.
        unsafe { dealloc(block.as_ptr(), layout) };
    }
}

#[cfg(all(target_os = "linux", not(miri)))]
mod huge {
    use super::HUGE;
    use std::ptr::NonNull;

    /// Zero pages aligned to 2 MiB, marked for huge pages, all but the one in which the first `bytes` bytes end: it would
    /// take up to 2 MiB that nobody uses.
    pub fn map(size: usize, bytes: usize) -> Option<NonNull<u8>> {
        let span = size.checked_add(HUGE)?;
        let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        // SAFETY: a fresh anonymous mapping touches no memory of ours.
        let base = unsafe { libc::mmap(std::ptr::null_mut(), span, protection, flags, -1, 0) };
        if base == libc::MAP_FAILED {
            return None;
        }
        let base = base.cast::<u8>();
        let lead = base.align_offset(HUGE);
        let used = size.next_multiple_of(4096);
        // SAFETY: the pieces before and after the aligned block lie in the mapping just made and nobody has seen them;
        // advice does not change contents, and where it is refused ordinary pages serve.
        unsafe {
            let block = base.add(lead);
            if lead > 0 {
                libc::munmap(base.cast(), lead);
            }
            if span > lead + used {
                libc::munmap(block.add(used).cast(), span - lead - used);
            }
            libc::madvise(block.cast(), used, libc::MADV_HUGEPAGE);
            let end = bytes.min(used) / HUGE * HUGE;
            if end < bytes {
                libc::madvise(block.add(end).cast(), HUGE.min(used - end), libc::MADV_NOHUGEPAGE);
            }
            NonNull::new(block)
        }
    }

    /// Unmaps a block of [`map`].
    ///
    /// # Safety
    /// The block came from `map(size)` and is not used any more.
    pub unsafe fn unmap(block: NonNull<u8>, size: usize) {
        // SAFETY: the caller's promise.
        unsafe { libc::munmap(block.as_ptr().cast(), size.next_multiple_of(4096)) };
    }
}
