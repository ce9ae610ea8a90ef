//! Changing the dtype.

use crate::{Array, DType, Element, Result, dispatch};

impl Array {
    /// The same values in another dtype, as NumPy's `astype`: to `bool`, everything but zero is true; from floating
    /// point to integer, the fraction is cut off; between integers, high bits are lost. The same array (no copy) if it
    /// has that dtype already. Floating-point values that no `int32` or `int64` holds become the nearest one, not-a-number
    /// becomes 0.
    ///
    /// ```
    /// use wengert_array::{Array, DType};
    /// let a = Array::from_slice(&[0.0, 1.5, -2.7]);
    /// assert_eq!(a.cast(DType::I64).to_vec::<i64>()?, [0, 1, -2]);
    /// assert_eq!(a.cast(DType::Bool).to_vec::<bool>()?, [false, true, true]);
    /// # Ok::<(), wengert_array::Error>(())
    /// ```
    ///
    /// # Panics
    /// If there is not enough memory; see [`Array::try_cast`].
    #[inline]
    pub fn cast(&self, dtype: DType) -> Array {
        self.try_cast(dtype).unwrap_or_else(|e| panic!("{e}"))
    }

    /// As [`Array::cast`].
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) if there is not enough memory.
    pub fn try_cast(&self, dtype: DType) -> Result<Array> {
        if self.dtype() == dtype {
            return Ok(self.clone());
        }
        dispatch!(self.dtype(), S => dispatch!(dtype, T => cast::<S, T>(self)))
    }
}

fn cast<S: Element, T: Element>(array: &Array) -> Result<Array> {
    if let Some(v) = S::of(array) {
        return Ok(convert::<S, T>(*v).scalar());
    }
    let view = array.view_as::<S>("cast")?;
    Array::try_build(array.shape(), |out: &mut [T]| match view.as_slice() {
        Some(slice) => out.iter_mut().zip(slice).for_each(|(o, &v)| *o = convert(v)),
        None => {
            let mut done = 0;
            crate::for_each_row(view.shape(), [view.strides()], [view.offset()], |[at], [step], len| {
                let mut at = at as isize;
                for o in &mut out[done..done + len] {
                    *o = convert(view.data()[at as usize]);
                    at += step;
                }
                done += len;
            });
        }
    })
}

/// One value from one element type to another.
#[inline(always)]
pub(crate) fn convert<S: Element, T: Element>(v: S) -> T {
    if S::DTYPE.is_float() { T::from_f64(v.to_f64()) } else { T::from_i64(v.to_i64()) }
}
