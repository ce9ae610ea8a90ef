//! Joining, cutting, padding.

use wengert::PadMode;
use wengert::prelude::*;

use super::{Bad, bad};

fn zeros(shape: &[usize]) -> Tensor {
    Tensor::zeros(shape)
}

pub fn table() -> Vec<Bad> {
    vec![
        bad("concatenate nothing", || Tensor::try_concatenate(&[], 0), &["concatenate", "at least one", "empty"]),
        bad(
            "concatenate scalars",
            || Tensor::try_concatenate(&[&zeros(&[])], 0),
            &["concatenate", "single number", "stack"],
        ),
        bad(
            "concatenate unlike shapes",
            || Tensor::try_concatenate(&[&zeros(&[2, 3]), &zeros(&[2, 4])], 0),
            &["concatenate", "(2, 3)", "(2, 4)", "axis 0"],
        ),
        bad(
            "concatenate unlike ranks",
            || Tensor::try_cat(&[&zeros(&[2, 3]), &zeros(&[3])], 0),
            &["concatenate", "tensor 1", "(2, 3)", "(3,)"],
        ),
        bad(
            "concatenate along an axis that is not there",
            || Tensor::try_concatenate(&[&zeros(&[2])], 1),
            &["concatenate", "axis 1"],
        ),
        bad("stack nothing", || Tensor::try_stack(&[], 0), &["stack", "at least one", "empty"]),
        bad(
            "stack unlike shapes",
            || Tensor::try_stack(&[&zeros(&[2]), &zeros(&[3])], 0),
            &["stack", "(2,)", "(3,)", "same shape"],
        ),
        bad("stack along an axis that is not there", || Tensor::try_stack(&[&zeros(&[2])], 2), &["stack", "axis 2"]),
        bad(
            "rows of unlike lengths below each other",
            || Tensor::try_vstack(&[&zeros(&[2]), &zeros(&[3])]),
            &["(1, 2)", "(1, 3)", "axis 0"],
        ),
        bad(
            "unlike heights side by side",
            || Tensor::try_hstack(&[&zeros(&[2, 2]), &zeros(&[3, 2])]),
            &["(2, 2)", "(3, 2)", "axis 1"],
        ),
        bad("split into pieces of nothing", || zeros(&[4]).try_split(0, 0), &["split", "length 0", "1 or more"]),
        bad("split into the wrong total", || zeros(&[4]).try_split_sizes(&[1, 2], 0), &["split", "[1, 2]", "3", "4"]),
        bad(
            "split into an impossible total",
            || zeros(&[4]).try_split_sizes(&[usize::MAX, 5], 0),
            &["split", "18446744073709551615", "4"],
        ),
        bad("split along an axis that is not there", || zeros(&[4]).try_split(2, 1), &["split", "axis 1"]),
        bad("no chunks", || zeros(&[4]).try_chunk(0, 0), &["chunk", "0 pieces"]),
        bad(
            "more chunks of nothing than memory holds",
            || zeros(&[0]).try_chunk(usize::MAX, 0),
            &["chunk", "18446744073709551615 pieces", "memory"],
        ),
        bad(
            "more pieces of nothing than memory holds",
            || zeros(&[0, usize::MAX]).try_split(1, 1),
            &["split", "18446744073709551615 pieces", "memory"],
        ),
        bad("unbind a scalar", || zeros(&[]).try_unbind(0), &["unbind", "axis 0", "no axes"]),
        bad(
            "pad too few axes",
            || zeros(&[2, 3]).try_pad(&[(1, 1)], 0.0),
            &["pad", "1 pair", "(2, 3)", "(before, after)"],
        ),
        bad("pad beyond all numbers", || zeros(&[2]).try_pad(&[(usize::MAX, 1)], 0.0), &["pad", "too long"]),
        bad(
            "pad beyond all memory",
            || zeros(&[2, 2]).try_pad(&[(1 << 62, 0), (1 << 62, 0)], 0.0),
            &["4611686018427387906", "elements"],
        ),
        bad("continue nothing", || zeros(&[0]).try_pad_mode(&[(1, 0)], PadMode::Replicate), &["pad", "0"]),
    ]
}
