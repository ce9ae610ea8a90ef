//! The derivative at one point as a function: `linearize`.

use super::{Output, expect, try_vjp};
use crate::error::Result;
use crate::tree::Tree;

/// The results of a function, and its derivative at `x` as a function from tangents of the arguments to tangents
/// of the results. `f` runs once; the derivative can then be applied to many tangents, each time at the cost of
/// the linear part alone.
///
/// ```
/// use wengert::prelude::*;
/// use wengert::transforms::linearize;
/// let (y, push) = linearize(|x: &Tensor| x.sin(), &Tensor::from(0.0));
/// assert_eq!(y.item(), 0.0);
/// assert_eq!(push(&Tensor::from(2.0)).item(), 2.0);
/// assert_eq!(push(&Tensor::from(3.0)).item(), 3.0);
/// ```
///
/// # Panics
/// Where [`try_linearize`] returns an error.
#[track_caller]
pub fn linearize<A: Tree, R: Output, F: Fn(&A) -> R>(f: F, x: &A) -> (R::Tree, impl Fn(&A) -> R::Tree + use<A, R, F>) {
    let (y, push) = expect(try_linearize(f, x));
    (y, move |tangent: &A| expect(push(tangent)))
}

/// [`linearize`], returning errors.
///
/// # Errors
/// Those of `f`; the function returns one if a tangent's shape is not that of its argument.
#[track_caller]
pub fn try_linearize<A: Tree, R: Output, F: Fn(&A) -> R>(
    f: F,
    x: &A,
) -> Result<(R::Tree, impl Fn(&A) -> Result<R::Tree> + use<A, R, F>)> {
    let (y, pullback) = try_vjp(f, x)?;
    // The pullback is linear: pulling back through it is pushing forward.
    let zeros = y.try_map(&mut |leaf| Ok(leaf.zeros_like()))?;
    let (_, push) = try_vjp(|cotangents: &R::Tree| pullback.try_call(cotangents), &zeros)?;
    Ok((y, move |tangent: &A| push.try_call(tangent)))
}
