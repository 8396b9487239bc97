//! What an error is made of: its accessors.

use std::error::Error as StdError;

#[cfg(feature = "tokens")]
use super::TokenProblem;
use super::{
    CancellationReason, DecodeError, Error, ExpressionError, Invalid, KeyError, Problem, Result, ServiceError,
    UniqueViolation,
};
use crate::attribute::Item;
use crate::key::Key;
use crate::model::DynamoModel;
use crate::read::FromItem;
use crate::stored;
use crate::write::Unprocessed;

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

    /// The models that a batch was to put and that are not known to be stored, in the order in which they were added: all of them if the
    /// batch was refused before anything was sent. Deletes are not among them: [`unprocessed_deletes`](Error::unprocessed_deletes) has
    /// their keys; nor is an item with a value that DynamoDB cannot store, such as a number that is none.
    ///
    /// # Errors
    /// [`is_decode`](Error::is_decode) if a model cannot be read back from what it wrote, which is a fault of its codecs.
    pub fn unprocessed<M: DynamoModel>(&self) -> Result<Vec<M>> {
        self.batch().map_or_else(|| Ok(Vec::new()), Unprocessed::models)
    }

    /// The keys that a batch was to delete and that are not known to be deleted, in the order in which they were added.
    pub fn unprocessed_deletes<M: DynamoModel>(&self) -> Vec<Key<M>> {
        self.batch().map_or_else(Vec::new, Unprocessed::deletes)
    }

    /// What a batch of writes did not do.
    fn batch(&self) -> Option<&Unprocessed> {
        match &self.0.problem {
            Problem::Unprocessed(unprocessed) => Some(unprocessed),
            _ => self.0.unsent.as_ref(),
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
    /// `let books: Vec<Book> = error.items_read()?`. Expired items are left out, as by the read itself.
    ///
    /// # Errors
    /// [`is_decode`](Error::is_decode) if one is no `T`.
    pub fn items_read<T: FromItem<M>, M: DynamoModel>(&self) -> Result<Vec<T>> {
        match &self.0.problem {
            Problem::Unread(unread) => unread.items(),
            _ => Ok(Vec::new()),
        }
    }

    /// The key attributes of the item that could not be read, as they are stored; of an index also those of the index. Or those of the item
    /// for which a batch of writes was refused.
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
