//! Primitives that make one number of many: sums, products, extremes, means, variances.

use std::sync::LazyLock;

use smallvec::SmallVec;
use wengert_array::{Array, DType, Error as ArrayError, Shape, reduce};
use wengert_scalar::{Expr, Number, Row};

use crate::apply::apply_one;
use crate::error::Result;
use crate::prim::{Mask, Outs, Prim, Primitive, Residuals, Saved, Spec};
use crate::primitives::pointwise::{Pointwise, row};
use crate::primitives::scan::product_of_others;
use crate::primitives::shape::{broadcast_to, inverse, permute, reshape};
use crate::tensor::Tensor;

/// Which axes are reduced, and whether they stay with length 1.
#[derive(Clone, Debug)]
pub(crate) struct Over {
    /// The axes, ascending.
    pub axes: SmallVec<[usize; 6]>,
    pub keepdims: bool,
}

impl Over {
    pub fn text(&self) -> String {
        format!("axes={:?}, keepdims={}", &self.axes[..], self.keepdims)
    }

    pub fn output(&self, shape: &[usize]) -> Result<Shape> {
        Ok(reduce::output(shape, &self.axes, self.keepdims)?)
    }

    /// How many elements go into each result.
    fn count(&self, shape: &[usize]) -> usize {
        self.axes.iter().map(|&axis| shape[axis]).product()
    }

    /// A result with the reduced axes put back with length 1, to broadcast against the input.
    fn keep(&self, result: &Tensor, input: &[usize]) -> Result<Tensor> {
        if self.keepdims {
            return Ok(result.clone());
        }
        let mut shape = Shape::from(input);
        self.axes.iter().for_each(|&axis| shape[axis] = 1);
        reshape(result, &shape)
    }

    /// The cotangent of a result, repeated over all elements that went into it.
    fn spread(&self, g: &Tensor, input: &[usize]) -> Result<Tensor> {
        broadcast_to(&self.keep(g, input)?, input)
    }

    fn sum(&self, x: &Tensor) -> Result<Tensor> {
        apply_one(&Prim::new(Sum(self.clone())), &[x])
    }

    fn sum_kept(&self, x: &Tensor) -> Result<Tensor> {
        apply_one(&Prim::new(Sum(Over { axes: self.axes.clone(), keepdims: true })), &[x])
    }

    fn mean_kept(&self, x: &Tensor) -> Result<Tensor> {
        apply_one(&Prim::new(Mean(Over { axes: self.axes.clone(), keepdims: true })), &[x])
    }

    /// The same reduction of the elements of a batch that lies along `batch`, and where it lies in the result.
    pub fn batched(&self, batch: Option<usize>) -> (Over, usize) {
        let Some(batch) = batch else { return (self.clone(), 0) };
        let axes: SmallVec<[usize; 6]> = self.axes.iter().map(|&axis| axis + usize::from(axis >= batch)).collect();
        let gone = if self.keepdims { 0 } else { axes.iter().filter(|&&axis| axis < batch).count() };
        (Over { axes, keepdims: self.keepdims }, batch - gone)
    }

    fn complain_of_nothing(&self, op: &'static str, shape: &Shape) -> Result<()> {
        let results: usize = self.output(shape)?.iter().product();
        if self.count(shape) > 0 || results == 0 {
            return Ok(());
        }
        let detail = format!("a tensor of shape {shape} has no elements over axes {:?} to choose from", &self.axes[..]);
        Err(ArrayError::shape(op, detail, "check is_empty() first, or give it at least one element").into())
    }
}

/// Sums and products of integers are `int64`.
pub(crate) fn accumulated(dtype: DType) -> DType {
    if dtype.is_float() { dtype } else { DType::I64 }
}

fn averaged(dtype: DType) -> DType {
    if dtype.is_float() { dtype } else { DType::F64 }
}

macro_rules! batch_rule {
    ($field:ident) => {
        fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
            let (over, out) = self.over.batched(axes[0]);
            let whole = Prim::new(Self { over, $field: self.$field });
            Ok((Outs::One(apply_one(&whole, &[&inputs[0]])?), out))
        }
    };
    () => {
        fn batch(&self, _: &Prim, inputs: &[Tensor], axes: &[Option<usize>]) -> Result<(Outs<Tensor>, usize)> {
            let (over, out) = self.0.batched(axes[0]);
            Ok((Outs::One(apply_one(&Prim::new(Self(over)), &[&inputs[0]])?), out))
        }
    };
}

/// The sum.
#[derive(Debug)]
pub(crate) struct Sum(pub Over);

impl Primitive for Sum {
    fn name(&self) -> &str {
        "sum"
    }

    fn parameters(&self) -> String {
        self.0.text()
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        Ok(Outs::One(Spec::new(accumulated(inputs[0].dtype), self.0.output(&inputs[0].shape)?)))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(reduce::sum(inputs[0], &self.0.axes, self.0.keepdims)?))
    }

    fn linear(&self) -> bool {
        true
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        _: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        if let Some(g) = &cotangents[0] {
            into[0] = Some(self.0.spread(g, saved.input_shape(0))?);
        }
        Ok(())
    }

    batch_rule! {}
}

