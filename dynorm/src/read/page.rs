//! `Page`: what one call of `.page(&db)` read, and the cursor behind it.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use aws_sdk_dynamodb::types::AttributeValue;

/// Items read together, and where to go on.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
/// # fn main() { run(async |db: Db| {
/// let penguin = || Book::query(Book::key().publisher("Penguin Books")).take(20);
/// let mut page = penguin().page(&db).await?;
/// while let Some(next) = page.next {
///     page = penguin().after(next).page(&db).await?;
/// }
/// # Ok(()) }) }
/// ```
///
/// `T` is what the items are read as: the model `M` itself, a [projection](super::Query::project) of it ...
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page<T, I, M = T> {
    /// The items, in the order of the key.
    pub items: Vec<T>,
    /// Where the next page starts; `None` when DynamoDB said that there is nothing more. There may be nothing behind `Some`.
    pub next: Option<Cursor<M, I>>,
    /// What reading them took.
    pub usage: Usage,
}

/// What a read took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Usage {
    /// The requests that were answered. Attempts that the SDK repeated are not in it.
    pub requests: u64,
    /// The items that DynamoDB evaluated, before the filter: what is paid for.
    pub scanned: u64,
    /// The items that passed the filter.
    pub matched: u64,
    /// The read units that DynamoDB reported.
    pub capacity: f64,
    /// The bytes of the response bodies.
    pub bytes: u64,
}

impl Usage {
    pub(crate) fn add(&mut self, other: &Usage) {
        self.requests += other.requests;
        self.scanned += other.scanned;
        self.matched += other.matched;
        self.capacity += other.capacity;
        self.bytes += other.bytes;
    }
}

/// A position in a query or scan: right behind one item.
///
/// Hand it to [`Query::after`](super::Query::after) or [`Scan::after`](super::Scan::after) of the same read.
pub struct Cursor<M, I> {
    pub(crate) key: HashMap<String, AttributeValue>,
    read: PhantomData<fn() -> (M, I)>,
}

impl<M, I> Cursor<M, I> {
    pub(crate) fn new(key: HashMap<String, AttributeValue>) -> Self {
        Cursor { key, read: PhantomData }
    }
}

impl<M, I> Clone for Cursor<M, I> {
    fn clone(&self) -> Self {
        Cursor::new(self.key.clone())
    }
}

impl<M, I> PartialEq for Cursor<M, I> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<M, I> fmt::Debug for Cursor<M, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys are values of items, which no log should show.
        f.write_str("Cursor(..)")
    }
}
