//! NumPy arrays in and out, without copying where the layout allows.

use numpy::npyffi::{self, PY_ARRAY_API, npy_intp};
use numpy::{PyArrayDescr, PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use wengert::{Array, DType, Shape};

use crate::errors::{argument_error, type_error};

/// NumPy's dtype object.
pub fn descriptor(py: Python<'_>, dtype: DType) -> Bound<'_, PyArrayDescr> {
    match dtype {
        DType::Bool => PyArrayDescr::of::<bool>(py),
        DType::U8 => PyArrayDescr::of::<u8>(py),
        DType::I32 => PyArrayDescr::of::<i32>(py),
        DType::I64 => PyArrayDescr::of::<i64>(py),
        DType::F32 => PyArrayDescr::of::<f32>(py),
        _ => PyArrayDescr::of::<f64>(py),
    }
}

/// The engine's dtype for NumPy's, if there is one.
fn dtype_of(descriptor: &Bound<'_, PyArrayDescr>) -> Option<DType> {
    Some(match (descriptor.kind(), descriptor.itemsize()) {
        (b'b', 1) => DType::Bool,
        (b'u', 1) => DType::U8,
        (b'i', 4) => DType::I32,
        (b'i', 8) => DType::I64,
        (b'f', 4) => DType::F32,
        (b'f', 8) => DType::F64,
        _ => return None,
    })
}

/// What keeps NumPy's memory alive while an array of the engine lies in it.
struct Keeper(#[expect(dead_code, reason = "held, never read")] Py<PyAny>);

/// The engine's array over a NumPy array. Without `copy` the memory is shared where NumPy's layout allows it.
pub fn import(array: &Bound<'_, PyUntypedArray>, copy: bool) -> PyResult<Array> {
    let py = array.py();
    let descriptor = array.dtype();
    let Some(dtype) = dtype_of(&descriptor) else {
        return Err(type_error(format!(
            "can't convert a NumPy array of dtype {}: the supported dtypes are bool, uint8, int32, int64, float32 and \
             float64. Cast it first, for example with `.astype('float64')`",
            descriptor.str()?
        )));
    };
    let size = dtype.size();
    // SAFETY: `as_array_ptr` points at a live array object, as `array` holds a reference to it.
    let data = unsafe { (*array.as_array_ptr()).fields.data }.cast::<u8>();
    let native = descriptor.is_native_byteorder().unwrap_or(true);
    let whole = array.strides().iter().all(|stride| stride % size as isize == 0);
    if copy || !native || !whole || !(data as usize).is_multiple_of(size) {
        let plain = array.call_method1("astype", (self::descriptor(py, dtype), "C"))?;
        return import(plain.cast::<PyUntypedArray>()?, false);
    }
    let strides: Vec<isize> = array.strides().iter().map(|stride| stride / size as isize).collect();
    let keeper = Box::new(Keeper(array.clone().into_any().unbind()));
    // SAFETY: NumPy's pointer, shape and strides describe initialised elements of this dtype, alive as long as the array
    // object, which the keeper holds. That they do not change while an operation reads them is the user's business, as it
    // is for every library that shares memory with NumPy.
    unsafe { Array::from_foreign(data, dtype, Shape::from(array.shape()), &strides, keeper) }
        .map_err(|error| argument_error(error.to_string()))
}

/// What keeps the engine's memory alive while a NumPy array lies in it.
#[pyclass(frozen, module = "wengert._wengert")]
pub struct Memory {
    #[expect(dead_code, reason = "held, never read")]
    array: Array,
    #[expect(dead_code, reason = "its count says how many NumPy arrays there are")]
    token: std::sync::Arc<()>,
}

/// A new NumPy array with a copy of the values.
pub fn copied<'py>(py: Python<'py>, array: &Array) -> PyResult<Bound<'py, PyAny>> {
    macro_rules! copy {
        ($($T:ty),+) => {
            match array.dtype() {
                $(dtype if dtype == <$T as wengert::Element>::DTYPE => {
                    let values = array.to_vec::<$T>().map_err(|error| argument_error(error.to_string()))?;
                    let flat = numpy::PyArray1::from_vec(py, values).into_any();
                    flat.call_method1("reshape", (pyo3::types::PyTuple::new(py, array.shape())?,))
                })+
                other => Err(type_error(format!("dtype {other} has no NumPy form"))),
            }
        };
    }
    copy!(bool, u8, i32, i64, f32, f64)
}

/// A NumPy array over the engine's memory; `None` where there is no memory to share (numbers and tiny arrays).
pub fn shared<'py>(
    py: Python<'py>,
    array: &Array,
    token: &std::sync::Arc<()>,
    writable: bool,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(pointer) = array.memory() else { return Ok(None) };
    let size = array.dtype().size() as npy_intp;
    let mut shape: Vec<npy_intp> = array.shape().iter().map(|&length| length as npy_intp).collect();
    let mut strides: Vec<npy_intp> = array.strides().iter().map(|&stride| stride as npy_intp * size).collect();
    let owner = Bound::new(py, Memory { array: array.clone(), token: token.clone() })?;
    let flags = if writable { npyffi::NPY_ARRAY_WRITEABLE } else { 0 };
    // SAFETY: the pointer, shape and strides describe the elements of `array`, which the base object keeps alive; NumPy
    // takes over the references to the descriptor and to the base object.
    unsafe {
        let subtype = npyffi::get_type_object(py, npyffi::NpyTypes::PyArray_Type);
        let made = PY_ARRAY_API.PyArray_NewFromDescr(
            py,
            subtype,
            descriptor(py, array.dtype()).into_dtype_ptr(),
            shape.len() as std::ffi::c_int,
            shape.as_mut_ptr(),
            strides.as_mut_ptr(),
            pointer.cast(),
            flags,
            std::ptr::null_mut(),
        );
        let made = Bound::from_owned_ptr_or_err(py, made)?;
        if PY_ARRAY_API.PyArray_SetBaseObject(py, made.as_ptr().cast(), owner.into_ptr()) < 0 {
            return Err(PyErr::fetch(py));
        }
        Ok(Some(made))
    }
}

/// `numpy.asarray(object)`.
pub fn asarray<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyUntypedArray>> {
    let numpy = object.py().import("numpy")?;
    Ok(numpy.call_method1("asarray", (object,))?.cast_into::<PyUntypedArray>()?)
}

/// `numpy.from_dlpack(object)`.
pub fn from_dlpack<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyUntypedArray>> {
    let numpy = object.py().import("numpy")?;
    Ok(numpy.call_method1("from_dlpack", (object,))?.cast_into::<PyUntypedArray>()?)
}

/// The DLPack capsule of a NumPy array, by NumPy.
pub fn dlpack<'py>(array: &Bound<'py, PyAny>, keywords: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
    array.call_method("__dlpack__", (), keywords)
}
