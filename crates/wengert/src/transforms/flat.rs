//! Closures on trees as functions of flat lists of tensors, which is what primitives can hold.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use wengert_array::Array;

use super::{try_vjp, try_vmap};
use crate::apply::Blame;
use crate::error::{Error, Result};
use crate::interpreters::reverse::recording;
use crate::interpreters::trace::Tracer;
use crate::level::LevelGuard;
use crate::prim::{Mask, Outs, Saved, Spec};
use crate::tensor::{Repr, Tensor, Wrap};
use crate::tree::Tree;

/// A function of lists of tensors: what a closure on trees is to a primitive.
pub(super) type Flat = Arc<dyn Fn(&[Tensor]) -> Result<Vec<Tensor>> + Send + Sync>;

/// Tells the primitives of different closures apart.
static NEXT: AtomicU64 = AtomicU64::new(1);

pub(super) fn number() -> String {
    format!("closure={}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The structure of a tree, without its values.
pub(super) fn skeleton<T: Tree>(tree: &T) -> Result<T> {
    tree.try_map(&mut |_| Ok(Tensor::from(0.0)))
}

/// Runs a closure on plain arrays. What it returns must be plain too.
pub(super) fn evaluate(name: &str, run: &Flat, inputs: &[&Array]) -> Result<Outs<Array>> {
    let inputs: Vec<Tensor> = inputs.iter().map(|&input| Tensor::from(input.clone())).collect();
    let lifted = Blame::lifted();
    let outs = run(&inputs)?;
    drop(lifted);
    let arrays = outs.into_iter().map(|out| match out.settled().0.clone() {
        Repr::Array(array) => Ok(array),
        _ => Err(Error::argument(
            name,
            "the function uses a tensor from outside that is being differentiated, batched or traced: \
             hand it in as an argument, so that it has a derivative",
        )),
    });
    Ok(Outs::from(arrays.collect::<Result<Vec<Array>>>()?))
}

/// The shapes and dtypes that a closure returns, found by tracing it.
pub(super) fn specs_of(run: &Flat, inputs: &[Spec]) -> Result<Outs<Spec>> {
    let guard = LevelGuard::enter();
    let tracer = Arc::new(Tracer::default());
    let inputs: Vec<Tensor> = inputs.iter().map(|spec| tracer.input(guard.level(), spec.clone())).collect();
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            SHAPES_ALONE.set(self.0);
        }
    }
    let _restore = Restore(SHAPES_ALONE.replace(true));
    let lifted = Blame::lifted();
    let outs = run(&inputs)?;
    drop(lifted);
    Ok(Outs::from(outs.iter().map(Tensor::spec).collect::<Vec<_>>()))
}

/// Each value, zeros where there is none.
pub(super) fn filled(values: &[Option<Tensor>], like: &[Tensor]) -> Vec<Tensor> {
    values.iter().zip(like).map(|(value, like)| value.clone().unwrap_or_else(|| like.zeros_like())).collect()
}

/// The saved inputs.
pub(super) fn inputs_of(saved: &Saved<'_>) -> Result<Vec<Tensor>> {
    (0..saved.num_inputs()).map(|i| saved.input(i).cloned()).collect()
}

/// Pulls cotangents back through a run of a closure, into the wanted inputs.
pub(super) fn pull_through(
    run: impl Fn(&Vec<Tensor>) -> Result<Vec<Tensor>>,
    x: &Vec<Tensor>,
    cotangents: &[Option<Tensor>],
    wanted: Mask,
    into: &mut [Option<Tensor>],
) -> Result<()> {
    let (y, pullback) = try_vjp(run, x)?;
    let pulled = pullback.try_call(&filled(cotangents, &y))?;
    add_into(x, pulled, wanted, into)
}

pub(super) fn add_into(x: &[Tensor], pulled: Vec<Tensor>, wanted: Mask, into: &mut [Option<Tensor>]) -> Result<()> {
    for (i, (x, cotangent)) in x.iter().zip(pulled).enumerate() {
        if wanted.has(i) && x.dtype().is_float() {
            into[i] = Some(match into[i].take() {
                Some(sum) => sum.try_add(cotangent)?,
                None => cotangent,
            });
        }
    }
    Ok(())
}

/// The axes of a batch, as `vmap` takes them.
pub(super) fn signed(axes: &[Option<usize>]) -> Vec<Option<i32>> {
    axes.iter().map(|axis| axis.map(|axis| axis as i32)).collect()
}

pub(super) fn batched(run: &Flat, axes: Vec<Option<i32>>) -> Flat {
    let run = run.clone();
    Arc::new(move |x| try_vmap(|x: &Vec<Tensor>| run(x), axes.clone())(&x.to_vec()))
}

pub(super) fn batched_name(parameters: &str, axes: &[Option<usize>]) -> String {
    let axes: Vec<String> = axes.iter().map(|axis| axis.map_or("none".into(), |axis| axis.to_string())).collect();
    format!("{parameters}, batched=({})", axes.join(","))
}

#[cold]
pub(super) fn unrun() -> Error {
    Error::argument("custom", "the function was not run before its derivative was asked for")
}

thread_local! {
    /// Whether a closure runs for the shapes of its results alone.
    static SHAPES_ALONE: Cell<bool> = const { Cell::new(false) };
}

/// Whether a function with rules of its own is to be recorded as such: something is differentiated with respect to an
/// input, or may be later on. Otherwise its value is all that matters.
pub(super) fn needs_rules(inputs: &[Tensor]) -> bool {
    !SHAPES_ALONE.get() && inputs.iter().any(differentiated)
}

fn differentiated(tensor: &Tensor) -> bool {
    let Some(level) = tensor.level() else { return false };
    if let Repr::Wrapped(wrapped) = &tensor.0
        && let Wrap::Batched { batch, .. } = &wrapped.wrap
    {
        return differentiated(batch);
    }
    let idle = if level.is_ambient() { !recording() } else { level.is_tape() && !level.is_alive() };
    match tensor.recorded() {
        Some(primal) if idle => differentiated(primal),
        _ => true,
    }
}
