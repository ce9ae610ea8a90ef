//! The tensor: an array, a tracked scalar that is its node, or a value wrapped by a transform.

use std::fmt;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use wengert_array::display::{Style, format_with};
use wengert_array::{Array, DType, Element, Shape};

use crate::error::{Error, ErrorKind, Result};
use crate::interpreters::trace::Tracer;
use crate::level::Level;
use crate::node::Node;
use crate::prim::Spec;

/// An n-dimensional array that can be differentiated, batched and traced.
///
/// A tensor is 16 bytes, cheap to clone (the data is shared), immutable, and `Send + Sync`. It is made
/// from numbers, slices, nested arrays or an [`Array`]:
///
/// ```
/// use wengert::prelude::*;
/// let x = Tensor::from(3.0).requires_grad();
/// let y = x.powi(2);
/// y.backward()?;
/// assert_eq!(x.grad().unwrap().item(), 6.0);
/// # Ok::<(), wengert::Error>(())
/// ```
#[derive(Clone)]
pub struct Tensor(pub(crate) Repr);

#[derive(Clone)]
pub(crate) enum Repr {
    /// A plain value.
    Array(Array),
    /// A rank-0 result recorded by reverse mode: its value lies in the node.
    Tracked(Arc<Node>),
    /// Anything else that belongs to a transform.
    Wrapped(Arc<Wrapped>),
}

const _: () = assert!(size_of::<Tensor>() == 16, "a tensor travels in two registers");
const _: () = assert!(size_of::<Result<Tensor>>() == 16, "so does a fallible one");

pub(crate) struct Wrapped {
    pub level: Level,
    pub wrap: Wrap,
}

pub(crate) enum Wrap {
    /// Recorded by reverse mode: output `output` of `node`.
    Reverse { primal: Tensor, node: Arc<Node>, output: u32, version: u32 },
    /// Carries a tangent of the same shape.
    Forward { primal: Tensor, tangent: Tensor },
    /// One element, seen from inside, of a batch that lies along `axis` of `batch`.
    Batched { batch: Tensor, axis: usize, shape: Shape },
    /// A value that will be known when the traced program runs.
    Traced { variable: usize, spec: Spec, tracer: Arc<Tracer> },
}

// The trait objects and locks inside would deny these, but no tensor is ever left half changed.
impl UnwindSafe for Tensor {}
impl RefUnwindSafe for Tensor {}

impl Tensor {
    pub(crate) fn wrapped(level: Level, wrap: Wrap) -> Tensor {
        Tensor(Repr::Wrapped(Arc::new(Wrapped { level, wrap })))
    }

