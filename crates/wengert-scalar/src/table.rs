//! The table: every pointwise function with its slopes, one row each.
//!
//! A row reads `kind Variant name(inputs) { i => slope towards input i times g }`, over any `R: Number`, with `y` the
//! result and `g` the factor (a cotangent, a tangent or 1). An input that is not listed has slope zero by structure. The
//! kind is `op` for the operators, `is` for truth values, `fn` for the rest. The values are in `math`.
//!
//! Three habits keep derivatives free of not-a-number, to any order:
//! - slopes multiply by [`scale`](crate::Row::Scale) and divide by [`ratio`](crate::Row::Ratio), where a zero wins over
//!   an infinity, so a branch that `select` did not take contributes zero;
//! - a choice is `select(c, g, 0)`, never `g·c`;
//! - where a formula leaves its domain, `select` replaces the argument, not just the result.

macro_rules! table {
    ($callback:ident) => {
        $callback! { g y
            op
            /// −x.
            Neg neg(x) { 0 => -g }
            op
            /// a + b.
            Add add(a, b) { 0 => g, 1 => g }
            op
            /// a − b.
            Sub sub(a, b) { 0 => g, 1 => -g }
            op
            /// a·b.
            Mul mul(a, b) { 0 => g.scale(b), 1 => g.scale(a) }
            op
            /// a / b.
            Div div(a, b) { 0 => g.ratio(b), 1 => -g.ratio(b).scale(y) }
            fn
            /// a·b, but 0 where either is 0, also for an infinite or undefined other.
            Scale scale(a, b) { 0 => g.scale(b), 1 => g.scale(a) }
            fn
            /// a / b, but 0 where a = 0, also for b = 0 or an undefined b.
            Ratio ratio(a, b) { 0 => g.ratio(b), 1 => -g.scale(y).ratio(b) }
            fn
            /// a to the power b. Slope towards b: y·ln a, 0 at a ≤ 0. Slope towards a at a = b = 0: 0.
            Pow pow(a, b) {
                0 => {
                    let origin = a.eq(R::lit(0.0)).logical_and(b.eq(R::lit(0.0)));
                    g.scale(b * a.pow(origin.select(R::lit(0.0), b - R::lit(1.0))))
                },
                1 => {
                    let positive = a.gt(R::lit(0.0));
                    g.scale(positive.select(y, R::lit(0.0)) * positive.select(a, R::lit(1.0)).log())
                }
            }
            fn
            /// eˣ.
            Exp exp(x) { 0 => g.scale(y) }
            fn
            /// 2ˣ.
            Exp2 exp2(x) { 0 => g.scale(y) * R::lit(core::f64::consts::LN_2) }
            fn
            /// eˣ − 1, accurate near 0.
            Expm1 expm1(x) { 0 => g.scale(y + R::lit(1.0)) }
            fn
            /// The natural logarithm.
            Log log(x) { 0 => g.ratio(x) }
            fn
            /// The logarithm to base 2.
            Log2 log2(x) { 0 => g.ratio(x * R::lit(core::f64::consts::LN_2)) }
            fn
            /// The logarithm to base 10.
            Log10 log10(x) { 0 => g.ratio(x * R::lit(core::f64::consts::LN_10)) }
            fn
            /// ln(1 + x), accurate near 0.
            Log1p log1p(x) { 0 => g.ratio(x + R::lit(1.0)) }
            fn
            /// √x. The slope at 0 is infinite.
            Sqrt sqrt(x) { 0 => (g * R::lit(0.5)).ratio(y) }
            fn
            /// 1/√x.
            Rsqrt rsqrt(x) { 0 => g.scale(y * y.square() * R::lit(-0.5)) }
            fn
            /// The cube root. The slope at 0 is infinite.
            Cbrt cbrt(x) { 0 => g.ratio(y.square() * R::lit(3.0)) }
            fn
            /// 1/x.
            Reciprocal reciprocal(x) { 0 => -g.scale(y.square()) }
            fn
            /// The sine.
            Sin sin(x) { 0 => g.scale(x.cos()) }
            fn
            /// The cosine.
            Cos cos(x) { 0 => -g.scale(x.sin()) }
            fn
            /// The tangent.
            Tan tan(x) { 0 => g.scale(y.square() + R::lit(1.0)) }
            fn
            /// The arc sine.
            Asin asin(x) { 0 => g.ratio(((R::lit(1.0) - x) * (x + R::lit(1.0))).sqrt()) }
            fn
            /// The arc cosine.
            Acos acos(x) { 0 => -g.ratio(((R::lit(1.0) - x) * (x + R::lit(1.0))).sqrt()) }
            fn
            /// The arc tangent.
            Atan atan(x) { 0 => g.ratio(x.square() + R::lit(1.0)) }
            fn
            /// The angle of the point (b, a), −π to π. Both slopes are 0 at the origin.
            Atan2 atan2(a, b) {
                0 => { let h = a.hypot(b); g.scale(b.ratio(h).ratio(h)) },
                1 => { let h = a.hypot(b); -g.scale(a.ratio(h).ratio(h)) }
            }
            fn
            /// The hyperbolic sine.
            Sinh sinh(x) { 0 => g.scale(x.cosh()) }
            fn
            /// The hyperbolic cosine.
            Cosh cosh(x) { 0 => g.scale(x.sinh()) }
            fn
            /// The hyperbolic tangent.
            Tanh tanh(x) { 0 => g.scale(R::lit(1.0) - y.square()) }
            fn
            /// The inverse hyperbolic sine.
            Asinh asinh(x) { 0 => g.ratio(x.hypot(R::lit(1.0))) }
            fn
            /// The inverse hyperbolic cosine.
            Acosh acosh(x) { 0 => g.ratio((x - R::lit(1.0)).sqrt() * (x + R::lit(1.0)).sqrt()) }
            fn
            /// The inverse hyperbolic tangent.
            Atanh atanh(x) { 0 => g.ratio((R::lit(1.0) - x) * (x + R::lit(1.0))) }
            fn
            /// |x|. The slope at 0 is 0.
            Abs abs(x) { 0 => g.scale(x.sign()) }
            fn
            /// −1, 0 or 1.
            Sign sign(x) {}
            fn
            /// The largest integer ≤ x.
            Floor floor(x) {}
            fn
            /// The smallest integer ≥ x.
            Ceil ceil(x) {}
            fn
            /// The nearest integer, halves to the even one.
            Round round(x) {}
            fn
            /// x without its fraction.
            Trunc trunc(x) {}
            fn
            /// a − b·⌊a/b⌋: the remainder with the sign of b, as in Python and NumPy.
            Remainder remainder(a, b) { 0 => g, 1 => -g.scale(a.floor_divide(b)) }
            fn
            /// ⌊a/b⌋.
            FloorDivide floor_divide(a, b) {}
            fn
            /// The larger, or not-a-number if either is. At a tie each slope is ½.
            Maximum maximum(a, b) {
                0 => a.gt(b).select(g, a.eq(b).select(g * R::lit(0.5), R::lit(0.0))),
                1 => b.gt(a).select(g, a.eq(b).select(g * R::lit(0.5), R::lit(0.0)))
            }
            fn
            /// The smaller, or not-a-number if either is. At a tie each slope is ½.
            Minimum minimum(a, b) {
                0 => a.lt(b).select(g, a.eq(b).select(g * R::lit(0.5), R::lit(0.0))),
                1 => b.lt(a).select(g, a.eq(b).select(g * R::lit(0.5), R::lit(0.0)))
            }
            fn
            /// x held between lo and hi (hi wins where lo > hi). The slope towards x is 1 strictly inside and 0 at the bounds.
            Clamp clamp(x, lo, hi) {
                0 => lo.lt(x).logical_and(x.lt(hi)).select(g, R::lit(0.0)),
                1 => x.le(lo).logical_and(lo.lt(hi)).select(g, R::lit(0.0)),
                2 => hi.le(x).logical_or(hi.le(lo)).select(g, R::lit(0.0))
            }
            fn
            /// a where c is not 0, else b.
            Select select(c, a, b) { 1 => c.select(g, R::lit(0.0)), 2 => c.select(R::lit(0.0), g) }
            fn
            /// √(a² + b²) without overflow. Both slopes are 0 at the origin.
            Hypot hypot(a, b) { 0 => g.scale(a.ratio(y)), 1 => g.scale(b.ratio(y)) }
            fn
            /// 1/(1 + e⁻ˣ).
            Sigmoid sigmoid(x) { 0 => g.scale(y * (R::lit(1.0) - y)) }
            fn
            /// ln(1 + eˣ), stable at both ends.
            Softplus softplus(x) { 0 => g.scale(x.sigmoid()) }
            fn
            /// max(x, 0). The slope at 0 is 0.
            Relu relu(x) { 0 => x.gt(R::lit(0.0)).select(g, R::lit(0.0)) }
            fn
            /// x·Φ(x) with the normal distribution function Φ.
            Gelu gelu(x) {
                0 => {
                    let phi = (x.square() * R::lit(-0.5)).exp() * R::lit(0.398_942_280_401_432_7);
                    let cdf = (x * R::lit(-core::f64::consts::FRAC_1_SQRT_2)).erfc() * R::lit(0.5);
                    g.scale(cdf + x * phi)
                }
            }
            fn
            /// The approximation ½x(1 + tanh(√(2/π)(x + 0.044715x³))) of `gelu`.
            GeluTanh gelu_tanh(x) {
                0 => {
                    let c = core::f64::consts::FRAC_2_SQRT_PI * core::f64::consts::FRAC_1_SQRT_2;
                    let square = x.square();
                    let t = (x * (square * R::lit(0.044715 * c) + R::lit(c))).tanh();
                    let du = x * (square * R::lit(3.0 * 0.044715 * c) + R::lit(c));
                    g.scale((t + R::lit(1.0) + (R::lit(1.0) - t.square()).scale(du)) * R::lit(0.5))
                }
            }
            fn
            /// x·sigmoid(x).
            Silu silu(x) {
                0 => { let s = x.sigmoid(); g.scale(s * (x * (R::lit(1.0) - s) + R::lit(1.0))) }
            }
            fn
            /// The error function.
            Erf erf(x) { 0 => g.scale((-x.square()).exp()) * R::lit(core::f64::consts::FRAC_2_SQRT_PI) }
            fn
            /// 1 − erf(x), accurate for large x.
            Erfc erfc(x) { 0 => g.scale((-x.square()).exp()) * R::lit(-core::f64::consts::FRAC_2_SQRT_PI) }
            fn
            /// The inverse of `erf`. Value and slope are infinite at ±1.
            Erfinv erfinv(x) { 0 => g.scale(y.square().exp()) * R::lit(0.886_226_925_452_758) }
            fn
            /// ln |Γ(x)|.
            Lgamma lgamma(x) { 0 => g.scale(x.digamma()) }
            fn
            /// The derivative of `lgamma`.
            Digamma digamma(x) { 0 => g.scale(x.trigamma()) }
            fn
            /// The derivative of `digamma`.
            Trigamma trigamma(x) { 0 => g.scale(R::lit(2.0).polygamma(x)) }
            fn
            /// The n-th derivative of `digamma`, for an integer n ≥ 0. It has no slope towards n.
            Polygamma polygamma(n, x) { 1 => g.scale((n + R::lit(1.0)).polygamma(x)) }
            fn
            /// ln(eᵃ + eᵇ), stable. At equal infinities each slope is ½.
            Logaddexp logaddexp(a, b) {
                0 => g.scale(a.is_inf().logical_and(a.eq(b)).select(R::lit(0.0), a - b).sigmoid()),
                1 => g.scale(a.is_inf().logical_and(a.eq(b)).select(R::lit(0.0), b - a).sigmoid())
            }
            fn
            /// a·ln b, 0 where a = 0. Slope towards a where a = 0 and b ≤ 0: 0.
            Xlogy xlogy(a, b) {
                0 => {
                    let outside = a.eq(R::lit(0.0)).logical_and(b.le(R::lit(0.0)));
                    g.scale(outside.select(R::lit(1.0), b).log())
                },
                1 => g.scale(a.ratio(b))
            }
            fn
            /// x².
            Square square(x) { 0 => g.scale(x * R::lit(2.0)) }
            fn
            /// |a| with the sign of b.
            Copysign copysign(a, b) { 0 => g.scale(a.sign() * R::lit(1.0).copysign(b)) }
            fn
            /// ln sigmoid(x), stable at both ends.
            LogSigmoid log_sigmoid(x) { 0 => g.scale((-x).sigmoid()) }
            fn
            /// sin(πx)/(πx), 1 at 0.
            Sinc sinc(x) {
                0 => {
                    let pi = core::f64::consts::PI;
                    let u = (x * R::lit(pi)).square();
                    // x·Σ 2π²(−1)ᵏk uᵏ⁻¹/(2k+1)! where the closed form would cancel.
                    let coefficients = [9.0 / 121_645_100_408_832_000.0, -8.0 / 355_687_428_096_000.0, 7.0 / 1_307_674_368_000.0,
                        -6.0 / 6_227_020_800.0, 5.0 / 39_916_800.0, -4.0 / 362_880.0, 3.0 / 5_040.0, -2.0 / 120.0, 1.0 / 6.0];
                    let mut series = R::lit(-2.0 * pi * pi * coefficients[0]);
                    for c in &coefficients[1..] {
                        series = series * u + R::lit(-2.0 * pi * pi * c);
                    }
                    let closed = ((x * R::lit(pi)).cos() - y).ratio(x);
                    g.scale(x.abs().lt(R::lit(0.25)).select(x * series, closed))
                }
            }
            is
            /// a = b.
            Eq eq(a, b) {}
            is
            /// a ≠ b.
            Ne ne(a, b) {}
            is
            /// a < b.
            Lt lt(a, b) {}
            is
            /// a ≤ b.
            Le le(a, b) {}
            is
            /// a > b.
            Gt gt(a, b) {}
            is
            /// a ≥ b.
            Ge ge(a, b) {}
            is
            /// Both are nonzero.
            LogicalAnd logical_and(a, b) {}
            is
            /// Either is nonzero.
            LogicalOr logical_or(a, b) {}
            is
            /// Just one is nonzero.
            LogicalXor logical_xor(a, b) {}
            is
            /// It is zero.
            LogicalNot logical_not(a) {}
            is
            /// It is not a number.
            IsNan is_nan(x) {}
            is
            /// It is infinite.
            IsInf is_inf(x) {}
            is
            /// It is finite.
            IsFinite is_finite(x) {}
        }
    };
}

pub(crate) use table;
