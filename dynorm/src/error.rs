//! Everything that can go wrong: one opaque `Error` over typed causes.

use std::error::Error as StdError;
use std::fmt;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::attribute::Item;
use crate::call::Attempts;
use crate::key::Key;
use crate::model::DynamoModel;
use crate::read::{FromItem, Unread};
use crate::schema::Schema;
use crate::stored;
use crate::write::Unprocessed;

mod decode;
mod encode;
pub(crate) mod expression;
mod invalid;
mod key;
mod place;
mod rejected;
mod service;
#[cfg(feature = "tokens")]
mod token;
mod transaction;
mod unique;

pub use decode::DecodeError;
pub use encode::EncodeError;
pub use expression::ExpressionError;
pub use invalid::{Invalid, Violation};
pub use key::{KeyError, KeyProblem};
pub(crate) use rejected::Hook;
pub use rejected::HookError;
#[doc(hidden)]
pub use rejected::Rejected;
pub(crate) use service::ServiceError;
#[cfg(feature = "tokens")]
pub use token::TokenProblem;
pub use transaction::CancellationReason;
pub(crate) use transaction::{Canceled, TransactionLimit};
pub use unique::UniqueViolation;

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed.
///
/// Ask with the predicates what happened, and with the accessors for its parts; [`source`](StdError::source) reaches the SDK's own error.
/// `Display` is one line that names model, operation, table and request id. Values of items never appear in it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
/// # fn main() { run(async |db: Db| {
/// let mut book = Book { title: String::new(), ..persuasion() };
/// let error = book.put().send(&db).await.expect_err("the title is empty");
/// assert!(error.is_validation());
/// assert_eq!(error.to_string(), "PutItem of Book in table library: `title` breaks the rule `length`");
/// # Ok(()) }) }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    model: Option<&'static str>,
    operation: Option<&'static str>,
    table: Option<String>,
    /// Whether what failed may have been applied all the same.
    outcome_unknown: bool,
    /// The key of the item that it is about.
    item_key: Option<Item>,
    problem: Problem,
}

pub(crate) enum Problem {
    Key(KeyError),
    Encode(EncodeError),
    Decode(DecodeError),
    Expression(ExpressionError),
    Invalid(Invalid),
    Rejected(Rejected),
    Condition {
        failed: Failed,
        item: Option<Item>,
        source: ServiceError,
    },
    /// A condition failed after an attempt that may have been applied, and so may itself be what made it fail.
    ConditionAfterLostAnswer {
        item: Option<Item>,
        source: ServiceError,
    },
    /// The write was done, and what it was to return went with the answer to an earlier attempt.
    OldItemLost,
    KeyChanged,
    TransactionLimit(TransactionLimit),
    Canceled(Canceled),
    /// Two operations of one transaction want the same unique value.
    Unique(UniqueViolation),
    TableDiffers(Vec<String>),
    TableNotReady,
    Unprocessed(Unprocessed),
    Unread(Unread),
    CursorOfSegments(usize),
    #[cfg(feature = "tokens")]
    Token(TokenProblem),
    #[cfg(feature = "tokens")]
    NoTokenKey,
    #[cfg(feature = "tokens")]
    NoRandomness,
    Service(ServiceError),
}

/// What a failed condition says about the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed {
    /// `create` found an item under its key.
    AlreadyExists,
    /// `update` or `save` found none.
    NotFound,
    /// The item has another version than the one in hand, or is another item.
    VersionConflict,
    /// The caller's own condition was false.
    Condition,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Failed::AlreadyExists => "an item with this key exists already",
            Failed::NotFound => "there is no item with this key",
            Failed::VersionConflict => {
                "the item is not at the version in hand: somebody wrote it since it was read; read it again, or take it from the error"
            }
            Failed::Condition => "the condition is false for the item as it is now",
        })
    }
}

impl Error {
    pub(crate) fn new(problem: Problem) -> Self {
        let outcome_unknown = matches!(problem, Problem::ConditionAfterLostAnswer { .. } | Problem::OldItemLost);
        Error(Box::new(Inner { model: None, operation: None, table: None, outcome_unknown, item_key: None, problem }))
    }

