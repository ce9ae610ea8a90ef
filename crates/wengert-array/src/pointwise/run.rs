//! The block loop: gathers inputs, runs the instructions, writes outputs.

use super::element::Compute;
use super::plan::{Plan, Slot};
use crate::buffer::Buffer;
use crate::shape::Strides;
use crate::strided::gather;
use crate::{Shape, threads};
use smallvec::SmallVec;
use wengert_scalar::Row;
use wengert_scalar::kernels::Operand;

/// From this many elements on, work is shared between threads.
pub(super) const PARALLEL: usize = 1 << 15;
/// Bytes of one register: several fit in the first-level cache.
const BLOCK_BYTES: usize = 4096;
/// Rows at least this long are processed one by one, shorter ones together.
const LONG_ROW: usize = 128;

/// The memory an input lies in.
#[derive(Clone, Copy)]
pub(super) enum Data<'a, T> {
    Same(&'a [T]),
    /// Truth values, as bytes 0 and 1.
    Bools(&'a [u8]),
}

/// How an input is fed to the instructions.
pub(super) enum Feed<'a, T> {
    /// One number; spread over a block once, so that the loops see blocks only.
    Splat(T),
    /// All elements, in the order of the loop.
    Direct(&'a [T]),
    Strided(Strided<'a, T>),
    /// The memory of output `.0`, whose old contents are the input: each block is copied before it is overwritten.
    Overwritten(usize),
}

pub(super) struct Strided<'a, T> {
    pub data: Data<'a, T>,
    pub offset: usize,
    pub strides: Strides,
}

impl<T: Compute> Strided<'_, T> {
    #[inline(always)]
    fn get(&self, at: usize) -> T {
        match self.data {
            Data::Same(data) => data[at],
            Data::Bools(data) => truth(data[at]),
        }
    }

    #[inline]
    fn gather(&self, at: usize, step: isize, out: &mut [T]) {
        match self.data {
            Data::Same(data) => gather(data, at, step, out),
            Data::Bools(data) if step == 1 => {
                let row = &data[at..at + out.len()];
                out.iter_mut().zip(row).for_each(|(o, &b)| *o = truth(b));
            }
            Data::Bools(data) => {
                let mut at = at as isize;
                for o in out {
                    *o = truth(data[at as usize]);
                    at += step;
                }
            }
        }
    }
}

#[inline(always)]
fn truth<T: Compute>(byte: u8) -> T {
    if byte != 0 { T::ONE } else { T::ZERO }
}

/// An output's memory. Blocks of it are written by different threads, each block by one.
#[derive(Clone, Copy)]
pub(super) struct Target(pub *mut u8);

// SAFETY: the pointer is only used to write disjoint blocks while the array it belongs to is kept by the caller.
unsafe impl Send for Target {}
// SAFETY: as above.
unsafe impl Sync for Target {}

/// A plan with its inputs and outputs.
pub(super) struct Job<'a, T> {
    pub plan: Plan<T>,
    pub feeds: SmallVec<[Feed<'a, T>; 4]>,
    pub outputs: SmallVec<[Target; 2]>,
    pub shape: Shape,
    pub len: usize,
}

/// An operand for one block.
#[derive(Clone, Copy)]
enum Now<T> {
    Splat(T),
    Block(*const T),
}

