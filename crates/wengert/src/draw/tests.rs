use super::layout::{Layout, layout};
use super::{Diagram, Error, Kind, order, rank};

/// The graph of a two-layer tanh network with cross-entropy loss.
fn network() -> Diagram {
    let mut d = Diagram::default();
    let x = d.node(Kind::Tensor, "x", "float32 (64, 50)");
    let w1 = d.node(Kind::Leaf, "w1", "float32 (50, 100)");
    let b1 = d.node(Kind::Leaf, "b1", "float32 (100,)");
    let w2 = d.node(Kind::Leaf, "w2", "float32 (100, 10)");
    let b2 = d.node(Kind::Leaf, "b2", "float32 (10,)");
    let target = d.node(Kind::Tensor, "target", "int64 (64,)");
    let apply = |d: &mut Diagram, name: &str, detail: &str, inputs: &[usize]| {
        let out = d.node(Kind::Operation, name, detail);
        inputs.iter().for_each(|&input| d.edge(input, out));
        out
    };
    let h = apply(&mut d, "matmul", "float32 (64, 100)", &[x, w1]);
    let h = apply(&mut d, "add", "float32 (64, 100)", &[h, b1]);
    let h = apply(&mut d, "tanh", "float32 (64, 100)", &[h]);
    let z = apply(&mut d, "matmul_2", "float32 (64, 10)", &[h, w2]);
    let z = apply(&mut d, "add_2", "float32 (64, 10)", &[z, b2]);
    let all = apply(&mut d, "logsumexp", "float32 (64,)", &[z]);
    let picked = apply(&mut d, "gather", "float32 (64,)", &[z, target]);
    let each = apply(&mut d, "sub", "float32 (64,)", &[all, picked]);
    let mean = apply(&mut d, "mean", "float32 ()", &[each]);
    let lambda = d.node(Kind::Constant, "0.001", "");
    let squares = apply(&mut d, "square · sum", "float32 ()", &[w1]);
    let penalty = apply(&mut d, "mul", "float32 ()", &[lambda, squares]);
    let loss = d.node(Kind::Result, "loss", "float32 ()");
    d.edge(mean, loss);
    d.edge(penalty, loss);
    d
}

/// A network unrolled in time: three weights that every step uses.
fn recurrent(steps: usize) -> Diagram {
    let mut d = Diagram::default();
    let [u, w, b] = ["u", "w", "b"].map(|name| d.node(Kind::Leaf, name, "float32 (20, 20)"));
    let mut state = d.node(Kind::Tensor, "h0", "float32 (20,)");
    for step in 0..steps {
        let x = d.node(Kind::Tensor, format!("x{step}"), "float32 (20,)");
        let names = ["matmul", "matmul", "add", "add", "tanh"];
        let [a, c, s, t, h] = names.map(|name| d.node(Kind::Operation, name, "float32 (20,)"));
        for (from, to) in [(u, a), (x, a), (w, c), (state, c), (a, s), (c, s), (s, t), (b, t), (t, h)] {
            d.edge(from, to);
        }
        state = h;
    }
    let y = d.node(Kind::Result, "y", "float32 (20,)");
    d.edge(state, y);
    d
}

/// A graph with pseudo-random links, each node using up to three of the `near` before it.
fn tangle(nodes: usize, near: usize) -> Diagram {
    let mut d = Diagram::default();
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % below
    };
    for at in 0..nodes {
        let kind = Kind::ALL[random(5)];
        let id = d.node(kind, "n".repeat(1 + random(12)), if random(2) == 0 { "" } else { "float64 (3, 4)" });
        if at > 0 {
            for _ in 0..random(4) {
                d.edge(id - 1 - random(at.min(near)), id);
            }
        }
    }
    d
}

fn chain(nodes: usize) -> Diagram {
    let mut d = Diagram::default();
    for at in 0..nodes {
        let id = d.node(Kind::Operation, "sin", "float64 ()");
        if at > 0 {
            d.edge(id - 1, id);
        }
    }
    d
}

fn assert_sound(diagram: &Diagram) -> Layout {
    let layout = layout(diagram).unwrap();
    let mut boxes: Vec<_> = layout.boxes.iter().collect();
    assert_eq!(boxes.len(), diagram.nodes.len());
    boxes.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x)));
    for (at, a) in boxes.iter().enumerate() {
        assert!(a.x - a.width / 2.0 > -0.01 && a.x + a.width / 2.0 < layout.width + 0.01, "outside the image");
        assert!(a.y - a.height / 2.0 > -0.01 && a.y + a.height / 2.0 < layout.height + 0.01, "outside the image");
        for b in &boxes[at + 1..] {
            if b.y - a.y > (a.height + b.height) / 2.0 + 1.0 {
                break;
            }
            let apart = (a.x - b.x).abs() >= (a.width + b.width) / 2.0 || b.y - a.y >= (a.height + b.height) / 2.0;
            assert!(apart, "{} at ({}, {}) overlaps {} at ({}, {})", a.label, a.x, a.y, b.label, b.x, b.y);
        }
    }
    assert_eq!(layout.routes.len(), diagram.edges.len());
    for route in &layout.routes {
        assert!(route.points.windows(2).all(|p| p[0].1 <= p[1].1), "an arrow goes upwards: {:?}", route.points);
    }
    layout
}

