//! `put`, `create` and `upsert` of a tracked item, which do not compile: they would write over what the model does not know, or did not change.

use super::Tracked;
use crate::model::DynamoModel;
use crate::write::{Put, UpsertItem};

/// Never implemented: says why a [`Tracked`] item has no `put` and no `create`.
#[diagnostic::on_unimplemented(
    message = "a tracked `{Self}` has no `put` and no `create`, which would remove the attributes that the model does not know",
    label = "write what changed with `save`, or move the item with `rekey`",
    note = "to replace the whole item all the same, say that it is the model's: `(*item).put()`"
)]
pub trait ReplacesTracked {}

// They stand before the model's own, to which `Tracked` derefs.
impl<M: DynamoModel> Tracked<M> {
    #[doc(hidden)]
    pub fn put(&mut self) -> Put<'_, M>
    where
        M: ReplacesTracked,
    {
        self.model.put()
    }

    #[doc(hidden)]
    pub fn create(&mut self) -> Put<'_, M>
    where
        M: ReplacesTracked,
    {
        self.model.create()
    }
}

/// Never implemented: says why a [`Tracked`] item has no `upsert`.
#[diagnostic::on_unimplemented(
    message = "a tracked `{Self}` has no `upsert`, which would write the fields that did not change over what others wrote since",
    label = "write what changed with `save`",
    note = "to store all of them all the same, also where the item was deleted, say that it is the model's: `(*item).upsert()`"
)]
pub trait UpsertsTracked {}

impl<M: DynamoModel> Tracked<M> {
    #[doc(hidden)]
    pub fn upsert(&mut self) -> UpsertItem<'_, M>
    where
        M: UpsertsTracked,
    {
        self.model.upsert()
    }
}
