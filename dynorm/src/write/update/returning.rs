//! Updates that return something: the item, or what was changed of it.

use std::fmt;

use aws_sdk_dynamodb::types::ReturnValue;

use super::Update;
use crate::db::Db;
use crate::error::Result;
use crate::model::DynamoModel;
use crate::write::changed::Changed;
use crate::write::upsert::{Existing, Presence};

/// An [`Update`] that returns a `T`: the item, or what was [`Changed`] of it.
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct UpdateReturning<M, P = Existing, T = M> {
    update: Update<M, P>,
    values: ReturnValue,
    read: fn(Option<String>) -> Result<T>,
}

impl<M: DynamoModel, P: Presence> Update<M, P> {
    /// Returns the item as it is after the update, which costs nothing more.
    pub fn return_new(self) -> UpdateReturning<M, P> {
        UpdateReturning { update: self, values: ReturnValue::AllNew, read: |item| Existing::old(item) }
    }

    /// Returns the item as it was before the update: a `M`, or from an [`upsert`](Update::upsert) an `Option<M>`.
    pub fn return_old(self) -> UpdateReturning<M, P, P::Old<M>> {
        UpdateReturning { update: self, values: ReturnValue::AllOld, read: P::old }
    }

    /// Returns what was changed, as it is after the update.
    pub fn return_updated_new(self) -> UpdateReturning<M, P, Changed<M>> {
        UpdateReturning { update: self, values: ReturnValue::UpdatedNew, read: |item| Changed::new(item) }
    }

    /// Returns what was changed, as it was before the update.
    pub fn return_updated_old(self) -> UpdateReturning<M, P, Changed<M>> {
        UpdateReturning { update: self, values: ReturnValue::UpdatedOld, read: |item| Changed::new(item) }
    }
}

impl<M: DynamoModel, P: Presence, T> UpdateReturning<M, P, T> {
    /// As [`Update::send`]; returns what was asked for.
    ///
    /// # Errors
    /// Those of [`Update::send`], and [`is_decode`](crate::Error::is_decode) if the item is not a `M`: the update is applied then.
    /// From `return_old` also [`is_outcome_unknown`](crate::Error::is_outcome_unknown) if the update is applied, but only a resend was answered:
    /// what that found can be the updated item itself.
    pub async fn send(self, db: &Db) -> Result<T> {
        let table = db.table_name::<M>();
        let item = self.update.run(db, self.values).await?;
        (self.read)(item).map_err(|error| error.during(M::SCHEMA, "UpdateItem", &table))
    }
}

impl<M, P, T> fmt::Debug for UpdateReturning<M, P, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateReturning")
            .field("update", &self.update)
            .field("values", &self.values)
            .finish_non_exhaustive()
    }
}
