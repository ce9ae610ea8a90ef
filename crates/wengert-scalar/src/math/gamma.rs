//! The logarithm of the gamma function and its derivatives, as ordinary scalar code in f64.

use super::Mode;
use super::base::{Base, Pair, poly, residual, two_product, two_sum};
use super::log;
use super::power;
use super::trig;

type Plain = Mode<false, true>;

/// Bernoulli numbers B₂, B₄, ….
const BERNOULLI: [f64; 12] = [
    1.0 / 6.0,
    -1.0 / 30.0,
    1.0 / 42.0,
    -1.0 / 30.0,
    5.0 / 66.0,
    -691.0 / 2730.0,
    7.0 / 6.0,
    -3617.0 / 510.0,
    43867.0 / 798.0,
    -174611.0 / 330.0,
    854513.0 / 138.0,
    -236364091.0 / 2730.0,
];

/// The zero of digamma.
const ROOT: (f64, f64) = (1.4616321449683622, 9.549995429965697e-17);

/// ln |Γ(x)|.
#[inline(always)]
pub(crate) fn lgamma<T: Base>(x: T) -> T {
    T::c(libm::lgamma(x.wide()))
}

/// The derivative of ln Γ.
#[inline(always)]
pub(crate) fn digamma<T: Base>(x: T) -> T {
    T::c(digamma_f64(x.wide()))
}

/// The second derivative of ln Γ.
#[inline(always)]
pub(crate) fn trigamma<T: Base>(x: T) -> T {
    T::c(trigamma_f64(x.wide()))
}

/// The n-th derivative of digamma.
#[inline(always)]
pub(crate) fn polygamma<T: Base>(n: T, x: T) -> T {
    T::c(polygamma_f64(n.wide(), x.wide()))
}

/// π/tan(πx) for the distance f of x from the nearest integer.
fn cotangent(f: f64) -> f64 {
    core::f64::consts::PI / trig::tan::<f64, Plain>(core::f64::consts::PI * f)
}

fn digamma_f64(x: f64) -> f64 {
    if x.is_nan() || x == f64::NEG_INFINITY {
        return f64::NAN;
    }
    if x == 0.0 {
        return -f64::INFINITY.copysign(x);
    }
    if x < 0.0 {
        let f = x - x.round_ties_even();
        return if f == 0.0 { f64::NAN } else { digamma_f64(1.0 - x) - cotangent(f) };
    }
    if x >= 12.0 {
        let inverse = 1.0 / x;
        let z = inverse * inverse;
        let mut series = 0.0;
        for (j, b) in BERNOULLI.iter().enumerate().take(8).rev() {
            series = series * z + b / (2 * j + 2) as f64;
        }
        return log::log::<f64, Plain>(x) - (0.5 * inverse + z * series);
    }
    // Moved into [1, 2], where the zero is divided out.
    let mut shifted = Pair { hi: x, lo: 0.0 };
    let mut sum = Pair { hi: 0.0, lo: 0.0 };
    while shifted.hi > 2.0 {
        shifted.hi -= 1.0;
        sum = plus(sum, inverse(shifted.hi));
    }
    if shifted.hi < 1.0 {
        let term = inverse(shifted.hi);
        sum = plus(sum, Pair { hi: -term.hi, lo: -term.lo });
        shifted = two_sum(1.0, shifted.hi);
    }
    let slope = poly::<f64, Plain, 23>(
        shifted.hi - 1.5,
        [
            0.9510558760318328,
            -0.4236274212814606,
            0.24054248424078722,
            -0.1484049230538803,
            0.0949887244528496,
            -0.06192213327554179,
            0.040760833943403935,
            -0.02697579665765433,
            0.017907248235174717,
            -0.011908220152597833,
            0.007927023334696139,
            -0.005279936643194971,
            0.0035180886214160813,
            -0.002345499775566118,
            0.0015635040284656912,
            -0.0010364323424529441,
            0.0006902790667900022,
            -0.0004860335543929069,
            0.0003258901115897347,
            -0.00014465838668085979,
            9.327897833456181e-05,
            -0.00017833179000046657,
            0.0001211853020058926,
        ],
    );
    let near = ((shifted.hi - ROOT.0) + (shifted.lo - ROOT.1)) * slope;
    let total = two_sum(sum.hi, near);
    total.hi + (total.lo + sum.lo)
}

