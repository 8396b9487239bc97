//! What a batch returns when it ends before its end: the items that came, and the other keys.

use std::fmt;

use super::super::from_item::FromItem;
use super::{OPERATION, Wanted, item};
use crate::error::{DecodeError, Error, Result, ServiceError};
use crate::key::{Key, KeyBuf};
use crate::model::DynamoModel;

/// The keys of a batch that were not answered, and the items of those that were.
pub(crate) struct Unread {
    pub(super) read: Vec<Wanted>,
    pub(super) unread: Vec<Wanted>,
    pub(super) cause: Option<Error>,
}

impl Unread {
    pub(crate) fn source(&self) -> Option<&ServiceError> {
        self.cause.as_ref().and_then(Error::service_error)
    }

    /// The keys of a model that were not answered.
    pub(crate) fn keys<M: DynamoModel>(&self) -> Vec<Key<M>> {
        let of_model = self.unread.iter().filter(|wanted| wanted.askers::<M>().next().is_some());
        of_model.map(|wanted| Key::new(KeyBuf::complete(&M::SCHEMA.key, wanted.key.clone(), None))).collect()
    }

    /// The items of a model that came, without those that have expired, unless these were asked for.
    pub(crate) fn items<T: FromItem<M>, M: DynamoModel>(&self) -> Result<Vec<T>> {
        let mut scratch = T::scratch(None);
        let items = self.read.iter().filter_map(|wanted| Some((wanted, wanted.found_for::<M>()?.read(&mut scratch))));
        let explain = |(wanted, read): (&Wanted, Result<T, DecodeError>)| {
            read.map_err(|error| {
                Error::from(error).during(M::SCHEMA, OPERATION, &wanted.entry.table).about(item(&wanted.key))
            })
        };
        items.map(explain).collect()
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unread, all) = (self.unread.len(), self.unread.len() + self.read.len());
        write!(
            f,
            "{unread} of the {all} keys of the batch were not read; take what came from the error and ask for the others again"
        )?;
        match &self.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => f.write_str(": DynamoDB went on leaving them unprocessed"),
        }
    }
}
