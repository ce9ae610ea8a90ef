//! The product of matrices, of a matrix and a vector, of stacks of matrices.
//!
//! Operands may lie in memory in any way: transposed, flipped, broadcast or sliced ones are read where they are. Large float
//! products go through the `gemm` crate, small ones and those with a vector through loops of their own; the result is the
//! same to the last bit for any number of threads.

mod integer;
mod small;
mod vector;

use crate::threads::{install, parallel_slices, threads};
use crate::{Array, DType, Element, Error, Result, Shape, Strides, broadcast, promote};

/// Multiplications from which a product is worth more than one thread.
const THREAD_GATE: usize = 128 * 128 * 128;

/// The matrix product, by NumPy's rules.
///
/// Two matrices of shapes `(m, k)` and `(k, n)` give `(m, n)`. A vector counts as one row on the left, as one column on the
/// right, and that axis is gone from the result. Further axes in front are a stack of matrices and broadcast together.
/// Operands of different dtypes are promoted; integers wrap around, `bool` is "any of all".
///
/// # Errors
/// [`Error::ShapeMismatch`] with both shapes if they do not fit.
///
/// ```
/// use wengert_array::{Array, DType, matmul::matmul};
/// let a = Array::arange(0.0, 6.0, 1.0, DType::F64).reshape(&[2, 3])?;
/// let gram = matmul(&a, &a.transpose())?;
/// assert_eq!(gram.to_vec::<f64>()?, [5.0, 14.0, 14.0, 50.0]);
/// let v = Array::from_slice(&[1.0, 0.0, 0.0]);
/// assert_eq!(matmul(&a, &v)?.to_vec::<f64>()?, [0.0, 3.0]);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn matmul(a: &Array, b: &Array) -> Result<Array> {
    let shape = output(a.shape(), b.shape())?;
    let dtype = promote(a.dtype(), b.dtype());
    if a.dtype() != dtype {
        return matmul(&a.try_cast(dtype)?, b);
    }
    if b.dtype() != dtype {
        return matmul(a, &b.try_cast(dtype)?);
    }
    match dtype {
        DType::F32 => float::<f32>(a, b, shape),
        DType::F64 => float::<f64>(a, b, shape),
        DType::Bool => integer::product::<bool>(a, b, shape),
        DType::U8 => integer::product::<u8>(a, b, shape),
        DType::I32 => integer::product::<i32>(a, b, shape),
        DType::I64 => integer::product::<i64>(a, b, shape),
    }
}

/// The shape of the product of arrays of these shapes.
///
/// # Errors
/// [`Error::ShapeMismatch`] with both shapes if they do not fit.
///
/// ```
/// use wengert_array::matmul::output;
/// assert_eq!(*output(&[7, 1, 2, 3], &[5, 3, 4])?, [7, 5, 2, 4]);
/// assert!(output(&[2, 3], &[2, 3]).unwrap_err().to_string().contains("(2, 3)"));
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn output(a: &[usize], b: &[usize]) -> Result<Shape> {
    if a.is_empty() || b.is_empty() {
        let hint = "the matrix product needs at least one axis on each side; to scale by a number, write a * b";
        return Err(misfit(a, b, "one of them is a single number", hint));
    }
    let (ka, kb) = (a[a.len() - 1], if b.len() == 1 { b[0] } else { b[b.len() - 2] });
    if ka != kb {
        let why = format!("the first has rows of {ka}, the second columns of {kb}");
        let fits_turned = b.len() >= 2 && b[b.len() - 1] == ka;
        let hint = if fits_turned {
            "the last axis of the first must be as long as the second-last of the second; transpose the second"
        } else {
            "the last axis of the first must be as long as the second-last (or only) axis of the second"
        };
        return Err(misfit(a, b, &why, hint));
    }
    let (stack_a, stack_b) = (&a[..a.len().saturating_sub(2)], &b[..b.len().saturating_sub(2)]);
    let mut shape = if stack_a.is_empty() {
        Shape::from(stack_b)
    } else if stack_b.is_empty() {
        Shape::from(stack_a)
    } else {
        broadcast(&[stack_a, stack_b]).map_err(|_| {
            misfit(a, b, "the axes in front do not broadcast together", "lengths there must be equal or 1")
        })?
    };
    if a.len() > 1 {
        shape.push(a[a.len() - 2]);
    }
    if b.len() > 1 {
        shape.push(b[b.len() - 1]);
    }
    Ok(shape)
}

