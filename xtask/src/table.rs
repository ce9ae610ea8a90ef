//! The table of the benchmarks: what the processes measured, gathered over the rounds and set side by side.

use std::collections::BTreeMap;

use crate::json::{Object, Value};

/// Which case, of which size, on how many threads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) case: String,
    pub(crate) size: u64,
    pub(crate) threads: u64,
}

/// What was measured, in the unit that the number has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Nanoseconds,
    Bytes,
}

/// The measurements of one side of one row, one a round.
#[derive(Default)]
struct Measured {
    values: Vec<f64>,
    least: Option<f64>,
}

/// One row.
struct Row {
    key: Key,
    unit: Unit,
    bound: Option<f64>,
    sides: [Measured; 2],
}

/// Who measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Wengert = 0,
    Peer = 1,
}

/// The rows, in the order in which they first came.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
    places: BTreeMap<Key, usize>,
}

impl Table {
    /// Takes in one line that a process printed.
    pub(crate) fn add(&mut self, side: Side, object: &Object) -> Result<(), String> {
        let number = |name: &str| match object.get(name) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        };
        let count = |name: &str| number(name).map(|value| value as u64).ok_or_else(|| format!("no number '{name}'"));
        let Some(Value::Text(case)) = object.get("case") else { return Err("no string 'case'".to_owned()) };
        let key = Key { case: case.clone(), size: count("size")?, threads: count("threads")? };
        let (value, unit) = match (number("ns"), number("peak_bytes")) {
            (Some(time), _) => (time, Unit::Nanoseconds),
            (None, Some(bytes)) => (bytes, Unit::Bytes),
            (None, None) => return Err("neither 'ns' nor 'peak_bytes' is a number".to_owned()),
        };
        let place = *self.places.entry(key.clone()).or_insert(self.rows.len());
        if place == self.rows.len() {
            self.rows.push(Row { key, unit, bound: None, sides: Default::default() });
        }
        let row = &mut self.rows[place];
        if row.unit != unit {
            return Err("one side measured time, the other memory".to_owned());
        }
        row.bound = row.bound.or(number("bound_ns"));
        let measured = &mut row.sides[side as usize];
        measured.values.push(value);
        let least = number("min_ns").unwrap_or(value);
        measured.least = Some(measured.least.map_or(least, |before| before.min(least)));
        Ok(())
    }

    /// Is there nothing to show?
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table in Markdown. The ratio is the peer's figure over ours: above 1, wengert is the faster or the smaller. It is given for the
    /// medians, which are shown, and for the minima: where the two differ much, the machine was busy.
    pub(crate) fn markdown(&self, peer: &str) -> String {
        let mut lines = vec![
            format!("| case | size | threads | wengert | {peer} | ratio | of minima | bound |"),
            "|---|---:|---:|---:|---:|---:|---:|---:|".to_owned(),
        ];
        let mut logarithms = Vec::new();
        for row in &self.rows {
            let [ours, theirs] = [0, 1].map(|side| median(&row.sides[side].values));
            let ratio = quotient(theirs, ours);
            let ratio_of_minima = quotient(row.sides[1].least, row.sides[0].least);
            logarithms.extend(ratio.filter(|_| row.unit == Unit::Nanoseconds).map(f64::ln));
            let cell = |value: Option<f64>| value.map_or("–".to_owned(), |value| row.unit.format(value));
            let bound = row.bound.map_or(String::new(), |bound| {
                let over = if ours.is_some_and(|ours| ours > bound) { " **over**" } else { "" };
                format!("{}{over}", row.unit.format(bound))
            });
            let [ratio, ratio_of_minima] =
                [ratio, ratio_of_minima].map(|ratio| ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.2}")));
            let Key { case, size, threads } = &row.key;
            lines.push(format!(
                "| {case} | {size} | {threads} | {} | {} | {ratio} | {ratio_of_minima} | {bound} |",
                cell(ours),
                cell(theirs)
            ));
        }
        if !logarithms.is_empty() {
            let mean = (logarithms.iter().sum::<f64>() / logarithms.len() as f64).exp();
            lines.push(format!("\nGeometric mean of the {} ratios of times: {mean:.2}", logarithms.len()));
        }
        lines.join("\n")
    }
}

impl Unit {
    fn format(self, value: f64) -> String {
        let (scaled, unit) = match self {
            Unit::Nanoseconds if value < 1e3 => (value, "ns"),
            Unit::Nanoseconds if value < 1e6 => (value / 1e3, "µs"),
            Unit::Nanoseconds if value < 1e9 => (value / 1e6, "ms"),
            Unit::Nanoseconds => (value / 1e9, "s"),
            Unit::Bytes => (value / 1048576.0, "MiB"),
        };
        let digits = if scaled < 10.0 { 2 } else { usize::from(scaled < 100.0) };
        format!("{scaled:.digits$} {unit}")
    }
}

fn quotient(numerator: Option<f64>, denominator: Option<f64>) -> Option<f64> {
    numerator.zip(denominator).filter(|&(above, below)| above > 0.0 && below > 0.0).map(|(above, below)| above / below)
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(sorted[middle]),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::{Side, Table};
    use crate::json::parse;

    fn add(table: &mut Table, side: Side, line: &str) -> Result<(), String> {
        table.add(side, &parse(line).unwrap())
    }

    #[test]
    fn rounds_are_gathered_and_set_side_by_side() {
        let mut table = Table::default();
        for ns in [90, 100, 500] {
            let line = format!(r#"{{"case": "a", "size": 1, "threads": 1, "ns": {ns}, "min_ns": 80, "bound_ns": 95}}"#);
            add(&mut table, Side::Wengert, &line).unwrap();
        }
        add(&mut table, Side::Peer, r#"{"case": "a", "size": 1, "threads": 1, "ns": 2000}"#).unwrap();
        add(&mut table, Side::Wengert, r#"{"case": "m", "size": 2, "threads": 1, "peak_bytes": 3145728}"#).unwrap();
        let text = table.markdown("PyTorch");
        let rows: Vec<&str> = text.lines().skip(2).collect();
        assert_eq!(rows[0], "| a | 1 | 1 | 100 ns | 2.00 µs | 20.00 | 25.00 | 95.0 ns **over** |");
        assert_eq!(rows[1], "| m | 2 | 1 | 3.00 MiB | – | – | – |  |");
        assert_eq!(rows[3], "Geometric mean of the 1 ratios of times: 20.00");
    }

    #[test]
    fn lines_that_say_nothing_are_errors() {
        let mut table = Table::default();
        assert!(add(&mut table, Side::Peer, r#"{"size": 1, "threads": 1, "ns": 1}"#).is_err());
        assert!(add(&mut table, Side::Peer, r#"{"case": "a", "threads": 1, "ns": 1}"#).is_err());
        assert!(add(&mut table, Side::Peer, r#"{"case": "a", "size": 1, "threads": 1}"#).is_err());
        assert!(table.is_empty());
    }
}
