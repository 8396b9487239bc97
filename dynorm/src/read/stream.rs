//! `Items`: the items of a query or scan as a lazy stream over its pages.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::from_item::FromItem;
use super::page::{Cursor, Page, Usage};
use super::plan::{Fetched, Limits, Plan, Position};
use super::receive::Source;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::model::DynamoModel;
use crate::target::{Table, Target};

type Fetching<T> = Pin<Box<dyn Future<Output = Result<Fetched<T>>> + Send>>;

/// The items of a query or scan, read page by page as they are asked for.
///
/// Made by [`Query::stream`](super::Query::stream) and [`Scan::stream`](super::Scan::stream). Nothing is sent before the first item is asked for.
/// While the second half of a page is consumed, the next page is on its way, unless [`no_look_ahead`](super::Query::no_look_ahead) was
/// said or the items in hand are all that is wanted: a stream that is dropped has paid for at most that one page more than it used, and holds at most two pages.
///
/// `T` is what the items are read as: the model `M` itself, a [projection](super::Query::project) of it ... An item that is no `T` is an error in its place, and the stream goes on behind it. After the error of a request the stream ends;
/// [`cursor`](Items::cursor) tells where.
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
    plan: std::result::Result<Arc<Plan>, Option<Error>>,
    limits: Limits,
    /// How many items are still to be returned.
    wanted: Option<usize>,
    pages_left: Option<usize>,
    next: Next,
    fetching: Option<Fetching<T>>,
    /// The page behind the current one, when it came early.
    ahead: Option<Result<Fetched<T>>>,
    page: Current<T>,
    usage: Usage,
    read: PhantomData<fn() -> (M, I)>,
}

/// Where the next request starts.
enum Next {
    Start,
    Behind(Position),
    End,
}

/// The page that is being consumed.
struct Current<T> {
    items: std::vec::IntoIter<T>,
    errors: std::iter::Peekable<std::vec::IntoIter<(usize, Error)>>,
    /// How many good items were taken.
    good: usize,
    /// How many items of any kind were taken.
    taken: usize,
    source: Source,
    /// Where the page began.
    start: Option<Position>,
}

impl<T> Current<T> {
    fn new(items: Vec<T>, errors: Vec<(usize, Error)>, source: Source, start: Option<Position>) -> Self {
        let errors = errors.into_iter().peekable();
        Current { items: items.into_iter(), errors, good: 0, taken: 0, source, start }
    }

    fn next(&mut self) -> Option<Result<T>> {
        if let Some((_, error)) = self.errors.next_if(|(at, _)| *at == self.good) {
            self.taken += 1;
            return Some(Err(error));
        }
        let item = self.items.next()?;
        self.good += 1;
        self.taken += 1;
        Some(Ok(item))
    }

    fn left(&self) -> usize {
        self.items.len() + self.errors.len()
    }
}

