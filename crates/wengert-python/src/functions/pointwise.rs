//! Pointwise functions: the rows of the table by their names.

use pyo3::prelude::*;
use wengert::autograd::is_grad_enabled;
use wengert::scalar::Row;
use wengert::{DType, Shape, Tensor};

use super::arguments::{floating, pair};
use crate::cell::{Arg, Cell, Out, cell_of, not_a_cell};
use crate::errors::{OrRaise, complain};
use crate::flavour::{Complaint, Flavour};
use crate::operand;
use crate::operators::{self, Bitwise};

/// Puts a result in a tensor that is there, which takes its shape.
#[cold]
fn put<'py>(
    py: Python<'py>,
    op: &str,
    out: &Bound<'py, Cell>,
    result: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let Some(result) = cell_of(result) else { return Err(not_a_cell(result)) };
    let (value, old) = (result.get().value(py)?, out.get().value(py)?);
    let flavour = out.get().flavour;
    if value.is_tracked() || (old.is_tracked() && is_grad_enabled()) {
        let text = format!(
            "{op}(): functions with out=... arguments don't support automatic differentiation, but one of the \
             arguments requires grad: use the result, or call it inside `no_grad()`"
        );
        return Err(complain(py, flavour, Complaint::Autograd, text));
    }
    let kind = |dtype: DType| (dtype.is_float(), dtype != DType::Bool);
    if kind(value.dtype()) > kind(old.dtype()) {
        let (from, to) = (spoken(value.dtype()), spoken(old.dtype()));
        let text = format!("result type {from} can't be cast to the desired output type {to}");
        return Err(complain(py, flavour, Complaint::DType, text));
    }
    if value.shape() == old.shape() || out.get().lock().link.is_some() {
        drop(old);
        crate::views::assign_value(py, out, value, false)?;
    } else {
        out.get().set(value.try_to_dtype(old.dtype()).or_raise(py, flavour)?);
    }
    Ok(out.as_any().clone())
}

/// PyTorch's word for a dtype.
fn spoken(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "Bool",
        DType::U8 => "Byte",
        DType::I32 => "Int",
        DType::I64 => "Long",
        DType::F32 => "Float",
        _ => "Double",
    }
}

