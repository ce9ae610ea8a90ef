//! The engine's errors in words for users of Python: with Python's spellings, and without lines of the library's own.

use wengert::ErrorKind;

/// Whether a line is one of the library's own, because nobody asked for Python's.
fn is_own(line: &str) -> bool {
    line.contains(".rs:")
}

const HINT: &str = "Anomaly detection (`detect_anomaly`) around the forward pass shows the line";

/// Spellings of Rust that advice may contain, and Python's.
const SPELLINGS: [(&str, &str); 4] = [
    ("cast them, `index.to_dtype(DType::I64)`", "cast them to int64"),
    ("cast it, `index.to_dtype(DType::I64)`", "cast it to int64"),
    ("`x.i(&mask)`", "`x[mask]`"),
    ("`index.gt(0.0)`", "`index > 0`"),
];

/// The text of an error.
pub fn text(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::Backward { op, line, source } => {
            let inner = text(source.kind());
            if is_own(line) {
                format!("{inner}\n  in the backward pass of `{op}`")
            } else {
                format!("{inner}\n  in the backward pass of `{op}`, whose forward operation ran at {line}")
            }
        }
        ErrorKind::Modified { op, saved, saved_version, changed, version } => {
            let at = |line: &String| if is_own(line) { String::new() } else { format!(" at {line}") };
            let hint = if is_own(saved) { format!(". {HINT} where it was saved") } else { String::new() };
            format!(
                "one of the variables needed for gradient computation has been modified by an inplace operation: `{op}` saved \
                 it{} (version {saved_version}), it was changed{} (version {version}). Call backward before the update, or \
                 use `.detach().clone()` in the forward pass{hint}",
                at(saved),
                at(changed),
            )
        }
        ErrorKind::NonFinite { op, input, line } if is_own(line) => {
            format!(
                "`{op}` returned NaN for the gradient of its input {input} during the backward pass. {HINT} that ran it"
            )
        }
        ErrorKind::NotScalar { shape } => format!(
            "grad can be implicitly created only for scalar outputs: this tensor has shape {shape}. Reduce it first (for \
             example `y.sum().backward()`), or hand in a cotangent: `y.backward(g)`"
        ),
        ErrorKind::NoGrad { index } => format!(
            "element {index} of tensors does not require grad and does not have a grad_fn: set `requires_grad=True` on the \
             inputs before computing with them (and not inside `no_grad`)"
        ),
        ErrorKind::Unused { index } => format!(
            "one of the differentiated Tensors (input {index}) appears to not have been used in the graph. Set \
             allow_unused=True if this is the desired behavior"
        ),
        ErrorKind::Freed { op } => format!(
            "Trying to backward through the graph a second time: the values that `{op}` saved were freed by the first pass. \
             Specify retain_graph=True in the first one if a second one follows"
        ),
        ErrorKind::TapeUsed => "A non-persistent GradientTape can only be used to compute one set of gradients (or \
             jacobians): make it with persistent=True to ask more than once"
            .into(),
        ErrorKind::LeafInPlace { op } => format!(
            "{op}: a leaf Variable that requires grad is being used in an in-place operation. Do the update inside `with \
             no_grad():`, or on `.detach()`"
        ),
        ErrorKind::NotFloating { dtype } => format!(
            "only Tensors of floating point and complex dtype can require gradients, this one has dtype {dtype}: cast it to \
             float32 or float64 first"
        ),
        ErrorKind::Abstract { op, how } => format!(
            "{op}: the value of this tensor is not known here, because it is being {how}. Use tensor operations such as \
             `where` instead of branching on a value, or move this out of the transformed function"
        ),
        other => {
            let whole = other.to_string();
            SPELLINGS.iter().fold(whole, |text, (rust, python)| text.replace(rust, python))
        }
    }
}
