//! Bad input of every kind: each gives an error whose text says what was done, with which shapes or dtypes, and what
//! to write instead. Nothing panics that returns a `Result`; the plain forms panic with the same text at the caller's
//! line.

mod autograd;
mod files;
mod indices;
mod joining;
mod numbers;
mod panics;
mod products;
mod shapes;

use std::collections::BTreeSet;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};

type Attempt = Result<(), Box<dyn Error>>;

/// What is done wrong, and what the error's text must contain.
struct Bad {
    name: &'static str,
    attempt: Box<dyn Fn() -> Attempt>,
    says: &'static [&'static str],
}

/// A row of the table.
fn bad<T, E: Error + 'static>(
    name: &'static str,
    attempt: impl Fn() -> Result<T, E> + 'static,
    says: &'static [&'static str],
) -> Bad {
    Bad { name, attempt: Box::new(move || attempt().map(drop).map_err(Into::into)), says }
}

fn table() -> Vec<Bad> {
    [
        shapes::table(),
        joining::table(),
        products::table(),
        indices::table(),
        numbers::table(),
        files::table(),
        autograd::table(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn every_bad_input_gives_an_error_that_helps() {
    let table = table();
    let names: BTreeSet<&str> = table.iter().map(|bad| bad.name).collect();
    assert_eq!(names.len(), table.len(), "two cases have one name");
    assert!(table.len() >= 120, "only {} cases", table.len());
    let mut failures = Vec::new();
    for bad in &table {
        assert!(bad.says.len() >= 2, "{}: ask for more of the text", bad.name);
        match catch_unwind(AssertUnwindSafe(|| (bad.attempt)())) {
            Err(_) => failures.push(format!("{}: panicked", bad.name)),
            Ok(Ok(())) => failures.push(format!("{}: gave no error", bad.name)),
            Ok(Err(error)) => {
                let text = error.to_string();
                let missing: Vec<_> = bad.says.iter().filter(|part| !text.contains(**part)).collect();
                // Where a line is named, it is the caller's and none of the library's.
                if let Some(line) = text.split("\n  at ").nth(1)
                    && !line.contains("bad_input")
                {
                    failures.push(format!("{}: names another line: {text}", bad.name));
                }
                if let Some(error) = error.downcast_ref::<wengert::Error>()
                    && error.location().is_none()
                {
                    failures.push(format!("{}: names no line: {text}", bad.name));
                }
                if !missing.is_empty() {
                    failures.push(format!("{}: {missing:?} not in: {text}", bad.name));
                }
            }
        }
    }
    println!("{} kinds of bad input", table.len());
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), table.len(), failures.join("\n"));
}
