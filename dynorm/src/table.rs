//! `create_table`: the model's table, made from its schema.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::operation::describe_table::DescribeTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, LocalSecondaryIndex,
    ProjectionType, ProvisionedThroughput, ScalarAttributeType, TableDescription, TableStatus,
};

use crate::db::Db;
use crate::error::{Error, Problem, Result};
use crate::model::DynamoModel;
use crate::schema::{IndexSchema, KeyKind, KeySchema, Projection, Schema};
use crate::sleep::Sleep;

/// How long `create_table` waits for the table to become active.
const WAIT: Duration = Duration::from_secs(120);

/// Creates a model's table: made by [`DynamoModel::create_table`], sent by [`send`](CreateTable::send).
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct CreateTable<M> {
    provisioned: Option<(u32, u32)>,
    wait: Duration,
    model: PhantomData<fn() -> M>,
}

impl<M: DynamoModel> CreateTable<M> {
    pub(crate) fn new() -> Self {
        CreateTable { provisioned: None, wait: WAIT, model: PhantomData }
    }

    /// Reserves this many read and write units a second for the table and for each of its global indexes, instead of paying for each request.
    pub fn provisioned(mut self, read_units: u32, write_units: u32) -> Self {
        self.provisioned = Some((read_units, write_units));
        self
    }

    /// Waits this long for the table to become active, instead of two minutes.
    pub fn wait_at_most(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Creates the table with its indexes and waits until it is active; tells whether it was created by this call.
    ///
    /// One CreateTable, and a DescribeTable for each look whether it is active. Billing is on demand unless [`provisioned`](Self::provisioned)
    /// is said. A table that exists and has the same keys and indexes is fine, whatever its billing, and is waited for as well.
    ///
    /// # Errors
    /// [`is_table_different`](Error::is_table_different) if the table exists with other keys or indexes;
    /// [`is_table_not_ready`](Error::is_table_not_ready) if it is not active in time; and what the service or the connection reports.
    ///
    /// [CreateTable](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html)
    pub async fn send(self, db: &Db) -> Result<bool> {
        let table = db.table_name::<M>();
        self.run(db, &table).await.map_err(|error| error.during(M::SCHEMA, "CreateTable", &table))
    }

    async fn run(self, db: &Db, table: &str) -> Result<bool> {
        let schema = M::SCHEMA;
        let throughput = self
            .provisioned
            .map(|(read, write)| {
                ProvisionedThroughput::builder()
                    .read_capacity_units(read.into())
                    .write_capacity_units(write.into())
                    .build()
                    .map_err(|error| Error::construction(error, "CreateTable"))
            })
            .transpose()?;
        let billing = if throughput.is_some() { BillingMode::Provisioned } else { BillingMode::PayPerRequest };
        let mut request = db
            .client()
            .create_table()
            .table_name(table)
            .billing_mode(billing)
            .set_provisioned_throughput(throughput.clone())
            .set_attribute_definitions(Some(definitions(schema)?))
            .set_key_schema(Some(elements(&schema.key)?));
        for index in schema.indexes {
            let projection = projection(&index.projection);
            request = if index.local {
                let local = LocalSecondaryIndex::builder()
                    .index_name(index.name)
                    .set_key_schema(Some(elements(&index.key)?))
                    .projection(projection)
                    .build();
                request.local_secondary_indexes(local.map_err(|error| Error::construction(error, "CreateTable"))?)
            } else {
                let global = GlobalSecondaryIndex::builder()
                    .index_name(index.name)
                    .set_key_schema(Some(elements(&index.key)?))
                    .projection(projection)
                    .set_provisioned_throughput(throughput.clone())
                    .build();
                request.global_secondary_indexes(global.map_err(|error| Error::construction(error, "CreateTable"))?)
            };
        }
        let created = match request.send().await {
            Ok(_) => true,
            Err(error) if matches!(error.as_service_error(), Some(CreateTableError::ResourceInUseException(_))) => {
                false
            }
            Err(error) => return Err(Error::service(error)),
        };
        self.wait_until_active(db, table).await?;
        Ok(created)
    }

    async fn wait_until_active(&self, db: &Db, table: &str) -> Result<()> {
        let sleep = Sleep::of(db);
        let mut waited = Duration::ZERO;
        let mut pause = Duration::from_millis(20);
        loop {
            let description = match db.client().describe_table().table_name(table).send().await {
                Ok(answer) => answer.table,
                // It reads with eventual consistency, and may not know the new table yet.
                Err(error)
                    if matches!(error.as_service_error(), Some(DescribeTableError::ResourceNotFoundException(_))) =>
                {
                    None
                }
                Err(error) => return Err(Error::service(error)),
            };
            if let Some(description) = description {
                let differences = differences(M::SCHEMA, &description);
                if !differences.is_empty() {
                    return Err(Error::new(Problem::TableDiffers(differences)));
                }
                if is_active(&description) {
                    return Ok(());
                }
            }
            if waited >= self.wait {
                return Err(Error::new(Problem::TableNotReady));
            }
            sleep.sleep(pause).await;
            waited += pause;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }
}

impl<M> fmt::Debug for CreateTable<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateTable").field("provisioned", &self.provisioned).finish_non_exhaustive()
    }
}

fn is_active(description: &TableDescription) -> bool {
    use aws_sdk_dynamodb::types::IndexStatus;
    let indexes = description.global_secondary_indexes();
    // Engines that create indexes at once leave their status out.
    description.table_status() == Some(&TableStatus::Active)
        && indexes.iter().all(|index| index.index_status().is_none_or(|status| *status == IndexStatus::Active))
}

/// The attributes that keys consist of: name and type, each once.
fn definitions(schema: &'static Schema) -> Result<Vec<AttributeDefinition>> {
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
            .map_err(|error| Error::construction(error, "CreateTable"))
    };
    kinds.into_iter().map(definition).collect()
}

fn elements(key: &KeySchema) -> Result<Vec<KeySchemaElement>> {
    let partition = key.partition.iter().map(|attribute| (attribute, KeyType::Hash));
    let sort = key.sort.iter().map(|attribute| (attribute, KeyType::Range));
    let element = |(attribute, key_type): (&crate::schema::KeyAttribute, _)| {
        KeySchemaElement::builder()
            .attribute_name(attribute.name)
            .key_type(key_type)
            .build()
            .map_err(|error| Error::construction(error, "CreateTable"))
    };
    partition.chain(sort).map(element).collect()
}

fn projection(projection: &Projection) -> aws_sdk_dynamodb::types::Projection {
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

/// How a table that exists differs from the schema in what a model relies on, one sentence each.
fn differences(schema: &Schema, table: &TableDescription) -> Vec<String> {
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
    let side = |attributes: &[crate::schema::KeyAttribute]| {
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
