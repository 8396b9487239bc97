//! `Items`: the items of a query or scan as a lazy stream over its pages.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::stream::FuturesUnordered;

use super::budget::Budget;
use super::cursor::{Begin, Cursor, Place};
use super::from_item::FromItem;
use super::lane::Lane;
use super::page::Usage;
use super::plan::{Fetched, Limits, Plan};
#[cfg(feature = "tokens")]
use super::token::Sealer;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::model::DynamoModel;
use crate::target::{Table, Target};

type Asking<T> = Pin<Box<dyn Future<Output = Answer<T>> + Send>>;

/// The answer to the request of one lane.
struct Answer<T> {
    lane: usize,
    /// How many items the request was for at most, where that is known.
    items: usize,
    fetched: Result<Fetched<T>>,
}

/// The items of a query or scan, read page by page as they are asked for.
///
/// Made by [`Query::stream`](super::Query::stream) and [`Scan::stream`](super::Scan::stream). Nothing is sent before the first item is asked for.
/// While the second half of a page is consumed, the next page is on its way, unless [`no_look_ahead`](super::Query::no_look_ahead) was
/// said or the items in hand are all that is wanted: a stream that is dropped has paid for at most that one page more than it used, and holds at most two pages.
/// Of a scan in [segments](super::Scan::segments) that holds for each segment.
///
/// `T` is what the items are read as: the model `M` itself, a [projection](super::Query::project) of it ... An item that is no `T` is an error in its place, and the stream goes on behind it. After the error of a request nothing more comes
/// from its segment, and the stream ends with the others; [`cursor`](Items::cursor) tells where.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
/// # fn main() { run(async |db: Db| {
/// let mut books = Book::scan().page_size(100).stream(&db);
/// while let Some(book) = books.try_next().await? {
///     println!("{}", book.title);
/// }
/// assert_eq!(books.usage().requests, 1);
/// # Ok(()) }) }
/// ```
pub struct Items<T, I = Table, M = T> {
    db: Db,
    pub(super) plan: std::result::Result<Arc<Plan>, Option<Error>>,
    pub(super) look_ahead: bool,
    /// How many items are still to be returned.
    wanted: Option<usize>,
    pub(super) pages_left: Option<usize>,
    budget: Option<Budget>,
    /// One for each segment.
    pub(super) lanes: Vec<Lane<T>>,
    /// The lane whose page is being consumed.
    current: usize,
    requests: FuturesUnordered<Asking<T>>,
    /// How many items have come and are not returned yet.
    in_hand: usize,
    /// How many items the requests under way may bring, where that is known.
    under_way: usize,
    /// How many items were counted, where pages are only counted.
    counted: u64,
    usage: Usage,
    read: PhantomData<fn() -> (M, I)>,
}

impl<T, I, M> Items<T, I, M> {
    pub(crate) fn new(db: Db, plan: Result<Plan>, limits: Limits, begin: Begin<M, I>) -> Self {
        let prepared = plan.and_then(|plan| plan.begin(begin, &db));
        let (plan, lanes) = match prepared {
            Ok((plan, places)) => {
                let is_over = |place: &Place| plan.empty || plan.single && *place != Place::Edge;
                let lane = |place: Place| if is_over(&place) { Lane::ended(place) } else { Lane::new(place) };
                let lanes = places.into_iter().map(lane).collect();
                (Ok(Arc::new(plan)), lanes)
            }
            Err(error) => (Err(Some(error)), Vec::new()),
        };
        let budget = limits.budget(&db);
        Items {
            db,
            plan,
            look_ahead: !limits.no_look_ahead,
            wanted: limits.take,
            pages_left: limits.max_pages,
            budget,
            lanes,
            current: 0,
            requests: FuturesUnordered::new(),
            in_hand: 0,
            under_way: 0,
            counted: 0,
            usage: Usage::default(),
            read: PhantomData,
        }
    }

    /// What makes tokens of this read's cursors; `None` if the read cannot be sent.
    #[cfg(feature = "tokens")]
    pub(super) fn sealer(&self) -> Option<Sealer> {
        let plan = Arc::clone(self.plan.as_ref().ok()?);
        Some(Sealer { db: self.db.clone(), plan })
    }

    /// Whether an item has come that is not returned yet.
    pub(super) fn has_in_hand(&self) -> bool {
        self.in_hand > 0 && self.wanted != Some(0)
    }

