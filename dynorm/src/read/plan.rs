//! A read that is ready to be sent, page by page.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::budget::Budget;
use super::cursor::{At, Begin, Place};
use crate::call::operation::{self, Operation};
use crate::db::Db;
use crate::error::{Error, Problem, Result};
use crate::expiry::Expiry;
use crate::expr::{Aliases, Cond, both, projection};
use crate::key::KeyBuf;
use crate::model::DynamoModel;
use crate::schema::{KeySchema, Schema};
use crate::target::Target;

#[cfg(feature = "tokens")]
mod binding;
mod explained;
mod fetch;
mod request;

pub(crate) use fetch::Fetched;

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

    fn operation(&self) -> &'static Operation {
        if self.is_query() { &operation::QUERY } else { &operation::SCAN }
    }

    pub(crate) fn explain(&self, error: Error) -> Error {
        error.during(self.schema, self.operation().name, &self.table)
    }
}
