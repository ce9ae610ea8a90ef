//! Functions with rules of their own, and those run again in the backward pass.

use super::{Case, Dense, floats};
use crate::error::Result;
use crate::tensor::Tensor;
use crate::transforms::{try_checkpoint, try_custom_jvp, try_custom_vjp};

type Pair = (Tensor, Tensor);

/// x·sin(y): the function that each of them computes.
fn product((x, y): &Pair) -> Result<Tensor> {
    x.try_mul(y.try_sin()?)
}

fn by_vjp(x: &Pair) -> Result<Tensor> {
    let forward = |(x, y): &Pair| -> Result<(Tensor, Pair)> {
        let sin = y.try_sin()?;
        Ok((x.try_mul(&sin)?, (sin, x.try_mul(y.try_cos()?)?)))
    };
    let backward = |(sin, slope): &Pair, g: &Tensor| -> Result<Pair> { Ok((g.try_mul(sin)?, g.try_mul(slope)?)) };
    try_custom_vjp(product, forward, backward)(x)
}

fn by_jvp(x: &Pair) -> Result<Tensor> {
    let rule = |(x, y): &Pair, _: &Tensor, (dx, dy): &Pair| -> Result<Tensor> {
        y.try_sin()?.try_mul(dx)?.try_add(x.try_mul(y.try_cos()?)?.try_mul(dy)?)
    };
    try_custom_jvp(product, rule)(x)
}

fn again(x: &Pair) -> Result<Tensor> {
    try_checkpoint(product)(x)
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let functions: [(&'static str, fn(&Pair) -> Result<Tensor>); 3] =
        [("CustomVjp", by_vjp), ("CustomJvp", by_jvp), ("Checkpoint", again)];
    for (name, f) in functions {
        let shapes: [&[usize]; 4] = [&[2, 3], &[4], &[], &[0, 2]];
        for shape in shapes {
            cases.push(Case::new(
                name,
                format!("{name} {shape:?}"),
                vec![floats(shape, -2.0, 2.0), floats(shape, -1.5, 2.5)],
                move |x| f(&(x[0].clone(), x[1].clone())),
                |x| Dense {
                    shape: x[0].shape.clone(),
                    values: x[0].values.iter().zip(&x[1].values).map(|(x, y)| x * y.sin()).collect(),
                },
            ));
        }
    }
    cases
}
