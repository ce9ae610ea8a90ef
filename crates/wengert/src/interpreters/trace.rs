//! Trace: nothing is computed; each step is written down in a program.

use std::panic::Location;
use std::sync::{Arc, Mutex};

use crate::apply::blamed;
use crate::error::Result;
use crate::level::Level;
use crate::node::lock;
use crate::prim::{Outs, Prim, Spec};
use crate::program::{Atom, Program, Step};
use crate::tensor::{Repr, Tensor, Wrap};

/// A program being written.
#[derive(Default)]
pub(crate) struct Tracer {
    program: Mutex<Program>,
}

impl Tracer {
    pub fn input(self: &Arc<Tracer>, level: Level, spec: Spec) -> Tensor {
        let variable = lock(&self.program).add_input(spec.clone());
        Tensor::wrapped(level, Wrap::Traced { variable, spec, tracer: self.clone() })
    }

    /// What the program calls this tensor: a variable of its own, or a constant.
    fn atom(program: &mut Program, level: Level, tensor: &Tensor) -> Atom {
        match &tensor.0 {
            Repr::Wrapped(wrapped) if wrapped.level == level => match &wrapped.wrap {
                Wrap::Traced { variable, .. } => Atom::Variable(*variable),
                _ => program.add_constant(tensor.clone()),
            },
            _ => program.add_constant(tensor.clone()),
        }
    }

    pub fn finish(&self, level: Level, results: &[Tensor]) -> Program {
        let mut program = lock(&self.program);
        for result in results {
            let atom = Tracer::atom(&mut program, level, result);
            program.add_result(atom);
        }
        std::mem::take(&mut *program)
    }
}

pub(crate) fn step(
    level: Level,
    tracer: &Arc<Tracer>,
    prim: &Prim,
    inputs: &[&Tensor],
    location: &'static Location<'static>,
) -> Result<Outs<Tensor>> {
    let specs: Vec<Spec> = inputs.iter().map(|input| input.spec()).collect();
    let outs = prim.output(&specs)?;
    let mut program = lock(&tracer.program);
    let atoms = inputs.iter().map(|input| Tracer::atom(&mut program, level, input)).collect();
    let first = program.add_step(Step::new(prim.clone(), atoms, blamed(location)), &outs);
    drop(program);
    let mut variable = first;
    Ok(outs.map(|spec| {
        let out = Tensor::wrapped(level, Wrap::Traced { variable, spec, tracer: tracer.clone() });
        variable += 1;
        out
    }))
}
