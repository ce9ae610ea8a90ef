//! Pointwise functions against the same functions applied one element at a time.

use wengert_array::pointwise::{self, evaluate, evaluate_one, evaluate_owned, evaluate_row};
use wengert_array::{Array, DType, Element, Error, Slice, broadcast, memory, threads};
use wengert_scalar::{Expr, Number, Row};

/// Numbers that exercise every branch: both signs, zero, fractions.
fn sample(i: usize) -> f64 {
    ((i * 7 + 3) % 23) as f64 * 0.25 - 2.5
}

fn dense(shape: &[usize], seed: usize, dtype: DType) -> Array {
    let n: usize = shape.iter().product();
    Array::from_vec((0..n).map(|i| sample(i + seed)).collect::<Vec<f64>>(), shape).unwrap().cast(dtype)
}

/// The same elements in other layouts: as it is, through a transposition, through a flip, as every second of a longer one.
fn layouts(a: &Array) -> Vec<Array> {
    let mut all = vec![a.clone(), a.transpose().contiguous().transpose()];
    let axes: Vec<usize> = (0..a.ndim()).collect();
    all.push(a.flip(&axes).unwrap().contiguous().flip(&axes).unwrap());
    if let Some(&last) = a.shape().last() {
        let mut wide = a.shape().to_vec();
        *wide.last_mut().unwrap() = last * 2;
        let (view, wide) = (a.expand_dims(a.ndim()).unwrap(), wide);
        let mut doubled = a.shape().to_vec();
        doubled.push(2);
        let twice = view.broadcast_to(&doubled).unwrap().contiguous().reshape(&wide).unwrap();
        let mut every_second = vec![Slice::ALL; a.ndim()];
        *every_second.last_mut().unwrap() = Slice::new(None, None, 2);
        all.push(twice.slice(&every_second).unwrap());
    }
    for layout in &all {
        assert_eq!(layout.shape(), a.shape());
    }
    all
}

/// The expression at every element, through the path for numbers.
fn one_by_one(expr: &Expr, inputs: &[&Array]) -> Vec<Vec<Array>> {
    let shapes: Vec<&[usize]> = inputs.iter().map(|a| a.shape()).collect();
    let shape = broadcast(&shapes).unwrap();
    let spread: Vec<Array> = inputs.iter().map(|a| a.broadcast_to(&shape).unwrap()).collect();
    let mut all = vec![Vec::new(); expr.num_outputs()];
    for flat in 0..shape.elements().unwrap() {
        let mut left = flat;
        let mut index = vec![0; shape.len()];
        for axis in (0..shape.len()).rev() {
            index[axis] = left % shape[axis];
            left /= shape[axis];
        }
        let numbers: Vec<Array> = spread.iter().map(|a| a.get(&index).unwrap()).collect();
        for (k, v) in evaluate(expr, &numbers.iter().collect::<Vec<_>>()).unwrap().into_iter().enumerate() {
            all[k].push(v);
        }
    }
    all
}

fn bits(a: &Array) -> u64 {
    match *a {
        // Any not-a-number is as good as another.
        Array::F64(v) if v.is_nan() => f64::NAN.to_bits(),
        Array::F32(v) if v.is_nan() => f32::NAN.to_bits() as u64,
        Array::F64(v) => v.to_bits(),
        Array::F32(v) => v.to_bits() as u64,
        Array::I64(v) => v as u64,
        Array::I32(v) => v as u64,
        Array::U8(v) => v as u64,
        Array::Bool(v) => v as u64,
        _ => panic!("not a number"),
    }
}

fn elements(a: &Array) -> Vec<Array> {
    fn all<T: Element>(a: &Array) -> Vec<Array> {
        a.to_vec::<T>().unwrap().into_iter().map(T::scalar).collect()
    }
    wengert_array::dispatch!(a.dtype(), T => all::<T>(a))
}

fn check(expr: &Expr, inputs: &[&Array]) {
    let specs: Vec<(DType, &[usize])> = inputs.iter().map(|a| (a.dtype(), a.shape())).collect();
    let (shape, dtypes) = pointwise::output(expr, &specs, "test").unwrap();
    let wanted = one_by_one(expr, inputs);
    let found = evaluate(expr, inputs).unwrap();
    assert_eq!(found.len(), expr.num_outputs());
    for (k, out) in found.iter().enumerate() {
        assert_eq!(out.shape(), &*shape, "{expr}");
        assert_eq!(out.dtype(), dtypes[k], "{expr}");
        for (i, (a, b)) in elements(out).iter().zip(&wanted[k]).enumerate() {
            assert_eq!(a.dtype(), b.dtype());
            assert_eq!(bits(a), bits(b), "{expr} output {k} element {i}: {:?} {:?}", a.to_f64(), b.to_f64());
        }
    }
}

