//! The peak of resident memory during one step.

use std::process::Command;

use wengert::autograd;
use wengert::prelude::*;

use crate::measure::Options;

const SIZE: usize = 10_000_000;
const PROCESSES: usize = 3;

/// Runs [`step`] in fresh processes and prints the median rise of the peak.
pub fn run(options: &Options) {
    if options.threads != 1 {
        return;
    }
    let mut peaks: Vec<u64> = (0..PROCESSES).filter_map(|_| in_a_fresh_process()).collect();
    peaks.sort_unstable();
    match peaks.get(peaks.len() / 2) {
        Some(peak) => {
            println!("{{\"case\": \"{}\", \"size\": {SIZE}, \"threads\": 1, \"peak_bytes\": {peak}}}", options.name)
        }
        None => eprintln!("the peak of memory cannot be read on this system"),
    }
}

fn in_a_fresh_process() -> Option<u64> {
    let program = std::env::current_exe().ok()?;
    let output = Command::new(program).arg("--memory-step").output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// Prints how far the peak rises during one step.
pub fn step() {
    let gradient = |x: &Tensor| {
        let y = x.powi(2).sin().sum();
        autograd::grad(&y, x)
    };
    let small = Tensor::linspace(-2.0, 2.0, 1000).to_dtype(DType::F32).requires_grad();
    let large = Tensor::from(vec![1.0_f32; SIZE]).requires_grad();
    let warm = gradient(&small);
    let before = peak();
    let result = gradient(&large);
    if let (Some(before), Some(after), Ok(_), Ok(_)) = (before, peak(), warm, result) {
        println!("{}", after - before);
    }
}

/// The peak of resident memory so far, in bytes: `VmHWM`, the same count as `ru_maxrss`.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
}
