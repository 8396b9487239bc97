//! `hydrate`: the items themselves, by the keys that a read of an index finds.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::by_keys::{Asked, CONCURRENCY, OPERATION, PER_REQUEST, fetch, key_values};
use super::from_item::{FromItem, ReadFrom};
use super::page::{Page, Usage};
use super::query::Query;
use super::reading::Reading;
use super::scan::Scan;
use super::stream::Items;
use crate::attribute::Item;
use crate::codec::{Reader, item_from_json};
use crate::db::Db;
use crate::error::{DecodeError, Error, Result};
use crate::expiry::Expiry;
use crate::key::{Key, KeyBuf};
use crate::model::DynamoModel;
use crate::projection::DynamoProjection;
use crate::schema::IndexSchema;
use crate::stored::Members;
use crate::target::{Index, Target};

/// What the table has under a key that an index returned.
///
/// A global index follows the table after a moment, so the two can differ: an item may be [`Missing`](Hydrated::Missing) by now, or
/// [`Changed`](Hydrated::Changed). `T` is what the items are read as: the model `M` itself or a projection of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Hydrated<T, M = T> {
    /// The item, which is in the index where it was found.
    Found(T),
    /// The item, whose key in the index has changed since: it would be found in another place now, or not at all.
    Changed(T),
    /// There is no item any more, or its `ttl` has passed.
    Missing(Key<M>),
}

impl<T, M> Hydrated<T, M> {
    /// The item, as it is in the table.
    pub fn item(&self) -> Option<&T> {
        match self {
            Hydrated::Found(item) | Hydrated::Changed(item) => Some(item),
            Hydrated::Missing(_) => None,
        }
    }

    /// The item, as it is in the table.
    pub fn into_item(self) -> Option<T> {
        match self {
            Hydrated::Found(item) | Hydrated::Changed(item) => Some(item),
            Hydrated::Missing(_) => None,
        }
    }
}

/// The key attributes of table and index of an item in an index: all that is read of it.
#[derive(Debug)]
pub(super) struct Entry(Item);

