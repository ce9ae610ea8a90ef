//! Where the largest and the smallest element are.

use super::engine::{PIECE, Scratch, contiguous_row};
use super::kinds::{Extreme, Number};
use super::plan::{Plan, Walk};
use crate::threads::parallel_slices;

/// Elements searched at once: their extreme is found with SIMD, and only a better one is then looked up.
const BLOCK: usize = 1024;

/// The best element so far and where it is; ties keep the first.
#[derive(Clone, Copy)]
struct Best<T> {
    value: T,
    at: i64,
}

#[inline(always)]
fn beats<T: Number, const LEAST: bool>(x: T, best: T) -> bool {
    let wins = if LEAST { x < best } else { x > best };
    wins | (x.is_nan() & !best.is_nan())
}

/// Position along an axis of `len` elements, `stride` apart, of the extreme of each result of `plan`; `start` is where the
/// axis begins for the first result.
pub(super) fn run<T: Number, const LEAST: bool>(
    data: &[T],
    plan: &Plan,
    start: usize,
    (len, stride): (usize, isize),
    out: &mut [i64],
) {
    let columns = plan.kept.last().is_some_and(|&(n, s)| n >= 8 && s.abs() < stride.abs() && s != 0);
    if columns {
        return by_columns::<T, LEAST>(data, plan, start, (len, stride), out);
    }
    let segments = len.div_ceil(PIECE);
    if segments == 1 {
        let size = (PIECE / len).max(1);
        parallel_slices(out, size, |piece, slots| {
            let mut walk = Walk::new(&plan.kept, start, piece * size);
            let mut scratch = Scratch::new();
            for slot in slots {
                *slot = search::<T, LEAST>(data, walk.offset(), stride, 0, len, &mut scratch).at;
                walk.advance();
            }
        });
        return;
    }
    let mut parts = vec![Best { value: T::ZERO, at: 0 }; out.len() * segments];
    parallel_slices(&mut parts, 1, |task, slot| {
        let row = Walk::new(&plan.kept, start, task / segments).offset();
        let first = task % segments * PIECE;
        slot[0] = search::<T, LEAST>(data, row, stride, first, (first + PIECE).min(len), &mut Scratch::new());
    });
    for (slot, parts) in out.iter_mut().zip(parts.chunks_exact(segments)) {
        let mut best = parts[0];
        for part in &parts[1..] {
            if beats::<T, LEAST>(part.value, best.value) {
                best = *part;
            }
        }
        *slot = best.at;
    }
}

/// The extreme among elements `first..last` of the row that begins at `row`.
fn search<T: Number, const LEAST: bool>(
    data: &[T],
    row: usize,
    stride: isize,
    first: usize,
    last: usize,
    scratch: &mut Scratch<T>,
) -> Best<T> {
    let mut best: Option<Best<T>> = None;
    for begin in (first..last).step_by(BLOCK) {
        let len = (last - begin).min(BLOCK);
        let offset = (row as isize + begin as isize * stride) as usize;
        let x = if stride == 1 { &data[offset..offset + len] } else { scratch.gather(data, offset, stride, len) };
        let value = contiguous_row(Extreme::<LEAST>, x, ());
        if best.is_none_or(|best| beats::<T, LEAST>(value, best.value)) {
            let at = x.iter().position(|&x| x == value || (x.is_nan() && value.is_nan()));
            best = Some(Best { value, at: (begin + at.unwrap_or(0)) as i64 });
        }
    }
    best.unwrap_or(Best { value: T::ZERO, at: 0 })
}

/// Neighbouring results side by side, row after row.
fn by_columns<T: Number, const LEAST: bool>(
    data: &[T],
    plan: &Plan,
    start: usize,
    (len, stride): (usize, isize),
    out: &mut [i64],
) {
    let Some((&(width, step), outer)) = plan.kept.split_last() else { return };
    let size = (PIECE / len).clamp(64, 1024);
    parallel_slices(out, size, |piece, mut slots| {
        let mut walk = Walk::new(outer, start, piece * size / width);
        let mut column = piece * size % width;
        let mut values = Vec::with_capacity(size);
        while !slots.is_empty() {
            let (now, later) = slots.split_at_mut((width - column).min(slots.len()));
            let at = |row: usize, j: usize| {
                data[(walk.offset() as isize + (column + j) as isize * step + row as isize * stride) as usize]
            };
            values.clear();
            values.extend((0..now.len()).map(|j| at(0, j)));
            now.fill(0);
            for row in 1..len {
                if step == 1 {
                    let first = (walk.offset() as isize + column as isize + row as isize * stride) as usize;
                    let x = &data[first..first + now.len()];
                    for ((best, slot), &x) in values.iter_mut().zip(now.iter_mut()).zip(x) {
                        let better = beats::<T, LEAST>(x, *best);
                        *best = if better { x } else { *best };
                        *slot = if better { row as i64 } else { *slot };
                    }
                    continue;
                }
                for (j, (best, slot)) in values.iter_mut().zip(now.iter_mut()).enumerate() {
                    let x = at(row, j);
                    if beats::<T, LEAST>(x, *best) {
                        *best = x;
                        *slot = row as i64;
                    }
                }
            }
            slots = later;
            column = 0;
            walk.advance();
        }
    });
}
