//! Reductions against plain loops, over dtypes and layouts.

use proptest::prelude::*;
use wengert_array::{Array, DType, Slice, dispatch, reduce, threads};

/// The elements in C order as f64, and for each reduced group their list, in the order of the result.
fn groups(x: &Array, axes: &[usize]) -> Vec<Vec<f64>> {
    let kept: Vec<usize> = (0..x.ndim()).filter(|a| !axes.contains(a)).collect();
    let lengths = |axes: &[usize]| -> Vec<usize> { axes.iter().map(|&a| x.shape()[a]).collect() };
    let (outer, inner) = (indices(&lengths(&kept)), indices(&lengths(axes)));
    let read = |o: &[usize], i: &[usize]| {
        let mut index = vec![0; x.ndim()];
        kept.iter().zip(o).for_each(|(&a, &v)| index[a] = v);
        axes.iter().zip(i).for_each(|(&a, &v)| index[a] = v);
        x.get(&index).unwrap().to_f64().unwrap()
    };
    outer.iter().map(|o| inner.iter().map(|i| read(o, i)).collect()).collect()
}

fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    let n: usize = shape.iter().product();
    (0..n)
        .map(|flat| {
            let mut rest = flat;
            let mut index: Vec<usize> = shape
                .iter()
                .rev()
                .map(|&d| {
                    let i = rest % d;
                    rest /= d;
                    i
                })
                .collect();
            index.reverse();
            index
        })
        .collect()
}

fn values(x: &Array) -> Vec<f64> {
    x.cast(DType::F64).to_vec::<f64>().unwrap()
}

/// Small whole numbers, so that sums and products are exact in any order.
fn numbers(shape: &[usize], dtype: DType) -> Array {
    let n: usize = shape.iter().product();
    let v: Vec<f64> = (0..n).map(|i| ((i * 7 + i / 5) % 4) as f64).collect();
    Array::from_vec(v, shape).unwrap().cast(dtype)
}

/// One array in many layouts, each with a name.
fn layouts(dtype: DType) -> Vec<(&'static str, Array)> {
    let x = numbers(&[3, 4, 5], dtype);
    let step = |step| Slice { start: None, stop: None, step };
    vec![
        ("plain", x.clone()),
        ("transposed", x.transpose()),
        ("permuted", x.permute(&[1, 0, 2]).unwrap()),
        ("flipped", x.flip(&[0, 2]).unwrap()),
        ("stepped", x.slice(&[step(1), step(-2), step(2)]).unwrap()),
        ("broadcast", numbers(&[4, 1], dtype).broadcast_to(&[3, 4, 5]).unwrap()),
        ("broadcast innermost kept", numbers(&[3, 1, 1], dtype).broadcast_to(&[3, 2, 2]).unwrap()),
        ("without elements", numbers(&[3, 0, 5], dtype)),
        ("long rows", numbers(&[2, 3, 1500], dtype)),
        ("many rows", numbers(&[700, 2, 3], dtype)),
        ("wide", numbers(&[70, 1100], dtype).reshape(&[1, 70, 1100]).unwrap()),
        (
            "wide, stepped",
            numbers(&[70, 2300], dtype).reshape(&[1, 70, 2300]).unwrap().slice(&[step(1), step(1), step(-2)]).unwrap(),
        ),
    ]
}

const AXES: [&[usize]; 8] = [&[], &[0], &[1], &[2], &[0, 1], &[0, 2], &[1, 2], &[0, 1, 2]];

