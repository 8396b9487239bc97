//! Why a transaction was canceled, or not even sent.

use std::fmt;

use aws_sdk_dynamodb::types::CancellationReason as Reason;

use super::{Failed, Problem, Result, ServiceError, UniqueViolation};
use crate::attribute::Item;
use crate::model::DynamoModel;
use crate::schema::Schema;
use crate::stored;

/// What one operation of a canceled transaction met: returned by [`Error::reasons`](super::Error::reasons).
///
/// `Debug` shows model, table and code, never the item.
pub struct CancellationReason {
    model: &'static str,
    table: String,
    code: Option<String>,
    message: Option<String>,
    kind: Kind,
    item: Option<Item>,
    unique: Vec<UniqueViolation>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// This operation could have been done.
    None,
    Condition(Failed),
    Conflict,
    Throttled,
    Other,
}

/// What DynamoDB says about one operation.
struct Met {
    kind: Kind,
    code: Option<String>,
    message: Option<String>,
    item: Option<Item>,
}

impl Met {
    fn new(reason: Option<&Reason>, failed: impl FnOnce(Option<&Item>) -> Failed) -> Self {
        let item = reason.and_then(|reason| reason.item()).filter(|item| !item.is_empty()).cloned().map(Item::from);
        let code = reason.and_then(|reason| reason.code());
        let kind = match code {
            Some("None") => Kind::None,
            Some("ConditionalCheckFailed") => Kind::Condition(failed(item.as_ref())),
            Some("TransactionConflict") => Kind::Conflict,
            Some("ProvisionedThroughputExceeded" | "ThrottlingError") => Kind::Throttled,
            _ => Kind::Other,
        };
        let message = reason.and_then(|reason| reason.message());
        Met { kind, code: code.map(str::to_owned), message: message.map(str::to_owned), item }
    }
}

impl CancellationReason {
    pub(crate) fn new(
        schema: &Schema,
        table: String,
        reason: Option<&Reason>,
        failed: impl FnOnce(Option<&Item>) -> Failed,
    ) -> Self {
        let Met { kind, code, message, item } = Met::new(reason, failed);
        CancellationReason { model: schema.model, table, code, message, kind, item, unique: Vec::new() }
    }

    /// Adds what the guard of one of its unique values met.
    pub(crate) fn add_guard(&mut self, reason: &Reason, violation: impl FnOnce(Option<Item>) -> UniqueViolation) {
        let Met { kind, code, message, item } = Met::new(Some(reason), |_| Failed::Condition);
        match kind {
            Kind::None => {}
            Kind::Condition(_) => self.unique.push(violation(item)),
            Kind::Conflict | Kind::Throttled | Kind::Other => {
                if self.kind == Kind::None {
                    (self.kind, self.code, self.message) = (kind, code, message);
                }
            }
        }
    }

    /// Nothing stood in the way of this operation; another one's reason canceled the transaction.
    pub fn is_none(&self) -> bool {
        self.kind == Kind::None && self.unique.is_empty()
    }

    /// Another item has one of its unique values. [`unique_violations`](CancellationReason::unique_violations) says which.
    pub fn is_unique_violation(&self) -> bool {
        !self.unique.is_empty()
    }

    /// The unique constraints that it would have broken.
    pub fn unique_violations(&self) -> &[UniqueViolation] {
        &self.unique
    }

    /// Its condition was false: the caller's own, or the one that its verb adds.
    pub fn is_condition_failed(&self) -> bool {
        matches!(self.kind, Kind::Condition(_))
    }

    /// A `create` found an item under its key.
    pub fn is_already_exists(&self) -> bool {
        self.kind == Kind::Condition(Failed::AlreadyExists)
    }

    /// An `update` or `save` found no item under its key.
    pub fn is_not_found(&self) -> bool {
        self.kind == Kind::Condition(Failed::NotFound)
    }

    /// The item does not have the version that the write expected.
    pub fn is_version_conflict(&self) -> bool {
        self.kind == Kind::Condition(Failed::VersionConflict)
    }

    /// Another request was working on the same item.
    pub fn is_conflict(&self) -> bool {
        self.kind == Kind::Conflict
    }

    /// The table had no capacity left for it.
    pub fn is_throttled(&self) -> bool {
        self.kind == Kind::Throttled
    }

    /// The model's name.
    pub fn model(&self) -> &str {
        self.model
    }

    /// The table's name.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// DynamoDB's code for it, such as `ConditionalCheckFailed`; `None` if the engine gave none.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The item that made the condition fail, as DynamoDB returned it with the failure: no second read.
    ///
    /// `None` if the reason is another one, there was no item, or the engine does not return it. An item that is not a `M` is the
    /// inner error; [`current_item`](CancellationReason::current_item) has it raw.
    pub fn current<M: DynamoModel>(&self) -> Option<Result<M>> {
        self.current_item().map(stored::decode_item)
    }

