//! Derivatives of functions of numbers.

use crate::tape::Recording;
use crate::{Dual, Number, Var};
use core::array;

/// The gradient of `f` at `x`, in one pass forward and one back.
///
/// ```
/// use wengert_scalar::{Number, gradient};
///
/// let g = gradient(|[x, y]| x * y + x.sin(), [0.0, 3.0]);
/// assert_eq!(g, [4.0, 0.0]);
/// ```
pub fn gradient<const N: usize>(f: impl FnOnce([Var; N]) -> Var, x: [f64; N]) -> [f64; N] {
    value_and_gradient(f, x).1
}

/// `f(x)` and the gradient there.
pub fn value_and_gradient<const N: usize>(f: impl FnOnce([Var; N]) -> Var, x: [f64; N]) -> (f64, [f64; N]) {
    let recording = Recording::begin();
    let y = f(x.map(|v| recording.leaf(v)));
    let mut g = [0.0; N];
    recording.sweep(y, &mut g);
    (y.value(), g)
}

/// `f(x)` and the gradient there, for a number of variables that is known only at run time.
///
/// ```
/// use wengert_scalar::{Number, Var, value_and_gradient_slice};
///
/// let norm = |x: &[Var]| x.iter().fold(Var::lit(0.0), |s, v| s + v.square()).sqrt();
/// let (y, g) = value_and_gradient_slice(norm, &[3.0, 4.0]);
/// assert!(y == 5.0 && (g[0] - 0.6).abs() < 1e-15 && (g[1] - 0.8).abs() < 1e-15);
/// ```
pub fn value_and_gradient_slice(f: impl FnOnce(&[Var]) -> Var, x: &[f64]) -> (f64, Vec<f64>) {
    let recording = Recording::begin();
    let leaves: Vec<Var> = x.iter().map(|&v| recording.leaf(v)).collect();
    let y = f(&leaves);
    let mut g = vec![0.0; x.len()];
    recording.sweep(y, &mut g);
    (y.value(), g)
}

/// f′(x) of a function of one variable, forward.
///
/// ```
/// use wengert_scalar::{Number, derivative};
/// assert_eq!(derivative(|x| x * x.exp(), 0.0), 1.0);
/// ```
///
/// A derivative inside another one is taken at a point that is itself a [`Dual`], which gives the inner variable a type of
/// its own; what comes from outside enters as [`Dual::constant`]. (Two separate `derivative`s over plain `f64` have
/// variables of the same type, and one must not be used inside the other.)
///
/// ```
/// use wengert_scalar::{Dual, Number, derivative};
/// // d/dx x·(d/dy (x + y)) is 1
/// assert_eq!(derivative(|x| x * derivative(|y| Dual::constant(x) + y, Dual::lit(1.0)), 1.0), 1.0);
/// ```
pub fn derivative<R: Number>(f: impl FnOnce(Dual<R, 1>) -> Dual<R, 1>, x: R) -> R {
    f(Dual::variable(x, 0)).tangent[0]
}

/// `f(x)` and the derivative there in the direction `v`, forward.
pub fn directional<const N: usize>(
    f: impl FnOnce([Dual<f64, 1>; N]) -> Dual<f64, 1>,
    x: [f64; N],
    v: [f64; N],
) -> (f64, f64) {
    let y = f(array::from_fn(|i| Dual::new(x[i], [v[i]])));
    (y.value, y.tangent[0])
}

/// The Jacobian of `f` at `x`, one row for each result, in one pass forward with N tangents.
///
/// ```
/// use wengert_scalar::{Number, jacobian};
/// assert_eq!(jacobian(|[x, y]| [x, x * y, y.square()], [2.0, 3.0]), [[1.0, 0.0], [3.0, 2.0], [0.0, 6.0]]);
/// ```
pub fn jacobian<const N: usize, const M: usize>(
    f: impl FnOnce([Dual<f64, N>; N]) -> [Dual<f64, N>; M],
    x: [f64; N],
) -> [[f64; N]; M] {
    f(array::from_fn(|i| Dual::variable(x[i], i))).map(|y| y.tangent)
}

/// The Jacobian of `f` at `x`, in one pass forward and one back for each result: for many inputs and few results.
pub fn jacobian_reverse<const N: usize, const M: usize>(
    f: impl FnOnce([Var; N]) -> [Var; M],
    x: [f64; N],
) -> [[f64; N]; M] {
    let recording = Recording::begin();
    f(x.map(|v| recording.leaf(v))).map(|y| {
        let mut row = [0.0; N];
        recording.sweep(y, &mut row);
        row
    })
}

/// The Hessian of `f` at `x`, forward over forward, one pass for each column.
///
/// ```
/// use wengert_scalar::{Number, hessian};
/// assert_eq!(hessian(|[x, y]| x.square() * y, [1.0, 5.0]), [[10.0, 2.0], [2.0, 0.0]]);
/// ```
pub fn hessian<const N: usize>(
    f: impl Fn([Dual<Dual<f64, N>, 1>; N]) -> Dual<Dual<f64, N>, 1>,
    x: [f64; N],
) -> [[f64; N]; N] {
    array::from_fn(|j| {
        let seed = |i: usize| Dual::lit(if i == j { 1.0 } else { 0.0 });
        f(array::from_fn(|i| Dual::new(Dual::variable(x[i], i), [seed(i)]))).tangent[0].tangent
    })
}

/// The Hessian of `f` at `x` times `v`, forward over reverse: one pass forward and one back, whatever the number of variables.
///
/// ```
/// use wengert_scalar::{Number, hessian_vector_product};
/// assert_eq!(hessian_vector_product(|[x, y]| x.square() * y, [1.0, 5.0], [1.0, 0.0]), [10.0, 2.0]);
/// ```
pub fn hessian_vector_product<const N: usize>(
    f: impl FnOnce([Dual<Var, 1>; N]) -> Dual<Var, 1>,
    x: [f64; N],
    v: [f64; N],
) -> [f64; N] {
    let recording = Recording::begin();
    let leaves = x.map(|value| recording.leaf(value));
    let y = f(array::from_fn(|i| Dual::new(leaves[i], [Var::constant(v[i])])));
    let mut product = [0.0; N];
    recording.sweep(y.tangent[0], &mut product);
    product
}
