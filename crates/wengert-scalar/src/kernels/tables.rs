//! Every kernel by instruction set and row.

use super::{Float, Isa, stamp};
use crate::Row;
use crate::math::rows;
use crate::table::table;

const ROWS: usize = Row::ALL.len();

macro_rules! define_tables {
    ($g:ident $y:ident $($kind:ident $(#[$doc:meta])* $variant:ident $name:ident($($arg:ident),+) {$($k:literal => $e:expr),*})+) => {
        macro_rules! kernels {
            ($t:ty, $isa:ident) => {(
                [$(stamp::$isa::block::<rows::$variant, $t> as stamp::Block<$t>),+],
                [$(stamp::$isa::scalar::<rows::$variant, $t> as stamp::Scalar<$t>),+],
                [$(pulls! { $t, $isa, $variant, [$($k),*] }),+],
            )};
        }
    };
}

macro_rules! pulls {
    ($t:ty, $isa:ident, $variant:ident, [$($k:literal),*]) => {{
        #[allow(unused_mut)]
        let mut slots: [Option<stamp::Pull<$t>>; 3] = [None; 3];
        $(slots[$k] = Some(stamp::$isa::pull::<rows::$variant, $t, $k>);)*
        slots
    }};
}

table!(define_tables);

type Kernels<T> = ([stamp::Block<T>; ROWS], [stamp::Scalar<T>; ROWS], [[Option<stamp::Pull<T>>; 3]; ROWS]);

/// The kernels with a splat operand: of the rows that cost less than spreading it would.
macro_rules! splats {
    ($t:ty, $isa:ident, $row:ident, $left:ident, [$($variant:ident),+]) => {
        match ($row, $left) {
            $(
                (Row::$variant, true) => Some(stamp::$isa::splat::<rows::$variant, $t, true>),
                (Row::$variant, false) => Some(stamp::$isa::splat::<rows::$variant, $t, false>),
            )+
            _ => None,
        }
    };
    ($t:ty, $isa:ident, $row:ident, $left:ident) => {
        splats!($t, $isa, $row, $left, [Add, Sub, Mul, Div, Maximum, Minimum])
    };
}

macro_rules! float {
    ($t:ty) => {
        impl Float for $t {
            #[inline]
            fn block(isa: Isa, row: Row) -> stamp::Block<$t> {
                <$t as Kernel>::kernels(isa).0[row as usize]
            }

            fn splat(isa: Isa, row: Row, left: bool) -> Option<stamp::Splat<$t>> {
                match isa {
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => splats!($t, avx512, row, left),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => splats!($t, avx2, row, left),
                    _ => splats!($t, portable, row, left),
                }
            }

            #[inline]
            fn scalar(isa: Isa, row: Row) -> stamp::Scalar<$t> {
                <$t as Kernel>::kernels(isa).1[row as usize]
            }

            #[inline]
            fn pull(isa: Isa, row: Row, input: usize) -> Option<stamp::Pull<$t>> {
                <$t as Kernel>::kernels(isa).2[row as usize][input]
            }
        }

        impl Kernel for $t {
            #[inline]
            fn kernels(isa: Isa) -> &'static Kernels<$t> {
                static PORTABLE: Kernels<$t> = kernels!($t, portable);
                #[cfg(target_arch = "x86_64")]
                {
                    static AVX2: Kernels<$t> = kernels!($t, avx2);
                    static AVX512: Kernels<$t> = kernels!($t, avx512);
                    match isa {
                        Isa::Portable => &PORTABLE,
                        Isa::Avx2 => &AVX2,
                        Isa::Avx512 => &AVX512,
                    }
                }
                #[cfg(not(target_arch = "x86_64"))]
                {
                    let _ = isa;
                    &PORTABLE
                }
            }
        }
    };
}

trait Kernel: Sized + 'static {
    fn kernels(isa: Isa) -> &'static Kernels<Self>;
}

float!(f64);
float!(f32);
