//! The matrix product against three nested loops, over dtypes, shapes and layouts.

use proptest::prelude::*;
use wengert_array::matmul::{matmul, output};
use wengert_array::{Array, DType, Slice, threads};

/// Small whole numbers: products are exact, so every order of summing gives the same.
fn numbers(shape: &[usize], seed: usize, dtype: DType) -> Array {
    let n: usize = shape.iter().product();
    let v: Vec<f64> =
        (0..n).map(|i| ((i * 13 + i / 7 + seed) % 5) as f64 - if dtype == DType::U8 { 0.0 } else { 2.0 }).collect();
    Array::from_vec(v, shape).unwrap().cast(dtype)
}

fn at(x: &Array, index: &[usize]) -> f64 {
    x.get(index).unwrap().to_f64().unwrap()
}

/// (m, k) by (k, n), written down as it is defined.
fn plain(a: &Array, b: &Array) -> Vec<f64> {
    let (m, k, n) = (a.shape()[0], a.shape()[1], b.shape()[1]);
    (0..m * n).map(|o| (0..k).map(|p| at(a, &[o / n, p]) * at(b, &[p, o % n])).sum()).collect()
}

fn values(x: &Array) -> Vec<f64> {
    x.cast(DType::F64).to_vec::<f64>().unwrap()
}

/// A matrix of this shape in every layout.
fn layouts(m: usize, n: usize, seed: usize, dtype: DType) -> Vec<Array> {
    let step = |step| Slice::new(None, None, step);
    vec![
        numbers(&[m, n], seed, dtype),
        numbers(&[n, m], seed, dtype).transpose(),
        numbers(&[m, n], seed, dtype).flip(&[0, 1]).unwrap(),
        numbers(&[m, 2 * n], seed, dtype).slice(&[step(1), step(-2)]).unwrap(),
        numbers(&[1, n], seed, dtype).broadcast_to(&[m, n]).unwrap(),
        numbers(&[m, 1], seed, dtype).broadcast_to(&[m, n]).unwrap(),
    ]
}

#[test]
fn every_layout_and_size() {
    let sizes = [
        (1, 1, 1),
        (2, 3, 4),
        (1, 7, 5),
        (6, 9, 1),
        (1, 40, 1),
        (5, 1, 6),
        (17, 20, 33),
        (9, 65, 16),
        (70, 66, 71),
        (3, 0, 4),
        (0, 3, 2),
    ];
    for dtype in [DType::F32, DType::F64, DType::I32, DType::I64] {
        for (m, k, n) in sizes {
            for (i, a) in layouts(m, k, 1, dtype).iter().enumerate() {
                for (j, b) in layouts(k, n, 2, dtype).iter().enumerate() {
                    let got = matmul(a, b).unwrap();
                    assert_eq!((got.shape(), got.dtype()), (&[m, n][..], dtype));
                    assert_eq!(values(&got), plain(a, b), "{dtype} {m}x{k}x{n}, layouts {i} and {j}");
                }
            }
        }
    }
}

#[test]
fn integers_wrap_and_truth_values_ask_for_any() {
    let a = Array::from_slice(&[200u8, 100]);
    assert_eq!(matmul(&a, &a).unwrap().item::<u8>().unwrap(), (200u32 * 200 + 100 * 100) as u8);
    let a = Array::from_vec(vec![true, false, false, false], [2, 2]).unwrap();
    assert_eq!(matmul(&a, &a).unwrap().to_vec::<bool>().unwrap(), [true, false, false, false]);
    let mixed = matmul(&numbers(&[2, 3], 0, DType::I64), &numbers(&[3, 2], 0, DType::F32)).unwrap();
    assert_eq!(mixed.dtype(), DType::F64);
}

