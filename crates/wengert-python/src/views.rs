//! Views: cells that look into another cell, and what it means to write through one.

use std::sync::Arc;

use pyo3::prelude::*;
use wengert::{Array, DType, Error, Index, Result, Shape, Slice, Tensor};

use crate::cell::{Cell, Link, cell_of, object, run};
use crate::errors::{OrRaise, complain};
use crate::flavour::{Complaint, Flavour};
use crate::operand::beside;

/// The way from a base to a view of it.
#[derive(Clone, Debug)]
pub enum Path {
    /// Whole numbers, slices and new axes.
    Index(Arc<[Index]>),
    Reshape(Shape),
    Permute(Arc<[isize]>),
    Broadcast(Shape),
    Diagonal {
        offset: isize,
        rows: isize,
        columns: isize,
    },
    /// The same values without their history.
    Detach,
}

fn lengths(shape: &[usize]) -> Vec<isize> {
    shape.iter().map(|&length| length as isize).collect()
}

impl Path {
    /// The view's value.
    pub fn read(&self, base: &Tensor) -> Result<Tensor> {
        match self {
            Path::Index(index) => base.try_i(index.to_vec()),
            Path::Reshape(shape) => base.try_reshape(&lengths(shape)[..]),
            Path::Permute(axes) => base.try_permute(&axes[..]),
            Path::Broadcast(shape) => base.try_broadcast_to(&lengths(shape)[..]),
            Path::Diagonal { offset, rows, columns } => base.try_diagonal(*offset, *rows, *columns),
            Path::Detach => Ok(base.detach()),
        }
    }

    /// The base's value once the view's is `part`.
    pub fn write(&self, base: &Tensor, part: &Tensor) -> Result<Tensor> {
        match self {
            Path::Index(index) => base.try_with(index.to_vec(), part),
            Path::Reshape(_) => part.try_reshape(&lengths(base.shape())[..]),
            Path::Permute(axes) => {
                let mut back = vec![0; axes.len()];
                for (to, &from) in axes.iter().enumerate() {
                    let from = if from < 0 { from + axes.len() as isize } else { from };
                    back[from as usize] = to as isize;
                }
                part.try_permute(&back[..])
            }
            Path::Broadcast(shape) if shape.iter().product::<usize>() == base.len() => {
                part.try_reshape(&lengths(base.shape())[..])
            }
            Path::Broadcast(_) => Err(Error::argument(
                "in-place operation",
                "more than one element of the written-to tensor refers to a single memory location: \
                 write to a `.clone()` of the expanded tensor",
            )),
            Path::Diagonal { offset, rows, columns } => {
                let count = base.len();
                let places = Tensor::try_arange_as(0.0, count as f64, 1.0, DType::I64)?;
                let places = places.try_reshape(&lengths(base.shape())[..])?;
                let places = places.try_diagonal(*offset, *rows, *columns)?.try_reshape([-1])?;
                let flat = base.try_reshape([-1])?.try_with(vec![Index::Tensor(places)], part.try_reshape([-1])?)?;
                flat.try_reshape(&lengths(base.shape())[..])
            }
            Path::Detach => base.overwritten(part),
        }
    }
}

/// A view of a cell. TensorFlow's tensors never change, so their views need not remember where they came from.
pub fn view<'py>(py: Python<'py>, base: &Bound<'py, Cell>, path: Path) -> PyResult<Bound<'py, PyAny>> {
    let cell = base.get();
    let flavour = cell.flavour;
    let whole = cell.value(py)?;
    let part = run(py, 0, || path.read(&whole)).or_raise(py, flavour)?;
    if flavour == Flavour::Tf {
        return object(py, Cell::new(flavour, part));
    }
    let seen = cell.lock().version;
    let looker = cell.looker();
    object(py, Cell::view(flavour, part, Link { base: base.clone().unbind(), path, seen, looker }))
}

/// A view if `base` can be written through, of a shape worked out from its value.
fn view_with<'py>(
    py: Python<'py>,
    base: &Bound<'py, Cell>,
    path: impl FnOnce(&Tensor) -> Result<Path> + Send,
) -> PyResult<Bound<'py, PyAny>> {
    let whole = base.get().value(py)?;
    let path = run(py, 0, || path(&whole)).or_raise(py, base.get().flavour)?;
    view(py, base, path)
}

