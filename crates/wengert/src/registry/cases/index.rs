//! Reading, adding and putting at slices and indices.

use wengert_array::SliceSpec;

use super::{Case, Dense, Input, floats, integers, positions};
use crate::apply::apply_one;
use crate::prim::Prim;
use crate::primitives::index::{Add, Place, Read, Set};
use crate::{Ellipsis, NewAxis, slice};

/// Where an element of the part that a place names lies, one coordinate at a time.
fn source(place: &Place, shape: &[usize], indices: &[Dense], at: &[usize]) -> Vec<usize> {
    let wrapped = |position: f64, len: usize| (if position < 0.0 { position + len as f64 } else { position }) as usize;
    match place {
        Place::Slice(specs) => {
            specs.iter().zip(at).map(|(spec, &i)| (spec.start as isize + spec.step * i as isize) as usize).collect()
        }
        Place::Take { axis } => {
            let rank = indices[0].shape.len();
            let position = wrapped(indices[0].at(&at[*axis..axis + rank]), shape[*axis]);
            [&at[..*axis], &[position], &at[axis + rank..]].concat()
        }
        Place::Gather { axis } => {
            let mut from = at.to_vec();
            from[*axis] = wrapped(indices[0].at(at), shape[*axis]);
            from
        }
        Place::Leading => {
            let rank = indices.iter().map(|index| index.shape.len()).max().unwrap_or(0);
            let leading = indices.iter().zip(shape).map(|(index, &len)| wrapped(index.broadcast_at(&at[..rank]), len));
            leading.chain(at[rank..].iter().copied()).collect()
        }
    }
}

/// A place, the shape of the tensor, the shape of the part, the index arrays.
type Where = (Place, &'static [usize], &'static [usize], Vec<Input>);

