//! Functions applied element by element: any [`Expr`] over any arrays that broadcast together.
//!
//! An expression is computed in one dtype, the promotion of its inputs' dtypes; each input has that dtype or is `bool`
//! (0 and 1). Truth values come out as `bool`, everything else in the dtype of the computation.
//!
//! Numbers (rank 0) take a path of their own that allocates nothing. A single row over contiguous arrays goes straight to
//! its SIMD loop. Everything else runs as short bytecode over blocks that stay in the first-level cache, whatever the
//! layout of the inputs; nothing is expanded or copied as a whole. All paths use the same functions, so they agree bitwise,
//! and results do not depend on the number of threads.
//!
//! ```
//! use wengert_array::{Array, pointwise};
//! use wengert_scalar::{Expr, Number};
//! let hyperbola = Expr::build(2, |x| vec![(x[0] * x[0] - x[1] * x[1]).sqrt()]);
//! let (a, b) = (Array::from_slice(&[5.0, 13.0]), Array::from(3.0));
//! let y = pointwise::evaluate_one(&hyperbola, &[&a, &b])?;
//! assert_eq!(y.to_vec::<f64>()?, [4.0, 160f64.sqrt()]);
//! # Ok::<(), wengert_array::Error>(())
//! ```

mod element;
mod integer;
mod plan;
mod rows;
mod run;
mod space;

use crate::shape::broadcast_for;
use crate::{Array, DType, Error, Result, Shape, promote};
use element::{Compute, boolean, check};
use plan::Plan;
use run::{Data, Feed, Job, Strided, Target};
use smallvec::SmallVec;
use space::Space;
use wengert_scalar::{Expr, Op, Row};

pub use rows::evaluate_row;

/// The results of an expression; two fit without an allocation.
pub type Outputs = SmallVec<[Array; 2]>;

/// Arrays that are handed over.
pub type Owned = SmallVec<[Array; 4]>;

/// From this many bytes on, writing over an input that is not needed any more is faster than taking other memory.
const REUSE: usize = 256 << 10;

/// The shape and dtypes of the results for inputs of these dtypes and shapes; `name` is what errors call the operation.
///
/// # Errors
/// [`Error::ShapeMismatch`] if the shapes do not broadcast; [`Error::DType`] if an input is neither `bool` nor of the
/// promoted dtype, or a row is not defined for it; [`Error::Argument`] for another number of inputs than the expression has.
pub fn output(expr: &Expr, inputs: &[(DType, &[usize])], name: &str) -> Result<(Shape, Vec<DType>)> {
    check_arity(expr.arity(), inputs.len(), name)?;
    let dtype = common_dtype(inputs.iter().map(|i| i.0), name)?;
    check(expr, dtype, name)?;
    let shapes: SmallVec<[&[usize]; 4]> = inputs.iter().map(|i| i.1).collect();
    let shape = broadcast_for(name, &shapes)?;
    let dtypes = (0..expr.num_outputs()).map(|k| if expr.output_is_predicate(k) { DType::Bool } else { dtype });
    Ok((shape, dtypes.collect()))
}

/// All results of an expression.
///
/// # Errors
/// As [`output`], and [`Error::Argument`] if there is not enough memory or an integer power has a negative exponent.
pub fn evaluate(expr: &Expr, inputs: &[&Array]) -> Result<Outputs> {
    if expr.num_outputs() == 1 {
        let mut out = Outputs::new();
        out.push(evaluate_one(expr, inputs)?);
        return Ok(out);
    }
    general(expr, inputs, &[])
}

/// The result of an expression that has one.
///
/// # Errors
/// As [`evaluate`], and [`Error::Argument`] if the expression has another number of results.
#[inline]
pub fn evaluate_one(expr: &Expr, inputs: &[&Array]) -> Result<Array> {
    if let Some(row) = expr.as_row() {
        return evaluate_row(row, inputs);
    }
    if let [o] = *expr.outputs()
        && inputs.len() == expr.arity()
        && !inputs.is_empty()
    {
        if inputs.iter().all(|a| matches!(a, Array::F64(_))) {
            return Ok(one_at_point::<f64>(expr, inputs, o));
        }
        if inputs.iter().all(|a| matches!(a, Array::F32(_))) {
            return Ok(one_at_point::<f32>(expr, inputs, o));
        }
        if let Some((row, input)) = expr.emitted()
            && let Some(out) = rows::pullback(row, input, inputs)?
        {
            return Ok(out);
        }
    }
    let mut out = general(expr, inputs, &[])?;
    match (out.pop(), out.is_empty()) {
        (Some(one), true) => Ok(one),
        _ => Err(Error::argument(
            name(expr),
            format!("the expression has {} results, not one: use evaluate", expr.num_outputs()),
        )),
    }
}