impl<T, I, M> Items<T, I, M> {
    pub(crate) fn new(db: Db, plan: Result<Plan>, limits: Limits, after: Option<Cursor<M, I>>) -> Self {
        let plan = plan.map(Arc::new).map_err(Some);
        Items {
            db,
            limits,
            wanted: limits.take,
            pages_left: limits.max_pages,
            next: match (&plan, after) {
                (Ok(plan), _) if plan.empty => Next::End,
                (_, Some(cursor)) => Next::Behind(cursor.key),
                (_, None) => Next::Start,
            },
            plan,
            fetching: None,
            ahead: None,
            page: Current::new(Vec::new(), Vec::new(), Source::default(), None),
            usage: Usage::default(),
            read: PhantomData,
        }
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

    /// The position right behind the last item that was returned; `None` before the first one of a read from the start.
    ///
    /// It is made of the key attributes as they are stored, so it is exact in the middle of a page too. Reading
    /// [`after`](super::Query::after) it goes on without a gap and without a repeat.
    ///
    /// # Errors
    /// [`is_decode`](Error::is_decode) if the last item's keys cannot be read.
    pub fn cursor(&self) -> Result<Option<Cursor<M, I>>> {
        let Ok(plan) = &self.plan else { return Ok(None) };
        let Some(last) = self.page.taken.checked_sub(1) else {
            return Ok(match (&self.next, &self.page.start) {
                (Next::Behind(position), _) if self.page.source.len() == 0 => Some(Cursor::new(position.clone())),
                (_, start) => start.clone().map(Cursor::new),
            });
        };
        let key = self.page.source.attributes(last, &plan.key_attributes);
        key.map(|key| Some(Cursor::new(key))).map_err(|error| plan.explain(error.into()))
    }

    /// Starts the next request, if there is one to be sent and this many items in hand do not make it needless.
    fn start(&mut self, in_hand: usize) {
        let Ok(plan) = &self.plan else { return };
        let wanted = self.wanted.map(|wanted| wanted.saturating_sub(in_hand));
        if wanted == Some(0) || self.pages_left == Some(0) || self.fetching.is_some() || self.ahead.is_some() {
            return;
        }
        let start = match &self.next {
            Next::Start => None,
            Next::Behind(position) => Some(position.clone()),
            Next::End => return,
        };
        if let Some(pages) = &mut self.pages_left {
            *pages -= 1;
        }
        self.fetching = Some(Box::pin(Arc::clone(plan).fetch::<T, I, M>(self.db.clone(), start, wanted)));
    }

    /// Lets a request that is under way make progress.
    fn drive(&mut self, context: &mut Context<'_>) {
        if let Some(fetching) = &mut self.fetching
            && let Poll::Ready(fetched) = fetching.as_mut().poll(context)
        {
            self.fetching = None;
            self.ahead = Some(fetched);
        }
    }

    fn install(&mut self, fetched: Fetched<T>) {
        let Fetched { items, errors, source, next, usage } = fetched;
        let next = next.map_or(Next::End, Next::Behind);
        let start = match std::mem::replace(&mut self.next, next) {
            Next::Behind(position) => Some(position),
            Next::Start | Next::End => None,
        };
        self.usage.add(&usage);
        self.page = Current::new(items, errors, source, start);
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        if let Err(error) = &mut self.plan {
            return Poll::Ready(error.take().map(Err));
        }
        loop {
            if self.wanted == Some(0) {
                return Poll::Ready(None);
            }
            if let Some(item) = self.page.next() {
                if let Some(wanted) = &mut self.wanted {
                    *wanted -= 1;
                }
                let left = self.page.left();
                if !self.limits.no_look_ahead && left <= self.page.taken {
                    self.start(left);
                    self.drive(context);
                }
                return Poll::Ready(Some(item));
            }
            if self.ahead.is_none() {
                self.start(0);
                if self.fetching.is_none() {
                    return Poll::Ready(None);
                }
                self.drive(context);
            }
            match self.ahead.take() {
                Some(Ok(fetched)) => self.install(fetched),
                Some(Err(error)) => {
                    self.pages_left = Some(0);
                    return Poll::Ready(Some(Err(error)));
                }
                None => return Poll::Pending,
            }
        }
    }

    /// Reads until `take` or `max_pages` is met, one page if neither was said.
    pub(crate) async fn page(mut self) -> Result<Page<T, I, M>> {
        self.limits.no_look_ahead = true;
        self.pages_left.get_or_insert(1);
        let mut items = Vec::new();
        while let Some(item) = self.try_next().await? {
            items.push(item);
        }
        let next = match &self.next {
            // Items of the last page are left over: the next page starts behind the last one that was kept.
            _ if self.page.left() > 0 => self.cursor()?,
            Next::Behind(position) => Some(Cursor::new(position.clone())),
            Next::Start if self.wanted == Some(0) => None,
            Next::Start | Next::End => None,
        };
        Ok(Page { items, next, usage: self.usage })
    }

    pub(crate) async fn all(mut self) -> Result<Vec<T>> {
        let mut items = Vec::new();
        while let Some(item) = self.try_next().await? {
            if items.is_empty() {
                items.reserve(self.page.items.len() + 1);
            }
            items.push(item);
        }
        Ok(items)
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

// Nothing in it is pinned: the future is boxed, and items are only moved.
impl<T, I, M> Unpin for Items<T, I, M> {}

impl<T, I, M> fmt::Debug for Items<T, I, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("wanted", &self.wanted).field("usage", &self.usage).finish_non_exhaustive()
    }
}
