//! Rows over contiguous blocks, on the widest instruction set that the machine has.
//!
//! ```
//! use wengert_scalar::Row;
//! use wengert_scalar::kernels::{self, Operand};
//!
//! let x = [0.0, 1.0, 2.0];
//! let mut y = [0.0; 3];
//! kernels::apply(Row::Pow, &[Operand::Block(&x), Operand::Splat(3.0)], &mut y);
//! assert_eq!(y, [0.0, 1.0, 8.0]);
//! ```

mod isa;
mod lane;
mod stamp;
mod tables;

pub use isa::{Isa, isa, with_isa};

use crate::math::coefficients::Coefficients;
use crate::{Expr, Number, Row};
use core::fmt::Debug;
use core::mem::MaybeUninit;
use std::sync::OnceLock;

/// The floats that kernels exist for: `f32` and `f64`.
pub trait Float: Number + Coefficients + PartialEq + PartialOrd + Default + Debug + Send + Sync {
    #[doc(hidden)]
    fn block(isa: Isa, row: Row) -> stamp::Block<Self>;
    #[doc(hidden)]
    fn splat(isa: Isa, row: Row, left: bool) -> Option<stamp::Splat<Self>>;
    #[doc(hidden)]
    fn scalar(isa: Isa, row: Row) -> stamp::Scalar<Self>;
    #[doc(hidden)]
    fn pull(isa: Isa, row: Row, input: usize) -> Option<stamp::Pull<Self>>;
}

/// An argument of a kernel.
#[derive(Clone, Copy, Debug)]
pub enum Operand<'a, T> {
    /// One value for each element.
    Block(&'a [T]),
    /// The same value for all.
    Splat(T),
}

/// Splat operands are spread over a block of this many elements, and the kernel runs block by block.
const SPREAD: usize = 512;

impl<'a, T: Float> Operand<'a, T> {
    #[inline]
    fn length_is(&self, n: usize) -> bool {
        match self {
            Operand::Block(x) => x.len() == n,
            Operand::Splat(_) => true,
        }
    }
}

/// Runs `body` over stretches of the operands as plain slices: all at once when every operand is a block.
#[inline(always)]
fn stretches<T: Float, const N: usize>(x: [Operand<T>; N], out: &mut [T], body: impl Fn([&[T]; N], &mut [T])) {
    let n = out.len();
    if x.iter().all(|o| matches!(o, Operand::Block(_))) {
        return body(x.map(|o| if let Operand::Block(b) = o { b } else { &[] }), out);
    }
    // Left uninitialised but for the splat operands: clearing it all would cost as much as a short kernel.
    let mut memory = [[MaybeUninit::<T>::uninit(); SPREAD]; N];
    let mut spread: [&[T]; N] = [&[]; N];
    for ((m, s), o) in memory.iter_mut().zip(&mut spread).zip(&x) {
        if let Operand::Splat(v) = o {
            let m = &mut m[..n.min(SPREAD)];
            m.fill(MaybeUninit::new(*v));
            // SAFETY: every element was just written.
            *s = unsafe { m.assume_init_ref() };
        }
    }
    for (i, out) in out.chunks_mut(SPREAD).enumerate() {
        let (start, length) = (i * SPREAD, out.len());
        let mut slices: [&[T]; N] = [&[]; N];
        for ((slice, o), s) in slices.iter_mut().zip(&x).zip(&spread) {
            *slice = if let Operand::Block(b) = *o { &b[start..start + length] } else { &s[..length] };
        }
        body(slices, out);
    }
}

#[inline(always)]
fn run<T: Float>(kernel: stamp::Block<T>, a: &[T], b: &[T], c: &[T], out: &mut [T]) {
    // SAFETY: `kernel` comes from the table of the instruction set that `isa` found present.
    unsafe { kernel(a, b, c, out) }
}

#[inline(always)]
fn run_splat<T: Float>(kernel: stamp::Splat<T>, x: &[T], v: T, out: &mut [T]) {
    // SAFETY: as in `run`.
    unsafe { kernel(x, v, out) }
}

#[inline(always)]
fn run_pull<T: Float>(kernel: stamp::Pull<T>, x: [&[T]; 5], out: &mut [T]) {
    // SAFETY: as in `run`.
    unsafe { kernel(x, out) }
}

/// `out[i] = row(x₀[i], x₁[i], …)`. Predicates give 0 and 1.
///
/// # Panics
///
/// If the number of operands is not the row's arity, or a block is not as long as `out`.
pub fn apply<T: Float>(row: Row, x: &[Operand<T>], out: &mut [T]) {
    assert_eq!(x.len(), row.arity(), "{row} takes {} operands", row.arity());
    assert!(x.iter().all(|o| o.length_is(out.len())), "a block's length differs from that of the result of {row}");
    let (isa, n) = (isa(), out.len());
    if n == 0 {
        return;
    }
    let kernel = T::block(isa, row);
    match *x {
        [a] => match a {
            Operand::Block(a) => run(kernel, a, a, a, out),
            Operand::Splat(a) => out.fill(eval(row, &[a])),
        },
        [Operand::Splat(a), Operand::Splat(b)] => out.fill(eval(row, &[a, b])),
        [Operand::Splat(v), Operand::Block(x)] if let Some(kernel) = T::splat(isa, row, true) => {
            run_splat(kernel, x, v, out)
        }
        [Operand::Block(x), Operand::Splat(v)] if let Some(kernel) = T::splat(isa, row, false) => {
            run_splat(kernel, x, v, out)
        }
        [a, b] => stretches([a, b], out, |[a, b], out| run(kernel, a, b, b, out)),
        [a, b, c] => stretches([a, b, c], out, |[a, b, c], out| run(kernel, a, b, c, out)),
        _ => unreachable!("rows have one to three inputs"),
    }
}

