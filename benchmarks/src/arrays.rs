//! Arrays: elementwise, products, losses.

use wengert::prelude::*;
use wengert::random::Generator;
use wengert::{Element, autograd};

use crate::measure::Options;

fn line<T: Element>(n: usize) -> Tensor {
    Tensor::linspace(-2.0, 2.0, n).to_dtype(T::DTYPE)
}

fn elementwise<T: Element>(options: &Options, sizes: &[usize], f: impl Fn(&Tensor) -> Tensor) {
    for size in options.sizes(sizes) {
        let x = line::<T>(size).requires_grad();
        options.time(size, 1, "", || autograd::grad(&f(&x).sum(), &x));
    }
}

pub fn sin_square<T: Element>(options: &Options) {
    elementwise::<T>(options, &[20, 1_000, 100_000, 10_000_000], |x| x.powi(2).sin());
}

pub fn tanh_chain<T: Element>(options: &Options) {
    elementwise::<T>(options, &[1_000, 100_000, 1_000_000], |x| (0..10).fold(x.clone(), |x, _| x.tanh()));
}

fn noise<T: Element>(shape: [usize; 2], low: f64, high: f64, seed: u64) -> Tensor {
    let mut generator = Generator::new(seed);
    Tensor::from(generator.uniform(low, high, shape, T::DTYPE).expect("a valid interval"))
}

pub fn matmul<T: Element>(options: &Options) {
    for size in [64, 128, 256, 512, 1024, 2048] {
        if options.quick && size > 512 {
            break;
        }
        let matrix = |seed| noise::<T>([size, size], -0.5, 0.5, seed);
        let (a, b, g) = (matrix(0).requires_grad(), matrix(1).requires_grad(), matrix(2));
        options
            .time(size, 1, "", || autograd::Grad::new().grad_outputs(&g).run(&a.matmul(&b), &(a.clone(), b.clone())));
    }
}

pub fn cross_entropy<T: Element>(options: &Options) {
    for rows in [32, 1024] {
        let logits = noise::<T>([rows, 1000], 0.0, 1.0, 0).requires_grad();
        let classes: Vec<i64> = (0..rows as i64).map(|i| i % 1000).collect();
        let target = Tensor::from(classes);
        options.time(rows, 1, "", || autograd::grad(&wengert_nn::loss::cross_entropy(&logits, &target), &logits));
    }
}
