//! Unique constraints: what they are made of, and their names.

use proc_macro2::Span;
use syn::ext::IdentExt;

use super::keys;
use crate::ast::{Field, Model};
use crate::diag::Diagnostics;

/// A constraint is of stored fields whose values stay until somebody changes them, each named once.
pub(super) fn check_fields(model: &Model<'_>, diag: &mut Diagnostics) {
    for field in &model.fields {
        if let Some(unique) = &field.attrs.unique {
            check_lasting(field, unique.span, diag);
        }
    }
    for unique in &model.attrs.uniques {
        if unique.fields.len() < 2 {
            diag.error(
                unique.span,
                "`unique(..)` on the struct names two fields or more; mark a single one with `#[dynorm(unique)]`",
            );
        }
        for (position, ident) in unique.fields.iter().enumerate() {
            if !keys::check_ident(model, ident, "a unique constraint", diag) {
                continue;
            }
            if unique.fields.iter().take(position).any(|before| before == ident) {
                diag.error(ident.span(), format!("`{ident}` is in the constraint already; remove one of the two"));
            }
            if let Some(field) = model.field(&ident.unraw().to_string()) {
                check_lasting(field, ident.span(), diag);
            }
        }
    }
}

/// Values that dynorm changes by itself are in no constraint.
fn check_lasting(field: &Field<'_>, span: Span, diag: &mut Diagnostics) {
    let attrs = &field.attrs;
    let ttl = attrs.ttl.as_ref().map(|(span, _)| *span);
    let stamps = [("created", attrs.created), ("updated", attrs.updated), ("version", attrs.version), ("ttl", ttl)];
    for (stamp, _) in stamps.iter().filter(|(_, marked)| marked.is_some()) {
        let name = field.name();
        diag.error(
            span,
            format!("`{name}` is a `{stamp}` field, which is kept for each item by itself; leave it out of unique constraints"),
        );
    }
}

/// Guards are found by the name of their constraint.
pub(super) fn check_names(model: &Model<'_>, diag: &mut Diagnostics) {
    let mut seen: Vec<String> = Vec::new();
    for (name, span) in names(model) {
        if seen.contains(&name) {
            let remedy = "remove one of the two, or name it with `name = \"..\"`";
            diag.error(span, format!("two unique constraints are called `{name}`; {remedy}"));
        }
        seen.push(name);
    }
}

/// A table of guards has some, and is not that of the items.
pub(super) fn check_table(model: &Model<'_>, diag: &mut Diagnostics) {
    let Some((span, name)) = &model.attrs.unique_table else { return };
    if model.attrs.uniques.is_empty() && model.fields.iter().all(|field| field.attrs.unique.is_none()) {
        let remedy = "mark a field with `#[dynorm(unique)]`, or remove `unique_table`";
        diag.error(*span, format!("the model has no unique constraint; {remedy}"));
    }
    if model.attrs.table.as_ref().is_some_and(|table| table.value == name.value) {
        let remedy = "name another table, or remove `unique_table`";
        diag.error(name.span, format!("`{}` is the table of the items; {remedy}", name.value));
    }
}

fn names(model: &Model<'_>) -> Vec<(String, Span)> {
    let rule = model.attrs.rename_all;
    let fields = model.fields.iter().filter_map(|field| {
        let unique = field.attrs.unique.as_ref()?;
        let name = unique.name.as_ref().map_or_else(|| field.attribute(rule), |name| name.value.clone());
        Some((name, unique.name.as_ref().map_or(unique.span, |name| name.span)))
    });
    let structs = model.attrs.uniques.iter().filter_map(|unique| {
        let span = unique.name.as_ref().map_or(unique.span, |name| name.span);
        if let Some(name) = &unique.name {
            return Some((name.value.clone(), span));
        }
        // An unknown field is an error of its own.
        let attribute = |ident: &syn::Ident| Some(model.field(&ident.unraw().to_string())?.attribute(rule));
        let attributes: Option<Vec<_>> = unique.fields.iter().map(attribute).collect();
        Some((attributes?.join(","), span))
    });
    fields.chain(structs).collect()
}