#[test]
fn vectors_lose_their_axis() {
    let (a, v, w) = (numbers(&[3, 4], 0, DType::F64), numbers(&[4], 1, DType::F64), numbers(&[3], 2, DType::F64));
    let column = matmul(&a, &v).unwrap();
    assert_eq!(column.shape(), [3]);
    assert_eq!(values(&column), plain(&a, &v.reshape(&[4, 1]).unwrap()));
    let row = matmul(&w, &a).unwrap();
    assert_eq!(row.shape(), [4]);
    assert_eq!(values(&row), plain(&w.reshape(&[1, 3]).unwrap(), &a));
    let dot = matmul(&v, &v.flip(&[0]).unwrap()).unwrap();
    assert!(dot.shape().is_empty());
    assert_eq!(dot.item::<f64>().unwrap(), (0..4).map(|i| at(&v, &[i]) * at(&v, &[3 - i])).sum::<f64>());
    let none = Array::zeros([0], DType::F32);
    assert_eq!(matmul(&none, &none).unwrap().item::<f32>().unwrap(), 0.0);
    let stack = matmul(&numbers(&[5, 3, 4], 0, DType::F64), &v).unwrap();
    assert_eq!(stack.shape(), [5, 3]);
    let stack = matmul(&w, &numbers(&[5, 3, 4], 0, DType::F64)).unwrap();
    assert_eq!(stack.shape(), [5, 4]);
}

/// Each matrix of the stack apart.
fn stacked(a: &Array, b: &Array) {
    let got = matmul(a, b).unwrap();
    let n = got.ndim();
    let stack = &got.shape()[..n - 2];
    let each = |x: &Array| {
        let shape: Vec<usize> = stack.iter().chain(&x.shape()[x.ndim() - 2..]).copied().collect();
        x.broadcast_to(&shape).unwrap().reshape(&[stack.iter().product(), shape[n - 2], shape[n - 1]]).unwrap()
    };
    let (left, right) = (each(a), each(b));
    let want: Vec<f64> = (0..left.shape()[0])
        .flat_map(|i| {
            let one = |x: &Array| {
                x.slice(&[Slice::new(Some(i as isize), Some(i as isize + 1), 1)]).unwrap().squeeze(0).unwrap()
            };
            plain(&one(&left), &one(&right))
        })
        .collect();
    assert_eq!(values(&got), want, "{:?} {:?}", a.shape(), b.shape());
}

#[test]
fn stacks_broadcast() {
    for dtype in [DType::F32, DType::F64, DType::I32] {
        let x = |shape: &[usize]| numbers(shape, shape.len(), dtype);
        stacked(&x(&[5, 2, 3]), &x(&[3, 4]));
        stacked(&x(&[2, 3]), &x(&[5, 3, 4]));
        stacked(&x(&[7, 1, 2, 3]), &x(&[5, 3, 4]));
        stacked(&x(&[6, 1, 3]), &x(&[3, 4]));
        stacked(&x(&[6, 1, 3]), &x(&[6, 3, 4]));
        stacked(&x(&[5, 3, 2]).permute(&[0, 2, 1]).unwrap(), &x(&[5, 4, 3]).permute(&[0, 2, 1]).unwrap());
        stacked(&x(&[2, 3, 5]).permute(&[2, 0, 1]).unwrap(), &x(&[3, 4]));
        stacked(&x(&[1, 2, 3]).broadcast_to(&[9, 2, 3]).unwrap(), &x(&[9, 3, 2]).flip(&[0, 2]).unwrap());
        stacked(&x(&[300, 20, 20]), &x(&[300, 20, 20]));
        let none = matmul(&x(&[0, 2, 3]), &x(&[3, 4])).unwrap();
        assert_eq!(none.shape(), [0, 2, 4]);
        assert_eq!(values(&matmul(&x(&[2, 2, 0]), &x(&[0, 3])).unwrap()), [0.0; 12]);
    }
}