/// 1/x as a pair.
fn inverse(x: f64) -> Pair<f64> {
    let hi = 1.0 / x;
    let lo = residual::<f64, Plain>(hi, x, 1.0) * hi;
    Pair { hi, lo: if lo.is_finite() { lo } else { 0.0 } }
}

fn plus(a: Pair<f64>, b: Pair<f64>) -> Pair<f64> {
    let s = two_sum(a.hi, b.hi);
    Pair { hi: s.hi, lo: s.lo + (a.lo + b.lo) }
}

fn trigamma_f64(x: f64) -> f64 {
    if x < 0.0 {
        let f = x - x.round_ties_even();
        if f == 0.0 {
            return f64::INFINITY;
        }
        let s = core::f64::consts::PI / trig::sin::<f64, Plain>(core::f64::consts::PI * f);
        return s * s - trigamma_f64(1.0 - x);
    }
    hurwitz(2.0, x)
}

/// Σ 1/(a + k)^s over k ≥ 0 for a ≥ 0 and integral s ≥ 2, by the Euler–Maclaurin formula.
fn hurwitz(s: f64, a: f64) -> f64 {
    if a.is_nan() || a == 0.0 {
        return if a == 0.0 { f64::INFINITY } else { a };
    }
    if a == f64::INFINITY {
        return 0.0;
    }
    // 1/(a + k)^s, with the rounding of a + k put right to first order.
    let power = |k: f64| {
        let b = two_sum(a, k);
        let p = if s == 2.0 {
            let q = inverse(b.hi);
            let p = two_product::<f64, Plain>(q.hi, q.hi);
            Pair { hi: p.hi, lo: p.lo + 2.0 * q.hi * q.lo }
        } else {
            Pair { hi: power::pow::<f64, Plain>(b.hi, -s), lo: 0.0 }
        };
        let lo = p.lo - p.hi * (s * b.lo / b.hi);
        Pair { hi: p.hi, lo: if lo.is_finite() { lo } else { 0.0 } }
    };
    let mut terms = [Pair { hi: 0.0, lo: 0.0 }; 64];
    let mut count = 0;
    let far = 12.0 + s;
    while a + (count as f64) < far && count < 64 {
        terms[count] = power(count as f64);
        count += 1;
    }
    let last = power(count as f64).hi;
    let shifted = two_sum(a, count as f64);
    let b = shifted.hi;
    let z = 1.0 / (b * b);
    // Terms B₂ⱼ/(2j)!·s(s+1)…(s+2j−2)·b^(−s−2j+1), relative to b^(−s)·b.
    let mut factor = s * 0.5 * z;
    let mut series = 0.0;
    for (j, bernoulli) in BERNOULLI.iter().enumerate() {
        series += bernoulli * factor;
        let m = (2 * j + 2) as f64;
        factor *= (s + m - 1.0) * (s + m) / ((m + 1.0) * (m + 2.0)) * z;
    }
    // b^(1−s)/(s − 1), the integral.
    let integral = if s == 2.0 { inverse(b) } else { Pair { hi: last * b / (s - 1.0), lo: 0.0 } };
    let rest = last * (0.5 + b * series - shifted.lo);
    let mut sum = plus(integral, Pair { hi: rest, lo: 0.0 });
    for t in terms[..count].iter().rev() {
        sum = plus(sum, *t);
    }
    if sum.hi.is_finite() { sum.hi + sum.lo } else { f64::INFINITY }
}

fn polygamma_f64(n: f64, x: f64) -> f64 {
    if n.is_nan() || n < 0.0 || n != n.trunc() || x.is_nan() {
        return f64::NAN;
    }
    if n == 0.0 {
        return digamma_f64(x);
    }
    if n == 1.0 {
        return trigamma_f64(x);
    }
    let s = n + 1.0;
    let odd = s % 2.0 != 0.0;
    let sum = if x > 0.0 {
        hurwitz(s, x)
    } else {
        let f = x - x.floor();
        if f == 0.0 {
            return if odd { f64::NAN } else { f64::INFINITY };
        }
        // The sum over all integers, less those that do not belong.
        let mirror = if odd { -1.0 } else { 1.0 };
        hurwitz(s, f) + mirror * (hurwitz(s, 1.0 - f) - hurwitz(s, 1.0 - x))
    };
    let mut factorial = 1.0;
    let mut i = 2.0;
    while i <= n && factorial < f64::INFINITY {
        factorial *= i;
        i += 1.0;
    }
    if odd { -factorial * sum } else { factorial * sum }
}
