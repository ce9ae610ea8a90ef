//! Tensors from numbers, nested arrays and nothing.

use wengert::prelude::*;

#[test]
fn numbers_and_nested_arrays() {
    let table: &[(Tensor, DType, &[usize])] = &[
        (Tensor::from(3.0), DType::F64, &[]),
        (Tensor::from(3.0_f32), DType::F32, &[]),
        (Tensor::from(true), DType::Bool, &[]),
        (Tensor::from(3_u8), DType::U8, &[]),
        (Tensor::from([1.0, 2.0]), DType::F64, &[2]),
        (Tensor::from([1_i64, 2]), DType::I64, &[2]),
        (Tensor::from([1, 2]), DType::I32, &[2]),
        (Tensor::from([[1.0_f32, 2.0, 3.0], [4.0, 5.0, 6.0]]), DType::F32, &[2, 3]),
        (Tensor::from([[[true], [false]]]), DType::Bool, &[1, 2, 1]),
        (Tensor::from(vec![1_u8; 3]), DType::U8, &[3]),
        (Tensor::from(&vec![1.0; 3]), DType::F64, &[3]),
        (Tensor::from(&[1.0, 2.0][..]), DType::F64, &[2]),
        (Tensor::from_vec(vec![1.0_f32; 6], [2, 3]), DType::F32, &[2, 3]),
        (Tensor::from_rows(&[vec![1.0, 2.0]]), DType::F64, &[1, 2]),
        (Tensor::from(Vec::<f64>::new()), DType::F64, &[0]),
    ];
    for (got, dtype, shape) in table {
        assert_eq!((got.dtype(), got.shape()), (*dtype, *shape), "{got}");
    }
    assert_eq!(Tensor::from([[1, 2], [3, 4]]).to_vec::<i32>(), [1, 2, 3, 4]);
    assert_eq!(Tensor::from([[[1.0], [2.0]], [[3.0], [4.0]]]).to_vec::<f64>(), [1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn from_nothing() {
    assert_eq!(Tensor::zeros([2, 1]).to_vec::<f64>(), [0.0, 0.0]);
    assert_eq!(Tensor::zeros([]).item(), 0.0);
    assert_eq!(Tensor::ones_as([2], DType::U8).to_vec::<u8>(), [1, 1]);
    assert_eq!(Tensor::full([2], 7_i64).to_vec::<i64>(), [7, 7]);
    assert_eq!(Tensor::full([], 7.5_f32).to_vec::<f32>(), [7.5]);
    assert_eq!(Tensor::full_as([1], 7.0, DType::I32).to_vec::<i32>(), [7]);
    assert_eq!(Tensor::eye(2, 3).to_vec::<f64>(), [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    assert_eq!(Tensor::eye_as(2, 2, -1, DType::Bool).to_vec::<bool>(), [false, false, true, false]);
    assert_eq!(Tensor::arange(1.0, 0.0, -0.25).to_vec::<f64>(), [1.0, 0.75, 0.5, 0.25]);
    assert_eq!(Tensor::arange_as(0.0, 3.0, 1.0, DType::I64).to_vec::<i64>(), [0, 1, 2]);
    assert_eq!(Tensor::linspace(0.0, 1.0, 5).to_vec::<f64>(), [0.0, 0.25, 0.5, 0.75, 1.0]);
    assert_eq!(Tensor::linspace_as(2.0, 1.0, 1, DType::F32).to_vec::<f32>(), [2.0]);
    let x = Tensor::from([[1.0_f32, 2.0]]);
    for (like, value) in [(x.zeros_like(), 0.0), (x.ones_like(), 1.0), (x.full_like(5.0), 5.0)] {
        assert_eq!((like.shape(), like.dtype()), (x.shape(), x.dtype()));
        assert_eq!(like.to_vec::<f32>(), [value, value]);
    }
}

#[test]
fn errors_say_what_to_write() {
    let table: &[(Result<Tensor>, &[&str])] = &[
        (Tensor::try_from_vec(vec![1.0, 2.0], [3]), &["from_vec", "(3,)", "3 elements", "2"]),
        (Tensor::try_from_rows(&[vec![1.0], vec![]]), &["from_rows", "row 0 has 1", "row 1 0"]),
        (Tensor::try_arange(0.0, 1.0, 0.0), &["arange", "step 0"]),
        (Tensor::try_zeros([usize::MAX, 2]), &["more elements than fit in memory"]),
        (Tensor::try_eye(usize::MAX, usize::MAX), &["more elements than fit in memory"]),
    ];
    for (result, words) in table {
        let error = match result {
            Ok(tensor) => panic!("no error where {words:?} was expected, but {tensor}"),
            Err(error) => error,
        };
        let text = error.to_string();
        for word in *words {
            assert!(text.contains(word), "{text:?} does not mention {word:?}");
        }
        let at = error.location().expect("the line of the user");
        assert!(at.file().ends_with("tests/create.rs"), "{text:?} is blamed on {at}");
    }
}

#[test]
#[should_panic(expected = "from_vec")]
fn the_plain_form_panics_with_the_text() {
    let _ = Tensor::from_vec(vec![1.0, 2.0], [3]);
}
