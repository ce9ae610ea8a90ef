//! Expressions as text.

use crate::{Expr, Op, Row};
use core::fmt;

/// Sums bind loosest, then products, then signs.
const SUM: u8 = 1;
const PRODUCT: u8 = 2;
const SIGN: u8 = 3;
const ATOM: u8 = 4;

struct Printer<'a> {
    expr: &'a Expr,
    uses: Vec<u32>,
    names: Vec<Option<usize>>,
}

impl Printer<'_> {
    fn text(&self, i: u32, level: u8) -> String {
        match self.names[i as usize] {
            Some(t) => format!("t{t}"),
            None => self.definition(i, level),
        }
    }

    /// The operation itself, in brackets if it binds more loosely than `level`.
    fn definition(&self, i: u32, level: u8) -> String {
        let (text, own) = match self.expr.ops()[i as usize] {
            Op::Input(k) => (format!("x{k}"), ATOM),
            Op::Lit(v) => (format!("{v}"), if v < 0.0 { SIGN } else { ATOM }),
            Op::Row(row, [a, b, _]) => match row {
                Row::Neg => (format!("-{}", self.text(a, SIGN)), SIGN),
                Row::Add => (format!("{} + {}", self.text(a, SUM), self.text(b, SUM)), SUM),
                Row::Sub => (format!("{} - {}", self.text(a, SUM), self.text(b, PRODUCT)), SUM),
                Row::Mul => (format!("{}·{}", self.text(a, PRODUCT), self.text(b, PRODUCT)), PRODUCT),
                Row::Div => (format!("{}/{}", self.text(a, PRODUCT), self.text(b, SIGN)), PRODUCT),
                Row::Square => (format!("{}²", self.text(a, ATOM)), ATOM),
                _ => {
                    let Op::Row(_, x) = self.expr.ops()[i as usize] else { unreachable!() };
                    let args: Vec<String> = x[..row.arity()].iter().map(|&a| self.text(a, 0)).collect();
                    (format!("{row}({})", args.join(", ")), ATOM)
                }
            },
        };
        if own < level { format!("({text})") } else { text }
    }
}

/// The results as formulas over `x0`, `x1`, …; what is used twice gets a name: `t0 = sin(x0); t0·t0 + x1·t0`.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer { expr: self, uses: vec![0; self.ops().len()], names: vec![None; self.ops().len()] };
        for op in self.ops() {
            if let Op::Row(row, x) = op {
                x[..row.arity()].iter().for_each(|&a| printer.uses[a as usize] += 1);
            }
        }
        self.outputs().iter().for_each(|&o| printer.uses[o as usize] += 1);
        let mut count = 0;
        let mut depth = vec![0u32; self.ops().len()];
        for (i, op) in self.ops().iter().enumerate() {
            let Op::Row(row, x) = op else { continue };
            depth[i] = 1 + x[..row.arity()].iter().map(|&a| depth[a as usize]).max().unwrap_or(0);
            // Very deep formulas are cut, too, so that printing does not recurse far.
            if printer.uses[i] > 1 || depth[i] > 40 {
                write!(f, "t{count} = {}; ", printer.definition(i as u32, 0))?;
                printer.names[i] = Some(count);
                count += 1;
                depth[i] = 0;
            }
        }
        for (k, &o) in self.outputs().iter().enumerate() {
            let comma = if k == 0 { "" } else { ", " };
            write!(f, "{comma}{}", printer.text(o, 0))?;
        }
        Ok(())
    }
}