impl<T: Compute> Job<'_, T> {
    /// Computes all outputs.
    ///
    /// # Safety
    /// Each output points at room for `len` elements of its dtype (`T`, or bytes where the plan says truth) that nobody else
    /// uses. Direct inputs have `len` elements; the strides of strided ones stay inside their data over `shape`, whose
    /// lengths multiply to `len`.
    pub unsafe fn run(&self) {
        let strided = self.feeds.iter().any(|f| matches!(f, Feed::Strided(_)));
        let row = if strided { self.shape.last().copied().unwrap_or(1) } else { self.len };
        let width = (BLOCK_BYTES / size_of::<T>()).min(self.len);
        // Short rows go together, a whole number of them to a block.
        let block = if row >= LONG_ROW || row >= width { width } else { width / row * row };
        let grain = (PARALLEL / block).max(1) * block;
        if self.len < 2 * PARALLEL {
            self.range(0, self.len, row, block);
        } else {
            threads::parallel_chunks(self.len.div_ceil(grain), |i| {
                self.range(i * grain, (i * grain + grain).min(self.len), row, block);
            });
        }
    }

    fn range(&self, start: usize, end: usize, row: usize, block: usize) {
        let staged = self.feeds.iter().filter(|f| !matches!(f, Feed::Direct(_))).count();
        let scratch = Scratch::<T>::new(staged + self.plan.registers, block);
        let mut walk = Walk::new(self, start / row, row);
        let together = block.is_multiple_of(row) && row < block;
        let mut fed: SmallVec<[Now<T>; 4]> = SmallVec::from_elem(Now::Splat(T::ZERO), self.feeds.len());
        let (mut at, mut column) = (start, start % row);
        let mut first = true;
        while at < end {
            let len = if together { block.min(end - at) } else { block.min(end - at).min(row - column) };
            let mut stage = 0;
            let mut strided = 0;
            for (feed, now) in self.feeds.iter().zip(&mut fed) {
                *now = match feed {
                    Feed::Splat(v) => {
                        let register = scratch.register(stage);
                        stage += 1;
                        if first {
                            // SAFETY: a register has room for a block, and nothing reads this one yet.
                            unsafe { std::slice::from_raw_parts_mut(register, block.min(end - start)) }.fill(*v);
                        }
                        Now::Block(register)
                    }
                    Feed::Direct(data) => Now::Block(data[at..at + len].as_ptr()),
                    Feed::Overwritten(o) => {
                        let copy = scratch.register(stage);
                        stage += 1;
                        // SAFETY: the block `at..at + len` of an output is ours alone and initialised, and a register
                        // has room for it.
                        unsafe { copy.copy_from_nonoverlapping(self.outputs[*o].0.cast::<T>().add(at), len) };
                        Now::Block(copy)
                    }
                    Feed::Strided(input) => {
                        let register = scratch.register(stage);
                        // SAFETY: a register has room for a block of initialised elements, and this one is written here
                        // before anything reads it.
                        let target = unsafe { std::slice::from_raw_parts_mut(register, len) };
                        stage += 1;
                        let k = strided;
                        strided += 1;
                        let step = input.strides.last().copied().unwrap_or(0);
                        if together {
                            if first || !walk.invariant[k] {
                                walk.gather_rows(k, input, target);
                            }
                            Now::Block(register)
                        } else {
                            let position = walk.position[k].wrapping_add_signed(step * column as isize);
                            match (step, input.data) {
                                (0, _) => Now::Splat(input.get(position)),
                                (1, Data::Same(data)) => Now::Block(data[position..position + len].as_ptr()),
                                _ => {
                                    input.gather(position, step, target);
                                    Now::Block(register)
                                }
                            }
                        }
                    }
                };
            }
            self.block(&fed, &scratch, staged, at, len);
            at += len;
            column += len;
            first = false;
            if together {
                walk.advance(len / row);
            } else if column == row {
                column = 0;
                walk.advance(1);
            }
        }
    }

    #[inline]
    fn block(&self, fed: &[Now<T>], scratch: &Scratch<T>, staged: usize, at: usize, len: usize) {
        let find = |scratch: &Scratch<T>, slot: Slot<T>| match slot {
            Slot::Input(k) => fed[k as usize],
            Slot::Unused(v) => Now::Splat(v),
            Slot::Register(r) => Now::Block(scratch.register(staged + r as usize)),
            // SAFETY: the block lies inside the output, by `run`'s contract.
            Slot::Output(o) => Now::Block(unsafe { self.outputs[o as usize].0.cast::<T>().add(at) }),
        };
        for step in &self.plan.instructions {
            let out = match step.to {
                Slot::Output(o) => {
                    // SAFETY: the block lies inside the output and is ours alone.
                    unsafe { self.outputs[o as usize].0.cast::<T>().add(at) }
                }
                Slot::Register(r) => scratch.register(staged + r as usize),
                Slot::Input(_) | Slot::Unused(_) => unreachable!("an instruction writes a register or an output"),
            };
            let a = find(scratch, step.from[0]);
            let b = find(scratch, step.from[1]);
            let c = find(scratch, step.from[2]);
            // SAFETY: every block has `len` initialised elements. The result's block is none of the operands': plans do
            // not write what an instruction reads, registers do not overlap, and an overwritten input is read from its
            // copy. Inputs belong to arrays that the caller holds, outputs to new or uniquely held ones.
            unsafe { apply(step.row, [a, b, c], out, len) };
        }
        for finish in &self.plan.finish {
            let from = find(scratch, finish.from);
            let target = self.outputs[finish.output].0;
            // SAFETY: as above; a `bool` output has one byte an element.
            unsafe {
                if finish.truth {
                    let out = std::slice::from_raw_parts_mut(target.add(at), len);
                    match from {
                        Now::Splat(v) => out.fill(u8::from(v != T::ZERO)),
                        Now::Block(p) => {
                            let from = std::slice::from_raw_parts(p, len);
                            out.iter_mut().zip(from).for_each(|(o, &v)| *o = u8::from(v != T::ZERO));
                        }
                    }
                } else {
                    let out = std::slice::from_raw_parts_mut(target.cast::<T>().add(at), len);
                    match from {
                        Now::Splat(v) => out.fill(v),
                        Now::Block(p) => out.copy_from_slice(std::slice::from_raw_parts(p, len)),
                    }
                }
            }
        }
    }
}

