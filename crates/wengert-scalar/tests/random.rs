//! Random expressions: simplification keeps values, and pullback, pushforward, tape and duals give one gradient.

use proptest::prelude::*;
use wengert_scalar::{Dual, Expr, Number, Row, Var, jacobian_reverse};

const INPUTS: usize = 3;

/// Rows whose values stay tame, so that most random expressions are finite.
const ROWS: [Row; 24] = [
    Row::Add,
    Row::Sub,
    Row::Mul,
    Row::Div,
    Row::Neg,
    Row::Sin,
    Row::Cos,
    Row::Tanh,
    Row::Sigmoid,
    Row::Softplus,
    Row::Square,
    Row::Abs,
    Row::Maximum,
    Row::Minimum,
    Row::Hypot,
    Row::Select,
    Row::Lt,
    Row::LogicalNot,
    Row::Atan,
    Row::Erf,
    Row::Silu,
    Row::Pow,
    Row::Clamp,
    Row::Floor,
];

/// A program: each step is a row of earlier values, which may be inputs or constants.
#[derive(Clone, Debug)]
struct Program {
    constants: Vec<f64>,
    steps: Vec<(Row, [usize; 3])>,
}

impl Program {
    /// The last two values.
    fn run<R: Number>(&self, x: &[R]) -> Vec<R> {
        let mut values = self.values(x);
        values.split_off(values.len() - 2)
    }

    fn values<R: Number>(&self, x: &[R]) -> Vec<R> {
        let mut values = x.to_vec();
        values.extend(self.constants.iter().map(|&c| R::lit(c)));
        for (row, at) in &self.steps {
            let args = at.map(|a| values[a % values.len()]);
            values.push(R::row(*row, &args[..row.arity()]));
        }
        values
    }
}

fn program() -> impl Strategy<Value = Program> {
    let constant = prop::sample::select(vec![0.0, 1.0, -1.0, 2.0, 0.5, 3.0, -0.7]);
    let step = (prop::sample::select(ROWS.to_vec()), prop::array::uniform3(0usize..64));
    (prop::collection::vec(constant, 3), prop::collection::vec(step, 2..14))
        .prop_map(|(constants, steps)| Program { constants, steps })
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, max_global_rejects: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn one_gradient(program in program(), x in prop::array::uniform3(-2.0f64..2.0), g in prop::array::uniform2(-1.5f64..1.5)) {
        let plain = program.run(&x);
        let e = Expr::build(INPUTS, |s| program.run(s));
        let y = e.eval(&x);
        prop_assume!(program.values(&x).iter().all(|v| v.abs() < 1e6));
        for k in 0..2 {
            prop_assert!(near(plain[k], y[k]), "value {k}: {} and {} of {e}", plain[k], y[k]);
        }

        let rows = jacobian_reverse(|v: [Var; INPUTS]| { let r = program.run(&v); [r[0], r[1]] }, x);
        prop_assume!(rows.iter().flatten().all(|v| v.abs() < 1e6));
        let duals: Vec<Dual<f64, INPUTS>> = (0..INPUTS).map(|i| Dual::variable(x[i], i)).collect();
        let duals = program.run(&duals);
        for k in 0..2 {
            for i in 0..INPUTS {
                prop_assert!(near(rows[k][i], duals[k].tangent[i]), "dual {k} {i} {rows:?} {duals:?} {e}");
            }
        }

        let inputs = |d: &wengert_scalar::Derived, seeds: &[f64]| -> Vec<f64> {
            let primals = d.primals.iter().map(|&i| x[i]);
            primals.chain(d.results.iter().map(|&k| y[k])).chain(d.seeds.iter().map(|&s| seeds[s])).collect()
        };
        let back = e.pullback(0b111, 0b11);
        let pulled = back.expr.eval(&inputs(&back, &g));
        for (i, (first, second)) in rows[0].iter().zip(&rows[1]).enumerate() {
            let expected = g[0] * first + g[1] * second;
            let found = back.outputs[i].map_or(0.0, |k| pulled[k]);
            prop_assert!(near(found, expected), "pullback {i}: {found}, {expected}: {} of {e}", back.expr);
        }
        for i in 0..INPUTS {
            let forward = e.pushforward(1 << i);
            let mut seeds = [0.0; INPUTS];
            seeds[i] = 1.0;
            let pushed = forward.expr.eval(&inputs(&forward, &seeds));
            for (k, row) in rows.iter().enumerate() {
                let found = forward.outputs[k].map_or(0.0, |o| pushed[o]);
                prop_assert!(near(found, row[i]), "pushforward {k} {i}: {found}, {}: {} of {e}", row[i], forward.expr);
            }
        }
    }

    #[test]
    fn building_again_changes_nothing(program in program()) {
        let e = Expr::build(INPUTS, |s| program.run(s));
        let again = Expr::build(INPUTS, |s| e.eval(s));
        let third = Expr::build(INPUTS, |s| again.eval(s));
        prop_assert_eq!(&again, &third);
        prop_assert_eq!(again.ops().len(), e.ops().len());
    }
}
