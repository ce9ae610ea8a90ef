//! Jacobians and Hessians: products with a whole basis, batched.

use std::panic::Location;

use wengert_array::{Array, Shape};

use super::{Output, expect, try_grad, try_jvp, try_vjp, try_vmap, try_vmap_axes};
use crate::error::{Error, Result};
use crate::tensor::Tensor;
use crate::tree::{Tree, leaves, with_leaves};

/// The unit vectors of a tensor's space, along a new first axis.
pub(crate) fn basis(like: &Tensor) -> Result<Tensor> {
    let count = like.len();
    let mut shape = Shape::from(like.shape());
    shape.insert(0, count);
    let eye = Tensor::from(Array::try_eye(count, count, 0, like.dtype())?);
    eye.try_reshape(&shape.iter().map(|&n| n as isize).collect::<Vec<_>>()[..])
}

/// `like` with zeros everywhere but for the tensor at `place`.
fn only<T: Tree>(like: &[Tensor], tree: &T, place: usize, tensor: &Tensor) -> Result<T> {
    let parts = like.iter().enumerate().map(|(i, leaf)| if i == place { tensor.clone() } else { leaf.zeros_like() });
    with_leaves(tree, parts.collect::<Vec<_>>())
}

fn floating(name: &'static str, results: &[Tensor]) -> Result<()> {
    match results.iter().find(|result| !result.dtype().is_float()) {
        Some(result) => Err(Error::argument(
            name,
            format!("the function returned dtype {}: its results must be floating to have a Jacobian", result.dtype()),
        )),
        None => Ok(()),
    }
}

/// The Jacobian of a function by reverse mode, one batched pullback for each result: best where there
/// are fewer results than arguments. For a function of one tensor to one tensor it has the shape of
/// the result followed by that of the argument; for trees it is nested, results outside.
///
/// ```
/// use wengert::prelude::*;
/// let f = |x: &Tensor| Tensor::stack(&[&x.i(0), &(x.i(0) * x.i(1))], 0);
/// let j = jacrev(f)(&Tensor::from([2.0, 3.0]));
/// assert_eq!(j.to_vec::<f64>(), [1.0, 0.0, 3.0, 2.0]);
/// ```
///
/// # Panics
/// The returned function panics where that of [`try_jacrev`] returns an error.
#[track_caller]
pub fn jacrev<A: Tree + Clone, R: Output>(f: impl Fn(&A) -> R) -> impl Fn(&A) -> <R::Tree as Tree>::Nest<A> {
    let f = try_jacrev(f);
    move |x| expect(f(x))
}

/// [`jacrev`], returning errors.
#[track_caller]
pub fn try_jacrev<A: Tree + Clone, R: Output>(
    f: impl Fn(&A) -> R,
) -> impl Fn(&A) -> Result<<R::Tree as Tree>::Nest<A>> {
    let location = Location::caller();
    let whole = move |x: &A| {
        let (results, pullback) = try_vjp(&f, x)?;
        let outs = leaves(&results);
        floating("jacrev", &outs)?;
        let mut place = 0;
        results.nest(&mut |result| {
            let k = place;
            place += 1;
            let rows = try_vmap(|row: &Tensor| pullback.try_call(&only(&outs, &results, k, row)?), 0)(&basis(result)?)?;
            let mut inputs = leaves(x).into_iter();
            rows.try_map(&mut |row| {
                let input = inputs.next().ok_or_else(|| Error::argument("jacrev", "lost an argument"))?;
                row.try_reshape(&joined(result.shape(), input.shape())[..])
            })
        })
    };
    move |x| whole(x).map_err(|error| error.or_at(location))
}

pub(crate) fn joined(a: &[usize], b: &[usize]) -> Vec<isize> {
    a.iter().chain(b).map(|&n| n as isize).collect()
}

/// The Jacobian of a function by forward mode, one batched product for each argument: best where there
/// are fewer arguments than results. Its structure is that of [`jacrev`].
///
/// ```
/// use wengert::prelude::*;
/// let j = jacfwd(|x: &Tensor| x.square())(&Tensor::from([1.0, 2.0]));
/// assert_eq!(j.to_vec::<f64>(), [2.0, 0.0, 0.0, 4.0]);
/// ```
///
/// # Panics
/// The returned function panics where that of [`try_jacfwd`] returns an error.
#[track_caller]
pub fn jacfwd<A: Tree + Clone, R: Output>(f: impl Fn(&A) -> R) -> impl Fn(&A) -> <R::Tree as Tree>::Nest<A> {
    let f = try_jacfwd(f);
    move |x| expect(f(x))
}

