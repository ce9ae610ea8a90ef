//! Matrix products and Einstein sums.

use wengert::prelude::*;

use super::{Bad, bad};

fn zeros(shape: &[usize]) -> Tensor {
    Tensor::zeros(shape)
}

fn einsum(equation: &'static str, shapes: &'static [&'static [usize]]) -> impl Fn() -> wengert::Result<Tensor> {
    move || {
        let operands: Vec<Tensor> = shapes.iter().map(|shape| zeros(shape)).collect();
        Tensor::try_einsum(equation, &operands.iter().collect::<Vec<_>>())
    }
}

pub fn table() -> Vec<Bad> {
    vec![
        bad(
            "matmul of unlike inner lengths",
            || zeros(&[2, 3]).try_matmul(&zeros(&[2, 3])),
            &["matmul", "(2, 3)", "rows of 3", "columns of 2"],
        ),
        bad(
            "matmul with a scalar",
            || zeros(&[2, 3]).try_matmul(&zeros(&[])),
            &["matmul", "(2, 3)", "()", "single number"],
        ),
        bad(
            "matmul of unlike stacks",
            || zeros(&[2, 2, 3]).try_matmul(&zeros(&[3, 3, 2])),
            &["matmul", "(2, 2, 3)", "(3, 3, 2)"],
        ),
        bad("mm of a vector", || zeros(&[2, 3]).try_mm(&zeros(&[3])), &["mm", "(2, 3)", "(3,)", "matmul"]),
        bad("mv of a matrix", || zeros(&[2, 3]).try_mv(&zeros(&[3, 1])), &["mv", "a vector", "(3, 1)", "matmul"]),
        bad("bmm of matrices", || zeros(&[2, 3]).try_bmm(&zeros(&[3, 2])), &["bmm", "3 axes", "(2, 3)", "matmul"]),
        bad(
            "bmm of unlike stacks",
            || zeros(&[1, 2, 3]).try_bmm(&zeros(&[2, 3, 2])),
            &["bmm", "(1, 2, 3)", "(2, 3, 2)", "matmul"],
        ),
        bad("dot of matrices", || zeros(&[2, 2]).try_dot(&zeros(&[2, 2])), &["dot", "(2, 2)", "matmul"]),
        bad("dot of unlike vectors", || zeros(&[2]).try_dot(&zeros(&[3])), &["(2,)", "(3,)"]),
        bad("outer of a matrix", || zeros(&[2, 2]).try_outer(&zeros(&[2])), &["outer", "(2, 2)", "reshape(-1)"]),
        bad(
            "tensordot of unlike axes",
            || zeros(&[2, 3]).try_tensordot(&zeros(&[2, 3]), [1], [0]),
            &["tensordot", "[1]", "[0]", "(2, 3)"],
        ),
        bad(
            "tensordot of unlike counts",
            || zeros(&[2, 3]).try_tensordot(&zeros(&[2, 3]), [0, 1], [0]),
            &["tensordot", "[0, 1]", "[0]"],
        ),
        bad(
            "tensordot of an axis twice",
            || zeros(&[2, 2]).try_tensordot(&zeros(&[2, 2]), [0, 0], [0, 1]),
            &["tensordot", "twice"],
        ),
        bad("trace of a vector", || zeros(&[3]).try_trace(), &["trace", "(3,)", "matrix"]),
        bad(
            "multi_dot of one matrix",
            || Tensor::try_multi_dot(&[&zeros(&[2, 2])]),
            &["multi_dot", "two or more", "(2, 2)"],
        ),
        bad(
            "multi_dot with a vector in the middle",
            || Tensor::try_multi_dot(&[&zeros(&[2, 2]), &zeros(&[2]), &zeros(&[2, 2])]),
            &["multi_dot", "(2,)", "first and the last"],
        ),
        bad("einsum of a digit", einsum("i1->i", &[&[2, 2]]), &["einsum", "`1`", "letters"]),
        bad("einsum with a lone dot", einsum(".i->i", &[&[2, 2]]), &["einsum", ".", "..."]),
        bad("einsum with two arrows", einsum("i->i->i", &[&[2]]), &["einsum", "->"]),
        bad("einsum with too few operands", einsum("ij,jk->ik", &[&[2, 2]]), &["einsum", "2", "1"]),
        bad("einsum of another rank", einsum("ij->ji", &[&[2, 2, 2]]), &["einsum", "(2, 2, 2)", "..."]),
        bad("einsum with a result named twice", einsum("ij->ii", &[&[2, 2]]), &["einsum", "`i`", "twice"]),
        bad("einsum with an unknown result", einsum("ij->ik", &[&[2, 2]]), &["einsum", "`k`", "no axis"]),
        bad("einsum of unlike lengths", einsum("ij,jk->ik", &[&[2, 3], &[4, 2]]), &["einsum", "3", "4", "one length"]),
        bad("einsum of an unlike diagonal", einsum("ii->i", &[&[2, 3]]), &["einsum", "2", "3"]),
        bad("einsum of nothing", einsum("->", &[]), &["einsum", "0"]),
    ]
}
