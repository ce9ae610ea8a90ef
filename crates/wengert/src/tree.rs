//! Trees of tensors: what transforms take and return.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

use crate::error::Result;
use crate::tensor::Tensor;

/// A structure with tensors in it: a tensor, tuples, arrays, vectors, maps, options and boxes of
/// trees, and any struct that derives it. Transforms differentiate with respect to all of its tensors
/// and return gradients in the same structure.
///
/// ```
/// use wengert::prelude::*;
/// use wengert::Tree;
///
/// #[derive(Tree, Clone)]
/// struct Line { slope: Tensor, offset: Tensor }
///
/// let line = Line { slope: Tensor::from(2.0), offset: Tensor::from(1.0) };
/// let gradient = grad(|line: &Line| &line.slope * 3.0 + &line.offset)(&line);
/// assert_eq!(gradient.slope.item(), 3.0);
/// assert_eq!(gradient.offset.item(), 1.0);
/// ```
pub trait Tree: Sized {
    /// The same structure with a `U` in the place of each tensor: a Hessian with respect to `Self` is
    /// a `Self::Nest<Self>`. Structs that derive [`Tree`] have one `U` for each tensor, in order.
    type Nest<U: Tree + Clone>: Tree;

    /// Calls `f` with each tensor, in order.
    fn visit(&self, f: &mut dyn FnMut(&Tensor));

    /// The same structure with each tensor replaced.
    ///
    /// # Errors
    /// The first error of `f`.
    fn try_map(&self, f: &mut dyn FnMut(&Tensor) -> Result<Tensor>) -> Result<Self>;

    /// The structure with a `U` for each tensor.
    ///
    /// # Errors
    /// The first error of `f`.
    fn nest<U: Tree + Clone>(&self, f: &mut dyn FnMut(&Tensor) -> Result<U>) -> Result<Self::Nest<U>>;
}

/// The tensors of a tree, in order.
#[must_use]
pub fn leaves<T: Tree>(tree: &T) -> Vec<Tensor> {
    let mut found = Vec::new();
    tree.visit(&mut |leaf| found.push(leaf.clone()));
    found
}

/// A tree of the structure of `like` with the given tensors in it, in order.
///
/// # Errors
/// If there are fewer of them than `like` has.
pub(crate) fn with_leaves<T: Tree>(like: &T, leaves: impl IntoIterator<Item = Tensor>) -> Result<T> {
    let mut leaves = leaves.into_iter();
    like.try_map(&mut |_| {
        leaves
            .next()
            .ok_or_else(|| crate::Error::argument("tree", "has fewer tensors than the structure it is put into"))
    })
}

impl Tree for Tensor {
    type Nest<U: Tree + Clone> = U;

    fn visit(&self, f: &mut dyn FnMut(&Tensor)) {
        f(self);
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
        self.iter().for_each(|tree| tree.visit(f));
    }
    fn try_map(&self, f: &mut dyn FnMut(&Tensor) -> Result<Tensor>) -> Result<Self> {
        self.iter().map(|tree| tree.try_map(f)).collect()
    }
    fn nest<U: Tree + Clone>(&self, f: &mut dyn FnMut(&Tensor) -> Result<U>) -> Result<Self::Nest<U>> {
        self.iter().map(|tree| tree.nest(f)).collect()
    }
}

impl<T: Tree> Tree for Option<T> {
    type Nest<U: Tree + Clone> = Option<T::Nest<U>>;

    fn visit(&self, f: &mut dyn FnMut(&Tensor)) {
        self.iter().for_each(|tree| tree.visit(f));
    }
    fn try_map(&self, f: &mut dyn FnMut(&Tensor) -> Result<Tensor>) -> Result<Self> {
        self.as_ref().map(|tree| tree.try_map(f)).transpose()
    }
    fn nest<U: Tree + Clone>(&self, f: &mut dyn FnMut(&Tensor) -> Result<U>) -> Result<Self::Nest<U>> {
        self.as_ref().map(|tree| tree.nest(f)).transpose()
    }
}

impl<T: Tree> Tree for Box<T> {
    type Nest<U: Tree + Clone> = Box<T::Nest<U>>;

    fn visit(&self, f: &mut dyn FnMut(&Tensor)) {
        (**self).visit(f);
    }
    fn try_map(&self, f: &mut dyn FnMut(&Tensor) -> Result<Tensor>) -> Result<Self> {
        (**self).try_map(f).map(Box::new)
    }
    fn nest<U: Tree + Clone>(&self, f: &mut dyn FnMut(&Tensor) -> Result<U>) -> Result<Self::Nest<U>> {
        (**self).nest(f).map(Box::new)
    }
}

