//! What is simplified when an operation is written into an expression.
//!
//! Values are kept to the bit, but for the sign of a zero and for literal zeros, which are zeros by structure: `0·e` and
//! `0/e` are 0 whatever `e` is. Constant powers 2, 3, 4, −1 and −2 become products, which are nearer to the truth than `pow`.

use crate::sym::Builder;
use crate::{Op, Row};

/// Writes `row` of `x` (unused places 0) in its simplest form; gives its position.
pub(crate) fn simplify(b: &mut Builder, row: Row, mut x: [u32; 3]) -> u32 {
    let n = row.arity();
    let mut lits = [0.0; 3];
    let mut known = [None; 3];
    for i in 0..n {
        known[i] = b.lit_of(x[i]);
        lits[i] = known[i].unwrap_or(0.0);
    }
    if known[..n].iter().all(Option::is_some) {
        return b.lit(row.eval_f64(&lits[..n]));
    }
    let simpler = match row {
        Row::Neg | Row::Add | Row::Sub => sums(b, row, x, known),
        Row::Mul | Row::Scale | Row::Square => products(b, row, x, known),
        Row::Div | Row::Ratio | Row::Pow | Row::Polygamma => quotients(b, row, x, known),
        _ => choices(b, row, x, known),
    };
    if let Some(i) = simpler {
        return i;
    }
    if row.is_commutative() && x[0] > x[1] {
        x.swap(0, 1);
    }
    b.push(Op::Row(row, x))
}

fn one(b: &mut Builder, row: Row, x: u32) -> u32 {
    simplify(b, row, [x, 0, 0])
}

fn two(b: &mut Builder, row: Row, x: u32, y: u32) -> u32 {
    simplify(b, row, [x, y, 0])
}

fn negated(b: &Builder, i: u32) -> Option<u32> {
    b.row_of(i, Row::Neg).map(|x| x[0])
}

fn is_predicate(b: &Builder, i: u32) -> bool {
    matches!(b.op(i), Op::Row(r, _) if r.is_predicate())
}

/// ±2ᵏ, far from the ends of the exponent range: multiplying by it, or by its reciprocal, is exact.
fn power_of_two(v: f64) -> bool {
    v.to_bits() & ((1 << 52) - 1) == 0 && (1e-30..=1e30).contains(&v.abs())
}

fn sums(b: &mut Builder, row: Row, [x, y, _]: [u32; 3], known: [Option<f64>; 3]) -> Option<u32> {
    match row {
        Row::Neg => {
            if let Some(e) = negated(b, x) {
                return Some(e);
            }
            let [p, q, _] = b.row_of(x, Row::Sub)?;
            Some(two(b, Row::Sub, q, p))
        }
        Row::Add => {
            if known[0] == Some(0.0) {
                return Some(y);
            }
            if known[1] == Some(0.0) {
                return Some(x);
            }
            if x == y {
                let c = b.lit(2.0);
                return Some(two(b, Row::Mul, x, c));
            }
            if let Some(e) = negated(b, y) {
                return Some(two(b, Row::Sub, x, e));
            }
            if let Some(e) = negated(b, x) {
                return Some(two(b, Row::Sub, y, e));
            }
            // select(c, p, 0) + select(c, 0, q)
            let ([c, p, q], [d, r, s]) = (b.row_of(x, Row::Select)?, b.row_of(y, Row::Select)?);
            let zero = |i: u32| b.lit_of(i) == Some(0.0);
            match c == d {
                true if zero(q) && zero(r) => Some(simplify(b, Row::Select, [c, p, s])),
                true if zero(p) && zero(s) => Some(simplify(b, Row::Select, [c, r, q])),
                _ => None,
            }
        }
        _ => {
            if known[1] == Some(0.0) {
                return Some(x);
            }
            if known[0] == Some(0.0) {
                return Some(one(b, Row::Neg, y));
            }
            let e = negated(b, y)?;
            Some(two(b, Row::Add, x, e))
        }
    }
}

fn products(b: &mut Builder, row: Row, [x, y, _]: [u32; 3], known: [Option<f64>; 3]) -> Option<u32> {
    if row == Row::Square {
        let e = negated(b, x).or_else(|| b.row_of(x, Row::Abs).map(|e| e[0]))?;
        return Some(one(b, Row::Square, e));
    }
    if known[0] == Some(0.0) || known[1] == Some(0.0) {
        return Some(b.lit(0.0));
    }
    if row == Row::Scale && (known[0].is_some() || known[1].is_some_and(f64::is_finite)) {
        return Some(two(b, Row::Mul, x, y));
    }
    if row == Row::Mul {
        // The constant goes to the right.
        let (e, c, v) = match known {
            [Some(v), _, _] => (y, x, v),
            [_, Some(v), _] => (x, y, v),
            _ if x == y => return Some(one(b, Row::Square, x)),
            _ => return signs(b, row, x, y),
        };
        if v == 1.0 {
            return Some(e);
        }
        if v == -1.0 {
            return Some(one(b, Row::Neg, e));
        }
        if let Some(e) = negated(b, e) {
            let c = b.lit(-v);
            return Some(two(b, Row::Mul, e, c));
        }
        if let Some([inner, d, _]) = b.row_of(e, Row::Mul)
            && let Some(w) = b.lit_of(d)
            && (power_of_two(v) || power_of_two(w))
        {
            let c = b.lit(v * w);
            return Some(two(b, Row::Mul, inner, c));
        }
        return Some(b.push(Op::Row(Row::Mul, [e, c, 0])));
    }
    signs(b, row, x, y)
}

