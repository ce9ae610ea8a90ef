//! The header of a `.npy` file: a magic number, a version, a length, and a Python dictionary in words.

use super::NPY;
use crate::{DType, Error, Result, Shape};
use std::io::Read;

const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// NumPy allows arrays of up to 64 axes.
const MOST_AXES: usize = 64;
/// Longer headers than this belong to no array that could be read.
const MOST_BYTES: u32 = 1 << 20;

/// What a header says.
pub(super) struct Header {
    pub dtype: DType,
    pub big_endian: bool,
    pub fortran_order: bool,
    pub shape: Vec<usize>,
    /// The product of `shape`, which is known to fit.
    pub elements: usize,
}

impl Header {
    /// Reads a header; also says how many bytes it took.
    pub fn read(stream: &mut impl Read) -> Result<(Header, u64)> {
        let mut start = [0; 8];
        stream.read_exact(&mut start).map_err(|_| bad("it ends before the first 8 bytes are over"))?;
        if !start.starts_with(MAGIC) {
            return Err(bad("it does not start with \\x93NUMPY"));
        }
        let (major, minor) = (start[6], start[7]);
        let cut = |_| bad("it ends within the length of the header");
        let (len, before) = match (major, minor) {
            (1, 0) => {
                let mut len = [0; 2];
                stream.read_exact(&mut len).map_err(cut)?;
                (u32::from(u16::from_le_bytes(len)), 10)
            }
            (2 | 3, 0) => {
                let mut len = [0; 4];
                stream.read_exact(&mut len).map_err(cut)?;
                (u32::from_le_bytes(len), 12)
            }
            _ => return Err(bad(format!("version {major}.{minor} is unknown; 1.0, 2.0 and 3.0 are read"))),
        };
        if len > MOST_BYTES {
            return Err(bad(format!("the header claims {len} bytes; at most {MOST_BYTES} are read")));
        }
        let mut text = Vec::new();
        stream.take(len.into()).read_to_end(&mut text).map_err(|e| bad(format!("the header cannot be read: {e}")))?;
        if text.len() < len as usize {
            return Err(bad(format!(
                "the header should have {len} bytes, but the file ends after {} of them",
                text.len()
            )));
        }
        Ok((parse(&text)?, before + u64::from(len)))
    }

    /// The shape, for messages.
    pub fn text_shape(&self) -> String {
        format!("an array of shape {}", Shape::new(&self.shape))
    }
}

/// The header that `numpy.save` writes for an array in C order.
pub(super) fn bytes(dtype: DType, shape: &[usize]) -> Vec<u8> {
    let descr = match dtype {
        DType::Bool => "|b1",
        DType::U8 => "|u1",
        DType::I32 => "<i4",
        DType::I64 => "<i8",
        DType::F32 => "<f4",
        DType::F64 => "<f8",
    };
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {}, }}", Shape::new(shape));
    // NumPy leaves room for the first length to grow to 21 digits, then pads so that the data start at a multiple of 64.
    if let Some(first) = shape.first() {
        text.push_str(&" ".repeat(21usize.saturating_sub(first.to_string().len())));
    }
    let start = MAGIC.len() + 4;
    let padding = 64 - (start + text.len() + 1) % 64;
    text.push_str(&" ".repeat(padding));
    text.push('\n');

    let mut out = MAGIC.to_vec();
    // Version 1 has room for headers of 65,535 bytes, beyond what 64 axes need.
    match u16::try_from(text.len()) {
        Ok(len) => {
            out.extend([1, 0]);
            out.extend(len.to_le_bytes());
        }
        Err(_) => {
            out.extend([2, 0]);
            out.extend((text.len() as u32).to_le_bytes());
        }
    }
    out.extend(text.as_bytes());
    out
}

fn bad(detail: impl Into<String>) -> Error {
    Error::format(NPY, detail)
}

fn parse(text: &[u8]) -> Result<Header> {
    let mut words = Words { text, at: 0 };
    let (mut descr, mut fortran_order, mut shape) = (None, None, None);
    words.expect(b'{')?;
    while !words.eat(b'}') {
        let key = words.string()?;
        words.expect(b':')?;
        let again = match key.as_str() {
            "descr" => descr.replace(words.descr()?).is_some(),
            "fortran_order" => fortran_order.replace(words.truth()?).is_some(),
            "shape" => shape.replace(words.shape()?).is_some(),
            _ => return Err(bad(format!("the header has an unknown entry {key:?}"))),
        };
        if again {
            return Err(bad(format!("the header has two entries {key:?}")));
        }
        if !words.eat(b',') {
            words.expect(b'}')?;
            break;
        }
    }
    words.end()?;
    let missing = |key: &str| bad(format!("the header has no entry {key:?}"));
    let (dtype, big_endian) = element_type(&descr.ok_or_else(|| missing("descr"))?)?;
    let shape: Vec<usize> = shape.ok_or_else(|| missing("shape"))?;
    let fortran_order = fortran_order.ok_or_else(|| missing("fortran_order"))?;

    let too_large = || bad(format!("shape {} of {dtype} is larger than any memory", Shape::new(&shape)));
    // Empty axes count as 1 here, so that strides cannot overflow either.
    let product = shape.iter().try_fold(dtype.size(), |n, d| n.checked_mul((*d).max(1))).ok_or_else(too_large)?;
    if product > isize::MAX as usize / 16 {
        return Err(too_large());
    }
    let elements = shape.iter().product();
    Ok(Header { dtype, big_endian, fortran_order, shape, elements })
}