/// Which inputs, and whether the result, the emitted pullback of `row` towards `input` reads.
fn reads(row: Row, input: usize) -> &'static (Vec<usize>, bool) {
    type Entry = OnceLock<(Vec<usize>, bool)>;
    static READS: [[Entry; 3]; Row::ALL.len()] = [const { [const { OnceLock::new() }; 3] }; Row::ALL.len()];
    READS[row as usize][input].get_or_init(|| {
        let d = Expr::row(row).pullback(1 << input, 1);
        (d.primals, !d.results.is_empty())
    })
}

/// `out[i] = g[i]·∂row/∂x_input`, in one pass: the emitted first-order pullback.
///
/// The operands are those of the expression for which [`Expr::emitted`] gives (row, input), in its order: the inputs that
/// the slope reads, the result if it reads it, and the cotangent.
///
/// # Panics
///
/// If the slope is zero by structure, the operands are not as many as the slope reads, or a block is not as long as `out`.
pub fn pullback<T: Float>(row: Row, input: usize, operands: &[Operand<T>], out: &mut [T]) {
    assert!(
        operands.iter().all(|o| o.length_is(out.len())),
        "a block's length differs from that of the pullback of {row}"
    );
    let Some(kernel) = T::pull(isa(), row, input) else { panic!("{row} has no slope towards input {input}") };
    let (primals, result) = reads(row, input);
    assert_eq!(operands.len(), primals.len() + usize::from(*result) + 1, "operands of the pullback of {row}");
    // Slots: three inputs, result, cotangent. One that is not read repeats the last operand, which costs nothing.
    let last = operands.len() - 1;
    let mut slots = [last; 5];
    for (i, &p) in primals.iter().enumerate() {
        slots[p] = i;
    }
    if *result {
        slots[3] = primals.len();
    }
    match *operands {
        [g] => stretches([g], out, |[g], out| run_pull(kernel, [g; 5], out)),
        [a, g] => stretches([a, g], out, |s, out| run_pull(kernel, slots.map(|i| s[i]), out)),
        [a, b, g] => stretches([a, b, g], out, |s, out| run_pull(kernel, slots.map(|i| s[i]), out)),
        [a, b, c, g] => stretches([a, b, c, g], out, |s, out| run_pull(kernel, slots.map(|i| s[i]), out)),
        [a, b, c, d, g] => stretches([a, b, c, d, g], out, |s, out| run_pull(kernel, slots.map(|i| s[i]), out)),
        _ => unreachable!("a slope reads at most three inputs and the result"),
    }
}

/// The value of a row at one point: bitwise what [`apply`] gives for an element of a block on the same machine.
#[inline(always)]
pub fn eval<T: Float>(row: Row, x: &[T]) -> T {
    // Where rounding leaves no choice every instruction set agrees, so the arithmetic can be inlined.
    let zero = T::c(0.0);
    let truth = |c: bool| if c { T::c(1.0) } else { zero };
    match (row, x) {
        (Row::Neg, [a]) => -*a,
        (Row::Add, [a, b]) => *a + *b,
        (Row::Sub, [a, b]) => *a - *b,
        (Row::Mul, [a, b]) => *a * *b,
        (Row::Div, [a, b]) => *a / *b,
        (Row::Square, [a]) => *a * *a,
        (Row::Sqrt, [a]) => a.root(),
        (Row::Abs, [a]) => a.magnitude(),
        (Row::Reciprocal, [a]) => T::c(1.0) / *a,
        (Row::Scale, [a, b]) => {
            if *a == zero || *b == zero {
                zero
            } else {
                *a * *b
            }
        }
        (Row::Ratio, [a, b]) => {
            if *a == zero {
                zero
            } else {
                *a / *b
            }
        }
        (Row::Select, [c, a, b]) => {
            if *c != zero {
                *a
            } else {
                *b
            }
        }
        (Row::Eq, [a, b]) => truth(a == b),
        (Row::Ne, [a, b]) => truth(a != b),
        (Row::Lt, [a, b]) => truth(a < b),
        (Row::Le, [a, b]) => truth(a <= b),
        (Row::Gt, [a, b]) => truth(a > b),
        (Row::Ge, [a, b]) => truth(a >= b),
        (Row::LogicalAnd, [a, b]) => truth(*a != zero && *b != zero),
        (Row::LogicalOr, [a, b]) => truth(*a != zero || *b != zero),
        _ => outline(row, x),
    }
}

fn outline<T: Float>(row: Row, x: &[T]) -> T {
    let at = |i: usize| x.get(i).copied().unwrap_or_default();
    // SAFETY: the table holds kernels of instruction sets that `isa` found present.
    unsafe { T::scalar(isa(), row)(at(0), at(1), at(2)) }
}
