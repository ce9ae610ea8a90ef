use wengert::transforms::{grad, vmap};
use wengert_nn::loss::{
    binary_cross_entropy, huber_loss, kl_div, l1_loss, log_cosh_loss, soft_margin_loss, try_bce_with_logits,
    try_cross_entropy, try_huber_loss_with, try_mse_loss, try_nll_loss, try_nll_loss_without, try_smooth_l1_loss,
    try_weighted_bce_with_logits,
};
use wengert_nn::prelude::*;

use crate::{close, message};

fn example() -> (Tensor, Tensor, Tensor) {
    let x = Tensor::from([[-2.0_f32, 2.0, 2.0, -2.0], [2.1, 1.0, 1.5, -1.0]]);
    (x, Tensor::from([[1.0_f32; 3]; 4]).requires_grad(), Tensor::from([0.0_f32; 3]).requires_grad())
}

const BIAS: [f64; 3] = [-1.0 / 6.0, -1.0 / 6.0, 1.0 / 3.0];
const WEIGHT: [f64; 12] =
    [1.016_667, -1.033_333, 0.016_667, -0.5, 0.0, 0.5, -0.416_667, -0.166_667, 0.583_333, 0.5, 0.0, -0.5];

#[test]
fn cross_entropy_of_one_hot_rows_has_the_known_gradients() {
    let (x, w, b) = example();
    let target = Tensor::from([[1.0_f32, 0.0, 0.0], [0.0, 1.0, 0.0]]);
    let loss = cross_entropy(&(x.matmul(&w) + &b), &target);
    loss.backward().unwrap();
    close(&loss, &[1.0986], 5e-5);
    close(&b.grad().unwrap(), &BIAS, 1e-6);
    close(&w.grad().unwrap(), &WEIGHT, 1e-6);
}

#[test]
fn class_indices_give_what_one_hot_rows_give() {
    for target in [Tensor::from([0_i64, 1]), Tensor::from([0_i32, 1]), Tensor::from([0_u8, 1])] {
        let (x, w, b) = example();
        let loss = cross_entropy(&(x.matmul(&w) + &b), &target);
        loss.backward().unwrap();
        close(&loss, &[1.0986], 5e-5);
        close(&b.grad().unwrap(), &BIAS, 1e-6);
        close(&w.grad().unwrap(), &WEIGHT, 1e-6);
    }
}

#[test]
fn without_the_mean_gradients_are_twice_as_large() {
    let (x, w, b) = example();
    let losses = try_cross_entropy(&(x.matmul(&w) + &b), &Tensor::from([0_i64, 1]), Reduction::None).unwrap();
    assert_eq!(losses.shape(), [2]);
    losses.backward_with(&Tensor::from([1.0_f32, 1.0])).unwrap();
    close(&w.grad().unwrap(), &WEIGHT.map(|v| 2.0 * v), 2e-6);
    let sum = try_cross_entropy(&(x.matmul(&w) + &b), &Tensor::from([0_i64, 1]), Reduction::Sum).unwrap();
    close(&sum, &[2.0 * 3.0_f64.ln()], 1e-6);
}

#[test]
fn large_logits_do_not_overflow() {
    let logits = Tensor::from([[1e4, 0.0], [0.0, -1e4]]);
    close(&try_cross_entropy(&logits, &Tensor::from([0_i64, 1]), Reduction::None).unwrap(), &[0.0, 1e4], 0.0);
    close(
        &try_bce_with_logits(&Tensor::from([1e4, -1e4]), &Tensor::from([0.0, 0.0]), Reduction::None).unwrap(),
        &[1e4, 0.0],
        0.0,
    );
}

#[test]
fn label_smoothing_mixes_with_the_uniform_distribution() {
    let logits = Tensor::from([[1.0, 2.0, 0.5], [0.1, -1.0, 3.0]]);
    let smooth = CrossEntropy::new().label_smoothing(0.3);
    let by_index = smooth.forward(&logits, &Tensor::from([2_i64, 0]));
    let by_hand = Tensor::from([[0.1, 0.1, 0.8], [0.8, 0.1, 0.1]]);
    let one_hot = Tensor::from([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]);
    let expected = cross_entropy(&logits, &by_hand).item();
    close(&by_index, &[expected], 1e-14);
    close(&smooth.forward(&logits, &one_hot), &[expected], 1e-14);
}

