//! PyTorch's conventions: what `requires_grad`, `backward` and `grad` do, figure by figure.

use wengert::autograd::{self, Grad};
use wengert::prelude::*;
use wengert::{ErrorKind, leaves};

fn scalar(value: f64) -> Tensor {
    Tensor::from(value).requires_grad()
}

/// Equal to the digits shown.
fn shown(tensor: &Tensor, expected: &[f64], digits: i32) {
    let values = tensor.to_dtype(DType::F64).to_vec::<f64>();
    assert_eq!(values.len(), expected.len());
    for (value, expected) in values.iter().zip(expected) {
        assert!((value - expected).abs() <= 0.501 * 10f64.powi(-digits), "{value} is not {expected}");
    }
}

#[test]
fn leaves_and_values() {
    let x = scalar(3.0);
    assert!(x.is_leaf() && x.is_tracked() && x.grad().is_none());
    assert!(!Tensor::from(3.0).is_tracked());
    let values = [x.powi(2), 2.0 * &x, 9.0 / &x, 8.0 - &x, 11.0 + &x];
    assert_eq!(values.each_ref().map(Tensor::item), [9.0, 6.0, 3.0, 5.0, 14.0]);
    assert!(values.iter().all(|value| value.is_tracked() && !value.is_leaf()));
}

#[test]
fn names_of_operations_lead_to_the_leaf() {
    let x = Tensor::from([1.0, -2.0, 3.0, -4.0]).requires_grad();
    let y = x.abs().sum();
    assert_eq!(y.item(), 10.0);
    let sum = y.grad_fn().unwrap();
    assert_eq!(sum.name(), "sum");
    let abs = sum.next_functions()[0].clone().unwrap();
    assert_eq!(abs.name(), "abs");
    let leaf = abs.next_functions()[0].clone().unwrap();
    assert!(leaf.is_leaf());
    assert_eq!(leaf.name(), "accumulate_grad");
    assert!(leaf.location().file().ends_with("autograd.rs"));
    assert!(x.grad_fn().is_none());
}

#[test]
fn gradients_of_squares() {
    let x = scalar(3.0);
    x.powi(2).backward().unwrap();
    assert_eq!(x.grad().unwrap().item(), 6.0);
    let x = scalar(4.0);
    x.powi(2).backward().unwrap();
    assert_eq!(x.grad().unwrap().item(), 8.0);
}

#[test]
fn retained_gradient_of_an_intermediate() {
    let x = scalar(3.0);
    let y = x.powi(2);
    assert!(y.grad().is_none());
    let error = y.try_grad().unwrap_err().to_string();
    assert!(error.contains("not a leaf") && error.contains("retain_grad"), "{error}");
    y.retain_grad().unwrap();
    assert!(y.try_grad().unwrap().is_none() && x.try_grad().unwrap().is_none());
    let z = y.sin();
    z.backward().unwrap();
    shown(&z.detach(), &[0.4121], 4);
    shown(&x.grad().unwrap(), &[-5.4668], 4);
    shown(&y.grad().unwrap(), &[-0.9111], 4);
}

#[test]
fn sine_of_squares_on_a_line() {
    let x = Tensor::linspace(0.0, 3.0, 20).to_dtype(DType::F32).requires_grad();
    let y = x.powi(2);
    y.retain_grad().unwrap();
    y.sin().sum().backward().unwrap();
    let dy = [
        1.0, 0.9997, 0.9950, 0.9749, 0.9215, 0.8120, 0.6236, 0.3421, -0.0248, -0.4337, -0.7970, -0.9922, -0.9011,
        -0.4786, 0.1732, 0.7815, 0.9951, 0.6044, -0.2217, -0.9111,
    ];
    let dx = [
        0.0, 0.3157, 0.6284, 0.9236, 1.1640, 1.2821, 1.1815, 0.7563, -0.0626, -1.2326, -2.5168, -3.4466, -3.4148,
        -1.9649, 0.7655, 3.7017, 5.0278, 3.2446, -1.2603, -5.4668,
    ];
    shown(&y.grad().unwrap(), &dy, 4);
    shown(&x.grad().unwrap(), &dx, 4);
    assert_eq!(x.grad().unwrap().dtype(), DType::F32);
}

