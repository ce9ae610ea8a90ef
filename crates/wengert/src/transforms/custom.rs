//! Functions with rules of one's own: `custom_vjp` and `custom_jvp`.

use std::fmt;
use std::panic::Location;
use std::sync::{Arc, OnceLock};

use wengert_array::Array;

use super::flat::{
    Flat, add_into, batched, batched_name, evaluate, filled, inputs_of, needs_rules, number, pull_through, signed,
    skeleton, specs_of, unrun,
};
use super::{Output, expect, try_jvp, try_vjp, try_vmap};
use crate::apply::{Blame, apply};
use crate::error::{Error, Result};
use crate::prim::{Mask, Outs, Prim, Primitive, Residuals, Saved, Spec};
use crate::tensor::Tensor;
use crate::tree::{Tree, leaves, with_leaves};

macro_rules! debug_by_parameters {
    ($Type:ident) => {
        impl fmt::Debug for $Type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($Type)).field("parameters", &self.parameters).finish_non_exhaustive()
            }
        }
    };
}

/// A function with a reverse rule of its own. Its results are those of the function, then the residuals.
pub(crate) struct CustomVjp {
    /// From the inputs to results and residuals.
    forward: Flat,
    /// From residuals and cotangents of the results to cotangents of the inputs.
    backward: Flat,
    /// How many results there are, known once `forward` has run.
    results: Arc<OnceLock<usize>>,
    parameters: String,
}

debug_by_parameters!(CustomVjp);

impl CustomVjp {
    fn results(&self) -> Result<usize> {
        self.results.get().copied().ok_or_else(unrun)
    }

    fn pulled(&self, residuals: &[Tensor], cotangents: &[Tensor], inputs: usize) -> Result<Vec<Tensor>> {
        let given: Vec<Tensor> = residuals.iter().chain(cotangents).cloned().collect();
        let lifted = Blame::lifted();
        let pulled = (self.backward)(&given)?;
        drop(lifted);
        if pulled.len() != inputs {
            return Err(Error::argument(
                self.name(),
                format!(
                    "the backward function returned {} cotangents for {inputs} tensors: return one for each",
                    pulled.len()
                ),
            ));
        }
        Ok(pulled)
    }

    /// The residuals as a function of the inputs.
    fn residuals_of(&self, x: &[Tensor]) -> Result<Vec<Tensor>> {
        let mut outs = (self.forward)(x)?;
        Ok(outs.split_off(self.results()?))
    }
}

impl Primitive for CustomVjp {
    fn name(&self) -> &str {
        "custom_vjp"
    }

    fn parameters(&self) -> String {
        self.parameters.clone()
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        specs_of(&self.forward, inputs)
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        evaluate(self.name(), &self.forward, inputs)
    }

