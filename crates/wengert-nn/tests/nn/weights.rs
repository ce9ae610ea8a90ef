use std::fs;

use wengert_nn::prelude::*;
use wengert_nn::{StateDict, safetensors};

use crate::message;

#[test]
fn every_dtype_and_layout_comes_back() {
    let matrix = Tensor::from([[1.5_f32, -0.0], [f32::INFINITY, 1e-40], [3.0, 4.0]]);
    let state: StateDict = [
        ("float32", matrix.clone()),
        ("transposed", matrix.t()),
        ("float64", Tensor::from([0.1, f64::MIN_POSITIVE])),
        ("int64", Tensor::from([i64::MIN, i64::MAX])),
        ("int32", Tensor::from([[i32::MIN], [7]])),
        ("uint8", Tensor::from([0_u8, 255])),
        ("bool", Tensor::from([true, false, true])),
        ("number", Tensor::from(2.5)),
        ("empty", Tensor::zeros([0, 3])),
        ("ein Name, 名前", Tensor::from([1.0])),
    ]
    .into_iter()
    .map(|(name, tensor)| (name.to_string(), tensor))
    .collect();
    let read = safetensors::from_bytes(&safetensors::to_bytes(&state).unwrap()).unwrap();
    assert_eq!(read.len(), state.len());
    for (name, tensor) in &state {
        let other = &read[name];
        assert_eq!((other.shape(), other.dtype()), (tensor.shape(), tensor.dtype()), "{name}");
        assert_eq!(other.array().unwrap().to_string(), tensor.array().unwrap().to_string(), "{name}");
    }
    assert_eq!(read["transposed"].to_vec::<f32>(), [1.5, f32::INFINITY, 3.0, -0.0, 1e-40, 4.0]);
}

#[test]
fn a_network_is_saved_and_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    let network = |seed| {
        let rng = &mut Generator::new(seed);
        Sequential::new().then(Linear::new(5, 4, rng)).then(Tanh).then(Linear::new(4, 3, rng))
    };
    let (source, mut target) = (network(1), network(2));
    source.save(&path).unwrap();
    target.load(&path).unwrap();
    let x = Tensor::linspace_as(-1.0, 1.0, 10, DType::F32).reshape([2, 5]);
    assert_eq!(target.forward(&x).to_vec::<f32>(), source.forward(&x).to_vec::<f32>());

    let mut other = Linear::new(5, 4, &mut Generator::new(0));
    assert!(message(other.load(&path)).contains("missing: weight, bias"));
}

#[test]
fn no_prefix_of_a_file_is_a_file() {
    let bytes = safetensors::to_bytes(&Linear::new(3, 2, &mut Generator::new(0)).state_dict()).unwrap();
    for len in 0..bytes.len() {
        let text = message(safetensors::from_bytes(&bytes[..len]));
        assert!(text.contains("truncated or damaged"), "{len}: {text}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(safetensors::from_bytes(&longer).is_err());
}

#[test]
fn damaged_headers_are_errors_and_never_panics() {
    let bytes = safetensors::to_bytes(&Linear::new(3, 2, &mut Generator::new(0)).state_dict()).unwrap();
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    for place in 0..header {
        for flip in [1, 0x10, 0x80] {
            let mut damaged = bytes.clone();
            damaged[place] ^= flip;
            // A changed letter of a name, or a space for padding, is no damage that can be seen; anything else must be an error.
            if let Ok(state) = safetensors::from_bytes(&damaged) {
                assert!(state.values().all(|tensor| tensor.len() <= 6 && tensor.array().is_ok()));
            }
        }
    }
    let claim = |header: &str| {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        message(safetensors::from_bytes(&bytes))
    };
    claim(r#"{"a":{"dtype":"F32","shape":[18446744073709551615,2],"data_offsets":[0,8]}}"#);
    claim(r#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#);
    claim(r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}"#);
    claim("not json");
}

#[test]
fn a_truth_value_is_zero_or_one() {
    let state = StateDict::from([("mask".to_string(), Tensor::from([true, false]))]);
    let mut bytes = safetensors::to_bytes(&state).unwrap();
    *bytes.last_mut().unwrap() = 2;
    assert!(message(safetensors::from_bytes(&bytes)).contains("tensor `mask`: a truth value"));
}

#[test]
fn files_that_are_not_there_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none.safetensors");
    assert!(message(safetensors::read(&missing)).contains("none.safetensors"));
    let unwritable = folder.path().join("no such folder").join("weights.safetensors");
    assert!(message(Linear::new(1, 1, &mut Generator::new(0)).save(&unwritable)).contains("weights.safetensors"));
    let text = folder.path().join("text.safetensors");
    fs::write(&text, "hello, this is not a file of weights").unwrap();
    assert!(message(safetensors::read(&text)).contains("text.safetensors"));
}
