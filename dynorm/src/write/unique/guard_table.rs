//! The table that a model names for its guards, and where its own table has them.

use super::expiry;
use crate::schema::{AttributeRole, AttributeSchema, KeyAttribute, KeyKind, KeySchema, Schema};

/// The schema of a table of guards: one for all, so that models of any keys can share one.
pub(crate) static SCHEMA: Schema = Schema {
    model: "",
    table: "",
    key: KeySchema { partition: &[KeyAttribute { name: "pk", kind: KeyKind::S, segments: &[] }], sort: &[] },
    indexes: &[],
    attributes: &[AttributeSchema {
        name: "dynorm:expires",
        stored: None,
        role: AttributeRole::Ttl,
        sensitive: false,
        aliases: &[],
        readonly: false,
        required: || false,
    }],
    unique: &[],
    unique_table: None,
    entity: None,
    write_id: None,
    lenient_keys: false,
};

/// The primary key of a model's guards.
pub(super) fn key(schema: &'static Schema) -> &'static KeySchema {
    &place(schema).key
}

/// The attribute that says when a guard of the model expires; `None` if its items never do.
pub(crate) fn guard_expiry(schema: &'static Schema) -> Option<&'static str> {
    expiry(schema).and_then(|_| expiry(place(schema)))
}

fn place(schema: &'static Schema) -> &'static Schema {
    if schema.unique_table.is_some() { &SCHEMA } else { schema }
}
