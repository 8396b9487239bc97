//! Secondary indexes: what they are made of, and DynamoDB's limits.

use proc_macro2::Ident;
use syn::ext::IdentExt;

use super::keys;
use crate::ast::Model;
use crate::attr::{IndexAttr, IndexKey, Project};
use crate::case;
use crate::diag::Diagnostics;

const MOST_LOCAL: usize = 5;
const MOST_GLOBAL: usize = 20;
const MOST_INCLUDED: usize = 100;
const MOST_ATTRIBUTES: usize = 4;

/// What a model can do already: an index function of that name would take its place.
const TAKEN: [&str; 11] =
    ["key", "get", "query", "scan", "create", "put", "update", "delete", "patch", "to_key", "create_table"];

/// Indexes differ in their markers, in the functions that follow from them, and in their names.
pub(super) fn check_markers(model: &Model<'_>, diag: &mut Diagnostics) {
    let mut functions: Vec<String> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for index in &model.attrs.indexes {
        let (marker, function) = (&index.marker, case::snake(&index.marker));
        if functions.contains(&function) {
            diag.error(marker.span(), format!("duplicate index `{marker}`; each index has a marker of its own"));
            continue;
        }
        if TAKEN.contains(&function.as_str()) {
            let model = &model.input.ident;
            diag.error(
                marker.span(),
                format!("`{marker}` would take the place of `{model}::{function}`; name the index otherwise"),
            );
        }
        functions.push(function);
        let name = index.dynamo_name();
        if names.contains(&name) {
            let span = index.name.as_ref().map_or_else(|| marker.span(), |name| name.span);
            diag.error(span, format!("duplicate index name `{name}`; each index of a table has a name of its own"));
        }
        names.push(name);
    }
}

/// Every index has a key that DynamoDB can build it by.
pub(super) fn check_keys(model: &Model<'_>, diag: &mut Diagnostics) {
    for index in &model.attrs.indexes {
        let mut used = Vec::new();
        if index.local.is_some() {
            check_local(model, index, diag);
        } else if index.partition_key.is_none() {
            let marker = &index.marker;
            diag.error(
                marker.span(),
                format!("the index `{marker}` has no partition key; add `partition_key = field`, or `local`"),
            );
        }
        let place = format!("the key of index `{}`", index.marker);
        for key in [&index.partition_key, &index.sort_key].into_iter().flatten() {
            match key {
                IndexKey::Template(key) => keys::check_template(model, key, &mut used, diag),
                IndexKey::Fields(fields) => check_fields(model, index, fields, &place, &mut used, diag),
            }
        }
    }
}

/// Key attributes that are fields: up to four in a global index, one in a local index.
fn check_fields(
    model: &Model<'_>,
    index: &IndexAttr,
    fields: &[Ident],
    place: &str,
    used: &mut Vec<String>,
    diag: &mut Diagnostics,
) {
    for field in fields {
        if keys::check_ident(model, field, place, diag) {
            keys::check_unused(&field.unraw().to_string(), field.span(), used, diag);
        }
        if let Some(field) = model.field(&field.unraw().to_string())
            && field.attrs.partition_key.or(field.attrs.sort_key).is_none()
            && field.is_stored()
        {
            keys::check_plain(field, model.attrs.rename_all.apply(field.ident).len(), diag);
        }
    }
    if index.local.is_some() && fields.len() > 1 {
        if let Some(second) = fields.get(1) {
            diag.error(second.span(), "a local index has one sort key attribute; make it global for several");
        }
    } else if let Some(fifth) = fields.get(MOST_ATTRIBUTES) {
        diag.error(
            fifth.span(),
            format!("an index key has {MOST_ATTRIBUTES} attributes at most; join some of them in a template"),
        );
    }
}

/// A local index shares the partition key of the table, and differs from it in the sort key.
fn check_local(model: &Model<'_>, index: &IndexAttr, diag: &mut Diagnostics) {
    let marker = &index.marker;
    if index.sort_key.is_none() {
        diag.error(marker.span(), format!("the local index `{marker}` has no sort key; add `sort_key = field`"));
    }
    let shared = model.fields.iter().find(|field| field.attrs.partition_key.is_some());
    let same = match &index.partition_key {
        None => true,
        Some(IndexKey::Template(key)) => {
            model.attrs.partition_key.as_ref().is_some_and(|(_, table)| table.template == key.template)
        }
        Some(IndexKey::Fields(fields)) => {
            matches!(fields.as_slice(), [only] if shared.is_some_and(|field| only.unraw() == field.ident.unraw()))
        }
    };
    if !same {
        let span = match &index.partition_key {
            Some(IndexKey::Template(key)) => key.span,
            Some(IndexKey::Fields(fields)) => fields.first().map_or_else(|| marker.span(), Ident::span),
            None => marker.span(),
        };
        diag.error(span, "a local index has the partition key of its table; remove this, or make the index global");
    }
}

/// What is included are attributes of the model.
pub(super) fn check_projections(model: &Model<'_>, diag: &mut Diagnostics) {
    let mut included = 0;
    for index in &model.attrs.indexes {
        let Some(Project::Include(fields)) = &index.project else { continue };
        let place = format!("the projection of index `{}`", index.marker);
        for (position, field) in fields.iter().enumerate() {
            let known = keys::check_ident(model, field, &place, diag);
            if known && fields.iter().take(position).any(|before| before == field) {
                diag.error(field.span(), format!("`{field}` is included twice; remove one of the two"));
            }
            included += 1;
            if included == MOST_INCLUDED + 1 {
                diag.error(
                    field.span(),
                    format!("the indexes include more than {MOST_INCLUDED} attributes; project `all` in one of them"),
                );
            }
        }
    }
}

/// DynamoDB limits the number of indexes of a table, and local ones need a table with a sort key.
pub(super) fn check_limits(model: &Model<'_>, diag: &mut Diagnostics) {
    let (mut local, mut global) = (0, 0);
    for index in &model.attrs.indexes {
        let (count, most, kind) = match index.local {
            Some(_) => (&mut local, MOST_LOCAL, "local"),
            None => (&mut global, MOST_GLOBAL, "global"),
        };
        *count += 1;
        if *count == most + 1 {
            diag.error(
                index.marker.span(),
                format!("more than {most} {kind} indexes; DynamoDB allows {most} for a table"),
            );
        }
        let sorted = model.attrs.sort_key.is_some() || model.fields.iter().any(|field| field.attrs.sort_key.is_some());
        if let (Some(span), false) = (index.local, sorted) {
            diag.error(span, "a local index needs a table with a sort key; add one, or make the index global");
        }
    }
}
