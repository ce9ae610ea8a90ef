use wengert_nn::prelude::*;
use wengert_nn::{Elu, Identity, LogSoftmax, Softmax, StateDict};

use crate::{close, message};

#[derive(Module)]
struct Block {
    layers: Vec<Linear>,
    scale: Option<Tensor>,
    pair: (Linear, Dropout),
    #[module(skip)]
    note: &'static str,
    #[module(training)]
    training: bool,
}

fn block() -> Block {
    let rng = &mut Generator::new(1);
    Block {
        layers: vec![Linear::new(2, 3, rng), Linear::new(3, 2, rng)],
        scale: Some(Tensor::from([1.0, 2.0])),
        pair: (Linear::try_new(2, 1, DType::F64, false, rng).unwrap(), Dropout::new(0.5, rng).unwrap()),
        note: "kept",
        training: true,
    }
}

#[test]
fn derived_names_are_paths() {
    let block = block();
    let names: Vec<String> = block.state_dict().into_keys().collect();
    assert_eq!(
        names,
        ["layers.0.bias", "layers.0.weight", "layers.1.bias", "layers.1.weight", "pair.0.weight", "scale"]
    );
    let parameters: Vec<String> = block.named_parameters().into_iter().map(|(name, _)| name).collect();
    assert_eq!(parameters, ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias", "pair.0.weight"]);
    assert_eq!(block.num_parameters(), 6 + 3 + 6 + 2 + 2);
    assert_eq!(block.note, "kept");
}

#[test]
fn training_reaches_every_layer() {
    let mut block = block();
    let ones = Tensor::ones([64]);
    assert_ne!(block.pair.1.forward(&ones).sum().item(), 64.0);
    block.eval();
    assert!(!block.training);
    assert_eq!(block.pair.1.forward(&ones).sum().item(), 64.0);
    block.train();
    assert!(block.training);
    assert_ne!(block.pair.1.forward(&ones).sum().item(), 64.0);
}

#[test]
fn sequential_tuples_and_boxes_name_and_compute_alike() {
    let tuple = (Linear::new(4, 3, &mut Generator::new(5)), Tanh, Linear::new(3, 2, &mut Generator::new(6)));
    let mut chain = Sequential::new().then(Linear::new(4, 3, &mut Generator::new(0))).then(Tanh).then(Linear::new(
        3,
        2,
        &mut Generator::new(0),
    ));
    chain.load_state_dict(&tuple.state_dict()).unwrap();
    let x = Tensor::linspace_as(-1.0, 1.0, 8, DType::F32).reshape([2, 4]);
    assert_eq!(chain.forward(&x).to_vec::<f32>(), tuple.forward(&x).to_vec::<f32>());
    let names: Vec<String> = chain.named_parameters().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["0.weight", "0.bias", "2.weight", "2.bias"]);
}

#[test]
fn linear_is_the_affine_map_and_starts_as_in_pytorch() {
    let weight = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let layer = Linear::from_values(&weight, Some(&Tensor::from([0.5, -0.5]))).unwrap();
    let x = Tensor::from([[1.0, 0.0, -1.0], [2.0, 1.0, 0.0]]).requires_grad();
    let y = layer.forward(&x);
    assert_eq!(y.to_vec::<f64>(), [-1.5, -2.5, 4.5, 12.5]);
    y.backward_with(&Tensor::ones([2, 2])).unwrap();
    assert_eq!(layer.weight.grad().unwrap().to_vec::<f64>(), [3.0, 1.0, -1.0, 3.0, 1.0, -1.0]);
    assert_eq!(layer.bias.as_ref().unwrap().grad().unwrap().to_vec::<f64>(), [2.0, 2.0]);
    assert_eq!(x.grad().unwrap().to_vec::<f64>(), [5.0, 7.0, 9.0, 5.0, 7.0, 9.0]);
    assert_eq!(layer.forward(&Tensor::zeros([5, 4, 3])).shape(), [5, 4, 2]);
    assert_eq!(layer.forward(&Tensor::zeros([3])).shape(), [2]);

    let fresh = Linear::new(64, 50, &mut Generator::new(3));
    assert_eq!((fresh.weight.shape(), fresh.weight.dtype()), (&[50, 64][..], DType::F32));
    let values = fresh.weight.to_vec::<f32>();
    assert!(
        values.iter().all(|v| v.abs() <= 0.125)
            && values.iter().any(|v| *v > 0.12)
            && values.iter().any(|v| *v < -0.12)
    );
    assert!(fresh.weight.is_leaf() && fresh.weight.is_tracked());
    assert_eq!(values, Linear::new(64, 50, &mut Generator::new(3)).weight.to_vec::<f32>());
}