#[test]
fn gradients_accumulate_until_emptied() {
    let x = scalar(2.0);
    x.powi(2).backward().unwrap();
    assert_eq!(x.grad().unwrap().item(), 4.0);
    x.powi(2).backward().unwrap();
    assert_eq!(x.grad().unwrap().item(), 8.0);
    x.zero_grad();
    assert!(x.grad().is_none());
    x.powi(2).backward().unwrap();
    assert_eq!(x.grad().unwrap().item(), 4.0);
}

#[test]
fn only_a_single_element_needs_no_cotangent() {
    let x = Tensor::from([1.0, 4.0, 2.0]).requires_grad();
    let error = x.powi(2).backward().unwrap_err();
    assert!(error.to_string().contains("grad can be implicitly created only for scalar outputs"), "{error}");
    assert!(error.to_string().contains("(3,)"), "{error}");

    x.powi(2).backward_with(&Tensor::from([1.0, 1.0, 1.0])).unwrap();
    assert_eq!(x.grad().unwrap().to_vec::<f64>(), [2.0, 8.0, 4.0]);

    // An integer cotangent is cast.
    x.zero_grad();
    x.powi(2).backward_with(&Tensor::from([1_i64, 1, 1])).unwrap();
    assert_eq!(x.grad().unwrap().to_vec::<f64>(), [2.0, 8.0, 4.0]);

    let error = x.powi(2).backward_with(&Tensor::from([1.0, 1.0])).unwrap_err();
    assert!(error.to_string().contains("(2,)") && error.to_string().contains("(3,)"), "{error}");

    for shape in [&[1][..], &[1, 1]] {
        let x = Tensor::ones(shape).requires_grad();
        (&x * 3.0).backward().unwrap();
        assert_eq!(x.grad().unwrap().to_vec::<f64>(), [3.0]);
    }
}

#[test]
fn grad_leaves_grad_alone() {
    let x = Tensor::from([1.0, 2.0, 3.0]).requires_grad();
    assert_eq!(autograd::grad(&x.dot(&x), &x).unwrap().to_vec::<f64>(), [2.0, 4.0, 6.0]);
    assert!(x.grad().is_none());

    let (a, b) = (scalar(1.0), scalar(2.0));
    let error = autograd::grad(&(&a * 2.0), &(a.clone(), b.clone())).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unused { index: 1 }), "{error}");
    let found = Grad::new().allow_unused(true).run_optional(&(&a * 2.0), &(a, b)).unwrap();
    assert_eq!(found[0].as_ref().unwrap().item(), 2.0);
    assert!(found[1].is_none());

    let error = autograd::grad(&Tensor::from(1.0), &scalar(1.0)).unwrap_err();
    assert!(
        error.to_string().contains("element 0 of tensors does not require grad and does not have a grad_fn"),
        "{error}"
    );
}

#[test]
fn gradient_of_an_intermediate() {
    let x = scalar(3.0);
    let y = x.powi(2);
    let z = y.sin();
    let (dx, dy) = autograd::grad(&z, &(x, y)).unwrap();
    shown(&dx, &[-5.4668], 4);
    shown(&dy, &[-0.9111], 4);
}

#[test]
fn a_second_backward_needs_a_retained_graph() {
    let x = scalar(3.0);
    let y = x.powi(2);
    y.backward().unwrap();
    let error = y.backward().unwrap_err();
    assert!(error.to_string().contains("retain_graph=True"), "{error}");

    let x = scalar(3.0);
    let y = x.powi(2);
    Backward::new().retain_graph(true).run(&y).unwrap();
    assert_eq!(x.grad().unwrap().item(), 6.0);
    y.backward().unwrap();
    assert_eq!(x.grad().unwrap().item(), 12.0);
}

