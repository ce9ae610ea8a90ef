//! Joining, padding, rolling and repeating, against element-by-element references.

mod layouts;

use layouts::{DTYPES, at, filled, layouts, same, tabulate, values};
use proptest::prelude::*;
use wengert_array::join::*;
use wengert_array::{Array, DType, Error};

const SHAPES: [&[usize]; 6] = [&[4], &[2, 3], &[2, 1, 3], &[3, 2, 2], &[0, 2], &[2, 0]];

fn each(f: impl Fn(&str, &Array)) {
    for dtype in DTYPES {
        for shape in SHAPES {
            for (layout, x) in layouts(shape, dtype) {
                f(&format!("{dtype} {shape:?} {layout}"), &x);
            }
        }
    }
}

#[test]
fn concatenate_and_stack() {
    each(|what, x| {
        for axis in 0..x.ndim() {
            let n = x.shape()[axis];
            let mut other = x.shape().to_vec();
            other[axis] += 2;
            for (_, y) in layouts(&other, x.dtype()) {
                let mut shape = x.shape().to_vec();
                shape[axis] = 3 * n + 2;
                let wanted = tabulate(&shape, x.dtype(), |o| {
                    let mut p = o.to_vec();
                    if o[axis] < n {
                        return at(x, &p);
                    }
                    p[axis] -= n;
                    if p[axis] < n + 2 {
                        return at(&y, &p);
                    }
                    p[axis] -= n + 2;
                    at(x, &p)
                });
                same(what, &concatenate(&[x, &y, x], axis).unwrap(), &wanted);
            }
            same(what, &concatenate(&[x], axis).unwrap(), x);
        }
        let y = x.flip(&[0]).unwrap();
        for axis in 0..=x.ndim() {
            let mut shape = x.shape().to_vec();
            shape.insert(axis, 2);
            let wanted = tabulate(&shape, x.dtype(), |o| {
                let mut p = o.to_vec();
                if p.remove(axis) == 0 { at(x, &p) } else { at(&y, &p) }
            });
            same(what, &stack(&[x, &y], axis).unwrap(), &wanted);
        }
    });
    let numbers = stack(&[&Array::from(1i64), &Array::from(2i64)], 0).unwrap();
    assert_eq!(numbers.to_vec::<i64>().unwrap(), [1, 2]);
}

#[test]
fn pad_with_a_constant() {
    each(|what, x| {
        let widths: Vec<(usize, usize)> = (0..x.ndim()).map(|d| (d + 1, 2 - d.min(2))).collect();
        let shape: Vec<usize> = x.shape().iter().zip(&widths).map(|(d, (b, a))| d + b + a).collect();
        let wanted = tabulate(&shape, x.dtype(), |o| {
            let p: Option<Vec<usize>> = o.iter().zip(&widths).map(|(i, (b, _))| i.checked_sub(*b)).collect();
            p.filter(|p| p.iter().zip(x.shape()).all(|(i, d)| i < d)).map_or(1.0, |p| at(x, &p))
        });
        same(what, &pad(x, &widths, 1.0).unwrap(), &wanted);
    });
    assert_eq!(pad(&Array::from(2.0), &[], 1.0).unwrap().item::<f64>().unwrap(), 2.0);
}

