//! Reading and writing by index, against element-by-element references.

mod layouts;

use layouts::{DTYPES, at, filled, indices, layouts, same, tabulate, values};
use proptest::prelude::*;
use wengert_array::index::*;
use wengert_array::{Array, DType, Error, SliceSpec};

const SHAPES: [&[usize]; 6] = [&[5], &[3, 4], &[2, 3, 4], &[1, 5, 1], &[0, 3], &[3, 0, 2]];

fn ints(values: &[i64], shape: &[usize]) -> Array {
    Array::from_vec(values.to_vec(), shape).unwrap()
}

/// `a + b` as the dtype adds: wrapping integers, "or" for booleans.
fn plus(dtype: DType, a: f64, b: f64) -> f64 {
    match dtype {
        DType::Bool => f64::from(u8::from(a + b > 0.0)),
        DType::U8 => (a + b) % 256.0,
        _ => a + b,
    }
}

/// A copy of `base` after writing element `k` of `src` to the `k`-th of the given places, in order.
fn written(base: &Array, places: &[Vec<usize>], src: &Array, add: bool) -> Array {
    let mut table: Vec<f64> = values(base);
    let all = indices(base.shape());
    for (place, v) in places.iter().zip(values(src)) {
        let i = all.iter().position(|p| p == place).unwrap();
        table[i] = if add { plus(base.dtype(), table[i], v) } else { v };
    }
    let mut next = table.into_iter();
    tabulate(base.shape(), base.dtype(), |_| next.next().unwrap())
}

/// Indices of this shape along an axis of length `len`, some negative, some twice.
fn some_indices(shape: &[usize], len: usize) -> Array {
    let n: usize = shape.iter().product();
    let len = len as i64;
    ints(&(0..n as i64).map(|i| (i * i * 3 + i) % (2 * len) - len).collect::<Vec<_>>(), shape)
}

fn wrapped(i: f64, len: usize) -> usize {
    if i < 0.0 { (i + len as f64) as usize } else { i as usize }
}

