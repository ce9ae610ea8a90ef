//! `#[derive(Module)]` on real structs. This file stands in for the crates `wengert` and `wengert-nn`, which depend on the one under test:
//! the trait has the same signatures, the tensor is a number.

extern crate self as wengert;
extern crate self as wengert_nn;

use wengert_derive::Module;

struct Tensor(f64);

trait Module {
    fn visit_parameters(&self, prefix: &str, f: &mut dyn FnMut(&str, &Tensor));
    fn visit_parameters_mut(&mut self, prefix: &str, f: &mut dyn FnMut(&str, &mut Tensor));
    fn set_training(&mut self, on: bool);
}

impl Module for Tensor {
    fn visit_parameters(&self, prefix: &str, f: &mut dyn FnMut(&str, &Tensor)) {
        f(prefix, self)
    }
    fn visit_parameters_mut(&mut self, prefix: &str, f: &mut dyn FnMut(&str, &mut Tensor)) {
        f(prefix, self)
    }
    fn set_training(&mut self, _on: bool) {}
}

#[derive(Module)]
struct Linear {
    weight: Tensor,
    r#type: Tensor,
}

#[derive(Module)]
struct Dropout {
    #[module(skip)]
    rate: f64,
    #[module(training)]
    training: bool,
}

#[derive(Module)]
struct Block<A, M: Module>(A, M);

#[derive(Module)]
struct Network<M> {
    hidden: Block<Linear, Dropout>,
    output: M,
}

#[derive(Module)]
struct Identity;

fn network() -> Network<Linear> {
    let linear = |x| Linear { weight: Tensor(x), r#type: Tensor(-x) };
    Network { hidden: Block(linear(1.0), Dropout { rate: 0.5, training: false }), output: linear(2.0) }
}

fn parameters(module: &impl Module, prefix: &str) -> Vec<(String, f64)> {
    let mut found = Vec::new();
    module.visit_parameters(prefix, &mut |name, value| found.push((name.to_owned(), value.0)));
    found
}

#[test]
fn names_are_paths_joined_with_dots() {
    let expected = [("hidden.0.weight", 1.0), ("hidden.0.type", -1.0), ("output.weight", 2.0), ("output.type", -2.0)];
    assert_eq!(parameters(&network(), ""), expected.map(|(name, value)| (name.to_owned(), value)));
    let names: Vec<String> = parameters(&network().output, "model").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["model.weight", "model.type"]);
    assert_eq!(parameters(&Identity, ""), []);
}

#[test]
fn parameters_can_be_changed_in_place() {
    let mut network = network();
    network.visit_parameters_mut("", &mut |name, value| {
        if name.ends_with("weight") {
            value.0 *= 10.0;
        }
    });
    let values: Vec<f64> = parameters(&network, "").into_iter().map(|(_, value)| value).collect();
    assert_eq!(values, [10.0, -1.0, 20.0, -2.0]);
}

#[test]
fn training_reaches_the_marked_flag_and_leaves_the_rest() {
    let mut network = network();
    network.set_training(true);
    assert!(network.hidden.1.training);
    assert_eq!(network.hidden.1.rate, 0.5);
    network.set_training(false);
    assert!(!network.hidden.1.training);
    Identity.set_training(true);
}
