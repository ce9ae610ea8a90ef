//! The cell: a place that holds one tensor of the engine after the other, which is what a Python tensor is.
//!
//! A tensor of the engine never changes. An in-place operation puts a new one in the cell; a view's cell remembers its
//! base and the way from there, writes through it, and reads the base anew when it has moved on.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::PyTypeInfo;
use pyo3::prelude::*;
use wengert::Tensor;

use crate::errors::{OrRaise, type_error};
use crate::flavour::Flavour;
use crate::views::Path;

/// What tensors of all conventions have in common.
#[pyclass(subclass, mapping, weakref, dict, frozen, module = "wengert._wengert")]
pub struct Cell {
    pub flavour: Flavour,
    state: Mutex<State>,
}

pub struct State {
    pub value: Tensor,
    pub version: u32,
    /// Where a view looks.
    pub link: Option<Box<Link>>,
    /// The cell that `.grad` gives.
    pub grad: Option<Py<Cell>>,
    /// The leaf whose gradients this cell collects.
    pub collects: Option<Box<Tensor>>,
    /// There if the memory is shared with somebody outside who expects to see in-place changes; held once more by every
    /// NumPy array that lies in it.
    pub shared: Option<Arc<()>>,
    /// Held once more by every view that looks into this memory; there once there is a view.
    pub lookers: Option<Arc<()>>,
}

impl State {
    /// How many NumPy arrays and views are known to look into this memory; whatever else holds it may be a graph.
    pub fn onlookers(&self) -> usize {
        let count = |token: &Option<Arc<()>>| token.as_ref().map_or(0, |token| Arc::strong_count(token) - 1);
        count(&self.shared) + count(&self.lookers)
    }
}

pub struct Link {
    pub base: Py<Cell>,
    pub path: Path,
    pub seen: u32,
    /// Counts this view among those that look into the memory of the cell at the end of the way.
    pub looker: Arc<()>,
}

impl Cell {
    #[inline]
    pub fn new(flavour: Flavour, value: Tensor) -> Cell {
        let state = State { value, version: 0, link: None, grad: None, collects: None, shared: None, lookers: None };
        Cell { flavour, state: Mutex::new(state) }
    }

    pub fn view(flavour: Flavour, value: Tensor, link: Link) -> Cell {
        let mut cell = Cell::new(flavour, value);
        cell.state.get_mut().unwrap_or_else(PoisonError::into_inner).link = Some(Box::new(link));
        cell
    }

    /// The state. Nothing that may run Python code (a finaliser, say) may happen while it is held.
    #[inline]
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tensor that the cell holds now.
    #[inline]
    pub fn value(&self, py: Python<'_>) -> PyResult<Tensor> {
        let state = self.lock();
        if state.link.is_none() && state.collects.is_none() {
            return Ok(state.value.clone());
        }
        drop(state);
        self.refreshed(py)
    }

    #[cold]
    fn refreshed(&self, py: Python<'_>) -> PyResult<Tensor> {
        let state = self.lock();
        if let Some(leaf) = &state.collects {
            let leaf = (**leaf).clone();
            drop(state);
            crate::gradients::collect(py, self, &leaf)?;
            return Ok(self.lock().value.clone());
        }
        let Some(link) = &state.link else { return Ok(state.value.clone()) };
        let (base, path, seen) = (link.base.clone_ref(py), link.path.clone(), link.seen);
        drop(state);
        let base = base.bind(py).get();
        let whole = base.value(py)?;
        let version = base.version(py)?;
        if version != seen {
            let mut part = path.read(&whole).or_raise(py, self.flavour)?;
            // A view that was made a leaf of its own stays that leaf.
            let own = self.lock().value.clone();
            if own.is_tracked() && own.is_leaf() && !part.is_tracked() {
                part = own.overwritten(&part).or_raise(py, self.flavour)?;
            }
            drop(own);
            let looker = base.looker();
            let mut state = self.lock();
            state.version = state.version.wrapping_add(1);
            if let Some(link) = &mut state.link {
                link.seen = version;
                link.looker = looker;
            }
            let old = std::mem::replace(&mut state.value, part);
            drop(state);
            drop(old);
        }
        Ok(self.lock().value.clone())
    }