    /// The shape. The shape of a scalar is empty.
    #[inline]
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        match &self.0 {
            Repr::Array(array) => array.shape(),
            Repr::Tracked(_) => &[],
            Repr::Wrapped(wrapped) => match &wrapped.wrap {
                Wrap::Reverse { primal, .. } | Wrap::Forward { primal, .. } => primal.shape(),
                Wrap::Batched { shape, .. } => shape,
                Wrap::Traced { spec, .. } => &spec.shape,
            },
        }
    }

    /// The dtype.
    #[inline]
    #[must_use]
    pub fn dtype(&self) -> DType {
        match &self.0 {
            Repr::Array(array) => array.dtype(),
            Repr::Tracked(node) => node.value.as_ref().map_or(DType::F64, Tensor::dtype),
            Repr::Wrapped(wrapped) => match &wrapped.wrap {
                Wrap::Reverse { primal, .. } | Wrap::Forward { primal, .. } => primal.dtype(),
                Wrap::Batched { batch, .. } => batch.dtype(),
                Wrap::Traced { spec, .. } => spec.dtype,
            },
        }
    }

    /// The number of axes.
    #[inline]
    #[must_use]
    pub fn ndim(&self) -> usize {
        self.shape().len()
    }

    /// The number of elements.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape().iter().product()
    }

    /// Whether there is no element.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Shape and dtype.
    #[must_use]
    pub fn spec(&self) -> Spec {
        Spec::new(self.dtype(), Shape::from(self.shape()))
    }

    /// The values, whatever wraps them except a batch or a trace; a tensor that requires grad gives
    /// its values too, without its history.
    ///
    /// # Errors
    /// [`ErrorKind::Abstract`] inside `vmap` and while tracing, where there is no one value.
    pub fn array(&self) -> Result<&Array> {
        let mut tensor = self;
        loop {
            tensor = match &tensor.0 {
                Repr::Array(array) => return Ok(array),
                Repr::Tracked(node) => match &node.value {
                    Some(value) => value,
                    None => return Err(Error::argument("array", "a tracked scalar without a value")),
                },
                Repr::Wrapped(wrapped) => match &wrapped.wrap {
                    Wrap::Reverse { primal, .. } | Wrap::Forward { primal, .. } => primal,
                    Wrap::Batched { .. } => {
                        return Err(ErrorKind::Abstract { op: "array", how: "batched by `vmap`" }.into());
                    }
                    Wrap::Traced { .. } => {
                        return Err(ErrorKind::Abstract { op: "array", how: "traced into a program" }.into());
                    }
                },
            };
        }
    }

    /// The only element, as `f64`.
    ///
    /// # Panics
    /// If there is not exactly one element, or inside `vmap` or a trace; [`Tensor::try_item`] returns
    /// the error.
    #[track_caller]
    #[must_use]
    pub fn item(&self) -> f64 {
        match self.try_item() {
            Ok(item) => item,
            Err(error) => error.raise(),
        }
    }

    /// The only element, as `f64`.
    ///
    /// # Errors
    /// If there is not exactly one element, or inside `vmap` or a trace.
    #[track_caller]
    pub fn try_item(&self) -> Result<f64> {
        let location = Location::caller();
        if self.len() != 1 {
            let shape = Shape::from(self.shape());
            let detail = format!(
                "a tensor of shape {shape} has {} elements, not one: pick one with i(…), or reduce it with sum or mean",
                self.len()
            );
            return Err(Error::argument("item", detail).or_at(location));
        }
        self.array().and_then(|array| Ok(array.to_f64()?)).map_err(|error| error.or_at(location))
    }

    /// The elements in row-major order. `T` must be the tensor's dtype.
    ///
    /// # Panics
    /// If `T` is another dtype, or inside `vmap` or a trace; [`Tensor::try_to_vec`] returns the error.
    #[track_caller]
    #[must_use]
    pub fn to_vec<T: Element>(&self) -> Vec<T> {
        match self.try_to_vec() {
            Ok(values) => values,
            Err(error) => error.raise(),
        }
    }

    /// The elements in row-major order. `T` must be the tensor's dtype.
    ///
    /// # Errors
    /// If `T` is another dtype, or inside `vmap` or a trace.
    #[track_caller]
    pub fn try_to_vec<T: Element>(&self) -> Result<Vec<T>> {
        let location = Location::caller();
        self.array().and_then(|array| Ok(array.to_vec::<T>()?)).map_err(|error| error.or_at(location))
    }

    /// Whether dropping this tensor may drop a node.
    #[inline]
    pub(crate) fn holds_node(&self) -> bool {
        !matches!(self.0, Repr::Array(_))
    }

    /// The tensor without the wraps of tapes that do not record any more: what it is to everything else.
    #[inline]
    pub(crate) fn settled(&self) -> &Tensor {
        let mut tensor = self;
        while let Some(level) = tensor.level()
            && level.is_tape()
            && !level.is_alive()
            && let Some(primal) = tensor.recorded()
        {
            tensor = primal;
        }
        tensor
    }

    /// The value that reverse mode recorded under this tensor's outermost wrap.
    pub(crate) fn recorded(&self) -> Option<&Tensor> {
        match &self.0 {
            Repr::Tracked(node) => node.value.as_ref(),
            Repr::Wrapped(wrapped) => match &wrapped.wrap {
                Wrap::Reverse { primal, .. } => Some(primal),
                _ => None,
            },
            Repr::Array(_) => None,
        }
    }

    /// Whether this tensor belongs to a functional transform (`grad`, `jvp`, `vmap`, a trace, …) and not only to
    /// `backward` or a tape: made a plain number, it would lose its derivative.
    ///
    /// ```
    /// use wengert::prelude::*;
    /// let x = Tensor::from(2.0).requires_grad();
    /// assert!(!x.is_transformed());
    /// grad(|x: &Tensor| { assert!(x.is_transformed()); x.square() })(&Tensor::from(2.0));
    /// ```
    #[must_use]
    pub fn is_transformed(&self) -> bool {
        let mut tensor = self.settled();
        loop {
            match tensor.level() {
                None => return false,
                Some(level) if level.is_ambient() => return false,
                Some(level) if !level.is_tape() => return true,
                Some(_) => match tensor.recorded() {
                    Some(primal) => tensor = primal.settled(),
                    None => return false,
                },
            }
        }
    }

    /// The level of the innermost transform that wraps this tensor.
    #[inline]
    pub(crate) fn level(&self) -> Option<Level> {
        match &self.0 {
            Repr::Array(_) => None,
            Repr::Tracked(node) => Some(node.level),
            Repr::Wrapped(wrapped) => Some(wrapped.level),
        }
    }
}

