//! `batch_get`: items of one or several models by their keys.

use std::cell::LazyCell;
use std::fmt;
use std::marker::PhantomData;
use std::time::SystemTime;

use super::by_keys::{Asked, CONCURRENCY, Found, OPERATION, fetch};
use super::from_item::FromItem;
use crate::attribute::Item;
use crate::db::Db;
use crate::error::Result;
use crate::expiry::Expiry;
use crate::key::{FullKey, Key};
use crate::model::DynamoModel;
use crate::projection::DynamoProjection;

/// Reads items by their keys: made by [`DynamoModel::batch_get`], sent by [`send`](BatchGet::send), or together with others by
/// [`Db::batch_get`].
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct BatchGet<M, T = M> {
    keys: Vec<Key<M>>,
    consistent: bool,
    with_expired: bool,
    concurrency: usize,
    read: PhantomData<fn() -> T>,
}

impl<M: DynamoModel> BatchGet<M> {
    pub(crate) fn new<K: FullKey<Model = M>>(keys: impl IntoIterator<Item = K>) -> Self {
        let keys = keys.into_iter().map(K::into_key).collect();
        BatchGet { keys, consistent: false, with_expired: false, concurrency: CONCURRENCY, read: PhantomData }
    }
}

impl<M: DynamoModel, T> BatchGet<M, T> {
    /// Sees every write that succeeded before, for twice the read units.
    pub fn consistent(mut self) -> Self {
        self.consistent = true;
        self
    }

    /// Sends at most this many requests at the same time, instead of 4.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests.max(1);
        self
    }

    /// Reads only the attributes of a [projection](DynamoProjection), for the price of the whole items.
    pub fn project<P: DynamoProjection<Model = M>>(self) -> BatchGet<M, P> {
        self.read_as()
    }

    /// Returns the raw items, with every attribute that is stored, whatever the model says.
    pub fn raw(self) -> BatchGet<M, Item> {
        self.read_as()
    }

    /// Returns items also when their `ttl` has passed.
    pub fn with_expired(mut self) -> Self {
        self.with_expired = true;
        self
    }

    /// What counts as gone at this time.
    fn expiry(&self, now: impl FnOnce() -> SystemTime) -> Option<Expiry> {
        Expiry::of(M::SCHEMA, now).filter(|_| !self.with_expired)
    }

    fn read_as<U>(self) -> BatchGet<M, U> {
        let BatchGet { keys, consistent, with_expired, concurrency, .. } = self;
        BatchGet { keys, consistent, with_expired, concurrency, read: PhantomData }
    }
}

impl<M: DynamoModel, T: FromItem<M>> BatchGet<M, T> {
    /// The keys without their types, asked for at this time.
    fn into_asked(self, db: &Db, now: impl FnOnce() -> SystemTime) -> Result<Asked> {
        let expiry = self.expiry(now);
        Asked::new::<M, T>(db, self.keys, self.consistent, &[], expiry)
    }

    /// Reads the items, in the order of the keys; `None` where there is none, and a key that was given twice is answered twice.
    ///
    /// One BatchGetItem for each 100 different keys, up to four at the same time, and again for what DynamoDB leaves unprocessed: at once
    /// while something comes, and otherwise with growing pauses of random length, up to eight fruitless answers in a row. Half a read
    /// unit for each 4 KB of each item, one with [`consistent`](Self::consistent).
    ///
    /// # Errors
    /// [`is_key`](crate::Error::is_key) before anything is sent; [`is_decode`](crate::Error::is_decode) if an item is no `T`, with its
    /// [key](crate::Error::item_key). [`is_unprocessed`](crate::Error::is_unprocessed) if DynamoDB went on leaving keys unprocessed, or a
    /// request failed: [`items_read`](crate::Error::items_read) has what came, and [`keys_unread`](crate::Error::keys_unread) the rest.
    ///
    /// [BatchGetItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html)
    pub async fn send(self, db: &Db) -> Result<Vec<Option<T>>> {
        let concurrency = self.concurrency;
        let asked = [self.into_asked(db, || db.now())?];
        let (found, _) = fetch(db, &asked, concurrency).await.map_err(|error| error.during_operation(OPERATION))?;
        let read = asked.iter().zip(found).flat_map(|(asked, found)| asked.read::<T, M>(found));
        read.collect()
    }
}

impl<M, T> fmt::Debug for BatchGet<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchGet")
            .field("keys", &self.keys.len())
            .field("consistent", &self.consistent)
            .finish_non_exhaustive()
    }
}

/// A tuple of up to 12 [`BatchGet`]s, which together read the tuple `O` of lists of optional items. Sealed.
#[diagnostic::on_unimplemented(
    message = "`db.batch_get` takes a tuple of 1 to 12 batches, each `Model::batch_get(keys)`",
    label = "not a tuple of batches",
    note = "one batch is sent by its own `.send(&db)`"
)]
pub trait BatchGets<O> {
    /// The keys without their types, and how many requests may be sent at the same time.
    #[doc(hidden)]
    fn into_asked(self, db: &Db) -> Result<(Vec<Asked>, usize)>;
    /// Reads the answers, which are as many as the batches.
    #[doc(hidden)]
    fn read(asked: Vec<Asked>, found: Vec<Vec<Option<Found>>>) -> Result<O>;
}

