//! Sums, means, products, extremes, variances, softmax.

use smallvec::SmallVec;

use super::{Case, Dense, fixed, floats, reduced, rows_mapped};
use crate::apply::apply_one;
use crate::prim::Prim;
use crate::primitives::reduce::{Extreme, Logsumexp, Mean, Over, Prod, Sum, Var};
use crate::primitives::softmax::Softmax;

/// Shapes with the axes that go.
const WHOLE: [(&[usize], &[usize]); 8] = [
    (&[2, 3], &[0, 1]),
    (&[2, 3], &[0]),
    (&[2, 3], &[1]),
    (&[4], &[0]),
    (&[], &[]),
    (&[2, 3], &[]),
    (&[2, 3, 2], &[0, 2]),
    (&[2, 2, 3], &[1]),
];

/// Nothing goes in, or nothing comes out.
const EMPTY: [(&[usize], &[usize]); 3] = [(&[0, 3], &[0]), (&[2, 0], &[0, 1]), (&[0], &[0])];
const NO_RESULTS: [(&[usize], &[usize]); 2] = [(&[0, 3], &[1]), (&[2, 0, 2], &[0])];

fn sum(x: &[f64]) -> f64 {
    x.iter().sum()
}

fn mean(x: &[f64]) -> f64 {
    sum(x) / x.len() as f64
}

fn log_sum_exp(x: &[f64]) -> f64 {
    x.iter().map(|x| x.exp()).sum::<f64>().ln()
}

fn variance(x: &[f64], correction: f64) -> f64 {
    let mean = mean(x);
    x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (x.len() as f64 - correction)
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add =
        |primitive, shape: &'static [usize], axes: &'static [usize], prim: fn(Over) -> Prim, f: fn(&[f64]) -> f64| {
            for keepdims in [false, true] {
                let prim = prim(Over { axes: SmallVec::from_slice(axes), keepdims });
                let case = Case::new(
                    primitive,
                    format!("{prim} of {shape:?}"),
                    vec![floats(shape, -2.0, 2.0)],
                    move |x| apply_one(&prim, &[&x[0]]),
                    move |x| reduced(&x[0], axes, keepdims, f),
                );
                // Where elements are equal, the largest one has a kink.
                cases.push(if primitive == "Extreme" { case.distinct() } else { case });
            }
        };
    for (shape, axes) in WHOLE {
        add(
            "Extreme",
            shape,
            axes,
            |over| Prim::new(Extreme { over, min: false }),
            |x| x.iter().copied().fold(f64::MIN, f64::max),
        );
        add(
            "Extreme",
            shape,
            axes,
            |over| Prim::new(Extreme { over, min: true }),
            |x| x.iter().copied().fold(f64::MAX, f64::min),
        );
        add("Var", shape, axes, |over| Prim::new(Var { over, correction: 0.0 }), |x| variance(x, 0.0));
        // A divisor that is not zero whatever the axes.
        add("Var", shape, axes, |over| Prim::new(Var { over, correction: 0.5 }), |x| variance(x, 0.5));
    }
    for (shape, axes) in WHOLE.into_iter().chain(NO_RESULTS) {
        add("Mean", shape, axes, |over| Prim::new(Mean(over)), mean);
        add("Logsumexp", shape, axes, |over| Prim::new(Logsumexp(over)), log_sum_exp);
    }
    for (shape, axes) in NO_RESULTS {
        add("Extreme", shape, axes, |over| Prim::new(Extreme { over, min: false }), mean);
        add("Var", shape, axes, |over| Prim::new(Var { over, correction: 1.0 }), mean);
    }
    for (shape, axes) in WHOLE.into_iter().chain(EMPTY).chain(NO_RESULTS) {
        add("Sum", shape, axes, |over| Prim::new(Sum(over)), sum);
        add("Prod", shape, axes, |over| Prim::new(Prod(over)), |x| x.iter().product());
    }
    cases.extend(singular());
    cases.extend(softmax());
    cases.extend(through_methods());
    cases
}

