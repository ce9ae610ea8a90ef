//! Derivatives of expressions as expressions.

use crate::{Expr, Number, Op, Sym};

/// A derivative of an expression: an expression that reads some of the original's inputs and results, and seeds.
///
/// The inputs of `expr` are, in order, those in `primals`, in `results` and in `seeds`. Only what the simplified
/// expression reads is listed, so this is also what a tape must keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// The derivative.
    pub expr: Expr,
    /// Which inputs of the original it reads.
    pub primals: Vec<usize>,
    /// Which results of the original it reads.
    pub results: Vec<usize>,
    /// Which cotangents (pullback: numbers of results) or tangents (pushforward: numbers of inputs) it reads.
    pub seeds: Vec<usize>,
    /// Where each derivative is among the results of `expr`: one entry for each wanted input (pullback) or each result of
    /// the original (pushforward), ascending; `None` where it is zero by structure.
    pub outputs: Vec<Option<usize>>,
}

fn has(mask: u64, i: usize) -> bool {
    mask >> i & 1 == 1
}

/// Adds a contribution; literal zeros are none.
fn accumulate(into: &mut Option<Sym>, c: Sym) {
    if c.as_lit() != Some(0.0) {
        *into = Some(into.map_or(c, |sum| sum + c));
    }
}

impl Expr {
    /// The cotangents of the inputs in `wanted` (bit i for input i) from those of the results in `present`.
    ///
    /// ```
    /// use wengert_scalar::{Expr, Row};
    /// let d = Expr::row(Row::Tanh).pullback(1, 1);
    /// assert_eq!((d.primals.len(), d.results.as_slice()), (0, &[0][..])); // g·(1 − y²) reads the result only
    /// ```
    ///
    /// # Panics
    ///
    /// If the expression has more than 64 inputs or results.
    pub fn pullback(&self, wanted: u64, present: u64) -> Derived {
        self.derived(present, |this, inputs, results, seeds| {
            let ops = this.ops();
            let values = this.symbols(inputs, results);
            let active = this.depends_on(wanted);
            let mut adjoints: Vec<Option<Sym>> = vec![None; ops.len()];
            for (k, &o) in this.outputs().iter().enumerate() {
                if has(present, k) && active[o as usize] {
                    accumulate(&mut adjoints[o as usize], seeds[k]);
                }
            }
            let mut cotangents = vec![None; this.arity()];
            for (at, op) in ops.iter().enumerate().rev() {
                let Some(g) = adjoints[at] else { continue };
                match *op {
                    Op::Input(i) => cotangents[i as usize] = Some(g),
                    Op::Lit(_) => {}
                    Op::Row(row, x) => {
                        let args = x.map(|a| values[a as usize]);
                        for i in (0..row.arity()).filter(|&i| active[x[i] as usize]) {
                            if let Some(c) = row.pull(i, &args[..row.arity()], values[at], g) {
                                accumulate(&mut adjoints[x[i] as usize], c);
                            }
                        }
                    }
                }
            }
            (0..this.arity()).filter(|&i| has(wanted, i)).map(|i| cotangents[i]).collect()
        })
    }

    /// The tangents of all results from those of the inputs in `active` (bit i for input i).
    ///
    /// # Panics
    ///
    /// If the expression has more than 64 inputs or results.
    pub fn pushforward(&self, active: u64) -> Derived {
        self.derived(active, |this, inputs, results, seeds| {
            let values = this.symbols(inputs, results);
            let mut tangents: Vec<Option<Sym>> = Vec::with_capacity(values.len());
            for (at, op) in this.ops().iter().enumerate() {
                let mut tangent = None;
                match *op {
                    Op::Input(i) if has(active, i as usize) => tangent = Some(seeds[i as usize]),
                    Op::Input(_) | Op::Lit(_) => {}
                    Op::Row(row, x) => {
                        let args = x.map(|a| values[a as usize]);
                        for i in 0..row.arity() {
                            if let Some(t) = tangents[x[i] as usize]
                                && let Some(c) = row.pull(i, &args[..row.arity()], values[at], t)
                            {
                                accumulate(&mut tangent, c);
                            }
                        }
                    }
                }
                tangents.push(tangent);
            }
            this.outputs().iter().map(|&o| tangents[o as usize]).collect()
        })
    }

    /// The value of every operation: what is a result is read, the rest is computed again.
    fn symbols(&self, inputs: &[Sym], results: &[Sym]) -> Vec<Sym> {
        let mut values: Vec<Sym> = Vec::with_capacity(self.ops().len());
        for (at, op) in self.ops().iter().enumerate() {
            values.push(match *op {
                Op::Input(i) => inputs[i as usize],
                Op::Lit(v) => Sym::lit(v),
                Op::Row(..) => match self.outputs().iter().position(|&o| o as usize == at) {
                    Some(k) => results[k],
                    None => Sym::replay(*op, &values),
                },
            });
        }
        values
    }

    /// For each operation, whether it depends on an input of the mask.
    fn depends_on(&self, mask: u64) -> Vec<bool> {
        let mut depends = Vec::with_capacity(self.ops().len());
        for op in self.ops() {
            depends.push(match *op {
                Op::Input(i) => has(mask, i as usize),
                Op::Lit(_) => false,
                Op::Row(row, x) => x[..row.arity()].iter().any(|&a| depends[a as usize]),
            });
        }
        depends
    }

    /// Builds a derivative over all inputs, results and seeds, then drops those that it does not read.
    fn derived(&self, given: u64, f: impl FnOnce(&Expr, &[Sym], &[Sym], &[Sym]) -> Vec<Option<Sym>>) -> Derived {
        let (n, m) = (self.arity(), self.num_outputs());
        assert!(n <= 64 && m <= 64, "derivatives are for expressions of at most 64 inputs and results");
        let seeds = n.max(m);
        let mut outputs = Vec::new();
        let full = Expr::build(n + m + seeds, |x| {
            let derivatives = f(self, &x[..n], &x[n..n + m], &x[n + m..]);
            let mut found = Vec::new();
            for d in derivatives {
                let d = d.filter(|s| s.as_lit() != Some(0.0));
                outputs.push(d.is_some().then_some(found.len()));
                found.extend(d);
            }
            found
        });
        let mut read = vec![false; n + m + seeds];
        for op in full.ops() {
            if let Op::Input(i) = op {
                read[*i as usize] = true;
            }
        }
        debug_assert!((0..seeds).all(|i| has(given, i) || !read[n + m + i]));
        let pick = |from: usize, len: usize| (0..len).filter(|&i| read[from + i]).collect::<Vec<usize>>();
        Derived {
            primals: pick(0, n),
            results: pick(n, m),
            seeds: pick(n + m, seeds),
            expr: full.with_inputs(&(0..read.len()).filter(|&i| read[i]).collect::<Vec<usize>>()),
            outputs,
        }
    }

    /// The same expression, with input `old[i]` as input `i`; the others must not be read.
    fn with_inputs(&self, old: &[usize]) -> Expr {
        let ops: Vec<Op> = self
            .ops()
            .iter()
            .map(|op| match *op {
                Op::Input(i) => Op::Input(old.iter().position(|&o| o == i as usize).unwrap_or(0) as u32),
                other => other,
            })
            .collect();
        Expr::ordered(old.len(), &ops, self.outputs())
    }
}
