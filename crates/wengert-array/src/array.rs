//! The array itself: what it holds and how to look at it.

use crate::buffer::Buffer;
use crate::shape::{Strides, contiguous_strides, elements};
use crate::strided::View;
use crate::{DType, Element, Error, Result, Shape, dispatch};
use std::any::Any;
use std::ptr::NonNull;
use std::sync::Arc;

mod lending;

/// Numbers of one dtype with a shape; rank 0 is always a plain number, anything else shares its memory.
///
/// Cloning is cheap. An array does not change while it is shared: [`Array::as_mut_slice`] gives access only to the one
/// who holds it alone.
// The tag fills a word: with a tag of one byte a move is made of pieces of 1, 3, 4 and 8 bytes, and reading back at once what
// was stored in other pieces costs a dozen cycles each time.
#[derive(Clone)]
#[non_exhaustive]
#[repr(u64)]
pub enum Array {
    /// A rank-0 `bool`.
    Bool(bool),
    /// A rank-0 `uint8`.
    U8(u8),
    /// A rank-0 `int32`.
    I32(i32),
    /// A rank-0 `int64`.
    I64(i64),
    /// A rank-0 `float32`.
    F32(f32),
    /// A rank-0 `float64`.
    F64(f64),
    /// Anything of rank 1 or more.
    Dense(Arc<Dense>),
}

const _: () = assert!(size_of::<Array>() == 16);

/// The contents of an array of rank 1 or more: where its elements are and how they are laid out.
pub struct Dense {
    dtype: DType,
    contiguous: bool,
    len: usize,
    offset: usize,
    shape: Shape,
    strides: Strides,
    storage: Storage,
}

const TINY: usize = 64;

/// 64 bytes inside the array itself.
#[derive(Clone)]
#[repr(align(8))]
struct Tiny([u8; TINY]);

enum Storage {
    Tiny(Tiny),
    Owned(Buffer),
    /// Memory of another array, which is `Owned`.
    Shared(Arc<Dense>),
}

impl Dense {
    /// The dtype of the elements.
    #[inline(always)]
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// The length of each axis.
    #[inline(always)]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The step in elements along each axis.
    #[inline(always)]
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// Where in the memory the element with all indices zero is, in elements.
    #[inline(always)]
    pub fn offset(&self) -> usize {
        self.offset
    }

    #[inline(always)]
    fn memory(&self) -> (*const u8, usize) {
        match &self.storage {
            Storage::Tiny(tiny) => (tiny.0.as_ptr(), TINY),
            Storage::Owned(buffer) => (buffer.ptr(), buffer.bytes()),
            Storage::Shared(base) => match &base.storage {
                Storage::Owned(buffer) => (buffer.ptr(), buffer.bytes()),
                Storage::Tiny(tiny) => (tiny.0.as_ptr(), TINY),
                Storage::Shared(_) => unreachable!("memory is shared by its owner"),
            },
        }
    }

    /// All of the memory that this array lies in, as elements; `None` if `T` is not its dtype.
    #[inline(always)]
    fn data<T: Element>(&self) -> Option<&[T]> {
        if T::DTYPE != self.dtype {
            return None;
        }
        let (ptr, bytes) = self.memory();
        // SAFETY: storage is aligned to 8 at least (foreign memory is checked on entry), initialised, and holds valid
        // values of its dtype over its whole length; the borrow keeps it alive and unchanged.
        Some(unsafe { std::slice::from_raw_parts(ptr.cast::<T>(), bytes / size_of::<T>()) })
    }
}

/// Whether strides are those of a C-contiguous array (axes of length 1 do not matter).
pub(crate) fn is_contiguous(shape: &[usize], strides: &[isize]) -> bool {
    let mut step = 1isize;
    for (&d, &s) in shape.iter().zip(strides).rev() {
        if d == 0 {
            return true;
        }
        if d != 1 {
            if s != step {
                return false;
            }
            step *= d as isize;
        }
    }
    true
}

impl Array {
    /// The dtype of the elements.
    #[inline(always)]
    pub fn dtype(&self) -> DType {
        match self {
            Array::Bool(_) => DType::Bool,
            Array::U8(_) => DType::U8,
            Array::I32(_) => DType::I32,
            Array::I64(_) => DType::I64,
            Array::F32(_) => DType::F32,
            Array::F64(_) => DType::F64,
            Array::Dense(d) => d.dtype,
        }
    }

    /// The length of each axis; empty for a number.
    #[inline(always)]
    pub fn shape(&self) -> &[usize] {
        if let Array::Dense(d) = self { &d.shape } else { &[] }
    }