#[test]
fn pad_by_continuing() {
    let row = Array::from_slice(&[1i64, 2, 3]);
    let padded = |mode, widths| pad_mode(&row, &[widths], mode).unwrap().to_vec::<i64>().unwrap();
    assert_eq!(padded(PadMode::Reflect, (2, 2)), [3, 2, 1, 2, 3, 2, 1]);
    assert_eq!(padded(PadMode::Reflect, (5, 0)), [2, 1, 2, 3, 2, 1, 2, 3]);
    assert_eq!(padded(PadMode::Replicate, (2, 1)), [1, 1, 1, 2, 3, 3]);
    assert_eq!(padded(PadMode::Circular, (4, 1)), [3, 1, 2, 3, 1, 2, 3, 1]);
    each(|what, x| {
        let widths = vec![(1, 2); x.ndim()];
        for (mode, source) in [
            (PadMode::Replicate, (|i, n| i.clamp(0, n - 1)) as fn(isize, isize) -> isize),
            (PadMode::Circular, |i, n| i.rem_euclid(n)),
            (PadMode::Reflect, |i, n| {
                let mut i = i;
                while n > 1 && !(0..n).contains(&i) {
                    i = if i < 0 { -i } else { 2 * (n - 1) - i };
                }
                if n == 1 { 0 } else { i }
            }),
        ] {
            let got = pad_mode(x, &widths, mode);
            if x.is_empty() {
                assert!(matches!(got, Err(Error::Argument { .. })), "{what}");
                continue;
            }
            let shape: Vec<usize> = x.shape().iter().map(|d| d + 3).collect();
            let wanted = tabulate(&shape, x.dtype(), |o| {
                let p: Vec<usize> =
                    o.iter().zip(x.shape()).map(|(&i, &d)| source(i as isize - 1, d as isize) as usize).collect();
                at(x, &p)
            });
            same(what, &got.unwrap(), &wanted);
        }
    });
}

#[test]
fn roll_repeat_and_tile() {
    each(|what, x| {
        for axis in 0..x.ndim() {
            let n = x.shape()[axis] as isize;
            for shift in [0, 1, -1, 2, 7, -8] {
                let wanted = tabulate(x.shape(), x.dtype(), |o| {
                    let mut p = o.to_vec();
                    p[axis] = (o[axis] as isize - shift).rem_euclid(n) as usize;
                    at(x, &p)
                });
                same(what, &roll(x, shift, axis).unwrap(), &wanted);
            }
            for times in [0, 1, 3] {
                let mut shape = x.shape().to_vec();
                shape[axis] *= times;
                let wanted = tabulate(&shape, x.dtype(), |o| {
                    let mut p = o.to_vec();
                    p[axis] /= times;
                    at(x, &p)
                });
                same(what, &repeat(x, times, axis).unwrap(), &wanted);
            }
        }
        for repetitions in [&[][..], &[2], &[2, 3], &[0], &[2, 1, 2, 1]] {
            let ndim = x.ndim().max(repetitions.len());
            let padded = |v: &[usize]| [vec![1; ndim - v.len()], v.to_vec()].concat();
            let (own, times) = (padded(x.shape()), padded(repetitions));
            let shape: Vec<usize> = own.iter().zip(&times).map(|(d, n)| d * n).collect();
            let wanted = tabulate(&shape, x.dtype(), |o| {
                let p: Vec<usize> = o.iter().zip(&own).map(|(i, d)| i % d).collect();
                at(x, &p[ndim - x.ndim()..])
            });
            same(what, &tile(x, repetitions).unwrap(), &wanted);
        }
    });
    assert_eq!(values(&tile(&Array::from(2.0), &[3]).unwrap()), [2.0; 3]);
}

#[test]
fn triangles_and_diagonals() {
    each(|what, x| {
        if x.ndim() >= 2 {
            for k in [-5, -1, 0, 1, 2, isize::MAX, isize::MIN] {
                let side = |o: &[usize]| o[o.len() - 1] as i128 - o[o.len() - 2] as i128 - k as i128;
                let lower = tabulate(x.shape(), x.dtype(), |o| if side(o) <= 0 { at(x, o) } else { 0.0 });
                let upper = tabulate(x.shape(), x.dtype(), |o| if side(o) >= 0 { at(x, o) } else { 0.0 });
                same(what, &tril(x, k).unwrap(), &lower);
                same(what, &triu(x, k).unwrap(), &upper);
            }
        }
        for offset in [-2, 0, 1] {
            let n = x.shape()[x.ndim() - 1] + isize::unsigned_abs(offset);
            let shape = [&x.shape()[..x.ndim() - 1], &[n, n]].concat();
            let wanted = tabulate(&shape, x.dtype(), |o| {
                let (row, column) = (o[o.len() - 2], o[o.len() - 1]);
                let p = [&o[..o.len() - 2], &[row.min(column)]].concat();
                if column as isize - row as isize == offset { at(x, &p) } else { 0.0 }
            });
            same(what, &diag_embed(x, offset).unwrap(), &wanted);
        }
    });
}

