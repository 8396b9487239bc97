//! `read_first`: an update that may change unique values, after a read that tells which.

use std::fmt;

use super::{Claims, ReturnsItem};
use crate::attribute::{Codec, Item};
use crate::db::Db;
use crate::error::{Failed, Result};
use crate::explain::Explain;
use crate::expr::role::{Removable, Settable};
use crate::expr::{Cond, Condition, Field, ValueFor};
use crate::key::KeyValue;
use crate::model::DynamoModel;
use crate::schema::Schema;
use crate::stamp::Stamp;
use crate::write::changed::Changed;
use crate::write::operation::{Prepared, Write};
use crate::write::upsert::{Existing, Presence};
use crate::write::{Update, UpdateReturning};

/// An [`Update`] that reads the item before it changes it, and so can change `unique` fields: made by [`Update::read_first`].
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct ReadFirst<M, P = Existing> {
    update: Update<M, P>,
}

impl<M: DynamoModel, P: Presence> ReadFirst<M, P> {
    pub(in crate::write) fn new(update: Update<M, P>) -> Self {
        ReadFirst { update }
    }

    /// Sets an attribute to a value, also a `unique` one. `None` removes it, and frees the unique value.
    pub fn set<T, R, C, H>(mut self, field: Field<M, T, R, C>, value: impl ValueFor<T, C, H>) -> Self
    where
        R: Settable<ReadFirst<M, P>>,
        C: Codec<T>,
    {
        self.update = self.update.change(|changes| changes.set_with(field, value));
        self
    }

    /// Removes an attribute, also a `unique` one. A field that cannot be absent is refused before sending.
    pub fn remove<T, R, C>(mut self, field: Field<M, T, R, C>) -> Self
    where
        R: Removable<ReadFirst<M, P>>,
        C: Codec<T>,
    {
        self.update = self.update.change(|changes| changes.remove_with(field, R::ALSO));
        self
    }

    /// As [`Update::return_new`]. Models with unique constraints do not have it.
    pub fn return_new(self) -> UpdateReturning<M, P>
    where
        M::Unique: ReturnsItem<M>,
    {
        self.update.return_new()
    }

    /// As [`Update::return_old`]. Models with unique constraints do not have it.
    pub fn return_old(self) -> UpdateReturning<M, P, P::Old<M>>
    where
        M::Unique: ReturnsItem<M>,
    {
        self.update.return_old()
    }

    /// As [`Update::return_updated_new`]. Models with unique constraints do not have it.
    pub fn return_updated_new(self) -> UpdateReturning<M, P, Changed<M>>
    where
        M::Unique: ReturnsItem<M>,
    {
        self.update.return_updated_new()
    }

    /// As [`Update::return_updated_old`]. Models with unique constraints do not have it.
    pub fn return_updated_old(self) -> UpdateReturning<M, P, Changed<M>>
    where
        M::Unique: ReturnsItem<M>,
    {
        self.update.return_updated_old()
    }

    /// Changes the item only if this holds for it as it is before. Several conditions must all hold.
    pub fn condition(mut self, condition: Cond<M, Condition>) -> Self {
        self.update = self.update.condition(condition);
        self
    }

    /// Reads the item with one consistent GetItem, then sends one TransactWriteItems, which changes the item and the guards of its unique
    /// values: two requests, and two write units for each 1 KB of the item and of each guard that changes.
    ///
    /// The item must have the unique values that were read. If they change in between, it reads and sends again, up to eight times in all, with
    /// growing pauses of random length.
    ///
    /// # Errors
    /// Those of [`Update::send`], and [`is_unique_violation`](crate::Error::is_unique_violation) if another item has the new value.
    ///
    /// [TransactWriteItems](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html)
    pub async fn send(self, db: &Db) -> Result<()> {
        self.update.send(db).await
    }

    /// What the write would send, what must hold for it, and what it is billed for. Nothing is sent, and nothing is read: that the unique values must
    /// be those that were read is not among what must hold.
    ///
    /// # Errors
    /// What [`send`](Self::send) refuses before it sends.
    pub fn explain(self, db: &Db) -> Result<Explain> {
        self.update.explain(db)
    }
}

impl<M: DynamoModel, P: Presence> Write for ReadFirst<M, P> {
    fn schema(&self) -> &'static Schema {
        self.update.schema()
    }

    fn table(&self, db: &Db) -> String {
        self.update.table(db)
    }

    fn reads_first(&mut self, stamp: &Stamp<'_>) -> Result<Option<Vec<(&'static str, KeyValue)>>> {
        self.update.reads_first(stamp)
    }

    fn was_read(&mut self, item: Option<String>) -> Result<bool> {
        self.update.was_read(item)
    }

    fn prepare(&mut self, stamp: &Stamp<'_>) -> Result<Prepared> {
        self.update.prepare(stamp)
    }

    fn claims(&self) -> Result<Claims> {
        self.update.claims()
    }

    fn commit(&mut self) {
        self.update.commit();
    }

    fn after(&self) -> Result<()> {
        self.update.after()
    }

    fn failed(&self, item: Option<&Item>) -> Failed {
        self.update.failed(item)
    }
}

impl<M, P> fmt::Debug for ReadFirst<M, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReadFirst").field(&self.update).finish()
    }
}
