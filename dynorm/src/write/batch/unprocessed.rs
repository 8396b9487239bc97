//! What a batch did not get done, as an error returns it.

use std::fmt;

use super::operation::Operation;
use crate::error::{Error, Result, ServiceError};
use crate::key::{Key, KeyBuf};
use crate::model::DynamoModel;
use crate::stored;

/// The operations of a batch that are not known to be done, in the order in which they were added.
#[derive(Default)]
pub(crate) struct Unprocessed {
    pub(super) operations: Vec<Operation>,
    /// Why the batch ended; `None` if DynamoDB went on leaving them unprocessed.
    pub(super) cause: Option<Error>,
}

impl Unprocessed {
    pub(crate) fn len(&self) -> usize {
        self.operations.len()
    }

    /// Whether some of them may have been done.
    pub(crate) fn is_outcome_unknown(&self) -> bool {
        self.cause.as_ref().is_some_and(Error::is_outcome_unknown)
    }

    pub(crate) fn source(&self) -> Option<&ServiceError> {
        self.cause.as_ref().and_then(Error::service_error)
    }

    /// The models that were to be put.
    pub(crate) fn models<M: DynamoModel>(&self) -> Result<Vec<M>> {
        self.of_model::<M>()
            .filter_map(|operation| operation.item.as_deref())
            .map(|item| Ok(stored::decode_unsent(item)?))
            .collect()
    }

    /// The keys that were to be deleted.
    pub(crate) fn deletes<M: DynamoModel>(&self) -> Vec<Key<M>> {
        let deletes = self.of_model::<M>().filter(|operation| operation.item.is_none());
        deletes.map(|operation| Key::new(KeyBuf::complete(&M::SCHEMA.key, operation.key.clone(), None))).collect()
    }

    fn of_model<M: DynamoModel>(&self) -> impl Iterator<Item = &Operation> {
        let is_of_model = |operation: &&Operation| {
            std::ptr::eq(operation.schema, M::SCHEMA) || operation.schema.model == M::SCHEMA.model
        };
        self.operations.iter().filter(is_of_model)
    }
}

impl fmt::Display for Unprocessed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} operations of the batch are not known to be done; take them from the error and send them again",
            self.len()
        )?;
        match &self.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => f.write_str(": DynamoDB went on leaving them unprocessed"),
        }
    }
}
