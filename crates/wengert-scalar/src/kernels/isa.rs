//! Which instruction set to use: what the machine has, or less if `WENGERT_ISA` says so.

use core::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

/// An instruction set that kernels are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Isa {
    /// What the compiler's target always has.
    Portable = 1,
    /// AVX2 with FMA.
    Avx2 = 2,
    /// AVX-512 F, DQ, BW and VL.
    Avx512 = 3,
}

static CURRENT: AtomicU8 = AtomicU8::new(0);

impl Isa {
    /// Every instruction set that this machine can run, narrowest first.
    pub fn available() -> impl Iterator<Item = Isa> {
        [Isa::Portable, Isa::Avx2, Isa::Avx512].into_iter().filter(|&i| i <= widest())
    }

    fn of(code: u8) -> Option<Isa> {
        [Isa::Portable, Isa::Avx2, Isa::Avx512].into_iter().find(|&i| i as u8 == code)
    }
}

#[cfg(target_arch = "x86_64")]
fn widest() -> Isa {
    let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl");
    match (avx2, avx512) {
        (true, true) => Isa::Avx512,
        (true, false) => Isa::Avx2,
        _ => Isa::Portable,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn widest() -> Isa {
    Isa::Portable
}

#[cold]
fn detect() -> Isa {
    let wish = match std::env::var("WENGERT_ISA").as_deref() {
        Ok("portable") => Isa::Portable,
        Ok("avx2") => Isa::Avx2,
        _ => Isa::Avx512,
    };
    let isa = wish.min(widest());
    CURRENT.store(isa as u8, Ordering::Relaxed);
    isa
}

/// The instruction set in use. The environment variable `WENGERT_ISA` (`portable`, `avx2`, `avx512`), read once, can lower it.
#[inline(always)]
pub fn isa() -> Isa {
    match Isa::of(CURRENT.load(Ordering::Relaxed)) {
        Some(isa) => isa,
        None => detect(),
    }
}

/// Runs `f` with another instruction set for the whole process (one such call at a time), for tests and comparisons. An
/// instruction set that the machine lacks is lowered to the widest it has.
pub fn with_isa<R>(other: Isa, f: impl FnOnce() -> R) -> R {
    static ONE: Mutex<()> = Mutex::new(());
    struct Restore(u8);
    impl Drop for Restore {
        fn drop(&mut self) {
            CURRENT.store(self.0, Ordering::Relaxed);
        }
    }
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let _restore = Restore(CURRENT.swap(other.min(widest()) as u8, Ordering::Relaxed));
    f()
}
