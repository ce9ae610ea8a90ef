//! [`Var`]: reverse mode on a tape of scalar steps.

use crate::{Number, Row};
use core::cell::RefCell;
use core::cmp::Ordering;
use core::marker::PhantomData;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// A number whose steps are written on this thread's tape.
///
/// [`gradient`](crate::gradient) and its relatives make them; they are good until that call returns. Using one later,
/// or inside a further `gradient` call, panics, since its derivative would be lost: nest with
/// [`Dual`](crate::Dual)`<Var, 1>`, or take the plain [`value`](Var::value) where a constant is meant.
#[derive(Clone, Copy, Debug)]
pub struct Var {
    value: f64,
    /// Its step in the recording; 0 for a constant.
    index: u32,
    recording: u32,
    here: PhantomData<*const ()>,
}

/// What one step passes down: to each of two earlier steps, the cotangent times a weight. Step 0 is a sink.
#[derive(Clone, Copy)]
struct Step {
    weights: [f64; 2],
    to: [u32; 2],
}

struct Tape {
    steps: Vec<Step>,
    /// Where the current recording begins in `steps`.
    base: usize,
    /// The number of the current recording; 0 if none.
    recording: u32,
    last: u32,
    adjoints: Vec<f64>,
}

thread_local! {
    static TAPE: RefCell<Tape> =
        const { RefCell::new(Tape { steps: Vec::new(), base: 0, recording: 0, last: 0, adjoints: Vec::new() }) };
}

impl Var {
    /// A constant.
    #[inline(always)]
    pub fn constant(value: f64) -> Var {
        Var { value, index: 0, recording: 0, here: PhantomData }
    }

    /// The plain number.
    #[inline(always)]
    pub fn value(self) -> f64 {
        self.value
    }

    /// Writes a step down from `value` to `a` and `b`.
    #[inline(always)]
    fn step(value: f64, a: Var, da: f64, b: Var, db: f64) -> Var {
        if a.index | b.index == 0 {
            return Var::constant(value);
        }
        TAPE.with_borrow_mut(|tape| {
            let lost = |v: Var| v.index != 0 && v.recording != tape.recording;
            if lost(a) || lost(b) {
                strayed();
            }
            let sink = |v: Var, w: f64| if w == 0.0 { 0 } else { v.index };
            let index = (tape.steps.len() - tape.base) as u32;
            tape.steps.push(Step { weights: [da, db], to: [sink(a, da), sink(b, db)] });
            Var { value, index, recording: tape.recording, here: PhantomData }
        })
    }

    #[inline(always)]
    fn along(self, value: f64, slope: f64) -> Var {
        Var::step(value, self, slope, Var::constant(0.0), 0.0)
    }
}

#[cold]
#[inline(never)]
fn strayed() -> ! {
    panic!(
        "a Var was used outside the gradient call that made it (after it, or inside another one): \
         use .value() for a constant, or nest with Dual<Var, 1>"
    )
}

impl Number for Var {
    #[inline(always)]
    fn lit(v: f64) -> Var {
        Var::constant(v)
    }

    #[inline(always)]
    fn row(row: Row, x: &[Var]) -> Var {
        let mut values = [0.0; 3];
        for (v, x) in values.iter_mut().zip(x) {
            *v = x.value;
        }
        let values = &values[..row.arity()];
        let y = row.eval_f64(values);
        let slope = |i: usize| if x[i].index == 0 { 0.0 } else { row.slope(i, values, y).unwrap_or(0.0) };
        match row.arity() {
            1 => x[0].along(y, slope(0)),
            2 => Var::step(y, x[0], slope(0), x[1], slope(1)),
            _ => {
                // Of three slopes (clamp, select) one at most is not zero.
                for i in 0..3 {
                    let w = slope(i);
                    if w != 0.0 {
                        return x[i].along(y, w);
                    }
                }
                Var::constant(y)
            }
        }
    }

