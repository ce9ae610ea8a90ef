//! The exponential and what is made of it: hyperbolic functions, the logistic family.

use super::Isa;
use super::base::{
    Pair, fast_sum, fma, pair_product, pair_quotient, pick, residual, round_small, two_product, two_sum,
};
use super::coefficients::Coefficients;
use super::log::log1p_pair;

const LOG2_E: f64 = core::f64::consts::LOG2_E;

/// p·2^k for integral k, right also where the result is subnormal or overflows.
#[inline(always)]
pub(super) fn scale<T: Coefficients>(p: T, k: T) -> T {
    let first = round_small(k * T::c(0.5));
    p * T::power_of_two(first) * T::power_of_two(k - first)
}

#[inline(always)]
fn hold<T: Coefficients>(x: T, lo: f64, hi: f64) -> T {
    let x = pick(x < T::c(lo), T::c(lo), x);
    pick(x > T::c(hi), T::c(hi), x)
}

/// x − k·ln 2 as a pair, and k.
#[inline(always)]
fn reduce<T: Coefficients, I: Isa>(x: T) -> (Pair<T>, T) {
    let k = round_small(x * T::c(LOG2_E));
    let hi = fma::<T, I>(-k, T::c(T::LN2.0), x);
    (Pair { hi, lo: -(k * T::c(T::LN2.1)) }, k)
}

/// eˣ.
#[inline(always)]
pub(crate) fn exp<T: Coefficients, I: Isa>(x: T) -> T {
    let x = hold(x, T::EXP_RANGE.0, T::EXP_RANGE.1);
    let (r, k) = reduce::<T, I>(x);
    let r = r.hi + r.lo;
    let p = fma::<T, I>(r * r, T::exp_tail::<I>(r), r) + T::c(1.0);
    scale(p, k)
}

/// 2ˣ.
#[inline(always)]
pub(crate) fn exp2<T: Coefficients, I: Isa>(x: T) -> T {
    let x = hold(x, T::EXP_RANGE.0 * 1.5, T::EXP_RANGE.1 * 1.5);
    let k = round_small(x);
    let f = x - k;
    let ln2 = super::base::constant::<T>(core::f64::consts::LN_2, 2.3190468138462996e-17);
    let r = two_product::<T, I>(f, ln2.hi);
    let lo = fma::<T, I>(f, ln2.lo, r.lo);
    let p = fma::<T, I>(r.hi * r.hi, T::exp_tail::<I>(r.hi), lo) + r.hi + T::c(1.0);
    scale(p, k)
}

/// e^(hi + lo) = (p.hi + p.lo)·2^k with p about in [0.7, 1.42]; the caller keeps hi in range.
#[inline(always)]
pub(super) fn exp_pair<T: Coefficients, I: Isa>(x: Pair<T>) -> (Pair<T>, T) {
    let (m, k) = expm1_reduced::<T, I>(x);
    let p = fast_sum(T::c(1.0), m.hi);
    (Pair { hi: p.hi, lo: p.lo + m.lo }, k)
}

/// e^x = (1 + m.hi + m.lo)·2^k.
#[inline(always)]
fn expm1_reduced<T: Coefficients, I: Isa>(x: Pair<T>) -> (Pair<T>, T) {
    let (r, k) = reduce::<T, I>(x.hi);
    let r = fast_sum(r.hi, r.lo + x.lo);
    (fast_sum(r.hi, fma::<T, I>(r.hi * r.hi, T::exp_tail::<I>(r.hi), fma::<T, I>(r.hi, r.lo, r.lo))), k)
}

/// (e^x − 1)/4 as a pair, and 2^k/4, for x held in `SINH_RANGE`.
#[inline(always)]
fn quarter<T: Coefficients, I: Isa>(x: T) -> (Pair<T>, T, Pair<T>) {
    let x = hold(x, T::SINH_RANGE.0, T::SINH_RANGE.1);
    let (m, k) = expm1_reduced::<T, I>(Pair { hi: x, lo: T::c(0.0) });
    let t = T::power_of_two(k - T::c(2.0));
    let s = two_sum(t * m.hi, t - T::c(0.25));
    (Pair { hi: s.hi, lo: s.lo + t * m.lo }, t, m)
}

/// eˣ − 1.
#[inline(always)]
pub(crate) fn expm1<T: Coefficients, I: Isa>(x: T) -> T {
    let (q, ..) = quarter::<T, I>(x);
    pick(x.magnitude() < T::c(T::NEGLIGIBLE), x, (q.hi + q.lo) * T::c(4.0))
}