#[test]
fn linear_says_what_does_not_fit() {
    let layer = Linear::new(3, 2, &mut Generator::new(0));
    let text = message(layer.try_forward(&Tensor::zeros_as([5, 4], DType::F32)));
    assert!(text.contains("(5, 4)") && text.contains("length 3") && text.contains("(2, 3)"), "{text}");
    assert!(message(layer.try_forward(&Tensor::from(1.0_f32))).contains("()"));
    assert!(Linear::from_values(&Tensor::zeros([2, 3]), Some(&Tensor::zeros([3]))).is_err());
    assert!(Linear::try_new(3, 2, DType::I64, true, &mut Generator::new(0)).is_err());
    assert_eq!(
        Linear::new(0, 2, &mut Generator::new(0)).forward(&Tensor::zeros_as([4, 0], DType::F32)).shape(),
        [4, 2]
    );
}

#[test]
fn a_layer_is_a_tree_for_the_transforms() {
    let layer = Linear::from_values(&Tensor::from([[1.0, 2.0]]), Some(&Tensor::from([3.0]))).unwrap();
    let x = Tensor::from([[5.0, 7.0]]);
    let slope = grad(|layer: &Linear| layer.forward(&x).sum())(&layer);
    assert_eq!(slope.weight.to_vec::<f64>(), [5.0, 7.0]);
    assert_eq!(slope.bias.unwrap().to_vec::<f64>(), [1.0]);
    assert!(layer.weight.grad().is_none());
}

#[test]
fn a_layer_goes_through_every_transform() {
    let numbers = |shape: &[usize]| Tensor::linspace(-1.0, 1.5, shape.iter().product()).sin().reshape(shape);
    let (w, b, x) = (numbers(&[2, 3]), numbers(&[2]), numbers(&[4, 3]));
    let layer = |w: &Tensor, b: &Tensor| Linear { weight: w.clone(), bias: Some(b.clone()) };
    let plain = |w: &Tensor, b: &Tensor, x: &Tensor| x.matmul(&w.t()) + b;
    let both = |(w, b, x): &(Tensor, Tensor, Tensor)| (layer(w, b).forward(x), plain(w, b, x));

    // Forward mode, and forward over reverse.
    let tangent = (numbers(&[2, 3]).cos(), numbers(&[2]).cos(), numbers(&[4, 3]).cos());
    let (_, (own, expected)) = jvp(both, &(w.clone(), b.clone(), x.clone()), &tangent);
    close(&own, &expected.to_vec::<f64>(), 1e-14);
    let own = hessian(|w: &Tensor| layer(w, &b).forward(&x).powi(3).sum())(&w);
    let expected = hessian(|w: &Tensor| plain(w, &b, &x).powi(3).sum())(&w);
    close(&own, &expected.to_vec::<f64>(), 1e-13);

    // Batches of inputs, weights and biases, in any combination, along any axis.
    let (ws, bs, xs) = (numbers(&[5, 2, 3]), numbers(&[2, 5]), numbers(&[4, 3, 5]));
    for axes in [
        (None, None, Some(2)),
        (Some(0), None, None),
        (None, Some(1), None),
        (Some(0), Some(1), Some(2)),
        (None, Some(1), Some(2)),
    ] {
        let pick =
            |axis: Option<i32>, batch: &Tensor, one: &Tensor| if axis.is_some() { batch.clone() } else { one.clone() };
        let arguments = (pick(axes.0, &ws, &w), pick(axes.1, &bs, &b), pick(axes.2, &xs, &x));
        let (own, expected) = vmap(both, axes)(&arguments);
        assert_eq!(own.shape(), [5, 4, 2]);
        close(&own, &expected.to_vec::<f64>(), 1e-14);
    }
    // Gradients for each example.
    let loss = |(w, x): &(Tensor, Tensor)| layer(w, &b).forward(x).square().sum();
    let (each, _) = vmap(grad(loss), (None, 0))(&(w.clone(), x.clone()));
    for i in 0..4 {
        let (one, _) = grad(loss)(&(w.clone(), x.i(i)));
        close(&each.i(i), &one.to_vec::<f64>(), 1e-14);
    }
}