#[test]
fn take_and_its_writers_agree_with_loops() {
    for dtype in DTYPES {
        for shape in SHAPES {
            for (layout, x) in layouts(shape, dtype) {
                for axis in 0..shape.len() {
                    let index_shapes: &[&[usize]] =
                        if shape[axis] == 0 { &[&[0]] } else { &[&[3], &[2, 2], &[], &[0]] };
                    for index_shape in index_shapes {
                        let index = some_indices(index_shape, shape[axis].max(1));
                        let what = format!("{dtype} {shape:?} {layout} axis {axis} indices {index_shape:?}");
                        let k = index_shape.len();
                        let result: Vec<usize> = [&shape[..axis], index_shape, &shape[axis + 1..]].concat();
                        let place = |o: &[usize]| {
                            let i = wrapped(at(&index, &o[axis..axis + k]), shape[axis]);
                            [&o[..axis], &[i], &o[axis + k..]].concat()
                        };
                        let wanted = tabulate(&result, dtype, |o| at(&x, &place(o)));
                        same(&what, &take(&x, &index, axis).unwrap(), &wanted);

                        let places: Vec<Vec<usize>> = indices(&result).iter().map(|o| place(o)).collect();
                        for (_, src) in layouts(&result, dtype) {
                            same(&what, &take_add(&x, &index, axis, &src).unwrap(), &written(&x, &places, &src, true));
                            same(&what, &take_set(&x, &index, axis, &src).unwrap(), &written(&x, &places, &src, false));
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn gather_and_scatter_agree_with_loops() {
    for dtype in DTYPES {
        for shape in SHAPES {
            for (layout, x) in layouts(shape, dtype) {
                for axis in 0..shape.len() {
                    // Longer along the axis, shorter along the others.
                    let mut index_shape: Vec<usize> = shape.iter().map(|d| d - d / 3).collect();
                    index_shape[axis] = if shape[axis] == 0 { 0 } else { shape[axis] + 2 };
                    let index = some_indices(&index_shape, shape[axis].max(1));
                    let what = format!("{dtype} {shape:?} {layout} axis {axis}");
                    let place = |o: &[usize]| {
                        let mut p = o.to_vec();
                        p[axis] = wrapped(at(&index, o), shape[axis]);
                        p
                    };
                    let wanted = tabulate(&index_shape, dtype, |o| at(&x, &place(o)));
                    same(&what, &gather(&x, &index, axis).unwrap(), &wanted);

                    let places: Vec<Vec<usize>> = indices(&index_shape).iter().map(|o| place(o)).collect();
                    for (_, src) in layouts(&index_shape, dtype) {
                        same(&what, &scatter_add(&x, &index, axis, &src).unwrap(), &written(&x, &places, &src, true));
                        same(&what, &scatter_set(&x, &index, axis, &src).unwrap(), &written(&x, &places, &src, false));
                    }
                }
            }
        }
    }
}

#[test]
fn coordinates_broadcast_and_agree_with_loops() {
    for dtype in DTYPES {
        for (layout, x) in layouts(&[3, 4, 2], dtype) {
            let rows = ints(&[2, -3], &[2, 1]);
            let columns = ints(&[0, -1, 2], &[3]);
            let what = format!("{dtype} {layout}");
            let place = |o: &[usize]| vec![[2, 0][o[0]], [0, 3, 2][o[1]], o[2]];
            let wanted = tabulate(&[2, 3, 2], dtype, |o| at(&x, &place(o)));
            same(&what, &gather_nd(&x, &[&rows, &columns]).unwrap(), &wanted);
            let places: Vec<Vec<usize>> = indices(&[2, 3, 2]).iter().map(|o| place(o)).collect();
            for (_, src) in layouts(&[2, 3, 2], dtype) {
                let (add, set) = (written(&x, &places, &src, true), written(&x, &places, &src, false));
                same(&what, &gather_nd_add(&x, &[&rows, &columns], &src).unwrap(), &add);
                same(&what, &gather_nd_set(&x, &[&rows, &columns], &src).unwrap(), &set);
            }
        }
    }
    let x = filled(&[2, 3], DType::F64);
    same("no index arrays", &gather_nd(&x, &[]).unwrap(), &x);
    let one = gather_nd(&x, &[&Array::from(1i64), &Array::from(-1i64)]).unwrap();
    same("single element", &one, &Array::from(at(&x, &[1, 2])));
}

#[test]
fn slices_are_written_as_they_are_read() {
    /// A shape and, for each leading axis, start, length and step.
    type Case<'a> = (&'a [usize], &'a [(usize, usize, isize)]);
    let cases: [Case; 9] = [
        (&[6], &[(1, 2, 3)]),
        (&[6], &[(5, 6, -1)]),
        (&[4, 5], &[(1, 2, 1)]),
        (&[4, 5], &[(0, 4, 1), (1, 3, 1)]),
        (&[4, 5], &[(3, 2, -2), (4, 2, -3)]),
        (&[2, 3, 4], &[(0, 2, 1), (1, 1, 1), (0, 4, 1)]),
        (&[2, 3, 4], &[(1, 1, 9), (2, 1, -9)]),
        (&[2, 3], &[(7, 0, 1)]),
        (&[0, 3], &[(0, 0, 1), (1, 2, 1)]),
    ];
    for dtype in DTYPES {
        for (shape, raw) in &cases {
            let specs: Vec<SliceSpec> = raw.iter().map(|&(start, len, step)| SliceSpec { start, len, step }).collect();
            let mut region = shape.to_vec();
            specs.iter().enumerate().for_each(|(axis, s)| region[axis] = s.len);
            let place = |o: &Vec<usize>| {
                let mut p = o.clone();
                for (axis, s) in specs.iter().enumerate() {
                    p[axis] = (s.start as isize + o[axis] as isize * s.step) as usize;
                }
                p
            };
            let places: Vec<Vec<usize>> = indices(&region).iter().map(place).collect();
            for (layout, x) in layouts(shape, dtype) {
                for (_, src) in layouts(&region, dtype) {
                    let what = format!("{dtype} {shape:?} {layout} {raw:?}");
                    same(&what, &slice_set(&x, &specs, &src).unwrap(), &written(&x, &places, &src, false));
                    same(&what, &slice_add(&x, &specs, &src).unwrap(), &written(&x, &places, &src, true));
                }
                let one = Array::number(1.0, dtype);
                let everywhere = one.broadcast_to(&region).unwrap();
                let wanted = written(&x, &places, &everywhere, true);
                same("a number as source", &slice_add(&x, &specs, &one).unwrap(), &wanted);
            }
        }
    }
    let whole = slice_set(&filled(&[2, 2], DType::F32), &[], &Array::from(3.0f32)).unwrap();
    assert_eq!(values(&whole), [3.0; 4]);
    let number = slice_add(&Array::from(1.5), &[], &Array::from(2.0)).unwrap();
    assert_eq!(number.item::<f64>().unwrap(), 3.5);
}

#[test]
fn masks_select_add_and_replace() {
    for dtype in DTYPES {
        for (layout, x) in layouts(&[2, 3, 2], dtype) {
            for (mask_layout, mask) in layouts(&[2, 3], DType::F64) {
                let mask = tabulate(&[2, 3], DType::Bool, |i| f64::from(u8::from(at(&mask, i) as i64 % 2 == 0)));
                let what = format!("{dtype} {layout} mask {mask_layout}");
                let hits: Vec<Vec<usize>> = indices(&[2, 3]).into_iter().filter(|i| at(&mask, i) == 1.0).collect();
                let result = [hits.len(), 2];
                let wanted = tabulate(&result, dtype, |o| at(&x, &[hits[o[0]][0], hits[o[0]][1], o[1]]));
                same(&what, &mask_take(&x, &mask).unwrap(), &wanted);
                let places: Vec<Vec<usize>> = hits.iter().flat_map(|h| [0, 1].map(|k| vec![h[0], h[1], k])).collect();
                let src = filled(&result, dtype);
                same(&what, &mask_set(&x, &mask, &src).unwrap(), &written(&x, &places, &src, false));
                same(&what, &mask_add(&x, &mask, &src).unwrap(), &written(&x, &places, &src, true));
            }
        }
    }
    let none = mask_take(&filled(&[3, 2], DType::F64), &Array::zeros([3], DType::Bool)).unwrap();
    assert_eq!(none.shape(), [0, 2]);
}

#[test]
fn nonzero_lists_coordinates_in_c_order() {
    for dtype in DTYPES {
        for shape in SHAPES {
            for (layout, x) in layouts(shape, dtype) {
                let hits: Vec<Vec<usize>> = indices(shape).into_iter().filter(|i| at(&x, i) != 0.0).collect();
                let got = nonzero(&x).unwrap();
                assert_eq!(got.len(), shape.len());
                for (axis, got) in got.iter().enumerate() {
                    let wanted: Vec<i64> = hits.iter().map(|h| h[axis] as i64).collect();
                    assert_eq!(got.to_vec::<i64>().unwrap(), wanted, "{dtype} {shape:?} {layout} axis {axis}");
                }
            }
        }
    }
    let special = nonzero(&Array::from_slice(&[f64::NAN, -0.0, 0.0, f64::INFINITY])).unwrap();
    assert_eq!(special[0].to_vec::<i64>().unwrap(), [0, 3]);
    assert_eq!(nonzero(&Array::from(2.0)).unwrap()[0].to_vec::<i64>().unwrap(), [0]);
    assert_eq!(nonzero(&Array::from(false)).unwrap()[0].len(), 0);
}

#[test]
fn indices_of_every_integer_dtype_and_layout() {
    let x = filled(&[4, 2], DType::F64);
    let wanted = take(&x, &ints(&[3, 1, 0], &[3]), 0).unwrap();
    for dtype in [DType::U8, DType::I32, DType::I64] {
        same("cast", &take(&x, &ints(&[3, 1, 0], &[3]).cast(dtype), 0).unwrap(), &wanted);
    }
    let reversed = ints(&[0, 1, 3], &[3]).flip(&[0]).unwrap();
    same("flipped", &take(&x, &reversed, 0).unwrap(), &wanted);
    let repeated = Array::from(1i64).broadcast_to(&[2, 2]).unwrap();
    assert_eq!(take(&x, &repeated, 0).unwrap().shape(), [2, 2, 2]);
}

#[test]
fn duplicates_add_up_in_order_and_the_last_one_stays() {
    let base = Array::from_slice(&[0.0f32, 0.0]);
    let index = ints(&[1, 1, -1], &[3]);
    // In this order the small number survives; in another it would be lost beside the large ones.
    let src = Array::from_slice(&[1e8f32, -1e8, 1.0]);
    assert_eq!(take_add(&base, &index, 0, &src).unwrap().to_vec::<f32>().unwrap(), [0.0, 1.0]);
    assert_eq!(take_set(&base, &index, 0, &src).unwrap().to_vec::<f32>().unwrap(), [0.0, 1.0]);
    assert_eq!(scatter_add(&base, &index, 0, &src).unwrap().to_vec::<f32>().unwrap(), [0.0, 1.0]);
    assert_eq!(gather_nd_set(&base, &[&index], &src).unwrap().to_vec::<f32>().unwrap(), [0.0, 1.0]);
    let bytes = take_add(&Array::from_slice(&[250u8]), &ints(&[0, 0], &[2]), 0, &Array::from_slice(&[5u8, 3])).unwrap();
    assert_eq!(bytes.to_vec::<u8>().unwrap(), [2]);
}

#[test]
fn the_base_is_left_alone() {
    let base = Array::zeros([3], DType::F64);
    let other = base.clone();
    take_set(&base, &ints(&[0], &[1]), 0, &Array::from(9.0)).unwrap();
    assert_eq!(values(&base), [0.0; 3]);
    assert_eq!(values(&other), [0.0; 3]);
}

#[test]
fn long_tables_are_read_the_same_by_any_number_of_threads() {
    let table = Array::arange(0.0, 70_000.0, 1.0, DType::F64).reshape(&[7000, 10]).unwrap();
    let n = 30_011;
    let index: Vec<i64> = (0..n).map(|i| i * 7919 % 7000).collect();
    let wanted: Vec<f64> = index.iter().flat_map(|i| (0..10).map(move |k| (i * 10 + k) as f64)).collect();
    let columns: Vec<i64> = index[..100].iter().map(|i| i % 10).collect();
    for threads in [1, 2, 3] {
        wengert_array::threads::set_threads(threads).unwrap();
        let rows = take(&table, &Array::from_slice(&index), 0).unwrap();
        assert!(rows.to_vec::<f64>().unwrap() == wanted);
        let flat = take(&table.reshape(&[70_000]).unwrap(), &Array::from_slice(&index), 0).unwrap();
        assert!(flat.to_vec::<f64>().unwrap().iter().zip(&index).all(|(v, i)| *v == *i as f64));
        let inner = take(&table, &Array::from_slice(&columns), 1).unwrap().to_vec::<f64>().unwrap();
        assert!((0..700_000).all(|k| inner[k] == (k / 100 * 10) as f64 + columns[k % 100] as f64));
    }
}

#[test]
fn errors_say_what_is_wrong() {
    let x = filled(&[2, 3], DType::F64);
    for (index, bad) in [(3, 3), (-4, -4), (i64::MAX, i64::MAX), (i64::MIN, i64::MIN)] {
        let e = take(&x, &ints(&[0, index], &[2]), 1).unwrap_err();
        assert_eq!(e, Error::Index { op: "take".into(), index: bad, axis: 1, len: 3 });
    }
    assert!(matches!(take(&Array::zeros([0], DType::F64), &ints(&[0], &[1]), 0), Err(Error::Index { len: 0, .. })));
    assert!(matches!(take(&x, &ints(&[0], &[1]), 2), Err(Error::Axis { axis: 2, ndim: 2, .. })));
    assert!(matches!(take(&Array::from(1.0), &ints(&[0], &[1]), 0), Err(Error::Axis { .. })));

    let float = take(&x, &Array::from_slice(&[0.0f32]), 0).unwrap_err().to_string();
    assert!(float.contains("float32") && float.contains("cast"), "{float}");
    let mask = gather(&x, &Array::zeros([2, 3], DType::Bool), 0).unwrap_err().to_string();
    assert!(mask.contains("bool") && mask.contains("nonzero"), "{mask}");

    let e = gather(&x, &ints(&[0; 6], &[3, 2]), 1).unwrap_err().to_string();
    assert!(e.contains("(3, 2)") && e.contains("(2, 3)"), "{e}");
    assert!(matches!(gather(&x, &ints(&[0], &[1]), 0), Err(Error::ShapeMismatch { .. })));
    let i = ints(&[0], &[1]);
    assert!(matches!(gather_nd(&x, &[&i, &i, &i]), Err(Error::Argument { .. })));
    assert!(matches!(gather_nd(&x, &[&ints(&[0; 2], &[2]), &ints(&[0; 3], &[3])]), Err(Error::ShapeMismatch { .. })));

    let e = take_add(&x, &i, 0, &Array::from(1.0f32)).unwrap_err().to_string();
    assert!(e.contains("float32") && e.contains("float64"), "{e}");
    let e = take_set(&x, &i, 0, &Array::from_slice(&[1.0, 2.0])).unwrap_err().to_string();
    assert!(e.contains("(2,)") && e.contains("(1, 3)"), "{e}");

    let spec = |start, len, step| [SliceSpec { start, len, step }];
    assert!(matches!(slice_set(&x, &spec(1, 2, 1), &Array::from(0.0)), Err(Error::Index { index: 2, len: 2, .. })));
    assert!(matches!(slice_set(&x, &spec(2, 1, 1), &Array::from(0.0)), Err(Error::Index { index: 2, .. })));
    assert!(matches!(slice_set(&x, &spec(0, 2, -1), &Array::from(0.0)), Err(Error::Index { index: -1, .. })));
    assert!(matches!(slice_set(&x, &spec(0, usize::MAX, isize::MAX), &Array::from(0.0)), Err(Error::Index { .. })));
    assert!(matches!(slice_add(&x, &spec(0, 2, 0), &Array::from(0.0)), Err(Error::Argument { .. })));
    let three = [SliceSpec { start: 0, len: 1, step: 1 }; 3];
    assert!(matches!(slice_add(&x, &three, &Array::from(0.0)), Err(Error::Argument { .. })));

    assert!(matches!(mask_take(&x, &Array::zeros([3], DType::Bool)), Err(Error::ShapeMismatch { .. })));
    assert!(matches!(mask_take(&x, &Array::zeros([2, 3], DType::U8)), Err(Error::DType { .. })));
    assert!(matches!(mask_indices(&[2], &Array::from(true)), Err(Error::Argument { .. })));
}

proptest! {
    #[test]
    fn any_take(shape in prop::collection::vec(1usize..6, 1..4), axis in 0usize..3, raw in prop::collection::vec(-40i64..40, 0..9), layout in 0usize..5) {
        let axis = axis % shape.len();
        let x = layouts(&shape, DType::I64).swap_remove(layout).1;
        let len = shape[axis] as i64;
        let got = take(&x, &Array::from_slice(&raw), axis);
        match raw.iter().find(|i| !(-len..len).contains(i)) {
            Some(&bad) => prop_assert_eq!(got.unwrap_err(), Error::Index { op: "take".into(), index: bad, axis, len: shape[axis] }),
            None => {
                let mut result = shape.clone();
                result[axis] = raw.len();
                let wanted = tabulate(&result, DType::I64, |o| {
                    let mut p = o.to_vec();
                    p[axis] = raw[o[axis]].rem_euclid(len) as usize;
                    at(&x, &p)
                });
                same("take", &got.unwrap(), &wanted);
            }
        }
    }

    /// What is added where is what is read from there: the two are each other's transpose.
    #[test]
    fn take_add_is_the_transpose_of_take(raw in prop::collection::vec(0i64..5, 1..12), seed in 0i64..1000) {
        let small = |n: usize, k: i64| Array::from_slice(&(0..n as i64).map(|i| ((i + k) * (seed + 7) % 11) as f64).collect::<Vec<_>>());
        let (x, y, index) = (small(5, 0), small(raw.len(), 3), Array::from_slice(&raw));
        let dot = |a: &Array, b: &Array| values(a).iter().zip(values(b)).map(|(a, b)| a * b).sum::<f64>();
        let spread = take_add(&Array::zeros([5], DType::F64), &index, 0, &y).unwrap();
        prop_assert_eq!(dot(&take(&x, &index, 0).unwrap(), &y), dot(&x, &spread));
    }

    #[test]
    fn any_slice(len in 1usize..9, start in 0usize..12, count in 0usize..9, step in -4isize..5) {
        let x = filled(&[len, 3], DType::F32);
        let places: Vec<i128> = (0..count as i128).map(|i| start as i128 + i * step as i128).collect();
        let fine = step != 0 && places.iter().all(|p| (0..len as i128).contains(p));
        let src = filled(&[count, 3], DType::F32);
        let got = slice_set(&x, &[SliceSpec { start, len: count, step }], &src);
        prop_assert_eq!(got.is_ok(), fine);
        if let Ok(got) = got {
            let all: Vec<Vec<usize>> = places.iter().flat_map(|&p| (0..3).map(move |k| vec![p as usize, k])).collect();
            same("slice_set", &got, &written(&x, &all, &src, false));
        }
    }
}
