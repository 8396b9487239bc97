//! `exactly_once`: one write as a transaction, so that DynamoDB itself knows a resend.

use std::fmt;

use super::{Transact, TransactOperation};
use crate::db::Db;
use crate::error::Result;

/// A write that DynamoDB applies once, however often it is sent: made by [`Update::exactly_once`](super::Update::exactly_once) and
/// [`Put::exactly_once`](super::Put::exactly_once), sent by [`send`](ExactlyOnce::send).
///
/// ```
/// # use dynorm::{Db, DynamoModel};
/// # #[derive(DynamoModel)] #[dynorm(table = "accounts")] struct Account { #[dynorm(partition_key)] id: String, cents: u64 }
/// # async fn run(db: &Db, id: &str) -> dynorm::Result<()> {
/// Account::update(Account::key().id(id)).add(Account::CENTS, 500u64).exactly_once().send(db).await?;
/// # Ok(()) }
/// ```
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct ExactlyOnce<W> {
    write: W,
    token: Option<String>,
}

impl<W: TransactOperation> ExactlyOnce<W> {
    pub(super) fn new(write: W) -> Self {
        ExactlyOnce { write, token: None }
    }

    /// Uses this idempotency token, of 1 to 36 characters, instead of a random one, so that another process can repeat the write within ten minutes.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }
}

impl<W: TransactOperation + Send> ExactlyOnce<W> {
    /// Sends the write as the only one of a TransactWriteItems: two write units for each 1 KB of the item, twice the usual cost.
    ///
    /// Every resend has the same token, by which DynamoDB knows for ten minutes that it did this write. So also an `add` is sent again
    /// after an attempt without an answer, and is applied once; nothing is sent after nine minutes. Success means that it was applied, and
    /// a failed condition that it was not. An error is [`is_outcome_unknown`](crate::Error::is_outcome_unknown) only if the last attempt
    /// had no answer either, and nobody knows if this future is dropped.
    ///
    /// # Errors
    /// Those of the write itself, and of [`Transact::send`].
    ///
    /// [TransactWriteItems](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html)
    pub async fn send(self, db: &Db) -> Result<()> {
        let (schema, table) = (self.write.schema(), self.write.table(db));
        let transaction = Transact::of(db, vec![Box::new(self.write)]);
        let transaction = self.token.into_iter().fold(transaction, Transact::token);
        transaction.send().await.map_err(|error| error.of_single().during(schema, "TransactWriteItems", &table))
    }
}

impl<W: fmt::Debug> fmt::Debug for ExactlyOnce<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExactlyOnce").field("write", &self.write).finish_non_exhaustive()
    }
}
