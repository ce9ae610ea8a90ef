use super::rank::{Layers, layers};
use super::{Diagram, Error, Kind, Node, Result, order, place, text};

const MAX_NODES: usize = 10_000;
const MAX_EDGES: usize = 40_000;
/// The type sizes of a box's two lines.
pub(super) const LABEL_SIZE: f64 = 13.0;
pub(super) const DETAIL_SIZE: f64 = 10.5;
/// A line of text in a box is at most this wide.
const MAX_TEXT: f64 = 230.0;
/// The length of an arrowhead.
pub(super) const HEAD: f64 = 7.0;

/// A box where it stands: its centre, its size and its text cut to fit.
pub(super) struct Placed {
    pub kind: Kind,
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    pub label: String,
    pub detail: String,
    /// The whole text, where some had to be cut off.
    pub tooltip: Option<String>,
}

/// An arrow: points that its line passes through, vertically, and whether it had to be drawn without bends.
pub(super) struct Route {
    pub points: Vec<(f64, f64)>,
    pub direct: bool,
}

/// A diagram laid out.
pub(super) struct Layout {
    pub boxes: Vec<Placed>,
    pub routes: Vec<Route>,
    pub width: f64,
    pub height: f64,
}

/// Lays a diagram out from top to bottom.
pub(super) fn layout(diagram: &Diagram) -> Result<Layout> {
    let (nodes, edges) = (diagram.nodes.len(), diagram.edges.len());
    if nodes > MAX_NODES || edges > MAX_EDGES {
        return Err(Error::TooLarge(format!(
            "{nodes} nodes and {edges} edges, where at most {MAX_NODES} and {MAX_EDGES} can be laid out; draw a smaller part \
             of the graph, or save it as .dot"
        )));
    }
    let links = diagram.links()?;
    let mut layers = layers(nodes, &links)?;
    order::reduce_crossings(&mut layers);
    let mut boxes: Vec<Placed> = diagram.nodes.iter().map(sized).collect();
    let mut widths: Vec<f64> = boxes.iter().map(|b| b.width).collect();
    widths.resize(layers.rank.len(), 2.0);
    let mut x = place::centres(&layers, &widths);
    let leftmost = x.iter().zip(&widths).map(|(x, w)| x - 0.5 * w).fold(f64::INFINITY, f64::min);
    x.iter_mut().for_each(|x| *x -= leftmost);
    let rows = row_bounds(&layers, &boxes, &x);
    for (at, placed) in boxes.iter_mut().enumerate() {
        let (top, bottom) = rows[layers.rank[at]];
        placed.x = x[at];
        placed.y = 0.5 * (top + bottom);
    }
    let routes = routes(&links, &layers, &boxes, &x, &rows);
    let width = x.iter().zip(&widths).map(|(x, w)| x + 0.5 * w).fold(0.0, f64::max);
    Ok(Layout { boxes, routes, width, height: rows.last().map_or(0.0, |r| r.1) })
}

/// The box of a node, not placed yet.
fn sized(node: &Node) -> Placed {
    let (label, cut_label) = text::fit(&node.label, LABEL_SIZE, true, MAX_TEXT);
    let (detail, cut_detail) = text::fit(&node.detail, DETAIL_SIZE, false, MAX_TEXT);
    let line = text::width(&label, LABEL_SIZE, true).max(text::width(&detail, DETAIL_SIZE, false));
    let padding = if matches!(node.kind, Kind::Operation | Kind::Constant) { 18.0 } else { 13.0 };
    let tooltip = (cut_label || cut_detail).then(|| format!("{}\n{}", node.label, node.detail).trim_end().to_string());
    Placed {
        kind: node.kind,
        x: 0.0,
        y: 0.0,
        width: (line + 2.0 * padding).max(56.0).round(),
        height: if detail.is_empty() { 30.0 } else { 42.0 },
        label,
        detail,
        tooltip,
    }
}

