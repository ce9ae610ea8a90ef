//! From a recorded graph, or a program, to a diagram.

use std::collections::HashMap;
use std::panic::Location;
use std::path::Path;
use std::sync::Arc;

use wengert_array::Array;

use super::{Diagram, Kind};
use crate::autograd::ambient;
use crate::error::{Error, Result};
use crate::graph::GraphNode;
use crate::prim::Spec;
use crate::program::{Atom, Program};
use crate::tensor::Tensor;
use crate::tree::{Tree, leaves};

/// Draws the graph that computed a result: every operation with the shape and dtype of what it gives,
/// leaves, constants and results told apart. Leaves are named with [`Drawing::name`].
///
/// ```
/// use wengert::prelude::*;
/// let w = Tensor::from([1.0, 2.0]).requires_grad();
/// let y = (&w * 3.0).tanh().sum();
/// let drawing = wengert::draw(&y).name(&w, "w");
/// assert!(drawing.to_dot()?.contains("tanh"));
/// # Ok::<(), wengert::Error>(())
/// ```
pub fn draw<T: Tree>(results: &T) -> Drawing {
    Drawing { results: leaves(results), names: Vec::new() }
}

/// A drawing of a graph, to be named, saved or shown.
#[derive(Clone, Debug)]
#[must_use]
pub struct Drawing {
    results: Vec<Tensor>,
    names: Vec<(Tensor, String)>,
}

impl Drawing {
    /// Names a tensor in the picture.
    pub fn name(mut self, tensor: &Tensor, name: impl Into<String>) -> Drawing {
        self.names.push((tensor.clone(), name.into()));
        self
    }

    /// The picture as DOT text, for Graphviz and its kind.
    ///
    /// # Errors
    /// None at present.
    pub fn to_dot(&self) -> Result<String> {
        Ok(self.diagram().to_dot())
    }

    /// The picture as SVG text.
    ///
    /// # Errors
    /// If the graph is too large to lay out.
    #[track_caller]
    pub fn to_svg(&self) -> Result<String> {
        located(self.diagram().to_svg(), Location::caller())
    }

    /// The picture as the bytes of a PNG file, `scale` pixels for each unit of the SVG.
    ///
    /// # Errors
    /// If the graph or its image is too large.
    #[track_caller]
    pub fn to_png(&self, scale: f32) -> Result<Vec<u8>> {
        located(self.diagram().to_png(scale), Location::caller())
    }

    /// Writes the picture to a file whose extension says the format: `.svg`, `.png`, `.dot` or `.gv`.
    ///
    /// # Errors
    /// If the extension is another, the graph is too large, or the file cannot be written.
    #[track_caller]
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        located(self.diagram().save(path), Location::caller())
    }

    /// The boxes and arrows.
    #[must_use]
    pub fn diagram(&self) -> Diagram {
        let mut walk =
            Walk { diagram: Diagram::default(), boxes: HashMap::new(), constants: Vec::new(), names: &self.names };
        for (k, result) in self.results.iter().enumerate() {
            let label = walk
                .name_of(result)
                .unwrap_or_else(|| if self.results.len() == 1 { "result".into() } else { format!("result {k}") });
            let end = walk.diagram.node(Kind::Result, label, result.spec().to_string());
            let start = match source(result) {
                Some(node) => walk.visit(node),
                None => walk.constant(Some(result), &result.spec()),
            };
            walk.diagram.edge(start, end);
        }
        walk.diagram
    }
}

/// An error of drawing, with the line that asked for it.
fn located<T>(result: super::Result<T>, location: &'static Location<'static>) -> Result<T> {
    result.map_err(|error| Error::from(error).or_at(location))
}

fn source(tensor: &Tensor) -> Option<GraphNode> {
    ambient(tensor).map(|(node, output)| GraphNode::new(node.clone(), output))
}

struct Walk<'a> {
    diagram: Diagram,
    /// The box of each node of the graph.
    boxes: HashMap<usize, usize>,
    /// The box of each untracked operand whose value is known.
    constants: Vec<(Tensor, usize)>,
    names: &'a [(Tensor, String)],
}

