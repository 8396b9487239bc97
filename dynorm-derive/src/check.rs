//! The rules that look at more than one attribute. Each is a `check_*` function with the rule above it; all of them
//! run, so that one compilation shows every mistake.

mod enums;
mod fields;
mod indexes;
mod keys;
mod names;
mod selections;
mod uniques;

use syn::Type;

use crate::ast::{AttributeType, Body, Model, Patch, Projection, VariantData};
use crate::diag::Diagnostics;

/// Checks a model.
pub(crate) fn model(model: &Model<'_>) -> syn::Result<()> {
    let mut diag = Diagnostics::new();
    let table = model.input.ident.span();
    if model.attrs.table.is_none() {
        diag.error(table, format!("`{}` names no table; add `#[dynorm(table = \"..\")]`", model.input.ident));
    }
    for field in &model.fields {
        fields::check_combination(field, &mut diag);
    }
    fields::check_once(model, &mut diag);
    keys::check_partition_key(model, &mut diag);
    keys::check_sort_key(model, &mut diag);
    keys::check_plain_keys(model, &mut diag);
    keys::check_templates(model, &mut diag);
    indexes::check_markers(model, &mut diag);
    indexes::check_keys(model, &mut diag);
    indexes::check_projections(model, &mut diag);
    indexes::check_limits(model, &mut diag);
    uniques::check_fields(model, &mut diag);
    uniques::check_names(model, &mut diag);
    uniques::check_table(model, &mut diag);
    names::check_attributes(model, &mut diag);
    names::check_constants(&model.fields, &mut diag);
    diag.finish()
}

/// Checks a projection, and gives its model.
pub(crate) fn projection<'a>(projection: &'a Projection<'_>) -> syn::Result<&'a Type> {
    let mut diag = Diagnostics::new();
    selections::check_fields(projection, "read", &mut diag);
    selections::check_generics(projection, "a projection", &mut diag);
    let of = selections::check_model(projection, projection.attrs.of.as_ref(), &mut diag);
    diag.finish()?;
    of.ok_or_else(|| syn::Error::new(projection.input.ident.span(), "the projection names no model"))
}

/// Checks a patch, and gives its model.
pub(crate) fn patch<'a>(patch: &'a Patch<'_>) -> syn::Result<&'a Type> {
    let mut diag = Diagnostics::new();
    selections::check_fields(patch, "change", &mut diag);
    selections::check_generics(patch, "a patch", &mut diag);
    let of = selections::check_model(patch, patch.attrs.of.as_ref(), &mut diag);
    diag.finish()?;
    of.ok_or_else(|| syn::Error::new(patch.input.ident.span(), "the patch names no model"))
}

/// Checks the type of an attribute.
pub(crate) fn attribute(ty: &AttributeType<'_>) -> syn::Result<()> {
    let mut diag = Diagnostics::new();
    match &ty.body {
        Body::Struct(fields) => {
            for field in fields {
                fields::check_combination(field, &mut diag);
            }
            names::check_nested(fields, ty.attrs.rename_all, &[], &mut diag);
            names::check_constants(fields, &mut diag);
        }
        Body::Newtype(_) => {}
        Body::UnitEnum(variants) => enums::check_variants(variants, ty.attrs.rename_all, &mut diag),
        Body::DataEnum(variants) => {
            enums::check_variants(variants, ty.attrs.rename_all, &mut diag);
            enums::check_tag(&ty.attrs, &mut diag);
            for variant in variants {
                if let VariantData::Struct(fields) = &variant.data {
                    for field in fields {
                        fields::check_combination(field, &mut diag);
                    }
                    names::check_nested(fields, ty.attrs.rename_all_fields, &[ty.attrs.tag()], &mut diag);
                }
            }
        }
    }
    diag.finish()
}
