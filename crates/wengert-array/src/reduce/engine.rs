//! The loops of a reduction.
//!
//! Two shapes of loop cover every layout: *rows* (a result's elements lie together) and *columns* (neighbouring results
//! lie together and are made side by side). Work is cut by the shape alone, never by the number of threads, and partial
//! results are joined in a fixed tree, so the result is the same to the last bit on any machine load.

use super::kinds::Reducer;
use super::plan::{Plan, Walk};
use crate::Element;
use crate::threads::parallel_slices;
use wengert_scalar::kernels::{Isa, isa};

/// Elements a piece of work should have: enough to be worth handing to a thread.
pub(super) const PIECE: usize = 1 << 16;
/// Elements that are summed straight, before sums are joined pairwise.
pub(super) const BLOCK: usize = 1024;
/// Rows up to this length are taken many at once.
pub(super) const SHORT: usize = 32;
/// Running values side by side: four AVX-512 registers of `f64`.
const LANES: usize = 32;
/// Results made side by side in the column loop.
const COLUMNS: usize = BLOCK;
/// Rows added to one running value in the column loop, before sums are joined pairwise.
const ROWS: usize = 32;

/// Reduces `data` (laid out as `plan` says) into `out`, one element for each result in C order. `params` has one for each
/// result.
pub(super) fn run<T: Element, R: Reducer<T>>(r: R, data: &[T], plan: &Plan, params: &[R::Param], out: &mut [R::Out]) {
    if out.is_empty() {
        return;
    }
    if plan.count == 0 {
        for (o, &p) in out.iter_mut().zip(params) {
            *o = r.finish(r.start(), p);
        }
    } else if plan.by_rows() {
        rows(r, data, plan, params, out);
    } else {
        columns(r, data, plan, params, out);
    }
}

fn rows<T: Element, R: Reducer<T>>(r: R, data: &[T], plan: &Plan, params: &[R::Param], out: &mut [R::Out]) {
    let units = Units::of(plan);
    let segments = units.total.div_ceil(units.per_segment);
    if segments <= 1 {
        let size = (PIECE / plan.count).max(1);
        let short = plan.short_rows();
        parallel_slices(out, size, |piece, slots| {
            let first = piece * size;
            if short {
                let begin = plan.start + first * plan.count;
                return short_rows(r, &data[begin..begin + slots.len() * plan.count], &params[first..], slots);
            }
            let mut scratch = Scratch::new();
            let mut at = Walk::new(&plan.kept, plan.start, first);
            for (slot, &p) in slots.iter_mut().zip(&params[first..]) {
                let acc = units.reduce(r, data, at.offset(), 0, units.total, p, &mut scratch);
                *slot = r.finish(acc, p);
                at.advance();
            }
        });
        return;
    }
    let mut partial = vec![r.start(); out.len() * segments];
    parallel_slices(&mut partial, 1, |task, slot| {
        let (output, segment) = (task / segments, task % segments);
        let start = Walk::new(&plan.kept, plan.start, output).offset();
        let first = segment * units.per_segment;
        let last = (first + units.per_segment).min(units.total);
        slot[0] = units.reduce(r, data, start, first, last, params[output], &mut Scratch::new());
    });
    for ((slot, parts), &p) in out.iter_mut().zip(partial.chunks_exact(segments)).zip(params) {
        let mut tree = Tree::new(r.start());
        parts.iter().for_each(|&part| tree.push(part, |a, b| r.merge(a, b)));
        *slot = r.finish(tree.join(|a, b| r.merge(a, b)), p);
    }
}