macro_rules! batch_gets {
    ($($model:ident $item:ident),+) => {
        impl<$($model, $item),+> BatchGets<($(Vec<Option<$item>>,)+)> for ($(BatchGet<$model, $item>,)+)
        where
            $($model: DynamoModel, $item: FromItem<$model>),+
        {
            #[allow(non_snake_case)]
            fn into_asked(self, db: &Db) -> Result<(Vec<Asked>, usize)> {
                let ($($item,)+) = self;
                let concurrency = [$($item.concurrency),+].into_iter().max().unwrap_or(CONCURRENCY);
                let now = LazyCell::new(|| db.now());
                Ok((vec![$($item.into_asked(db, || *now)?),+], concurrency))
            }

            fn read(asked: Vec<Asked>, found: Vec<Vec<Option<Found>>>) -> Result<($(Vec<Option<$item>>,)+)> {
                let mut answers = asked.iter().zip(found);
                Ok(($(match answers.next() {
                    Some((asked, found)) => asked.read::<$item, $model>(found).into_iter().collect::<Result<Vec<_>>>()?,
                    None => Vec::new(),
                },)+))
            }
        }
    };
}
batch_gets!(A TA);
batch_gets!(A TA, B TB);
batch_gets!(A TA, B TB, C TC);
batch_gets!(A TA, B TB, C TC, D TD);
batch_gets!(A TA, B TB, C TC, D TD, E TE);
batch_gets!(A TA, B TB, C TC, D TD, E TE, F TF);
batch_gets!(A TA, B TB, C TC, D TD, E TE, F TF, G TG);
batch_gets!(A TA, B TB, C TC, D TD, E TE, F TF, G TG, H TH);
batch_gets!(A TA, B TB, C TC, D TD, E TE, F TF, G TG, H TH, I TI);
batch_gets!(A TA, B TB, C TC, D TD, E TE, F TF, G TG, H TH, I TI, J TJ);
batch_gets!(A TA, B TB, C TC, D TD, E TE, F TF, G TG, H TH, I TI, J TJ, K TK);
batch_gets!(A TA, B TB, C TC, D TD, E TE, F TF, G TG, H TH, I TI, J TJ, K TK, L TL);

/// Reads batches of several models in shared requests: made by [`Db::batch_get`], sent by [`send`](JoinedBatchGet::send).
#[must_use = "nothing is sent until `.send()`"]
pub struct JoinedBatchGet<'a, O> {
    db: &'a Db,
    // Without the type of the batches, `send` needs no bound on it, which would report a wrong one a second time.
    asked: Result<(Vec<Asked>, usize)>,
    read: fn(Vec<Asked>, Vec<Vec<Option<Found>>>) -> Result<O>,
}

impl Db {
    /// Joins batches of several models, so that they share requests: a tuple of batches gives a tuple of lists.
    ///
    /// ```
    /// # use dynorm::{Db, DynamoModel};
    /// # #[derive(DynamoModel)] #[dynorm(table = "authors")] struct Author { #[dynorm(partition_key)] name: String, born: u16 }
    /// # #[derive(DynamoModel)] #[dynorm(table = "books")] struct Book { #[dynorm(partition_key)] isbn: String, author: String }
    /// # async fn run(db: &Db) -> dynorm::Result<()> {
    /// let books = Book::batch_get(["978-1", "978-2"].map(|isbn| Book::key().isbn(isbn)));
    /// let authors = Author::batch_get([Author::key().name("Jane Austen")]).consistent();
    /// let (books, authors) = db.batch_get((books, authors)).send().await?; // one request
    /// # let _ = (books[0].as_ref(), authors[0].as_ref());
    /// # Ok(()) }
    /// ```
    pub fn batch_get<B: BatchGets<O>, O>(&self, batches: B) -> JoinedBatchGet<'_, O> {
        JoinedBatchGet { db: self, asked: batches.into_asked(self), read: B::read }
    }
}

impl<O> JoinedBatchGet<'_, O> {
    /// Reads all of them, as [`BatchGet::send`] does. Models of one table share its place in a request, unless they are read with other
    /// projections or another consistency, of which a request has one for each table.
    ///
    /// # Errors
    /// Those of [`BatchGet::send`].
    pub async fn send(self) -> Result<O> {
        let JoinedBatchGet { db, asked, read } = self;
        let (asked, concurrency) = asked?;
        let found = fetch(db, &asked, concurrency).await.map_err(|error| error.during_operation(OPERATION))?;
        read(asked, found.0)
    }
}

impl<O> fmt::Debug for JoinedBatchGet<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinedBatchGet").finish_non_exhaustive()
    }
}
