//! The inverse error function, by iteration.

use super::Mode;
use super::erf::{erf, erfc};
use super::exp::exp;
use super::log::log;

type Plain = Mode<false, true>;

/// The number whose erf is x.
pub(crate) fn erfinv(x: f64) -> f64 {
    let a = x.abs();
    if a < 1e-9 {
        return x * 0.886_226_925_452_758;
    }
    if a >= 1.0 || a.is_nan() {
        return if a == 1.0 { f64::INFINITY.copysign(x) } else { f64::NAN };
    }
    // A closed approximation good to three digits, then Halley steps; 1 − a is exact where the tail is used.
    let rest = 1.0 - a;
    let l = log::<f64, Plain>(rest * (1.0 + a));
    let h = 2.0 / (core::f64::consts::PI * 0.147) + 0.5 * l;
    let mut y = ((h * h - l / 0.147).sqrt() - h).sqrt();
    for _ in 0..3 {
        let miss = if a < 0.5 { erf::<f64, Plain>(y) - a } else { rest - erfc::<f64, Plain>(y) };
        let t = miss / (core::f64::consts::FRAC_2_SQRT_PI * exp::<f64, Plain>(-y * y));
        y -= t / (1.0 + y * t);
    }
    y.copysign(x)
}
