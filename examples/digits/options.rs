//! What can be asked for on the command line.

use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Parser;
use wengert_nn::prelude::*;

/// Learns to read handwritten digits with a network of one hidden layer.
#[derive(Debug, Parser)]
pub struct Options {
    /// How often every image is seen
    #[arg(long, allow_negative_numbers = true, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub epochs: u64,
    /// The learning rate
    #[arg(long, allow_negative_numbers = true, default_value_t = 0.1, value_parser = rate)]
    pub rate: f64,
    /// How many images are seen at once
    #[arg(long, allow_negative_numbers = true, default_value = "32", value_parser = positive)]
    pub batch: usize,
    /// How many units the hidden layer has
    #[arg(long, allow_negative_numbers = true, default_value = "50", value_parser = positive)]
    pub hidden: usize,
    /// The seed of the first weights
    #[arg(long, allow_negative_numbers = true, default_value_t = 0, value_parser = seed)]
    pub seed: u64,
    /// How many threads compute [default: as many as the machine has]
    #[arg(long, allow_negative_numbers = true, value_parser = positive)]
    pub threads: Option<usize>,
    /// The folder for figures and weights
    #[arg(long, default_value = "out/digits")]
    pub out: PathBuf,
    /// Train only with plain tensors
    #[arg(long, conflicts_with = "modules")]
    by_hand: bool,
    /// Train only with modules
    #[arg(long)]
    modules: bool,
}

impl Options {
    /// Whether to train with plain tensors.
    pub fn by_hand(&self) -> bool {
        !self.modules
    }

    /// Whether to train with modules.
    pub fn modules(&self) -> bool {
        !self.by_hand
    }

    /// Makes the folder, and finds out whether it can be written to before the work is done.
    pub fn prepare_folder(&self) -> Result<()> {
        let refused = |error: std::io::Error| {
            Error::argument(
                "digits",
                format!("cannot write to the folder `{}`: {error}; name another with --out", self.out.display()),
            )
        };
        fs::create_dir_all(&self.out).map_err(refused)?;
        let probe = self.out.join(".writable");
        fs::write(&probe, []).map_err(refused)?;
        fs::remove_file(&probe).map_err(refused)
    }
}

fn positive(text: &str) -> Result<usize, String> {
    text.parse::<NonZeroUsize>().map(NonZeroUsize::get).map_err(|_| "it must be a whole number of at least 1".into())
}

fn seed(text: &str) -> Result<u64, String> {
    match text.parse::<u64>() {
        Ok(seed) if seed < u64::MAX => Ok(seed),
        _ => Err("it must be a whole number from 0 to 2^64 - 2".into()),
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(rate),
        _ => Err("it must be a number above 0".into()),
    }
}
