//! Shapes, joins and casts: values by NumPy's conventions, every rule, and the texts of errors.

mod rules;

use rules::{check, ramp};
use wengert::Shape;
use wengert::prelude::*;

#[test]
fn shapes_are_those_of_numpy() {
    let x = Tensor::zeros([2, 3, 4]);
    let table: &[(&str, Tensor, &[usize])] = &[
        ("reshape", x.reshape([4, 6]), &[4, 6]),
        ("reshape -1", x.reshape([-1, 8]), &[3, 8]),
        ("reshape to one number", Tensor::zeros([1, 1]).reshape(()), &[]),
        ("reshape flat", x.reshape(-1), &[24]),
        ("view", x.view(&[2, 12][..]), &[2, 12]),
        ("flatten", x.flatten(0, -1), &[24]),
        ("flatten scalar", Tensor::from(1.0).flatten(0, -1), &[1]),
        ("flatten front", x.flatten(0, 1), &[6, 4]),
        ("squeeze all", Tensor::zeros([1, 2, 1]).squeeze(()), &[2]),
        ("squeeze some", Tensor::zeros([1, 2, 1]).squeeze([-1]), &[1, 2]),
        ("unsqueeze", x.unsqueeze(-1), &[2, 3, 4, 1]),
        ("unsqueeze front", x.unsqueeze(0), &[1, 2, 3, 4]),
        ("expand_dims", x.expand_dims([0, 2]), &[1, 2, 1, 3, 4]),
        ("transpose", x.transpose(0, 2), &[4, 3, 2]),
        ("swapaxes", x.swapaxes(-1, -2), &[2, 4, 3]),
        ("t", Tensor::zeros([2, 3]).t(), &[3, 2]),
        ("t of a vector", Tensor::zeros([3]).t(), &[3]),
        ("permute", x.permute([2, 0, 1]), &[4, 2, 3]),
        ("permute reversed", x.permute(()), &[4, 3, 2]),
        ("movedim", x.movedim(0, -1), &[3, 4, 2]),
        ("move_axis", x.move_axis(2, 0), &[4, 2, 3]),
        ("broadcast_to", Tensor::zeros([3, 1]).broadcast_to([2, 3, 4]), &[2, 3, 4]),
        ("expand", Tensor::zeros([3, 1]).expand([2, -1, 4]), &[2, 3, 4]),
        ("flip", x.flip([0, -1]), &[2, 3, 4]),
        ("diagonal", x.diagonal(0, 0, 1), &[4, 2]),
        ("diagonal offset", x.diagonal(1, 0, 2), &[3, 2]),
        ("diagonal outside", x.diagonal(7, 0, 2), &[3, 0]),
        ("diag_embed", Tensor::zeros([2, 3]).diag_embed(-1), &[2, 4, 4]),
        ("concatenate", Tensor::concatenate(&[&x, &x], 1), &[2, 6, 4]),
        ("stack", Tensor::stack(&[&x, &x, &x], -1), &[2, 3, 4, 3]),
        ("vstack", Tensor::vstack(&[&Tensor::zeros([3]), &Tensor::zeros([2, 3])]), &[3, 3]),
        ("hstack", Tensor::hstack(&[&Tensor::zeros([2, 1]), &Tensor::zeros([2, 3])]), &[2, 4]),
        ("hstack of vectors", Tensor::hstack(&[&Tensor::zeros([1]), &Tensor::zeros([3])]), &[4]),
        ("pad", x.pad(&[(0, 1), (2, 0), (1, 1)], 0.0), &[3, 5, 6]),
        ("repeat", x.repeat(3, 1), &[2, 9, 4]),
        ("tile", x.tile([2, 1]), &[2, 6, 4]),
        ("tile more", Tensor::zeros([3]).tile([2, 1, 2]), &[2, 1, 6]),
    ];
    for (what, got, want) in table {
        assert_eq!(got.shape(), *want, "{what}");
    }
    let lengths = |parts: Vec<Tensor>| parts.iter().map(|part| part.shape()[0]).collect::<Vec<_>>();
    let y = Tensor::zeros([7]);
    assert_eq!(lengths(y.split(3, 0)), [3, 3, 1]);
    assert_eq!(lengths(y.split_sizes(&[1, 0, 6], 0)), [1, 0, 6]);
    assert_eq!(lengths(y.chunk(3, 0)), [3, 3, 1]);
    assert_eq!(lengths(y.chunk(5, 0)), [2, 2, 2, 1]);
    assert_eq!(x.unbind(1).len(), 3);
    assert_eq!(x.unbind(1)[0].shape(), [2, 4]);
}

