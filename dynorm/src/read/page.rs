//! `Page`: what one call of `.page(&db)` read, and the cursors on both sides of it.

use super::cursor::{Cursor, Place};
use super::from_item::FromItem;
use super::stream::Items;
#[cfg(feature = "tokens")]
use super::token::Sealer;
use crate::error::Result;
use crate::model::DynamoModel;
use crate::target::Target;

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
/// if let Some(previous) = page.previous {
///     page = penguin().before(previous).page(&db).await?; // in the same order
/// }
/// # Ok(()) }) }
/// ```
///
/// `T` is what the items are read as: the model `M` itself, a [projection](super::Query::project) of it ...
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page<T, I, M = T> {
    /// The items, in the order of the query.
    pub items: Vec<T>,
    /// Where the next page starts, for [`after`](super::Query::after); `None` when DynamoDB said that there is nothing more. There may be
    /// nothing behind `Some`.
    pub next: Option<Cursor<M, I>>,
    /// Where the page before this one ends, for [`before`](super::Query::before); `None` on the first page, and always for a scan, which
    /// has no order to go back in. There may be nothing before `Some`.
    pub previous: Option<Cursor<M, I>>,
    /// What reading them took.
    pub usage: Usage,
    #[cfg(feature = "tokens")]
    pub(super) sealer: Option<Sealer>,
}

impl<T, I, M> Page<T, I, M> {
    /// The same page with what its items became, and what that took.
    pub(super) fn with<U>(self, items: Vec<U>, usage: &Usage) -> Page<U, I, M> {
        let Page { next, previous, usage: mut all, .. } = self;
        all.add(usage);
        Page {
            items,
            next,
            previous,
            usage: all,
            #[cfg(feature = "tokens")]
            sealer: self.sealer,
        }
    }
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

impl<T: FromItem<M>, I: Target + 'static, M: DynamoModel + 'static> Items<T, I, M> {
    /// Reads until `take` or `max_pages` is met; if neither was said, one page of each segment.
    pub(crate) async fn page(mut self) -> Result<Page<T, I, M>> {
        self.look_ahead = false;
        self.pages_left.get_or_insert(self.lanes.len());
        let mut items = Vec::new();
        let mut first = None;
        while let Some(item) = self.try_next().await? {
            if items.is_empty() && self.can_turn_back() {
                first = self.cursor()?;
            }
            self.take_with_page(item, &mut items);
        }
        let onward = self.onward()?;
        let back = if self.can_turn_back() { self.back(first, onward.as_ref()) } else { None };
        let backwards = self.goes_backwards();
        if backwards {
            items.reverse();
        }
        let (next, previous) = if backwards { (back, onward) } else { (onward, back) };
        Ok(Page {
            items,
            next,
            previous,
            usage: self.usage(),
            #[cfg(feature = "tokens")]
            sealer: self.sealer(),
        })
    }

    /// Where a read in the same direction goes on; `None` at its end, and where nothing was read at all.
    fn onward(&self) -> Result<Option<Cursor<M, I>>> {
        let Ok(plan) = &self.plan else { return Ok(None) };
        let places = self.lanes.iter().map(|lane| lane.onward(&plan.key_attributes)).collect::<Result<_, _>>();
        places.map(Cursor::between).map_err(|error| plan.explain(error.into()))
    }

    /// Whether the read has an order, and began inside it.
    fn can_turn_back(&self) -> bool {
        self.plan.as_ref().is_ok_and(|plan| plan.is_query() && !plan.empty)
            && self.lanes.iter().any(|lane| *lane.began() != Place::Edge)
    }

    /// Where a read in the other direction begins: next to the first item that was read. Behind a page without items it is where the page
    /// ended, which was evaluated and does not belong to the result; at the end of everything it is that end.
    fn back(&self, first: Option<Cursor<M, I>>, onward: Option<&Cursor<M, I>>) -> Option<Cursor<M, I>> {
        match (first, onward) {
            (Some(first), _) => Some(first),
            // Nothing was read, so nothing is known of the item that the position is next to.
            (None, Some(_)) if self.usage().requests == 0 => None,
            (None, Some(onward)) => Some(onward.clone()),
            (None, None) => Some(Cursor::edge()),
        }
    }
}
