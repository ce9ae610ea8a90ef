//! Double-double arithmetic, some 100 bits, for references that CORE-MATH does not have.

use std::ops::{Add, Div, Mul, Neg, Sub};

#[derive(Clone, Copy, Debug)]
pub struct Double(pub f64, pub f64);

fn two_sum(a: f64, b: f64) -> Double {
    let s = a + b;
    let bb = s - a;
    Double(s, (a - (s - bb)) + (b - bb))
}

fn normal(hi: f64, lo: f64) -> Double {
    let s = hi + lo;
    Double(s, if s.is_finite() { lo - (s - hi) } else { 0.0 })
}

impl From<f64> for Double {
    fn from(v: f64) -> Double {
        Double(v, 0.0)
    }
}

impl Add for Double {
    type Output = Double;
    fn add(self, o: Double) -> Double {
        let s = two_sum(self.0, o.0);
        let t = two_sum(self.1, o.1);
        let s = normal(s.0, s.1 + t.0);
        normal(s.0, s.1 + t.1)
    }
}

impl Neg for Double {
    type Output = Double;
    fn neg(self) -> Double {
        Double(-self.0, -self.1)
    }
}

impl Sub for Double {
    type Output = Double;
    fn sub(self, o: Double) -> Double {
        self + -o
    }
}

impl Mul for Double {
    type Output = Double;
    fn mul(self, o: Double) -> Double {
        let p = self.0 * o.0;
        let e = f64::mul_add(self.0, o.0, -p);
        normal(p, e + (self.0 * o.1 + self.1 * o.0))
    }
}

impl Div for Double {
    type Output = Double;
    fn div(self, o: Double) -> Double {
        let q = self.0 / o.0;
        let r = self - o * Double(q, 0.0);
        let q2 = r.0 / o.0;
        let r = r - o * Double(q2, 0.0);
        normal(q, q2) + Double(r.0 / o.0, 0.0)
    }
}

pub const LN2: [f64; 3] = [0.693_147_180_559_663, 2.823_529_056_303_157_7e-13, 1.947_045_092_380_75e-31];
pub const PI: Double = Double(std::f64::consts::PI, 1.2246467991473532e-16);

impl Double {
    pub fn exp(self) -> Double {
        if self.0 < -800.0 {
            return Double(0.0, 0.0);
        }
        let k = (self.0 / std::f64::consts::LN_2).round();
        // k·ln 2 with the upper part exact in 41 bits.
        let r = Double(self.0 - k * LN2[0], 0.0) + Double(self.1, 0.0) - Double(k, 0.0) * Double(LN2[1], LN2[2]);
        let r = Double(r.0 / 512.0, r.1 / 512.0);
        let mut sum = Double(0.0, 0.0);
        for n in (1..=12).rev() {
            sum = (sum + Double(1.0, 0.0)) * r / Double(f64::from(n), 0.0);
        }
        // (1 + s)² − 1 = s(2 + s), nine times: the small part keeps its precision.
        for _ in 0..9 {
            sum = sum * (sum + Double(2.0, 0.0));
        }
        let e = sum + Double(1.0, 0.0);
        let half = (k / 2.0).trunc();
        let (a, b) = (2f64.powi(half as i32), 2f64.powi((k - half) as i32));
        Double(e.0 * a * b, e.1 * a * b)
    }

    pub fn log(self) -> Double {
        // Newton's iteration on exp from the correctly rounded logarithm.
        let y = Double(core_math::log(self.0), 0.0);
        y + (self * (-y).exp() - Double(1.0, 0.0))
    }

    /// ln(1 + self) for self > −½.
    pub fn log1p(self) -> Double {
        if self.0.abs() < 1e-4 {
            let mut sum = Double(0.0, 0.0);
            for n in (1..=12).rev() {
                let c = Double(1.0, 0.0) / Double(f64::from(n), 0.0);
                sum = (if n % 2 == 1 { c } else { -c }) + sum * self;
            }
            return sum * self;
        }
        (self + Double(1.0, 0.0)).log()
    }

    pub fn sqrt(self) -> Double {
        let s = self.0.sqrt();
        let r = self - Double(s, 0.0) * Double(s, 0.0);
        Double(s, 0.0) + Double(r.0 / (2.0 * s), 0.0)
    }

    pub fn value(self) -> f64 {
        self.0 + self.1
    }
}
