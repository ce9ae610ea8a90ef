//! Arithmetic operators, on owned and borrowed tensors and numbers on either side.

use std::borrow::Cow;
use std::ops::{
    Add, AddAssign, BitAnd, BitOr, BitXor, Div, DivAssign, Mul, MulAssign, Neg, Not, Rem, RemAssign, Sub, SubAssign,
};

use wengert_array::{Array, DType};
use wengert_scalar::Row;

use super::pointwise::{binary, unary};
use crate::error::Result;
use crate::in_place::replace;
use crate::tensor::Tensor;

/// What can stand beside a tensor in an operation: a tensor, or a number, which takes the tensor's
/// dtype (a float beside an integer tensor makes float64).
pub trait Operand {
    /// The operand as a tensor, beside `other`.
    fn beside(&self, other: &Tensor) -> Cow<'_, Tensor>;

    /// The number, if it is one.
    fn literal(&self) -> Option<f64> {
        None
    }
}

impl Operand for Tensor {
    #[inline]
    fn beside(&self, _: &Tensor) -> Cow<'_, Tensor> {
        Cow::Borrowed(self)
    }
}

impl<T: Operand> Operand for &T {
    #[inline]
    fn beside(&self, other: &Tensor) -> Cow<'_, Tensor> {
        (**self).beside(other)
    }
    #[inline]
    fn literal(&self) -> Option<f64> {
        (**self).literal()
    }
}

macro_rules! number_operand {
    ($($T:ty, $float:literal);+) => {$(
        impl Operand for $T {
            #[inline]
            fn beside(&self, other: &Tensor) -> Cow<'_, Tensor> {
                let dtype = match other.dtype() {
                    DType::F64 => return Cow::Owned(Tensor::from(Array::F64(*self as f64))),
                    dtype if dtype.is_float() => dtype,
                    _ if $float => DType::F64,
                    DType::Bool => DType::I64,
                    dtype => dtype,
                };
                Cow::Owned(Tensor::from(Array::number(*self as f64, dtype)))
            }
            #[inline]
            fn literal(&self) -> Option<f64> {
                Some(*self as f64)
            }
        }
    )+};
}
number_operand!(f64, true; f32, true; i32, false);

macro_rules! operator {
    ($($Trait:ident $method:ident $Assign:ident $assign:ident $row:ident $try_name:ident $text:literal);+ $(;)?) => {
        $(
            operator!(@impl $Trait $method $row [Tensor] [Tensor &Tensor f64 i32]);
            operator!(@impl $Trait $method $row [&Tensor] [Tensor &Tensor f64 i32]);
            operator!(@number $Trait $method $row f64 i32);

            /// Puts the result in the place of the tensor: see [`Tensor::assign`] for leaves that require grad.
            impl<R: Operand> $Assign<R> for Tensor {
                #[track_caller]
                #[inline]
                fn $assign(&mut self, right: R) {
                    let result = match binary(Row::$row, self, &right.beside(self)) {
                        Ok(result) => result,
                        Err(error) => error.raise(),
                    };
                    if let Err(error) = replace(self, result, stringify!($assign)) {
                        error.raise();
                    }
                }
            }
        )+

        impl Tensor {
            $(
                #[doc = concat!("`self ", $text, " right`, returning errors instead of panicking.")]
                ///
                /// # Errors
                /// If the shapes do not broadcast together.
                #[track_caller]
                #[inline]
                pub fn $try_name(&self, right: impl Operand) -> Result<Tensor> {
                    binary(Row::$row, self, &right.beside(self))
                }
            )+
        }
    };
    (@impl $Trait:ident $method:ident $row:ident [$($L:tt)+] [$($R:tt)+]) => {
        operator!(@each $Trait $method $row [$($L)+] $($R)+);
    };
    (@each $Trait:ident $method:ident $row:ident [$($L:tt)+] & $R:ident $($rest:tt)*) => {
        operator!(@one $Trait $method $row [$($L)+] [&$R]);
        operator!(@each $Trait $method $row [$($L)+] $($rest)*);
    };
    (@each $Trait:ident $method:ident $row:ident [$($L:tt)+] $R:ident $($rest:tt)*) => {
        operator!(@one $Trait $method $row [$($L)+] [$R]);
        operator!(@each $Trait $method $row [$($L)+] $($rest)*);
    };
    (@each $Trait:ident $method:ident $row:ident [$($L:tt)+]) => {};
    (@one $Trait:ident $method:ident $row:ident [$L:ty] [$R:ty]) => {
        impl $Trait<$R> for $L {
            type Output = Tensor;
            #[track_caller]
            #[inline]
            fn $method(self, right: $R) -> Tensor {
                match binary(Row::$row, &self, &right.beside(&self)) {
                    Ok(result) => result,
                    Err(error) => error.raise(),
                }
            }
        }
    };
    (@number $Trait:ident $method:ident $row:ident $($N:ident)+) => {$(
        operator!(@left $Trait $method $row $N [Tensor]);
        operator!(@left $Trait $method $row $N [&Tensor]);
    )+};
    (@left $Trait:ident $method:ident $row:ident $N:ident [$R:ty]) => {
        impl $Trait<$R> for $N {
            type Output = Tensor;
            #[track_caller]
            #[inline]
            fn $method(self, right: $R) -> Tensor {
                match binary(Row::$row, &self.beside(&right), &right) {
                    Ok(result) => result,
                    Err(error) => error.raise(),
                }
            }
        }
    };
}