macro_rules! unary {
    ($($name:ident $row:ident $doc:literal;)+) => {
        $(
            #[doc = $doc]
            #[pyfunction]
            #[pyo3(signature = (input, *, out=None))]
            fn $name<'py>(
                py: Python<'py>,
                input: &Bound<'py, PyAny>,
                out: Option<&Bound<'py, Cell>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let result = operand::unary(py, Row::$row, input)?;
                if let Some(out) = out { put(py, stringify!($name), out, &result) } else { Ok(result) }
            }
        )+

        fn add_unary(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

unary! {
    neg Neg "−x.";
    exp Exp "eˣ, elementwise.";
    exp2 Exp2 "2ˣ, elementwise.";
    expm1 Expm1 "eˣ − 1, accurate near 0.";
    log Log "The natural logarithm.";
    log2 Log2 "The logarithm to base 2.";
    log10 Log10 "The logarithm to base 10.";
    log1p Log1p "log(1 + x), accurate near 0.";
    sqrt Sqrt "The square root.";
    rsqrt Rsqrt "1/√x.";
    cbrt Cbrt "The cube root.";
    reciprocal Reciprocal "1/x.";
    sin Sin "The sine, of radians.";
    cos Cos "The cosine, of radians.";
    tan Tan "The tangent, of radians.";
    asin Asin "The inverse sine, in radians.";
    acos Acos "The inverse cosine, in radians.";
    atan Atan "The inverse tangent, in radians.";
    sinh Sinh "The hyperbolic sine.";
    cosh Cosh "The hyperbolic cosine.";
    tanh Tanh "The hyperbolic tangent.";
    asinh Asinh "The inverse hyperbolic sine.";
    acosh Acosh "The inverse hyperbolic cosine.";
    atanh Atanh "The inverse hyperbolic tangent.";
    abs Abs "The absolute value; slope 0 at 0.";
    sign Sign "−1, 0 or 1.";
    floor Floor "The largest integer not above.";
    ceil Ceil "The smallest integer not below.";
    round Round "The nearest integer, ties to the even one.";
    trunc Trunc "The integer part.";
    square Square "x².";
    sigmoid Sigmoid "1/(1 + e⁻ˣ).";
    log_sigmoid LogSigmoid "The logarithm of the sigmoid, stable at both ends.";
    softplus Softplus "log(1 + eˣ), stable at both ends.";
    relu Relu "max(x, 0); slope 0 at 0.";
    gelu Gelu "The Gaussian error linear unit, exact.";
    gelu_tanh GeluTanh "The tanh approximation of gelu.";
    silu Silu "x·sigmoid(x), also called swish.";
    erf Erf "The error function.";
    erfc Erfc "1 − erf(x), accurate in the tail.";
    erfinv Erfinv "The inverse error function.";
    lgamma Lgamma "The logarithm of |Γ(x)|.";
    digamma Digamma "The derivative of lgamma.";
    trigamma Trigamma "The derivative of digamma.";
    sinc Sinc "sin(πx)/(πx).";
    is_nan IsNan "Whether each element is NaN.";
    is_inf IsInf "Whether each element is infinite.";
    is_finite IsFinite "Whether each element is finite.";
    logical_not LogicalNot "Logical not of each element.";
}

macro_rules! binary {
    ($($name:ident $row:ident $doc:literal;)+) => {
        $(
            #[doc = $doc]
            #[pyfunction]
            #[pyo3(signature = (input, other, *, out=None))]
            fn $name<'py>(
                py: Python<'py>,
                input: &Bound<'py, PyAny>,
                other: &Bound<'py, PyAny>,
                out: Option<&Bound<'py, Cell>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let result = operand::binary(py, Row::$row, input, other)?;
                if let Some(out) = out { put(py, stringify!($name), out, &result) } else { Ok(result) }
            }
        )+

        fn add_binary(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

binary! {
    add Add "a + b, elementwise.";
    sub Sub "a − b, elementwise.";
    mul Mul "a·b, elementwise.";
    div Div "a / b, elementwise.";
    remainder Remainder "The remainder with the sign of the divisor.";
    floor_divide FloorDivide "The quotient rounded down.";
    atan2 Atan2 "The angle of the point (other, input), in radians.";
    maximum Maximum "The larger of each pair; ties share the gradient.";
    minimum Minimum "The smaller of each pair; ties share the gradient.";
    hypot Hypot "√(a² + b²) without overflow.";
    logaddexp Logaddexp "log(eᵃ + eᵇ) without overflow.";
    xlogy Xlogy "a·log b, 0 where a is 0.";
    copysign Copysign "The magnitude of input with the sign of other.";
    eq Eq "Whether the elements are equal.";
    ne Ne "Whether the elements differ.";
    lt Lt "Whether each element is less.";
    le Le "Whether each element is less or equal.";
    gt Gt "Whether each element is greater.";
    ge Ge "Whether each element is greater or equal.";
    logical_and LogicalAnd "Whether both are true (not 0).";
    logical_or LogicalOr "Whether either is true (not 0).";
    logical_xor LogicalXor "Whether just one is true (not 0).";
}

/// a to the power b, elementwise.
#[pyfunction]
#[pyo3(signature = (input, other, *, out=None))]
fn pow<'py>(
    py: Python<'py>,
    input: &Bound<'py, PyAny>,
    other: &Bound<'py, PyAny>,
    out: Option<&Bound<'py, Cell>>,
) -> PyResult<Bound<'py, PyAny>> {
    let result = operand_or_error(operators::power(py, input, other)?, other)?;
    if let Some(out) = out { put(py, "pow", out, &result) } else { Ok(result) }
}

/// A result of an operator, which is NotImplemented if the other object cannot be an operand.
fn operand_or_error<'py>(result: Bound<'py, PyAny>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    if cell_of(&result).is_some() { Ok(result) } else { Err(not_a_cell(other)) }
}

macro_rules! bitwise {
    ($($name:ident $of:ident $doc:literal;)+) => {
        $(
            #[doc = $doc]
            #[pyfunction]
            #[pyo3(signature = (input, other, *, out=None))]
            fn $name<'py>(
                py: Python<'py>,
                input: &Bound<'py, PyAny>,
                other: &Bound<'py, PyAny>,
                out: Option<&Bound<'py, Cell>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let result = operand_or_error(operators::bitwise(Bitwise::$of, input, other)?, other)?;
                if let Some(out) = out { put(py, stringify!($name), out, &result) } else { Ok(result) }
            }
        )+

        fn add_bitwise(module: &Bound<'_, PyModule>) -> PyResult<()> {
            add_all!(module: $($name)+);
            Ok(())
        }
    };
}

bitwise! {
    bitwise_and And "The bits that both have; of truth values, whether both are true.";
    bitwise_or Or "The bits that either has; of truth values, whether either is true.";
    bitwise_xor Xor "The bits that just one has; of truth values, whether just one is true.";
}

/// The bits that are not set; of truth values, the opposite.
#[pyfunction]
fn bitwise_not<'py>(input: &Bound<'py, Cell>) -> PyResult<Bound<'py, PyAny>> {
    input.call_method0(pyo3::intern!(input.py(), "__invert__"))
}

/// Integers, and 2 to the power of others.
fn shifted(
    py: Python<'_>,
    op: &str,
    input: &Bound<'_, PyAny>,
    other: &Bound<'_, PyAny>,
    f: impl FnOnce(&Tensor, &Tensor) -> wengert::Result<Tensor>,
) -> PyResult<Out> {
    let (flavour, a, b) = pair(py, input, other)?;
    let mut both = [a, b];
    operand::common(py, flavour, &mut both)?;
    let [a, b] = &both;
    if !a.dtype().is_integer() {
        let text = format!("{op}: bits are shifted in integers only, got {}: cast first", a.dtype());
        return Err(complain(py, flavour, Complaint::DType, text));
    }
    let two = Tensor::try_full_as(Shape::default(), 2.0, DType::I64).or_raise(py, flavour)?;
    let shifted = || f(a, &two.try_pow(&b.try_long()?)?)?.try_to_dtype(a.dtype());
    Ok(Out(flavour, shifted().or_raise(py, flavour)?))
}

