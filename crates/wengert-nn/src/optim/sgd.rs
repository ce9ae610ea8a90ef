//! Gradient descent.

use wengert::scalar::{Expr, Number, Sym};
use wengert::{Array, Error, Result};
use wengert_array::pointwise;

use super::{Memory, Optimizer, check_option, check_shape, update};
use crate::Module;

/// Stochastic gradient descent, with momentum, dampening, Nesterov's variant and weight decay as in PyTorch:
///
/// g ← g + decay·p; b ← momentum·b + (1 − dampening)·g, b ← g at first; p ← p − rate·b, or p − rate·(g + momentum·b) for Nesterov.
///
/// ```
/// use wengert_nn::prelude::*;
/// let mut x = Tensor::from(1.0).requires_grad();
/// x.square().backward()?;
/// Sgd::new(0.1).step(&mut x)?;
/// assert_eq!(x.item(), 0.8);
/// # Ok::<(), wengert::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Sgd {
    rate: f64,
    momentum: f64,
    dampening: f64,
    weight_decay: f64,
    nesterov: bool,
    rules: Option<Rules>,
    buffers: Memory<Array>,
}

/// The update as expressions: of a parameter's first step, and of the later ones. Without momentum they have one result, the parameter;
/// with it also the buffer.
#[derive(Clone, Debug)]
struct Rules {
    first: Expr,
    later: Expr,
}

impl Sgd {
    /// Plain gradient descent.
    pub fn new(rate: f64) -> Sgd {
        Sgd {
            rate,
            momentum: 0.0,
            dampening: 0.0,
            weight_decay: 0.0,
            nesterov: false,
            rules: None,
            buffers: Memory::default(),
        }
    }

    /// How much of the last step's direction is kept.
    pub fn momentum(mut self, momentum: f64) -> Sgd {
        self.momentum = momentum;
        self
    }

    /// How much of the gradient is left out of the direction.
    pub fn dampening(mut self, dampening: f64) -> Sgd {
        self.dampening = dampening;
        self
    }

    /// The weight of the parameters' squares in the loss, halved.
    pub fn weight_decay(mut self, decay: f64) -> Sgd {
        self.weight_decay = decay;
        self
    }

    /// Looks one step ahead (Nesterov, 1983); needs momentum without dampening.
    pub fn nesterov(mut self, on: bool) -> Sgd {
        self.nesterov = on;
        self
    }

    fn rules(&self) -> Result<Rules> {
        const OP: &str = "sgd";
        check_option(OP, "momentum", self.momentum, self.momentum >= 0.0, "a number not below 0")?;
        check_option(OP, "dampening", self.dampening, true, "a finite number")?;
        check_option(OP, "weight_decay", self.weight_decay, self.weight_decay >= 0.0, "a number not below 0")?;
        if self.nesterov && (self.momentum == 0.0 || self.dampening != 0.0) {
            return Err(Error::argument(OP, "Nesterov's variant needs momentum above 0 and dampening 0"));
        }
        let lit = <Sym as Number>::lit;
        let decayed = |p: Sym, g: Sym| {
            if self.weight_decay == 0.0 { g } else { g + lit(self.weight_decay) * p }
        };
        let ahead = |g: Sym, b: Sym| if self.nesterov { g + lit(self.momentum) * b } else { b };
        let first = Expr::build(3, |x| {
            let (p, g, rate) = (x[0], decayed(x[0], x[1]), x[2]);
            let moved = p - rate * ahead(g, g);
            if self.momentum == 0.0 { vec![moved] } else { vec![moved, g] }
        });
        let later = if self.momentum == 0.0 {
            first.clone()
        } else {
            Expr::build(4, |x| {
                let (p, g, rate) = (x[0], decayed(x[0], x[1]), x[2]);
                let b = lit(self.momentum) * x[3] + lit(1.0 - self.dampening) * g;
                vec![p - rate * ahead(g, b), b]
            })
        };
        Ok(Rules { first, later })
    }
}

impl Optimizer for Sgd {
    fn step(&mut self, module: &mut dyn Module) -> Result<()> {
        check_option("sgd", "the rate", self.rate, self.rate >= 0.0, "a number not below 0")?;
        let rules = match self.rules.take() {
            Some(rules) => rules,
            None => self.rules()?,
        };
        let rules = self.rules.insert(rules);
        let (rate, plain, buffers) = (self.rate, self.momentum == 0.0, &mut self.buffers);
        update(module, |place, p, g| {
            let rate = Array::number(rate, p.dtype());
            if plain {
                return Ok(pointwise::evaluate_one(&rules.first, &[p, g, &rate])?);
            }
            let buffer = buffers.at(place);
            let mut results = match buffer {
                None => pointwise::evaluate(&rules.first, &[p, g, &rate])?,
                Some(b) => {
                    check_shape("sgd", place, b, p)?;
                    pointwise::evaluate(&rules.later, &[p, g, &rate, b])?
                }
            };
            *buffer = results.pop();
            results.pop().ok_or_else(|| Error::argument("sgd", "the update has no result"))
        })
    }

    fn rate(&self) -> f64 {
        self.rate
    }

    fn set_rate(&mut self, rate: f64) {
        self.rate = rate;
    }
}
