//! Text: nested brackets, aligned columns, long arrays summarised.
//!
//! The layout is the one PyTorch users know, to the letter: four decimals, whole numbers written `1.`, scientific notation when the
//! values span more than three decades, lines wrapped at 80 columns, and three items at each edge once there are more than 1000.

use std::fmt;

use crate::{Array, Shape};

/// How an array is written out; the defaults are PyTorch's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Digits after the point.
    pub precision: usize,
    /// Arrays with more elements than this show their edges only.
    pub threshold: usize,
    /// Items kept at each end of an axis when summarised.
    pub edge_items: usize,
    /// Column at which lines are wrapped.
    pub line_width: usize,
    /// Scientific notation: always, never, or (`None`) when the values ask for it.
    pub scientific: Option<bool>,
}

impl Default for Style {
    fn default() -> Style {
        Style { precision: 4, threshold: 1000, edge_items: 3, line_width: 80, scientific: None }
    }
}

impl fmt::Display for Array {
    /// Writes the values; `{:.2}` asks for two decimals instead of four.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = Style { precision: f.precision().unwrap_or(4), ..Style::default() };
        f.write_str(&body(self, 0, &style))
    }
}

impl fmt::Debug for Array {
    /// Writes the values with shape and dtype, as in `array([1., 2.], shape=(2,), dtype=float64)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (shape, dtype) = (format!("shape={}", Shape::new(self.shape())), format!("dtype={}", self.dtype()));
        f.write_str(&format(self, "array(", &[&shape, &dtype], Style::default().line_width))
    }
}

/// The array between `prefix` and `suffixes`, for instance `tensor([1., 2.], dtype=torch.float64)`.
///
/// Continuation lines are indented by the width of `prefix`. The suffixes follow the values, separated by commas, each on a new line if
/// it would not fit; empty ones are left out. A prefix that ends in `(` is closed at the end.
///
/// ```
/// use wengert_array::{Array, display};
///
/// let x = Array::from_slice(&[1.0, 2.5]);
/// assert_eq!(display::format(&x, "tensor(", &["dtype=float64"], 80), "tensor([1.0000, 2.5000], dtype=float64)");
/// ```
pub fn format(x: &Array, prefix: &str, suffixes: &[&str], line_width: usize) -> String {
    format_with(x, prefix, suffixes, &Style { line_width, ..Style::default() })
}