    /// How often the value has changed.
    pub fn version(&self, py: Python<'_>) -> PyResult<u32> {
        if self.lock().link.is_some() {
            self.refreshed(py)?;
        }
        Ok(self.lock().version)
    }

    /// What a view of this cell holds to be counted.
    pub fn looker(&self) -> Arc<()> {
        let mut state = self.lock();
        match &state.link {
            Some(link) => link.looker.clone(),
            None => state.lookers.get_or_insert_with(Arc::default).clone(),
        }
    }

    /// Puts a value in the cell that is not a view. NumPy arrays and views that look into the old memory count no more.
    pub fn set(&self, value: Tensor) {
        let mut state = self.lock();
        state.version = state.version.wrapping_add(1);
        state.shared = None;
        state.lookers = None;
        let old = std::mem::replace(&mut state.value, value);
        drop(state);
        drop(old);
    }

    /// Puts a value in the cell without counting it as a change: the same numbers with another history.
    pub fn reset(&self, value: Tensor) {
        let old = std::mem::replace(&mut self.lock().value, value);
        drop(old);
    }
}

macro_rules! classes {
    ($($class:ident $flavour:ident $name:literal $module:literal;)+) => {$(
        #[doc = concat!("A tensor in the conventions of the `", stringify!($flavour), "` front end.")]
        #[pyclass(extends = Cell, subclass, mapping, frozen, name = $name, module = $module)]
        pub struct $class;

        impl $class {
            #[inline]
            fn object<'py>(py: Python<'py>, cell: Cell) -> PyResult<Bound<'py, PyAny>> {
                Ok(Bound::new(py, PyClassInitializer::from(cell).add_subclass($class))?.into_any())
            }
        }

        #[pymethods]
        impl $class {
            #[new]
            #[pyo3(signature = (*data, dtype=None))]
            fn new(
                data: &Bound<'_, pyo3::types::PyTuple>,
                dtype: Option<crate::flavour::DTypeLike>,
                py: Python<'_>,
            ) -> PyResult<PyClassInitializer<$class>> {
                let flavour = Flavour::$flavour;
                let value = crate::data::construct(py, flavour, data, dtype.map(|dtype| dtype.0))?;
                Ok(PyClassInitializer::from(Cell::new(flavour, value)).add_subclass($class))
            }
        }
    )+

        /// A cell as an object of the class of its flavour.
        #[inline]
        pub fn object(py: Python<'_>, cell: Cell) -> PyResult<Bound<'_, PyAny>> {
            match cell.flavour {
                $(Flavour::$flavour => $class::object(py, cell),)+
            }
        }

        /// The flavour of a class of cells.
        pub fn flavour_of(class: &Bound<'_, pyo3::types::PyType>) -> PyResult<Flavour> {
            $(
                if class.is_subclass(&$class::type_object(class.py()))? {
                    return Ok(Flavour::$flavour);
                }
            )+
            Err(type_error("expected the class Tensor, Array or EagerTensor"))
        }

        /// A cell as an object of a class, which may be a subclass written in Python.
        pub fn object_of<'py>(class: &Bound<'py, pyo3::types::PyType>, cell: Cell) -> PyResult<Bound<'py, PyAny>> {
            let py = class.py();
            $(
                let native = $class::type_object(py);
                if cell.flavour == Flavour::$flavour && !class.is(&native) {
                    let whole = object(py, cell)?;
                    return native.call_method1("__new__", (class, whole));
                }
            )+
            object(py, cell)
        }

        /// Adds the classes to the module.
        pub fn add_classes(module: &Bound<'_, PyModule>) -> PyResult<()> {
            module.add_class::<Cell>()?;
            $(module.add_class::<$class>()?;)+
            Ok(())
        }
    };
}
classes! {
    TorchTensor Torch "Tensor" "wengert";
    NumpyArray Numpy "Array" "wengert.numpy";
    TfTensor Tf "EagerTensor" "wengert.tensorflow";
}