/// [`jacfwd`], returning errors.
#[track_caller]
pub fn try_jacfwd<A: Tree + Clone, R: Output>(
    f: impl Fn(&A) -> R,
) -> impl Fn(&A) -> Result<<R::Tree as Tree>::Nest<A>> {
    let location = Location::caller();
    let whole = move |x: &A| {
        let inputs = leaves(x);
        // columns[i][k]: the derivative of result k with respect to argument i.
        let mut columns: Vec<Vec<Tensor>> = Vec::with_capacity(inputs.len());
        for (i, input) in inputs.iter().enumerate() {
            let push = |column: &Tensor| -> Result<R::Tree> { Ok(try_jvp(&f, x, &only(&inputs, x, i, column)?)?.1) };
            if !input.dtype().is_float() {
                columns.push(Vec::new());
                continue;
            }
            let pushed = try_vmap_axes(push, 0, -1)(&basis(input)?)?;
            let mut column = Vec::new();
            for tangent in leaves(&pushed) {
                let out = &tangent.shape()[..tangent.ndim() - 1];
                column.push(tangent.try_reshape(&joined(out, input.shape())[..])?);
            }
            columns.push(column);
        }
        let results = f(x).into_result()?;
        floating("jacfwd", &leaves(&results))?;
        let mut place = 0;
        results.nest(&mut |result| {
            let k = place;
            place += 1;
            let parts = columns.iter().zip(&inputs).map(|(column, input)| match column.get(k) {
                Some(part) => Ok(part.clone()),
                None => Ok(Tensor::from(Array::zeros(
                    Shape::from(
                        &joined(result.shape(), input.shape()).iter().map(|&n| n as usize).collect::<Vec<_>>()[..],
                    ),
                    result.dtype(),
                ))),
            });
            with_leaves(x, parts.collect::<Result<Vec<_>>>()?)
        })
    };
    move |x| whole(x).map_err(|error| error.or_at(location))
}

/// The Jacobian of a function, by reverse mode: another name of [`jacrev`].
///
/// # Panics
/// The returned function panics where that of [`try_jacrev`] returns an error.
#[track_caller]
pub fn jacobian<A: Tree + Clone, R: Output>(f: impl Fn(&A) -> R) -> impl Fn(&A) -> <R::Tree as Tree>::Nest<A> {
    jacrev(f)
}

/// [`jacobian`], returning errors: another name of [`try_jacrev`].
pub fn try_jacobian<A: Tree + Clone, R: Output>(
    f: impl Fn(&A) -> R,
) -> impl Fn(&A) -> Result<<R::Tree as Tree>::Nest<A>> {
    try_jacrev(f)
}

/// The Hessian of a scalar function, forward over reverse. For a function of one tensor it has the
/// argument's shape twice; for a tree it is nested, `h.0.1` being the mixed derivative.
///
/// ```
/// use wengert::prelude::*;
/// let f = |x: &Tensor| x.i(0).powi(2) + x.i(0) * x.i(1);
/// let h = hessian(f)(&Tensor::from([1.0, 2.0]));
/// assert_eq!(h.to_vec::<f64>(), [2.0, 1.0, 1.0, 0.0]);
/// ```
///
/// # Panics
/// The returned function panics where that of [`try_hessian`] returns an error.
#[track_caller]
pub fn hessian<A: Tree + Clone, R: Output<Tree = Tensor>>(f: impl Fn(&A) -> R) -> impl Fn(&A) -> A::Nest<A> {
    let f = try_hessian(f);
    move |x| expect(f(x))
}

/// [`hessian`], returning errors.
#[track_caller]
pub fn try_hessian<A: Tree + Clone, R: Output<Tree = Tensor>>(
    f: impl Fn(&A) -> R,
) -> impl Fn(&A) -> Result<A::Nest<A>> {
    try_jacfwd(try_grad(f))
}

/// The product of the Hessian of a scalar function with a vector, without forming the Hessian.
///
/// ```
/// use wengert::prelude::*;
/// let f = |x: &Tensor| x.powi(3).sum();
/// let hv = hvp(f, &Tensor::from([1.0, 2.0]), &Tensor::from([1.0, 1.0]));
/// assert_eq!(hv.to_vec::<f64>(), [6.0, 12.0]);
/// ```
///
/// # Panics
/// Where [`try_hvp`] returns an error.
#[track_caller]
pub fn hvp<A: Tree, R: Output<Tree = Tensor>>(f: impl Fn(&A) -> R, x: &A, v: &A) -> A {
    expect(try_hvp(f, x, v))
}

/// [`hvp`], returning errors.
///
/// # Errors
/// Those of `f`, and if `v` is not of the shape of `x`.
#[track_caller]
pub fn try_hvp<A: Tree, R: Output<Tree = Tensor>>(f: impl Fn(&A) -> R, x: &A, v: &A) -> Result<A> {
    Ok(try_jvp(try_grad(f), x, v)?.1)
}