#[cold]
fn misfit(a: &[usize], b: &[usize], why: &str, hint: &'static str) -> Error {
    Error::shape("matmul", format!("shapes {} and {} do not fit: {why}", Shape::from(a), Shape::from(b)), hint)
}

/// A matrix in memory: element (i, j) is at `data[offset + i * rows + j * columns]`.
#[derive(Clone, Copy)]
struct Matrix<'a, T> {
    data: &'a [T],
    offset: usize,
    rows: isize,
    columns: isize,
}

impl<T: Copy> Matrix<'_, T> {
    #[inline(always)]
    fn index(&self, i: usize, j: usize) -> usize {
        (self.offset as isize + i as isize * self.rows + j as isize * self.columns) as usize
    }

    #[inline(always)]
    fn at(&self, i: usize, j: usize) -> T {
        self.data[self.index(i, j)]
    }

    fn transposed(self) -> Self {
        Matrix { rows: self.columns, columns: self.rows, ..self }
    }

    /// Whether elements (i, j) with i < m, j < n all lie in `data`; the loops with pointers rely on it.
    fn holds(&self, m: usize, n: usize) -> bool {
        let (low, high) =
            [(m, self.rows), (n, self.columns)].iter().fold((0isize, 0isize), |(low, high), &(len, step)| {
                let reach = step * (len as isize - 1).max(0);
                (low + reach.min(0), high + reach.max(0))
            });
        let offset = self.offset as isize;
        offset + low >= 0 && (((offset + high) as usize) < self.data.len() || m == 0 || n == 0)
    }
}

/// The lengths of one product: (m, k) · (k, n).
#[derive(Clone, Copy)]
struct Size {
    m: usize,
    k: usize,
    n: usize,
}

impl Size {
    fn work(self) -> usize {
        self.m * self.k * self.n
    }
}

/// A stack of products with the loops over the stack.
struct Stack<'a, T> {
    size: Size,
    a: Matrix<'a, T>,
    b: Matrix<'a, T>,
    /// The axes of the stack, and the steps of both operands along them.
    shape: Shape,
    steps: [Strides; 2],
}

impl<'a, T: Element> Stack<'a, T> {
    fn new(a: &'a Array, b: &'a Array) -> Result<Stack<'a, T>> {
        let (a, b) = (a.view_as::<T>("matmul")?, b.view_as::<T>("matmul")?);
        let (mut left, mut right) = ((a.shape(), a.strides()), (b.shape(), b.strides()));
        let (mut m, mut k, mut n) = (1, 1, 1);
        let mut ma = Matrix { data: a.data(), offset: a.offset(), rows: 0, columns: 0 };
        let mut mb = Matrix { data: b.data(), offset: b.offset(), rows: 0, columns: 0 };
        let take = |from: &mut (&'a [usize], &'a [isize]), len: &mut usize, step: &mut isize| {
            if let (Some((&d, shape)), Some((&s, strides))) = (from.0.split_last(), from.1.split_last()) {
                (*len, *step, *from) = (d, s, (shape, strides));
            }
        };
        take(&mut left, &mut k, &mut ma.columns);
        take(&mut left, &mut m, &mut ma.rows);
        if right.0.len() > 1 {
            take(&mut right, &mut n, &mut mb.columns);
        }
        take(&mut right, &mut k, &mut mb.rows);
        let (shape, steps) = joined(left, right);
        let mut stack = Stack { size: Size { m, k, n }, a: ma, b: mb, shape, steps };
        stack.flatten();
        Ok(stack)
    }

    /// A stack on the left against one matrix on the right is one tall product, if its rows are evenly spaced.
    fn flatten(&mut self) {
        while let Some(last) = self.shape.len().checked_sub(1) {
            let even = self.steps[1][last] == 0 && self.steps[0][last] == self.a.rows * self.size.m as isize;
            if self.size.m == 1 && self.steps[1][last] == 0 {
                self.a.rows = self.steps[0][last];
            } else if !even {
                return;
            }
            self.size.m *= self.shape[last];
            self.shape.remove(last);
            self.steps[0].pop();
            self.steps[1].pop();
        }
    }

    fn count(&self) -> usize {
        self.shape.iter().product()
    }

    /// The operands of product number `i` of the stack.
    fn operands(&self, i: usize) -> (Matrix<'a, T>, Matrix<'a, T>) {
        let (mut a, mut b) = (self.a, self.b);
        let mut rest = i;
        for (axis, &len) in self.shape.iter().enumerate().rev() {
            let at = (rest % len) as isize;
            rest /= len;
            a.offset = a.offset.wrapping_add_signed(at * self.steps[0][axis]);
            b.offset = b.offset.wrapping_add_signed(at * self.steps[1][axis]);
        }
        (a, b)
    }
}