    /// The step in elements along each axis: 0 where broadcast, negative where flipped.
    #[inline(always)]
    pub fn strides(&self) -> &[isize] {
        if let Array::Dense(d) = self { &d.strides } else { &[] }
    }

    /// How many axes there are.
    #[inline(always)]
    pub fn ndim(&self) -> usize {
        self.shape().len()
    }

    /// How many elements there are (1 for a number).
    #[inline(always)]
    pub fn len(&self) -> usize {
        if let Array::Dense(d) = self { d.len } else { 1 }
    }

    /// Whether there are no elements.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the elements lie one after the other in C order.
    #[inline(always)]
    pub fn is_contiguous(&self) -> bool {
        if let Array::Dense(d) = self { d.contiguous } else { true }
    }

    /// A new C-contiguous array whose elements `fill` writes. The slice comes initialised, with contents that mean
    /// nothing.
    ///
    /// # Panics
    /// If there is not enough memory; see [`Array::try_build`].
    ///
    /// ```
    /// use wengert_array::Array;
    /// let a = Array::build([2, 2], |out: &mut [f64]| out.fill(7.0));
    /// assert_eq!(a.to_vec::<f64>()?, [7.0; 4]);
    /// # Ok::<(), wengert_array::Error>(())
    /// ```
    #[inline]
    pub fn build<T: Element>(shape: impl Into<Shape>, fill: impl FnOnce(&mut [T])) -> Array {
        Array::try_build(shape, fill).unwrap_or_else(|e| panic!("{e}"))
    }

    /// As [`Array::build`].
    ///
    /// # Errors
    /// [`Error::Argument`] if there is not enough memory.
    #[inline]
    pub fn try_build<T: Element>(shape: impl Into<Shape>, fill: impl FnOnce(&mut [T])) -> Result<Array> {
        Array::allocate(shape.into(), T::DTYPE == DType::Bool, fill)
    }

    /// As [`Array::try_build`], with all elements zero at first.
    #[inline]
    pub fn try_build_zeroed<T: Element>(shape: impl Into<Shape>, fill: impl FnOnce(&mut [T])) -> Result<Array> {
        Array::allocate(shape.into(), true, fill)
    }

    #[inline]
    fn allocate<T: Element>(shape: Shape, zeroed: bool, fill: impl FnOnce(&mut [T])) -> Result<Array> {
        if shape.is_empty() {
            let mut one = [T::default()];
            fill(&mut one);
            return Ok(one[0].scalar());
        }
        let (array, ptr) = Array::fresh(shape, None, T::DTYPE, zeroed)?;
        // SAFETY: `fresh` gives room for all elements; every pattern of bytes is a valid number, and a buffer for bools
        // is zeroed by the caller. Nobody else knows the memory yet.
        fill(unsafe { std::slice::from_raw_parts_mut(ptr.cast::<T>(), array.len()) });
        Ok(array)
    }

    /// A new array of rank 1 or more and a pointer to its elements, which lie one after the other and are initialised (as
    /// bytes; bools only if `zeroed`). With an `order`, axis `order[0]` varies slowest in memory, and so on.
    ///
    /// The pointer may be written through until the array is read for the first time.
    #[inline]
    pub(crate) fn fresh(shape: Shape, order: Option<&[usize]>, dtype: DType, zeroed: bool) -> Result<(Array, *mut u8)> {
        debug_assert!(!shape.is_empty(), "rank 0 has no memory");
        let len = elements(&shape)?;
        let bytes = len * dtype.size();
        let storage = if bytes <= TINY {
            Storage::Tiny(Tiny([0; TINY]))
        } else {
            let buffer = if zeroed { Buffer::zeroed(bytes) } else { Buffer::any(bytes) };
            Storage::Owned(buffer.ok_or_else(|| out_of_memory(&shape, dtype))?)
        };
        let (strides, contiguous) = match order {
            None => (contiguous_strides(&shape), true),
            Some(order) => {
                let mut strides = Strides::from_elem(0, shape.len());
                let mut step = 1;
                for &axis in order.iter().rev() {
                    strides[axis] = step;
                    // Beside an axis of length 0 the others may be of any length.
                    step = step.wrapping_mul(shape[axis].max(1) as isize);
                }
                let contiguous = is_contiguous(&shape, &strides);
                (strides, contiguous)
            }
        };
        let mut dense = Arc::new(Dense { dtype, contiguous, len, offset: 0, shape, strides, storage });
        let ptr = match Arc::get_mut(&mut dense).map(|d| &mut d.storage) {
            Some(Storage::Tiny(tiny)) => tiny.0.as_mut_ptr(),
            Some(Storage::Owned(buffer)) => buffer.ptr().cast_mut(),
            _ => unreachable!("a new array is not shared"),
        };
        Ok((Array::Dense(dense), ptr))
    }

