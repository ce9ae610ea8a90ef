//! One number made of many: sums, means, products, variances, norms.

use std::sync::LazyLock;

use wengert_array::DType;
use wengert_scalar::{Expr, Number, Row, Sym};

use super::arguments::{IntoAxes, resolve_axis};
use crate::apply::apply_one;
use crate::error::Result;
use crate::prim::Prim;
use crate::primitives::cast::cast;
use crate::primitives::choose::Truth;
use crate::primitives::pointwise::Pointwise;
use crate::primitives::reduce::{Logsumexp, Mean, Over, Prod, Sum, Var};
use crate::primitives::softmax::Softmax;
use crate::tensor::Tensor;
use crate::twins::twins;

/// The axes of a reduction of `x`.
#[track_caller]
pub(super) fn over(op: &'static str, x: &Tensor, axes: impl IntoAxes, keepdims: bool) -> Result<Over> {
    Ok(Over { axes: axes.into_axes().resolve(op, x.ndim())?, keepdims })
}

/// Integers as `float64`, for what makes sense of fractions only.
#[track_caller]
pub(super) fn floating(x: &Tensor) -> Result<Tensor> {
    if x.dtype().is_float() { Ok(x.clone()) } else { cast(x, DType::F64) }
}

/// xᵖ for x ≥ 0, with slope 0 at 0 instead of an infinite one.
fn tame_power(x: Sym, p: f64) -> Sym {
    let zero = Number::row(Row::Eq, &[x, Number::lit(0.0)]);
    let safe = Number::row(Row::Select, &[zero, Number::lit(1.0), x]);
    let power = if p == 0.5 { Number::row(Row::Sqrt, &[safe]) } else { Number::row(Row::Pow, &[safe, Number::lit(p)]) };
    Number::row(Row::Select, &[zero, Number::lit(0.0), power])
}

static TAME_SQRT: LazyLock<Pointwise> =
    LazyLock::new(|| Pointwise::new("sqrt", Expr::build(1, |x| vec![tame_power(x[0], 0.5)])));

#[track_caller]
fn tame_sqrt(x: &Tensor) -> Result<Tensor> {
    apply_one(&Prim::Static(&*TAME_SQRT), &[x])
}

