//! wengert's side of the benchmarks; `../README.md` says what each case does and what is printed.

mod arrays;
mod digits;
mod measure;
mod memory;
mod scalars;

use std::process::ExitCode;

use measure::Options;

/// A case: its name, and what prints its lines.
type Case = (&'static str, fn(&Options));

const CASES: &[Case] = &[
    ("scalar-op-untracked", scalars::untracked),
    ("scalar-op-tracked", scalars::tracked),
    ("scalar-op-gradient", scalars::gradient),
    ("scalar-square", scalars::square),
    ("scalar-sin-square", scalars::sin_square),
    ("scalar-second-derivative", scalars::second_derivative),
    ("dual-op", scalars::dual),
    ("tape-op", scalars::tape),
    ("sin-square-f32", arrays::sin_square::<f32>),
    ("sin-square-f64", arrays::sin_square::<f64>),
    ("tanh-chain-f32", arrays::tanh_chain::<f32>),
    ("tanh-chain-f64", arrays::tanh_chain::<f64>),
    ("matmul-gradient-f32", arrays::matmul::<f32>),
    ("matmul-gradient-f64", arrays::matmul::<f64>),
    ("cross-entropy-f32", arrays::cross_entropy::<f32>),
    ("cross-entropy-f64", arrays::cross_entropy::<f64>),
    ("digits-f32", digits::run),
    ("memory-sin-square-f32", memory::run),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1)).cloned();
    let has = |name: &str| arguments.iter().any(|a| a == name);
    if has("--list") {
        CASES.iter().for_each(|(name, _)| println!("{name}"));
        return ExitCode::SUCCESS;
    }
    if has("--memory-step") {
        memory::step();
        return ExitCode::SUCCESS;
    }
    let Some(name) = value("--case") else {
        eprintln!("usage: benchmarks --list | --case NAME [--threads N] [--quick]");
        return ExitCode::FAILURE;
    };
    let Some((_, run)) = CASES.iter().find(|(case, _)| *case == name) else {
        eprintln!("there is no case `{name}`: --list names them");
        return ExitCode::FAILURE;
    };
    let Ok(threads) = value("--threads").as_deref().unwrap_or("1").parse() else {
        eprintln!("--threads takes a number");
        return ExitCode::FAILURE;
    };
    if let Err(error) = wengert::threads::set_threads(threads) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    run(&Options { name, threads, quick: has("--quick") });
    ExitCode::SUCCESS
}
