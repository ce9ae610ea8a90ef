//! The one pointwise primitive: an expression over the rows of the table, with broadcasting. All of its
//! rules are derived from the expression: nobody writes the derivative of `tanh` a second time.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock};

use smallvec::SmallVec;
use wengert_array::{Array, DType, Shape, pointwise};
use wengert_scalar::{Derived, Expr, Op, Row};

use crate::apply::apply;
use crate::error::{Error, Result};
use crate::node::lock;
use crate::prim::{Mask, Outs, Prim, Primitive, Residuals, Saved, Spec};
use crate::tensor::{Tensor, same_shape};

/// A pointwise function of tensors that broadcast against each other.
#[derive(Debug)]
pub(crate) struct Pointwise {
    name: Cow<'static, str>,
    expr: Expr,
    /// The expression where it is one row of the inputs, in any order.
    single: Option<(Row, [usize; 3])>,
    /// Some result is a truth value.
    has_predicates: bool,
    /// Plans of the pullback by the set of wanted inputs, for one result and at most three inputs.
    pullbacks: [OnceLock<Box<Plan>>; 8],
    /// Plans of the pushforward by the set of active inputs, likewise.
    pushforwards: [OnceLock<Box<Plan>>; 8],
    /// All other plans, by (pullback, wanted or active inputs, results with a cotangent).
    others: Mutex<HashMap<(bool, u64, u64), Arc<Plan>>>,
}

/// A derivative of the expression, ready to be applied.
#[derive(Debug)]
struct Plan {
    /// The primitive that computes those derivatives that are not simply a seed.
    prim: Option<Prim>,
    derived: Derived,
    outputs: Vec<Source>,
    /// What it reads of the original's inputs and results.
    reads: Residuals,
}

/// Where a derivative comes from.
#[derive(Clone, Copy, Debug)]
enum Source {
    Zero,
    /// It is this seed itself: the number of a cotangent or tangent.
    Seed(usize),
    /// The next result of the plan's primitive.
    Computed,
}

static ROWS: LazyLock<Vec<Pointwise>> =
    LazyLock::new(|| Row::ALL.iter().map(|row| Pointwise::new(row.name(), Expr::row(*row))).collect());

/// The static primitive of one row of the table.
#[inline]
pub(crate) fn row(row: Row) -> Prim {
    Prim::Static(&ROWS[row as usize])
}

/// Whether a row makes sense of integers as they are; the others are given floats.
pub(crate) fn takes_integers(row: Row) -> bool {
    use Row::*;
    row.is_predicate()
        || matches!(
            row,
            Neg | Add
                | Sub
                | Mul
                | FloorDivide
                | Remainder
                | Abs
                | Sign
                | Square
                | Maximum
                | Minimum
                | Clamp
                | Select
                | Pow
                | Floor
                | Ceil
                | Round
                | Trunc
                | Relu
        )
}

impl Pointwise {
    pub fn new(name: impl Into<Cow<'static, str>>, expr: Expr) -> Pointwise {
        Pointwise {
            name: name.into(),
            single: single(&expr),
            has_predicates: (0..expr.num_outputs()).any(|k| expr.output_is_predicate(k)),
            expr,
            pullbacks: Default::default(),
            pushforwards: Default::default(),
            others: Mutex::default(),
        }
    }

    /// The results where every input is a number of type f64 and the expression is short, without any
    /// memory but the stack's.
    #[inline]
    fn eval_numbers(&self, inputs: &[&Array]) -> Option<Outs<Array>> {
        const LONGEST: usize = 12;
        if self.has_predicates || inputs.len() != self.expr.arity() {
            return None;
        }
        // An input that the expression does not read still says which shape and dtype the result has.
        if !inputs.iter().all(|input| matches!(input, Array::F64(_))) {
            return None;
        }
        let number = |i: usize| match inputs[i] {
            Array::F64(value) => Some(*value),
            _ => None,
        };
        if let Some((row, [a, b, c])) = self.single {
            return Some(Outs::One(Array::F64(match row.arity() {
                1 => row.eval_f64(&[number(a)?]),
                2 => row.eval_f64(&[number(a)?, number(b)?]),
                _ => row.eval_f64(&[number(a)?, number(b)?, number(c)?]),
            })));
        }
        let (ops, outputs) = (self.expr.ops(), self.expr.outputs());
        if ops.len() > LONGEST {
            return None;
        }
        let mut values = [0.0; LONGEST];
        for (at, op) in ops.iter().enumerate() {
            values[at] = match *op {
                Op::Input(i) => number(i as usize)?,
                Op::Lit(value) => value,
                Op::Row(row, [a, b, c]) => {
                    let (a, b, c) = (values[a as usize], values[b as usize], values[c as usize]);
                    row.eval_f64(&[a, b, c][..row.arity()])
                }
            };
        }
        Some(match *outputs {
            [k] => Outs::One(Array::F64(values[k as usize])),
            [j, k] => Outs::Two([Array::F64(values[j as usize]), Array::F64(values[k as usize])]),
            _ => outputs.iter().map(|&k| Array::F64(values[k as usize])).collect(),
        })
    }

