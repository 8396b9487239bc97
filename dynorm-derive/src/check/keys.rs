//! The primary key.

use proc_macro2::{Ident, Span};

use crate::ast::{Field, Model};
use crate::attr::{FieldAttrs, KeyTemplate};
use crate::diag::{Diagnostics, expected};
use crate::template::Format;

/// The longest name of a key attribute, in bytes.
const LONGEST_KEY_NAME: usize = 255;

/// The most parts that a key builder has methods for.
const MOST_PARTS: usize = 16;

/// Every table has exactly one partition key.
pub(super) fn check_partition_key(model: &Model<'_>, diag: &mut Diagnostics) {
    let template = model.attrs.partition_key.as_ref();
    let found = declared(model, |attrs| attrs.partition_key, template);
    one_at_most("partition", &found, diag);
    // A sort key alone gets its own message, in `check_sort_key`.
    if found.is_empty() && sort_keys(model).is_empty() {
        let remedy = "mark its field with `#[dynorm(partition_key)]`, or make it of several with `#[dynorm(partition_key = \"..\")]`";
        diag.error(model.input.ident.span(), format!("`{}` has no partition key; {remedy}", model.input.ident));
    }
}

/// There is one sort key at most, and never without a partition key.
pub(super) fn check_sort_key(model: &Model<'_>, diag: &mut Diagnostics) {
    let found = sort_keys(model);
    one_at_most("sort", &found, diag);
    let partition = declared(model, |attrs| attrs.partition_key, model.attrs.partition_key.as_ref());
    if let (Some((_, span)), true) = (found.first(), partition.is_empty()) {
        diag.error(*span, "a sort key needs a partition key; mark a field with `#[dynorm(partition_key)]`");
    }
    for field in &model.fields {
        if let (Some(_), Some(span)) = (field.attrs.partition_key, field.attrs.sort_key) {
            let name = field.name();
            diag.error(span, format!("`{name}` is the partition key already; the sort key is another attribute"));
        }
    }
}

fn sort_keys(model: &Model<'_>) -> Vec<(String, Span)> {
    declared(model, |attrs| attrs.sort_key, model.attrs.sort_key.as_ref())
}

/// Where a key is declared, in the order of the source: on the struct, then on fields.
fn declared(
    model: &Model<'_>,
    on_field: fn(&FieldAttrs) -> Option<Span>,
    on_struct: Option<&(Span, KeyTemplate)>,
) -> Vec<(String, Span)> {
    let template = on_struct.map(|(span, _)| ("the template".to_owned(), *span));
    let fields = model.fields.iter().filter_map(|field| Some((format!("`{}`", field.name()), on_field(&field.attrs)?)));
    template.into_iter().chain(fields).collect()
}

fn one_at_most(which: &str, found: &[(String, Span)], diag: &mut Diagnostics) {
    let mut found = found.iter();
    let Some((first, _)) = found.next() else { return };
    for (second, span) in found {
        let remedy = "keep one, or join several fields in a template";
        diag.error(*span, format!("two {which} keys, {first} and {second}; {remedy}"));
    }
}

/// A field that is a key attribute itself is stored as its type says, always: DynamoDB orders and finds it by that.
pub(super) fn check_plain_keys(model: &Model<'_>, diag: &mut Diagnostics) {
    for field in &model.fields {
        if let (Some(_), Some(span)) = (field.attrs.partition_key.or(field.attrs.sort_key), field.attrs.version) {
            diag.error(span, "`version` has no meaning on a key, which never changes; remove one of the two");
        }
        if field.attrs.partition_key.or(field.attrs.sort_key).is_some() {
            check_plain(field, model.attrs.rename_all.apply(field.ident).len(), diag);
        }
    }
}

/// The rule for one field, of the table or of an index.
pub(super) fn check_plain(field: &Field<'_>, renamed: usize, diag: &mut Diagnostics) {
    let name = field.name();
    if let Some((span, _)) = &field.attrs.with {
        diag.error(*span, format!("the key `{name}` is stored as its type says; remove `with`, or use a newtype"));
    }
    if let Some((span, _)) = &field.attrs.ttl {
        diag.error(*span, format!("`ttl` has no meaning on `{name}`, which is a key: it is stored as a number of seconds; remove one of the two"));
    }
    if let (Some((span, _)), true) = (&field.attrs.default, field.is_stored()) {
        diag.error(*span, format!("the key `{name}` is never absent; remove `default`"));
    }
    let length = field.attrs.rename.as_ref().map_or(renamed, |name| name.value.len());
    if length > LONGEST_KEY_NAME {
        diag.error(
            field.attribute_span(),
            format!("the name of the key `{name}` is too long; DynamoDB allows {LONGEST_KEY_NAME} bytes"),
        );
    }
}

