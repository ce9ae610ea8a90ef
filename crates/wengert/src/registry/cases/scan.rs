//! Running sums, products and recurrences.

use super::{Case, Dense, fixed, floats, rows_mapped};
use crate::apply::apply_one;
use crate::prim::Prim;
use crate::primitives::scan::{Along, Cumprod, Cumsum, Recurrence};

const SHAPES: [(&[usize], usize); 7] =
    [(&[4], 0), (&[2, 3], 0), (&[2, 3], 1), (&[2, 3, 2], 1), (&[1], 0), (&[0, 3], 0), (&[2, 0], 0)];

/// What has been gathered before and at each element, from either end.
fn scanned(x: &Dense, axis: usize, reverse: bool, f: fn(f64, f64) -> f64, first: f64) -> Dense {
    rows_mapped(x, axis, |row| {
        let mut so_far = first;
        let mut out = vec![0.0; row.len()];
        for k in 0..row.len() {
            let i = if reverse { row.len() - 1 - k } else { k };
            so_far = f(so_far, row[i]);
            out[i] = so_far;
        }
        out
    })
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (shape, axis) in SHAPES {
        for reverse in [false, true] {
            let along = Along { axis, reverse };
            let x = || vec![floats(shape, -2.0, 2.0)];
            let what = format!("of {shape:?} along {axis}, reverse: {reverse}");
            cases.push(Case::new(
                "Cumsum",
                format!("cumsum {what}"),
                x(),
                move |x| apply_one(&Prim::new(Cumsum(along)), &[&x[0]]),
                move |x| scanned(&x[0], axis, reverse, |a, b| a + b, 0.0),
            ));
            cases.push(Case::new(
                "Cumprod",
                format!("cumprod {what}"),
                x(),
                move |x| apply_one(&Prim::new(Cumprod(along)), &[&x[0]]),
                move |x| scanned(&x[0], axis, reverse, |a, b| a * b, 1.0),
            ));
            cases.push(Case::new(
                "Recurrence",
                format!("recurrence {what}"),
                vec![floats(shape, -1.5, 1.5), floats(shape, -2.0, 2.0)],
                move |x| apply_one(&Prim::new(Recurrence(along)), &[&x[0], &x[1]]),
                move |x| recurrence(&x[0], &x[1], axis, reverse),
            ));
        }
    }
    for (what, values) in [("one zero", [2.0, 0.0, -1.5, 0.5]), ("two zeros", [0.0, 1.5, 0.0, -0.5])] {
        for reverse in [false, true] {
            cases.push(Case::new(
                "Cumprod",
                format!("cumprod of {what}, reverse: {reverse}"),
                vec![fixed(&[4], &values)],
                move |x| if reverse { x[0].try_cumprod_reverse(-1) } else { x[0].try_cumprod(-1) },
                move |x| scanned(&x[0], 0, reverse, |a, b| a * b, 1.0),
            ));
        }
    }
    cases.push(Case::new(
        "Recurrence",
        "recurrence of a sequence with itself",
        vec![floats(&[3], -1.5, 1.5)],
        |x| apply_one(&Prim::new(Recurrence(Along { axis: 0, reverse: false })), &[&x[0], &x[0]]),
        |x| recurrence(&x[0], &x[0], 0, false),
    ));
    cases
}

fn recurrence(a: &Dense, b: &Dense, axis: usize, reverse: bool) -> Dense {
    let n = a.shape[axis];
    Dense::build(&a.shape, |index| {
        // The sum of all terms, each multiplied with the coefficients that come after it.
        let order: Vec<usize> = if reverse { (index[axis]..n).rev().collect() } else { (0..=index[axis]).collect() };
        let mut at = index.to_vec();
        let mut pick = |of: &Dense, i: usize| {
            at[axis] = i;
            of.at(&at)
        };
        let mut total = 0.0;
        for (k, &i) in order.iter().enumerate() {
            let after: f64 = order[k + 1..].iter().map(|&j| pick(a, j)).product();
            total += pick(b, i) * after;
        }
        total
    })
}
