//! What every indexing operation comes down to: runs of neighbouring elements, copied, added to or replaced.

use crate::threads::parallel_slices;
use crate::{Array, Element, Error, Result, Shape, dispatch};

/// Elements that one thread copies before another is worth its while.
const PIECE: usize = 1 << 16;

/// Runs of `run` neighbouring elements of a C-contiguous array, in the order in which the result holds them: run `(o, i)` starts at
/// `o * block + starts[i]`, for `o` in `0..outer`. All lie inside the array.
pub(super) struct Rows {
    pub outer: usize,
    pub block: usize,
    pub starts: Vec<usize>,
    pub run: usize,
}

impl Rows {
    /// How many elements the runs hold together.
    fn len(&self) -> usize {
        self.outer * self.starts.len() * self.run
    }

    fn start(&self, row: usize) -> usize {
        let n = self.starts.len();
        row / n * self.block + self.starts[row % n]
    }

    /// Starts of all runs, in order.
    fn all(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.outer).flat_map(move |o| self.starts.iter().map(move |s| o * self.block + s))
    }

    /// The runs of `x`, as an array of this shape.
    pub fn read(&self, x: &Array, shape: Shape) -> Result<Array> {
        let x = x.try_contiguous()?;
        dispatch!(x.dtype(), T => {
            let from = contents::<T>(&x)?;
            Array::try_build::<T>(shape, |out| self.copy(from, out))
        })
    }

    fn copy<T: Element>(&self, from: &[T], out: &mut [T]) {
        if self.len() == 0 {
            return;
        }
        let rows = PIECE.div_ceil(self.run);
        parallel_slices(out, rows * self.run, |piece, out| {
            let first = piece * rows;
            if self.run == 1 {
                let count = out.len();
                if self.outer == 1 {
                    for (o, &s) in out.iter_mut().zip(&self.starts[first..first + count]) {
                        *o = from[s];
                    }
                } else {
                    for (i, o) in out.iter_mut().enumerate() {
                        *o = from[self.start(first + i)];
                    }
                }
            } else {
                for (i, o) in out.chunks_exact_mut(self.run).enumerate() {
                    let s = self.start(first + i);
                    o.copy_from_slice(&from[s..s + self.run]);
                }
            }
        });
    }

    /// A copy of `base` in which the runs are replaced by `src`, which broadcasts to `shape`.
    pub fn set(&self, op: &'static str, base: &Array, src: &Array, shape: &[usize]) -> Result<Array> {
        self.write(op, base, src, shape, Write::Set)
    }

    /// A copy of `base` in which `src`, which broadcasts to `shape`, is added to the runs.
    pub fn add(&self, op: &'static str, base: &Array, src: &Array, shape: &[usize]) -> Result<Array> {
        self.write(op, base, src, shape, Write::Add)
    }

    fn write(&self, op: &'static str, base: &Array, src: &Array, shape: &[usize], how: Write) -> Result<Array> {
        if base.dtype() != src.dtype() {
            return Err(Error::dtype(
                op,
                format!("the source is {} but the array written to is {}", src.dtype(), base.dtype()),
                "cast one of them so that both are the same",
            ));
        }
        fits(op, src.shape(), shape)?;
        let src = match uniform(src)? {
            Some(one) => one,
            None => src.broadcast_to(shape)?.try_contiguous()?,
        };
        let repeated = uniform(base)?;
        dispatch!(base.dtype(), T => {
            let old = base.view::<T>()?;
            let src = contents::<T>(&src)?;
            Array::try_build::<T>(base.shape(), |out| {
                match repeated.as_ref().and_then(T::of) {
                    Some(&v) => out.fill(v),
                    None => old.copy_to(out),
                }
                match how {
                    Write::Set => self.each(out, src, |o, v| *o = v),
                    Write::Add => self.each(out, src, T::accumulate),
                }
            })
        })
    }

    /// Combines every element of the runs with its element of `src` (or with its only one), in order.
    fn each<T: Element>(&self, out: &mut [T], src: &[T], combine: impl Fn(&mut T, T)) {
        if self.len() == 0 {
            return;
        }
        match *src {
            [v] => self.all().for_each(|s| out[s..s + self.run].iter_mut().for_each(|o| combine(o, v))),
            _ if self.run == 1 => self.all().zip(src).for_each(|(s, &v)| combine(&mut out[s], v)),
            _ => self.all().zip(src.chunks_exact(self.run)).for_each(|(s, src)| {
                out[s..s + self.run].iter_mut().zip(src).for_each(|(o, &v)| combine(o, v));
            }),
        }
    }
}

