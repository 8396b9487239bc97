//! `delete`: one item in one DeleteItem.

use std::fmt;

use aws_sdk_dynamodb::operation::delete_item::DeleteItemInput;
use aws_sdk_dynamodb::operation::delete_item::builders::DeleteItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;

use super::action::Action;
use super::hook;
use super::operation::{Expressions, Prepared, Write};
use super::request::Alone;
use super::tracked::Tracked;
use super::unique::{self, Claims, Known, ReturnsItem};
use crate::attribute::Item;
use crate::call::{Call, operation};
use crate::db::Db;
use crate::error::{Error, Failed, Problem, Result};
use crate::expiry::{self, Expiry};
use crate::explain::Explain;
use crate::expr::{Aliases, Cond, Condition, both};
use crate::key::{Key, KeyValue};
use crate::lock::{self, Lock};
use crate::model::DynamoModel;
use crate::read::{AsJson, One};
use crate::request::{self, given};
use crate::schema::Schema;
use crate::stamp::Stamp;
use crate::stored;

/// Deletes an item: made by [`DynamoModel::delete`], sent by [`send`](Delete::send).
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct Delete<M> {
    key: Key<M>,
    /// The state of the item in hand, if this deletes one that has a version.
    lock: Option<Lock>,
    /// Why that cannot be told.
    error: Option<Error>,
    /// Which items count as gone, at the moment of the call.
    expiry: Option<Expiry>,
    condition: Option<Cond<M, Condition>>,
    /// Whether the `before_write` hook has looked.
    hooked: bool,
    /// The item that is deleted, where its unique values matter.
    known: Known,
}

impl<M: DynamoModel> Delete<M> {
    pub(crate) fn new(key: Key<M>, lock: Result<Option<Lock>>) -> Self {
        let (lock, error) = match lock {
            Ok(lock) => (lock, None),
            Err(error) => (None, Some(error)),
        };
        Delete { key, lock, error, expiry: None, condition: None, hooked: false, known: Known::default() }
    }

    /// The delete of an item that was read before.
    pub(super) fn of(item: &Tracked<M>) -> Self {
        let mut delete = Delete::new(item.stored.clone(), item.lock());
        if !M::SCHEMA.unique.is_empty() {
            let known =
                item.stored_attributes().and_then(|attributes| Known::of(M::SCHEMA, item.stored.values()?, attributes));
            // What cannot be known from the item is read once more, which says what is wrong with it.
            delete.known = known.unwrap_or_default();
        }
        delete
    }

    /// Deletes the item only if this holds for it. Several conditions must all hold.
    pub fn condition(mut self, condition: Cond<M, Condition>) -> Self {
        self.condition = both(self.condition, Some(condition));
        self
    }

    /// The same, in place, and before the caller's own.
    pub(super) fn require(&mut self, condition: Cond<M, Condition>) {
        self.condition = both(Some(condition), self.condition.take());
    }

    /// Returns the deleted item. Models with unique constraints do not have it.
    pub fn return_old(self) -> DeleteReturningOld<M>
    where
        M::Unique: ReturnsItem<M>,
    {
        DeleteReturningOld(self)
    }

    /// Deletes the item and tells whether there was one: one DeleteItem, one write unit for each 1 KB of the item.
    ///
    /// On a model with unique constraints this is one consistent GetItem and one TransactWriteItems, which deletes the guards of the item's
    /// values too: two write units for each 1 KB of each. It reads and sends again, up to eight times in all, if those values change in
    /// between. A [tracked](crate::Tracked::delete) item knows its values.
    ///
    /// An attempt without an answer is followed by another. Success means that the item is deleted, or was not there: if the resend found
    /// none, the first attempt may have deleted it, and the answer is [`Existed::Unknown`]. An error means that this call deleted nothing,
    /// unless [`is_outcome_unknown`](crate::Error::is_outcome_unknown) says that nobody knows: the last attempt had no answer, or the
    /// condition failed after one without. After a drop of this future nobody knows either.
    ///
    /// # Errors
    /// [`is_key`](crate::Error::is_key) before anything is sent; [`is_version_conflict`](crate::Error::is_version_conflict) from the delete
    /// of an item in hand that has a version; [`is_condition_failed`](crate::Error::is_condition_failed); and what the service or the connection reports.
    ///
    /// [DeleteItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html)
    pub async fn send(mut self, db: &Db) -> Result<Existed> {
        if !M::SCHEMA.unique.is_empty() {
            unique::send(db, &db.stamp(), &mut self).await?;
            let expired = |item| self.expiry.is_some_and(|expiry| expiry.has_passed_among(item));
            return Ok(match self.known.item() {
                Some(item) if !expired(item) => Existed::Yes,
                _ => Existed::No,
            });
        }
        Ok(match self.run(db).await? {
            Deleted::Item(_) => Existed::Yes,
            Deleted::Nothing => Existed::No,
            Deleted::Unknown => Existed::Unknown,
        })
    }

