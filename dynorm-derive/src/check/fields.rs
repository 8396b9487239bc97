//! Attributes of one field that contradict each other, and those that a model has once.

use proc_macro2::Span;

use crate::ast::{Field, Model};
use crate::attr::FieldAttrs;
use crate::diag::Diagnostics;

/// A skipped field is not stored and a flattened one has no attribute of its own, so whatever is about its attribute
/// has no meaning there. The lifecycle gives a field one value, so it has one role in it.
pub(super) fn check_combination(field: &Field<'_>, diag: &mut Diagnostics) {
    let attrs = &field.attrs;
    let mut refuse = |found: &[(&str, Option<Span>)], because: &str| {
        for (name, span) in found {
            if let Some(span) = span {
                diag.error(*span, format!("`{name}` has no meaning on {because}; remove one of the two"));
            }
        }
    };
    if attrs.skip.is_some() {
        refuse(&about_storage(attrs), "a skipped field");
        refuse(&[("flatten", attrs.flatten)], "a skipped field");
    } else if attrs.flatten.is_some() {
        refuse(&about_storage(attrs), "a flattened field");
        refuse(&[("default", attrs.default.as_ref().map(|(span, _)| *span))], "a flattened field");
    }
    let ttl = ("ttl", attrs.ttl.as_ref().map(|(span, _)| *span));
    if attrs.created.is_some() {
        refuse(&[("updated", attrs.updated)], "a `created` field");
        refuse(&[("auto", attrs.auto.map(|(span, _)| span)), ("version", attrs.version), ttl], "a `created` field");
    } else if attrs.updated.is_some() {
        refuse(&[("auto", attrs.auto.map(|(span, _)| span)), ("version", attrs.version), ttl], "an `updated` field");
    } else if attrs.ttl.is_some() {
        let others = [
            ("auto", attrs.auto.map(|(span, _)| span)),
            ("version", attrs.version),
            ("with", attrs.with.as_ref().map(|(span, _)| *span)),
            ("default", attrs.default.as_ref().map(|(span, _)| *span)),
            ("alias", attrs.aliases.first().map(|name| name.span)),
        ];
        refuse(&others, "a `ttl` field");
    } else if attrs.version.is_some() {
        // DynamoDB itself counts it up and compares it, under one name; and without one it is 0.
        let stored = [
            ("auto", attrs.auto.map(|(span, _)| span)),
            ("with", attrs.with.as_ref().map(|(span, _)| *span)),
            ("alias", attrs.aliases.first().map(|name| name.span)),
        ];
        refuse(&stored, "a `version` field");
        refuse(&[("default", attrs.default.as_ref().map(|(span, _)| *span))], "a `version` field");
    }
}

/// What is said about the attribute that a field is stored in.
fn about_storage(attrs: &FieldAttrs) -> [(&'static str, Option<Span>); 13] {
    [
        ("partition_key", attrs.partition_key),
        ("sort_key", attrs.sort_key),
        ("rename", attrs.rename.as_ref().map(|name| name.span)),
        ("alias", attrs.aliases.first().map(|name| name.span)),
        ("with", attrs.with.as_ref().map(|(span, _)| *span)),
        ("created", attrs.created),
        ("updated", attrs.updated),
        ("auto", attrs.auto.map(|(span, _)| span)),
        ("version", attrs.version),
        ("ttl", attrs.ttl.as_ref().map(|(span, _)| *span)),
        ("readonly", attrs.readonly),
        ("sensitive", attrs.sensitive),
        ("unique", attrs.unique.as_ref().map(|unique| unique.span)),
    ]
}

/// A model has one field at most of each kind that the lifecycle writes.
pub(super) fn check_once(model: &Model<'_>, diag: &mut Diagnostics) {
    let mut once = |name: &str, span: fn(&FieldAttrs) -> Option<Span>| {
        let mut marked = model.fields.iter().filter_map(|field| Some((field, span(&field.attrs)?)));
        let Some((first, _)) = marked.next() else { return };
        for (field, span) in marked {
            let (first, second) = (first.name(), field.name());
            diag.error(span, format!("two `{name}` fields, `{first}` and `{second}`; keep one of them"));
        }
    };
    once("created", |attrs| attrs.created);
    once("updated", |attrs| attrs.updated);
    once("version", |attrs| attrs.version);
    once("ttl", |attrs| attrs.ttl.as_ref().map(|(span, _)| *span));
}