#[test]
fn values_are_those_of_numpy() {
    let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let table: &[(&str, Tensor, &[f64])] = &[
        ("flip 1", x.flip(1), &[3.0, 2.0, 1.0, 6.0, 5.0, 4.0]),
        ("flip all", x.flip(()), &[6.0, 5.0, 4.0, 3.0, 2.0, 1.0]),
        ("roll", x.roll(-1, 1), &[2.0, 3.0, 1.0, 5.0, 6.0, 4.0]),
        ("roll around", x.roll(5, 0), &[4.0, 5.0, 6.0, 1.0, 2.0, 3.0]),
        ("tril", x.tril(0), &[1.0, 0.0, 0.0, 4.0, 5.0, 0.0]),
        ("triu", x.triu(1), &[0.0, 2.0, 3.0, 0.0, 0.0, 6.0]),
        ("diagonal", x.diagonal(1, 0, 1), &[2.0, 6.0]),
        ("diagonal below", x.diagonal(-1, 0, 1), &[4.0]),
        ("diagonal across", x.diagonal(-1, 1, 0), &[2.0, 6.0]),
        ("diag of a matrix", x.diag(2), &[3.0]),
        ("diag of a vector", Tensor::from([1.0, 2.0]).diag(-1), &[0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 2.0, 0.0]),
        ("repeat", x.repeat(2, 0), &[1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 4.0, 5.0, 6.0]),
        ("tile", Tensor::from([1.0, 2.0]).tile([2, 2]), &[1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0]),
        ("stack", Tensor::stack(&[&x.i(0), &x.i(1)], 1), &[1.0, 4.0, 2.0, 5.0, 3.0, 6.0]),
        (
            "concatenate",
            Tensor::cat(&[&x, &x.flip(0)], 1),
            &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 4.0, 5.0, 6.0, 1.0, 2.0, 3.0],
        ),
        ("pad", x.i(0).pad(&[(1, 2)], 9.0), &[9.0, 1.0, 2.0, 3.0, 9.0, 9.0]),
        ("reflect", x.i(0).pad_mode(&[(2, 1)], PadMode::Reflect), &[3.0, 2.0, 1.0, 2.0, 3.0, 2.0]),
        ("replicate", x.i(0).pad_mode(&[(1, 1)], PadMode::Replicate), &[1.0, 1.0, 2.0, 3.0, 3.0]),
        ("circular", x.i(0).pad_mode(&[(1, 1)], PadMode::Circular), &[3.0, 1.0, 2.0, 3.0, 1.0]),
        ("permuted reshape", x.t().reshape([2, 3]), &[1.0, 4.0, 2.0, 5.0, 3.0, 6.0]),
    ];
    for (what, got, want) in table {
        assert_eq!(got.to_vec::<f64>(), *want, "{what}");
    }
}

#[test]
fn views_share_memory() {
    let x = ramp([20, 30]);
    let whole = x.array().unwrap().as_slice::<f64>().unwrap().as_ptr_range();
    let whole = whole.start as usize..whole.end as usize;
    let views = [
        x.reshape([30, 20]),
        x.t(),
        x.i((1, ..)),
        x.i((.., 3)),
        x.i((2..5, wengert::slice(None, None, -2))),
        x.flip(()),
        x.diagonal(1, 0, 1),
        x.unsqueeze(0).broadcast_to([7, 20, 30]),
    ];
    for view in &views {
        let array = view.array().unwrap();
        let view = array.view::<f64>().unwrap();
        assert!(whole.contains(&(view.data().as_ptr() as usize)), "{:?} has memory of its own", array.shape());
    }
}