/// [`format()`], with every option of the layout open.
pub fn format_with(x: &Array, prefix: &str, suffixes: &[&str], style: &Style) -> String {
    let indent = width(prefix);
    let mut text = format!("{prefix}{}", body(x, indent, style));
    // One more than the last line's length, two more if there is only one line: PyTorch's count, kept so that lines break where its do.
    let mut column = match text.rfind('\n') {
        Some(at) => width(&text[at..]) + 1,
        None => width(&text) + 2,
    };
    for suffix in suffixes.iter().filter(|s| !s.is_empty()) {
        if column + width(suffix) + 2 > style.line_width {
            text.push_str(",\n");
            text.push_str(&" ".repeat(indent));
            column = indent + width(suffix);
        } else {
            text.push_str(", ");
            column += width(suffix) + 2;
        }
        text.push_str(suffix);
    }
    if prefix.ends_with('(') {
        text.push(')');
    }
    text
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// One element, whatever its dtype.
#[derive(Clone, Copy)]
enum Cell {
    Bool(bool),
    Int(i64),
    Float(f64),
}

impl Cell {
    fn at(x: &Array, index: &[usize]) -> Option<Cell> {
        Some(match x.get(index).ok()? {
            Array::Bool(v) => Cell::Bool(v),
            Array::U8(v) => Cell::Int(v.into()),
            Array::I32(v) => Cell::Int(v.into()),
            Array::I64(v) => Cell::Int(v),
            Array::F32(v) => Cell::Float(v.into()),
            Array::F64(v) => Cell::Float(v),
            Array::Dense(_) => return None,
        })
    }
}

/// How the numbers of one array are written: decided once, from all that are shown.
struct Notation {
    whole: bool,
    scientific: bool,
    precision: usize,
    width: usize,
}

impl Notation {
    fn of(cells: &[Cell], float: bool, style: &Style) -> Notation {
        let mut n = Notation { whole: true, scientific: false, precision: style.precision, width: 1 };
        if !float {
            n.width = cells.iter().map(|&c| width(&n.text(c))).max().unwrap_or(1);
            return n;
        }
        let values: Vec<f64> = cells
            .iter()
            .filter_map(|c| match *c {
                Cell::Float(v) if v.is_finite() && v != 0.0 => Some(v),
                _ => None,
            })
            .collect();
        if values.is_empty() {
            return n;
        }
        let least = values.iter().fold(f64::INFINITY, |m, v| m.min(v.abs()));
        let most = values.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        n.whole = values.iter().all(|v| v.fract() == 0.0);
        n.scientific = style.scientific.unwrap_or(most / least > 1000.0 || most > 1e8 || least < 1e-4);
        n.width = values.iter().map(|&v| width(&n.text(Cell::Float(v)))).max().unwrap_or(1);
        n
    }

    /// The element without padding.
    fn text(&self, cell: Cell) -> String {
        match cell {
            Cell::Bool(true) => "True".into(),
            Cell::Bool(false) => "False".into(),
            Cell::Int(v) => v.to_string(),
            Cell::Float(v) if v.is_nan() => "nan".into(),
            Cell::Float(v) if v.is_infinite() => if v > 0.0 { "inf" } else { "-inf" }.into(),
            Cell::Float(v) if self.scientific => {
                let text = format!("{v:.*e}", self.precision);
                match text.split_once('e') {
                    Some((digits, exponent)) => match exponent.strip_prefix('-') {
                        Some(e) => format!("{digits}e-{e:0>2}"),
                        None => format!("{digits}e+{exponent:0>2}"),
                    },
                    None => text,
                }
            }
            Cell::Float(v) if self.whole => format!("{v:.0}."),
            Cell::Float(v) => format!("{v:.*}", self.precision),
        }
    }

    fn padded(&self, cell: Cell) -> String {
        format!("{:>1$}", self.text(cell), self.width)
    }
}

/// Which positions of an axis are shown: all, or the edges with a gap between them.
struct Shown {
    len: usize,
    edges: Option<usize>,
}

impl Shown {
    fn of(len: usize, summarise: bool, style: &Style) -> Shown {
        Shown { len, edges: (summarise && len > 2 * style.edge_items).then_some(style.edge_items) }
    }

    fn head(&self) -> std::ops::Range<usize> {
        0..self.edges.unwrap_or(self.len)
    }

    fn tail(&self) -> std::ops::Range<usize> {
        self.edges.map_or(0..0, |e| self.len - e..self.len)
    }
}

struct Layout<'a> {
    x: &'a Array,
    style: &'a Style,
    summarise: bool,
    notation: Notation,
}

/// The values alone, for a text that starts in column `indent`.
fn body(x: &Array, indent: usize, style: &Style) -> String {
    if x.is_empty() {
        return "[]".into();
    }
    let summarise = x.len() > style.threshold;
    let mut cells = Vec::new();
    visible(x, &mut Vec::new(), summarise, style, &mut cells);
    let notation = Notation::of(&cells, x.dtype().is_float(), style);
    Layout { x, style, summarise, notation }.write(&mut Vec::new(), indent)
}

/// Collects the elements that will be shown.
fn visible(x: &Array, index: &mut Vec<usize>, summarise: bool, style: &Style, cells: &mut Vec<Cell>) {
    if index.len() == x.ndim() {
        cells.extend(Cell::at(x, index));
        return;
    }
    let shown = Shown::of(x.shape()[index.len()], summarise, style);
    for i in shown.head().chain(shown.tail()) {
        index.push(i);
        visible(x, index, summarise, style, cells);
        index.pop();
    }
}

impl Layout<'_> {
    fn write(&self, index: &mut Vec<usize>, indent: usize) -> String {
        let below = self.x.ndim() - index.len();
        if below == 0 {
            return Cell::at(self.x, index).map_or(String::new(), |c| self.notation.padded(c));
        }
        let shown = Shown::of(self.x.shape()[index.len()], self.summarise, self.style);
        let next = if below == 1 { indent } else { indent + 1 };
        let mut item = |i| {
            index.push(i);
            let text = self.write(index, next);
            index.pop();
            text
        };
        let mut items: Vec<String> = shown.head().map(&mut item).collect();
        if shown.edges.is_some() {
            let gap = if below == 1 && self.style.edge_items > 0 { " ..." } else { "..." };
            items.push(gap.into());
        }
        items.extend(shown.tail().map(&mut item));

        let margin = " ".repeat(indent + 1);
        if below > 1 {
            return format!("[{}]", items.join(&format!(",{}{margin}", "\n".repeat(below - 1))));
        }
        let per_line = (self.style.line_width.saturating_sub(indent) / (self.notation.width + 2)).max(1);
        let lines: Vec<String> = items.chunks(per_line).map(|line| line.join(", ")).collect();
        format!("[{}]", lines.join(&format!(",\n{margin}")))
    }
}
