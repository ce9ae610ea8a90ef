//! Reductions and scans: values against plain loops, all modes against differences, singular points against closed forms.

mod modes;

use modes::{check, close, spread};
use wengert::prelude::*;

fn values(x: &Tensor) -> Vec<f64> {
    x.to_vec::<f64>()
}

/// Element (i, k) of the result is `f` of the elements (i, 0, k), (i, 1, k), … of a tensor of shape (2, 3, 4).
fn over_the_middle(x: &Tensor, f: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let x = values(x);
    let column = |i: usize, k: usize| [0, 1, 2].map(|j| x[(i * 3 + j) * 4 + k]);
    (0..2).flat_map(|i| (0..4).map(move |k| (i, k))).map(|(i, k)| f(&column(i, k))).collect()
}

#[test]
fn values_are_those_of_plain_loops() {
    let x = spread([2, 3, 4]);
    let all = values(&x);
    close(&[x.sum().item()], &[all.iter().sum()], "sum");
    close(&[x.prod().item()], &[all.iter().product()], "prod");
    close(&[x.mean().item()], &[all.iter().sum::<f64>() / 24.0], "mean");
    close(&[x.max().item()], &[all.iter().copied().fold(f64::MIN, f64::max)], "max");
    close(&[x.min().item()], &[all.iter().copied().fold(f64::MAX, f64::min)], "min");
    close(&[x.norm().item()], &[all.iter().map(|x| x * x).sum::<f64>().sqrt()], "norm");

    let variance = |correction: f64| {
        move |c: &[f64]| {
            let mean = c.iter().sum::<f64>() / 3.0;
            c.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (3.0 - correction)
        }
    };
    let norm = |p: f64| move |c: &[f64]| c.iter().map(|x| x.abs().powf(p)).sum::<f64>().powf(1.0 / p);
    close(&values(&x.sum_axes(1, false)), &over_the_middle(&x, |c| c.iter().sum()), "sum");
    close(&values(&x.prod_axes(1, false)), &over_the_middle(&x, |c| c.iter().product()), "prod");
    close(&values(&x.mean_axes(-2, false)), &over_the_middle(&x, |c| c.iter().sum::<f64>() / 3.0), "mean");
    close(&values(&x.var_axes(1, 1.0, false)), &over_the_middle(&x, variance(1.0)), "var");
    close(&values(&x.std_axes(1, 0.0, false)), &over_the_middle(&x, |c| variance(0.0)(c).sqrt()), "std");
    close(&values(&x.amax(1, false)), &over_the_middle(&x, |c| c.iter().copied().fold(f64::MIN, f64::max)), "amax");
    close(&values(&x.amin(1, false)), &over_the_middle(&x, |c| c.iter().copied().fold(f64::MAX, f64::min)), "amin");
    let log_sum = |c: &[f64]| c.iter().map(|x| x.exp()).sum::<f64>().ln();
    close(&values(&x.logsumexp(1, false)), &over_the_middle(&x, log_sum), "logsumexp");
    for p in [0.5, 1.0, 2.0, 3.0, -1.0] {
        close(&values(&x.norm_axes(p, 1, false)), &over_the_middle(&x, norm(p)), "norm");
    }
    close(
        &values(&x.norm_axes(f64::INFINITY, 1, false)),
        &over_the_middle(&x, |c| c.iter().fold(0.0, |a, x| a.max(x.abs()))),
        "max",
    );
    assert_eq!(x.norm_axes(0.0, (), false).item(), 24.0);

    let first = |wins: fn(f64, f64) -> bool| {
        move |c: &[f64]| (0..3).fold(0, |best, i| if wins(c[i], c[best]) { i } else { best }) as f64
    };
    let positions = |x: Tensor| values(&x.to_dtype(DType::F64));
    close(&positions(x.argmax(1)), &over_the_middle(&x, first(|a, b| a > b)), "argmax");
    close(&positions(x.argmin(1)), &over_the_middle(&x, first(|a, b| a < b)), "argmin");
    let (largest, at) = x.max_axis(1, false);
    close(&values(&largest), &values(&x.amax(1, false)), "max along an axis");
    close(&positions(at), &positions(x.argmax(1)), "its positions");
    assert_eq!(values(&x)[x.argmax_all().item() as usize], x.max().item());
    assert_eq!(values(&x)[x.argmin_all().item() as usize], x.min().item());
}

