//! Upserts of a model in hand that return something: the item, or what was changed of it.

use std::fmt;

use aws_sdk_dynamodb::types::ReturnValue;

use super::UpsertItem;
use crate::db::Db;
use crate::error::Result;
use crate::model::DynamoModel;
use crate::write::changed::Changed;
use crate::write::unique::ReturnsItem;
use crate::write::upsert::{Existing, Presence, Upsert};

/// An [`UpsertItem`] that returns a `T`: the item, or what was [`Changed`] of it.
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct UpsertItemReturning<'a, M: DynamoModel, T = M> {
    upsert: UpsertItem<'a, M>,
    values: ReturnValue,
    read: fn(Option<String>) -> Result<T>,
}

/// Each costs nothing more. Models with unique constraints have none of them, because DynamoDB returns no items from a transaction.
impl<'a, M: DynamoModel> UpsertItem<'a, M> {
    /// Returns the item as it is stored now, with the `readonly` values that it had before.
    pub fn return_new(self) -> UpsertItemReturning<'a, M>
    where
        M::Unique: ReturnsItem<M>,
    {
        UpsertItemReturning { upsert: self, values: ReturnValue::AllNew, read: |item| Existing::old(item) }
    }

    /// Returns the item as it was before, if there was one.
    pub fn return_old(self) -> UpsertItemReturning<'a, M, Option<M>>
    where
        M::Unique: ReturnsItem<M>,
    {
        UpsertItemReturning { upsert: self, values: ReturnValue::AllOld, read: |item| Upsert::old(item) }
    }

    /// Returns all that was set, as it is stored now.
    pub fn return_updated_new(self) -> UpsertItemReturning<'a, M, Changed<M>>
    where
        M::Unique: ReturnsItem<M>,
    {
        UpsertItemReturning { upsert: self, values: ReturnValue::UpdatedNew, read: |item| Changed::new(item) }
    }

    /// Returns what was there before of all that was set or removed.
    pub fn return_updated_old(self) -> UpsertItemReturning<'a, M, Changed<M>>
    where
        M::Unique: ReturnsItem<M>,
    {
        UpsertItemReturning { upsert: self, values: ReturnValue::UpdatedOld, read: |item| Changed::new(item) }
    }
}

impl<M: DynamoModel, T> UpsertItemReturning<'_, M, T> {
    /// As [`UpsertItem::send`]; returns what was asked for.
    ///
    /// # Errors
    /// Those of [`UpsertItem::send`], and [`is_decode`](crate::Error::is_decode) if the item is not a `M`: the new one is stored then.
    /// Also [`is_outcome_unknown`](crate::Error::is_outcome_unknown) if the item is stored, but what was to be returned is lost: from `return_old`
    /// and `return_updated_old` after an attempt without an answer, which can have stored what the next one found.
    pub async fn send(self, db: &Db) -> Result<T> {
        let table = db.table_name::<M>();
        let item = self.upsert.run(db, self.values).await?;
        (self.read)(item).map_err(|error| error.during(M::SCHEMA, "UpdateItem", &table))
    }
}

impl<M: DynamoModel, T> fmt::Debug for UpsertItemReturning<'_, M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpsertItemReturning")
            .field("upsert", &self.upsert)
            .field("values", &self.values)
            .finish_non_exhaustive()
    }
}
