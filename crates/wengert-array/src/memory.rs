//! How much memory arrays take, and giving idle memory back.
//!
//! Freed buffers are kept for reuse, because fresh memory is slow to touch. What is kept is bounded: never more than
//! 1 GiB, and never so much that live and idle memory together exceed what live arrays alone once took (plus 16 MiB).
//!
//! ```
//! use wengert_array::{Array, DType, memory};
//! let before = memory::in_use();
//! let a = Array::zeros([1000, 1000], DType::F64);
//! assert!(memory::in_use() >= before + 8_000_000);
//! drop(a);
//! memory::release();
//! assert_eq!(memory::idle(), 0);
//! ```

use crate::pool;

/// Bytes in the buffers of live arrays, over all threads (small buffers to within 64 KiB for each thread). Memory lent by
/// others, such as [`Array::from_vec`](crate::Array::from_vec)'s, is not counted.
pub fn in_use() -> usize {
    pool::usage().0
}

/// The highest [`in_use`] has been since the program began or [`reset_peak`] was called.
pub fn peak() -> usize {
    let (live, peak, _) = pool::usage();
    peak.max(live)
}

/// Starts measuring [`peak`] anew.
pub fn reset_peak() {
    pool::reset_peak();
}

/// Bytes of freed large buffers that are kept for reuse.
pub fn idle() -> usize {
    pool::usage().2
}

/// Returns idle buffers to the system: all large ones, and this thread's small ones.
pub fn release() {
    pool::clear();
}
