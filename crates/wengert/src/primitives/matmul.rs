//! The matrix product.

use wengert_array::{Array, Error as ArrayError, Shape, matmul};
use wengert_scalar::Row;

use crate::apply::apply_one;
use crate::error::Result;
use crate::prim::{Mask, Outs, Prim, Primitive, Residuals, Saved, Spec};
use crate::primitives::pointwise::row;
use crate::primitives::shape::{move_axis, pad_rank, permute, reshape, sum_to};
use crate::tensor::Tensor;

/// The matrix product by NumPy's rules: a vector is one row on the left and one column on the right, axes in front of the
/// last two are a stack and broadcast. Both inputs have one dtype.
#[derive(Debug)]
pub(crate) struct Matmul;

/// The primitive.
pub(crate) static MATMUL: Prim = Prim::Static(&Matmul);

/// `a` times `b`.
#[track_caller]
pub(crate) fn product(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    apply_one(&MATMUL, &[a, b])
}

/// The matrices in the last two axes transposed.
pub(crate) fn transposed(x: &Tensor) -> Result<Tensor> {
    let n = x.ndim();
    let mut axes: Vec<usize> = (0..n).collect();
    axes.swap(n - 2, n - 1);
    permute(x, axes)
}

/// `x` with an axis of length 1 inserted.
fn with_axis(x: &Tensor, axis: usize) -> Result<Tensor> {
    let mut shape = Shape::from(x.shape());
    shape.insert(axis, 1);
    reshape(x, &shape)
}

/// A stack of matrices as one tall matrix; a vector as its one row.
pub(crate) fn tall(x: &Tensor) -> Result<Tensor> {
    let shape = x.shape();
    let columns = shape[shape.len() - 1];
    let rows: usize = shape[..shape.len() - 1].iter().product();
    reshape(x, &[rows, columns])
}

/// The cotangent of the left factor.
fn to_left(g: &Tensor, b: &Tensor, a_shape: &[usize]) -> Result<Tensor> {
    match (a_shape.len(), b.ndim()) {
        // A number times a vector; a column times a row.
        (1, 1) => apply_one(&row(Row::Mul), &[g, b]),
        (_, 1) => sum_to(&apply_one(&row(Row::Mul), &[&with_axis(g, g.ndim())?, b])?, a_shape),
        (1, 2) => product(b, g),
        (1, _) => {
            let g = with_axis(g, g.ndim() - 1)?;
            let rows = product(&g, &transposed(b)?)?;
            let mut row = Shape::from(a_shape);
            row.insert(0, 1);
            reshape(&sum_to(&rows, &row)?, a_shape)
        }
        (_, 2) => product(g, &transposed(b)?),
        _ => sum_to(&product(g, &transposed(b)?)?, a_shape),
    }
}

/// The cotangent of the right factor.
fn to_right(g: &Tensor, a: &Tensor, b_shape: &[usize]) -> Result<Tensor> {
    match (a.ndim(), b_shape.len()) {
        (1, 1) => apply_one(&row(Row::Mul), &[g, a]),
        (1, _) => {
            let column = with_axis(a, 1)?;
            sum_to(&apply_one(&row(Row::Mul), &[&column, &with_axis(g, g.ndim() - 1)?])?, b_shape)
        }
        // Every row of every matrix of the stack adds its part: one product of tall matrices does it.
        (_, 1) => product(&reshape(g, &[g.len()])?, &tall(a)?),
        (_, 2) => product(&transposed(&tall(a)?)?, &tall(g)?),
        _ => sum_to(&product(&transposed(a)?, g)?, b_shape),
    }
}