fn takes(row: Row, dtype: DType) -> bool {
    let inputs = vec![(dtype, &[][..]); row.arity()];
    pointwise::output(&Expr::row(row), &inputs, row.name()).is_ok()
}

#[test]
fn every_row_gives_the_same_at_a_number_and_in_every_layout() {
    for &row in Row::ALL {
        for dtype in DType::ALL.into_iter().filter(|&d| takes(row, d)) {
            let expr = Expr::row(row);
            let shape = [3, 5, 7];
            let mut inputs: Vec<Array> = (0..row.arity()).map(|k| dense(&shape, 5 * k + 1, dtype)).collect();
            if row == Row::Pow && dtype.is_integer() {
                inputs[1] = evaluate_row(Row::Abs, &[&inputs[1]]).unwrap();
            }
            if row == Row::Polygamma {
                inputs[0] = Array::number(1.0, dtype);
            }
            for first in layouts(&inputs[0]) {
                let mut all: Vec<&Array> = inputs.iter().collect();
                all[0] = &first;
                check(&expr, &all);
            }
        }
    }
}

#[test]
fn long_blocks_agree_with_numbers() {
    for &row in Row::ALL {
        for dtype in [DType::F64, DType::F32] {
            let mut inputs: Vec<Array> = (0..row.arity()).map(|k| dense(&[2051], 5 * k + 1, dtype)).collect();
            if row == Row::Polygamma {
                inputs[0] = Array::number(1.0, dtype);
            }
            check(&Expr::row(row), &inputs.iter().collect::<Vec<_>>());
        }
    }
}

fn nine() -> Expr {
    Expr::build(3, |v| {
        let (x, a, b) = (v[0], v[1], v[2]);
        vec![(x * a + b).tanh() * (-x.square()).exp() + x.sigmoid()]
    })
}

#[test]
fn expressions_broadcast_in_every_way() {
    let shapes: [[&[usize]; 3]; 14] = [
        [&[4, 6], &[6], &[4, 1]],
        [&[4, 6], &[1, 6], &[]],
        [&[700, 3], &[3], &[700, 1]],
        [&[3, 700], &[700], &[3, 1]],
        [&[2, 300], &[2, 1], &[1]],
        [&[1, 1], &[5, 1], &[1, 9]],
        [&[2, 1, 130, 3], &[5, 1, 3], &[130, 1]],
        [&[1, 2, 1, 2, 1, 2, 1, 2], &[2, 1, 2, 1, 2, 1, 2, 1], &[]],
        [&[1], &[], &[]],
        [&[1, 1, 1], &[], &[1, 1]],
        [&[0, 4], &[4], &[]],
        [&[3, 0], &[0], &[3, 1]],
        [&[0], &[1], &[]],
        [&[2, 2, 2, 2, 2, 2, 2, 2], &[2], &[2, 1, 1]],
    ];
    for dtype in [DType::F64, DType::F32] {
        for shapes in shapes {
            let inputs: Vec<Array> = shapes.iter().enumerate().map(|(k, s)| dense(s, 11 * k, dtype)).collect();
            check(&nine(), &inputs.iter().collect::<Vec<_>>());
            let flipped: Vec<Array> = inputs.iter().map(|a| layouts(a).pop().unwrap()).collect();
            check(&nine(), &flipped.iter().collect::<Vec<_>>());
        }
    }
}

#[test]
fn every_combination_of_layouts_agrees() {
    let (a, b) = (dense(&[5, 6, 7], 1, DType::F64), dense(&[6, 7], 2, DType::F64));
    let expr = Expr::build(2, |v| vec![v[0] * v[1] + v[0].sin(), v[0].lt(v[1]), v[1] - v[0], v[0].lt(v[1])]);
    for a in layouts(&a) {
        for b in layouts(&b) {
            check(&expr, &[&a, &b]);
        }
    }
}

#[test]
fn inputs_constants_and_repeated_results_pass_through() {
    let a = dense(&[3, 4], 0, DType::F64);
    let mask = a.cast(DType::Bool);
    let expr = Expr::build(3, |v| vec![v[0], Number::lit(2.5), v[0] + v[1], v[0] + v[1], v[2]]);
    check(&expr, &[&a, &dense(&[4], 3, DType::F64), &mask]);
    let out = evaluate(&expr, &[&a, &a, &mask]).unwrap();
    assert_eq!(out[0].as_slice::<f64>().unwrap().as_ptr(), a.as_slice::<f64>().unwrap().as_ptr());
    assert_eq!(out[2].as_slice::<f64>().unwrap().as_ptr(), out[3].as_slice::<f64>().unwrap().as_ptr());
}

