//! Order against the standard library's stable sort.

use proptest::prelude::*;
use std::cmp::Ordering;
use wengert_array::{Array, DType, Slice, sort};

/// NaN above everything, 0 and -0 equal.
fn order(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

fn same(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan())
}

fn values(x: &Array) -> Vec<f64> {
    x.cast(DType::F64).to_vec::<f64>().unwrap()
}

fn rows(x: &Array, axis: usize) -> Vec<Vec<f64>> {
    let turned = x.swap_axes(axis, x.ndim() - 1).unwrap();
    let len = x.shape()[axis];
    if len == 0 { Vec::new() } else { values(&turned).chunks(len).map(<[f64]>::to_vec).collect() }
}

fn layouts(dtype: DType) -> Vec<Array> {
    let mut v: Vec<f64> =
        (0..60).map(|i| ((i * 37) % 11) as f64 - if dtype == DType::U8 { 0.0 } else { 5.0 }).collect();
    if dtype.is_float() {
        for at in [0, 7, 33, 34] {
            v[at] = f64::NAN;
        }
        v[8] = f64::INFINITY;
        v[9] = f64::NEG_INFINITY;
        v[10] = -0.0;
        v[11] = 0.0;
        v[12] = -f64::NAN;
    }
    let x = Array::from_vec(v, [3, 4, 5]).unwrap().cast(dtype);
    let step = |step| Slice::new(None, None, step);
    vec![
        x.clone(),
        x.transpose(),
        x.slice(&[step(-1), step(2), step(-2)]).unwrap(),
        x.slice(&[step(1), Slice::new(Some(0), Some(1), 1)]).unwrap().broadcast_to(&[3, 2, 5]).unwrap(),
        Array::zeros([2, 0, 3], dtype),
    ]
}

