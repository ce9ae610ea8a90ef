//! Expressions: what is simplified, what derivatives read, fusion, printing.

use wengert_scalar::{Expr, Number, Op, Row, Sym};

fn text(f: impl FnOnce(&[Sym]) -> Sym) -> String {
    Expr::build(3, |x| vec![f(x)]).to_string()
}

#[test]
fn simplification() {
    let lit = Sym::lit;
    assert_eq!(text(|x| x[0] * 0.0), "0");
    assert_eq!(text(|x| 0.0 / x[0]), "0");
    assert_eq!(text(|x| x[0] * 1.0), "x0");
    assert_eq!(text(|x| x[0] / 1.0), "x0");
    assert_eq!(text(|x| x[0] + 0.0), "x0");
    assert_eq!(text(|x| 0.0 - x[0]), "-x0");
    assert_eq!(text(|x| x[0] - 0.0), "x0");
    assert_eq!(text(|x| -(-x[0])), "x0");
    assert_eq!(text(|x| x[0] * -1.0), "-x0");
    assert_eq!(text(|x| (-x[0]) * (-x[1])), "x0·x1");
    assert_eq!(text(|x| x[1] * x[0]), "x0·x1");
    assert_eq!(text(|x| x[0] * x[0]), "x0²");
    assert_eq!(text(|x| x[0] + x[0]), "x0·2");
    assert_eq!(text(|x| x[0] + -x[1]), "x0 - x1");
    assert_eq!(text(|x| -(x[0] - x[1])), "x1 - x0");
    assert_eq!(text(|x| (x[0] * 3.0) * 2.0), "x0·6");
    assert_eq!(text(|x| x[0] / 4.0), "x0·0.25");
    assert_eq!(text(|x| x[0].pow(lit(2.0))), "x0²");
    assert_eq!(text(|x| x[0].pow(lit(1.0))), "x0");
    assert_eq!(text(|x| x[0].pow(lit(0.0))), "1");
    assert_eq!(text(|x| x[0].pow(lit(-1.0))), "reciprocal(x0)");
    assert_eq!(text(|x| x[0].pow(lit(0.5))), "pow(x0, 0.5)"); // differs from sqrt at −0 and −∞
    assert_eq!(text(|_| (lit(2.0) + 3.0) * 4.0), "20");
    assert_eq!(text(|x| lit(1.0).select(x[0], x[1])), "x0");
    assert_eq!(text(|x| lit(0.0).select(x[0], x[1])), "x1");
    assert_eq!(text(|x| x[0].select(x[1], x[1])), "x1");
    assert_eq!(text(|x| x[0].select(x[1], lit(0.0)) + x[0].select(lit(0.0), x[2])), "select(x0, x1, x2)");
    assert_eq!(text(|x| x[0].maximum(x[0])), "x0");
    assert_eq!(text(|x| lit(0.0).polygamma(x[0])), "digamma(x0)");
    assert_eq!(text(|x| lit(1.0).polygamma(x[0])), "trigamma(x0)");
    assert_eq!(text(|x| x[0].lt(x[1]).logical_and(lit(1.0))), "lt(x0, x1)");
    assert_eq!(text(|x| x[0].logical_and(lit(1.0))), "ne(x0, 0)");
}

#[test]
fn what_is_computed_twice_is_shared() {
    let e = Expr::build(2, |x| vec![x[0].sin() * x[1], x[0].sin() + x[1]]);
    assert_eq!(e.to_string(), "t0 = sin(x0); x1·t0, x1 + t0");
    assert_eq!(e.ops().len(), 5);
    assert_eq!(e.eval(&[0.0, 2.0]), [0.0, 2.0]);
}

#[test]
fn equal_texts_give_equal_expressions() {
    let a = Expr::build(2, |x| {
        x[1].exp();
        vec![x[0] * x[1]]
    });
    assert_eq!(a, Expr::row(Row::Mul));
    assert_eq!(a.as_row(), Some(Row::Mul));
    assert_ne!(a, Expr::build(3, |x| vec![x[0] * x[1]]));
    assert_eq!(Expr::build(2, |x| vec![x[1] - x[0]]).as_row(), None);
    assert_ne!(Expr::build(0, |_| vec![Sym::lit(0.0)]), Expr::build(0, |_| vec![Sym::lit(-0.0)]));
    assert_eq!(Expr::build(1, |x| vec![x[0]]).as_row(), None);
}

#[test]
fn pullbacks_read_no_more_than_they_need() {
    let reads = |row: Row, wanted: u64| {
        let d = Expr::row(row).pullback(wanted, 1);
        (d.primals, d.results, d.seeds)
    };
    for row in [Row::Tanh, Row::Exp, Row::Sigmoid, Row::Sqrt, Row::Reciprocal, Row::Tan, Row::Rsqrt, Row::Cbrt] {
        assert_eq!(reads(row, 1), (vec![], vec![0], vec![0]), "{row}");
    }
    assert_eq!(reads(Row::Mul, 0b11), (vec![0, 1], vec![], vec![0]));
    assert_eq!(reads(Row::Mul, 0b01), (vec![1], vec![], vec![0]));
    assert_eq!(reads(Row::Mul, 0b10), (vec![0], vec![], vec![0]));
    assert_eq!(reads(Row::Add, 0b11), (vec![], vec![], vec![0]));
    assert_eq!(reads(Row::Div, 0b01), (vec![1], vec![], vec![0]));
    assert_eq!(reads(Row::Div, 0b10), (vec![1], vec![0], vec![0]));
    assert_eq!(reads(Row::Select, 0b110), (vec![0], vec![], vec![0]));
    assert_eq!(reads(Row::Floor, 1), (vec![], vec![], vec![]));
    let d = Expr::row(Row::Select).pullback(0b111, 1);
    assert_eq!(d.outputs, [None, Some(0), Some(1)]);
    assert_eq!(Expr::row(Row::Tanh).pullback(1, 1).expr.to_string(), "scale(x1, 1 - x0²)");
}

