//! The parts of a CreateTable request that follow from the schema.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, GlobalSecondaryIndex, KeySchemaElement, KeyType, LocalSecondaryIndex, OnDemandThroughput,
    ProjectionType, ProvisionedThroughput, ScalarAttributeType,
};

use crate::error::{Error, Result};
use crate::schema::{IndexSchema, KeyAttribute, KeyKind, KeySchema, Projection, Schema};

/// How reads and writes are paid for: the same for the table and each of its global indexes.
#[derive(Debug, Clone)]
pub(super) struct Throughput {
    pub(super) provisioned: Option<ProvisionedThroughput>,
    pub(super) on_demand: Option<OnDemandThroughput>,
}

pub(super) fn global(index: &IndexSchema, throughput: &Throughput) -> Result<GlobalSecondaryIndex> {
    GlobalSecondaryIndex::builder()
        .index_name(index.name)
        .set_key_schema(Some(elements(&index.key)?))
        .projection(projection(&index.projection))
        .set_provisioned_throughput(throughput.provisioned.clone())
        .set_on_demand_throughput(throughput.on_demand.clone())
        .build()
        .map_err(construction)
}

pub(super) fn local(index: &IndexSchema) -> Result<LocalSecondaryIndex> {
    LocalSecondaryIndex::builder()
        .index_name(index.name)
        .set_key_schema(Some(elements(&index.key)?))
        .projection(projection(&index.projection))
        .build()
        .map_err(construction)
}

pub(super) fn construction(error: aws_sdk_dynamodb::error::BuildError) -> Error {
    Error::construction(error, "CreateTable")
}

/// The attributes that keys consist of: name and type, each once.
pub(super) fn definitions(schema: &'static Schema) -> Result<Vec<AttributeDefinition>> {
    let attributes = schema.keys().flat_map(KeySchema::attributes);
    let kinds: BTreeMap<_, _> = attributes.map(|attribute| (attribute.name, attribute.kind)).collect();
    let definition = |(name, kind)| {
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(match kind {
                KeyKind::S => ScalarAttributeType::S,
                KeyKind::N => ScalarAttributeType::N,
                KeyKind::B => ScalarAttributeType::B,
            })
            .build()
            .map_err(construction)
    };
    kinds.into_iter().map(definition).collect()
}

pub(super) fn elements(key: &KeySchema) -> Result<Vec<KeySchemaElement>> {
    let partition = key.partition.iter().map(|attribute| (attribute, KeyType::Hash));
    let sort = key.sort.iter().map(|attribute| (attribute, KeyType::Range));
    let element = |(attribute, key_type): (&KeyAttribute, _)| {
        KeySchemaElement::builder().attribute_name(attribute.name).key_type(key_type).build().map_err(construction)
    };
    partition.chain(sort).map(element).collect()
}

pub(super) fn projection(projection: &Projection) -> aws_sdk_dynamodb::types::Projection {
    let builder = aws_sdk_dynamodb::types::Projection::builder();
    match projection {
        Projection::All => builder.projection_type(ProjectionType::All),
        Projection::KeysOnly => builder.projection_type(ProjectionType::KeysOnly),
        Projection::Include(names) => builder
            .projection_type(ProjectionType::Include)
            .set_non_key_attributes(Some(names.iter().map(|&name| name.to_owned()).collect())),
    }
    .build()
}
