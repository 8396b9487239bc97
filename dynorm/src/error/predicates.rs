//! What happened: the predicates of an error.

use super::{CancellationReason, Error, Failed, Hook, Problem, ServiceError};

impl Error {
    /// A condition was false: the caller's own, or the one that a verb adds (`create`: the key is free; `update`: the item exists).
    ///
    /// [`current`](Error::current) has the item that made it fail. DynamoDB's `ConditionalCheckFailedException`, or at least one such
    /// [reason](Error::reasons) of a canceled transaction.
    pub fn is_condition_failed(&self) -> bool {
        match &self.0.problem {
            Problem::Condition { .. } => true,
            Problem::Canceled(canceled) => canceled.any(CancellationReason::is_condition_failed),
            _ => false,
        }
    }

    /// `create` found an item under its key; in a transaction, at least one `create` did.
    pub fn is_already_exists(&self) -> bool {
        match &self.0.problem {
            Problem::Condition { failed, .. } => *failed == Failed::AlreadyExists,
            Problem::Canceled(canceled) => canceled.any(CancellationReason::is_already_exists),
            _ => false,
        }
    }

    /// `update` or `save` found no item under its key; in a transaction, at least one of them did.
    pub fn is_not_found(&self) -> bool {
        match &self.0.problem {
            Problem::Condition { failed, .. } => *failed == Failed::NotFound,
            Problem::Canceled(canceled) => canceled.any(CancellationReason::is_not_found),
            _ => false,
        }
    }

    /// The stored item does not have the version that the write expected, so somebody else wrote it meanwhile; in a transaction, at least one
    /// item does not. [`current`](Error::current) has the item as it is now.
    ///
    /// Also where the item was deleted and created again, or deleted before a `put`.
    pub fn is_version_conflict(&self) -> bool {
        match &self.0.problem {
            Problem::Condition { failed, .. } => *failed == Failed::VersionConflict,
            Problem::Canceled(canceled) => canceled.any(CancellationReason::is_version_conflict),
            _ => false,
        }
    }

    /// Another item has a value that the model's `unique` attribute keeps for one item; nothing was written.
    ///
    /// [`unique_violations`](Error::unique_violations) says which. It is no [failed condition](Error::is_condition_failed) of the item itself.
    pub fn is_unique_violation(&self) -> bool {
        self.unique_violations().next().is_some()
    }

    /// DynamoDB canceled the transaction, and did none of its operations. [`reasons`](Error::reasons) has what each one met.
    pub fn is_transaction_canceled(&self) -> bool {
        matches!(self.0.problem, Problem::Canceled(_))
    }

    /// Another request was working on an item of the transaction, or a transaction on the item of this request; nothing was written.
    pub fn is_transaction_conflict(&self) -> bool {
        match &self.0.problem {
            Problem::Canceled(canceled) => canceled.any(CancellationReason::is_conflict),
            _ => self.code() == Some("TransactionConflictException"),
        }
    }

    /// The transaction has more than 100 operations, more than 4 MB, or two operations on one item; nothing was sent.
    pub fn is_transaction_limit(&self) -> bool {
        matches!(self.0.problem, Problem::TransactionLimit(_))
    }

    /// The model breaks one of its own rules; nothing was sent. [`invalid`](Error::invalid) lists them.
    pub fn is_validation(&self) -> bool {
        matches!(self.0.problem, Problem::Invalid(_))
    }

    /// A hook of the model refused: `before_write` before anything was sent, or `after_read` an item that was read.
    /// [`rejected`](Error::rejected) is the hook's own error.
    pub fn is_rejected(&self) -> bool {
        matches!(&self.0.problem, Problem::Rejected(rejected) if rejected.hook != Hook::AfterWrite)
    }

    /// The write was done, and the model in hand is as it is stored; what failed is the model's `after_write` hook.
    /// [`rejected`](Error::rejected) is the hook's own error.
    pub fn is_after_write(&self) -> bool {
        matches!(&self.0.problem, Problem::Rejected(rejected) if rejected.hook == Hook::AfterWrite)
    }

    /// A stored item is not what the model says.
    pub fn is_decode(&self) -> bool {
        matches!(self.0.problem, Problem::Decode(_))
    }

    /// A value cannot be stored in DynamoDB; nothing was sent.
    pub fn is_encode(&self) -> bool {
        match &self.0.problem {
            Problem::Encode(_) => true,
            Problem::Expression(error) => error.encode_error().is_some(),
            _ => false,
        }
    }

    /// The cursor belongs to another kind of read: it has a position for each segment of a scan, and was handed to a query. Nothing was sent.
    pub fn is_cursor(&self) -> bool {
        matches!(self.0.problem, Problem::CursorOfSegments(_))
    }

    /// A page token was refused, and nothing was sent: it was altered, is not of this read, or is too old. [`token`](Error::token) says which.
    ///
    /// Whoever sent the token is to blame, so to an HTTP client this is a `400 Bad Request`.
    #[cfg(feature = "tokens")]
    pub fn is_token(&self) -> bool {
        self.token().is_some()
    }

