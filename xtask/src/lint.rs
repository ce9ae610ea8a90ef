//! `cargo xtask lint`: what can be said about the code without running it.

use std::fs;
use std::process::Command;

use crate::python::environment;
use crate::{cargo, root};

/// A file longer than this is perhaps two families in one room.
const LONG: usize = 600;

/// Runs every check even if an earlier one failed; long files are listed, not refused.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    if let Some(argument) = arguments.first() {
        return Err(format!("lint takes no arguments, got '{argument}'"));
    }
    let mut rustdoc = cargo(&["doc", "--workspace", "--no-deps", "--quiet"]);
    rustdoc.env("RUSTDOCFLAGS", "-D warnings");
    let mut ruff = Command::new(environment("python", &["test"])?);
    ruff.args(["-m", "ruff", "check", "--quiet", "python"]).current_dir(root());
    let checks = [
        ("formatting", cargo(&["fmt", "--all", "--check"])),
        ("clippy", cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])),
        ("rustdoc", rustdoc),
        ("ruff", ruff),
    ];
    let mut failed = Vec::new();
    for (name, mut command) in checks {
        println!("== {name}");
        let status = command.status().map_err(|error| format!("cannot run {name}: {error}"))?;
        if !status.success() {
            failed.push(name);
        }
    }
    println!("== length of files");
    for (path, lines) in long_files()? {
        println!("warning: {path} has {lines} lines, more than {LONG}");
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

/// The source files, tests aside, that are longer than they should be.
fn long_files() -> Result<Vec<(String, usize)>, String> {
    let mut long = Vec::new();
    for path in sources()? {
        let text = fs::read_to_string(root().join(&path)).unwrap_or_default(); // removed, but not yet from the index
        let lines = text.lines().count();
        if lines > LONG && !path.split('/').any(|part| matches!(part, "tests" | "tests.rs")) {
            long.push((path, lines));
        }
    }
    Ok(long)
}

/// The Rust and Python files that git knows or would add, as paths from the root.
pub(crate) fn sources() -> Result<Vec<String>, String> {
    let mut git = Command::new("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard", "*.rs", "*.py"]).current_dir(root());
    let output = git.output().map_err(|error| format!("cannot run git: {error}"))?;
    if !output.status.success() {
        return Err(format!("git ls-files failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}