    fn checked_eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        self.eval(inputs)
    }

    /// The backward function is linear in the cotangents, so its own pullback is the forward rule.
    fn jvp(
        &self,
        _: &Prim,
        primals: &[Tensor],
        outputs: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        let (results, residuals) = outputs.split_at(self.results()?);
        let tangents = filled(tangents, primals);
        let zeros: Vec<Tensor> = results.iter().map(Tensor::zeros_like).collect();
        let (_, transposed) = try_vjp(|u: &Vec<Tensor>| self.pulled(residuals, u, primals.len()), &zeros)?;
        let mut pushed = transposed.try_call(&tangents)?;
        if residuals.iter().any(|residual| residual.dtype().is_float()) {
            let (_, more) = try_jvp(|x: &Vec<Tensor>| self.residuals_of(x), &primals.to_vec(), &tangents)?;
            pushed.extend(more);
        } else {
            pushed.extend(residuals.iter().map(Tensor::zeros_like));
        }
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
        let x = inputs_of(saved)?;
        let (ours, theirs) = cotangents.split_at(self.results()?);
        if ours.iter().any(Option::is_some) {
            let residuals: Vec<Tensor> =
                (ours.len()..cotangents.len()).map(|k| saved.output(k).cloned()).collect::<Result<_>>()?;
            let mut seeds = Vec::with_capacity(ours.len());
            for (k, cotangent) in ours.iter().enumerate() {
                seeds.push(match (cotangent, saved.output_dtype(k)) {
                    (Some(cotangent), _) => cotangent.clone(),
                    (None, dtype) => {
                        Array::try_zeros(saved.output_shape(k), dtype.unwrap_or(crate::DType::F64))?.into()
                    }
                });
            }
            let pulled = self.pulled(&residuals, &seeds, x.len())?;
            add_into(&x, pulled, wanted, into)?;
        }
        // In a derivative of the derivative, the residuals have cotangents.
        if theirs.iter().any(Option::is_some) {
            pull_through(|x| self.residuals_of(x), &x, theirs, wanted, into)?;
        }
        Ok(())
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let (one, places) = (self.backward.clone(), axes.to_vec());
        let backward: Flat = Arc::new(move |given| {
            let whole = try_vmap(|given: &Vec<Tensor>| one(given), 0)(&given.to_vec())?;
            // What all elements of the batch share has the sum of their cotangents.
            let placed = whole.iter().zip(&places).map(|(cotangent, place)| match place {
                Some(axis) => cotangent.try_movedim(0, *axis as isize),
                None if cotangent.dtype().is_float() => cotangent.try_sum_axes(0, false),
                None => cotangent.try_select_index(0, 0),
            });
            placed.collect()
        });
        let batched = CustomVjp {
            forward: batched(&self.forward, signed(axes)),
            backward,
            results: self.results.clone(),
            parameters: batched_name(&self.parameters, axes),
        };
        Ok((apply(&Prim::new(batched), &inputs.iter().collect::<Vec<_>>())?, 0))
    }

    fn residuals(&self, _: Mask) -> Residuals {
        let results = self.results.get().copied().unwrap_or(0);
        Residuals { inputs: Mask::ALL, outputs: if results < 63 { Mask(u64::MAX << results) } else { Mask::ALL } }
    }
}

/// A function with a reverse rule of one's own: `forward` returns the results and what `backward` will need,
/// `backward` takes that and the results' cotangents to the arguments' cotangents. Where nothing is
/// differentiated, `f` is run alone.
///
/// ```
/// use wengert::prelude::*;
/// use wengert::transforms::custom_vjp;
/// // log(1 + eˣ), whose derivative is stable where eˣ is infinite:
/// let log1pexp = custom_vjp(
///     |x: &Tensor| x.exp().log1p(),
///     |x: &Tensor| (x.exp().log1p(), x.clone()),
///     |x: &Tensor, g: &Tensor| g * (1.0 - 1.0 / (1.0 + x.exp())),
/// );
/// assert_eq!(grad(log1pexp)(&Tensor::from(1000.0)).item(), 1.0);
/// ```
///
/// Forward mode takes the transpose of `backward`, which must be linear in the cotangents (the transpose is
/// taken at zero). In a derivative of the derivative, `backward` and the residuals of `forward` are
/// differentiated like any function.
///
/// # Panics
/// The returned function panics where that of [`try_custom_vjp`] returns an error.
#[track_caller]
pub fn custom_vjp<A, B, S, R, RS, RA>(
    f: impl Fn(&A) -> R + Send + Sync + 'static,
    forward: impl Fn(&A) -> RS + Send + Sync + 'static,
    backward: impl Fn(&S, &B) -> RA + Send + Sync + 'static,
) -> impl Fn(&A) -> B
where
    A: Tree + Send + Sync + 'static,
    B: Tree + Send + Sync + 'static,
    S: Tree + Send + Sync + 'static,
    R: Output<Tree = B>,
    RS: Output<Tree = (B, S)>,
    RA: Output<Tree = A>,
{
    let f = try_custom_vjp(f, forward, backward);
    move |x| expect(f(x))
}

