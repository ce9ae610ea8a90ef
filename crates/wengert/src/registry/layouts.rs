//! The same values in memory that is laid out in different ways.

use crate::tensor::Tensor;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Layout {
    Contiguous,
    /// The axes lie in memory in the opposite order.
    Transposed,
    /// Every second element of a larger array, along every axis.
    Sliced,
    /// Backwards in memory, along every axis.
    Reversed,
    /// The first axis repeats one element: its stride is zero. Changes the values.
    Broadcast,
}

impl Layout {
    pub const ALL: [Layout; 5] =
        [Layout::Contiguous, Layout::Transposed, Layout::Sliced, Layout::Reversed, Layout::Broadcast];

    /// `x` with this layout; `None` where it makes no difference or makes no sense.
    pub fn of(self, x: &Tensor) -> Option<Tensor> {
        let array = x.array().ok()?;
        let axes: Vec<usize> = (0..x.ndim()).collect();
        let backwards: Vec<usize> = axes.iter().rev().copied().collect();
        let laid = match self {
            Layout::Contiguous => array.clone(),
            Layout::Transposed if x.ndim() >= 2 => {
                array.permute(&backwards).ok()?.contiguous().permute(&backwards).ok()?
            }
            Layout::Reversed if x.ndim() >= 1 => array.flip(&axes).ok()?.contiguous().flip(&axes).ok()?,
            Layout::Sliced if x.ndim() >= 1 => {
                let mut laid = array.clone();
                for &axis in &axes {
                    let n = laid.shape()[axis];
                    laid = wengert_array::join::repeat(&laid, 2, axis).ok()?;
                    let slices: Vec<_> = (0..laid.ndim())
                        .map(|a| wengert_array::SliceSpec {
                            start: 0,
                            len: if a == axis { n } else { laid.shape()[a] },
                            step: if a == axis { 2 } else { 1 },
                        })
                        .collect();
                    laid = laid.slice_spec(&slices).ok()?;
                }
                laid
            }
            Layout::Broadcast if x.ndim() >= 1 && x.shape()[0] > 1 => {
                let one = array.slice_spec(
                    &(0..x.ndim())
                        .map(|a| wengert_array::SliceSpec {
                            start: 0,
                            len: if a == 0 { 1 } else { x.shape()[a] },
                            step: 1,
                        })
                        .collect::<Vec<_>>(),
                );
                one.ok()?.broadcast_to(x.shape()).ok()?
            }
            _ => return None,
        };
        Some(Tensor::from(laid))
    }
}