impl Walk<'_> {
    fn name_of(&self, tensor: &Tensor) -> Option<String> {
        self.names.iter().find(|(named, _)| same(named, tensor)).map(|(_, name)| name.clone())
    }

    /// Draws everything that `root` was computed from, and returns its box. Graphs are deep: no
    /// recursion.
    fn visit(&mut self, root: GraphNode) -> usize {
        let first = self.open(&root);
        let mut waiting = if first.1 { vec![root] } else { Vec::new() };
        while let Some(node) = waiting.pop() {
            let here = self.boxes[&node.id()];
            for (i, parent) in node.next_functions().into_iter().enumerate() {
                let from = match parent {
                    Some(parent) => {
                        let (from, new) = self.open(&parent);
                        if new {
                            waiting.push(parent);
                        }
                        from
                    }
                    None => {
                        let value = node.input_value(i);
                        let spec = node.input_spec(i).or_else(|| value.as_ref().map(Tensor::spec));
                        let Some(spec) = spec else { continue };
                        self.constant(value.as_ref(), &spec)
                    }
                };
                self.diagram.edge(from, here);
            }
        }
        first.0
    }

    /// The box of a node, and whether it is new.
    fn open(&mut self, node: &GraphNode) -> (usize, bool) {
        if let Some(&known) = self.boxes.get(&node.id()) {
            return (known, false);
        }
        let detail = node.spec().map_or_else(String::new, |spec| spec.to_string());
        let named = self.names.iter().find(|(tensor, _)| source(tensor).is_some_and(|other| other.id() == node.id()));
        let made = if node.is_leaf() {
            self.diagram.node(Kind::Leaf, named.map_or("leaf", |(_, name)| name), detail)
        } else {
            let label = named.map_or_else(|| node.name().to_string(), |(_, name)| format!("{name} = {}", node.name()));
            self.diagram.node(Kind::Operation, label, detail)
        };
        self.boxes.insert(node.id(), made);
        (made, true)
    }

    fn constant(&mut self, value: Option<&Tensor>, spec: &Spec) -> usize {
        if let Some(value) = value
            && let Some((_, known)) = self.constants.iter().find(|(tensor, _)| tensor.ndim() > 0 && same(tensor, value))
        {
            return *known;
        }
        let name = value.and_then(|value| self.name_of(value));
        let kind = if name.is_some() { Kind::Tensor } else { Kind::Constant };
        let number = value.filter(|value| value.ndim() == 0).and_then(|value| value.array().ok()).map(Array::to_string);
        let label = name.or(number).unwrap_or_else(|| "constant".into());
        let made = self.diagram.node(kind, label, spec.to_string());
        if let Some(value) = value {
            self.constants.push((value.clone(), made));
        }
        made
    }
}

/// Whether two tensors are one: the same node of the graph, or the same memory.
fn same(a: &Tensor, b: &Tensor) -> bool {
    match (source(a), source(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => {
            matches!((a.array(), b.array()), (Ok(Array::Dense(a)), Ok(Array::Dense(b))) if Arc::ptr_eq(a, b))
        }
        _ => false,
    }
}

impl Program {
    /// The steps as boxes and arrows.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// let program = trace(|x: &Tensor| x.sin() * x, &Tensor::from(1.0))?;
    /// assert!(program.diagram().to_dot().contains("sin"));
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[must_use]
    pub fn diagram(&self) -> Diagram {
        let mut diagram = Diagram::default();
        let mut boxes: Vec<usize> = Vec::new();
        for (i, spec) in self.inputs().iter().enumerate() {
            boxes.push(diagram.node(Kind::Leaf, format!("v{i}"), spec.to_string()));
        }
        let constants: Vec<usize> = self
            .constants()
            .iter()
            .enumerate()
            .map(|(i, constant)| {
                let number = constant.array().ok().filter(|array| array.ndim() == 0).map(Array::to_string);
                diagram.node(Kind::Constant, number.unwrap_or_else(|| format!("c{i}")), constant.spec().to_string())
            })
            .collect();
        for step in self.steps() {
            let details: Vec<String> = step.outputs().map(|variable| self.spec(variable).to_string()).collect();
            let made = diagram.node(Kind::Operation, step.prim().to_string(), details.join(", "));
            for atom in step.inputs() {
                let from = match atom {
                    Atom::Variable(variable) => boxes[*variable],
                    Atom::Constant(constant) => constants[*constant],
                };
                diagram.edge(from, made);
            }
            boxes.extend(step.outputs().map(|_| made));
        }
        for (k, atom) in self.results().iter().enumerate() {
            let (from, detail) = match atom {
                Atom::Variable(variable) => (boxes[*variable], self.spec(*variable).to_string()),
                Atom::Constant(constant) => (constants[*constant], self.constants()[*constant].spec().to_string()),
            };
            let label = if self.results().len() == 1 { "result".into() } else { format!("result {k}") };
            let end = diagram.node(Kind::Result, label, detail);
            diagram.edge(from, end);
        }
        diagram
    }
}
