//! Cross-entropy with class indices, and its slope.

use super::{Case, Dense, Input, fixed, floats, integers};
use crate::primitives::cross_entropy::slope;
use crate::tensor::Tensor;

const SHAPES: [&[usize]; 8] = [&[3], &[1], &[2, 3], &[4, 1], &[1, 5], &[2, 2, 3], &[2, 1, 2, 2], &[0, 3]];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for shape in SHAPES {
        let (width, rows) = shape.split_last().expect("an axis of classes");
        let classes: Vec<i64> = (0..rows.iter().product::<usize>()).map(|i| ((i * i + 1) % width) as i64).collect();
        both(&mut cases, &format!("of {shape:?}"), floats(shape, -2.0, 2.0), integers(rows, &classes));
    }
    // The largest logits decide, whatever their size.
    let large = fixed(&[2, 3], &[1e3, 999.5, -1e3, -1001.0, -1000.0, -1e3]);
    both(&mut cases, "of large logits", large, integers(&[2], &[1, 0]));
    // A class of probability zero that is not the row's own.
    let impossible = fixed(&[2, 3], &[0.5, f64::NEG_INFINITY, 1.0, f64::NEG_INFINITY, f64::NEG_INFINITY, 2.0]);
    both(&mut cases, "with minus infinity", impossible, integers(&[2], &[0, 2]));
    cases
}

/// The losses, and their slope, of these logits and classes.
fn both(cases: &mut Vec<Case>, label: &str, logits: Input, classes: Input) {
    let weights = floats(&classes.shape, 0.5, 2.0);
    cases.push(Case::new(
        "CrossEntropy",
        format!("cross-entropy {label}"),
        vec![logits.clone(), classes.clone()],
        |x| x[0].try_cross_entropy_with_classes(&x[1]),
        |x| Dense::build(&x[1].shape, |row| -probability(&x[0], row, x[1].at(row) as usize).ln()),
    ));
    cases.push(Case::new(
        "CrossEntropySlope",
        format!("slope of the cross-entropy {label}"),
        vec![logits, classes, weights],
        |x| slope(&x[0], &x[1], &x[2]),
        |x| {
            Dense::build(&x[0].shape, |index| {
                let (&class, row) = index.split_last().expect("an axis of classes");
                let own = if x[1].at(row) as usize == class { 1.0 } else { 0.0 };
                (probability(&x[0], row, class) - own) * x[2].at(row)
            })
        },
    ));
}

/// Softmax by its definition, of logits moved so that the largest is zero.
fn probability(x: &Dense, row: &[usize], class: usize) -> f64 {
    let logits: Vec<f64> = (0..x.shape[row.len()]).map(|class| x.at(&[row, &[class]].concat())).collect();
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (logits[class] - largest).exp() / logits.iter().map(|logit| (logit - largest).exp()).sum::<f64>()
}

#[test]
fn what_does_not_fit_is_said() {
    let text = |logits: &Tensor, classes: Tensor| {
        logits.try_cross_entropy_with_classes(&classes).expect_err("a misfit").to_string()
    };
    let logits = Tensor::ones([2, 3]);
    assert!(
        text(&logits, Tensor::from([0_i64, 3])).contains("class index 3 is out of range: there are 3 classes, 0 to 2")
    );
    assert!(text(&logits, Tensor::from([-1_i64, 0])).contains("class index -1"));
    assert!(text(&logits, Tensor::from([0_i64, 1, 2])).contains("ask for class indices of shape (2,), got (3,)"));
    assert!(text(&logits, Tensor::from([0.0, 1.0])).contains("integer dtype, got float64"));
    assert!(text(&logits, Tensor::from([true, false])).contains("integer dtype, got bool"));
    assert!(text(&Tensor::from([1_i64, 2]), Tensor::from(0_i64)).contains("floating point"));
    assert!(text(&Tensor::from(1.0), Tensor::from(0_i64)).contains("no classes"));
    assert!(text(&Tensor::ones([2, 0]), Tensor::from([0_i64, 0])).contains("there are 0 classes"));
    assert_eq!(logits.cross_entropy_with_classes(&Tensor::from([0_u8, 2])).to_vec::<f64>(), [3.0_f64.ln(); 2]);
}
