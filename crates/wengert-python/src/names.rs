//! PyTorch's names for the operations of the engine. Where PyTorch has one node for several of ours, they are shown as one.

use std::borrow::Cow;

use wengert::GraphNode;

/// What a node is shown as.
struct Shown {
    name: Cow<'static, str>,
    next: Vec<Option<GraphNode>>,
}

/// PyTorch's name of a node.
pub fn of(node: &GraphNode) -> String {
    shown(node).name.into_owned()
}

/// What a node is shown to be computed from.
pub fn next(node: &GraphNode) -> Vec<Option<GraphNode>> {
    shown(node).next
}

/// The shape of input `i`; that of a single number where it was not noted.
fn input_shape(node: &GraphNode, i: usize) -> Vec<usize> {
    node.input_spec(i).map_or_else(Vec::new, |spec| spec.shape.to_vec())
}

/// Whether input `i` is a number that does not require grad.
fn is_number(node: &GraphNode, next: &[Option<GraphNode>], i: usize) -> bool {
    next.get(i).is_some_and(Option::is_none) && input_shape(node, i).is_empty()
}

/// What a node was computed from, as PyTorch counts it: without masks and indices, and a number after the tensor that it is
/// added to or multiplied by.
fn inputs(node: &GraphNode) -> Vec<Option<GraphNode>> {
    let mut next = node.next_functions();
    if matches!(node.name(), "add" | "mul") && is_number(node, &next, 0) {
        next.swap(0, 1);
    }
    let floating = |i: usize| node.input_spec(i).is_none_or(|spec| spec.dtype.is_float());
    if next.len() > 1 {
        let mut i = 0;
        next.retain(|one| {
            i += 1;
            one.is_some() || floating(i - 1)
        });
    }
    next
}

fn shown(node: &GraphNode) -> Shown {
    if let Some((name, next)) = node.label() {
        return Shown { name: Cow::Owned(name), next };
    }
    let next = inputs(node);
    let fixed = |name: &'static str, next| Shown { name: Cow::Borrowed(name), next };
    // Only what requires grad is an input in PyTorch's eyes where a number is part of the operation.
    let tracked = |next: Vec<Option<GraphNode>>| next.into_iter().filter(Option::is_some).collect::<Vec<_>>();
    match node.name() {
        "accumulate_grad" => fixed("AccumulateGrad", next),
        "sub" if is_number(node, &next, 0) => fixed("RsubBackward1", tracked(next)),
        "pow" if node.num_inputs() == 1 && !tame(node) => fixed("PowBackward0", next),
        "pow" if node.num_inputs() == 1 => norm(node).unwrap_or_else(|| fixed("PowBackward0", next)),
        "pow" if is_number(node, &next, 0) => fixed("PowBackward2", next),
        "pow" if is_number(node, &next, 1) => fixed("PowBackward0", tracked(next)),
        "pow" => fixed("PowBackward1", next),
        "square" => fixed("PowBackward0", next),
        "remainder" if node.num_inputs() == 1 || is_number(node, &next, 1) => {
            fixed("RemainderBackward0", tracked(next))
        }
        "remainder" => fixed("RemainderBackward1", next),
        "clamp" if node.num_inputs() == 1 => fixed("ClampBackward1", next),
        "clamp" => fixed("ClampBackward0", next),
        "sqrt" if tame(node) => root(node).unwrap_or_else(|| fixed("SqrtBackward0", next)),
        "sum" => reduced(node, next, ["SumBackward0", "SumBackward1"]),
        "mean" => reduced(node, next, ["MeanBackward0", "MeanBackward1"]),
        "prod" => reduced(node, next, ["ProdBackward0", "ProdBackward1"]),
        "amax" => reduced(node, next, ["MaxBackward1", "AmaxBackward0"]),
        "amin" => reduced(node, next, ["MinBackward1", "AminBackward0"]),
        "matmul" => fixed(product(node), next),
        "linear" => fixed(affine(node), next),
        "reshape" => reshaped(node, next),
        "permute" => fixed(permuted(node), next),
        "concatenate" => joined(next),
        "cross_entropy" => fixed("NllLossBackward0", next),
        other => Shown { name: plain(other), next },
    }
}

/// Names that depend on the primitive alone.
fn plain(name: &str) -> Cow<'static, str> {
    Cow::Borrowed(match name {
        "scale" => "MulBackward0",
        "ratio" => "DivBackward0",
        "select" => "WhereBackward0",
        "log1p" => "Log1PBackward0",
        "gelu_tanh" => "GeluBackward0",
        "trigamma" => "PolygammaBackward0",
        "broadcast_to" => "ExpandBackward0",
        "cast" => "ToCopyBackward0",
        "slice" => "SliceBackward0",
        "slice_set" | "slice_add" => "CopySlices",
        "take" | "gather_nd" => "IndexBackward0",
        "take_set" | "gather_nd_set" | "gather_nd_add" => "IndexPutBackward0",
        "take_add" => "IndexAddBackward0",
        "gather" => "GatherBackward0",
        "scatter_set" => "ScatterBackward0",
        "scatter_add" => "ScatterAddBackward0",
        "checkpoint" => "CheckpointFunctionBackward",
        custom if custom.ends_with("Backward") => return Cow::Owned(custom.to_owned()),
        other => return Cow::Owned(format!("{}Backward0", camel(other))),
    })
}

