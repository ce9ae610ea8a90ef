//! The fields of a struct as both derives see them: how each is reached, its type, and the marks on it.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Data, DeriveInput, Error, Generics, Member, Result, Type, WherePredicate, parse_quote};

/// What a derive does with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Goes into it: the field's type implements the trait.
    Inner,
    /// `skip`: leaves it out.
    Skipped,
    /// `training`: a `bool` that `set_training` writes.
    Training,
}

impl Role {
    fn key(self) -> &'static str {
        match self {
            Role::Inner => "",
            Role::Skipped => "skip",
            Role::Training => "training",
        }
    }
}

/// One field.
pub(crate) struct Field {
    pub(crate) member: Member,
    pub(crate) ty: Type,
    pub(crate) role: Role,
}

/// The fields of the struct, in order. `attribute` is the derive's own (`tree`, `module`) and `roles` the marks it knows. An enum, a union
/// or an unknown mark is an error that points at it.
pub(crate) fn fields(input: &DeriveInput, derive: &str, attribute: &str, roles: &[Role]) -> Result<Vec<Field>> {
    if let Some(attr) = input.attrs.iter().find(|attr| attr.path().is_ident(attribute)) {
        return Err(Error::new_spanned(attr, format!("`#[{attribute}(…)]` belongs on a field, not on the struct")));
    }
    let data = match &input.data {
        Data::Struct(data) => data,
        Data::Enum(data) => {
            let text = format!(
                "`{derive}` cannot be derived for an enum: which tensors it holds would depend on the value; \
                 derive it for a struct (a field may be an `Option`), or implement the trait by hand"
            );
            return Err(Error::new_spanned(data.enum_token, text));
        }
        Data::Union(data) => {
            let text = format!("`{derive}` cannot be derived for a union: which of its fields is alive is not known");
            return Err(Error::new_spanned(data.union_token, text));
        }
    };
    let members = data.fields.members();
    data.fields
        .iter()
        .zip(members)
        .map(|(field, member)| Ok(Field { member, ty: field.ty.clone(), role: role(field, attribute, roles)? }))
        .collect()
}

fn role(field: &syn::Field, attribute: &str, roles: &[Role]) -> Result<Role> {
    let mut found = Role::Inner;
    for attr in field.attrs.iter().filter(|attr| attr.path().is_ident(attribute)) {
        attr.parse_nested_meta(|meta| {
            let Some(&role) = roles.iter().find(|role| meta.path.is_ident(role.key())) else {
                let known: Vec<String> = roles.iter().map(|role| format!("`#[{attribute}({})]`", role.key())).collect();
                return Err(meta.error(format!("unknown mark; a field may have {}", known.join(" or "))));
            };
            if found != Role::Inner && found != role {
                return Err(meta.error("a field is either skipped or the training flag, not both"));
            }
            if role == Role::Training && field.ty.to_token_stream().to_string() != "bool" {
                return Err(Error::new_spanned(&field.ty, "the field marked `#[module(training)]` must be a `bool`"));
            }
            found = role;
            Ok(())
        })?;
    }
    Ok(found)
}

/// The generics with what the implementation needs: the type parameters that inner fields mention implement `bound`, and skipped fields
/// that mention one are `Clone` if `clone_skipped`.
pub(crate) fn bounded(generics: &Generics, fields: &[Field], bound: &TokenStream, clone_skipped: bool) -> Generics {
    let parameters: Vec<String> = generics.type_params().map(|parameter| parameter.ident.to_string()).collect();
    let mut predicates: Vec<WherePredicate> = Vec::new();
    let mut add = |predicate: WherePredicate| {
        let text = predicate.to_token_stream().to_string();
        if predicates.iter().all(|other| other.to_token_stream().to_string() != text) {
            predicates.push(predicate);
        }
    };
    for Field { ty, role, .. } in fields {
        let mentioned = mentioned(ty.to_token_stream(), &parameters);
        match role {
            _ if mentioned.is_empty() => {}
            Role::Inner if begins_with(ty, &parameters) => add(parse_quote!(#ty: #bound)),
            Role::Inner => {
                for parameter in mentioned {
                    add(parse_quote!(#parameter: #bound));
                }
            }
            Role::Skipped if clone_skipped => add(parse_quote!(#ty: ::core::clone::Clone)),
            Role::Skipped | Role::Training => {}
        }
    }
    let mut generics = generics.clone();
    if !predicates.is_empty() {
        generics.make_where_clause().predicates.extend(predicates);
    }
    generics
}

/// Is the type `T` or `T::Item` for a type parameter `T`?
fn begins_with(ty: &Type, parameters: &[String]) -> bool {
    let Type::Path(path) = ty else { return false };
    let first = path.path.segments.first();
    path.qself.is_none() && first.is_some_and(|segment| parameters.iter().any(|name| segment.ident == name))
}

/// The type parameters that stand somewhere in these tokens.
fn mentioned(tokens: TokenStream, parameters: &[String]) -> Vec<proc_macro2::Ident> {
    let mut found = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if parameters.iter().any(|name| ident == name) => found.push(ident),
            TokenTree::Group(group) => found.extend(mentioned(group.stream(), parameters)),
            _ => {}
        }
    }
    found
}