operator! {
    Add add AddAssign add_assign Add try_add "+";
    Sub sub SubAssign sub_assign Sub try_sub "-";
    Mul mul MulAssign mul_assign Mul try_mul "*";
    Div div DivAssign div_assign Div try_div "/";
    Rem rem RemAssign rem_assign Remainder try_rem "%";
}

macro_rules! logical {
    ($($Trait:ident $method:ident $row:ident),+) => {$(
        impl $Trait<&Tensor> for &Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, right: &Tensor) -> Tensor {
                match binary(Row::$row, self, right) {
                    Ok(result) => result,
                    Err(error) => error.raise(),
                }
            }
        }
        impl $Trait<Tensor> for Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, right: Tensor) -> Tensor {
                $Trait::$method(&self, &right)
            }
        }
        impl $Trait<&Tensor> for Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, right: &Tensor) -> Tensor {
                $Trait::$method(&self, right)
            }
        }
        impl $Trait<Tensor> for &Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, right: Tensor) -> Tensor {
                $Trait::$method(self, &right)
            }
        }
    )+};
}
logical!(BitAnd bitand LogicalAnd, BitOr bitor LogicalOr, BitXor bitxor LogicalXor);

macro_rules! prefix {
    ($($Trait:ident $method:ident $row:ident $L:ty),+) => {$(
        impl $Trait for $L {
            type Output = Tensor;
            #[track_caller]
            #[inline]
            fn $method(self) -> Tensor {
                match unary(Row::$row, &self) {
                    Ok(result) => result,
                    Err(error) => error.raise(),
                }
            }
        }
    )+};
}
prefix!(Neg neg Neg Tensor, Neg neg Neg &Tensor, Not not LogicalNot Tensor, Not not LogicalNot &Tensor);

/// The sum of tensors of shapes that broadcast together; of none it is the number 0.
impl std::iter::Sum for Tensor {
    #[track_caller]
    fn sum<I: Iterator<Item = Tensor>>(tensors: I) -> Tensor {
        tensors.reduce(|a, b| a + b).unwrap_or_else(|| Tensor::from(0.0))
    }
}

impl<'a> std::iter::Sum<&'a Tensor> for Tensor {
    #[track_caller]
    fn sum<I: Iterator<Item = &'a Tensor>>(tensors: I) -> Tensor {
        tensors.cloned().sum()
    }
}

macro_rules! from_number {
    ($($T:ty => $variant:ident),+) => {$(
        impl From<$T> for Tensor {
            #[inline]
            fn from(value: $T) -> Tensor {
                Tensor::from(Array::$variant(value))
            }
        }
    )+};
}
from_number!(f64 => F64, f32 => F32, i64 => I64, i32 => I32, u8 => U8, bool => Bool);
