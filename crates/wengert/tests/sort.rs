//! Order: values, positions, gradients and batches.

mod modes;

use modes::{check, close, spread};
use wengert::prelude::*;

#[test]
fn sorting_gives_values_and_where_they_were() {
    let x = spread([2, 3, 4]);
    for axis in 0..3 {
        for descending in [false, true] {
            let (values, positions) = x.sort(axis, descending);
            close(&values.to_vec::<f64>(), &x.gather(axis, &positions).to_vec::<f64>(), "values at the positions");
            assert_eq!(positions.to_vec::<i64>(), x.argsort(axis, descending).to_vec::<i64>());
            let len = x.shape()[axis as usize] as isize;
            let (later, earlier) = (values.narrow(axis, 1, len as usize - 1), values.narrow(axis, 0, len as usize - 1));
            let ordered = if descending { later.le(&earlier) } else { later.ge(&earlier) };
            assert_eq!(ordered.all().item(), 1.0);
            let (best, at) = x.topk(2, axis, descending);
            close(&best.to_vec::<f64>(), &values.narrow(axis, 0, 2).to_vec::<f64>(), "the best two");
            assert_eq!(at.to_vec::<i64>(), positions.narrow(axis, 0, 2).to_vec::<i64>());
        }
    }
}

#[test]
fn equal_elements_keep_their_order_and_nan_comes_last() {
    let (values, positions) = Tensor::from([1.0, f64::NAN, 0.0, 1.0]).sort(0, false);
    assert_eq!(values.to_vec::<f64>()[..3], [0.0, 1.0, 1.0]);
    assert_eq!(positions.to_vec::<i64>(), [2, 0, 3, 1]);
}

#[test]
fn every_mode_agrees_with_differences() {
    let x = spread([2, 3, 2]);
    check(|x| x.sort(1, true).0.square(), &x);
    check(|x| x.topk(2, 1, false).0.square(), &x);
    check(|x| x.sort(-1, false).0.cumsum(0).square(), &x);
}

#[test]
fn a_gradient_goes_to_the_element_that_was_chosen() {
    let x = Tensor::from([3.0, 1.0, 2.0]);
    let weights = Tensor::from([10.0, 20.0, 30.0]);
    let g = grad(|x: &Tensor| (x.sort(0, false).0 * &weights).sum())(&x);
    assert_eq!(g.to_vec::<f64>(), [30.0, 10.0, 20.0]);
    let g = grad(|x: &Tensor| x.topk(1, 0, true).0.sum())(&x);
    assert_eq!(g.to_vec::<f64>(), [1.0, 0.0, 0.0]);
    assert!(!x.requires_grad().argsort(0, false).is_tracked());
}

#[test]
fn distinct_elements_come_with_positions_and_counts() {
    let x = Tensor::from([[5.0, 1.0], [1.0, 5.0], [0.0, 5.0]]);
    let (values, inverse, counts) = x.unique_counts();
    assert_eq!(values.to_vec::<f64>(), [0.0, 1.0, 5.0]);
    assert_eq!(inverse.shape(), [3, 2]);
    assert_eq!(values.take(&inverse, 0).to_vec::<f64>(), x.to_vec::<f64>());
    assert_eq!(counts.to_vec::<i64>(), [1, 2, 3]);
    let g = grad(|x: &Tensor| x.unique().square().sum())(&x);
    assert_eq!(g.to_vec::<f64>(), [10.0, 2.0, 0.0, 0.0, 0.0, 0.0]);
    let batch = Tensor::zeros([2, 3]);
    assert!(try_vmap_unique(&batch).contains("vmap"));
}

fn try_vmap_unique(batch: &Tensor) -> String {
    wengert::transforms::try_vmap(|x: &Tensor| x.try_unique(), 0)(batch).unwrap_err().to_string()
}

#[test]
fn errors_show_what_was_asked() {
    let error = Tensor::zeros([2, 3]).try_topk(4, 1, true).unwrap_err().to_string();
    assert!(error.contains('4') && error.contains("(2, 3)"), "{error}");
    let error = Tensor::zeros([2, 3]).try_sort(2, true).unwrap_err().to_string();
    assert!(error.contains("axis 2"), "{error}");
}

#[test]
fn searching_is_the_same_inside_vmap() {
    let sorted = Tensor::from([[-1.0, 0.0, 0.0, 2.0], [1.0, 2.0, 3.0, 4.0]]);
    let wanted = Tensor::from([[0.0, -2.0, 2.5], [4.0, 5.0, 1.0]]);
    for (right, expected) in [(false, [1, 0, 4, 3, 4, 0]), (true, [3, 0, 4, 4, 4, 1])] {
        assert_eq!(sorted.searchsorted(&wanted, right).to_vec::<i64>(), expected);
        let each = vmap(|(sorted, wanted): &(Tensor, Tensor)| sorted.searchsorted(wanted, right), 0);
        assert_eq!(each(&(sorted.clone(), wanted.clone())).to_vec::<i64>(), expected);
        let row = sorted.i(0);
        let each = vmap(|wanted: &Tensor| row.searchsorted(wanted, right), 0)(&wanted);
        assert_eq!(each.to_vec::<i64>(), row.searchsorted(&wanted, right).to_vec::<i64>());
    }
    let tracked = Tensor::from([1.0, 2.0]).requires_grad();
    assert!(!tracked.searchsorted(&tracked, false).is_tracked());
}