    /// Lets the model's `before_write` hook look, once.
    fn ask(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.hooked, true) {
            return Ok(());
        }
        Ok(M::run_before_write(&hook::Write::delete_of(&self.key))?)
    }

    fn render(&mut self, stamp: &Stamp<'_>) -> Result<Expressions> {
        self.expiry = Expiry::of(M::SCHEMA, || stamp.time());
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let expected = self.lock.as_ref().map(|lock| lock.condition_or_gone(M::SCHEMA, self.expiry));
        let callers = self.condition.clone().map(|condition| expiry::of_live(self.expiry, condition));
        let condition = both(both(expected, self.known.condition(M::SCHEMA)?), callers);
        Expressions::new(condition.as_ref(), Aliases::new())
    }

    /// The delete as an operation of a transaction, of which no hook knows.
    pub(super) fn operation(&mut self, stamp: &Stamp<'_>) -> Result<Prepared> {
        let expressions = self.render(stamp)?;
        let key = self.key.values()?.to_vec();
        Ok(Prepared { action: Action::delete(&key, expressions), key, size: 0 })
    }

    /// The DeleteItem request that [`send`](Self::send) sends, to look at, to change, and to send with the SDK. Nothing is sent.
    ///
    /// # Errors
    /// What [`send`](Self::send) refuses before it sends.
    pub fn request(mut self, db: &Db) -> Result<DeleteItemFluentBuilder> {
        Ok(Alone::of(&mut self, "DeleteItem", db)?.by_itself()?.delete_item(db))
    }

    /// What the write would send, what must hold for it, and what it is billed for. Nothing is sent.
    ///
    /// # Errors
    /// What [`send`](Self::send) refuses before it sends.
    pub fn explain(mut self, db: &Db) -> Result<Explain> {
        Ok(Alone::of(&mut self, "DeleteItem", db)?.explained())
    }

    async fn run(mut self, db: &Db) -> Result<Deleted> {
        let table = db.table_name::<M>();
        let sent = async {
            let key = self.key.to_sdk()?;
            let expressions = self.render(&db.stamp())?.into_encoded()?;
            self.ask()?;
            let call = Call::new(db, &operation::DELETE_ITEM, M::SCHEMA, &table);
            let old = call.receive_live::<One<AsJson>>(self.expiry);
            let request = |client| {
                let request = given!(
                    DeleteItemInput::builder().table_name(&table).set_key(Some(key)).return_values(ReturnValue::AllOld),
                    set_return_values_on_condition_check_failure(expressions.on_failure()),
                    set_condition_expression(expressions.condition),
                    set_expression_attribute_names(expressions.names),
                    set_expression_attribute_values(expressions.values),
                );
                request.send_with(client)
            };
            let answer = call.send(request).await;
            match answer {
                Ok(_) => {
                    self.after()?;
                    Ok(match old.into_json()? {
                        Some(item) => Deleted::Item(item),
                        None if call.attempts().is_ambiguous() => Deleted::Unknown,
                        None => Deleted::Nothing,
                    })
                }
                Err(error) => Err(request::failed_condition(error, call.attempts(), |item| self.failed(item))),
            }
        };
        sent.await.map_err(|error| error.during(M::SCHEMA, "DeleteItem", &table))
    }
}

/// Whether there was an item to delete: returned by [`Delete::send`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Existed {
    /// There was one, and it is deleted.
    Yes,
    /// There was none.
    No,
    /// There is none now. The answer to a first attempt was lost, and a second one found nothing: perhaps because the first deleted it.
    Unknown,
}

impl Existed {
    /// Whether there was an item, if that is known.
    pub fn known(self) -> Option<bool> {
        match self {
            Existed::Yes => Some(true),
            Existed::No => Some(false),
            Existed::Unknown => None,
        }
    }
}

/// What a delete found.
enum Deleted {
    /// An item, by its JSON.
    Item(String),
    Nothing,
    Unknown,
}

impl<M: DynamoModel> Write for Delete<M> {
    fn schema(&self) -> &'static Schema {
        M::SCHEMA
    }

    fn table(&self, db: &Db) -> String {
        db.table_name::<M>()
    }

    fn reads_first(&mut self, _: &Stamp<'_>) -> Result<Option<Vec<(&'static str, KeyValue)>>> {
        if M::SCHEMA.unique.is_empty() || self.known.is_set() {
            return Ok(None);
        }
        Ok(Some(self.key.values()?.to_vec()))
    }

    fn was_read(&mut self, item: Option<String>) -> Result<bool> {
        self.known.set(M::SCHEMA, self.key.values()?, item)
    }

    fn prepare(&mut self, stamp: &Stamp<'_>) -> Result<Prepared> {
        let prepared = self.operation(stamp)?;
        self.ask()?;
        Ok(prepared)
    }

    fn claims(&self) -> Result<Claims> {
        Ok(Claims { before: self.known.held(), after: None })
    }

    fn commit(&mut self) {}

    fn after(&self) -> Result<()> {
        Ok(M::run_after_write(&hook::Write::delete_of(&self.key))?)
    }

    fn failed(&self, item: Option<&Item>) -> Failed {
        match (expiry::live(self.expiry, item), &self.condition) {
            // To the lock, an item that is gone is fine.
            (None, Some(_)) => Failed::Condition,
            _ => lock::failed(self.lock.as_ref(), self.condition.is_some(), item),
        }
    }
}

impl<M: DynamoModel> fmt::Debug for Delete<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delete").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A [`Delete`] that returns the deleted item.
#[derive(Debug)]
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct DeleteReturningOld<M: DynamoModel>(Delete<M>);

impl<M: DynamoModel> DeleteReturningOld<M> {
    /// As [`Delete::send`]; returns the item that was there, if there was one.
    ///
    /// # Errors
    /// Those of [`Delete::send`], and [`is_decode`](crate::Error::is_decode) if the item was not a `M`: it is deleted then.
    /// Also [`is_outcome_unknown`](crate::Error::is_outcome_unknown) if the item is gone, but only a resend was answered, which found none.
    pub async fn send(self, db: &Db) -> Result<Option<M>> {
        let table = db.table_name::<M>();
        match self.0.run(db).await? {
            Deleted::Item(item) => stored::decode_bytes(item.as_bytes())
                .map(Some)
                .map_err(|error| error.during(M::SCHEMA, "DeleteItem", &table)),
            Deleted::Nothing => Ok(None),
            Deleted::Unknown => Err(Error::new(Problem::OldItemLost).during(M::SCHEMA, "DeleteItem", &table)),
        }
    }
}