/// Puts `new`, of the cell's shape and dtype, in the cell: through views to the base. With `data`, history stays as it
/// was.
pub fn write(py: Python<'_>, cell: &Bound<'_, Cell>, new: Tensor, data: bool) -> PyResult<()> {
    let flavour = cell.get().flavour;
    let link = {
        let state = cell.get().lock();
        state.link.as_ref().map(|link| (link.base.clone_ref(py), link.path.clone()))
    };
    let Some((base, path)) = link else { return write_base(py, cell.get(), new, data) };
    let base = base.bind(py);
    let detached = matches!(path, Path::Detach);
    let whole = base.get().value(py)?;
    if !data && !detached {
        spare_leaf(py, flavour, &whole, true)?;
    }
    let changed = match path {
        Path::Detach => new,
        _ if data => path.write(&whole.detach(), &new.detach()).or_raise(py, flavour)?,
        _ => path.write(&superseded(base.get(), &whole), &new).or_raise(py, flavour)?,
    };
    drop(whole);
    write(py, base, changed, data || detached)?;
    cell.get().value(py)?;
    Ok(())
}

/// The value of a cell that is about to change, as the handle under which the change itself may use it.
pub fn superseded(cell: &Cell, value: &Tensor) -> Tensor {
    if !wengert::autograd::is_grad_enabled() || !value.is_tracked() || value.is_leaf() {
        return value.clone();
    }
    let handle = value.superseded();
    cell.reset(handle.clone());
    handle
}

/// A leaf that requires grad may not be changed while operations are recorded, itself or through a view.
pub fn spare_leaf(py: Python<'_>, flavour: Flavour, value: &Tensor, view: bool) -> PyResult<()> {
    if !(value.is_tracked() && value.is_leaf() && wengert::autograd::is_grad_enabled()) {
        return Ok(());
    }
    let what = if view { "a view of a leaf Variable" } else { "a leaf Variable" };
    let text = format!(
        "{what} that requires grad is being used in an in-place operation. Do the update inside `no_grad()`, or on `.data`"
    );
    Err(complain(py, flavour, Complaint::Autograd, text))
}

fn write_base(py: Python<'_>, cell: &Cell, new: Tensor, data: bool) -> PyResult<()> {
    let flavour = cell.flavour;
    let old = cell.value(py)?;
    if data {
        let value = old.overwritten(&new).or_raise(py, flavour)?;
        return store(py, cell, old, value, true);
    }
    if old.is_tracked() {
        if !wengert::autograd::is_grad_enabled() {
            let value = old.overwritten(&new).or_raise(py, flavour)?;
            return store(py, cell, old, value, true);
        }
        spare_leaf(py, flavour, &old, false)?;
    }
    store(py, cell, old, new, false)
}

/// Stores a value; into the old memory if that is shared with NumPy and nobody else needs what is in it.
fn store(py: Python<'_>, cell: &Cell, old: Tensor, new: Tensor, same_history: bool) -> PyResult<()> {
    drop(old);
    let lent = {
        let state = cell.lock();
        state.shared.as_ref().and_then(|token| {
            let array = state.value.array().ok()?;
            let fits = array.dtype() == new.dtype() && array.shape() == new.shape();
            let alone = array.holders() <= 1 + state.onlookers();
            (fits && alone && array.memory().is_some()).then(|| (array.clone(), token.clone()))
        })
    };
    if let Some((array, token)) = lent
        && (!new.is_tracked() || same_history)
        && let Ok(values) = new.array()
    {
        copy_into(py, &array, &token, values)?;
        let value = new.overwritten(&Tensor::from(array)).or_raise(py, cell.flavour)?;
        let mut state = cell.lock();
        state.version = state.version.wrapping_add(1);
        let old = std::mem::replace(&mut state.value, value);
        drop(state);
        drop(old);
        return Ok(());
    }
    cell.set(new);
    Ok(())
}

/// Copies values into memory that NumPy shares.
fn copy_into(py: Python<'_>, to: &Array, token: &Arc<()>, values: &Array) -> PyResult<()> {
    if let Some(target) = crate::ndarray::shared(py, to, token, true)? {
        let source = crate::ndarray::copied(py, values)?;
        py.import("numpy")?.call_method1("copyto", (target, source))?;
    }
    Ok(())
}

