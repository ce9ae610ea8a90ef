//! [`Expr`]: a straight-line expression over the rows of the table, with any number of inputs and results.

use crate::sym::{Sym, record};
use crate::{Number, Row};
use core::cell::Cell;
use core::fmt;
use core::hash::{Hash, Hasher};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// One operation of an [`Expr`]; operands are the positions of earlier operations.
#[derive(Clone, Copy, Debug)]
pub enum Op {
    /// The input of that number.
    Input(u32),
    /// A constant.
    Lit(f64),
    /// A row of the table; operands beyond its arity are 0.
    Row(Row, [u32; 3]),
}

/// Literals are equal by bits.
impl PartialEq for Op {
    fn eq(&self, other: &Op) -> bool {
        match (self, other) {
            (Op::Input(a), Op::Input(b)) => a == b,
            (Op::Lit(a), Op::Lit(b)) => a.to_bits() == b.to_bits(),
            (Op::Row(r, x), Op::Row(s, y)) => r == s && x == y,
            _ => false,
        }
    }
}

impl Eq for Op {}

impl Hash for Op {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Op::Input(i) => (0u8, i).hash(state),
            Op::Lit(v) => (1u8, v.to_bits()).hash(state),
            Op::Row(r, x) => (2u8, r, x).hash(state),
        }
    }
}

/// A straight-line expression: `arity` inputs, a list of operations, any number of results.
///
/// Building simplifies, folds constants and shares what is computed twice; operations that no result needs are left out,
/// and the rest is put in a fixed order, so that equal texts give equal expressions. A clone shares the list.
///
/// ```
/// use wengert_scalar::{Expr, Number};
///
/// let e = Expr::build(2, |x| vec![(x[0] * x[1]).tanh() * 1.0]);
/// assert_eq!(e.to_string(), "tanh(x0·x1)");
/// assert_eq!(e.eval(&[0.5, 0.0]), [0.0]);
/// ```
#[derive(Clone)]
pub struct Expr(Arc<Inner>);

struct Inner {
    arity: usize,
    ops: Vec<Op>,
    outputs: Vec<u32>,
    row: Option<Row>,
    emitted: Option<(Row, usize)>,
}

impl Expr {
    /// The expression that is that row, its inputs in order.
    pub fn row(row: Row) -> Expr {
        static ROWS: OnceLock<Vec<Expr>> = OnceLock::new();
        let rows =
            ROWS.get_or_init(|| Row::ALL.iter().map(|&r| Expr::build(r.arity(), |x| vec![Sym::row(r, x)])).collect());
        rows[row as usize].clone()
    }

    /// The expression that `f` computes from `arity` symbols.
    ///
    /// # Panics
    ///
    /// If `f` gives back a symbol of another `build`.
    pub fn build(arity: usize, f: impl FnOnce(&[Sym]) -> Vec<Sym>) -> Expr {
        let (ops, outputs) = record(arity, f);
        Expr::ordered(arity, &ops, &outputs)
    }

    /// Keeps what the outputs need, in the order in which they come to need it.
    pub(crate) fn ordered(arity: usize, ops: &[Op], outputs: &[u32]) -> Expr {
        const UNSEEN: u32 = u32::MAX;
        let mut place = vec![UNSEEN; ops.len()];
        let mut kept: Vec<Op> = Vec::with_capacity(ops.len());
        let mut stack = Vec::new();
        for &output in outputs {
            stack.push(output);
            while let Some(&i) = stack.last() {
                let mut op = ops[i as usize];
                if place[i as usize] == UNSEEN {
                    if let Op::Row(row, x) = &mut op {
                        let before = stack.len();
                        let needed = x[..row.arity()].iter().rev().filter(|&&a| place[a as usize] == UNSEEN);
                        stack.extend(needed);
                        if stack.len() > before {
                            continue;
                        }
                        for a in &mut x[..row.arity()] {
                            *a = place[*a as usize];
                        }
                    }
                    place[i as usize] = kept.len() as u32;
                    kept.push(op);
                }
                stack.pop();
            }
        }
        let outputs: Vec<u32> = outputs.iter().map(|&o| place[o as usize]).collect();
        let row = single_row(arity, &kept, &outputs);
        let emitted = emitted(arity, &kept, &outputs);
        Expr(Arc::new(Inner { arity, ops: kept, outputs, row, emitted }))
    }

    /// The number of inputs.
    pub fn arity(&self) -> usize {
        self.0.arity
    }

    /// The operations, each after those it reads.
    pub fn ops(&self) -> &[Op] {
        &self.0.ops
    }

    /// The positions of the results among the operations.
    pub fn outputs(&self) -> &[u32] {
        &self.0.outputs
    }

    /// The number of results.
    pub fn num_outputs(&self) -> usize {
        self.0.outputs.len()
    }

    /// The row that this expression is, if it is exactly [`Expr::row`] of one.
    pub fn as_row(&self) -> Option<Row> {
        self.0.row
    }

