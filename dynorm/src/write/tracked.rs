//! `Tracked`: an item that remembers how it was read, so that a save sends only what changed.

mod returning;
mod save;
mod whole;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Deref, DerefMut};

use super::Delete;
use super::diff;
use super::hook::{self, Verb};
use super::pipeline::Ready;
use super::rekey::Rekey;
use super::unique::{self, Held};
use crate::codec::Reader;
use crate::error::Result;
use crate::expr::{Cond, Condition};
use crate::key::{Key, key_of};
use crate::lock::Lock;
use crate::model::DynamoModel;
use crate::schema::AttributeRole;
use crate::stored::{self, Members};

pub use returning::SaveReturning;
pub use save::Save;
#[doc(hidden)]
pub use whole::{ReplacesTracked, UpsertsTracked};

/// An item as it was read, and as it is changed in memory: returned by [`Get::tracked`](crate::Get::tracked).
///
/// It derefs to the model. [`save`](Tracked::save) writes what changed, and nothing else: attributes that the model does not know stay as they are.
/// [`rekey`](Tracked::rekey) moves the item after a change of its key.
/// `Tracked` has no `put` and no `create`, which would replace the whole item, and no `upsert`, which would write what did not change;
/// `(*item).put()` is the model's.
pub struct Tracked<M> {
    pub(super) model: M,
    /// The key that the fields make: another one means that the item is to be moved.
    pub(super) key: Key<M>,
    /// The key under which the item is stored, which is another one where `lenient_keys` let it pass.
    pub(super) stored: Key<M>,
    /// The model's attributes as they would have been written right after the read or the last save: what a change is measured against.
    pub(super) loaded: Vec<u8>,
    /// The item's JSON as it was read, with the attributes that the model does not know.
    pub(super) read: String,
    /// What was written since.
    pub(super) later: Later,
}

/// Attributes that were written after an item was read, each with its value's JSON; `None` for one that was removed.
#[derive(Debug, Default)]
pub(super) struct Later(pub(super) BTreeMap<String, Option<String>>);

impl Later {
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), Some(value.to_owned()));
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.0.insert(name.to_owned(), None);
    }

    /// What was done to an attribute.
    pub(super) fn get(&self, name: &str) -> Option<Option<&str>> {
        self.0.get(name).map(Option::as_deref)
    }

    /// Does to these attributes what was done to the stored ones.
    pub(super) fn apply(&self, attributes: &mut BTreeMap<String, String>) {
        for (name, value) in &self.0 {
            match value {
                Some(value) => attributes.insert(name.clone(), value.clone()),
                None => attributes.remove(name),
            };
        }
    }
}

impl<M: DynamoModel> Tracked<M> {
    /// Reads an item's JSON.
    pub(crate) fn load(item: String) -> Result<Self> {
        let model = stored::decode_bytes::<M>(item.as_bytes())?;
        let key = key_of(&model)?;
        let stored = stored::key::<M>(&item)?;
        let loaded = stored::encode(&model)?;
        Ok(Tracked { model, key, stored, loaded, read: item, later: Later::default() })
    }

