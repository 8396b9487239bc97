//! How a table that exists differs from the one that the schema describes.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{KeySchemaElement, KeyType, ProjectionType, TableDescription};

use super::definition::projection;
use crate::schema::{IndexSchema, KeyAttribute, KeyKind, KeySchema, Schema};

/// How a table that exists differs from the schema in what a model relies on, one sentence each.
pub(super) fn differences(schema: &Schema, table: &TableDescription) -> Vec<String> {
    let mut found = Vec::new();
    let types: BTreeMap<_, _> = table
        .attribute_definitions()
        .iter()
        .map(|definition| (definition.attribute_name(), definition.attribute_type().as_str()))
        .collect();
    compare("the primary key", describe(&schema.key), describe_elements(table.key_schema(), &types), &mut found);
    let mut indexes = BTreeMap::new();
    for index in table.global_secondary_indexes() {
        indexes.insert(
            index.index_name().unwrap_or_default(),
            describe_index(false, describe_elements(index.key_schema(), &types), index.projection()),
        );
    }
    for index in table.local_secondary_indexes() {
        indexes.insert(
            index.index_name().unwrap_or_default(),
            describe_index(true, describe_elements(index.key_schema(), &types), index.projection()),
        );
    }
    for index in schema.indexes {
        let IndexSchema { name, local, key, .. } = index;
        let wanted = describe_index(*local, describe(key), Some(&projection(&index.projection)));
        match indexes.get(name) {
            Some(exists) => compare(&format!("index {name}"), wanted, exists.clone(), &mut found),
            None => found.push(format!("index {name} is missing")),
        }
    }
    found
}

fn compare(what: &str, model: String, table: String, found: &mut Vec<String>) {
    if model != table {
        found.push(format!("{what} is {table}, the model has {model}"));
    }
}

fn describe(key: &KeySchema) -> String {
    let name = |kind| match kind {
        KeyKind::S => "S",
        KeyKind::N => "N",
        KeyKind::B => "B",
    };
    let side = |attributes: &[KeyAttribute]| {
        attributes
            .iter()
            .map(|attribute| format!("{}: {}", attribute.name, name(attribute.kind)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    join_sides(side(key.partition), side(key.sort))
}

fn describe_elements(elements: &[KeySchemaElement], types: &BTreeMap<&str, &str>) -> String {
    let side = |key_type: KeyType| {
        let elements = elements.iter().filter(|element| *element.key_type() == key_type);
        let described = elements.map(|element| {
            let name = element.attribute_name();
            format!("{name}: {}", types.get(name).copied().unwrap_or("?"))
        });
        described.collect::<Vec<_>>().join(", ")
    };
    join_sides(side(KeyType::Hash), side(KeyType::Range))
}

fn join_sides(partition: String, sort: String) -> String {
    if sort.is_empty() { format!("({partition})") } else { format!("({partition}) and ({sort})") }
}

fn describe_index(local: bool, key: String, projection: Option<&aws_sdk_dynamodb::types::Projection>) -> String {
    let kind = if local { "local" } else { "global" };
    let holds = match projection.and_then(|projection| projection.projection_type().map(|kind| (kind, projection))) {
        Some((ProjectionType::Include, projection)) => {
            let mut names = projection.non_key_attributes().to_vec();
            names.sort();
            format!("INCLUDE ({})", names.join(", "))
        }
        Some((kind, _)) => kind.as_str().to_owned(),
        None => "ALL".to_owned(),
    };
    format!("{kind} {key} holding {holds}")
}
