//! Random numbers, from a generator of one's own or from the one that all share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyBytes;
use wengert::{Array, ArrayError, DType, Tensor, random};

use super::arguments::{Class, Count, Ints};
use crate::cell::{Arg, Cell, Out, run};
use crate::errors::{OrRaise, argument_error, type_error};
use crate::flavour::{DTypeLike, Flavour};

/// A source of random numbers: a seed and a counter.
#[pyclass(subclass, weakref, dict, frozen, module = "wengert._wengert")]
pub struct Generator(Mutex<Source>);

struct Source {
    numbers: random::Generator,
    seed: u64,
}

/// A seed as it may be written: negative ones count from the end, as in PyTorch.
fn seed_of(seed: i128) -> PyResult<u64> {
    if (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&seed) {
        return Ok(seed as u64);
    }
    Err(argument_error(format!("the seed {seed} does not fit 64 bits")))
}

impl Source {
    fn new(seed: u64) -> Source {
        Source { numbers: random::Generator::new(seed), seed }
    }

    fn anew() -> Source {
        // 53 bits, so that every front end can show the seed.
        Source::new(random::Generator::from_entropy().next_u64() >> 11)
    }
}

#[pymethods]
impl Generator {
    #[new]
    #[pyo3(signature = (seed=None))]
    fn new(seed: Option<i128>) -> PyResult<Generator> {
        let source = match seed {
            Some(seed) => Source::new(seed_of(seed)?),
            None => Source::anew(),
        };
        Ok(Generator(Mutex::new(source)))
    }

    /// Starts again from a seed.
    fn manual_seed(slf: Bound<'_, Generator>, seed: i128) -> PyResult<Bound<'_, Generator>> {
        *slf.get().lock() = Source::new(seed_of(seed)?);
        Ok(slf)
    }

    /// Starts again from a seed that differs each time, and gives that seed.
    fn seed(&self) -> u64 {
        let mut source = self.lock();
        *source = Source::anew();
        source.seed
    }

    /// The seed it was started from.
    fn initial_seed(&self) -> u64 {
        self.lock().seed
    }

    /// The whole state, as a tensor of 32 bytes.
    fn get_state(&self) -> Out {
        let source = self.lock();
        let [a, b, c] = source.numbers.state();
        let bytes: Vec<u8> = [a, b, c, source.seed].into_iter().flat_map(u64::to_le_bytes).collect();
        Out(Flavour::Torch, Tensor::from(bytes))
    }

    /// Goes back to a state that get_state gave.
    fn set_state(&self, py: Python<'_>, state: &Bound<'_, PyAny>) -> PyResult<()> {
        let bytes: Vec<u8> = match state.cast::<PyBytes>() {
            Ok(bytes) => bytes.as_bytes().to_vec(),
            Err(_) => {
                let state: Arg = state.extract()?;
                let bytes = state.value.array().and_then(|array| Ok(array.to_vec::<u8>()?));
                bytes.or_raise(py, Flavour::Torch)?
            }
        };
        let words: Vec<u64> = bytes.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)).collect();
        let [a, b, c, seed] = words[..] else {
            return Err(argument_error(format!("a state has 32 bytes, this one has {}", bytes.len())));
        };
        *self.lock() = Source { numbers: random::Generator::from_state([a, b, c]), seed };
        Ok(())
    }

    /// A new generator whose numbers have nothing to do with this one's.
    fn split(&self) -> Generator {
        let mut source = self.lock();
        let seed = source.seed;
        let numbers = source.numbers.split();
        Generator(Mutex::new(Source { numbers, seed }))
    }
}

impl Generator {
    fn lock(&self) -> MutexGuard<'_, Source> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The generator that is used where none is named.
fn shared(py: Python<'_>) -> PyResult<&Bound<'_, Generator>> {
    static SHARED: PyOnceLock<Py<Generator>> = PyOnceLock::new();
    Ok(SHARED.get_or_try_init(py, || Py::new(py, Generator(Mutex::new(Source::anew()))))?.bind(py))
}

/// A generator as an argument.
pub struct Rng<'py>(Option<Bound<'py, Generator>>);

impl<'py> FromPyObject<'_, 'py> for Rng<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Rng<'py>> {
        if let Ok(generator) = object.cast::<Generator>() {
            return Ok(Rng(Some((*generator).clone())));
        }
        if object.is_none() {
            return Ok(Rng(None));
        }
        Err(type_error(format!("expected a Generator, got {}", object.get_type().name()?)))
    }
}

