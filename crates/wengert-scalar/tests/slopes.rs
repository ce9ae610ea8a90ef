//! Every slope of every row, generated from the table: a new row is covered by being there.

use wengert_scalar::{Dual, Expr, Number, Row, Sym, Var, jacobian_reverse};

const POOL: [f64; 10] = [-3.3, -1.6, -0.72, -0.31, 0.17, 0.44, 0.83, 1.45, 2.2, 2.9];

/// Points inside the domain of `row`, away from kinks, ties and integers.
fn points(row: Row) -> Vec<Vec<f64>> {
    let mut points: Vec<Vec<f64>> = vec![vec![]];
    for i in 0..row.arity() {
        points = points
            .iter()
            .flat_map(|p| POOL.iter().map(|v| p.iter().copied().chain([v + 0.013 * i as f64]).collect()))
            .collect();
    }
    if row == Row::Polygamma {
        points.iter_mut().for_each(|p| p[0] = p[0].abs().ceil());
    }
    if matches!(row, Row::Remainder | Row::FloorDivide) {
        points.retain(|p| (p[0] / p[1] - (p[0] / p[1]).round()).abs() > 0.08);
    }
    points.retain(|p| Number::is_finite(f64::row(row, p)) == 1.0);
    assert!(points.len() >= 3, "{row}: too few points in the domain");
    points
}

/// A difference quotient of fourth order in input `i`.
fn difference(row: Row, p: &[f64], i: usize) -> f64 {
    let h = 2e-4;
    let at = |d: f64| {
        let mut q = p.to_vec();
        q[i] += d;
        f64::row(row, &q)
    };
    (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h)
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (1.0 + a.abs().max(b.abs()))
}

#[test]
fn slopes_are_the_limits_of_difference_quotients() {
    for &row in Row::ALL {
        for p in points(row) {
            let y = f64::row(row, &p);
            for i in 0..row.arity() {
                if row == Row::Polygamma && i == 0 {
                    continue;
                }
                let slope = row.slope(i, &p, y).unwrap_or(0.0);
                let quotient = difference(row, &p, i);
                if quotient.is_nan() {
                    // The quotient left the domain (pow of a negative base has values at integers only).
                    continue;
                }
                assert!(
                    close(slope, quotient, 2e-8),
                    "{row} slope {i} at {p:?}: {slope}, difference quotient {quotient}"
                );
            }
        }
    }
}

#[test]
fn expressions_duals_and_tape_agree() {
    for &row in Row::ALL {
        let n = row.arity();
        for p in points(row) {
            let y = f64::row(row, &p);
            let duals: Vec<Dual<f64, 3>> = p.iter().enumerate().map(|(i, &v)| Dual::variable(v, i)).collect();
            let dual = Dual::row(row, &duals);
            assert_eq!(dual.value, y, "{row} at {p:?}");
            let mut padded = [0.0; 3];
            padded[..n].copy_from_slice(&p);
            let tape = jacobian_reverse(|x: [Var; 3]| [Var::row(row, &x[..n])], padded)[0];
            for i in 0..n {
                let d = Expr::row(row).pullback(1 << i, 1);
                let by_expression = match d.outputs[0] {
                    Some(k) => {
                        let mut x: Vec<f64> = d.primals.iter().map(|&q| p[q]).collect();
                        x.extend(d.results.iter().map(|_| y));
                        x.extend(d.seeds.iter().map(|_| 1.0));
                        d.expr.eval(&x)[k]
                    }
                    None => 0.0,
                };
                assert!(close(dual.tangent[i], by_expression, 1e-14), "{row} {i} at {p:?}: {dual:?}, {by_expression}");
                assert!(close(tape[i], by_expression, 1e-14), "{row} {i} at {p:?}: {tape:?}, {by_expression}");
            }
        }
    }
}

/// The gradient of a one-result expression as an expression of its inputs alone.
fn gradient_expression(e: &Expr, input: usize) -> Option<Expr> {
    let d = e.pullback(1 << input, 1);
    let k = d.outputs[0]?;
    Some(Expr::build(e.arity(), |x| {
        let mut args: Vec<Sym> = d.primals.iter().map(|&i| x[i]).collect();
        let results = e.eval(x);
        args.extend(d.results.iter().map(|&r| results[r]));
        args.extend(d.seeds.iter().map(|_| Sym::lit(1.0)));
        vec![d.expr.eval(&args)[k]]
    }))
}

#[test]
fn second_derivatives_agree_between_nested_duals_and_repeated_pullbacks() {
    for &row in Row::ALL {
        let n = row.arity();
        for p in points(row) {
            let x: Vec<Dual<Dual<f64, 3>, 3>> =
                p.iter().enumerate().map(|(i, &v)| Dual::variable(Dual::variable(v, i), i)).collect();
            let nested = Dual::row(row, &x);
            for i in 0..n {
                let first = gradient_expression(&Expr::row(row), i);
                for j in 0..n {
                    let second = first.as_ref().and_then(|e| gradient_expression(e, j));
                    let second = second.map_or(0.0, |e| e.eval(&p)[0]);
                    let dual = nested.tangent[i].tangent[j];
                    assert!(close(second, dual, 1e-12), "{row} d{i} d{j} at {p:?}: {second}, {dual}");
                }
            }
        }
    }
}

#[test]
fn second_slopes_are_the_limits_of_difference_quotients() {
    let h = 2e-4;
    for &row in Row::ALL {
        for p in points(row) {
            for i in 0..row.arity() {
                let slope = |d: f64| {
                    let mut q = p.clone();
                    q[i] += d;
                    row.slope(i, &q, f64::row(row, &q)).unwrap_or(0.0)
                };
                let quotient = (8.0 * (slope(h) - slope(-h)) - (slope(2.0 * h) - slope(-2.0 * h))) / (12.0 * h);
                let e = gradient_expression(&Expr::row(row), i).and_then(|e| gradient_expression(&e, i));
                let second = e.map_or(0.0, |e| e.eval(&p)[0]);
                if quotient.is_nan() || (row == Row::Polygamma && i == 0) {
                    continue;
                }
                assert!(close(second, quotient, 1e-6), "{row} d²/dx{i}² at {p:?}: {second}, {quotient}");
            }
        }
    }
}

#[test]
fn a_zero_cotangent_gives_zero_wherever_the_value_lies() {
    let wild = [f64::NEG_INFINITY, -1e300, -1.0, -0.0, 0.0, 1e-320, 1.0, 710.0, 1e300, f64::INFINITY, f64::NAN];
    for &row in Row::ALL {
        for a in wild {
            for b in wild {
                let x = [a, b, 1.0];
                let x = &x[..row.arity()];
                let y = f64::row(row, x);
                for i in 0..row.arity() {
                    if let Some(c) = row.pull(i, x, y, 0.0) {
                        assert_eq!(c, 0.0, "{row} {i} at {x:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_pullback_of_a_row_is_recognised() {
    for &row in Row::ALL {
        assert_eq!(Expr::row(row).as_row(), Some(row));
        for i in 0..row.arity() {
            let d = Expr::row(row).pullback(1 << i, 1);
            if d.outputs[0].is_some() {
                let (known, j) = d.expr.emitted().expect("a pullback of a row");
                assert_eq!(Expr::row(known).pullback(1 << j, 1).expr, d.expr);
            }
        }
    }
    assert_eq!(Expr::build(1, |x| vec![x[0].sin().cos()]).emitted(), None);
}
