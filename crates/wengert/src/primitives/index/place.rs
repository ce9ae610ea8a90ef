//! The ways to say where something is read or written.

use std::fmt;

use wengert_array::{Array, Error, Shape, SliceSpec, index};

use crate::error::Result;
use crate::prim::Spec;

/// Where a primitive of this family reads or writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A slice of each axis.
    Slice(Vec<SliceSpec>),
    /// Whole entries along `axis`, in the order of one index array of any shape, which takes the axis's place.
    Take {
        /// The axis.
        axis: usize,
    },
    /// For each element of one index array, the element of its own coordinates but along `axis`.
    Gather {
        /// The axis.
        axis: usize,
    },
    /// The entries at the coordinates that several index arrays, broadcast together, give for the leading axes.
    Leading,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Slice(specs) => {
                f.write_str("start:len:step=")?;
                for (i, spec) in specs.iter().enumerate() {
                    let comma = if i > 0 { ", " } else { "" };
                    write!(f, "{comma}{}:{}:{}", spec.start, spec.len, spec.step)?;
                }
                Ok(())
            }
            Place::Take { axis } | Place::Gather { axis } => write!(f, "axis={axis}"),
            Place::Leading => Ok(()),
        }
    }
}

impl Place {
    /// The names of reading, adding and setting there.
    pub fn names(&self) -> [&'static str; 3] {
        match self {
            Place::Slice(_) => ["slice", "slice_add", "slice_set"],
            Place::Take { .. } => ["take", "take_add", "take_set"],
            Place::Gather { .. } => ["gather", "scatter_add", "scatter_set"],
            Place::Leading => ["gather_nd", "gather_nd_add", "gather_nd_set"],
        }
    }

    /// The shape of what lies there in a tensor of shape `x`.
    pub fn shape(&self, op: &str, x: &[usize], indices: &[Spec]) -> Result<Shape> {
        for index in indices {
            if !index.dtype.is_integer() {
                let hint = if index.dtype.is_float() {
                    "cast them, `index.to_dtype(DType::I64)`"
                } else {
                    "turn a mask into indices with nonzero, or index with the mask itself, `x.i(&mask)`"
                };
                let detail = format!("indices must be integers, but these are {}", index.dtype);
                return Err(Error::dtype(op.to_owned(), detail, hint).into());
            }
        }
        let wanted = match self {
            Place::Slice(_) => 0..=0,
            Place::Take { .. } | Place::Gather { .. } => 1..=1,
            Place::Leading => 1..=x.len(),
        };
        if !wanted.contains(&indices.len()) {
            let detail = format!("{} index arrays for a tensor of shape {}", indices.len(), Shape::from(x));
            return Err(Error::argument(op.to_owned(), detail).into());
        }
        let shape = match self {
            Place::Slice(specs) => slice_shape(op, x, specs)?,
            Place::Take { axis } => {
                check_axis(op, *axis, x)?;
                x[..*axis].iter().chain(&indices[0].shape[..]).chain(&x[axis + 1..]).copied().collect()
            }
            Place::Gather { axis } => {
                check_axis(op, *axis, x)?;
                let index = &indices[0].shape;
                let fits = index.len() == x.len() && (0..x.len()).all(|d| d == *axis || index[d] <= x[d]);
                if !fits {
                    return Err(Error::shape(
                        op.to_owned(),
                        format!(
                            "indices of shape {index} do not fit a tensor of shape {} along axis {axis}",
                            Shape::from(x)
                        ),
                        "the index tensor needs the same number of axes, none of them longer except the indexed one",
                    )
                    .into());
                }
                index.clone()
            }
            Place::Leading => {
                let shapes: Vec<&[usize]> = indices.iter().map(|index| &index.shape[..]).collect();
                let common = wengert_array::broadcast(&shapes).map_err(|_| {
                    let all: Vec<String> = indices.iter().map(|index| index.shape.to_string()).collect();
                    Error::shape(
                        op.to_owned(),
                        format!("index arrays of shapes {} do not broadcast together", all.join(", ")),
                        "give them equal lengths, or axes of length 1",
                    )
                })?;
                common.iter().chain(&x[indices.len()..]).copied().collect()
            }
        };
        shape.elements()?;
        Ok(shape)
    }

    pub fn read(&self, x: &Array, indices: &[&Array]) -> Result<Array> {
        Ok(match self {
            Place::Slice(specs) => x.slice_spec(specs)?,
            Place::Take { axis } => index::take(x, indices[0], *axis)?,
            Place::Gather { axis } => index::gather(x, indices[0], *axis)?,
            Place::Leading => index::gather_nd(x, indices)?,
        })
    }

    pub fn add(&self, base: &Array, source: &Array, indices: &[&Array]) -> Result<Array> {
        Ok(match self {
            Place::Slice(specs) => index::slice_add(base, specs, source)?,
            Place::Take { axis } => index::take_add(base, indices[0], *axis, source)?,
            Place::Gather { axis } => index::scatter_add(base, indices[0], *axis, source)?,
            Place::Leading => index::gather_nd_add(base, indices, source)?,
        })
    }

    pub fn set(&self, base: &Array, source: &Array, indices: &[&Array]) -> Result<Array> {
        Ok(match self {
            Place::Slice(specs) => index::slice_set(base, specs, source)?,
            Place::Take { axis } => index::take_set(base, indices[0], *axis, source)?,
            Place::Gather { axis } => index::scatter_set(base, indices[0], *axis, source)?,
            Place::Leading => index::gather_nd_set(base, indices, source)?,
        })
    }
}

fn check_axis(op: &str, axis: usize, x: &[usize]) -> Result<()> {
    if axis < x.len() { Ok(()) } else { Err(Error::axis(op.to_owned(), axis as isize, x.len()).into()) }
}

fn slice_shape(op: &str, x: &[usize], specs: &[SliceSpec]) -> Result<Shape> {
    if specs.len() != x.len() {
        let detail = format!("{} slices for a tensor of shape {}: give one for each axis", specs.len(), Shape::from(x));
        return Err(Error::argument(op.to_owned(), detail).into());
    }
    for (axis, (spec, &len)) in specs.iter().zip(x).enumerate() {
        if spec.len == 0 {
            continue;
        }
        if spec.step == 0 {
            return Err(Error::argument(op.to_owned(), "the step is zero; write 1 to take every element").into());
        }
        let last = spec.start as i128 + (spec.len as i128 - 1) * spec.step as i128;
        for at in [spec.start as i128, last] {
            if !(0..len as i128).contains(&at) {
                return Err(
                    Error::index(op.to_owned(), at.clamp(i64::MIN.into(), i64::MAX.into()) as i64, axis, len).into()
                );
            }
        }
    }
    Ok(specs.iter().map(|spec| spec.len).collect())
}