/// The one element of an array that repeats it everywhere, such as zeros made by broadcasting a number: it need not be
/// written out before it is read.
fn uniform(x: &Array) -> Result<Option<Array>> {
    let repeats = x.shape().iter().zip(x.strides()).all(|(&len, &stride)| len == 1 || stride == 0);
    if repeats && !x.is_empty() { x.get(&vec![0; x.ndim()]).map(Some) } else { Ok(None) }
}

enum Write {
    Set,
    Add,
}

/// Addition as the indexing operations do it.
trait Accumulate: Sized {
    fn accumulate(&mut self, v: Self);
}

macro_rules! accumulate {
    ($($t:ty: |$a:ident, $b:ident| $sum:expr;)*) => {$(
        impl Accumulate for $t {
            #[inline(always)]
            fn accumulate(&mut self, v: Self) {
                let ($a, $b) = (*self, v);
                *self = $sum;
            }
        }
    )*};
}

accumulate! {
    bool: |a, b| a | b;
    u8: |a, b| a.wrapping_add(b);
    i32: |a, b| a.wrapping_add(b);
    i64: |a, b| a.wrapping_add(b);
    f32: |a, b| a + b;
    f64: |a, b| a + b;
}

/// The elements of a C-contiguous array of this dtype.
pub(crate) fn contents<T: Element>(x: &Array) -> Result<&[T]> {
    x.as_slice::<T>().ok_or_else(|| {
        Error::dtype("as_slice", format!("the array is {}, not {} in C order", x.dtype(), T::DTYPE), "cast it first")
    })
}

/// An error unless `from` broadcasts to `to`, which is the shape of what is written.
fn fits(op: &'static str, from: &[usize], to: &[usize]) -> Result<()> {
    let ok = from.len() <= to.len() && from.iter().rev().zip(to.iter().rev()).all(|(&f, &t)| f == t || f == 1);
    if ok {
        return Ok(());
    }
    Err(Error::shape(
        op,
        format!(
            "a source of shape {} does not broadcast to {}, the shape that is written",
            Shape::new(from),
            Shape::new(to)
        ),
        "reshape the source, or insert axes of length 1",
    ))
}

/// The index array as positions along an axis of length `len`, in C order; negative ones count from the end.
pub(super) fn positions(op: &'static str, index: &Array, axis: usize, len: usize) -> Result<Vec<usize>> {
    let dtype = index.dtype();
    if !dtype.is_integer() {
        let hint = if dtype.is_float() {
            "cast them: index.cast(DType::I64)"
        } else {
            "turn a mask into indices with nonzero, or use mask_take, mask_add or mask_set"
        };
        return Err(Error::dtype(op, format!("indices must be integers, but these are {dtype}"), hint));
    }
    let index = index.try_contiguous()?;
    dispatch!(dtype, T => contents::<T>(&index)?.iter().map(|&i| position(op, i.to_i64(), axis, len)).collect())
}

fn position(op: &'static str, index: i64, axis: usize, len: usize) -> Result<usize> {
    let at = if index < 0 { index.saturating_add_unsigned(len as u64) } else { index };
    if at >= 0 && (at as u64) < len as u64 { Ok(at as usize) } else { Err(Error::index(op, index, axis, len)) }
}

/// Calls `f` with the offset of every element of a strided block, in C order of `shape`.
pub(crate) fn offsets(shape: &[usize], strides: &[isize], start: isize, mut f: impl FnMut(isize)) {
    if shape.contains(&0) {
        return;
    }
    let Some((&inner, outer)) = shape.split_last() else { return f(start) };
    let step = strides[outer.len()];
    let mut at = vec![0; outer.len()];
    let mut offset = start;
    loop {
        for i in 0..inner as isize {
            f(offset + i * step);
        }
        let mut axis = outer.len();
        loop {
            if axis == 0 {
                return;
            }
            axis -= 1;
            at[axis] += 1;
            offset += strides[axis];
            if at[axis] < outer[axis] {
                break;
            }
            offset -= strides[axis] * outer[axis] as isize;
            at[axis] = 0;
        }
    }
}