impl<M: DynamoModel> FromItem<M> for Entry {
    type Scratch = ();
    fn scratch(_: Option<&'static IndexSchema>) {}
    fn from_item(reader: &mut Reader<'_>, (): &mut ()) -> Result<Entry, DecodeError> {
        item_from_json(reader.raw()?.as_bytes()).map(|item| Entry(Item(item)))
    }
    fn attributes(_: Option<&'static IndexSchema>) -> Option<Vec<&'static str>> {
        // Every read asks for the keys by itself.
        Some(Vec::new())
    }
}

impl<I> ReadFrom<I> for Entry {}

impl Entry {
    fn key<M: DynamoModel>(&self) -> Result<Key<M>> {
        let values = key_values(&self.0, &M::SCHEMA.key);
        let values = values.map_err(|error| Error::from(error.in_model(M::SCHEMA.model)).about(self.0.clone()))?;
        Ok(Key::new(KeyBuf::complete(&M::SCHEMA.key, values, None)))
    }

    /// Whether these attributes of an item's JSON are as the index has them.
    fn agrees(&self, item: &[u8], names: &[&'static str]) -> Result<bool, DecodeError> {
        let members = Members::parse(item)?;
        for name in names {
            let value = members.get(name).map(|json| Reader::new(json.as_bytes())?.value()).transpose()?;
            if value.as_ref() != self.0.get(*name) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Reads items by the keys that a read of an index finds: made by [`Query::hydrate`] and [`Scan::hydrate`].
#[must_use = "nothing is sent until `.stream(&db)`, `.page(&db)`, `.all(&db)` or `.first(&db)`"]
pub struct Hydrate<M, I, T = M> {
    source: Source<M, I>,
    consistent: bool,
    read: PhantomData<fn() -> T>,
}

/// The read of the index.
pub(super) enum Source<M, I> {
    Query(Query<M, I, Entry>),
    Scan(Scan<M, I, Entry>),
}

impl<M: DynamoModel, I: Target> Source<M, I> {
    fn is_with_expired(&self) -> bool {
        match self {
            Source::Query(query) => query.is_with_expired(),
            Source::Scan(scan) => scan.is_with_expired(),
        }
    }
}

impl<M: DynamoModel, I> Hydrate<M, I> {
    pub(super) fn new(source: Source<M, I>) -> Self {
        Hydrate { source, consistent: false, read: PhantomData }
    }
}

impl<M: DynamoModel, I, T> Hydrate<M, I, T> {
    /// Sees of each item every write that succeeded before, for twice the read units of the items. What the index does not know yet is not
    /// found all the same.
    pub fn consistent(mut self) -> Self {
        self.consistent = true;
        self
    }

    /// Reads only the attributes of a [projection](DynamoProjection) of each item.
    pub fn project<P: DynamoProjection<Model = M>>(self) -> Hydrate<M, I, P> {
        Hydrate { source: self.source, consistent: self.consistent, read: PhantomData }
    }
}

impl<M: DynamoModel + 'static, I: Index<Model = M> + 'static, T: FromItem<M>> Hydrate<M, I, T> {
    /// The items as a lazy stream, in the order of the index: nothing is sent before the first is asked for.
    ///
    /// Beside the requests of the index, one BatchGetItem for each 100 items, of one page of the index at a time.
    pub fn stream(self, db: &Db) -> HydratedItems<T, I, M> {
        let with_expired = self.source.is_with_expired();
        let entries = match self.source {
            Source::Query(query) => query.stream(db),
            Source::Scan(scan) => scan.stream(db),
        };
        HydratedItems {
            entries,
            db: db.clone(),
            consistent: self.consistent,
            with_expired,
            waiting: Vec::new(),
            behind: None,
            looking_up: None,
            ready: VecDeque::new(),
            has_ended: false,
            usage: Usage::default(),
        }
    }

    /// Reads one page of the index, or as many as `max_pages` says, and the items of it.
    ///
    /// # Errors
    /// Those of [`Query::page`] and of [`BatchGet::send`](super::BatchGet::send).
    pub fn page(self, db: &Db) -> Reading<Page<Hydrated<T, M>, I, M>> {
        let db = db.clone();
        Reading::new(async move {
            let Hydrate { source, consistent, .. } = self;
            let with_expired = source.is_with_expired();
            let db = db.started();
            let entries = match source {
                Source::Query(query) => query.page(&db),
                Source::Scan(scan) => scan.page(&db),
            };
            let mut page = entries.await?;
            let entries = std::mem::take(&mut page.items);
            let LookedUp { items, usage } = look_up::<T, I, M>(db, entries, consistent, with_expired).await?;
            Ok(page.with(items.into_iter().collect::<Result<_>>()?, &usage))
        })
    }

    /// Reads everything into memory.
    ///
    /// # Errors
    /// Those of [`page`](Self::page). What was read before the error is lost: a [`stream`](Self::stream) keeps it.
    pub fn all(self, db: &Db) -> Reading<Vec<Hydrated<T, M>>> {
        let db = db.clone();
        Reading::new(async move {
            let mut items = self.stream(&db.started());
            let mut all = Vec::new();
            while let Some(item) = items.try_next().await? {
                all.push(item);
            }
            // Backwards, the nearest came first.
            if items.entries.goes_backwards() {
                all.reverse();
            }
            Ok(all)
        })
    }

    /// The first item.
    ///
    /// # Errors
    /// Those of [`page`](Self::page).
    pub fn first(self, db: &Db) -> Reading<Option<Hydrated<T, M>>> {
        let Hydrate { source, consistent, read } = self;
        let source = match source {
            Source::Query(query) => Source::Query(query.take(1)),
            Source::Scan(scan) => Source::Scan(scan.take(1)),
        };
        let (hydrate, db) = (Hydrate { source, consistent, read }, db.clone());
        Reading::new(async move { hydrate.stream(&db.started()).try_next().await })
    }
}

impl<M, I, T> fmt::Debug for Hydrate<M, I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut hydrate = f.debug_struct("Hydrate");
        match &self.source {
            Source::Query(query) => hydrate.field("source", query),
            Source::Scan(scan) => hydrate.field("source", scan),
        };
        hydrate.field("consistent", &self.consistent).finish_non_exhaustive()
    }
}

/// What was found for some entries, in their order.
struct LookedUp<T, M> {
    items: Vec<Result<Hydrated<T, M>>>,
    usage: Usage,
}

async fn look_up<T: FromItem<M>, I: Index<Model = M>, M: DynamoModel>(
    db: Db,
    entries: Vec<Entry>,
    consistent: bool,
    with_expired: bool,
) -> Result<LookedUp<T, M>> {
    let names: Vec<_> = I::SCHEMA.key.attributes().map(|attribute| attribute.name).collect();
    let keys = entries.iter().map(Entry::key::<M>).collect::<Result<Vec<_>>>()?;
    // Whether an item changed shows in its index key, so that is read too.
    let expiry = Expiry::of(M::SCHEMA, || db.now()).filter(|_| !with_expired);
    let asked = Asked::new::<M, T>(&db, keys.clone(), consistent, &names, expiry)?;
    let fetched = fetch(&db, std::slice::from_ref(&asked), CONCURRENCY).await;
    let (mut found, usage) = fetched.map_err(|error| error.during_operation(OPERATION))?;
    let found = found.pop().unwrap_or_default();
    let agree = found.iter().zip(&entries).map(|(found, entry)| match found {
        Some(found) => entry.agrees(found.json(), &names).unwrap_or(false),
        None => false,
    });
    let agree: Vec<_> = agree.collect();
    let items = asked.read::<T, M>(found).into_iter().zip(agree).zip(keys).map(|((item, agrees), key)| {
        Ok(match item? {
            Some(item) if agrees => Hydrated::Found(item),
            Some(item) => Hydrated::Changed(item),
            None => Hydrated::Missing(key),
        })
    });
    Ok(LookedUp { items: items.collect(), usage })
}

type LookingUp<T, M> = Pin<Box<dyn Future<Output = Result<LookedUp<T, M>>> + Send>>;

/// The items of a [`Hydrate`], page by page of the index, as they are asked for.
///
/// An item that is no `T` is an error in its place, and the stream goes on behind it. After the error of a request the stream ends; the
/// error of a BatchGetItem has the [keys](Error::keys_unread) that were not read.
pub struct HydratedItems<T, I, M = T> {
    entries: Items<Entry, I, M>,
    db: Db,
    consistent: bool,
    with_expired: bool,
    /// Entries whose items are to be looked up next.
    waiting: Vec<Entry>,
    /// The error that stands behind them.
    behind: Option<Error>,
    looking_up: Option<LookingUp<T, M>>,
    ready: VecDeque<Result<Hydrated<T, M>>>,
    has_ended: bool,
    usage: Usage,
}

impl<T: FromItem<M>, I: Index<Model = M> + 'static, M: DynamoModel + 'static> HydratedItems<T, I, M> {
    /// The next item, or `None` at the end. The same as `TryStreamExt::try_next`, without the import.
    ///
    /// # Errors
    /// See [`HydratedItems`].
    pub async fn try_next(&mut self) -> Result<Option<Hydrated<T, M>>> {
        std::future::poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// What the requests to the index and to the table took so far.
    pub fn usage(&self) -> Usage {
        let mut usage = self.usage;
        usage.add(&self.entries.usage());
        usage
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Hydrated<T, M>>>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Poll::Ready(Some(item));
            }
            if let Some(looking_up) = &mut self.looking_up {
                let looked_up = ready!(looking_up.as_mut().poll(context));
                self.looking_up = None;
                match looked_up {
                    Ok(LookedUp { items, usage }) => {
                        self.usage.add(&usage);
                        self.ready.extend(items);
                        self.ready.extend(self.behind.take().map(Err));
                    }
                    Err(error) => {
                        self.has_ended = true;
                        self.ready.push_back(Err(error));
                    }
                }
                continue;
            }
            if self.has_ended {
                return Poll::Ready(None);
            }
            ready!(self.gather(context));
            if !self.waiting.is_empty() {
                let entries = std::mem::take(&mut self.waiting);
                self.looking_up =
                    Some(Box::pin(look_up::<T, I, M>(self.db.clone(), entries, self.consistent, self.with_expired)));
            } else {
                self.ready.extend(self.behind.take().map(Err));
            }
        }
    }

    /// Takes entries for one BatchGetItem, but does not wait for another page of the index while it has some.
    fn gather(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while self.waiting.len() < PER_REQUEST && (self.waiting.is_empty() || self.entries.has_in_hand()) {
            match Pin::new(&mut self.entries).poll_next(context) {
                Poll::Ready(Some(Ok(entry))) => self.waiting.push(entry),
                Poll::Ready(Some(Err(error))) => {
                    self.behind = Some(error);
                    break;
                }
                Poll::Ready(None) => {
                    self.has_ended = self.waiting.is_empty();
                    break;
                }
                Poll::Pending if self.waiting.is_empty() => return Poll::Pending,
                Poll::Pending => break,
            }
        }
        Poll::Ready(())
    }
}

impl<T: FromItem<M>, I: Index<Model = M> + 'static, M: DynamoModel + 'static> Stream for HydratedItems<T, I, M> {
    type Item = Result<Hydrated<T, M>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

// Nothing in it is pinned: the futures are boxed, and items are only moved.
impl<T, I, M> Unpin for HydratedItems<T, I, M> {}

impl<T, I, M> fmt::Debug for HydratedItems<T, I, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HydratedItems").field("entries", &self.entries).finish_non_exhaustive()
    }
}
