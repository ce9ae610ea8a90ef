//! Levels: which running transform a wrapped tensor belongs to.
//!
//! Every run of a transform takes the next number of one global counter, so nested transforms never
//! mistake each other's tangents or nodes (no perturbation confusion), on any thread. The number of a
//! transform that has ended is never used again: a tensor that escaped from it is found out.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// The level of one run of one transform. `requires_grad` lives at the ambient level, below all others.
#[derive(Clone, Copy)]
pub(crate) struct Level {
    pub id: u64,
    /// Holds `id` for as long as the transform runs. Slots are reused by later levels.
    slot: &'static AtomicU64,
}

/// Ids are never reused: at one a nanosecond the counter lasts for centuries.
static NEXT: AtomicU64 = AtomicU64::new(1);
static AMBIENT_SLOT: AtomicU64 = AtomicU64::new(0);
/// The slots of levels that ended. There are never more of them than transforms that ran at one time.
static FREE: Mutex<Vec<&'static AtomicU64>> = Mutex::new(Vec::new());

const ENDED: u64 = u64::MAX;

impl Level {
    /// The level of `requires_grad` and `backward`.
    pub const AMBIENT: Level = Level { id: 0, slot: &AMBIENT_SLOT };

    #[inline]
    pub fn is_ambient(self) -> bool {
        self.id == 0
    }

    /// Whether the transform is still running.
    #[inline]
    pub fn is_alive(self) -> bool {
        self.slot.load(Ordering::Relaxed) == self.id
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
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let free = FREE.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        let slot = free.unwrap_or_else(|| Box::leak(Box::new(AtomicU64::new(ENDED))));
        slot.store(id, Ordering::Relaxed);
        LevelGuard(Level { id, slot })
    }

    #[inline]
    pub fn level(&self) -> Level {
        self.0
    }
}

impl Drop for LevelGuard {
    fn drop(&mut self) {
        self.0.slot.store(ENDED, Ordering::Relaxed);
        FREE.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(self.0.slot);
    }
}