/// The mean.
#[derive(Debug)]
pub(crate) struct Mean(pub Over);

impl Primitive for Mean {
    fn name(&self) -> &str {
        "mean"
    }

    fn parameters(&self) -> String {
        self.0.text()
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        Ok(Outs::One(Spec::new(averaged(inputs[0].dtype), self.0.output(&inputs[0].shape)?)))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(reduce::mean(inputs[0], &self.0.axes, self.0.keepdims)?))
    }

    fn linear(&self) -> bool {
        true
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        _: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        if let Some(g) = &cotangents[0] {
            let shape = saved.input_shape(0);
            let share = g.try_div(self.0.count(shape) as f64)?;
            into[0] = Some(self.0.spread(&share, shape)?);
        }
        Ok(())
    }

    batch_rule! {}
}

/// The product. Its slope towards an element is the product of the others, which is right where elements are 0 too.
#[derive(Debug)]
pub(crate) struct Prod(pub Over);

impl Prod {
    /// For each element the product of all others that are multiplied with it.
    fn others(&self, x: &Tensor) -> Result<Tensor> {
        let shape = x.shape();
        let mut order: Vec<usize> = (0..shape.len()).filter(|axis| !self.0.axes.contains(axis)).collect();
        let mut flat: Shape = order.iter().map(|&axis| shape[axis]).collect();
        flat.push(self.0.count(shape));
        order.extend(&self.0.axes);
        let moved: Shape = order.iter().map(|&axis| shape[axis]).collect();
        let rows = reshape(&permute(x, order.clone())?, &flat)?;
        let others = product_of_others(&rows, flat.len() - 1)?;
        permute(&reshape(&others, &moved)?, inverse(&order))
    }
}

impl Primitive for Prod {
    fn name(&self) -> &str {
        "prod"
    }

    fn parameters(&self) -> String {
        self.0.text()
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        Ok(Outs::One(Spec::new(accumulated(inputs[0].dtype), self.0.output(&inputs[0].shape)?)))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(reduce::prod(inputs[0], &self.0.axes, self.0.keepdims)?))
    }

    fn jvp(
        &self,
        _: &Prim,
        primals: &[Tensor],
        _: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        let Some(t) = &tangents[0] else { return Ok(Outs::One(None)) };
        let terms = apply_one(&row(Row::Mul), &[&self.others(&primals[0])?, t])?;
        Ok(Outs::One(Some(self.0.sum(&terms)?)))
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        _: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        if let Some(g) = &cotangents[0] {
            let x = saved.input(0)?;
            let g = self.0.keep(g, x.shape())?;
            into[0] = Some(apply_one(&row(Row::Mul), &[&self.others(x)?, &g])?);
        }
        Ok(())
    }

    batch_rule! {}

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals::inputs(&[0])
    }
}

/// The largest (or smallest) element. Equal ones share the gradient evenly.
#[derive(Debug)]
pub(crate) struct Extreme {
    pub over: Over,
    pub min: bool,
}

/// 1 where the first input equals the second or is NaN, else 0. A NaN wins, and so does every other NaN beside it.
static TIES: LazyLock<Pointwise> = LazyLock::new(|| {
    Pointwise::new(
        "ties",
        Expr::build(2, |x| {
            let equal = Number::row(Row::Eq, &[x[0], x[1]]);
            let wins = Number::row(Row::LogicalOr, &[equal, Number::row(Row::IsNan, &[x[0]])]);
            vec![Number::row(Row::Select, &[wins, Number::lit(1.0), Number::lit(0.0)])]
        }),
    )
});

/// Where the first input is not 0, the second divided by the third; else 0.
static SHARE: LazyLock<Pointwise> = LazyLock::new(|| {
    Pointwise::new("share", Expr::build(3, |x| vec![Number::row(Row::Select, &[x[0], x[1] / x[2], Number::lit(0.0)])]))
});

impl Extreme {
    /// `what`, which broadcasts against the input, divided among the elements that were chosen.
    fn share(&self, x: &Tensor, y: &Tensor, what: &Tensor) -> Result<Tensor> {
        let y = self.over.keep(y, x.shape())?;
        let ties = apply_one(&Prim::Static(&*TIES), &[x, &y])?;
        let count = self.over.sum_kept(&ties)?;
        apply_one(&Prim::Static(&*SHARE), &[&ties, what, &count])
    }
}

impl Primitive for Extreme {
    fn name(&self) -> &str {
        if self.min { "amin" } else { "amax" }
    }

    fn parameters(&self) -> String {
        self.over.text()
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        self.over.complain_of_nothing(if self.min { "amin" } else { "amax" }, &inputs[0].shape)?;
        Ok(Outs::One(Spec::new(inputs[0].dtype, self.over.output(&inputs[0].shape)?)))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        let reduced = if self.min { reduce::min } else { reduce::max };
        Ok(Outs::One(reduced(inputs[0], &self.over.axes, self.over.keepdims)?))
    }

