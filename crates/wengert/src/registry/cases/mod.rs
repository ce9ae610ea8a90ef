//! The cases of every primitive, one family a file. References are written on [`Dense`]: index arithmetic and loops.

mod affine;
mod cast;
mod choose;
mod cross_entropy;
mod custom;
mod index;
mod join;
mod matmul;
mod pointwise;
mod reduce;
mod scan;
mod shape;
mod sort;

use super::dense::Dense;
use super::{Case, Input, bools, fixed, floats, integers};

pub(super) fn all() -> Vec<Case> {
    [
        shape::cases(),
        join::cases(),
        index::cases(),
        reduce::cases(),
        choose::cases(),
        scan::cases(),
        matmul::cases(),
        affine::cases(),
        cross_entropy::cases(),
        sort::cases(),
        cast::cases(),
        custom::cases(),
        pointwise::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// `count` integers that go through `0..below` in no simple order, every second one counted from the end.
fn positions(count: usize, below: usize) -> Vec<i64> {
    (0..count)
        .map(|i| {
            let position = ((i * i + 2 * i + 1) % below) as i64;
            if i % 2 == 1 { position - below as i64 } else { position }
        })
        .collect()
}

/// Every combination of the elements of `x` along some axes made one number.
fn reduced(x: &Dense, axes: &[usize], keepdims: bool, f: impl Fn(&[f64]) -> f64) -> Dense {
    let kept: Vec<usize> = (0..x.shape.len()).filter(|axis| !axes.contains(axis)).collect();
    let shape: Vec<usize> = kept.iter().map(|&axis| x.shape[axis]).collect();
    let mut out = Dense::build(&shape, |at| {
        let mut along = Vec::new();
        for index in Dense::indices(&x.shape) {
            if kept.iter().zip(at).all(|(&axis, &i)| index[axis] == i) {
                along.push(x.at(&index));
            }
        }
        f(&along)
    });
    if keepdims {
        out.shape = (0..x.shape.len()).map(|axis| if axes.contains(&axis) { 1 } else { x.shape[axis] }).collect();
    }
    out
}

/// The rows of `x` along one axis, each mapped to a row of the same or another length.
fn rows_mapped(x: &Dense, axis: usize, f: impl Fn(&[f64]) -> Vec<f64>) -> Dense {
    let row = |index: &[usize]| {
        let mut at = index.to_vec();
        let values: Vec<f64> = (0..x.shape[axis])
            .map(|i| {
                at[axis] = i;
                x.at(&at)
            })
            .collect();
        f(&values)
    };
    let mut shape = x.shape.clone();
    shape[axis] = f(&vec![1.0; x.shape[axis]]).len();
    Dense::build(&shape, |index| row(index)[index[axis]])
}
