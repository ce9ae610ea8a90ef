//! Running sums and products against plain loops.

use wengert_array::{Array, DType, scan, threads};

fn layouts(dtype: DType) -> Vec<Array> {
    let x = Array::arange(0.0, 60.0, 1.0, DType::F64).cast(DType::I32);
    let x =
        Array::from_vec(x.to_vec::<i32>().unwrap().iter().map(|i| f64::from(i * 7 % 4)).collect::<Vec<_>>(), [3, 4, 5])
            .unwrap();
    let x = x.cast(dtype);
    vec![
        x.clone(),
        x.transpose(),
        x.flip(&[1]).unwrap(),
        x.slice(&[wengert_array::Slice::new(None, None, 2)]).unwrap(),
        Array::ones([4, 1], dtype).broadcast_to(&[2, 4, 3]).unwrap(),
        Array::zeros([2, 0, 3], dtype),
        Array::ones([70, 40, 50], dtype),
    ]
}

#[test]
fn agrees_with_a_loop() {
    for dtype in DType::ALL {
        for x in layouts(dtype) {
            for axis in 0..3 {
                for reverse in [false, true] {
                    let sum = scan::cumsum(&x, axis, reverse).unwrap();
                    let product = scan::cumprod(&x, axis, reverse).unwrap();
                    let result = if dtype.is_float() { dtype } else { DType::I64 };
                    assert_eq!((sum.dtype(), product.dtype(), sum.shape()), (result, result, x.shape()));
                    let rows = |x: &Array| -> Vec<Vec<f64>> {
                        let turned = x.swap_axes(axis, 2).unwrap();
                        let v = turned.cast(DType::F64).to_vec::<f64>().unwrap();
                        v.chunks(x.shape()[axis].max(1))
                            .map(|row| {
                                let mut row = row.to_vec();
                                if reverse {
                                    row.reverse()
                                }
                                row
                            })
                            .collect()
                    };
                    for ((x, sum), product) in rows(&x).into_iter().zip(rows(&sum)).zip(rows(&product)) {
                        let (mut s, mut p) = (0.0, 1.0);
                        for ((x, sum), product) in x.into_iter().zip(sum).zip(product) {
                            s += x;
                            p *= x;
                            assert_eq!((sum, product), (s, p), "{dtype} axis {axis} reverse {reverse}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn an_axis_that_does_not_exist_is_refused() {
    assert!(scan::cumsum(&Array::from(1.0), 0, false).is_err());
    assert!(scan::cumprod(&Array::zeros([2], DType::F32), 1, false).unwrap_err().to_string().contains("axis 1"));
}

#[test]
fn bits_do_not_depend_on_threads() {
    let x = Array::from_vec((0..600_000).map(|i| (f64::from(i) * 0.618_033_988).fract() as f32).collect(), [600, 1000])
        .unwrap();
    let mut seen: Vec<Vec<f32>> = Vec::new();
    for n in [1, 3] {
        threads::set_threads(n).unwrap();
        seen.push(scan::cumsum(&x, 1, false).unwrap().to_vec().unwrap());
    }
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn a_long_float32_sum_stays_accurate() {
    let x = Array::full([1_000_000], 0.1, DType::F32);
    let last = *scan::cumsum(&x, 0, false).unwrap().to_vec::<f32>().unwrap().last().unwrap();
    assert_eq!(last, (f64::from(0.1f32) * 1e6) as f32);
}
