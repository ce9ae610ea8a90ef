use std::fmt::Write;

use super::{Diagram, Kind};

/// The diagram in the DOT language, nodes and edges in their own order.
pub(super) fn write(diagram: &Diagram) -> String {
    let mut out = String::from(
        "digraph computation {\n  rankdir=TB;\n  bgcolor=\"white\";\n  node [fontname=\"DejaVu Sans,Verdana,sans-serif\", \
         fontsize=11];\n  edge [color=\"#5b6675\", arrowsize=0.7];\n",
    );
    for node in &diagram.nodes {
        let style = match node.kind {
            Kind::Leaf => "shape=box, style=\"rounded,filled,bold\", fillcolor=\"#ffdf9e\", color=\"#8a5a00\"",
            Kind::Tensor => "shape=note, style=\"filled\", fillcolor=\"#e2f2e4\", color=\"#35724a\"",
            Kind::Constant => "shape=hexagon, style=\"filled,dashed\", fillcolor=\"#f4f4f4\", color=\"#6b6b6b\"",
            Kind::Operation => "shape=ellipse, style=\"filled\", fillcolor=\"#e6eefa\", color=\"#3a5f9a\"",
            Kind::Result => {
                "shape=box, style=\"filled\", peripheries=2, fillcolor=\"#24395c\", color=\"#24395c\", \
                 fontcolor=\"white\""
            }
        };
        // Writing to a string cannot fail.
        let _ = write!(out, "  n{} [label=\"{}", node.id, escape(&node.label));
        if !node.detail.is_empty() {
            let _ = write!(out, "\\n{}", escape(&node.detail));
        }
        let _ = writeln!(out, "\", {style}];");
    }
    for edge in &diagram.edges {
        let _ = writeln!(out, "  n{} -> n{};", edge.from, edge.to);
    }
    out.push_str("}\n");
    out
}

/// The text as it stands inside a quoted DOT string.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => {}
            c => out.push(c),
        }
    }
    out
}