#[test]
fn hessian_by_rows_of_a_recorded_gradient() {
    let x = Tensor::from([1.0, 2.0]).requires_grad();
    let y = x.i(0).powi(2) + x.i(0) * x.i(1);
    let g = Grad::new().create_graph(true).run(&y, &x).unwrap();
    let mut rows = Vec::new();
    for unit in [[1.0, 0.0], [0.0, 1.0]] {
        x.zero_grad();
        Backward::new().gradient(&Tensor::from(unit)).retain_graph(true).run(&g).unwrap();
        rows.push(x.grad().unwrap().to_vec::<f64>());
    }
    assert_eq!(rows, [[2.0, 1.0], [1.0, 0.0]]);
}

#[test]
fn clamp_as_relu() {
    let (x, w, b) = (scalar(3.0), scalar(2.0), scalar(1.0));
    let y = (&x * &w + &b).clamp(0.0, f64::INFINITY);
    y.backward().unwrap();
    assert_eq!((y.item(), w.grad().unwrap().item(), b.grad().unwrap().item()), (7.0, 3.0, 1.0));
    for value in [-1.0, 0.0] {
        let v = scalar(value);
        v.clamp(0.0, f64::INFINITY).backward().unwrap();
        assert_eq!(v.grad().unwrap().item(), 0.0);
    }
    let (x, w) = (scalar(2.0), scalar(1.0));
    let v = &x * &w;
    let y = v.powi(2) + v.powi(3);
    y.backward().unwrap();
    assert_eq!((y.item(), w.grad().unwrap().item()), (12.0, 32.0));
}

#[test]
fn three_gradients_of_one_backward() {
    let a = Tensor::from([[1.0, 2.0], [2.0, 1.0]]).requires_grad();
    let x = Tensor::from([[1.0], [2.0]]).requires_grad();
    let y = Tensor::from([[1.0], [1.0]]).requires_grad();
    let f = x.t().matmul(&a).matmul(&x) + y.sin().t().matmul(&x);
    f.backward().unwrap();
    shown(&f.detach(), &[15.52441295], 8);
    shown(&a.grad().unwrap(), &[1.0, 2.0, 2.0, 4.0], 8);
    shown(&x.grad().unwrap(), &[10.84147098, 8.84147098], 8);
    shown(&y.grad().unwrap(), &[0.54030231, 1.08060461], 8);
}

#[test]
fn no_grad_is_restored() {
    let x = scalar(1.0);
    assert!(no_grad(|| !(&x * 2.0).is_tracked() && enable_grad(|| (&x * 2.0).is_tracked())));
    assert!((&x * 2.0).is_tracked());
    let caught = std::panic::catch_unwind(|| no_grad(|| panic!("inside")));
    assert!(caught.is_err() && autograd::is_grad_enabled());
}

#[test]
fn descent_in_place() {
    let run = |detached: bool| {
        let (mut a, mut b) = (scalar(0.5), scalar(-0.5));
        for _ in 0..100 {
            let third = if detached { &a.detach() - &b } else { &a - &b };
            let loss = (&a - 1.0).powi(2) + (&b + 1.0).powi(2) + third.powi(2);
            loss.backward().unwrap();
            no_grad(|| {
                a -= 0.1 * a.grad().unwrap();
                b -= 0.1 * b.grad().unwrap();
            });
            a.zero_grad();
            b.zero_grad();
        }
        assert!(a.is_leaf() && a.is_tracked() && b.is_leaf());
        (format!("{:.6}", a.item()), format!("{:.6}", b.item()))
    };
    assert_eq!(run(false), ("0.333333".into(), "-0.333333".into()));
    assert_eq!(run(true), ("1.000000".into(), "-0.000000".into()));
}

#[test]
fn leaves_change_only_without_recording() {
    let mut x = scalar(1.0);
    let error = x.assign(2.0).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::LeafInPlace { .. }), "{error}");
    let caught = std::panic::catch_unwind(move || {
        x += 1.0;
    });
    let text = *caught.unwrap_err().downcast::<String>().unwrap();
    assert!(text.contains("leaf tensor that requires grad") && text.contains("no_grad"), "{text}");
}

