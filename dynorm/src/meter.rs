//! `Meter`: what the calls of a handle took, as DynamoDB reported it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::types::{Capacity, ConsumedCapacity};

use crate::call::observe::{Asked, Report};
use crate::db::Db;

/// Sums what the calls of a handle take: made by [`Db::metered`].
///
/// It adds up what DynamoDB reports and makes nothing up. A failed condition, a cancelled transaction and an attempt that the SDK had to
/// repeat consume capacity too, but no answer says how much: they are counted as [`unreported`](Metered::unreported). A clone shares the sums.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
/// # fn main() { run(async |db: Db| {
/// let (db, meter) = db.metered();
/// Book::query(Book::by_author().author("Jane Austen")).all(&db).await?;
/// persuasion().put().send(&db).await?;
///
/// let total = meter.total();
/// assert_eq!((total.requests, total.attempts, total.unreported), (2, 2, 0));
/// for entry in meter.entries() {
///     println!("{entry}"); // "Query of library, index by-author: 0.5 read units, 1 item read, 1 request"
/// }
/// # Ok(()) }) }
/// ```
#[derive(Clone)]
pub struct Meter(Arc<Inner>);

struct Inner {
    sums: Mutex<Sums>,
    /// The meter of the handle that this one was made from, which counts the same calls.
    outer: Option<Meter>,
}

#[derive(Default)]
struct Sums {
    total: Metered,
    /// By table, index and operation.
    entries: BTreeMap<(String, Option<String>, &'static str), Metered>,
}

/// What calls took together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Metered {
    /// The read units that DynamoDB reported.
    pub read_units: f64,
    /// The write units that DynamoDB reported.
    pub write_units: f64,
    /// The requests, whatever came of them; one that the SDK sent again counts once.
    pub requests: u64,
    /// The times that a request was sent.
    pub attempts: u64,
    /// The items that queries and scans read, before their filters.
    pub scanned: u64,
    /// The attempts that may have consumed capacity without a report: all but those that were answered with one.
    pub unreported: u64,
}

/// What the calls of one operation on one table or index took.
///
/// A write to a table is billed for each index that it changes as well: that is the entry with the index's name and the write's operation,
/// which has units and no requests. A request to several tables counts in the entry of each, and once in the [total](Meter::total).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MeterEntry {
    /// The table.
    pub table: String,
    /// The index; `None` for the table itself.
    pub index: Option<String>,
    /// The operation, by DynamoDB's name: `PutItem`.
    pub operation: &'static str,
    /// What it took.
    pub took: Metered,
}

impl Db {
    /// A handle on the same client whose calls are summed, and the meter that sums them.
    ///
    /// The calls of the handle ask DynamoDB to report the capacity of the table and of each index, which costs nothing. The handle that
    /// it is made from is as before; made from a metered one, both meters count.
    pub fn metered(&self) -> (Db, Meter) {
        let meter = Meter(Arc::new(Inner { sums: Mutex::default(), outer: self.meter().cloned() }));
        (self.with_meter(meter.clone()), meter)
    }
}

impl Meter {
    /// Everything together.
    pub fn total(&self) -> Metered {
        self.sums().total
    }

