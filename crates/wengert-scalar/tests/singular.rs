//! What derivatives are where mathematics leaves it open, in every mode alike.

use wengert_scalar::{Dual, Expr, Number, Row, Sym, Var, derivative, gradient, hessian};

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

/// The gradient of a row by the tape, by duals and by its pullback; they must agree to the bit (or all be not-a-number).
fn slopes<const N: usize>(row: Row, x: [f64; N]) -> [f64; N] {
    let tape = gradient(|v: [Var; N]| Var::row(row, &v), x);
    let duals: [Dual<f64, N>; N] = std::array::from_fn(|i| Dual::variable(x[i], i));
    let dual = Dual::row(row, &duals).tangent;
    let y = f64::row(row, &x);
    for i in 0..N {
        let d = Expr::row(row).pullback(1 << i, 1);
        let pulled = d.outputs[0].map_or(0.0, |k| {
            let mut args: Vec<f64> = d.primals.iter().map(|&p| x[p]).collect();
            args.extend(d.results.iter().map(|_| y));
            args.push(1.0);
            d.expr.eval(&args[..d.expr.arity()])[k]
        });
        let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
        assert!(same(tape[i], dual[i]) && same(tape[i], pulled), "{row} {i} at {x:?}: {tape:?} {dual:?} {pulled}");
    }
    tape
}

#[test]
fn kinks() {
    assert_eq!(slopes(Row::Abs, [0.0]), [0.0]);
    assert_eq!(slopes(Row::Abs, [-0.0]), [0.0]);
    assert_eq!(slopes(Row::Relu, [0.0]), [0.0]);
    assert_eq!(slopes(Row::Relu, [-1.0]), [0.0]);
    assert_eq!(slopes(Row::Relu, [1.0]), [1.0]);
    assert_eq!(slopes(Row::Sign, [0.0]), [0.0]);
    assert_eq!(slopes(Row::Clamp, [0.0, 0.0, INF]), [0.0, 1.0, 0.0]);
    assert_eq!(slopes(Row::Clamp, [0.5, 0.0, 1.0]), [1.0, 0.0, 0.0]);
    assert_eq!(slopes(Row::Clamp, [1.0, 0.0, 1.0]), [0.0, 0.0, 1.0]);
    assert_eq!(slopes(Row::Clamp, [2.0, 0.0, 1.0]), [0.0, 0.0, 1.0]);
    assert_eq!(slopes(Row::Clamp, [0.5, 2.0, 1.0]), [0.0, 0.0, 1.0]);
}

#[test]
fn ties_are_shared() {
    assert_eq!(slopes(Row::Maximum, [2.0, 2.0]), [0.5, 0.5]);
    assert_eq!(slopes(Row::Minimum, [2.0, 2.0]), [0.5, 0.5]);
    assert_eq!(slopes(Row::Maximum, [1.0, 2.0]), [0.0, 1.0]);
    assert_eq!(slopes(Row::Minimum, [1.0, 2.0]), [1.0, 0.0]);
    assert_eq!(gradient(|[x]| x.maximum(x), [3.0]), [1.0]);
    assert!(Number::maximum(NAN, 1.0).is_nan() && Number::maximum(1.0, NAN).is_nan());
    assert!(Number::minimum(NAN, 1.0).is_nan() && Number::minimum(1.0, NAN).is_nan());
}

#[test]
fn powers() {
    assert_eq!(slopes(Row::Pow, [0.0, 2.0]), [0.0, 0.0]);
    assert_eq!(slopes(Row::Pow, [0.0, 1.0]), [1.0, 0.0]);
    assert_eq!(slopes(Row::Pow, [0.0, 0.0]), [0.0, 0.0]);
    assert_eq!(slopes(Row::Pow, [0.0, 0.5]), [INF, 0.0]);
    assert_eq!(slopes(Row::Pow, [-2.0, 3.0]), [12.0, 0.0]);
    assert_eq!(slopes(Row::Pow, [-2.0, 2.0]), [-4.0, 0.0]);
    assert_eq!(slopes(Row::Pow, [2.0, 0.0]), [0.0, std::f64::consts::LN_2]);
    for n in 0..12 {
        assert_eq!(Number::powi(-3.0_f64, n), (-3.0_f64).powi(n));
        assert_eq!(derivative(|x| x.powi(n), -3.0), f64::from(n) * (-3.0_f64).powi(n.max(1) - 1));
        assert_eq!(gradient(|[x]| x.powi(n), [-3.0]), [f64::from(n) * (-3.0_f64).powi(n.max(1) - 1)]);
    }
    assert_eq!(hessian(|[x]| x.powi(2), [0.0]), [[2.0]]);
    assert_eq!(hessian(|[x]| x.pow(Number::lit(2.0)), [0.0]), [[2.0]]);
    assert_eq!(derivative(|x| x.powi(-2), 2.0), -0.25);
    assert_eq!(derivative(|x| x.powf(0.5), 4.0), 0.25);
    assert_eq!(gradient(|[x]| x.powf(0.0), [0.0]), [0.0]);
}

