//! Each optimiser against PyTorch's formulas, written out in plain numbers.

use wengert::Array;
use wengert_nn::optim::{AdamOptions, AdamRule, Constant, Cosine, Moments, SgdRule, StepDecay, Warmup, clip_norm};
use wengert_nn::prelude::*;

use crate::message;

const START: [f64; 3] = [1.5, -0.7, 0.2];

/// The parameter after each of six steps with the gradient of Σ (x − i)²·(i + 1)/2.
fn course(mut optimizer: impl Optimizer, dtype: DType) -> Vec<f64> {
    let mut x = Tensor::from(START).to_dtype(dtype).requires_grad();
    let (centre, weight) =
        (Tensor::from([0.0, 1.0, 2.0]).to_dtype(dtype), Tensor::from([1.0, 2.0, 3.0]).to_dtype(dtype));
    let mut values = Vec::new();
    for _ in 0..6 {
        x.zero_grad();
        ((&x - &centre).square() * &weight * 0.5).sum().backward().unwrap();
        optimizer.step(&mut x).unwrap();
        assert!(x.is_leaf() && x.is_tracked());
        values.extend(x.to_dtype(DType::F64).to_vec::<f64>());
    }
    values
}

/// The same with a rule for one number: (x, gradient, step counted from 1) to the new x, with a memory of its own.
fn by_hand<M: Copy>(memory: M, rule: impl Fn(f64, f64, i32, &mut M) -> f64) -> Vec<f64> {
    let mut state: Vec<(f64, M)> = START.iter().map(|&x| (x, memory)).collect();
    let mut values = Vec::new();
    for step in 1..=6 {
        for (i, (x, memory)) in state.iter_mut().enumerate() {
            let gradient = (*x - i as f64) * (i + 1) as f64;
            *x = rule(*x, gradient, step, memory);
            values.push(*x);
        }
    }
    values
}

#[track_caller]
fn agree(optimizer: impl Optimizer + Clone, expected: &[f64]) {
    for (dtype, tolerance) in [(DType::F64, 1e-13), (DType::F32, 2e-6)] {
        let values = course(optimizer.clone(), dtype);
        for (k, (value, expected)) in values.iter().zip(expected).enumerate() {
            assert!((value - expected).abs() <= tolerance, "{dtype}, step {}: {value} should be {expected}", k / 3 + 1);
        }
    }
}

#[test]
fn sgd_is_pytorchs() {
    agree(Sgd::new(0.1), &by_hand((), |x, g, _, ()| x - 0.1 * g));
    agree(Sgd::new(0.1).weight_decay(0.05), &by_hand((), |x, g, _, ()| x - 0.1 * (g + 0.05 * x)));
    let momentum = by_hand(0.0, |x, g, step, b| {
        *b = if step == 1 { g } else { 0.9 * *b + g };
        x - 0.1 * *b
    });
    agree(Sgd::new(0.1).momentum(0.9), &momentum);
    let everything = by_hand(0.0, |x, g, step, b| {
        let g = g + 0.05 * x;
        *b = if step == 1 { g } else { 0.8 * *b + 0.7 * g };
        x - 0.1 * *b
    });
    agree(Sgd::new(0.1).momentum(0.8).dampening(0.3).weight_decay(0.05), &everything);
    let nesterov = by_hand(0.0, |x, g, step, b| {
        *b = if step == 1 { g } else { 0.9 * *b + g };
        x - 0.1 * (g + 0.9 * *b)
    });
    agree(Sgd::new(0.1).momentum(0.9).nesterov(true), &nesterov);
}

#[test]
fn adam_is_pytorchs() {
    fn moments(g: f64, step: i32, (b1, b2): (f64, f64), eps: f64, m: &mut (f64, f64)) -> f64 {
        m.0 = b1 * m.0 + (1.0 - b1) * g;
        m.1 = b2 * m.1 + (1.0 - b2) * g * g;
        m.0 / (1.0 - b1.powi(step)) / ((m.1 / (1.0 - b2.powi(step))).sqrt() + eps)
    }
    let plain = by_hand((0.0, 0.0), |x, g, step, m| x - 0.1 * moments(g, step, (0.9, 0.999), 1e-8, m));
    agree(Adam::new(0.1), &plain);
    let options = by_hand((0.0, 0.0), |x, g, step, m| x - 0.1 * moments(g + 0.2 * x, step, (0.8, 0.95), 1e-3, m));
    agree(Adam::new(0.1).betas(0.8, 0.95).epsilon(1e-3).weight_decay(0.2), &options);
    let decoupled =
        by_hand((0.0, 0.0), |x, g, step, m| x * (1.0 - 0.1 * 0.01) - 0.1 * moments(g, step, (0.9, 0.999), 1e-8, m));
    agree(AdamW::new(0.1), &decoupled);
}

