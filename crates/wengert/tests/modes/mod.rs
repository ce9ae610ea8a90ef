//! Checks every mode of differentiation of a smooth function against differences of its values.

use wengert::prelude::*;
use wengert::transforms::{jacfwd, jacrev};

/// Forward and reverse Jacobians, forward-over-reverse and reverse-over-reverse Hessians, batches along every axis, batches
/// of gradients, and the traced program, all of `f` at `x`.
#[track_caller]
pub fn check(f: impl Fn(&Tensor) -> Tensor, x: &Tensor) {
    let slopes = differences(&f, x);
    close(&jacrev(&f)(x).to_vec::<f64>(), &slopes, "reverse Jacobian");
    close(&jacfwd(&f)(x).to_vec::<f64>(), &slopes, "forward Jacobian");

    // A scalar that weights every result differently.
    let weights = spread(f(x).shape());
    let scalar = |x: &Tensor| (f(x) * &weights).sum();
    let curvature = differences(&grad(scalar), x);
    close(&hessian(scalar)(x).to_vec::<f64>(), &curvature, "Hessian");
    close(&jacrev(grad(scalar))(x).to_vec::<f64>(), &curvature, "reverse over reverse");
    close(&jacfwd(jacfwd(scalar))(x).to_vec::<f64>(), &curvature, "forward over forward");

    let elements = [x.clone(), x * 0.5 + 0.25, x * -0.75];
    let references: Vec<&Tensor> = elements.iter().collect();
    let values: Vec<Tensor> = elements.iter().map(&f).collect();
    let gradients: Vec<Tensor> = elements.iter().map(grad(scalar)).collect();
    for axis in 0..=x.ndim() {
        let batch = Tensor::stack(&references, axis as isize);
        let got = vmap(&f, axis as i32)(&batch);
        let want = Tensor::stack(&values.iter().collect::<Vec<_>>(), 0);
        assert_eq!(got.shape(), want.shape(), "shape of a batch along axis {axis}");
        close(&got.to_vec::<f64>(), &want.to_vec::<f64>(), "batch");
        let got = vmap(grad(scalar), axis as i32)(&batch);
        let want = Tensor::stack(&gradients.iter().collect::<Vec<_>>(), 0);
        close(&got.to_vec::<f64>(), &want.to_vec::<f64>(), "batch of gradients");
    }

    let program = trace(&f, x).expect("traces");
    close(&program.run(&[x]).expect("runs")[0].to_vec::<f64>(), &f(x).to_vec::<f64>(), "program");
}

/// The Jacobian by five-point differences, whose error is of the order of the step's fourth power.
fn differences(f: &impl Fn(&Tensor) -> Tensor, x: &Tensor) -> Vec<f64> {
    let (at, columns, step) = (x.to_vec::<f64>(), x.len(), 1e-3);
    let rows = f(x).len();
    let mut jacobian = vec![0.0; rows * columns];
    for j in 0..columns {
        let moved = |by: f64| {
            let mut at = at.clone();
            at[j] += by * step;
            f(&Tensor::from_vec(at, x.shape())).to_vec::<f64>()
        };
        let near = moved(1.0).into_iter().zip(moved(-1.0)).map(|(up, down)| up - down);
        let far = moved(2.0).into_iter().zip(moved(-2.0)).map(|(up, down)| up - down);
        for (i, (near, far)) in near.zip(far).enumerate() {
            jacobian[i * columns + j] = (8.0 * near - far) / (12.0 * step);
        }
    }
    jacobian
}

#[track_caller]
pub fn close(got: &[f64], want: &[f64], what: &str) {
    assert_eq!(got.len(), want.len(), "{what}: number of elements");
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        let same = g == w || (g - w).abs() <= 1e-8 * (1.0 + w.abs());
        assert!(same, "{what}: element {i} is {g}, not {w}\n got {got:?}\nwant {want:?}");
    }
}

/// Irregular numbers between −1.5 and 1.5, no two alike, none near 0.
pub fn spread(shape: impl Into<wengert::Shape>) -> Tensor {
    let shape = shape.into();
    let n: usize = shape.iter().product();
    let element = |i: usize| {
        let v = ((i as f64 + 1.0) * 0.618_033_988_749_895).fract() * 2.6 - 1.3;
        v + 0.2 * v.signum()
    };
    Tensor::from_vec((0..n).map(element).collect::<Vec<f64>>(), shape)
}
