//! Pointwise expressions that are more than one row: literals, several results, many inputs.

use wengert_scalar::{Expr, Number, Row, Sym};

use super::{Case, Dense, bools, fixed, floats};
use crate::apply::{apply, apply_one};
use crate::few::Few;
use crate::prim::Prim;
use crate::primitives::pointwise::{Pointwise, row};
use crate::tensor::Tensor;

/// A function of one number applied to every element, with the same by other means.
fn one(
    label: &str,
    shape: &[usize],
    range: (f64, f64),
    operation: fn(&Tensor) -> crate::Result<Tensor>,
    f: fn(f64) -> f64,
) -> Case {
    Case::new(
        "Pointwise",
        label,
        vec![floats(shape, range.0, range.1)],
        move |x| operation(&x[0]),
        move |x| Dense { shape: x[0].shape.clone(), values: x[0].values.iter().map(|&x| f(x)).collect() },
    )
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        one("powi 3", &[2, 3], (-2.0, 2.0), |x| x.try_powi(3), |x| x * x * x),
        one("powi -2", &[4], (0.5, 2.0), |x| x.try_powi(-2), |x| 1.0 / (x * x)),
        one("powi 1", &[], (-2.0, 2.0), |x| x.try_powi(1), |x| x),
        one("powf 2.5", &[2, 2], (0.5, 2.0), |x| x.try_powf(2.5), |x| x * x * x.sqrt()),
        one("clamp", &[6], (-2.0, 2.0), |x| x.try_clamp(-0.8, 0.9), |x| x.clamp(-0.8, 0.9)),
        one("3 - 2x", &[2, 3], (-2.0, 2.0), |x| x.try_mul(-2.0)?.try_add(3.0), |x| 3.0 - 2.0 * x),
        one("x * x", &[2, 3], (-2.0, 2.0), |x| apply_one(&row(Row::Mul), &[x, x]), |x| x * x),
        one("x / x²", &[3], (0.5, 2.0), |x| x.try_div(&x.try_square()?), |x| 1.0 / x),
        one("max(x, x)", &[3], (-2.0, 2.0), |x| apply_one(&row(Row::Maximum), &[x, x]), |x| x),
        one(
            "x at select(x > 0)",
            &[6],
            (-2.0, 2.0),
            |x| x.try_gt(0.0)?.try_select(x, 0.25),
            |x| if x > 0.0 { x } else { 0.25 },
        ),
        one("0 to the power x", &[3], (0.5, 2.0), |x| x.zeros_like().try_pow(x), |_| 0.0),
        one(
            "gaussian",
            &[2, 3],
            (-1.5, 1.5),
            |x| Tensor::pointwise("gaussian", &[x], |v| (-(v[0] * v[0])).exp()),
            |x| (-x * x).exp(),
        ),
        one(
            "gaussian of none",
            &[0, 3],
            (-1.5, 1.5),
            |x| Tensor::pointwise("gaussian", &[x], |v| (-(v[0] * v[0])).exp()),
            |x| x,
        ),
        one(
            "only a part has slopes",
            &[4],
            (1.1, 1.9),
            |x| Tensor::pointwise("part", &[x], |v| v[0].floor() * v[0]),
            |x| x.floor() * x,
        ),
    ];
    for order in 0..4 {
        let case = Case::new(
            "Pointwise",
            format!("polygamma {order}"),
            vec![floats(&[2, 3], 0.3, 3.0)],
            move |x| x[0].try_polygamma(order),
            move |x| Dense {
                shape: x[0].shape.clone(),
                values: x[0].values.iter().map(|&x| polygamma(order, x)).collect(),
            },
        );
        // The asymptotic series of the reference is good for this much beside values in the hundreds.
        cases.push(case.accuracy(1e-12));
    }
    cases.push(Case::new(
        "Pointwise",
        "powers at zero and below",
        vec![fixed(&[3], &[0.0, -1.5, 2.0])],
        |x| x[0].try_powi(3),
        |x| Dense { shape: vec![3], values: x[0].values.iter().map(|x| x * x * x).collect() },
    ));
    cases.push(Case::new(
        "Pointwise",
        "masked_fill",
        vec![floats(&[2, 3], -2.0, 2.0), bools(&[3], &[true, false, true])],
        |x| x[0].try_masked_fill(&x[1], 9.0),
        |x| {
            Dense::build(&[2, 3], |i| {
                if i[1] == 1 {
                    x[0].at(i)
                } else if x[1].at(&[i[1]]) != 0.0 {
                    9.0
                } else {
                    x[0].at(i)
                }
            })
        },
    ));
    cases.extend(several());
    cases
}

