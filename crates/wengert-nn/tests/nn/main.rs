//! Modules, losses, optimisers, data and weight files, as a user sees them.

mod loader;
mod losses;
mod modules;
mod optimisers;
mod training;
mod weights;

use wengert_nn::prelude::*;

/// Asserts that a tensor's elements are these, up to `tolerance`.
#[track_caller]
fn close(tensor: &Tensor, expected: &[f64], tolerance: f64) {
    let values = tensor.to_dtype(DType::F64).to_vec::<f64>();
    assert_eq!(values.len(), expected.len(), "{values:?} against {expected:?}");
    for (value, expected) in values.iter().zip(expected) {
        assert!((value - expected).abs() <= tolerance, "{values:?}: {value} should be {expected}");
    }
}

/// The text of the error.
#[track_caller]
fn message<T>(result: Result<T>) -> String {
    match result {
        Ok(_) => panic!("an error was expected"),
        Err(error) => error.to_string(),
    }
}
