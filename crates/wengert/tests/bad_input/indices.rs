//! Indices, slices and masks.

use wengert::prelude::*;
use wengert::{Array, slice};

use super::{Bad, bad};

fn zeros(shape: &[usize]) -> Tensor {
    Tensor::zeros(shape)
}

fn index(positions: &[i64]) -> Tensor {
    Tensor::from(Array::from_slice(positions))
}

pub fn table() -> Vec<Bad> {
    vec![
        bad("an index too large", || zeros(&[2, 3]).try_i((0, 3)), &["index 3", "axis 1", "3 elements"]),
        bad("an index too negative", || zeros(&[2, 3]).try_i(-3), &["index -3", "axis 0", "2 elements"]),
        bad("too many indices", || zeros(&[2, 3]).try_i((0, 0, 0)), &["index", "3 axes", "(2, 3)"]),
        bad("two ellipses", || zeros(&[2, 3]).try_i((Ellipsis, Ellipsis)), &["index", "one Ellipsis"]),
        bad(
            "a slice with step zero",
            || zeros(&[4]).try_i(slice(None, None, 0)),
            &["slice", "step is zero", "write 1"],
        ),
        bad(
            "an index tensor out of range",
            || zeros(&[2, 3]).try_i((.., &index(&[0, 5]))),
            &["index 5", "axis 1", "3 elements"],
        ),
        bad(
            "index tensors that do not broadcast",
            || zeros(&[4, 4]).try_i((&index(&[0, 1]), &index(&[0, 1, 2]))),
            &["(2,)", "(3,)", "broadcast"],
        ),
        bad("an index of floats", || zeros(&[4]).try_i(Tensor::from([0.0, 1.0])), &["index", "float64", "to_dtype"]),
        bad(
            "a mask of another shape",
            || zeros(&[2, 3]).try_i(Tensor::from([true, false, true])),
            &["mask", "(3,)", "(2,)"],
        ),
        bad("a mask without axes", || zeros(&[2]).try_i(Tensor::from(true)), &["mask", "at least one axis", "select"]),
        bad("an index into a scalar", || zeros(&[]).try_i(0), &["index", "too many", "()"]),
        bad(
            "select an entry that is not there",
            || zeros(&[2, 3]).try_select_index(1, 3),
            &["index 3", "axis 1", "3 elements"],
        ),
        bad(
            "select along an axis that is not there",
            || zeros(&[2]).try_select_index(1, 0),
            &["select_index", "axis 1"],
        ),
        bad("narrow beyond the end", || zeros(&[4]).try_narrow(0, 3, 2), &["narrow", "2 entries from 3", "4"]),
        bad("narrow before the start", || zeros(&[4]).try_narrow(0, -5, 1), &["narrow", "-5", "4"]),
        bad("narrow from the smallest number", || zeros(&[4]).try_narrow(0, isize::MIN, usize::MAX), &["narrow", "4"]),
        bad("take out of range", || zeros(&[3]).try_take(&index(&[1, 3]), 0), &["take", "index 3", "3 elements"]),
        bad("take with floats", || zeros(&[3]).try_take(&Tensor::from([1.0]), 0), &["take", "float64", "to_dtype"]),
        bad("take with a mask", || zeros(&[2]).try_take(&Tensor::from([true, false]), 0), &["take", "bool", "nonzero"]),
        bad("take along an axis that is not there", || zeros(&[2]).try_take(&index(&[0]), 1), &["take", "axis 1"]),
        bad(
            "add a source of another shape at indices",
            || zeros(&[3, 2]).try_index_add(0, &index(&[0, 1]), zeros(&[3, 2])),
            &["(3, 2)", "(2, 2)"],
        ),
        bad(
            "gather with too few axes",
            || zeros(&[2, 3]).try_gather(1, &index(&[0])),
            &["gather", "(1,)", "(2, 3)", "same number of axes"],
        ),
        bad(
            "gather with a longer axis",
            || zeros(&[2, 3]).try_gather(1, &index(&[0, 1, 2]).reshape([3, 1])),
            &["gather", "(3, 1)", "(2, 3)"],
        ),
        bad(
            "gather out of range",
            || zeros(&[2, 3]).try_gather(1, &index(&[3, 0]).reshape([2, 1])),
            &["gather", "index 3", "3 elements"],
        ),
        bad(
            "scatter a source of another shape",
            || zeros(&[4]).try_scatter(0, &index(&[0, 1, 2]), zeros(&[2])),
            &["(2,)", "(3,)"],
        ),
        bad(
            "scatter out of range",
            || zeros(&[4]).try_scatter(0, &index(&[-5]), 1.0),
            &["scatter", "index -5", "4 elements"],
        ),
        bad(
            "scatter_add with floats as index",
            || zeros(&[4]).try_scatter_add(0, &zeros(&[2]), 1.0),
            &["scatter_add", "float64", "to_dtype"],
        ),
        bad(
            "take along unlike ranks",
            || zeros(&[2, 3]).try_take_along_dim(&index(&[0]), 1),
            &["take_along_dim", "(2, 3)", "(1,)", "expand_dims"],
        ),
        bad(
            "take along unlike shapes",
            || zeros(&[2, 3]).try_take_along_dim(&index(&[0, 0, 0]).reshape([3, 1]), 1),
            &["take_along_dim", "(2, 3)", "(3, 1)"],
        ),
        bad(
            "a mask that does not broadcast",
            || zeros(&[2, 3]).try_masked_select(&Tensor::from([true, false])),
            &["masked_select", "(2, 3)", "(2,)"],
        ),
        bad(
            "put a value of another shape",
            || zeros(&[2, 3]).try_with(0, zeros(&[2])),
            &["set", "(2,)", "(3,)", "broadcast"],
        ),
        bad("put a value out of range", || zeros(&[2, 3]).try_with((0, 7), 1.0), &["index 7", "axis 1", "3 elements"]),
        bad(
            "nonzero while tracing",
            || trace(|x: &Tensor| Ok::<Tensor, Error>(x.try_nonzero()?.remove(0)), &zeros(&[2])),
            &["traced", "select"],
        ),
    ]
}