#[test]
fn a_changed_residual_is_found_out() {
    let mut x = scalar(3.0);
    let y = x.powi(2);
    let changed = line!() + 1;
    no_grad(|| x.assign(5.0)).unwrap();
    let error = y.backward().unwrap_err().to_string();
    assert!(error.contains("changed in place") && error.contains(&format!("autograd.rs:{changed}:")), "{error}");
    assert!(error.contains(&format!("autograd.rs:{}:", changed - 2)), "{error}");

    // A value that no rule needs may change.
    let mut x = scalar(3.0);
    let y = &x + 1.0;
    no_grad(|| x.assign(5.0)).unwrap();
    y.backward().unwrap();
    assert_eq!(x.grad().unwrap().item(), 1.0);
    assert_eq!((x.version(), x.item()), (1, 5.0));
}

#[test]
fn in_place_on_results_is_differentiable() {
    let x = scalar(3.0);
    let mut y = &x * 2.0;
    y *= &x;
    y += 1.0;
    y.backward().unwrap();
    assert_eq!((y.item(), x.grad().unwrap().item()), (19.0, 12.0));
}

#[test]
fn indexed_assignment_is_differentiable() {
    let a = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    let x = Tensor::from([1.0, 2.0]).requires_grad();
    let mut values = Tensor::zeros([2]);
    for i in 0..2 {
        values.set(i, a.i(i).dot(&x));
    }
    let total = values.sum();
    total.backward().unwrap();
    assert_eq!(total.item(), 16.0);
    assert_eq!(x.grad().unwrap().to_vec::<f64>(), [4.0, 6.0]);
}

#[test]
fn only_floats_require_grad() {
    for tensor in [Tensor::from(3_i64), Tensor::from(true), Tensor::from([1_i32, 2])] {
        let error = tensor.try_requires_grad().unwrap_err();
        assert!(
            error.to_string().contains("floating") && error.to_string().contains(&tensor.dtype().to_string()),
            "{error}"
        );
    }
}

#[test]
fn hooks_see_and_replace() {
    use std::sync::{Arc, Mutex};
    let seen = Arc::new(Mutex::new(Vec::new()));
    let x = scalar(3.0);
    let y = x.powi(2);
    let log = seen.clone();
    let handle = y
        .register_hook(move |g| {
            log.lock().unwrap().push(g.item());
            Some(g * 10.0)
        })
        .unwrap();
    Backward::new().retain_graph(true).run(&(&y * 1.0)).unwrap();
    assert_eq!(x.grad().unwrap().item(), 60.0);
    handle.remove();
    x.zero_grad();
    (&y * 1.0).backward().unwrap();
    assert_eq!(x.grad().unwrap().item(), 6.0);
    assert_eq!(*seen.lock().unwrap(), [1.0]);
}

#[test]
fn create_graph_to_the_third_order() {
    let x = scalar(2.0);
    let y = x.powi(4);
    let first = Grad::new().create_graph(true).run(&y, &x).unwrap();
    let second = Grad::new().create_graph(true).run(&first, &x).unwrap();
    let third = autograd::grad(&second, &x).unwrap();
    assert_eq!((first.item(), second.item(), third.item()), (32.0, 48.0, 48.0));
    // Saved outputs are put back into the graph too.
    let y = x.exp();
    let first = Grad::new().create_graph(true).run(&y, &x).unwrap();
    let second = autograd::grad(&first, &x).unwrap();
    assert_eq!(second.item(), 2f64.exp());
}

#[test]
fn a_plain_backward_records_nothing() {
    let x = scalar(2.0);
    x.powi(3).backward().unwrap();
    let g = x.grad().unwrap();
    assert!(!g.is_tracked() && g.grad_fn().is_none());
    let y = Tensor::from([1.0, 2.0]).requires_grad();
    y.exp().sum().backward().unwrap();
    assert!(!y.grad().unwrap().is_tracked());
}