    fn is_simple(&self) -> bool {
        self.expr.num_outputs() == 1 && self.expr.arity() <= 3
    }

    fn with_plan<T>(&self, pullback: bool, inputs: u64, results: u64, use_plan: impl FnOnce(&Plan) -> T) -> T {
        let make = || {
            let derived = if pullback { self.expr.pullback(inputs, results) } else { self.expr.pushforward(inputs) };
            Plan::new(&self.name, derived)
        };
        if self.is_simple() {
            let plans = if pullback { &self.pullbacks } else { &self.pushforwards };
            return use_plan(plans[(inputs & 7) as usize].get_or_init(|| Box::new(make())));
        }
        let known = lock(&self.others).get(&(pullback, inputs, results)).cloned();
        let plan = known.unwrap_or_else(|| {
            let plan = Arc::new(make());
            lock(&self.others).entry((pullback, inputs, results)).or_insert(plan).clone()
        });
        use_plan(&plan)
    }

    fn inputs_mask(&self, mask: Mask) -> u64 {
        match self.expr.arity() {
            64.. => mask.0,
            arity => mask.0 & ((1 << arity) - 1),
        }
    }

    fn all_results(&self) -> u64 {
        u64::MAX >> (64 - self.expr.num_outputs().clamp(1, 64))
    }
}

/// The only row of an expression, and which inputs it takes.
fn single(expr: &Expr) -> Option<(Row, [usize; 3])> {
    let ops = expr.ops();
    let (&last, inputs) = ops.split_last()?;
    let Op::Row(row, operands) = last else { return None };
    if *expr.outputs() != [inputs.len() as u32] || !inputs.iter().all(|op| matches!(op, Op::Input(_))) {
        return None;
    }
    Some((row, operands.map(|at| if let Some(Op::Input(i)) = ops.get(at as usize) { *i as usize } else { 0 })))
}

impl Plan {
    fn new(name: &str, derived: Derived) -> Plan {
        let expr = &derived.expr;
        let first_seed = derived.primals.len() + derived.results.len();
        let mut computed = Vec::new();
        let outputs = derived
            .outputs
            .iter()
            .map(|output| match output.map(|k| (k, expr.ops()[expr.outputs()[k] as usize])) {
                None => Source::Zero,
                Some((_, Op::Input(i))) if i as usize >= first_seed => {
                    Source::Seed(derived.seeds[i as usize - first_seed])
                }
                Some((k, _)) => {
                    computed.push(k);
                    Source::Computed
                }
            })
            .collect();
        let prim = (!computed.is_empty()).then(|| {
            let expr = if computed.len() == expr.num_outputs() {
                expr.clone()
            } else {
                Expr::build(expr.arity(), |x| {
                    let all = expr.eval(x);
                    computed.iter().map(|&k| all[k]).collect()
                })
            };
            Prim::new(Pointwise::new(format!("{name}'"), expr))
        });
        let reads = Residuals { inputs: Mask::of(&derived.primals), outputs: Mask::of(&derived.results) };
        Plan { prim, derived, outputs, reads }
    }

