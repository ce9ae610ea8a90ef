//! `custom_vjp`, `custom_jvp`, `checkpoint` and `linearize`, alone and in every nesting.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use wengert::ErrorKind;
use wengert::prelude::*;
use wengert::transforms::{
    checkpoint, custom_jvp, custom_vjp, linearize, try_checkpoint, try_custom_jvp, try_custom_vjp, try_grad,
};

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-12 * (1.0 + b.abs()), "{a} is not {b}");
}

/// The derivatives of x²·sin(x).
fn nth(n: usize, x: f64) -> f64 {
    match n {
        0 => x * x * x.sin(),
        1 => 2.0 * x * x.sin() + x * x * x.cos(),
        _ => 2.0 * x.sin() + 4.0 * x * x.cos() - x * x * x.sin(),
    }
}

fn by_vjp() -> impl Fn(&Tensor) -> Tensor {
    custom_vjp(
        |x: &Tensor| x.square() * x.sin(),
        |x: &Tensor| (x.square() * x.sin(), (x.clone(), x.sin(), x.cos())),
        |(x, sin, cos): &(Tensor, Tensor, Tensor), g: &Tensor| g * (x * sin * 2.0 + x.square() * cos),
    )
}

fn by_jvp() -> impl Fn(&Tensor) -> Tensor {
    custom_jvp(
        |x: &Tensor| x.square() * x.sin(),
        |x: &Tensor, _: &Tensor, dx: &Tensor| (x * x.sin() * 2.0 + x.square() * x.cos()) * dx,
    )
}

fn again() -> impl Fn(&Tensor) -> Tensor {
    checkpoint(|x: &Tensor| x.square() * x.sin())
}

fn in_every_mode(f: impl Fn(&Tensor) -> Tensor) {
    let x = Tensor::from(0.7);
    let derivative = |x: &Tensor| jvp(&f, x, &x.ones_like()).1;
    close(f(&x).item(), nth(0, 0.7));
    close(grad(&f)(&x).item(), nth(1, 0.7));
    close(vjp(&f, &x).1.call(&Tensor::from(3.0)).item(), 3.0 * nth(1, 0.7));
    close(derivative(&x).item(), nth(1, 0.7));
    close(grad(grad(&f))(&x).item(), nth(2, 0.7));
    close(grad(derivative)(&x).item(), nth(2, 0.7));
    close(jvp(grad(&f), &x, &x.ones_like()).1.item(), nth(2, 0.7));
    close(jvp(derivative, &x, &x.ones_like()).1.item(), nth(2, 0.7));
    close(hessian(&f)(&x).item(), nth(2, 0.7));

    let xs = Tensor::from([0.1, 0.7, 2.0]);
    let values = vmap(&f, 0)(&xs).to_vec::<f64>();
    let slopes = vmap(grad(&f), 0)(&xs).to_vec::<f64>();
    let whole = grad(|xs: &Tensor| vmap(&f, 0)(xs).sum())(&xs).to_vec::<f64>();
    let pushed = jvp(vmap(&f, 0), &xs, &xs.ones_like()).1.to_vec::<f64>();
    let second = vmap(grad(grad(&f)), 0)(&xs).to_vec::<f64>();
    let mixed = grad(|xs: &Tensor| vmap(grad(&f), 0)(xs).sum())(&xs).to_vec::<f64>();
    for (i, x) in [0.1, 0.7, 2.0].into_iter().enumerate() {
        close(values[i], nth(0, x));
        close(slopes[i], nth(1, x));
        close(whole[i], nth(1, x));
        close(pushed[i], nth(1, x));
        close(second[i], nth(2, x));
        close(mixed[i], nth(2, x));
    }

    let leaf = Tensor::from(0.7).requires_grad();
    let y = f(&leaf);
    let dy = wengert::autograd::Grad::new().create_graph(true).run(&y, &leaf).unwrap();
    close(dy.item(), nth(1, 0.7));
    close(wengert::autograd::grad(&dy, &leaf).unwrap().item(), nth(2, 0.7));

    let outer = GradientTape::new();
    let x = outer.watch(&x);
    let inner = GradientTape::new();
    let dy = inner.gradient(&f(&inner.watch(&x)), &x).unwrap();
    close(outer.gradient(&dy, &x).unwrap().item(), nth(2, 0.7));

    let program = trace(|x: &Tensor| f(x), &Tensor::from(0.0)).unwrap();
    close(program.run(&[&Tensor::from(0.7)]).unwrap()[0].item(), nth(0, 0.7));
    let run = |x: &Tensor| program.run(&[x]).map(|mut results| results.remove(0));
    close(grad(run)(&Tensor::from(0.7)).item(), nth(1, 0.7));
}