    /// The handle has no key for page tokens: give it one with [`DbBuilder::token_keys`](crate::DbBuilder::token_keys).
    #[cfg(feature = "tokens")]
    pub fn is_token_key_missing(&self) -> bool {
        matches!(self.0.problem, Problem::NoTokenKey)
    }

    /// A condition, an update or a projection cannot be sent; nothing was sent. [`expression`](Error::expression) says why.
    pub fn is_expression(&self) -> bool {
        matches!(self.0.problem, Problem::Expression(_))
    }

    /// A key part's value does not fit its key; nothing was sent.
    pub fn is_key(&self) -> bool {
        matches!(self.0.problem, Problem::Key(_))
    }

    /// The key of a tracked item was changed in memory; nothing was sent. `rekey` moves the item.
    pub fn is_key_changed(&self) -> bool {
        matches!(self.0.problem, Problem::KeyChanged)
    }

    /// The table that exists is not the one that the model describes. [`table_differences`](Error::table_differences) lists how.
    pub fn is_table_different(&self) -> bool {
        matches!(self.0.problem, Problem::TableDiffers(_))
    }

    /// The table was created but was not active when the wait ended.
    pub fn is_table_not_ready(&self) -> bool {
        matches!(self.0.problem, Problem::TableNotReady)
    }

    /// Some items of a batch were not processed. [`unprocessed`](Error::unprocessed) returns those that were to be written; of a batch that
    /// reads, [`items_read`](Error::items_read) has what came, and [`keys_unread`](Error::keys_unread) the rest.
    pub fn is_unprocessed(&self) -> bool {
        matches!(self.0.problem, Problem::Unprocessed(_) | Problem::Unread(_))
    }

    /// The table or index does not exist: `ResourceNotFoundException`.
    pub fn is_table_missing(&self) -> bool {
        self.code() == Some("ResourceNotFoundException")
    }

    /// DynamoDB asked for fewer requests, and went on asking through all retries.
    pub fn is_throttled(&self) -> bool {
        match &self.0.problem {
            Problem::Canceled(canceled) => canceled.any(CancellationReason::is_throttled),
            _ => self.service_error().is_some_and(ServiceError::is_throttled),
        }
    }

    /// DynamoDB refused the request as malformed: `ValidationException`.
    ///
    /// Not to be confused with [`is_validation`](Error::is_validation), which is about the model's own rules.
    pub fn is_validation_exception(&self) -> bool {
        self.code() == Some("ValidationException")
    }

    /// No credentials were found, or they could not be loaded; nothing was sent.
    pub fn is_credentials(&self) -> bool {
        self.service_error().is_some_and(ServiceError::is_credentials)
    }

    /// The credentials were refused: they do not allow this, are unknown, or have expired.
    pub fn is_access_denied(&self) -> bool {
        self.service_error().is_some_and(ServiceError::is_access_denied)
    }

    /// The write may have been done or not: an attempt ended without an answer that tells, and none that came later could tell either.
    ///
    /// That is so after a timeout, a connection that broke, an answer that was cut or damaged, and a status of 5xx. Such a write is sent
    /// again as long as that does no harm, and is reported as done if an answer came at last; it ends here if none did, if a resend could do it
    /// twice (`add`, arithmetic, `list_append`), or if its condition failed at the resend: its own first attempt may be what made it fail.
    /// [`current_item`](Error::current_item) is the item then. A consistent read tells what is stored. A `return_old` ends here as well
    /// if the write was done by a resend, because the item that it found can be its own. [`is_timeout`](Error::is_timeout),
    /// [`is_connection`](Error::is_connection) and the like say how the last attempt ended.
    ///
    /// False for every other error: what failed was certainly not done, and of a batch, what is [returned](Error::unprocessed). A write
    /// whose future is dropped leaves the same doubt, and no error.
    pub fn is_outcome_unknown(&self) -> bool {
        match &self.0.problem {
            Problem::Unprocessed(unprocessed) => unprocessed.is_outcome_unknown(),
            _ => self.0.outcome_unknown,
        }
    }

    /// The endpoint could not be reached, or the connection broke. Whether a write was applied all the same tells
    /// [`is_outcome_unknown`](Error::is_outcome_unknown).
    pub fn is_connection(&self) -> bool {
        self.service_error().is_some_and(ServiceError::is_connection)
    }

    /// The call did not end within the deadline of its handle ([`Db::with_deadline`](crate::Db::with_deadline)). Whether a write was
    /// applied all the same tells [`is_outcome_unknown`](Error::is_outcome_unknown).
    pub fn is_deadline(&self) -> bool {
        self.service_error().is_some_and(ServiceError::is_deadline)
    }

    /// A timeout of the SDK's configuration ran out. A write may have been applied all the same: see
    /// [`is_outcome_unknown`](Error::is_outcome_unknown).
    pub fn is_timeout(&self) -> bool {
        self.service_error().is_some_and(ServiceError::is_timeout)
    }
}
