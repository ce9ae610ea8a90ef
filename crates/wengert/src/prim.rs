//! The trait of a primitive: everything that can be done to tensors, with all of its rules side by side.

use std::fmt::{self, Debug};
use std::ops::Deref;
use std::sync::Arc;

use wengert_array::{Array, DType, Shape};

use crate::error::{ErrorKind, Result};
use crate::few::Few;
use crate::primitives::shape::lazy_zeros;
use crate::tensor::Tensor;

/// The results of a primitive: one, two or many.
pub type Outs<T> = Few<T>;

/// The shape and dtype of an input or output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The dtype.
    pub dtype: DType,
    /// The shape.
    pub shape: Shape,
}

impl Spec {
    /// A spec of this dtype and shape.
    pub fn new(dtype: DType, shape: impl Into<Shape>) -> Spec {
        Spec { dtype, shape: shape.into() }
    }

    /// The spec of an array.
    #[must_use]
    pub fn of(array: &Array) -> Spec {
        Spec { dtype: array.dtype(), shape: Shape::from(array.shape()) }
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.dtype, self.shape)
    }
}

/// A set of input or output positions. Positions from 63 on share one bit, so a set may name more of
/// them than were asked for, never fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Mask(pub u64);

impl Mask {
    /// No position.
    pub const NONE: Mask = Mask(0);
    /// Every position.
    pub const ALL: Mask = Mask(u64::MAX);

    /// Whether position `i` is in the set.
    #[inline]
    #[must_use]
    pub fn has(self, i: usize) -> bool {
        self.0 >> i.min(63) & 1 == 1
    }

    /// The set with position `i` as well.
    #[inline]
    #[must_use]
    pub fn with(self, i: usize) -> Mask {
        Mask(self.0 | 1 << i.min(63))
    }

    /// The set of these positions.
    #[must_use]
    pub fn of(positions: &[usize]) -> Mask {
        positions.iter().fold(Mask::NONE, |set, &i| set.with(i))
    }

    /// Whether no position is in the set.
    #[inline]
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// What a primitive's `vjp` must find again: which inputs and which outputs are to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Residuals {
    /// The inputs to keep.
    pub inputs: Mask,
    /// The outputs to keep.
    pub outputs: Mask,
}

impl Residuals {
    /// Nothing is kept: the rule reads shapes at most.
    pub const NONE: Residuals = Residuals { inputs: Mask::NONE, outputs: Mask::NONE };

    /// Keep these inputs.
    #[must_use]
    pub fn inputs(positions: &[usize]) -> Residuals {
        Residuals { inputs: Mask::of(positions), outputs: Mask::NONE }
    }

    /// Keep these outputs.
    #[must_use]
    pub fn outputs(positions: &[usize]) -> Residuals {
        Residuals { inputs: Mask::NONE, outputs: Mask::of(positions) }
    }
}

/// The residuals of one recorded step, as its `vjp` rule sees them: the tensors that
/// [`Primitive::residuals`] asked for, and the specs of all inputs and outputs.
pub struct Saved<'a> {
    pub(crate) kept: &'a [Tensor],
    pub(crate) which: Residuals,
    pub(crate) inputs: &'a [Spec],
    pub(crate) outputs: &'a [Spec],
    pub(crate) arity: usize,
    /// Whether cotangents that are zero by themselves are to be written out as zeros.
    pub(crate) zeros: bool,
}

impl Saved<'_> {
    /// The value of input `i`.
    ///
    /// # Errors
    /// If `residuals` did not ask for it.
    #[inline]
    pub fn input(&self, i: usize) -> Result<&Tensor> {
        let place = (0..i).filter(|&j| self.which.inputs.has(j)).count();
        if !self.which.inputs.has(i) || i >= self.arity {
            return Err(missing("input", i));
        }
        self.kept.get(place).ok_or_else(|| missing("input", i))
    }

    /// The value of output `k`.
    ///
    /// # Errors
    /// If `residuals` did not ask for it.
    #[inline]
    pub fn output(&self, k: usize) -> Result<&Tensor> {
        let before = (0..self.arity).filter(|&j| self.which.inputs.has(j)).count();
        let place = before + (0..k).filter(|&j| self.which.outputs.has(j)).count();
        if !self.which.outputs.has(k) {
            return Err(missing("output", k));
        }
        self.kept.get(place).ok_or_else(|| missing("output", k))
    }

    /// The shape of input `i`; `()` where every input is a scalar.
    #[inline]
    #[must_use]
    pub fn input_shape(&self, i: usize) -> &[usize] {
        self.inputs.get(i).map_or(&[], |spec| &spec.shape)
    }

    /// The dtype of input `i`, where it is known (always, unless all inputs are scalars).
    #[must_use]
    pub fn input_dtype(&self, i: usize) -> Option<DType> {
        self.inputs.get(i).map(|spec| spec.dtype)
    }

    /// The shape of output `k`.
    #[inline]
    #[must_use]
    pub fn output_shape(&self, k: usize) -> &[usize] {
        self.outputs.get(k).map_or(&[], |spec| &spec.shape)
    }

    /// The dtype of output `k`, where it is known (always, unless all inputs are scalars).
    #[must_use]
    pub fn output_dtype(&self, k: usize) -> Option<DType> {
        self.outputs.get(k).map(|spec| spec.dtype)
    }

    /// How many inputs the step had.
    #[must_use]
    pub fn num_inputs(&self) -> usize {
        self.arity
    }
}