    /// The sums for each table, index and operation, in the order of their names.
    pub fn entries(&self) -> Vec<MeterEntry> {
        let sums = self.sums();
        let entry = |((table, index, operation), took): (&(String, Option<String>, &'static str), &Metered)| {
            MeterEntry { table: table.clone(), index: index.clone(), operation, took: *took }
        };
        sums.entries.iter().map(entry).collect()
    }

    fn sums(&self) -> MutexGuard<'_, Sums> {
        // Nothing that holds the lock can panic half-way: these are additions.
        self.0.sums.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds one request that was sent this many times; `report` is what the last answer said, if it was a success.
    pub(crate) fn add(&self, operation: &'static str, asked: &Asked, attempts: u32, report: Option<&Report>) {
        self.sums().add(operation, asked, attempts, report);
        if let Some(outer) = &self.0.outer {
            outer.add(operation, asked, attempts, report);
        }
    }
}

impl Sums {
    fn add(&mut self, operation: &'static str, asked: &Asked, attempts: u32, report: Option<&Report>) {
        let consumed = report.map_or(&[][..], |report| &report.consumed);
        let attempts = u64::from(attempts);
        let counts = Metered {
            requests: 1,
            attempts,
            scanned: report.and_then(|report| report.counts).map_or(0, |(_, scanned)| scanned),
            unreported: attempts.saturating_sub(u64::from(!consumed.is_empty())),
            ..Metered::default()
        };
        self.total.add(&counts);
        for table in &asked.tables {
            self.entries.entry((table.clone(), asked.index.clone(), operation)).or_default().add(&counts);
        }
        let reads = is_read(operation);
        for consumed in consumed {
            let Some(table) = consumed.table_name().or(asked.tables.first().map(String::as_str)) else { continue };
            self.total.add(&units(reads, &whole(consumed)));
            let mut add = |index: Option<&str>, capacity: &Capacity| {
                let units = units(reads, capacity);
                if units != Metered::default() {
                    let key = (table.to_owned(), index.map(str::to_owned), operation);
                    self.entries.entry(key).or_default().add(&units);
                }
            };
            match consumed.table() {
                Some(capacity) => add(None, capacity),
                // Without the parts, the whole belongs to what was asked.
                None => add(asked.index.as_deref(), &whole(consumed)),
            }
            let indexes = consumed.local_secondary_indexes().into_iter().chain(consumed.global_secondary_indexes());
            for (index, capacity) in indexes.flatten().filter(|_| consumed.table().is_some()) {
                add(Some(index), capacity);
            }
        }
    }
}

/// What is consumed as a whole, in the shape of its parts.
fn whole(consumed: &ConsumedCapacity) -> Capacity {
    Capacity::builder()
        .set_capacity_units(consumed.capacity_units())
        .set_read_capacity_units(consumed.read_capacity_units())
        .set_write_capacity_units(consumed.write_capacity_units())
        .build()
}

fn is_read(operation: &str) -> bool {
    matches!(operation, "GetItem" | "Query" | "Scan" | "BatchGetItem" | "TransactGetItems")
}

/// Only transactions say which units are for reading and which for writing; for others the operation does.
fn units(reads: bool, capacity: &Capacity) -> Metered {
    let (read_units, write_units) = match (capacity.read_capacity_units(), capacity.write_capacity_units()) {
        (None, None) => {
            let all = capacity.capacity_units().unwrap_or(0.0);
            if reads { (all, 0.0) } else { (0.0, all) }
        }
        (read, write) => (read.unwrap_or(0.0), write.unwrap_or(0.0)),
    };
    Metered { read_units, write_units, ..Metered::default() }
}

impl Metered {
    fn add(&mut self, other: &Metered) {
        self.read_units += other.read_units;
        self.write_units += other.write_units;
        self.requests += other.requests;
        self.attempts += other.attempts;
        self.scanned += other.scanned;
        self.unreported += other.unreported;
    }
}

/// "0.5 read units, 1 item read, 1 request".
impl fmt::Display for Metered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        let mut part = |f: &mut fmt::Formatter<'_>, part: fmt::Arguments<'_>| {
            if !std::mem::take(&mut first) {
                f.write_str(", ")?;
            }
            f.write_fmt(part)
        };
        let plural = |one: bool| if one { "" } else { "s" };
        let Metered { read_units, write_units, requests, attempts, scanned, unreported } = *self;
        if read_units != 0.0 {
            part(f, format_args!("{read_units} read unit{}", plural(read_units == 1.0)))?;
        }
        if write_units != 0.0 {
            part(f, format_args!("{write_units} write unit{}", plural(write_units == 1.0)))?;
        }
        if scanned > 0 {
            part(f, format_args!("{scanned} item{} read", plural(scanned == 1)))?;
        }
        if requests > 0 || (read_units == 0.0 && write_units == 0.0) {
            part(f, format_args!("{requests} request{}", plural(requests == 1)))?;
        }
        if attempts != requests {
            part(f, format_args!("{attempts} attempts"))?;
        }
        if unreported > 0 {
            part(f, format_args!("{unreported} unreported"))?;
        }
        Ok(())
    }
}

/// "Query of library, index by-author: 0.5 read units, 1 request".
impl fmt::Display for MeterEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.operation, self.table)?;
        if let Some(index) = &self.index {
            write!(f, ", index {index}")?;
        }
        write!(f, ": {}", self.took)
    }
}

/// The total, then a line for each entry.
impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.total())?;
        self.entries().iter().try_for_each(|entry| write!(f, "\n  {entry}"))
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter").field("total", &self.total()).finish_non_exhaustive()
    }
}
