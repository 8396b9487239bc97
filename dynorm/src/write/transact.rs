//! `transact`: writes of several models that are done together or not at all, in one TransactWriteItems.

mod run;

use std::fmt;

use super::operation::Write;
use super::{ApplyPatch, ConditionCheck, Delete, Presence, Put, ReadFirst, Save, Update, UpsertItem};
use crate::db::Db;
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;
use crate::model::DynamoModel;

pub(super) use run::run;

const OPERATION: &str = "TransactWriteItems";

/// A write that a transaction takes: what `put`, `create`, `upsert`, `update`, `patch`, `delete`, `save` and `condition_check` return. Sealed.
#[diagnostic::on_unimplemented(
    message = "a transaction does not take a `{Self}`",
    label = "not a write of one item",
    note = "a transaction takes `book.put()`, `book.create()`, `book.upsert()`, `Book::update(..)`, `Book::patch(..)`, `Book::delete(..)`, \
            `tracked.save()` and `Book::condition_check(..)`; DynamoDB returns no items from it, so leave out `return_old` and `return_new`"
)]
pub trait TransactOperation: Write {}

impl<M: DynamoModel> TransactOperation for Put<'_, M> {}
impl<M: DynamoModel> TransactOperation for UpsertItem<'_, M> {}
impl<M: DynamoModel, P: Presence> TransactOperation for Update<M, P> {}
impl<M: DynamoModel> TransactOperation for ApplyPatch<M> {}
impl<M: DynamoModel, P: Presence> TransactOperation for ReadFirst<M, P> {}
impl<M: DynamoModel> TransactOperation for Delete<M> {}
impl<M: DynamoModel> TransactOperation for Save<'_, M> {}
impl<M: DynamoModel> TransactOperation for ConditionCheck<M> {}

/// Writes that are done together or not at all: made by [`Db::transact`], sent by [`send`](Transact::send).
#[must_use = "nothing is sent until `.send()`"]
pub struct Transact<'a> {
    db: &'a Db,
    operations: Vec<Box<dyn Write + Send + 'a>>,
    token: Option<String>,
}

impl Db {
    /// Starts a transaction: up to 100 writes of any models, all of them or none.
    ///
    /// ```
    /// # use dynorm::{Db, DynamoModel};
    /// # #[derive(DynamoModel)] #[dynorm(table = "accounts")] struct Account { #[dynorm(partition_key)] id: String, cents: u64 }
    /// # #[derive(DynamoModel)] #[dynorm(table = "transfers")] struct Transfer { #[dynorm(partition_key)] id: String, cents: u64 }
    /// # async fn run(db: &Db, from: &str, to: &str, transfer: &mut Transfer) -> dynorm::Result<()> {
    /// let cents = transfer.cents;
    /// let withdraw = Account::update(Account::key().id(from)).set(Account::CENTS, Account::CENTS - cents);
    /// let deposit = Account::update(Account::key().id(to)).add(Account::CENTS, cents);
    /// let sent = db.transact().add(transfer.create()).add(withdraw.condition(Account::CENTS.ge(cents))).add(deposit).send().await;
    /// if let Err(error) = &sent
    ///     && error.reasons().get(1).is_some_and(|reason| reason.is_condition_failed())
    /// {
    ///     println!("not enough money");
    /// }
    /// # sent }
    /// ```
    pub fn transact(&self) -> Transact<'_> {
        Transact::of(self, Vec::new())
    }
}

impl<'a> Transact<'a> {
    /// A transaction of writes that only dynorm itself puts together.
    pub(super) fn of(db: &'a Db, operations: Vec<Box<dyn Write + Send + 'a>>) -> Self {
        Transact { db, operations, token: None }
    }

    /// Adds a write. DynamoDB does all of them at once; their order is that of [`Error::reasons`].
    #[expect(clippy::should_implement_trait, reason = "a transaction is built by adding operations, and is no number")]
    pub fn add(mut self, operation: impl TransactOperation + Send + 'a) -> Self {
        self.operations.push(Box::new(operation));
        self
    }

    /// Adds many writes of one kind: `.add_all(books.iter_mut().map(|book| book.create()))`.
    pub fn add_all<O: TransactOperation + Send + 'a>(mut self, operations: impl IntoIterator<Item = O>) -> Self {
        self.operations.extend(operations.into_iter().map(|operation| Box::new(operation) as _));
        self
    }

    /// Uses this idempotency token, of 1 to 36 characters, instead of a random one.
    ///
    /// For ten minutes DynamoDB takes the same transaction with the same token as one: it is done once, and succeeds each time. Another
    /// transaction with that token is refused (`IdempotentParameterMismatchException`); stamped times and ids are part of what must be the same.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Stamps every write with one reading of the clock, validates, encodes, and sends one TransactWriteItems: two write units for each 1 KB
    /// of each item. Without operations nothing is sent.
    ///
    /// The guards of `unique` values that change are operations too, and count to the 100; the [reasons](Error::reasons) are those of the
    /// caller's operations. A `put`, a `delete` or a [`read_first`](crate::Update::read_first) of a model with unique constraints first
    /// reads its item, with one consistent GetItem each. If the unique values that were read change in between, it is read and sent again,
    /// as another transaction; but not with a [`token`](Transact::token) of the caller's.
    ///
    /// All writes are done, or none, and once. Each resend, by the SDK or after a conflict, repeats the same bytes with the same token, by
    /// which DynamoDB knows for ten minutes that it did the transaction; nothing is sent after nine. A transaction that was canceled by
    /// nothing but conflicts or throttling is sent again, up to eight times in all, with growing pauses of random length; one in which a
    /// condition failed is not.
    ///
    /// Success means that all writes were done, and an error that none was, unless [`is_outcome_unknown`](Error::is_outcome_unknown) says
    /// that nobody knows: the last attempt had no answer. A cancellation for a failed condition is certain, also after attempts without an
    /// answer. When this future is dropped, nobody knows either. The models in hand get their new `created`, `updated` and `auto` values
    /// only when DynamoDB has said yes to all.
    ///
    /// # Errors
    /// [`is_transaction_limit`](Error::is_transaction_limit), and whatever a write by itself refuses before it is sent: nothing is sent then.
    /// [`is_unique_violation`](Error::is_unique_violation) if another item has a unique value of one of the models.
    /// [`is_transaction_canceled`](Error::is_transaction_canceled), with a [reason](Error::reasons) for each write:
    /// [`is_condition_failed`](Error::is_condition_failed), [`is_already_exists`](Error::is_already_exists) and
    /// [`is_not_found`](Error::is_not_found) if at least one says so; [`is_transaction_conflict`](Error::is_transaction_conflict);
    /// and what the service or the connection reports.
    ///
    /// [TransactWriteItems](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html)
    pub async fn send(mut self) -> Result<()> {
        if self.operations.is_empty() {
            return Ok(());
        }
        let sent = run(self.db, &self.db.stamp(), &mut self.operations, self.token.take()).await;
        sent.map_err(|error| error.during_operation(OPERATION))
    }
}

impl fmt::Debug for Transact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transact").field("operations", &self.operations.len()).finish_non_exhaustive()
    }
}