/// [`custom_vjp`], returning errors: those of the functions; if one of them uses a tensor from outside that is
/// being differentiated (hand it in as an argument instead); and if a cotangent has not the shape of its argument.
#[track_caller]
pub fn try_custom_vjp<A, B, S, R, RS, RA>(
    f: impl Fn(&A) -> R + Send + Sync + 'static,
    forward: impl Fn(&A) -> RS + Send + Sync + 'static,
    backward: impl Fn(&S, &B) -> RA + Send + Sync + 'static,
) -> impl Fn(&A) -> Result<B>
where
    A: Tree + Send + Sync + 'static,
    B: Tree + Send + Sync + 'static,
    S: Tree + Send + Sync + 'static,
    R: Output<Tree = B>,
    RS: Output<Tree = (B, S)>,
    RA: Output<Tree = A>,
{
    let location = Location::caller();
    let (forward, backward, parameters) = (Arc::new(forward), Arc::new(backward), number());
    let whole = move |x: &A| {
        let inputs = leaves(x);
        if !needs_rules(&inputs) {
            return f(x).into_result();
        }
        let structure: Arc<OnceLock<(B, S)>> = Arc::default();
        let results: Arc<OnceLock<usize>> = Arc::default();
        let (argument, forward, backward) = (skeleton(x)?, forward.clone(), backward.clone());
        let (known, count) = (structure.clone(), results.clone());
        let forward: Flat = Arc::new(move |x| {
            let (y, residuals) = forward(&with_leaves(&argument, x.iter().cloned())?).into_result()?;
            let mut outs = leaves(&y);
            let _ = count.set(outs.len());
            outs.extend(leaves(&residuals));
            let _ = known.set((skeleton(&y)?, skeleton(&residuals)?));
            Ok(outs)
        });
        let known = structure.clone();
        let backward: Flat = Arc::new(move |given| {
            let (y, residuals) = known.get().ok_or_else(unrun)?;
            let mut given = given.iter().cloned();
            let residuals = with_leaves(residuals, given.by_ref().take(leaves(residuals).len()))?;
            Ok(leaves(&backward(&residuals, &with_leaves(y, given)?).into_result()?))
        });
        let prim = Prim::new(CustomVjp { forward, backward, results, parameters: parameters.clone() });
        let outs = apply(&prim, &inputs.iter().collect::<Vec<_>>())?;
        with_leaves(&structure.get().ok_or_else(unrun)?.0, outs)
    };
    move |x| whole(x).map_err(|error| error.or_at(location))
}

/// A function with a forward rule of its own.
pub(crate) struct CustomJvp {
    run: Flat,
    /// From arguments, results and tangents of the arguments to tangents of the results.
    push: Flat,
    parameters: String,
}

debug_by_parameters!(CustomJvp);

impl CustomJvp {
    fn pushed(&self, x: &[Tensor], y: &[Tensor], tangents: &[Tensor]) -> Result<Vec<Tensor>> {
        let given: Vec<Tensor> = x.iter().chain(y).chain(tangents).cloned().collect();
        let lifted = Blame::lifted();
        let pushed = (self.push)(&given)?;
        drop(lifted);
        if pushed.len() != y.len() {
            return Err(Error::argument(
                self.name(),
                format!("the rule returned {} tangents for {} results: return one for each", pushed.len(), y.len()),
            ));
        }
        Ok(pushed)
    }
}

impl Primitive for CustomJvp {
    fn name(&self) -> &str {
        "custom_jvp"
    }

    fn parameters(&self) -> String {
        self.parameters.clone()
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
        outputs: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        Ok(self.pushed(primals, outputs, &filled(tangents, primals))?.into_iter().map(Some).collect())
    }

    /// The rule is linear in the tangents, so its pullback is the reverse rule.
    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        wanted: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        let x = inputs_of(saved)?;
        let y: Vec<Tensor> = (0..cotangents.len()).map(|k| saved.output(k).cloned()).collect::<Result<_>>()?;
        let zeros: Vec<Tensor> = x.iter().map(Tensor::zeros_like).collect();
        pull_through(|tangents| self.pushed(&x, &y, tangents), &zeros, cotangents, wanted, into)
    }

    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let (one, places) = (self.push.clone(), signed(axes));
        let push: Flat = Arc::new(move |given| {
            let results = given.len() - 2 * places.len();
            let mut axes = places.clone();
            axes.resize(places.len() + results, Some(0));
            axes.extend(&places);
            try_vmap(|given: &Vec<Tensor>| one(given), axes)(&given.to_vec())
        });
        let run = batched(&self.run, signed(axes));
        let batched = CustomJvp { run, push, parameters: batched_name(&self.parameters, axes) };
        Ok((apply(&Prim::new(batched), &inputs.iter().collect::<Vec<_>>())?, 0))
    }

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals { inputs: Mask::ALL, outputs: Mask::ALL }
    }
}

