//! The inherent items: one constant for each field, and where keys start.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::roles::Roles;
use super::{fact, keys};
use crate::ir::{Field, Model, Storage, Target};

/// The constants and key functions of a model.
pub(super) fn model(model: &Model, target: &Target, roles: &Roles<'_>) -> TokenStream {
    let constants = model.fields.iter().filter_map(|field| {
        let role = field.attr().map(|attr| roles.name(&attr.role));
        constant(target, field, &role.unwrap_or_else(|| quote!(_d::role::Plain)))
    });
    let functions = keys::functions(model, target);
    inherent(target, quote!(#(#constants)* #functions))
}

/// The constants of a nested struct.
pub(super) fn nested(target: &Target, fields: &[Field]) -> TokenStream {
    let constants = fields.iter().filter_map(|field| constant(target, field, &quote!(_d::role::Plain)));
    inherent(target, quote!(#(#constants)*))
}

fn inherent(target: &Target, items: TokenStream) -> TokenStream {
    let Target { ident, generics, .. } = target;
    let (params, args, bounds) = (generics.params(), generics.args(), generics.where_clause());
    quote! {
        #[automatically_derived]
        impl #params #ident #args #bounds { #items }
    }
}

fn constant(target: &Target, field: &Field, role: &TokenStream) -> Option<TokenStream> {
    let Target { ident, vis, generics, .. } = target;
    let (ty, args) = (&field.ty, generics.args());
    let (constant, name, codec, doc) = match &field.storage {
        Storage::Attribute(attr) => {
            let codec = attr.codec.as_ref().map(fact::codec);
            (&attr.constant, attr.name.as_str(), codec, format!("The attribute `{}`.", attr.name))
        }
        Storage::Flatten { constant } => {
            let doc = format!("The attributes of `{}`, for paths into it.", field.ident);
            (constant, "", Some(quote!(_d::Flattened)), doc)
        }
        Storage::Skip(_) => return None,
    };
    let codec = codec.map(|codec| quote!(, #codec));
    let plain = role.to_string() == quote!(_d::role::Plain).to_string();
    let role = if plain && codec.is_none() { None } else { Some(quote!(, #role)) }.into_token_stream();
    Some(quote! {
        #[doc = #doc]
        #vis const #constant: _d::Field<#ident #args, #ty #role #codec> = _d::Field::new(#name);
    })
}