#[test]
fn every_reduction_in_every_dtype_and_layout() {
    for dtype in DType::ALL {
        let summed = if dtype.is_float() { dtype } else { DType::I64 };
        let averaged = if dtype == DType::F32 { DType::F32 } else { DType::F64 };
        for (layout, x) in layouts(dtype) {
            for axes in AXES {
                let groups = groups(&x, axes);
                let of = |f: fn(&[f64]) -> f64| -> Vec<f64> { groups.iter().map(|g| f(g)).collect() };
                let what = format!("{dtype} {layout} over {axes:?}");
                let same = |name: &str, got: Array, dtype: DType, want: Vec<f64>| {
                    assert_eq!(got.dtype(), dtype, "{name} of {what}");
                    assert_eq!(got.shape(), &*reduce::output(x.shape(), axes, false).unwrap(), "{name} of {what}");
                    assert_eq!(values(&got), want, "{name} of {what}");
                };
                same("sum", reduce::sum(&x, axes, false).unwrap(), summed, of(|g| g.iter().sum()));
                same(
                    "any",
                    reduce::any(&x, axes, false).unwrap(),
                    DType::Bool,
                    of(|g| f64::from(u8::from(g.iter().any(|&v| v != 0.0)))),
                );
                same(
                    "all",
                    reduce::all(&x, axes, false).unwrap(),
                    DType::Bool,
                    of(|g| f64::from(u8::from(g.iter().all(|&v| v != 0.0)))),
                );
                same(
                    "count",
                    reduce::count_nonzero(&x, axes, false).unwrap(),
                    DType::I64,
                    of(|g| g.iter().filter(|&&v| v != 0.0).count() as f64),
                );
                if groups.iter().all(|g| g.len() <= 5) {
                    same("prod", reduce::prod(&x, axes, false).unwrap(), summed, of(|g| g.iter().product()));
                }
                let mean = reduce::mean(&x, axes, false).unwrap();
                assert_eq!(mean.dtype(), averaged);
                for (got, g) in values(&mean).iter().zip(&groups) {
                    let want = g.iter().sum::<f64>() / g.len() as f64;
                    let want = if averaged == DType::F32 { f64::from(want as f32) } else { want };
                    assert!(*got == want || (got.is_nan() && g.is_empty()), "mean of {what}: {got} {want}");
                }
                if groups.iter().all(|g| !g.is_empty()) {
                    same(
                        "max",
                        reduce::max(&x, axes, false).unwrap(),
                        dtype,
                        of(|g| g.iter().copied().fold(f64::MIN, f64::max)),
                    );
                    same(
                        "min",
                        reduce::min(&x, axes, false).unwrap(),
                        dtype,
                        of(|g| g.iter().copied().fold(f64::MAX, f64::min)),
                    );
                }
                if let [axis] = *axes
                    && groups.iter().all(|g| !g.is_empty())
                {
                    let first = |best: fn(f64, f64) -> f64| -> Vec<f64> {
                        groups
                            .iter()
                            .map(|g| {
                                let m = g.iter().copied().reduce(best).unwrap();
                                g.iter().position(|&v| v == m).unwrap() as f64
                            })
                            .collect()
                    };
                    same("argmax", reduce::argmax(&x, Some(axis), false).unwrap(), DType::I64, first(f64::max));
                    same("argmin", reduce::argmin(&x, Some(axis), false).unwrap(), DType::I64, first(f64::min));
                }
                let kept = reduce::sum(&x, axes, true).unwrap();
                let shape: Vec<usize> = (0..3).map(|a| if axes.contains(&a) { 1 } else { x.shape()[a] }).collect();
                assert_eq!(kept.shape(), shape);
            }
        }
    }
}

