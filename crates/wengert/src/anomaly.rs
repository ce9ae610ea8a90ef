//! Anomaly detection: a NaN in a backward pass names the forward line that it comes from.

use std::cell::Cell;

use crate::tensor::Tensor;

thread_local! {
    static DETECTING: Cell<bool> = const { Cell::new(false) };
}

#[inline]
pub(crate) fn detecting() -> bool {
    DETECTING.get()
}

/// Whether any element is a NaN. Values that are not known (batched, traced) are not looked at.
pub(crate) fn has_nan(tensor: &Tensor) -> bool {
    if !tensor.dtype().is_float() {
        return false;
    }
    tensor.array().is_ok_and(|array| match array.dtype() {
        wengert_array::DType::F32 => {
            array.to_vec::<f32>().is_ok_and(|values| values.iter().any(|value| value.is_nan()))
        }
        _ => array.to_vec::<f64>().is_ok_and(|values| values.iter().any(|value| value.is_nan())),
    })
}

/// Runs `f` with anomaly detection on: every backward pass in it checks its cotangents, and one that
/// turns NaN is an error that names the operation and the line of the forward pass. Slow; for
/// debugging.
///
/// ```
/// use wengert::prelude::*;
/// let x = Tensor::from(-1.0).requires_grad();
/// let error = detect_anomaly(|| x.sqrt().backward()).unwrap_err();
/// assert!(error.to_string().contains("sqrt"));
/// ```
pub fn detect_anomaly<R>(f: impl FnOnce() -> R) -> R {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            DETECTING.set(self.0);
        }
    }
    let _restore = Restore(DETECTING.replace(true));
    f()
}

/// Switches anomaly detection on or off on this thread until it is switched again, and returns what it was: for front
/// ends whose scopes are not closures. [`detect_anomaly`] is the scoped form.
pub fn switch_anomaly(on: bool) -> bool {
    DETECTING.replace(on)
}
