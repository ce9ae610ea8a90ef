//! The true values, rounded to f64.

use crate::double::{Double, PI};
use wengert_scalar::Row;

fn d(v: f64) -> Double {
    Double(v, 0.0)
}

fn sigmoid(x: Double) -> Double {
    if x.0 < 0.0 {
        let e = x.exp();
        e / (e + d(1.0))
    } else {
        d(1.0) / ((-x).exp() + d(1.0))
    }
}

fn softplus(x: f64) -> f64 {
    if x == f64::INFINITY || x.is_nan() {
        return x;
    }
    if x < -100.0 {
        return core_math::exp(x);
    }
    (d(x.max(0.0)) + d(-x.abs()).exp().log1p()).value()
}

fn silu(x: f64) -> f64 {
    match x {
        f64::INFINITY => x,
        _ if x < -900.0 => -0.0,
        // The scale goes on last, so that a subnormal exponential does not lose bits.
        _ if x < -700.0 => (d(x) * d(x + 600.0).exp() * d(-600.0).exp()).value(),
        _ => (d(x) * sigmoid(d(x))).value(),
    }
}

fn gelu_tanh(x: f64) -> f64 {
    match x {
        f64::INFINITY => x,
        _ if x < -40.0 => -0.0,
        _ if x > 40.0 => x,
        _ => {
            let c = (d(8.0) / PI).sqrt();
            let u = c * (d(x) + d(44715.0) / d(1e6) * d(x) * d(x) * d(x));
            if u.0 < -700.0 {
                return (d(x) * (u + d(300.0)).exp() * d(-300.0).exp()).value();
            }
            (d(x) * sigmoid(u)).value()
        }
    }
}

/// x·Φ(x); the error function is correctly rounded at x/√2 rounded, and moved on to the true argument by its slope.
fn gelu(x: f64) -> f64 {
    if x == f64::INFINITY || x == 0.0 {
        return x;
    }
    if x < -40.0 {
        return -0.0;
    }
    let u = d(-x) * d(0.5).sqrt();
    let e = core_math::erfc(u.0);
    let slope = -2.0 / std::f64::consts::PI.sqrt() * core_math::exp(-u.0 * u.0);
    let half = d(x) * d(0.5);
    if x < -37.0 {
        // erfc is subnormal here: the continued fraction instead.
        let a = -d(x);
        let mut f = a;
        for n in (1..=60).rev() {
            f = a + d(f64::from(n)) / f;
        }
        let density = (d(-0.5) * a * a + d(300.0)).exp() / (d(2.0) * PI).sqrt();
        return (-a * density / f * d(-300.0).exp()).value();
    }
    (half * (d(e) + d(slope * u.1))).value()
}

fn erfinv(x: f64, y: f64) -> f64 {
    // From the result under test to the root: one Newton step with correctly rounded values.
    let a = x.abs();
    if a >= 1.0 || a.is_nan() {
        return if a == 1.0 { f64::INFINITY.copysign(x) } else { f64::NAN };
    }
    if a < 1e-8 {
        return (d(x) * PI.sqrt() * d(0.5)).value();
    }
    let b = y.abs();
    let slope = 2.0 / std::f64::consts::PI.sqrt() * core_math::exp(-b * b);
    let miss = if a < 0.5 { a - core_math::erf(b) } else { core_math::erfc(b) - (1.0 - a) };
    (b + miss / slope).copysign(x)
}

const BERNOULLI: [(f64, f64); 12] = [
    (1.0, 6.0),
    (-1.0, 30.0),
    (1.0, 42.0),
    (-1.0, 30.0),
    (5.0, 66.0),
    (-691.0, 2730.0),
    (7.0, 6.0),
    (-3617.0, 510.0),
    (43867.0, 798.0),
    (-174611.0, 330.0),
    (854513.0, 138.0),
    (-236364091.0, 2730.0),
];

fn digamma(x: f64) -> f64 {
    let (mut a, mut sum) = (d(x), d(0.0));
    while a.0 < 40.0 {
        sum = sum - d(1.0) / a;
        a = a + d(1.0);
    }
    let z = d(1.0) / (a * a);
    let mut series = d(0.0);
    for (j, (p, q)) in BERNOULLI.iter().enumerate().rev() {
        series = (series + d(*p) / d(*q * (2 * j + 2) as f64)) * z;
    }
    (sum + a.log() - d(0.5) / a - series).value()
}