/// The hyperbolic sine.
#[inline(always)]
pub(crate) fn sinh<T: Coefficients, I: Isa>(x: T) -> T {
    let a = x.magnitude();
    let (q, ..) = quarter::<T, I>(a);
    // sinh = 2q + 2q/(4q + 1); far out the quotient is ¼ and must not overflow.
    let far = q.hi > T::c(1e10);
    let n = Pair { hi: pick(far, T::c(1e10), q.hi), lo: pick(far, T::c(0.0), q.lo) };
    let four = T::c(4.0);
    let d = two_sum(n.hi * four, T::c(1.0));
    let small = pair_quotient::<T, I>(n, Pair { hi: d.hi, lo: fma::<T, I>(n.lo, four, d.lo) });
    let s = two_sum(q.hi, small.hi);
    let y = (s.hi + (s.lo + (q.lo + small.lo))) * T::c(2.0);
    pick(a < T::c(T::NEGLIGIBLE), x, y.signed(x))
}

/// The hyperbolic cosine.
#[inline(always)]
pub(crate) fn cosh<T: Coefficients, I: Isa>(x: T) -> T {
    let (_, t, m) = quarter::<T, I>(x.magnitude());
    let e = fast_sum(t, t * m.hi);
    let half = T::c(0.0625) / e.hi;
    (e.hi + (fma::<T, I>(t, m.lo, e.lo) + half)) * T::c(2.0)
}

/// The hyperbolic tangent.
#[inline(always)]
pub(crate) fn tanh<T: Coefficients, I: Isa>(x: T) -> T {
    let one = T::c(1.0);
    let a = x.magnitude();
    let z = x * x;
    let near = fma::<T, I>(x * z, T::tanh_tail::<I>(z), x);
    // 1 − 2/(e^2a + 1) where that is at least ½; held where it is 1, so that one scale factor does.
    let held = pick(a > T::c(T::TANH_END), T::c(T::TANH_END), a);
    let (r, k) = reduce::<T, I>(held + held);
    let r = r.hi + r.lo;
    let p = fma::<T, I>(r * r, T::exp_tail::<I>(r), r) + one;
    let far = one - T::c(2.0) / fma::<T, I>(p, T::power_of_two(k), one);
    pick(a < T::c(0.55), pick(a < T::c(T::NEGLIGIBLE), x, near), far.signed(x))
}

/// The logistic function of hi + lo as pair·2^k.
#[inline(always)]
fn logistic<T: Coefficients, I: Isa>(x: Pair<T>) -> (Pair<T>, T) {
    let range = pick(x.hi.negative(), x.hi, -x.hi);
    // Further out than exp itself, since a factor may lift the product back over the smallest number.
    let bound = T::c(T::EXP_RANGE.0 * 1.08);
    let end = range < bound;
    let lo = pick(x.hi.negative(), x.lo, -x.lo);
    let (p, k) = exp_pair::<T, I>(Pair { hi: pick(end, bound, range), lo: pick(end, T::c(0.0), lo) });
    let t = T::power_of_two(pick(k < T::c(-100.0), T::c(-100.0), k));
    let d = fast_sum(T::c(1.0), p.hi * t);
    let d = Pair { hi: d.hi, lo: fma::<T, I>(p.lo, t, d.lo) };
    let falling = x.hi.negative();
    let n = Pair { hi: pick(falling, p.hi, T::c(1.0)), lo: pick(falling, p.lo, T::c(0.0)) };
    (pair_quotient::<T, I>(n, d), pick(falling, k, T::c(0.0)))
}

/// 1/(1 + e⁻ˣ).
#[inline(always)]
pub(crate) fn sigmoid<T: Coefficients, I: Isa>(x: T) -> T {
    let e = exp::<T, I>(-x.magnitude());
    let y = pick(x.negative(), e, T::c(1.0)) / (T::c(1.0) + e);
    pick(!x.undefined(), y, x)
}

/// x·sigmoid(x).
#[inline(always)]
pub(crate) fn silu<T: Coefficients, I: Isa>(x: T) -> T {
    let (s, k) = logistic::<T, I>(Pair { hi: x, lo: T::c(0.0) });
    let y = fma::<T, I>(x, s.hi, x * s.lo);
    let y = scale(y, k);
    // −∞·0 and the far left, where e^x has been held at its end.
    let y = pick(x < T::c(T::EXP_RANGE.0 * 1.08), T::c(0.0), y).signed(x);
    pick(x < T::INF, y, x)
}