#[test]
fn errors_say_what_is_wrong() {
    let (x, y) = (filled(&[2, 3], DType::F64), filled(&[3, 3], DType::F64));
    assert!(matches!(concatenate(&[], 0), Err(Error::Argument { .. })));
    assert!(matches!(stack(&[], 0), Err(Error::Argument { .. })));
    assert!(matches!(concatenate(&[&x], 2), Err(Error::Axis { .. })));
    assert!(matches!(concatenate(&[&Array::from(1.0)], 0), Err(Error::Axis { .. })));
    let e = concatenate(&[&x, &y], 1).unwrap_err().to_string();
    assert!(e.contains("(2, 3)") && e.contains("(3, 3)") && e.contains("axis 1"), "{e}");
    assert!(matches!(concatenate(&[&x, &filled(&[2], DType::F64)], 0), Err(Error::ShapeMismatch { .. })));
    let e = concatenate(&[&x, &y.cast(DType::F32)], 0).unwrap_err().to_string();
    assert!(e.contains("float64") && e.contains("float32"), "{e}");
    assert!(matches!(stack(&[&x, &y], 0), Err(Error::ShapeMismatch { .. })));
    assert!(matches!(stack(&[&x, &x], 3), Err(Error::Axis { .. })));
    assert!(matches!(pad(&x, &[(1, 1)], 0.0), Err(Error::Argument { .. })));
    assert!(matches!(pad(&x, &[(usize::MAX, 1), (0, 0)], 0.0), Err(Error::Argument { .. })));
    assert!(matches!(pad(&x, &[(1 << 40, 0), (1 << 40, 0)], 0.0), Err(Error::Argument { .. })));
    assert!(matches!(roll(&x, 1, 2), Err(Error::Axis { .. })));
    assert!(matches!(repeat(&x, usize::MAX, 0), Err(Error::Argument { .. })));
    assert!(matches!(repeat(&x, 1, 2), Err(Error::Axis { .. })));
    assert!(matches!(tile(&x, &[usize::MAX]), Err(Error::Argument { .. })));
    assert!(matches!(tril(&filled(&[3], DType::F64), 0), Err(Error::Argument { .. })));
    assert!(matches!(diag_embed(&Array::from(1.0), 0), Err(Error::Argument { .. })));
    assert!(matches!(diag_embed(&x, isize::MIN), Err(Error::Argument { .. })));
}

proptest! {
    #[test]
    fn pieces_put_together_again(rows in 1usize..8, columns in 0usize..4, cut in 0usize..8, layout in 0usize..5) {
        use wengert_array::SliceSpec;
        let x = layouts(&[rows, columns], DType::I32).swap_remove(layout).1;
        let cut = cut.min(rows);
        let head = x.slice_spec(&[SliceSpec { start: 0, len: cut, step: 1 }, SliceSpec::full(columns)]).unwrap();
        let tail = x.slice_spec(&[SliceSpec { start: cut, len: rows - cut, step: 1 }, SliceSpec::full(columns)]).unwrap();
        same("concatenate", &concatenate(&[&head, &tail], 0).unwrap(), &x);
    }

    #[test]
    fn rolls_add_up(n in 0usize..9, a in -20isize..20, b in -20isize..20) {
        let x = filled(&[n, 2], DType::F64);
        let twice = roll(&roll(&x, a, 0).unwrap(), b, 0).unwrap();
        same("roll", &twice, &roll(&x, a + b, 0).unwrap());
    }
}