/// What every in-place operation does: broadcast to the cell's shape, cast to its dtype, and write.
pub fn assign_value(py: Python<'_>, cell: &Bound<'_, Cell>, new: Tensor, data: bool) -> PyResult<()> {
    let flavour = cell.get().flavour;
    let old = cell.get().value(py)?;
    let mut new = new;
    if new.shape() != old.shape() {
        new = new.try_broadcast_to(&lengths(old.shape())[..]).or_raise(py, flavour)?;
    }
    if new.dtype() != old.dtype() {
        new = new.try_to_dtype(old.dtype()).or_raise(py, flavour)?;
    }
    drop(old);
    write(py, cell, new, data)
}

/// `x[...] = value` for all of `x`: broadcasts, casts, and writes through views.
#[pyfunction]
fn assign<'py>(py: Python<'py>, x: &Bound<'py, Cell>, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Cell>> {
    let old = x.get().value(py)?;
    let new = beside(py, x.get().flavour, value, &old)?;
    assign_value(py, x, new, false)?;
    Ok(x.clone())
}

/// Replaces the values of `x` and leaves its history alone: `x.data = value`.
#[pyfunction]
pub fn assign_data<'py>(
    py: Python<'py>,
    x: &Bound<'py, Cell>,
    value: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, Cell>> {
    let old = x.get().value(py)?;
    let new = beside(py, x.get().flavour, value, &old)?;
    if (new.shape() != old.shape() || new.dtype() != old.dtype()) && x.get().lock().link.is_none() {
        // A leaf may be given values of another shape or dtype: it is a new leaf then.
        let fresh = new.detach();
        let fresh = if old.is_tracked() { fresh.try_requires_grad().or_raise(py, x.get().flavour)? } else { fresh };
        x.get().set(fresh);
        return Ok(x.clone());
    }
    assign_value(py, x, new, true)?;
    Ok(x.clone())
}

/// Changes `x` in place: `f(x, *arguments)` is computed from the value that `x` is about to lose, and put in its place.
#[pyfunction]
#[pyo3(signature = (x, f, *arguments, **keywords))]
fn in_place<'py>(
    py: Python<'py>,
    x: &Bound<'py, Cell>,
    f: &Bound<'py, PyAny>,
    arguments: &Bound<'py, pyo3::types::PyTuple>,
    keywords: Option<&Bound<'py, pyo3::types::PyDict>>,
) -> PyResult<Bound<'py, Cell>> {
    let flavour = x.get().flavour;
    let old = x.get().value(py)?;
    spare_leaf(py, flavour, &old, false)?;
    let handle = object(py, Cell::new(flavour, superseded(x.get(), &old)))?;
    drop(old);
    let mut all = vec![handle];
    all.extend(arguments.iter());
    let result = f.call(pyo3::types::PyTuple::new(py, all)?, keywords)?;
    let Some(new) = cell_of(&result) else { return Err(crate::cell::not_a_cell(&result)) };
    let new = new.get().value(py)?;
    drop(result);
    assign_value(py, x, new, false)?;
    Ok(x.clone())
}

/// Makes `x` what `value` is: its values, shape, history, and what it looks into.
#[pyfunction]
fn r#become<'py>(py: Python<'py>, x: &Bound<'py, Cell>, value: &Bound<'py, Cell>) -> PyResult<Bound<'py, Cell>> {
    let tensor = value.get().value(py)?;
    let link = {
        let state = value.get().lock();
        state.link.as_ref().map(|link| (link.base.clone_ref(py), link.path.clone(), link.seen, link.looker.clone()))
    };
    // A view of `x` itself would look into what it has become.
    let link = link.filter(|(base, ..)| !base.is(x));
    let link = link.map(|(base, path, seen, looker)| Box::new(Link { base, path, seen, looker }));
    x.get().set(tensor);
    let old = std::mem::replace(&mut x.get().lock().link, link);
    drop(old);
    Ok(x.clone())
}

/// The elements in another shape; one length may be -1.
#[pyfunction(name = "view")]
fn view_function<'py>(py: Python<'py>, x: &Bound<'py, Cell>, shape: Lengths) -> PyResult<Bound<'py, PyAny>> {
    reshape(py, x, shape)
}

/// Whether `x` looks into another tensor.
#[pyfunction]
fn is_view(x: &Bound<'_, Cell>) -> bool {
    x.get().lock().link.is_some()
}

