//! `Key<M>`: a complete primary key, and what can be used as a key.

use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use aws_sdk_dynamodb::types::AttributeValue;

use super::builder::KeyBuf;
use super::value::KeyValue;
use crate::error::{KeyError, Result as CallResult};
use crate::lock::Lock;
use crate::schema::KeySchema;
use crate::target::Table;

/// The complete primary key of one item of the model `M`.
///
/// It is made by a key builder, as in `Book::key().publisher("Penguin Books").year(1995).isbn("9780140620320")`, or from
/// a model. It can be named, stored, compared and hashed; its `Debug` form does not show the values. If a value was
/// refused it carries the error, which every verb returns before it sends anything.
pub struct Key<M> {
    schema: &'static KeySchema,
    values: Vec<(&'static str, KeyValue)>,
    error: Option<KeyError>,
    model: PhantomData<fn() -> M>,
}

impl<M> Key<M> {
    /// The key that a builder holds.
    #[doc(hidden)]
    #[must_use]
    pub fn new(buf: KeyBuf) -> Self {
        let (schema, values, error) = buf.into_values();
        Self { schema, values, error, model: PhantomData }
    }

    /// The key attributes as they are stored, the partition key first.
    ///
    /// # Errors
    /// If a value was refused.
    pub fn values(&self) -> Result<&[(&'static str, KeyValue)], KeyError> {
        match &self.error {
            Some(error) => Err(error.clone()),
            None => Ok(&self.values),
        }
    }

    /// The error of the first value that was refused.
    #[must_use]
    pub fn error(&self) -> Option<&KeyError> {
        self.error.as_ref()
    }

    /// The key attributes, if none was refused.
    pub(crate) fn into_values(self) -> Result<Vec<(&'static str, KeyValue)>, KeyError> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(self.values),
        }
    }

    /// The same of a key that is not asked for them again.
    pub(crate) fn take_values(&mut self) -> Result<Vec<(&'static str, KeyValue)>, KeyError> {
        self.values()?;
        Ok(std::mem::take(&mut self.values))
    }

    /// The key as the SDK has it.
    ///
    /// # Errors
    /// If a value was refused.
    pub fn to_sdk(&self) -> Result<HashMap<String, AttributeValue>, KeyError> {
        Ok(self.values()?.iter().map(|(name, value)| ((*name).to_owned(), value.to_sdk())).collect())
    }
}

impl<M> Clone for Key<M> {
    fn clone(&self) -> Self {
        Self { schema: self.schema, values: self.values.clone(), error: self.error.clone(), model: PhantomData }
    }
}

impl<M> PartialEq for Key<M> {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values && self.error == other.error
    }
}

impl<M> Eq for Key<M> {}

impl<M> Hash for Key<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.values.hash(state);
        self.error.hash(state);
    }
}

impl<M> fmt::Debug for Key<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.values.iter().map(|(name, value)| (name, value));
        f.write_str("Key ")?;
        f.debug_map().entries(names).finish()
    }
}

/// A complete primary key: a [`Key`], or a key builder of which every part has a value.
#[diagnostic::on_unimplemented(
    message = "the key is not complete",
    label = "every part of the key must be set here",
    note = "a key with only its first parts is enough for a query"
)]
pub trait FullKey {
    /// The model whose key it is.
    type Model;
    /// The key without its builder's type.
    fn into_key(self) -> Key<Self::Model>;
    /// The state that an item in hand is in, if it has a version: what a delete of it expects.
    #[doc(hidden)]
    fn lock(&self) -> CallResult<Option<Lock>> {
        Ok(None)
    }
}

impl<M> FullKey for Key<M> {
    type Model = M;
    fn into_key(self) -> Self {
        self
    }
}

impl<M> FullKey for &Key<M> {
    type Model = M;
    fn into_key(self) -> Key<M> {
        self.clone()
    }
}

/// A complete key of an index: an index's key builder of which every part has a value.
#[diagnostic::on_unimplemented(
    message = "this is not a complete key of an index",
    label = "every part of an index's key must be set here, and none to a range",
    note = "the fields are set together with the key that they make, as in `Book::by_author().author(..).published(..)`"
)]
pub trait FullIndexKey {
    /// The model whose index it is.
    type Model;
    /// The key without its builder's type.
    fn into_index_key(self) -> KeyBuf;
}

/// A key that a query can use: the whole partition key, and any first parts of the sort key.
#[diagnostic::on_unimplemented(message = "a query needs the whole partition key", label = "partition key not set")]
pub trait QueryKey {
    /// The model whose key it is.
    type Model;
    /// The table, or the index that is queried.
    type Index;
    /// The key without its builder's type.
    fn into_key_buf(self) -> KeyBuf;
}

impl<M> QueryKey for Key<M> {
    type Model = M;
    type Index = Table;
    fn into_key_buf(self) -> KeyBuf {
        KeyBuf::complete(self.schema, self.values, self.error)
    }
}

impl<M> QueryKey for &Key<M> {
    type Model = M;
    type Index = Table;
    fn into_key_buf(self) -> KeyBuf {
        self.clone().into_key_buf()
    }
}
