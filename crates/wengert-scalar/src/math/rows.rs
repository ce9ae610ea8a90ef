//! Which function each row is.

use super::base::pick;
use super::coefficients::Coefficients;
use super::{Isa, arc, erf, exp, gamma, log, power, round, trig};

/// The value of one row; implemented by one empty type for each, named as the variant of `Row`.
pub trait Function {
    /// Whether large arguments need the careful mode.
    const PERIODIC: bool;

    /// The value; arguments beyond the arity are ignored.
    fn value<T: Coefficients, I: Isa>(x: [T; 3]) -> T;
}

macro_rules! rows {
    ($T:ident $I:ident $($kind:ident $variant:ident($a:ident $(, $rest:ident)*) => $e:expr;)+) => {$(
        pub struct $variant;

        impl Function for $variant {
            const PERIODIC: bool = stringify!($kind).len() == stringify!(periodic).len();

            #[inline(always)]
            fn value<$T: Coefficients, $I: Isa>(x: [$T; 3]) -> $T {
                let [$a $(, $rest)*, ..] = x;
                $e
            }
        }
    )+};
}

#[inline(always)]
fn truth<T: Coefficients>(c: bool) -> T {
    pick(c, T::c(1.0), T::c(0.0))
}

#[inline(always)]
fn holds<T: Coefficients>(x: T) -> bool {
    x != T::c(0.0)
}

rows! { T I
    row Neg(a) => -a;
    row Add(a, b) => a + b;
    row Sub(a, b) => a - b;
    row Mul(a, b) => a * b;
    row Div(a, b) => a / b;
    row Scale(g, s) => pick(holds(g) && holds(s), g * s, T::c(0.0));
    row Ratio(a, b) => pick(holds(a), a / b, T::c(0.0));
    row Pow(a, b) => power::pow::<T, I>(a, b);
    row Exp(a) => exp::exp::<T, I>(a);
    row Exp2(a) => exp::exp2::<T, I>(a);
    row Expm1(a) => exp::expm1::<T, I>(a);
    row Log(a) => log::log::<T, I>(a);
    row Log2(a) => log::log2::<T, I>(a);
    row Log10(a) => log::log10::<T, I>(a);
    row Log1p(a) => log::log1p::<T, I>(a);
    row Sqrt(a) => a.root();
    row Rsqrt(a) => exp::rsqrt::<T, I>(a);
    row Cbrt(a) => power::cbrt::<T, I>(a);
    row Reciprocal(a) => T::c(1.0) / a;
    periodic Sin(a) => trig::sin::<T, I>(a);
    periodic Cos(a) => trig::cos::<T, I>(a);
    periodic Tan(a) => trig::tan::<T, I>(a);
    row Asin(a) => arc::asin::<T, I>(a);
    row Acos(a) => arc::acos::<T, I>(a);
    row Atan(a) => arc::atan::<T, I>(a);
    row Atan2(a, b) => arc::atan2::<T, I>(a, b);
    row Sinh(a) => exp::sinh::<T, I>(a);
    row Cosh(a) => exp::cosh::<T, I>(a);
    row Tanh(a) => exp::tanh::<T, I>(a);
    row Asinh(a) => log::asinh::<T, I>(a);
    row Acosh(a) => log::acosh::<T, I>(a);
    row Atanh(a) => log::atanh::<T, I>(a);
    row Abs(a) => a.magnitude();
    row Sign(a) => round::sign(a);
    row Floor(a) => round::floor::<T, I>(a);
    row Ceil(a) => round::ceil::<T, I>(a);
    row Round(a) => round::round::<T, I>(a);
    row Trunc(a) => round::trunc::<T, I>(a);
    row Remainder(a, b) => round::remainder(a, b);
    row FloorDivide(a, b) => round::floor_divide::<T, I>(a, b);
    row Maximum(a, b) => round::maximum(a, b);
    row Minimum(a, b) => round::minimum(a, b);
    row Clamp(x, lo, hi) => round::minimum(round::maximum(x, lo), hi);
    row Select(c, a, b) => pick(holds(c), a, b);
    row Hypot(a, b) => power::hypot::<T, I>(a, b);
    row Sigmoid(a) => exp::sigmoid::<T, I>(a);
    row Softplus(a) => exp::softplus::<T, I>(a);
    row Relu(a) => round::maximum(a, T::c(0.0));
    row Gelu(a) => erf::gelu::<T, I>(a);
    row GeluTanh(a) => exp::gelu_tanh::<T, I>(a);
    row Silu(a) => exp::silu::<T, I>(a);
    row Erf(a) => erf::erf::<T, I>(a);
    row Erfc(a) => erf::erfc::<T, I>(a);
    row Erfinv(a) => erf::erfinv(a);
    row Lgamma(a) => gamma::lgamma(a);
    row Digamma(a) => gamma::digamma(a);
    row Trigamma(a) => gamma::trigamma(a);
    row Polygamma(n, a) => gamma::polygamma(n, a);
    row Logaddexp(a, b) => exp::logaddexp::<T, I>(a, b);
    row Xlogy(a, b) => log::xlogy::<T, I>(a, b);
    row Square(a) => a * a;
    row Copysign(a, b) => a.signed(b);
    row LogSigmoid(a) => exp::log_sigmoid::<T, I>(a);
    periodic Sinc(a) => trig::sinc::<T, I>(a);
    row Eq(a, b) => truth(a == b);
    row Ne(a, b) => truth(a != b);
    row Lt(a, b) => truth(a < b);
    row Le(a, b) => truth(a <= b);
    row Gt(a, b) => truth(a > b);
    row Ge(a, b) => truth(a >= b);
    row LogicalAnd(a, b) => truth(holds(a) && holds(b));
    row LogicalOr(a, b) => truth(holds(a) || holds(b));
    row LogicalXor(a, b) => truth(holds(a) != holds(b));
    row LogicalNot(a) => truth(!holds(a));
    row IsNan(a) => truth(a.undefined());
    row IsInf(a) => truth(a.magnitude() == T::INF);
    row IsFinite(a) => truth(a.magnitude() < T::INF);
}
