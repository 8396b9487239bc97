//! A value that another item has already.

use std::fmt;

use crate::attribute::Item;
use crate::key::Key;
use crate::model::DynamoModel;
use crate::schema::{Schema, UniqueAttribute, UniqueSchema};
use crate::stored;

/// A unique constraint that a write would have broken: returned by [`Error::unique_violations`](super::Error::unique_violations).
///
/// `Debug` and `Display` show model and constraint, never values.
pub struct UniqueViolation {
    model: &'static str,
    unique: &'static UniqueSchema,
    /// The guard that holds the value; `None` if no item has it yet, or the engine does not return it.
    guard: Option<Item>,
}

impl UniqueViolation {
    pub(crate) fn new(schema: &Schema, unique: &'static UniqueSchema, guard: Option<Item>) -> Self {
        UniqueViolation { model: schema.model, unique, guard }
    }

    /// The model's name.
    pub fn model(&self) -> &'static str {
        self.model
    }

    /// The constraint's name: that of the attribute, or the one that the model gives it.
    pub fn constraint(&self) -> &'static str {
        self.unique.name
    }

    /// The attributes whose values are taken.
    pub fn attributes(&self) -> impl Iterator<Item = &'static str> {
        self.unique.attributes.iter().map(|attribute: &UniqueAttribute| attribute.name)
    }

    /// The key of the item that has the value, as DynamoDB returned it with the failure: no second read.
    ///
    /// `None` if the engine does not return it, or if the other item is part of the same transaction.
    pub fn owner<M: DynamoModel>(&self) -> Option<Key<M>> {
        stored::key_of_guard(self.guard.as_ref()?)
    }
}

impl fmt::Display for UniqueViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is unique, and another item has the value", self.unique.name)
    }
}

impl fmt::Debug for UniqueViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("UniqueViolation");
        shown.field("model", &self.model).field("constraint", &self.unique.name).finish_non_exhaustive()
    }
}
