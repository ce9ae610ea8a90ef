//! Lending the memory of an array to foreign code.

use std::sync::Arc;

use super::{Array, Storage};

impl Array {
    /// Where the element with all indices zero lies, for lending the memory to foreign code (NumPy, say), which must hold
    /// a clone of this array as long as it uses the pointer; `None` for numbers and for arrays so small that their
    /// elements lie in the array itself.
    ///
    /// Reading is always allowed. Whoever writes must see to it that no other thread is inside an operation on an
    /// array over the same memory, and knows that every such array changes.
    #[must_use]
    pub fn memory(&self) -> Option<*mut u8> {
        let Array::Dense(d) = self else { return None };
        let buffer = match &d.storage {
            Storage::Owned(buffer) => buffer,
            Storage::Shared(base) => match &base.storage {
                Storage::Owned(buffer) => buffer,
                _ => return None,
            },
            Storage::Tiny(_) => return None,
        };
        Some(buffer.raw().wrapping_add(d.offset * d.dtype.size()))
    }

    /// How many holders the memory of this array has inside the library, views included; 1 for numbers.
    #[must_use]
    pub fn holders(&self) -> usize {
        match self {
            Array::Dense(d) => match &d.storage {
                Storage::Shared(base) => Arc::strong_count(base).max(Arc::strong_count(d)),
                _ => Arc::strong_count(d),
            },
            _ => 1,
        }
    }
}
