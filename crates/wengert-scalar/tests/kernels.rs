//! Kernels agree with themselves: a scalar with an element of a block, a splat with a block, a pullback with its expression.

use wengert_scalar::kernels::{self, Float, Isa, Operand};
use wengert_scalar::{Expr, Lanes, Number, Row};

const LENGTH: usize = 1300;

/// Values of every kind: moderate, huge, tiny, special; different for each argument.
fn column<T: Float>(which: usize) -> Vec<T> {
    let special =
        [0.0, -0.0, 1.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e-310, 1e300, -1e30, 1e7, 0.5, 2.0, 3.0];
    let value = |i: usize| {
        let wave = ((i * 7919 + which * 104_729) % 10_007) as f64 / 10_007.0;
        match i % 3 {
            0 => 6.0 * wave - 3.0,
            1 => (wave - 0.3) * 40.0,
            _ if i.is_multiple_of(7) => special[(i / 21 + 5 * which) % special.len()],
            _ => 0.9 * wave,
        }
    };
    (0..LENGTH).map(|i| T::lit(value(i))).collect()
}

fn same<T: Float>(a: T, b: T) -> bool {
    let bits = |v: T| format!("{v:?}");
    bits(a) == bits(b)
}

/// Every instruction set of the machine in turn.
fn everywhere(f: impl Fn(Isa)) {
    for isa in Isa::available() {
        kernels::with_isa(isa, || f(isa));
    }
}

fn scalars_equal_elements<T: Float>() {
    everywhere(|isa| {
        let x: Vec<Vec<T>> = (0..3).map(column).collect();
        for &row in Row::ALL {
            let blocks: Vec<Operand<T>> = x[..row.arity()].iter().map(|x| Operand::Block(x)).collect();
            let mut out = vec![T::lit(0.0); LENGTH];
            kernels::apply(row, &blocks, &mut out);
            for i in 0..LENGTH {
                let at: Vec<T> = x[..row.arity()].iter().map(|x| x[i]).collect();
                let one = kernels::eval(row, &at);
                assert!(same(one, out[i]), "{isa:?} {row}{at:?}: scalar {one:?}, element {:?}", out[i]);
            }
        }
    });
}

#[test]
fn f64_scalars_equal_elements() {
    scalars_equal_elements::<f64>();
}

#[test]
fn f32_scalars_equal_elements() {
    scalars_equal_elements::<f32>();
}

#[test]
fn splats_equal_blocks() {
    let x: Vec<Vec<f64>> = (0..3).map(column).collect();
    for &row in Row::ALL {
        for mask in 0..1 << row.arity() {
            for n in [1, 7, 512, 513, LENGTH] {
                let value = x[0][n % 11];
                let constant = vec![value; n];
                let operand = |i: usize, spread: bool| match mask >> i & 1 {
                    1 if spread => Operand::Splat(value),
                    1 => Operand::Block(&constant[..]),
                    _ => Operand::Block(&x[i][..n]),
                };
                let (mut splat, mut block) = (vec![0.0; n], vec![0.0; n]);
                kernels::apply(row, &(0..row.arity()).map(|i| operand(i, true)).collect::<Vec<_>>(), &mut splat);
                kernels::apply(row, &(0..row.arity()).map(|i| operand(i, false)).collect::<Vec<_>>(), &mut block);
                assert!(splat.iter().zip(&block).all(|(a, b)| same(*a, *b)), "{row} {mask:b} {n}");
            }
        }
    }
}

fn pullbacks_equal_expressions<T: Float>() {
    everywhere(|isa| {
        let x: Vec<Vec<T>> = (0..3).map(column).collect();
        let g: Vec<T> = column(4);
        for &row in Row::ALL {
            let blocks: Vec<Operand<T>> = x[..row.arity()].iter().map(|x| Operand::Block(x)).collect();
            let mut y = vec![T::lit(0.0); LENGTH];
            kernels::apply(row, &blocks, &mut y);
            for input in 0..row.arity() {
                let d = Expr::row(row).pullback(1 << input, 1);
                let Some((r, i)) = d.expr.emitted() else { continue };
                // Several rows share a pullback; the name found must give the same numbers.
                let mut columns: Vec<&[T]> = d.primals.iter().map(|&p| &x[p][..]).collect();
                columns.extend(d.results.iter().map(|_| &y[..]));
                columns.push(&g);
                let operands: Vec<Operand<T>> = columns.iter().map(|c| Operand::Block(c)).collect();
                let mut out = vec![T::lit(0.0); LENGTH];
                kernels::pullback(r, i, &operands, &mut out);
                for at in 0..LENGTH {
                    let point: Vec<T> = columns.iter().map(|c| c[at]).collect();
                    let expected = d.expr.eval(&point)[0];
                    assert!(
                        out[at] == expected || same(out[at], expected),
                        "{isa:?} {row}/{input} as {r}/{i} at {point:?}: {:?}, {expected:?} of {}",
                        out[at],
                        d.expr
                    );
                }
            }
        }
    });
}

#[test]
fn f64_pullbacks_equal_expressions() {
    pullbacks_equal_expressions::<f64>();
}

#[test]
fn f32_pullbacks_equal_expressions() {
    pullbacks_equal_expressions::<f32>();
}

#[test]
fn lanes_equal_scalars() {
    let x: Vec<Vec<f64>> = (0..3).map(column).collect();
    for &row in Row::ALL {
        for start in (0..LENGTH - 8).step_by(8) {
            let lanes: Vec<Lanes<f64, 8>> =
                x[..row.arity()].iter().map(|x| Lanes(std::array::from_fn(|i| x[start + i]))).collect();
            let y = Lanes::row(row, &lanes);
            for i in 0..8 {
                let at: Vec<f64> = lanes.iter().map(|l| l[i]).collect();
                assert!(same(y[i], kernels::eval(row, &at)), "{row}{at:?}");
            }
        }
    }
    let y = (Lanes([1.0f32, 2.0]) * 2.0 + 1.0) / Lanes::splat(2.0f32) - Lanes([0.5, 0.5]);
    assert_eq!(-y, Lanes([-1.0, -2.0]));
}

#[test]
#[should_panic(expected = "length")]
fn unequal_lengths_are_refused() {
    kernels::apply(Row::Add, &[Operand::Block(&[1.0, 2.0]), Operand::Splat(1.0)], &mut [0.0]);
}
