//! Adam and its variant with decoupled weight decay.

use wengert::scalar::{Expr, Number, Row, Sym};
use wengert::{Array, Error, Result};
use wengert_array::pointwise;

use super::{Memory, Optimizer, check_option, check_shape, fits, update};
use crate::Module;

/// The options of [`Adam`] and its kin, for programs that keep the running means themselves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamOptions {
    /// How much of the running means of the gradient and of its square is kept from step to step.
    pub betas: (f64, f64),
    /// Added to the denominator.
    pub epsilon: f64,
    /// The weight of the parameters' squares in the loss, halved; if `decoupled`, the share that is taken away in each step.
    pub weight_decay: f64,
    /// Weight decay apart from the gradient.
    pub decoupled: bool,
    /// Divide by the largest running mean of the squares so far (Reddi and others, 2018).
    pub amsgrad: bool,
    /// Go up the gradient.
    pub maximize: bool,
}

impl Default for AdamOptions {
    fn default() -> AdamOptions {
        AdamOptions {
            betas: (0.9, 0.999),
            epsilon: 1e-8,
            weight_decay: 0.0,
            decoupled: false,
            amsgrad: false,
            maximize: false,
        }
    }
}

/// The running means of a parameter's gradients and of their squares.
#[derive(Clone, Debug)]
pub struct Moments {
    /// The mean of the gradients.
    pub first: Array,
    /// The mean of their squares.
    pub second: Array,
    /// The largest mean of squares so far, with `amsgrad`.
    pub largest: Option<Array>,
}

impl Moments {
    /// Those of a parameter before its first step.
    #[must_use]
    pub fn new(p: &Array, amsgrad: bool) -> Moments {
        Moments { first: p.zeros_like(), second: p.zeros_like(), largest: amsgrad.then(|| p.zeros_like()) }
    }
}

/// The update of one parameter, for programs that keep the running means themselves.
///
/// ```
/// use wengert::Array;
/// use wengert_nn::optim::{AdamOptions, AdamRule, Moments};
/// let rule = AdamRule::new("adam", AdamOptions::default())?;
/// let p = Array::from(1.0);
/// let (moved, _) = rule.step(0.1, 1, &p, &Array::from(5.0), &Moments::new(&p, false))?;
/// assert!((moved.to_f64()? - 0.9).abs() < 1e-8);
/// # Ok::<(), wengert::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct AdamRule {
    op: &'static str,
    options: AdamOptions,
    /// Of (p, g, m, v) and three numbers that change from step to step: the rate over the first moment's bias, the root of the second
    /// moment's, and the factor of decoupled decay; with `amsgrad` also of the largest v.
    update: Expr,
}

impl AdamRule {
    /// The update with these options; `op` is what errors call it.
    ///
    /// # Errors
    /// If an option makes no sense.
    pub fn new(op: &'static str, options: AdamOptions) -> Result<AdamRule> {
        let AdamOptions { betas: (b1, b2), epsilon, weight_decay, decoupled, amsgrad, maximize } = options;
        for (name, beta) in [("the first beta", b1), ("the second beta", b2)] {
            check_option(op, name, beta, (0.0..1.0).contains(&beta), "at least 0 and below 1")?;
        }
        check_option(op, "epsilon", epsilon, epsilon >= 0.0, "a number not below 0")?;
        check_option(op, "weight_decay", weight_decay, weight_decay >= 0.0, "a number not below 0")?;
        let lit = <Sym as Number>::lit;
        let update = Expr::build(if amsgrad { 8 } else { 7 }, |x| {
            let (step, root, factor) = (x[4], x[5], x[6]);
            let decays = weight_decay != 0.0;
            let p = if decays && decoupled { x[0] * factor } else { x[0] };
            let g = if maximize { -x[1] } else { x[1] };
            let g = if decays && !decoupled { g + lit(weight_decay) * x[0] } else { g };
            let m = x[2] + (g - x[2]) * lit(1.0 - b1);
            let v = lit(b2) * x[3] + lit(1.0 - b2) * (g * g);
            let moved = |v: Sym| p - step * (m / (v.sqrt() / root + lit(epsilon)));
            if amsgrad {
                let largest = Number::row(Row::Maximum, &[x[7], v]);
                vec![moved(largest), m, v, largest]
            } else {
                vec![moved(v), m, v]
            }
        });
        Ok(AdamRule { op, options, update })
    }

