//! `create_table`: the model's table, made from its schema.

mod definition;
mod difference;
mod expiry;

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::operation::describe_table::DescribeTableError;
use aws_sdk_dynamodb::operation::update_continuous_backups::UpdateContinuousBackupsError;
use aws_sdk_dynamodb::types::{
    BillingMode, IndexStatus, OnDemandThroughput, PointInTimeRecoverySpecification, ProvisionedThroughput,
    StreamSpecification, StreamViewType, TableDescription, TableStatus, Tag,
};

use self::definition::Throughput;
use crate::db::Db;
use crate::error::{Error, Problem, Result};
use crate::model::DynamoModel;
use crate::schema::{AttributeRole, Schema};
use crate::sleep::Sleep;
use crate::write::{GUARD_TABLE, guard_expiry};

/// How long `create_table` waits for the table to become active.
const WAIT: Duration = Duration::from_secs(120);

/// Creates a model's table: made by [`DynamoModel::create_table`], sent by [`send`](CreateTable::send).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
/// # #[derive(DynamoModel)] #[dynorm(table = "authors")] struct Author { #[dynorm(partition_key)] name: String }
/// use aws_sdk_dynamodb::types::StreamViewType;
///
/// # fn main() { run(async |db: Db| {
/// let created = Author::create_table()
///     .on_demand_limits(1_000, 500)
///     .stream(StreamViewType::NewAndOldImages)
///     .tag("team", "library")
///     .deletion_protection()
///     .send(&db)
///     .await?;
/// assert!(created);
/// # Ok(()) }) }
/// ```
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct CreateTable<M> {
    billing: Billing,
    stream: Option<StreamViewType>,
    tags: Vec<(String, String)>,
    deletion_protection: bool,
    point_in_time_recovery: bool,
    wait: Duration,
    model: PhantomData<fn() -> M>,
}

/// One table as it should be.
struct Wanted<'a> {
    name: &'a str,
    schema: &'static Schema,
    stream: Option<&'a StreamViewType>,
    /// The attribute by which items expire.
    ttl: Option<&'static str>,
}

/// How requests are paid for.
#[derive(Debug, Clone, Copy)]
enum Billing {
    /// Each by itself, up to this many read and write units a second.
    OnDemand(Option<(u32, u32)>),
    /// This many read and write units a second, used or not.
    Provisioned(u32, u32),
}

impl<M: DynamoModel> CreateTable<M> {
    pub(crate) fn new() -> Self {
        CreateTable {
            billing: Billing::OnDemand(None),
            stream: None,
            tags: Vec::new(),
            deletion_protection: false,
            point_in_time_recovery: false,
            wait: WAIT,
            model: PhantomData,
        }
    }

    /// Reserves this many read and write units a second for the table and for each of its global indexes, instead of paying for each request.
    pub fn provisioned(mut self, read_units: u32, write_units: u32) -> Self {
        self.billing = Billing::Provisioned(read_units, write_units);
        self
    }

    /// Pays for each request, but for no more than this many read and write units a second, on the table and on each of its global
    /// indexes by itself: DynamoDB throttles what is above, so that a mistake has a largest bill.
    ///
    /// [OnDemandThroughput](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_OnDemandThroughput.html)
    pub fn on_demand_limits(mut self, read_units: u32, write_units: u32) -> Self {
        self.billing = Billing::OnDemand(Some((read_units, write_units)));
        self
    }

    /// Turns on a stream of the changes, with this much of each changed item. A `unique_table` has none.
    ///
    /// [DynamoDB Streams](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html)
    pub fn stream(mut self, view: StreamViewType) -> Self {
        self.stream = Some(view);
        self
    }

