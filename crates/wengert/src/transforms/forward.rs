//! Forward mode: `jvp`.

use std::panic::Location;

use wengert_array::Shape;

use super::{Output, expect};
use crate::apply::Blame;
use crate::error::{Error, ErrorKind, Result};
use crate::interpreters::forward;
use crate::level::LevelGuard;
use crate::tree::{Tree, leaves};

/// The results of a function and their tangents, from arguments and theirs: a Jacobian-vector product.
///
/// ```
/// use wengert::prelude::*;
/// let (y, dy) = jvp(|x: &Tensor| x.square(), &Tensor::from(3.0), &Tensor::from(1.0));
/// assert_eq!((y.item(), dy.item()), (9.0, 6.0));
/// ```
///
/// # Panics
/// Where [`try_jvp`] returns an error.
#[track_caller]
pub fn jvp<A: Tree, R: Output>(f: impl Fn(&A) -> R, x: &A, tangent: &A) -> (R::Tree, R::Tree) {
    expect(try_jvp(f, x, tangent))
}

/// [`jvp`], returning errors.
///
/// # Errors
/// Those of `f`, and if a tangent's shape is not that of its argument.
#[track_caller]
pub fn try_jvp<A: Tree, R: Output>(f: impl Fn(&A) -> R, x: &A, tangent: &A) -> Result<(R::Tree, R::Tree)> {
    let location = Location::caller();
    push_forward(f, x, tangent).map_err(|error| error.or_at(location))
}

fn push_forward<A: Tree, R: Output>(f: impl Fn(&A) -> R, x: &A, tangent: &A) -> Result<(R::Tree, R::Tree)> {
    let guard = LevelGuard::enter();
    let level = guard.level();
    let tangents = leaves(tangent);
    let mut next = tangents.iter();
    let mut taken = 0;
    let entered = x.try_map(&mut |primal| {
        taken += 1;
        let Some(tangent) = next.next() else {
            return Err(Error::argument(
                "jvp",
                format!("got {} tangents, fewer than there are arguments", tangents.len()),
            ));
        };
        if !primal.dtype().is_float() {
            return Ok(primal.clone());
        }
        if tangent.shape() != primal.shape() {
            return Err(ErrorKind::Cotangent {
                op: "jvp",
                what: "tangent",
                got: Shape::from(tangent.shape()).to_string(),
                expected: Shape::from(primal.shape()).to_string(),
            }
            .into());
        }
        Ok(forward::wrap(level, primal.clone(), tangent.try_to_dtype(primal.dtype())?))
    })?;
    if taken != tangents.len() {
        return Err(Error::argument(
            "jvp",
            format!("got {} tangents for {taken} arguments: give one for each", tangents.len()),
        ));
    }
    let lifted = Blame::lifted();
    let results = f(&entered).into_result()?;
    drop(lifted);
    let primals = results.try_map(&mut |leaf| Ok(forward::unwrap(level, leaf).0.clone()))?;
    let pushed = results.try_map(&mut |leaf| match forward::unwrap(level, leaf) {
        (_, Some(tangent)) => Ok(tangent.clone()),
        (primal, None) => Ok(primal.zeros_like()),
    })?;
    Ok((primals, pushed))
}