/// One row over one block.
///
/// # Safety
/// Blocks have `len` initialised elements, `out` overlaps none of them and is ours to write.
#[inline(always)]
unsafe fn apply<T: Compute>(row: Row, from: [Now<T>; 3], out: *mut T, len: usize) {
    let operand = |now: Now<T>| match now {
        Now::Splat(v) => Operand::Splat(v),
        // SAFETY: the caller's promise.
        Now::Block(p) => Operand::Block(unsafe { std::slice::from_raw_parts(p, len) }),
    };
    // SAFETY: the caller's promise.
    let out = unsafe { std::slice::from_raw_parts_mut(out, len) };
    let operands = from.map(operand);
    T::apply(row, &operands[..row.arity()], out);
}

/// Registers of equal size, each starting on a cache line of its own.
struct Scratch<T> {
    _memory: Option<Buffer>,
    base: *mut T,
    stride: usize,
    count: usize,
}

impl<T: Compute> Scratch<T> {
    fn new(count: usize, block: usize) -> Scratch<T> {
        // A line between neighbours keeps equal positions of different registers apart in the cache.
        let stride = (block * size_of::<T>()).next_multiple_of(64) / size_of::<T>() + 64 / size_of::<T>();
        let bytes = count * stride * size_of::<T>();
        if count == 0 {
            return Scratch { _memory: None, base: std::ptr::null_mut(), stride, count };
        }
        let Some(mut memory) = Buffer::any(bytes) else {
            panic!("there is no memory for {bytes} bytes of working space");
        };
        let base = memory.ptr_mut().unwrap_or(std::ptr::null_mut()).cast::<T>();
        Scratch { _memory: Some(memory), base, stride, count }
    }

    #[inline(always)]
    fn register(&self, i: usize) -> *mut T {
        assert!(i < self.count);
        // SAFETY: register `i` lies inside the memory.
        unsafe { self.base.add(i * self.stride) }
    }
}

/// Where each strided input's current row begins.
struct Walk<'a> {
    outer: &'a [usize],
    strides: SmallVec<[&'a [isize]; 4]>,
    index: SmallVec<[usize; 6]>,
    position: SmallVec<[usize; 4]>,
    /// The input is the same in every row.
    invariant: SmallVec<[bool; 4]>,
    row: usize,
}

impl<'a> Walk<'a> {
    fn new<T>(job: &'a Job<'_, T>, row_number: usize, row: usize) -> Walk<'a> {
        let outer = job.shape.split_last().map_or(&[][..], |(_, outer)| outer);
        let mut walk = Walk {
            outer,
            strides: SmallVec::new(),
            index: SmallVec::from_elem(0, outer.len()),
            position: SmallVec::new(),
            invariant: SmallVec::new(),
            row,
        };
        let mut left = row_number;
        for axis in (0..outer.len()).rev() {
            walk.index[axis] = left % outer[axis];
            left /= outer[axis];
        }
        for feed in &job.feeds {
            if let Feed::Strided(input) = feed {
                let strides = &input.strides[..outer.len()];
                let moved: isize = walk.index.iter().zip(strides).map(|(&i, &s)| i as isize * s).sum();
                walk.position.push(input.offset.wrapping_add_signed(moved));
                walk.invariant.push(strides.iter().all(|&s| s == 0));
                walk.strides.push(strides);
            }
        }
        walk
    }

    /// Goes `rows` rows on.
    #[inline]
    fn advance(&mut self, rows: usize) {
        if self.position.is_empty() {
            return;
        }
        for _ in 0..rows {
            for axis in (0..self.outer.len()).rev() {
                self.index[axis] += 1;
                if self.index[axis] < self.outer[axis] {
                    for (p, s) in self.position.iter_mut().zip(&self.strides) {
                        *p = p.wrapping_add_signed(s[axis]);
                    }
                    break;
                }
                let back = self.outer[axis] as isize - 1;
                for (p, s) in self.position.iter_mut().zip(&self.strides) {
                    *p = p.wrapping_add_signed(-s[axis] * back);
                }
                self.index[axis] = 0;
            }
        }
    }

    /// Gathers whole rows of input `k`, starting at the current one.
    fn gather_rows<T: Compute>(&self, k: usize, input: &Strided<'_, T>, out: &mut [T]) {
        let strides = self.strides[k];
        let step = input.strides.last().copied().unwrap_or(0);
        let mut index = self.index.clone();
        let mut at = self.position[k];
        for row in out.chunks_exact_mut(self.row) {
            input.gather(at, step, row);
            for axis in (0..self.outer.len()).rev() {
                index[axis] += 1;
                if index[axis] < self.outer[axis] {
                    at = at.wrapping_add_signed(strides[axis]);
                    break;
                }
                at = at.wrapping_add_signed(-strides[axis] * (self.outer[axis] as isize - 1));
                index[axis] = 0;
            }
        }
    }
}
