//! The project's own commands, run as `cargo xtask <command>`. They need nothing but the standard library, cargo and,
//! where the Python package is concerned, Python.

mod bench;
mod json;
mod lint;
mod miri;
mod python;
mod table;
mod test;

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const USAGE: &str = "\
usage: cargo xtask <command>

  test [--peers]             every test of the project
  test CRATE [arguments]     the tests of one crate; further arguments go to `cargo test`
  test python [--peers] [--interpreter PATH] [arguments]
                             the tests of the Python package; further arguments go to pytest. With --peers, PyTorch, JAX, HIPS Autograd
                             and TensorFlow are installed beside it, and the tests that compare with them run
  lint                       formatting, clippy, rustdoc, ruff, files that have grown too long
  miri [crate]               the tests of the modules that contain `unsafe`, under Miri
  surface                    counts the names that the Python front ends provide; writes docs/surface.md
  stubs                      the types of the Python extension module; writes python/wengert/_wengert.pyi
  docs                       the site of the Python package, from its docstrings and notebooks
  bench [--quick] [--threads 1|2|both] [--python PATH] [filter]
                             wengert beside PyTorch, one table; the filter is a part of a case's name";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some((command, rest)) = arguments.split_first() else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let outcome = match command.as_str() {
        "test" => test::run(rest),
        "lint" => lint::run(rest),
        "miri" => miri::run(rest),
        "surface" => python::surface(rest),
        "stubs" => python::stubs(rest),
        "docs" => python::docs(rest),
        "bench" => bench::run(rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(format!("there is no command '{other}'\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\nxtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Where cargo builds.
fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| OsString::from("target")))
}

/// A call of cargo in the root of the repository.
fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.args(arguments).current_dir(root());
    command
}

/// The packages of the workspace. A package's directory has its name.
fn packages() -> Result<Vec<String>, String> {
    let crates = root().join("crates");
    let entries = std::fs::read_dir(&crates).map_err(|error| format!("cannot list {}: {error}", crates.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok())
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names.extend(["benchmarks", "xtask"].map(String::from));
    Ok(names)
}

/// The package that the user means: `wengert-array`, or `array` for short.
fn package(name: &str) -> Result<String, String> {
    let packages = packages()?;
    let long = format!("wengert-{name}");
    let found = packages.iter().find(|package| **package == name || **package == long);
    found.cloned().ok_or_else(|| format!("there is no crate '{name}'; there are {}", packages.join(", ")))
}