fn parsed(svg: &str) -> resvg::usvg::Tree {
    resvg::usvg::Tree::from_str(svg, &resvg::usvg::Options::default()).unwrap()
}

#[test]
fn dot_of_a_small_graph_is_exact() {
    let mut d = Diagram::default();
    let x = d.node(Kind::Leaf, "x \"quoted\"", "float64 (3,)");
    let two = d.node(Kind::Constant, "2", "");
    let y = d.node(Kind::Result, "a\\b\nc", "float64 (3,)");
    d.edge(x, y);
    d.edge(two, y);
    d.edge(x, y);
    let expected = r##"digraph computation {
  rankdir=TB;
  bgcolor="white";
  node [fontname="DejaVu Sans,Verdana,sans-serif", fontsize=11];
  edge [color="#5b6675", arrowsize=0.7];
  n0 [label="x \"quoted\"\nfloat64 (3,)", shape=box, style="rounded,filled,bold", fillcolor="#ffdf9e", color="#8a5a00"];
  n1 [label="2", shape=hexagon, style="filled,dashed", fillcolor="#f4f4f4", color="#6b6b6b"];
  n2 [label="a\\b\nc\nfloat64 (3,)", shape=box, style="filled", peripheries=2, fillcolor="#24395c", color="#24395c", fontcolor="white"];
  n0 -> n2;
  n1 -> n2;
  n0 -> n2;
}
"##;
    assert_eq!(d.to_dot(), expected);
}

#[test]
fn svg_shows_every_label_once() {
    let d = network();
    let svg = d.to_svg().unwrap();
    let tree = parsed(&svg);
    assert!(tree.size().width() > 300.0 && tree.size().height() > 500.0);
    for node in &d.nodes {
        assert_eq!(svg.matches(&format!(">{}</text>", node.label)).count(), 1, "{}", node.label);
    }
    for kind in Kind::ALL {
        assert_eq!(svg.matches(&format!(">{}</text>", kind.caption())).count(), 1, "legend of {kind:?}");
    }
    assert_eq!(svg, d.to_svg().unwrap(), "the same graph must give the same image");
}

#[test]
fn the_network_has_a_straight_spine_and_no_crossings() {
    let d = network();
    let boxes = assert_sound(&d).boxes;
    let x = |label: &str| boxes.iter().find(|b| b.label == label).unwrap().x;
    for op in ["add", "tanh", "matmul_2", "add_2"] {
        assert!((x(op) - x("matmul")).abs() < 0.01, "{op} is out of line");
    }
    let mut layers = rank::layers(d.nodes.len(), &d.links().unwrap()).unwrap();
    order::reduce_crossings(&mut layers);
    let mut position = vec![0; layers.rank.len()];
    assert_eq!(order::crossings(&layers, &mut position), 0);
}

#[test]
fn crossings_are_counted_as_by_hand() {
    // Three makers and three users, each linked to all: every pair of pairs crosses once, 3 · 3 = 9.
    let links: Vec<(usize, usize)> = (0..3).flat_map(|from| (3..6).map(move |to| (from, to))).collect();
    let layers = rank::layers(6, &links).unwrap();
    assert_eq!(order::crossings(&layers, &mut [0; 6]), 9);
}

#[test]
fn text_is_escaped_and_cut() {
    let mut d = Diagram::default();
    let long = "a <very> long & \"winding\" name that no box could ever hold in one line";
    d.node(Kind::Leaf, long, "line\nbreak \u{1} and \u{ffff}");
    let svg = d.to_svg().unwrap();
    parsed(&svg);
    assert!(svg.contains(
        "<title>a &lt;very&gt; long &amp; &quot;winding&quot; name that no box could ever hold in one line\n"
    ));
    assert!(svg.contains("a &lt;very&gt; long &amp; &quot;wind") && svg.contains("…</text>"));
    assert!(layout(&d).unwrap().boxes[0].width < 270.0);
}