    /// The row and input whose pullback this expression is, if it is exactly
    /// `Expr::row(row).pullback(1 << input, 1).expr` for one.
    ///
    /// Where two rows have the same pullback, it is the one that comes first in the table.
    pub fn emitted(&self) -> Option<(Row, usize)> {
        self.0.emitted
    }

    /// Whether result `k` is a truth value by its last operation.
    pub fn output_is_predicate(&self, k: usize) -> bool {
        matches!(self.0.ops[self.0.outputs[k] as usize], Op::Row(r, _) if r.is_predicate())
    }

    /// The results at `x`.
    ///
    /// # Panics
    ///
    /// If `x` has fewer elements than there are inputs.
    pub fn eval<R: Number>(&self, x: &[R]) -> Vec<R> {
        let mut values = Vec::new();
        self.values(x, &mut values);
        self.0.outputs.iter().map(|&o| values[o as usize]).collect()
    }

    /// The results at `x` into `out`; `scratch` is overwritten, and allocates nothing once it has grown.
    ///
    /// # Panics
    ///
    /// If `x` has fewer elements than there are inputs, or `out` another length than there are results.
    pub fn eval_into<R: Number>(&self, x: &[R], scratch: &mut Vec<R>, out: &mut [R]) {
        assert_eq!(out.len(), self.num_outputs(), "Expr::eval_into: one place for each result");
        self.values(x, scratch);
        for (place, &o) in out.iter_mut().zip(&self.0.outputs) {
            *place = scratch[o as usize];
        }
    }

    fn values<R: Number>(&self, x: &[R], values: &mut Vec<R>) {
        values.clear();
        for op in &self.0.ops {
            let v = match *op {
                Op::Input(i) => x[i as usize],
                Op::Lit(v) => R::lit(v),
                Op::Row(row, args) => R::row(row, &args.map(|a| values[a as usize])[..row.arity()]),
            };
            values.push(v);
        }
    }

    /// This expression with result `inner_output` of `inner` in place of input `input`.
    ///
    /// The inputs of the result are the inputs of `self` without that one, followed by the inputs of `inner`.
    ///
    /// ```
    /// use wengert_scalar::{Expr, Row};
    /// let e = Expr::row(Row::Mul).compose(0, &Expr::row(Row::Sin), 0);
    /// assert_eq!(e.to_string(), "x0·sin(x1)");
    /// ```
    ///
    /// # Panics
    ///
    /// If `input` or `inner_output` does not exist.
    pub fn compose(&self, input: usize, inner: &Expr, inner_output: usize) -> Expr {
        assert!(input < self.arity(), "Expr::compose: input {input} of {}", self.arity());
        let kept = self.arity() - 1;
        Expr::build(kept + inner.arity(), |x| {
            let replacement = inner.eval(&x[kept..])[inner_output];
            let mut args = x[..kept].to_vec();
            args.insert(input, replacement);
            self.eval(&args)
        })
    }
}

/// For the arity and operations of each pullback, its row and input.
type Pullbacks = HashMap<(usize, Vec<Op>), (Row, usize)>;

/// Looks an expression of one result up among the pullbacks of the rows.
fn emitted(arity: usize, ops: &[Op], outputs: &[u32]) -> Option<(Row, usize)> {
    static PULLBACKS: OnceLock<Pullbacks> = OnceLock::new();
    thread_local! {
        static UNDER_WAY: Cell<bool> = const { Cell::new(false) };
    }
    const LONGEST: usize = 64;
    if outputs.len() != 1 || outputs[0] as usize + 1 != ops.len() || ops.len() > LONGEST || UNDER_WAY.get() {
        return None;
    }
    let table = PULLBACKS.get_or_init(|| {
        // The expressions that are made here to fill the table do not look into it.
        UNDER_WAY.set(true);
        let mut table = Pullbacks::new();
        for &row in Row::ALL {
            let plain = Expr::build(row.arity(), |x| vec![Sym::row(row, x)]);
            for input in 0..row.arity() {
                let derived = plain.pullback(1 << input, 1).expr;
                if derived.num_outputs() == 1 {
                    table.entry((derived.arity(), derived.ops().to_vec())).or_insert((row, input));
                }
            }
        }
        UNDER_WAY.set(false);
        table
    });
    table.get(&(arity, ops.to_vec())).copied()
}

fn single_row(arity: usize, ops: &[Op], outputs: &[u32]) -> Option<Row> {
    let (&last, inputs) = ops.split_last()?;
    let Op::Row(row, x) = last else { return None };
    let in_order = inputs.iter().enumerate().all(|(i, &op)| op == Op::Input(i as u32) && x[i] == i as u32);
    (in_order && inputs.len() == arity && row.arity() == arity && outputs == [arity as u32]).then_some(row)
}

impl PartialEq for Expr {
    fn eq(&self, other: &Expr) -> bool {
        let (a, b) = (&*self.0, &*other.0);
        Arc::ptr_eq(&self.0, &other.0) || (a.arity == b.arity && a.outputs == b.outputs && a.ops == b.ops)
    }
}

impl Eq for Expr {}

impl Hash for Expr {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0.arity, &self.0.ops, &self.0.outputs).hash(state);
    }
}

impl fmt::Debug for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expr({self})")
    }
}
