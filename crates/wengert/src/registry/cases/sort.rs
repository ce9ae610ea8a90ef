//! Sorting, the largest few, the order itself.

use super::{Case, Dense, floats, integers, rows_mapped};
use crate::apply::{apply, apply_one};
use crate::prim::Prim;
use crate::primitives::sort::{Argsort, Ordered};

/// The positions of a row in order: selection, one smallest at a time, the first of equal ones first.
fn order(row: &[f64], descending: bool) -> Vec<f64> {
    let mut left: Vec<usize> = (0..row.len()).collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let mut best = 0;
        for i in 1..left.len() {
            let (value, chosen) = (row[left[i]], row[left[best]]);
            if (descending && value > chosen) || (!descending && value < chosen) {
                best = i;
            }
        }
        order.push(left.remove(best) as f64);
    }
    order
}

fn sorted(x: &Dense, axis: usize, descending: bool, k: usize) -> Vec<Dense> {
    let positions = |row: &[f64]| order(row, descending)[..k].to_vec();
    vec![
        rows_mapped(x, axis, |row| positions(row).iter().map(|&i| row[i as usize]).collect()),
        rows_mapped(x, axis, positions),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let shapes: [(&[usize], usize); 7] =
        [(&[5], 0), (&[3, 2], 0), (&[2, 3], 1), (&[2, 3, 2], 1), (&[1], 0), (&[0, 3], 0), (&[0, 3], 1)];
    for (shape, axis) in shapes {
        for descending in [false, true] {
            let n = shape[axis];
            let mut wanted = vec![None, Some(0), Some(n.min(2)), Some(n)];
            wanted.dedup();
            for k in wanted {
                cases.push(
                    Case::several(
                        "Ordered",
                        format!("the first {k:?} of {shape:?} along {axis}, descending: {descending}"),
                        vec![floats(shape, -2.0, 2.0)],
                        move |x| apply(&Prim::new(Ordered { axis, descending, k }), &[&x[0]]),
                        move |x| sorted(&x[0], axis, descending, k.unwrap_or(n)),
                    )
                    .distinct(),
                );
            }
            cases.push(
                Case::new(
                    "Argsort",
                    format!("argsort of {shape:?} along {axis}, descending: {descending}"),
                    vec![floats(shape, -2.0, 2.0)],
                    move |x| apply_one(&Prim::new(Argsort { axis, descending }), &[&x[0]]),
                    move |x| rows_mapped(&x[0], axis, |row| order(row, descending)),
                )
                .distinct(),
            );
        }
    }
    // Equal elements stay in their order, whichever way the others go.
    let ties = || vec![integers(&[2, 5], &[2, 1, 2, 1, 3, 0, 0, 0, 0, 0])];
    for descending in [false, true] {
        cases.push(Case::several(
            "Ordered",
            format!("sort with ties, descending: {descending}"),
            ties(),
            move |x| apply(&Prim::new(Ordered { axis: 1, descending, k: None }), &[&x[0]]),
            move |x| sorted(&x[0], 1, descending, 5),
        ));
        cases.push(Case::new(
            "Argsort",
            format!("argsort with ties, descending: {descending}"),
            ties(),
            move |x| x[0].try_argsort(-1, descending),
            move |x| rows_mapped(&x[0], 1, |row| order(row, descending)),
        ));
    }
    // The positions are thrown away: one result has no cotangent.
    cases.push(
        Case::new(
            "Ordered",
            "the two smallest, without positions",
            vec![floats(&[2, 4], -2.0, 2.0)],
            |x| x[0].try_topk(2, -1, false).map(|pair| pair.0),
            |x| sorted(&x[0], 1, false, 2).remove(0),
        )
        .distinct(),
    );
    cases
}