/// As [`evaluate`], for inputs that are handed over: the memory of large ones that nobody else holds is written over.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_owned(expr: &Expr, mut inputs: Owned) -> Result<Outputs> {
    let mut reused: SmallVec<[(usize, Target); 2]> = SmallVec::new();
    if inputs.iter().any(|a| a.len() * a.dtype().size() >= REUSE) {
        let shape = full_shape(inputs.iter(), name(expr))?;
        let dtype = common_dtype(inputs.iter().map(Array::dtype), name(expr))?;
        for (k, input) in inputs.iter_mut().enumerate() {
            if input.shape() == &*shape && input.dtype() == dtype && input.is_contiguous() && dtype != DType::Bool {
                let memory = crate::dispatch!(dtype, T => {
                    input.as_mut_slice::<T>().map(|s| Target(s.as_mut_ptr().cast::<u8>()))
                });
                reused.extend(memory.map(|m| (k, m)));
            }
        }
    }
    let borrowed: SmallVec<[&Array; 4]> = inputs.iter().collect();
    if reused.is_empty() { evaluate(expr, &borrowed) } else { general(expr, &borrowed, &reused) }
}

/// What errors call an expression.
fn name(expr: &Expr) -> &'static str {
    expr.as_row().map_or("pointwise", Row::name)
}

fn check_arity(arity: usize, given: usize, name: &str) -> Result<()> {
    if arity == given {
        return Ok(());
    }
    Err(Error::argument(name.to_owned(), format!("takes {arity} inputs, {given} were given")))
}

/// The shape that the inputs broadcast to.
fn full_shape<'a>(inputs: impl Iterator<Item = &'a Array>, name: &str) -> Result<Shape> {
    let shapes: SmallVec<[&[usize]; 4]> = inputs.map(|a| a.shape()).collect();
    broadcast_for(name, &shapes)
}

/// The dtype to compute in.
#[inline]
fn common_dtype(dtypes: impl Iterator<Item = DType> + Clone, name: &str) -> Result<DType> {
    let mut common = None;
    for dtype in dtypes.clone() {
        common = Some(common.map_or(dtype, |c| promote(c, dtype)));
    }
    let common = common.unwrap_or(DType::F64);
    if dtypes.clone().all(|d| d == common || d == DType::Bool) {
        return Ok(common);
    }
    let names: Vec<&str> = dtypes.map(DType::name).collect();
    Err(Error::dtype(
        name.to_owned(),
        format!("the inputs have dtypes {}", names.join(" and ")),
        format!("cast them to {common} first"),
    ))
}

fn general(expr: &Expr, inputs: &[&Array], reused: &[(usize, Target)]) -> Result<Outputs> {
    let name = name(expr);
    check_arity(expr.arity(), inputs.len(), name)?;
    let dtype = common_dtype(inputs.iter().map(|a| a.dtype()), name)?;
    check(expr, dtype, name)?;
    if !dtype.is_float() {
        check_exponents(expr, inputs)?;
    }
    let numbers = inputs.iter().all(|a| !matches!(a, Array::Dense(_)));
    match dtype {
        DType::F64 if numbers => Ok(at_point::<f64>(expr, inputs)),
        DType::F32 if numbers => Ok(at_point::<f32>(expr, inputs)),
        DType::I64 if numbers => Ok(at_point::<i64>(expr, inputs)),
        DType::I32 if numbers => Ok(at_point::<i32>(expr, inputs)),
        DType::U8 if numbers => Ok(at_point::<u8>(expr, inputs)),
        DType::Bool if numbers => Ok(at_point_bool(expr, inputs)),
        DType::F64 => dense::<f64>(expr, inputs, dtype, reused),
        DType::F32 => dense::<f32>(expr, inputs, dtype, reused),
        DType::I64 => dense::<i64>(expr, inputs, dtype, reused),
        DType::I32 => dense::<i32>(expr, inputs, dtype, reused),
        DType::U8 | DType::Bool => dense::<u8>(expr, inputs, dtype, reused),
    }
}

