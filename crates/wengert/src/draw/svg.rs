use std::fmt::Write;

use super::layout::{DETAIL_SIZE, HEAD, LABEL_SIZE, Layout, Placed, Route};
use super::{Diagram, Kind, text};

const MARGIN: f64 = 24.0;
const FONTS: &str = "'DejaVu Sans', Verdana, Geneva, sans-serif";
const LINE: &str = "#5b6675";
const FAINT: &str = "#a3abb5";

/// How a kind of node looks.
struct Look {
    fill: &'static str,
    stroke: &'static str,
    thickness: f64,
    dashed: bool,
    label: &'static str,
    detail: &'static str,
}

fn look(kind: Kind) -> Look {
    let (fill, stroke, thickness, dashed, label, detail) = match kind {
        Kind::Leaf => ("#ffdf9e", "#8a5a00", 2.4, false, "#2b1d00", "#6b4a0a"),
        Kind::Tensor => ("#e2f2e4", "#35724a", 1.2, false, "#12301c", "#3f6650"),
        Kind::Constant => ("#f6f6f6", "#6b6b6b", 1.2, true, "#333333", "#666666"),
        Kind::Operation => ("#e6eefa", "#3a5f9a", 1.2, false, "#14284a", "#4a6288"),
        Kind::Result => ("#24395c", "#24395c", 1.4, false, "#ffffff", "#d3deef"),
    };
    Look { fill, stroke, thickness, dashed, label, detail }
}

/// The image of a diagram laid out. It has no ids and no style sheet, so that several can share one HTML page.
pub(super) fn write(diagram: &Diagram, layout: &Layout) -> String {
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|&kind| diagram.nodes.iter().any(|n| n.kind == kind)).collect();
    let (legend, legend_width, legend_height) = legend(&kinds, (layout.width + MARGIN).max(260.0));
    let width = (layout.width.max(legend_width) + 2.0 * MARGIN).ceil();
    let height = (layout.height + legend_height + 2.0 * MARGIN).ceil();
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-label=\"computation graph\" font-family=\"{FONTS}\" text-anchor=\"middle\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    let shift = (0.5 * (width - layout.width)).round();
    let _ = writeln!(out, "<g transform=\"translate({shift} {MARGIN})\">");
    let _ = writeln!(out, "<g fill=\"none\" stroke=\"{LINE}\" stroke-width=\"1.4\" stroke-linecap=\"round\">");
    for route in &layout.routes {
        line(&mut out, route);
    }
    let _ = writeln!(out, "</g>\n<g fill=\"{LINE}\">");
    for route in &layout.routes {
        head(&mut out, route);
    }
    out.push_str("</g>\n");
    for placed in &layout.boxes {
        node(&mut out, placed);
    }
    let left = (0.5 * (width - legend_width)).round();
    let _ = writeln!(out, "</g>\n<g transform=\"translate({left} {})\">", num(MARGIN + layout.height));
    out.push_str(&legend);
    out.push_str("</g>\n</svg>\n");
    out
}

/// A number with at most one decimal.
fn num(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    // Adding zero turns a negative zero into zero.
    format!("{}", rounded + 0.0)
}

/// The line of an arrow, vertical at each of its points.
fn line(out: &mut String, route: &Route) {
    let mut points = route.points.clone();
    if let Some(last) = points.last_mut() {
        last.1 -= HEAD - 1.0;
    }
    let Some(&(mut x, mut y)) = points.first() else { return };
    let _ = write!(out, "<path d=\"M{} {}", num(x), num(y));
    for &(to_x, to_y) in &points[1..] {
        if (to_x - x).abs() < 0.05 {
            if to_y > y {
                let _ = write!(out, "V{}", num(to_y));
            }
        } else {
            let bend = 0.55 * (to_y - y);
            let controls = (num(y + bend), num(to_y - bend));
            let _ = write!(out, "C{} {} {} {} {} {}", num(x), controls.0, num(to_x), controls.1, num(to_x), num(to_y));
        }
        (x, y) = (to_x, to_y.max(y));
    }
    let faint = if route.direct { format!(" stroke=\"{FAINT}\" stroke-dasharray=\"4 3\"") } else { String::new() };
    let _ = writeln!(out, "\"{faint}/>");
}

fn head(out: &mut String, route: &Route) {
    if let Some(&(x, y)) = route.points.last() {
        let (left, right, top, notch) = (num(x - 3.8), num(x + 3.8), num(y - HEAD), num(y - HEAD + 1.6));
        let _ = writeln!(out, "<path d=\"M{} {}L{left} {top}L{} {notch}L{right} {top}Z\"/>", num(x), num(y), num(x));
    }
}