#[test]
fn axes_may_be_kept_named_from_the_end_or_all() {
    let x = spread([2, 3, 4]);
    assert_eq!(x.sum_axes([0, 2], true).shape(), [1, 3, 1]);
    assert_eq!(x.sum_axes([-1, 0], false).shape(), [3]);
    assert_eq!(x.amax((), false).shape(), [0; 0]);
    assert_eq!(x.max_axis(-1, true).1.shape(), [2, 3, 1]);
    assert_eq!(values(&x.sum_axes(Vec::<isize>::new(), false)), values(&x));
}

#[test]
fn dtypes_are_those_of_numpy() {
    let counts = Tensor::from([1, 2, 4]);
    assert_eq!(counts.sum().dtype(), DType::I64);
    assert_eq!(counts.prod().item(), 8.0);
    assert_eq!(counts.mean().dtype(), DType::F64);
    assert_eq!(Tensor::from([1, 2, 6]).var().item(), 7.0);
    assert_eq!(counts.max().dtype(), counts.dtype());
    assert_eq!(counts.cumsum(0).to_vec::<i64>(), [1, 3, 7]);
    let half = Tensor::from([0.5_f32, 1.5]);
    assert_eq!(half.sum().dtype(), DType::F32);
    assert_eq!(half.softmax(0).dtype(), DType::F32);
    let marks = counts.gt(1);
    assert_eq!((marks.sum().item(), marks.sum().dtype()), (2.0, DType::I64));
    assert_eq!((marks.any().item(), marks.all().item()), (1.0, 0.0));
    assert_eq!(marks.any_axes(0, true).shape(), [1]);
    assert_eq!(counts.count_nonzero().item(), 3.0);
    assert_eq!(counts.argmax(0).dtype(), DType::I64);
}

#[test]
fn every_mode_agrees_with_differences() {
    let x = spread([2, 3, 2]);
    check(|x| x.sum_axes([0, 2], false), &x);
    check(|x| x.square().sum(), &x);
    check(|x| x.mean_axes(1, true).square(), &x);
    check(|x| x.var_axes([0, 1], 1.0, false), &x);
    check(|x| x.std_axes(-1, 0.0, true), &x);
    check(|x| x.logsumexp([0, 2], false), &x);
    check(|x| x.logsumexp(1, true).square(), &x);
    check(|x| x.softmax(1), &x);
    check(|x| x.log_softmax(0).square(), &x);
    check(Tensor::norm, &x);
    check(|x| x.norm_axes(3.0, [0, 1], false), &x);
    check(|x| x.norm_axes(1.5, 2, true), &x);
    check(|x| x.amax([0, 2], false).square(), &x);
    check(|x| x.norm_axes(f64::INFINITY, 0, false).square(), &x);
    check(|x| x.min_axis(1, false).0.square(), &x);
}

#[test]
fn products_agree_with_differences_zeros_included() {
    let x = spread([2, 3, 2]);
    check(|x| x.prod_axes(1, false), &x);
    check(|x| x.prod_axes([0, 2], true), &x);
    check(|x| x.cumprod(1), &x);
    check(|x| x.cumprod_reverse(0), &x);
    check(|x| x.cumsum(1).square(), &x);
    check(|x| x.cumsum_reverse(2).square(), &x);
    let mut zeros = values(&x);
    zeros[1] = 0.0;
    zeros[2] = 0.0;
    zeros[7] = 0.0;
    let x = Tensor::from_vec(zeros, [2, 3, 2]);
    check(|x| x.prod_axes(1, false), &x);
    check(|x| x.cumprod(1), &x);
    check(|x| x.cumprod_reverse(0), &x);
    check(Tensor::prod, &x);
}

