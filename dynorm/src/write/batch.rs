//! `batch_write`: any number of puts and deletes, in BatchWriteItem requests of 25, until all of them are done.

mod operation;
mod run;
mod unprocessed;

use std::any::type_name;
use std::fmt;
use std::sync::Arc;

use super::hook::{self, Verb};
use super::pipeline::Ready;
use super::unique::BatchWritable;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::key::{FullKey, Key, KeyValue};
use crate::model::{BatchPut, DynamoModel};
use crate::stamp::Stamp;
use crate::stored;
use operation::Operation;
use run::run;
pub(crate) use unprocessed::Unprocessed;

/// What is told how far a batch is.
type Progress<'a> = dyn FnMut(usize, usize) + Send + 'a;

/// Puts and deletes of several models, written together: made by [`Db::batch_write`].
///
/// BatchWriteItem has no conditions: each put replaces whatever is under its key, and no version is checked. Every item is stamped,
/// validated and encoded when it is added, and nothing is sent if one of them is wrong. Writes of the same key are applied in the order in
/// which they were added.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
/// # fn main() { run(async |db: Db| {
/// let volumes = (0..40).map(|volume| Book { isbn: format!("978{volume:010}"), ..persuasion() });
/// let batch = db.batch_write().put_all(volumes).delete(&persuasion());
/// let written = batch.on_progress(|done, all| println!("{done} of {all}")).send().await?;
/// assert_eq!((written.operations, written.requests), (41, 2));
///
/// let untitled = Book { title: String::new(), ..persuasion() };
/// let error = db.batch_write().put(persuasion()).put(untitled).send().await.expect_err("nothing was sent");
/// assert!(error.is_validation());
/// assert_eq!(error.unprocessed::<Book>()?.len(), 2); // both come back
/// # Ok(()) }) }
/// ```
#[must_use = "nothing is sent until `.send()`"]
pub struct BatchWrite<'a> {
    db: &'a Db,
    stamp: Stamp<'a>,
    operations: Vec<Operation>,
    /// The type of the model that was added last, and its table.
    table: Option<(&'static str, Arc<str>)>,
    /// Why nothing is sent: the first operation that was refused.
    error: Option<Error>,
    concurrency: usize,
    progress: Option<Box<Progress<'a>>>,
}

impl Db {
    /// Starts a batch of puts and deletes.
    pub fn batch_write(&self) -> BatchWrite<'_> {
        BatchWrite {
            db: self,
            stamp: self.stamp(),
            operations: Vec::new(),
            table: None,
            error: None,
            concurrency: 4,
            progress: None,
        }
    }
}

impl<'a> BatchWrite<'a> {
    /// Adds an item that replaces whatever is under its key. An item with a version says [`overwrite`](Self::overwrite).
    pub fn put<M: BatchPut<Unique: BatchWritable<M>>>(self, item: M) -> Self {
        self.overwrite(item)
    }

    /// Adds many items, as [`put`](Self::put) does.
    pub fn put_all<M: BatchPut<Unique: BatchWritable<M>>>(self, items: impl IntoIterator<Item = M>) -> Self {
        self.overwrite_all(items)
    }

    /// Adds an item that replaces whatever is under its key, although the model has a version, which a batch cannot check: what somebody
    /// else wrote there meanwhile is lost. The stored version is the one after that in hand.
    pub fn overwrite<M: DynamoModel<Unique: BatchWritable<M>>>(mut self, mut item: M) -> Self {
        self.add_put(&mut item);
        self
    }

    /// Adds many items, as [`overwrite`](Self::overwrite) does.
    pub fn overwrite_all<M: DynamoModel<Unique: BatchWritable<M>>>(
        mut self,
        items: impl IntoIterator<Item = M>,
    ) -> Self {
        for mut item in items {
            self.add_put(&mut item);
        }
        self
    }

    /// Adds the delete of the item with this key. That there is none is fine, and a version is not checked.
    pub fn delete<K: FullKey<Model = M>, M: DynamoModel<Unique: BatchWritable<M>>>(mut self, key: K) -> Self {
        self.add_delete(key.into_key());
        self
    }