fn places() -> Vec<Where> {
    let slices = |specs: &[(usize, usize, isize)]| {
        Place::Slice(specs.iter().map(|&(start, len, step)| SliceSpec { start, len, step }).collect())
    };
    let index = |shape: &[usize], below: usize| integers(shape, &positions(shape.iter().product(), below));
    vec![
        (slices(&[(1, 2, 1)]), &[4], &[2], vec![]),
        (slices(&[(0, 2, 1), (0, 2, 2)]), &[2, 4], &[2, 2], vec![]),
        (slices(&[(1, 2, -1), (3, 2, -2)]), &[2, 4], &[2, 2], vec![]),
        (slices(&[(0, 1, 1), (2, 3, -1), (1, 1, 1)]), &[2, 3, 2], &[1, 3, 1], vec![]),
        (slices(&[(0, 0, 1), (0, 2, 1)]), &[2, 2], &[0, 2], vec![]),
        (slices(&[(0, 0, 1), (0, 2, 1)]), &[0, 2], &[0, 2], vec![]),
        (slices(&[]), &[], &[], vec![]),
        (Place::Take { axis: 0 }, &[3], &[5], vec![index(&[5], 3)]),
        (Place::Take { axis: 0 }, &[3, 2], &[2, 2, 2], vec![index(&[2, 2], 3)]),
        (Place::Take { axis: 1 }, &[2, 3], &[2, 4], vec![index(&[4], 3)]),
        (Place::Take { axis: 1 }, &[2, 3, 2], &[2, 2], vec![integers(&[], &[-1])]),
        (Place::Take { axis: 1 }, &[2, 3, 2], &[2, 2, 1, 2], vec![index(&[2, 1], 3)]),
        (Place::Take { axis: 0 }, &[3, 2], &[0, 2], vec![integers(&[0], &[])]),
        (Place::Take { axis: 1 }, &[0, 3], &[0, 2], vec![index(&[2], 3)]),
        (Place::Gather { axis: 0 }, &[4], &[3], vec![index(&[3], 4)]),
        (Place::Gather { axis: 1 }, &[2, 3], &[2, 4], vec![index(&[2, 4], 3)]),
        (Place::Gather { axis: 0 }, &[3, 3], &[4, 2], vec![index(&[4, 2], 3)]),
        (Place::Gather { axis: 1 }, &[2, 3, 2], &[2, 2, 2], vec![index(&[2, 2, 2], 3)]),
        (Place::Gather { axis: 0 }, &[3, 2], &[0, 2], vec![integers(&[0, 2], &[])]),
        (Place::Gather { axis: 1 }, &[0, 2], &[0, 3], vec![integers(&[0, 3], &[])]),
        (Place::Leading, &[3, 2], &[4, 2], vec![index(&[4], 3)]),
        (Place::Leading, &[3, 4], &[5], vec![index(&[5], 3), index(&[5], 4)]),
        (Place::Leading, &[3, 4], &[2, 3], vec![index(&[2, 1], 3), index(&[3], 4)]),
        (Place::Leading, &[3, 4, 2], &[3, 2], vec![index(&[3], 3), integers(&[], &[-2])]),
        (Place::Leading, &[2, 3, 2], &[], vec![integers(&[], &[1]), integers(&[], &[-1]), integers(&[], &[0])]),
        (Place::Leading, &[3, 4, 2], &[0, 2], vec![integers(&[0], &[]), index(&[1], 4)]),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (place, whole, part, indices) in places() {
        let shapes: Vec<&[usize]> = indices.iter().map(|index| &index.shape[..]).collect();
        let label = |prim: usize| format!("{} [{place}] of {whole:?} at {shapes:?}", place.names()[prim]);

        let prim = Prim::new(Read(place.clone()));
        let at = place.clone();
        let mut inputs = vec![floats(whole, -2.0, 2.0)];
        inputs.extend(indices.iter().cloned());
        cases.push(Case::new(
            "Read",
            label(0),
            inputs,
            move |x| apply_one(&prim, &x.iter().collect::<Vec<_>>()),
            move |x| Dense::build(part, |index| x[0].at(&source(&at, whole, &x[1..], index))),
        ));

        let mut inputs = vec![floats(whole, -2.0, 2.0), floats(part, -2.0, 2.0)];
        inputs.extend(indices.iter().cloned());
        for put in [false, true] {
            let prim = if put { Prim::new(Set(place.clone())) } else { Prim::new(Add(place.clone())) };
            let at = place.clone();
            cases.push(Case::new(
                if put { "Set" } else { "Add" },
                label(1 + usize::from(put)),
                inputs.clone(),
                move |x| apply_one(&prim, &x.iter().collect::<Vec<_>>()),
                move |x| {
                    let mut out = x[0].clone();
                    for index in Dense::indices(part) {
                        let to = out.at_mut(&source(&at, whole, &x[2..], &index));
                        *to = x[1].at(&index) + if put { 0.0 } else { *to };
                    }
                    out
                },
            ));
        }
    }
    cases.extend(written());
    cases
}

/// The same through the index that a user writes.
fn written() -> Vec<Case> {
    let matrix = || floats(&[3, 4], -2.0, 2.0);
    vec![
        Case::new(
            "Read",
            "x[::-2, newaxis, ..., 1]",
            vec![floats(&[3, 2, 4], -2.0, 2.0)],
            |x| x[0].try_i((slice(None, None, -2), NewAxis, Ellipsis, 1)),
            |x| Dense::build(&[2, 1, 2], |i| x[0].at(&[2 - 2 * i[0], i[2], 1])),
        ),
        Case::new(
            "Read",
            "x[:, indices]",
            vec![matrix(), integers(&[3], &[-1, 0, -1])],
            |x| x[0].try_i((.., &x[1])),
            |x| Dense::build(&[3, 3], |i| x[0].at(&[i[0], x[1].at(&[i[1]]).rem_euclid(4.0) as usize])),
        ),
        Case::new(
            "Read",
            "x[indices, :, indices]",
            vec![floats(&[3, 2, 4], -2.0, 2.0), integers(&[2], &[2, 0]), integers(&[2], &[-1, 1])],
            |x| x[0].try_i((&x[1], .., &x[2])),
            |x| {
                Dense::build(&[2, 2], |i| {
                    let at = |k: usize, len: f64| x[k].at(&[i[0]]).rem_euclid(len) as usize;
                    x[0].at(&[at(1, 3.0), i[1], at(2, 4.0)])
                })
            },
        ),
        Case::new(
            "Set",
            "x[1:, ::2] = value",
            vec![matrix(), floats(&[2, 1], -2.0, 2.0)],
            |x| x[0].try_with((1.., slice(None, None, 2)), &x[1]),
            |x| {
                Dense::build(&[3, 4], |i| if i[0] >= 1 && i[1] % 2 == 0 { x[1].at(&[i[0] - 1, 0]) } else { x[0].at(i) })
            },
        ),
        Case::new(
            "Set",
            "pad with a value",
            vec![floats(&[2, 2], -2.0, 2.0)],
            |x| x[0].try_pad(&[(1, 0), (0, 2)], 7.0),
            |x| Dense::build(&[3, 4], |i| if i[0] >= 1 && i[1] < 2 { x[0].at(&[i[0] - 1, i[1]]) } else { 7.0 }),
        ),
        Case::new(
            "Read",
            "flip both axes",
            vec![floats(&[2, 3], -2.0, 2.0)],
            |x| x[0].try_flip(()),
            |x| Dense::build(&[2, 3], |i| x[0].at(&[1 - i[0], 2 - i[1]])),
        ),
    ]
}