/// An error if an integer is raised to a negative power that can be seen beforehand.
fn check_exponents(expr: &Expr, inputs: &[&Array]) -> Result<()> {
    for op in expr.ops() {
        let Op::Row(Row::Pow, [_, exponent, _]) = *op else { continue };
        let negative = match expr.ops()[exponent as usize] {
            Op::Lit(v) => v < 0.0,
            Op::Input(k) => match inputs[k as usize].dtype() {
                DType::I64 => inputs[k as usize].view::<i64>()?.iter().any(|v| v < 0),
                DType::I32 => inputs[k as usize].view::<i32>()?.iter().any(|v| v < 0),
                _ => false,
            },
            Op::Row(..) => false,
        };
        if negative {
            let detail = "an integer to a negative integer power is not an integer: cast to float64 first";
            return Err(Error::argument("pow", detail));
        }
    }
    Ok(())
}

/// The number in a rank-0 array of dtype `T` or `bool`, in `T`.
#[inline(always)]
fn number<T: Compute>(array: &Array) -> T {
    match array {
        Array::Bool(b) => {
            if *b {
                T::ONE
            } else {
                T::ZERO
            }
        }
        other => T::of(other).copied().unwrap_or(T::ZERO),
    }
}

/// All values of an expression at one point.
fn values<T: Compute>(expr: &Expr, inputs: &[&Array], logic: bool) -> SmallVec<[T; 24]> {
    let mut values: SmallVec<[T; 24]> = SmallVec::with_capacity(expr.ops().len());
    for op in expr.ops() {
        let v = match *op {
            Op::Input(k) => number(inputs[k as usize]),
            Op::Lit(v) => T::lit(v),
            Op::Row(row, args) => {
                let x = args.map(|a| values.get(a as usize).copied().unwrap_or(T::ZERO));
                T::number(if logic { boolean(row) } else { row }, &x[..row.arity()])
            }
        };
        values.push(v);
    }
    values
}

/// The result at position `o` of an expression that has one, at one point.
#[inline]
fn one_at_point<T: Compute>(expr: &Expr, inputs: &[&Array], o: u32) -> Array {
    const SMALL: usize = 32;
    let ops = expr.ops();
    let v = if ops.len() <= SMALL {
        let mut values = [T::ZERO; SMALL];
        for (i, op) in ops.iter().enumerate() {
            values[i] = match *op {
                Op::Input(k) => number(inputs[k as usize]),
                Op::Lit(v) => T::lit(v),
                Op::Row(row, [a, b, c]) => {
                    let x = [a, b, c].map(|a| values[a as usize % SMALL]);
                    T::number(row, &x[..row.arity()])
                }
            };
        }
        values[o as usize]
    } else {
        values::<T>(expr, inputs, false)[o as usize]
    };
    if expr.output_is_predicate(0) { Array::Bool(v != T::ZERO) } else { v.scalar() }
}

fn at_point<T: Compute>(expr: &Expr, inputs: &[&Array]) -> Outputs {
    let values = values::<T>(expr, inputs, false);
    let result = |(k, &o): (usize, &u32)| {
        let v = values[o as usize];
        if expr.output_is_predicate(k) { Array::Bool(v != T::ZERO) } else { v.scalar() }
    };
    expr.outputs().iter().enumerate().map(result).collect()
}

fn at_point_bool(expr: &Expr, inputs: &[&Array]) -> Outputs {
    let values = values::<u8>(expr, inputs, true);
    expr.outputs().iter().map(|&o| Array::Bool(values[o as usize] != 0)).collect()
}

