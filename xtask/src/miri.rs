//! `cargo xtask miri`: tests of the crates that contain `unsafe`, under the interpreter that finds undefined behaviour.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::lint::sources;
use crate::test::execute;
use crate::{package, root};

const INSTALL: &str = "rustup toolchain install nightly --component miri --component rust-src";

/// The test files that reach the crates' `unsafe` code, and those of their tests that Miri cannot run in reasonable time, or that ask for
/// more memory than there is. Foreign machine code (the matrix product's kernels) is out of its reach.
const TESTS: &[(&str, &str, &[&str])] = &[
    ("wengert-array", "views", &[]),
    (
        "wengert-array",
        "pointwise",
        &["errors_say", "every_row", "long_blocks", "large_results", "expressions_broadcast", "pullbacks_of_rows"],
    ),
    ("wengert-scalar", "modes", &["long_chains"]),
];

/// Runs Miri on one crate, or on every crate that has `unsafe`. Without the component it says what to install and fails.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let only = arguments.first().map(|name| package(name)).transpose()?;
    if !installed() {
        return Err(format!("Miri was not run: the nightly toolchain has no Miri here. To install it: {INSTALL}"));
    }
    for name in unsafe_crates()? {
        if !TESTS.iter().any(|(listed, ..)| *listed == name) {
            return Err(format!("{name} contains `unsafe`, but no test of it is listed in xtask/src/miri.rs"));
        }
    }
    let mut failed = Vec::new();
    for (name, target, skipped) in TESTS {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        println!("== {name}: {target}");
        let mut command = Command::new("rustup");
        command.args(["run", "nightly", "cargo", "miri", "test", "-p", name, "--test", target, "--"]);
        command.args(skipped.iter().flat_map(|test| ["--skip", test]));
        command.env("MIRIFLAGS", "-Zmiri-disable-isolation").env("PROPTEST_CASES", "4");
        command.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO").current_dir(root());
        let (counts, succeeded) = execute(command)?;
        if !succeeded {
            failed.push(format!("{name} ({target})"));
        } else if counts.passed == 0 {
            failed.push(format!("{name} ({target} ran no test)"));
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("failed under Miri: {}", failed.join(", "))) }
}

fn installed() -> bool {
    let list = Command::new("rustup").args(["component", "list", "--toolchain", "nightly", "--installed"]).output();
    list.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).lines().any(|line| line.starts_with("miri")))
}

/// The crates whose sources contain `unsafe`.
fn unsafe_crates() -> Result<BTreeSet<String>, String> {
    let mut found = BTreeSet::new();
    for path in sources()? {
        let Some((name, _)) = path.strip_prefix("crates/").and_then(|path| path.split_once("/src/")) else { continue };
        let text = fs::read_to_string(root().join(&path)).unwrap_or_default(); // removed, but not yet from the index
        let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
        let mut words = code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'));
        if words.any(|word| word == "unsafe") {
            found.insert(name.to_owned());
        }
    }
    Ok(found)
}
