//! Learning rates that change.

use std::f64::consts::PI;

/// A learning rate as a function of time, in whatever unit it is asked for: steps or epochs.
///
/// ```
/// use wengert_nn::optim::{Cosine, Optimizer, Schedule, Sgd, Warmup};
/// let schedule = Warmup { steps: 10, then: Cosine { from: 0.1, to: 0.0, steps: 100 } };
/// let mut sgd = Sgd::new(schedule.rate(0));
/// for step in 0..110 {
///     sgd.set_rate(schedule.rate(step));
/// }
/// assert!(sgd.rate() < 1e-4);
/// ```
pub trait Schedule {
    /// The rate of step `step`, counted from 0.
    fn rate(&self, step: usize) -> f64;
}

/// Always the same rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constant(pub f64);

impl Schedule for Constant {
    fn rate(&self, _: usize) -> f64 {
        self.0
    }
}

/// A rate multiplied by `factor` every `every` steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepDecay {
    /// The first rate.
    pub from: f64,
    /// How many steps a rate lasts; 0 means forever.
    pub every: usize,
    /// What it is then multiplied by.
    pub factor: f64,
}

impl Schedule for StepDecay {
    fn rate(&self, step: usize) -> f64 {
        let times = step.checked_div(self.every).unwrap_or(0);
        self.from * self.factor.powi(times.min(i32::MAX as usize) as i32)
    }
}

/// A rate that falls along half a period of the cosine, and then stays (Loshchilov and Hutter, 2017).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cosine {
    /// The first rate.
    pub from: f64,
    /// The last rate.
    pub to: f64,
    /// After how many steps it is reached.
    pub steps: usize,
}

impl Schedule for Cosine {
    fn rate(&self, step: usize) -> f64 {
        if step >= self.steps {
            return self.to;
        }
        let share = step as f64 / self.steps as f64;
        self.to + (self.from - self.to) * (1.0 + (PI * share).cos()) / 2.0
    }
}

/// Another schedule after a rate that grows in equal parts to the schedule's first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Warmup<S> {
    /// How many steps it grows.
    pub steps: usize,
    /// What comes then.
    pub then: S,
}

impl<S: Schedule> Schedule for Warmup<S> {
    fn rate(&self, step: usize) -> f64 {
        if step < self.steps {
            return self.then.rate(0) * (step + 1) as f64 / self.steps as f64;
        }
        self.then.rate(step - self.steps)
    }
}
