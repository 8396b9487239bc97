//! What an update changes: one method for each action.

use super::Update;
use crate::attribute::Codec;
use crate::expr::role::{Removable, Settable};
use crate::expr::{Addable, Field, IsList, IsSet, Kind, SetValue, UpdateExpr, ValueFor};
use crate::key::FullIndexKey;
use crate::model::DynamoModel;
use crate::patch::DynamoPatch;
use crate::write::upsert::Presence;

impl<M: DynamoModel, P: Presence> Update<M, P> {
    pub(in crate::write) fn change(mut self, change: impl FnOnce(UpdateExpr<M>) -> UpdateExpr<M>) -> Self {
        self.changes = change(self.changes);
        self
    }

    /// Sets an attribute. `None` and an empty set remove it. Older names ([`alias`](derive@crate::DynamoModel)) of a field that is set to a value, or
    /// removed, are removed in the same request, also those of fields of nested and flattened structs.
    ///
    /// Key attributes, fields of key templates, `readonly` and stamped fields have no `set`; the compiler says what to do instead, such as
    /// [`set_key`](Update::set_key).
    pub fn set<T, R, C, H>(self, field: Field<M, T, R, C>, value: impl SetValue<M, T, C, H>) -> Self
    where
        R: Settable<M>,
        C: Codec<T>,
    {
        self.change(|changes| changes.set(field, value))
    }

    /// Sets all fields of an index's key, and the attribute that their template makes of them.
    ///
    /// A field that is also part of the item's own key must have that key's value, and one that two index keys share the same value in
    /// both, which is checked before sending ([`is_key`](crate::Error::is_key)). A `created` or `readonly` field is not changed: its value
    /// here becomes a condition. An `updated` field gets the time of the write, whatever stands here.
    ///
    /// ```
    /// # use dynorm::{Db, DynamoModel};
    /// #[derive(DynamoModel)]
    /// #[dynorm(table = "books")]
    /// #[dynorm(index(ByAuthor, partition_key = author, sort_key = "{year:04}#{title}"))]
    /// struct Book {
    ///     #[dynorm(partition_key)]
    ///     isbn: String,
    ///     author: String,
    ///     year: u16,
    ///     title: String,
    /// }
    /// # async fn run(db: &Db) -> dynorm::Result<()> {
    /// let key = Book::by_author().author("Jane Austen").year(1815).title("Emma");
    /// Book::update(Book::key().isbn("9780141439587")).set_key(key).send(db).await?;
    /// # Ok(()) }
    /// ```
    pub fn set_key<K: FullIndexKey<Model = M>>(mut self, key: K) -> Self {
        self.index_keys.push(key.into_index_key());
        self
    }

    /// Sets an attribute that is absent, and leaves it as it is otherwise.
    pub fn set_if_not_exists<T, R, C, H>(self, field: Field<M, T, R, C>, value: impl ValueFor<T, C, H>) -> Self
    where
        R: Settable<M>,
        C: Codec<T>,
    {
        self.change(|changes| changes.set_if_not_exists(field, value))
    }

    /// Adds elements to the end of a list. An absent list counts as empty.
    pub fn list_append<T, R, C, H>(self, field: Field<M, T, R, C>, values: impl ValueFor<T, C, H>) -> Self
    where
        R: Settable<M>,
        C: Codec<T>,
        Kind<C, T>: IsList,
    {
        self.change(|changes| changes.list_append(field, values))
    }

    /// Adds elements to the beginning of a list. An absent list counts as empty.
    pub fn list_prepend<T, R, C, H>(self, field: Field<M, T, R, C>, values: impl ValueFor<T, C, H>) -> Self
    where
        R: Settable<M>,
        C: Codec<T>,
        Kind<C, T>: IsList,
    {
        self.change(|changes| changes.list_prepend(field, values))
    }

    /// Adds to a number, where an absent one counts as 0, or adds elements to a set.
    pub fn add<T, R, C, H>(self, field: Field<M, T, R, C>, value: impl ValueFor<T, C, H>) -> Self
    where
        R: Settable<M>,
        C: Codec<T>,
        Kind<C, T>: Addable,
    {
        self.change(|changes| changes.add(field, value))
    }

    /// Takes elements out of a set.
    pub fn delete_from<T, R, C, H>(self, field: Field<M, T, R, C>, value: impl ValueFor<T, C, H>) -> Self
    where
        R: Settable<M>,
        C: Codec<T>,
        Kind<C, T>: IsSet,
    {
        self.change(|changes| changes.delete(field, value))
    }

    /// Removes an attribute, an item of a list, or an entry of a map. A field that cannot be absent is refused before sending.
    pub fn remove<T, R, C>(self, field: Field<M, T, R, C>) -> Self
    where
        R: Removable<M>,
        C: Codec<T>,
    {
        self.change(|changes| changes.remove(field))
    }

    /// Does what a patch says about each of its fields.
    ///
    /// [`DynamoModel::patch`] is shorter, and sends nothing for a patch that keeps everything; here other changes can go with it, or an
    /// [`upsert`](Update::upsert).
    pub fn patch(self, patch: impl DynamoPatch<Model = M>) -> Self {
        self.change(|changes| changes.and(patch.into_changes()))
    }
}