#[test]
fn sort_argsort_and_topk() {
    for dtype in DType::ALL {
        for x in layouts(dtype) {
            for axis in 0..3 {
                for descending in [false, true] {
                    let (sorted, positions) =
                        (sort::sort(&x, axis, descending).unwrap(), sort::argsort(&x, axis, descending).unwrap());
                    assert_eq!((sorted.shape(), sorted.dtype(), positions.dtype()), (x.shape(), dtype, DType::I64));
                    let len = x.shape()[axis];
                    for ((row, sorted), positions) in
                        rows(&x, axis).iter().zip(rows(&sorted, axis)).zip(rows(&positions, axis))
                    {
                        let mut want: Vec<usize> = (0..len).collect();
                        want.sort_by(|&a, &b| if descending { order(row[b], row[a]) } else { order(row[a], row[b]) });
                        assert_eq!(positions.iter().map(|&p| p as usize).collect::<Vec<_>>(), want);
                        assert!(sorted.iter().zip(&want).all(|(&s, &w)| same(s, row[w])), "{dtype} axis {axis}");
                    }
                    for k in [0, 1, len / 2, len] {
                        let k = k.min(len);
                        let (best, at) = sort::topk(&x, k, axis, descending).unwrap();
                        assert_eq!((best.shape()[axis], at.shape()), (k, best.shape()));
                        let found = rows(&best, axis).into_iter().zip(rows(&at, axis));
                        for ((best, at), (sorted, positions)) in
                            found.zip(rows(&sorted, axis).iter().zip(rows(&positions, axis)))
                        {
                            assert!(best.iter().zip(sorted).all(|(&a, &b)| same(a, b)));
                            assert_eq!(at[..], positions[..k]);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn nan_is_the_largest() {
    let x = Array::from_slice(&[f32::NAN, 1.0, f32::INFINITY]);
    assert!(sort::sort(&x, 0, false).unwrap().to_vec::<f32>().unwrap()[2].is_nan());
    assert!(sort::sort(&x, 0, true).unwrap().to_vec::<f32>().unwrap()[0].is_nan());
    assert_eq!(sort::topk(&x, 1, 0, true).unwrap().1.to_vec::<i64>().unwrap(), [0]);
}

#[test]
fn distinct_values() {
    for dtype in DType::ALL {
        for x in layouts(dtype) {
            let (found, inverse, counts) = sort::unique(&x).unwrap();
            let mut want = values(&x);
            want.sort_by(|a, b| order(*a, *b));
            want.dedup_by(|a, b| same(*a, *b));
            let (distinct, counted) = (values(&found), values(&counts));
            assert_eq!((found.dtype(), inverse.shape()), (dtype, x.shape()));
            assert_eq!(distinct.len(), want.len());
            assert!(distinct.iter().zip(&want).all(|(&a, &b)| same(a, b)));
            for (v, at) in values(&x).into_iter().zip(values(&inverse)) {
                assert!(same(v, distinct[at as usize]));
            }
            for (v, count) in distinct.iter().zip(counted) {
                assert_eq!(values(&x).iter().filter(|&&w| same(w, *v)).count() as f64, count);
            }
        }
    }
}

#[test]
fn places_in_a_sorted_array() {
    for dtype in [DType::U8, DType::I32, DType::F32, DType::F64] {
        let table = Array::from_slice(&[1.0, 2.0, 2.0, 5.0]).cast(dtype);
        let wanted = Array::from_vec(vec![0.0, 1.0, 2.0, 3.0, 5.0, 9.0], [2, 3]).unwrap().cast(dtype);
        assert_eq!(values(&sort::searchsorted(&table, &wanted, false).unwrap()), [0.0, 0.0, 1.0, 3.0, 3.0, 4.0]);
        let right = sort::searchsorted(&table, &wanted.transpose(), true).unwrap();
        assert_eq!((right.shape(), values(&right)), (&[3, 2][..], vec![0.0, 3.0, 1.0, 4.0, 3.0, 4.0]));
        let tables = Array::from_vec(vec![1.0, 2.0, 5.0, 6.0], [2, 2]).unwrap().cast(dtype);
        assert_eq!(values(&sort::searchsorted(&tables, &wanted, false).unwrap()), [0.0, 0.0, 1.0, 0.0, 0.0, 2.0]);
        let one = sort::searchsorted(&table, &Array::from(4.0).cast(dtype), false).unwrap();
        assert_eq!((one.ndim(), one.item::<i64>().unwrap()), (0, 3));
    }
    let table = Array::from_slice(&[1.0, f64::NAN]);
    let nan = Array::from(f64::NAN);
    assert_eq!(sort::searchsorted(&table, &nan, false).unwrap().item::<i64>().unwrap(), 1);
    assert_eq!(sort::searchsorted(&table, &nan, true).unwrap().item::<i64>().unwrap(), 2);
    assert!(sort::searchsorted(&table, &Array::from(1i32), false).unwrap_err().to_string().contains("int32"));
    let message = sort::searchsorted(&Array::zeros([2, 3], DType::F64), &Array::zeros([3, 3], DType::F64), false)
        .unwrap_err()
        .to_string();
    assert!(message.contains("(2, 3)") && message.contains("(3, 3)"), "{message}");
}

#[test]
fn arguments_that_make_no_sense_are_refused() {
    let x = Array::zeros([2, 3], DType::F64);
    assert!(sort::sort(&x, 2, false).is_err());
    assert!(sort::argsort(&Array::from(1.0), 0, false).is_err());
    assert!(sort::topk(&x, 4, 1, true).unwrap_err().to_string().contains("(2, 3)"));
    assert!(sort::topk(&x, 1, 2, true).is_err());
}

proptest! {
    #[test]
    fn any_floats(v in prop::collection::vec(any::<f32>(), 0..200)) {
        let x = Array::from_slice(&v);
        let mut want = v.clone();
        want.sort_by(|a, b| order(f64::from(*a), f64::from(*b)));
        let got = sort::sort(&x, 0, false).unwrap().to_vec::<f32>().unwrap();
        prop_assert!(got.iter().zip(&want).all(|(a, b)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())));
    }
}
