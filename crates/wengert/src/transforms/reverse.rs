//! Reverse mode: `grad`, `value_and_grad`, `vjp`.

use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use wengert_array::Shape;

use super::{Output, expect};
use crate::apply::Blame;
use crate::autograd::collect;
use crate::backward::Sweep;
use crate::error::{Error, ErrorKind, Result};
use crate::interpreters::reverse;
use crate::level::{Level, LevelGuard};
use crate::node::Node;
use crate::tensor::Tensor;
use crate::tree::{Tree, leaves, with_leaves};

/// The arguments of a function, each as a leaf of a level of its own.
struct Leaves<A> {
    arguments: A,
    nodes: Vec<Option<Arc<Node>>>,
}

fn enter<A: Tree>(level: Level, arguments: &A) -> Result<Leaves<A>> {
    let location = Location::caller();
    let mut nodes = Vec::new();
    let arguments = arguments.try_map(&mut |argument| {
        if !argument.dtype().is_float() {
            nodes.push(None);
            return Ok(argument.clone());
        }
        let leaf = reverse::leaf(level, argument.clone(), location);
        nodes.push(reverse::unwrap(level, &leaf).source.map(|(node, ..)| node.clone()));
        Ok(leaf)
    })?;
    Ok(Leaves { arguments, nodes })
}

/// The cotangents at `nodes`, in the structure of `like`; zeros where the results do not depend on it.
fn pull_back<A: Tree>(
    like: &A,
    nodes: &[Option<Arc<Node>>],
    seeds: Vec<(&Arc<Node>, u32, Tensor)>,
    retain: bool,
) -> Result<A> {
    let sources: Vec<(&Arc<Node>, u32)> = nodes.iter().flatten().map(|node| (node, 0)).collect();
    let mut found = collect(Sweep { retain, ..Sweep::default() }, seeds, &sources)?.into_iter();
    let originals = leaves(like);
    let filled = nodes.iter().zip(&originals).map(|(node, original)| {
        let cotangent = node.as_ref().and_then(|_| found.next().flatten());
        cotangent.unwrap_or_else(|| original.zeros_like())
    });
    with_leaves(like, filled)
}

fn scalar(name: &'static str, value: &Tensor) -> Result<()> {
    if !value.dtype().is_float() {
        return Err(Error::argument(
            name,
            format!("the function returned dtype {}: its result must be floating to have a gradient", value.dtype()),
        ));
    }
    if value.len() != 1 {
        return Err(Error::argument(
            name,
            format!(
                "the function returned a tensor of shape {}, but a gradient is that of a scalar: reduce it (`.sum()`), \
                 or use `jacobian` or `vjp`",
                Shape::from(value.shape())
            ),
        ));
    }
    Ok(())
}

fn value_and_grad_of<A: Tree, R: Output<Tree = (Tensor, X)>, X: Tree>(
    f: impl Fn(&A) -> R,
    x: &A,
    name: &'static str,
) -> Result<(Tensor, A, X)> {
    let guard = LevelGuard::enter();
    let level = guard.level();
    let entered = enter(level, x)?;
    let lifted = Blame::lifted();
    let (value, aux) = f(&entered.arguments).into_result()?;
    drop(lifted);
    scalar(name, &value)?;
    let view = reverse::unwrap(level, &value);
    let seeds = match view.source {
        Some((node, output, _)) => vec![(node, output, view.primal.ones_like())],
        None => Vec::new(),
    };
    let gradient = pull_back(x, &entered.nodes, seeds, false)?;
    let aux = aux.try_map(&mut |leaf| Ok(reverse::unwrap(level, leaf).primal.clone()))?;
    Ok((view.primal.clone(), gradient, aux))
}

/// The gradient of a scalar function, as a function.
///
/// ```
/// use wengert::prelude::*;
/// let df = grad(|x: &Tensor| x.sin().square().sum());
/// let g = df(&Tensor::from([0.0, 1.0]));
/// assert!((g.to_vec::<f64>()[1] - 2.0_f64.sin()).abs() < 1e-15);
///
/// // Twice:
/// let d2f = grad(grad(|x: &Tensor| x.powi(3)));
/// assert_eq!(d2f(&Tensor::from(2.0)).item(), 12.0);
/// ```
///
/// # Panics
/// The returned function panics where that of [`try_grad`] returns an error.
#[track_caller]
pub fn grad<A: Tree, R: Output<Tree = Tensor>>(f: impl Fn(&A) -> R) -> impl Fn(&A) -> A {
    let f = try_grad(f);
    move |x| expect(f(x))
}

/// [`grad`], returning errors.
#[track_caller]
pub fn try_grad<A: Tree, R: Output<Tree = Tensor>>(f: impl Fn(&A) -> R) -> impl Fn(&A) -> Result<A> {
    let f = try_value_and_grad(f);
    move |x| Ok(f(x)?.1)
}

/// The value and the gradient of a scalar function, as a function.
///
/// ```
/// use wengert::prelude::*;
/// let f = |(w, b): &(Tensor, Tensor)| (w * 3.0 + b).square();
/// let (loss, (dw, db)) = value_and_grad(f)(&(Tensor::from(1.0), Tensor::from(2.0)));
/// assert_eq!((loss.item(), dw.item(), db.item()), (25.0, 30.0, 10.0));
/// ```
///
/// # Panics
/// The returned function panics where that of [`try_value_and_grad`] returns an error.
#[track_caller]
pub fn value_and_grad<A: Tree, R: Output<Tree = Tensor>>(f: impl Fn(&A) -> R) -> impl Fn(&A) -> (Tensor, A) {
    let f = try_value_and_grad(f);
    move |x| expect(f(x))
}

