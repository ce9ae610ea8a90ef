//! The rows of the table: a domain and an independent reference for each.

use wengert_scalar::Row;

use super::dense::Dense;
use super::{Case, Input, bools, floats};
use crate::apply::apply_one;
use crate::primitives::pointwise::row;

type Interval = (f64, f64);
type Reference = fn(&[f64]) -> f64;

/// Where each input of a row is drawn from, away from its corners, and its value by other means: the
/// standard library's or libm's functions, or the definition.
///
/// There is no wildcard: a new row does not compile until it is registered here.
fn register(of: Row) -> (Vec<Interval>, Reference) {
    const WIDE: Interval = (-2.0, 2.0);
    const POSITIVE: Interval = (0.2, 3.0);
    const INSIDE: Interval = (-0.9, 0.9);
    /// Between two integers.
    const BETWEEN: Interval = (1.1, 1.9);
    match of {
        Row::Neg => (vec![WIDE], |x| -x[0]),
        Row::Add => (vec![WIDE, WIDE], |x| x[0] + x[1]),
        Row::Sub => (vec![WIDE, WIDE], |x| x[0] - x[1]),
        Row::Mul | Row::Scale => (vec![WIDE, WIDE], |x| x[0] * x[1]),
        Row::Div | Row::Ratio => (vec![WIDE, POSITIVE], |x| x[0] / x[1]),
        Row::Pow => (vec![POSITIVE, WIDE], |x| x[0].powf(x[1])),
        Row::Exp => (vec![WIDE], |x| x[0].exp()),
        Row::Exp2 => (vec![WIDE], |x| x[0].exp2()),
        Row::Expm1 => (vec![WIDE], |x| x[0].exp_m1()),
        Row::Log => (vec![POSITIVE], |x| x[0].ln()),
        Row::Log2 => (vec![POSITIVE], |x| x[0].log2()),
        Row::Log10 => (vec![POSITIVE], |x| x[0].log10()),
        Row::Log1p => (vec![(-0.5, 2.0)], |x| x[0].ln_1p()),
        Row::Sqrt => (vec![POSITIVE], |x| x[0].sqrt()),
        Row::Rsqrt => (vec![POSITIVE], |x| 1.0 / x[0].sqrt()),
        Row::Cbrt => (vec![POSITIVE], |x| x[0].cbrt()),
        Row::Reciprocal => (vec![POSITIVE], |x| 1.0 / x[0]),
        Row::Sin => (vec![WIDE], |x| x[0].sin()),
        Row::Cos => (vec![WIDE], |x| x[0].cos()),
        Row::Tan => (vec![(-1.2, 1.2)], |x| x[0].tan()),
        Row::Asin => (vec![INSIDE], |x| x[0].asin()),
        Row::Acos => (vec![INSIDE], |x| x[0].acos()),
        Row::Atan => (vec![WIDE], |x| x[0].atan()),
        Row::Atan2 => (vec![WIDE, POSITIVE], |x| x[0].atan2(x[1])),
        Row::Sinh => (vec![WIDE], |x| x[0].sinh()),
        Row::Cosh => (vec![WIDE], |x| x[0].cosh()),
        Row::Tanh => (vec![WIDE], |x| x[0].tanh()),
        Row::Asinh => (vec![WIDE], |x| x[0].asinh()),
        Row::Acosh => (vec![(1.2, 4.0)], |x| x[0].acosh()),
        Row::Atanh => (vec![INSIDE], |x| x[0].atanh()),
        Row::Abs => (vec![POSITIVE], |x| x[0].abs()),
        Row::Sign => (vec![(-2.0, -0.1)], |x| x[0].signum()),
        Row::Floor => (vec![BETWEEN], |x| x[0].floor()),
        Row::Ceil => (vec![BETWEEN], |x| x[0].ceil()),
        Row::Round => (vec![(1.6, 2.4)], |x| x[0].round_ties_even()),
        Row::Trunc => (vec![(-1.9, -1.1)], |x| x[0].trunc()),
        Row::Remainder => (vec![(-1.9, -1.1), (2.5, 3.0)], |x| x[0].rem_euclid(x[1])),
        Row::FloorDivide => (vec![(-1.9, -1.1), (2.5, 3.0)], |x| (x[0] / x[1]).floor()),
        Row::Maximum => (vec![WIDE, WIDE], |x| x[0].max(x[1])),
        Row::Minimum => (vec![WIDE, WIDE], |x| x[0].min(x[1])),
        Row::Clamp => (vec![WIDE, (-1.0, -0.9), (0.9, 1.0)], |x| x[0].max(x[1]).min(x[2])),
        Row::Select => (vec![WIDE, WIDE, WIDE], |x| if x[0] != 0.0 { x[1] } else { x[2] }),
        Row::Hypot => (vec![WIDE, POSITIVE], |x| x[0].hypot(x[1])),
        Row::Sigmoid => (vec![WIDE], |x| 1.0 / (1.0 + (-x[0]).exp())),
        Row::Softplus => (vec![WIDE], |x| x[0].exp().ln_1p()),
        Row::Relu => (vec![WIDE], |x| x[0].max(0.0)),
        Row::Gelu => (vec![WIDE], |x| 0.5 * x[0] * (1.0 + libm::erf(x[0] * std::f64::consts::FRAC_1_SQRT_2))),
        Row::GeluTanh => (vec![WIDE], |x| {
            0.5 * x[0] * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x[0] + 0.044_715 * x[0].powi(3))).tanh())
        }),
        Row::Silu => (vec![WIDE], |x| x[0] / (1.0 + (-x[0]).exp())),
        Row::Erf => (vec![WIDE], |x| libm::erf(x[0])),
        Row::Erfc => (vec![WIDE], |x| libm::erfc(x[0])),
        Row::Erfinv => (vec![INSIDE], |x| bisect(libm::erf, x[0], -3.0, 3.0)),
        Row::Lgamma => (vec![POSITIVE], |x| libm::lgamma(x[0])),
        Row::Digamma => (vec![POSITIVE], |x| polygamma(0, x[0])),
        Row::Trigamma => (vec![POSITIVE], |x| polygamma(1, x[0])),
        // The order is an integer: its own test in `cases`.
        Row::Polygamma => (vec![], |_| 0.0),
        Row::Logaddexp => (vec![WIDE, WIDE], |x| (x[0].exp() + x[1].exp()).ln()),
        Row::Xlogy => (vec![WIDE, POSITIVE], |x| x[0] * x[1].ln()),
        Row::Square => (vec![WIDE], |x| x[0] * x[0]),
        Row::Copysign => (vec![POSITIVE, WIDE], |x| x[0].abs() * x[1].signum()),
        Row::LogSigmoid => (vec![WIDE], |x| -(-x[0]).exp().ln_1p()),
        Row::Sinc => (vec![(0.1, 2.0)], |x| (std::f64::consts::PI * x[0]).sin() / (std::f64::consts::PI * x[0])),
        Row::Eq => (vec![WIDE, WIDE], |x| f64::from(u8::from(x[0] == x[1]))),
        Row::Ne => (vec![WIDE, WIDE], |x| f64::from(u8::from(x[0] != x[1]))),
        Row::Lt => (vec![WIDE, WIDE], |x| f64::from(u8::from(x[0] < x[1]))),
        Row::Le => (vec![WIDE, WIDE], |x| f64::from(u8::from(x[0] <= x[1]))),
        Row::Gt => (vec![WIDE, WIDE], |x| f64::from(u8::from(x[0] > x[1]))),
        Row::Ge => (vec![WIDE, WIDE], |x| f64::from(u8::from(x[0] >= x[1]))),
        Row::LogicalAnd => (vec![WIDE, WIDE], |x| f64::from(u8::from(x[0] != 0.0 && x[1] != 0.0))),
        Row::LogicalOr => (vec![WIDE, WIDE], |x| f64::from(u8::from(x[0] != 0.0 || x[1] != 0.0))),
        Row::LogicalXor => (vec![WIDE, WIDE], |x| f64::from(u8::from((x[0] != 0.0) != (x[1] != 0.0)))),
        Row::LogicalNot => (vec![WIDE], |x| f64::from(u8::from(x[0] == 0.0))),
        Row::IsNan => (vec![WIDE], |x| f64::from(u8::from(x[0].is_nan()))),
        Row::IsInf => (vec![WIDE], |x| f64::from(u8::from(x[0].is_infinite()))),
        Row::IsFinite => (vec![WIDE], |x| f64::from(u8::from(x[0].is_finite()))),
    }
}