#[test]
fn truth_values_mix_with_numbers() {
    let a = dense(&[40, 9], 0, DType::F32);
    let mask = evaluate_row(Row::Gt, &[&a, &Array::F32(0.0)]).unwrap();
    assert_eq!(mask.dtype(), DType::Bool);
    let select = Expr::row(Row::Select);
    for dtype in [DType::F32, DType::F64, DType::I32, DType::I64, DType::U8] {
        let (x, y) = (dense(&[40, 9], 1, dtype), Array::number(3.0, dtype));
        for mask in layouts(&mask) {
            check(&select, &[&mask, &x, &y]);
            check(&Expr::row(Row::Mul), &[&x, &mask]);
        }
    }
    let both = Expr::build(2, |v| vec![v[0] + v[1], v[0] * v[1], v[0].eq(v[0] + v[1])]);
    check(&both, &[&mask, &mask.transpose().contiguous().transpose().flip(&[0]).unwrap()]);
}

#[test]
fn integers_follow_python() {
    let (a, b) = (Array::from_slice(&[7i64, -7, 7, -7, 5]), Array::from_slice(&[2i64, 2, -2, -2, 0]));
    let row = |row, a: &Array, b: &Array| evaluate_row(row, &[a, b]).unwrap().to_vec::<i64>().unwrap();
    assert_eq!(row(Row::FloorDivide, &a, &b), [3, -4, -4, 3, 0]);
    assert_eq!(row(Row::Remainder, &a, &b), [1, 1, -1, -1, 0]);
    assert_eq!(row(Row::Pow, &a, &Array::I64(3)), [343, -343, 343, -343, 125]);
    assert_eq!(row(Row::Add, &Array::from_slice(&[i64::MAX]), &Array::I64(1)), [i64::MIN]);
    let bytes = evaluate_row(Row::Sub, &[&Array::from_slice(&[1u8]), &Array::U8(2)]).unwrap();
    assert_eq!(bytes.to_vec::<u8>().unwrap(), [255]);
    assert!(matches!(evaluate_row(Row::Pow, &[&a, &Array::I64(-1)]), Err(Error::Argument { .. })));
}

#[test]
fn errors_say_what_to_write() {
    let message = |r: Result<Array, Error>| r.err().unwrap().to_string();
    let (a, b) = (dense(&[4, 3], 0, DType::F64), dense(&[2], 0, DType::F64));
    let text = message(evaluate_row(Row::Add, &[&a, &b]));
    assert!(text.starts_with("add: shapes (4, 3) and (2,) do not broadcast"), "{text}");
    let text = message(evaluate_row(Row::Sin, &[&a.cast(DType::I64)]));
    assert!(text.contains("sin of int64") && text.contains("cast to float64"), "{text}");
    let text = message(evaluate_row(Row::Add, &[&a, &b.cast(DType::F32)]));
    assert!(text.contains("float64 and float32") && text.contains("cast them to float64"), "{text}");
    let text = message(evaluate_row(Row::Add, &[&a]));
    assert!(text.contains("takes 2 inputs, 1 were given"), "{text}");
    let half = Expr::build(1, |v| vec![v[0] * 0.5]);
    let text = message(evaluate_one(&half, &[&Array::I64(3)]));
    assert!(text.contains("0.5 is not an integer"), "{text}");
    let text = message(evaluate_row(Row::Sub, &[&Array::Bool(true), &Array::Bool(true)]));
    assert!(text.contains("sub is not defined for bool"), "{text}");
    let wide = Array::F64(1.0).broadcast_to(&[1 << 30, 1 << 20]).unwrap();
    let text = message(evaluate_row(Row::Neg, &[&wide]));
    assert!(text.contains("memory"), "{text}");
}

#[test]
fn permuted_inputs_keep_their_layout() {
    let a = dense(&[4, 5, 6], 0, DType::F64).permute(&[2, 0, 1]).unwrap();
    let bias = dense(&[5], 1, DType::F64);
    let out = evaluate_row(Row::Add, &[&a, &bias]).unwrap();
    assert_eq!(out.strides(), a.strides());
    check(&Expr::row(Row::Add), &[&a, &bias]);
}