/// The bits moved to the left: a·2ᵇ.
#[pyfunction]
fn left_shift(py: Python<'_>, input: &Bound<'_, PyAny>, other: &Bound<'_, PyAny>) -> PyResult<Out> {
    shifted(py, "left_shift", input, other, |a, power| a.try_mul(power))
}

/// The bits moved to the right: a/2ᵇ rounded down.
#[pyfunction]
fn right_shift(py: Python<'_>, input: &Bound<'_, PyAny>, other: &Bound<'_, PyAny>) -> PyResult<Out> {
    shifted(py, "right_shift", input, other, |a, power| a.try_floor_divide(power))
}

/// The derivative of order n of digamma.
#[pyfunction]
fn polygamma(py: Python<'_>, n: u32, x: Arg) -> PyResult<Out> {
    let floats = floating(py, "polygamma", &x)?;
    Ok(Out(x.flavour, floats.try_polygamma(n).or_raise(py, x.flavour)?))
}

/// The elements of a where the mask is true, those of b elsewhere.
#[pyfunction]
#[pyo3(name = "where", signature = (mask, a, b))]
fn where_(py: Python<'_>, mask: &Bound<'_, PyAny>, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<Out> {
    let (mut flavour, a, b) = if cell_of(a).is_some() || cell_of(b).is_some() {
        pair(py, a, b)?
    } else {
        let Some(mask) = cell_of(mask) else { return Err(not_a_cell(mask)) };
        let flavour = mask.get().flavour;
        let first = crate::data::tensor(py, flavour, a, None)?;
        (flavour, first, crate::data::tensor(py, flavour, b, None)?)
    };
    let mask = match cell_of(mask) {
        Some(cell) => {
            if flavour == Flavour::Numpy {
                flavour = cell.get().flavour;
            }
            cell.get().value(py)?
        }
        None => crate::data::tensor(py, flavour, mask, None)?,
    };
    let mut branches = [a, b];
    if branches[0].dtype() != branches[1].dtype() {
        operand::common(py, flavour, &mut branches)?;
    }
    let [a, b] = &branches;
    let chosen = crate::cell::run(py, a.len().max(mask.len()), || mask.try_select(a, b));
    Ok(Out(flavour, chosen.or_raise(py, flavour)?))
}

/// The elements limited to the interval from low to high.
#[pyfunction]
#[pyo3(signature = (x, low=None, high=None))]
fn clamp(py: Python<'_>, x: Arg, low: Option<&Bound<'_, PyAny>>, high: Option<&Bound<'_, PyAny>>) -> PyResult<Out> {
    let number = |bound: Option<&Bound<'_, PyAny>>, without: f64| match bound {
        None => Some(without),
        Some(bound) if cell_of(bound).is_some() => None,
        Some(bound) => bound.extract::<f64>().ok(),
    };
    if x.value.dtype().is_float()
        && let (Some(low), Some(high)) = (number(low, f64::NEG_INFINITY), number(high, f64::INFINITY))
    {
        return x.map(py, |x| x.try_clamp(low, high));
    }
    let flavour = x.flavour;
    match (low, high) {
        (None, None) => Ok(Out(flavour, x.value)),
        (Some(bound), None) | (None, Some(bound)) => {
            let mut both = [operand::beside(py, flavour, bound, &x.value)?, x.value];
            operand::common(py, flavour, &mut both)?;
            let [bound, x] = &both;
            let outside = if low.is_some() { x.try_lt(bound) } else { x.try_gt(bound) };
            // Not the larger of both: at a tie all of the gradient is the tensor's.
            let limited = outside.and_then(|outside| outside.try_select(bound, x));
            Ok(Out(flavour, limited.or_raise(py, flavour)?))
        }
        (Some(low), Some(high)) => {
            let low = operand::beside(py, flavour, low, &x.value)?;
            let high = operand::beside(py, flavour, high, &x.value)?;
            let mut all = [x.value, low, high];
            operand::common(py, flavour, &mut all)?;
            let [x, low, high] = &all;
            Ok(Out(flavour, Tensor::row(Row::Clamp, &[x, low, high]).or_raise(py, flavour)?))
        }
    }
}

/// The remainder with the sign of the dividend, as in C.
#[pyfunction]
fn fmod(py: Python<'_>, input: &Bound<'_, PyAny>, other: &Bound<'_, PyAny>) -> PyResult<Out> {
    let (flavour, a, b) = pair(py, input, other)?;
    let mut both = [a, b];
    operand::common(py, flavour, &mut both)?;
    let [a, b] = &both;
    Ok(Out(flavour, a.try_fmod(b).or_raise(py, flavour)?))
}

/// Adds the functions of this file.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    add_unary(module)?;
    add_binary(module)?;
    add_bitwise(module)?;
    add_all!(module: pow bitwise_not left_shift right_shift polygamma where_ clamp fmod);
    Ok(())
}
