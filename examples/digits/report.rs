//! What is left behind: weights, the graph of the loss, and a table.

use std::io::Write;
use std::path::PathBuf;

use wengert_nn::prelude::*;

use crate::network::{Classifier, Perceptron};
use crate::options::Options;
use crate::{Data, Run, last};

/// Saves the weights, loads them into another network, and makes sure that it computes the same.
pub fn weights<C: Classifier>(
    options: &Options,
    name: &str,
    trained: &C,
    other: &mut C,
    data: &Data,
) -> Result<PathBuf> {
    let path = options.out.join(format!("{name}.safetensors"));
    trained.save(&path)?;
    other.load(&path)?;
    let (here, there) = no_grad(|| (trained.logits(&data.images), other.logits(&data.images)));
    if here.try_to_vec::<f32>()? != there.try_to_vec::<f32>()? {
        return Err(Error::argument(
            "digits",
            format!("the weights read from `{}` compute something else", path.display()),
        ));
    }
    Ok(path)
}

/// Draws the graph of the loss of one batch.
pub fn graph(options: &Options, network: &Perceptron, data: &Data) -> Result<Vec<PathBuf>> {
    let count = options.batch.min(data.images.shape()[0]);
    let (images, labels) = (data.images.try_narrow(0, 0, count)?, data.labels.try_narrow(0, 0, count)?);
    let loss = cross_entropy(&network.logits(&images), &labels);
    let mut drawing = wengert::draw(&loss).name(&images, "images").name(&labels, "labels");
    for (name, parameter) in network.named_parameters() {
        drawing = drawing.name(&parameter, name);
    }
    let paths = ["graph.svg", "graph.png"].map(|name| options.out.join(name));
    for path in &paths {
        drawing.save(path)?;
    }
    Ok(paths.into())
}

/// Prints how the runs ended and what was written.
pub fn summary(runs: &[Run], files: &[PathBuf]) {
    let mut text = format!("{:14} {:>8} {:>10} {:>12} {:>10}\n", "", "loss", "accuracy", "training", "a step");
    for run in runs {
        let (loss, accuracy, seconds) = (last(&run.losses), last(&run.accuracies), run.time.as_secs_f64());
        let (all, each) = (seconds * 1e3, seconds * 1e6 / run.steps.max(1) as f64);
        text += &format!("{:14} {loss:8.4} {accuracy:10.4} {all:9.1} ms {each:7.1} µs\n", run.name);
    }
    text.push('\n');
    for file in files {
        text += &format!("wrote {}\n", file.display());
    }
    // Nobody is left to be told if the reader has gone.
    let _ = std::io::stdout().write_all(text.as_bytes());
}
