//! `query`: the items of one partition, in the order of the sort key.

use std::fmt;
use std::marker::PhantomData;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;

use super::cursor::{At, Begin, Cursor};
use super::from_item::{Counted, FromItem, ReadFrom, WholeItems};
use super::hydrate::{Hydrate, Source};
use super::limits::{reading_methods, reading_verbs};
use super::page::Page;
use super::plan::{Limits, Plan};
use super::reading::Reading;
use super::stream::Items;
use crate::attribute::Item;
use crate::db::Db;
use crate::error::Result;
use crate::expiry::Expiry;
use crate::explain::Explain;
use crate::expr::{Cond, Filter, both};
use crate::key::KeyBuf;
use crate::model::DynamoModel;
use crate::projection::{DynamoProjection, Fits};
use crate::target::{Consistent, CountsLive, FetchRest, Index, LocalIndex, Table, Target};
use crate::write::Tracked;

/// Reads the items of one partition: made by [`DynamoModel::query`].
///
/// Nothing is sent until one of [`stream`](Query::stream), [`page`](Query::page), [`all`](Query::all), [`first`](Query::first) or
/// [`count`](Query::count). Each request is one [Query](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html),
/// which costs half a read unit for each 4 KB of the items that it reads together, before the filter.
#[must_use = "nothing is sent until `.stream(&db)`, `.page(&db)`, `.all(&db)`, `.first(&db)` or `.count(&db)`"]
pub struct Query<M, I = Table, T = M> {
    key: KeyBuf,
    filter: Option<Cond<M, Filter<I>>>,
    limits: Limits,
    begin: Begin<M, I>,
    read: PhantomData<fn() -> (I, T)>,
}

impl<M: DynamoModel, I: Target> Query<M, I> {
    pub(crate) fn new(key: KeyBuf) -> Self {
        Query { key, filter: None, limits: Limits::default(), begin: Begin::default(), read: PhantomData }
    }
}

impl<M: DynamoModel, I: Target, T> Query<M, I, T> {
    /// The same read, of other items.
    fn read_as<U>(self) -> Query<M, I, U> {
        let Query { key, filter, limits, begin, .. } = self;
        Query { key, filter, limits, begin, read: PhantomData }
    }

    /// The same read, of a target that has at least what this one has.
    fn at<J>(self) -> Query<M, J, T> {
        let Query { key, filter, limits, begin, .. } = self;
        Query { key, filter: filter.map(Cond::elsewhere), limits, begin: begin.elsewhere(), read: PhantomData }
    }

    /// Returns only items for which this holds. DynamoDB reads and bills the others all the same. Several filters must all hold.
    pub fn filter(mut self, filter: Cond<M, Filter<I>>) -> Self {
        self.filter = both(self.filter, Some(filter));
        self
    }

    /// From the smallest sort key to the largest, which is the default.
    pub fn ascending(mut self) -> Self {
        self.limits.descending = false;
        self
    }

    /// From the largest sort key to the smallest.
    pub fn descending(mut self) -> Self {
        self.limits.descending = true;
        self
    }

    /// Reads what stands before this position of an earlier query of the same kind: with [`take`](Query::take) the nearest items.
    ///
    /// [`page`](Query::page) and [`all`](Query::all) have them in the query's own order. A [`stream`](Query::stream), which has not read the first one
    /// when it gives the last, and [`first`](Query::first) begin with the nearest.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// Book { year: 1996, ..persuasion() }.create().send(&db).await?;
    /// let penguin = || Book::query(Book::key().publisher("Penguin Books")).take(1);
    /// let first = penguin().page(&db).await?;
    /// let second = penguin().after(first.next.expect("there is another")).page(&db).await?;
    /// let back = penguin().before(second.previous.expect("there was one before")).page(&db).await?;
    /// assert_eq!(back.items, first.items);
    /// # Ok(()) }) }
    /// ```
    pub fn before(mut self, cursor: Cursor<M, I>) -> Self {
        self.begin.at = At::Before(cursor);
        self
    }

    /// Guards of unique values are in partitions of their own, where no query goes.
    fn without_guards(self) -> Self {
        self
    }

    /// `attributes` are those to be read, of all of them `None`.
    fn plan(self, db: &Db, attributes: Option<Vec<&'static str>>) -> (Result<Plan>, Begin<M, I>) {
        let Query { key, filter, limits, begin, .. } = self;
        (Plan::new::<M, I, _>(db, Some(key), filter, attributes, limits), begin)
    }

    reading_methods!(Query);
}

reading_verbs!(Query, query_request: QueryFluentBuilder);

impl<M, I, T> Clone for Query<M, I, T> {
    fn clone(&self) -> Self {
        Query {
            key: self.key.clone(),
            filter: self.filter.clone(),
            limits: self.limits,
            begin: self.begin.clone(),
            read: PhantomData,
        }
    }
}

impl<M, I, T> fmt::Debug for Query<M, I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query").field("key", &self.key).field("limits", &self.limits).finish_non_exhaustive()
    }
}