fn trigamma(x: f64) -> f64 {
    let (mut a, mut sum) = (d(x), d(0.0));
    while a.0 < 40.0 {
        sum = sum + d(1.0) / (a * a);
        a = a + d(1.0);
    }
    let z = d(1.0) / (a * a);
    let mut series = d(0.0);
    for (p, q) in BERNOULLI.iter().rev() {
        series = (series + d(*p) / d(*q)) * z;
    }
    (sum + d(1.0) / a + d(0.5) * z + series / a).value()
}

fn logaddexp(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        return f64::NAN;
    }
    let (hi, lo) = (a.max(b), a.min(b));
    if hi.is_infinite() {
        return hi;
    }
    let x = d(lo) - d(hi);
    if x.0 < -100.0 { (d(hi) + d(core_math::exp(x.0))).value() } else { (d(hi) + x.exp().log1p()).value() }
}

fn sinc(x: f64) -> f64 {
    match x {
        0.0 => 1.0,
        _ if x.abs() < 1e-9 => 1.0,
        _ if x.is_infinite() => f64::NAN,
        _ if x.abs() > 1e16 => 0.0,
        // sin πx is correctly rounded; the quotient is exact to twice the precision.
        _ => (d(core_math::sinpi(x)) / (PI * d(x))).value(),
    }
}

/// A zero of double-double arithmetic has lost its sign.
fn signed(v: f64, x: f64) -> f64 {
    if v == 0.0 { v.copysign(x) } else { v }
}

/// The value of `row` at x (and y), correctly rounded or nearly so; `got` is the value under test. `None` where there is
/// no reference.
pub fn value(row: Row, x: f64, y: f64, got: f64) -> Option<f64> {
    use core_math as c;
    Some(match row {
        Row::Exp => c::exp(x),
        Row::Exp2 => c::exp2(x),
        Row::Expm1 => c::expm1(x),
        Row::Log => c::log(x),
        Row::Log2 => c::log2(x),
        Row::Log10 => c::log10(x),
        Row::Log1p => c::log1p(x),
        Row::Sqrt => x.sqrt(),
        Row::Rsqrt => c::rsqrt(x),
        Row::Cbrt => c::cbrt(x),
        Row::Reciprocal => 1.0 / x,
        Row::Sin => c::sin(x),
        Row::Cos => c::cos(x),
        Row::Tan => c::tan(x),
        Row::Asin => c::asin(x),
        Row::Acos => c::acos(x),
        Row::Atan => c::atan(x),
        Row::Sinh => c::sinh(x),
        Row::Cosh => c::cosh(x),
        Row::Tanh => c::tanh(x),
        Row::Asinh => c::asinh(x),
        Row::Acosh => c::acosh(x),
        Row::Atanh => c::atanh(x),
        Row::Erf => c::erf(x),
        Row::Erfc => c::erfc(x),
        Row::Lgamma => c::lgamma(x),
        Row::Pow => c::pow(x, y),
        Row::Atan2 => c::atan2(x, y),
        Row::Hypot => c::hypot(x, y),
        Row::Floor => x.floor(),
        Row::Ceil => x.ceil(),
        Row::Round => x.round_ties_even(),
        Row::Trunc => x.trunc(),
        _ if x.is_nan() => f64::NAN,
        Row::Sigmoid if x < -700.0 => c::exp(x),
        Row::Sigmoid => sigmoid(d(x.clamp(-800.0, 800.0))).value(),
        Row::Softplus => softplus(x),
        Row::LogSigmoid => -softplus(-x),
        Row::Silu => signed(silu(x), x),
        Row::Gelu => signed(gelu(x), x),
        Row::GeluTanh => signed(gelu_tanh(x), x),
        Row::Erfinv => signed(erfinv(x, got), x),
        Row::Digamma if x > 1e-290 && x < 1e15 => digamma(x),
        Row::Trigamma if x > 1e-100 && x < 1e15 => trigamma(x),
        Row::Logaddexp => logaddexp(x, y),
        Row::Xlogy if x == 0.0 && !y.is_nan() => 0.0,
        Row::Xlogy if y == 1.0 => x * 0.0,
        Row::Xlogy if y > 1e-300 && y.is_finite() && x.is_finite() && x.abs() > 1e-280 && x.abs() < 1e280 => {
            (d(x) * d(y).log()).value()
        }
        Row::Sinc => sinc(x),
        _ => return None,
    })
}
