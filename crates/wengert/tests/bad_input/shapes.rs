//! Shapes, axes and layouts.

use wengert::prelude::*;

use super::{Bad, bad};

fn zeros(shape: &[usize]) -> Tensor {
    Tensor::zeros(shape)
}

pub fn table() -> Vec<Bad> {
    vec![
        bad("add unlike shapes", || zeros(&[2, 3]).try_add(zeros(&[4])), &["add", "(2, 3)", "(4,)", "1"]),
        bad("multiply unlike shapes", || zeros(&[2, 3]).try_mul(zeros(&[3, 2])), &["mul", "(2, 3)", "(3, 2)"]),
        bad("compare unlike shapes", || zeros(&[2]).try_gt(zeros(&[3])), &["gt", "(2,)", "(3,)"]),
        bad("larger of unlike shapes", || zeros(&[2, 2]).try_maximum(zeros(&[3])), &["maximum", "(2, 2)", "(3,)"]),
        bad(
            "select with unlike branches",
            || zeros(&[2]).gt(0.0).try_select(zeros(&[2]), zeros(&[3])),
            &["select", "(2,)", "(3,)"],
        ),
        bad(
            "fused expression of unlike shapes",
            || Tensor::pointwise("mine", &[&zeros(&[2]), &zeros(&[3])], |x| x[0] * x[1]),
            &["mine", "(2,)", "(3,)"],
        ),
        bad(
            "fused expression of nothing",
            || Tensor::pointwise("mine", &[], |_| unreachable!()),
            &["mine", "at least one input"],
        ),
        bad(
            "reshape to another count",
            || zeros(&[2, 3]).try_reshape([4, 2]),
            &["reshape", "(2, 3)", "6", "(4, 2)", "-1"],
        ),
        bad(
            "reshape with two open lengths",
            || zeros(&[2, 3]).try_reshape([-1, -1]),
            &["reshape", "[-1, -1]", "only once"],
        ),
        bad("reshape to a negative length", || zeros(&[2, 3]).try_reshape([-2, 3]), &["reshape", "-2", "negative"]),
        bad("reshape where no length fits", || zeros(&[2, 3]).try_reshape([4, -1]), &["reshape", "(2, 3)", "[4, -1]"]),
        bad(
            "reshape of nothing with an open length",
            || zeros(&[0, 3]).try_reshape([0, -1]),
            &["reshape", "(0, 3)", "-1"],
        ),
        bad(
            "reshape to an impossible size",
            || zeros(&[2]).try_reshape([isize::MAX, isize::MAX]),
            &["9223372036854775807", "elements"],
        ),
        bad("view as another count", || zeros(&[2, 3]).try_view([5]), &["reshape", "(2, 3)", "(5,)"]),
        bad("flatten backwards", || zeros(&[2, 3, 4]).try_flatten(2, 1), &["flatten", "axis 2", "axis 1", "first"]),
        bad("flatten an axis that is not there", || zeros(&[2, 3]).try_flatten(0, 2), &["flatten", "axis 2", "0 to 1"]),
        bad(
            "squeeze a long axis",
            || zeros(&[2, 1]).try_squeeze(0),
            &["squeeze", "(2, 1)", "length 2", "select_index"],
        ),
        bad(
            "squeeze an axis that is not there",
            || zeros(&[1, 1]).try_squeeze(-3),
            &["squeeze", "axis -3", "-2 to -1"],
        ),
        bad("unsqueeze too far", || zeros(&[2]).try_unsqueeze(3), &["unsqueeze", "axis 3"]),
        bad("one new axis twice", || zeros(&[2]).try_expand_dims([0, -3]), &["expand_dims", "twice", "[0, -3]"]),
        bad(
            "transpose an axis that is not there",
            || zeros(&[2, 3]).try_transpose(0, 2),
            &["transpose", "axis 2", "0 to 1"],
        ),
        bad("swap axes of a scalar", || zeros(&[]).try_swapaxes(0, 0), &["swapaxes", "no axes"]),
        bad(
            "permute with an axis missing",
            || zeros(&[2, 3, 4]).try_permute([0, 1]),
            &["permute", "(2, 3, 4)", "exactly once"],
        ),
        bad("permute with an axis twice", || zeros(&[2, 3]).try_permute([1, -1]), &["permute", "twice", "[1, -1]"]),
        bad("move an axis that is not there", || zeros(&[2, 3]).try_movedim(2, 0), &["movedim", "axis 2", "0 to 1"]),
        bad("t of a stack", || zeros(&[2, 3, 4]).try_t(), &["t:", "(2, 3, 4)", "transpose(-2, -1)"]),
        bad(
            "broadcast to an unlike shape",
            || zeros(&[2, 3]).try_broadcast_to([2, 4]),
            &["broadcast_to", "(2, 3)", "(2, 4)", "1"],
        ),
        bad("broadcast to fewer axes", || zeros(&[2, 3]).try_broadcast_to([3]), &["broadcast_to", "(2, 3)", "(3,)"]),
        bad(
            "broadcast to a negative length",
            || zeros(&[1]).try_broadcast_to([-1]),
            &["broadcast_to", "-1", "negative"],
        ),
        bad("expand a new axis by -1", || zeros(&[2]).try_expand([-1, 2]), &["expand", "-1", "negative"]),
        bad("flip an axis twice", || zeros(&[2, 3]).try_flip([0, 0]), &["flip", "twice"]),
        bad(
            "diagonal of one axis",
            || zeros(&[2, 2]).try_diagonal(0, 1, -1),
            &["diagonal", "both axes are 1", "two different"],
        ),
        bad("diagonal of a vector", || zeros(&[2]).try_diagonal(0, 0, 1), &["diagonal", "axis 1", "one axis"]),
        bad("diag of a stack", || zeros(&[2, 2, 2]).try_diag(0), &["diag", "(2, 2, 2)", "diagonal("]),
        bad(
            "elements that do not fill the shape",
            || Tensor::try_from_vec(vec![1.0; 5], [2, 3]),
            &["from_vec", "(2, 3)", "6", "5"],
        ),
        bad(
            "rows of unlike lengths",
            || Tensor::try_from_rows(&[vec![1.0, 2.0], vec![3.0]]),
            &["from_rows", "row 0 has 2", "row 1 1"],
        ),
        bad(
            "zeros of impossible size",
            || Tensor::try_zeros([usize::MAX, 2]),
            &["(18446744073709551615, 2)", "elements"],
        ),
        bad(
            "more zeros than there is memory",
            || Tensor::try_zeros([1 << 40, 1 << 12]),
            &["memory", "(1099511627776, 4096)", "float64"],
        ),
        bad(
            "an identity without memory",
            || Tensor::try_eye(1 << 30, 1 << 30),
            &["memory", "(1073741824, 1073741824)"],
        ),
        bad("a range without memory", || Tensor::try_linspace(0.0, 1.0, 1 << 58), &["memory", "(288230376151711744,)"]),
        bad("tril of a vector", || zeros(&[3]).try_tril(0), &["tril", "matrix", "(3,)"]),
        bad("triu of a scalar", || zeros(&[]).try_triu(1), &["triu", "matrix", "()"]),
        bad("diag_embed of a scalar", || zeros(&[]).try_diag_embed(0), &["diag_embed", "single number"]),
        bad(
            "diag_embed far away",
            || zeros(&[2]).try_diag_embed(isize::MAX),
            &["diag_embed", "9223372036854775809", "fit in memory"],
        ),
        bad("roll an axis that is not there", || zeros(&[2]).try_roll(1, 1), &["roll", "axis 1", "write 0 or -1"]),
        bad(
            "repeat along an axis that is not there",
            || zeros(&[2]).try_repeat(2, 1),
            &["repeat", "axis 1", "one axis"],
        ),
        bad(
            "repeat beyond all memory",
            || zeros(&[2, 3]).try_repeat(usize::MAX, 0),
            &["18446744073709551615", "elements"],
        ),
        bad(
            "repeat nothing beyond all numbers",
            || zeros(&[0, 3]).try_repeat(usize::MAX, 1),
            &["18446744073709551615", "elements"],
        ),
        bad("tile a negative number of times", || zeros(&[2]).try_tile([-1]), &["tile", "-1", "negative"]),
        bad(
            "tile beyond all memory",
            || zeros(&[2, 3]).try_tile([isize::MAX, isize::MAX]),
            &["9223372036854775807", "elements"],
        ),
        // Axes of reductions and scans.
        bad("sum an axis that is not there", || zeros(&[2, 3]).try_sum_axes(2, false), &["sum", "axis 2", "0 to 1"]),
        bad("sum an axis twice", || zeros(&[2, 3]).try_sum_axes([0, -2], false), &["sum", "twice", "[0, -2]"]),
        bad("mean of an axis of a scalar", || zeros(&[]).try_mean_axes(0, false), &["mean", "axis 0", "no axes"]),
        bad(
            "variance along an axis that is not there",
            || zeros(&[2]).try_var_axes(-2, 1.0, false),
            &["var", "axis -2"],
        ),
        bad(
            "softmax along an axis that is not there",
            || zeros(&[2, 3]).try_softmax(-3),
            &["softmax", "axis -3", "-2 to -1"],
        ),
        bad("logsumexp of an axis twice", || zeros(&[2, 3]).try_logsumexp([1, 1], false), &["logsumexp", "twice"]),
        bad("running sum of a scalar", || zeros(&[]).try_cumsum(0), &["cumsum", "axis 0", "no axes"]),
        bad("running product along an axis that is not there", || zeros(&[2]).try_cumprod(1), &["cumprod", "axis 1"]),
        bad("sort a scalar", || zeros(&[]).try_sort(-1, false), &["sort", "axis -1", "no axes"]),
        bad("argsort along an axis that is not there", || zeros(&[2]).try_argsort(4, true), &["argsort", "axis 4"]),
        bad(
            "more of the largest than there are",
            || zeros(&[2, 3]).try_topk(4, -1, true),
            &["topk", "4", "(2, 3)", "3"],
        ),
        // Nothing to choose from.
        bad("largest of nothing", || zeros(&[0]).try_max(), &["max", "(0,)", "no elements", "is_empty"]),
        bad("smallest along an empty axis", || zeros(&[2, 0]).try_amin(1, false), &["amin", "(2, 0)", "no elements"]),
        bad(
            "position of the largest of nothing",
            || zeros(&[0, 2]).try_argmax(0),
            &["argmax", "(0, 2)", "no elements"],
        ),
        bad("position of the smallest of nothing", || zeros(&[0]).try_argmin_all(), &["argmin", "(0,)", "no elements"]),
        bad("largest with position along no axis", || zeros(&[2]).try_max_axis(1, false), &["max", "axis 1"]),
    ]
}