/// The dtype and whether it is big-endian.
fn element_type(descr: &str) -> Result<(DType, bool)> {
    let (order, kind) = descr.split_at_checked(1).unwrap_or(("", descr));
    let dtype = match kind {
        "b1" => DType::Bool,
        "u1" => DType::U8,
        "i4" => DType::I32,
        "i8" => DType::I64,
        "f4" => DType::F32,
        "f8" => DType::F64,
        _ => {
            let name = match kind {
                "i1" => " (int8)",
                "i2" => " (int16)",
                "u2" => " (uint16)",
                "u4" => " (uint32)",
                "u8" => " (uint64)",
                "f2" => " (float16)",
                "f16" => " (long double)",
                "c8" => " (complex64)",
                "c16" => " (complex128)",
                "O" => " (Python objects)",
                _ => "",
            };
            let detail = format!(
                "dtype {descr:?}{name} is not supported; save the array as bool, uint8, int32, int64, float32 or float64"
            );
            return Err(bad(detail));
        }
    };
    match order {
        "<" | "|" => Ok((dtype, false)),
        ">" => Ok((dtype, true)),
        "=" => Ok((dtype, cfg!(target_endian = "big"))),
        _ => Err(bad(format!("dtype {descr:?} has an unknown byte order {order:?}"))),
    }
}

/// The text of a Python literal, read from left to right.
struct Words<'a> {
    text: &'a [u8],
    at: usize,
}

impl Words<'_> {
    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.eat(byte) { Ok(()) } else { Err(self.unexpected(&format!("{:?}", char::from(byte)))) }
    }

    fn end(&mut self) -> Result<()> {
        if self.peek().is_none() { Ok(()) } else { Err(self.unexpected("the end")) }
    }

    fn unexpected(&mut self, wanted: &str) -> Error {
        let found = match self.peek() {
            Some(byte) => format!("{:?}", char::from(byte)),
            None => "the end".into(),
        };
        bad(format!("the header should have {wanted} at byte {}, but has {found}", self.at))
    }

    fn string(&mut self) -> Result<String> {
        let quote = match self.peek() {
            Some(q @ (b'\'' | b'"')) => q,
            _ => return Err(self.unexpected("a quoted string")),
        };
        let rest = &self.text[self.at + 1..];
        let Some(len) = rest.iter().position(|b| *b == quote) else {
            return Err(bad(format!("the string that starts at byte {} of the header has no end", self.at)));
        };
        self.at += len + 2;
        Ok(String::from_utf8_lossy(&rest[..len]).into_owned())
    }

    fn descr(&mut self) -> Result<String> {
        match self.peek() {
            Some(b'[' | b'(' | b'{') => {
                Err(bad("arrays of records are not supported; save each field as an array of its own"))
            }
            _ => self.string(),
        }
    }

    fn truth(&mut self) -> Result<bool> {
        self.peek();
        for (word, value) in [(&b"True"[..], true), (b"False", false)] {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.unexpected("True or False"))
    }

    fn shape(&mut self) -> Result<Vec<usize>> {
        self.expect(b'(')?;
        let mut shape = Vec::new();
        while !self.eat(b')') {
            if shape.len() == MOST_AXES {
                return Err(bad(format!("the shape has more than {MOST_AXES} axes")));
            }
            shape.push(self.length()?);
            if !self.eat(b',') {
                self.expect(b')')?;
                if shape.len() == 1 {
                    return Err(bad("the shape is a number, not a tuple: a comma is missing"));
                }
                break;
            }
        }
        Ok(shape)
    }

    fn length(&mut self) -> Result<usize> {
        if self.peek() == Some(b'-') {
            return Err(bad("the shape has a negative length"));
        }
        let rest = &self.text[self.at..];
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 {
            return Err(self.unexpected("a length"));
        }
        let text = String::from_utf8_lossy(&rest[..digits]).into_owned();
        self.at += digits;
        // Python 2 marked long integers.
        if self.text.get(self.at) == Some(&b'L') {
            self.at += 1;
        }
        text.parse().map_err(|_| bad(format!("the shape has a length of {digits} digits, too large for any memory")))
    }
}