/// Where an increasing function takes a value.
fn bisect(f: fn(f64) -> f64, value: f64, mut low: f64, mut high: f64) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if f(middle) < value { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The polygamma function of order 0 or 1: recurrence up to a large argument, then the asymptotic series
/// (Abramowitz and Stegun, 6.3.18 and 6.4.12).
pub(super) fn polygamma(order: u32, mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 20.0 {
        sum += if order == 0 { -1.0 / x } else { 1.0 / (x * x) };
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    sum + if order == 0 {
        x.ln() - 0.5 / x - y * (1.0 / 12.0 - y * (1.0 / 120.0 - y * (1.0 / 252.0 - y * (1.0 / 240.0 - y / 132.0))))
    } else {
        1.0 / x
            + 0.5 * y
            + y / x * (1.0 / 6.0 - y * (1.0 / 30.0 - y * (1.0 / 42.0 - y * (1.0 / 30.0 - y * 5.0 / 66.0))))
    }
}

/// Shapes that broadcast together, one for each of up to three inputs: equal, with axes missing or of
/// length one, scalars, and of no elements.
const SHAPES: [[&[usize]; 3]; 6] = [
    [&[2, 3], &[2, 3], &[2, 3]],
    [&[2, 3], &[3], &[2, 1]],
    [&[1, 3], &[2, 1], &[]],
    [&[], &[2, 2], &[2]],
    [&[], &[], &[]],
    [&[0, 3], &[1, 3], &[0, 1]],
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for &of in Row::ALL {
        let (domains, value) = register(of);
        if domains.is_empty() {
            continue;
        }
        assert_eq!(domains.len(), of.arity(), "{of}");
        for shapes in &SHAPES {
            let inputs: Vec<Input> = domains
                .iter()
                .enumerate()
                .map(|(i, (low, high))| {
                    let count: usize = shapes[i].iter().product();
                    // The condition of a select is a truth value.
                    if of == Row::Select && i == 0 {
                        bools(shapes[i], &(0..count).map(|k| k % 2 == 0).collect::<Vec<_>>())
                    } else {
                        floats(shapes[i], *low, *high)
                    }
                })
                .collect();
            let used: Vec<&[usize]> = shapes[..of.arity()].to_vec();
            let shape = wengert_array::broadcast(&used).expect("shapes that broadcast");
            let label = format!("{of} {used:?}");
            let operation = move |x: &[crate::Tensor]| apply_one(&row(of), &x.iter().collect::<Vec<_>>());
            let reference = move |x: &[Dense]| {
                Dense::build(&shape, |index| value(&x.iter().map(|x| x.broadcast_at(index)).collect::<Vec<_>>()))
            };
            cases.push(Case::new("Pointwise", label, inputs, operation, reference));
        }
    }
    cases
}