/// The cell at the end of the way; the cell itself if it is no view.
pub fn root<'py>(x: &Bound<'py, Cell>) -> Bound<'py, Cell> {
    let py = x.py();
    let mut found = x.clone();
    loop {
        let next = found.get().lock().link.as_ref().map(|link| link.base.clone_ref(py));
        match next {
            Some(cell) => found = cell.into_bound(py),
            None => return found,
        }
    }
}

/// The tensor that `x` looks into, at the end of the way.
#[pyfunction]
pub fn base<'py>(x: &Bound<'py, Cell>) -> Option<Bound<'py, Cell>> {
    let found = root(x);
    (!found.is(x)).then_some(found)
}

/// A shape or a list of axes: whole numbers.
pub struct Lengths(pub Vec<isize>);

impl<'py> FromPyObject<'_, 'py> for Lengths {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Lengths> {
        if let Ok(one) = object.extract::<isize>() {
            return Ok(Lengths(vec![one]));
        }
        let mut all = Vec::new();
        for item in object.try_iter()? {
            let item = item?;
            match item.extract::<isize>() {
                Ok(value) => all.push(value),
                Err(_) => {
                    let index = item.call_method0("__index__").map_err(|_| {
                        let name = item.get_type().name().map_or_else(|_| "an object".into(), |name| name.to_string());
                        crate::errors::type_error(format!("a shape or axis must be made of integers, not {name}"))
                    })?;
                    all.push(index.extract::<isize>()?);
                }
            }
        }
        Ok(Lengths(all))
    }
}

