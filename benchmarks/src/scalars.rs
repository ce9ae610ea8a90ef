//! Scalars, one operation at a time.

use std::hint::black_box;

use wengert::autograd::{self, Grad};
use wengert::prelude::*;
use wengert::scalar::{self, Dual};

use crate::measure::Options;

/// Operations in the chains of the per-operation cases.
const CHAIN: usize = 1000;
const START: f64 = 1.0 + 1e-9;
const FACTOR: f64 = 1.0 - 1e-9;

fn budget(ns: f64) -> String {
    format!(", \"bound_ns\": {ns}")
}

fn chain(mut y: Tensor, factor: &Tensor) -> Tensor {
    for _ in 0..CHAIN {
        y = &y * factor;
    }
    y
}

pub fn untracked(options: &Options) {
    if options.threads == 1 {
        let (x, factor) = (Tensor::from(START), Tensor::from(FACTOR));
        options.time(1, CHAIN, &budget(25.0), || chain(black_box(&x).clone(), &factor));
    }
}

pub fn tracked(options: &Options) {
    if options.threads == 1 {
        let (x, factor) = (Tensor::from(START).requires_grad(), Tensor::from(FACTOR));
        options.time(1, CHAIN, &budget(110.0), || chain(x.clone(), &factor));
    }
}

pub fn gradient(options: &Options) {
    if options.threads == 1 {
        let (x, factor) = (Tensor::from(START).requires_grad(), Tensor::from(FACTOR));
        options.time(1, CHAIN, &budget(190.0), || autograd::grad(&chain(x.clone(), &factor), &x));
    }
}

fn backward(options: &Options, bound: f64, f: impl Fn(&Tensor) -> Tensor) {
    if options.threads == 1 {
        let x = Tensor::from(1.2).requires_grad();
        options.time(1, 1, &budget(bound), || {
            x.zero_grad();
            f(&x).backward()
        });
    }
}

pub fn square(options: &Options) {
    backward(options, 530.0, |x| x * x);
}

pub fn sin_square(options: &Options) {
    backward(options, 724.0, |x| (x * x).sin());
}

pub fn second_derivative(options: &Options) {
    if options.threads == 1 {
        let x = Tensor::from(1.2).requires_grad();
        options.time(1, 1, &budget(2800.0), || {
            let first = Grad::new().create_graph(true).run(&(&x * &x).sin(), &x)?;
            autograd::grad(&first, &x)
        });
    }
}

pub fn dual(options: &Options) {
    if options.threads == 1 {
        options.time(1, CHAIN, &budget(8.0), || {
            let factor = Dual::<f64, 1>::constant(black_box(FACTOR));
            let mut y = Dual::<f64, 1>::variable(black_box(START), 0);
            for _ in 0..CHAIN {
                y = y * factor;
            }
            y
        });
    }
}

pub fn tape(options: &Options) {
    if options.threads == 1 {
        options.time(1, CHAIN, &budget(14.0), || {
            scalar::gradient(
                |[mut y]| {
                    for _ in 0..CHAIN {
                        y = y * FACTOR;
                    }
                    y
                },
                [black_box(START)],
            )
        });
    }
}
