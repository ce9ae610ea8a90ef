//! `.npz`: a zip archive with one `.npy` file for each name.

use super::{in_file, read_from, write_to};
use crate::{Array, Error, Result};
use std::fs::File;
use std::io::{BufReader, BufWriter, Cursor, Read, Seek, Write};
use std::path::Path;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const NPZ: &str = ".npz file";

/// How the arrays of an archive are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// As they are, like `numpy.savez`.
    #[default]
    Stored,
    /// Deflated, like `numpy.savez_compressed`.
    Deflated,
}

/// Reads the arrays of a `.npz` file with their names, in the order of the file.
///
/// # Errors
/// [`Error::Io`] if the file cannot be read; [`Error::Format`] if it is damaged or one of its arrays is, which is named.
pub fn read_npz(path: impl AsRef<Path>) -> Result<Vec<(String, Array)>> {
    let path = path.as_ref();
    read_archive(BufReader::new(File::open(path).map_err(|e| in_file(path, e))?))
}

/// The arrays in the bytes of a `.npz` file.
///
/// # Errors
/// [`Error::Format`] as for [`read_npz`].
pub fn npz_from_bytes(bytes: &[u8]) -> Result<Vec<(String, Array)>> {
    read_archive(Cursor::new(bytes))
}

/// Writes named arrays to a `.npz` file.
///
/// # Errors
/// [`Error::Argument`] for a name that is empty or comes twice; [`Error::Io`] if the file cannot be written.
pub fn write_npz(path: impl AsRef<Path>, arrays: &[(&str, &Array)], compression: Compression) -> Result<()> {
    let path = path.as_ref();
    check_names(arrays)?;
    let out = BufWriter::new(File::create(path).map_err(|e| in_file(path, e))?);
    let mut out = write_archive(out, arrays, compression)?.map_err(|e| Error::io(path.display().to_string(), e))?;
    out.flush().map_err(|e| in_file(path, e))
}

/// The bytes of a `.npz` file with these arrays.
///
/// # Errors
/// [`Error::Argument`] for a name that is empty or comes twice.
///
/// ```
/// use wengert_array::{Array, npy};
///
/// let (w, b) = (Array::from_slice(&[1.0, 2.0]), Array::from(0.5f32));
/// let bytes = npy::npz_to_bytes(&[("w", &w), ("b", &b)], npy::Compression::Deflated)?;
/// let back = npy::npz_from_bytes(&bytes)?;
/// assert_eq!(back[0].0, "w");
/// assert_eq!(back[1].1.item::<f32>()?, 0.5);
/// # Ok::<(), wengert_array::Error>(())
/// ```
pub fn npz_to_bytes(arrays: &[(&str, &Array)], compression: Compression) -> Result<Vec<u8>> {
    check_names(arrays)?;
    match write_archive(Cursor::new(Vec::new()), arrays, compression)? {
        Ok(out) => Ok(out.into_inner()),
        Err(e) => Err(Error::format(NPZ, e.to_string())),
    }
}

fn check_names(arrays: &[(&str, &Array)]) -> Result<()> {
    for (i, (name, _)) in arrays.iter().enumerate() {
        if name.is_empty() {
            return Err(Error::argument("write_npz", format!("array {i} has an empty name")));
        }
        if arrays[..i].iter().any(|(other, _)| other == name) {
            return Err(Error::argument("write_npz", format!("the name {name:?} comes twice")));
        }
    }
    Ok(())
}

fn write_archive<W: Write + Seek>(
    stream: W,
    arrays: &[(&str, &Array)],
    compression: Compression,
) -> Result<std::result::Result<W, ZipError>> {
    let method = match compression {
        Compression::Stored => CompressionMethod::Stored,
        Compression::Deflated => CompressionMethod::Deflated,
    };
    let mut archive = ZipWriter::new(stream);
    for (name, x) in arrays {
        let bytes = x.len() as u64 * x.dtype().size() as u64;
        let options =
            SimpleFileOptions::default().compression_method(method).large_file(bytes > u64::from(u32::MAX) / 2);
        if let Err(e) = archive.start_file(format!("{name}.npy"), options) {
            return Ok(Err(e));
        }
        if let Err(e) = write_to(&mut archive, x)? {
            return Ok(Err(e.into()));
        }
    }
    Ok(archive.finish())
}

fn read_archive(stream: impl Read + Seek) -> Result<Vec<(String, Array)>> {
    let bad = |e: ZipError| Error::format(NPZ, e.to_string());
    let mut archive = ZipArchive::new(stream).map_err(bad)?;
    let mut arrays = Vec::new();
    for i in 0..archive.len() {
        let mut entry = archive.by_index(i).map_err(bad)?;
        let name = entry.name().map_err(bad)?.into_owned();
        let Some(short) = name.strip_suffix(".npy") else {
            return Err(Error::format(NPZ, format!("it holds {name:?}, which is not a .npy file")));
        };
        let in_entry = |e| match e {
            Error::Format { detail, .. } => Error::format(NPZ, format!("array {short:?}: {detail}")),
            other => other,
        };
        let x = read_from(&mut entry, None).map_err(in_entry)?;
        // Reading to the end makes the archive compare its checksum.
        std::io::copy(&mut entry, &mut std::io::sink())
            .map_err(|e| Error::format(NPZ, format!("array {short:?}: {e}")))?;
        arrays.push((short.to_owned(), x));
    }
    Ok(arrays)
}