    /// Adds a tag to the table, as bills and IAM conditions know it.
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.push((key.into(), value.into()));
        self
    }

    /// Lets DynamoDB refuse to delete the table until this protection is taken off.
    pub fn deletion_protection(mut self) -> Self {
        self.deletion_protection = true;
        self
    }

    /// Turns on point-in-time recovery, which keeps every state of the last 35 days and costs by the size of the table: one
    /// UpdateContinuousBackups when the table is active, also for a table that existed.
    ///
    /// [Point-in-time recovery](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html)
    pub fn point_in_time_recovery(mut self) -> Self {
        self.point_in_time_recovery = true;
        self
    }

    /// Waits this long for the table to become active, instead of two minutes; for a `unique_table` as long again.
    pub fn wait_at_most(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// The CreateTable request that [`send`](Self::send) begins with, to look at, to change, and to send with the SDK.
    ///
    /// # Errors
    /// If the SDK refuses a part of it, which no schema of the derive leads to.
    pub fn request(&self, db: &Db) -> Result<CreateTableFluentBuilder> {
        let table = db.table_name::<M>();
        self.build(db, &self.of_items(&table)).map_err(|error| error.during(M::SCHEMA, "CreateTable", &table))
    }

    fn of_items<'a>(&'a self, name: &'a str) -> Wanted<'a> {
        let ttl = M::SCHEMA.with_role(AttributeRole::Ttl).map(|attribute| attribute.name);
        Wanted { name, schema: M::SCHEMA, stream: self.stream.as_ref(), ttl }
    }

    fn build(&self, db: &Db, wanted: &Wanted<'_>) -> Result<CreateTableFluentBuilder> {
        let schema = wanted.schema;
        let throughput = self.throughput()?;
        let billing = match self.billing {
            Billing::OnDemand(_) => BillingMode::PayPerRequest,
            Billing::Provisioned(..) => BillingMode::Provisioned,
        };
        let mut request = db
            .client()
            .create_table()
            .table_name(wanted.name)
            .billing_mode(billing)
            .set_provisioned_throughput(throughput.provisioned.clone())
            .set_on_demand_throughput(throughput.on_demand.clone())
            .set_attribute_definitions(Some(definition::definitions(schema)?))
            .set_key_schema(Some(definition::elements(&schema.key)?))
            .set_deletion_protection_enabled(self.deletion_protection.then_some(true));
        for index in schema.indexes {
            request = if index.local {
                request.local_secondary_indexes(definition::local(index)?)
            } else {
                request.global_secondary_indexes(definition::global(index, &throughput)?)
            };
        }
        if let Some(view) = wanted.stream {
            let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(view.clone()).build();
            request = request.stream_specification(stream.map_err(definition::construction)?);
        }
        for (key, value) in &self.tags {
            request = request.tags(Tag::builder().key(key).value(value).build().map_err(definition::construction)?);
        }
        Ok(request)
    }

    fn throughput(&self) -> Result<Throughput> {
        Ok(match self.billing {
            Billing::OnDemand(limits) => {
                let limited = |(read, write): (u32, u32)| {
                    let builder = OnDemandThroughput::builder().max_read_request_units(read.into());
                    builder.max_write_request_units(write.into()).build()
                };
                Throughput { provisioned: None, on_demand: limits.map(limited) }
            }
            Billing::Provisioned(read, write) => {
                let builder = ProvisionedThroughput::builder().read_capacity_units(read.into());
                let provisioned = builder.write_capacity_units(write.into()).build();
                Throughput { provisioned: Some(provisioned.map_err(definition::construction)?), on_demand: None }
            }
        })
    }

    /// Creates the table with its indexes and waits until it is active; tells whether it was created by this call.
    ///
    /// One CreateTable, and a DescribeTable for each look whether it is active. Billing is on demand unless [`provisioned`](Self::provisioned)
    /// is said. A table that exists and has the same keys and indexes is fine, whatever its billing, stream and tags, and is waited for
    /// as well.
    ///
    /// For a model with a `ttl` field also one UpdateTimeToLive, after which DynamoDB deletes items some time after they expire, without write
    /// units. On a table that existed one DescribeTimeToLive comes first, and its time to live is turned on if it is off.
    ///
    /// The table that a model names with `unique_table` is created after its own, by as many requests, with the same billing, tags, protection
    /// and recovery; what is told is whether the model's own was created.
    ///
    /// # Errors
    /// [`is_table_different`](Error::is_table_different) if the table exists with other keys or indexes, or time to live by another attribute;
    /// [`is_table_not_ready`](Error::is_table_not_ready) if it is not active in time; and what the service or the connection reports.
    ///
    /// [CreateTable](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html)
    pub async fn send(self, db: &Db) -> Result<bool> {
        let table = db.table_name::<M>();
        let created = self.run(db, &self.of_items(&table)).await;
        let created = created.map_err(|error| error.during(M::SCHEMA, "CreateTable", &table))?;
        if let Some(name) = db.unique_table_name::<M>() {
            // Of guards nobody wants to hear.
            let wanted = Wanted { name: &name, schema: &GUARD_TABLE, stream: None, ttl: guard_expiry(M::SCHEMA) };
            self.run(db, &wanted).await.map_err(|error| error.during(M::SCHEMA, "CreateTable", &name))?;
        }
        Ok(created)
    }

    async fn run(&self, db: &Db, wanted: &Wanted<'_>) -> Result<bool> {
        let table = wanted.name;
        let created = match self.build(db, wanted)?.send().await {
            Ok(_) => true,
            Err(error) if matches!(error.as_service_error(), Some(CreateTableError::ResourceInUseException(_))) => {
                false
            }
            Err(error) => return Err(Error::service(error)),
        };
        let mut patience = Patience::new(db, self.wait);
        wait_until_active(db, wanted, &mut patience).await?;
        if let Some(ttl) = wanted.ttl {
            expiry::turn_on(db, table, ttl, created, &mut patience).await?;
        }
        if self.point_in_time_recovery {
            turn_recovery_on(db, table, &mut patience).await?;
        }
        Ok(created)
    }
}

