//! Checks the rules of an operation that is linear in its argument against its values alone.

use wengert::prelude::*;
use wengert::transforms::{jacfwd, jacrev};

/// Every rule of `f`, which must be linear (or affine) in `x`: forward and reverse Jacobians, a second derivative, batches
/// along every axis, the gradient of a batch, and the traced program.
#[track_caller]
pub fn check(f: impl Fn(&Tensor) -> Tensor, x: &Tensor) {
    let jacobian = differences(&f, x);
    let (rows, columns) = (f(x).len(), x.len());
    close(&jacrev(&f)(x).to_vec::<f64>(), &jacobian, "reverse Jacobian");
    close(&jacfwd(&f)(x).to_vec::<f64>(), &jacobian, "forward Jacobian");

    // Of the sum of squares of an affine function, the Hessian is twice the product of the Jacobian with itself.
    let square = |x: &Tensor| {
        let y = f(x);
        (&y * &y).sum()
    };
    let mut product = vec![0.0; columns * columns];
    for i in 0..columns {
        for j in 0..columns {
            product[i * columns + j] =
                (0..rows).map(|r| 2.0 * jacobian[r * columns + i] * jacobian[r * columns + j]).sum();
        }
    }
    close(&hessian(square)(x).to_vec::<f64>(), &product, "Hessian of the sum of squares");

    let elements = [x.clone(), x * 0.5 + 1.0, x * -2.0];
    let references: Vec<&Tensor> = elements.iter().collect();
    let values: Vec<Tensor> = elements.iter().map(&f).collect();
    let gradients: Vec<Tensor> = elements.iter().map(grad(square)).collect();
    for axis in 0..=x.ndim() {
        let batch = Tensor::stack(&references, axis as isize);
        let got = vmap(&f, axis as i32)(&batch);
        let want = Tensor::stack(&values.iter().collect::<Vec<_>>(), 0);
        assert_eq!(got.shape(), want.shape(), "shape of a batch along axis {axis}");
        close(&got.to_vec::<f64>(), &want.to_vec::<f64>(), "batch");
        let got = vmap(grad(square), axis as i32)(&batch);
        let want = Tensor::stack(&gradients.iter().collect::<Vec<_>>(), 0);
        close(&got.to_vec::<f64>(), &want.to_vec::<f64>(), "batch of gradients");
    }

    let program = trace(&f, x).expect("traces");
    close(&program.run(&[x]).expect("runs")[0].to_vec::<f64>(), &f(x).to_vec::<f64>(), "program");
}

/// The Jacobian from differences of values.
fn differences(f: &impl Fn(&Tensor) -> Tensor, x: &Tensor) -> Vec<f64> {
    let (at, columns) = (x.to_vec::<f64>(), x.len());
    let rows = f(x).len();
    let mut jacobian = vec![0.0; rows * columns];
    for j in 0..columns {
        let moved = |by: f64| {
            let mut at = at.clone();
            at[j] += by;
            f(&Tensor::from_vec(at, x.shape())).to_vec::<f64>()
        };
        for (i, (up, down)) in moved(0.5).iter().zip(moved(-0.5)).enumerate() {
            jacobian[i * columns + j] = up - down;
        }
    }
    jacobian
}

#[track_caller]
pub fn close(got: &[f64], want: &[f64], what: &str) {
    assert_eq!(got.len(), want.len(), "{what}: number of elements");
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        assert!(
            (g - w).abs() <= 1e-9 * (1.0 + w.abs()),
            "{what}: element {i} is {g}, not {w}\n got {got:?}\nwant {want:?}"
        );
    }
}

/// `0.3, 1.4, 2.5, …` in a shape: no two elements alike.
pub fn ramp(shape: impl Into<wengert::Shape>) -> Tensor {
    let shape = shape.into();
    let elements = (0..shape.iter().product()).map(|i: usize| 0.3 + 1.1 * i as f64).collect::<Vec<f64>>();
    Tensor::from_vec(elements, shape)
}
