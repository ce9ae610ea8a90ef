//! Adam and its variant with decoupled weight decay.

use wengert::scalar::{Expr, Number, Sym};
use wengert::{Array, Error, Result};
use wengert_array::pointwise;

use super::{Memory, Optimizer, check_option, check_shape, update};
use crate::Module;

/// The options and the memory that both variants share.
#[derive(Clone, Debug)]
struct Core {
    op: &'static str,
    decoupled: bool,
    rate: f64,
    betas: (f64, f64),
    epsilon: f64,
    weight_decay: f64,
    rule: Option<Expr>,
    moments: Memory<Moments>,
}

/// The running means of a parameter's gradients and of their squares, and how many steps they have seen.
#[derive(Clone, Debug)]
struct Moments {
    first: Array,
    second: Array,
    steps: i32,
}

impl Core {
    fn new(op: &'static str, decoupled: bool, rate: f64, weight_decay: f64) -> Core {
        Core {
            op,
            decoupled,
            rate,
            betas: (0.9, 0.999),
            epsilon: 1e-8,
            weight_decay,
            rule: None,
            moments: Memory::default(),
        }
    }

    /// The update of (p, g, m, v) and three numbers that change from step to step: the rate over the first moment's bias, the root of
    /// the second moment's, and the factor of decoupled decay.
    fn rule(&self) -> Result<Expr> {
        let (b1, b2) = self.betas;
        for (name, beta) in [("the first beta", b1), ("the second beta", b2)] {
            check_option(self.op, name, beta, (0.0..1.0).contains(&beta), "at least 0 and below 1")?;
        }
        check_option(self.op, "epsilon", self.epsilon, self.epsilon >= 0.0, "a number not below 0")?;
        check_option(self.op, "weight_decay", self.weight_decay, self.weight_decay >= 0.0, "a number not below 0")?;
        let lit = <Sym as Number>::lit;
        Ok(Expr::build(7, |x| {
            let (step, root, factor) = (x[4], x[5], x[6]);
            let decays = self.weight_decay != 0.0;
            let p = if decays && self.decoupled { x[0] * factor } else { x[0] };
            let g = if decays && !self.decoupled { x[1] + lit(self.weight_decay) * x[0] } else { x[1] };
            let m = x[2] + (g - x[2]) * lit(1.0 - b1);
            let v = lit(b2) * x[3] + lit(1.0 - b2) * (g * g);
            vec![p - step * (m / (v.sqrt() / root + lit(self.epsilon))), m, v]
        }))
    }

    fn step(&mut self, module: &mut dyn Module) -> Result<()> {
        check_option(self.op, "the rate", self.rate, self.rate >= 0.0, "a number not below 0")?;
        let rule = match self.rule.take() {
            Some(rule) => rule,
            None => self.rule()?,
        };
        let rule = self.rule.insert(rule);
        let (op, rate, (b1, b2), memory) = (self.op, self.rate, self.betas, &mut self.moments);
        let factor = 1.0 - self.rate * self.weight_decay;
        update(module, |place, p, g| {
            let moments = memory.at(place).get_or_insert_with(|| Moments {
                first: p.zeros_like(),
                second: p.zeros_like(),
                steps: 0,
            });
            check_shape(op, place, &moments.first, p)?;
            moments.steps += 1;
            let numbers = [rate / (1.0 - b1.powi(moments.steps)), (1.0 - b2.powi(moments.steps)).sqrt(), factor];
            let [step, root, factor] = numbers.map(|number| Array::number(number, p.dtype()));
            let results = pointwise::evaluate(rule, &[p, g, &moments.first, &moments.second, &step, &root, &factor])?;
            let mut results = results.into_iter();
            let (Some(moved), Some(first), Some(second)) = (results.next(), results.next(), results.next()) else {
                return Err(Error::argument(op, "the update lacks a result"));
            };
            (moments.first, moments.second) = (first, second);
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
                self.0.betas = (first, second);
                self
            }

            /// Added to the denominator.
            pub fn epsilon(mut self, epsilon: f64) -> $name {
                self.0.epsilon = epsilon;
                self
            }

            #[doc = $decay_doc]
            pub fn weight_decay(mut self, decay: f64) -> $name {
                self.0.weight_decay = decay;
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
