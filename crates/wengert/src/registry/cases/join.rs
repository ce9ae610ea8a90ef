//! Concatenation, rolling, triangles.

use super::{Case, Dense, floats};
use crate::apply::apply_one;
use crate::prim::Prim;
use crate::primitives::join::{Concatenate, Roll, Triangle};
use crate::tensor::Tensor;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let parts: [(usize, &[&[usize]]); 8] = [
        (0, &[&[2], &[3]]),
        (0, &[&[2, 3], &[1, 3]]),
        (1, &[&[2, 3], &[2, 1], &[2, 2]]),
        (2, &[&[2, 1, 2], &[2, 1, 1]]),
        (0, &[&[2, 3]]),
        (0, &[&[2, 2], &[0, 2], &[1, 2]]),
        (1, &[&[0, 2], &[0, 1]]),
        (0, &[&[1], &[1], &[1], &[1]]),
    ];
    for (axis, shapes) in parts {
        cases.push(Case::new(
            "Concatenate",
            format!("concatenate {shapes:?} along {axis}"),
            shapes.iter().map(|shape| floats(shape, -2.0, 2.0)).collect(),
            move |x| apply_one(&Prim::new(Concatenate { axis }), &x.iter().collect::<Vec<_>>()),
            move |x| concatenated(&x.iter().collect::<Vec<_>>(), axis),
        ));
    }
    cases.push(Case::new(
        "Concatenate",
        "concatenate one tensor twice",
        vec![floats(&[2, 2], -2.0, 2.0)],
        |x| apply_one(&Prim::new(Concatenate { axis: 1 }), &[&x[0], &x[0]]),
        |x| concatenated(&[&x[0], &x[0]], 1),
    ));
    cases.push(Case::new(
        "Concatenate",
        "stack scalars",
        vec![floats(&[], -2.0, 2.0), floats(&[], -2.0, 2.0)],
        |x| Tensor::try_stack(&[&x[0], &x[1], &x[0]], 0),
        |x| Dense { shape: vec![3], values: vec![x[0].values[0], x[1].values[0], x[0].values[0]] },
    ));
    cases.push(Case::new(
        "Concatenate",
        "stack matrices at the end",
        vec![floats(&[2, 3], -2.0, 2.0), floats(&[2, 3], -2.0, 2.0)],
        |x| Tensor::try_stack(&[&x[0], &x[1]], -1),
        |x| Dense::build(&[2, 3, 2], |i| x[i[2]].at(&i[..2])),
    ));

    let rolls: [(&[usize], isize, usize); 8] = [
        (&[4], 1, 0),
        (&[4], -1, 0),
        (&[2, 3], 2, 1),
        (&[3, 2], -5, 0),
        (&[2, 3, 2], 7, 1),
        (&[2, 3], 0, 1),
        (&[0, 3], 1, 0),
        (&[2, 0], 3, 1),
    ];
    for (shape, shift, axis) in rolls {
        cases.push(Case::new(
            "Roll",
            format!("roll {shape:?} by {shift} along {axis}"),
            vec![floats(shape, -2.0, 2.0)],
            move |x| apply_one(&Prim::new(Roll { shift, axis }), &[&x[0]]),
            move |x| {
                Dense::build(shape, |index| {
                    let mut from = index.to_vec();
                    from[axis] = (index[axis] as isize - shift).rem_euclid(shape[axis] as isize) as usize;
                    x[0].at(&from)
                })
            },
        ));
    }

    let triangles: [(&[usize], isize); 8] = [
        (&[3, 3], 0),
        (&[3, 4], 1),
        (&[4, 3], -1),
        (&[2, 3, 3], -2),
        (&[2, 3], 9),
        (&[2, 3], -9),
        (&[0, 3], 0),
        (&[2, 0], 0),
    ];
    for (shape, diagonal) in triangles {
        for upper in [false, true] {
            cases.push(Case::new(
                "Triangle",
                format!("triangle of {shape:?}, upper: {upper}, {diagonal}"),
                vec![floats(shape, -2.0, 2.0)],
                move |x| apply_one(&Prim::new(Triangle { upper, diagonal }), &[&x[0]]),
                move |x| {
                    Dense::build(shape, |index| {
                        let [.., row, column] = index else { unreachable!() };
                        let right = *column as isize - *row as isize;
                        let kept = if upper { right >= diagonal } else { right <= diagonal };
                        if kept { x[0].at(index) } else { 0.0 }
                    })
                },
            ));
        }
    }
    cases
}

fn concatenated(parts: &[&Dense], axis: usize) -> Dense {
    let mut shape = parts[0].shape.clone();
    shape[axis] = parts.iter().map(|part| part.shape[axis]).sum();
    Dense::build(&shape, |index| {
        let mut at = index.to_vec();
        for part in parts {
            if at[axis] < part.shape[axis] {
                return part.at(&at);
            }
            at[axis] -= part.shape[axis];
        }
        unreachable!("the lengths add up")
    })
}