/// Zeros in products, infinities in logarithms.
fn singular() -> Vec<Case> {
    let zeros: [(&str, &[usize], &[f64]); 3] = [
        ("one zero", &[3], &[2.0, 0.0, -1.5]),
        ("two zeros", &[2, 2], &[0.0, 1.5, 0.0, -0.5]),
        ("only zeros", &[3], &[0.0, 0.0, 0.0]),
    ];
    let mut cases: Vec<Case> = zeros
        .into_iter()
        .map(|(what, shape, values)| {
            Case::new(
                "Prod",
                format!("prod of {what}"),
                vec![fixed(shape, values)],
                |x| x[0].try_prod(),
                |x| Dense { shape: vec![], values: vec![x[0].values.iter().product()] },
            )
        })
        .collect();
    let infinite = || vec![fixed(&[2, 2], &[0.5, f64::NEG_INFINITY, -1.0, 0.25])];
    cases.push(Case::new(
        "Logsumexp",
        "logsumexp with minus infinity",
        infinite(),
        |x| x[0].try_logsumexp((), false),
        |x| reduced(&x[0], &[0, 1], false, log_sum_exp),
    ));
    cases.push(Case::new(
        "Logsumexp",
        "logsumexp of large numbers",
        vec![fixed(&[3], &[1000.0, 1000.5, 999.0])],
        |x| x[0].try_logsumexp(0, true),
        |x| reduced(&x[0], &[0], true, |x| 1000.0 + log_sum_exp(&x.iter().map(|x| x - 1000.0).collect::<Vec<_>>())),
    ));
    cases.push(Case::new(
        "Softmax",
        "softmax with minus infinity",
        infinite(),
        |x| x[0].try_softmax(1),
        |x| exponentials(&x[0], 1),
    ));
    cases
}

fn exponentials(x: &Dense, axis: usize) -> Dense {
    rows_mapped(x, axis, |row| {
        let sum: f64 = row.iter().map(|x| x.exp()).sum();
        row.iter().map(|x| x.exp() / sum).collect()
    })
}

fn softmax() -> Vec<Case> {
    let shapes: [(&[usize], usize); 8] = [
        (&[4], 0),
        (&[2, 3], 0),
        (&[2, 3], 1),
        (&[2, 3, 2], 1),
        (&[2, 1], 1),
        (&[0, 3], 0),
        (&[0, 3], 1),
        (&[2, 0], 1),
    ];
    let mut cases = Vec::new();
    for (shape, axis) in shapes {
        for log in [false, true] {
            cases.push(Case::new(
                "Softmax",
                format!("softmax, log: {log}, of {shape:?} along {axis}"),
                vec![floats(shape, -2.0, 2.0)],
                move |x| apply_one(&Prim::new(Softmax { axis, log }), &[&x[0]]),
                move |x| {
                    let mut out = exponentials(&x[0], axis);
                    if log {
                        out.values.iter_mut().for_each(|value| *value = value.ln());
                    }
                    out
                },
            ));
        }
    }
    cases
}

/// The same through the methods, with negative axes.
fn through_methods() -> Vec<Case> {
    let x = || vec![floats(&[2, 3, 2], -2.0, 2.0)];
    vec![
        Case::new("Sum", "sum_axes(-1)", x(), |x| x[0].try_sum_axes(-1, false), |x| reduced(&x[0], &[2], false, sum)),
        Case::new(
            "Mean",
            "mean_axes([-1, 0])",
            x(),
            |x| x[0].try_mean_axes([-1, 0], true),
            |x| reduced(&x[0], &[0, 2], true, mean),
        ),
        Case::new(
            "Prod",
            "prod_axes(-2)",
            x(),
            |x| x[0].try_prod_axes(-2, false),
            |x| reduced(&x[0], &[1], false, |x| x.iter().product()),
        ),
        Case::new(
            "Var",
            "std_axes([0, 1], 1)",
            x(),
            |x| x[0].try_std_axes([0, 1], 1.0, false),
            |x| reduced(&x[0], &[0, 1], false, |x| variance(x, 1.0).sqrt()),
        ),
        Case::new(
            "Sum",
            "norm",
            x(),
            |x| x[0].try_norm(),
            |x| reduced(&x[0], &[0, 1, 2], false, |x| x.iter().map(|x| x * x).sum::<f64>().sqrt()),
        ),
        Case::new(
            "Sum",
            "norm_axes 3",
            x(),
            |x| x[0].try_norm_axes(3.0, 1, false),
            |x| reduced(&x[0], &[1], false, |x| x.iter().map(|x| x.abs().powi(3)).sum::<f64>().cbrt()),
        ),
    ]
}
