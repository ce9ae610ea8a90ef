//! Learns to read handwritten digits, twice: with plain tensors and their gradients, and with modules and an optimiser.
//!
//! ```text
//! cargo run --release --example digits
//! ```
//!
//! It writes the learning curves with some of the digits, the graph of the loss, and the weights into `out/digits`.

mod figure;
mod network;
mod options;
mod report;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use wengert_nn::prelude::*;

use network::{Classifier, Parameters, Perceptron};
use options::Options;

/// The images as rows of 64 pixels, and the digits that they show.
struct Data {
    images: Tensor,
    labels: Tensor,
}

/// What happened in one training.
struct Run {
    name: &'static str,
    losses: Vec<f64>,
    accuracies: Vec<f64>,
    steps: usize,
    time: Duration,
    predictions: Vec<i64>,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    if let Some(threads) = options.threads {
        wengert::threads::set_threads(threads)?;
    }
    options.prepare_folder()?;
    let digits = digits()?;
    let data = Data { images: digits.images.try_flatten(1, -1)?, labels: digits.labels };

    let mut runs = Vec::new();
    let mut files = Vec::new();
    if options.by_hand() {
        let mut parameters = Parameters::new(options.hidden, options.seed)?;
        runs.push(train("by hand", &mut parameters, options, &data, |p, batch| step_by_hand(p, batch, options.rate))?);
        files.push(report::weights(
            options,
            "by-hand",
            &parameters,
            &mut Parameters::new(options.hidden, options.seed + 1)?,
            &data,
        )?);
    }
    if options.modules() {
        let mut network = Perceptron::new(options.hidden, options.seed)?;
        let mut sgd = Sgd::new(options.rate);
        runs.push(train("with modules", &mut network, options, &data, |net, batch| {
            step_with_modules(net, &mut sgd, batch)
        })?);
        files.push(report::weights(
            options,
            "modules",
            &network,
            &mut Perceptron::new(options.hidden, options.seed + 1)?,
            &data,
        )?);
        files.extend(report::graph(options, &network, &data)?);
    }
    files.extend(figure::save(options, &runs, &digits.images, &data.labels)?);
    report::summary(&runs, &files);
    Ok(())
}

/// One step of gradient descent with nothing but tensors and the gradient of a function.
fn step_by_hand(p: &mut Parameters, (x, y): (Tensor, Tensor), rate: f64) -> Result<()> {
    let loss = |p: &Parameters| {
        let logits = p.logits(&x);
        let right = logits.gather(1, &y.unsqueeze(1)).squeeze(1);
        (logits.logsumexp(1, false) - right).mean()
    };
    let (_, slope) = try_value_and_grad(loss)(p)?;
    p.w1 -= slope.w1 * rate;
    p.b1 -= slope.b1 * rate;
    p.w2 -= slope.w2 * rate;
    p.b2 -= slope.b2 * rate;
    Ok(())
}

/// The same step in PyTorch's way.
fn step_with_modules(network: &mut Perceptron, sgd: &mut Sgd, (x, y): (Tensor, Tensor)) -> Result<()> {
    network.zero_grad();
    cross_entropy(&network.logits(&x), &y).backward()?;
    sgd.step(network)
}

/// Trains a classifier and looks at it after each epoch. Only the training is timed.
fn train<C: Classifier>(
    name: &'static str,
    classifier: &mut C,
    options: &Options,
    data: &Data,
    mut step: impl FnMut(&mut C, (Tensor, Tensor)) -> Result<()>,
) -> Result<Run> {
    let loader = Loader::new((data.images.clone(), data.labels.clone()), options.batch)?;
    let bar = ProgressBar::new(options.epochs).with_prefix(name);
    if let Ok(style) = ProgressStyle::with_template("{prefix:>14} {bar:30.cyan/dim} epoch {pos}/{len}  {msg}") {
        bar.set_style(style);
    }
    let mut run = Run {
        name,
        losses: Vec::new(),
        accuracies: Vec::new(),
        steps: 0,
        time: Duration::ZERO,
        predictions: Vec::new(),
    };
    let mut logits = None;
    for epoch in 0..options.epochs {
        let start = Instant::now();
        for batch in loader.epoch(epoch) {
            step(classifier, batch?)?;
        }
        run.time += start.elapsed();
        run.steps += loader.len();

        let scores = no_grad(|| classifier.logits(&data.images));
        run.losses.push(cross_entropy(&scores, &data.labels).item());
        run.accuracies.push(accuracy(&scores, &data.labels)?);
        bar.set_message(format!("loss {:.3}  accuracy {:.3}", last(&run.losses), last(&run.accuracies)));
        bar.inc(1);
        logits = Some(scores);
    }
    bar.finish();
    if let Some(logits) = logits {
        run.predictions = logits.try_argmax(-1)?.try_to_vec()?;
    }
    Ok(run)
}

fn last(values: &[f64]) -> f64 {
    values.last().copied().unwrap_or(f64::NAN)
}