/// The approximation ½x(1 + tanh(√(2/π)(x + 0.044715x³))) of gelu, which is x·sigmoid of twice the argument of tanh.
#[inline(always)]
pub(crate) fn gelu_tanh<T: Coefficients, I: Isa>(x: T) -> T {
    let held = pick(x.magnitude() > T::c(64.0), T::c(64.0).signed(x), x);
    let linear = super::base::constant::<T>(1.5957691216057308, -9.96930880911092e-17);
    let cubic = super::base::constant::<T>(0.07135481627260025, -6.175149918155315e-19);
    let square = two_product::<T, I>(held, held);
    let inner = pair_product::<T, I>(square, cubic);
    let sum = fast_or_two(inner, linear);
    let u = pair_product::<T, I>(sum, Pair { hi: held, lo: T::c(0.0) });
    let (s, k) = logistic::<T, I>(u);
    let y = scale(fma::<T, I>(x, s.hi, x * s.lo), k);
    let y = pick(x < T::c(-64.0), T::c(0.0), y).signed(x);
    pick(x < T::INF, y, x)
}

#[inline(always)]
fn fast_or_two<T: Coefficients>(a: Pair<T>, b: Pair<T>) -> Pair<T> {
    let s = two_sum(a.hi, b.hi);
    fast_sum(s.hi, s.lo + (a.lo + b.lo))
}

/// ln(1 + e^−|x|) as a pair.
#[inline(always)]
fn log1p_exp<T: Coefficients, I: Isa>(x: T) -> Pair<T> {
    let a = x.magnitude();
    let range = pick(a > T::c(-T::EXP_RANGE.0), T::c(T::EXP_RANGE.0), -a);
    let (p, k) = exp_pair::<T, I>(Pair { hi: range, lo: T::c(0.0) });
    let e = Pair { hi: scale(p.hi, k), lo: scale(p.lo, k) };
    let tiny = e.hi < T::c(T::NEGLIGIBLE);
    let l = log1p_pair::<T, I>(e, T::c(0.0));
    Pair { hi: pick(tiny, e.hi, l.hi), lo: pick(tiny, T::c(0.0), l.lo) }
}

/// ln(1 + eˣ).
#[inline(always)]
pub(crate) fn softplus<T: Coefficients, I: Isa>(x: T) -> T {
    let l = log1p_exp::<T, I>(x);
    let rest = l.hi + l.lo;
    let y = pick(x > T::c(0.0), x, T::c(0.0)) + rest;
    pick(!x.undefined(), y, x)
}

/// ln sigmoid(x).
#[inline(always)]
pub(crate) fn log_sigmoid<T: Coefficients, I: Isa>(x: T) -> T {
    -softplus::<T, I>(-x)
}

/// ln(eᵃ + eᵇ).
#[inline(always)]
pub(crate) fn logaddexp<T: Coefficients, I: Isa>(a: T, b: T) -> T {
    let (hi, lo) = if a > b { (a, b) } else { (b, a) };
    let d = two_sum(lo, -hi);
    let equal = a == b;
    let l = log1p_exp::<T, I>(pick(equal, T::c(0.0), d.hi));
    let s = two_sum(hi, l.hi);
    let y = s.hi + (s.lo + l.lo);
    let y = pick(hi.magnitude() < T::INF, y, hi);
    pick(!a.undefined(), pick(!b.undefined(), y, b), a)
}

/// Used by the error functions: e^(−s) for the pair s ≥ 0, as pair and exponent.
#[inline(always)]
pub(super) fn exp_negative<T: Coefficients, I: Isa>(s: Pair<T>) -> (Pair<T>, T) {
    let end = s.hi > T::c(-T::EXP_RANGE.0);
    exp_pair::<T, I>(Pair { hi: pick(end, T::c(T::EXP_RANGE.0), -s.hi), lo: pick(end, T::c(0.0), -s.lo) })
}

/// 1/√x.
#[inline(always)]
pub(crate) fn rsqrt<T: Coefficients, I: Isa>(x: T) -> T {
    let s = x.root();
    let y = T::c(1.0) / s;
    // One step against the rounding of the root; where it cannot be formed the quotient is exact already.
    let rest = residual::<T, I>(s, s, x);
    let better = y - rest * T::c(0.5) * y * (y * y);
    pick(x > T::TINY * T::INTEGERS && x < T::MAX * T::c(0.5), better, y)
}