    /// Sends at most this many requests at the same time, instead of 4.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests.max(1);
        self
    }

    /// Is called after each answer with the number of operations that are done, and of all.
    pub fn on_progress(mut self, progress: impl FnMut(usize, usize) + Send + 'a) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }

    fn add_put<M: DynamoModel>(&mut self, item: &mut M) {
        if self.error.is_some() {
            return self.keep(item);
        }
        let ready = Ready::new(item, &self.stamp, Verb::Put);
        match ready.and_then(|ready| Ok((ready.key.into_values()?, ready.item))) {
            Ok((key, item)) => self.add::<M>(key, Some(item)),
            Err(error) => {
                let error = error.during(M::SCHEMA, "BatchWriteItem", &self.table::<M>());
                self.error = Some(match item.to_key().to_sdk() {
                    Ok(key) => error.about(key.into()),
                    Err(_) => error,
                });
                self.keep(item);
            }
        }
    }

    /// Keeps an item that is not sent, so that the error can return it.
    fn keep<M: DynamoModel>(&mut self, item: &M) {
        if let Ok(fields) = stored::encode_fields(item) {
            self.add::<M>(Vec::new(), Some(fields));
        }
    }

    fn add<M: DynamoModel>(&mut self, key: Vec<(&'static str, KeyValue)>, item: Option<Vec<u8>>) {
        let operation = Operation::new::<M>(self.table::<M>(), key, item);
        self.operations.push(operation);
    }

    /// The name of a model's table, which most often is asked for again and again.
    fn table<M: DynamoModel>(&mut self) -> Arc<str> {
        let model = type_name::<M>();
        match &self.table {
            Some((known, table)) if *known == model => Arc::clone(table),
            _ => Arc::clone(&self.table.insert((model, self.db.table_name::<M>().into())).1),
        }
    }

    fn add_delete<M: DynamoModel>(&mut self, key: Key<M>) {
        let asked = match self.error {
            Some(_) => Ok(()),
            None => M::run_before_write(&hook::Write::delete_of(&key)).map_err(Error::from),
        };
        let refused = match key.into_values() {
            Ok(values) => {
                self.add::<M>(values, None);
                asked.err()
            }
            Err(error) => Some(error.into()),
        };
        if let (Some(error), None) = (refused, &self.error) {
            self.error = Some(error.during(M::SCHEMA, "BatchWriteItem", &self.table::<M>()));
        }
    }

    /// Sends everything: a BatchWriteItem for each 25 operations or 16 MB, and again for what DynamoDB leaves unprocessed: at once while
    /// something gets done, else with growing pauses of random length, until eight attempts in a row got nothing done (the SDK's own are
    /// among them). One write unit for each 1 KB of each item.
    ///
    /// Success means that every operation was done, and that the last of each key is what is stored. A put or delete may be sent more than
    /// once, with the same bytes. An error returns what is not known to be done, everything else was done; what it returns may have been
    /// done too, and can be sent again as it is. When this future is dropped, nobody knows of anything.
    ///
    /// # Errors
    /// That of the first operation that is invalid, before anything is sent; [`item_key`](Error::item_key) says which. [`is_unprocessed`](Error::is_unprocessed) if DynamoDB went on leaving
    /// operations unprocessed, or a request failed: [`unprocessed`](Error::unprocessed) returns every item that is not known to be stored,
    /// [`unprocessed_deletes`](Error::unprocessed_deletes) the key of every one that is not known to be deleted. So they do where nothing
    /// was sent, but for an item with a value that cannot be stored.
    ///
    /// [BatchWriteItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html)
    pub async fn send(self) -> Result<BatchWritten> {
        let BatchWrite { db, operations, error, concurrency, mut progress, .. } = self;
        if let Some(error) = error {
            return Err(error.returning(Unprocessed { operations, cause: None }));
        }
        run(db, operations, concurrency, progress.as_deref_mut()).await
    }
}

impl fmt::Debug for BatchWrite<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchWrite").field("operations", &self.operations.len()).finish_non_exhaustive()
    }
}

/// What a batch took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct BatchWritten {
    /// The puts and deletes that were done.
    pub operations: usize,
    /// The requests that were answered.
    pub requests: u64,
    /// The write units that DynamoDB reported.
    pub capacity: f64,
}