#[test]
fn variance_and_logsumexp_agree_with_their_definitions() {
    for dtype in [DType::F32, DType::F64, DType::I32] {
        let tolerance = if dtype == DType::F32 { 1e-6 } else { 1e-14 };
        for (layout, x) in layouts(dtype) {
            for axes in AXES {
                let (var, lse) =
                    (reduce::var(&x, axes, false, 1.0).unwrap(), reduce::logsumexp(&x, axes, false).unwrap());
                assert_eq!(var.dtype(), if dtype == DType::F32 { DType::F32 } else { DType::F64 });
                for ((var, lse), g) in values(&var).iter().zip(values(&lse)).zip(groups(&x, axes)) {
                    let mean = compensated(g.iter().copied()) / g.len() as f64;
                    let want = compensated(g.iter().map(|v| (v - mean).powi(2))) / (g.len() as f64 - 1.0).max(0.0);
                    let what = format!("{dtype} {layout} over {axes:?}");
                    assert!(
                        (var - want).abs() <= tolerance * want.abs() || (var.is_nan() && want.is_nan()),
                        "var of {what}: {var} {want}"
                    );
                    let want = compensated(g.iter().map(|v| v.exp())).ln();
                    assert!(
                        lse == want || (lse - want).abs() <= tolerance * want.abs().max(1.0),
                        "logsumexp of {what}: {lse} {want}"
                    );
                }
            }
        }
    }
}

#[test]
fn single_numbers() {
    let x = Array::from(3.5f32);
    assert_eq!(reduce::sum(&x, &[], false).unwrap().item::<f32>().unwrap(), 3.5);
    assert_eq!(reduce::max(&x, &[], true).unwrap().item::<f32>().unwrap(), 3.5);
    assert_eq!(reduce::logsumexp(&x, &[], false).unwrap().item::<f32>().unwrap(), 3.5);
    assert_eq!(reduce::var(&x, &[], false, 0.0).unwrap().item::<f32>().unwrap(), 0.0);
    assert_eq!(reduce::argmax(&x, None, false).unwrap().item::<i64>().unwrap(), 0);
    assert_eq!(reduce::sum(&Array::from(true), &[], false).unwrap().item::<i64>().unwrap(), 1);
}

#[test]
fn nothing_to_reduce() {
    let x = Array::zeros([2, 0], DType::F64);
    assert_eq!(values(&reduce::sum(&x, &[1], false).unwrap()), [0.0, 0.0]);
    assert_eq!(values(&reduce::prod(&x, &[0, 1], false).unwrap()), [1.0]);
    assert_eq!(values(&reduce::logsumexp(&x, &[1], false).unwrap()), [f64::NEG_INFINITY; 2]);
    assert!(values(&reduce::mean(&x, &[1], false).unwrap()).iter().all(|v| v.is_nan()));
    assert_eq!(reduce::max(&x, &[0], false).unwrap().shape(), [0]);
    for (name, result) in [
        ("max", reduce::max(&x, &[1], false)),
        ("argmin", reduce::argmin(&x, Some(1), false)),
        ("argmax", reduce::argmax(&x, None, false)),
    ] {
        let message = result.unwrap_err().to_string();
        assert!(message.starts_with(name) && message.contains("(2, 0)"), "{message}");
    }
}

#[test]
fn axes_that_make_no_sense_are_refused() {
    let x = Array::zeros([2, 3], DType::F64);
    assert!(reduce::sum(&x, &[2], false).unwrap_err().to_string().contains("axis 2"));
    assert!(reduce::mean(&x, &[0, 0], false).unwrap_err().to_string().contains("twice"));
    assert!(reduce::argmax(&x, Some(5), false).is_err());
    assert!(reduce::var(&x, &[7], false, 0.0).is_err());
}

#[test]
fn not_a_number_wins() {
    for at in [0, 5, 31, 32, 40, 1500, 2999] {
        let mut v: Vec<f32> = (0..3000).map(|i| (i % 17) as f32).collect();
        v[at] = f32::NAN;
        v[2999] = f32::NAN;
        let x = Array::from_slice(&v);
        assert!(reduce::max(&x, &[0], false).unwrap().item::<f32>().unwrap().is_nan());
        assert!(reduce::min(&x, &[0], false).unwrap().item::<f32>().unwrap().is_nan());
        assert!(reduce::logsumexp(&x, &[0], false).unwrap().item::<f32>().unwrap().is_nan());
        assert_eq!(reduce::argmax(&x, Some(0), false).unwrap().item::<i64>().unwrap(), at as i64);
        assert_eq!(reduce::argmin(&x, None, false).unwrap().item::<i64>().unwrap(), at as i64);
        let tall = x.reshape(&[300, 10]).unwrap();
        let columns = reduce::argmax(&tall, Some(0), false).unwrap().to_vec::<i64>().unwrap();
        assert_eq!(columns[at % 10], (at / 10) as i64);
    }
}

