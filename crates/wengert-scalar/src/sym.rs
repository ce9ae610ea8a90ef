//! [`Sym`]: a symbolic number. Arithmetic on it writes operations into the [`Expr`](crate::Expr) being built.

use crate::simplify::simplify;
use crate::{Number, Op, Row};
use core::cell::RefCell;
use core::marker::PhantomData;
use core::ops::{Add, Div, Mul, Neg, Sub};
use std::collections::HashMap;

/// A number inside [`Expr::build`](crate::Expr::build): a name for an operation there, with no value.
///
/// It lives only during the call of the closure that it was given to, on that thread; using it elsewhere panics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sym {
    index: u32,
    scope: u32,
    here: PhantomData<*const ()>,
}

/// The operations written so far in one scope, each of them once.
#[derive(Default)]
pub(crate) struct Builder {
    scope: u32,
    ops: Vec<Op>,
    known: HashMap<Op, u32>,
}

thread_local! {
    static BUILDERS: RefCell<(u32, Vec<Builder>)> = const { RefCell::new((0, Vec::new())) };
}

impl Builder {
    pub(crate) fn op(&self, i: u32) -> Op {
        self.ops[i as usize]
    }

    pub(crate) fn lit_of(&self, i: u32) -> Option<f64> {
        match self.op(i) {
            Op::Lit(v) => Some(v),
            _ => None,
        }
    }

    /// The operands of `i` if it is that row.
    pub(crate) fn row_of(&self, i: u32, row: Row) -> Option<[u32; 3]> {
        match self.op(i) {
            Op::Row(r, x) if r == row => Some(x),
            _ => None,
        }
    }

    pub(crate) fn push(&mut self, op: Op) -> u32 {
        let ops = &mut self.ops;
        *self.known.entry(op).or_insert_with(|| {
            ops.push(op);
            (ops.len() - 1) as u32
        })
    }

    pub(crate) fn lit(&mut self, v: f64) -> u32 {
        self.push(Op::Lit(v))
    }
}

/// Ends its scope when dropped, also by a panic.
struct Scope(u32);

impl Drop for Scope {
    fn drop(&mut self) {
        BUILDERS.with_borrow_mut(|(_, stack)| stack.retain(|b| b.scope != self.0));
    }
}

/// Runs `f` with `arity` fresh inputs; gives all operations written and the positions of the results.
pub(crate) fn record(arity: usize, f: impl FnOnce(&[Sym]) -> Vec<Sym>) -> (Vec<Op>, Vec<u32>) {
    let scope = BUILDERS.with_borrow_mut(|(last, stack)| {
        *last = last.wrapping_add(1);
        stack.push(Builder { scope: *last, ..Builder::default() });
        Scope(*last)
    });
    let inputs: Vec<Sym> = (0..arity as u32).map(|i| Sym::write(|b| b.push(Op::Input(i)))).collect();
    let outputs = f(&inputs);
    let outputs: Vec<u32> = outputs.into_iter().map(|s| s.within(scope.0)).collect();
    let ops = BUILDERS.with_borrow_mut(|(_, stack)| stack.last_mut().map(|b| std::mem::take(&mut b.ops)));
    (ops.unwrap_or_default(), outputs)
}

impl Sym {
    fn write(f: impl FnOnce(&mut Builder) -> u32) -> Sym {
        BUILDERS.with_borrow_mut(|(_, stack)| match stack.last_mut() {
            Some(b) => Sym { index: f(b), scope: b.scope, here: PhantomData },
            None => outside(),
        })
    }

    fn within(self, scope: u32) -> u32 {
        if self.scope == scope { self.index } else { outside() }
    }

    /// The constant that it is, if it simplified to one.
    pub fn as_lit(self) -> Option<f64> {
        BUILDERS.with_borrow(|(_, stack)| match stack.last() {
            Some(b) => b.lit_of(self.within(b.scope)),
            None => outside(),
        })
    }

    /// Writes `op`, whose operands are given as symbols.
    pub(crate) fn replay(op: Op, earlier: &[Sym]) -> Sym {
        match op {
            Op::Input(i) => Sym::write(|b| b.push(Op::Input(i))),
            Op::Lit(v) => Sym::lit(v),
            Op::Row(row, x) => {
                let args = x.map(|i| earlier[i as usize]);
                Sym::row(row, &args[..row.arity()])
            }
        }
    }
}

#[cold]
#[inline(never)]
fn outside() -> ! {
    panic!("a Sym was used outside the Expr::build that made it (or inside another one, or with none under way)")
}

impl Number for Sym {
    fn lit(v: f64) -> Sym {
        Sym::write(|b| b.lit(v))
    }

    fn row(row: Row, x: &[Sym]) -> Sym {
        Sym::write(|b| {
            let mut args = [0; 3];
            for (a, s) in args.iter_mut().zip(x) {
                *a = s.within(b.scope);
            }
            simplify(b, row, args)
        })
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $row:ident),+) => {$(
        impl $trait for Sym {
            type Output = Sym;
            fn $method(self, other: Sym) -> Sym {
                Sym::row(Row::$row, &[self, other])
            }
        }
        impl $trait<f64> for Sym {
            type Output = Sym;
            fn $method(self, other: f64) -> Sym {
                Sym::row(Row::$row, &[self, Sym::lit(other)])
            }
        }
        impl $trait<Sym> for f64 {
            type Output = Sym;
            fn $method(self, other: Sym) -> Sym {
                Sym::row(Row::$row, &[Sym::lit(self), other])
            }
        }
    )+};
}
operators!(Add add Add, Sub sub Sub, Mul mul Mul, Div div Div);

impl Neg for Sym {
    type Output = Sym;
    fn neg(self) -> Sym {
        Sym::row(Row::Neg, &[self])
    }
}
