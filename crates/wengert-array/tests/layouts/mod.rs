//! The same shape in every layout and dtype, and the slow way to read and write single elements.

// Every test file uses some of it.
#![allow(dead_code)]

use wengert_array::{Array, DType, SliceSpec, dispatch};

pub const DTYPES: [DType; 6] = DType::ALL;

/// A C-contiguous array of assorted small values; neighbours differ.
pub fn filled(shape: &[usize], dtype: DType) -> Array {
    let n: usize = shape.iter().product();
    let values: Vec<i64> = (0..n as i64).map(|i| (i * 7 + 3) % 23).collect();
    Array::from_vec(values, shape).unwrap().cast(dtype)
}

/// Arrays of this shape and dtype in every layout: in C order, transposed, with negative steps, with steps of 2, broadcast.
pub fn layouts(shape: &[usize], dtype: DType) -> Vec<(&'static str, Array)> {
    let reversed: Vec<usize> = shape.iter().rev().copied().collect();
    let doubled: Vec<usize> = shape.iter().map(|d| 2 * d + 1).collect();
    let every_other: Vec<SliceSpec> = shape.iter().map(|&len| SliceSpec { start: 1, len, step: 2 }).collect();
    let axes: Vec<usize> = (0..shape.len()).collect();
    let mut all = vec![
        ("contiguous", filled(shape, dtype)),
        ("transposed", filled(&reversed, dtype).transpose()),
        ("flipped", filled(shape, dtype).flip(&axes).unwrap()),
        ("strided", filled(&doubled, dtype).slice_spec(&every_other).unwrap()),
    ];
    if !shape.is_empty() {
        all.push(("broadcast", filled(&shape[1..], dtype).broadcast_to(shape).unwrap()));
    }
    all
}

/// Every index of a shape, in C order.
pub fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    let n: usize = shape.iter().product();
    let unravel = |mut flat: usize| {
        let mut index = vec![0; shape.len()];
        for axis in (0..shape.len()).rev() {
            index[axis] = flat % shape[axis];
            flat /= shape[axis];
        }
        index
    };
    (0..n).map(unravel).collect()
}

pub fn at(x: &Array, index: &[usize]) -> f64 {
    x.get(index).unwrap().to_f64().unwrap()
}

/// All elements in C order, read one by one.
pub fn values(x: &Array) -> Vec<f64> {
    indices(x.shape()).iter().map(|i| at(x, i)).collect()
}

/// The array of this shape whose elements `f` gives for each index, in `dtype`.
pub fn tabulate(shape: &[usize], dtype: DType, f: impl FnMut(&[usize]) -> f64) -> Array {
    let mut f = f;
    let table: Vec<f64> = indices(shape).iter().map(|i| f(i)).collect();
    dispatch!(dtype, T => Array::from_vec(table.iter().map(|v| <T as wengert_array::Element>::from_f64(*v)).collect::<Vec<T>>(), shape)).unwrap()
}

#[track_caller]
pub fn same(what: &str, got: &Array, wanted: &Array) {
    assert_eq!(got.dtype(), wanted.dtype(), "{what}: dtype");
    assert_eq!(got.shape(), wanted.shape(), "{what}: shape");
    assert_eq!(values(got), values(wanted), "{what}: values");
}
