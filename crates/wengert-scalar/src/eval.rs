//! The value of a row at one point.

use crate::Row;

impl Row {
    /// The value at one point, bitwise what the dense kernels give.
    #[inline(always)]
    pub fn eval_f64(self, x: &[f64]) -> f64 {
        match self {
            Row::Neg => -x[0],
            Row::Add => x[0] + x[1],
            Row::Sub => x[0] - x[1],
            Row::Mul => x[0] * x[1],
            Row::Div => x[0] / x[1],
            Row::Scale => if x[0] == 0.0 || x[1] == 0.0 { 0.0 } else { x[0] * x[1] },
            Row::Ratio => if x[0] == 0.0 { 0.0 } else { x[0] / x[1] },
            Row::Square => x[0] * x[0],
            Row::Select => if x[0] != 0.0 { x[1] } else { x[2] },
            _ => outline(self, x),
        }
    }

    /// The value at one point in single precision, bitwise what the dense kernels give.
    #[inline(always)]
    pub fn eval_f32(self, x: &[f32]) -> f32 {
        let mut wide = [0.0; 3];
        for (w, v) in wide.iter_mut().zip(x) {
            *w = f64::from(*v);
        }
        self.eval_f64(&wide[..self.arity()]) as f32
    }
}

fn outline(row: Row, x: &[f64]) -> f64 {
    let a = x[0];
    let b = x.get(1).copied().unwrap_or(0.0);
    let t = |c: bool| f64::from(u8::from(c));
    let c = x.get(2).copied().unwrap_or(0.0);
    match row {
        Row::Pow => a.powf(b),
        Row::Exp => a.exp(),
        Row::Exp2 => a.exp2(),
        Row::Expm1 => a.exp_m1(),
        Row::Log => a.ln(),
        Row::Log2 => a.log2(),
        Row::Log10 => a.log10(),
        Row::Log1p => a.ln_1p(),
        Row::Sqrt => a.sqrt(),
        Row::Rsqrt => 1.0 / a.sqrt(),
        Row::Cbrt => a.cbrt(),
        Row::Reciprocal => 1.0 / a,
        Row::Sin => a.sin(),
        Row::Cos => a.cos(),
        Row::Tan => a.tan(),
        Row::Asin => a.asin(),
        Row::Acos => a.acos(),
        Row::Atan => a.atan(),
        Row::Atan2 => a.atan2(b),
        Row::Sinh => a.sinh(),
        Row::Cosh => a.cosh(),
        Row::Tanh => a.tanh(),
        Row::Asinh => a.asinh(),
        Row::Acosh => a.acosh(),
        Row::Atanh => a.atanh(),
        Row::Abs => a.abs(),
        Row::Sign => if a == 0.0 || a.is_nan() { a } else { a.signum() },
        Row::Floor => a.floor(),
        Row::Ceil => a.ceil(),
        Row::Round => a.round_ties_even(),
        Row::Trunc => a.trunc(),
        Row::Remainder => a - b * (a / b).floor(),
        Row::FloorDivide => (a / b).floor(),
        Row::Maximum => if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) },
        Row::Minimum => if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) },
        Row::Clamp => if a.is_nan() { a } else { a.max(b).min(c) },
        Row::Hypot => a.hypot(b),
        Row::Sigmoid => 1.0 / (1.0 + (-a).exp()),
        Row::Softplus => a.max(0.0) + (-a.abs()).exp().ln_1p(),
        Row::Relu => if a.is_nan() { a } else { a.max(0.0) },
        Row::Gelu => 0.5 * a * libm::erfc(-a * core::f64::consts::FRAC_1_SQRT_2),
        Row::GeluTanh => 0.5 * a * (1.0 + (0.7978845608028654 * (a + 0.044715 * a * a * a)).tanh()),
        Row::Silu => a / (1.0 + (-a).exp()),
        Row::Erf => libm::erf(a),
        Row::Erfc => libm::erfc(a),
        Row::Lgamma => libm::lgamma(a),
        Row::Logaddexp => if a == b { a + core::f64::consts::LN_2 } else { a.max(b) + (-(a - b).abs()).exp().ln_1p() },
        Row::Xlogy => if a == 0.0 { 0.0 } else { a * b.ln() },
        Row::Copysign => a.copysign(b),
        Row::LogSigmoid => a.min(0.0) - (-a.abs()).exp().ln_1p(),
        Row::Sinc => if a == 0.0 { 1.0 } else { (core::f64::consts::PI * a).sin() / (core::f64::consts::PI * a) },
        Row::Eq => t(a == b),
        Row::Ne => t(a != b),
        Row::Lt => t(a < b),
        Row::Gt => t(a > b),
        Row::Le => t(a <= b),
        Row::Ge => t(a >= b),
        Row::LogicalAnd => t(a != 0.0 && b != 0.0),
        Row::LogicalOr => t(a != 0.0 || b != 0.0),
        Row::LogicalXor => t((a != 0.0) != (b != 0.0)),
        Row::LogicalNot => t(a == 0.0),
        Row::IsNan => t(a.is_nan()),
        Row::IsInf => t(a.is_infinite()),
        Row::IsFinite => t(a.is_finite()),
        _ => f64::NAN,
    }
}