#[test]
fn a_product_with_zeros_has_the_products_of_the_others_as_slopes() {
    let slopes = grad(|x: &Tensor| x.prod());
    assert_eq!(values(&slopes(&Tensor::from([2.0, 3.0, 4.0]))), [12.0, 8.0, 6.0]);
    assert_eq!(values(&slopes(&Tensor::from([2.0, 0.0, 4.0]))), [0.0, 8.0, 0.0]);
    assert_eq!(values(&slopes(&Tensor::from([0.0, 0.0, 4.0]))), [0.0, 0.0, 0.0]);
    let curvature = hessian(|x: &Tensor| x.prod())(&Tensor::from([0.0, 0.0, 4.0]));
    assert_eq!(values(&curvature), [0.0, 4.0, 0.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert!(slopes(&Tensor::from_vec(Vec::<f64>::new(), [0])).is_empty());
}

#[test]
fn equal_extremes_share_the_gradient() {
    let x = Tensor::from([[2.0, 2.0, 1.0], [0.0, 5.0, 0.0]]);
    let g = grad(|x: &Tensor| x.amax(1, false).sum())(&x);
    assert_eq!(values(&g), [0.5, 0.5, 0.0, 0.0, 1.0, 0.0]);
    let g = grad(|x: &Tensor| x.min())(&x);
    assert_eq!(values(&g), [0.0, 0.0, 0.0, 0.5, 0.0, 0.5]);
    // With positions, all of it goes to the first.
    let g = grad(|x: &Tensor| x.max_axis(1, false).0.sum())(&x);
    assert_eq!(values(&g), [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    let nan = Tensor::from([1.0, f64::NAN]);
    assert!(nan.max().item().is_nan());
    assert_eq!(values(&grad(|x: &Tensor| x.max())(&nan)), [0.0, 1.0]);
}

#[test]
fn slopes_at_singular_points_are_zero() {
    let zeros = Tensor::zeros([3]);
    assert_eq!(values(&grad(|x: &Tensor| x.norm())(&zeros)), [0.0; 3]);
    assert_eq!(values(&grad(|x: &Tensor| x.norm_axes(0.5, (), false))(&zeros)), [0.0; 3]);
    assert_eq!(values(&grad(|x: &Tensor| x.norm_axes(3.0, (), false))(&zeros)), [0.0; 3]);
    let equal = Tensor::from([4.0, 4.0]);
    assert_eq!(equal.std().item(), 0.0);
    assert_eq!(values(&grad(|x: &Tensor| x.std())(&equal)), [0.0; 2]);
}

#[test]
fn logsumexp_and_softmax_neither_overflow_nor_drown_in_infinities() {
    let low = f64::NEG_INFINITY;
    let x = Tensor::from([low, 0.0, low]);
    assert_eq!(x.logsumexp(0, false).item(), 0.0);
    assert_eq!(values(&grad(|x: &Tensor| x.logsumexp(0, false))(&x)), [0.0, 1.0, 0.0]);
    let nothing = Tensor::from([low, low]);
    assert_eq!(nothing.logsumexp(0, false).item(), low);
    assert_eq!(values(&grad(|x: &Tensor| x.logsumexp(0, false))(&nothing)), [0.0, 0.0]);
    let h = hessian(|x: &Tensor| x.logsumexp(0, false))(&x);
    assert_eq!(values(&h), [0.0; 9]);
    assert_eq!(values(&x.softmax(0)), [0.0, 1.0, 0.0]);
    let large = Tensor::from([1000.0, 999.0]);
    close(
        &values(&large.log_softmax(0)),
        &[-(1.0 + (-1.0_f64).exp()).ln(), -1.0 - (-1.0_f64).exp().ln_1p()],
        "log_softmax",
    );
    let f = grad(|x: &Tensor| x.log_softmax(0).i(0));
    close(&values(&f(&large)), &[1.0 - 1.0 / (1.0 + (-1.0_f64).exp()), -1.0 / (1.0 + 1.0_f64.exp())], "its gradient");
}

#[test]
fn variance_is_stable_far_from_zero() {
    let x = Tensor::from([1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0]);
    assert_eq!(x.var().item(), 30.0);
    assert!(Tensor::from([1.0]).var().item().is_nan());
}

#[test]
fn nothing_sums_to_zero_but_has_no_largest() {
    let empty = Tensor::zeros([0, 3]);
    assert_eq!(empty.sum().item(), 0.0);
    assert_eq!(empty.prod().item(), 1.0);
    assert!(empty.mean().item().is_nan());
    assert_eq!(empty.amax(1, false).shape(), [0]);
    let error = empty.try_amax(0, false).unwrap_err().to_string();
    assert!(error.contains("(0, 3)") && error.contains("no elements"), "{error}");
    let error = empty.try_argmax(0).unwrap_err().to_string();
    assert!(error.contains("(0, 3)"), "{error}");
    assert_eq!(empty.softmax(0).shape(), [0, 3]);
    assert_eq!(empty.cumsum(0).shape(), [0, 3]);
}

#[test]
fn errors_say_which_axis_and_where() {
    let x = Tensor::zeros([2, 3]);
    let error = x.try_sum_axes(2, false).unwrap_err();
    assert!(error.to_string().contains("axis 2 does not exist"), "{error}");
    assert!(error.to_string().contains("tests/reduce.rs"), "{error}");
    let error = x.try_sum_axes([1, -1], false).unwrap_err();
    assert!(error.to_string().contains("twice"), "{error}");
    let error = x.try_cumsum(-3).unwrap_err();
    assert!(error.to_string().contains("axis -3"), "{error}");
    let tracked = x.requires_grad();
    assert!(!tracked.argmax(0).is_tracked());
    assert!(!tracked.any().is_tracked());
}

#[test]
fn closeness_broadcasts_and_refuses_nan() {
    let x = Tensor::from([1.0, f64::INFINITY]);
    assert!(x.allclose(&x, 1e-5, 1e-8));
    assert!(!x.allclose(&Tensor::from([1.0, f64::NAN]), 1e-5, 1e-8));
    assert!(!x.allclose(&Tensor::from([1.0, 1.0]), 1e-5, 1e-8));
    assert!(!Tensor::from([1.0, 1.0]).allclose(&x, 1e-5, 1e-8));
    assert!(Tensor::ones([2, 2]).allclose(&Tensor::from(1.0), 0.0, 0.0));
    assert!(x.try_allclose(&Tensor::zeros([3]), 0.0, 0.0).is_err());
}

#[test]
fn the_same_seed_gives_the_same_numbers() {
    use wengert::random::Generator;
    let drawn = || (Tensor::rand([4]), Tensor::randn([3]), Tensor::randint(0, 9, [5]), Tensor::randperm(6));
    wengert::manual_seed(3);
    let (a, b, c, d) = drawn();
    let mut own = Generator::new(3);
    assert_eq!(values(&a), values(&Tensor::uniform(0.0, 1.0, [4], DType::F64, &mut own)));
    assert_eq!(values(&b), values(&Tensor::normal(0.0, 1.0, [3], DType::F64, &mut own)));
    assert_eq!(c.to_vec::<i64>(), Tensor::integers(0, 9, [5], DType::I64, &mut own).to_vec::<i64>());
    assert_eq!(d.to_vec::<i64>(), Tensor::permutation(6, &mut own).to_vec::<i64>());
    assert!(values(&Tensor::bernoulli(0.5, [50])).iter().all(|&x| x == 0.0 || x == 1.0));
    assert!(Tensor::try_bernoulli(1.5, [2]).is_err());
}
