//! The memory behind dense arrays.

use crate::pool;
use std::any::Any;
use std::ptr::NonNull;

/// A run of initialised bytes: a block of the pool, or memory that somebody else owns.
pub(crate) struct Buffer {
    ptr: NonNull<u8>,
    bytes: usize,
    owner: Option<Owner>,
}

struct Owner {
    writable: bool,
    _keeper: Box<dyn Any + Send + Sync>,
}

// SAFETY: the bytes belong to the buffer (or to its keeper, which is Send + Sync), and are written only through `&mut`.
unsafe impl Send for Buffer {}
// SAFETY: as above; `&Buffer` only reads.
unsafe impl Sync for Buffer {}

impl Buffer {
    /// A buffer of initialised bytes with no particular contents; `None` if there is no memory.
    #[inline]
    pub fn any(bytes: usize) -> Option<Buffer> {
        let (ptr, _) = pool::acquire(bytes)?;
        Some(Buffer { ptr, bytes, owner: None })
    }

    /// A buffer of zeros; `None` if there is no memory.
    pub fn zeroed(bytes: usize) -> Option<Buffer> {
        let (ptr, zero) = pool::acquire(bytes)?;
        if !zero {
            // SAFETY: the block has at least `bytes` bytes and is ours.
            unsafe { ptr.write_bytes(0, bytes) };
        }
        Some(Buffer { ptr, bytes, owner: None })
    }

    /// Memory kept alive by `keeper`.
    ///
    /// # Safety
    /// While `keeper` lives, `ptr` is valid for reading `bytes` initialised bytes that nobody changes (if `writable`:
    /// that nobody else reads or writes).
    pub unsafe fn foreign(
        ptr: NonNull<u8>,
        bytes: usize,
        writable: bool,
        keeper: Box<dyn Any + Send + Sync>,
    ) -> Buffer {
        Buffer { ptr, bytes, owner: Some(Owner { writable, _keeper: keeper }) }
    }

    /// Where the bytes begin.
    #[inline(always)]
    pub fn ptr(&self) -> *const u8 {
        self.ptr.as_ptr()
    }

    /// Where the bytes begin, as foreign code gets it. Making the pointer is harmless; writing through it is up to the
    /// rules of [`Array::memory`](crate::Array::memory).
    pub fn raw(&self) -> *mut u8 {
        self.ptr.as_ptr()
    }

    /// Where the bytes begin, for writing; `None` if the memory is lent for reading only.
    #[inline(always)]
    pub fn ptr_mut(&mut self) -> Option<*mut u8> {
        match &self.owner {
            Some(owner) if !owner.writable => None,
            _ => Some(self.ptr.as_ptr()),
        }
    }

    /// How many bytes there are.
    #[inline(always)]
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Buffer {
    #[inline]
    fn drop(&mut self) {
        if self.owner.is_none() {
            // SAFETY: a buffer without owner came from `pool::acquire(bytes)`.
            unsafe { pool::release(self.ptr, self.bytes) }
        }
    }
}
