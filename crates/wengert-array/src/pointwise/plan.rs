//! From an expression to instructions over blocks.

use super::element::{Compute, boolean};
use smallvec::SmallVec;
use wengert_scalar::{Expr, Op, Row};

/// Where an instruction finds an operand or leaves its result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Slot<T> {
    Input(u32),
    /// Nothing: a place beyond the row's arity.
    Unused(T),
    Register(u32),
    Output(u32),
}

/// One row over blocks. `to` is never among the operands: loops over overlapping blocks do not vectorise.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instruction<T> {
    pub row: Row,
    pub from: [Slot<T>; 3],
    pub to: Slot<T>,
}

/// What is left to do for an output that no instruction writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finish<T> {
    pub output: usize,
    pub from: Slot<T>,
    /// The output is `bool`: 0 and 1 in `T` become bytes.
    pub truth: bool,
}

/// An expression as instructions over blocks, with few registers.
#[derive(Debug)]
pub(super) struct Plan<T> {
    pub instructions: SmallVec<[Instruction<T>; 10]>,
    pub finish: SmallVec<[Finish<T>; 2]>,
    pub registers: usize,
    /// The constants; they are fed as further inputs, behind those of the expression.
    pub literals: SmallVec<[T; 4]>,
}

impl<T: Compute> Plan<T> {
    /// Instructions for the operations at `outputs` (positions in the expression, each once), in this order; `truth` says
    /// of each whether it is wanted as `bool`. With `logic`, everything is 0 or 1.
    pub fn new(expr: &Expr, outputs: &[usize], truth: &[bool], logic: bool) -> Plan<T> {
        let ops = expr.ops();
        let mut last: SmallVec<[usize; 24]> = SmallVec::from_elem(0, ops.len());
        for (i, op) in ops.iter().enumerate() {
            if let Op::Row(row, args) = op {
                args[..row.arity()].iter().for_each(|&a| last[a as usize] = i);
            }
        }
        outputs.iter().for_each(|&o| last[o] = usize::MAX);

        let mut plan =
            Plan { instructions: SmallVec::new(), finish: SmallVec::new(), registers: 0, literals: SmallVec::new() };
        let mut slots: SmallVec<[Slot<T>; 24]> = SmallVec::with_capacity(ops.len());
        let mut free: SmallVec<[u32; 8]> = SmallVec::new();
        for (i, op) in ops.iter().enumerate() {
            let (row, args) = match *op {
                Op::Input(k) => {
                    slots.push(Slot::Input(k));
                    continue;
                }
                Op::Lit(v) => {
                    slots.push(Slot::Input((expr.arity() + plan.literals.len()) as u32));
                    plan.literals.push(T::lit(v));
                    continue;
                }
                Op::Row(row, args) => (row, args),
            };
            let direct = outputs.iter().position(|&o| o == i).filter(|&o| !truth[o]);
            let to = match direct {
                Some(o) => Slot::Output(o as u32),
                None => Slot::Register(free.pop().unwrap_or_else(|| {
                    plan.registers += 1;
                    plan.registers as u32 - 1
                })),
            };
            let mut from = [Slot::Unused(T::ZERO); 3];
            for (k, &a) in args[..row.arity()].iter().enumerate() {
                from[k] = slots[a as usize];
                if last[a as usize] == i
                    && let Slot::Register(r) = from[k]
                    && !free.contains(&r)
                {
                    free.push(r);
                }
            }
            plan.instructions.push(Instruction { row: if logic { boolean(row) } else { row }, from, to });
            slots.push(to);
        }
        for (output, &o) in outputs.iter().enumerate() {
            let from = slots[o];
            if from != Slot::Output(output as u32) {
                plan.finish.push(Finish { output, from, truth: truth[output] });
            }
        }
        plan
    }
}
