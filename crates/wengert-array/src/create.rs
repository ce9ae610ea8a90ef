//! Making arrays from nothing.

use crate::{Array, DType, Element, Error, Result, Shape, dispatch};

impl Array {
    /// All zeros.
    ///
    /// # Panics
    /// If there is not enough memory; see [`Array::try_zeros`].
    ///
    /// ```
    /// use wengert_array::{Array, DType};
    /// assert_eq!(Array::zeros([2], DType::I32).to_vec::<i32>()?, [0, 0]);
    /// # Ok::<(), wengert_array::Error>(())
    /// ```
    pub fn zeros(shape: impl Into<Shape>, dtype: DType) -> Array {
        Array::try_zeros(shape, dtype).unwrap_or_else(|e| panic!("{e}"))
    }

    /// As [`Array::zeros`].
    ///
    /// # Errors
    /// [`Error::Argument`] if there is not enough memory.
    pub fn try_zeros(shape: impl Into<Shape>, dtype: DType) -> Result<Array> {
        dispatch!(dtype, T => Array::try_build_zeroed(shape, |_: &mut [T]| ()))
    }

    /// All ones.
    ///
    /// # Panics
    /// If there is not enough memory.
    pub fn ones(shape: impl Into<Shape>, dtype: DType) -> Array {
        Array::full(shape, 1.0, dtype)
    }

    /// Every element the same value, converted as by [`Array::cast`].
    ///
    /// # Panics
    /// If there is not enough memory; see [`Array::try_full`].
    pub fn full(shape: impl Into<Shape>, value: f64, dtype: DType) -> Array {
        Array::try_full(shape, value, dtype).unwrap_or_else(|e| panic!("{e}"))
    }

    /// As [`Array::full`].
    ///
    /// # Errors
    /// [`Error::Argument`] if there is not enough memory.
    pub fn try_full(shape: impl Into<Shape>, value: f64, dtype: DType) -> Result<Array> {
        dispatch!(dtype, T => Array::try_build(shape, |out: &mut [T]| out.fill(T::from_f64(value))))
    }

    /// Zeros with the shape and dtype of another array.
    pub fn zeros_like(&self) -> Array {
        Array::zeros(self.shape(), self.dtype())
    }

    /// Ones with the shape and dtype of another array.
    pub fn ones_like(&self) -> Array {
        Array::ones(self.shape(), self.dtype())
    }

    /// One value in the shape and dtype of another array.
    pub fn full_like(&self, value: f64) -> Array {
        Array::full(self.shape(), value, self.dtype())
    }

    /// One value, rank 0, of a given dtype, converted as by [`Array::cast`].
    #[inline]
    pub fn number(value: f64, dtype: DType) -> Array {
        dispatch!(dtype, T => T::from_f64(value).scalar())
    }

    /// `start`, `start + step`, … up to but without `stop`. Empty if `step` leads away from `stop`.
    ///
    /// ```
    /// use wengert_array::{Array, DType};
    /// assert_eq!(Array::arange(1.0, 2.0, 0.5, DType::F64).to_vec::<f64>()?, [1.0, 1.5]);
    /// # Ok::<(), wengert_array::Error>(())
    /// ```
    ///
    /// # Panics
    /// If `step` is zero, an argument is not finite, or there is not enough memory; see [`Array::try_arange`].
    pub fn arange(start: f64, stop: f64, step: f64, dtype: DType) -> Array {
        Array::try_arange(start, stop, step, dtype).unwrap_or_else(|e| panic!("{e}"))
    }

    /// As [`Array::arange`].
    ///
    /// # Errors
    /// [`Error::Argument`] if `step` is zero, an argument is not finite, or there is not enough memory.
    pub fn try_arange(start: f64, stop: f64, step: f64, dtype: DType) -> Result<Array> {
        let n = ((stop - start) / step).ceil();
        if step == 0.0 || !(start.is_finite() && step.is_finite() && n.is_finite()) {
            let detail = format!("start {start}, stop {stop}, step {step}: all must be finite and the step not zero");
            return Err(Error::argument("arange", detail));
        }
        dispatch!(dtype, T => Array::try_build([n as usize], |out: &mut [T]| {
            for (i, o) in out.iter_mut().enumerate() {
                *o = T::from_f64(start + i as f64 * step);
            }
        }))
    }

    /// `n` evenly spaced values from `start` to `stop`, both included.
    ///
    /// # Panics
    /// If there is not enough memory.
    pub fn linspace(start: f64, stop: f64, n: usize, dtype: DType) -> Array {
        Array::try_linspace(start, stop, n, dtype).unwrap_or_else(|e| panic!("{e}"))
    }

    /// As [`Array::linspace`].
    ///
    /// # Errors
    /// [`Error::Argument`] if there is not enough memory.
    pub fn try_linspace(start: f64, stop: f64, n: usize, dtype: DType) -> Result<Array> {
        let step = if n > 1 { (stop - start) / (n - 1) as f64 } else { 0.0 };
        dispatch!(dtype, T => Array::try_build([n], |out: &mut [T]| {
            for (i, o) in out.iter_mut().enumerate() {
                *o = T::from_f64(if i > 0 && i + 1 == n { stop } else { start + i as f64 * step });
            }
        }))
    }

    /// The `n` by `m` matrix with ones on its `k`-th diagonal (above the main one if positive) and zeros elsewhere.
    ///
    /// # Panics
    /// If there is not enough memory.
    pub fn eye(n: usize, m: usize, k: isize, dtype: DType) -> Array {
        Array::try_eye(n, m, k, dtype).unwrap_or_else(|e| panic!("{e}"))
    }

    /// As [`Array::eye`].
    ///
    /// # Errors
    /// [`Error::Argument`] if there is not enough memory.
    pub fn try_eye(n: usize, m: usize, k: isize, dtype: DType) -> Result<Array> {
        dispatch!(dtype, T => Array::try_build_zeroed([n, m], |out: &mut [T]| {
            for i in 0..n {
                if let Some(j) = i.checked_add_signed(k).filter(|&j| j < m) {
                    out[i * m + j] = T::ONE;
                }
            }
        }))
    }
}