#[test]
fn a_reverse_rule_in_every_mode() {
    in_every_mode(by_vjp());
}

#[test]
fn a_forward_rule_in_every_mode() {
    in_every_mode(by_jvp());
}

#[test]
fn a_checkpoint_in_every_mode() {
    in_every_mode(again());
}

#[test]
fn the_rule_is_used_and_not_the_function() {
    let zero = custom_vjp(|x: &Tensor| x.square(), |x: &Tensor| (x.square(), ()), |(): &(), g: &Tensor| g * 100.0);
    assert_eq!(grad(&zero)(&Tensor::from(3.0)).item(), 100.0);
    assert_eq!(jvp(&zero, &Tensor::from(3.0), &Tensor::from(2.0)).1.item(), 200.0);
    let hundred = custom_jvp(|x: &Tensor| x.square(), |_: &Tensor, _: &Tensor, dx: &Tensor| dx * 100.0);
    assert_eq!(grad(&hundred)(&Tensor::from(3.0)).item(), 100.0);
    assert_eq!(jvp(&hundred, &Tensor::from(3.0), &Tensor::from(2.0)).1.item(), 200.0);
}

#[test]
fn the_function_runs_alone_where_nothing_is_differentiated() {
    let ran = Arc::new(AtomicUsize::new(0));
    let count = ran.clone();
    let f = custom_vjp(
        |x: &Tensor| x.square(),
        move |x: &Tensor| {
            count.fetch_add(1, Ordering::Relaxed);
            (x.square(), x.clone())
        },
        |x: &Tensor, g: &Tensor| g * x * 2.0,
    );
    assert_eq!(f(&Tensor::from(3.0)).item(), 9.0);
    assert_eq!(ran.load(Ordering::Relaxed), 0);
    assert_eq!(grad(&f)(&Tensor::from(3.0)).item(), 6.0);
    assert_eq!(ran.load(Ordering::Relaxed), 1);
}

#[test]
fn trees_of_arguments_and_results() {
    let f = custom_vjp(
        |(x, y): &(Tensor, Vec<Tensor>)| (x * &y[0], &y[1] + x),
        |(x, y): &(Tensor, Vec<Tensor>)| ((x * &y[0], &y[1] + x), (x.clone(), y[0].clone())),
        |(x, y): &(Tensor, Tensor), (g, h): &(Tensor, Tensor)| (g * y + h, vec![g * x, h.clone()]),
    );
    let arguments = (Tensor::from(2.0), vec![Tensor::from(3.0), Tensor::from(5.0)]);
    let loss = |a: &(Tensor, Vec<Tensor>)| {
        let (p, q) = f(a);
        p * q
    };
    // x·y·(z + x): by x, y·(z + 2x); by y, x·(z + x); by z, x·y.
    let (dx, rest) = grad(loss)(&arguments);
    assert_eq!((dx.item(), rest[0].item(), rest[1].item()), (27.0, 14.0, 6.0));
    // One of the results alone.
    let (dx, rest) = grad(|a: &(Tensor, Vec<Tensor>)| f(a).1)(&arguments);
    assert_eq!((dx.item(), rest[0].item(), rest[1].item()), (1.0, 0.0, 1.0));
    // A batch in which one argument is shared.
    let batch = (Tensor::from([1.0, 2.0]), arguments.1);
    let total = grad(|a: &(Tensor, Vec<Tensor>)| vmap(&f, (0, None))(a).0.sum())(&batch);
    assert_eq!(total.0.to_vec::<f64>(), [3.0, 3.0]);
    assert_eq!(total.1[0].item(), 3.0);
}

