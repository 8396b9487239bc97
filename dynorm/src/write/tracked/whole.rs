//! `put` and `create` of a tracked item, which do not compile: they would remove the attributes that the model does not know.

use super::Tracked;
use crate::model::DynamoModel;
use crate::write::Put;

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