/// Draws from a generator. The lock is not held while the interpreter's is waited for.
pub fn draw<T: Send>(
    py: Python<'_>,
    from: Option<&Rng<'_>>,
    elements: usize,
    f: impl FnOnce(&mut random::Generator) -> T + Send,
) -> PyResult<T> {
    let generator = match from {
        Some(Rng(Some(generator))) => generator.get(),
        _ => shared(py)?.get(),
    };
    run(py, elements, || Ok(f(&mut generator.lock().numbers))).or_raise(py, Flavour::Torch)
}

/// How many elements a shape has; the engine complains of shapes with more than there can be.
fn elements(shape: &[usize]) -> usize {
    shape.iter().fold(1, |elements, &length| elements.saturating_mul(length))
}

type Drawn = Result<Array, ArrayError>;

fn made(
    py: Python<'_>,
    flavour: Flavour,
    from: Option<&Rng<'_>>,
    elements: usize,
    f: impl FnOnce(&mut random::Generator) -> Drawn + Send,
) -> PyResult<Out> {
    let drawn = draw(py, from, elements, f)?.map_err(wengert::Error::from);
    Ok(Out(flavour, Tensor::from(drawn.or_raise(py, flavour)?)))
}

/// Numbers spread evenly over [lo, hi).
#[pyfunction]
#[pyo3(signature = (cls, lo, hi, shape, dtype=None, r#gen=None))]
fn uniform(
    py: Python<'_>,
    cls: Class,
    lo: f64,
    hi: f64,
    shape: Ints,
    dtype: Option<DTypeLike>,
    r#gen: Option<Rng<'_>>,
) -> PyResult<Out> {
    let shape = shape.shape(py, cls.0, "uniform")?;
    let dtype = dtype.map_or(cls.0.float(), |dtype| dtype.0);
    made(py, cls.0, r#gen.as_ref(), elements(&shape), |numbers| numbers.uniform(lo, hi, shape, dtype))
}

/// Normally distributed numbers.
#[pyfunction]
#[pyo3(signature = (cls, mean, std, shape, dtype=None, r#gen=None))]
fn normal(
    py: Python<'_>,
    cls: Class,
    mean: f64,
    std: f64,
    shape: Ints,
    dtype: Option<DTypeLike>,
    r#gen: Option<Rng<'_>>,
) -> PyResult<Out> {
    let shape = shape.shape(py, cls.0, "normal")?;
    let dtype = dtype.map_or(cls.0.float(), |dtype| dtype.0);
    made(py, cls.0, r#gen.as_ref(), elements(&shape), |numbers| numbers.normal(mean, std, shape, dtype))
}

/// Exponentially distributed numbers of mean 1/rate.
#[pyfunction]
#[pyo3(signature = (cls, rate, shape, dtype=None, r#gen=None))]
fn exponential(
    py: Python<'_>,
    cls: Class,
    rate: f64,
    shape: Ints,
    dtype: Option<DTypeLike>,
    r#gen: Option<Rng<'_>>,
) -> PyResult<Out> {
    let shape = shape.shape(py, cls.0, "exponential")?;
    let dtype = dtype.map_or(cls.0.float(), |dtype| dtype.0);
    made(py, cls.0, r#gen.as_ref(), elements(&shape), |numbers| numbers.exponential(rate, shape, dtype))
}

/// Integers from lo up to but without hi, each equally likely.
#[pyfunction]
#[pyo3(signature = (cls, lo, hi, shape, dtype=None, r#gen=None))]
fn integers(
    py: Python<'_>,
    cls: Class,
    lo: i64,
    hi: i64,
    shape: Ints,
    dtype: Option<DTypeLike>,
    r#gen: Option<Rng<'_>>,
) -> PyResult<Out> {
    let shape = shape.shape(py, cls.0, "integers")?;
    let elements = elements(&shape);
    let dtype = dtype.map_or(cls.0.int(), |dtype| dtype.0);
    made(py, cls.0, r#gen.as_ref(), elements, |numbers| match dtype {
        DType::Bool | DType::F32 | DType::F64 => numbers.integers(lo, hi, shape, DType::I64)?.try_cast(dtype),
        dtype => numbers.integers(lo, hi, shape, dtype),
    })
}

/// Ones (or True) with probability p (a number, or a tensor of them), else zeros.
#[pyfunction]
#[pyo3(signature = (cls, p, shape=None, dtype=None, r#gen=None))]
fn bernoulli(
    py: Python<'_>,
    cls: Class,
    p: &Bound<'_, PyAny>,
    shape: Option<Ints>,
    dtype: Option<DTypeLike>,
    r#gen: Option<Rng<'_>>,
) -> PyResult<Out> {
    let flavour = cls.0;
    let dtype = dtype.map(|dtype| dtype.0);
    if let Ok(p) = p.cast::<Cell>() {
        let p = p.get().value(py)?.stop_gradient();
        let dtype = dtype.unwrap_or(p.dtype());
        let shape = match shape {
            Some(shape) => shape.shape(py, flavour, "bernoulli")?,
            None => wengert::Shape::from(p.shape()),
        };
        let valid = p.try_ge(0.0).and_then(|low| low.try_logical_and(&p.try_le(1.0)?)?.try_all()?.try_item());
        if valid.or_raise(py, flavour)? == 0.0 {
            return Err(argument_error("bernoulli: a probability lies between 0 and 1"));
        }
        let elements = elements(&shape);
        let level =
            made(py, flavour, r#gen.as_ref(), elements, |numbers| numbers.uniform(0.0, 1.0, shape, DType::F64))?;
        let drawn = level.1.try_lt(&p).and_then(|drawn| drawn.try_to_dtype(dtype));
        return Ok(Out(flavour, drawn.or_raise(py, flavour)?));
    }
    let p: f64 = p.extract()?;
    let shape = shape.unwrap_or(Ints(Vec::new())).shape(py, flavour, "bernoulli")?;
    let dtype = dtype.unwrap_or(flavour.float());
    made(py, flavour, r#gen.as_ref(), elements(&shape), |numbers| numbers.bernoulli(p, shape, dtype))
}

/// The numbers 0 to n − 1 in random order.
#[pyfunction]
#[pyo3(signature = (cls, n, r#gen=None))]
fn permutation(py: Python<'_>, cls: Class, n: Count, r#gen: Option<Rng<'_>>) -> PyResult<Out> {
    made(py, cls.0, r#gen.as_ref(), n.0, |numbers| numbers.try_permutation(n.0))
}

/// k of the numbers 0 to n − 1 in random order; each at most once unless replace.
#[pyfunction]
#[pyo3(signature = (cls, n, k, replace=true, r#gen=None))]
fn choice(py: Python<'_>, cls: Class, n: Count, k: Count, replace: bool, r#gen: Option<Rng<'_>>) -> PyResult<Out> {
    made(py, cls.0, r#gen.as_ref(), k.0, |numbers| numbers.choice(n.0, k.0, replace))
}

/// k positions drawn with probability proportional to the weights; of each row, if there are several.
#[pyfunction]
#[pyo3(signature = (weights, k, replace=false, r#gen=None))]
fn multinomial(py: Python<'_>, weights: Arg, k: Count, replace: bool, r#gen: Option<Rng<'_>>) -> PyResult<Out> {
    let flavour = weights.flavour;
    let one = |row: &Tensor| {
        let row = row.array().or_raise(py, flavour)?;
        made(py, flavour, r#gen.as_ref(), k.0, |numbers| numbers.multinomial(row, k.0, replace)).map(|drawn| drawn.1)
    };
    if weights.value.ndim() < 2 {
        return Ok(Out(flavour, one(&weights.value)?));
    }
    let rows = weights.value.stop_gradient().try_unbind(0).or_raise(py, flavour)?;
    let drawn = rows.iter().map(one).collect::<PyResult<Vec<Tensor>>>()?;
    let drawn: Vec<&Tensor> = drawn.iter().collect();
    Ok(Out(flavour, Tensor::try_stack(&drawn, 0).or_raise(py, flavour)?))
}

/// The entries along an axis in random order.
#[pyfunction]
#[pyo3(signature = (x, axis=0, r#gen=None))]
fn shuffle(py: Python<'_>, x: Arg, axis: isize, r#gen: Option<Rng<'_>>) -> PyResult<Out> {
    let ndim = x.value.ndim() as isize;
    let position = if axis < 0 { axis + ndim } else { axis };
    let Some(&len) = usize::try_from(position).ok().and_then(|position| x.value.shape().get(position)) else {
        return Err(wengert::Error::from(ArrayError::axis("shuffle", axis, x.value.ndim()))).or_raise(py, x.flavour);
    };
    let order = made(py, x.flavour, r#gen.as_ref(), len, |numbers| numbers.try_permutation(len))?;
    x.map(py, |x| x.try_take(&order.1, axis))
}

/// Adds the functions of this file.
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Generator>()?;
    module.add("default_generator", shared(module.py())?)?;
    add_all!(module: uniform normal exponential integers bernoulli permutation choice multinomial shuffle);
    Ok(())
}
