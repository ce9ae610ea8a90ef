//! [`Row`]: the name of a pointwise function, with its arity and slopes, from the table.

use crate::Number;
use crate::table::table;
use core::fmt;

macro_rules! is_predicate {
    (is) => {
        true
    };
    ($kind:ident) => {
        false
    };
}

macro_rules! define_row {
    ($g:ident $y:ident $($kind:ident $(#[$doc:meta])* $variant:ident $name:ident($($arg:ident),+) {$($k:literal => $e:expr),*})+) => {
        /// A pointwise function: one row of the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Row {
            $($(#[$doc])* $variant,)+
        }

        impl Row {
            /// Every row, in the order of the table.
            pub const ALL: &[Row] = &[$(Row::$variant),+];

            const NAMES: &[&str] = &[$(stringify!($name)),+];
            const INPUTS: &[&[&str]] = &[$(&[$(stringify!($arg)),+]),+];
            const PREDICATES: &[bool] = &[$(is_predicate!($kind)),+];

            /// The slope towards input `i` times `g`, at inputs `x` with result `y`; `None` where it is zero by structure
            /// (`floor`, `sign`, comparisons, the condition of `select`).
            ///
            /// This is the one place where derivatives are stated. A zero wins over an infinity in every product and quotient
            /// with `g`: see [`Row::Scale`] and [`Row::Ratio`].
            #[allow(unused_variables)]
            #[inline(always)]
            pub fn pull<R: Number>(self, i: usize, x: &[R], $y: R, $g: R) -> Option<R> {
                match self {
                    $(Row::$variant => {
                        let [$($arg,)+ ..] = *x else { wrong_arity(self, x.len()) };
                        match i {
                            $($k => Some($e),)*
                            _ => None,
                        }
                    })+
                }
            }
        }
    };
}

table!(define_row);

#[cold]
#[inline(never)]
#[track_caller]
fn wrong_arity(row: Row, given: usize) -> ! {
    panic!("{row} takes {} arguments, {given} given", row.arity())
}

impl Row {
    /// The name: `"tanh"`.
    pub const fn name(self) -> &'static str {
        Row::NAMES[self as usize]
    }

    /// The row of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Row> {
        Row::ALL.iter().copied().find(|r| r.name() == name)
    }

    /// The names of the inputs: `["a", "b"]`.
    pub const fn inputs(self) -> &'static [&'static str] {
        Row::INPUTS[self as usize]
    }

    /// The number of inputs, 1 to 3.
    pub const fn arity(self) -> usize {
        self.inputs().len()
    }

    /// Whether the result is a truth value (0 or 1; dtype bool on arrays): comparisons, logical rows, `is_nan` and its like.
    pub const fn is_predicate(self) -> bool {
        Row::PREDICATES[self as usize]
    }

    /// Whether exchanging the two inputs leaves the value as it is.
    pub const fn is_commutative(self) -> bool {
        use Row::*;
        matches!(
            self,
            Add | Mul | Scale | Maximum | Minimum | Hypot | Logaddexp | Eq | Ne | LogicalAnd | LogicalOr | LogicalXor
        )
    }

    /// ∂y/∂xᵢ at inputs `x` with result `y`; `None` where it is zero by structure.
    ///
    /// ```
    /// use wengert_scalar::Row;
    /// assert_eq!(Row::Mul.slope(0, &[3.0, 5.0], 15.0), Some(5.0));
    /// assert_eq!(Row::Floor.slope(0, &[3.2], 3.0), None);
    /// ```
    #[inline(always)]
    pub fn slope<R: Number>(self, i: usize, x: &[R], y: R) -> Option<R> {
        self.pull(i, x, y, R::lit(1.0))
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