#[test]
fn detach_and_zero_dimensional_results() {
    let x = scalar(2.0);
    let y = x.powi(2);
    assert!(!y.detach().is_tracked());
    (&y.detach() * &x).backward().unwrap();
    assert_eq!(x.grad().unwrap().item(), 4.0);
    let vector = Tensor::from([1.0, 2.0]).requires_grad();
    assert_eq!(leaves(&vector.sum()).len(), 1);
}

#[test]
fn anomalies_name_the_forward_line() {
    let x = scalar(-1.0);
    let line = line!() + 1;
    let y = x.sqrt();
    let error = detect_anomaly(|| y.backward()).unwrap_err().to_string();
    assert!(
        error.contains("`sqrt") && error.contains("NaN") && error.contains(&format!("autograd.rs:{line}:")),
        "{error}"
    );
}

#[test]
fn errors_name_the_line_of_the_operation() {
    let a = Tensor::zeros([2, 3]);
    let line = line!() + 1;
    let error = a.try_matmul(&a).unwrap_err();
    assert_eq!(error.location().unwrap().line(), line);
    let error = a.try_add(Tensor::zeros([2, 4])).unwrap_err();
    assert_eq!(error.location().unwrap().line(), line + 2);
    assert!(error.to_string().contains("(2, 3)") && error.to_string().contains("(2, 4)"), "{error}");
}

#[test]
fn an_input_that_is_not_read_still_shapes_the_result_and_gets_zeros() {
    for power in [Tensor::zeros([2, 3]).powi(0), Tensor::zeros([2, 3]).powf(0.0)] {
        assert_eq!(power.shape(), [2, 3]);
        assert_eq!(power.sum().item(), 6.0);
    }
    let x = Tensor::from([1.5, 2.5]).requires_grad();
    x.floor().sum().backward().unwrap();
    assert_eq!(x.grad().unwrap().to_vec::<f64>(), [0.0, 0.0]);
    let s = Tensor::from(1.5_f32).requires_grad();
    (s.sign() + s.powi(0)).backward().unwrap();
    assert_eq!(s.grad().unwrap().dtype(), DType::F32);
    assert_eq!(s.grad().unwrap().item(), 0.0);
}

#[test]
fn a_value_that_was_changed_after_it_was_saved_is_an_error_that_names_both_lines() {
    let x = Tensor::from([1.0, 2.0]).requires_grad();
    let a = x.exp();
    let changed = a.superseded() + 1.0;
    let error = changed.sum().backward().unwrap_err().to_string();
    assert!(error.contains("exp") && error.matches("tests/autograd.rs").count() >= 2, "{error}");
    // What is computed from the new handle is not in the way.
    let b = &x * 2.0;
    let c = b.superseded() * &x;
    c.sum().backward().unwrap();
    assert_eq!(x.grad().unwrap().to_vec::<f64>(), [4.0, 8.0]);
}

#[test]
fn a_backward_pass_adds_in_the_same_order_every_time() {
    let gradient = |clutter: usize| {
        // Other allocations shift the addresses of the nodes.
        let held: Vec<Tensor> = (0..clutter).map(|i| Tensor::from([i as f64, 1.0]).requires_grad().exp()).collect();
        let x = Tensor::from([0.1, 0.7, 1.3]).requires_grad();
        let parts: Vec<Tensor> =
            (1..20).map(|k| (&x * (f64::from(k) * 0.37)).sin() * 1e3_f64.powi(k % 5 - 2)).collect();
        drop(held);
        let mut total = parts[0].clone();
        for part in parts.iter().skip(1) {
            total = total.tanh() * 0.5 + part * &parts[0];
        }
        (total.sum() + parts.iter().fold(Tensor::from(0.0), |sum, part| sum + part.sum())).backward().unwrap();
        x.grad().unwrap().to_vec::<f64>().into_iter().map(f64::to_bits).collect::<Vec<_>>()
    };
    let first = gradient(0);
    assert!((1..30).all(|clutter| gradient(clutter) == first));
}