    /// The elements of a vector in this shape. The vector's memory is taken over, not copied.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if the shape needs another number of elements.
    ///
    /// ```
    /// use wengert_array::Array;
    /// let a = Array::from_vec(vec![1.0, 2.0, 3.0, 4.0], [2, 2])?;
    /// assert_eq!(a.get(&[1, 0])?.item::<f64>()?, 3.0);
    /// # Ok::<(), wengert_array::Error>(())
    /// ```
    pub fn from_vec<T: Element>(vec: Vec<T>, shape: impl Into<Shape>) -> Result<Array> {
        let shape = shape.into();
        let len = elements(&shape)?;
        if vec.len() != len {
            return Err(Error::shape(
                "from_vec",
                format!("shape {shape} needs {len} elements, {} were given", vec.len()),
                "give a shape whose lengths multiply to the number of elements",
            ));
        }
        let bytes = len * size_of::<T>();
        let aligned = vec.as_ptr().cast::<u64>().is_aligned();
        if bytes <= 16 * TINY || !aligned || shape.is_empty() {
            return Array::try_build(shape, |out: &mut [T]| out.copy_from_slice(&vec));
        }
        let mut vec = vec;
        let Some(ptr) = NonNull::new(vec.as_mut_ptr().cast::<u8>()) else {
            return Err(Error::argument("from_vec", "the vector has no memory"));
        };
        // SAFETY: the vector's elements stay where they are while the vector, which goes along, is only kept; nobody
        // else can reach them. Moving a vector does not invalidate the pointer to its heap memory.
        let buffer = unsafe { Buffer::foreign(ptr, bytes, true, Box::new(Kept(vec))) };
        let strides = contiguous_strides(&shape);
        let storage = Storage::Owned(buffer);
        Ok(Array::Dense(Arc::new(Dense { dtype: T::DTYPE, contiguous: true, len, offset: 0, shape, strides, storage })))
    }

    /// The one-dimensional array with these elements.
    pub fn from_slice<T: Element>(elements: &[T]) -> Array {
        Array::build([elements.len()], |out: &mut [T]| out.copy_from_slice(elements))
    }

    /// An array over memory that belongs to somebody else, without copying; `keeper` keeps it alive and is dropped with
    /// the last array that lies in it. Strides are in elements. Rank-0 arrays are copied.
    ///
    /// # Errors
    /// [`Error::Argument`] if `ptr` is null or not aligned for the dtype, or there are not as many strides as axes.
    ///
    /// # Safety
    /// `ptr` points at the element with all indices zero. Every element that shape and strides reach is initialised,
    /// valid for the dtype (a `bool` is 0 or 1) and stays so, unchanged, until `keeper` is dropped.
    pub unsafe fn from_foreign(
        ptr: *const u8,
        dtype: DType,
        shape: impl Into<Shape>,
        strides: &[isize],
        keeper: Box<dyn Any + Send + Sync>,
    ) -> Result<Array> {
        let shape = shape.into();
        let len = elements(&shape)?;
        if strides.len() != shape.len() {
            let detail = format!("shape {shape} needs {} strides, {} were given", shape.len(), strides.len());
            return Err(Error::argument("from_foreign", detail));
        }
        if len == 0 {
            return Array::try_zeros(shape, dtype);
        }
        let size = dtype.size();
        if ptr.is_null() || ptr.align_offset(size) != 0 {
            let detail = format!("the memory is not aligned for {dtype}: copy it to an aligned place first");
            return Err(Error::argument("from_foreign", detail));
        }
        if shape.is_empty() {
            // SAFETY: the caller's promise: one element of this dtype is at `ptr`.
            return Ok(dispatch!(dtype, T => unsafe { ptr.cast::<T>().read() }.scalar()));
        }
        let (low, high) = extent(&shape, strides);
        // SAFETY: the lowest element is one that the caller promises to be there.
        let Some(start) = NonNull::new(unsafe { ptr.offset(low * size as isize) }.cast_mut()) else {
            return Err(Error::argument("from_foreign", "the memory starts at address zero"));
        };
        // A strided array may have gaps that are not initialised. They lie inside one allocation and are never read as
        // elements, but the slice over the memory spans them: the caller's array owns them as bytes of the same dtype.
        let bytes = (high - low + 1) as usize * size;
        // SAFETY: the caller's promise; the memory is lent for reading only.
        let buffer = unsafe { Buffer::foreign(start, bytes, false, keeper) };
        let contiguous = is_contiguous(&shape, strides);
        let (strides, offset) = (Strides::from_slice(strides), (-low) as usize);
        let storage = Storage::Owned(buffer);
        Ok(Array::Dense(Arc::new(Dense { dtype, contiguous, len, offset, shape, strides, storage })))
    }