    /// The item that made the condition fail, raw.
    pub fn current_item(&self) -> Option<&Item> {
        self.item.as_ref()
    }
}

impl fmt::Display for CancellationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, violation) in self.unique.iter().enumerate() {
            let separator = if place == 0 { "" } else { ", " };
            write!(f, "{separator}{violation}")?;
        }
        match self.kind {
            Kind::None if !self.unique.is_empty() => return Ok(()),
            _ if !self.unique.is_empty() => f.write_str(", ")?,
            _ => {}
        }
        match self.kind {
            Kind::None => f.write_str("could have been done"),
            Kind::Condition(failed) => failed.fmt(f),
            Kind::Conflict => f.write_str("another request was working on the item"),
            Kind::Throttled => f.write_str("the table had no capacity left"),
            Kind::Other => match (&self.code, &self.message) {
                (Some(code), Some(message)) => write!(f, "{code}: {message}"),
                (Some(code), None) => f.write_str(code),
                (None, _) => f.write_str("no reason was given"),
            },
        }
    }
}

impl fmt::Debug for CancellationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancellationReason")
            .field("model", &self.model)
            .field("table", &self.table)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

/// A transaction that DynamoDB canceled: none of its operations was done.
pub(crate) struct Canceled {
    /// One for each operation, in call order.
    pub(crate) reasons: Vec<CancellationReason>,
    pub(crate) source: ServiceError,
}

impl Canceled {
    pub(crate) fn any(&self, is: impl Fn(&CancellationReason) -> bool) -> bool {
        self.reasons.iter().any(is)
    }

    /// The failed condition of the only operation, if that is what canceled it.
    pub(crate) fn into_single(mut self) -> Result<Problem, Self> {
        match &mut self.reasons[..] {
            [CancellationReason { kind: Kind::Condition(failed), item, unique, .. }] if unique.is_empty() => {
                let (failed, item) = (*failed, item.take());
                Ok(Problem::Condition { failed, item, source: self.source })
            }
            _ => Err(self),
        }
    }

    /// Whether the same transaction may succeed later as it is: nothing but conflicts and throttling stood in its way.
    pub(crate) fn is_transient(&self) -> bool {
        let passing = |reason: &CancellationReason| {
            reason.unique.is_empty() && matches!(reason.kind, Kind::None | Kind::Conflict | Kind::Throttled)
        };
        self.reasons.iter().all(passing) && self.any(|reason| reason.kind != Kind::None)
    }
}

impl fmt::Display for Canceled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [reason] = &self.reasons[..] {
            return reason.fmt(f);
        }
        f.write_str("the transaction was canceled as a whole")?;
        let mut separator = ": ";
        for (place, reason) in self.reasons.iter().enumerate().filter(|(_, reason)| !reason.is_none()) {
            let CancellationReason { model, table, .. } = reason;
            write!(f, "{separator}operation {} (of {model} in table {table}): {reason}", place + 1)?;
            separator = "; ";
        }
        Ok(())
    }
}

/// A transaction that DynamoDB would refuse as a whole.
#[derive(Debug)]
pub(crate) enum TransactionLimit {
    /// More operations than fit; the second number is that of guards of unique values among them.
    TooMany(usize, usize),
    /// More bytes than fit.
    TooLarge(usize),
    /// Two operations on one item, by their places in call order.
    SameItem(usize, usize),
}

impl TransactionLimit {
    /// The most operations of one transaction.
    pub(crate) const OPERATIONS: usize = 100;
    /// The most bytes of all items of one transaction.
    pub(crate) const BYTES: usize = 4 << 20;
}

impl fmt::Display for TransactionLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany(operations, 0) => write!(
                f,
                "the transaction has {operations} operations, and DynamoDB takes {}; split it, or use a batch if it need not be atomic",
                Self::OPERATIONS
            ),
            Self::TooMany(operations, guards) => write!(
                f,
                "the transaction has {operations} operations, {guards} of them on guards of unique values, and DynamoDB takes {}; split it",
                Self::OPERATIONS
            ),
            Self::TooLarge(bytes) => write!(
                f,
                "the items of the transaction have at least {bytes} bytes, and DynamoDB takes {} MB; split it",
                Self::BYTES >> 20
            ),
            Self::SameItem(first, second) => write!(
                f,
                "operations {} and {} of the transaction are on the same item, which DynamoDB refuses; make them one",
                first + 1,
                second + 1
            ),
        }
    }
}
