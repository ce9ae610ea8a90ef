//! The affine map.

use super::{Case, Dense, floats, integers};
use crate::tensor::Tensor;

/// The shape of the input and the number of outputs.
const SHAPES: [(&[usize], usize); 12] = [
    (&[3], 2),
    (&[1], 1),
    (&[2, 3], 2),
    (&[4, 1], 3),
    (&[1, 3], 1),
    (&[2, 2, 3], 2),
    (&[2, 1, 2, 2], 3),
    (&[0], 2),
    (&[3], 0),
    (&[0, 3], 2),
    (&[2, 0], 2),
    (&[2, 2, 0], 0),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (shape, outputs) in SHAPES {
        let weight = [outputs, shape[shape.len() - 1]];
        let inputs = vec![floats(shape, -2.0, 2.0), floats(&weight, -2.0, 2.0), floats(&[outputs], -2.0, 2.0)];
        cases.push(Case::new(
            "Affine",
            format!("{shape:?} to {outputs}, without a bias"),
            inputs[..2].to_vec(),
            |x| x[0].try_linear(&x[1], None),
            |x| affine(&x[0], &x[1], None),
        ));
        cases.push(Case::new(
            "Affine",
            format!("{shape:?} to {outputs}"),
            inputs,
            |x| x[0].try_linear(&x[1], Some(&x[2])),
            |x| affine(&x[0], &x[1], Some(&x[2])),
        ));
    }
    cases.push(Case::new(
        "Affine",
        "of one matrix in all places",
        vec![floats(&[2, 2], -2.0, 2.0)],
        |x| x[0].try_linear(&x[0], Some(&x[0].try_sum_axes(0, false)?)),
        |x| {
            let sums = Dense::build(&[2], |i| x[0].at(&[0, i[0]]) + x[0].at(&[1, i[0]]));
            affine(&x[0], &x[0], Some(&sums))
        },
    ));
    cases.push(Case::new(
        "Affine",
        "of integers",
        vec![integers(&[2, 2], &[1, -2, 3, 4]), integers(&[1, 2], &[5, 6]), integers(&[1], &[7])],
        |x| x[0].try_linear(&x[1], Some(&x[2])),
        |x| affine(&x[0], &x[1], Some(&x[2])),
    ));
    cases
}

/// The sum of products by its definition.
fn affine(x: &Dense, weight: &Dense, bias: Option<&Dense>) -> Dense {
    let mut shape = x.shape.clone();
    let inputs = shape.pop().expect("an axis of inputs");
    shape.push(weight.shape[0]);
    Dense::build(&shape, |index| {
        let (&output, lead) = index.split_last().expect("an axis of outputs");
        let mut at = lead.to_vec();
        at.push(0);
        let mut sum = bias.map_or(0.0, |bias| bias.at(&[output]));
        for i in 0..inputs {
            at[lead.len()] = i;
            sum += x.at(&at) * weight.at(&[output, i]);
        }
        sum
    })
}

#[test]
fn what_does_not_fit_is_said_in_batches_too() {
    let text = |x: Tensor, weight: Tensor, bias: Option<Tensor>| {
        let direct = x.try_linear(&weight, bias.as_ref()).expect_err("a misfit").to_string();
        let stack = |x: &Tensor| Tensor::try_stack(&[x, x], 0).expect("a stack");
        let batch = (stack(&x), stack(&weight));
        let batched =
            crate::transforms::try_vmap(|(x, w): &(Tensor, Tensor)| x.try_linear(w, bias.as_ref()), 0)(&batch);
        let batched = batched.expect_err("a misfit").to_string();
        let first = |text: &str| text.lines().next().unwrap_or_default().to_string();
        assert_eq!(first(&direct), first(&batched));
        direct
    };
    let ones = |shape: &[usize]| Tensor::ones(shape);
    assert!(text(ones(&[2, 4]), ones(&[2, 3]), None).contains("(2, 4) but its last axis must have length 3"));
    assert!(text(Tensor::from(1.0), ones(&[2, 3]), None).contains("shape ()"));
    assert!(text(ones(&[3]), ones(&[3]), None).contains("must be (outputs, inputs)"));
    assert!(text(ones(&[3]), ones(&[2, 3]), Some(ones(&[3]))).contains("a bias of shape (3,)"));
    assert!(text(ones(&[3]), ones(&[2, 3]).to_dtype(crate::DType::F32), None).contains("the weight float32"));
}
