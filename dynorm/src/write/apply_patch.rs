//! `patch`: a partial change that a caller sent, in one UpdateItem or in none.

use std::fmt;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;

use super::operation::{Prepared, Write};
use super::unique::Claims;
use super::update::Update;
use crate::attribute::Item;
use crate::db::Db;
use crate::error::{Failed, Result};
use crate::explain::Explain;
use crate::expr::{Cond, Condition};
use crate::key::{FullIndexKey, KeyValue};
use crate::model::{DynamoModel, Versioned};
use crate::schema::Schema;
use crate::stamp::{Stamp, Version};

/// Applies a patch to an item that exists: made by [`DynamoModel::patch`], sent by [`send`](ApplyPatch::send).
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct ApplyPatch<M>(Update<M>);

impl<M: DynamoModel> ApplyPatch<M> {
    pub(crate) fn new(update: Update<M>) -> Self {
        ApplyPatch(update)
    }

    /// Applies it only if this holds for the item as it is before. Several conditions must all hold.
    pub fn condition(self, condition: Cond<M, Condition>) -> Self {
        ApplyPatch(self.0.condition(condition))
    }

    /// Applies it only if this is the item's version, as [`Update::expect_version`] does.
    pub fn expect_version(self, version: M::Version) -> Self
    where
        M: Versioned<Version: Version>,
    {
        ApplyPatch(self.0.expect_version(version))
    }

    /// Sets all fields of an index's key, as [`Update::set_key`] does: for a key of which the patch has some fields only.
    pub fn set_key<K: FullIndexKey<Model = M>>(self, key: K) -> Self {
        ApplyPatch(self.0.set_key(key))
    }

    /// Returns the item as it is after the patch, which costs nothing more; `None` if nothing was sent.
    pub fn return_new(self) -> ApplyPatchReturning<M> {
        ApplyPatchReturning { patch: self, values: ReturnValue::AllNew }
    }

    /// Returns the item as it was before the patch; `None` if nothing was sent.
    pub fn return_old(self) -> ApplyPatchReturning<M> {
        ApplyPatchReturning { patch: self, values: ReturnValue::AllOld }
    }

    /// Validates each attribute that is set, stamps `updated`, counts the version up, and sends one UpdateItem: one write unit for each 1 KB of the
    /// item. A patch that keeps everything sends nothing; the answer says whether there was anything to send.
    ///
    /// # Errors
    /// Those of [`Update::send`]. A patch that removes a field that the model needs is
    /// [`is_expression`](crate::Error::is_expression), and one that has some fields of an index's key template and not the others
    /// [`is_key`](crate::Error::is_key), both before anything is sent.
    ///
    /// [UpdateItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html)
    pub async fn send(self, db: &Db) -> Result<bool> {
        if self.0.changes_nothing() {
            return self.0.check_key(db).map(|()| false);
        }
        self.0.send(db).await.map(|()| true)
    }

    /// The UpdateItem request that [`send`](Self::send) sends, `None` if the patch keeps everything; to look at, to change, and to send with the
    /// SDK. Nothing is sent.
    ///
    /// # Errors
    /// What [`send`](Self::send) refuses before it sends.
    pub fn request(self, db: &Db) -> Result<Option<UpdateItemFluentBuilder>> {
        if self.0.changes_nothing() {
            return self.0.check_key(db).map(|()| None);
        }
        self.0.request(db).map(Some)
    }

    /// What the write would send, what must hold for it, and what it is billed for. Nothing is sent.
    ///
    /// # Errors
    /// What [`send`](Self::send) refuses before it sends.
    pub fn explain(self, db: &Db) -> Result<Explain> {
        let changes = !self.0.changes_nothing();
        let explain = self.0.explain(db)?;
        if changes {
            return Ok(explain);
        }
        let requests = "none, because the patch keeps everything".to_owned();
        Ok(Explain { requests, update: None, ..explain })
    }
}

impl<M: DynamoModel> Write for ApplyPatch<M> {
    fn schema(&self) -> &'static Schema {
        self.0.schema()
    }

    fn table(&self, db: &Db) -> String {
        self.0.table(db)
    }

    fn reads_first(&mut self, stamp: &Stamp<'_>) -> Result<Option<Vec<(&'static str, KeyValue)>>> {
        if self.0.changes_nothing() { Ok(None) } else { self.0.reads_first(stamp) }
    }

    fn was_read(&mut self, item: Option<String>) -> Result<bool> {
        self.0.was_read(item)
    }

    fn claims(&self) -> Result<Claims> {
        self.0.claims()
    }

    /// A patch that keeps everything only checks that there is an item, and the caller's condition.
    fn prepare(&mut self, stamp: &Stamp<'_>) -> Result<Prepared> {
        if self.0.changes_nothing() { self.0.prepare_check(stamp) } else { self.0.prepare(stamp) }
    }

    fn commit(&mut self) {
        self.0.commit();
    }

    fn after(&self) -> Result<()> {
        if self.0.changes_nothing() { Ok(()) } else { self.0.after() }
    }

    fn failed(&self, item: Option<&Item>) -> Failed {
        self.0.failed(item)
    }
}

impl<M> fmt::Debug for ApplyPatch<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ApplyPatch").field(&self.0).finish()
    }
}

/// An [`ApplyPatch`] that returns the item.
#[derive(Debug)]
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct ApplyPatchReturning<M> {
    patch: ApplyPatch<M>,
    values: ReturnValue,
}

impl<M: DynamoModel> ApplyPatchReturning<M> {
    /// As [`ApplyPatch::send`]; returns the item.
    ///
    /// # Errors
    /// Those of [`ApplyPatch::send`], and [`is_decode`](crate::Error::is_decode) if the item is not a `M`: the patch is applied then.
    pub async fn send(self, db: &Db) -> Result<Option<M>> {
        let update = self.patch.0;
        if update.changes_nothing() {
            return update.check_key(db).map(|()| None);
        }
        match self.values {
            ReturnValue::AllOld => update.return_old().send(db).await.map(Some),
            _ => update.return_new().send(db).await.map(Some),
        }
    }
}