    /// The derivatives, from what the plan reads.
    fn run<'a>(
        &self,
        primal: impl Fn(usize) -> Result<&'a Tensor>,
        result: impl Fn(usize) -> Result<&'a Tensor>,
        seed: impl Fn(usize) -> Option<&'a Tensor>,
        mut place: impl FnMut(usize, Tensor) -> Result<()>,
    ) -> Result<()> {
        let lost = || Error::argument("pointwise", "a derivative reads a seed that was not given");
        let computed = match &self.prim {
            None => Outs::Zero,
            Some(prim) => {
                let mut operands: SmallVec<[&Tensor; 6]> = SmallVec::new();
                for &i in &self.derived.primals {
                    operands.push(primal(i)?);
                }
                for &k in &self.derived.results {
                    operands.push(result(k)?);
                }
                for &s in &self.derived.seeds {
                    operands.push(seed(s).ok_or_else(lost)?);
                }
                apply(prim, &operands)?
            }
        };
        let mut computed = match (computed, &self.outputs[..]) {
            (Outs::One(value), [Source::Computed]) => return place(0, value),
            (computed, _) => computed.into_iter(),
        };
        for (slot, source) in self.outputs.iter().enumerate() {
            match *source {
                Source::Zero => {}
                Source::Seed(s) => place(slot, seed(s).ok_or_else(lost)?.clone())?,
                Source::Computed => {
                    if let Some(value) = computed.next() {
                        place(slot, value)?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl Primitive for Pointwise {
    fn name(&self) -> &str {
        &self.name
    }

    fn parameters(&self) -> String {
        if self.expr.as_row().is_some() { String::new() } else { self.expr.to_string() }
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        let shapes: SmallVec<[(DType, &[usize]); 4]> =
            inputs.iter().map(|spec| (spec.dtype, &spec.shape[..])).collect();
        let (shape, dtypes) = pointwise::output(&self.expr, &shapes, &self.name)?;
        Ok(Outs::from(dtypes.into_iter().map(|dtype| Spec::new(dtype, shape.clone())).collect::<Vec<_>>()))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        if self.expr.num_outputs() == 1 {
            return Ok(Outs::One(pointwise::evaluate_one(&self.expr, inputs)?));
        }
        Ok(pointwise::evaluate(&self.expr, inputs)?.into_iter().collect())
    }

    /// Numbers need no checks; of other inputs the array floor checks shapes and dtypes as it goes.
    #[inline]
    fn checked_eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        if let Some(outs) = self.eval_numbers(inputs) {
            return Ok(outs);
        }
        match self.eval(inputs) {
            Ok(outs) => Ok(outs),
            // The array floor does not know what the expression is called.
            Err(error) => {
                let specs: Vec<Spec> = inputs.iter().map(|input| Spec::of(input)).collect();
                Err(self.output(&specs).err().unwrap_or(error))
            }
        }
    }

    fn jvp(
        &self,
        _: &Prim,
        primals: &[Tensor],
        outputs: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        let active = (0..tangents.len()).filter(|&i| tangents[i].is_some()).fold(Mask::NONE, Mask::with);
        let mut pushed: Vec<Option<Tensor>> = vec![None; outputs.len()];
        self.with_plan(false, self.inputs_mask(active), 0, |plan| {
            plan.run(
                |i| Ok(&primals[i]),
                |k| Ok(&outputs[k]),
                |s| tangents[s].as_ref(),
                |k, tangent| {
                    // A tangent of `a + b` with one active input has that input's shape.
                    pushed[k] = Some(if same_shape(tangent.shape(), outputs[k].shape()) {
                        tangent
                    } else {
                        tangent.try_broadcast_to(outputs[k].shape())?
                    });
                    Ok(())
                },
            )
        })?;
        Ok(Outs::from(pushed))
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        wanted: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        let wanted = self.inputs_mask(wanted);
        let present = (0..cotangents.len()).filter(|&k| cotangents[k].is_some()).fold(Mask::NONE, Mask::with);
        let mut slots: SmallVec<[usize; 4]> = SmallVec::new();
        for i in 0..into.len() {
            if Mask(wanted).has(i) {
                slots.push(i);
            }
        }
        self.with_plan(true, wanted, present.0, |plan| {
            plan.run(
                |i| saved.input(i),
                |k| saved.output(k),
                |s| cotangents[s].as_ref(),
                |slot, cotangent| {
                    let i = slots[slot];
                    let shape = saved.input_shape(i);
                    into[i] =
                        Some(if same_shape(cotangent.shape(), shape) { cotangent } else { cotangent.sum_to(shape)? });
                    Ok(())
                },
            )
        })?;
        if saved.zeros && present.0 != 0 {
            for i in slots {
                if into[i].is_none() {
                    let dtype = saved.input_dtype(i).or_else(|| cotangents.iter().flatten().next().map(Tensor::dtype));
                    into[i] = Some(Tensor::try_zeros_as(saved.input_shape(i), dtype.unwrap_or(DType::F64))?);
                }
            }
        }
        Ok(())
    }

    /// Elements of a batch meet elements of a batch: batch axes go first, and ranks are padded after them.
    fn batch(&self, this: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let rank =
            inputs.iter().zip(axes).map(|(input, axis)| input.ndim() - usize::from(axis.is_some())).max().unwrap_or(0);
        let mut moved = Vec::with_capacity(inputs.len());
        for (input, axis) in inputs.iter().zip(axes) {
            let Some(axis) = axis else {
                moved.push(input.clone());
                continue;
            };
            let front = if *axis == 0 { input.clone() } else { input.try_movedim(*axis as isize, 0)? };
            let missing = rank + 1 - front.ndim();
            moved.push(if missing == 0 {
                front
            } else {
                let mut shape = Shape::from(front.shape());
                for _ in 0..missing {
                    shape.insert(1, 1);
                }
                let shape: Vec<isize> = shape.iter().map(|&n| n as isize).collect();
                front.try_reshape(&shape[..])?
            });
        }
        let operands: Vec<&Tensor> = moved.iter().collect();
        Ok((apply(this, &operands)?, 0))
    }

    fn residuals(&self, wanted: Mask) -> Residuals {
        self.with_plan(true, self.inputs_mask(wanted), self.all_results(), |plan| plan.reads)
    }
}
