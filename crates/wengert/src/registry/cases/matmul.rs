//! Matrix products.

use super::{Case, Dense, floats};
use crate::apply::apply_one;
use crate::primitives::matmul::MATMUL;
use crate::tensor::Tensor;

const SHAPES: [[&[usize]; 2]; 20] = [
    [&[3], &[3]],
    [&[2, 3], &[3]],
    [&[3], &[3, 2]],
    [&[2, 3], &[3, 2]],
    [&[1, 3], &[3, 1]],
    [&[2, 2, 3], &[3]],
    [&[3], &[2, 3, 2]],
    [&[2, 2, 3], &[3, 2]],
    [&[2, 3], &[2, 3, 2]],
    [&[2, 2, 3], &[2, 3, 2]],
    [&[1, 2, 3], &[2, 3, 2]],
    [&[2, 1, 2, 3], &[2, 3, 1]],
    [&[2, 3], &[2, 1, 3, 2]],
    [&[2, 2, 1, 2], &[2]],
    [&[0], &[0]],
    [&[2, 0], &[0, 3]],
    [&[0, 3], &[3, 2]],
    [&[2, 3], &[3, 0]],
    [&[0, 2, 3], &[3, 2]],
    [&[2, 0], &[0]],
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = SHAPES
        .into_iter()
        .map(|[a, b]| {
            Case::new(
                "Matmul",
                format!("matmul {a:?} {b:?}"),
                vec![floats(a, -2.0, 2.0), floats(b, -2.0, 2.0)],
                |x| apply_one(&MATMUL, &[&x[0], &x[1]]),
                |x| product(&x[0], &x[1]),
            )
        })
        .collect();
    cases.push(Case::new(
        "Matmul",
        "matmul of a matrix with itself",
        vec![floats(&[3, 3], -2.0, 2.0)],
        |x| apply_one(&MATMUL, &[&x[0], &x[0]]),
        |x| product(&x[0], &x[0]),
    ));
    cases.push(Case::new(
        "Matmul",
        "matmul with its transpose",
        vec![floats(&[2, 3], -2.0, 2.0)],
        |x| apply_one(&MATMUL, &[&x[0], &x[0].try_t()?]),
        |x| Dense::build(&[2, 2], |i| (0..3).map(|k| x[0].at(&[i[0], k]) * x[0].at(&[i[1], k])).sum()),
    ));
    cases.push(Case::new(
        "Matmul",
        "einsum bij,kj->bik",
        vec![floats(&[2, 2, 3], -2.0, 2.0), floats(&[2, 3], -2.0, 2.0)],
        |x| Tensor::try_einsum("bij,kj->bik", &[&x[0], &x[1]]),
        |x| Dense::build(&[2, 2, 2], |i| (0..3).map(|k| x[0].at(&[i[0], i[1], k]) * x[1].at(&[i[2], k])).sum()),
    ));
    cases.push(Case::new(
        "Matmul",
        "tensordot",
        vec![floats(&[2, 3, 2], -2.0, 2.0), floats(&[2, 2, 2], -2.0, 2.0)],
        |x| x[0].try_tensordot(&x[1], [2, 0], [0, 1]),
        |x| {
            Dense::build(&[3, 2], |i| {
                (0..4).map(|k| x[0].at(&[k / 2, i[0], k % 2]) * x[1].at(&[k % 2, k / 2, i[1]])).sum()
            })
        },
    ));
    cases
}

/// The product by its definition; vectors are a row on the left and a column on the right.
fn product(a: &Dense, b: &Dense) -> Dense {
    let mut left = a.clone();
    if a.shape.len() == 1 {
        left.shape.insert(0, 1);
    }
    let mut right = b.clone();
    if b.shape.len() == 1 {
        right.shape.push(1);
    }
    let (n, m) = (left.shape.len(), right.shape.len());
    let stack =
        wengert_array::broadcast(&[&left.shape[..n - 2], &right.shape[..m - 2]]).expect("stacks that broadcast");
    let mut shape = stack.to_vec();
    shape.extend([left.shape[n - 2], right.shape[m - 1]]);
    let inner = left.shape[n - 1];
    let mut out = Dense::build(&shape, |index| {
        let [stack @ .., row, column] = index else { unreachable!() };
        let at = |of: &Dense, i: usize, j: usize| of.broadcast_at_last(stack, [i, j]);
        (0..inner).map(|k| at(&left, *row, k) * at(&right, k, *column)).sum()
    });
    if b.shape.len() == 1 {
        out.shape.pop();
    }
    if a.shape.len() == 1 {
        let row = out.shape.len() - 1 - usize::from(b.shape.len() != 1);
        // Without the column, the row's axis is the last one.
        out.shape.remove(if b.shape.len() == 1 { out.shape.len() - 1 } else { row });
    }
    out
}
