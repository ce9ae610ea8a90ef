//! The table of primitives and their rules in `docs/primitives.md`, made from the sources and the registry.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::{Case, all, sources, type_of};
use crate::{DType, trace};

/// What the sources say of a primitive.
struct Rules {
    file: String,
    summary: String,
    linear: bool,
    vjp: bool,
    jvp: bool,
    batch: bool,
}

/// Every `impl Primitive for …` with the functions that it has.
fn rules() -> BTreeMap<String, Rules> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    for path in sources(&root) {
        let text = std::fs::read_to_string(&path).expect("a source file");
        for (at, line) in text.match_indices("\nimpl Primitive for ") {
            let name = type_of(&text[at + line.len()..]);
            let body = text[at + 1..].split("\n}\n").next().unwrap_or_default();
            let has = |function: &str| body.contains(function);
            let rules = Rules {
                file: path.strip_prefix(&root).expect("a source of this crate").display().to_string(),
                summary: documentation(&text, &name),
                linear: has("fn linear("),
                vjp: has("fn vjp("),
                jvp: has("fn jvp("),
                batch: has("fn batch(") || has("batch_rule!"),
            };
            found.insert(name, rules);
        }
    }
    found
}

/// The first sentence of a type's documentation.
fn documentation(text: &str, name: &str) -> String {
    let declaration = format!("pub(crate) struct {name}");
    let above = text.split(&declaration).next().unwrap_or_default();
    let lines: Vec<&str> =
        above.lines().rev().take_while(|line| line.starts_with("///") || line.starts_with("#[")).collect();
    let whole: Vec<&str> = lines.iter().rev().filter_map(|line| line.strip_prefix("/// ")).collect();
    let whole = whole.join(" ");
    whole.split(". ").next().unwrap_or_default().trim_end_matches('.').to_string()
}

/// The names under which the cases apply a primitive.
fn names(cases: &[&Case]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for case in cases {
        let inputs = case.tensors(DType::F64);
        let program = trace(|x: &Vec<_>| (case.operation)(x).map(|outs| outs.into_iter().collect::<Vec<_>>()), &inputs);
        let program = program.unwrap_or_else(|error| panic!("{}: {error}", case.label));
        let own = program.steps().iter().filter(|step| type_of(&format!("{:?}", &**step.prim())) == case.primitive);
        names.extend(own.map(|step| format!("`{}`", step.prim().name())));
    }
    names
}

fn table() -> String {
    let cases = all();
    let mut text = String::from(
        "# Primitives\n\n\
         Every operation is made of these. The table is written from the sources and from the registry in\n\
         `crates/wengert/src/registry`, which checks each primitive in every mode, dtype and memory layout:\n\
         `WENGERT_WRITE_DOCS=1 cargo test -p wengert --lib table` writes it again.\n\n\
         - *linear*: its derivative is itself, applied to tangents.\n\
         - *vjp* and *jvp*: rules of reverse and forward mode; — where results are positions or truth values, which carry\n\
         \x20 no derivative.\n\
         - *batch*: its own rule for `vmap`, rather than a loop over the batch.\n\n\
         | primitive | what it is | named | file | linear | vjp | jvp | batch | cases |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    let mark = |has: bool| if has { "yes" } else { "—" };
    for (name, rules) in rules() {
        let own: Vec<&Case> = cases.iter().filter(|case| case.primitive == name).collect();
        let names: Vec<String> = if name == "Pointwise" {
            vec![format!("each of {} rows, and expressions of them", wengert_scalar::Row::ALL.len())]
        } else {
            names(&own).into_iter().collect()
        };
        let jvp = if rules.jvp {
            "yes"
        } else if rules.linear {
            "itself"
        } else {
            "—"
        };
        let _ = writeln!(
            text,
            "| `{name}` | {} | {} | `{}` | {} | {} | {jvp} | {} | {} |",
            rules.summary,
            names.join(", "),
            rules.file,
            if rules.linear { "yes" } else { "no" },
            mark(rules.vjp),
            mark(rules.batch),
            own.len(),
        );
    }
    let _ = writeln!(text, "\n{} cases in all.", cases.len());
    text
}

#[test]
fn the_table_of_primitives_is_up_to_date() {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/primitives.md");
    let text = table();
    if std::env::var_os("WENGERT_WRITE_DOCS").is_some() {
        std::fs::write(&path, &text).expect("docs/primitives.md can be written");
        return;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(written == text, "docs/primitives.md is out of date: run with WENGERT_WRITE_DOCS=1");
}

#[test]
fn every_primitive_has_its_own_rules() {
    for (name, rules) in rules() {
        assert!(rules.batch, "{name} would be batched by a loop");
        let differentiable = rules.vjp && (rules.jvp || rules.linear);
        let discrete = ["ArgExtreme", "Argsort", "Truth"].contains(&name.as_str());
        assert!(differentiable != discrete, "{name}: vjp {}, jvp {}, linear {}", rules.vjp, rules.jvp, rules.linear);
        assert!(!rules.summary.is_empty(), "{name} is not documented");
    }
}
