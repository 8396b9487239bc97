//! What a batch returns when it ends before its end: the items that came, and the other keys.

use std::fmt;

use super::super::from_item::FromItem;
use super::{Found, KeyValues, OPERATION, item};
use crate::error::{DecodeError, Error, Result, ServiceError};
use crate::expiry::Expiry;
use crate::key::{Key, KeyBuf};
use crate::model::DynamoModel;
use crate::schema::Schema;

/// The keys of a batch that were not answered, and the items of those that were.
pub(crate) struct Unread {
    pub(super) read: Vec<Left>,
    pub(super) unread: Vec<Left>,
    pub(super) cause: Option<Error>,
}

/// A key that was asked for, and its item, if that came.
pub(super) struct Left {
    /// The models that asked, each with what counts as gone to it; they share the table, and so its key.
    pub(super) askers: Vec<Asker>,
    pub(super) table: String,
    pub(super) key: KeyValues,
    pub(super) found: Option<Found>,
}

pub(super) type Asker = (&'static Schema, Option<Expiry>);

impl Left {
    /// What this model asked for, as which it may have done more than once.
    fn askers<M: DynamoModel>(&self) -> impl Iterator<Item = &Asker> {
        self.askers.iter().filter(|(schema, _)| is_same(schema, M::SCHEMA))
    }

    /// The item, unless it has expired to each of them.
    fn found_for<M: DynamoModel>(&self) -> Option<&Found> {
        let is_live =
            |(_, expiry): &Asker, found: &Found| expiry.is_none_or(|expiry| !expiry.has_passed_in(found.json()));
        self.found.as_ref().filter(|found| self.askers::<M>().any(|asker| is_live(asker, found)))
    }
}

/// Whether they are one model's: a constant may be at several addresses.
pub(super) fn is_same(one: &'static Schema, other: &'static Schema) -> bool {
    std::ptr::eq(one, other) || one.model == other.model && one.table == other.table
}

impl Unread {
    pub(crate) fn source(&self) -> Option<&ServiceError> {
        self.cause.as_ref().and_then(Error::service_error)
    }

    /// The keys of a model that were not answered.
    pub(crate) fn keys<M: DynamoModel>(&self) -> Vec<Key<M>> {
        let of_model = self.unread.iter().filter(|left| left.askers::<M>().next().is_some());
        of_model.map(|left| Key::new(KeyBuf::complete(&M::SCHEMA.key, left.key.clone(), None))).collect()
    }

    /// The items of a model that came, without those that have expired, unless these were asked for.
    pub(crate) fn items<T: FromItem<M>, M: DynamoModel>(&self) -> Result<Vec<T>> {
        let mut scratch = T::scratch(None);
        let items = self.read.iter().filter_map(|left| Some((left, left.found_for::<M>()?.read(&mut scratch))));
        let explain = |(left, read): (&Left, Result<T, DecodeError>)| {
            read.map_err(|error| Error::from(error).during(M::SCHEMA, OPERATION, &left.table).about(item(&left.key)))
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