#[test]
fn large_results_do_not_depend_on_the_number_of_threads() {
    let (x, a, b) = (dense(&[301, 700], 0, DType::F64), dense(&[700], 1, DType::F64), dense(&[301, 1], 2, DType::F64));
    let before = threads::threads();
    let mut all = Vec::new();
    for n in [1, 2, 3] {
        threads::set_threads(n).unwrap();
        let narrow = x.reshape(&[301 * 70, 10]).unwrap();
        let sum = evaluate_row(Row::Add, &[&narrow, &a.slice(&[Slice::from(..10)]).unwrap()]).unwrap();
        let tanh = evaluate_row(Row::Tanh, &[&x]).unwrap();
        let truth = evaluate_row(Row::Lt, &[&x, &Array::F64(0.3)]).unwrap();
        let flipped = evaluate_row(Row::Mul, &[&x, &x.flip(&[1]).unwrap()]).unwrap();
        let nine = evaluate_one(&nine(), &[&x, &a, &b]).unwrap();
        all.push([sum, tanh, truth.cast(DType::F64), flipped, nine].map(|v| v.to_vec::<f64>().unwrap()));
    }
    threads::set_threads(before).unwrap();
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    let narrow = x.to_vec::<f64>().unwrap();
    let (row, a) = (&all[0][0], a.to_vec::<f64>().unwrap());
    assert!(row.iter().enumerate().all(|(i, &v)| v == narrow[i] + a[i % 10]));
    assert!(all[0][1].iter().zip(&narrow).all(|(&v, &x)| v == Row::Tanh.eval_f64(&[x])));
}

#[test]
fn memory_handed_over_is_written_over() {
    let expr = nine();
    let (a, b) = (Array::F64(0.5), Array::F64(0.25));
    let x = dense(&[300, 400], 0, DType::F64);
    let wanted = evaluate_one(&expr, &[&x, &a, &b]).unwrap();

    let own = x.copy().unwrap();
    let address = own.as_slice::<f64>().unwrap().as_ptr();
    let out = evaluate_owned(&expr, [own, a.clone(), b.clone()].into_iter().collect()).unwrap();
    assert_eq!(out[0].as_slice::<f64>().unwrap().as_ptr(), address);
    assert_eq!(out[0].to_vec::<f64>().unwrap(), wanted.to_vec::<f64>().unwrap());

    let shared = x.clone();
    let out = evaluate_owned(&expr, [shared, a, b].into_iter().collect()).unwrap();
    assert_ne!(out[0].as_slice::<f64>().unwrap().as_ptr(), x.as_slice::<f64>().unwrap().as_ptr());
    assert_eq!(out[0].to_vec::<f64>().unwrap(), wanted.to_vec::<f64>().unwrap());

    let sum = Expr::build(2, |v| vec![v[0] + v[1], v[0] - v[1], v[0].lt(v[1])]);
    let wanted = evaluate(&sum, &[&x, &wanted]).unwrap();
    let handed = [x.copy().unwrap(), out[0].copy().unwrap()].into_iter().collect();
    let out = evaluate_owned(&sum, handed).unwrap();
    for (out, wanted) in out.iter().zip(&wanted) {
        assert_eq!(
            elements(out).iter().map(bits).collect::<Vec<_>>(),
            elements(wanted).iter().map(bits).collect::<Vec<_>>()
        );
    }
}

#[test]
fn memory_is_recycled_and_counted() {
    let n = 3_000_000;
    let x = Array::ones([n], DType::F64);
    memory::reset_peak();
    let before = memory::in_use();
    for _ in 0..5 {
        let y = evaluate_row(Row::Add, &[&x, &x]).unwrap();
        assert_eq!(y.as_slice::<f64>().unwrap()[n - 1], 2.0);
    }
    // Other tests run beside this one, so the bounds are wide.
    assert!(memory::peak() >= before + 8 * n);
    assert!(memory::peak() < before + 40 * 8 * n);
}

#[test]
fn pullbacks_of_rows_agree_with_numbers() {
    for &row in Row::ALL {
        for input in 0..row.arity() {
            let expr = Expr::row(row).pullback(1 << input, 1).expr;
            if expr.num_outputs() != 1 {
                continue;
            }
            for dtype in [DType::F64, DType::F32] {
                let mut inputs: Vec<Array> = (0..expr.arity()).map(|k| dense(&[37], 5 * k + 1, dtype)).collect();
                if matches!(row, Row::Polygamma | Row::Trigamma | Row::Digamma) {
                    inputs[0] = Array::number(1.0, dtype);
                }
                check(&expr, &inputs.iter().collect::<Vec<_>>());
                let last = expr.arity() - 1;
                inputs[last] = Array::number(2.5, dtype);
                check(&expr, &inputs.iter().collect::<Vec<_>>());
            }
        }
    }
}
