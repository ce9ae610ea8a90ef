//! Products of matrices: values against plain loops in every combination of ranks, all modes, both sides batched.

mod modes;

use modes::{check, close, spread};
use wengert::prelude::*;

/// Shapes of two factors and of their product.
const SHAPES: &[(&[usize], &[usize], &[usize])] = &[
    (&[3], &[3], &[]),
    (&[2, 3], &[3], &[2]),
    (&[3], &[3, 2], &[2]),
    (&[2, 3], &[3, 4], &[2, 4]),
    (&[2, 2, 3], &[3], &[2, 2]),
    (&[3], &[2, 3, 2], &[2, 2]),
    (&[2, 2, 3], &[3, 2], &[2, 2, 2]),
    (&[2, 3], &[2, 3, 2], &[2, 2, 2]),
    (&[2, 1, 3], &[2, 3, 1], &[2, 1, 1]),
    (&[1, 2, 3], &[2, 3, 1], &[2, 2, 1]),
    (&[2, 1, 1, 3], &[2, 3, 1], &[2, 2, 1, 1]),
    (&[2, 3], &[2, 1, 3, 1], &[2, 1, 2, 1]),
];

/// The product by the definition, through broadcasting.
fn plain(a: &Tensor, b: &Tensor, shape: &[usize]) -> Vec<f64> {
    let left = if a.ndim() == 1 { a.expand_dims(0) } else { a.clone() };
    let right = if b.ndim() == 1 { b.expand_dims(1) } else { b.clone() };
    let products = left.expand_dims(-1) * right.expand_dims(-3);
    let n = products.ndim();
    let view = products.permute((0..n - 3).chain([n - 3, n - 1, n - 2]).collect::<Vec<usize>>());
    let inner = view.shape()[n - 1];
    let sums: Vec<f64> = view.to_vec::<f64>().chunks(inner).map(|c| c.iter().sum()).collect();
    assert_eq!(sums.len(), shape.iter().product::<usize>());
    sums
}

#[test]
fn values_and_shapes_are_those_of_numpy() {
    for &(a, b, out) in SHAPES {
        let (a, b) = (spread(a), spread(b) * 0.5 + 0.125);
        let got = a.matmul(&b);
        assert_eq!(got.shape(), out, "{:?} times {:?}", a.shape(), b.shape());
        close(&got.to_vec::<f64>(), &plain(&a, &b, out), "product");
    }
}

#[test]
fn every_mode_agrees_with_differences_on_both_sides() {
    for &(left, right, _) in SHAPES {
        let (a, b) = (spread(left), spread(right) * 0.5 + 0.125);
        check(|a| a.matmul(&b).square(), &a);
        check(|b| a.matmul(b).square(), &b);
    }
    // One tensor on both sides.
    check(|x| x.matmul(&x.t()), &spread([2, 3]));
}

#[test]
fn batches_on_both_sides_meet_element_by_element() {
    for &(left, right, out) in SHAPES {
        let pairs: Vec<(Tensor, Tensor)> =
            (0..3).map(|i| (spread(left) * (1.0 + f64::from(i)), spread(right) * 0.5 - f64::from(i))).collect();
        let want: Vec<f64> = pairs.iter().flat_map(|(a, b)| a.matmul(b).to_vec::<f64>()).collect();
        let lefts: Vec<&Tensor> = pairs.iter().map(|pair| &pair.0).collect();
        let rights: Vec<&Tensor> = pairs.iter().map(|pair| &pair.1).collect();
        for (i, j) in [(0, 0), (left.len(), 0), (0, right.len()), (left.len(), right.len())] {
            let batches = (Tensor::stack(&lefts, i as isize), Tensor::stack(&rights, j as isize));
            let product = |(a, b): &(Tensor, Tensor)| a.matmul(b);
            let got = vmap(product, (i as i32, j as i32))(&batches);
            assert_eq!(got.shape()[1..], *out);
            close(&got.to_vec::<f64>(), &want, "batch on both sides");
        }
    }
}