#[test]
fn a_loop_on_values_can_have_a_rule() {
    // Newton's iteration for the square root; its derivative by the implicit function theorem.
    let newton = |a: &Tensor| {
        let mut x = a.ones_like();
        while (x.square().item() - a.item()).abs() > 1e-14 {
            x = (&x + a / &x) * 0.5;
        }
        x
    };
    let root = custom_vjp(
        newton,
        move |a: &Tensor| {
            let x = newton(a);
            (x.clone(), x)
        },
        |x: &Tensor, g: &Tensor| g / (x * 2.0),
    );
    close(root(&Tensor::from(2.0)).item(), 2f64.sqrt());
    close(grad(&root)(&Tensor::from(2.0)).item(), 0.5 / 2f64.sqrt());
}

#[test]
fn what_a_rule_uses_from_outside_must_be_an_argument() {
    let x = Tensor::from(2.0);
    let f = |w: &Tensor| {
        let (a, b) = (w.clone(), w.clone());
        try_custom_vjp(move |x: &Tensor| x * &a, move |x: &Tensor| (x * &b, ()), |(): &(), g: &Tensor| g.clone())(
            &(w * 1.0),
        )
    };
    let error = try_grad(f)(&x).unwrap_err();
    assert!(error.to_string().contains("hand it in as an argument"), "{error}");
    let f = |w: &Tensor| {
        let a = w.clone();
        try_custom_jvp(move |x: &Tensor| x * &a, |_: &Tensor, _: &Tensor, dx: &Tensor| dx.clone())(&(w * 1.0))
    };
    let error = try_grad(f)(&x).unwrap_err();
    assert!(error.to_string().contains("hand it in as an argument"), "{error}");
}

#[test]
fn a_wrong_rule_is_named() {
    let f = try_custom_vjp(|x: &Tensor| x.sum(), |x: &Tensor| (x.sum(), ()), |(): &(), g: &Tensor| g.clone());
    let error = try_grad(f)(&Tensor::from([1.0, 2.0])).unwrap_err();
    assert!(error.to_string().contains("custom_vjp") && error.to_string().contains("(2,)"), "{error}");
}

#[test]
fn a_checkpoint_runs_again_and_sees_what_is_outside() {
    let w = Tensor::from(0.5).requires_grad();
    let block = checkpoint(|x: &Tensor| (x * &w).sin());
    let x = Tensor::from(2.0).requires_grad();
    let y = block(&block(&x));
    // The graph has two nodes, whatever the block does.
    let outer = y.grad_fn().unwrap();
    assert_eq!(outer.name(), "checkpoint");
    let inner = outer.next_functions()[0].clone().unwrap();
    assert_eq!(inner.name(), "checkpoint");
    assert!(inner.next_functions()[0].as_ref().unwrap().is_leaf());
    y.backward().unwrap();
    let (gx, gw) = (x.grad().unwrap().item(), w.grad().unwrap().item());
    let h = 1f64.sin();
    close(gx, (0.5 * h).cos() * 0.5 * 1f64.cos() * 0.5);
    close(gw, (0.5 * h).cos() * (h + 0.5 * 1f64.cos() * 2.0));

    // What an enclosing transform differentiates, too.
    let d = grad(|w: &Tensor| checkpoint(|x: &Tensor| x * w.square())(&Tensor::from(3.0)));
    assert_eq!(d(&Tensor::from(2.0)).item(), 12.0);
    assert_eq!(grad(&d)(&Tensor::from(2.0)).item(), 6.0);
    let batch = vmap(|w: &Tensor| checkpoint(|x: &Tensor| x * w)(&Tensor::from(3.0)), 0);
    assert_eq!(batch(&Tensor::from([1.0, 2.0])).to_vec::<f64>(), [3.0, 6.0]);
}

