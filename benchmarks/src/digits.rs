//! The digits: one training run.

use wengert_nn::prelude::*;

use crate::measure::Options;

const EPOCHS: usize = 10;
const BATCH: usize = 32;

#[derive(Module)]
struct Network {
    hidden: Linear,
    output: Linear,
}

impl Network {
    fn new(generator: &mut Generator) -> Network {
        Network { hidden: Linear::new(64, 50, generator), output: Linear::new(50, 10, generator) }
    }

    fn forward(&self, x: &Tensor) -> Tensor {
        self.output.forward(&self.hidden.forward(x).tanh())
    }
}

fn train(images: &Tensor, labels: &Tensor) -> Network {
    let mut network = Network::new(&mut Generator::new(0));
    let mut optimizer = Sgd::new(0.1);
    let count = images.shape()[0];
    for _ in 0..EPOCHS {
        for start in (0..count).step_by(BATCH) {
            let rows = start as isize..(start + BATCH).min(count) as isize;
            let loss = cross_entropy(&network.forward(&images.i(rows.clone())), &labels.i(rows));
            loss.backward().expect("a loss has a gradient");
            optimizer.step(&mut network).expect("gradients fit their parameters");
            network.zero_grad();
        }
    }
    network
}

pub fn run(options: &Options) {
    let digits = digits().expect("the data set is part of the crate");
    let images = digits.images.reshape([-1, 64]);
    let labels = digits.labels;
    let network = train(&images, &labels);
    let logits = network.forward(&images).detach();
    let loss = cross_entropy(&logits, &labels).item();
    let accuracy = logits.argmax(1).eq(&labels).to_dtype(DType::F64).mean().item();
    assert!(loss <= 0.21 && accuracy >= 0.95, "the run did not learn: loss {loss}, accuracy {accuracy}");
    let extra = format!(", \"loss\": {loss:.4}, \"accuracy\": {accuracy:.4}");
    options.time(images.shape()[0], 1, &extra, || train(&images, &labels));
}