    #[inline]
    fn powi(self, n: i32) -> Var {
        let x = self.value;
        match n {
            0 => Var::constant(1.0),
            1 => self,
            _ => self.along(Number::powi(x, n), Number::powi(x, n.saturating_sub(1)) * f64::from(n)),
        }
    }

    #[inline]
    fn powf(self, p: f64) -> Var {
        if p == 0.0 {
            return Var::constant(1.0);
        }
        self.along(Number::powf(self.value, p), Number::powf(self.value, p - 1.0) * p)
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $row:ident),+) => {$(
        impl $trait for Var {
            type Output = Var;
            #[inline(always)]
            fn $method(self, other: Var) -> Var {
                Var::row(Row::$row, &[self, other])
            }
        }
        impl $trait<f64> for Var {
            type Output = Var;
            #[inline(always)]
            fn $method(self, other: f64) -> Var {
                Var::row(Row::$row, &[self, Var::constant(other)])
            }
        }
        impl $trait<Var> for f64 {
            type Output = Var;
            #[inline(always)]
            fn $method(self, other: Var) -> Var {
                Var::row(Row::$row, &[Var::constant(self), other])
            }
        }
    )+};
}
operators!(Add add Add, Sub sub Sub, Mul mul Mul, Div div Div);

impl Neg for Var {
    type Output = Var;
    #[inline(always)]
    fn neg(self) -> Var {
        Var::row(Row::Neg, &[self])
    }
}

/// By value, so that a program can branch on it.
impl PartialEq for Var {
    #[inline(always)]
    fn eq(&self, other: &Var) -> bool {
        self.value == other.value
    }
}

/// By value, so that a program can branch on it.
impl PartialOrd for Var {
    #[inline(always)]
    fn partial_cmp(&self, other: &Var) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

/// One recording: from its first leaf until it is dropped, also by a panic. Recordings nest.
pub(crate) struct Recording {
    outer_base: usize,
    outer: u32,
}

impl Recording {
    pub(crate) fn begin() -> Recording {
        TAPE.with_borrow_mut(|tape| {
            let outer = Recording { outer_base: tape.base, outer: tape.recording };
            tape.base = tape.steps.len();
            tape.last = tape.last.wrapping_add(1).max(1);
            tape.recording = tape.last;
            tape.steps.push(Step { weights: [0.0; 2], to: [0; 2] });
            outer
        })
    }

    /// A new variable.
    pub(crate) fn leaf(&self, value: f64) -> Var {
        TAPE.with_borrow_mut(|tape| {
            let index = (tape.steps.len() - tape.base) as u32;
            tape.steps.push(Step { weights: [0.0; 2], to: [0; 2] });
            Var { value, index, recording: tape.recording, here: PhantomData }
        })
    }

    /// The derivatives of `y` with respect to the leaves, the first `into.len()` variables made.
    pub(crate) fn sweep(&self, y: Var, into: &mut [f64]) {
        if y.index == 0 {
            return into.fill(0.0);
        }
        TAPE.with_borrow_mut(|tape| {
            if y.recording != tape.recording {
                strayed();
            }
            let top = y.index as usize;
            let steps = &tape.steps[tape.base..=tape.base + top];
            let adjoints = &mut tape.adjoints;
            adjoints.clear();
            adjoints.resize((top + 1).max(into.len() + 1), 0.0);
            adjoints[top] = 1.0;
            for (at, step) in steps.iter().enumerate().skip(into.len() + 1).rev() {
                let g = adjoints[at];
                // A zero cotangent stays zero, also where a weight is infinite.
                if g != 0.0 {
                    adjoints[step.to[0] as usize] += g * step.weights[0];
                    adjoints[step.to[1] as usize] += g * step.weights[1];
                }
            }
            into.copy_from_slice(&adjoints[1..=into.len()]);
        });
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // The borrow fails only while a panic leaves `sweep`, and then the thread's tape is not used again by this recording.
        TAPE.with(|tape| {
            if let Ok(mut tape) = tape.try_borrow_mut() {
                let base = tape.base;
                tape.steps.truncate(base);
                tape.base = self.outer_base;
                tape.recording = self.outer;
            }
        });
    }
}
