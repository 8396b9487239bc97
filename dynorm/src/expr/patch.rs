//! What a patch adds to an update.

use crate::attribute::Codec;
use crate::patch::Patch;

use super::field::Field;
use super::role::Removable;
use super::update::UpdateExpr;

impl<M> UpdateExpr<M> {
    /// Does to an attribute what a patch says about it. A field of an index's key template is among those that can be set: the update that takes
    /// this sets the key, or refuses.
    pub(crate) fn patch<T, R, C>(&mut self, field: Field<M, T, R, C>, patch: Patch<T>)
    where
        R: Removable<M>,
        C: Codec<T>,
    {
        match patch {
            Patch::Keep => {}
            Patch::Set(value) if !C::is_absent(&value) => self.set_value::<T, C>(field.path, &value),
            Patch::Set(_) | Patch::Remove => *self = std::mem::take(self).remove(field),
        }
    }

    /// All changes of both.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.append(other);
        self
    }
}