#[test]
fn edges_of_domains() {
    assert_eq!(slopes(Row::Sqrt, [0.0]), [INF]);
    assert_eq!(slopes(Row::Cbrt, [0.0]), [INF]);
    assert_eq!(slopes(Row::Log, [0.0]), [INF]);
    assert_eq!(slopes(Row::Hypot, [0.0, 0.0]), [0.0, 0.0]);
    assert_eq!(slopes(Row::Atan2, [0.0, 0.0]), [0.0, 0.0]);
    assert_eq!(slopes(Row::Xlogy, [0.0, 0.0]), [0.0, 0.0]);
    assert_eq!(slopes(Row::Xlogy, [0.0, -1.0]), [0.0, 0.0]);
    assert_eq!(Number::xlogy(0.0, 0.0), 0.0);
    assert_eq!(slopes(Row::Asin, [1.0]), [INF]);
    assert_eq!(slopes(Row::Acos, [-1.0]), [-INF]);
    assert_eq!(slopes(Row::Erfinv, [1.0]), [INF]);
    assert_eq!(slopes(Row::Erfinv, [-1.0]), [INF]);
    assert_eq!((Number::erfinv(1.0_f64), Number::erfinv(-1.0_f64)), (INF, -INF));
    assert!(Number::erfinv(1.5_f64).is_nan());
    assert_eq!(slopes(Row::Sinc, [0.0]), [0.0]);
    let curvature = -std::f64::consts::PI.powi(2) / 3.0;
    assert!((hessian(|[x]| x.sinc(), [0.0])[0][0] - curvature).abs() < 1e-14);
}

#[test]
fn far_out() {
    assert_eq!(slopes(Row::Sigmoid, [800.0]), [0.0]);
    assert_eq!(slopes(Row::Sigmoid, [-800.0]), [0.0]);
    assert_eq!((Number::softplus(800.0), Number::softplus(-800.0)), (800.0, 0.0));
    assert_eq!(slopes(Row::Softplus, [800.0]), [1.0]);
    assert_eq!(slopes(Row::Softplus, [-800.0]), [0.0]);
    assert_eq!((Number::log_sigmoid(800.0), Number::log_sigmoid(-800.0)), (0.0, -800.0));
    assert_eq!(slopes(Row::LogSigmoid, [-800.0]), [1.0]);
    assert_eq!(slopes(Row::Tanh, [800.0]), [0.0]);
    assert_eq!(Number::logaddexp(-INF, -INF), -INF);
    assert_eq!(slopes(Row::Logaddexp, [-INF, -INF]), [0.5, 0.5]);
    assert_eq!(slopes(Row::Logaddexp, [-INF, 3.0]), [0.0, 1.0]);
    assert_eq!(slopes(Row::Logaddexp, [1000.0, 1000.0]), [0.5, 0.5]);
    assert_eq!(slopes(Row::Gelu, [-50.0]), [0.0]);
    assert_eq!(slopes(Row::GeluTanh, [50.0]), [1.0]);
    assert_eq!(slopes(Row::GeluTanh, [1e200]), [1.0]);
    assert_eq!(slopes(Row::Silu, [-800.0]), [0.0]);
}

