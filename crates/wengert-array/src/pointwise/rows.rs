//! A single row: the commonest step, and the one whose fixed cost counts.

use super::element::{Compute, check};
use super::run::PARALLEL;
use super::{check_arity, common_dtype, general, number};
use crate::{Array, DType, Result, Shape, threads};
use smallvec::SmallVec;
use wengert_scalar::kernels::{self, Float, Operand};
use wengert_scalar::{Expr, Row};

/// A single row of the table, as [`evaluate_one`](super::evaluate_one) of `Expr::row(row)`.
///
/// ```
/// use wengert_array::{Array, pointwise};
/// use wengert_scalar::Row;
/// let y = pointwise::evaluate_row(Row::Mul, &[&Array::from(2.0), &Array::from(3.0)])?;
/// assert_eq!(y.to_f64()?, 6.0);
/// # Ok::<(), wengert_array::Error>(())
/// ```
///
/// # Errors
/// As [`evaluate`](super::evaluate).
#[inline]
pub fn evaluate_row(row: Row, inputs: &[&Array]) -> Result<Array> {
    match inputs {
        [Array::F64(a), Array::F64(b)] if row.arity() == 2 => Ok(result(row, row.eval_f64(&[*a, *b]))),
        [Array::F64(a)] if row.arity() == 1 => Ok(result(row, row.eval_f64(&[*a]))),
        [Array::F32(a), Array::F32(b)] if row.arity() == 2 => Ok(result(row, row.eval_f32(&[*a, *b]))),
        [Array::F32(a)] if row.arity() == 1 => Ok(result(row, row.eval_f32(&[*a]))),
        _ => any(row, inputs),
    }
}

#[inline(always)]
fn result<T: Compute>(row: Row, v: T) -> Array {
    if row.is_predicate() { Array::Bool(v != T::ZERO) } else { v.scalar() }
}

fn any(row: Row, inputs: &[&Array]) -> Result<Array> {
    check_arity(row.arity(), inputs.len(), row.name())?;
    let dtype = common_dtype(inputs.iter().map(|a| a.dtype()), row.name())?;
    let fast = match dtype {
        DType::F64 => contiguous::<f64>(row, inputs)?,
        DType::F32 => contiguous::<f32>(row, inputs)?,
        // Powers check their exponents first.
        _ if row == Row::Pow => None,
        DType::I64 | DType::I32 | DType::U8 | DType::Bool => {
            check(&Expr::row(row), dtype, row.name())?;
            match dtype {
                DType::I64 => contiguous::<i64>(row, inputs)?,
                DType::I32 => contiguous::<i32>(row, inputs)?,
                DType::U8 => contiguous::<u8>(row, inputs)?,
                _ => None,
            }
        }
    };
    match fast {
        Some(array) => Ok(array),
        None => general(&Expr::row(row), inputs, &[]).map(|mut out| out.remove(0)),
    }
}

/// The most operands a loop takes: a pullback may read three inputs, the result and the cotangent.
const MOST: usize = 5;

/// An operand over all elements.
#[derive(Clone, Copy)]
enum Whole<'a, T> {
    Splat(T),
    Slice(&'a [T]),
}

/// The row, if every input is a number or lies contiguously in the full shape, in dtype `T`.
#[inline]
fn contiguous<T: Compute>(row: Row, inputs: &[&Array]) -> Result<Option<Array>> {
    let Some((operands, shape)) = whole::<T>(inputs) else { return Ok(None) };
    let operands = &operands[..inputs.len()];
    if row.is_predicate() { truths(row, operands, shape) } else { numbers(row, operands, shape) }.map(Some)
}

