//! Printing, against what PyTorch 2 prints for the same values.

use wengert_array::display::{Style, format, format_with};
use wengert_array::{Array, DType};

#[test]
fn as_pytorch_prints_it() {
    #[rustfmt::skip]
    let cases: Vec<(&str, Array, &[&str], &str)> = vec![
        ("scalar", Array::from(3.15159), &["dtype=torch.float64"], "tensor(3.1516, dtype=torch.float64)"),
        ("whole scalar", Array::from(2.0), &["dtype=torch.float64"], "tensor(2., dtype=torch.float64)"),
        ("integer", Array::from(7i64), &[], "tensor(7)"),
        ("bool", Array::from(true), &[], "tensor(True)"),
        ("tiny", Array::from(1e-5), &["dtype=torch.float64"], "tensor(1.0000e-05, dtype=torch.float64)"),
        ("rounded", Array::from_slice(&[0.12345f32, 10.00005, -1.0]), &[], "tensor([ 0.1235, 10.0000, -1.0000])"),
        ("whole", Array::from_slice(&[1.0f32, -20.0, 300.0]), &[], "tensor([  1., -20., 300.])"),
        ("zeros", Array::zeros([3], DType::F32), &[], "tensor([0., 0., 0.])"),
        ("wide range", Array::from_slice(&[1.0f32, 5000.0]), &[], "tensor([1.0000e+00, 5.0000e+03])"),
        ("at the edge of the range", Array::from_slice(&[1.0f32, 1000.0]), &[], "tensor([   1., 1000.])"),
        ("large", Array::from_slice(&[2e8f32]), &[], "tensor([2.0000e+08])"),
        ("large exponents", Array::from_slice(&[1e-200, 1e200]), &["dtype=torch.float64"], "tensor([1.0000e-200, 1.0000e+200], dtype=torch.float64)"),
        ("ties to even", Array::from_slice(&[2.5, 0.5, 100005.0]), &["dtype=torch.float64"], "tensor([2.5000e+00, 5.0000e-01, 1.0000e+05], dtype=torch.float64)"),
        ("not finite, whole", Array::from_slice(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 2.0, -0.0]), &[], "tensor([nan, inf, -inf, 2., -0.])"),
        ("not finite, fractions", Array::from_slice(&[f32::NAN, f32::INFINITY, 1.5]), &[], "tensor([   nan,    inf, 1.5000])"),
        ("only not finite", Array::from_slice(&[f32::NAN, f32::INFINITY, 0.0]), &[], "tensor([nan, inf, 0.])"),
        ("bools", Array::from_vec(vec![true, false, false, false], [2, 2]).unwrap(), &[], "tensor([[ True, False],
        [False, False]])"),
        ("bytes", Array::from_slice(&[1u8, 200]), &["dtype=torch.uint8"], "tensor([  1, 200], dtype=torch.uint8)"),
        ("integers", Array::from_vec(vec![1i64, -2, 300, 4], [2, 2]).unwrap(), &[], "tensor([[  1,  -2],
        [300,   4]])"),
        ("cube", Array::arange(0.0, 4.0, 0.5, DType::F32).reshape(&[2, 2, 2]).unwrap(), &[], "tensor([[[0.0000, 0.5000],
         [1.0000, 1.5000]],

        [[2.0000, 2.5000],
         [3.0000, 3.5000]]])"),
        ("four axes", Array::arange(0.0, 4.0, 1.0, DType::I64).reshape(&[2, 1, 2, 1]).unwrap(), &[], "tensor([[[[0],
          [1]]],


        [[[2],
          [3]]]])"),
        ("wrapped", Array::arange(0.0, 30.0, 1.0, DType::F32), &[], "tensor([ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11., 12., 13.,
        14., 15., 16., 17., 18., 19., 20., 21., 22., 23., 24., 25., 26., 27.,
        28., 29.])"),
        ("wrapped in a matrix", Array::arange(0.0, 10.0, 0.25, DType::F64).reshape(&[2, 20]).unwrap(), &["dtype=torch.float64"], "tensor([[0.0000, 0.2500, 0.5000, 0.7500, 1.0000, 1.2500, 1.5000, 1.7500, 2.0000,
         2.2500, 2.5000, 2.7500, 3.0000, 3.2500, 3.5000, 3.7500, 4.0000, 4.2500,
         4.5000, 4.7500],
        [5.0000, 5.2500, 5.5000, 5.7500, 6.0000, 6.2500, 6.5000, 6.7500, 7.0000,
         7.2500, 7.5000, 7.7500, 8.0000, 8.2500, 8.5000, 8.7500, 9.0000, 9.2500,
         9.5000, 9.7500]], dtype=torch.float64)"),
        ("summarised", Array::arange(0.0, 1001.0, 1.0, DType::I64), &[], "tensor([   0,    1,    2,  ...,  998,  999, 1000])"),
        ("summarised matrix", Array::arange(0.0, 2000.0, 1.0, DType::F32).reshape(&[40, 50]).unwrap(), &[], "tensor([[0.0000e+00, 1.0000e+00, 2.0000e+00,  ..., 4.7000e+01, 4.8000e+01,
         4.9000e+01],
        [5.0000e+01, 5.1000e+01, 5.2000e+01,  ..., 9.7000e+01, 9.8000e+01,
         9.9000e+01],
        [1.0000e+02, 1.0100e+02, 1.0200e+02,  ..., 1.4700e+02, 1.4800e+02,
         1.4900e+02],
        ...,
        [1.8500e+03, 1.8510e+03, 1.8520e+03,  ..., 1.8970e+03, 1.8980e+03,
         1.8990e+03],
        [1.9000e+03, 1.9010e+03, 1.9020e+03,  ..., 1.9470e+03, 1.9480e+03,
         1.9490e+03],
        [1.9500e+03, 1.9510e+03, 1.9520e+03,  ..., 1.9970e+03, 1.9980e+03,
         1.9990e+03]])"),
        ("summarised on one axis", Array::arange(0.0, 2000.0, 1.0, DType::I64).reshape(&[2, 500, 2]).unwrap(), &[], "tensor([[[   0,    1],
         [   2,    3],
         [   4,    5],
         ...,
         [ 994,  995],
         [ 996,  997],
         [ 998,  999]],

        [[1000, 1001],
         [1002, 1003],
         [1004, 1005],
         ...,
         [1994, 1995],
         [1996, 1997],
         [1998, 1999]]])"),
        ("transposed", Array::arange(0.0, 6.0, 1.0, DType::I64).reshape(&[2, 3]).unwrap().transpose(), &[], "tensor([[0, 3],
        [1, 4],
        [2, 5]])"),
        ("empty", Array::zeros([0], DType::F32), &[], "tensor([])"),
        ("empty matrix", Array::zeros([0, 3], DType::F32), &["size=(0, 3)"], "tensor([], size=(0, 3))"),
        ("requires grad", Array::arange(0.0, 17.0, 1.0, DType::F32), &["requires_grad=True"], "tensor([ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11., 12., 13.,
        14., 15., 16.], requires_grad=True)"),
        ("suffix on a line of its own", Array::arange(0.0, 15.0, 1.0, DType::F64), &["dtype=torch.float64"], "tensor([ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11., 12., 13.,
        14.], dtype=torch.float64)"),
    ];
    for (name, x, suffixes, expected) in cases {
        assert_eq!(format(&x, "tensor(", suffixes, 80), expected, "{name}");
    }
}

