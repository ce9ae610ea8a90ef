//! [`Var`]: reverse mode on a tape of scalar steps.

use crate::{Number, Row};
use core::cell::{Cell, RefCell};
use core::cmp::Ordering;
use core::marker::PhantomData;
use core::ops::{Add, Div, Mul, Neg, Sub};
use core::ptr;

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

/// The end of the tape, where steps are written: without a destructor, so that reaching it costs nothing.
struct Head {
    /// The first step of the current recording, inside the memory of this thread's [`Tape`].
    steps: Cell<*mut Step>,
    /// How many steps of it are written.
    len: Cell<u32>,
    /// How many fit.
    capacity: Cell<u32>,
    /// The number of the current recording; 0 if none.
    recording: Cell<u32>,
    last: Cell<u32>,
}

/// The memory of the tape. The length of `steps` is brought up to date when it is borrowed.
struct Tape {
    steps: Vec<Step>,
    /// Where the current recording begins.
    base: usize,
    adjoints: Vec<f64>,
}

thread_local! {
    static HEAD: Head = const {
        Head {
            steps: Cell::new(ptr::null_mut()),
            len: Cell::new(0),
            capacity: Cell::new(0),
            recording: Cell::new(0),
            last: Cell::new(0),
        }
    };
    static TAPE: RefCell<Tape> = const { RefCell::new(Tape { steps: Vec::new(), base: 0, adjoints: Vec::new() }) };
}

impl Head {
    /// Writes a step, gives its index.
    #[inline(always)]
    fn push(&self, step: Step) -> u32 {
        let index = self.len.get();
        if index == self.capacity.get() {
            self.grow();
        }
        // SAFETY: `index < capacity`, and `steps` has room for `capacity` steps in the memory of `TAPE`, which moves or
        // goes only through `place`.
        unsafe { self.steps.get().add(index as usize).write(step) };
        self.len.set(index + 1);
        index
    }

    #[cold]
    #[inline(never)]
    fn grow(&self) {
        TAPE.with_borrow_mut(|tape| {
            tape.settle(self);
            tape.steps.reserve(tape.steps.len().max(1 << 10));
            self.place(tape);
        });
        assert!(self.len.get() < self.capacity.get(), "the tape is full: 2³² steps in one gradient");
    }

    /// Points to the recording that begins at `tape.base`.
    fn place(&self, tape: &mut Tape) {
        let room = (tape.steps.capacity() - tape.base).min(u32::MAX as usize);
        self.len.set((tape.steps.len() - tape.base) as u32);
        self.capacity.set(room as u32);
        // SAFETY: `base` is at most the capacity of that memory.
        self.steps.set(unsafe { tape.steps.as_mut_ptr().add(tape.base) });
    }
}

impl Tape {
    /// Takes what the head has written.
    fn settle(&mut self, head: &Head) {
        // SAFETY: the head writes its steps in order from `base`, within the capacity, and counts them.
        unsafe { self.steps.set_len(self.base + head.len.get() as usize) };
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        HEAD.with(|head| {
            head.capacity.set(0);
            head.len.set(0);
            head.recording.set(0);
        });
    }
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
        HEAD.with(|head| {
            let recording = head.recording.get();
            let lost = |v: Var| v.index != 0 && v.recording != recording;
            if lost(a) || lost(b) {
                strayed();
            }
            let sink = |v: Var, w: f64| if w == 0.0 { 0 } else { v.index };
            let index = head.push(Step { weights: [da, db], to: [sink(a, da), sink(b, db)] });
            Var { value, index, recording, here: PhantomData }
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
                let steepest = (0..3).map(|i| (i, slope(i))).find(|&(_, w)| w != 0.0);
                if let Some((i, w)) = steepest {
                    return x[i].along(y, w);
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

const NOTHING: Step = Step { weights: [0.0; 2], to: [0; 2] };

impl Recording {
    pub(crate) fn begin() -> Recording {
        HEAD.with(|head| {
            let outer = TAPE.with_borrow_mut(|tape| {
                tape.settle(head);
                let outer = Recording { outer_base: tape.base, outer: head.recording.get() };
                tape.base = tape.steps.len();
                head.place(tape);
                outer
            });
            head.last.set(head.last.get().wrapping_add(1).max(1));
            head.recording.set(head.last.get());
            head.push(NOTHING);
            outer
        })
    }

    /// A new variable.
    pub(crate) fn leaf(&self, value: f64) -> Var {
        HEAD.with(|head| Var { value, index: head.push(NOTHING), recording: head.recording.get(), here: PhantomData })
    }

    /// The derivatives of `y` with respect to the leaves, the first `into.len()` variables made.
    pub(crate) fn sweep(&self, y: Var, into: &mut [f64]) {
        if y.index == 0 {
            return into.fill(0.0);
        }
        HEAD.with(|head| {
            if y.recording != head.recording.get() {
                strayed();
            }
            TAPE.with_borrow_mut(|tape| {
                tape.settle(head);
                let (top, leaves) = (y.index as usize, into.len());
                let steps = &tape.steps[tape.base..=tape.base + top];
                let adjoints = &mut tape.adjoints;
                adjoints.clear();
                adjoints.resize(top.max(leaves) + 1, 0.0);
                adjoints[top] = 1.0;
                for (at, step) in steps.iter().enumerate().skip(leaves + 1).rev() {
                    let g = adjoints[at];
                    // A zero cotangent stays zero, also where a weight is infinite.
                    if g != 0.0 {
                        adjoints[step.to[0] as usize] += g * step.weights[0];
                        adjoints[step.to[1] as usize] += g * step.weights[1];
                    }
                }
                into.copy_from_slice(&adjoints[1..=leaves]);
            });
        });
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        HEAD.with(|head| {
            TAPE.with_borrow_mut(|tape| {
                tape.settle(head);
                tape.steps.truncate(tape.base);
                tape.base = self.outer_base;
                head.place(tape);
                head.recording.set(self.outer);
            });
        });
    }
}