macro_rules! path_functions {
    ($($(#[$doc:meta])* fn $name:ident($x:ident $(, $arg:ident : $ty:ty $(= $default:expr)?)*) $path:expr)+) => {
        $(
            $(#[$doc])*
            #[pyfunction]
            #[pyo3(signature = (x $(, $arg $(= $default)?)*))]
            fn $name<'py>(py: Python<'py>, x: &Bound<'py, Cell> $(, $arg: $ty)*) -> PyResult<Bound<'py, PyAny>> {
                view_with(py, x, |$x| $path)
            }
        )+

        /// Adds the functions to the module.
        pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            module.add_function(wrap_pyfunction!(assign, module)?)?;
            module.add_function(wrap_pyfunction!(assign_data, module)?)?;
            module.add_function(wrap_pyfunction!(in_place, module)?)?;
            module.add_function(wrap_pyfunction!(r#become, module)?)?;
            module.add_function(wrap_pyfunction!(view_function, module)?)?;
            module.add_function(wrap_pyfunction!(is_view, module)?)?;
            module.add_function(wrap_pyfunction!(unbind, module)?)?;
            module.add_function(wrap_pyfunction!(split, module)?)?;
            module.add_function(wrap_pyfunction!(base, module)?)
        }
    };
}

fn shaped(x: &Tensor, shape: &[isize]) -> Result<Path> {
    Ok(Path::Reshape(Shape::from(x.detach().try_reshape(shape)?.shape())))
}

fn axis(op: &'static str, axis: isize, ndim: usize) -> Result<usize> {
    wengert::axis(op, axis, ndim).map_err(Error::from)
}

fn indexed(ndim_before: usize, part: Index) -> Path {
    let mut index = vec![Index::Range(Slice::new(None, None, 1)); ndim_before];
    index.push(part);
    Path::Index(index.into())
}

path_functions! {
    /// The elements in another shape; one length may be -1.
    fn reshape(x, shape: Lengths) shaped(x, &shape.0)
    /// The axes in another order.
    fn permute(x, axes: Lengths) {
        x.detach().try_permute(&axes.0[..])?;
        Ok(Path::Permute(axes.0.into()))
    }
    /// Two axes exchanged.
    fn transpose(x, a: isize, b: isize) {
        let (a, b) = if x.ndim() == 0 { (0, 0) } else { (axis("transpose", a, x.ndim())?, axis("transpose", b, x.ndim())?) };
        let mut axes: Vec<isize> = (0..x.ndim() as isize).collect();
        if !axes.is_empty() {
            axes.swap(a, b);
        }
        Ok(Path::Permute(axes.into()))
    }
    /// Without axes of length 1: those named, or all of them.
    fn squeeze(x, axes: Option<Lengths> = None) {
        let mut gone = vec![false; x.ndim()];
        match &axes {
            None => gone.iter_mut().zip(x.shape()).for_each(|(gone, &length)| *gone = length == 1),
            Some(axes) => {
                for &at in &axes.0 {
                    if x.ndim() > 0 || !(-1..=0).contains(&at) {
                        let at = axis("squeeze", at, x.ndim())?;
                        gone[at] = x.shape()[at] == 1;
                    }
                }
            }
        }
        Ok(Path::Reshape(x.shape().iter().zip(&gone).filter(|(_, gone)| !**gone).map(|(&length, _)| length).collect()))
    }
    /// With new axes of length 1 at these places of the result.
    fn expand_dims(x, axes: Lengths) Ok(Path::Reshape(Shape::from(x.detach().try_expand_dims(&axes.0[..])?.shape())))
    /// Repeated along axes of length 1, without copying.
    fn broadcast_to(x, shape: Lengths) Ok(Path::Broadcast(Shape::from(x.detach().try_broadcast_to(&shape.0[..])?.shape())))
    /// As `broadcast_to`; -1 keeps a length.
    fn expand(x, shape: Lengths) Ok(Path::Broadcast(Shape::from(x.detach().try_expand(&shape.0[..])?.shape())))
    /// One axis moved to another place.
    fn movedim(x, source: isize, destination: isize) {
        let (from, to) = (axis("movedim", source, x.ndim())?, axis("movedim", destination, x.ndim())?);
        let mut axes: Vec<isize> = (0..x.ndim() as isize).filter(|&axis| axis != from as isize).collect();
        axes.insert(to, from as isize);
        Ok(Path::Permute(axes.into()))
    }
    /// `length` entries of an axis from `start` on.
    fn narrow(x, axis: isize, start: isize, length: usize) {
        let at = self::axis("narrow", axis, x.ndim())?;
        x.detach().try_narrow(axis, start, length)?;
        let start = if start < 0 { start + x.shape()[at] as isize } else { start };
        Ok(indexed(at, Index::Range(Slice::new(Some(start), Some(start + length as isize), 1))))
    }
    /// One entry of an axis, which goes away.
    fn select(x, axis: isize, index: isize) Ok(indexed(self::axis("select", axis, x.ndim())?, Index::At(index)))
    /// A range of an axis.
    fn slice(x, axis: isize, start: Option<isize> = None, stop: Option<isize> = None, step: isize = 1)
        Ok(indexed(self::axis("slice", axis, x.ndim())?, Index::Range(Slice::new(start, stop, step))))
    /// A diagonal of two axes, as the last axis.
    fn diagonal(x, offset: isize = 0, axis1: isize = 0, axis2: isize = 1) {
        x.detach().try_diagonal(offset, axis1, axis2)?;
        Ok(Path::Diagonal { offset, rows: axis1, columns: axis2 })
    }
    /// The same values without their history.
    fn detach(_x) Ok(Path::Detach)
}

/// The entries of an axis, each by itself.
#[pyfunction]
#[pyo3(signature = (x, axis=0))]
fn unbind<'py>(py: Python<'py>, x: &Bound<'py, Cell>, axis: isize) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let flavour = x.get().flavour;
    let whole = x.get().value(py)?;
    let at = self::axis("unbind", axis, whole.ndim()).or_raise(py, flavour)?;
    (0..whole.shape()[at]).map(|i| view(py, x, indexed(at, Index::At(i as isize)))).collect()
}

/// Parts of an axis of these sizes.
#[pyfunction]
#[pyo3(signature = (x, sizes, axis=0))]
fn split<'py>(
    py: Python<'py>,
    x: &Bound<'py, Cell>,
    sizes: Vec<usize>,
    axis: isize,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let flavour = x.get().flavour;
    let whole = x.get().value(py)?;
    let at = self::axis("split", axis, whole.ndim()).or_raise(py, flavour)?;
    if sizes.iter().sum::<usize>() != whole.shape()[at] {
        let text = format!(
            "split: the sizes {sizes:?} must sum to {}, the length of axis {axis} of a tensor of shape {}",
            whole.shape()[at],
            Shape::from(whole.shape())
        );
        return Err(complain(py, flavour, Complaint::Shape, text));
    }
    let mut start = 0;
    let mut parts = Vec::with_capacity(sizes.len());
    for size in sizes {
        let range = Slice::new(Some(start as isize), Some((start + size) as isize), 1);
        parts.push(view(py, x, indexed(at, Index::Range(range)))?);
        start += size;
    }
    Ok(parts)
}