/// `select(x > 0, f(x), 0)` and its first two derivatives at points where `f` is not defined or infinite.
fn untaken(
    f: impl Fn(Sym) -> Sym,
    tape: impl Fn(Var) -> Var,
    dual: impl Fn(Dual<Dual<f64, 1>, 1>) -> Dual<Dual<f64, 1>, 1>,
) {
    for at in [0.0, -1.0, -INF] {
        let e = Expr::build(1, |x| vec![x[0].gt(Sym::lit(0.0)).select(f(x[0]), Sym::lit(0.0))]);
        let d = e.pullback(1, 1).expr;
        let first = Expr::build(1, |x| {
            let args = [x[0], Sym::lit(1.0)];
            d.eval(&args[..d.arity()])
        });
        let second = first.pullback(1, 1);
        assert_eq!(first.eval(&[at]), [0.0], "{first} at {at}");
        if second.outputs[0].is_some() {
            let mut args: Vec<f64> = second.primals.iter().map(|_| at).collect();
            args.extend(second.results.iter().map(|_| 0.0));
            args.extend(second.seeds.iter().map(|_| 1.0));
            assert_eq!(second.expr.eval(&args), [0.0], "{} at {at}", second.expr);
        }
        assert_eq!(gradient(|[x]| x.gt(Var::lit(0.0)).select(tape(x), Var::lit(0.0)), [at]), [0.0]);
        assert_eq!(hessian(|[x]| x.gt(Dual::lit(0.0)).select(dual(x), Dual::lit(0.0)), [at]), [[0.0]]);
    }
}

#[test]
fn a_branch_not_taken_is_silent() {
    untaken(|x| x.sqrt(), |x| x.sqrt(), |x| x.sqrt());
    untaken(|x| x.log(), |x| x.log(), |x| x.log());
    untaken(|x| x.reciprocal(), |x| x.reciprocal(), |x| x.reciprocal());
    untaken(|x| x.sqrt() * x.log(), |x| x.sqrt() * x.log(), |x| x.sqrt() * x.log());
    untaken(|x| x.pow(x), |x| x.pow(x), |x| x.pow(x));
    untaken(|x| (-x).exp().square(), |x| (-x).exp().square(), |x| (-x).exp().square());
    untaken(|x| (x - 1.0).acosh() / x, |x| (x - 1.0).acosh() / x, |x| (x - 1.0).acosh() / x);
    let overflow = gradient(|[x]| x.lt(Var::lit(10.0)).select(x * x.exp(), x), [1000.0]);
    assert_eq!(overflow, [1.0]);
}

#[test]
fn a_norm_has_slope_zero_at_the_origin() {
    // The chain rule gives ∞·0, and zero wins, in every mode.
    let norm = Expr::build(2, |x| vec![(x[0].square() + x[1].square()).sqrt()]);
    let d = norm.pullback(0b11, 1);
    assert_eq!((d.primals.as_slice(), d.results.as_slice(), d.seeds.as_slice()), (&[0, 1][..], &[0][..], &[0][..]));
    assert_eq!(d.expr.eval(&[0.0, 0.0, 0.0, 1.0]), [0.0, 0.0]);
    assert_eq!(gradient(|[x, y]| (x.square() + y.square()).sqrt(), [0.0, 0.0]), [0.0, 0.0]);
    assert_eq!(derivative(|x| x.square().sqrt(), 0.0), 0.0);
    assert_eq!(gradient(|[x, y]| x.hypot(y), [0.0, 0.0]), [0.0, 0.0]);
    // A bare square root keeps its infinity.
    assert_eq!(gradient(|[x]| x.sqrt(), [0.0]), [INF]);
}

#[test]
fn a_zero_result_does_not_hide_a_second_derivative() {
    // (√x − 1)² at 1: the cotangent of √x is 0 there, its change is not.
    let h = hessian(|[x]| (x.sqrt() - 1.0).square(), [1.0]);
    assert_eq!(h, [[0.5]]);
    let e = Expr::build(1, |x| vec![(x[0].sqrt() - 1.0).square()]);
    let d = e.pullback(1, 1);
    let first = Expr::build(1, |x| {
        let mut args: Vec<Sym> = d.primals.iter().map(|_| x[0]).collect();
        let y = e.eval(x);
        args.extend(d.results.iter().map(|&r| y[r]));
        args.push(Sym::lit(1.0));
        d.expr.eval(&args)
    });
    let second = first.pullback(1, 1);
    let mut args: Vec<f64> = second.primals.iter().map(|_| 1.0).collect();
    args.extend(second.results.iter().map(|_| 0.0));
    args.push(1.0);
    assert_eq!(second.expr.eval(&args), [0.5]);
}