    /// Says that this came of these attempts: one of them may have been applied.
    pub(crate) fn after(mut self, attempts: &Attempts) -> Self {
        self.0.outcome_unknown |= attempts.is_ambiguous();
        self
    }

    /// An SDK error, classified; `model` and `table` say whose.
    pub(crate) fn service<E>(error: SdkError<E>) -> Self
    where
        E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
    {
        Error::new(Problem::Service(ServiceError::new(error)))
    }

    /// Says what was being done. What is known already stays.
    pub(crate) fn during(mut self, schema: &Schema, operation: &'static str, table: &str) -> Self {
        let inner = &mut *self.0;
        inner.model.get_or_insert(schema.model);
        inner.operation.get_or_insert(operation);
        inner.table.get_or_insert_with(|| table.to_owned());
        self
    }

    /// Says which item it is about, by its key.
    pub(crate) fn about(mut self, key: Item) -> Self {
        self.0.item_key.get_or_insert(key);
        self
    }

    /// Says what was being done to several models.
    pub(crate) fn during_operation(mut self, operation: &'static str) -> Self {
        self.0.operation.get_or_insert(operation);
        self
    }

    /// A canceled transaction of one write as the failure of that write.
    pub(crate) fn of_single(mut self) -> Self {
        self.0.problem = match self.0.problem {
            Problem::Canceled(canceled) => canceled.into_single().unwrap_or_else(Problem::Canceled),
            other => other,
        };
        self
    }

    /// The same as what an item's decoder answers.
    pub(crate) fn into_decode(self) -> DecodeError {
        match self.0.problem {
            Problem::Decode(error) => error,
            problem => DecodeError::custom(Error::new(problem)),
        }
    }

    /// A request that the SDK would not even build.
    pub(crate) fn construction(error: aws_sdk_dynamodb::error::BuildError, operation: &'static str) -> Self {
        let error = SdkError::<aws_sdk_dynamodb::Error>::construction_failure(error);
        Error::service(error).during_operation(operation)
    }
}

// What happened.
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

// Its parts.
impl Error {
    /// The model's name.
    pub fn model(&self) -> Option<&str> {
        self.0.model
    }

