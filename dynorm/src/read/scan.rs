//! `scan`: every item of a table or index.

use std::fmt;
use std::marker::PhantomData;

use super::limits::{reading_methods, reading_verbs};
use super::page::{Cursor, Page};
use super::plan::{Limits, Plan};
use super::stream::Items;
use crate::db::Db;
use crate::error::Result;
use crate::expr::{Cond, ScanFilter, both};
use crate::model::DynamoModel;
use crate::target::{Consistent, Index, Table, Target};

/// Reads a whole table or index: made by [`DynamoModel::scan`].
///
/// Nothing is sent until one of [`stream`](Scan::stream), [`page`](Scan::page), [`all`](Scan::all), [`first`](Scan::first) or
/// [`count`](Scan::count). Each request is one [Scan](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html),
/// which costs half a read unit for each 4 KB that it reads, before the filter.
#[must_use = "nothing is sent until `.stream(&db)`, `.page(&db)`, `.all(&db)`, `.first(&db)` or `.count(&db)`"]
pub struct Scan<M, I = Table> {
    filter: Option<Cond<M, ScanFilter>>,
    limits: Limits,
    after: Option<Cursor<M, I>>,
    index: PhantomData<fn() -> I>,
}

impl<M: DynamoModel> Scan<M, Table> {
    pub(crate) fn new() -> Self {
        Scan { filter: None, limits: Limits::default(), after: None, index: PhantomData }
    }

    /// Scans an index instead of the table: its items only, which a sparse index has fewer of.
    pub fn index<I: Index<Model = M>>(self, _: I) -> Scan<M, I> {
        Scan { filter: self.filter, limits: self.limits, after: None, index: PhantomData }
    }
}

impl<M: DynamoModel, I: Target> Scan<M, I> {
    /// Returns only items for which this holds. DynamoDB reads and bills the others all the same. Several filters must all hold.
    pub fn filter(mut self, filter: Cond<M, ScanFilter>) -> Self {
        self.filter = both(self.filter, Some(filter));
        self
    }

    fn plan(self, db: &Db) -> (Result<Plan>, Limits, Option<Cursor<M, I>>) {
        let Scan { filter, limits, after, .. } = self;
        (Plan::new::<M, I, _>(db, None, filter, limits), limits, after)
    }

    reading_methods!();
}

reading_verbs!(Scan);

impl<M, I> fmt::Debug for Scan<M, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan").field("limits", &self.limits).finish_non_exhaustive()
    }
}