/// Short rows that follow each other in memory, as many as there are `slots`.
fn short_rows<T: Element, R: Reducer<T>>(r: R, data: &[T], params: &[R::Param], slots: &mut [R::Out]) {
    let len = data.len() / slots.len();
    let at_once = BLOCK / len;
    let mut mapped = [T::ZERO; BLOCK];
    let mut spread = Vec::new();
    for ((slots, params), data) in slots.chunks_mut(at_once).zip(params.chunks(at_once)).zip(data.chunks(at_once * len))
    {
        let data = if R::MAPS {
            spread.clear();
            spread.extend(params.iter().take(slots.len()).flat_map(|&p| std::iter::repeat_n(p, len)));
            r.map(data, &spread, &mut mapped[..data.len()]);
            &mapped[..data.len()]
        } else {
            data
        };
        for ((slot, &p), row) in slots.iter_mut().zip(params).zip(data.chunks_exact(len)) {
            let acc = if len <= SHORT / 2 {
                row.iter().fold(r.start(), |acc, &x| r.step(acc, x, p))
            } else {
                long_block(r, row, p)
            };
            *slot = r.finish(acc, p);
        }
    }
}

/// The elements of one result as rows, long rows cut into several units.
struct Units<'a> {
    outer: &'a [(usize, isize)],
    len: usize,
    stride: isize,
    pieces: usize,
    total: usize,
    per_segment: usize,
}

impl<'a> Units<'a> {
    fn of(plan: &'a Plan) -> Self {
        let (outer, (len, stride)) = match plan.reduced.split_last() {
            Some((&inner, outer)) => (outer, inner),
            None => (&[][..], (1, 1)),
        };
        let pieces = len.div_ceil(PIECE);
        let total = plan.count / len * pieces;
        Units { outer, len, stride, pieces, total, per_segment: (PIECE / len.min(PIECE)).max(1) }
    }

    #[allow(clippy::too_many_arguments)]
    fn reduce<T: Element, R: Reducer<T>>(
        &self,
        r: R,
        data: &[T],
        start: usize,
        first: usize,
        last: usize,
        param: R::Param,
        scratch: &mut Scratch<T>,
    ) -> R::Acc {
        if last - first == 1 && self.pieces == 1 {
            let row = Walk::new(self.outer, start, first).offset();
            return self.row(r, data, row, self.len, param, scratch);
        }
        let mut tree = Tree::new(r.start());
        let mut walk = Walk::new(self.outer, start, first / self.pieces);
        let mut piece = first % self.pieces;
        for _ in first..last {
            let begin = piece * PIECE;
            let row = walk.offset() + begin * self.stride as usize;
            let part = self.row(r, data, row, (self.len - begin).min(PIECE), param, scratch);
            tree.push(part, |a, b| r.merge(a, b));
            piece += 1;
            if piece == self.pieces {
                piece = 0;
                walk.advance();
            }
        }
        tree.join(|a, b| r.merge(a, b))
    }

    /// One row: blocks, joined pairwise.
    #[inline]
    fn row<T: Element, R: Reducer<T>>(
        &self,
        r: R,
        data: &[T],
        start: usize,
        len: usize,
        param: R::Param,
        scratch: &mut Scratch<T>,
    ) -> R::Acc {
        if self.stride == 1 {
            return contiguous_row(r, &data[start..start + len], param);
        }
        if len <= BLOCK {
            return block(r, scratch.gather(data, start, self.stride, len), param);
        }
        let mut tree = Tree::new(r.start());
        for begin in (0..len).step_by(BLOCK) {
            let row = start + begin * self.stride as usize;
            let part = block(r, scratch.gather(data, row, self.stride, (len - begin).min(BLOCK)), param);
            tree.push(part, |a, b| r.merge(a, b));
        }
        tree.join(|a, b| r.merge(a, b))
    }
}

/// Elements that lie side by side: blocks, joined pairwise.
#[inline]
pub(super) fn contiguous_row<T: Element, R: Reducer<T>>(r: R, row: &[T], param: R::Param) -> R::Acc {
    if row.len() <= BLOCK {
        return block(r, row, param);
    }
    if !R::ROUNDS {
        return long_block(r, row, param);
    }
    let mut tree = Tree::new(r.start());
    row.chunks(BLOCK).for_each(|part| tree.push(block(r, part, param), |a, b| r.merge(a, b)));
    tree.join(|a, b| r.merge(a, b))
}

