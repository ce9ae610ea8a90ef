//! Element types and how they combine.

use crate::Array;
use std::fmt::{self, Debug, Display};

/// The type of an array's elements. More may come (half precision, complex), so a `match` needs a last arm `_`.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum DType {
    /// True or false, one byte.
    Bool,
    /// Unsigned 8-bit integer.
    U8,
    /// Signed 32-bit integer.
    I32,
    /// Signed 64-bit integer.
    I64,
    /// 32-bit floating point.
    F32,
    /// 64-bit floating point.
    F64,
}

impl DType {
    /// Every dtype, narrowest first.
    pub const ALL: [DType; 6] = [DType::Bool, DType::U8, DType::I32, DType::I64, DType::F32, DType::F64];

    /// Bytes one element takes.
    #[inline]
    pub const fn size(self) -> usize {
        match self {
            DType::Bool | DType::U8 => 1,
            DType::I32 | DType::F32 => 4,
            DType::I64 | DType::F64 => 8,
        }
    }

    /// Whether it is a floating-point type.
    #[inline]
    pub const fn is_float(self) -> bool {
        matches!(self, DType::F32 | DType::F64)
    }

    /// Whether it is an integer type (`bool` is not).
    #[inline]
    pub const fn is_integer(self) -> bool {
        matches!(self, DType::U8 | DType::I32 | DType::I64)
    }

    /// NumPy's name: `"float64"`.
    pub const fn name(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::U8 => "uint8",
            DType::I32 => "int32",
            DType::I64 => "int64",
            DType::F32 => "float32",
            DType::F64 => "float64",
        }
    }
}

impl Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The dtype that holds both, by NumPy's rules: `int64` with `float32` gives `float64`, `uint8` with `float32` gives
/// `float32`, `bool` gives way to everything.
///
/// ```
/// use wengert_array::{DType, promote};
/// assert_eq!(promote(DType::I64, DType::F32), DType::F64);
/// assert_eq!(promote(DType::U8, DType::F32), DType::F32);
/// ```
#[inline]
pub const fn promote(a: DType, b: DType) -> DType {
    let (low, high) = if (a as u8) < (b as u8) { (a, b) } else { (b, a) };
    match (low, high) {
        (DType::I32 | DType::I64, DType::F32) => DType::F64,
        _ => high,
    }
}

mod sealed {
    pub trait Sealed {}
}

/// A Rust type that can be an array's element: `bool`, `u8`, `i32`, `i64`, `f32`, `f64`.
pub trait Element:
    Copy + Send + Sync + 'static + Default + PartialEq + PartialOrd + Debug + Display + sealed::Sealed
{
    /// Its dtype.
    const DTYPE: DType;
    /// Zero (or false).
    const ZERO: Self;
    /// One (or true).
    const ONE: Self;
    /// The rank-0 array that holds this number.
    fn scalar(self) -> Array;
    /// The number in a rank-0 array of this dtype; `None` for anything else.
    fn of(array: &Array) -> Option<&Self>;
    /// As [`Element::of`], for writing.
    fn of_mut(array: &mut Array) -> Option<&mut Self>;
    /// As `f64` (exact but for large `int64`).
    fn to_f64(self) -> f64;
    /// From `f64`, by the rules of [`Array::cast`].
    fn from_f64(v: f64) -> Self;
    /// As `i64`, by the rules of [`Array::cast`].
    fn to_i64(self) -> i64;
    /// From `i64`, by the rules of [`Array::cast`].
    fn from_i64(v: i64) -> Self;
    /// Whether it is a floating-point not-a-number.
    #[inline(always)]
    fn is_nan(self) -> bool {
        #[allow(clippy::eq_op)]
        {
            self != self
        }
    }
}

macro_rules! element {
    ($($t:ty, $variant:ident, $zero:expr, $one:expr, |$v:ident| $to_f64:expr, |$f:ident| $from_f64:expr, |$w:ident| $to_i64:expr, |$i:ident| $from_i64:expr;)*) => {$(
        impl sealed::Sealed for $t {}
        impl Element for $t {
            const DTYPE: DType = DType::$variant;
            const ZERO: Self = $zero;
            const ONE: Self = $one;
            #[inline(always)]
            fn scalar(self) -> Array {
                Array::$variant(self)
            }
            #[inline(always)]
            fn of(array: &Array) -> Option<&Self> {
                if let Array::$variant(v) = array { Some(v) } else { None }
            }
            #[inline(always)]
            fn of_mut(array: &mut Array) -> Option<&mut Self> {
                if let Array::$variant(v) = array { Some(v) } else { None }
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                let $v = self;
                $to_f64
            }
            #[inline(always)]
            fn from_f64($f: f64) -> Self {
                $from_f64
            }
            #[inline(always)]
            fn to_i64(self) -> i64 {
                let $w = self;
                $to_i64
            }
            #[inline(always)]
            fn from_i64($i: i64) -> Self {
                $from_i64
            }
        }
        impl From<$t> for Array {
            #[inline(always)]
            fn from(v: $t) -> Array {
                Array::$variant(v)
            }
        }
    )*};
}

element! {
    bool, Bool, false, true, |v| u8::from(v) as f64, |f| f != 0.0, |w| i64::from(w), |i| i != 0;
    u8, U8, 0, 1, |v| v as f64, |f| f as i64 as u8, |w| w as i64, |i| i as u8;
    i32, I32, 0, 1, |v| v as f64, |f| f as i32, |w| w as i64, |i| i as i32;
    i64, I64, 0, 1, |v| v as f64, |f| f as i64, |w| w, |i| i;
    f32, F32, 0.0, 1.0, |v| v as f64, |f| f as f32, |w| w as i64, |i| i as f32;
    f64, F64, 0.0, 1.0, |v| v, |f| f, |w| w as i64, |i| i as f64;
}

// `dispatch` below lists every dtype.
const _: () = assert!(DType::ALL.len() == 6 && DType::F64 as usize == 5);

/// Runs an expression with a type name bound to the Rust type of a dtype.
///
/// ```
/// use wengert_array::{DType, dispatch};
/// assert_eq!(dispatch!(DType::I32, T => size_of::<T>()), 4);
/// ```
#[macro_export]
macro_rules! dispatch {
    ($dtype:expr, $t:ident => $body:expr) => {
        match $dtype {
            $crate::DType::Bool => {
                type $t = bool;
                $body
            }
            $crate::DType::U8 => {
                type $t = u8;
                $body
            }
            $crate::DType::I32 => {
                type $t = i32;
                $body
            }
            $crate::DType::I64 => {
                type $t = i64;
                $body
            }
            $crate::DType::F32 => {
                type $t = f32;
                $body
            }
            // F64: the list of dtypes is open to other crates, so that the last one must stand for the rest.
            _ => {
                type $t = f64;
                $body
            }
        }
    };
}