#[test]
fn rules_step_single_parameters() {
    let p = Array::from_slice(&[1.0, 2.0]);
    let (rise, fall) = (Array::from_slice(&[1.0, -1.0]), Array::from_slice(&[-1.0, 1.0]));
    let sgd = |maximize| SgdRule::new(0.0, 0.0, 0.0, false, maximize).unwrap();
    let (up, buffer) = sgd(true).step(0.5, &p, &rise, None).unwrap();
    let (down, _) = sgd(false).step(0.5, &p, &fall, None).unwrap();
    assert_eq!(up.to_vec::<f64>().unwrap(), [1.5, 1.5]);
    assert_eq!(up.to_vec::<f64>().unwrap(), down.to_vec::<f64>().unwrap());
    assert!(buffer.is_none());
    let short = Array::from_slice(&[1.0]);
    assert!(message(sgd(false).step(0.5, &p, &short, None)).contains("the gradient has shape (1,)"));

    // The largest second moment stays when gradients become small.
    let options = AdamOptions { amsgrad: true, ..AdamOptions::default() };
    let rule = AdamRule::new("adam", options).unwrap();
    let (moved, moments) = rule.step(0.1, 1, &p, &rise, &Moments::new(&p, true)).unwrap();
    let (_, moments) = rule.step(0.1, 2, &moved, &Array::from_slice(&[0.0, 0.0]), &moments).unwrap();
    let (second, largest) =
        (moments.second.to_vec::<f64>().unwrap(), moments.largest.unwrap().to_vec::<f64>().unwrap());
    assert!((largest[0] - 0.001).abs() < 1e-15 && second[0] < largest[0]);
    assert!(message(rule.step(0.1, 0, &p, &rise, &Moments::new(&p, true))).contains("at least 1"));
}

#[test]
fn gradients_are_clipped_together() {
    let mut gradients = [Tensor::from([3.0_f32, 0.0]), Tensor::from([[4.0_f32]])];
    assert_eq!(clip_norm(&mut gradients, 10.0, 2.0).unwrap().item(), 5.0);
    assert_eq!(gradients[1].item(), 4.0);
    clip_norm(&mut gradients, 2.5, 2.0).unwrap();
    assert!((gradients[0].to_vec::<f32>()[0] - 1.5).abs() < 1e-6);
    let largest = clip_norm(&mut gradients, 1.0, f64::INFINITY).unwrap();
    assert!((largest.item() - 2.0).abs() < 1e-6);
    assert_eq!(clip_norm(&mut [], 1.0, 2.0).unwrap().item(), 0.0);
}

#[test]
fn parameters_without_a_gradient_stay() {
    let mut pair = (Tensor::from([1.0, 2.0]).requires_grad(), Tensor::from([3.0]).requires_grad(), Tensor::from([4.0]));
    pair.0.sum().backward().unwrap();
    for mut optimizer in [Box::new(Sgd::new(0.5).momentum(0.9)) as Box<dyn Optimizer>, Box::new(Adam::new(0.5))] {
        optimizer.step(&mut pair).unwrap();
    }
    assert_eq!(pair.1.to_vec::<f64>(), [3.0]);
    assert_eq!(pair.2.to_vec::<f64>(), [4.0]);
    assert!(pair.0.to_vec::<f64>()[0] < 0.1);
}

#[test]
fn large_parameters_follow_the_same_rule() {
    let start = Tensor::linspace_as(-1.0, 1.0, 300_000, DType::F32);
    let mut x = start.reshape([1000, 300]).requires_grad();
    let mut sgd = Sgd::new(0.25).momentum(0.5);
    for _ in 0..2 {
        x.zero_grad();
        x.square().sum().backward().unwrap();
        sgd.step(&mut x).unwrap();
    }
    // x → x/2; buffer 2x·½ + x = 2x, so the second step takes x/2 away: nothing is left.
    assert!(x.to_vec::<f32>().iter().all(|value| value.abs() < 1e-6));
}

#[test]
fn options_that_make_no_sense_are_errors() {
    let step = |optimizer: &mut dyn Optimizer| {
        let mut x = Tensor::from([1.0]).requires_grad();
        x.sum().backward().unwrap();
        let result = optimizer.step(&mut x);
        assert_eq!(x.to_vec::<f64>(), [1.0]);
        message(result)
    };
    assert!(step(&mut Sgd::new(-1.0)).contains("the rate must be a number not below 0, got -1"));
    assert!(step(&mut Sgd::new(f64::NAN)).contains("NaN"));
    assert!(step(&mut Sgd::new(0.1).nesterov(true)).contains("needs momentum"));
    assert!(step(&mut Sgd::new(0.1).momentum(-0.5)).contains("momentum"));
    assert!(step(&mut Adam::new(0.1).betas(1.0, 0.9)).contains("first beta"));
    assert!(step(&mut AdamW::new(0.1).epsilon(-1.0)).contains("epsilon"));
}

#[test]
fn an_optimiser_belongs_to_its_module() {
    let mut adam = Adam::new(0.1);
    let mut step = |shape: &[usize]| {
        let mut x = Tensor::ones(shape).requires_grad();
        x.sum().backward().unwrap();
        adam.step(&mut x)
    };
    step(&[2]).unwrap();
    let text = message(step(&[3]));
    assert!(text.contains("(3,)") && text.contains("(2,)"), "{text}");
}

#[test]
fn schedules() {
    assert_eq!(Constant(0.3).rate(99), 0.3);
    let decay = StepDecay { from: 1.0, every: 3, factor: 0.5 };
    assert_eq!([0, 2, 3, 6, 8].map(|step| decay.rate(step)), [1.0, 1.0, 0.5, 0.25, 0.25]);
    assert_eq!(StepDecay { every: 0, ..decay }.rate(100), 1.0);
    let cosine = Cosine { from: 1.0, to: 0.2, steps: 10 };
    assert_eq!([cosine.rate(0), cosine.rate(10), cosine.rate(11)], [1.0, 0.2, 0.2]);
    assert!((cosine.rate(5) - 0.6).abs() < 1e-15);
    let warm = Warmup { steps: 4, then: cosine };
    assert_eq!([warm.rate(0), warm.rate(3), warm.rate(4), warm.rate(14)], [0.25, 1.0, 1.0, 0.2]);
    let mut sgd = Sgd::new(1.0);
    sgd.set_rate(warm.rate(0));
    assert_eq!(sgd.rate(), 0.25);
}
