//! `cargo xtask test`: every test there is, step by step, with the totals at the end.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::{cargo, package, root};

/// One command of the run.
struct Step {
    name: String,
    command: Command,
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
        Some((name, rest)) => crate_steps(&package(name)?, rest),
        None => all_steps()?,
    };
    let mut report = Vec::new();
    let mut total = Counts::default();
    let mut broken = Vec::new();
    for step in steps {
        println!("\n== {}", step.name);
        let (mut counts, succeeded) = execute(step.command)?;
        if !succeeded && counts.failed == 0 {
            counts.failed = 1; // it did not get as far as its tests, or is no test binary
        }
        let verdict = if succeeded { "ok" } else { "FAILED" };
        report.push(format!("{verdict:>6}  {:<32} {:>6} passed {:>4} failed", step.name, counts.passed, counts.failed));
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

/// Everything: all crates at once, so that what they share is built once; then the examples that are programs of their own.
fn all_steps() -> Result<Vec<Step>, String> {
    let tests = cargo(&["test", "--workspace", "--all-targets", "--no-fail-fast"]);
    let documentation = cargo(&["test", "--workspace", "--doc", "--no-fail-fast"]);
    let mut steps = vec![
        Step { name: "tests".to_owned(), command: tests },
        Step { name: "documentation".to_owned(), command: documentation },
    ];
    if root().join("examples/digits/main.rs").is_file() {
        let mut command =
            cargo(&["run", "--release", "-p", "wengert-nn", "--example", "digits", "--", "--epochs", "1"]);
        command.arg("--out").arg(std::env::temp_dir().join("wengert-digits"));
        steps.push(Step { name: "example digits (release)".to_owned(), command });
    }
    Ok(steps)
}

/// The tests of one crate. Cargo stops before the documentation's tests when a unit test fails, so they are a step of their own.
fn crate_steps(name: &str, rest: &[String]) -> Vec<Step> {
    if !rest.is_empty() {
        let mut command = cargo(&["test", "-p", name]);
        command.args(rest);
        return vec![Step { name: format!("{name} {}", rest.join(" ")), command }];
    }
    let tests = cargo(&["test", "-p", name, "--all-targets", "--no-fail-fast"]);
    let mut steps = vec![Step { name: name.to_owned(), command: tests }];
    if root().join("crates").join(name).join("src/lib.rs").is_file() {
        steps.push(Step { name: format!("{name} (documentation)"), command: cargo(&["test", "-p", name, "--doc"]) });
    }
    steps
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

/// Reads `test result: ok. 5 passed; 0 failed; 1 ignored; …`.
fn summary(line: &str) -> Option<Counts> {
    let (_, numbers) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let number = |label: &str| {
        numbers.split("; ").find_map(|part| part.strip_suffix(label)).and_then(|number| number.trim().parse().ok())
    };
    Some(Counts { passed: number("passed")?, failed: number("failed")? })
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
}