#[test]
fn derivatives_of_several_results() {
    let e = Expr::build(2, |x| vec![x[0] * x[1], x[0].sin(), Sym::lit(3.0)]);
    let d = e.pullback(0b11, 0b001);
    assert_eq!((d.primals, d.results, d.seeds, d.outputs), (vec![0, 1], vec![], vec![0], vec![Some(0), Some(1)]));
    let d = e.pullback(0b11, 0b010);
    assert_eq!((d.primals, d.seeds, d.outputs), (vec![0], vec![1], vec![Some(0), None]));
    let d = e.pullback(0b01, 0b100);
    assert_eq!((d.seeds.len(), d.outputs), (0, vec![None]));
    let d = e.pushforward(0b10);
    assert_eq!((d.primals, d.seeds, d.outputs), (vec![0], vec![1], vec![Some(0), None, None]));
    // One operation that is two results adds their cotangents.
    let twice = Expr::build(1, |x| vec![x[0].exp(), x[0].exp()]);
    assert_eq!(twice.pullback(1, 0b11).expr.eval(&[5.0, 1.0, 10.0]), [55.0]);
}

#[test]
fn predicates_have_no_derivative() {
    for &row in Row::ALL.iter().filter(|r| r.is_predicate()) {
        let e = Expr::row(row);
        assert!(e.output_is_predicate(0));
        assert_eq!(e.pullback(0b11, 1).outputs, vec![None; row.arity()]);
        assert_eq!(e.pushforward(0b11).outputs, [None]);
    }
    assert!(!Expr::row(Row::Select).output_is_predicate(0));
}

#[test]
fn fusion_is_substitution() {
    let outer = Expr::build(2, |x| vec![x[0] * x[1] + 1.0]);
    let inner = Expr::build(2, |x| vec![x[0].sin(), x[0] - x[1]]);
    let fused = outer.compose(1, &inner, 1);
    assert_eq!(fused.to_string(), "x0·(x1 - x2) + 1");
    assert_eq!(fused.eval(&[2.0, 5.0, 3.0]), [5.0]);
    assert_eq!(outer.compose(0, &Expr::build(0, |_| vec![Sym::lit(0.0)]), 0).to_string(), "1");
}

#[test]
fn evaluation_into_a_buffer_matches() {
    let e = Expr::build(2, |x| vec![x[0].hypot(x[1]), x[0].atan2(x[1]), x[0].lt(x[1]).select(x[0], x[1])]);
    let (mut scratch, mut out) = (Vec::new(), [0.0; 3]);
    e.eval_into(&[3.0, 4.0], &mut scratch, &mut out);
    assert_eq!(out.to_vec(), e.eval(&[3.0, 4.0]));
    assert_eq!(out[0], 5.0);
    assert_eq!(e.eval(&[3.0_f32, 4.0])[0], 5.0);
}

#[test]
fn long_expressions_print_and_drop() {
    let e = Expr::build(1, |x| vec![(0..5_000).fold(x[0], |v, _| v.sin())]);
    assert_eq!(e.ops().len(), 5_001);
    assert!(e.to_string().contains("t3 = "));
    assert!(matches!(e.ops()[0], Op::Input(0)));
    assert_eq!(e.pullback(1, 1).outputs, [Some(0)]);
}

#[test]
#[should_panic(expected = "outside the Expr::build")]
fn a_symbol_does_not_outlive_its_expression() {
    let mut kept = None;
    Expr::build(1, |x| {
        kept = Some(x[0]);
        vec![x[0]]
    });
    let _ = kept.map(|x| x + 1.0);
}

#[test]
#[should_panic(expected = "outside the Expr::build")]
fn a_symbol_does_not_enter_another_expression() {
    Expr::build(1, |x| {
        Expr::build(1, |y| vec![x[0] + y[0]]);
        vec![x[0]]
    });
}

#[test]
fn a_panic_inside_build_leaves_the_thread_usable() {
    let failed = std::panic::catch_unwind(|| Expr::build(1, |_| panic!("mine")));
    assert!(failed.is_err());
    assert_eq!(Expr::build(1, |x| vec![x[0] + 1.0]).eval(&[1.0]), [2.0]);
}

#[test]
fn rows_know_their_names() {
    for &row in Row::ALL {
        assert_eq!(Row::from_name(row.name()), Some(row));
        assert_eq!(row.inputs().len(), row.arity());
        assert!((1..=3).contains(&row.arity()));
    }
    assert_eq!(Row::from_name("nothing"), None);
    assert_eq!(Row::LogSigmoid.to_string(), "log_sigmoid");
}