fn node(out: &mut String, placed: &Placed) {
    let look = look(placed.kind);
    out.push_str("<g>");
    if let Some(tooltip) = &placed.tooltip {
        let _ = write!(out, "<title>{}</title>", text::escape(tooltip));
    }
    shape(out, placed.kind, placed.x, placed.y, placed.width, placed.height);
    let (label_y, detail_y) = if placed.detail.is_empty() { (4.6, 0.0) } else { (-2.6, 13.0) };
    let _ = write!(
        out,
        "<text x=\"{}\" y=\"{}\" font-size=\"{LABEL_SIZE}\" font-weight=\"bold\" fill=\"{}\">{}</text>",
        num(placed.x),
        num(placed.y + label_y),
        look.label,
        text::escape(&placed.label)
    );
    if !placed.detail.is_empty() {
        let _ = write!(
            out,
            "<text x=\"{}\" y=\"{}\" font-size=\"{DETAIL_SIZE}\" fill=\"{}\">{}</text>",
            num(placed.x),
            num(placed.y + detail_y),
            look.detail,
            text::escape(&placed.detail)
        );
    }
    out.push_str("</g>\n");
}

/// The outline of a kind: leaves are rounded boxes with a thick rim, tensors notes with a folded corner, constants dashed
/// hexagons, operations pills, results dark boxes in a frame. Told apart without colour, too.
fn shape(out: &mut String, kind: Kind, x: f64, y: f64, width: f64, height: f64) {
    let look = look(kind);
    let (l, r, t, b) = (x - 0.5 * width, x + 0.5 * width, y - 0.5 * height, y + 0.5 * height);
    let dash = if look.dashed { " stroke-dasharray=\"4 2.5\"" } else { "" };
    let paint = format!("fill=\"{}\" stroke=\"{}\" stroke-width=\"{}\"{dash}", look.fill, look.stroke, look.thickness);
    let rect = |out: &mut String, inset: f64, radius: f64, paint: &str| {
        let (x, y, w, h) = (num(l + inset), num(t + inset), num(width - 2.0 * inset), num(height - 2.0 * inset));
        let _ = write!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{}\" {paint}/>", num(radius));
    };
    match kind {
        Kind::Leaf => rect(out, 0.0, 7.0, &paint),
        Kind::Operation => rect(out, 0.0, 0.5 * height, &paint),
        Kind::Result => {
            rect(
                out,
                0.0,
                4.0,
                &format!("fill=\"#ffffff\" stroke=\"{}\" stroke-width=\"{}\"", look.stroke, look.thickness),
            );
            rect(out, 3.0, 2.0, &format!("fill=\"{}\"", look.fill));
        }
        Kind::Constant => {
            let side = 0.3 * height;
            let (inner_l, inner_r) = (num(l + side), num(r - side));
            let (l, r, t, b, y) = (num(l), num(r), num(t), num(b), num(y));
            let _ =
                write!(out, "<path d=\"M{inner_l} {t}H{inner_r}L{r} {y}L{inner_r} {b}H{inner_l}L{l} {y}Z\" {paint}/>");
        }
        Kind::Tensor => {
            let fold = 0.24 * height;
            let (fold_x, fold_y) = (num(r - fold), num(t + fold));
            let (l, r, t, b) = (num(l), num(r), num(t), num(b));
            let _ = write!(
                out,
                "<path d=\"M{l} {t}H{fold_x}L{r} {fold_y}V{b}H{l}Z\" {paint}/>\
                 <path d=\"M{fold_x} {t}V{fold_y}H{r}Z\" fill=\"{}\" fill-opacity=\"0.35\" stroke=\"{}\" stroke-width=\"1\"/>",
                look.stroke, look.stroke
            );
        }
    }
}

/// The legend of some kinds, in even lines no longer than `room`; its width and height.
fn legend(kinds: &[Kind], room: f64) -> (String, f64, f64) {
    const SIZE: f64 = 10.5;
    const SPACE: f64 = 18.0;
    let entry = |kind: &Kind| 29.0 + text::width(kind.caption(), SIZE, false);
    let length = |line: &[Kind]| line.iter().map(|kind| entry(kind) + SPACE).sum::<f64>() - SPACE;
    // The fewest lines that fit; one entry a line always does.
    let each = (1..=kinds.len()).map(|lines| kinds.len().div_ceil(lines));
    let Some(each) = each.into_iter().find(|&n| n == 1 || kinds.chunks(n).all(|line| length(line) <= room)) else {
        return (String::new(), 0.0, 0.0);
    };
    let mut out = String::new();
    let (mut y, mut width) = (40.0, 0.0_f64);
    for line in kinds.chunks(each) {
        let mut x = 0.0;
        for kind in line {
            shape(&mut out, *kind, x + 11.0, y, 22.0, 13.0);
            let (left, base, caption) = (num(x + 29.0), num(y + 3.8), kind.caption());
            let _ = writeln!(
                out,
                "<text x=\"{left}\" y=\"{base}\" font-size=\"{SIZE}\" text-anchor=\"start\" fill=\"#4a4f57\">{caption}</text>"
            );
            x += entry(kind) + SPACE;
        }
        width = width.max(length(line));
        y += 22.0;
    }
    (out, width, y - 14.0)
}