#[cold]
fn missing(what: &str, i: usize) -> crate::Error {
    crate::Error::argument(
        "vjp",
        format!("the rule reads {what} {i}, which `residuals` does not list: list it there, with the same `wanted`"),
    )
}

/// A differentiable operation on tensors. Its rules are written in tensor operations, so they
/// differentiate, batch and trace again; no interpreter knows a primitive by name.
///
/// A user's own primitive implements this trait and is treated no differently from the library's:
///
/// ```
/// use wengert::prelude::*;
/// use wengert::{Array, Mask, Outs, Prim, Primitive, Residuals, Saved, Spec, apply_one};
///
/// /// x ↦ 3x
/// #[derive(Debug)]
/// struct Triple;
///
/// impl Primitive for Triple {
///     fn name(&self) -> &str { "triple" }
///     fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> { Ok(Outs::One(inputs[0].clone())) }
///     fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
///         let threes: Vec<f64> = inputs[0].to_vec::<f64>()?.iter().map(|x| 3.0 * x).collect();
///         Ok(Outs::One(Array::from_vec(threes, inputs[0].shape())?))
///     }
///     fn linear(&self) -> bool { true }
///     fn vjp(&self, this: &Prim, _: &Saved<'_>, g: &[Option<Tensor>], _: Mask, into: &mut [Option<Tensor>]) -> Result<()> {
///         if let Some(g) = &g[0] { into[0] = Some(apply_one(this, &[g])?); }
///         Ok(())
///     }
/// }
///
/// static TRIPLE: Prim = Prim::Static(&Triple);
/// let df = grad(|x: &Tensor| apply_one(&TRIPLE, &[x]));
/// assert_eq!(df(&Tensor::from(2.0)).item(), 3.0);
/// ```
pub trait Primitive: Send + Sync + Debug + 'static {
    /// The name shown in errors, drawings and programs: `matmul`.
    fn name(&self) -> &str;

    /// The parameters, as a program prints them: `axes=(0,), keepdims=false`. Two steps are equal
    /// when their names and parameters are.
    fn parameters(&self) -> String {
        String::new()
    }

    /// The shapes and dtypes of the results. Every complaint about the inputs is made here.
    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>>;

    /// The results' values. May assume that [`Primitive::output`] agreed.
    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>>;

    /// [`Primitive::output`] and [`Primitive::eval`] in one. Only a primitive that makes its own
    /// complaints while computing overrides it, to save the double work.
    fn checked_eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        let mut specs = smallvec::SmallVec::<[Spec; 4]>::new();
        specs.extend(inputs.iter().map(|input| Spec::of(input)));
        self.output(&specs)?;
        self.eval(inputs)
    }

    /// Whether the primitive is linear in all of its floating inputs together: then its forward rule
    /// is itself, and [`Primitive::jvp`] need not be written.
    fn linear(&self) -> bool {
        false
    }

    /// The forward rule: the tangents of the outputs (`None` is zero) from those of the inputs.
    ///
    /// # Errors
    /// The default serves linear primitives; any other is named as not differentiable.
    fn jvp(
        &self,
        this: &Prim,
        primals: &[Tensor],
        outputs: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        let _ = outputs;
        if self.linear() {
            return linear_jvp(this, primals, tangents);
        }
        Err(ErrorKind::NotDifferentiable { op: self.name().into(), mode: "jvp" }.into())
    }

    /// The reverse rule: adds nothing, fills `into[i]` for the inputs in `wanted` from the outputs'
    /// cotangents (`None` is zero). `into[i]` left `None` is a zero cotangent.
    ///
    /// # Errors
    /// The default names the primitive as not differentiable.
    fn vjp(
        &self,
        this: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        wanted: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        let _ = (this, saved, cotangents, wanted, into);
        Err(ErrorKind::NotDifferentiable { op: self.name().into(), mode: "vjp" }.into())
    }

    /// The batching rule: `axes[i]` is the batch axis of input `i` (`None`: not batched; at least one
    /// is). Returns the outputs and the axis that is their batch axis.
    ///
    /// # Errors
    /// The default applies the primitive to each element of the batch and stacks.
    fn batch(&self, this: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        loop_and_stack(this, inputs, axes)
    }

    /// What [`Primitive::vjp`] will read when it is asked for the cotangents of `wanted`: no more.
    fn residuals(&self, wanted: Mask) -> Residuals {
        let _ = wanted;
        Residuals::NONE
    }
}