/// `log_softmax` as `LogSoftmax`.
fn camel(name: &str) -> String {
    name.split(|c: char| !c.is_alphanumeric())
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<Vec<_>>()
        })
        .collect()
}

/// Whether a root or power is the engine's own, without an infinite slope at 0: a part of a norm or a deviation.
fn tame(node: &GraphNode) -> bool {
    node.parameters().contains("select")
}

/// The only node that a node was computed from, if it has this name.
fn only(node: &GraphNode, name: &str) -> Option<GraphNode> {
    let mut next = node.next_functions().into_iter();
    match (next.next(), next.next()) {
        (Some(Some(one)), None) if one.name() == name => Some(one),
        _ => None,
    }
}

/// A root as a part of the standard deviation, or of the Euclidean norm.
fn root(node: &GraphNode) -> Option<Shown> {
    if let Some(variance) = only(node, "var") {
        return Some(Shown { name: Cow::Borrowed("StdBackward0"), next: variance.next_functions() });
    }
    let squares = only(&only(node, "sum")?, "square")?;
    Some(Shown { name: Cow::Borrowed("LinalgVectorNormBackward0"), next: squares.next_functions() })
}

/// A power as a part of a norm.
fn norm(node: &GraphNode) -> Option<Shown> {
    let magnitudes = only(&only(&only(node, "sum")?, "pow")?, "abs")?;
    Some(Shown { name: Cow::Borrowed("LinalgVectorNormBackward0"), next: magnitudes.next_functions() })
}

/// A reduction over everything, or over some axes.
fn reduced(node: &GraphNode, next: Vec<Option<GraphNode>>, names: [&'static str; 2]) -> Shown {
    if let Some(loss) = only(node, "cross_entropy") {
        return Shown { name: Cow::Borrowed("NllLossBackward0"), next: loss.next_functions() };
    }
    let whole = node.shape().is_empty();
    Shown { name: Cow::Borrowed(names[usize::from(!whole)]), next }
}

fn product(node: &GraphNode) -> &'static str {
    match (input_shape(node, 0).len(), input_shape(node, 1).len()) {
        (2, 2) => "MmBackward0",
        (2, 1) => "MvBackward0",
        (1, 1) => "DotBackward0",
        (1, 2) => "SqueezeBackward4",
        (3, 3) => "BmmBackward0",
        _ => "UnsafeViewBackward0",
    }
}

fn affine(node: &GraphNode) -> &'static str {
    match (input_shape(node, 0).len(), node.num_inputs()) {
        (2, 3) => "AddmmBackward0",
        (2, _) => "MmBackward0",
        _ => "UnsafeViewBackward0",
    }
}

/// A reshape that only adds or drops axes of length 1, or picks one entry, has a name of its own.
fn reshaped(node: &GraphNode, next: Vec<Option<GraphNode>>) -> Shown {
    let (before, after) = (input_shape(node, 0), node.shape());
    let fixed = |name, next| Shown { name: Cow::Borrowed(name), next };
    if after.len() < before.len()
        && let Some(entry) = only(node, "slice")
        && dropped(&before, after)
    {
        return fixed("SelectBackward0", entry.next_functions());
    }
    if after.len() == before.len() + 1 && dropped(after, &before) {
        return fixed("UnsqueezeBackward0", next);
    }
    if before.len() > after.len() && dropped(&before, after) {
        let one = before.len() == after.len() + 1;
        return fixed(if one { "SqueezeBackward1" } else { "SqueezeBackward0" }, next);
    }
    fixed("ViewBackward0", next)
}

/// Whether `short` is `long` without some axes of length 1.
fn dropped(long: &[usize], short: &[usize]) -> bool {
    let mut rest = short.iter().peekable();
    for length in long {
        if rest.peek() == Some(&length) {
            rest.next();
        } else if *length != 1 {
            return false;
        }
    }
    rest.next().is_none()
}

fn permuted(node: &GraphNode) -> &'static str {
    let axes = node.parameters();
    let axes = axes.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty());
    let moved = axes.enumerate().filter(|(place, axis)| axis.parse() != Ok(*place)).count();
    match (node.shape().len(), moved) {
        (2, _) => "TBackward0",
        (_, 2) => "TransposeBackward0",
        _ => "PermuteBackward0",
    }
}

/// Tensors joined along a new axis are stacked.
fn joined(next: Vec<Option<GraphNode>>) -> Shown {
    let entries: Option<Vec<Vec<Option<GraphNode>>>> = next
        .iter()
        .map(|part| match part {
            None => Some(vec![None]),
            Some(part) if part.name() == "reshape" && of(part) == "UnsqueezeBackward0" => Some(part.next_functions()),
            Some(_) => None,
        })
        .collect();
    match entries {
        Some(entries) if next.iter().any(Option::is_some) => {
            Shown { name: Cow::Borrowed("StackBackward0"), next: entries.into_iter().flatten().collect() }
        }
        _ => Shown { name: Cow::Borrowed("CatBackward0"), next },
    }
}
