//! Reshape, permute, broadcast, diagonal.

use wengert_array::Shape;

use super::{Case, Dense, floats};
use crate::apply::apply_one;
use crate::prim::Prim;
use crate::primitives::shape::{BroadcastTo, Diagonal, Permute, Reshape};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let reshapes: [(&[usize], &[usize]); 9] = [
        (&[2, 3], &[3, 2]),
        (&[2, 3], &[6]),
        (&[6], &[2, 1, 3]),
        (&[2, 3, 2], &[4, 3]),
        (&[2, 3], &[2, 3]),
        (&[], &[1, 1]),
        (&[1], &[]),
        (&[0, 3], &[3, 0, 2]),
        (&[1, 4, 1], &[4]),
    ];
    for (from, to) in reshapes {
        cases.push(Case::new(
            "Reshape",
            format!("reshape {from:?} to {to:?}"),
            vec![floats(from, -2.0, 2.0)],
            move |x| apply_one(&Prim::new(Reshape { shape: Shape::from(to) }), &[&x[0]]),
            move |x| Dense { shape: to.to_vec(), values: x[0].values.clone() },
        ));
    }
    cases.push(Case::new(
        "Reshape",
        "reshape with a length to be worked out",
        vec![floats(&[2, 3, 2], -2.0, 2.0)],
        |x| x[0].try_reshape([3, -1]),
        |x| Dense { shape: vec![3, 4], values: x[0].values.clone() },
    ));

    let permutes: [(&[usize], &[usize]); 7] = [
        (&[2, 3], &[1, 0]),
        (&[2, 3], &[0, 1]),
        (&[2, 3, 4], &[2, 0, 1]),
        (&[2, 1, 3, 2], &[3, 1, 0, 2]),
        (&[3], &[0]),
        (&[], &[]),
        (&[0, 3], &[1, 0]),
    ];
    for (shape, axes) in permutes {
        cases.push(Case::new(
            "Permute",
            format!("permute {shape:?} {axes:?}"),
            vec![floats(shape, -2.0, 2.0)],
            move |x| apply_one(&Prim::new(Permute { axes: axes.to_vec() }), &[&x[0]]),
            move |x| permuted(&x[0], axes),
        ));
    }
    cases.push(Case::new(
        "Permute",
        "movedim -1 to 0",
        vec![floats(&[2, 3, 2], -2.0, 2.0)],
        |x| x[0].try_movedim(-1, 0),
        |x| permuted(&x[0], &[2, 0, 1]),
    ));

    let broadcasts: [(&[usize], &[usize]); 10] = [
        (&[3], &[2, 3]),
        (&[2, 1], &[2, 3]),
        (&[1, 3], &[2, 2, 3]),
        (&[2, 3], &[2, 3]),
        (&[], &[2, 2]),
        (&[], &[]),
        (&[1], &[0]),
        (&[], &[0, 3]),
        (&[0, 1], &[0, 3]),
        (&[1, 2, 1], &[3, 2, 2]),
    ];
    for (from, to) in broadcasts {
        cases.push(Case::new(
            "BroadcastTo",
            format!("broadcast {from:?} to {to:?}"),
            vec![floats(from, -2.0, 2.0)],
            move |x| apply_one(&Prim::new(BroadcastTo { shape: Shape::from(to) }), &[&x[0]]),
            move |x| Dense::build(to, |index| x[0].broadcast_at(index)),
        ));
    }

    let diagonals: [(&[usize], isize); 9] = [
        (&[3, 3], 0),
        (&[3, 4], 1),
        (&[4, 3], -1),
        (&[2, 3, 4], 2),
        (&[2, 2, 3, 2], -1),
        (&[3, 3], 5),
        (&[2, 3], -2),
        (&[0, 3], 0),
        (&[0, 2, 2], 0),
    ];
    for (shape, offset) in diagonals {
        cases.push(Case::new(
            "Diagonal",
            format!("diagonal {shape:?} {offset}"),
            vec![floats(shape, -2.0, 2.0)],
            move |x| apply_one(&Prim::new(Diagonal { offset }), &[&x[0]]),
            move |x| diagonal(&x[0], offset),
        ));
    }
    cases
}

fn permuted(x: &Dense, axes: &[usize]) -> Dense {
    let shape: Vec<usize> = axes.iter().map(|&axis| x.shape[axis]).collect();
    Dense::build(&shape, |index| {
        let mut from = vec![0; axes.len()];
        axes.iter().zip(index).for_each(|(&axis, &i)| from[axis] = i);
        x.at(&from)
    })
}

fn diagonal(x: &Dense, offset: isize) -> Dense {
    let n = x.shape.len();
    let (rows, columns) = (x.shape[n - 2], x.shape[n - 1]);
    let column_of = |row: usize| row as isize + offset;
    let on: Vec<usize> = (0..rows).filter(|&row| (0..columns as isize).contains(&column_of(row))).collect();
    let mut shape = x.shape[..n - 2].to_vec();
    shape.push(on.len());
    Dense::build(&shape, |index| {
        let mut from = index[..n - 2].to_vec();
        let row = on[index[n - 2]];
        from.extend([row, column_of(row) as usize]);
        x.at(&from)
    })
}
