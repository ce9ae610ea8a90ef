//! `#[derive(Module)]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{DeriveInput, Member, Result};

use crate::fields::{Field, Role, bounded, fields};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let fields = fields(input, "Module", "module", &[Role::Skipped, Role::Training])?;
    let name = &input.ident;
    let generics = bounded(&input.generics, &fields, &quote!(::wengert_nn::Module), false);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();

    let inner = || fields.iter().filter(|field| field.role == Role::Inner);
    let visits = inner().map(|field| visit(field, &quote!(visit_parameters), &quote!(&)));
    let visits_mut = inner().map(|field| visit(field, &quote!(visit_parameters_mut), &quote!(&mut)));
    let settings = fields.iter().filter_map(|Field { member, ty, role }| match role {
        Role::Inner => {
            Some(quote_spanned!(ty.span()=> <#ty as ::wengert_nn::Module>::set_training(&mut self.#member, on);))
        }
        Role::Training => Some(quote!(self.#member = on;)),
        Role::Skipped => None,
    });

    Ok(quote! {
        #[automatically_derived]
        #[allow(unused_variables)]
        impl #impl_generics ::wengert_nn::Module for #name #ty_generics #where_clause {
            fn visit_parameters(&self, prefix: &str, f: &mut dyn ::core::ops::FnMut(&str, &::wengert::Tensor)) {
                #(#visits)*
            }

            fn visit_parameters_mut(
                &mut self,
                prefix: &str,
                f: &mut dyn ::core::ops::FnMut(&str, &mut ::wengert::Tensor),
            ) {
                #(#visits_mut)*
            }

            fn set_training(&mut self, on: bool) {
                #(#settings)*
            }
        }
    })
}

/// The call that goes into one field, with the field's name joined to the prefix.
fn visit(Field { member, ty, .. }: &Field, method: &TokenStream, borrow: &TokenStream) -> TokenStream {
    let name = match member {
        Member::Named(ident) => ident.unraw().to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    };
    quote_spanned! {ty.span()=>
        let path = if prefix.is_empty() {
            ::std::string::String::from(#name)
        } else {
            [prefix, ".", #name].concat()
        };
        <#ty as ::wengert_nn::Module>::#method(#borrow self.#member, &path, f);
    }
}

#[cfg(test)]
mod tests {
    use super::expand;
    use syn::parse_quote;

    fn message(input: &syn::DeriveInput) -> String {
        expand(input).expect_err("must be refused").to_string()
    }

    #[test]
    fn enums_and_wrong_marks_are_refused_with_a_reason() {
        assert!(
            message(&parse_quote!(
                enum Either {
                    Left(Linear),
                    Right,
                }
            ))
            .contains("cannot be derived for an enum")
        );
        assert_eq!(
            message(&parse_quote!(
                struct S {
                    #[module(buffer)]
                    a: Tensor,
                }
            )),
            "unknown mark; a field may have `#[module(skip)]` or `#[module(training)]`"
        );
        assert!(
            message(&parse_quote!(
                struct S {
                    #[module(training)]
                    a: u8,
                }
            ))
            .contains("must be a `bool`")
        );
        assert!(
            message(&parse_quote!(
                struct S {
                    #[module(training, skip)]
                    a: bool,
                }
            ))
            .contains("not both")
        );
    }
}