#[test]
fn display_and_debug() {
    let x = Array::from_vec(vec![1.0, 2.5, -3.0, 4.0], [2, 2]).unwrap();
    assert_eq!(x.to_string(), "[[ 1.0000,  2.5000],\n [-3.0000,  4.0000]]");
    assert_eq!(std::format!("{x:.1}"), "[[ 1.0,  2.5],\n [-3.0,  4.0]]");
    assert_eq!(Array::from(true).to_string(), "True");
    assert_eq!(std::format!("{:?}", Array::from_slice(&[1.0, 2.0])), "array([1., 2.], shape=(2,), dtype=float64)");
}

#[test]
fn every_option() {
    let x = Array::arange(0.0, 20.0, 1.0, DType::I64);
    let narrow = Style { line_width: 20, ..Style::default() };
    assert_eq!(
        format_with(&x, "", &[], &narrow),
        "[ 0,  1,  2,  3,  4,\n  5,  6,  7,  8,  9,\n 10, 11, 12, 13, 14,\n 15, 16, 17, 18, 19]"
    );
    let short = Style { threshold: 10, edge_items: 2, ..Style::default() };
    assert_eq!(format_with(&x, "", &[], &short), "[ 0,  1,  ..., 18, 19]");
    let none = Style { threshold: 10, edge_items: 0, ..Style::default() };
    assert_eq!(format_with(&x, "", &[], &none), "[...]");
    let never = Style { scientific: Some(false), precision: 6, ..Style::default() };
    assert_eq!(format_with(&Array::from_slice(&[1e-7, 0.5]), "", &[], &never), "[0.000000, 0.500000]");
    let always = Style { scientific: Some(true), precision: 1, ..Style::default() };
    assert_eq!(format_with(&Array::from_slice(&[25.0, 0.5]), "", &[], &always), "[2.5e+01, 5.0e-01]");
    // Wider than the line: one item on each.
    assert_eq!(format(&Array::from_slice(&[1i64, 2]), "", &[], 0), "[1,\n 2]");
    assert_eq!(format(&Array::from(1i64), "<", &["", "a"], 80), "<1, a");
}

#[test]
fn layouts_print_alike() {
    let x = Array::arange(0.0, 12.0, 1.0, DType::F64).reshape(&[3, 4]).unwrap();
    let copy = x.transpose().contiguous();
    assert_eq!(x.transpose().to_string(), copy.to_string());
    let flipped = Array::from_slice(&[3i64, 2, 1]).flip(&[0]).unwrap();
    assert_eq!(flipped.to_string(), "[1, 2, 3]");
    assert_eq!(Array::from(7i64).broadcast_to(&[2, 2]).unwrap().to_string(), "[[7, 7],\n [7, 7]]");
    let large = Array::from(0.5).broadcast_to(&[100_000, 100_000]).unwrap();
    assert_eq!(large.to_string().lines().count(), 7);
}