/// [`value_and_grad`], returning errors: those of `f`, and if its result is not a floating scalar.
#[track_caller]
pub fn try_value_and_grad<A: Tree, R: Output<Tree = Tensor>>(
    f: impl Fn(&A) -> R,
) -> impl Fn(&A) -> Result<(Tensor, A)> {
    let location = Location::caller();
    move |x| match value_and_grad_of(|x| f(x).into_result().map(|value| (value, ())), x, "grad") {
        Ok((value, gradient, ())) => Ok((value, gradient)),
        Err(error) => Err(error.or_at(location)),
    }
}

/// The gradient of the first result of a function, and its other results untouched, as a function.
///
/// ```
/// use wengert::prelude::*;
/// use wengert::transforms::grad_with_aux;
/// let f = |x: &Tensor| (x.square().sum(), x * 10.0);
/// let (g, scaled) = grad_with_aux(f)(&Tensor::from([1.0, 2.0]));
/// assert_eq!(g.to_vec::<f64>(), [2.0, 4.0]);
/// assert_eq!(scaled.to_vec::<f64>(), [10.0, 20.0]);
/// ```
///
/// # Panics
/// The returned function panics where that of [`try_grad_with_aux`] returns an error.
#[track_caller]
pub fn grad_with_aux<A: Tree, R: Output<Tree = (Tensor, X)>, X: Tree>(f: impl Fn(&A) -> R) -> impl Fn(&A) -> (A, X) {
    let f = try_grad_with_aux(f);
    move |x| expect(f(x))
}

/// [`grad_with_aux`], returning errors.
#[track_caller]
pub fn try_grad_with_aux<A: Tree, R: Output<Tree = (Tensor, X)>, X: Tree>(
    f: impl Fn(&A) -> R,
) -> impl Fn(&A) -> Result<(A, X)> {
    let location = Location::caller();
    move |x| match value_and_grad_of(&f, x, "grad_with_aux") {
        Ok((_, gradient, aux)) => Ok((gradient, aux)),
        Err(error) => Err(error.or_at(location)),
    }
}

/// The reverse half of a [`vjp`]: takes cotangents of the results to cotangents of the arguments, as
/// often as it is called. It holds the graph of the forward half.
pub struct Pullback<A, B> {
    arguments: A,
    results: B,
    nodes: Vec<Option<Arc<Node>>>,
    level: Level,
    marker: PhantomData<fn(&B) -> A>,
}

impl<A: Tree, B: Tree> Pullback<A, B> {
    /// The cotangents of the arguments.
    ///
    /// # Panics
    /// If the cotangents' shapes are not those of the results; [`Pullback::try_call`] returns the error.
    #[track_caller]
    #[must_use]
    pub fn call(&self, cotangents: &B) -> A {
        expect(self.try_call(cotangents))
    }

    /// The cotangents of the arguments.
    ///
    /// # Errors
    /// If the cotangents' shapes are not those of the results.
    #[track_caller]
    pub fn try_call(&self, cotangents: &B) -> Result<A> {
        let results = leaves(&self.results);
        let cotangents = leaves(cotangents);
        if results.len() != cotangents.len() {
            return Err(Error::argument(
                "vjp",
                format!("got {} cotangents for {} results: give one for each", cotangents.len(), results.len()),
            )
            .or_at(Location::caller()));
        }
        let mut seeds = Vec::new();
        for (result, cotangent) in results.iter().zip(cotangents) {
            if result.shape() != cotangent.shape() {
                return Err(Error::from(ErrorKind::Cotangent {
                    op: "vjp",
                    what: "cotangent",
                    got: Shape::from(cotangent.shape()).to_string(),
                    expected: Shape::from(result.shape()).to_string(),
                })
                .or_at(Location::caller()));
            }
            if let Some((node, output, _)) = reverse::unwrap(self.level, result).source {
                seeds.push((node, output, cotangent.try_to_dtype(result.dtype())?));
            }
        }
        pull_back(&self.arguments, &self.nodes, seeds, true)
    }
}

/// What [`vjp`] gives for a function from `A` to `R`: its results and their pullback.
pub type Pulled<A, R> = (<R as Output>::Tree, Pullback<A, <R as Output>::Tree>);

/// The results of a function, and the [`Pullback`] that takes their cotangents to those of its
/// arguments: a vector-Jacobian product.
///
/// ```
/// use wengert::prelude::*;
/// let (y, pullback) = vjp(|x: &Tensor| x.square(), &Tensor::from([1.0, 2.0]));
/// assert_eq!(y.to_vec::<f64>(), [1.0, 4.0]);
/// assert_eq!(pullback.call(&Tensor::from([1.0, 10.0])).to_vec::<f64>(), [2.0, 40.0]);
/// ```
///
/// # Panics
/// Where [`try_vjp`] returns an error.
#[track_caller]
pub fn vjp<A: Tree, R: Output>(f: impl Fn(&A) -> R, x: &A) -> Pulled<A, R> {
    expect(try_vjp(f, x))
}

/// [`vjp`], returning errors.
///
/// # Errors
/// Those of `f`.
pub fn try_vjp<A: Tree, R: Output>(f: impl Fn(&A) -> R, x: &A) -> Result<Pulled<A, R>> {
    let guard = LevelGuard::enter();
    let level = guard.level();
    let entered = enter(level, x)?;
    let lifted = Blame::lifted();
    let results = f(&entered.arguments).into_result()?;
    drop(lifted);
    let primals = results.try_map(&mut |leaf| Ok(reverse::unwrap(level, leaf).primal.clone()))?;
    let arguments = x.try_map(&mut |leaf| Ok(leaf.clone()))?;
    Ok((primals, Pullback { arguments, results, nodes: entered.nodes, level, marker: PhantomData }))
}
