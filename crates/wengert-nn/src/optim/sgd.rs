//! Gradient descent.

use wengert::scalar::{Expr, Number, Sym};
use wengert::{Array, Error, Result};
use wengert_array::pointwise;

use super::{Memory, Optimizer, check_option, check_shape, fits, update};
use crate::Module;

const OP: &str = "sgd";

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
    rule: Option<SgdRule>,
    buffers: Memory<Array>,
}

/// The update of one parameter, for programs that keep the buffers themselves.
///
/// ```
/// use wengert::Array;
/// use wengert_nn::optim::SgdRule;
/// let rule = SgdRule::new(0.9, 0.0, 0.0, false, false)?;
/// let (p, g) = (Array::from(1.0), Array::from(2.0));
/// let (p, buffer) = rule.step(0.1, &p, &g, None)?;
/// let (p, _) = rule.step(0.1, &p, &g, buffer.as_ref())?;
/// assert!((p.to_f64()? - 0.42).abs() < 1e-15);
/// # Ok::<(), wengert::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SgdRule {
    /// Of a parameter's first step, and of the later ones. Without momentum they have one result, the parameter; with it also the
    /// buffer.
    first: Expr,
    later: Expr,
    plain: bool,
}

impl SgdRule {
    /// The update with these options; it goes up the gradient if `maximize`.
    ///
    /// # Errors
    /// If an option makes no sense.
    pub fn new(momentum: f64, dampening: f64, weight_decay: f64, nesterov: bool, maximize: bool) -> Result<SgdRule> {
        check_option(OP, "momentum", momentum, momentum >= 0.0, "a number not below 0")?;
        check_option(OP, "dampening", dampening, true, "a finite number")?;
        check_option(OP, "weight_decay", weight_decay, weight_decay >= 0.0, "a number not below 0")?;
        if nesterov && (momentum == 0.0 || dampening != 0.0) {
            return Err(Error::argument(OP, "Nesterov's variant needs momentum above 0 and dampening 0"));
        }
        let lit = <Sym as Number>::lit;
        let decayed = |p: Sym, g: Sym| {
            let g = if maximize { -g } else { g };
            if weight_decay == 0.0 { g } else { g + lit(weight_decay) * p }
        };
        let ahead = |g: Sym, b: Sym| if nesterov { g + lit(momentum) * b } else { b };
        let first = Expr::build(3, |x| {
            let (p, g, rate) = (x[0], decayed(x[0], x[1]), x[2]);
            let moved = p - rate * ahead(g, g);
            if momentum == 0.0 { vec![moved] } else { vec![moved, g] }
        });
        let later = if momentum == 0.0 {
            first.clone()
        } else {
            Expr::build(4, |x| {
                let (p, g, rate) = (x[0], decayed(x[0], x[1]), x[2]);
                let b = lit(momentum) * x[3] + lit(1.0 - dampening) * g;
                vec![p - rate * ahead(g, b), b]
            })
        };
        Ok(SgdRule { first, later, plain: momentum == 0.0 })
    }

    /// The parameter after a step along `g`, and what its buffer becomes (nothing without momentum). In its first step a parameter has
    /// no buffer.
    ///
    /// # Errors
    /// If the rate is negative, or the gradient or the buffer have another shape than the parameter.
    pub fn step(&self, rate: f64, p: &Array, g: &Array, buffer: Option<&Array>) -> Result<(Array, Option<Array>)> {
        check_option(OP, "the rate", rate, rate >= 0.0, "a number not below 0")?;
        fits(OP, "gradient", g, p)?;
        let rate = Array::number(rate, p.dtype());
        if self.plain {
            return Ok((pointwise::evaluate_one(&self.first, &[p, g, &rate])?, None));
        }
        let mut results = match buffer {
            None => pointwise::evaluate(&self.first, &[p, g, &rate])?,
            Some(b) => {
                fits(OP, "buffer", b, p)?;
                pointwise::evaluate(&self.later, &[p, g, &rate, b])?
            }
        };
        let buffer = results.pop();
        let moved = results.pop().ok_or_else(|| Error::argument(OP, "the update has no result"))?;
        Ok((moved, buffer))
    }
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
            rule: None,
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
}

impl Optimizer for Sgd {
    fn step(&mut self, module: &mut dyn Module) -> Result<()> {
        let rule = match self.rule.take() {
            Some(rule) => rule,
            None => SgdRule::new(self.momentum, self.dampening, self.weight_decay, self.nesterov, false)?,
        };
        let rule = self.rule.insert(rule);
        let (rate, buffers) = (self.rate, &mut self.buffers);
        check_option(OP, "the rate", rate, rate >= 0.0, "a number not below 0")?;
        update(module, |place, p, g| {
            if rule.plain {
                return Ok(rule.step(rate, p, g, None)?.0);
            }
            let buffer = buffers.at(place);
            if let Some(b) = buffer {
                check_shape(OP, place, b, p)?;
            }
            let (moved, new) = rule.step(rate, p, g, buffer.as_ref())?;
            *buffer = new;
            Ok(moved)
        })
    }

    fn rate(&self) -> f64 {
        self.rate
    }

    fn set_rate(&mut self, rate: f64) {
        self.rate = rate;
    }
}