    /// The parameter after step number `step` (from 1) along `g`, and what its moments become.
    ///
    /// # Errors
    /// If the rate is negative, the step 0, or the gradient or the moments have another shape than the parameter.
    pub fn step(&self, rate: f64, step: i32, p: &Array, g: &Array, moments: &Moments) -> Result<(Array, Moments)> {
        let op = self.op;
        check_option(op, "the rate", rate, rate >= 0.0, "a number not below 0")?;
        check_option(op, "the number of the step", f64::from(step), step > 0, "at least 1")?;
        fits(op, "gradient", g, p)?;
        fits(op, "first moment", &moments.first, p)?;
        fits(op, "second moment", &moments.second, p)?;
        let (b1, b2) = self.options.betas;
        let numbers =
            [rate / (1.0 - b1.powi(step)), (1.0 - b2.powi(step)).sqrt(), 1.0 - rate * self.options.weight_decay];
        let [step, root, factor] = numbers.map(|number| Array::number(number, p.dtype()));
        let unseen;
        let largest = match &moments.largest {
            Some(largest) => {
                fits(op, "largest second moment", largest, p)?;
                largest
            }
            None if self.options.amsgrad => {
                unseen = p.zeros_like();
                &unseen
            }
            // It is not read.
            None => p,
        };
        let inputs = [p, g, &moments.first, &moments.second, &step, &root, &factor, largest];
        let mut results = pointwise::evaluate(&self.update, &inputs[..self.update.arity()])?.into_iter();
        let (Some(moved), Some(first), Some(second)) = (results.next(), results.next(), results.next()) else {
            return Err(Error::argument(op, "the update lacks a result"));
        };
        Ok((moved, Moments { first, second, largest: results.next() }))
    }
}

/// The options and the memory that both variants share.
#[derive(Clone, Debug)]
struct Core {
    op: &'static str,
    rate: f64,
    options: AdamOptions,
    rule: Option<AdamRule>,
    /// The moments, and how many steps they have seen.
    moments: Memory<(Moments, i32)>,
}

impl Core {
    fn new(op: &'static str, decoupled: bool, rate: f64, weight_decay: f64) -> Core {
        let options = AdamOptions { weight_decay, decoupled, ..AdamOptions::default() };
        Core { op, rate, options, rule: None, moments: Memory::default() }
    }

    fn step(&mut self, module: &mut dyn Module) -> Result<()> {
        check_option(self.op, "the rate", self.rate, self.rate >= 0.0, "a number not below 0")?;
        let rule = match self.rule.take() {
            Some(rule) => rule,
            None => AdamRule::new(self.op, self.options)?,
        };
        let rule = self.rule.insert(rule);
        let (op, rate, memory) = (self.op, self.rate, &mut self.moments);
        update(module, |place, p, g| {
            let (moments, steps) = memory.at(place).get_or_insert_with(|| (Moments::new(p, false), 0));
            check_shape(op, place, &moments.first, p)?;
            let (moved, new) = rule.step(rate, *steps + 1, p, g, moments)?;
            (*moments, *steps) = (new, *steps + 1);
            Ok(moved)
        })
    }
}

macro_rules! variants {
    ($($(#[$doc:meta])+ $name:ident($op:literal, decoupled: $decoupled:literal, decay: $decay:literal) $decay_doc:literal;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Debug)]
        #[must_use]
        pub struct $name(Core);

        impl $name {
            /// PyTorch's defaults: betas 0.9 and 0.999, epsilon 10⁻⁸.
            pub fn new(rate: f64) -> $name {
                $name(Core::new($op, $decoupled, rate, $decay))
            }

            /// How much of the running means of the gradient and of its square is kept from step to step.
            pub fn betas(mut self, first: f64, second: f64) -> $name {
                self.0.options.betas = (first, second);
                self
            }

            /// Added to the denominator.
            pub fn epsilon(mut self, epsilon: f64) -> $name {
                self.0.options.epsilon = epsilon;
                self
            }

            #[doc = $decay_doc]
            pub fn weight_decay(mut self, decay: f64) -> $name {
                self.0.options.weight_decay = decay;
                self
            }
        }

        impl Optimizer for $name {
            fn step(&mut self, module: &mut dyn Module) -> Result<()> {
                self.0.step(module)
            }

            fn rate(&self) -> f64 {
                self.0.rate
            }

            fn set_rate(&mut self, rate: f64) {
                self.0.rate = rate;
            }
        }
    )+};
}

variants! {
    /// Steps scaled by running means of the gradient and of its square (Kingma and Ba, 2015), as in PyTorch.
    Adam("adam", decoupled: false, decay: 0.0) "The weight of the parameters' squares in the loss, halved.";
    /// [`Adam`] with weight decay apart from the gradient (Loshchilov and Hutter, 2019), 0.01 by default, as in PyTorch.
    AdamW("adamw", decoupled: true, decay: 0.01) "The share of a parameter, times the rate, that is taken away in each step.";
}
