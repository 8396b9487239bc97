//! The role of each field: what expressions may do with it.

use proc_macro2::Ident;
use syn::ext::IdentExt;

use super::uniques;
use crate::ast;
use crate::ir::{Index, Key, KeyAttribute, LocalRole, Projection, Role, Segment, SharedRole};
use crate::template::Format;

/// What a field is to one key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    None,
    /// It is an attribute of the key.
    Attribute,
    /// It feeds a template.
    Source,
}

pub(super) fn role(model: &ast::Model<'_>, field: &ast::Field<'_>, table: &Key, indexes: &[Index]) -> Role {
    let base = base(model, field, table);
    let markers = |keep: &dyn Fn(&Index) -> bool| -> Vec<Ident> {
        indexes.iter().filter(|index| keep(index)).map(|index| index.marker.clone()).collect()
    };
    let held = |index: &Index| is_held(model, field, table, index);
    let held_by = markers(&held);
    let no_key_of = markers(&|index| place(field, &index.key) != Place::Attribute);
    let feeds = indexes.iter().find(|index| place(field, &index.key) == Place::Source);
    let everywhere = held_by.len() == indexes.len() && no_key_of.len() == indexes.len();
    if everywhere && feeds.is_none() {
        return Role::Shared(base);
    }
    let feeds = feeds.map(|index| index.marker.clone());
    Role::Local(LocalRole { base, no_key_of, held_by, feeds, templates: templates(field, indexes) })
}

/// The key attributes of indexes whose templates a field feeds.
fn templates(field: &ast::Field<'_>, indexes: &[Index]) -> Vec<String> {
    let feeds = |attribute: &&KeyAttribute| {
        attribute.segments.iter().any(|segment| match segment {
            Segment::Part(part) => part.field.unraw() == field.ident.unraw() && part.format != Format::Plain,
            Segment::Literal(_) => false,
        })
    };
    let attributes = indexes.iter().flat_map(|index| index.key.partition.iter().chain(&index.key.sort));
    attributes.filter(feeds).map(|attribute| attribute.name.clone()).collect()
}

fn base(model: &ast::Model<'_>, field: &ast::Field<'_>, table: &Key) -> SharedRole {
    let attrs = &field.attrs;
    match place(field, table) {
        Place::Attribute => SharedRole::PrimaryKey,
        Place::Source => SharedRole::KeySource,
        Place::None if attrs.created.or(attrs.updated).or(attrs.version).is_some() => SharedRole::Stamped,
        Place::None if attrs.readonly.is_some() => SharedRole::ReadOnly,
        Place::None if uniques::is_unique(model, field) => SharedRole::Unique,
        // The guards of an item expire with it.
        Place::None if attrs.ttl.is_some() && uniques::has_some(model) => SharedRole::Unique,
        Place::None => SharedRole::Plain,
    }
}

fn place(field: &ast::Field<'_>, key: &Key) -> Place {
    let part = key.parts().map(|(_, part)| part).find(|part| part.field.unraw() == field.ident.unraw());
    match part {
        None => Place::None,
        Some(part) if part.format == Format::Plain => Place::Attribute,
        Some(_) => Place::Source,
    }
}

/// Whether an index has the field's attribute: all of them, the included ones, and the keys of table and index.
fn is_held(model: &ast::Model<'_>, field: &ast::Field<'_>, table: &Key, index: &Index) -> bool {
    let name = field.attribute(model.attrs.rename_all);
    let is_key =
        |key: &Key| key.partition.iter().chain(&key.sort).any(|attribute: &KeyAttribute| attribute.name == name);
    match &index.projection {
        Projection::All => true,
        Projection::KeysOnly => is_key(table) || is_key(&index.key),
        Projection::Include(included) => included.contains(&name) || is_key(table) || is_key(&index.key),
    }
}
