//! Positions of extremes, truth of many.

use smallvec::SmallVec;

use super::{Case, bools, fixed, floats, integers, reduced};
use crate::apply::apply_one;
use crate::prim::Prim;
use crate::primitives::choose::{ArgExtreme, Truth};
use crate::primitives::reduce::Over;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for min in [false, true] {
        for keepdims in [false, true] {
            let shapes: [(&[usize], usize); 6] =
                [(&[4], 0), (&[2, 3], 0), (&[2, 3], 1), (&[2, 3, 2], 1), (&[0, 3], 1), (&[2, 0, 3], 2)];
            for (shape, axis) in shapes {
                cases.push(
                    Case::new(
                        "ArgExtreme",
                        format!("argextreme of {shape:?} along {axis}, min: {min}, keepdims: {keepdims}"),
                        vec![floats(shape, -2.0, 2.0)],
                        move |x| apply_one(&Prim::new(ArgExtreme { axis, keepdims, min }), &[&x[0]]),
                        move |x| reduced(&x[0], &[axis], keepdims, |x| first_extreme(x, min)),
                    )
                    .distinct(),
                );
            }
        }
        cases.push(Case::new(
            "ArgExtreme",
            format!("the first of equal ones, min: {min}"),
            vec![integers(&[2, 4], &[3, 1, 3, 1, 2, 2, 2, 2])],
            move |x| if min { x[0].try_argmin(-1) } else { x[0].try_argmax(-1) },
            move |x| reduced(&x[0], &[1], false, |x| first_extreme(x, min)),
        ));
    }
    for all in [false, true] {
        for keepdims in [false, true] {
            let some = [true, false, true, false, false, true];
            let inputs = [
                (bools(&[2, 3], &some), &[0, 1][..]),
                (bools(&[2, 3], &some), &[0]),
                (bools(&[3, 2], &some), &[1]),
                (bools(&[], &[true]), &[]),
                (bools(&[0, 3], &[]), &[0]),
                (bools(&[0, 3], &[]), &[1]),
                (integers(&[2, 2], &[0, 5, 0, 0]), &[1]),
                (fixed(&[2, 2], &[0.0, -1.5, 0.0, 0.0]), &[0]),
                (fixed(&[2, 2], &[0.5, f64::NAN, 0.0, 1.0]), &[1]),
            ];
            for (i, (input, axes)) in inputs.into_iter().enumerate() {
                let over = Over { axes: SmallVec::from_slice(axes), keepdims };
                let prim = Prim::new(Truth { over, all });
                cases.push(Case::new(
                    "Truth",
                    format!("{prim}, input {i}"),
                    vec![input],
                    move |x| apply_one(&prim, &[&x[0]]),
                    move |x| {
                        reduced(&x[0], axes, keepdims, |x| {
                            let mut true_ones = x.iter().filter(|&&x| x != 0.0).count();
                            if all {
                                true_ones /= x.len().max(1);
                            }
                            let empty = all && x.is_empty();
                            f64::from(u8::from(true_ones > 0 || empty))
                        })
                    },
                ));
            }
        }
    }
    cases
}

fn first_extreme(x: &[f64], min: bool) -> f64 {
    let mut best = 0;
    for (i, value) in x.iter().enumerate() {
        if (min && *value < x[best]) || (!min && *value > x[best]) {
            best = i;
        }
    }
    best as f64
}
