//! `cargo xtask miri`: the tests of the modules that contain `unsafe`, under the interpreter that finds undefined behaviour.
//!
//! Which modules those are is read from the sources, so a new one is never forgotten. A test that Miri cannot run, because it calls foreign
//! machine code or takes too long, says so itself: `#[cfg_attr(miri, ignore = "reason")]`.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use crate::lint::sources;
use crate::test::execute;
use crate::{package, root};

const INSTALL: &str = "rustup toolchain install nightly --component miri --component rust-src";

/// Runs Miri on one crate, or on every crate that has `unsafe`. Without the component it says what to install and fails.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let only = arguments.first().map(|name| package(name)).transpose()?;
    if !installed() {
        return Err(format!("Miri was not run: the nightly toolchain has no Miri here. To install it: {INSTALL}"));
    }
    let mut failed = Vec::new();
    for (name, modules) in unsafe_modules()? {
        if only.as_ref().is_some_and(|only| *only != name) {
            continue;
        }
        println!("== {name}: {}", modules.join(" "));
        let mut command = Command::new("rustup");
        command.args(["run", "nightly", "cargo", "miri", "test", "-p", &name, "--lib", "--"]).args(modules);
        command.env("MIRIFLAGS", "-Zmiri-disable-isolation").env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO");
        command.current_dir(root());
        let (counts, succeeded) = execute(command)?;
        if !succeeded {
            failed.push(name);
        } else if counts.passed == 0 {
            failed.push(format!("{name} (these modules have no tests)"));
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("failed under Miri: {}", failed.join(", "))) }
}

fn installed() -> bool {
    let list = Command::new("rustup").args(["component", "list", "--toolchain", "nightly", "--installed"]).output();
    list.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).lines().any(|line| line.starts_with("miri")))
}

/// For each crate, the paths of the modules whose file contains `unsafe`, as filters for its tests.
fn unsafe_modules() -> Result<BTreeMap<String, Vec<String>>, String> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in sources()? {
        let Some((name, module)) = module(&path) else { continue };
        let text = fs::read_to_string(root().join(&path)).unwrap_or_default(); // removed, but not yet from the index
        let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
        if code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_')).any(|word| word == "unsafe") {
            found.entry(name).or_default().push(module);
        }
    }
    Ok(found)
}

/// `crates/wengert-array/src/reduce/sum.rs` is `reduce::sum::` of `wengert-array`. What stands in the root module has no prefix.
fn module(path: &str) -> Option<(String, String)> {
    let (name, file) = path.strip_prefix("crates/")?.split_once("/src/")?;
    let file = file.strip_suffix(".rs")?;
    let file = file.strip_suffix("/mod").unwrap_or(file);
    let module = if file == "lib" { "tests::".to_owned() } else { format!("{}::", file.replace('/', "::")) };
    Some((name.to_owned(), module))
}

#[cfg(test)]
mod tests {
    use super::module;

    #[test]
    fn files_are_named_as_modules() {
        let named = |crate_name: &str, path: &str| Some((crate_name.to_owned(), path.to_owned()));
        assert_eq!(module("crates/wengert-array/src/reduce/sum.rs"), named("wengert-array", "reduce::sum::"));
        assert_eq!(module("crates/wengert/src/tape/mod.rs"), named("wengert", "tape::"));
        assert_eq!(module("crates/wengert/src/lib.rs"), named("wengert", "tests::"));
        assert_eq!(module("crates/wengert/tests/tape.rs"), None);
        assert_eq!(module("xtask/src/main.rs"), None);
    }
}
