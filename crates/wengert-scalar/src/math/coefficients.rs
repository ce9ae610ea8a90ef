//! Minimax polynomials of the function families, one set for each width. Fitted by the Remez algorithm in 200-bit arithmetic;
//! the comment gives the function and the interval, the weight is such that the error is relative to the family's result.

use super::Isa;
use super::base::{Base, poly};

/// The polynomials and argument bounds that the families are written over.
pub trait Coefficients: Base {
    /// (e^r − 1 − r)/r² for |r| ≤ ½·ln 2.
    fn exp_tail<I: Isa>(r: Self) -> Self;
    /// (2·atanh s − 2s)/s³ in z = s², for the logarithm of [√½, √2].
    fn log_tail<I: Isa>(z: Self) -> Self;
    /// (2·atanh s − 2s − ⅔s³)/s⁵ in z = s², with guard bits for pow.
    fn pow_tail<I: Isa>(z: Self) -> Self;
    /// (sin r − r)/r³ in z = r², |r| ≤ π/4.
    fn sin_tail<I: Isa>(z: Self) -> Self;
    /// (cos r − 1 + z/2)/z² in z = r², |r| ≤ π/4.
    fn cos_tail<I: Isa>(z: Self) -> Self;
    /// (atan t − t)/t³ in z = t², |t| ≤ tan(π/8).
    fn atan_tail<I: Isa>(z: Self) -> Self;
    /// (asin t − t)/t³ in z = t², |t| ≤ ½.
    fn asin_tail<I: Isa>(z: Self) -> Self;
    /// (tanh x − x)/x³ in z = x², |x| ≤ 0.55.
    fn tanh_tail<I: Isa>(z: Self) -> Self;
    /// erf(x)/x − 1 in z = x², |x| ≤ 1.
    fn erf_near<I: Isa>(z: Self) -> Self;
    /// ((1 + 2a)·e^(a²)·erfc(a) − c)/q in q = (a − p)/(a + p), for a in [0.45, largest a with erfc(a) > 0].
    fn erfc_slope<I: Isa>(q: Self) -> Self;
    /// The pole p of the map above.
    const ERFC_POLE: f64;
    /// The constant c above, as hi and lo.
    const ERFC_CENTRE: (f64, f64);
    /// Largest a that erfc needs to see.
    const ERFC_END: f64;
    /// exp is 0 below and infinite above these.
    const EXP_RANGE: (f64, f64);
    /// e^x/4 is finite, sinh x infinite here; expm1 is −1 below the first.
    const SINH_RANGE: (f64, f64);
    /// tanh is ±1 from here on.
    const TANH_END: f64;
    /// Below this, odd functions equal their argument.
    const NEGLIGIBLE: f64;
    /// asinh x is ln 2x from here on.
    const ASINH_LARGE: f64;
    /// The upper part of ln 2 with as many trailing zeros as an exponent has bits, and the rest.
    const LN2: (f64, f64);
    /// Scale factors of hypot: above the first number multiply by the second; below the third by the fourth.
    const HYPOT_SCALES: [f64; 4];
    /// π/2 in three parts of full precision.
    const HALF_PI: [f64; 3];
    /// Whether the type has fewer bits than f64.
    const NARROW: bool;
    /// Subnormals times this are normal; its cube root is a power of two.
    const CBRT_SCALE: (f64, f64);
}

