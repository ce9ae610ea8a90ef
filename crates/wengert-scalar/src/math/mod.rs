//! Values of the pointwise functions, as branch-free scalar code that vectorises when a loop over it is compiled for a wide ISA.
//!
//! A family is a file; each function is generic over the float (`T: Coefficients`, f32 or f64) and over the marker of an
//! instruction set ([`Isa`]): `exp::exp::<f64, Mode<true, false>>(x)`. Everything is `#[inline(always)]`, since one function that is
//! not inlined into a loop compiled for AVX-512 silently leaves SSE2 code. [`rows`] maps each `Row` to its function.
//!
//! Nothing outside `kernels` calls this module. The rest of the crate evaluates a row on plain numbers through `kernels::eval`,
//! which picks the instruction set at run time, so that a scalar and an element of a dense block get the same bits.

pub(crate) mod arc;
pub(crate) mod base;
pub(crate) mod coefficients;
pub(crate) mod erf;
pub(crate) mod exp;
pub(crate) mod gamma;
pub(crate) mod inverse;
pub(crate) mod log;
mod payne_hanek;
pub(crate) mod power;
pub(crate) mod round;
pub(crate) mod rows;
pub(crate) mod trig;

/// What a function may assume of the code it is compiled into.
pub trait Isa: Copy + core::fmt::Debug + Send + Sync + 'static {
    /// A fused multiply-add is one instruction (and so are floor and round).
    const FMA: bool;
    /// Arguments of sin, cos and tan may have any size, at the price of a branch.
    const CAREFUL: bool;
}

/// The marker for each combination.
#[derive(Clone, Copy, Debug)]
pub struct Mode<const FMA: bool, const CAREFUL: bool>;

impl<const FMA: bool, const CAREFUL: bool> Isa for Mode<FMA, CAREFUL> {
    const FMA: bool = FMA;
    const CAREFUL: bool = CAREFUL;
}