#[test]
fn activations_are_their_functions() {
    let x = Tensor::from([-1.5, 0.0, 2.0]);
    let cases: Vec<(Box<dyn Layer>, Tensor)> = vec![
        (Box::new(Tanh), x.tanh()),
        (Box::new(Relu), Tensor::from([0.0, 0.0, 2.0])),
        (Box::new(Gelu), x.gelu()),
        (Box::new(Sigmoid), x.sigmoid()),
        (Box::new(Silu), &x * x.sigmoid()),
        (Box::new(Softplus), x.softplus()),
        (Box::new(LeakyRelu { slope: 0.2 }), Tensor::from([-0.3, 0.0, 2.0])),
        (Box::new(Elu::default()), Tensor::from([(-1.5_f64).exp_m1(), 0.0, 2.0])),
        (Box::new(Softmax(-1)), x.exp() / x.exp().sum()),
        (Box::new(LogSoftmax(0)), (x.exp() / x.exp().sum()).log()),
        (Box::new(Identity), x.clone()),
        (Box::new(Flatten), x.clone()),
    ];
    for (layer, expected) in &cases {
        close(&layer.forward(&x), &expected.to_vec::<f64>(), 1e-15);
        assert_eq!(layer.num_parameters(), 0);
    }
}

#[test]
fn dropout_keeps_the_mean_and_repeats_with_its_seed() {
    let x = Tensor::ones([10_000]);
    let values = |seed| Dropout::new(0.2, &mut Generator::new(seed)).unwrap().forward(&x).to_vec::<f64>();
    let dropped = values(1);
    let kept = dropped.iter().filter(|v| **v == 1.25).count();
    assert_eq!(kept + dropped.iter().filter(|v| **v == 0.0).count(), 10_000);
    // Five standard deviations of a binomial distribution.
    assert!((kept as f64 - 8000.0).abs() < 5.0 * (10_000.0_f64 * 0.2 * 0.8).sqrt(), "{kept}");
    assert_eq!(values(1), dropped);
    assert_ne!(values(2), dropped);
    assert_eq!(Dropout::new(1.0, &mut Generator::new(0)).unwrap().forward(&x).sum().item(), 0.0);
    assert!(message(Dropout::new(1.5, &mut Generator::new(0))).contains("got 1.5"));
    assert!(Dropout::new(f64::NAN, &mut Generator::new(0)).is_err());
}

#[test]
fn a_state_dict_goes_out_and_in_again() {
    let (source, mut target) = (Linear::new(3, 2, &mut Generator::new(1)), Linear::new(3, 2, &mut Generator::new(2)));
    let state = source.state_dict();
    assert!(state.values().all(|tensor| !tensor.is_tracked()));
    target.load_state_dict(&state).unwrap();
    assert_eq!(target.weight.to_vec::<f32>(), source.weight.to_vec::<f32>());
    assert!(target.weight.is_leaf() && target.weight.is_tracked());

    let before = target.weight.to_vec::<f32>();
    let wrong =
        StateDict::from([("weight".to_string(), Tensor::zeros([3, 2])), ("wieght".to_string(), Tensor::zeros([2, 3]))]);
    let text = message(target.load_state_dict(&wrong));
    for part in ["missing: bias", "unexpected: wieght", "weight is (2, 3) here, (3, 2) there"] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(target.weight.to_vec::<f32>(), before);

    let partial =
        StateDict::from([("bias".to_string(), Tensor::from([5.0, 6.0])), ("other".to_string(), Tensor::from(1.0))]);
    let mismatch = target.load_matching(&partial).unwrap();
    assert_eq!((mismatch.missing, mismatch.unexpected), (vec!["weight".to_string()], vec!["other".to_string()]));
    assert_eq!(target.bias.as_ref().unwrap().to_vec::<f32>(), [5.0, 6.0]);
}

#[test]
fn zero_grad_forgets() {
    let layer = Linear::new(3, 2, &mut Generator::new(1));
    layer.forward(&Tensor::ones_as([1, 3], DType::F32)).sum().backward().unwrap();
    assert!(layer.weight.grad().is_some());
    layer.zero_grad();
    assert!(layer.parameters().iter().all(|parameter| parameter.grad().is_none()));
}
