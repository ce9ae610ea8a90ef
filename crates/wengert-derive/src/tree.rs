//! `#[derive(Tree)]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Result};

use crate::fields::{Field, Role, bounded, fields};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let fields = fields(input, "Tree", "tree", &[Role::Skipped])?;
    let name = &input.ident;
    let generics = bounded(&input.generics, &fields, &quote!(::wengert::Tree), true);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();

    let visits = fields
        .iter()
        .filter(|field| field.role == Role::Inner)
        .map(|Field { member, ty, .. }| quote_spanned!(ty.span()=> <#ty as ::wengert::Tree>::visit(&self.#member, f);));
    let copies = fields.iter().map(|Field { member, ty, role }| match role {
        Role::Inner => quote_spanned!(ty.span()=> #member: <#ty as ::wengert::Tree>::try_map(&self.#member, f)?),
        _ => quote_spanned!(ty.span()=> #member: <#ty as ::core::clone::Clone>::clone(&self.#member)),
    });

    Ok(quote! {
        #[automatically_derived]
        #[allow(unused_variables, clippy::init_numbered_fields)]
        impl #impl_generics ::wengert::Tree for #name #ty_generics #where_clause {
            type Nest<__Inner: ::wengert::Tree + ::core::clone::Clone> = ::std::vec::Vec<__Inner>;

            fn visit(&self, f: &mut dyn ::core::ops::FnMut(&::wengert::Tensor)) {
                #(#visits)*
            }

            fn try_map(
                &self,
                f: &mut dyn ::core::ops::FnMut(&::wengert::Tensor) -> ::wengert::Result<::wengert::Tensor>,
            ) -> ::wengert::Result<Self> {
                ::core::result::Result::Ok(Self { #(#copies),* })
            }

            fn nest<__Inner: ::wengert::Tree + ::core::clone::Clone>(
                &self,
                f: &mut dyn ::core::ops::FnMut(&::wengert::Tensor) -> ::wengert::Result<__Inner>,
            ) -> ::wengert::Result<::std::vec::Vec<__Inner>> {
                let mut nested: ::wengert::Result<::std::vec::Vec<__Inner>> =
                    ::core::result::Result::Ok(::std::vec::Vec::new());
                ::wengert::Tree::visit(self, &mut |leaf: &::wengert::Tensor| {
                    if let ::core::result::Result::Ok(done) = &mut nested {
                        match f(leaf) {
                            ::core::result::Result::Ok(inner) => done.push(inner),
                            ::core::result::Result::Err(error) => nested = ::core::result::Result::Err(error),
                        }
                    }
                });
                nested
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::expand;
    use syn::parse_quote;

    fn message(input: &syn::DeriveInput) -> String {
        expand(input).expect_err("must be refused").to_string()
    }

    #[test]
    fn enums_and_unions_are_refused_with_a_reason() {
        assert!(
            message(&parse_quote!(
                enum Either {
                    Left(Tensor),
                    Right,
                }
            ))
            .contains("cannot be derived for an enum")
        );
        assert!(message(&parse_quote!(union Bits { a: u32, b: f32 })).contains("cannot be derived for a union"));
    }

    #[test]
    fn unknown_marks_name_the_known_one() {
        let text = message(&parse_quote!(
            struct S {
                #[tree(ignore)]
                a: Tensor,
            }
        ));
        assert_eq!(text, "unknown mark; a field may have `#[tree(skip)]`");
        assert!(
            message(&parse_quote!(
                #[tree(skip)]
                struct S;
            ))
            .contains("belongs on a field")
        );
    }

    #[test]
    fn bounds_fall_on_what_the_fields_mention() {
        let input = parse_quote! {
            struct S<T, I: Iterator, U, V> { a: Vec<T>, b: I::Item, #[tree(skip)] c: Vec<U>, #[tree(skip)] d: u8, e: Pair<T, T>, #[tree(skip)] v: V }
        };
        let text = expand(&input).expect("a struct").to_string();
        let clause = text.split(" where ").nth(1).and_then(|rest| rest.split(" {").next()).expect("a where clause");
        assert_eq!(
            clause,
            "T : :: wengert :: Tree , I :: Item : :: wengert :: Tree , Vec < U > : :: core :: clone :: Clone , V : :: core :: clone :: Clone"
        );
    }
}