/// The stacking axes of both operands broadcast together, with the steps of both; those fit (checked by [`output`]).
fn joined(left: (&[usize], &[isize]), right: (&[usize], &[isize])) -> (Shape, [Strides; 2]) {
    let ndim = left.0.len().max(right.0.len());
    let mut shape: Shape = std::iter::repeat_n(1, ndim).collect();
    let mut steps = [Strides::from_elem(0, ndim), Strides::from_elem(0, ndim)];
    for ((lengths, strides), steps) in [left, right].into_iter().zip(&mut steps) {
        let skip = ndim - lengths.len();
        for (axis, (&len, &stride)) in lengths.iter().zip(strides).enumerate() {
            if len != 1 {
                shape[skip + axis] = len;
                steps[skip + axis] = stride;
            }
        }
    }
    let (shape, [a, b]) = crate::coalesce(&shape, [&steps[0], &steps[1]]);
    (shape, [a, b])
}

/// A float with a loop for small products.
trait Float: vector::Lanes {
    /// The product of small matrices, or false if there is no loop for it on this processor.
    fn small(size: Size, a: Matrix<Self>, b: Matrix<Self>, out: &mut [Self]) -> bool;
}

impl Float for f32 {
    fn small(size: Size, a: Matrix<f32>, b: Matrix<f32>, out: &mut [f32]) -> bool {
        small::product_f32(size, a, b, out)
    }
}

impl Float for f64 {
    fn small(size: Size, a: Matrix<f64>, b: Matrix<f64>, out: &mut [f64]) -> bool {
        small::product_f64(size, a, b, out)
    }
}

fn float<T: Float>(a: &Array, b: &Array, shape: Shape) -> Result<Array> {
    let stack = Stack::<T>::new(a, b)?;
    let (size, count) = (stack.size, stack.count());
    Array::try_build(shape, |out: &mut [T]| {
        if out.is_empty() {
            return;
        }
        if size.k == 0 {
            return out.fill(T::ZERO);
        }
        let each = size.m * size.n;
        if count == 1 || size.work() > THREAD_GATE {
            // Threads work together on one product after the other.
            for (i, out) in out.chunks_exact_mut(each).enumerate() {
                let (a, b) = stack.operands(i);
                product(size, a, b, out, true);
            }
            return;
        }
        let per_chunk = (THREAD_GATE / 8 / size.work().max(1)).clamp(1, count);
        parallel_slices(out, each * per_chunk, |chunk, part| {
            for (i, out) in part.chunks_exact_mut(each).enumerate() {
                let (a, b) = stack.operands(chunk * per_chunk + i);
                product(size, a, b, out, false);
            }
        });
    })
}

/// One product into `out`, C-contiguous.
fn product<T: Float>(size: Size, a: Matrix<T>, b: Matrix<T>, out: &mut [T], spread: bool) {
    let Size { m, k, n } = size;
    if n == 1 && vector::product(m, k, a, (b, b.rows), out) {
        return;
    }
    if m == 1 && vector::product(n, k, b.transposed(), (a, a.columns), out) {
        return;
    }
    if T::small(size, a, b, out) {
        return;
    }
    assert!(a.holds(m, k) && b.holds(k, n) && out.len() == m * n, "matmul: an operand outside of its memory");
    let many = if spread && size.work() > THREAD_GATE { threads() } else { 1 };
    let parallelism = if many > 1 { gemm::Parallelism::Rayon(many) } else { gemm::Parallelism::None };
    let (left, right, result) = (Pointer(&a.data[a.offset]), Pointer(&b.data[b.offset]), PointerMut(out.as_mut_ptr()));
    let run = move || {
        let (left, right, result) = (left, right, result);
        // SAFETY: the assertion above: all elements that gemm reads and writes lie in the operands' and the result's memory;
        // `out` is borrowed mutably, so it overlaps neither.
        unsafe {
            #[rustfmt::skip]
            gemm::gemm(
                m, n, k, result.0, 1, n as isize, false, left.0, a.columns, a.rows, right.0, b.columns, b.rows,
                T::ZERO, T::ONE, false, false, false, parallelism,
            );
        }
    };
    if many > 1 { install(run) } else { run() }
}

struct Pointer<T>(*const T);
struct PointerMut<T>(*mut T);
// SAFETY: only sent into the pool for the time of one product, while their owners are borrowed.
unsafe impl<T> Send for Pointer<T> {}
// SAFETY: as above.
unsafe impl<T> Send for PointerMut<T> {}
