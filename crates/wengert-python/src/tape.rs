//! TensorFlow's way: a tape that records what is done to the cells that it watches.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use wengert::{GradientTape, Result, Tensor};

use crate::callback::{List, apart};
use crate::cell::{Arg, Cell, Out};
use crate::errors::{OrRaise, argument_error};
use crate::flavour::Flavour;
use crate::transforms::Running;

/// A tape. It records between `enter` and `exit`, and answers there and afterwards.
///
/// A source is the cell that was watched, whatever it holds by now, or any cell that was computed from it. What the tape
/// did not record has the gradient None.
#[pyclass(frozen, weakref, module = "wengert._wengert")]
struct Tape {
    /// Whether the tape answers more than once.
    #[pyo3(get)]
    persistent: bool,
    /// Whether the front end watches variables by itself as they are read. The tape only remembers it.
    #[pyo3(get)]
    watch_accessed: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Made when the tape is entered first: tapes are numbered as they are nested.
    tape: Option<Arc<GradientTape>>,
    entered: bool,
    /// The cells that are watched, and what each was as the tape's: several times for a cell that was given another value.
    watched: Vec<(Py<Cell>, Tensor)>,
}

impl Tape {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The engine's tape, which starts to record when it is first asked for.
    fn tape(&self) -> Arc<GradientTape> {
        let make = || Arc::new(GradientTape::new().persistent(self.persistent));
        self.lock().tape.get_or_insert_with(make).clone()
    }

    /// What the tape recorded each source as: one or several handles, with the number of the source.
    fn handles(&self, py: Python<'_>, sources: &[Bound<'_, Cell>]) -> PyResult<Vec<(usize, Tensor)>> {
        let mut handles = Vec::with_capacity(sources.len());
        for (i, source) in sources.iter().enumerate() {
            let before = handles.len();
            let state = self.lock();
            handles
                .extend(state.watched.iter().filter(|(cell, _)| cell.is(source)).map(|(_, known)| (i, known.clone())));
            drop(state);
            if handles.len() == before {
                handles.push((i, source.get().value(py)?));
            }
        }
        Ok(handles)
    }

    /// Asks the tape for something at each handle, and adds up what belongs to one source.
    fn ask(
        &self,
        py: Python<'_>,
        sources: &[Bound<'_, Cell>],
        question: impl FnOnce(&GradientTape, &[Tensor]) -> Result<Vec<Option<Tensor>>> + Send,
    ) -> PyResult<Vec<Option<Out>>> {
        let flavours: Vec<Flavour> = sources.iter().map(|source| source.get().flavour).collect();
        let (places, handles): (Vec<usize>, Vec<Tensor>) = self.handles(py, sources)?.into_iter().unzip();
        let tape = self.tape();
        let answer = || {
            let mut sums: Vec<Option<Tensor>> = vec![None; flavours.len()];
            for (place, part) in places.into_iter().zip(question(&tape, &handles)?) {
                sums[place] = match (sums[place].take(), part) {
                    (Some(sum), Some(part)) => Some(sum.try_add(part)?),
                    (sum, part) => sum.or(part),
                };
            }
            Ok(sums)
        };
        let flavour = flavours.first().copied().unwrap_or(Flavour::Tf);
        let sums: Vec<Option<Tensor>> = crate::cell::run(py, usize::MAX, answer).or_raise(py, flavour)?;
        Ok(sums.into_iter().zip(flavours).map(|(sum, flavour)| sum.map(|sum| Out(flavour, sum))).collect())
    }
}

#[pymethods]
impl Tape {
    #[new]
    #[pyo3(signature = (persistent=false, watch_accessed=true))]
    fn new(persistent: bool, watch_accessed: bool) -> Tape {
        Tape { persistent, watch_accessed, state: Mutex::default() }
    }

    /// Starts recording, or goes on with it.
    fn enter(&self) -> PyResult<()> {
        let mut state = self.lock();
        if state.entered {
            return Err(argument_error("the tape is recording already"));
        }
        state.entered = true;
        let known = state.tape.clone();
        drop(state);
        match known {
            Some(tape) => tape.resume(),
            None => drop(self.tape()),
        }
        Ok(())
    }

    /// Ends recording. The tape goes on answering.
    fn exit(&self) {
        let mut state = self.lock();
        if std::mem::take(&mut state.entered)
            && let Some(tape) = &state.tape
        {
            tape.pause();
        }
    }

    /// Whether the tape is between `enter` and `exit`.
    #[getter]
    fn recording(&self) -> bool {
        self.lock().entered
    }

    /// Makes the cell one of this tape: what is computed from it from now on is recorded. Integers are left alone.
    fn watch(&self, py: Python<'_>, cell: &Bound<'_, Cell>) -> PyResult<()> {
        let value = cell.get().value(py)?;
        let tape = self.tape();
        if tape.records(&value) && self.lock().watched.iter().any(|(known, _)| known.is(cell)) {
            return Ok(());
        }
        let handle = tape.watch_anew(&value).or_raise(py, cell.get().flavour)?;
        cell.get().reset(handle.clone());
        self.lock().watched.push((cell.clone().unbind(), handle));
        Ok(())
    }

    /// The cells that are watched, each once, in the order in which they were watched first.
    fn watched(&self, py: Python<'_>) -> Vec<Py<Cell>> {
        let mut cells: Vec<Py<Cell>> = Vec::new();
        for (cell, _) in &self.lock().watched {
            if !cells.iter().any(|known| known.is(cell)) {
                cells.push(cell.clone_ref(py));
            }
        }
        cells
    }

    /// Records nothing until `resume`. Pauses nest.
    fn pause(&self) {
        self.tape().pause();
    }

    /// Ends one `pause`.
    fn resume(&self) {
        self.tape().resume();
    }

    /// Forgets what was recorded and watched.
    fn reset(&self) {
        let mut state = self.lock();
        if let Some(tape) = &state.tape {
            tape.reset();
        }
        let watched = std::mem::take(&mut state.watched);
        drop(state);
        drop(watched);
    }

    /// The gradient of the sum of the targets with respect to each source; None where nothing connects them.
    #[pyo3(signature = (targets, sources, output_gradients=None))]
    fn gradient<'py>(
        &self,
        py: Python<'py>,
        targets: List<Arg>,
        sources: List<Bound<'py, Cell>>,
        output_gradients: Option<List<Arg>>,
    ) -> PyResult<Vec<Option<Out>>> {
        let (targets, _) = apart(targets);
        let cotangents = output_gradients.map(|all| apart(all).0);
        self.ask(py, &sources, |tape, handles| tape.gradient_recorded(&targets, handles, cotangents.as_deref()))
    }

    /// The Jacobian of the target with respect to each source: the target's shape followed by the source's.
    fn jacobian<'py>(
        &self,
        py: Python<'py>,
        target: Arg,
        sources: List<Bound<'py, Cell>>,
    ) -> PyResult<Vec<Option<Out>>> {
        let _running = Running::enter();
        self.ask(py, &sources, |tape, handles| tape.jacobian_recorded(&target.value, handles))
    }

    /// The Jacobian of each element of a batch of targets with respect to the element of the source at its place.
    fn batch_jacobian(&self, py: Python<'_>, target: Arg, source: Bound<'_, Cell>) -> PyResult<Option<Out>> {
        let _running = Running::enter();
        let mut found = self.ask(py, &[source], |tape, handles| {
            handles.iter().map(|handle| tape.batch_jacobian_recorded(&target.value, handle)).collect()
        })?;
        Ok(found.pop().flatten())
    }
}

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Tape>()
}