impl Primitive for Matmul {
    fn name(&self) -> &str {
        "matmul"
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        let [a, b] = inputs else {
            let detail = format!("needs two tensors, got {}", inputs.len());
            return Err(ArrayError::argument("matmul", detail).into());
        };
        let shape = matmul::output(&a.shape, &b.shape)?;
        if a.dtype != b.dtype {
            let detail = format!("one tensor has dtype {} and the other {}", a.dtype, b.dtype);
            return Err(ArrayError::dtype("matmul", detail, "cast one of them: x.to_dtype(DType::F64)").into());
        }
        Ok(Outs::One(Spec::new(a.dtype, shape)))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(matmul::matmul(inputs[0], inputs[1])?))
    }

    fn jvp(
        &self,
        this: &Prim,
        primals: &[Tensor],
        _: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        let left = match &tangents[0] {
            Some(t) => Some(apply_one(this, &[t, &primals[1]])?),
            None => None,
        };
        let right = match &tangents[1] {
            Some(t) => Some(apply_one(this, &[&primals[0], t])?),
            None => None,
        };
        Ok(Outs::One(match (left, right) {
            (Some(left), Some(right)) => Some(left.try_accumulate(right)?),
            (left, right) => left.or(right),
        }))
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        wanted: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        let Some(g) = &cotangents[0] else { return Ok(()) };
        if wanted.has(0) {
            into[0] = Some(to_left(g, saved.input(1)?, saved.input_shape(0))?);
        }
        if wanted.has(1) {
            into[1] = Some(to_right(g, saved.input(0)?, saved.input_shape(1))?);
        }
        Ok(())
    }

    /// The batch becomes part of a larger product: rows or columns where one side is a plain matrix, else one more axis of
    /// the stack.
    fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
        let [a, b] = inputs else { return Err(ArrayError::argument("matmul", "needs two tensors").into()) };
        self.output(&[element(a, axes[0]), element(b, axes[1])])?;
        let (out, axis) = match (axes[0], axes[1]) {
            (Some(axis), None) if b.ndim() <= 2 => (rows(&move_axis(a, axis, 0)?, b)?, 0),
            // Both elements are vectors: the batch is a matrix, and the product of each with the other one.
            (None, Some(axis)) if a.ndim() == 1 && b.ndim() == 2 => (product(&move_axis(b, axis, 0)?, a)?, 0),
            (None, Some(axis)) if a.ndim() == 1 => (product(a, &move_axis(b, axis, 0)?)?, 0),
            (None, Some(axis)) if a.ndim() == 2 && b.ndim() <= 3 => (columns(a, b, axis)?, 1),
            (left, right) => (stacked(a, left, b, right)?, 0),
        };
        Ok((Outs::One(out), axis))
    }

    fn residuals(&self, wanted: Mask) -> Residuals {
        let mut inputs = Mask::NONE;
        if wanted.has(0) {
            inputs = inputs.with(1);
        }
        if wanted.has(1) {
            inputs = inputs.with(0);
        }
        Residuals { inputs, outputs: Mask::NONE }
    }
}

/// One element of a batch.
pub(crate) fn element(x: &Tensor, batch: Option<usize>) -> Spec {
    let mut spec = x.spec();
    if let Some(axis) = batch {
        spec.shape.remove(axis);
    }
    spec
}

/// A batch (in front) of anything on the left of one matrix or vector: all rows of all elements are the rows of one matrix.
fn rows(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let mut shape = Shape::from(&a.shape()[..a.ndim() - 1]);
    if b.ndim() == 2 {
        shape.push(b.shape()[1]);
    }
    reshape(&product(&tall(a)?, b)?, &shape)
}

/// One matrix on the left of a batch of matrices or vectors: all columns of all elements are the columns of one matrix.
/// The batch is axis 1 of the result.
fn columns(a: &Tensor, b: &Tensor, axis: usize) -> Result<Tensor> {
    let b = move_axis(b, axis, 1)?;
    if b.ndim() == 2 {
        return product(a, &b);
    }
    let (k, size, n) = (b.shape()[0], b.shape()[1], b.shape()[2]);
    let wide = product(a, &reshape(&b, &[k, size * n])?)?;
    reshape(&wide, &[a.shape()[0], size, n])
}

/// The batch as the first axis of the stack.
fn stacked(a: &Tensor, left: Option<usize>, b: &Tensor, right: Option<usize>) -> Result<Tensor> {
    let (a_ndim, b_ndim) = (a.ndim() - usize::from(left.is_some()), b.ndim() - usize::from(right.is_some()));
    let rank = a_ndim.max(b_ndim).max(2);
    let mut a = match left {
        Some(axis) => move_axis(a, axis, 0)?,
        None => a.clone(),
    };
    let mut b = match right {
        Some(axis) => move_axis(b, axis, 0)?,
        None => b.clone(),
    };
    if a_ndim == 1 {
        a = with_axis(&a, a.ndim() - 1)?;
    }
    if b_ndim == 1 {
        b = with_axis(&b, b.ndim())?;
    }
    if left.is_some() {
        a = pad_rank(&a, rank)?;
    }
    if right.is_some() {
        b = pad_rank(&b, rank)?;
    }
    let out = product(&a, &b)?;
    let mut shape = Shape::from(out.shape());
    if b_ndim == 1 {
        shape.remove(shape.len() - 1);
    }
    if a_ndim == 1 {
        let row = shape.len() - 1 - usize::from(b_ndim != 1);
        shape.remove(row);
    }
    reshape(&out, &shape)
}