#[test]
fn ignored_examples_count_for_nothing() {
    let rows = Tensor::from([[1.0, 2.0, 0.5], [0.1, -1.0, 3.0], [9.0, 9.0, -9.0]]);
    let loss = |target: &Tensor| {
        let (rows, target) = (rows.clone(), target.clone());
        let value = CrossEntropy::new().ignore_index(-1).forward(&rows, &target).item();
        let slope = grad(move |x: &Tensor| CrossEntropy::new().ignore_index(-1).forward(x, &target))(&rows);
        (value, slope)
    };
    let (value, slope) = loss(&Tensor::from([2_i64, 0, -1]));
    let expected = cross_entropy(&rows.i(..2), &Tensor::from([2_i64, 0])).item();
    assert!((value - expected).abs() < 1e-15);
    assert_eq!(slope.i(2).to_vec::<f64>(), [0.0; 3]);
    let sum =
        CrossEntropy::new().ignore_index(-1).reduction(Reduction::Sum).forward(&rows, &Tensor::from([2_i64, 0, -1]));
    assert!((sum.item() - 2.0 * expected).abs() < 1e-14);
}

#[test]
fn classes_lie_along_axis_one() {
    let logits = Tensor::linspace(-1.0, 1.0, 24).reshape([2, 3, 4]);
    let target = Tensor::from([[0_i64, 1, 2, 0], [2, 1, 0, 1]]);
    let losses = try_cross_entropy(&logits, &target, Reduction::None).unwrap();
    assert_eq!(losses.shape(), [2, 4]);
    let one = cross_entropy(&logits.i((1, .., 3)), &Tensor::from(1_i64));
    close(&losses.i((1, 3)), &[one.item()], 1e-15);
}

#[test]
fn log_probabilities_and_logits_agree() {
    let logits = Tensor::from([[1.0, 2.0, 0.5], [0.1, -1.0, 3.0]]);
    let target = Tensor::from([1_i64, 1]);
    let (a, b) = (nll_loss(&logits.log_softmax(1), &target), cross_entropy(&logits, &target));
    close(&a, &[b.item()], 1e-15);
    assert!(
        message(try_nll_loss(&logits, &Tensor::from([3_i64, 0]), Reduction::Mean))
            .contains("class index 3 is out of range")
    );
}

#[test]
fn losses_of_numbers() {
    let (a, b) = (Tensor::from([1.0, -2.0, 0.5]), Tensor::from([1.5, 1.0, 0.5]));
    close(&mse_loss(&a, &b), &[9.25 / 3.0], 1e-15);
    close(&try_mse_loss(&a, &b, Reduction::Sum).unwrap(), &[9.25], 1e-15);
    close(&l1_loss(&a, &b), &[3.5 / 3.0], 1e-15);
    close(&huber_loss(&a, &b), &[(0.125 + 2.5) / 3.0], 1e-15);
    let p = Tensor::from([1.0, 0.0, 1.0]);
    let expected = (a.sigmoid().log() * &p + (1.0 - a.sigmoid()).log() * (1.0 - &p)).mean().item();
    close(&bce_with_logits(&a, &p), &[-expected], 1e-14);
}

#[test]
fn losses_of_probabilities() {
    let (x, t) = (Tensor::from([-1.5, 0.0, 3.0]), Tensor::from([0.0, 0.25, 1.0]));
    let logits = try_bce_with_logits(&x, &t, Reduction::None).unwrap();
    close(&binary_cross_entropy(&x.sigmoid(), &t), &[logits.mean().item()], 1e-14);
    // The logarithm of 0 counts as −100.
    close(&binary_cross_entropy(&Tensor::from([0.0, 1.0]), &Tensor::from([1.0, 1.0])), &[50.0], 0.0);
    let weight = Tensor::from([2.0, 3.0, 4.0]);
    let weighted = try_weighted_bce_with_logits(&x, &t, &weight, Reduction::None).unwrap();
    let by_hand = |x: f64, t: f64, w: f64| w * t * (-x).exp().ln_1p() + (1.0 - t) * x.exp().ln_1p();
    close(&weighted, &[by_hand(-1.5, 0.0, 2.0), by_hand(0.0, 0.25, 3.0), by_hand(3.0, 1.0, 4.0)], 1e-14);
    let (p, q) = (Tensor::from([0.5, 0.5, 0.0]), Tensor::from([0.25, 0.25, 0.5]));
    close(&kl_div(&q.log(), &p), &[2.0_f64.ln() / 3.0], 1e-15);
}