#[test]
fn gradients_have_their_closed_form() {
    let (a, b) = (spread([2, 3]), spread([3, 4]));
    let g = spread([2, 4]);
    let (da, db) = grad(|(a, b): &(Tensor, Tensor)| (a.matmul(b) * &g).sum())(&(a.clone(), b.clone()));
    close(&da.to_vec::<f64>(), &g.matmul(&b.t()).to_vec::<f64>(), "left");
    close(&db.to_vec::<f64>(), &a.t().matmul(&g).to_vec::<f64>(), "right");
}

#[test]
fn a_single_rank_of_each_name() {
    let (m, v, s) = (spread([2, 3]), spread([3]), spread([2, 2, 3]));
    assert_eq!(m.mm(&m.t()).shape(), [2, 2]);
    assert_eq!(m.mv(&v).shape(), [2]);
    close(&[v.dot(&v).item()], &[v.square().sum().item()], "dot");
    assert_eq!(s.bmm(&s.transpose(1, 2)).shape(), [2, 2, 2]);
    close(&v.outer(&v).to_vec::<f64>(), &(v.reshape([3, 1]) * &v).to_vec::<f64>(), "outer");
    check(|x| x.outer(&(x * 2.0)), &v);
    check(|x| x.trace().square(), &m);
    let long = spread([3, 2]);
    let chain = Tensor::multi_dot(&[&v, &long, &m, &v]);
    close(&[chain.item()], &[v.matmul(&long).matmul(&m).matmul(&v).item()], "multi_dot");
}

#[test]
fn tensordot_pairs_axes_in_the_given_order() {
    let (a, b) = (spread([2, 3, 4]), spread([4, 3, 2]));
    let got = a.tensordot(&b, [1, 2], [1, 0]);
    let (x, y) = (a.to_vec::<f64>(), b.to_vec::<f64>());
    let mut want = vec![0.0; 4];
    for (i, j, k, l) in
        (0..2).flat_map(|i| (0..3).flat_map(move |j| (0..4).flat_map(move |k| (0..2).map(move |l| (i, j, k, l)))))
    {
        want[i * 2 + l] += x[(i * 3 + j) * 4 + k] * y[(k * 3 + j) * 2 + l];
    }
    close(&got.to_vec::<f64>(), &want, "tensordot");
    check(|a| a.tensordot(&b, [-1], [0]), &spread([2, 4]));
    let none: [isize; 0] = [];
    assert_eq!(a.tensordot(&b, none, none).shape(), [2, 3, 4, 4, 3, 2]);
}

#[test]
fn dtypes_are_promoted_and_gradients_come_back_in_their_own() {
    let narrow = Tensor::from([[1.0_f32, 2.0]]);
    let wide = Tensor::from([[0.5], [0.25]]);
    assert_eq!(narrow.matmul(&wide).dtype(), DType::F64);
    let g = grad(|x: &Tensor| x.matmul(&wide).sum())(&narrow);
    assert_eq!(g.to_vec::<f32>(), [0.5, 0.25]);
    let counts = Tensor::from([[1, 2], [3, 4]]);
    assert_eq!(counts.matmul(&counts).to_dtype(DType::I64).to_vec::<i64>(), [7, 10, 15, 22]);
}

#[test]
fn errors_show_both_shapes() {
    let a = Tensor::zeros([2, 3]);
    let error = a.try_matmul(&Tensor::zeros([2, 3])).unwrap_err().to_string();
    assert_eq!(error.matches("(2, 3)").count(), 2, "{error}");
    assert!(error.contains("transpose") && error.contains("tests/matmul.rs"), "{error}");
    let error = a.try_matmul(&Tensor::from(2.0)).unwrap_err().to_string();
    assert!(error.contains("a * b"), "{error}");
    let error = a.try_mm(&Tensor::zeros([3])).unwrap_err().to_string();
    assert!(error.contains("(2, 3)") && error.contains("(3,)"), "{error}");
    let error = a.try_tensordot(&a, [0], [1]).unwrap_err().to_string();
    assert!(error.contains("(2, 3)"), "{error}");
    let batch = Tensor::zeros([5, 3]);
    let f = |x: &Tensor| x.try_sum()?.try_matmul(x);
    let error = wengert::transforms::try_vmap(f, 0)(&batch).unwrap_err().to_string();
    assert!(error.contains("(3,)"), "{error}");
}