#[test]
fn infinities_in_logsumexp() {
    let lse = |v: &[f64]| reduce::logsumexp(&Array::from_slice(v), &[0], false).unwrap().item::<f64>().unwrap();
    let inf = f64::INFINITY;
    assert_eq!(lse(&[-inf, -inf]), -inf);
    assert_eq!(lse(&[-inf, 3.0]), 3.0);
    assert_eq!(lse(&[inf, 1.0]), inf);
    assert_eq!(lse(&[-1e300, -1e300]), -1e300);
    assert!((lse(&[700.0; 8]) - (700.0 + 8f64.ln())).abs() < 1e-12);
}

#[test]
fn integer_sums_wrap_and_count_in_int64() {
    let x = Array::from_slice(&[200u8, 200, 200]);
    assert_eq!(reduce::sum(&x, &[0], false).unwrap().item::<i64>().unwrap(), 600);
    let x = Array::from_slice(&[i64::MAX, 1]);
    assert_eq!(reduce::sum(&x, &[0], false).unwrap().item::<i64>().unwrap(), i64::MIN);
    let x = Array::from_slice(&[i32::MAX, i32::MAX]);
    assert_eq!(reduce::sum(&x, &[0], false).unwrap().item::<i64>().unwrap(), 2 * i64::from(i32::MAX));
}

/// A number in [0, 1) with all bits in use.
fn noise(i: usize) -> f64 {
    let mut z = (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) as f64 / 2f64.powi(64)
}

/// The sum with its rounding errors carried along (Neumaier).
fn compensated(v: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0f64, 0.0);
    for x in v {
        let next = sum + x;
        lost += if sum.abs() >= x.abs() { (sum - next) + x } else { (x - next) + sum };
        sum = next;
    }
    sum + lost
}

#[test]
fn ten_million_float32_sum_to_the_last_bit_or_so() {
    let v: Vec<f32> = (0..10_000_000).map(|i| noise(i) as f32).collect();
    let want = compensated(v.iter().map(|&x| f64::from(x)));
    let x = Array::from_vec(v, [10_000_000]).unwrap();
    for x in [x.clone(), x.flip(&[0]).unwrap()] {
        let got = f64::from(reduce::sum(&x, &[0], false).unwrap().item::<f32>().unwrap());
        assert!((got - want).abs() <= want * f64::from(f32::EPSILON) / 2.0, "{got} {want}");
    }
    let columns = x.reshape(&[2_500_000, 4]).unwrap();
    let total: f64 =
        reduce::sum(&columns, &[0], false).unwrap().to_vec::<f32>().unwrap().iter().map(|&v| f64::from(v)).sum();
    assert!((total - want).abs() <= want * f64::from(f32::EPSILON), "{total} {want}");
}

#[test]
fn float64_sums_lose_little() {
    let n = 3_000_000;
    let v: Vec<f64> = (0..n).map(noise).collect();
    let want = compensated(v.iter().copied());
    let x = Array::from_vec(v, [n]).unwrap();
    let got = reduce::sum(&x, &[0], false).unwrap().item::<f64>().unwrap();
    assert!((got - want).abs() <= want * 1e-15, "{got} {want}");
    // Down the columns, 300 times 10,000 rows.
    let tall = x.reshape(&[10_000, 300]).unwrap();
    let got = reduce::sum(&tall, &[0], false).unwrap().to_vec::<f64>().unwrap();
    let v = x.to_vec::<f64>().unwrap();
    for (j, got) in got.iter().enumerate() {
        let want = compensated(v[j..].iter().step_by(300).copied());
        assert!((got - want).abs() <= want * 2e-15, "column {j}: {got} {want}");
    }
}