impl Coefficients for f64 {
    #[inline(always)]
    fn exp_tail<I: Isa>(r: f64) -> f64 {
        poly::<f64, I, 10>(
            r,
            [
                0.5000000000000014,
                0.16666666666666702,
                0.04166666666650302,
                0.008333333333304962,
                0.0013888888950551658,
                0.00019841269922313325,
                2.4801486031546293e-05,
                2.755721184498033e-06,
                2.763275242353543e-07,
                2.5119282385198598e-08,
            ],
        )
    }
    #[inline(always)]
    fn log_tail<I: Isa>(z: f64) -> f64 {
        poly::<f64, I, 7>(
            z,
            [
                0.6666666666666726,
                0.39999999999446645,
                0.2857142873830074,
                0.2222219876418502,
                0.1818356381921671,
                0.1531386285681567,
                0.14799555390543112,
            ],
        )
    }
    #[inline(always)]
    fn pow_tail<I: Isa>(z: f64) -> f64 {
        poly::<f64, I, 7>(
            z,
            [
                0.4000000000000009,
                0.2857142857119954,
                0.22222222319756324,
                0.18181801839160067,
                0.15385964679070943,
                0.13274851932968004,
                0.13033612866494462,
            ],
        )
    }
    #[inline(always)]
    fn sin_tail<I: Isa>(z: f64) -> f64 {
        poly::<f64, I, 6>(
            z,
            [
                -0.1666666666666663,
                0.008333333333322014,
                -0.00019841269829446505,
                2.755731355555813e-06,
                -2.5050735351732117e-08,
                1.5895406229872675e-10,
            ],
        )
    }
    #[inline(always)]
    fn cos_tail<I: Isa>(z: f64) -> f64 {
        poly::<f64, I, 6>(
            z,
            [
                0.04166666666666661,
                -0.0013888888888875391,
                2.4801587290081287e-05,
                -2.7557314483628383e-07,
                2.087573663546267e-09,
                -1.1360149923276e-11,
            ],
        )
    }
    #[inline(always)]
    fn atan_tail<I: Isa>(z: f64) -> f64 {
        poly::<f64, I, 11>(
            z,
            [
                -0.3333333333333321,
                0.19999999999953952,
                -0.14285714280027567,
                0.1111111076778723,
                -0.09090897150490093,
                0.0769204721710358,
                -0.06662935984428417,
                0.058465433227258945,
                -0.05032770187474084,
                0.037888300458859096,
                -0.017704470543685978,
            ],
        )
    }
    #[inline(always)]
    fn asin_tail<I: Isa>(z: f64) -> f64 {
        poly::<f64, I, 13>(
            z,
            [
                0.1666666666666674,
                0.07499999999975043,
                0.04464285717137483,
                0.030381942837500356,
                0.022372211847955178,
                0.017351661430053837,
                0.013980293817959625,
                0.011402787960774527,
                0.010760538910884052,
                0.0037744883282145236,
                0.021555068486390615,
                -0.020799662073695935,
                0.032512808561311925,
            ],
        )
    }
    #[inline(always)]
    fn tanh_tail<I: Isa>(z: f64) -> f64 {
        poly::<f64, I, 11>(
            z,
            [
                -0.33333333333333304,
                0.1333333333332744,
                -0.053968253964161966,
                0.021869488395927155,
                -0.008863232749862065,
                0.0035920934028946627,
                -0.001455551040181908,
                0.0005884760518133278,
                -0.00023345733010294794,
                8.341950408308404e-05,
                -1.9555359724977567e-05,
            ],
        )
    }
    #[inline(always)]
    fn erf_near<I: Isa>(z: f64) -> f64 {
        poly::<f64, I, 13>(
            z,
            [
                0.1283791670955126,
                -0.3761263890318375,
                0.11283791670954854,
                -0.02686617064507234,
                0.005223977624775237,
                -0.0008548326978405704,
                0.00012055331024177103,
                -1.4925593190903018e-05,
                1.646096759176264e-06,
                -1.634996825390168e-07,
                1.4657486619966954e-08,
                -1.1364109186763855e-09,
                5.94256916336044e-11,
            ],
        )
    }
    #[inline(always)]
    fn erfc_slope<I: Isa>(q: f64) -> f64 {
        poly::<f64, I, 21>(
            q,
            [
                -0.1396211168405625,
                0.015379652102619228,
                0.06809705425469158,
                -0.10103906603625619,
                0.09373283499839886,
                -0.06633036581365755,
                0.037167515536419345,
                -0.016197734036929513,
                0.005031969991112603,
                -0.0007577734609473388,
                -0.00019925679535648226,
                0.00015062255453567183,
                -2.4398711278709392e-05,
                -1.1224898880521516e-05,
                5.708067268555765e-06,
                2.9982998760783625e-07,
                -8.218101533021013e-07,
                6.678430168400878e-08,
                1.051308042915516e-07,
                -1.2135339382197425e-08,
                -1.030297661732425e-08,
            ],
        )
    }
    const ERFC_POLE: f64 = 4.0;
    const ERFC_CENTRE: (f64, f64) = (1.2329951186255526, -4.625318921008717e-17);
    const ERFC_END: f64 = 28.0;
    const EXP_RANGE: (f64, f64) = (-746.0, 710.0);
    const SINH_RANGE: (f64, f64) = (-40.0, 710.5);
    const TANH_END: f64 = 20.0;
    const NEGLIGIBLE: f64 = 1e-17;
    const ASINH_LARGE: f64 = 1e10;
    const LN2: (f64, f64) = (0.693147180559663, 2.8235290563031577e-13);
    const HYPOT_SCALES: [f64; 4] = [
        f64::from_bits(0x5F30000000000000),
        f64::from_bits(0x1A70000000000000),
        f64::from_bits(0x2700000000000000),
        f64::from_bits(0x6570000000000000),
    ];
    const HALF_PI: [f64; 3] = [core::f64::consts::FRAC_PI_2, 6.123233995736766e-17, -1.4973849048591698e-33];
    const NARROW: bool = false;
    const CBRT_SCALE: (f64, f64) = (18014398509481984.0, 1.0 / 262144.0);
}

