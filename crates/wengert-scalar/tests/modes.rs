//! Derivatives of whole functions, by every mode.

use wengert_scalar::{
    Dual, Expr, Number, Real, Var, derivative, directional, gradient, hessian, hessian_vector_product, jacobian,
    jacobian_reverse, value_and_gradient, value_and_gradient_slice,
};

fn rosenbrock<R: Real>([x, y]: [R; 2]) -> R {
    (x - 1.0).square() + (y - x.square()).square() * 100.0
}

fn mixed<R: Real>([x, y, z]: [R; 3]) -> R {
    let r = (x * y).sin() + z.exp() / (y.square() + 1.0);
    r.tanh() * x.hypot(z) + r.maximum(y).powi(3) - z.sigmoid().pow(y + 3.0) + (x - z).abs().powf(1.5)
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * (1.0 + a.abs().max(b.abs()))
}

#[test]
fn known_values() {
    assert_eq!(gradient(|[x]| x * x, [3.0]), [6.0]);
    assert_eq!(derivative(|x| x * x, 4.0), 8.0);
    let [d] = gradient(|[x]| x.square().sin(), [3.0]);
    assert!((d + 5.466781571308061).abs() < 1e-14);
    let (y, g) = value_and_gradient(|[a, b]| a.log() + a * b - b.sin(), [1.0, 2.0]);
    assert!(near(y, 2.0 - 2.0_f64.sin()) && near(g[0], 3.0) && near(g[1], 1.0 - 2.0_f64.cos()));
    let (y, g) = value_and_gradient(rosenbrock, [1.2, 1.0]);
    assert!(near(y, 0.04 + 100.0 * 0.44 * 0.44) && near(g[0], 211.6) && near(g[1], -88.0));
    let relu = |[x, w, b]: [Var; 3]| (x * w + b).clamp(Var::lit(0.0), Var::lit(f64::INFINITY));
    assert_eq!(gradient(relu, [3.0, 2.0, 1.0]), [2.0, 3.0, 1.0]);
}

#[test]
fn all_modes_agree() {
    for x in [[0.3, -0.7, 1.1], [1.4, 0.2, -0.6], [-2.0, 1.3, 0.5]] {
        let tape = gradient(mixed, x);
        let dual = jacobian(|v| [mixed(v)], x)[0];
        let rev = jacobian_reverse(|v| [mixed(v)], x)[0];
        assert_eq!(tape, rev);
        let e = Expr::build(3, |v| vec![mixed([v[0], v[1], v[2]])]);
        let d = e.pullback(0b111, 1);
        let mut args: Vec<f64> = d.primals.iter().map(|&i| x[i]).collect();
        args.extend(d.results.iter().map(|_| mixed(x)));
        args.push(1.0);
        let pulled = d.expr.eval(&args);
        let (_, slice) = value_and_gradient_slice(|v| mixed([v[0], v[1], v[2]]), &x);
        for i in 0..3 {
            assert!(near(tape[i], dual[i]) && near(tape[i], pulled[i]), "{i}: {tape:?} {dual:?} {pulled:?}");
            assert_eq!(tape[i], slice[i]);
        }
        let v = [0.5, -1.0, 2.0];
        let (y, t) = directional(mixed, x, v);
        assert!(near(y, mixed(x)) && near(t, tape.iter().zip(v).map(|(g, v)| g * v).sum()));

        let h = hessian(mixed, x);
        let hv = hessian_vector_product(mixed, x, v);
        for i in 0..3 {
            assert!(near(hv[i], h[i].iter().zip(v).map(|(h, v)| h * v).sum()), "{hv:?} {h:?}");
            for (j, row) in h.iter().enumerate() {
                assert!(near(h[i][j], row[i]));
            }
        }
    }
}

#[test]
fn third_derivative() {
    let d3 = derivative(|x| derivative(|x| derivative(|x: Dual<_, 1>| x.powi(5), x), x), 2.0_f64);
    assert_eq!(d3, 60.0 * 4.0);
    let sin3 = derivative(|x| derivative(|x| derivative(|x: Dual<_, 1>| x.sin(), x), x), 0.4_f64);
    assert!(near(sin3, -(0.4_f64.cos())));
}