#[test]
fn every_rule_of_the_shapes() {
    let x = ramp([2, 3]);
    check(|x| x.reshape([3, 2]), &x);
    check(|x| x.reshape(-1), &x);
    check(|x| x.reshape(()), &ramp([1]));
    check(|x| x.unsqueeze(0), &Tensor::from(1.5));
    check(|x| x.t(), &x);
    check(|x| x.permute([2, 0, 1]), &ramp([2, 1, 3]));
    check(|x| x.broadcast_to([2, 2, 3]), &ramp([2, 1]));
    check(|x| x.expand([2, 3]), &Tensor::from(0.5));
    check(|x| x.flip(()), &x);
    check(|x| x.diagonal(0, 0, 1), &x);
    check(|x| x.diagonal(-1, 0, 1), &x);
    check(|x| x.diagonal(1, 2, 0), &ramp([3, 2, 2]));
    check(|x| x.diag(1), &ramp([2]));
    check(|x| x.diag_embed(0), &x);
}

#[test]
fn every_rule_of_the_joins() {
    let x = ramp([2, 3]);
    let other = Tensor::from([[7.0, 8.0]]);
    check(|x| Tensor::concatenate(&[x, &ramp([1, 3]), &(x * 2.0)], 0), &x);
    check(|x| Tensor::concatenate(&[&other.t(), x], -1), &x);
    check(|x| Tensor::stack(&[x, &(x * 3.0)], 1), &x);
    check(|x| Tensor::stack(&[x, x], 0), &Tensor::from(2.0));
    check(|x| Tensor::vstack(&[x, &ramp([3])]), &x);
    check(|x| Tensor::hstack(&[x, &other.t()]), &x);
    check(|x| x.roll(1, 1), &x);
    check(|x| x.roll(-4, 0), &x);
    check(|x| x.tril(0), &x);
    check(|x| x.triu(1), &x);
    check(|x| x.pad(&[(1, 0), (0, 2)], 5.0), &x);
    check(|x| x.pad_mode(&[(1, 1), (2, 1)], PadMode::Reflect), &x);
    check(|x| x.repeat(2, 1), &x);
    check(|x| x.tile([2, 1, 2]), &x);
    check(|x| x.split(2, 1)[1].clone() * 2.0, &x);
    check(|x| &x.unbind(0)[1] + &x.unbind(0)[0], &x);
    check(|x| x.chunk(2, 1)[0].clone(), &x);
}

#[test]
fn casts_carry_gradients_in_their_own_dtype() {
    let x = Tensor::from([1.5, 2.5]).requires_grad();
    x.to_dtype(DType::F32).sum().backward().unwrap();
    let g = x.grad().unwrap();
    assert_eq!((g.dtype(), g.to_vec::<f64>()), (DType::F64, vec![1.0, 1.0]));
    assert!(!x.to_dtype(DType::I64).is_tracked());
    assert_eq!(x.to_dtype(DType::I64).to_vec::<i64>(), [1, 2]);
    check(|x| x.to_dtype(DType::F32).to_dtype(DType::F64), &Tensor::from([1.5, 2.25]));
    let promoted = Tensor::concatenate(&[&Tensor::from([1]), &Tensor::from([0.5])], 0);
    assert_eq!(promoted.to_vec::<f64>(), [1.0, 0.5]);
}

#[test]
fn gradients_reach_a_leaf_through_views() {
    let x = ramp([2, 3]).requires_grad();
    let corner: Tensor = x.flip(0).i((0, 0)) * 10.0;
    (x.t().i((1.., -1)).sum() + corner).backward().unwrap();
    assert_eq!(x.grad().unwrap().to_vec::<f64>(), [0.0, 0.0, 0.0, 10.0, 1.0, 1.0]);
}

