//! Einstein's summation against loops over all axes.

mod modes;

use modes::{check, close, spread};
use wengert::prelude::*;

/// The sum by definition: `names` are the letters of each operand, `out` those of the result.
fn plain(names: &[&str], out: &str, operands: &[&Tensor]) -> Vec<f64> {
    let mut letters: Vec<(char, usize)> = Vec::new();
    for (names, operand) in names.iter().zip(operands) {
        for (c, &len) in names.chars().zip(operand.shape()) {
            match letters.iter_mut().find(|(other, _)| *other == c) {
                None => letters.push((c, len)),
                Some((_, known)) => *known = (*known).max(len),
            }
        }
    }
    // Letters of the result first, so that its elements come in order.
    letters.sort_by_key(|(c, _)| out.find(*c).unwrap_or(usize::MAX));
    let size: usize = letters.iter().filter(|(c, _)| out.contains(*c)).map(|(_, len)| len).product();
    let total: usize = letters.iter().map(|(_, len)| len).product();
    let data: Vec<Vec<f64>> = operands.iter().map(|operand| operand.to_vec::<f64>()).collect();
    let mut sums = vec![0.0; size];
    for flat in 0..total {
        let mut rest = flat;
        let mut at = vec![0; letters.len()];
        for (place, (_, len)) in letters.iter().enumerate().rev() {
            at[place] = rest % len;
            rest /= len;
        }
        let term: f64 = names
            .iter()
            .zip(operands)
            .zip(&data)
            .map(|((names, operand), data)| {
                let index = names.chars().zip(operand.shape()).fold(0, |index, (c, &len)| {
                    let place = letters.iter().position(|(other, _)| *other == c).expect("named");
                    index * len + if len == 1 { 0 } else { at[place] }
                });
                data[index]
            })
            .product();
        sums[flat / (total / size)] += term;
    }
    sums
}

#[test]
fn equations_sum_what_they_say() {
    let (m, n, v, s) = (spread([2, 3]), spread([3, 4]), spread([3]), spread([2, 3, 4]));
    let q = spread([3, 3]);
    let cube = spread([3, 3, 3]);
    let one = spread([1, 4]);
    let table: &[(&str, &[&str], &str, &[&Tensor])] = &[
        ("ij,jk->ik", &["ij", "jk"], "ik", &[&m, &n]),
        ("ik, jk -> j", &["ik", "jk"], "j", &[&q, &m]),
        ("ij,jk", &["ij", "jk"], "ik", &[&m, &n]),
        ("ba", &["ba"], "ab", &[&m]),
        ("ij->", &["ij"], "", &[&m]),
        ("ij->j", &["ij"], "j", &[&m]),
        ("ii", &["ii"], "", &[&q]),
        ("ii->i", &["ii"], "i", &[&q]),
        ("iii->i", &["iii"], "i", &[&cube]),
        ("iij->ij", &["iij"], "ij", &[&cube]),
        ("ii,ij->j", &["ii", "ij"], "j", &[&q, &n]),
        ("i,i", &["i", "i"], "", &[&v, &v]),
        ("i,j->ji", &["i", "j"], "ji", &[&v, &v]),
        ("ij,j->ij", &["ij", "j"], "ij", &[&m, &v]),
        ("ijk,jk->ij", &["ijk", "jk"], "ij", &[&s, &n]),
        ("ijk,ijk->k", &["ijk", "ijk"], "k", &[&s, &s]),
        ("bij,bkj->bik", &["bij", "bkj"], "bik", &[&cube, &cube]),
        ("ij,jk,kl->il", &["ij", "jk", "kl"], "il", &[&m, &q, &n]),
        ("ij,jk,kl,il->", &["ij", "jk", "kl", "il"], "", &[&m, &q, &q, &m]),
        ("a,b,c->cab", &["a", "b", "c"], "cab", &[&v, &v, &v]),
        ("ij,jk->ik", &["ij", "jk"], "ik", &[&m, &one]),
        ("ijk,jk->i", &["ijk", "jk"], "i", &[&s, &one]),
    ];
    for (equation, names, out, operands) in table {
        let got = Tensor::einsum(equation, operands);
        close(&got.to_vec::<f64>(), &plain(names, out, operands), equation);
        assert_eq!(got.ndim(), out.len(), "{equation}");
    }
}

#[test]
fn an_ellipsis_stands_for_the_other_axes_which_broadcast() {
    let (s, m) = (spread([2, 3, 4]), spread([4, 5]));
    let stack = spread([2, 1, 4, 2]);
    close(&Tensor::einsum("...j, jk -> ...k", &[&s, &m]).to_vec::<f64>(), &s.matmul(&m).to_vec::<f64>(), "matmul");
    let got = Tensor::einsum("...ij, ...jk", &[&s, &stack]);
    assert_eq!(got.shape(), [2, 2, 3, 2]);
    close(&got.to_vec::<f64>(), &s.matmul(&stack).to_vec::<f64>(), "broadcast stacks");
    close(
        &Tensor::einsum("i...->...", &[&s]).to_vec::<f64>(),
        &s.sum_axes(0, false).to_vec::<f64>(),
        "sum of the first",
    );
    close(&Tensor::einsum("...i->i...", &[&s]).to_vec::<f64>(), &s.movedim(-1, 0).to_vec::<f64>(), "moved");
    assert_eq!(Tensor::einsum("...->", &[&s]).ndim(), 0);
    assert_eq!(Tensor::einsum(",", &[&Tensor::from(2.0), &Tensor::from(3.0)]).item(), 6.0);
}

#[test]
fn every_mode_agrees_with_differences() {
    let (m, q) = (spread([2, 3]), spread([3, 3]));
    check(|x| Tensor::einsum("ij,jk,lk->il", &[x, &q, x]), &m);
    check(|x| Tensor::einsum("ii,ij->j", &[x, x]), &q);
    check(|x| Tensor::einsum("...i,i...->...", &[x, &m.t()]), &m);
    check(|x| Tensor::einsum("ij,kl->jl", &[x, &m]).square(), &m);
}

#[test]
fn lengths_may_be_zero_and_dtypes_differ() {
    let got = Tensor::einsum("ij,jk->ik", &[&Tensor::zeros([2, 0]), &Tensor::zeros([0, 3])]);
    assert_eq!((got.shape(), got.sum().item()), (&[2, 3][..], 0.0));
    let counts = Tensor::from([[1, 2], [3, 4]]);
    assert_eq!(Tensor::einsum("ij->i", &[&counts]).dtype(), counts.dtype());
    assert_eq!(Tensor::einsum("ij,jk->", &[&counts, &Tensor::from([[0.5], [1.0]])]).item(), 8.0);
}

#[test]
fn errors_show_the_equation_and_the_shapes() {
    let (a, b) = (Tensor::zeros([2, 3]), Tensor::zeros([4, 5]));
    let text = |equation: &str, operands: &[&Tensor]| Tensor::try_einsum(equation, operands).unwrap_err().to_string();
    let error = text("ij,jk->ik", &[&a, &b]);
    assert!(error.contains("(2, 3)") && error.contains("(4, 5)") && error.contains("`j`"), "{error}");
    assert!(error.contains("tests/einsum.rs"), "{error}");
    assert!(text("ij,jk->ik", &[&a]).contains("2 tensors, but 1"));
    assert!(text("ijk->k", &[&a]).contains("(2, 3)"));
    assert!(text("ij->ii", &[&a]).contains("twice"));
    assert!(text("ij->k", &[&a]).contains("`k`"));
    assert!(text("i1->i", &[&a]).contains("`1`"));
    assert!(text("ij->i->j", &[&a]).contains("->"));
}