/// Whether two shapes are equal. Comparing the slices would call `memcmp`, which for scalars costs more
/// than all else that is done with them.
#[inline(always)]
pub(crate) fn same_shape(a: &[usize], b: &[usize]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b)
}

impl From<Array> for Tensor {
    #[inline]
    fn from(array: Array) -> Tensor {
        Tensor(Repr::Array(array))
    }
}

/// PyTorch's layout of the values: `tensor([1., 2.])`, with the dtype where it is not float64, int64 or
/// bool, and `requires_grad=true` or the name of the operation that made it.
///
/// A precision asks for so many digits after the point; with one, a scalar is written as the plain number it is.
///
/// ```
/// use wengert::prelude::*;
/// let x = Tensor::from(0.5).requires_grad();
/// assert_eq!(format!("{x} {x:.2}"), "tensor(0.5000, requires_grad=true) 0.50");
/// assert_eq!(format!("{:.1}", Tensor::from([0.25, 1.0])), "tensor([0.2, 1.0])");
/// ```
impl fmt::Display for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.precision().is_some()
            && self.ndim() == 0
            && let Ok(array) = self.array()
        {
            return match array {
                Array::F32(value) => fmt::Display::fmt(value, f),
                Array::F64(value) => fmt::Display::fmt(value, f),
                whole => fmt::Display::fmt(&whole.to_f64().map_err(|_| fmt::Error)?, f),
            };
        }
        let history = match self.grad_fn() {
            Some(node) => format!("grad_fn=<{}>", node.name()),
            None if self.is_tracked() => "requires_grad=true".into(),
            None => String::new(),
        };
        let dtype = match self.dtype() {
            DType::F64 | DType::I64 | DType::Bool => String::new(),
            dtype => format!("dtype={dtype}"),
        };
        match self.array() {
            Ok(array) => {
                let style = Style { precision: f.precision().unwrap_or(4), ..Style::default() };
                f.write_str(&format_with(array, "tensor(", &[&dtype, &history], &style))
            }
            Err(_) => {
                write!(f, "tensor(<{}>, shape={}, dtype={})", self.hidden_by(), Shape::from(self.shape()), self.dtype())
            }
        }
    }
}

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Tensor {
    fn hidden_by(&self) -> &'static str {
        match &self.0 {
            Repr::Wrapped(wrapped) => match &wrapped.wrap {
                Wrap::Batched { .. } => "batched",
                Wrap::Traced { .. } => "traced",
                Wrap::Reverse { primal, .. } | Wrap::Forward { primal, .. } => primal.hidden_by(),
            },
            _ => "value",
        }
    }
}
