//! A matrix times a vector, and the inner product: bound by memory, so each element is read once.

use super::Matrix;
use crate::Element;
use crate::threads::parallel_slices;
use wengert_scalar::kernels::{Isa, isa};

/// Elements of the matrix in a piece of work.
const PIECE: usize = 1 << 16;
/// Elements of an inner product that are summed in the element type, before sums go on in `f64`.
const BLOCK: usize = 2048;
/// Running sums side by side.
const LANES: usize = 64;
/// Results made side by side where the matrix lies by columns.
const COLUMN: usize = 2048;
/// Columns added up in the element type, before sums are joined.
const DEPTH: usize = 256;

/// The arithmetic of floats.
pub(super) trait Lanes: Element {
    fn plus(self, other: Self) -> Self;
    /// `self * a + b`, rounded once if `FUSED` (which must then be an instruction).
    fn times_plus<const FUSED: bool>(self, a: Self, b: Self) -> Self;
}

macro_rules! lanes {
    ($($t:ty),*) => {$(
        impl Lanes for $t {
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self + other
            }
            #[inline(always)]
            fn times_plus<const FUSED: bool>(self, a: Self, b: Self) -> Self {
                if FUSED { self.mul_add(a, b) } else { self * a + b }
            }
        }
    )*};
}

lanes!(f32, f64);

/// The matrix `a` (m by k) times the vector that is the first column of `x`, its elements `step` apart; false if the matrix
/// lies neither by rows nor by columns.
pub(super) fn product<T: Lanes>(
    m: usize,
    k: usize,
    a: Matrix<T>,
    (x, step): (Matrix<T>, isize),
    out: &mut [T],
) -> bool {
    let by_rows = a.columns == 1 || k == 1;
    if !by_rows && a.rows != 1 && m > 1 {
        return false;
    }
    let gathered: Vec<T>;
    let x = if step == 1 || k == 1 {
        &x.data[x.offset..x.offset + k]
    } else {
        gathered = (0..k).map(|p| x.data[(x.offset as isize + p as isize * step) as usize]).collect();
        &gathered
    };
    if by_rows {
        rows(k, a, x, out);
    } else {
        columns(a, x, out);
    }
    true
}

fn rows<T: Lanes>(k: usize, a: Matrix<T>, x: &[T], out: &mut [T]) {
    let m = out.len();
    let segments = k.div_ceil(PIECE);
    if segments == 1 || m >= 64 {
        let size = (PIECE / k).max(1);
        parallel_slices(out, size, |piece, slots| {
            for (i, slot) in (piece * size..).zip(slots) {
                let start = a.index(i, 0);
                *slot = T::from_f64(inner(&a.data[start..start + k], x));
            }
        });
        return;
    }
    let mut parts = vec![0.0f64; m * segments];
    parallel_slices(&mut parts, 1, |task, slot| {
        let (start, first) = (a.index(task / segments, 0), task % segments * PIECE);
        let last = (first + PIECE).min(k);
        slot[0] = inner(&a.data[start + first..start + last], &x[first..last]);
    });
    for (slot, parts) in out.iter_mut().zip(parts.chunks_exact(segments)) {
        *slot = T::from_f64(parts.iter().sum());
    }
}

/// The inner product of two slices of one length.
fn inner<T: Lanes>(a: &[T], b: &[T]) -> f64 {
    if a.len() <= LANES / 4 {
        return a.iter().zip(b).fold(T::ZERO, |sum, (&a, &b)| a.times_plus::<false>(b, sum)).to_f64();
    }
    if a.len() <= BLOCK {
        return block(a, b).to_f64();
    }
    a.chunks(BLOCK).zip(b.chunks(BLOCK)).map(|(a, b)| block(a, b).to_f64()).sum()
}

fn columns<T: Lanes>(a: Matrix<T>, x: &[T], out: &mut [T]) {
    let (m, k) = (out.len(), x.len());
    let depth = (PIECE / m.min(COLUMN)).max(DEPTH);
    let segments = if m >= 8 * COLUMN { 1 } else { k.div_ceil(depth) };
    if segments == 1 {
        parallel_slices(out, COLUMN, |piece, slots| panel(a, piece * COLUMN, 0, x, slots));
        return;
    }
    let mut parts = vec![T::ZERO; m * segments];
    parallel_slices(&mut parts, m, |segment, sums| {
        let first = segment * depth;
        let x = &x[first..(first + depth).min(k)];
        for (column, sums) in sums.chunks_mut(COLUMN).enumerate() {
            panel(a, column * COLUMN, first, x, sums);
        }
    });
    for (i, slot) in out.iter_mut().enumerate() {
        *slot = T::from_f64((0..segments).map(|s| parts[s * m + i].to_f64()).sum());
    }
}

