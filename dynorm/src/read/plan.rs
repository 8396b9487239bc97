//! A read that is ready to be sent, page by page.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, Select};

use super::from_item::FromItem;
use super::page::Usage;
use super::receive::{As, Many};
use crate::call::Call;
use crate::call::operation::{self, Operation};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::expr::{Aliases, Cond, projection};
use crate::key::KeyBuf;
use crate::model::DynamoModel;
use crate::schema::{KeySchema, Schema};
use crate::target::Target;

/// A position between items: the attributes that DynamoDB takes as `ExclusiveStartKey`.
pub(crate) type Position = HashMap<String, AttributeValue>;

/// Everything that the requests of one read have in common.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) table: String,
    schema: &'static Schema,
    index: Option<&'static str>,
    /// `None` for a scan.
    key_condition: Option<String>,
    filter: Option<String>,
    /// `None` reads every attribute.
    projection: Option<String>,
    /// DynamoDB reads the attributes that a local index does not hold from the table.
    fetch_rest: bool,
    names: Option<HashMap<String, String>>,
    values: Option<HashMap<String, AttributeValue>>,
    consistent: bool,
    descending: bool,
    page_size: Option<u32>,
    /// The key condition names one item: DynamoDB takes neither a limit nor a start for it.
    single: bool,
    /// No item can match: nothing is sent.
    pub(crate) empty: bool,
    /// The key attributes of table and index, which a position consists of.
    pub(crate) key_attributes: Vec<&'static str>,
}

/// What a query and a scan may be told.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Limits {
    pub(crate) take: Option<usize>,
    pub(crate) page_size: Option<u32>,
    pub(crate) max_pages: Option<usize>,
    pub(crate) consistent: bool,
    pub(crate) descending: bool,
    pub(crate) no_look_ahead: bool,
}

/// Sends one page's request. A query and a scan differ in nothing but their types, which is why this is a macro.
macro_rules! request {
    ($plan:expr, $call:expr, $start:expr, $limit:expr, $projection:expr, $select:expr) => {{
        let plan = &*$plan;
        macro_rules! send {
            ($client:ident => $request:expr) => {{
                let request = |$client: &Client| {
                    $request
                        .table_name(&plan.table)
                        .set_index_name(plan.index.map(str::to_owned))
                        .set_filter_expression(plan.filter.clone())
                        .set_projection_expression($projection)
                        .set_expression_attribute_names(plan.names.clone())
                        .set_expression_attribute_values(plan.values.clone())
                        .set_consistent_read(plan.consistent.then_some(true))
                        .set_limit($limit)
                        .set_select($select)
                        .set_exclusive_start_key($start.filter(|_| !plan.single))
                        .return_consumed_capacity(ReturnConsumedCapacity::Total)
                        .send()
                };
                let output = $call.send(request).await.map_err(|error| plan.explain(Error::service(error)))?;
                Answer {
                    matched: u64::try_from(output.count).unwrap_or(0),
                    scanned: u64::try_from(output.scanned_count).unwrap_or(0),
                    capacity: output.consumed_capacity.and_then(|capacity| capacity.capacity_units).unwrap_or(0.0),
                    // Some engines say the end of the data with an empty key.
                    next: output.last_evaluated_key.filter(|key| !key.is_empty()),
                }
            }};
        }
        match &plan.key_condition {
            Some(condition) => send!(client => client
                .query()
                .key_condition_expression(condition)
                .set_scan_index_forward(plan.descending.then_some(false))),
            None => send!(client => client.scan()),
        }
    }};
}