    /// Writes what changed since the item was read or saved.
    ///
    /// Of a nested struct or a map only the entries that differ are set, and those that the model does not know stay. A list is written as a
    /// whole: its structs keep what the model does not know of them, and the save then fails ([`is_condition_failed`](crate::Error::is_condition_failed))
    /// if the list was changed meanwhile. A struct of a list that is changed while the list gets shorter or longer beside it counts as a new one
    /// where it could have been several. Older names ([`alias`](derive@crate::DynamoModel)) of what is written are removed; an attribute that has some
    /// inside, of fields of its structs, is written as a whole for that, as is a struct, map or list that is stored under an older name itself, and
    /// the save fails as well if it was changed meanwhile.
    ///
    /// The key of an index that a template makes of several fields is written with the one that changed, and the save fails as well
    /// ([`is_condition_failed`](crate::Error::is_condition_failed)) if another one of them was changed meanwhile, as the key would not be that of the fields.
    ///
    /// A changed key field is the error [`is_key_changed`](crate::Error::is_key_changed), because the old item would stay behind; what it names
    /// is [`rekey`](Tracked::rekey).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// let Some(mut book) = Book::get(&persuasion()).tracked().send(&db).await? else { return Ok(()) };
    /// assert!(!book.save().send(&db).await?); // nothing changed, and nothing was sent
    /// book.pages = Some(249);
    /// assert!(book.save().condition(Book::PAGES.eq(260)).send(&db).await?); // one UpdateItem of `pages` and `updated`
    ///
    /// Book::delete(&*book).send(&db).await?;
    /// book.pages = None;
    /// assert!(book.save().send(&db).await.is_err_and(|error| error.is_not_found()));
    /// # Ok(()) }) }
    /// ```
    pub fn save(&mut self) -> Save<'_, M> {
        Save::new(self, None)
    }

    /// Moves the item to the key that its fields make now, with all its attributes: the new key must be free, and the old item
    /// unchanged since it was read.
    ///
    /// ```
    /// # use dynorm::{Db, DynamoModel, Tracked};
    /// # #[derive(DynamoModel)] #[dynorm(table = "library", sort_key = "{year:04}-{isbn}")]
    /// # struct Book { #[dynorm(partition_key)] publisher: String, year: u16, isbn: String }
    /// # async fn run(db: &Db, book: &mut Tracked<Book>) -> dynorm::Result<()> {
    /// book.year = 1996; // stored as "1995-9780140620320" until now
    /// if book.save().send(db).await.is_err_and(|error| error.is_key_changed()) {
    ///     book.rekey().send(db).await?;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn rekey(&mut self) -> Rekey<'_, M> {
        Rekey::new(self)
    }

    /// Deletes the item, and the guards of its unique values, if it has still the ones with which it was read: one DeleteItem, or on a model with
    /// unique constraints one TransactWriteItems, without the read that `User::delete(key)` needs.
    ///
    /// ```
    /// # use dynorm::{Db, DynamoModel, Tracked};
    /// # #[derive(DynamoModel)] #[dynorm(table = "users")]
    /// # struct User { #[dynorm(partition_key)] id: String, #[dynorm(unique)] email: String }
    /// # async fn run(db: &Db, user: Tracked<User>) -> dynorm::Result<()> {
    /// user.delete().send(db).await?;
    /// # Ok(()) }
    /// ```
    pub fn delete(&self) -> Delete<M> {
        Delete::of(self)
    }

    /// The unique values that the item has; `None` on a model without unique constraints.
    pub(super) fn held(&self) -> Result<Option<Held>> {
        if M::SCHEMA.unique.is_empty() {
            return Ok(None);
        }
        Held::of(M::SCHEMA, self.stored.values()?, &Members::of(&self.stored_attributes()?)).map(Some)
    }

    /// The condition that it has still these.
    fn unique_as_read(&self) -> Result<Cond<M, Condition>> {
        unique::as_read(M::SCHEMA, Some(&Members::of(&self.stored_attributes()?)))
    }

    /// The item was stored like this: the model gets its stamps, and changes are measured against it from now on.
    pub(super) fn is_now(&mut self, ready: Ready<M>, later: Later) {
        let Ready { item, key, mut stamps, .. } = ready;
        if key != self.key {
            self.stored = key.clone();
            self.key = key;
        }
        self.loaded = item;
        self.later.0.extend(later.0);
        self.model.swap_stamps(&mut stamps);
    }

    /// The state in which the item was read or last stored, if it has a version.
    ///
    /// # Errors
    /// If what was read is no attribute value.
    pub(super) fn lock(&self) -> Result<Option<Lock>> {
        if M::SCHEMA.with_role(AttributeRole::Version).is_none() {
            return Ok(None);
        }
        Ok(Lock::as_read::<M>(&self.stored_attributes()?))
    }

    /// The attributes of the item as they are stored, each with its value's JSON as DynamoDB returned or took it.
    pub(super) fn stored_attributes(&self) -> Result<BTreeMap<String, String>> {
        let mut attributes: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in Members::parse(self.read.as_bytes())?.iter() {
            // What the service sent is checked here, before it is part of a request.
            Reader::new(value.as_bytes())?.value()?;
            attributes.insert(name.to_owned(), value.to_owned());
        }
        self.later.apply(&mut attributes);
        Ok(attributes)
    }

    /// Lets the model's `after_write` hook look.
    pub(super) fn run_after_write(&self, verb: Verb) -> Result<()> {
        Ok(M::run_after_write(&hook::Write::item_of(verb, &self.stored, &self.model))?)
    }

    /// Whether there is something to save.
    ///
    /// # Errors
    /// [`is_encode`](crate::Error::is_encode) if a value cannot be stored.
    pub fn is_changed(&self) -> Result<bool> {
        let now = stored::encode(&self.model)?;
        Ok(now != self.loaded && !diff::same_members(&Members::parse(&self.loaded)?, &Members::parse(&now)?))
    }

    /// The model, without its memory of what was read.
    pub fn into_inner(self) -> M {
        self.model
    }
}

impl<M> Deref for Tracked<M> {
    type Target = M;
    fn deref(&self) -> &M {
        &self.model
    }
}

impl<M> DerefMut for Tracked<M> {
    fn deref_mut(&mut self) -> &mut M {
        &mut self.model
    }
}

impl<M: fmt::Debug> fmt::Debug for Tracked<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tracked").field(&self.model).finish()
    }
}
