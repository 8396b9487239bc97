//! `scan`: every item of a table or index.

use std::fmt;
use std::marker::PhantomData;

use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;

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
use crate::error::{ExpressionError, Result};
use crate::expiry::Expiry;
use crate::explain::Explain;
use crate::expr::{Cond, ScanFilter, both};
use crate::model::DynamoModel;
use crate::projection::{DynamoProjection, Fits};
use crate::target::{Consistent, CountsLive, FetchRest, Index, LocalIndex, Table, Target};
use crate::write::Tracked;

/// Reads a whole table or index: made by [`DynamoModel::scan`].
///
/// Nothing is sent until one of [`stream`](Scan::stream), [`page`](Scan::page), [`all`](Scan::all), [`first`](Scan::first) or
/// [`count`](Scan::count). Each request is one [Scan](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html),
/// which costs half a read unit for each 4 KB that it reads, before the filter.
#[must_use = "nothing is sent until `.stream(&db)`, `.page(&db)`, `.all(&db)`, `.first(&db)` or `.count(&db)`"]
pub struct Scan<M, I = Table, T = M> {
    filter: Option<Cond<M, ScanFilter<I>>>,
    limits: Limits,
    begin: Begin<M, I>,
    read: PhantomData<fn() -> (I, T)>,
}

impl<M: DynamoModel> Scan<M, Table> {
    pub(crate) fn new() -> Self {
        Scan { filter: None, limits: Limits::default(), begin: Begin::default(), read: PhantomData }
    }

    /// Scans an index instead of the table: its items only, which a sparse index has fewer of.
    ///
    /// Call it before [`filter`](Scan::filter), which the compiler then checks against what the index holds. A filter that was given for the
    /// table is the error [`is_expression`](crate::Error::is_expression) when the scan is sent.
    pub fn index<I: Index<Model = M>>(self, _: I) -> Scan<M, I> {
        let filter = self.filter.map(|_| Cond::refused(ExpressionError::filter_before_index()));
        Scan { filter, limits: self.limits, begin: self.begin.of_index(), read: PhantomData }
    }
}

impl<M: DynamoModel, I: Target, T> Scan<M, I, T> {
    /// The same read, of other items.
    fn read_as<U>(self) -> Scan<M, I, U> {
        let Scan { filter, limits, begin, .. } = self;
        Scan { filter, limits, begin, read: PhantomData }
    }

    /// The same read, of a target that has at least what this one has.
    fn at<J>(self) -> Scan<M, J, T> {
        let Scan { filter, limits, begin, .. } = self;
        Scan { filter: filter.map(Cond::elsewhere), limits, begin: begin.elsewhere(), read: PhantomData }
    }

    /// Returns only items for which this holds. DynamoDB reads and bills the others all the same. Several filters must all hold.
    pub fn filter(mut self, filter: Cond<M, ScanFilter<I>>) -> Self {
        self.filter = both(self.filter, Some(filter));
        self
    }

    /// Reads the table or index in this many segments, each of which is a scan of its own: their requests are under way together.
    ///
    /// The items come in one stream, whole pages of the segments by turns. What is said of the scan holds for all segments together:
    /// [`take`](Scan::take) items and [`max_pages`](Scan::max_pages) requests are shared out among them as they go, and
    /// [`page`](Scan::page) reads one page of each. Each segment looks one page ahead on its own, so that up to two pages for each segment are in memory.
    /// If a request of one segment fails, the others go on. With a filter nobody knows how many items a request will bring: when enough have come,
    /// requests of other segments may be under way, and are paid for.
    ///
    /// A [cursor](Items::cursor) has the position of each segment; a scan that goes on [`after`](Scan::after) it is in as many segments, whatever is said here.
    /// More segments are worth it while table and network can serve them at the same time;
    /// [parallel scans](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html#Scan.ParallelScan) can use up all of a
    /// table's capacity.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// let mut books = Book::scan().segments(4).stream(&db);
    /// while let Some(book) = books.try_next().await? {
    ///     println!("{}", book.title);
    /// }
    /// assert_eq!(books.usage().requests, 4);
    /// # Ok(()) }) }
    /// ```
    pub fn segments(mut self, segments: u32) -> Self {
        self.limits.segments = segments;
        self
    }

    /// Leaves the guards of unique values out of what DynamoDB counts.
    fn without_guards(self) -> Self {
        if M::SCHEMA.has_guards_among_items() { self.filter(Cond::is_no_guard(M::SCHEMA)) } else { self }
    }

    /// `attributes` are those to be read, of all of them `None`.
    fn plan(self, db: &Db, attributes: Option<Vec<&'static str>>) -> (Result<Plan>, Begin<M, I>) {
        let Scan { filter, limits, begin, .. } = self;
        (Plan::new::<M, I, _>(db, None, filter, attributes, limits), begin)
    }

    reading_methods!(Scan);
}

reading_verbs!(Scan, scan_request: ScanFluentBuilder);

impl<M, I, T> Clone for Scan<M, I, T> {
    fn clone(&self) -> Self {
        Scan { filter: self.filter.clone(), limits: self.limits, begin: self.begin.clone(), read: PhantomData }
    }
}

impl<M, I, T> fmt::Debug for Scan<M, I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan").field("limits", &self.limits).finish_non_exhaustive()
    }
}