    /// The operation, by DynamoDB's name: `PutItem`.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation
    }

    /// The table's name.
    pub fn table(&self) -> Option<&str> {
        self.0.table.as_deref()
    }

    /// The error code of DynamoDB's answer, such as `ResourceNotFoundException`.
    pub fn code(&self) -> Option<&str> {
        self.service_error().and_then(ServiceError::code)
    }

    /// The id of the request, as AWS support asks for it.
    pub fn request_id(&self) -> Option<&str> {
        self.service_error().and_then(ServiceError::request_id)
    }

    /// What a validation found.
    pub fn invalid(&self) -> Option<&Invalid> {
        match &self.0.problem {
            Problem::Invalid(invalid) => Some(invalid),
            _ => None,
        }
    }

    /// The error that a hook of the model returned, if it is an `E`. [`source`](StdError::source) has it untyped.
    pub fn rejected<E: StdError + 'static>(&self) -> Option<&E> {
        match &self.0.problem {
            Problem::Rejected(rejected) => rejected.error().downcast_ref(),
            _ => None,
        }
    }

    /// What a decode found.
    pub fn decode(&self) -> Option<&DecodeError> {
        match &self.0.problem {
            Problem::Decode(error) => Some(error),
            _ => None,
        }
    }

    /// What is wrong with an expression.
    pub fn expression(&self) -> Option<&ExpressionError> {
        match &self.0.problem {
            Problem::Expression(error) => Some(error),
            _ => None,
        }
    }

    /// Why a page token was refused.
    #[cfg(feature = "tokens")]
    pub fn token(&self) -> Option<TokenProblem> {
        match self.0.problem {
            Problem::Token(problem) => Some(problem),
            _ => None,
        }
    }

    /// What is wrong with a key.
    pub fn key(&self) -> Option<&KeyError> {
        match &self.0.problem {
            Problem::Key(error) => Some(error),
            _ => None,
        }
    }

    /// The item that made a condition fail, as DynamoDB returned it with the failure: no second read.
    ///
    /// `None` if the failure was another one, there was no item, or the engine does not return it. A canceled transaction of
    /// several operations has an item for each of its [`reasons`](Error::reasons). An item that is not a `M`
    /// (an older or a foreign one) is the inner error; [`current_item`](Error::current_item) has it raw.
    pub fn current<M: DynamoModel>(&self) -> Option<Result<M>> {
        self.current_item().map(stored::decode_item)
    }

    /// The item that made a condition fail, raw.
    pub fn current_item(&self) -> Option<&Item> {
        match &self.0.problem {
            Problem::Condition { item, .. } | Problem::ConditionAfterLostAnswer { item, .. } => item.as_ref(),
            _ => None,
        }
    }

    /// What each operation of a canceled transaction met, in the order in which they were added; empty for every other error.
    pub fn reasons(&self) -> &[CancellationReason] {
        match &self.0.problem {
            Problem::Canceled(canceled) => &canceled.reasons,
            _ => &[],
        }
    }

    /// The unique constraints that a write would have broken, of all operations of a transaction; none for every other error.
    ///
    /// ```
    /// # use dynorm::DynamoModel;
    /// # #[derive(DynamoModel)] #[dynorm(table = "users")]
    /// # struct User { #[dynorm(partition_key)] id: String, #[dynorm(unique)] email: String }
    /// # fn explain(error: &dynorm::Error) {
    /// for violation in error.unique_violations() {
    ///     println!("`{}` is taken by {:?}", violation.constraint(), violation.owner::<User>());
    /// }
    /// # }
    /// ```
    pub fn unique_violations(&self) -> impl Iterator<Item = &UniqueViolation> {
        let (canceled, single) = match &self.0.problem {
            Problem::Canceled(canceled) => (&canceled.reasons[..], None),
            Problem::Unique(violation) => (&[][..], Some(violation)),
            _ => (&[][..], None),
        };
        canceled.iter().flat_map(CancellationReason::unique_violations).chain(single)
    }

    /// How the table that exists differs from the model, one sentence each.
    pub fn table_differences(&self) -> &[String] {
        match &self.0.problem {
            Problem::TableDiffers(differences) => differences,
            _ => &[],
        }
    }

    /// The models that a batch was to put and that are not known to be stored, in the order in which they were added. Deletes are not
    /// among them: [`unprocessed_deletes`](Error::unprocessed_deletes) has their keys.
    ///
    /// # Errors
    /// [`is_decode`](Error::is_decode) if a model cannot be read back from what it wrote, which is a fault of its codecs.
    pub fn unprocessed<M: DynamoModel>(&self) -> Result<Vec<M>> {
        match &self.0.problem {
            Problem::Unprocessed(unprocessed) => unprocessed.models(),
            _ => Ok(Vec::new()),
        }
    }

    /// The keys that a batch was to delete and that are not known to be deleted, in the order in which they were added.
    pub fn unprocessed_deletes<M: DynamoModel>(&self) -> Vec<Key<M>> {
        match &self.0.problem {
            Problem::Unprocessed(unprocessed) => unprocessed.deletes(),
            _ => Vec::new(),
        }
    }

    /// The keys of a `batch_get` that were not read, each once.
    pub fn keys_unread<M: DynamoModel>(&self) -> Vec<Key<M>> {
        match &self.0.problem {
            Problem::Unread(unread) => unread.keys(),
            _ => Vec::new(),
        }
    }

    /// The items of a `batch_get` that were read before it failed, each once, as the model or a projection of it:
    /// `let books: Vec<Book> = error.items_read()?`.
    ///
    /// # Errors
    /// [`is_decode`](Error::is_decode) if one is no `T`.
    pub fn items_read<T: FromItem<M>, M: DynamoModel>(&self) -> Result<Vec<T>> {
        match &self.0.problem {
            Problem::Unread(unread) => unread.items(),
            _ => Ok(Vec::new()),
        }
    }

    /// The key attributes of the item that could not be read, as they are stored; of an index also those of the index.
    ///
    /// They are values of the item, so neither `Display` nor `Debug` shows them.
    pub fn item_key(&self) -> Option<&Item> {
        self.0.item_key.as_ref()
    }

    pub(crate) fn service_error(&self) -> Option<&ServiceError> {
        match &self.0.problem {
            Problem::Service(error)
            | Problem::Condition { source: error, .. }
            | Problem::ConditionAfterLostAnswer { source: error, .. } => Some(error),
            Problem::Canceled(canceled) => Some(&canceled.source),
            Problem::Unprocessed(unprocessed) => unprocessed.source(),
            Problem::Unread(unread) => unread.source(),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { model, operation, table, problem, outcome_unknown, item_key: _ } = &*self.0;
        match (operation, model) {
            (Some(operation), Some(model)) => write!(f, "{operation} of {model}")?,
            (Some(operation), None) => f.write_str(operation)?,
            (None, Some(model)) => f.write_str(model)?,
            (None, None) => {}
        }
        if let Some(table) = table {
            write!(f, " in table {table}")?;
        }
        if operation.is_some() || model.is_some() || table.is_some() {
            f.write_str(": ")?;
        }
        match problem {
            Problem::Key(error) => error.fmt(f),
            Problem::Encode(error) => error.fmt(f),
            Problem::Decode(error) => error.fmt(f),
            Problem::Expression(error) => error.fmt(f),
            Problem::Invalid(invalid) => invalid.fmt(f),
            Problem::Rejected(rejected) => rejected.fmt(f),
            Problem::Condition { failed, .. } => failed.fmt(f),
            Problem::ConditionAfterLostAnswer { .. } => f.write_str(
                "the answer to an earlier attempt was lost, and now the condition is false, perhaps because that attempt was applied; \
                 read the item to learn what is stored",
            ),
            Problem::OldItemLost => f.write_str(
                "the write was done, but what it replaced is not known, because the answer to an earlier attempt was lost",
            ),
            Problem::TransactionLimit(limit) => limit.fmt(f),
            Problem::Canceled(canceled) => canceled.fmt(f),
            Problem::Unique(violation) => write!(f, "two operations of the transaction want one value of `{}`, which is unique", violation.constraint()),
            Problem::KeyChanged => f.write_str(
                "the key was changed, and a save would write a second item beside the old one; move the item with `rekey`",
            ),
            Problem::TableDiffers(differences) => {
                write!(f, "the table exists but is not the one that the model describes: {}", differences.join("; "))
            }
            Problem::TableNotReady => f.write_str("the table was not active in time; wait for it and try again"),
            Problem::Unprocessed(unprocessed) => unprocessed.fmt(f),
            Problem::Unread(unread) => unread.fmt(f),
            #[cfg(feature = "tokens")]
            Problem::Token(problem) => problem.fmt(f),
            #[cfg(feature = "tokens")]
            Problem::NoTokenKey => {
                f.write_str("there is no key for page tokens; give the handle one with `DbBuilder::token_keys`")
            }
            #[cfg(feature = "tokens")]
            Problem::NoRandomness => f.write_str("the operating system gave no random bytes for a page token; try again"),
            Problem::CursorOfSegments(segments) => {
                write!(f, "the cursor is one of a scan in {segments} segments, and this is a query; hand it to that scan")
            }
            Problem::Service(error) => error.fmt(f),
        }?;
        if *outcome_unknown && matches!(problem, Problem::Service(_) | Problem::Canceled(_)) {
            f.write_str("; the write may have been done all the same")?;
        }
        match self.request_id() {
            Some(id) => write!(f, " (request {id})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The derived form would print the items that some problems carry.
        write!(f, "Error({self})")
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.problem {
            Problem::Key(error) => error.source(),
            Problem::Encode(error) => error.source(),
            Problem::Decode(error) => error.source(),
            Problem::Expression(error) => error.source(),
            Problem::Rejected(rejected) => Some(rejected.error()),
            _ => self.service_error().map(ServiceError::sdk_error),
        }
    }
}

macro_rules! from {
    ($($cause:ident => $problem:ident),*) => {$(
        impl From<$cause> for Error {
            fn from(error: $cause) -> Self {
                Error::new(Problem::$problem(error))
            }
        }
    )*};
}
from!(KeyError => Key, EncodeError => Encode, ExpressionError => Expression, Invalid => Invalid, Rejected => Rejected);

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Error::new(match error.into_rejected() {
            Ok(rejected) => Problem::Rejected(rejected),
            Err(error) => Problem::Decode(error),
        })
    }
}
#[cfg(feature = "tokens")]
from!(TokenProblem => Token);