    /// Whether the nearest item to a position comes first, which is the last one in the order of the query.
    pub(super) fn goes_backwards(&self) -> bool {
        self.plan.as_ref().is_ok_and(|plan| plan.backwards)
    }

    /// What the pages read so far took.
    pub fn usage(&self) -> Usage {
        self.usage
    }
}

impl<T: FromItem<M>, I: Target + 'static, M: DynamoModel + 'static> Items<T, I, M> {
    /// The next item, or `None` at the end. The same as `TryStreamExt::try_next`, without the import.
    ///
    /// # Errors
    /// See [`Items`].
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        std::future::poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// The position right behind the last item that was returned, in each segment; `None` before the first one of a read from the start.
    ///
    /// It is made of the key attributes as they are stored, so it is exact in the middle of a page too. Reading
    /// [`after`](super::Query::after) it goes on without a gap and without a repeat. A read that was told to go
    /// [`before`](super::Query::before) a position goes on before this one.
    ///
    /// # Errors
    /// [`is_decode`](Error::is_decode) if the last item's keys cannot be read.
    pub fn cursor(&self) -> Result<Option<Cursor<M, I>>> {
        let Ok(plan) = &self.plan else { return Ok(None) };
        let in_segments = self.lanes.len() > 1;
        let place = |lane: &Lane<T>| {
            if in_segments && lane.is_finished() { Ok(Place::End) } else { lane.place(&plan.key_attributes) }
        };
        let places = self.lanes.iter().map(place).collect::<Result<Vec<_>, _>>();
        let places = places.map_err(|error| plan.explain(error.into()))?;
        // Where every segment is at its end, that is worth saying: a read from the start would begin anew.
        let is_over = in_segments && places.iter().all(|place| *place == Place::End);
        Ok(if is_over { Some(Cursor::new(places)) } else { Cursor::between(places) })
    }

    /// Sends a lane's next request, if there is one, and the items in hand and under way are not all that is wanted.
    fn ask(&mut self, at: usize) {
        let Ok(plan) = &self.plan else { return };
        if self.pages_left == Some(0) || !self.lanes.get(at).is_some_and(Lane::can_ask) {
            return;
        }
        let budget = self.budget.as_ref().filter(|_| !plan.single);
        if budget.is_some_and(Budget::is_probing) && !self.requests.is_empty() {
            return;
        }
        let wanted = match self.wanted {
            None => None,
            Some(wanted) => {
                let open = wanted.saturating_sub(self.in_hand + self.under_way);
                if open == 0 {
                    return;
                }
                // What is wanted is shared out, so that segments that answer together do not bring it several times.
                let lanes = self.lanes.iter().filter(|lane| lane.can_ask()).count();
                Some(open.div_ceil(lanes.max(1)))
            }
        };
        let limit = plan.limit(wanted);
        let reservation = budget.map(|budget| budget.reserve(limit));
        let limit = reservation.as_ref().map(|reservation| reservation.limit).or(limit);
        let items = if plan.is_filtered() { 0 } else { limit.map_or(0, |limit| limit as usize) };
        let Some(lane) = self.lanes.get_mut(at) else { return };
        let start = match lane.ask() {
            Place::Behind(position) => Some(position),
            Place::Edge | Place::End => None,
        };
        if let Some(pages) = &mut self.pages_left {
            *pages -= 1;
        }
        self.under_way += items;
        let (plan, db) = (Arc::clone(plan), self.db.clone());
        // The page's future, of some kilobytes, is made where it is polled: one that was handed in would take its place twice.
        self.requests.push(Box::pin(async move {
            if let Some(reservation) = &reservation {
                match db.begun_deadline() {
                    None => reservation.paid().await,
                    // The request then says that it is too late.
                    Some(deadline) => drop(deadline.race(reservation.paid()).await),
                }
            }
            let fetched = plan.fetch::<T, I, M>(&db, at, start, limit).await;
            if let (Some(reservation), Ok(fetched)) = (reservation, &fetched) {
                reservation.settle(&fetched.usage);
            }
            Answer { lane: at, items, fetched }
        }));
    }