impl Tensor {
    twins! {
        /// The sum of all elements. Integers and bools give `int64`; `float32` is summed in `f64`.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([[1.0, 2.0], [3.0, 4.0]]).sum().item(), 10.0);
        /// ```
        pub fn sum / try_sum(&self) -> Tensor {
            let over = over("sum", self, (), false)?;
            apply_one(&Prim::new(Sum(over)), &[self])
        }

        /// The sums over some axes, which are gone from the result, or stay with length 1 if `keepdims`.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
        /// assert_eq!(x.sum_axes(0, false).to_vec::<f64>(), [4.0, 6.0]);
        /// assert_eq!(x.sum_axes([-1], true).shape(), [2, 1]);
        /// ```
        pub fn sum_axes / try_sum_axes(&self, axes: impl IntoAxes, keepdims: bool) -> Tensor {
            let over = over("sum", self, axes, keepdims)?;
            apply_one(&Prim::new(Sum(over)), &[self])
        }

        /// The mean of all elements; NaN of none. Integers give `float64`.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([1.0, 2.0, 6.0]).mean().item(), 3.0);
        /// ```
        pub fn mean / try_mean(&self) -> Tensor {
            let over = over("mean", self, (), false)?;
            apply_one(&Prim::new(Mean(over)), &[&floating(self)?])
        }

        /// The means over some axes.
        pub fn mean_axes / try_mean_axes(&self, axes: impl IntoAxes, keepdims: bool) -> Tensor {
            let over = over("mean", self, axes, keepdims)?;
            apply_one(&Prim::new(Mean(over)), &[&floating(self)?])
        }

        /// The product of all elements. Its gradient is right where elements are 0, too: nothing is divided.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([2.0, 0.0, 5.0]);
        /// assert_eq!(x.prod().item(), 0.0);
        /// assert_eq!(grad(|x: &Tensor| x.prod())(&x).to_vec::<f64>(), [0.0, 10.0, 0.0]);
        /// ```
        pub fn prod / try_prod(&self) -> Tensor {
            let over = over("prod", self, (), false)?;
            apply_one(&Prim::new(Prod(over)), &[self])
        }

        /// The products over some axes.
        pub fn prod_axes / try_prod_axes(&self, axes: impl IntoAxes, keepdims: bool) -> Tensor {
            let over = over("prod", self, axes, keepdims)?;
            apply_one(&Prim::new(Prod(over)), &[self])
        }

        /// The variance of all elements as a sample: the sum of squared distances from the mean divided by their number
        /// less 1, as in PyTorch. [`Tensor::var_axes`] takes another correction.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([1.0, 2.0, 3.0, 4.0]);
        /// assert_eq!(x.var().item(), 5.0 / 3.0);
        /// assert_eq!(x.var_axes((), 0.0, false).item(), 1.25);
        /// ```
        pub fn var / try_var(&self) -> Tensor {
            let over = over("var", self, (), false)?;
            apply_one(&Prim::new(Var { over, correction: 1.0 }), &[&floating(self)?])
        }

        /// The variances over some axes, with the number of elements less `correction` (0 for a population, 1 for a sample)
        /// as divisor; NaN if that is not positive. Computed in two passes.
        pub fn var_axes / try_var_axes(&self, axes: impl IntoAxes, correction: f64, keepdims: bool) -> Tensor {
            let over = over("var", self, axes, keepdims)?;
            apply_one(&Prim::new(Var { over, correction }), &[&floating(self)?])
        }

        /// The standard deviation of all elements as a sample: the root of [`Tensor::var`]. Where it is 0, so is its
        /// gradient.
        pub fn std / try_std(&self) -> Tensor {
            let over = over("std", self, (), false)?;
            let variance = apply_one(&Prim::new(Var { over, correction: 1.0 }), &[&floating(self)?])?;
            tame_sqrt(&variance)
        }

        /// The standard deviations over some axes: the roots of [`Tensor::var_axes`]. Where one is 0, so is its gradient.
        pub fn std_axes / try_std_axes(&self, axes: impl IntoAxes, correction: f64, keepdims: bool) -> Tensor {
            let over = over("std", self, axes, keepdims)?;
            let variance = apply_one(&Prim::new(Var { over, correction }), &[&floating(self)?])?;
            tame_sqrt(&variance)
        }

        /// Whether any element is true (not 0).
        pub fn any / try_any(&self) -> Tensor {
            let over = over("any", self, (), false)?;
            apply_one(&Prim::new(Truth { over, all: false }), &[self])
        }

        /// Whether any element over some axes is true (not 0).
        pub fn any_axes / try_any_axes(&self, axes: impl IntoAxes, keepdims: bool) -> Tensor {
            let over = over("any", self, axes, keepdims)?;
            apply_one(&Prim::new(Truth { over, all: false }), &[self])
        }

        /// Whether all elements are true (not 0).
        pub fn all / try_all(&self) -> Tensor {
            let over = over("all", self, (), false)?;
            apply_one(&Prim::new(Truth { over, all: true }), &[self])
        }

        /// Whether all elements over some axes are true (not 0).
        pub fn all_axes / try_all_axes(&self, axes: impl IntoAxes, keepdims: bool) -> Tensor {
            let over = over("all", self, axes, keepdims)?;
            apply_one(&Prim::new(Truth { over, all: true }), &[self])
        }

        /// How many elements are not 0, as `int64`. NaN counts.
        pub fn count_nonzero / try_count_nonzero(&self) -> Tensor {
            self.try_ne(0)?.try_sum()
        }

        /// How many elements over some axes are not 0, as `int64`.
        pub fn count_nonzero_axes / try_count_nonzero_axes(&self, axes: impl IntoAxes, keepdims: bool) -> Tensor {
            self.try_ne(0)?.try_sum_axes(axes, keepdims)
        }

        /// log Σ exp(x) over some axes, without overflow. Its gradient is [`Tensor::softmax`].
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([1000.0, 1000.0]);
        /// assert_eq!(x.logsumexp(0, false).item(), 1000.0 + 2.0_f64.ln());
        /// ```
        pub fn logsumexp / try_logsumexp(&self, axes: impl IntoAxes, keepdims: bool) -> Tensor {
            let over = over("logsumexp", self, axes, keepdims)?;
            apply_one(&Prim::new(Logsumexp(over)), &[&floating(self)?])
        }

        /// exp(x)/Σ exp(x) along an axis, without overflow.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([1000.0, 1000.0]).softmax(0).to_vec::<f64>(), [0.5, 0.5]);
        /// ```
        pub fn softmax / try_softmax(&self, axis: isize) -> Tensor {
            let axis = resolve_axis("softmax", axis, self.ndim())?;
            apply_one(&Prim::new(Softmax { axis, log: false }), &[&floating(self)?])
        }

        /// The logarithm of [`Tensor::softmax`], accurate where that is tiny.
        pub fn log_softmax / try_log_softmax(&self, axis: isize) -> Tensor {
            let axis = resolve_axis("log_softmax", axis, self.ndim())?;
            apply_one(&Prim::new(Softmax { axis, log: true }), &[&floating(self)?])
        }

        /// √(Σ x²) over all elements: the Euclidean norm. At 0 its gradient is 0.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([3.0, 4.0]);
        /// assert_eq!(x.norm().item(), 5.0);
        /// assert_eq!(grad(|x: &Tensor| x.norm())(&Tensor::from([0.0, -2.0])).to_vec::<f64>(), [0.0, -1.0]);
        /// ```
        pub fn norm / try_norm(&self) -> Tensor {
            let over = over("norm", self, (), false)?;
            let squares = floating(self)?.try_square()?;
            tame_sqrt(&apply_one(&Prim::new(Sum(over)), &[&squares])?)
        }

        /// The p-norms (Σ |x|ᵖ)^(1/p) over some axes, of the elements as a vector: the largest magnitude for `p` infinite,
        /// the smallest for −∞, the number of elements that are not 0 for 0. Where a slope would be infinite it is 0.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([[3.0, -4.0], [1.0, 1.0]]);
        /// assert_eq!(x.norm_axes(1.0, 1, false).to_vec::<f64>(), [7.0, 2.0]);
        /// assert_eq!(x.norm_axes(f64::INFINITY, 1, false).to_vec::<f64>(), [4.0, 1.0]);
        /// ```
        pub fn norm_axes / try_norm_axes(&self, p: f64, axes: impl IntoAxes, keepdims: bool) -> Tensor {
            let over = over("norm", self, axes, keepdims)?;
            let x = floating(self)?;
            if p == 2.0 {
                return tame_sqrt(&apply_one(&Prim::new(Sum(over)), &[&x.try_square()?])?);
            }
            if p == 0.0 {
                let marks = cast(&x.try_ne(0)?, x.dtype())?;
                return apply_one(&Prim::new(Sum(over)), &[&marks]);
            }
            let magnitudes = x.try_abs()?;
            if p.is_infinite() {
                let axes: Vec<usize> = over.axes.to_vec();
                return if p > 0.0 { magnitudes.try_amax(axes, keepdims) } else { magnitudes.try_amin(axes, keepdims) };
            }
            if p == 1.0 {
                return apply_one(&Prim::new(Sum(over)), &[&magnitudes]);
            }
            let power = |p: f64| {
                Prim::new(Pointwise::new("pow", Expr::build(1, |x| {
                    vec![if p > 0.0 { tame_power(x[0], p) } else { Number::row(Row::Pow, &[x[0], Number::lit(p)]) }]
                })))
            };
            let sum = apply_one(&Prim::new(Sum(over)), &[&apply_one(&power(p), &[&magnitudes])?])?;
            apply_one(&power(1.0 / p), &[&sum])
        }

        /// Whether all elements are equal but for rounding: |a − b| ≤ `absolute` + `relative`·|b|. NaN is equal to nothing.
        /// Shapes broadcast.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([1.0, 2.0]);
        /// assert!(x.allclose(&(&x + 1e-12), 1e-5, 1e-8));
        /// assert!(!x.allclose(&(&x + 1e-3), 1e-5, 1e-8));
        /// ```
        pub fn allclose / try_allclose(&self, other: &Tensor, relative: f64, absolute: f64) -> bool {
            let (a, b) = (floating(&self.stop_gradient())?, floating(&other.stop_gradient())?);
            let bound = b.try_abs()?.try_mul(relative)?.try_add(absolute)?;
            let near = a.try_sub(&b)?.try_abs()?.try_le(&bound)?.try_logical_and(&b.try_is_finite()?)?;
            Ok(near.try_logical_or(&a.try_eq(&b)?)?.try_all()?.try_item()? != 0.0)
        }
    }
}