/// Takes signs out of a product or quotient.
fn signs(b: &mut Builder, row: Row, x: u32, y: u32) -> Option<u32> {
    match (negated(b, x), negated(b, y)) {
        (Some(p), Some(q)) => Some(two(b, row, p, q)),
        (Some(p), None) => {
            let e = two(b, row, p, y);
            Some(one(b, Row::Neg, e))
        }
        (None, Some(q)) => {
            let e = two(b, row, x, q);
            Some(one(b, Row::Neg, e))
        }
        (None, None) => None,
    }
}

fn quotients(b: &mut Builder, row: Row, [x, y, _]: [u32; 3], known: [Option<f64>; 3]) -> Option<u32> {
    match (row, known[0], known[1]) {
        (Row::Div | Row::Ratio, Some(0.0), _) => Some(b.lit(0.0)),
        (Row::Div | Row::Ratio, _, Some(1.0)) => Some(x),
        (Row::Div | Row::Ratio, _, Some(v)) if power_of_two(v) => {
            let c = b.lit(1.0 / v);
            Some(two(b, Row::Mul, x, c))
        }
        (Row::Ratio, Some(_), _) => Some(two(b, Row::Div, x, y)),
        (Row::Ratio, _, Some(v)) if v != 0.0 => Some(two(b, Row::Div, x, y)),
        (Row::Div, Some(1.0), _) => Some(one(b, Row::Reciprocal, y)),
        (Row::Div | Row::Ratio, None, None) => signs(b, row, x, y),
        (Row::Pow, _, Some(p)) => power(b, x, p),
        (Row::Polygamma, Some(0.0), _) => Some(one(b, Row::Digamma, y)),
        (Row::Polygamma, Some(1.0), _) => Some(one(b, Row::Trigamma, y)),
        _ => None,
    }
}

fn power(b: &mut Builder, x: u32, p: f64) -> Option<u32> {
    if p == 0.0 {
        return Some(b.lit(1.0));
    }
    if p == 1.0 {
        return Some(x);
    }
    if p == -1.0 {
        return Some(one(b, Row::Reciprocal, x));
    }
    if ![2.0, 3.0, 4.0, -2.0].contains(&p) {
        return None;
    }
    let square = one(b, Row::Square, x);
    Some(match p {
        3.0 => two(b, Row::Mul, x, square),
        4.0 => one(b, Row::Square, square),
        -2.0 => one(b, Row::Reciprocal, square),
        _ => square,
    })
}

fn choices(b: &mut Builder, row: Row, [x, y, z]: [u32; 3], known: [Option<f64>; 3]) -> Option<u32> {
    match row {
        Row::Select => {
            if let Some(c) = known[0] {
                return Some(if c != 0.0 { y } else { z });
            }
            if y == z {
                return Some(y);
            }
            let [c, ..] = b.row_of(x, Row::LogicalNot)?;
            Some(simplify(b, Row::Select, [c, z, y]))
        }
        Row::Maximum | Row::Minimum if x == y => Some(x),
        Row::Abs => match (negated(b, x), b.op(x)) {
            (Some(e), _) => Some(one(b, Row::Abs, e)),
            (_, Op::Row(Row::Abs | Row::Square | Row::Exp | Row::Sigmoid | Row::Relu, _)) => Some(x),
            _ => None,
        },
        Row::LogicalAnd | Row::LogicalOr => {
            let (e, c) = match known {
                [Some(c), ..] => (y, c != 0.0),
                [_, Some(c), _] => (x, c != 0.0),
                _ if x == y && is_predicate(b, x) => return Some(x),
                _ => return None,
            };
            match (row, c) {
                (Row::LogicalAnd, false) => Some(b.lit(0.0)),
                (Row::LogicalOr, true) => Some(b.lit(1.0)),
                _ if is_predicate(b, e) => Some(e),
                _ => {
                    let zero = b.lit(0.0);
                    Some(two(b, Row::Ne, e, zero))
                }
            }
        }
        Row::LogicalNot => {
            let [e, ..] = b.row_of(x, Row::LogicalNot)?;
            is_predicate(b, e).then_some(e)
        }
        Row::Floor | Row::Ceil | Row::Round | Row::Trunc => match b.op(x) {
            Op::Row(Row::Floor | Row::Ceil | Row::Round | Row::Trunc | Row::Sign, _) => Some(x),
            _ => None,
        },
        _ => None,
    }
}
