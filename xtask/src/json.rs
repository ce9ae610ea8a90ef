//! The little JSON that the benchmarks speak: one flat object a line, with strings, numbers, `true`, `false` and `null`.

use std::collections::BTreeMap;

/// A value of such an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Number(f64),
    Other,
}

/// An object.
pub(crate) type Object = BTreeMap<String, Value>;

/// Reads one line; `None` if it is not such an object.
pub(crate) fn parse(line: &str) -> Option<Object> {
    let mut rest = line.trim().strip_prefix('{')?.trim_start();
    let mut object = Object::new();
    if rest == "}" {
        return Some(object);
    }
    loop {
        let (key, after) = text(rest)?;
        let (value, after) = value(after.trim_start().strip_prefix(':')?.trim_start())?;
        object.insert(key, value);
        let after = after.trim_start();
        match after.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None => return (after == "}").then_some(object),
        }
    }
}

/// A string at the front, and what follows it.
fn text(input: &str) -> Option<(String, &str)> {
    let input = input.strip_prefix('"')?;
    let mut read = String::new();
    let mut characters = input.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((read, &input[at + 1..])),
            '\\' => match characters.next()?.1 {
                'n' => read.push('\n'),
                't' => read.push('\t'),
                plain @ ('"' | '\\' | '/') => read.push(plain),
                _ => return None,
            },
            plain => read.push(plain),
        }
    }
    None
}

/// A value at the front, and what follows it.
fn value(input: &str) -> Option<(Value, &str)> {
    if input.starts_with('"') {
        return text(input).map(|(read, rest)| (Value::Text(read), rest));
    }
    let end = input.find([',', '}']).unwrap_or(input.len());
    let (word, rest) = input.split_at(end);
    match word.trim() {
        "true" | "false" | "null" => Some((Value::Other, rest)),
        number => Some((Value::Number(number.parse().ok()?), rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, parse};

    #[test]
    fn flat_objects_are_read() {
        let object = parse(r#" {"case": "a \"b\"", "size": 20,"ns":1.5e3 , "peak_bytes": null} "#).unwrap();
        assert_eq!(object["case"], Value::Text("a \"b\"".to_owned()));
        assert_eq!(object["size"], Value::Number(20.0));
        assert_eq!(object["ns"], Value::Number(1500.0));
        assert_eq!(object["peak_bytes"], Value::Other);
        assert_eq!(parse("{}").map(|object| object.len()), Some(0));
    }

    #[test]
    fn anything_else_is_refused() {
        for line in [
            "",
            "[]",
            "{",
            r#"{"a"}"#,
            r#"{"a": 1"#,
            r#"{"a": 1} x"#,
            r#"{"a": b}"#,
            r#"{"a: 1}"#,
            r#"{"a": {"b": 1}}"#,
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
