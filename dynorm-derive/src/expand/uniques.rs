//! What unique constraints ask of types: values that a guard can hold, and keys of text in the table that has the guards.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::fact;
use crate::ir::{Attr, Field, KeyAttribute, Model, Target};
use crate::template::Format;

/// A function that compiles if all types are so; it is never called.
pub(super) fn facts(model: &Model, target: &Target) -> TokenStream {
    if model.uniques.is_empty() {
        return TokenStream::new();
    }
    let (params, bounds) = (target.generics.params(), target.generics.where_clause());
    let values = model.unique_fields().map(|(field, attr)| {
        let (ty, codec) = (&field.ty, codec(attr));
        quote_spanned!(fact::span(ty)=> _d::unique_value::<#ty, #codec>();)
    });
    let keys = keys(model).map(|ty| quote_spanned!(fact::span(ty)=> _d::guard_key::<#ty>();));
    quote!(fn __unique #params() #bounds { #(#values)* #(#keys)* })
}

/// How a field is stored.
pub(super) fn codec(attr: &Attr) -> TokenStream {
    attr.codec.as_ref().map_or_else(|| quote!(_d::Native), fact::codec)
}

/// The types of the fields that are themselves attributes of the primary key, if guards live under that key. A template is text anyway.
pub(super) fn keys(model: &Model) -> impl Iterator<Item = &syn::Type> {
    let is_shared = !model.uniques.is_empty() && model.unique_table.is_none();
    let attributes = model.key.partition.iter().chain(&model.key.sort).filter(move |_| is_shared);
    let plain = attributes.flat_map(KeyAttribute::parts).filter(|part| part.format == Format::Plain);
    plain.map(|part| &part.ty)
}

/// The fields with their codecs, for bounds.
pub(super) fn values(model: &Model) -> impl Iterator<Item = (&Field, TokenStream)> {
    model.unique_fields().map(|(field, attr)| (field, codec(attr)))
}
