//! The digits: a network with a hidden layer learns to read them, from any seed.

use wengert_nn::prelude::*;

fn data() -> (Tensor, Tensor) {
    let digits = digits().unwrap();
    (digits.images.flatten(1, -1), digits.labels)
}

#[test]
fn the_digits_are_those_of_the_file() {
    let digits = digits().unwrap();
    assert_eq!((digits.images.shape(), digits.images.dtype()), (&[1797, 8, 8][..], DType::F32));
    assert_eq!((digits.labels.shape(), digits.labels.dtype()), (&[1797][..], DType::I64));
    let labels = digits.labels.to_vec::<i64>();
    let counts: Vec<usize> = (0..10).map(|digit| labels.iter().filter(|label| **label == digit).count()).collect();
    assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    let pixels = digits.images.to_vec::<f32>();
    assert_eq!(pixels[..6], [0.0, 0.0, 5.0 / 16.0, 13.0 / 16.0, 9.0 / 16.0, 1.0 / 16.0]);
    assert!(pixels.iter().all(|pixel| (0.0..=1.0).contains(pixel)) && pixels.contains(&1.0));
}

#[test]
fn modules_and_gradient_descent_read_the_digits() {
    let (images, labels) = data();
    for seed in [0, 1, 2] {
        let mut rng = Generator::new(seed);
        let mut net =
            Sequential::new().then(Linear::new(64, 50, &mut rng)).then(Tanh).then(Linear::new(50, 10, &mut rng));
        let mut sgd = Sgd::new(0.1);
        let loader = Loader::new((images.clone(), labels.clone()), 32).unwrap();
        for epoch in 0..10 {
            for batch in loader.epoch(epoch) {
                let (x, y) = batch.unwrap();
                net.zero_grad();
                cross_entropy(&net.forward(&x), &y).backward().unwrap();
                sgd.step(&mut net).unwrap();
            }
        }
        let logits = no_grad(|| net.forward(&images));
        let (loss, accuracy) = (cross_entropy(&logits, &labels).item(), accuracy(&logits, &labels).unwrap());
        println!("seed {seed}: loss {loss:.4}, accuracy {accuracy:.4}");
        assert!(loss <= 0.21 && accuracy >= 0.95, "seed {seed}: loss {loss}, accuracy {accuracy}");
    }
}

#[test]
fn tensors_and_their_gradients_read_the_digits() {
    let (images, labels) = data();
    let one_hot = labels.unsqueeze(1).eq(Tensor::arange_as(0.0, 10.0, 1.0, DType::I64)).to_dtype(DType::F32);
    for seed in [0, 1, 2] {
        let mut rng = Generator::new(seed);
        let mut randn =
            |shape: &[usize]| Tensor::from(rng.normal(0.0, 1.0, shape, DType::F32).unwrap()).requires_grad();
        let mut parameters = [randn(&[64, 50]), randn(&[50]), randn(&[50, 10]), randn(&[10])];
        let predict = |[w1, b1, w2, b2]: &[Tensor; 4], x: &Tensor| {
            let scores = ((x.matmul(w1) + b1).tanh().matmul(w2) + b2).exp();
            &scores / scores.sum_axes(1, true)
        };
        for _ in 0..10 {
            for start in (0..1797).step_by(32) {
                let rows = start..(start + 32).min(1797);
                let p = predict(&parameters, &images.i(rows.clone()));
                let loss = -(one_hot.i(rows) * (p + 1e-8).log()).sum_axes(1, false).mean();
                loss.backward().unwrap();
                for parameter in &mut parameters {
                    let moved = parameter.detach() - parameter.grad().unwrap() * 0.1;
                    *parameter = moved.requires_grad();
                }
            }
        }
        let p = no_grad(|| predict(&parameters, &images));
        let accuracy = accuracy(&p, &labels).unwrap();
        println!("seed {seed}: accuracy {accuracy:.4}");
        assert!(accuracy >= 0.88, "seed {seed}: accuracy {accuracy}");
    }
}

#[test]
fn training_twice_gives_the_same_bits() {
    let (images, labels) = data();
    let train = || {
        let mut rng = Generator::new(4);
        let mut net =
            (Linear::new(64, 16, &mut rng), Tanh, Dropout::new(0.1, &mut rng).unwrap(), Linear::new(16, 10, &mut rng));
        let mut adam = AdamW::new(0.01);
        let loader = Loader::new((images.clone(), labels.clone()), 64).unwrap().shuffle(9);
        for batch in loader.epoch(0) {
            let (x, y) = batch.unwrap();
            net.zero_grad();
            cross_entropy(&net.forward(&x), &y).backward().unwrap();
            adam.step(&mut net).unwrap();
        }
        net.0.weight.to_vec::<f32>()
    };
    assert_eq!(train(), train());
}