/// A tensor as a new Python object.
#[inline]
pub fn give(py: Python<'_>, flavour: Flavour, value: Tensor) -> PyResult<Bound<'_, PyAny>> {
    object(py, Cell::new(flavour, value))
}

/// The cell in a Python object, if it is one.
#[inline]
pub fn cell_of<'a, 'py>(object: &'a Bound<'py, PyAny>) -> Option<&'a Bound<'py, Cell>> {
    object.cast::<Cell>().ok()
}

/// A cell handed to a function: its tensor and its conventions. Anything that is not a cell is a TypeError.
pub struct Arg {
    pub flavour: Flavour,
    pub value: Tensor,
}

impl<'py> FromPyObject<'_, 'py> for Arg {
    type Error = PyErr;

    #[inline]
    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Arg> {
        if let Ok(cell) = object.cast::<Cell>() {
            let cell = cell.get();
            return Ok(Arg { flavour: cell.flavour, value: cell.value(object.py())? });
        }
        match stand_in(&object)? {
            Some(cell) => Ok(Arg { flavour: cell.get().flavour, value: cell.get().value(object.py())? }),
            None => Err(not_a_cell(&object)),
        }
    }
}

/// The cell that an object of another kind stands for (a variable of TensorFlow's conventions, say): what its method
/// `__wengert__` returns.
pub fn stand_in<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, Cell>>> {
    match object.getattr_opt(pyo3::intern!(object.py(), "__wengert__"))? {
        Some(method) if !object.is_instance_of::<pyo3::types::PyType>() => {
            Ok(Some(method.call0()?.cast_into::<Cell>()?))
        }
        _ => Ok(None),
    }
}

/// The complaint about something that should have been a tensor.
#[cold]
pub fn not_a_cell(object: &Bound<'_, PyAny>) -> PyErr {
    let name = object.get_type().name().map_or_else(|_| "an object".into(), |name| name.to_string());
    type_error(format!("expected a Tensor, got {name}: make one of it first, for example with `tensor(…)`"))
}

/// A result of a function: its flavour and its tensor.
pub struct Out(pub Flavour, pub Tensor);

impl<'py> IntoPyObject<'py> for Out {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    #[inline]
    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        give(py, self.0, self.1)
    }
}

/// From so many elements on, other Python threads may run meanwhile.
const HEAVY: usize = 1 << 14;

/// Runs `f`, without the interpreter's lock if there are many elements. Should it panic, which is a bug, that is an error
/// like others: nothing but exceptions reaches Python.
#[inline]
pub fn run<T: Send>(
    py: Python<'_>,
    elements: usize,
    f: impl FnOnce() -> wengert::Result<T> + Send,
) -> wengert::Result<T> {
    let caught = || catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|panic| Err(bug(&*panic)));
    if elements >= HEAVY { py.detach(caught) } else { caught() }
}

#[cold]
fn bug(panic: &(dyn Any + Send)) -> wengert::Error {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    wengert::Error::argument("internal error", format!("{}; please report it", text.unwrap_or("a panic")))
}

impl Arg {
    /// Does `f` to the tensor; its errors become exceptions.
    #[inline]
    pub fn map(&self, py: Python<'_>, f: impl FnOnce(&Tensor) -> wengert::Result<Tensor> + Send) -> PyResult<Out> {
        Ok(Out(self.flavour, self.with(py, f)?))
    }

    /// Does `f` to the tensor, whatever it gives.
    pub fn with<T: Send>(&self, py: Python<'_>, f: impl FnOnce(&Tensor) -> wengert::Result<T> + Send) -> PyResult<T> {
        let value = &self.value;
        run(py, value.len(), || f(value)).or_raise(py, self.flavour)
    }
}
