//! `transact`: writes of several models that are done together or not at all, in one TransactWriteItems.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::TransactWriteItem;

use super::operation::Write;
use super::{ApplyPatch, ConditionCheck, Delete, Presence, Put, Save, Update};
use crate::backoff::Backoff;
use crate::call::{Attempts, Call, operation};
use crate::db::Db;
use crate::error::{Canceled, CancellationReason, Error, Problem, Result, ServiceError, TransactionLimit};
use crate::model::DynamoModel;

const OPERATION: &str = "TransactWriteItems";

/// A write that a transaction takes: what `put`, `create`, `update`, `patch`, `delete`, `save` and `condition_check` return. Sealed.
#[diagnostic::on_unimplemented(
    message = "a transaction does not take a `{Self}`",
    label = "not a write of one item",
    note = "a transaction takes `book.put()`, `book.create()`, `Book::update(..)`, `Book::patch(..)`, `Book::delete(..)`, `tracked.save()` and \
            `Book::condition_check(..)`; DynamoDB returns no items from it, so leave out `return_old` and `return_new`"
)]
pub trait TransactOperation: Write {}

impl<M: DynamoModel> TransactOperation for Put<'_, M> {}
impl<M: DynamoModel, P: Presence> TransactOperation for Update<M, P> {}
impl<M: DynamoModel> TransactOperation for ApplyPatch<M> {}
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
    /// All writes are done, or none, and once. Each resend, by the SDK or after a conflict, repeats the same bytes with the same token, by which DynamoDB
    /// knows for ten minutes that it did the transaction; nothing is sent after nine. A transaction that was canceled by nothing but conflicts or throttling is sent again, up to eight times in all, with
    /// growing pauses of random length; one in which a condition failed is not.
    ///
    /// Success means that all writes were done, and an error that none was, unless [`is_outcome_unknown`](Error::is_outcome_unknown) says that nobody knows:
    /// the last attempt had no answer. A cancellation for a failed condition is certain, also after attempts without an answer. When this future is dropped, nobody
    /// knows either. The models in hand get their new `created`, `updated` and `auto` values only when DynamoDB has said yes to all.
    ///
    /// # Errors
    /// [`is_transaction_limit`](Error::is_transaction_limit), and whatever a write by itself refuses before it is sent: nothing is sent then.
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
        let requests = self.prepare().map_err(|error| error.during_operation(OPERATION))?;
        let token = self.token.take().unwrap_or_else(|| format!("{:032x}", fastrand::u128(..)));
        let db = self.db.started();
        let mut backoff = Backoff::new(&db);
        let attempts = Arc::new(Attempts::default());
        loop {
            let call = Call::of_many(&db, &operation::TRANSACT_WRITE_ITEMS).again(Arc::clone(&attempts));
            let requests = requests.clone();
            let request = |client: &Client| {
                client.transact_write_items().client_request_token(&token).set_transact_items(Some(requests)).send()
            };
            match call.send(request).await {
                Ok(_) => {
                    self.operations.iter_mut().for_each(|operation| operation.commit());
                    return self.after();
                }
                Err(error) => {
                    let canceled = match self.canceled(error) {
                        Ok(canceled) => canceled,
                        Err(error) => return Err(error.after(&attempts).during_operation(OPERATION)),
                    };
                    let error = |canceled| Error::new(Problem::Canceled(canceled)).during_operation(OPERATION);
                    if !canceled.is_transient() {
                        // DynamoDB asks the token before it checks conditions: no earlier attempt was applied.
                        return Err(error(canceled));
                    }
                    if attempts.is_expired() || !backoff.after(true).await {
                        return Err(error(canceled).after(&attempts));
                    }
                }
            }
        }
    }

    /// The operations as they are sent, checked against what DynamoDB takes.
    fn prepare(&mut self) -> Result<Vec<TransactWriteItem>> {
        let refused = |limit| Err(Error::new(Problem::TransactionLimit(limit)));
        if self.operations.len() > TransactionLimit::OPERATIONS {
            return refused(TransactionLimit::TooMany(self.operations.len()));
        }
        let stamp = self.db.stamp();
        let mut requests = Vec::with_capacity(self.operations.len());
        let mut places = HashMap::new();
        let mut bytes = 0;
        for (place, operation) in self.operations.iter_mut().enumerate() {
            let table = operation.table(self.db);
            let prepared = operation.prepare(&stamp, &table);
            let prepared = prepared.map_err(|error| error.during(operation.schema(), OPERATION, &table))?;
            if let Some(first) = places.insert((table, prepared.key), place) {
                return refused(TransactionLimit::SameItem(first, place));
            }
            bytes += prepared.size;
            requests.push(prepared.request);
        }
        if bytes > TransactionLimit::BYTES {
            return refused(TransactionLimit::TooLarge(bytes));
        }
        Ok(requests)
    }

    /// Runs every `after_write` hook, and returns the first error.
    fn after(&self) -> Result<()> {
        let mut first = Ok(());
        for operation in &self.operations {
            let ran = operation.after();
            let ran = ran.map_err(|error| error.during(operation.schema(), OPERATION, &operation.table(self.db)));
            first = first.and(ran);
        }
        first
    }

    /// What each operation met, or the error if it is another one than a cancellation.
    fn canceled(&self, error: SdkError<TransactWriteItemsError>) -> Result<Canceled> {
        let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) = error.as_service_error() else {
            return Err(Error::service(error));
        };
        let mut given = canceled.cancellation_reasons().iter();
        let reasons = self.operations.iter().map(|operation| {
            let failed = |item: Option<&_>| operation.failed(item);
            CancellationReason::new(operation.schema(), operation.table(self.db), given.next(), failed)
        });
        Ok(Canceled { reasons: reasons.collect(), source: ServiceError::new(error) })
    }
}

impl fmt::Debug for Transact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transact").field("operations", &self.operations.len()).finish_non_exhaustive()
    }
}
