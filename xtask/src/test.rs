//! `cargo xtask test`: every test there is, step by step, with the totals at the end.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::{cargo, package, python, root, target};

/// One step of the run.
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) work: Work,
}

/// What a step does.
pub(crate) enum Work {
    /// Runs a command, and counts the tests that it reports.
    Run(Command),
    /// Makes something that later steps need.
    Do(Box<dyn FnOnce() -> Result<(), String>>),
}

impl Step {
    fn new(name: &str, command: Command) -> Step {
        Step { name: name.to_owned(), work: Work::Run(command) }
    }
}

/// What the test binaries of one step said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

/// Runs the steps, every one of them even if an earlier one failed, and prints a line for each and the totals.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let steps = match arguments.split_first() {
        None => all_steps(&[])?,
        Some((option, [])) if option == "--peers" => all_steps(arguments)?,
        Some((option, rest)) if option == "--python" => python::steps(rest)?,
        Some((name, rest)) => crate_steps(&package(name)?, rest)?,
    };
    let mut report = Vec::new();
    let mut total = Counts::default();
    let mut broken = Vec::new();
    for step in steps {
        println!("\n== {}", step.name);
        let start = Instant::now();
        let outcome = match step.work {
            Work::Run(command) => execute(command),
            Work::Do(make) => make().map(|()| (Counts::default(), true)),
        };
        let (mut counts, succeeded) = outcome.unwrap_or_else(|why| {
            eprintln!("{why}");
            (Counts::default(), false)
        });
        if !succeeded && counts.failed == 0 {
            counts.failed = 1; // it did not get as far as its tests, or is no test binary
        }
        let verdict = if succeeded { "ok" } else { "FAILED" };
        let Counts { passed, failed } = counts;
        let seconds = start.elapsed().as_secs_f64();
        report.push(format!("{verdict:>6}  {:<32} {passed:>6} passed {failed:>4} failed {seconds:>7.1} s", step.name));
        if !succeeded {
            broken.push(step.name);
        }
        total.passed += counts.passed;
        total.failed += counts.failed;
    }
    println!("\n{}\n", report.join("\n"));
    println!("{} passed, {} failed", total.passed, total.failed);
    if broken.is_empty() { Ok(()) } else { Err(format!("failed: {}", broken.join(", "))) }
}

/// Everything: all crates at once, so that what they share is built once; then the examples that are programs of their own, and the Python
/// package. The extension module is left to the latter: it has no tests in Rust, and as a test binary it would not link.
fn all_steps(options: &[String]) -> Result<Vec<Step>, String> {
    let without = ["--workspace", "--exclude", python::PACKAGE, "--no-fail-fast"];
    let mut tests = cargo(&["test", "--all-targets"]);
    tests.args(without);
    let mut documentation = cargo(&["test", "--doc"]);
    documentation.args(without);
    // `cargo test --all-targets` builds examples as tests only; with all crates the features are those of the tests, so that
    // no dependency is built again.
    let mut examples = cargo(&["build", "--examples", "--workspace"]);
    examples.args(["--exclude", python::PACKAGE]);
    let mut steps =
        vec![Step::new("tests", tests), Step::new("documentation", documentation), Step::new("examples", examples)];
    let mut digits =
        Command::new(target().join("debug/examples").join(format!("digits{}", std::env::consts::EXE_SUFFIX)));
    digits.args(["--epochs", "1", "--out"]).arg(std::env::temp_dir().join("wengert-digits")).current_dir(root());
    steps.push(Step::new("example digits", digits));
    steps.extend(python::steps(options)?);
    Ok(steps)
}

/// The tests of one crate. Cargo stops before the documentation's tests when a unit test fails, so they are a step of their own.
fn crate_steps(name: &str, rest: &[String]) -> Result<Vec<Step>, String> {
    if name == python::PACKAGE {
        return python::steps(rest);
    }
    if !rest.is_empty() {
        let mut command = cargo(&["test", "-p", name]);
        command.args(rest);
        return Ok(vec![Step::new(&format!("{name} {}", rest.join(" ")), command)]);
    }
    let mut steps = vec![Step::new(name, cargo(&["test", "-p", name, "--all-targets", "--no-fail-fast"]))];
    if root().join("crates").join(name).join("src/lib.rs").is_file() {
        steps.push(Step::new(&format!("{name} (documentation)"), cargo(&["test", "-p", name, "--doc"])));
    }
    Ok(steps)
}

/// Runs a command, passes its output on and adds up the summaries in it.
pub(crate) fn execute(mut command: Command) -> Result<(Counts, bool), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let cannot = |error| format!("cannot run {program}: {error}");
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(cannot)?;
    let mut counts = Counts::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.map_err(cannot)?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            if let Some(more) = summary(&line) {
                counts.passed += more.passed;
                counts.failed += more.failed;
            }
        }
    }
    Ok((counts, child.wait().map_err(cannot)?.success()))
}

/// Reads the summary of a test runner, if the line is one.
fn summary(line: &str) -> Option<Counts> {
    cargo_summary(line).or_else(|| pytest_summary(line))
}

/// Reads `test result: ok. 5 passed; 0 failed; 1 ignored; …`.
fn cargo_summary(line: &str) -> Option<Counts> {
    let (_, numbers) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let number = |label: &str| {
        numbers.split("; ").find_map(|part| part.strip_suffix(label)).and_then(|number| number.trim().parse().ok())
    };
    Some(Counts { passed: number("passed")?, failed: number("failed")? })
}

/// Reads `=== 2 failed, 30 passed, 1 skipped, 1 error in 4.05s ===`, with or without its frame.
fn pytest_summary(line: &str) -> Option<Counts> {
    let (numbers, time) = line.trim_matches(['=', ' ']).rsplit_once(" in ")?;
    time.split(' ').next()?.strip_suffix('s')?.parse::<f64>().ok()?;
    let mut counts = Counts::default();
    for part in numbers.split(", ") {
        let (number, label) = part.split_once(' ')?;
        let number: usize = number.parse().ok()?;
        match label {
            "passed" => counts.passed += number,
            "failed" | "error" | "errors" => counts.failed += number,
            _ => {}
        }
    }
    Some(counts)
}

#[cfg(test)]
mod tests {
    use super::{Counts, summary};

    #[test]
    fn summaries_of_cargo_are_read() {
        let line =
            "test result: FAILED. 120 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.52s";
        assert_eq!(summary(line), Some(Counts { passed: 120, failed: 3 }));
        assert_eq!(summary("test reduce::tests::sum ... ok"), None);
        assert_eq!(summary("test result: nothing"), None);
    }

    #[test]
    fn summaries_of_pytest_are_read() {
        let counts = |passed, failed| Some(Counts { passed, failed });
        assert_eq!(summary("30 passed in 4.05s"), counts(30, 0));
        assert_eq!(summary("===== 2 failed, 30 passed, 1 skipped, 1 error in 75.00s (0:01:15) ====="), counts(30, 3));
        assert_eq!(summary("2 skipped in 0.10s"), counts(0, 0));
        assert_eq!(summary("it passed in Paris"), None);
    }
}