#[test]
fn perturbations_are_not_confused() {
    // d/dx x·(d/dy (x + y)) at 1 is 1; confusion gives 2.
    assert_eq!(derivative(|x| x * derivative(|y| Dual::constant(x) + y, Dual::lit(1.0)), 1.0), 1.0);
    // d/dx x·(d/dy x·y) = 2x
    assert_eq!(derivative(|x| x * derivative(|y| Dual::constant(x) * y, Dual::lit(2.0)), 3.0), 6.0);
    // d/dx (d/dy (x·y²) at y = x) = d/dx 2x² = 4x
    assert_eq!(derivative(|x| derivative(|y| Dual::constant(x) * y.square(), x), 5.0), 20.0);
    // Three deep: d/dx d/dy d/dz (x·y·z) = 1
    let three = derivative(
        |x| {
            derivative(
                |y| derivative(|z| Dual::constant(Dual::constant(x)) * Dual::constant(y) * z, Dual::lit(1.0)),
                Dual::lit(1.0),
            )
        },
        1.0,
    );
    assert_eq!(three, 1.0);
    // Forward over reverse.
    assert_eq!(hessian_vector_product(|[x, y]| x * y, [2.0, 3.0], [1.0, 0.0]), [0.0, 1.0]);
}

#[test]
fn gradients_nest_as_plain_numbers() {
    let g = gradient(
        |[x]| {
            let [inner] = gradient(|[y]| y * y * 3.0, [x.value()]);
            x * inner
        },
        [2.0],
    );
    assert_eq!(g, [12.0]);
}

#[test]
#[should_panic(expected = "outside the gradient call")]
fn an_outer_variable_inside_an_inner_gradient_is_an_error() {
    gradient(
        |[x]| {
            let [inner] = gradient(|[y]| y * y * x, [3.0]);
            Var::constant(inner)
        },
        [2.0],
    );
}

#[test]
#[should_panic(expected = "outside the gradient call")]
fn an_escaped_variable_is_an_error() {
    let mut kept = Var::constant(0.0);
    gradient(
        |[x]| {
            kept = x;
            x
        },
        [1.0],
    );
    gradient(|[x]| x + kept, [1.0]);
}

#[test]
fn a_panic_inside_a_gradient_leaves_the_thread_usable() {
    let failed = std::panic::catch_unwind(|| {
        gradient(|[x]: [Var; 1]| if x.value() > 0.0 { panic!("mine") } else { x }, [1.0]);
    });
    assert!(failed.is_err());
    assert_eq!(gradient(|[x]| x.square(), [2.0]), [4.0]);
}

#[test]
fn constants_and_unused_variables_have_gradient_zero() {
    assert_eq!(gradient(|[_, _]| Var::lit(3.0), [1.0, 2.0]), [0.0, 0.0]);
    assert_eq!(gradient(|[x, _]| x, [1.0, 2.0]), [1.0, 0.0]);
    assert_eq!(value_and_gradient_slice(|_| Var::lit(1.0), &[]), (1.0, vec![]));
}

#[test]
fn programs_may_branch_and_loop() {
    fn newton<R: Real + PartialOrd>(a: R) -> R {
        let mut x = a;
        for _ in 0..60 {
            let next = (x + a / x) * 0.5;
            if next < x {
                x = next;
            } else {
                break;
            }
        }
        x
    }
    assert!(near(derivative(newton, 2.0), 0.5 / 2.0_f64.sqrt()));
    assert!(near(gradient(|[a]| newton(a), [2.0])[0], 0.5 / 2.0_f64.sqrt()));
}

#[test]
fn long_chains_need_no_stack() {
    let g = gradient(|[x]| (0..1_000_000).fold(x, |v, _| v * 0.999_999 + 0.1), [1.0]);
    assert!((g[0] - 0.999_999_f64.powi(1_000_000)).abs() < 1e-10);
}

#[test]
fn operators_take_numbers_on_either_side() {
    fn all<R>(x: R) -> R
    where
        R: Real,
        f64: std::ops::Add<R, Output = R>
            + std::ops::Sub<R, Output = R>
            + std::ops::Mul<R, Output = R>
            + std::ops::Div<R, Output = R>,
    {
        2.0 / (1.0 - 3.0 * x) + (4.0 + x) / 5.0 - x * 6.0
    }
    let expected = 6.0 / 0.25 + 0.2 - 6.0;
    assert!(near(derivative(all, 0.5), expected) && near(gradient(|[x]| all(x), [0.5])[0], expected));
    let e = Expr::build(1, |x| vec![all(x[0])]);
    assert!(near(e.eval(&[0.5])[0], all(0.5)));
}
