//! Levels: which running transform a wrapped tensor belongs to.
//!
//! Every run of a transform takes the next number of one global counter, so nested transforms never
//! mistake each other's tangents or nodes (no perturbation confusion), on any thread. The number of a
//! transform that has ended is never used again: a tensor that escaped from it is found out. Only the
//! tensors of a [`GradientTape`](crate::GradientTape) outlive it, as plain values.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// The level of one run of one transform. `requires_grad` lives at the ambient level, below all others.
#[derive(Clone, Copy)]
pub(crate) struct Level {
    pub id: u64,
    /// Holds `id` for as long as the transform runs. Slots are reused by later levels.
    slot: &'static AtomicU64,
}

/// Ids are never reused: at one a nanosecond the counter lasts for centuries. An id is twice the counter, and
/// one more for a tape.
static NEXT: AtomicU64 = AtomicU64::new(1);
static AMBIENT_SLOT: AtomicU64 = AtomicU64::new(0);
/// The slots of levels that ended. There are never more of them than transforms that ran at one time.
static FREE: Mutex<Vec<&'static AtomicU64>> = Mutex::new(Vec::new());

const ENDED: u64 = u64::MAX;
/// Added to the id in the slot of a level that is paused.
const PAUSED: u64 = 1 << 63;

impl Level {
    /// The level of `requires_grad` and `backward`.
    pub const AMBIENT: Level = Level { id: 0, slot: &AMBIENT_SLOT };

    #[inline]
    pub fn is_ambient(self) -> bool {
        self.id == 0
    }

    /// Whether the transform is still running, and if it is a tape, not paused.
    #[inline]
    pub fn is_alive(self) -> bool {
        self.slot.load(Ordering::Relaxed) == self.id
    }

    /// Whether the transform will not run any more; a tape that is paused may go on.
    pub fn has_ended(self) -> bool {
        self.slot.load(Ordering::Relaxed) & !PAUSED != self.id
    }

    /// Whether this is the level of a `GradientTape`: where it is not alive, nothing is recorded and its
    /// tensors are plain values.
    #[inline]
    pub fn is_tape(self) -> bool {
        self.id & 1 == 1
    }
}

impl PartialEq for Level {
    #[inline]
    fn eq(&self, other: &Level) -> bool {
        self.id == other.id
    }
}

impl std::fmt::Debug for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Level({})", self.id)
    }
}

/// A running transform: its level ends when the guard is dropped, by a panic too.
#[derive(Debug)]
pub(crate) struct LevelGuard(Level);

impl LevelGuard {
    pub fn enter() -> LevelGuard {
        LevelGuard::numbered(2 * NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The level of a tape.
    pub fn tape() -> LevelGuard {
        LevelGuard::numbered(2 * NEXT.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn numbered(id: u64) -> LevelGuard {
        let free = FREE.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        let slot = free.unwrap_or_else(|| Box::leak(Box::new(AtomicU64::new(ENDED))));
        slot.store(id, Ordering::Relaxed);
        LevelGuard(Level { id, slot })
    }

    #[inline]
    pub fn level(&self) -> Level {
        self.0
    }

    /// Pauses a tape, or lets it go on.
    pub fn pause(&self, paused: bool) {
        self.0.slot.store(if paused { self.0.id | PAUSED } else { self.0.id }, Ordering::Relaxed);
    }
}

impl Drop for LevelGuard {
    fn drop(&mut self) {
        self.0.slot.store(ENDED, Ordering::Relaxed);
        FREE.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(self.0.slot);
    }
}