#[inline]
fn block<T: Element, R: Reducer<T>>(r: R, x: &[T], param: R::Param) -> R::Acc {
    if R::MAPS {
        let mut mapped = [T::ZERO; BLOCK];
        r.map(x, &[param], &mut mapped[..x.len()]);
        return long_block(r, &mapped[..x.len()], param);
    }
    if x.len() < 8 {
        return x.iter().fold(r.start(), |acc, &x| r.step(acc, x, param));
    }
    long_block(r, x, param)
}

fn columns<T: Element, R: Reducer<T>>(r: R, data: &[T], plan: &Plan, params: &[R::Param], out: &mut [R::Out]) {
    let Some((&(width, stride), outer)) = plan.kept.split_last() else { return };
    let cols = Columns { outer, width, stride, reduced: &plan.reduced, start: plan.start, rows: plan.count };
    let per_segment = (PIECE / width.min(COLUMNS)).max(2 * ROWS);
    let segments = if out.len() >= 16 * COLUMNS { 1 } else { plan.count.div_ceil(per_segment) };
    if segments == 1 {
        let size = if width >= COLUMNS { COLUMNS } else { width * (PIECE / (plan.count * width)).max(1) };
        parallel_slices(out, size, |piece, slots| {
            let first = piece * size;
            let mut acc = vec![r.start(); slots.len()];
            cols.reduce(r, data, first, (0, plan.count), &params[first..], &mut acc);
            for ((slot, acc), &p) in slots.iter_mut().zip(acc).zip(&params[first..]) {
                *slot = r.finish(acc, p);
            }
        });
        return;
    }
    let n = out.len();
    let mut partial = vec![r.start(); n * segments];
    parallel_slices(&mut partial, n, |segment, acc| {
        let first = segment * per_segment;
        cols.reduce(r, data, 0, (first, (first + per_segment).min(plan.count)), params, acc);
    });
    for (i, (slot, &p)) in out.iter_mut().zip(params).enumerate() {
        let mut tree = Tree::new(r.start());
        (0..segments).for_each(|s| tree.push(partial[s * n + i], |a, b| r.merge(a, b)));
        *slot = r.finish(tree.join(|a, b| r.merge(a, b)), p);
    }
}

/// Results that lie side by side, and the rows that go into them.
struct Columns<'a> {
    outer: &'a [(usize, isize)],
    width: usize,
    stride: isize,
    reduced: &'a [(usize, isize)],
    start: usize,
    rows: usize,
}

