//! Everything that can go wrong: one opaque `Error` over typed causes.

use std::error::Error as StdError;
use std::fmt;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::attribute::Item;
use crate::call::Attempts;
use crate::read::Unread;
use crate::schema::Schema;
use crate::write::Unprocessed;

mod decode;
mod encode;
pub(crate) mod expression;
mod invalid;
mod key;
mod parts;
mod place;
mod predicates;
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
    /// The operations of a batch that was refused before it was sent.
    unsent: Option<Unprocessed>,
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
        Error(Box::new(Inner {
            model: None,
            operation: None,
            table: None,
            outcome_unknown,
            item_key: None,
            unsent: None,
            problem,
        }))
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

    /// Gives the operations of a batch back, of which nothing was sent.
    pub(crate) fn returning(mut self, unsent: Unprocessed) -> Self {
        self.0.unsent = Some(unsent);
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

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { model, operation, table, problem, outcome_unknown, item_key: _, unsent: _ } = &*self.0;
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
