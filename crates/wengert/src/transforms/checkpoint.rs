//! Less memory for more time: parts of a program that are run again in the backward pass.

use std::fmt;
use std::panic::Location;
use std::sync::{Arc, OnceLock};

use wengert_array::Array;

use super::flat::{
    Flat, batched, batched_name, evaluate, filled, inputs_of, pull_through, signed, skeleton, specs_of, unrun,
};
use super::{Output, expect, try_jvp};
use crate::apply::{Blame, apply};
use crate::error::Result;
use crate::prim::{Mask, Outs, Prim, Primitive, Residuals, Saved, Spec};
use crate::program::{Program, trace};
use crate::tensor::Tensor;
use crate::tree::{Tree, leaves, with_leaves};

/// A part of a program that is run again in the backward pass. The tensors that it uses are all inputs.
pub(crate) struct Checkpoint {
    run: Flat,
    program: Arc<Program>,
    /// The axes of each `vmap` that it went through.
    batched: String,
}

impl fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checkpoint").field("parameters", &self.parameters()).finish_non_exhaustive()
    }
}

impl Primitive for Checkpoint {
    fn name(&self) -> &str {
        "checkpoint"
    }

    fn parameters(&self) -> String {
        format!("{}{}", self.program.to_string().replace('\n', " "), self.batched)
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        specs_of(&self.run, inputs)
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        evaluate(self.name(), &self.run, inputs)
    }

    fn checked_eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        self.eval(inputs)
    }

    fn jvp(
        &self,
        _: &Prim,
        primals: &[Tensor],
        _: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        let tangents = filled(tangents, primals);
        let (_, pushed) = try_jvp(|x: &Vec<Tensor>| (self.run)(x), &primals.to_vec(), &tangents)?;
        Ok(pushed.into_iter().map(Some).collect())
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        wanted: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        pull_through(|x| (self.run)(x), &inputs_of(saved)?, cotangents, wanted, into)
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let run = batched(&self.run, signed(axes));
        let batched = Checkpoint { run, program: self.program.clone(), batched: batched_name(&self.batched, axes) };
        Ok((apply(&Prim::new(batched), &inputs.iter().collect::<Vec<_>>())?, 0))
    }

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals { inputs: Mask::ALL, outputs: Mask::NONE }
    }
}

/// The same function, of which the backward pass keeps the arguments alone: what else it needs is computed again.
/// That saves memory for time.
///
/// Tensors that the closure uses from outside have gradients too, as if they were arguments.
///
/// ```
/// use wengert::prelude::*;
/// use wengert::transforms::checkpoint;
/// let w = Tensor::from(0.5).requires_grad();
/// let block = checkpoint(|x: &Tensor| (x * &w).sin().exp());
/// let y = block(&block(&Tensor::from(2.0)));
/// y.backward()?;
/// assert!(w.grad().is_some());
/// # Ok::<(), wengert::Error>(())
/// ```
///
/// # Panics
/// The returned function panics where that of [`try_checkpoint`] returns an error.
#[track_caller]
pub fn checkpoint<A: Tree, R: Output>(f: impl Fn(&A) -> R) -> impl Fn(&A) -> R::Tree {
    let f = try_checkpoint(f);
    move |x| expect(f(x))
}

/// [`checkpoint`], returning errors: those of `f`; and, since `f` is [traced](crate::trace()) at each call,
/// [`ErrorKind::Abstract`](crate::ErrorKind::Abstract) if it asks for a value.
#[track_caller]
pub fn try_checkpoint<A: Tree, R: Output>(f: impl Fn(&A) -> R) -> impl Fn(&A) -> Result<R::Tree> {
    let location = Location::caller();
    let whole = move |x: &A| {
        let structure = OnceLock::new();
        let recorded = |x: &A| -> Result<R::Tree> {
            let y = f(x).into_result()?;
            let _ = structure.set(skeleton(&y)?);
            Ok(y)
        };
        let lifted = Blame::lifted();
        let program = trace(recorded, x)?;
        drop(lifted);
        let mut inputs = leaves(x);
        let arguments = inputs.len();
        let outside: Vec<usize> =
            (0..program.constants().len()).filter(|&c| program.constants()[c].level().is_some()).collect();
        inputs.extend(outside.iter().map(|&c| program.constants()[c].clone()));
        // The tensors from outside are inputs; the program must not hold them.
        let program = Arc::new(program.without_constants(&outside));
        let text = program.clone();
        let run: Flat = Arc::new(move |x| {
            let (x, given) = x.split_at(arguments);
            let mut constants = program.constants().to_vec();
            for (&c, given) in outside.iter().zip(given) {
                constants[c] = given.clone();
            }
            program.run_with(&x.iter().collect::<Vec<_>>(), &constants)
        });
        let prim = Prim::new(Checkpoint { run, program: text, batched: String::new() });
        let outs = apply(&prim, &inputs.iter().collect::<Vec<_>>())?;
        with_leaves(structure.get().ok_or_else(unrun)?, outs)
    };
    move |x| whole(x).map_err(|error| error.or_at(location))
}
