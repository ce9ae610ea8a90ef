//! Tensors in files of the [safetensors](https://github.com/huggingface/safetensors) format, which PyTorch and others read and write.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensors, View};
use wengert::{Array, DType, Element, Result, Tensor};
use wengert_array::Error;

use crate::StateDict;

/// Writes tensors to a file. They are laid out row by row, whatever their strides.
///
/// # Errors
/// If the file cannot be written, or a tensor has no value because a transform hides it.
pub fn write(path: impl AsRef<Path>, tensors: &StateDict) -> Result<()> {
    let path = path.as_ref();
    let bytes = to_bytes(tensors)?;
    fs::write(path, bytes).map_err(|error| Error::io(path.display().to_string(), error).into())
}

/// Reads the tensors of a file. Half-precision floats become `float32`, integers that wengert lacks the next larger ones.
///
/// # Errors
/// If the file cannot be read, is truncated or damaged, or holds a dtype that cannot be represented.
pub fn read(path: impl AsRef<Path>) -> Result<StateDict> {
    let path = path.as_ref();
    let bytes = fs::read(path).map_err(|error| Error::io(path.display().to_string(), error))?;
    decode(&bytes).map_err(|detail| Error::format(format!("safetensors file `{}`", path.display()), detail).into())
}

/// The bytes of a file with these tensors.
///
/// # Errors
/// If a tensor has no value because a transform hides it.
pub fn to_bytes(tensors: &StateDict) -> Result<Vec<u8>> {
    let mut stored = Vec::with_capacity(tensors.len());
    for (name, tensor) in tensors {
        stored.push((name.as_str(), Stored::new(tensor.array()?)?));
    }
    safetensors::tensor::serialize(stored, None)
        .map_err(|error| Error::format("safetensors file", error.to_string()).into())
}

/// The tensors in the bytes of a file.
///
/// # Errors
/// As [`read`].
///
/// ```
/// use wengert_nn::{StateDict, safetensors};
/// use wengert::Tensor;
/// let state = StateDict::from([("w".to_string(), Tensor::from([1.0, 2.0]))]);
/// let bytes = safetensors::to_bytes(&state)?;
/// assert_eq!(safetensors::from_bytes(&bytes)?["w"].to_vec::<f64>(), [1.0, 2.0]);
/// assert!(safetensors::from_bytes(&bytes[..bytes.len() - 1]).is_err());
/// # Ok::<(), wengert::Error>(())
/// ```
pub fn from_bytes(bytes: &[u8]) -> Result<StateDict> {
    decode(bytes).map_err(|detail| Error::format("safetensors file", detail).into())
}

/// A tensor's bytes, little end first, as the format wants them.
struct Stored<'a> {
    dtype: Dtype,
    shape: &'a [usize],
    bytes: Vec<u8>,
}

impl<'a> Stored<'a> {
    fn new(array: &'a Array) -> Result<Stored<'a>> {
        fn bytes<T: Element, const N: usize>(array: &Array, encode: impl Fn(T) -> [u8; N]) -> Result<Vec<u8>> {
            Ok(array.to_vec::<T>()?.into_iter().flat_map(encode).collect())
        }
        let (dtype, bytes) = match array.dtype() {
            DType::Bool => (Dtype::BOOL, bytes(array, |v: bool| [u8::from(v)])?),
            DType::U8 => (Dtype::U8, array.to_vec::<u8>()?),
            DType::I32 => (Dtype::I32, bytes(array, i32::to_le_bytes)?),
            DType::I64 => (Dtype::I64, bytes(array, i64::to_le_bytes)?),
            DType::F32 => (Dtype::F32, bytes(array, f32::to_le_bytes)?),
            DType::F64 => (Dtype::F64, bytes(array, f64::to_le_bytes)?),
            other => {
                return Err(Error::dtype("safetensors", format!("{other} cannot be stored"), "cast it first").into());
            }
        };
        Ok(Stored { dtype, shape: array.shape(), bytes })
    }
}

impl View for Stored<'_> {
    fn dtype(&self) -> Dtype {
        self.dtype
    }
    fn shape(&self) -> &[usize] {
        self.shape
    }
    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }
    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

/// The tensors, or what is wrong with the bytes.
fn decode(bytes: &[u8]) -> Result<StateDict, String> {
    let file = SafeTensors::deserialize(bytes).map_err(|error| format!("it is truncated or damaged: {error}"))?;
    let mut tensors = StateDict::new();
    for (name, view) in file.iter() {
        let array =
            array(view.dtype(), view.shape(), view.data()).map_err(|detail| format!("tensor `{name}`: {detail}"))?;
        tensors.insert(name.to_owned(), Tensor::from(array));
    }
    Ok(tensors)
}

fn array(dtype: Dtype, shape: &[usize], data: &[u8]) -> Result<Array, String> {
    fn elements<T: Element, const N: usize>(
        shape: &[usize],
        data: &[u8],
        one: impl Fn([u8; N]) -> T,
    ) -> Result<Array, String> {
        let (chunks, _) = data.as_chunks::<N>();
        Array::from_vec(chunks.iter().map(|chunk| one(*chunk)).collect(), shape).map_err(|error| error.to_string())
    }
    match dtype {
        Dtype::BOOL if data.iter().any(|byte| *byte > 1) => Err("a truth value is neither 0 nor 1".into()),
        Dtype::BOOL => elements(shape, data, |[byte]| byte != 0),
        Dtype::U8 => elements(shape, data, |[byte]| byte),
        Dtype::I8 => elements(shape, data, |bytes| i32::from(i8::from_le_bytes(bytes))),
        Dtype::I16 => elements(shape, data, |bytes| i32::from(i16::from_le_bytes(bytes))),
        Dtype::U16 => elements(shape, data, |bytes| i32::from(u16::from_le_bytes(bytes))),
        Dtype::I32 => elements(shape, data, i32::from_le_bytes),
        Dtype::U32 => elements(shape, data, |bytes| i64::from(u32::from_le_bytes(bytes))),
        Dtype::I64 => elements(shape, data, i64::from_le_bytes),
        Dtype::F16 => elements(shape, data, |bytes| half(u16::from_le_bytes(bytes))),
        Dtype::BF16 => elements(shape, data, |bytes| f32::from_bits(u32::from(u16::from_le_bytes(bytes)) << 16)),
        Dtype::F32 => elements(shape, data, f32::from_le_bytes),
        Dtype::F64 => elements(shape, data, f64::from_le_bytes),
        other => Err(format!("the dtype {other} is not supported: store it as F32, F64, I32, I64, U8 or BOOL")),
    }
}

/// The value of a half-precision float.
fn half(bits: u16) -> f32 {
    let (exponent, fraction) = (bits >> 10 & 31, f32::from(bits & 1023));
    let magnitude = match exponent {
        0 => fraction * 2.0_f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1.0 + fraction / 1024.0) * 2.0_f32.powi(i32::from(exponent) - 15),
    };
    if bits >> 15 == 1 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::half;

    #[test]
    fn half_precision_values() {
        let cases = [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_5e-8),
            (0x3555, 0.333_251_95),
            (0xfc00, f32::NEG_INFINITY),
        ];
        for (bits, value) in cases {
            assert_eq!(half(bits), value, "{bits:#06x}");
        }
        assert!(half(0x7e00).is_nan());
    }
}