#[test]
fn layouts_are_sound() {
    assert_sound(&Diagram::default());
    assert_sound(&recurrent(6));
    assert_sound(&chain(3));
    for nodes in [1, 2, 10, 60, 300] {
        assert_sound(&tangle(nodes, 8));
        assert_sound(&tangle(nodes, nodes));
    }
    // A value used twice by one operation has two arrows that end apart.
    let mut d = Diagram::default();
    let x = d.node(Kind::Leaf, "x", "");
    let y = d.node(Kind::Result, "mul", "");
    d.edge(x, y);
    d.edge(x, y);
    let ends: Vec<f64> = assert_sound(&d).routes.iter().map(|r| r.points.last().unwrap().0).collect();
    assert!((ends[0] - ends[1]).abs() > 10.0);
}

#[test]
fn two_thousand_nodes_take_little_time() {
    let mut star = chain(1);
    for _ in 0..2000 {
        let id = star.node(Kind::Leaf, "w", "");
        star.edge(id, 0);
    }
    let graphs = [("recurrent", recurrent(330)), ("tangle", tangle(2000, 20)), ("chain", chain(2000)), ("star", star)];
    for (name, graph) in graphs {
        let start = std::time::Instant::now();
        assert_sound(&graph);
        assert!(start.elapsed().as_secs_f64() < 3.0, "{name} took {:?}", start.elapsed());
    }
}

#[test]
fn deep_graphs_are_drawn_or_refused_without_harm() {
    std::thread::Builder::new()
        .stack_size(256 * 1024)
        .spawn(|| {
            assert_eq!(chain(100_000).to_dot().matches(" -> ").count(), 99_999);
            assert!(chain(10_000).to_svg().unwrap().contains("</svg>"));
            let error = chain(100_000).to_svg().unwrap_err();
            assert!(matches!(error, Error::TooLarge(_)));
            assert!(error.to_string().contains("100000 nodes") && error.to_string().contains(".dot"), "{error}");
        })
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn png_has_text_and_the_size_asked_for() {
    let d = network();
    let decode = |bytes: &[u8]| resvg::tiny_skia::Pixmap::decode_png(bytes).unwrap();
    let (one, two) = (decode(&d.to_png(1.0).unwrap()), decode(&d.to_png(2.0).unwrap()));
    assert!(two.width().abs_diff(2 * one.width()) <= 1 && two.height().abs_diff(2 * one.height()) <= 1);
    // The same graph without text has fewer dark pixels inside its boxes, so the letters were painted.
    let mut blank = Diagram::default();
    blank.node(Kind::Tensor, "      ", "");
    let mut lettered = Diagram::default();
    lettered.node(Kind::Tensor, "WWWW", "");
    let dark = |d: &Diagram| decode(&d.to_png(2.0).unwrap()).pixels().iter().filter(|p| p.red() < 60).count();
    assert!(dark(&lettered) > dark(&blank) + 200, "{} and {}", dark(&lettered), dark(&blank));
    // Characters that the crate's own typefaces lack are looked for in the system's, and harm nothing if not found.
    lettered.node(Kind::Leaf, "∂L/∂θ 損失", "");
    assert!(lettered.to_png(1.0).is_ok());
}

#[test]
fn save_goes_by_the_extension() {
    let folder = tempfile::tempdir().unwrap();
    let d = network();
    for (name, start) in
        [("g.svg", b"<svg".as_slice()), ("g.PNG", b"\x89PNG"), ("g.dot", b"digraph"), ("g.gv", b"digraph")]
    {
        d.save(folder.path().join(name)).unwrap();
        assert!(std::fs::read(folder.path().join(name)).unwrap().starts_with(start), "{name}");
    }
    for name in ["g.pdf", "g"] {
        let error = d.save(folder.path().join(name)).unwrap_err();
        assert!(matches!(error, Error::Extension { .. }));
        let text = error.to_string();
        assert!([".svg", ".png", ".dot", name].iter().all(|part| text.contains(part)), "{text}");
    }
    assert!(matches!(d.save(folder.path().join("missing/g.svg")), Err(Error::Io { .. })));
    // A tall image is painted smaller rather than refused.
    chain(1000).save(folder.path().join("tall.png")).unwrap();
}

#[test]
fn bad_diagrams_and_scales_are_errors() {
    let mut d = chain(3);
    d.edge(2, 0);
    assert!(d.to_svg().unwrap_err().to_string().contains("cycle"));
    let mut d = chain(2);
    d.edge(0, 9);
    assert!(d.to_svg().unwrap_err().to_string().contains("node 9"));
    let mut d = chain(2);
    d.nodes[1].id = 0;
    assert!(d.to_svg().unwrap_err().to_string().contains("the id 0"));
    assert!(matches!(chain(2).to_png(f32::NAN), Err(Error::Render(_))));
    assert!(matches!(chain(2).to_png(-1.0), Err(Error::Render(_))));
    assert!(matches!(chain(2).to_png(1e6), Err(Error::TooLarge(_))));
}
