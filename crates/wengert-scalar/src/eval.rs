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
            Row::Scale => if x[0] == 0.0 { 0.0 } else { x[0] * x[1] },
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
    match row {
        Row::Pow => a.powf(b),
        Row::Exp => a.exp(),
        Row::Log => a.ln(),
        Row::Sqrt => a.sqrt(),
        Row::Sin => a.sin(),
        Row::Cos => a.cos(),
        Row::Tanh => a.tanh(),
        Row::Eq => t(a == b),
        Row::Lt => t(a < b),
        Row::Gt => t(a > b),
        Row::Le => t(a <= b),
        Row::Ge => t(a >= b),
        Row::LogicalAnd => t(a != 0.0 && b != 0.0),
        _ => f64::NAN,
    }
}