/// A function with a forward rule of one's own: `rule` takes the arguments, the results and the arguments'
/// tangents to the results' tangents. Reverse mode takes the transpose of the rule, which must be linear in the
/// tangents.
///
/// ```
/// use wengert::prelude::*;
/// use wengert::transforms::custom_jvp;
/// let tanh = custom_jvp(
///     |x: &Tensor| x.tanh(),
///     |_: &Tensor, y: &Tensor, dx: &Tensor| (1.0 - y.square()) * dx,
/// );
/// let slope = 1.0 - 0.5_f64.tanh().powi(2);
/// assert!((grad(&tanh)(&Tensor::from(0.5)).item() - slope).abs() < 1e-15);
/// assert!((jvp(&tanh, &Tensor::from(0.5), &Tensor::from(2.0)).1.item() - 2.0 * slope).abs() < 1e-15);
/// ```
///
/// # Panics
/// The returned function panics where that of [`try_custom_jvp`] returns an error.
#[track_caller]
pub fn custom_jvp<A, B, R, RB>(
    f: impl Fn(&A) -> R + Send + Sync + 'static,
    rule: impl Fn(&A, &B, &A) -> RB + Send + Sync + 'static,
) -> impl Fn(&A) -> B
where
    A: Tree + Send + Sync + 'static,
    B: Tree + Send + Sync + 'static,
    R: Output<Tree = B>,
    RB: Output<Tree = B>,
{
    let f = try_custom_jvp(f, rule);
    move |x| expect(f(x))
}

/// [`custom_jvp`], returning errors: those of the functions; if `f` uses a tensor from outside that is being
/// differentiated (hand it in as an argument instead); and if a tangent has not the shape of its result.
#[track_caller]
pub fn try_custom_jvp<A, B, R, RB>(
    f: impl Fn(&A) -> R + Send + Sync + 'static,
    rule: impl Fn(&A, &B, &A) -> RB + Send + Sync + 'static,
) -> impl Fn(&A) -> Result<B>
where
    A: Tree + Send + Sync + 'static,
    B: Tree + Send + Sync + 'static,
    R: Output<Tree = B>,
    RB: Output<Tree = B>,
{
    let location = Location::caller();
    let (f, rule, parameters) = (Arc::new(f), Arc::new(rule), number());
    let whole = move |x: &A| {
        let inputs = leaves(x);
        if !needs_rules(&inputs) {
            return f(x).into_result();
        }
        let structure: Arc<OnceLock<B>> = Arc::default();
        let (argument, f, known) = (skeleton(x)?, f.clone(), structure.clone());
        let run: Flat = Arc::new(move |x| {
            let y = f(&with_leaves(&argument, x.iter().cloned())?).into_result()?;
            let _ = known.set(skeleton(&y)?);
            Ok(leaves(&y))
        });
        let (argument, rule, known, count) = (skeleton(x)?, rule.clone(), structure.clone(), inputs.len());
        let push: Flat = Arc::new(move |given| {
            let (x, rest) = given.split_at(count);
            let (y, tangents) = rest.split_at(rest.len() - count);
            let tree = |tensors: &[Tensor]| with_leaves(&argument, tensors.iter().cloned());
            let y = with_leaves(known.get().ok_or_else(unrun)?, y.iter().cloned())?;
            Ok(leaves(&rule(&tree(x)?, &y, &tree(tangents)?).into_result()?))
        });
        let prim = Prim::new(CustomJvp { run, push, parameters: parameters.clone() });
        let outs = apply(&prim, &inputs.iter().collect::<Vec<_>>())?;
        with_leaves(structure.get().ok_or_else(unrun)?, outs)
    };
    move |x| whole(x).map_err(|error| error.or_at(location))
}