    /// An array over the same memory with another layout. The caller has checked that it stays inside.
    pub(crate) fn relaid(&self, shape: Shape, strides: Strides, offset: usize) -> Array {
        if shape.is_empty() {
            return match self {
                Array::Dense(d) => dispatch!(d.dtype, T => match d.data::<T>() {
                    Some(data) => data[offset].scalar(),
                    None => unreachable!("the dtype was just matched"),
                }),
                number => number.clone(),
            };
        }
        let len = if shape.contains(&0) { 0 } else { shape.iter().product() };
        let contiguous = is_contiguous(&shape, &strides);
        let storage = match self {
            Array::Dense(d) => match &d.storage {
                Storage::Tiny(tiny) => Storage::Tiny(tiny.clone()),
                Storage::Owned(_) => Storage::Shared(d.clone()),
                Storage::Shared(base) => Storage::Shared(base.clone()),
            },
            number => Storage::Tiny(dispatch!(number.dtype(), T => {
                let mut tiny = Tiny([0; TINY]);
                if let Some(v) = T::of(number) {
                    // SAFETY: the bytes are aligned to 8 and one element fits.
                    unsafe { tiny.0.as_mut_ptr().cast::<T>().write(*v) };
                }
                tiny
            })),
        };
        Array::Dense(Arc::new(Dense { dtype: self.dtype(), contiguous, len, offset, shape, strides, storage }))
    }

    /// Where in the memory the element with all indices zero is, in elements.
    #[inline(always)]
    pub(crate) fn offset(&self) -> usize {
        if let Array::Dense(d) = self { d.offset } else { 0 }
    }

    /// The elements as a slice in C order, if they lie so and `T` is their dtype. A number gives one element.
    #[inline(always)]
    pub fn as_slice<T: Element>(&self) -> Option<&[T]> {
        match self {
            Array::Dense(d) if d.contiguous => {
                let data = d.data::<T>()?;
                if d.len == 0 { Some(&[]) } else { data.get(d.offset..d.offset + d.len) }
            }
            Array::Dense(_) => None,
            number => T::of(number).map(std::slice::from_ref),
        }
    }

    /// The elements for writing, if nobody else holds them, they lie in C order, and `T` is their dtype.
    pub fn as_mut_slice<T: Element>(&mut self) -> Option<&mut [T]> {
        let d = match self {
            Array::Dense(d) => d,
            number => return T::of_mut(number).map(std::slice::from_mut),
        };
        let d = Arc::get_mut(d)?;
        if T::DTYPE != d.dtype || !d.contiguous {
            return None;
        }
        let (offset, len) = (d.offset, d.len);
        if len == 0 {
            return Some(&mut []);
        }
        let ptr = match &mut d.storage {
            Storage::Tiny(tiny) => tiny.0.as_mut_ptr(),
            Storage::Owned(buffer) => buffer.ptr_mut()?,
            Storage::Shared(base) => match &mut Arc::get_mut(base)?.storage {
                Storage::Owned(buffer) => buffer.ptr_mut()?,
                _ => return None,
            },
        };
        // SAFETY: `offset..offset + len` lies inside the storage (an invariant of Dense), whose bytes are valid elements,
        // and `get_mut` has shown that nobody else holds it. A broadcast array is not contiguous, so none is aliased.
        Some(unsafe { std::slice::from_raw_parts_mut(ptr.cast::<T>().add(offset), len) })
    }

    /// Whether nobody else holds this array's memory, so that [`Array::as_mut_slice`] may give it out.
    pub fn is_unique(&mut self) -> bool {
        match self {
            Array::Dense(d) => match Arc::get_mut(d).map(|d| &mut d.storage) {
                Some(Storage::Tiny(_)) => true,
                Some(Storage::Owned(buffer)) => buffer.ptr_mut().is_some(),
                Some(Storage::Shared(base)) => Arc::get_mut(base).is_some_and(|base| match &mut base.storage {
                    Storage::Owned(buffer) => buffer.ptr_mut().is_some(),
                    _ => false,
                }),
                None => false,
            },
            _ => true,
        }
    }