/// The nested form of an array is a vector: an array's length is not known to be that of the tensors.
impl<T: Tree, const N: usize> Tree for [T; N] {
    type Nest<U: Tree + Clone> = Vec<T::Nest<U>>;

    fn visit(&self, f: &mut dyn FnMut(&Tensor)) {
        self.iter().for_each(|tree| tree.visit(f));
    }
    fn try_map(&self, f: &mut dyn FnMut(&Tensor) -> Result<Tensor>) -> Result<Self> {
        let mapped: Vec<T> = self.iter().map(|tree| tree.try_map(f)).collect::<Result<_>>()?;
        mapped.try_into().map_err(|_| crate::Error::argument("tree", "an array changed its length"))
    }
    fn nest<U: Tree + Clone>(&self, f: &mut dyn FnMut(&Tensor) -> Result<U>) -> Result<Self::Nest<U>> {
        self.iter().map(|tree| tree.nest(f)).collect()
    }
}

impl<K: Clone + Ord, T: Tree> Tree for BTreeMap<K, T> {
    type Nest<U: Tree + Clone> = BTreeMap<K, T::Nest<U>>;

    fn visit(&self, f: &mut dyn FnMut(&Tensor)) {
        self.values().for_each(|tree| tree.visit(f));
    }
    fn try_map(&self, f: &mut dyn FnMut(&Tensor) -> Result<Tensor>) -> Result<Self> {
        self.iter().map(|(key, tree)| Ok((key.clone(), tree.try_map(f)?))).collect()
    }
    fn nest<U: Tree + Clone>(&self, f: &mut dyn FnMut(&Tensor) -> Result<U>) -> Result<Self::Nest<U>> {
        self.iter().map(|(key, tree)| Ok((key.clone(), tree.nest(f)?))).collect()
    }
}

/// Visited in the order of the keys, so that two maps with equal keys correspond.
impl<K: Clone + Ord + Hash, T: Tree, S: BuildHasher + Default> Tree for HashMap<K, T, S> {
    type Nest<U: Tree + Clone> = HashMap<K, T::Nest<U>, S>;

    fn visit(&self, f: &mut dyn FnMut(&Tensor)) {
        sorted(self).into_iter().for_each(|(_, tree)| tree.visit(f));
    }
    fn try_map(&self, f: &mut dyn FnMut(&Tensor) -> Result<Tensor>) -> Result<Self> {
        sorted(self).into_iter().map(|(key, tree)| Ok((key.clone(), tree.try_map(f)?))).collect()
    }
    fn nest<U: Tree + Clone>(&self, f: &mut dyn FnMut(&Tensor) -> Result<U>) -> Result<Self::Nest<U>> {
        sorted(self).into_iter().map(|(key, tree)| Ok((key.clone(), tree.nest(f)?))).collect()
    }
}

fn sorted<K: Ord, T, S>(map: &HashMap<K, T, S>) -> Vec<(&K, &T)> {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by(|a, b| a.0.cmp(b.0));
    entries
}

impl Tree for () {
    type Nest<U: Tree + Clone> = ();

    fn visit(&self, _: &mut dyn FnMut(&Tensor)) {}
    fn try_map(&self, _: &mut dyn FnMut(&Tensor) -> Result<Tensor>) -> Result<Self> {
        Ok(())
    }
    fn nest<U: Tree + Clone>(&self, _: &mut dyn FnMut(&Tensor) -> Result<U>) -> Result<()> {
        Ok(())
    }
}

macro_rules! tuple_tree {
    ($($T:ident $i:tt),+) => {
        impl<$($T: Tree),+> Tree for ($($T,)+) {
            type Nest<Nested: Tree + Clone> = ($($T::Nest<Nested>,)+);

            fn visit(&self, f: &mut dyn FnMut(&Tensor)) {
                $(self.$i.visit(f);)+
            }
            fn try_map(&self, f: &mut dyn FnMut(&Tensor) -> Result<Tensor>) -> Result<Self> {
                Ok(($(self.$i.try_map(f)?,)+))
            }
            fn nest<Nested: Tree + Clone>(&self, f: &mut dyn FnMut(&Tensor) -> Result<Nested>) -> Result<Self::Nest<Nested>> {
                Ok(($(self.$i.nest(f)?,)+))
            }
        }
    };
}
tuple_tree!(A 0);
tuple_tree!(A 0, B 1);
tuple_tree!(A 0, B 1, C 2);
tuple_tree!(A 0, B 1, C 2, D 3);
tuple_tree!(A 0, B 1, C 2, D 3, E 4);
tuple_tree!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple_tree!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple_tree!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