/// Rows from `i` on and columns from `first` on, as many as `x` has.
fn panel<T: Lanes>(a: Matrix<T>, i: usize, first: usize, x: &[T], out: &mut [T]) {
    out.fill(T::ZERO);
    let direct = x.len() <= DEPTH;
    let mut sums = if direct { Vec::new() } else { vec![T::ZERO; out.len()] };
    for (group, x) in x.chunks(DEPTH).enumerate() {
        let first = first + group * DEPTH;
        if direct {
            group_of_columns(a, i, first, x, out);
        } else {
            sums.fill(T::ZERO);
            group_of_columns(a, i, first, x, &mut sums);
            out.iter_mut().zip(&sums).for_each(|(o, &s)| *o = o.plus(s));
        }
    }
}

fn group_of_columns<T: Lanes>(a: Matrix<T>, i: usize, first: usize, x: &[T], out: &mut [T]) {
    let len = out.len();
    let column = |p: usize| {
        let start = a.index(i, first + p);
        &a.data[start..start + len]
    };
    let (fours, rest) = x.as_chunks::<4>();
    for (q, x) in fours.iter().enumerate() {
        add_four(std::array::from_fn(|r| column(4 * q + r)), x, out);
    }
    for (r, &x) in rest.iter().enumerate() {
        add_one(column(4 * fours.len() + r), x, out);
    }
}

#[inline(always)]
fn block_lanes<T: Lanes, const FUSED: bool>(a: &[T], b: &[T]) -> T {
    let mut lanes = [T::ZERO; LANES];
    let ((whole_a, rest_a), (whole_b, rest_b)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in whole_a.iter().zip(whole_b) {
        for i in 0..LANES {
            lanes[i] = a[i].times_plus::<FUSED>(b[i], lanes[i]);
        }
    }
    for ((lane, &a), &b) in lanes.iter_mut().zip(rest_a).zip(rest_b) {
        *lane = a.times_plus::<FUSED>(b, *lane);
    }
    let mut n = LANES / 2;
    while n > 0 {
        for i in 0..n {
            lanes[i] = lanes[i].plus(lanes[i + n]);
        }
        n /= 2;
    }
    lanes[0]
}

#[inline(always)]
fn four_lanes<T: Lanes, const FUSED: bool>(a: [&[T]; 4], x: &[T; 4], out: &mut [T]) {
    let n = out.len();
    let a = a.map(|column| &column[..n]);
    for i in 0..n {
        let low = a[0][i].times_plus::<FUSED>(x[0], a[1][i].times_plus::<FUSED>(x[1], out[i]));
        out[i] = a[2][i].times_plus::<FUSED>(x[2], a[3][i].times_plus::<FUSED>(x[3], low));
    }
}

#[inline(always)]
fn one_lane<T: Lanes, const FUSED: bool>(a: &[T], x: T, out: &mut [T]) {
    for (o, &a) in out.iter_mut().zip(a) {
        *o = a.times_plus::<FUSED>(x, *o);
    }
}

/// Compiles a loop for AVX-512, AVX2 and the baseline, and picks one when called.
macro_rules! dispatched {
    ($name:ident = $inner:ident($($arg:ident: $t:ty),*) -> $out:ty) => {
        fn $name<T: Lanes>($($arg: $t),*) -> $out {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx2,fma")]
                fn avx512<T: Lanes>($($arg: $t),*) -> $out {
                    $inner::<T, true>($($arg),*)
                }
                #[target_feature(enable = "avx2,fma")]
                fn avx2<T: Lanes>($($arg: $t),*) -> $out {
                    $inner::<T, true>($($arg),*)
                }
                match isa() {
                    // SAFETY: `isa()` names a level only if the processor has all of its features.
                    Isa::Avx512 => return unsafe { avx512($($arg),*) },
                    // SAFETY: as above.
                    Isa::Avx2 => return unsafe { avx2($($arg),*) },
                    _ => {}
                }
            }
            $inner::<T, false>($($arg),*)
        }
    };
}

dispatched!(block = block_lanes(a: &[T], b: &[T]) -> T);
dispatched!(add_four = four_lanes(a: [&[T]; 4], x: &[T; 4], out: &mut [T]) -> ());
dispatched!(add_one = one_lane(a: &[T], x: T, out: &mut [T]) -> ());