/// The top and bottom of each layer. Layers are further apart where arrows between them have far to go sideways.
fn row_bounds(layers: &Layers, boxes: &[Placed], x: &[f64]) -> Vec<(f64, f64)> {
    let mut bounds = Vec::with_capacity(layers.rows.len());
    let mut top = 0.0;
    for row in &layers.rows {
        let height = row.iter().filter_map(|&i| boxes.get(i)).map(|b| b.height).fold(0.0, f64::max);
        let sideways = row.iter().flat_map(|&i| layers.below[i].iter().map(move |&b| (x[b] - x[i]).abs()));
        bounds.push((top, top + height));
        top += height + 36.0 + (0.06 * sideways.fold(0.0, f64::max)).min(90.0);
    }
    bounds
}

/// The lines of all arrows.
fn routes(links: &[(usize, usize)], layers: &Layers, boxes: &[Placed], x: &[f64], rows: &[(f64, f64)]) -> Vec<Route> {
    let mut into: Vec<Vec<usize>> = vec![Vec::new(); boxes.len()];
    for (link, &(_, to)) in links.iter().enumerate() {
        into[to].push(link);
    }
    // The item from which each link enters its target, and the bends that it passes.
    let passed = |link: usize| {
        let (from, to) = links[link];
        let chain = &layers.bends[from];
        &chain[..(layers.rank[to] - layers.rank[from] - 1).min(chain.len())]
    };
    let mut port = vec![0.0; links.len()];
    for (to, entering) in into.iter_mut().enumerate() {
        let start = |link: usize| x[passed(link).last().copied().unwrap_or(links[link].0)];
        entering.sort_by(|&a, &b| start(a).total_cmp(&start(b)));
        let wanted: Vec<f64> = entering.iter().map(|&link| start(link) - x[to]).collect();
        let room = 0.5 * (boxes[to].width - boxes[to].height).max(16.0);
        for (&link, offset) in entering.iter().zip(spread(&wanted, room)) {
            port[link] = x[to] + offset;
        }
    }
    // The line of a value with several users is drawn once; its branches start where they leave it.
    let mut drawn = vec![0; boxes.len()];
    let mut sorted: Vec<usize> = (0..links.len()).collect();
    sorted.sort_by_key(|&link| (links[link].0, std::cmp::Reverse(layers.rank[links[link].1])));
    let mut routes = Vec::with_capacity(links.len());
    for link in sorted {
        let (from, to) = links[link];
        let bends = passed(link);
        let shared = bends.len().min(drawn[from]);
        drawn[from] = drawn[from].max(bends.len());
        let mut points = Vec::with_capacity(2 * bends.len() + 4);
        if shared == 0 {
            points.push((x[from], boxes[from].y + 0.5 * boxes[from].height));
            points.push((x[from], rows[layers.rank[from]].1));
        } else {
            let bend = bends[shared - 1];
            points.push((x[bend], rows[layers.rank[bend]].1));
        }
        for &bend in &bends[shared..] {
            let (top, bottom) = rows[layers.rank[bend]];
            points.push((x[bend], top));
            points.push((x[bend], bottom));
        }
        let top = boxes[to].y - 0.5 * boxes[to].height;
        points.push((port[link], rows[layers.rank[to]].0.min(top - HEAD)));
        points.push((port[link], top));
        let direct = bends.len() + layers.rank[from] + 1 < layers.rank[to];
        routes.push(Route { points, direct });
    }
    routes
}

/// Where arrows enter the top of a box, from its centre: near the places wanted (ascending) but apart, within `room`.
fn spread(wanted: &[f64], room: f64) -> Vec<f64> {
    let mut right: Vec<f64> = wanted.iter().map(|w| w.clamp(-room, room)).collect();
    let mut left = right.clone();
    let apart = (2.0 * room / wanted.len().saturating_sub(1).max(1) as f64).min(14.0);
    for at in 1..right.len() {
        right[at] = right[at].max(right[at - 1] + apart);
    }
    for at in (1..left.len()).rev() {
        left[at - 1] = left[at - 1].min(left[at] - apart);
    }
    let mut ports: Vec<f64> = right.iter().zip(&left).map(|(r, l)| 0.5 * (r + l)).collect();
    let over = ports.last().map_or(0.0, |&last| (last - room).max(0.0));
    let under = ports.first().map_or(0.0, |&first| (-room - first).max(0.0));
    ports.iter_mut().for_each(|p| *p += under - over);
    ports
}
