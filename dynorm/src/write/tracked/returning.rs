//! Saves that return something: the item, or what was changed of it.

use std::fmt;

use aws_sdk_dynamodb::types::ReturnValue;

use super::Save;
use crate::db::Db;
use crate::error::Result;
use crate::model::DynamoModel;
use crate::write::changed::Changed;
use crate::write::upsert::{Existing, Presence};

/// A [`Save`] that returns a `T`, if there was anything to send: the item, or what was [`Changed`] of it.
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct SaveReturning<'a, M: DynamoModel, T = M> {
    save: Save<'a, M>,
    values: ReturnValue,
    read: fn(Option<String>) -> Result<T>,
}

impl<'a, M: DynamoModel> Save<'a, M> {
    /// Returns the item as it is stored after the save, with what others changed of it meanwhile. It costs nothing more.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// let mut book = Book::get(&persuasion()).consistent().tracked().send(&db).await?.expect("it is there");
    /// Book::update(&persuasion()).add(Book::PAGES, 2).send(&db).await?; // by somebody else
    /// assert_eq!(book.save().return_new().send(&db).await?, None); // nothing changed, and nothing was sent
    ///
    /// book.title = "Emma".into();
    /// let stored = book.save().return_new().send(&db).await?;
    /// assert_eq!(stored.map(|book| (book.title, book.pages)), Some(("Emma".to_owned(), Some(262))));
    /// # Ok(()) }) }
    /// ```
    pub fn return_new(self) -> SaveReturning<'a, M> {
        SaveReturning { save: self, values: ReturnValue::AllNew, read: |item| Existing::old(item) }
    }

    /// Returns the item as it was stored before the save, with what others changed of it since it was read.
    pub fn return_old(self) -> SaveReturning<'a, M> {
        SaveReturning { save: self, values: ReturnValue::AllOld, read: |item| Existing::old(item) }
    }

    /// Returns what was changed, as it is after the save.
    pub fn return_updated_new(self) -> SaveReturning<'a, M, Changed<M>> {
        SaveReturning { save: self, values: ReturnValue::UpdatedNew, read: |item| Changed::new(item) }
    }

    /// Returns what was changed, as it was before the save.
    pub fn return_updated_old(self) -> SaveReturning<'a, M, Changed<M>> {
        SaveReturning { save: self, values: ReturnValue::UpdatedOld, read: |item| Changed::new(item) }
    }
}

impl<M: DynamoModel, T> SaveReturning<'_, M, T> {
    /// As [`Save::send`]; returns what was asked for, and `None` if nothing changed, so that nothing was sent.
    ///
    /// # Errors
    /// Those of [`Save::send`], and [`is_decode`](crate::Error::is_decode) if the item is not a `M`: the changes are stored then.
    /// [`is_expression`](crate::Error::is_expression), before anything is sent, if a `unique` field changed: that is a transaction, and DynamoDB
    /// returns no item from one. Also [`is_outcome_unknown`](crate::Error::is_outcome_unknown) if the changes are stored, but what was to be
    /// returned is lost with the answer to an earlier attempt.
    pub async fn send(self, db: &Db) -> Result<Option<T>> {
        let table = db.table_name::<M>();
        let Some(item) = self.save.run(db, self.values).await? else { return Ok(None) };
        (self.read)(item).map(Some).map_err(|error| error.during(M::SCHEMA, "UpdateItem", &table))
    }
}

impl<M: DynamoModel, T> fmt::Debug for SaveReturning<'_, M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SaveReturning").field("save", &self.save).field("values", &self.values).finish_non_exhaustive()
    }
}
