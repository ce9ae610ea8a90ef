//! `cargo xtask bench`: wengert and its peers, each in a process of its own, taking turns case by case, and one table of the results.
//!
//! What the two sides must print is written in `benchmarks/README.md`.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::json;
use crate::python::succeed;
use crate::table::{Side, Table};
use crate::{cargo, python, root, target};

/// How often each side runs each case; the table shows the median.
const ROUNDS: usize = 3;

struct Options {
    quick: bool,
    threads: Vec<usize>,
    python: Option<PathBuf>,
    filter: String,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Options, String> {
        let mut options = Options { quick: false, threads: vec![1, 2], python: None, filter: String::new() };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut next = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--quick" => options.quick = true,
                "--threads" => {
                    options.threads = match next()?.as_str() {
                        "1" => vec![1],
                        "2" => vec![2],
                        "both" => vec![1, 2],
                        other => return Err(format!("--threads is 1, 2 or both, not '{other}'")),
                    }
                }
                "--python" => options.python = Some(PathBuf::from(next()?)),
                unknown if unknown.starts_with('-') => return Err(format!("bench has no option '{unknown}'")),
                filter => filter.clone_into(&mut options.filter),
            }
        }
        Ok(options)
    }
}

/// One side: the program to run and the arguments before those of the protocol.
struct Runner {
    side: Side,
    program: PathBuf,
    leading: Vec<OsString>,
    cases: Vec<String>,
}

impl Runner {
    fn new(side: Side, program: PathBuf, leading: Vec<OsString>) -> Result<Runner, String> {
        let mut runner = Runner { side, program, leading, cases: Vec::new() };
        runner.cases = runner.output(&["--list".as_ref()])?.lines().map(str::to_owned).collect();
        Ok(runner)
    }

    fn output(&self, arguments: &[&OsStr]) -> Result<String, String> {
        let mut command = Command::new(&self.program);
        command.args(&self.leading).args(arguments).current_dir(root()).stderr(Stdio::inherit());
        command.env("PYTHONPATH", root().join("python"));
        let output = command.output().map_err(|error| format!("cannot run {}: {error}", self.program.display()))?;
        if !output.status.success() {
            return Err(format!("{} ended with {}", self.program.display(), output.status));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs one case and takes what it prints into the table.
    fn measure(&self, case: &str, threads: usize, quick: bool, table: &mut Table) -> Result<(), String> {
        let threads = threads.to_string();
        let mut arguments: Vec<&OsStr> = vec!["--case".as_ref(), case.as_ref(), "--threads".as_ref(), threads.as_ref()];
        if quick {
            arguments.push("--quick".as_ref());
        }
        for line in self.output(&arguments)?.lines() {
            let object = json::parse(line).ok_or_else(|| format!("{case}: this is not a result: {line}"))?;
            table.add(self.side, &object).map_err(|problem| format!("{case}: {problem}: {line}"))?;
        }
        Ok(())
    }
}

/// Runs the benchmarks and prints the table. A side that fails on a case is named, and the whole fails at the end.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let options = Options::parse(arguments)?;
    let built = cargo(&["build", "--release", "-p", "benchmarks"]).status();
    if !built.map_err(|error| format!("cannot run cargo: {error}"))?.success() {
        return Err("the benchmarks do not build".to_owned());
    }
    let program = target().join("release").join(format!("benchmarks{}", std::env::consts::EXE_SUFFIX));
    let mut runners = vec![Runner::new(Side::Wengert, program, Vec::new())?];
    let mut interpreter = options.python.clone();
    let peer = match peer_python(options.python.as_deref()) {
        Ok((python, version)) => {
            let script = root().join("benchmarks/peers/torch_peer.py");
            runners.push(Runner::new(Side::Peer, python.clone(), vec![script.into()])?);
            interpreter = Some(python);
            format!("PyTorch {version}")
        }
        Err(reason) => {
            eprintln!("PyTorch is not here, so only wengert's column is measured: {reason}");
            "PyTorch (absent)".to_owned()
        }
    };

    // The cases of the Python package: the same script on both sides, in the same interpreter.
    python::build(true)?;
    let interpreter = match interpreter {
        Some(python) => python,
        None => python::environment("python", &["test"])?,
    };
    for (side, name) in [(Side::Wengert, "wengert"), (Side::Peer, "peer")] {
        let script = root().join("benchmarks/peers/python_cases.py");
        runners.push(Runner::new(side, interpreter.clone(), vec![script.into(), "--side".into(), name.into()])?);
    }

    let mut cases: Vec<&String> = Vec::new();
    for case in runners.iter().flat_map(|runner| &runner.cases).filter(|case| case.contains(&options.filter)) {
        if !cases.contains(&case) {
            cases.push(case);
        }
    }
    let rounds = if options.quick { 1 } else { ROUNDS };
    let mut table = Table::default();
    let mut failed: Vec<String> = Vec::new();
    for case in cases {
        for &threads in &options.threads {
            for round in 1..=rounds {
                eprintln!("{case}, threads {threads}, round {round} of {rounds}");
                for runner in runners.iter().filter(|runner| runner.cases.contains(case)) {
                    if let Err(problem) = runner.measure(case, threads, options.quick, &mut table) {
                        eprintln!("{problem}");
                        failed.push(format!("{case} ({:?})", runner.side));
                    }
                }
            }
        }
    }
    if table.is_empty() {
        return Err(format!("nothing was measured; no case's name contains '{}', or all failed", options.filter));
    }
    println!("{}", table.markdown(&peer));
    failed.dedup();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

/// A Python that can import torch, and torch's version: the one given, or that of a virtual environment made for the purpose.
fn peer_python(given: Option<&Path>) -> Result<(PathBuf, String), String> {
    if let Some(python) = given {
        return Ok((python.to_path_buf(), torch_version(python)?));
    }
    let environment = target().join("bench-venv");
    let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if let Ok(version) = torch_version(&python) {
        return Ok((python, version));
    }
    eprintln!("installing PyTorch into {} (once; it is large)", environment.display());
    succeed(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
    succeed(Command::new(&python).args(["-m", "pip", "install", "--quiet", "torch", "autograd"]))?;
    let version = torch_version(&python)?;
    Ok((python, version))
}

fn torch_version(python: &Path) -> Result<String, String> {
    let output = Command::new(python).args(["-c", "import torch; print(torch.__version__)"]).output();
    let output = output.map_err(|error| format!("cannot run {}: {error}", python.display()))?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() { Ok(version) } else { Err(format!("{} cannot import torch", python.display())) }
}

#[cfg(test)]
mod tests {
    use super::Options;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_read() {
        let options = parse("--quick --threads 2 matmul").unwrap();
        assert!(options.quick && options.python.is_none());
        assert_eq!((options.threads, options.filter.as_str()), (vec![2], "matmul"));
        assert_eq!(parse("").unwrap().threads, [1, 2]);
        for wrong in ["--threads", "--threads 3", "--fast"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
