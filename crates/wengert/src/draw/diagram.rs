use std::collections::HashMap;
use std::path::Path;

use super::{Error, Result, dot, layout, png, svg};

/// What a [`Node`] stands for; decides its shape and colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A tensor that collects a gradient: a parameter.
    Leaf,
    /// A primitive applied to its inputs.
    Operation,
    /// A tensor that takes no gradient: data, targets.
    Tensor,
    /// A number written in the program.
    Constant,
    /// The value that the graph computes.
    Result,
}

impl Kind {
    /// Every kind, in the order in which the legend shows them.
    pub const ALL: [Kind; 5] = [Kind::Leaf, Kind::Tensor, Kind::Constant, Kind::Operation, Kind::Result];

    /// The kind in words, as the legend shows it.
    pub fn caption(self) -> &'static str {
        match self {
            Kind::Leaf => "leaf (gradient)",
            Kind::Tensor => "tensor",
            Kind::Constant => "constant",
            Kind::Operation => "operation",
            Kind::Result => "result",
        }
    }
}

/// One box of a [`Diagram`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The number that edges call it by; unique in its diagram.
    pub id: usize,
    /// What it stands for.
    pub kind: Kind,
    /// Its name, such as `matmul` or `w1`.
    pub label: String,
    /// A second line in smaller type, such as `float32 (64, 50)`; may be empty.
    pub detail: String,
}

/// An arrow from the node that makes a value to the node that uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The id of the node that makes the value.
    pub from: usize,
    /// The id of the node that uses it.
    pub to: usize,
}

/// A computation graph, ready to be drawn: boxes and the arrows between them.
///
/// The edges that lead to a node are its operands, in order; a value used twice by one operation has two edges to it.
///
/// ```
/// use wengert::draw::{Diagram, Kind};
///
/// let mut diagram = Diagram::default();
/// let x = diagram.node(Kind::Leaf, "x", "float64 (3,)");
/// let y = diagram.node(Kind::Result, "sin", "float64 (3,)");
/// diagram.edge(x, y);
/// assert!(diagram.to_dot().contains("n0 -> n1;"));
/// assert!(diagram.to_svg()?.starts_with("<svg"));
/// # Ok::<(), wengert::draw::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagram {
    /// The boxes.
    pub nodes: Vec<Node>,
    /// The arrows.
    pub edges: Vec<Edge>,
}

impl Diagram {
    /// Adds a box and returns its id, one more than that of the box before it.
    pub fn node(&mut self, kind: Kind, label: impl Into<String>, detail: impl Into<String>) -> usize {
        let id = self.nodes.last().map_or(0, |last| last.id + 1);
        self.nodes.push(Node { id, kind, label: label.into(), detail: detail.into() });
        id
    }

    /// Adds an arrow from the maker of a value to its user.
    pub fn edge(&mut self, from: usize, to: usize) {
        self.edges.push(Edge { from, to });
    }

    /// The graph in the DOT language, for Graphviz and its relatives. Works for graphs of any size.
    pub fn to_dot(&self) -> String {
        dot::write(self)
    }

    /// The graph as an SVG image.
    ///
    /// # Errors
    /// [`Error::TooLarge`] above 10,000 boxes or 40,000 arrows, [`Error::Invalid`] where two nodes share an id, an edge
    /// names a node that is not there, or the edges form a cycle.
    pub fn to_svg(&self) -> Result<String> {
        Ok(svg::write(self, &layout::layout(self)?))
    }

    /// The graph as a PNG image, `scale` pixels to each unit of the SVG (which has boxes about 40 high; 2 is sharp).
    ///
    /// # Errors
    /// Those of [`Diagram::to_svg`]; also [`Error::TooLarge`] where the image would have more than 64 million pixels and
    /// [`Error::Render`] where `scale` is not a positive number.
    pub fn to_png(&self, scale: f32) -> Result<Vec<u8>> {
        png::render(&self.to_svg()?, scale)
    }

    /// Writes the graph to a file in the format that the extension names: `.svg`, `.png` (at scale 2, or less where the
    /// image would be too large), `.dot` or `.gv`.
    ///
    /// # Errors
    /// [`Error::Extension`] for any other extension, [`Error::Io`] where the file cannot be written, and those of the
    /// format's own method.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
        let bytes = match extension.as_str() {
            "svg" => self.to_svg()?.into_bytes(),
            "png" => png::render_to_fit(&self.to_svg()?, 2.0)?,
            "dot" | "gv" => self.to_dot().into_bytes(),
            _ => return Err(Error::Extension { path: path.to_path_buf() }),
        };
        std::fs::write(path, bytes).map_err(|source| Error::Io { path: path.to_path_buf(), source })
    }

    /// The edges as pairs of positions in `nodes`.
    pub(super) fn links(&self) -> Result<Vec<(usize, usize)>> {
        let mut position = HashMap::with_capacity(self.nodes.len());
        for (at, node) in self.nodes.iter().enumerate() {
            if position.insert(node.id, at).is_some() {
                return Err(Error::Invalid(format!("two nodes have the id {}", node.id)));
            }
        }
        let find = |id: usize, edge: &Edge| {
            position.get(&id).copied().ok_or_else(|| {
                Error::Invalid(format!("the edge {} -> {} names node {id}, which is not there", edge.from, edge.to))
            })
        };
        self.edges.iter().map(|edge| Ok((find(edge.from, edge)?, find(edge.to, edge)?))).collect()
    }
}
