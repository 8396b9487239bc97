//! A read that is ready to be sent, page by page.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, Select};

use super::budget::Budget;
use super::cursor::{At, Begin, Place, Position};
use super::from_item::FromItem;
use super::page::Usage;
use super::receive::{As, Many};
use crate::attribute::Item;
use crate::call::Call;
use crate::call::operation::{self, Operation};
use crate::db::Db;
use crate::error::{DecodeError, Error, Problem, Result};
use crate::expiry::Expiry;
use crate::explain::{Explain, Placeholders};
use crate::expr::{Aliases, Cond, both, projection};
use crate::key::KeyBuf;
use crate::model::DynamoModel;
use crate::schema::{KeySchema, Schema};
use crate::target::Target;

#[cfg(feature = "tokens")]
mod binding;

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
    /// Whether it is read from the other end, as [`At::Before`] wants.
    pub(crate) backwards: bool,
    /// How many segments a scan is read in.
    segments: u32,
    /// Whether items are only counted.
    pub(crate) counting: bool,
    page_size: Option<u32>,
    /// Which items count as gone, when the call began.
    expiry: Option<Expiry>,
    /// The key condition names one item: DynamoDB takes neither a limit nor a start for it.
    pub(crate) single: bool,
    /// No item can match: nothing is sent.
    pub(crate) empty: bool,
    /// What the caller binds page tokens to.
    #[cfg(feature = "tokens")]
    context: Option<String>,
    /// The key attributes of table and index, which a position consists of.
    pub(crate) key_attributes: Vec<&'static str>,
}

/// The most segments that DynamoDB divides a scan into.
const SEGMENTS: u32 = 1_000_000;

/// What a query and a scan may be told.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Limits {
    pub(crate) take: Option<usize>,
    pub(crate) page_size: Option<u32>,
    pub(crate) max_pages: Option<usize>,
    pub(crate) read_units_per_second: Option<f64>,
    /// 0 stands for a scan in one piece, as 1 does.
    pub(crate) segments: u32,
    pub(crate) consistent: bool,
    pub(crate) descending: bool,
    pub(crate) no_look_ahead: bool,
    pub(crate) skip_foreign: bool,
    pub(crate) with_expired: bool,
}

impl Limits {
    /// What the requests of one read may spend in a second, if that is limited.
    pub(super) fn budget(&self, db: &Db) -> Option<Budget> {
        self.read_units_per_second.map(|units| Budget::new(db, units, self.consistent))
    }
}

/// What differs between the requests of one read.
struct Asked {
    segment: usize,
    start: Option<Position>,
    limit: Option<u32>,
}

/// Fills in a request. A query and a scan differ in nothing but their types, which is why this is a macro.
macro_rules! fill {
    ($plan:expr, $asked:expr, $request:expr) => {{
        let (plan, asked): (&Plan, Asked) = ($plan, $asked);
        $request
            .table_name(&plan.table)
            .set_index_name(plan.index.map(str::to_owned))
            .set_filter_expression(plan.filter.clone())
            .set_projection_expression(plan.projection.clone())
            .set_expression_attribute_names(plan.names.clone())
            .set_expression_attribute_values(plan.values.clone())
            .set_consistent_read(plan.consistent.then_some(true))
            .set_limit(asked.limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX)))
            .set_select(plan.select())
            .set_exclusive_start_key(asked.start)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }};
}

