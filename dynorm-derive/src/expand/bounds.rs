//! The bounds that a generic type needs: one for each fact about a field whose type depends on a parameter.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::Type;

use super::{fact, uniques};
use crate::attr::DefaultValue;
use crate::generics::TypeGenerics;
use crate::ir::{Attr, AttributeType, Body, Field, Model, StampKind, Storage, Target, VariantData};

/// The model's target, bounds added.
pub(super) fn of_model(model: &Model) -> Target {
    let mut generics = model.target.generics.clone();
    for field in &model.fields {
        of_field(&mut generics, field);
    }
    for part in &model.parts {
        let ty = &part.ty;
        if part.optional {
            generics.bound(&ty.to_token_stream(), &quote!(_d::IndexPart));
        }
        let form = format_ident!("{}", fact::form(part).0);
        generics.bound(&fact::part_type(part), &quote!(_d::#form));
    }
    for (field, codec) in uniques::values(model) {
        generics.bound(&field.ty.to_token_stream(), &quote!(_d::UniqueValue<#codec>));
    }
    for ty in uniques::keys(model) {
        generics.bound(&ty.to_token_stream(), &quote!(_d::GuardKey));
    }
    with(&model.target, generics)
}

/// The same for the type of an attribute.
pub(super) fn of_attribute(ty: &AttributeType) -> Target {
    let mut generics = ty.target.generics.clone();
    let native = |generics: &mut TypeGenerics, ty: &Type| {
        generics.bound(&ty.to_token_stream(), &quote!(_d::Attribute));
    };
    match &ty.body {
        Body::Struct(fields) => fields.iter().for_each(|field| of_field(&mut generics, field)),
        Body::Newtype(inner, _) => native(&mut generics, inner),
        Body::UnitEnum(_) => {}
        Body::DataEnum { variants, .. } => {
            for variant in variants {
                match &variant.data {
                    VariantData::Unit => {}
                    VariantData::Newtype(inner) => native(&mut generics, inner),
                    VariantData::Struct(fields) => fields.iter().for_each(|field| of_field(&mut generics, field)),
                }
            }
        }
    }
    with(&ty.target, generics)
}

fn with(target: &Target, generics: TypeGenerics) -> Target {
    Target { ident: target.ident.clone(), vis: target.vis.clone(), generics, krate: target.krate.clone() }
}

fn of_field(generics: &mut TypeGenerics, field: &Field) {
    let ty = field.ty.to_token_stream();
    match &field.storage {
        Storage::Attribute(attr) => of_attr(generics, &ty, attr),
        Storage::Flatten { .. } => generics.bound(&ty, &quote!(_d::Flatten)),
        Storage::Skip(default) => of_default(generics, &ty, Some(default)),
    }
}

fn of_attr(generics: &mut TypeGenerics, ty: &TokenStream, attr: &Attr) {
    match &attr.codec {
        None => generics.bound(ty, &quote!(_d::Attribute)),
        Some(codec) => {
            let codec = fact::codec(codec);
            generics.bound(&codec, &quote!(_d::Codec<#ty>));
        }
    }
    of_default(generics, ty, attr.default.as_ref());
    match attr.stamp {
        Some(StampKind::Created | StampKind::Updated | StampKind::Expiry) => {
            generics.bound(ty, &quote!(_d::Timestamp));
        }
        Some(StampKind::Auto(_)) => generics.bound(ty, &quote!(_d::AutoId)),
        Some(StampKind::Version) => generics.bound(ty, &quote!(_d::Version)),
        None => {}
    }
}

fn of_default(generics: &mut TypeGenerics, ty: &TokenStream, default: Option<&DefaultValue>) {
    match default {
        Some(DefaultValue::Trait) => generics.bound(ty, &quote!(::core::default::Default)),
        Some(DefaultValue::Text(_)) => generics.bound(ty, &quote!(for<'__a> ::core::convert::From<&'__a str>)),
        // A version says so itself.
        Some(DefaultValue::Expr(_) | DefaultValue::Unset) | None => {}
    }
}
