use wengert_nn::prelude::*;

use crate::message;

fn loader(size: usize) -> Loader<(Tensor, Tensor)> {
    let x = Tensor::arange(0.0, 20.0, 1.0).reshape([10, 2]);
    Loader::new((x, Tensor::arange_as(0.0, 10.0, 1.0, DType::I64)), size).unwrap()
}

/// The labels of each batch, after making sure that rows and labels belong together.
fn labels(loader: &Loader<(Tensor, Tensor)>, epoch: u64) -> Vec<Vec<i64>> {
    let batches = loader.epoch(epoch);
    assert_eq!(batches.len(), loader.len());
    batches
        .map(|batch| {
            let (x, y) = batch.unwrap();
            let labels = y.to_vec::<i64>();
            let firsts: Vec<i64> = x.i((.., 0)).to_dtype(DType::I64).to_vec();
            assert_eq!(firsts, labels.iter().map(|label| 2 * label).collect::<Vec<_>>());
            labels
        })
        .collect()
}

#[test]
fn batches_come_in_order_and_the_last_may_be_short() {
    assert_eq!(labels(&loader(4), 0), [vec![0, 1, 2, 3], vec![4, 5, 6, 7], vec![8, 9]]);
    assert_eq!(labels(&loader(4).drop_last(true), 3), [[0, 1, 2, 3], [4, 5, 6, 7]]);
    assert_eq!(labels(&loader(5), 0).len(), 2);
    assert_eq!(labels(&loader(100), 0), [(0..10).collect::<Vec<_>>()]);
    assert!(loader(100).drop_last(true).is_empty());
}

#[test]
fn shuffling_depends_on_seed_and_epoch_only() {
    let shuffled = loader(4).shuffle(7);
    let first = labels(&shuffled, 0);
    assert_eq!(first, labels(&loader(4).shuffle(7), 0));
    assert_ne!(first, labels(&shuffled, 1));
    assert_ne!(first, labels(&loader(4).shuffle(8), 0));
    let mut all = first.concat();
    assert_ne!(all, (0..10).collect::<Vec<_>>());
    all.sort_unstable();
    assert_eq!(all, (0..10).collect::<Vec<_>>());
}

#[test]
fn a_single_tensor_has_batches_too() {
    let loader = Loader::new(Tensor::arange(0.0, 3.0, 1.0), 2).unwrap();
    let batches: Vec<Vec<f64>> = loader.epoch(0).map(|batch| batch.unwrap().to_vec()).collect();
    assert_eq!(batches, [vec![0.0, 1.0], vec![2.0]]);
    assert_eq!(loader.examples(), 3);
}

#[test]
fn what_cannot_be_cut_is_said() {
    assert!(message(Loader::new(Tensor::zeros([3]), 0)).contains("size 0"));
    assert!(message(Loader::new(Tensor::from(1.0), 2)).contains("first axis"));
    let text = message(Loader::new((Tensor::zeros([3, 2]), Tensor::zeros([4])), 2));
    assert!(text.contains("(3, 2)") && text.contains("(4,)"), "{text}");
}
