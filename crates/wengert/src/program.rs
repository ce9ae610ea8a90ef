//! A program: what a traced function does, as a value.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use wengert_array::Shape;

use crate::apply::{Blame, apply_at};
use crate::error::{Error, Result};
use crate::interpreters::trace::Tracer;
use crate::level::LevelGuard;
use crate::prim::{Outs, Prim, Spec};
use crate::tensor::Tensor;
use crate::tree::{Tree, leaves};

/// An operand of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Atom {
    /// The value of a variable: first the inputs, then the results of the steps, in order.
    Variable(usize),
    /// A constant that the traced function closed over.
    Constant(usize),
}

/// One application of a primitive.
#[derive(Clone, Debug)]
pub struct Step {
    prim: Prim,
    inputs: Vec<Atom>,
    first_output: usize,
    outputs: usize,
    location: &'static Location<'static>,
}

impl Step {
    pub(crate) fn new(prim: Prim, inputs: Vec<Atom>, location: &'static Location<'static>) -> Step {
        Step { prim, inputs, first_output: 0, outputs: 0, location }
    }

    /// The primitive.
    #[must_use]
    pub fn prim(&self) -> &Prim {
        &self.prim
    }

    /// The operands.
    #[must_use]
    pub fn inputs(&self) -> &[Atom] {
        &self.inputs
    }

    /// The variables that it assigns.
    #[must_use]
    pub fn outputs(&self) -> std::ops::Range<usize> {
        self.first_output..self.first_output + self.outputs
    }

    /// The line of the traced function that made it.
    #[must_use]
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }
}

/// A flat list of primitive applications in single-assignment form, made by [`trace`].
///
/// A program can be run, printed, compared, and differentiated or batched like any function: it is
/// run by applying its steps, so every transform sees through it.
///
/// ```
/// use wengert::prelude::*;
/// let x = Tensor::from(2.0);
/// let program = trace(|x: &Tensor| x.sin() * x, &x)?;
/// assert_eq!(program.steps().len(), 2);
/// assert_eq!(program.run(&[&x])?[0].item(), 2.0_f64.sin() * 2.0);
/// println!("{program}");
/// # Ok::<(), wengert::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Program {
    inputs: usize,
    specs: Vec<Spec>,
    constants: Vec<Tensor>,
    steps: Vec<Step>,
    results: Vec<Atom>,
}

impl Program {
    pub(crate) fn add_input(&mut self, spec: Spec) -> usize {
        self.inputs += 1;
        self.specs.push(spec);
        self.specs.len() - 1
    }

    pub(crate) fn add_constant(&mut self, tensor: Tensor) -> Atom {
        self.constants.push(tensor);
        Atom::Constant(self.constants.len() - 1)
    }

    /// Adds a step and returns its first output variable.
    pub(crate) fn add_step(&mut self, mut step: Step, outs: &Outs<Spec>) -> usize {
        step.first_output = self.specs.len();
        step.outputs = outs.len();
        self.specs.extend(outs.iter().cloned());
        self.steps.push(step);
        self.specs.len() - outs.len()
    }

    pub(crate) fn add_result(&mut self, atom: Atom) {
        self.results.push(atom);
    }

    /// The specs of the inputs.
    #[must_use]
    pub fn inputs(&self) -> &[Spec] {
        &self.specs[..self.inputs]
    }

    /// The shape and dtype of a variable.
    pub(crate) fn spec(&self, variable: usize) -> &Spec {
        &self.specs[variable]
    }

    /// The steps in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The constants that the traced function closed over.
    #[must_use]
    pub fn constants(&self) -> &[Tensor] {
        &self.constants
    }

    /// The program with zeros in the place of some constants, for [`Program::run_with`].
    pub(crate) fn without_constants(mut self, places: &[usize]) -> Program {
        places.iter().for_each(|&place| self.constants[place] = Tensor::from(0.0));
        self
    }

    /// What the program returns.
    #[must_use]
    pub fn results(&self) -> &[Atom] {
        &self.results
    }

    /// Runs the program. A value is dropped after its last use.
    ///
    /// # Errors
    /// If the inputs are not of the number, shapes and dtypes that were traced.
    #[track_caller]
    pub fn run(&self, inputs: &[&Tensor]) -> Result<Vec<Tensor>> {
        self.run_with(inputs, &self.constants)
    }

