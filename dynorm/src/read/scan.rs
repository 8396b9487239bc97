//! `scan`: every item of a table or index.

use std::fmt;
use std::marker::PhantomData;

use super::from_item::{FromItem, ReadFrom};
use super::limits::{reading_methods, reading_verbs};
use super::page::{Cursor, Page};
use super::plan::{Limits, Plan};
use super::stream::Items;
use crate::attribute::Item;
use crate::db::Db;
use crate::error::{ExpressionError, Result};
use crate::expr::{Cond, ScanFilter, both};
use crate::model::DynamoModel;
use crate::target::{Consistent, Index, Table, Target};

/// Reads a whole table or index: made by [`DynamoModel::scan`].
///
/// Nothing is sent until one of [`stream`](Scan::stream), [`page`](Scan::page), [`all`](Scan::all), [`first`](Scan::first) or
/// [`count`](Scan::count). Each request is one [Scan](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html),
/// which costs half a read unit for each 4 KB that it reads, before the filter.
#[must_use = "nothing is sent until `.stream(&db)`, `.page(&db)`, `.all(&db)`, `.first(&db)` or `.count(&db)`"]
pub struct Scan<M, I = Table, T = M> {
    filter: Option<Cond<M, ScanFilter<I>>>,
    limits: Limits,
    after: Option<Cursor<M, I>>,
    read: PhantomData<fn() -> (I, T)>,
}

impl<M: DynamoModel> Scan<M, Table> {
    pub(crate) fn new() -> Self {
        Scan { filter: None, limits: Limits::default(), after: None, read: PhantomData }
    }

    /// Scans an index instead of the table: its items only, which a sparse index has fewer of.
    ///
    /// Call it before [`filter`](Scan::filter), which the compiler then checks against what the index holds. A filter that was given for the
    /// table is the error [`is_expression`](crate::Error::is_expression) when the scan is sent.
    pub fn index<I: Index<Model = M>>(self, _: I) -> Scan<M, I> {
        let filter = self.filter.map(|_| Cond::refused(ExpressionError::filter_before_index()));
        Scan { filter, limits: self.limits, after: None, read: PhantomData }
    }
}

impl<M: DynamoModel, I: Target, T> Scan<M, I, T> {
    /// The same read, of other items.
    fn read_as<U>(self) -> Scan<M, I, U> {
        let Scan { filter, limits, after, .. } = self;
        Scan { filter, limits, after, read: PhantomData }
    }

    /// Returns only items for which this holds. DynamoDB reads and bills the others all the same. Several filters must all hold.
    pub fn filter(mut self, filter: Cond<M, ScanFilter<I>>) -> Self {
        self.filter = both(self.filter, Some(filter));
        self
    }

    /// `attributes` are those to be read, of all of them `None`.
    fn plan(self, db: &Db, attributes: Option<Vec<&'static str>>) -> (Result<Plan>, Limits, Option<Cursor<M, I>>) {
        let Scan { filter, limits, after, .. } = self;
        (Plan::new::<M, I, _>(db, None, filter, attributes, limits), limits, after)
    }

    reading_methods!(Scan);
}

reading_verbs!(Scan);

impl<M, I, T> fmt::Debug for Scan<M, I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan").field("limits", &self.limits).finish_non_exhaustive()
    }
}