impl Plan {
    /// Renders a read. `key` is `None` for a scan.
    pub(crate) fn new<M: DynamoModel, I: Target, X>(
        db: &Db,
        key: Option<KeyBuf>,
        filter: Option<Cond<M, X>>,
        attributes: Option<Vec<&'static str>>,
        limits: Limits,
    ) -> Result<Self> {
        let mut aliases = Aliases::new();
        let (mut single, mut empty) = (false, false);
        let key_condition = match key {
            Some(key) => {
                let index = I::INDEX.map(|index| index.name);
                let condition =
                    key.into_condition().map_err(|error| error.in_index(index).in_model(M::SCHEMA.model))?;
                // Only a table's key is unique: an index may hold many items under one.
                single = condition.complete && I::INDEX.is_none();
                empty = condition.empty;
                Some(condition.render(&mut aliases))
            }
            None => None,
        };
        let filter = filter.map(|filter| filter.render(&mut aliases)).transpose()?;
        let keys = std::iter::once(&M::SCHEMA.key).chain(I::INDEX.map(|index| &index.key));
        let key_attributes: Vec<_> = keys.flat_map(KeySchema::attributes).map(|attribute| attribute.name).collect();
        let attributes = attributes.map(|attributes| attributes.into_iter().chain(key_attributes.iter().copied()));
        let projection = attributes.map(|attributes| projection(attributes, &mut aliases)).transpose()?;
        let (names, values) = aliases.into_sdk()?;
        Ok(Plan {
            table: db.table_name::<M>(),
            schema: M::SCHEMA,
            index: I::INDEX.map(|index| index.name),
            key_condition,
            filter,
            projection,
            fetch_rest: I::FETCH_REST,
            names,
            values,
            consistent: limits.consistent,
            descending: limits.descending,
            page_size: limits.page_size,
            single,
            empty,
            key_attributes,
        })
    }

    /// The `Limit` of a request, when this many items are still wanted: a filter may leave out any number of those that are read, so with
    /// one the limit says nothing about the result and would only cost requests.
    fn limit(&self, wanted: Option<usize>) -> Option<i32> {
        if self.single {
            return None;
        }
        let wanted = wanted.filter(|_| self.filter.is_none()).map(|wanted| u32::try_from(wanted).unwrap_or(u32::MAX));
        let limit = match (wanted, self.page_size) {
            (Some(wanted), Some(size)) => Some(wanted.min(size)),
            (wanted, size) => wanted.or(size),
        };
        limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX))
    }

    /// What is returned of an item, if that is not what the table or index holds of it, or a projection.
    fn select(&self) -> Option<Select> {
        (self.fetch_rest && self.projection.is_none()).then_some(Select::AllAttributes)
    }

    fn operation(&self) -> &'static Operation {
        if self.key_condition.is_some() { &operation::QUERY } else { &operation::SCAN }
    }

    fn call<'a>(&'a self, db: &'a Db) -> Call<'a> {
        Call::new(db, self.operation(), self.schema, &self.table).index(self.index)
    }

    pub(crate) fn explain(&self, error: Error) -> Error {
        error.during(self.schema, self.operation().name, &self.table)
    }

    /// Reads the page at `start`: one request.
    pub(crate) async fn fetch<T: FromItem<M>, I: Target + 'static, M: DynamoModel + 'static>(
        self: Arc<Self>,
        db: Db,
        start: Option<Position>,
        wanted: Option<usize>,
    ) -> Result<Fetched<T>> {
        let call = self.call(&db);
        let items = call.receive::<Many<As<T, I, M>>>();
        let answer = request!(self, call, start, self.limit(wanted), self.projection.clone(), self.select());
        let Many { items, errors, source } = items.finish().map_err(|error| self.explain(error.into()))?;
        let usage = Usage {
            requests: 1,
            scanned: answer.scanned,
            matched: answer.matched,
            capacity: answer.capacity,
            bytes: source.bytes() as u64,
        };
        let errors = errors.into_iter().map(|(at, error)| (at, self.explain(error.into()))).collect();
        Ok(Fetched { items, errors, source, next: answer.next, usage })
    }

    /// Counts the page at `start`: one request, whose answer has no items.
    pub(crate) async fn count(
        &self,
        db: &Db,
        start: Option<Position>,
        wanted: Option<usize>,
    ) -> Result<(u64, Option<Position>)> {
        let answer =
            request!(self, self.call(db), start, self.limit(wanted), None, self.select().or(Some(Select::Count)));
        Ok((answer.matched, answer.next))
    }
}

/// What a page's answer says besides its items.
struct Answer {
    matched: u64,
    scanned: u64,
    capacity: f64,
    next: Option<Position>,
}

/// One page as it came.
pub(crate) struct Fetched<T> {
    pub(crate) items: Vec<T>,
    /// Items that are no `T`: how many good items stand before, and why.
    pub(crate) errors: Vec<(usize, Error)>,
    pub(crate) source: super::receive::Source,
    pub(crate) next: Option<Position>,
    pub(crate) usage: Usage,
}
