//! A scalar, an element of a block and an evaluated expression are bitwise the same number, values and pullbacks alike.

use wengert_scalar::kernels::{Float, Operand, apply, pullback};
use wengert_scalar::{Expr, Row};

const POOL: [f64; 12] = [-1e3, -3.3, -1.0, -0.31, -0.0, 0.0, 0.17, 0.83, 1.0, 1.45, 2.0, f64::INFINITY];

/// Columns of arguments: every combination from the pool.
fn columns<T: Float>(arity: usize) -> Vec<Vec<T>> {
    let n = POOL.len().pow(arity as u32);
    (0..arity as u32).map(|i| (0..n).map(|k| T::lit(POOL[k / POOL.len().pow(i) % POOL.len()])).collect()).collect()
}

fn same<T: Float>(a: T, b: T) -> bool {
    let bits = |v: T| format!("{v:?}");
    bits(a) == bits(b)
}

fn check<T: Float>() {
    for &row in Row::ALL {
        let x = columns::<T>(row.arity());
        let n = x[0].len();
        let blocks: Vec<Operand<T>> = x.iter().map(|c| Operand::Block(c)).collect();
        let mut y = vec![T::lit(0.0); n];
        apply(row, &blocks, &mut y);
        for k in 0..n {
            let at: Vec<T> = x.iter().map(|c| c[k]).collect();
            let scalar = T::row(row, &at);
            assert!(same(scalar, y[k]), "{row} at {at:?}: {scalar:?} alone, {:?} in a block", y[k]);
        }
        let g: Vec<T> = (0..n).map(|k| T::lit([0.7, -1.3, 0.0][k % 3])).collect();
        for input in 0..row.arity() {
            let d = Expr::row(row).pullback(1 << input, 1);
            if d.outputs[0].is_none() {
                continue;
            }
            let mut operands: Vec<Operand<T>> = d.primals.iter().map(|&p| Operand::Block(&x[p])).collect();
            operands.extend(d.results.iter().map(|_| Operand::Block(&y)));
            operands.push(Operand::Block(&g));
            let mut out = vec![T::lit(0.0); n];
            pullback(row, input, &operands, &mut out);
            for k in 0..n {
                let at: Vec<T> =
                    operands.iter().map(|o| if let Operand::Block(b) = o { b[k] } else { T::lit(0.0) }).collect();
                let one = d.expr.eval(&at)[0];
                assert!(same(one, out[k]), "pullback of {row} to {input} at {at:?}: {one:?}, {:?} in a block", out[k]);
            }
        }
    }
}

#[test]
fn in_double_precision() {
    check::<f64>();
}

#[test]
fn in_single_precision() {
    check::<f32>();
}