impl<M> fmt::Debug for CreateTable<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateTable").field("billing", &self.billing).finish_non_exhaustive()
    }
}

/// Pauses that grow, until they are together as long as the call waits.
struct Patience {
    sleep: Sleep,
    left: Duration,
    pause: Duration,
}

impl Patience {
    fn new(db: &Db, wait: Duration) -> Self {
        Patience { sleep: Sleep::of(db), left: wait, pause: Duration::from_millis(20) }
    }

    /// # Errors
    /// The wait is over.
    async fn pause(&mut self) -> Result<()> {
        if self.left.is_zero() {
            return Err(Error::new(Problem::TableNotReady));
        }
        self.sleep.sleep(self.pause).await;
        self.left = self.left.saturating_sub(self.pause);
        self.pause = (self.pause * 2).min(Duration::from_secs(2));
        Ok(())
    }
}

async fn wait_until_active(db: &Db, wanted: &Wanted<'_>, patience: &mut Patience) -> Result<()> {
    loop {
        let description = match db.client().describe_table().table_name(wanted.name).send().await {
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
            let differences = difference::differences(wanted.schema, &description);
            if !differences.is_empty() {
                return Err(Error::new(Problem::TableDiffers(differences)));
            }
            if is_active(&description) {
                return Ok(());
            }
        }
        patience.pause().await?;
    }
}

fn is_active(description: &TableDescription) -> bool {
    let indexes = description.global_secondary_indexes();
    // Engines that create indexes at once leave their status out.
    description.table_status() == Some(&TableStatus::Active)
        && indexes.iter().all(|index| index.index_status().is_none_or(|status| *status == IndexStatus::Active))
}

async fn turn_recovery_on(db: &Db, table: &str, patience: &mut Patience) -> Result<()> {
    loop {
        let recovery = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true).build();
        let request = db.client().update_continuous_backups().table_name(table);
        let request = request.point_in_time_recovery_specification(recovery.map_err(definition::construction)?);
        match request.send().await {
            Ok(_) => return Ok(()),
            // A table that has just become active has no backups yet for a moment.
            Err(error)
                if matches!(
                    error.as_service_error(),
                    Some(UpdateContinuousBackupsError::ContinuousBackupsUnavailableException(_))
                ) =>
            {
                patience.pause().await?;
            }
            Err(error) => return Err(Error::service(error)),
        }
    }
}