/// The operands, where every one is a number, repeated or not, or lies contiguously in the full shape, in dtype `T`.
#[inline(always)]
fn whole<'a, T: Compute>(inputs: &[&'a Array]) -> Option<([Whole<'a, T>; MOST], &'a [usize])> {
    if inputs.len() > MOST {
        return None;
    }
    let mut shape: Option<&'a [usize]> = None;
    let mut operands = [Whole::Splat(T::ZERO); MOST];
    for (operand, &input) in operands.iter_mut().zip(inputs) {
        if let Array::Dense(d) = input {
            if *shape.get_or_insert(d.shape()) != d.shape() {
                return None;
            }
            *operand = match input.as_slice::<T>() {
                Some(slice) => Whole::Slice(slice),
                None => Whole::Splat(repeated(input)?),
            };
        } else if input.dtype() == T::DTYPE {
            *operand = Whole::Splat(number(input));
        } else {
            return None;
        }
    }
    Some((operands, shape?))
}

/// The number that is every element of a broadcast array.
fn repeated<T: Compute>(array: &Array) -> Option<T> {
    if array.is_empty() || array.strides().iter().any(|&step| step != 0) {
        return None;
    }
    array.view::<T>().ok()?.data().get(array.offset()).copied()
}

/// The emitted pullback of a row towards one input, over arrays that need no rearranging; `None` for others.
pub(super) fn pullback(row: Row, input: usize, inputs: &[&Array]) -> Result<Option<Array>> {
    match inputs.first().map(|a| a.dtype()) {
        Some(DType::F64) => pull::<f64>(row, input, inputs),
        Some(DType::F32) => pull::<f32>(row, input, inputs),
        _ => Ok(None),
    }
}

/// Up to this length the fixed cost of a step counts more than the loop.
const SHORT: usize = 4096;

fn pull<T: Compute + Float>(row: Row, input: usize, inputs: &[&Array]) -> Result<Option<Array>> {
    let Some((operands, shape)) = whole::<T>(inputs) else { return Ok(None) };
    let n = inputs.len();
    // Spreading a number over stretches costs long loops more than the plan's blocks do, whose fixed cost is higher.
    if operands[..n].iter().any(|o| matches!(o, Whole::Splat(_))) && inputs.iter().any(|a| a.len() > SHORT) {
        return Ok(None);
    }
    let loops = |start: usize, out: &mut [T]| {
        kernels::pullback(row, input, &part(&operands[..n], start, out.len())[..n], out);
    };
    Array::try_build(Shape::from(shape), |out: &mut [T]| {
        if out.len() < 2 * PARALLEL {
            return loops(0, out);
        }
        threads::parallel_slices(out, PARALLEL, |i, out| loops(i * PARALLEL, out));
    })
    .map(Some)
}

#[inline(always)]
fn part<'a, T: Compute>(operands: &[Whole<'a, T>], at: usize, len: usize) -> [Operand<'a, T>; MOST] {
    std::array::from_fn(|k| match operands.get(k) {
        Some(Whole::Slice(s)) => Operand::Block(&s[at..at + len]),
        Some(Whole::Splat(v)) => Operand::Splat(*v),
        None => Operand::Splat(T::ZERO),
    })
}

#[inline(always)]
fn numbers<T: Compute>(row: Row, operands: &[Whole<'_, T>], shape: &[usize]) -> Result<Array> {
    Array::try_build(Shape::from(shape), |out: &mut [T]| {
        let n = operands.len();
        if out.len() < 2 * PARALLEL {
            return T::apply(row, &part(operands, 0, out.len())[..n], out);
        }
        threads::parallel_slices(out, PARALLEL, |i, out| {
            T::apply(row, &part(operands, i * PARALLEL, out.len())[..n], out);
        });
    })
}

fn truths<T: Compute>(row: Row, operands: &[Whole<'_, T>], shape: &[usize]) -> Result<Array> {
    const BLOCK: usize = 512;
    Array::try_build(Shape::from(shape), |out: &mut [bool]| {
        let n = operands.len();
        let work = |start: usize, out: &mut [bool]| {
            let mut values: SmallVec<[T; BLOCK]> = SmallVec::from_elem(T::ZERO, out.len().min(BLOCK));
            for (i, out) in out.chunks_mut(BLOCK).enumerate() {
                let values = &mut values[..out.len()];
                T::apply(row, &part(operands, start + i * BLOCK, out.len())[..n], values);
                out.iter_mut().zip(values).for_each(|(o, v)| *o = *v != T::ZERO);
            }
        };
        if out.len() < 2 * PARALLEL {
            return work(0, out);
        }
        threads::parallel_slices(out, PARALLEL, |i, out| work(i * PARALLEL, out));
    })
}