#[test]
fn shapes_that_do_not_fit_are_shown() {
    for (a, b) in [(&[2, 3][..], &[2, 3][..]), (&[3], &[4]), (&[4, 2, 3], &[5, 3, 2]), (&[], &[3])] {
        let shown = |s: &[usize]| wengert_array::Shape::from(s).to_string();
        let message = output(a, b).unwrap_err().to_string();
        assert!(message.contains(&shown(a)) && message.contains(&shown(b)), "{message}");
        assert_eq!(
            matmul(&Array::zeros(a, DType::F32), &Array::zeros(b, DType::F32)).unwrap_err().to_string(),
            message
        );
    }
}

fn noise(shape: &[usize], dtype: DType) -> Array {
    let n: usize = shape.iter().product();
    let v = (0..n).map(|i| ((i as f64 * 0.754_877_666).fract() - 0.5) * (1.0 + (i % 11) as f64)).collect::<Vec<f64>>();
    Array::from_vec(v, shape).unwrap().cast(dtype)
}

#[test]
fn bits_do_not_depend_on_threads() {
    let sizes = [
        (300, 200, 310),
        (1, 40_000, 30),
        (40_000, 30, 1),
        (1, 1_000_000, 1),
        (129, 1000, 130),
        (20, 5000, 900),
        (2, 300_000, 1),
    ];
    let mut seen: Vec<Vec<u64>> = Vec::new();
    for n in [1, 2, 3, 7] {
        threads::set_threads(n).unwrap();
        let mut bits = Vec::new();
        for dtype in [DType::F32, DType::F64] {
            for (m, k, n) in sizes {
                let (a, b) = (noise(&[m, k], dtype), noise(&[k, n], dtype));
                let (turned_a, turned_b) = (noise(&[k, m], dtype).transpose(), noise(&[n, k], dtype).transpose());
                for product in [matmul(&a, &b), matmul(&turned_a, &b), matmul(&a, &turned_b)] {
                    bits.extend(values(&product.unwrap()).iter().map(|v| v.to_bits()));
                }
            }
            let stack = matmul(&noise(&[200, 30, 40], dtype), &noise(&[200, 40, 20], dtype)).unwrap();
            bits.extend(values(&stack).iter().map(|v| v.to_bits()));
        }
        seen.push(bits);
    }
    assert!(seen.windows(2).all(|w| w[0] == w[1]));
}

#[test]
fn long_inner_products_lose_little() {
    for dtype in [DType::F32, DType::F64] {
        let k = 1_000_000;
        let (a, b) = (noise(&[k], dtype), noise(&[k], dtype).flip(&[0]).unwrap());
        let (va, vb) = (values(&a), values(&b));
        let terms = || va.iter().zip(&vb).map(|(a, b)| a * b);
        // In f64 the products of float32 are exact and a million of them lose about 1e-13 of their magnitude.
        let (want, size) = (terms().sum::<f64>(), terms().map(f64::abs).sum::<f64>());
        let epsilon = if dtype == DType::F32 { f64::from(f32::EPSILON) } else { 1e-13 };
        let got = matmul(&a, &b).unwrap().to_f64().unwrap();
        assert!((got - want).abs() <= epsilon * size, "{dtype}: {got} {want}");
        let tall = matmul(&a, &b.reshape(&[k, 1]).unwrap().broadcast_to(&[k, 3]).unwrap().contiguous()).unwrap();
        for got in values(&tall) {
            assert!((got - want).abs() <= 10.0 * epsilon * size, "{dtype}: {got} {want}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn any_two_matrices(
        m in 0usize..40, k in 0usize..40, n in 0usize..40,
        i in 0usize..6, j in 0usize..6,
        dtype in prop::sample::select(DType::ALL[1..].to_vec()),
    ) {
        let (a, b) = (layouts(m, k, 3, dtype).swap_remove(i), layouts(k, n, 4, dtype).swap_remove(j));
        let want: Vec<f64> = plain(&a, &b).iter().map(|&v| if dtype == DType::U8 { f64::from(v as i64 as u8) } else { v }).collect();
        prop_assert_eq!(values(&matmul(&a, &b).unwrap()), want);
    }
}
