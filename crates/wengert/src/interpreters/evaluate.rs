//! Evaluate: no transform wraps any input, so the step is done on arrays.

use smallvec::SmallVec;
use wengert_array::Array;

use crate::error::Result;
use crate::prim::{Outs, Prim};
use crate::tensor::{Repr, Tensor};

#[inline]
pub(crate) fn step(prim: &Prim, inputs: &[&Tensor]) -> Result<Outs<Tensor>> {
    let outs = match inputs {
        [Tensor(Repr::Array(a))] => prim.checked_eval(&[a])?,
        [Tensor(Repr::Array(a)), Tensor(Repr::Array(b))] => prim.checked_eval(&[a, b])?,
        _ => {
            let mut arrays: SmallVec<[&Array; 8]> = SmallVec::new();
            for input in inputs {
                arrays.push(input.array()?);
            }
            prim.checked_eval(&arrays)?
        }
    };
    Ok(outs.map(Tensor::from))
}