/// Sends one page's request.
macro_rules! request {
    ($plan:expr, $call:expr, $asked:expr) => {{
        let plan = &*$plan;
        let asked = $asked;
        macro_rules! send {
            ($request:ident) => {{
                let output = $call.send(|client| plan.$request(client, asked).send()).await;
                let output = output.map_err(|error| plan.explain(Error::service(error)))?;
                Answer {
                    matched: u64::try_from(output.count).unwrap_or(0),
                    scanned: u64::try_from(output.scanned_count).unwrap_or(0),
                    capacity: output.consumed_capacity.and_then(|capacity| capacity.capacity_units).unwrap_or(0.0),
                    // Some engines say the end of the data with an empty key.
                    next: output.last_evaluated_key.filter(|key| !key.is_empty()),
                }
            }};
        }
        if plan.is_query() { send!(query) } else { send!(scan) }
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
        let own = match limits.skip_foreign {
            true => Cond::own(M::SCHEMA, I::LACKING, key_condition.is_some())?,
            false => None,
        };
        let filter = both(filter, own).map(|filter| filter.render(&mut aliases)).transpose()?;
        let keys = std::iter::once(&M::SCHEMA.key).chain(I::INDEX.map(|index| &index.key));
        let key_attributes: Vec<_> = keys.flat_map(KeySchema::attributes).map(|attribute| attribute.name).collect();
        let expiry = Expiry::of(M::SCHEMA, || db.now()).filter(|_| !limits.with_expired);
        // What the index does not hold cannot be looked at.
        let expiry = expiry.filter(|expiry| M::SCHEMA.holds(I::LACKING, expiry.attribute));
        let more = key_attributes.iter().copied().chain(expiry.map(|expiry| expiry.attribute));
        let attributes = attributes.map(|attributes| attributes.into_iter().chain(more));
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
            backwards: false,
            segments: limits.segments.clamp(1, SEGMENTS),
            counting: false,
            page_size: limits.page_size,
            expiry,
            single,
            empty,
            #[cfg(feature = "tokens")]
            context: None,
            key_attributes,
        })
    }

    /// The same read, which only counts.
    pub(crate) fn counting(self) -> Self {
        Plan { counting: true, ..self }
    }

    /// Lets it begin here, and tells the places where its requests start: one, or one for each segment.
    #[cfg_attr(not(feature = "tokens"), allow(unused_variables))]
    pub(crate) fn begin<M, I>(mut self, begin: Begin<M, I>, db: &Db) -> Result<(Self, Vec<Place>)> {
        #[cfg(feature = "tokens")]
        {
            self.context = begin.context;
        }
        let (backwards, places) = match begin.at {
            At::Edge => (false, vec![Place::Edge; self.segments as usize]),
            At::After(cursor) => (false, cursor.places),
            At::Before(cursor) => (true, cursor.places),
            #[cfg(feature = "tokens")]
            At::Token(token) => super::token::open(db, &self, &token).map_err(|error| self.explain(error))?,
        };
        self.backwards = backwards;
        match u32::try_from(places.len()) {
            Ok(1) => self.segments = 1,
            Ok(segments) if !self.is_query() => self.segments = segments,
            _ => return Err(self.explain(Error::new(Problem::CursorOfSegments(places.len())))),
        }
        Ok((self, places))
    }

    pub(crate) fn is_query(&self) -> bool {
        self.key_condition.is_some()
    }

    pub(crate) fn is_filtered(&self) -> bool {
        self.filter.is_some()
    }

    /// The `Limit` of a request, when this many items are still wanted: a filter may leave out any number of those that are read, so with
    /// one the limit says nothing about the result and would only cost requests.
    pub(crate) fn limit(&self, wanted: Option<usize>) -> Option<u32> {
        if self.single {
            return None;
        }
        let wanted = wanted.filter(|_| !self.is_filtered()).map(|wanted| u32::try_from(wanted).unwrap_or(u32::MAX));
        match (wanted, self.page_size) {
            (Some(wanted), Some(size)) => Some(wanted.min(size)),
            (wanted, size) => wanted.or(size),
        }
    }

    fn query(&self, client: &Client, asked: Asked) -> QueryFluentBuilder {
        let request = client
            .query()
            .set_key_condition_expression(self.key_condition.clone())
            .set_scan_index_forward((self.descending != self.backwards).then_some(false));
        fill!(self, asked, request)
    }

    fn scan(&self, client: &Client, asked: Asked) -> ScanFluentBuilder {
        let in_segments = self.segments > 1;
        let request = client
            .scan()
            .set_segment(i32::try_from(asked.segment).ok().filter(|_| in_segments))
            .set_total_segments(i32::try_from(self.segments).ok().filter(|_| in_segments));
        fill!(self, asked, request)
    }

    /// What the first request asks for.
    fn first<M, I>(self, begin: Begin<M, I>, db: &Db, limits: Limits) -> Result<(Self, Asked)> {
        let (plan, places) = self.begin(begin, db)?;
        let open = places.iter().filter(|place| **place != Place::End).count();
        let limit = plan.limit(limits.take.map(|take| take.div_ceil(open.max(1))));
        let limit = limits.budget(db).filter(|_| !plan.single).map(|budget| budget.reserve(limit).limit).or(limit);
        let first = places.into_iter().enumerate().find(|(_, place)| *place != Place::End);
        let (segment, start) = match first {
            Some((segment, Place::Behind(position))) => (segment, Some(position)),
            Some((segment, _)) => (segment, None),
            None => (0, None),
        };
        Ok((plan, Asked { segment, start, limit }))
    }

    /// The first request of a query, as it would be sent.
    pub(super) fn query_request<M, I>(self, db: &Db, begin: Begin<M, I>, limits: Limits) -> Result<QueryFluentBuilder> {
        let (plan, asked) = self.first(begin, db, limits)?;
        Ok(plan.query(db.client(), asked))
    }

    /// The first request of a scan, as it would be sent; of the first segment.
    pub(super) fn scan_request<M, I>(self, db: &Db, begin: Begin<M, I>, limits: Limits) -> Result<ScanFluentBuilder> {
        let (plan, asked) = self.first(begin, db, limits)?;
        Ok(plan.scan(db.client(), asked))
    }

    /// The read in words.
    pub(super) fn explained<M, I>(self, begin: Begin<M, I>, db: &Db, limits: Limits) -> Result<Explain> {
        let (plan, _) = self.begin(begin, db)?;
        let placeholders = Placeholders { names: &plan.names, values: &plan.values };
        let mut explain = Explain::new(plan.operation().name, plan.schema, &plan.table);
        if let Some(condition) = &plan.key_condition {
            explain = explain.key_condition(plan.schema, condition, placeholders);
        }
        let nothing = plan.empty || limits.take == Some(0) || limits.max_pages == Some(0);
        let requests = match plan.segments {
            _ if nothing => "none, because nothing can be found".to_owned(),
            _ if plan.single => "one".to_owned(),
            1 => "one for each page of up to 1 MB".to_owned(),
            segments => format!("one for each page of up to 1 MB, in {segments} segments at the same time"),
        };
        let requests = match limits.read_units_per_second.filter(|_| !nothing && !plan.single) {
            Some(units) => format!("{requests}, for at most {units} read units a second"),
            None => requests,
        };
        let unit = if plan.consistent { "one read unit" } else { "half a read unit" };
        let mut billing =
            format!("{unit} for each 4 KB of all items that a request reads, added up and then rounded up");
        if plan.fetch_rest {
            billing += ", and again for what is fetched of each item from the table";
        }
        if plan.filter.is_some() {
            billing += "; items that the filter leaves out are paid for";
        }
        Ok(Explain {
            index: plan.index.map(str::to_owned),
            filter: placeholders.hide(&plan.filter),
            projection: placeholders.hide(&plan.projection),
            consistent: plan.consistent,
            descending: plan.descending != plan.backwards,
            take: limits.take,
            page_size: limits.page_size,
            max_pages: limits.max_pages,
            requests,
            billing,
            ..explain
        })
    }

    /// What is returned of an item, if that is not what the table or index holds of it, or a projection.
    fn select(&self) -> Option<Select> {
        let fetches_rest = self.fetch_rest && self.projection.is_none();
        let select = if fetches_rest { Some(Select::AllAttributes) } else { None };
        select.or(self.counting.then_some(Select::Count))
    }

    fn operation(&self) -> &'static Operation {
        if self.is_query() { &operation::QUERY } else { &operation::SCAN }
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
        segment: usize,
        start: Option<Position>,
        limit: Option<u32>,
    ) -> Result<Fetched<T>> {
        let call = self.call(&db);
        let items = call.receive_live::<Many<As<T, I, M>>>(self.expiry);
        let answer = request!(self, call, Asked { segment, start, limit });
        let mut received = items.finish().map_err(|error| self.explain(error.into()))?;
        if self.counting {
            // To filter by what a local index does not hold, DynamoDB has to be asked for the items.
            received = Many::default();
        }
        let Many { items, errors, source, .. } = received;
        let usage = Usage {
            requests: 1,
            scanned: answer.scanned,
            matched: answer.matched,
            capacity: answer.capacity,
            bytes: source.bytes() as u64,
        };
        let located = |(before, (at, error)): (usize, (usize, DecodeError))| {
            let error = self.explain(error.into());
            // The errors before it stand among the items too.
            match source.attributes(at + before, &self.key_attributes) {
                Ok(key) => (at, error.about(Item(key))),
                Err(_) => (at, error),
            }
        };
        let errors = errors.into_iter().enumerate().map(located).collect();
        Ok(Fetched { items, errors, source, next: answer.next, usage })
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