    fn jvp(
        &self,
        _: &Prim,
        primals: &[Tensor],
        outputs: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        let Some(t) = &tangents[0] else { return Ok(Outs::One(None)) };
        let shares = self.share(&primals[0], &outputs[0], t)?;
        Ok(Outs::One(Some(self.over.sum(&shares)?)))
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        _: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        if let Some(g) = &cotangents[0] {
            let x = saved.input(0)?;
            let g = self.over.keep(g, x.shape())?;
            into[0] = Some(self.share(x, saved.output(0)?, &g)?);
        }
        Ok(())
    }

    batch_rule! { min }

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals { inputs: Mask::of(&[0]), outputs: Mask::of(&[0]) }
    }
}

/// log Σ exp(x), without overflow.
#[derive(Debug)]
pub(crate) struct Logsumexp(pub Over);

/// g·exp(x − y), where y is the log of a sum that exp(x) is part of. 0 at x = −∞, whatever y is.
static WEIGHTED: LazyLock<Pointwise> = LazyLock::new(|| {
    Pointwise::new(
        "weighted",
        Expr::build(3, |x| {
            let nothing = Number::row(Row::Eq, &[x[1], Number::lit(f64::NEG_INFINITY)]);
            let log = Number::row(Row::Select, &[nothing, Number::lit(f64::NEG_INFINITY), x[1] - x[2]]);
            vec![x[0] * Number::row(Row::Exp, &[log])]
        }),
    )
});

impl Logsumexp {
    /// `what` times the share of each element in the sum.
    fn weighted(&self, what: &Tensor, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        let y = self.0.keep(y, x.shape())?;
        apply_one(&Prim::Static(&*WEIGHTED), &[what, x, &y])
    }
}

impl Primitive for Logsumexp {
    fn name(&self) -> &str {
        "logsumexp"
    }

    fn parameters(&self) -> String {
        self.0.text()
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        Ok(Outs::One(Spec::new(averaged(inputs[0].dtype), self.0.output(&inputs[0].shape)?)))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(reduce::logsumexp(inputs[0], &self.0.axes, self.0.keepdims)?))
    }

    fn jvp(
        &self,
        _: &Prim,
        primals: &[Tensor],
        outputs: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        let Some(t) = &tangents[0] else { return Ok(Outs::One(None)) };
        let terms = self.weighted(t, &primals[0], &outputs[0])?;
        Ok(Outs::One(Some(self.0.sum(&terms)?)))
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        _: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        if let Some(g) = &cotangents[0] {
            let x = saved.input(0)?;
            let g = self.0.keep(g, x.shape())?;
            into[0] = Some(self.weighted(&g, x, saved.output(0)?)?);
        }
        Ok(())
    }

    batch_rule! {}

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals { inputs: Mask::of(&[0]), outputs: Mask::of(&[0]) }
    }
}

/// The mean squared distance from the mean, with the number of elements less `correction` as divisor.
#[derive(Debug)]
pub(crate) struct Var {
    pub over: Over,
    pub correction: f64,
}

impl Var {
    /// The slope towards each element: 2(x − mean)/(n − correction).
    fn slope(&self, x: &Tensor) -> Result<Tensor> {
        let centred = apply_one(&row(Row::Sub), &[x, &self.over.mean_kept(x)?])?;
        let divisor = (self.over.count(x.shape()) as f64 - self.correction).max(0.0);
        centred.try_mul(2.0 / divisor)
    }
}

impl Primitive for Var {
    fn name(&self) -> &str {
        "var"
    }

    fn parameters(&self) -> String {
        format!("{}, correction={}", self.over.text(), self.correction)
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        Ok(Outs::One(Spec::new(averaged(inputs[0].dtype), self.over.output(&inputs[0].shape)?)))
    }

    fn eval(&self, inputs: &[&Array]) -> Result<Outs<Array>> {
        Ok(Outs::One(reduce::var(inputs[0], &self.over.axes, self.over.keepdims, self.correction)?))
    }

    fn jvp(
        &self,
        _: &Prim,
        primals: &[Tensor],
        _: &[Tensor],
        tangents: &[Option<Tensor>],
    ) -> Result<Outs<Option<Tensor>>> {
        let Some(t) = &tangents[0] else { return Ok(Outs::One(None)) };
        let terms = apply_one(&row(Row::Mul), &[&self.slope(&primals[0])?, t])?;
        Ok(Outs::One(Some(self.over.sum(&terms)?)))
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        cotangents: &[Option<Tensor>],
        _: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        if let Some(g) = &cotangents[0] {
            let x = saved.input(0)?;
            let g = self.over.keep(g, x.shape())?;
            into[0] = Some(apply_one(&row(Row::Mul), &[&self.slope(x)?, &g])?);
        }
        Ok(())
    }

    batch_rule! { correction }

    fn residuals(&self, _: Mask) -> Residuals {
        Residuals::inputs(&[0])
    }
}