#[test]
fn losses_of_distances() {
    let (x, t) = (Tensor::from([0.0, 0.3, -5.0, 900.0]), Tensor::zeros([4]));
    let distance = |f: fn(&Tensor, &Tensor, f64, Reduction) -> wengert::Result<Tensor>, width: f64| {
        f(&x, &t, width, Reduction::None).unwrap()
    };
    close(&distance(try_huber_loss_with, 0.5), &[0.0, 0.045, 2.375, 449.875], 1e-12);
    close(&distance(try_smooth_l1_loss, 0.5), &[0.0, 0.09, 4.75, 899.75], 1e-12);
    close(&distance(try_smooth_l1_loss, 0.0), &[0.0, 0.3, 5.0, 900.0], 0.0);
    assert!(message(try_huber_loss_with(&x, &t, 0.0, Reduction::Mean)).contains("delta"));
    assert!(message(try_smooth_l1_loss(&x, &t, -1.0, Reduction::Mean)).contains("beta"));
    let ln_2 = std::f64::consts::LN_2;
    let log_cosh = (0.3_f64.cosh().ln() + 5.0_f64.cosh().ln() + 900.0 - ln_2) / 4.0;
    close(&log_cosh_loss(&x, &t), &[log_cosh], 1e-12);
    close(&soft_margin_loss(&Tensor::from([0.0, -1000.0]), &Tensor::from([1.0, 1.0])), &[(ln_2 + 1000.0) / 2.0], 1e-12);
}

#[test]
fn log_probabilities_of_ignored_examples_count_for_nothing() {
    let scores = Tensor::from([[-1.0, -2.0], [-3.0, -4.0], [-5.0, -6.0]]);
    let target = Tensor::from([1_i64, -1, 0]);
    let loss = |reduction| try_nll_loss_without(&scores, &target, -1, reduction).unwrap();
    close(&loss(Reduction::Mean), &[3.5], 0.0);
    close(&loss(Reduction::Sum), &[7.0], 0.0);
    close(&loss(Reduction::None), &[2.0, 0.0, 5.0], 0.0);
}

#[test]
fn losses_go_through_vmap_and_second_derivatives() {
    let logits = Tensor::from([[1.0, 2.0, 0.5], [0.1, -1.0, 3.0]]);
    let target = Tensor::from([1_i64, 2]);
    let one = |(x, y): &(Tensor, Tensor)| cross_entropy(x, y);
    let losses = vmap(one, 0)(&(logits.clone(), target.clone()));
    let expected = try_cross_entropy(&logits, &target, Reduction::None).unwrap();
    close(&losses, &expected.to_vec::<f64>(), 1e-15);

    let x = Tensor::from([0.3, -0.2, 0.5]);
    let h = wengert::transforms::hessian(|x: &Tensor| cross_entropy(x, &Tensor::from(0_i64)))(&x);
    let p = x.softmax(0).to_vec::<f64>();
    let exact: Vec<f64> =
        (0..9).map(|k| if k / 3 == k % 3 { p[k / 3] * (1.0 - p[k / 3]) } else { -p[k / 3] * p[k % 3] }).collect();
    close(&h, &exact, 1e-15);
}

#[test]
fn what_does_not_fit_is_said() {
    let logits = Tensor::from([[1.0, 2.0, 0.5], [0.1, -1.0, 3.0]]);
    let mean = |target: &Tensor| message(try_cross_entropy(&logits, target, Reduction::Mean));
    assert!(mean(&Tensor::from([0_i64, 3])).contains("class index 3 is out of range: there are 3 classes"));
    assert!(mean(&Tensor::from([0_i64, -1])).contains("class index -1"));
    assert!(mean(&Tensor::from([0_i64, 1, 2])).contains("got shape (3,)"));
    assert!(mean(&Tensor::from([0.0, 1.0])).contains("class indices must have an integer dtype"));
    assert!(message(try_mse_loss(&Tensor::zeros([3, 1]), &Tensor::zeros([3]), Reduction::Mean)).contains("(3, 1)"));
    let smoothing = CrossEntropy::new().label_smoothing(1.5);
    assert!(message(smoothing.try_forward(&logits, &Tensor::from([0_i64, 1]))).contains("between 0 and 1"));
}

#[test]
fn accuracy_counts_the_right_ones() {
    let logits = Tensor::from([[1.0, 2.0], [3.0, 0.0], [0.0, 1.0], [0.0, 1.0]]).requires_grad();
    assert_eq!(accuracy(&logits, &Tensor::from([1_i64, 0, 0, 1])).unwrap(), 0.75);
    assert!(accuracy(&logits, &Tensor::from([1_i64])).is_err());
}