impl Coefficients for f32 {
    #[inline(always)]
    fn exp_tail<I: Isa>(r: f32) -> f32 {
        poly::<f32, I, 5>(r, [0.5, 0.16666512, 0.041666187, 0.008369598, 0.0013951734])
    }
    #[inline(always)]
    fn log_tail<I: Isa>(z: f32) -> f32 {
        poly::<f32, I, 3>(z, [0.6666677, 0.39978197, 0.29859933])
    }
    #[inline(always)]
    fn pow_tail<I: Isa>(z: f32) -> f32 {
        poly::<f32, I, 4>(z, [0.4, 0.2857163, 0.22197093, 0.1927937])
    }
    #[inline(always)]
    fn sin_tail<I: Isa>(z: f32) -> f32 {
        poly::<f32, I, 3>(z, [-0.16666655, 0.0083321575, -0.00019514376])
    }
    #[inline(always)]
    fn cos_tail<I: Isa>(z: f32) -> f32 {
        poly::<f32, I, 3>(z, [0.041666646, -0.0013887348, 2.4435902e-05])
    }
    #[inline(always)]
    fn atan_tail<I: Isa>(z: f32) -> f32 {
        poly::<f32, I, 5>(z, [-0.33333313, 0.19998425, -0.14242342, 0.10583233, -0.060477782])
    }
    #[inline(always)]
    fn asin_tail<I: Isa>(z: f32) -> f32 {
        poly::<f32, I, 6>(z, [0.1666666, 0.07500496, 0.044518113, 0.03180062, 0.014458675, 0.037495267])
    }
    #[inline(always)]
    fn tanh_tail<I: Isa>(z: f32) -> f32 {
        poly::<f32, I, 5>(z, [-0.3333332, 0.13332613, -0.053854853, 0.021081286, -0.0062868726])
    }
    #[inline(always)]
    fn erf_near<I: Isa>(z: f32) -> f32 {
        poly::<f32, I, 7>(
            z,
            [0.12837917, -0.37612626, 0.11283584, -0.026853766, 0.0051882323, -0.00080092746, 7.850555e-05],
        )
    }
    #[inline(always)]
    fn erfc_slope<I: Isa>(q: f32) -> f32 {
        poly::<f32, I, 10>(
            q,
            [
                -0.09276381,
                -0.16603036,
                0.16405056,
                -0.05422096,
                -0.008024092,
                0.008729858,
                0.0012149657,
                -0.0014770201,
                -0.00030999232,
                0.00022294132,
            ],
        )
    }
    const ERFC_POLE: f64 = 2.0;
    const ERFC_CENTRE: (f64, f64) = (1.2769783815525286, 8.964219101168592e-17);
    const ERFC_END: f64 = 11.0;
    const EXP_RANGE: (f64, f64) = (-104.0, 89.0);
    const SINH_RANGE: (f64, f64) = (-20.0, 89.5);
    const TANH_END: f64 = 10.0;
    const NEGLIGIBLE: f64 = 1e-8;
    const ASINH_LARGE: f64 = 1e5;
    const LN2: (f64, f64) = (0.693145751953125, 1.4286068203094173e-06);
    const HYPOT_SCALES: [f64; 4] = [
        1152921504606846976.0,
        1.0 / 1180591620717411303424.0,
        1.0 / 1125899906842624.0,
        1267650600228229401496703205376.0,
    ];
    const HALF_PI: [f64; 3] = [core::f32::consts::FRAC_PI_2 as f64, -4.371138828673793e-8, -1.7151245100058819e-15];
    const NARROW: bool = true;
    const CBRT_SCALE: (f64, f64) = (16777216.0, 1.0 / 256.0);
}