#[test]
fn a_checkpoint_cannot_branch_on_values() {
    let error = try_checkpoint(|x: &Tensor| x.try_item().map(|value| x * value))(&Tensor::from(1.0)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Abstract { .. }), "{error}");
}

#[test]
fn a_linearized_function_is_its_derivative() {
    let calls = AtomicUsize::new(0);
    let f = |(x, y): &(Tensor, Tensor)| {
        calls.fetch_add(1, Ordering::Relaxed);
        (x.sin() * y, x.square())
    };
    let at = (Tensor::from([0.5, 1.0]), Tensor::from([2.0, 3.0]));
    let (value, push) = linearize(f, &at);
    assert_eq!(value.1.to_vec::<f64>(), [0.25, 1.0]);
    close(value.0.to_vec::<f64>()[1], 3.0 * 1f64.sin());
    let tangent = (Tensor::from([1.0, -1.0]), Tensor::from([0.5, 2.0]));
    let expected = jvp(f, &at, &tangent).1;
    calls.store(0, Ordering::Relaxed);
    for scale in [1.0, 2.0] {
        let (p, q) = push(&(&tangent.0 * scale, &tangent.1 * scale));
        for (got, expected) in [(p, &expected.0), (q, &expected.1)] {
            for (a, b) in got.to_vec::<f64>().into_iter().zip(expected.to_vec::<f64>()) {
                close(a, scale * b);
            }
        }
    }
    assert_eq!(calls.load(Ordering::Relaxed), 0);

    // In transforms: the derivative of a linearization is the second derivative.
    let second = grad(|x: &Tensor| linearize(|x: &Tensor| x.powi(3), x).1(&Tensor::from(1.0)));
    assert_eq!(second(&Tensor::from(2.0)).item(), 12.0);
    let slopes = vmap(|x: &Tensor| linearize(|x: &Tensor| x.sin(), x).1(&Tensor::from(1.0)), 0);
    close(slopes(&Tensor::from([0.0, 0.5])).to_vec::<f64>()[1], 0.5f64.cos());
    let basis = vmap(|t: &Tensor| linearize(|x: &Tensor| x.square(), &Tensor::from([1.0, 2.0])).1(t), 0);
    assert_eq!(basis(&Tensor::from([[1.0, 0.0], [0.0, 1.0]])).to_vec::<f64>(), [2.0, 0.0, 0.0, 4.0]);
}

#[test]
fn a_forward_rule_may_call_its_own_function() {
    fn exp(x: &Tensor) -> Tensor {
        custom_vjp(
            |x: &Tensor| x.exp(),
            |x: &Tensor| {
                let y = exp(x);
                (y.clone(), y)
            },
            |y: &Tensor, g: &Tensor| y * g,
        )(x)
    }
    let x = Tensor::from([0.0, 1.0, 2.0]);
    let expected = x.exp().to_vec::<f64>();
    assert_eq!(exp(&x).to_vec::<f64>(), expected);
    assert_eq!(vmap(exp, 0)(&x).to_vec::<f64>(), expected);
    assert_eq!(vmap(grad(exp), 0)(&x).to_vec::<f64>(), expected);
    assert_eq!(grad(|x: &Tensor| vmap(exp, 0)(x).sum())(&x).to_vec::<f64>(), expected);
    assert_eq!(vmap(grad(grad(exp)), 0)(&x).to_vec::<f64>(), expected);
    let program = trace(exp, &x).unwrap();
    assert_eq!(program.run(&[&x]).unwrap()[0].to_vec::<f64>(), expected);
    assert_eq!(grad(|x: &Tensor| checkpoint(exp)(x).sum())(&x).to_vec::<f64>(), expected);
    let w = x.requires_grad();
    assert!(!no_grad(|| exp(&w)).is_tracked());
    exp(&w).sum().backward().unwrap();
    assert_eq!(w.grad().unwrap().to_vec::<f64>(), expected);
}