#[test]
fn bits_do_not_depend_on_threads() {
    let x = Array::from_vec((0..1_200_000).map(|i| noise(i) as f32 - 0.5).collect(), [1_200_000]).unwrap();
    let y = x.cast(DType::F64);
    let mut seen: Vec<Vec<u64>> = Vec::new();
    for n in [1, 2, 3, 8] {
        threads::set_threads(n).unwrap();
        let mut bits = Vec::new();
        for x in [&x, &y] {
            for (shape, axes) in [
                (vec![1_200_000], vec![0]),
                (vec![3, 400_000], vec![1]),
                (vec![400_000, 3], vec![0]),
                (vec![1200, 1000], vec![0]),
                (vec![1200, 1000], vec![1]),
                (vec![100, 120, 100], vec![0, 2]),
                (vec![100, 120, 100], vec![1]),
            ] {
                let x = x.reshape(&shape).unwrap();
                for r in [
                    reduce::sum(&x, &axes, false),
                    reduce::var(&x, &axes, false, 1.0),
                    reduce::logsumexp(&x, &axes, false),
                    reduce::max(&x, &axes, false),
                ] {
                    bits.extend(values(&r.unwrap()).iter().map(|v| v.to_bits()));
                }
            }
        }
        seen.push(bits);
    }
    assert!(seen.windows(2).all(|w| w[0] == w[1]));
}

#[test]
fn a_long_array_is_searched_in_order() {
    let n = 500_000;
    let mut v = vec![0.0f32; n];
    for at in [0, 65_535, 65_536, 70_001, n - 1] {
        v.fill(0.0);
        v[at] = 1.0;
        v[n - 1] = 1.0;
        assert_eq!(reduce::argmax(&Array::from_slice(&v), None, false).unwrap().item::<i64>().unwrap(), at as i64);
    }
    let flat = Array::from_slice(&v).reshape(&[500, 1000]).unwrap().transpose();
    let at = reduce::argmax(&flat, None, true).unwrap();
    assert_eq!((at.shape(), at.reshape(&[]).unwrap().item::<i64>().unwrap()), (&[1, 1][..], n as i64 - 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn sums_and_extremes_of_any_view(
        shape in prop::collection::vec(0usize..5, 1..5),
        order in any::<prop::sample::Index>(),
        flips in any::<u8>(),
        axes in any::<u8>(),
        dtype in prop::sample::select(DType::ALL.to_vec()),
    ) {
        let n = shape.len();
        let mut permutation: Vec<usize> = (0..n).collect();
        permutation.rotate_left(order.index(n));
        let flipped: Vec<usize> = (0..n).filter(|a| flips & (1 << a) != 0).collect();
        let x = numbers(&shape, dtype).permute(&permutation).unwrap().flip(&flipped).unwrap();
        let axes: Vec<usize> = (0..n).filter(|a| axes & (1 << a) != 0).collect();
        let groups = groups(&x, &axes);
        let want: Vec<f64> = groups.iter().map(|g| g.iter().sum()).collect();
        prop_assert_eq!(values(&reduce::sum(&x, &axes, false).unwrap()), want);
        if groups.iter().all(|g| !g.is_empty()) {
            let want: Vec<f64> = groups.iter().map(|g| g.iter().copied().fold(f64::MIN, f64::max)).collect();
            prop_assert_eq!(values(&reduce::max(&x, &axes, false).unwrap()), want);
        } else if !groups.is_empty() {
            prop_assert!(reduce::max(&x, &axes, false).is_err());
        }
        dispatch!(dtype, T => prop_assert_eq!(x.to_vec::<T>().unwrap().len(), x.len()));
    }
}
