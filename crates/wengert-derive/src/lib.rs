//! Derive macros for wengert: [`Tree`](derive@Tree) and [`Module`](derive@Module).
//!
//! Both are re-exported next to the trait they implement: use `wengert::Tree` and `wengert_nn::Module` rather than this crate. The code
//! they write names `::wengert` and `::wengert_nn`, so the crate that uses them must have those dependencies under those names.

mod fields;
mod module;
mod tree;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Implements `wengert::Tree` for a struct, so that it can stand wherever a transform takes a tensor: as the argument of `grad`, as what
/// `vmap` maps over, as the result of a differentiated function.
///
/// The leaves are the leaves of the fields, in the order in which the fields are written; every field's type must implement `Tree`. A field
/// marked `#[tree(skip)]` has no leaves: it is cloned into each copy of the struct. Structs with named fields, tuple structs and unit structs
/// are supported, with generics. Enums and unions are refused, since the number of leaves must not depend on the value.
///
/// ```ignore
/// use wengert::{Tensor, Tree};
///
/// #[derive(Tree)]
/// struct Layer {
///     weight: Tensor,
///     bias: Option<Tensor>,
///     #[tree(skip)]
///     name: String,
/// }
/// ```
#[proc_macro_derive(Tree, attributes(tree))]
pub fn derive_tree(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    tree::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Implements `wengert_nn::Module` for a struct: its parameters are those of its fields, each named by the path of fields that leads to it,
/// joined with dots as in PyTorch: `hidden.weight`, or `0.weight` for the first field of a tuple struct.
///
/// Every field's type must implement `Module`, as tensors, modules, `Vec<M>` and `Option<M>` do. A field marked `#[module(skip)]` is left
/// out. A `bool` field marked `#[module(training)]` holds what `set_training` last said.
///
/// ```ignore
/// use wengert_nn::{Linear, Module};
///
/// #[derive(Module)]
/// struct Perceptron {
///     hidden: Linear,
///     output: Linear,
///     #[module(skip)]
///     slope: f64,
///     #[module(training)]
///     training: bool,
/// }
/// ```
#[proc_macro_derive(Module, attributes(module))]
pub fn derive_module(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    module::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}