/// The templates of the primary key.
pub(super) fn check_templates(model: &Model<'_>, diag: &mut Diagnostics) {
    let mut used: Vec<String> = plain_fields(model);
    let keys = [&model.attrs.partition_key, &model.attrs.sort_key];
    for (_, key) in keys.into_iter().flatten() {
        check_template(model, key, &mut used, diag);
    }
}

fn plain_fields(model: &Model<'_>) -> Vec<String> {
    let keys = model.fields.iter().filter(|field| field.attrs.partition_key.or(field.attrs.sort_key).is_some());
    keys.map(Field::name).collect()
}

/// A template names stored fields of the model, each once in a key, and one can tell where a part ends. (Whether the
/// text of a type has a fixed width is for rustc to say.)
pub(super) fn check_template(model: &Model<'_>, key: &KeyTemplate, used: &mut Vec<String>, diag: &mut Diagnostics) {
    for part in key.template.parts() {
        if let Some(field) = model.field(&part.field).filter(|field| field.attrs.version.is_some()) {
            let name = field.name();
            diag.error(
                key.span,
                format!("`{name}` is the version, which cannot be in a template: updates count it up without knowing it; remove it here"),
            );
        }
        if let Some(field) = model.field(&part.field).filter(|field| field.attrs.ttl.is_some()) {
            let name = field.name();
            diag.error(
                key.span,
                format!("`{name}` is the `ttl`, which cannot be in a template: it is stored as a number of seconds; remove it here"),
            );
        }
        if check_member(model, &part.field, key.span, "the template", diag) {
            check_unused(&part.field, key.span, used, diag);
        }
    }
    for (first, second) in key.template.adjacent().filter(|(first, _)| first.format == Format::Escape) {
        let (first, second) = (&first.field, &second.field);
        diag.error(
            key.span,
            format!("nothing separates `{first}` from `{second}`; write a delimiter between them, such as `-`"),
        );
    }
    if let Some(part) = key.template.parts().find(|part| part.descending && part.format == Format::Escape) {
        let field = &part.field;
        diag.error(key.span, format!("`{field}` is text of any length, which has no descending form; remove `rev`"));
    }
    if let Some(name) = &key.name
        && name.value.len() > LONGEST_KEY_NAME
    {
        diag.error(name.span, format!("the name of the key is too long; DynamoDB allows {LONGEST_KEY_NAME} bytes"));
    }
}

/// A field stands once in one key; a builder sets it once.
pub(super) fn check_unused(field: &str, span: Span, used: &mut Vec<String>, diag: &mut Diagnostics) {
    if used.iter().any(|name| name == field) {
        diag.error(
            span,
            format!("`{field}` stands twice in one key; a constant such as `\"PROFILE\"` can be a sort key"),
        );
    } else {
        if used.len() == MOST_PARTS {
            diag.error(span, format!("the key has more than {MOST_PARTS} parts; join some of them in one field"));
        }
        used.push(field.to_owned());
    }
}

/// A key is made of fields that the model has and stores. Tells whether this is one.
pub(super) fn check_member(model: &Model<'_>, name: &str, span: Span, place: &str, diag: &mut Diagnostics) -> bool {
    let Some(field) = model.field(name) else {
        let names: Vec<String> = model.fields.iter().filter(|field| field.is_stored()).map(Field::name).collect();
        let remedy = expected(name, names.iter().map(String::as_str));
        diag.error(span, format!("unknown field `{name}` in {place}; {remedy}"));
        return false;
    };
    if !field.is_stored() {
        let how = if field.attrs.skip.is_some() { "skipped" } else { "flattened" };
        diag.error(
            span,
            format!("`{name}` is {how}, so it cannot be in {place}; use a field with an attribute of its own"),
        );
        return false;
    }
    true
}

/// The same for a field that is named by an identifier.
pub(super) fn check_ident(model: &Model<'_>, ident: &Ident, place: &str, diag: &mut Diagnostics) -> bool {
    use syn::ext::IdentExt;
    check_member(model, &ident.unraw().to_string(), ident.span(), place, diag)
}