fn several() -> Vec<Case> {
    fn both(x: &[Sym]) -> Vec<Sym> {
        vec![x[0] * x[1].sin(), x[0] + x[1], x[0].exp() * 2.0]
    }
    fn both_of(x: &[Dense], shape: &[usize]) -> Vec<Dense> {
        let at = |k: usize, i: &[usize]| x[k].broadcast_at(i);
        vec![
            Dense::build(shape, |i| at(0, i) * at(1, i).sin()),
            Dense::build(shape, |i| at(0, i) + at(1, i)),
            Dense::build(shape, |i| at(0, i).exp() * 2.0),
        ]
    }
    let prim = || Prim::new(Pointwise::new("both", Expr::build(2, both)));
    let mut cases = Vec::new();
    let shapes: [[&'static [usize]; 3]; 5] = [
        [&[2, 3], &[2, 3], &[2, 3]],
        [&[2, 1], &[3], &[2, 3]],
        [&[], &[], &[]],
        [&[], &[2], &[2]],
        [&[0, 3], &[3], &[0, 3]],
    ];
    for [a, b, shape] in shapes {
        let (whole, part) = (prim(), prim());
        let inputs = vec![floats(a, -1.5, 1.5), floats(b, -1.5, 1.5)];
        cases.push(Case::several(
            "Pointwise",
            format!("three results of {a:?} and {b:?}"),
            inputs.clone(),
            move |x| apply(&whole, &[&x[0], &x[1]]),
            move |x| both_of(x, shape),
        ));
        // Two of the results are thrown away: they have no cotangent.
        cases.push(Case::several(
            "Pointwise",
            format!("one of three results of {a:?} and {b:?}"),
            inputs,
            move |x| Ok(Few::One(apply(&part, &[&x[0], &x[1]])?[1].clone())),
            move |x| vec![both_of(x, shape).remove(1)],
        ));
    }

    let mixed = Prim::new(Pointwise::new("mixed", Expr::build(2, |x| vec![Number::row(Row::Lt, x), x[0] * x[1]])));
    cases.push(Case::several(
        "Pointwise",
        "a truth value and a number",
        vec![floats(&[2, 3], -1.5, 1.5), floats(&[3], -1.5, 1.5)],
        move |x| apply(&mixed, &[&x[0], &x[1]]),
        |x| {
            let at = |k: usize, i: &[usize]| x[k].broadcast_at(i);
            vec![
                Dense::build(&[2, 3], |i| f64::from(u8::from(at(0, i) < at(1, i)))),
                Dense::build(&[2, 3], |i| at(0, i) * at(1, i)),
            ]
        },
    ));

    let wide = Prim::new(Pointwise::new("ab + cd", Expr::build(4, |x| vec![x[0] * x[1] + x[2] * x[3]])));
    let shapes: [&[usize]; 4] = [&[2, 3], &[3], &[2, 1], &[]];
    cases.push(Case::new(
        "Pointwise",
        "four inputs",
        shapes.iter().map(|shape| floats(shape, -1.5, 1.5)).collect(),
        move |x| apply_one(&wide, &x.iter().collect::<Vec<_>>()),
        |x| {
            Dense::build(&[2, 3], |i| {
                x[0].broadcast_at(i) * x[1].broadcast_at(i) + x[2].broadcast_at(i) * x[3].broadcast_at(i)
            })
        },
    ));
    cases
}

/// ψ⁽ⁿ⁾(x) = (−1)ⁿ⁺¹ n! Σₖ (x + k)⁻ⁿ⁻¹, the tail of the sum by the formula of Euler and Maclaurin; for n = 0 the
/// recurrence and series of [`crate::registry::rows::polygamma`].
fn polygamma(order: u32, x: f64) -> f64 {
    if order == 0 {
        return crate::registry::rows::polygamma(0, x);
    }
    let s = f64::from(order) + 1.0;
    const TERMS: usize = 25;
    let mut sum = 0.0;
    for k in (0..TERMS).rev() {
        sum += (x + k as f64).powf(-s);
    }
    let a = x + TERMS as f64;
    let mut tail = a.powf(1.0 - s) / (s - 1.0) + 0.5 * a.powf(-s);
    // B₂ₖ/(2k)!
    let bernoulli = [1.0 / 12.0, -1.0 / 720.0, 1.0 / 30_240.0, -1.0 / 1_209_600.0];
    let mut rising = s;
    for (k, coefficient) in bernoulli.iter().enumerate() {
        let power = 2.0 * k as f64 + 1.0;
        tail += coefficient * rising * a.powf(-s - power);
        rising *= (s + power) * (s + power + 1.0);
    }
    let factorial: f64 = (1..=order).map(f64::from).product();
    let sign = if order % 2 == 1 { 1.0 } else { -1.0 };
    sign * factorial * (sum + tail)
}