/// An expression over arrays, not all of rank 0. `reused` names inputs of dtype `dtype` and the full shape, whose memory may
/// be written over.
fn dense<T: Compute>(expr: &Expr, inputs: &[&Array], dtype: DType, reused: &[(usize, Target)]) -> Result<Outputs> {
    let name = name(expr);
    let (shape, space) = match Space::flat(inputs) {
        Some((shape, space)) => (Shape::from(shape), space),
        None => {
            let shape = full_shape(inputs.iter().copied(), name)?;
            let space = Space::new(&shape, inputs)
                .ok_or_else(|| Error::shape(name, format!("an input does not broadcast to {shape}"), ""))?;
            (shape, space)
        }
    };

    let mut results: SmallVec<[Option<Array>; 2]> = SmallVec::new();
    let mut computed: SmallVec<[usize; 2]> = SmallVec::new();
    let mut truth: SmallVec<[bool; 2]> = SmallVec::new();
    let mut targets: SmallVec<[Target; 2]> = SmallVec::new();
    let mut overwritten: SmallVec<[Option<usize>; 4]> = SmallVec::from_elem(None, inputs.len());
    let mut spare = reused.iter();
    for (k, &o) in expr.outputs().iter().enumerate() {
        let o = o as usize;
        if let Op::Input(i) = expr.ops()[o] {
            results.push(Some(inputs[i as usize].try_cast(dtype)?.broadcast_to(&shape)?));
            continue;
        }
        if computed.contains(&o) {
            results.push(None);
            continue;
        }
        let is_truth = expr.output_is_predicate(k);
        let (array, target) = match spare.next().filter(|_| !is_truth) {
            Some(&(input, target)) => {
                overwritten[input] = Some(computed.len());
                (inputs[input].clone(), target)
            }
            None => {
                let dtype = if is_truth { DType::Bool } else { dtype };
                let (array, memory) = Array::fresh(shape.clone(), space.order.as_deref(), dtype, false)?;
                (array, Target(memory))
            }
        };
        computed.push(o);
        truth.push(is_truth && dtype != DType::Bool);
        targets.push(target);
        results.push(Some(array));
    }

    let len = space.shape.elements()?;
    if !computed.is_empty() && len > 0 {
        let plan = Plan::<T>::new(expr, &computed, &truth, dtype == DType::Bool);
        let natural = crate::contiguous_strides(&space.shape);
        let feeds = inputs.iter().zip(space.strides).zip(&overwritten).map(|((input, strides), over)| {
            if let Some(output) = over {
                return Ok(Feed::Overwritten(*output));
            }
            match input {
                Array::Dense(_) => feed(input, strides, &natural, len),
                number => Ok(Feed::Splat(self::number(number))),
            }
        });
        let mut feeds = feeds.collect::<Result<SmallVec<_>>>()?;
        feeds.extend(plan.literals.iter().map(|&v| Feed::Splat(v)));
        let job = Job { plan, feeds, outputs: targets, shape: space.shape, len };
        // SAFETY: the outputs are new arrays of `len` elements, or the memory of inputs that the caller holds alone and
        // that are fed from it; `Space` has checked that the inputs broadcast, so their strides stay inside.
        unsafe { job.run() };
    }
    Ok(fill_in(expr, results))
}

/// Gives results that are computed once but asked for twice the same array.
fn fill_in(expr: &Expr, results: SmallVec<[Option<Array>; 2]>) -> Outputs {
    let mut out = Outputs::new();
    for (k, result) in results.into_iter().enumerate() {
        let first = expr.outputs().iter().position(|&o| o == expr.outputs()[k]).unwrap_or(0);
        out.push(result.unwrap_or_else(|| out[first].clone()));
    }
    out
}

/// How an input of rank 1 or more is fed, given its strides over the loop and those of an array in the loop's order.
fn feed<'a, T: Compute>(
    input: &'a Array,
    strides: crate::Strides,
    natural: &[isize],
    len: usize,
) -> Result<Feed<'a, T>> {
    let offset = input.offset();
    let data = if input.dtype() == DType::Bool {
        let bools = input.view::<bool>()?.data();
        // SAFETY: a `bool` is a byte, 0 or 1.
        Data::Bools(unsafe { std::slice::from_raw_parts(bools.as_ptr().cast::<u8>(), bools.len()) })
    } else {
        Data::Same(input.view::<T>()?.data())
    };
    if strides.iter().all(|&s| s == 0) {
        return Ok(Feed::Splat(match data {
            Data::Same(data) => data[offset],
            Data::Bools(data) => {
                if data[offset] != 0 {
                    T::ONE
                } else {
                    T::ZERO
                }
            }
        }));
    }
    if strides[..] == *natural {
        if let Data::Same(data) = data {
            return Ok(Feed::Direct(&data[offset..offset + len]));
        }
        if let Data::Bools(data) = data
            && let Some(bytes) = T::bytes(&data[offset..offset + len])
        {
            return Ok(Feed::Direct(bytes));
        }
    }
    Ok(Feed::Strided(Strided { data, offset, strides }))
}