    /// Lets the requests that are under way make progress, and takes what has come.
    fn drive(&mut self, context: &mut Context<'_>) {
        while let Poll::Ready(Some(answer)) = Pin::new(&mut self.requests).poll_next(context) {
            let Answer { lane, items, fetched } = answer;
            self.under_way -= items;
            if let Ok(fetched) = &fetched {
                self.in_hand += fetched.items.len() + fetched.errors.len();
                self.add_matched(fetched.usage.matched);
            }
            if let Some(lane) = self.lanes.get_mut(lane) {
                lane.arrive(fetched);
            }
        }
    }

    /// Adds up what pages matched, where they are only counted.
    fn add_matched(&mut self, matched: u64) {
        if !self.plan.as_ref().is_ok_and(|plan| plan.counting) {
            return;
        }
        // A filtered page may match more than are wanted.
        let counted = self.wanted.map_or(matched, |wanted| matched.min(wanted as u64));
        self.counted += counted;
        if let Some(wanted) = &mut self.wanted {
            *wanted = wanted.saturating_sub(usize::try_from(counted).unwrap_or(usize::MAX));
        }
    }

    /// Goes on to a page that has come: of the lanes behind the current one first, so that each has its turn. `None` if there is none.
    fn turn(&mut self) -> Option<Result<()>> {
        let lanes = self.lanes.len();
        let next = (1..=lanes).map(|step| (self.current + step) % lanes);
        self.current = next.into_iter().find(|&at| self.lanes.get(at).is_some_and(Lane::has_page))?;
        let turned = self.lanes.get_mut(self.current)?.turn();
        Some(turned.map(|usage| self.usage.add(&usage)))
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        if let Err(error) = &mut self.plan {
            return Poll::Ready(error.take().map(Err));
        }
        loop {
            if !self.requests.is_empty() {
                self.drive(context);
            }
            if self.wanted == Some(0) {
                return Poll::Ready(None);
            }
            let Some(lane) = self.lanes.get_mut(self.current) else { return Poll::Ready(None) };
            if let Some(item) = lane.take() {
                let look_ahead = self.look_ahead && lane.is_past_half();
                self.in_hand -= 1;
                if let Some(wanted) = &mut self.wanted {
                    *wanted -= 1;
                }
                if look_ahead {
                    self.ask(self.current);
                    self.drive(context);
                }
                return Poll::Ready(Some(item));
            }
            self.ask(self.current);
            match self.turn() {
                Some(Ok(())) => continue,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => {}
            }
            for lane in 0..self.lanes.len() {
                self.ask(lane);
            }
            if self.requests.is_empty() {
                return Poll::Ready(None);
            }
            self.drive(context);
            if !self.lanes.iter().any(Lane::has_page) {
                return Poll::Pending;
            }
        }
    }

    /// Adds an item that was just taken, and with it the rest of its page, which so moves no more than once.
    pub(super) fn take_with_page(&mut self, item: T, items: &mut Vec<T>) {
        let mut others = self.take_page();
        if items.is_empty() && !others.is_empty() {
            others.insert(0, item);
            *items = others;
        } else {
            items.push(item);
            items.append(&mut others);
        }
    }

    /// The items that are left of the current page, if all of them are wanted and none is an error.
    fn take_page(&mut self) -> Vec<T> {
        let wanted = self.wanted.unwrap_or(usize::MAX);
        let items = self.lanes.get_mut(self.current).map_or_else(Vec::new, |lane| lane.take_all(wanted));
        self.in_hand -= items.len();
        if let Some(wanted) = &mut self.wanted {
            *wanted -= items.len();
        }
        items
    }

    pub(crate) async fn all(mut self) -> Result<Vec<T>> {
        let mut items = Vec::new();
        while let Some(item) = self.try_next().await? {
            self.take_with_page(item, &mut items);
        }
        // Backwards, the nearest came first.
        if self.goes_backwards() {
            items.reverse();
        }
        Ok(items)
    }

    /// Counts, up to `take` and `max_pages`. The pages of such a read have no items.
    pub(crate) async fn count(mut self) -> Result<u64> {
        while self.try_next().await?.is_some() {}
        Ok(self.counted)
    }
}

impl<T: FromItem<M>, I: Target + 'static, M: DynamoModel + 'static> Stream for Items<T, I, M> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        self.get_mut().poll(context)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, self.wanted)
    }
}

// Nothing in it is pinned: the futures are boxed, and items are only moved.
impl<T, I, M> Unpin for Items<T, I, M> {}

impl<T, I, M> fmt::Debug for Items<T, I, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("wanted", &self.wanted).field("usage", &self.usage).finish_non_exhaustive()
    }
}
