//! `#[derive(Tree)]` on real structs. This file stands in for the crate `wengert`, which depends on the one under test: the trait has the
//! same signatures, the tensor is a number.

extern crate self as wengert;

use std::marker::PhantomData;
use wengert_derive::Tree;

#[derive(Clone, Debug, PartialEq)]
struct Tensor(f64);
type Result<T> = std::result::Result<T, String>;

trait Tree: Sized {
    type Nest<U: Tree + Clone>: Tree;
    fn visit(&self, f: &mut dyn FnMut(&Tensor));
    fn try_map(&self, f: &mut dyn FnMut(&Tensor) -> Result<Tensor>) -> Result<Self>;
    fn nest<U: Tree + Clone>(&self, f: &mut dyn FnMut(&Tensor) -> Result<U>) -> Result<Self::Nest<U>>;
}

impl Tree for Tensor {
    type Nest<U: Tree + Clone> = U;
    fn visit(&self, f: &mut dyn FnMut(&Tensor)) {
        f(self)
    }
    fn try_map(&self, f: &mut dyn FnMut(&Tensor) -> Result<Tensor>) -> Result<Self> {
        f(self)
    }
    fn nest<U: Tree + Clone>(&self, f: &mut dyn FnMut(&Tensor) -> Result<U>) -> Result<U> {
        f(self)
    }
}

impl<T: Tree> Tree for Vec<T> {
    type Nest<U: Tree + Clone> = Vec<T::Nest<U>>;
    fn visit(&self, f: &mut dyn FnMut(&Tensor)) {
        self.iter().for_each(|item| item.visit(f))
    }
    fn try_map(&self, f: &mut dyn FnMut(&Tensor) -> Result<Tensor>) -> Result<Self> {
        self.iter().map(|item| item.try_map(f)).collect()
    }
    fn nest<U: Tree + Clone>(&self, f: &mut dyn FnMut(&Tensor) -> Result<U>) -> Result<Self::Nest<U>> {
        self.iter().map(|item| item.nest(f)).collect()
    }
}

#[derive(Tree, Clone, Debug, PartialEq)]
struct Layer {
    weight: Tensor,
    bias: Vec<Tensor>,
    #[tree(skip)]
    name: String,
}

#[derive(Tree, Debug, PartialEq)]
struct Pair<T, U>(T, Vec<U>);

#[derive(Tree, Debug, PartialEq)]
struct Nothing;

struct NotClone;

#[derive(Tree)]
struct Generic<'a, T: Tree, F, const N: usize>
where
    F: Fn(f64) -> f64,
{
    r#type: T,
    #[tree(skip)]
    function: &'a F,
    #[tree(skip)]
    marker: PhantomData<([u8; N], NotClone)>,
}

fn layer() -> Layer {
    Layer { weight: Tensor(1.0), bias: vec![Tensor(2.0), Tensor(3.0)], name: "hidden".into() }
}

fn leaves(tree: &impl Tree) -> Vec<f64> {
    let mut found = Vec::new();
    tree.visit(&mut |leaf| found.push(leaf.0));
    found
}

#[test]
fn leaves_come_in_field_order() {
    assert_eq!(leaves(&layer()), [1.0, 2.0, 3.0]);
    assert_eq!(leaves(&Pair(layer(), vec![Tensor(9.0)])), [1.0, 2.0, 3.0, 9.0]);
    assert_eq!(leaves(&Nothing), []);
}

#[test]
fn mapping_keeps_the_structure_and_what_is_skipped() {
    let doubled = layer().try_map(&mut |leaf| Ok(Tensor(2.0 * leaf.0))).unwrap();
    assert_eq!(doubled, Layer { weight: Tensor(2.0), bias: vec![Tensor(4.0), Tensor(6.0)], name: "hidden".into() });
    assert_eq!(Nothing.try_map(&mut |leaf| Ok(leaf.clone())), Ok(Nothing));
}

#[test]
fn the_first_error_ends_a_mapping() {
    let mut calls = 0;
    let failed = Pair(Tensor(0.0), vec![Tensor(1.0), Tensor(2.0)]).try_map(&mut |leaf| {
        calls += 1;
        if leaf.0 == 1.0 { Err("one".into()) } else { Ok(leaf.clone()) }
    });
    assert_eq!((failed, calls), (Err("one".into()), 2));
}

#[test]
fn nesting_gives_one_inner_tree_per_leaf() {
    let nested: Vec<Layer> = layer().nest(&mut |leaf| Ok(Layer { weight: leaf.clone(), ..layer() })).unwrap();
    assert_eq!(nested.iter().map(|inner| inner.weight.0).collect::<Vec<_>>(), [1.0, 2.0, 3.0]);
    let mut calls = 0;
    let failed = layer().nest::<Tensor>(&mut |leaf| {
        calls += 1;
        if leaf.0 > 1.0 { Err("no".into()) } else { Ok(leaf.clone()) }
    });
    assert_eq!((failed, calls), (Err("no".into()), 2));
}

#[test]
fn generics_lifetimes_and_raw_names_are_kept() {
    let double = |x: f64| 2.0 * x;
    let generic: Generic<_, _, 3> = Generic { r#type: layer(), function: &double, marker: PhantomData };
    let mapped = generic.try_map(&mut |leaf| Ok(Tensor((generic.function)(leaf.0)))).unwrap();
    assert_eq!(leaves(&mapped), [2.0, 4.0, 6.0]);
    assert_eq!((mapped.function)(2.0), 4.0);
    assert_eq!(mapped.marker, PhantomData);
}