    /// [`Program::run`] with other constants in the place of its own.
    #[track_caller]
    pub(crate) fn run_with(&self, inputs: &[&Tensor], constants: &[Tensor]) -> Result<Vec<Tensor>> {
        if inputs.len() != self.inputs {
            return Err(Error::argument(
                "program",
                format!("traced with {} inputs, run with {}: trace it again", self.inputs, inputs.len()),
            )
            .or_at(Location::caller()));
        }
        for (i, (input, spec)) in inputs.iter().zip(self.inputs()).enumerate() {
            if input.spec() != *spec {
                return Err(Error::argument(
                    "program",
                    format!("input {i} was traced as {spec} but is {}: trace it again for this shape", input.spec()),
                )
                .or_at(Location::caller()));
            }
        }
        let last_use = self.last_uses();
        let mut values: Vec<Option<Tensor>> = vec![None; self.specs.len()];
        for (value, input) in values.iter_mut().zip(inputs) {
            *value = Some((*input).clone());
        }
        for (s, step) in self.steps.iter().enumerate() {
            let _blame = Blame::on(step.location);
            let operands =
                step.inputs.iter().map(|atom| value(&values, constants, *atom)).collect::<Result<Vec<&Tensor>>>()?;
            let outs = apply_at(&step.prim, &operands, step.location)?;
            for (variable, out) in step.outputs().zip(outs) {
                values[variable] = Some(out);
            }
            for atom in &step.inputs {
                if let Atom::Variable(variable) = atom
                    && last_use[*variable] == s
                {
                    values[*variable] = None;
                }
            }
        }
        self.results.iter().map(|atom| value(&values, constants, *atom).cloned()).collect()
    }

    /// The step after which each variable is not read any more.
    fn last_uses(&self) -> Vec<usize> {
        let mut last = vec![usize::MAX; self.specs.len()];
        for (s, step) in self.steps.iter().enumerate() {
            for atom in &step.inputs {
                if let Atom::Variable(variable) = atom {
                    last[*variable] = s;
                }
            }
        }
        for atom in &self.results {
            if let Atom::Variable(variable) = atom {
                last[*variable] = usize::MAX;
            }
        }
        last
    }
}

fn value<'a>(values: &'a [Option<Tensor>], constants: &'a [Tensor], atom: Atom) -> Result<&'a Tensor> {
    let value = match atom {
        Atom::Variable(variable) => values.get(variable).and_then(Option::as_ref),
        Atom::Constant(constant) => constants.get(constant),
    };
    value.ok_or_else(|| Error::argument("program", format!("{atom:?} has no value at this step")))
}

/// Steps, shapes and results are compared; constants by shape and value.
impl PartialEq for Program {
    fn eq(&self, other: &Program) -> bool {
        let same_steps = self.steps.len() == other.steps.len()
            && self.steps.iter().zip(&other.steps).all(|(a, b)| a.prim == b.prim && a.inputs == b.inputs);
        let same_constants = self.constants.len() == other.constants.len()
            && self
                .constants
                .iter()
                .zip(&other.constants)
                .all(|(a, b)| a.spec() == b.spec() && a.to_string() == b.to_string());
        self.inputs == other.inputs
            && self.specs == other.specs
            && self.results == other.results
            && same_steps
            && same_constants
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variable = |i: usize| format!("v{i}: {}{}", self.specs[i].dtype, self.specs[i].shape);
        let atom = |atom: &Atom| match atom {
            Atom::Variable(i) => format!("v{i}"),
            Atom::Constant(i) => match &self.constants[*i] {
                scalar if scalar.ndim() == 0 && scalar.array().is_ok() => {
                    scalar.array().map_or_else(|_| format!("c{i}"), |a| a.to_string())
                }
                _ => format!("c{i}"),
            },
        };
        let list = |atoms: &[Atom]| atoms.iter().map(atom).collect::<Vec<_>>().join(" ");
        writeln!(f, "program({}) {{", (0..self.inputs).map(variable).collect::<Vec<_>>().join(", "))?;
        for (i, constant) in self.constants.iter().enumerate().filter(|(_, constant)| constant.ndim() > 0) {
            writeln!(f, "  const c{i}: {}{}", constant.dtype(), Shape::from(constant.shape()))?;
        }
        for step in &self.steps {
            let outs: Vec<String> = step.outputs().map(variable).collect();
            writeln!(f, "  {} = {} {}", outs.join(", "), step.prim, list(&step.inputs))?;
        }
        write!(f, "  return {}\n}}", list(&self.results))
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Traces a function into a [`Program`], for inputs of the shapes and dtypes of `example`. The
/// function runs once, on values that are not known yet.
///
/// # Errors
/// Those of the function; and [`ErrorKind::Abstract`](crate::ErrorKind::Abstract) if it asks for a
/// value.
pub fn trace<A: Tree, R: crate::transforms::Output>(f: impl Fn(&A) -> R, example: &A) -> Result<Program> {
    let guard = LevelGuard::enter();
    let tracer = Arc::new(Tracer::default());
    let inputs = example.try_map(&mut |leaf| Ok(tracer.input(guard.level(), leaf.spec())))?;
    let result = f(&inputs).into_result()?;
    Ok(tracer.finish(guard.level(), &leaves(&result)))
}