impl Columns<'_> {
    /// Rows `span.0..span.1` into the results from number `first` on, as many as `acc` has room for.
    fn reduce<T: Element, R: Reducer<T>>(
        &self,
        r: R,
        data: &[T],
        first: usize,
        span: (usize, usize),
        params: &[R::Param],
        acc: &mut [R::Acc],
    ) {
        let mut scratch = Scratch::new();
        let mut done = 0;
        let mut outer = Walk::new(self.outer, self.start, first / self.width);
        let mut column = first % self.width;
        while done < acc.len() {
            let width = (self.width - column).min(COLUMNS).min(acc.len() - done);
            let start = (outer.offset() as isize + column as isize * self.stride) as usize;
            let slots = &mut acc[done..done + width];
            let params = &params[done..done + width];
            match self.repeat(width) {
                1 => self.side_by_side(r, data, start, span, params, slots, &mut scratch),
                repeat => self.narrow(r, data, start, span, params, slots, repeat),
            }
            done += width;
            column += width;
            if column == self.width {
                column = 0;
                outer.advance();
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn side_by_side<T: Element, R: Reducer<T>>(
        &self,
        r: R,
        data: &[T],
        start: usize,
        span: (usize, usize),
        params: &[R::Param],
        out: &mut [R::Acc],
        scratch: &mut Scratch<T>,
    ) {
        let width = out.len();
        let mut walk = Walk::new(self.reduced, start, span.0);
        let mut group = |acc: &mut [R::Acc], rows: usize| {
            for _ in 0..rows {
                if self.stride == 1 {
                    add_row(r, acc, &data[walk.offset()..walk.offset() + width], params);
                } else {
                    add_row(r, acc, scratch.gather(data, walk.offset(), self.stride, width), params);
                }
                walk.advance();
            }
        };
        let rows = span.1 - span.0;
        if !R::ROUNDS || rows <= ROWS {
            return group(out, rows);
        }
        let mut waiting: Vec<Vec<R::Acc>> = Vec::new();
        for (number, begin) in (0..rows).step_by(ROWS).enumerate() {
            let mut acc = vec![r.start(); width];
            group(&mut acc, (rows - begin).min(ROWS));
            for _ in 0..(number + 1).trailing_zeros() {
                if let Some(earlier) = waiting.pop() {
                    acc.iter_mut().zip(&earlier).for_each(|(a, &e)| *a = r.merge(e, *a));
                }
            }
            waiting.push(acc);
        }
        while let Some(part) = waiting.pop() {
            out.iter_mut().zip(&part).for_each(|(o, &p)| *o = r.merge(p, *o));
        }
    }

    /// How many rows to take as one, where a result's rows follow each other in memory and are too short for SIMD.
    fn repeat(&self, width: usize) -> usize {
        let follows = matches!(self.reduced, [(_, stride)] if *stride == self.width as isize);
        if follows && self.stride == 1 && width == self.width && width <= LANES && self.rows >= 4 * LANES {
            2 * LANES / width
        } else {
            1
        }
    }

    /// As [`Columns::side_by_side`], taking `repeat` short rows as one.
    #[allow(clippy::too_many_arguments)]
    fn narrow<T: Element, R: Reducer<T>>(
        &self,
        r: R,
        data: &[T],
        start: usize,
        span: (usize, usize),
        params: &[R::Param],
        out: &mut [R::Acc],
        repeat: usize,
    ) {
        let width = out.len();
        let wide = width * repeat;
        let params: Vec<R::Param> = params.iter().copied().cycle().take(wide).collect();
        let rows = &data[start + span.0 * width..start + span.1 * width];
        let mut trees = vec![Tree::new(r.start()); width];
        let mut acc = vec![r.start(); wide];
        for group in rows.chunks(wide * ROWS) {
            acc.fill(r.start());
            for row in group.chunks(wide) {
                add_row(r, &mut acc[..row.len()], row, &params[..row.len()]);
            }
            for (j, tree) in trees.iter_mut().enumerate() {
                let sum = acc[j..].iter().step_by(width).copied().reduce(|a, b| r.merge(a, b));
                tree.push(sum.unwrap_or(r.start()), |a, b| r.merge(a, b));
            }
        }
        for (slot, tree) in out.iter_mut().zip(trees) {
            *slot = tree.join(|a, b| r.merge(a, b));
        }
    }
}

/// One row (at most `BLOCK` elements) into the results side by side.
#[inline]
fn add_row<T: Element, R: Reducer<T>>(r: R, acc: &mut [R::Acc], x: &[T], params: &[R::Param]) {
    if R::MAPS {
        let mut mapped = [T::ZERO; BLOCK];
        r.map(x, params, &mut mapped[..x.len()]);
        return column_step(r, acc, &mapped[..x.len()], params);
    }
    column_step(r, acc, x, params);
}

/// Joins values in a binary tree as they come, by the digits of their number.
#[derive(Clone, Copy)]
pub(super) struct Tree<A> {
    waiting: [A; 24],
    depth: usize,
    pushed: usize,
}

impl<A: Copy> Tree<A> {
    pub(super) fn new(blank: A) -> Self {
        Tree { waiting: [blank; 24], depth: 0, pushed: 0 }
    }

    #[inline]
    pub(super) fn push(&mut self, value: A, merge: impl Fn(A, A) -> A) {
        let mut value = value;
        self.pushed += 1;
        let joins = self.pushed.trailing_zeros() as usize;
        for _ in 0..joins.min(self.depth) {
            self.depth -= 1;
            value = merge(self.waiting[self.depth], value);
        }
        if self.depth == self.waiting.len() {
            self.depth -= 1;
            value = merge(self.waiting[self.depth], value);
        }
        self.waiting[self.depth] = value;
        self.depth += 1;
    }

    /// The joined value (the blank if nothing was pushed).
    #[inline]
    pub(super) fn join(self, merge: impl Fn(A, A) -> A) -> A {
        let waiting = &self.waiting[..self.depth];
        waiting.iter().rev().copied().reduce(|later, earlier| merge(earlier, later)).unwrap_or(self.waiting[0])
    }
}

/// Room to bring scattered elements together.
pub(super) struct Scratch<T>([T; BLOCK]);

impl<T: Element> Scratch<T> {
    pub(super) fn new() -> Self {
        Scratch([T::default(); BLOCK])
    }

    pub(super) fn gather(&mut self, data: &[T], start: usize, stride: isize, len: usize) -> &[T] {
        let mut at = start as isize;
        for slot in &mut self.0[..len] {
            *slot = data[at as usize];
            at += stride;
        }
        &self.0[..len]
    }
}

/// One block into one value, with `LANES` running values side by side.
#[inline(always)]
fn block_lanes<T: Element, R: Reducer<T>>(r: R, x: &[T], param: R::Param) -> R::Acc {
    let mut lanes = [r.start(); LANES];
    let (whole, rest) = x.as_chunks::<LANES>();
    for chunk in whole {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = r.step(*lane, x, param);
        }
    }
    for (lane, &x) in lanes.iter_mut().zip(rest) {
        *lane = r.step(*lane, x, param);
    }
    let mut n = LANES / 2;
    while n > 0 {
        for i in 0..n {
            lanes[i] = r.merge(lanes[i], lanes[i + n]);
        }
        n /= 2;
    }
    lanes[0]
}

#[inline(always)]
fn column_lanes<T: Element, R: Reducer<T>>(r: R, acc: &mut [R::Acc], x: &[T], params: &[R::Param]) {
    let n = acc.len();
    let (x, params) = (&x[..n], &params[..n]);
    for j in 0..n {
        acc[j] = r.step(acc[j], x[j], params[j]);
    }
}

/// Compiles a loop for AVX-512, AVX2 and the baseline, and picks one when called.
macro_rules! dispatched {
    ($name:ident = $inner:ident($($arg:ident: $t:ty),*) -> $out:ty) => {
        fn $name<T: Element, R: Reducer<T>>($($arg: $t),*) -> $out {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
                fn avx512<T: Element, R: Reducer<T>>($($arg: $t),*) -> $out {
                    $inner($($arg),*)
                }
                #[target_feature(enable = "avx2,fma")]
                fn avx2<T: Element, R: Reducer<T>>($($arg: $t),*) -> $out {
                    $inner($($arg),*)
                }
                match isa() {
                    // SAFETY: `isa()` names a level only if the processor has all of its features.
                    Isa::Avx512 => return unsafe { avx512($($arg),*) },
                    // SAFETY: as above.
                    Isa::Avx2 => return unsafe { avx2($($arg),*) },
                    _ => {}
                }
            }
            $inner($($arg),*)
        }
    };
}

dispatched!(long_block = block_lanes(r: R, x: &[T], param: R::Param) -> R::Acc);
dispatched!(column_step = column_lanes(r: R, acc: &mut [R::Acc], x: &[T], params: &[R::Param]) -> ());