#[test]
fn errors_say_what_to_write() {
    let x = Tensor::zeros([2, 3]);
    let table: &[(Result<Tensor>, &[&str])] = &[
        (x.try_reshape([4, 2]), &["reshape", "(2, 3)", "6 elements", "(4, 2)", "8", "-1"]),
        (x.try_reshape([-1, 4]), &["reshape", "(2, 3)", "[-1, 4]"]),
        (x.try_reshape([-1, -1]), &["more than one"]),
        (x.try_reshape([-2, 3]), &["-2", "negative"]),
        (x.try_flatten(1, 0), &["flatten", "axis 1", "axis 0"]),
        (x.try_squeeze(0), &["squeeze", "axis 0", "(2, 3)", "length 2"]),
        (x.try_unsqueeze(5), &["unsqueeze", "axis 5"]),
        (x.try_transpose(0, 2), &["transpose", "axis 2", "2 axes"]),
        (Tensor::zeros([1, 2, 3]).try_t(), &["(1, 2, 3)", "transpose(-2, -1)"]),
        (x.try_permute([0, 0]), &["permute", "named twice"]),
        (x.try_permute([0]), &["permute", "(2, 3)", "exactly once"]),
        (x.try_broadcast_to([2, 4]), &["broadcast_to", "(2, 3)", "(2, 4)"]),
        (x.try_expand([-1, 2, 3]), &["expand", "-1"]),
        (x.try_flip([0, -2]), &["flip", "twice"]),
        (x.try_diagonal(0, 1, -1), &["diagonal", "two different"]),
        (Tensor::from(1.0).try_diag(0), &["diag", "()"]),
        (Tensor::try_concatenate(&[], 0), &["concatenate", "at least one"]),
        (Tensor::try_concatenate(&[&x, &x.t()], 0), &["concatenate", "(2, 3)", "(3, 2)", "axis 0"]),
        (Tensor::try_concatenate(&[&Tensor::from(1.0)], 0), &["concatenate", "single number", "stack"]),
        (Tensor::try_stack(&[], 0), &["stack", "at least one"]),
        (Tensor::try_stack(&[&x, &x.t()], 0), &["stack", "(2, 3)", "(3, 2)", "same shape"]),
        (x.try_pad(&[(1, 1)], 0.0), &["pad", "1 pairs", "2 axes"]),
        (x.try_pad_symmetric(&[(1, 1)]), &["pad", "1 pairs", "2 axes"]),
        (Tensor::zeros([0]).try_pad_symmetric(&[(1, 0)]), &["pad_symmetric", "axis 0", "no elements"]),
        (x.try_repeat_each(&Tensor::from([1, 2, 3]), 0), &["repeat_each", "3 counts", "2 entries"]),
        (x.try_repeat_each(&Tensor::from([1, -2]), 0), &["repeat_each", "-2 times"]),
        (x.try_repeat_each(&Tensor::from(1.5), 0), &["repeat_each", "integer", "float64"]),
        (x.try_roll(1, 4), &["roll", "axis 4"]),
        (Tensor::zeros([3]).try_tril(0), &["tril", "matrix", "(3,)"]),
        (x.try_split(0, 0).map(|mut parts| parts.remove(0)), &["split", "length 0"]),
        (x.try_split_sizes(&[1, 3], 0).map(|mut parts| parts.remove(0)), &["split", "[1, 3]", "4", "2"]),
    ];
    for (result, words) in table {
        let error = match result {
            Ok(tensor) => panic!("no error where {words:?} was expected, but shape {}", Shape::from(tensor.shape())),
            Err(error) => error,
        };
        let text = error.to_string();
        for word in *words {
            assert!(text.contains(word), "{text:?} does not mention {word:?}");
        }
        let at = error.location().expect("the line of the user");
        assert!(at.file().ends_with("tests/shape.rs"), "{text:?} is blamed on {at}");
    }
}

#[test]
fn mirrored_repeated_and_copied() {
    let x = ramp([2, 3]);
    let wide = x.pad_symmetric(&[(1, 3), (4, 7)]);
    let mirror = |i: isize, len: isize| {
        let i = i.rem_euclid(2 * len);
        if i < len { i } else { 2 * len - 1 - i }
    };
    assert_eq!(wide.shape(), [6, 14]);
    for i in 0..6 {
        for j in 0..14 {
            assert_eq!(wide.i((i, j)).item(), x.i((mirror(i - 1, 2), mirror(j - 4, 3))).item(), "({i}, {j})");
        }
    }
    check(|x| x.pad_symmetric(&[(1, 3), (4, 7)]), &x);
    check(|x| x.repeat_each(&Tensor::from([2, 0, 3]), 1), &x);
    check(|x| x.repeat_each(&Tensor::from([2]), -2), &x);
    check(|x| x.copy(), &x);
    let slopes = grad(|x: &Tensor| x.fmod(0.7).sum())(&(&x - 2.05));
    assert_eq!(slopes.to_vec::<f64>(), [1.0; 6]);
    assert_eq!(Tensor::from([-7, 7, 6]).fmod(Tensor::from([3, -3, 3])).to_vec::<i32>(), [-1, 1, 0]);
    assert_eq!(x.repeat_each(&Tensor::from([1, 2]), 0).to_vec::<f64>()[3..6], x.to_vec::<f64>()[3..]);
}
