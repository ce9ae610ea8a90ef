//! NumPy's files: `.npy`, one array, and `.npz`, a zip archive of named ones.
//!
//! All three versions of the format are read, in either byte order and either element order, for the dtypes that this library has;
//! others are refused by name. What is written is what `numpy.save` writes, byte for byte, for an array in C order. A file that is
//! damaged or lies about its size is an [`Error::Format`] that says what is wrong; memory is taken only for data that is really there.

mod archive;
mod header;

pub use archive::{Compression, npz_from_bytes, npz_to_bytes, read_npz, write_npz};

use crate::index::contents;
use crate::{Array, Element, Error, Result, dispatch};
use header::Header;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

/// What the error messages call the format.
const NPY: &str = ".npy file";

/// Bytes converted at a time.
const BLOCK: usize = 1 << 16;

/// Reads a `.npy` file. Whatever follows the array in it is left unread, as NumPy does.
///
/// # Errors
/// [`Error::Io`] if the file cannot be read; [`Error::Format`] if it is damaged or holds a dtype that this library does not have.
///
/// ```no_run
/// let weights = wengert_array::npy::read("weights.npy")?;
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn read(path: impl AsRef<Path>) -> Result<Array> {
    let path = path.as_ref();
    let file = File::open(path).map_err(|e| in_file(path, e))?;
    let len = file.metadata().ok().filter(|m| m.is_file()).map(|m| m.len());
    read_from(&mut BufReader::new(file), len)
}

/// Writes a `.npy` file.
///
/// # Errors
/// [`Error::Io`] if it cannot be written.
pub fn write(path: impl AsRef<Path>, x: &Array) -> Result<()> {
    let path = path.as_ref();
    let mut out = BufWriter::new(File::create(path).map_err(|e| in_file(path, e))?);
    write_to(&mut out, x)?.and_then(|()| out.flush()).map_err(|e| in_file(path, e))
}

/// The array in the bytes of a `.npy` file; what follows it is ignored.
///
/// # Errors
/// [`Error::Format`] as for [`read`].
///
/// ```
/// use wengert_array::{Array, npy};
///
/// let bytes = npy::to_bytes(&Array::from_slice(&[1.0, 2.0]))?;
/// assert_eq!(npy::from_bytes(&bytes)?.to_vec::<f64>()?, [1.0, 2.0]);
/// assert!(npy::from_bytes(&bytes[..bytes.len() - 1]).is_err());
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn from_bytes(bytes: &[u8]) -> Result<Array> {
    read_from(&mut &bytes[..], Some(bytes.len() as u64))
}

/// The bytes of a `.npy` file with this array.
///
/// # Errors
/// None that an array could cause.
pub fn to_bytes(x: &Array) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    write_to(&mut out, x)?.map_err(|e| Error::format(NPY, e.to_string()))?;
    Ok(out)
}

fn in_file(path: &Path, error: std::io::Error) -> Error {
    Error::io(path.display().to_string(), error)
}

/// Reads an array from a stream of `len` bytes, if that is known.
fn read_from(stream: &mut impl Read, len: Option<u64>) -> Result<Array> {
    let (header, header_len) = Header::read(stream)?;
    let data_len = header.elements as u64 * header.dtype.size() as u64;
    if let Some(left) = len.map(|len| len.saturating_sub(header_len))
        && left < data_len
    {
        let detail =
            format!("{} of {} take {data_len} bytes, but only {left} follow", header.text_shape(), header.dtype);
        return Err(Error::format(NPY, detail));
    }
    let known = len.is_some();
    dispatch!(header.dtype, T => {
        let data = read_elements::<T>(stream, &header, known)?;
        if header.fortran_order && header.shape.len() > 1 {
            let reversed: Vec<usize> = header.shape.iter().rev().copied().collect();
            let axes: Vec<usize> = (0..reversed.len()).rev().collect();
            Array::from_vec(data, reversed)?.permute(&axes)
        } else {
            Array::from_vec(data, header.shape)
        }
    })
}

fn read_elements<T: Bytes>(stream: &mut impl Read, header: &Header, known: bool) -> Result<Vec<T>> {
    let mut data: Vec<T> = Vec::new();
    if known {
        let refused = |_| Error::format(NPY, format!("there is not enough memory for {}", header.text_shape()));
        data.try_reserve_exact(header.elements).map_err(refused)?;
    }
    let size = size_of::<T>();
    let mut block = vec![0; BLOCK.min(header.elements.saturating_mul(size))];
    while data.len() < header.elements {
        let want = (header.elements - data.len()).min(block.len() / size) * size;
        let block = &mut block[..want];
        stream.read_exact(block).map_err(|e| {
            let detail = format!("the data of {} end early, after element {}: {e}", header.text_shape(), data.len());
            Error::format(NPY, detail)
        })?;
        data.extend(block.chunks_exact(size).map(|b| T::decode(b, header.big_endian)));
    }
    Ok(data)
}

/// Writes an array; the inner result is the stream's.
fn write_to(stream: &mut impl Write, x: &Array) -> Result<std::io::Result<()>> {
    let header = header::bytes(x.dtype(), x.shape());
    let x = x.try_contiguous()?;
    dispatch!(x.dtype(), T => {
        let data = contents::<T>(&x)?;
        Ok(stream.write_all(&header).and_then(|()| {
            let mut block = Vec::with_capacity(BLOCK.min(size_of_val(data)));
            for part in data.chunks(BLOCK / size_of::<T>()) {
                block.clear();
                part.iter().for_each(|v| v.encode(&mut block));
                stream.write_all(&block)?;
            }
            Ok(())
        }))
    })
}

/// An element as bytes in a file, little-endian unless said otherwise.
trait Bytes: Element {
    fn decode(bytes: &[u8], big_endian: bool) -> Self;
    fn encode(self, out: &mut Vec<u8>);
}

macro_rules! bytes {
    ($($t:ty)*) => {$(
        impl Bytes for $t {
            #[inline(always)]
            fn decode(bytes: &[u8], big_endian: bool) -> Self {
                let mut own = [0; size_of::<$t>()];
                own.copy_from_slice(bytes);
                if big_endian { <$t>::from_be_bytes(own) } else { <$t>::from_le_bytes(own) }
            }
            #[inline(always)]
            fn encode(self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}

bytes!(u8 i32 i64 f32 f64);

impl Bytes for bool {
    #[inline(always)]
    fn decode(bytes: &[u8], _: bool) -> bool {
        bytes.iter().any(|b| *b != 0)
    }
    #[inline(always)]
    fn encode(self, out: &mut Vec<u8>) {
        out.push(self.into());
    }
}