    /// The elements with their layout.
    ///
    /// # Errors
    /// [`Error::DType`] if `T` is not their dtype.
    #[inline(always)]
    pub fn view<T: Element>(&self) -> Result<View<'_, T>> {
        self.view_as("view")
    }

    /// As [`Array::view`], naming the operation that asked in the error.
    #[inline(always)]
    pub(crate) fn view_as<T: Element>(&self, op: &'static str) -> Result<View<'_, T>> {
        let view = match self {
            Array::Dense(d) => d.data().map(|data| View::new(data, d.offset, &d.shape, &d.strides, d.contiguous)),
            number => T::of(number).map(|v| View::new(std::slice::from_ref(v), 0, &[], &[], true)),
        };
        view.ok_or_else(|| wrong_dtype(op, self.dtype(), T::DTYPE))
    }

    /// The elements in C order.
    ///
    /// # Errors
    /// [`Error::DType`] if `T` is not their dtype; nothing is cast.
    pub fn to_vec<T: Element>(&self) -> Result<Vec<T>> {
        let view = self.view_as::<T>("to_vec")?;
        Ok(match view.as_slice() {
            Some(slice) => slice.to_vec(),
            None => {
                let mut out = vec![T::default(); self.len()];
                view.copy_to(&mut out);
                out
            }
        })
    }

    /// The only element of an array of any rank.
    ///
    /// # Errors
    /// [`Error::DType`] if `T` is not the dtype, [`Error::ShapeMismatch`] if there is not exactly one element.
    #[inline]
    pub fn item<T: Element>(&self) -> Result<T> {
        if let Some(v) = T::of(self) {
            return Ok(*v);
        }
        let view = self.view_as::<T>("item")?;
        if self.len() != 1 {
            return Err(not_one("item", self));
        }
        view.iter().next().ok_or_else(|| not_one("item", self))
    }

    /// The only element of an array of any rank and dtype, as `f64`.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if there is not exactly one element.
    #[inline]
    pub fn to_f64(&self) -> Result<f64> {
        if let Array::F64(v) = self {
            return Ok(*v);
        }
        if self.len() != 1 {
            return Err(not_one("to_f64", self));
        }
        dispatch!(self.dtype(), T => self.item::<T>().map(T::to_f64))
    }

    /// The element at these indices, as a number.
    ///
    /// # Errors
    /// [`Error::Argument`] unless there is one index for each axis, [`Error::Index`] if one is out of range.
    pub fn get(&self, indices: &[usize]) -> Result<Array> {
        if indices.len() != self.ndim() {
            let detail = format!(
                "shape {} needs {} indices, {} were given",
                Shape::from(self.shape()),
                self.ndim(),
                indices.len()
            );
            return Err(Error::argument("get", detail));
        }
        for (axis, (&i, &d)) in indices.iter().zip(self.shape()).enumerate() {
            if i >= d {
                return Err(Error::index("get", i as i64, axis, d));
            }
        }
        let step: isize = indices.iter().zip(self.strides()).map(|(&i, &s)| i as isize * s).sum();
        Ok(self.relaid(Shape::default(), Strides::new(), (self.offset() as isize + step) as usize))
    }
}

/// Holds a vector whose elements are used through a pointer.
struct Kept<T>(#[expect(dead_code, reason = "held, never read")] Vec<T>);

/// The lowest and highest position, relative to the first element, that a non-empty layout reaches.
pub(crate) fn extent(shape: &[usize], strides: &[isize]) -> (isize, isize) {
    shape.iter().zip(strides).fold((0, 0), |(low, high), (&d, &s)| {
        let reach = (d as isize - 1) * s;
        if reach < 0 { (low + reach, high) } else { (low, high + reach) }
    })
}

#[cold]
fn wrong_dtype(op: &'static str, is: DType, wanted: DType) -> Error {
    Error::dtype(op, format!("the array is {is}, not {wanted}"), format!("cast it to {wanted} first"))
}

#[cold]
fn not_one(op: &'static str, array: &Array) -> Error {
    Error::shape(
        op,
        format!("an array of shape {} has {} elements, not one", Shape::from(array.shape()), array.len()),
        "take one element with get, or reduce it with sum or mean",
    )
}

#[cold]
pub(crate) fn out_of_memory(shape: &Shape, dtype: DType) -> Error {
    let bytes = shape.iter().map(|&d| d as f64).product::<f64>() * dtype.size() as f64;
    let gib = bytes / (1u64 << 30) as f64;
    Error::argument("allocate", format!("there is no memory for {gib:.3} GiB (shape {shape}, dtype {dtype})"))
}
