//! Writes the code. Everything that names dynorm stands in one `const _`, and names it through `_d`.
//!
//! Functions are `#[inline]`, so that a library of models compiles none of them: that is left to the program that calls them, as it is with
//! generic code.

mod bounds;
mod fact;
mod keys;
mod lifecycle;
mod nested;
mod patch;
pub(crate) mod paths;
mod projection;
mod record;
mod roles;
mod schema;
mod tagged;
mod uniques;
mod unit_enum;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Path, Type};

use crate::ast::{Patch, Projection};
use crate::ir::{AttributeType, Body, Model};
use crate::lower;

/// The code of a model.
pub(crate) fn model(model: &Model) -> TokenStream {
    let bounded = bounds::of_model(model);
    let target = &bounded;
    let roles = roles::Roles::of(model);
    let parts = [
        paths::model(model, target, &roles),
        keys::builders(model, target),
        roles.expand(target),
        record::record(target, &model.fields, &model.reserved()),
        lifecycle::model(model, target),
        keys::index_impls(model, target),
        uniques::facts(model, target),
    ];
    let markers = keys::markers(model);
    let items = wrap(&target.krate, &quote!(#(#parts)*));
    quote!(#markers #items)
}

/// The code of a projection of the model `of`.
pub(crate) fn projection(projection: &Projection<'_>, of: &Type) -> TokenStream {
    wrap(&lower::krate(projection.attrs.krate.as_ref()), &projection::projection(projection, of))
}

/// The code of a patch of the model `of`.
pub(crate) fn patch(patch: &Patch<'_>, of: &Type) -> TokenStream {
    wrap(&lower::krate(patch.attrs.krate.as_ref()), &patch::patch(patch, of))
}

/// The code of the type of an attribute.
pub(crate) fn attribute(ty: &AttributeType) -> TokenStream {
    let target = &bounds::of_attribute(ty);
    let items = match &ty.body {
        Body::Struct(fields) => nested::nested_struct(target, fields),
        Body::Newtype(inner, member) => nested::newtype(target, inner, member),
        Body::UnitEnum(variants) => unit_enum::unit_enum(target, variants),
        Body::DataEnum { tag, content, variants } => tagged::data_enum(target, tag, content, variants),
    };
    wrap(&target.krate, &items)
}

/// Puts items where their names meet no others. The allowed lints are those that generated code cannot please in every
/// crate: names follow the user's, and private field types stand in signatures that only their owner can use.
pub(crate) fn wrap(krate: &Path, items: &TokenStream) -> TokenStream {
    quote! {
        #[allow(
            dead_code, deprecated, private_bounds, private_interfaces, unreachable_pub, missing_debug_implementations,
            non_snake_case, non_camel_case_types, non_upper_case_globals, unused_qualifications, clippy::all,
            clippy::pedantic
        )]
        const _: () = {
            use #krate::private as _d;
            #items
        };
    }
}