/// A primitive as a step of a graph or program holds it: eager ones are static, so that no reference
/// count is touched; those with parameters are shared.
#[derive(Clone)]
pub enum Prim {
    /// A primitive without parameters.
    Static(&'static dyn Primitive),
    /// A primitive with parameters of its own.
    Shared(Arc<dyn Primitive>),
}

impl Prim {
    /// A shared primitive.
    pub fn new(primitive: impl Primitive) -> Prim {
        Prim::Shared(Arc::new(primitive))
    }
}

impl Deref for Prim {
    type Target = dyn Primitive;
    #[inline]
    fn deref(&self) -> &(dyn Primitive + 'static) {
        match self {
            Prim::Static(primitive) => *primitive,
            Prim::Shared(primitive) => &**primitive,
        }
    }
}

impl Debug for Prim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Prim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name())?;
        let parameters = self.parameters();
        if parameters.is_empty() { Ok(()) } else { write!(f, "[{parameters}]") }
    }
}

impl PartialEq for Prim {
    fn eq(&self, other: &Prim) -> bool {
        self.name() == other.name() && self.parameters() == other.parameters()
    }
}

fn linear_jvp(this: &Prim, primals: &[Tensor], tangents: &[Option<Tensor>]) -> Result<Outs<Option<Tensor>>> {
    let mut filled = Vec::with_capacity(primals.len());
    for (primal, tangent) in primals.iter().zip(tangents) {
        filled.push(match tangent {
            Some(tangent) => tangent.clone(),
            None if primal.dtype().is_float() => lazy_zeros(primal.dtype(), primal.shape())?,
            None => primal.clone(),
        });
    }
    let inputs: Vec<&Tensor> = filled.iter().collect();
    Ok(crate::apply::apply(this, &inputs)?.map(Some))
}

/// The batching rule of a primitive that has none of its own: one application an element.
pub(crate) fn loop_and_stack(this: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
    let size = inputs.iter().zip(axes).find_map(|(input, axis)| axis.map(|axis| input.shape()[axis])).unwrap_or(0);
    if size == 0 {
        return empty_batch(this, inputs, axes);
    }
    let mut columns: Vec<Vec<Tensor>> = Vec::new();
    for element in 0..size {
        let mut picked = Vec::with_capacity(inputs.len());
        for (input, axis) in inputs.iter().zip(axes) {
            picked.push(match axis {
                Some(axis) => input.try_select_index(*axis as isize, element as isize)?,
                None => input.clone(),
            });
        }
        let picked: Vec<&Tensor> = picked.iter().collect();
        for (k, out) in crate::apply::apply(this, &picked)?.into_iter().enumerate() {
            if columns.len() <= k {
                columns.push(Vec::with_capacity(size));
            }
            columns[k].push(out);
        }
    }
    let mut outs = Vec::with_capacity(columns.len());
    for column in &columns {
        let column: Vec<&Tensor> = column.iter().collect();
        outs.push(Tensor::try_stack(&column, 0)?);
    }
    Ok((Outs::from(outs), 0))
}

/// A batch of no elements still has outputs of a definite shape.
fn empty_batch(this: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
    let specs: Vec<Spec> = inputs
        .iter()
        .zip(axes)
        .map(|(input, axis)| {
            let mut shape = Shape::from(input.shape());
            if let Some(axis) = axis {
                shape.remove(*axis);
            }
            Spec::new(input.dtype(), shape)
        })
        .collect();
    let outs = this.output(&specs)?.map(|spec| {
        let mut shape = spec.shape;
        shape.insert(0, 0);
        Tensor::from(Array::zeros(shape, spec.dtype))
    });
    Ok((outs, 0))
}
