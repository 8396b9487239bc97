//! `Tracked`: an item that remembers how it was read, so that a save sends only what changed.

mod returning;
mod whole;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Deref, DerefMut};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;

use super::Delete;
use super::changes::Changes;
use super::diff;
use super::hook::{self, Verb};
use super::operation::{Expressions, Prepared, Write, is_of};
use super::pipeline::Ready;
use super::rekey::Rekey;
use super::request::Alone;
use super::unique::{self, Claims, Held};
use super::update;
use crate::attribute::Item;
use crate::call::{Call, operation};
use crate::codec::Reader;
use crate::db::Db;
use crate::direct::Received;
use crate::error::{Error, ExpressionError, Failed, Problem, Result};
use crate::expiry::{self, Expiry};
use crate::explain::Explain;
use crate::expr::{Aliases, Cond, Condition, both};
use crate::key::{Key, key_of};
use crate::lock::{self, Lock};
use crate::model::DynamoModel;
use crate::read::{AsJson, One};
use crate::request;
use crate::schema::{AttributeRole, Schema};
use crate::stamp::Stamp;
use crate::stored::{self, Members};

pub use returning::SaveReturning;
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
    /// whole: its structs keep what the model does not know of them, and the save then fails ([`is_condition_failed`](Error::is_condition_failed))
    /// if the list was changed meanwhile. A struct of a list that is changed while the list gets shorter or longer beside it counts as a new one
    /// where it could have been several. Older names ([`alias`](derive@crate::DynamoModel)) of what is written are removed; an attribute that has some
    /// inside, of fields of its structs, is written as a whole for that, and the save fails as well if it was changed meanwhile.
    ///
    /// A changed key field is the error [`is_key_changed`](Error::is_key_changed), because the old item would stay behind; what it names
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
    /// [`is_encode`](Error::is_encode) if a value cannot be stored.
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

/// Writes the changes of a [`Tracked`] item: made by [`Tracked::save`], sent by [`send`](Save::send).
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct Save<'a, M: DynamoModel> {
    item: &'a mut Tracked<M>,
    /// The state in which the item was read.
    lock: Option<Lock>,
    /// Which items count as gone, at the moment of the call.
    expiry: Option<Expiry>,
    condition: Option<Cond<M, Condition>>,
    /// What the tracked item becomes when the changes are stored.
    ready: Option<(Ready<M>, Later)>,
    /// Whether they are.
    stored: bool,
}

impl<'a, M: DynamoModel> Save<'a, M> {
    pub(super) fn new(item: &'a mut Tracked<M>, condition: Option<Cond<M, Condition>>) -> Self {
        Save { item, lock: None, expiry: None, condition, ready: None, stored: false }
    }

    /// Saves only if this holds for the item as it is now. Several conditions must all hold.
    pub fn condition(mut self, condition: Cond<M, Condition>) -> Self {
        self.condition = both(self.condition, Some(condition));
        self
    }

    /// Sends one UpdateItem that sets the attributes that changed and removes those that became absent; tells whether there was anything to send.
    /// One write unit for each 1 KB of the whole item.
    ///
    /// What is sent are values, so an attempt without an answer is followed by another that leaves the same item. Success means that the
    /// changes are stored, and an error that they are not, unless [`is_outcome_unknown`](Error::is_outcome_unknown) says that nobody knows:
    /// the last attempt had no answer either, or a condition failed after one without and the item does not have this call's
    /// `#[dynorm(write_id)]`. After a drop of this future nobody knows either. The tracked item changes only after success: saving it once
    /// more sends the same changes.
    ///
    /// If a `unique` field changed, it sends one TransactWriteItems instead, which changes the guards too: two write units for each 1 KB of the
    /// item and of each guard. The item must still have the unique values with which it was read.
    ///
    /// # Errors
    /// [`is_unique_violation`](Error::is_unique_violation) if another item has the new value of a `unique` field;
    /// [`is_key_changed`](Error::is_key_changed) if a key field was changed: nothing is sent, because that would leave the old item behind;
    /// [`is_validation`](Error::is_validation) and [`is_encode`](Error::is_encode) before anything is sent;
    /// [`is_not_found`](Error::is_not_found) if the item was deleted meanwhile; [`is_version_conflict`](Error::is_version_conflict) if it has
    /// a version and was written meanwhile; and what the service or the connection reports.
    ///
    /// [UpdateItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html)
    pub async fn send(self, db: &Db) -> Result<bool> {
        self.run(db, ReturnValue::None).await.map(|sent| sent.is_some())
    }

    /// `None` if nothing changed, and otherwise what was returned.
    async fn run(mut self, db: &Db, returned: ReturnValue) -> Result<Option<Option<String>>> {
        let table = db.table_name::<M>();
        let stamp = db.stamp();
        if self.changes_unique()? {
            if returned != ReturnValue::None {
                return Err(Error::from(ExpressionError::transacted()).during(M::SCHEMA, "UpdateItem", &table));
            }
            return unique::send(db, &stamp, &mut self).await.map(|()| Some(None));
        }
        let sent = async {
            let Some(ready) = self.ready(&stamp)? else {
                return Ok(None);
            };
            let (update, expressions, later) = self.render(Some(&ready), &stamp)?;
            let expressions = expressions.into_encoded()?;
            self.ready = Some((ready, later));
            let key = self.item.stored.to_sdk()?;
            let call = Call::new(db, &operation::UPDATE_ITEM, M::SCHEMA, &table);
            let item = (returned != ReturnValue::None).then(|| call.receive::<One<AsJson>>());
            let request = |client: &Client| {
                client
                    .update_item()
                    .table_name(&table)
                    .set_key(Some(key))
                    .set_update_expression(update)
                    .set_return_values_on_condition_check_failure(expressions.on_failure())
                    .set_condition_expression(expressions.condition)
                    .set_expression_attribute_names(expressions.names)
                    .set_expression_attribute_values(expressions.values)
                    .set_return_values((returned != ReturnValue::None).then(|| returned.clone()))
                    .send()
            };
            let answer = call.send(request).await;
            match answer {
                Ok(_) => {
                    self.done()?;
                    // What the resend found can be what the first attempt made.
                    if call.attempts().is_ambiguous()
                        && matches!(returned, ReturnValue::AllOld | ReturnValue::UpdatedOld)
                    {
                        return Err(Error::new(Problem::OldItemLost));
                    }
                    item.map(Received::into_json).transpose().map(|item| Some(item.flatten())).map_err(Error::from)
                }
                Err(error) => {
                    let item = request::item_of_failed_check(&error).filter(|item| is_of::<M>(item, &stamp));
                    match item.filter(|_| call.attempts().is_ambiguous()) {
                        // The condition met what this call's lost attempt wrote.
                        Some(item) => {
                            self.done()?;
                            match returned {
                                ReturnValue::None => Ok(Some(None)),
                                ReturnValue::AllNew => unique::as_json(&item).map(|item| Some(Some(item))),
                                _ => Err(Error::new(Problem::OldItemLost)),
                            }
                        }
                        None => Err(request::failed_condition(error, call.attempts(), |item| self.failed(item))),
                    }
                }
            }
        };
        sent.await.map_err(|error| error.during(M::SCHEMA, "UpdateItem", &table))
    }

    /// The UpdateItem request that [`send`](Self::send) sends, `None` if nothing changed; to look at, to change, and to send with the SDK.
    /// Nothing is sent.
    ///
    /// # Errors
    /// What [`send`](Self::send) refuses before it sends.
    pub fn request(mut self, db: &Db) -> Result<Option<UpdateItemFluentBuilder>> {
        let alone = Alone::of(&mut self, "UpdateItem", db)?.by_itself()?;
        Ok(alone.is_change().then(|| alone.update_item(db)))
    }

    /// What the write would send, what must hold for it, and what it is billed for. Nothing is sent.
    ///
    /// # Errors
    /// What [`send`](Self::send) refuses before it sends.
    pub fn explain(mut self, db: &Db) -> Result<Explain> {
        let alone = Alone::of(&mut self, "UpdateItem", db)?;
        let changes = alone.is_change();
        let explain = alone.explained();
        Ok(if changes { explain } else { Explain { requests: "none, because nothing changed".to_owned(), ..explain } })
    }

    /// What is to be stored, `None` if nothing changed.
    fn ready(&mut self, stamp: &Stamp<'_>) -> Result<Option<Ready<M>>> {
        if key_of(&self.item.model)? != self.item.key {
            return Err(Error::new(Problem::KeyChanged));
        }
        self.lock = self.item.lock()?;
        self.expiry = Expiry::of(M::SCHEMA, || stamp.time());
        if !self.item.is_changed()? {
            return Ok(None);
        }
        Ready::new(&mut self.item.model, stamp, Verb::Save).map(Some)
    }

    /// The changes are stored.
    fn done(&mut self) -> Result<()> {
        self.commit();
        self.after()
    }

    fn render(&mut self, ready: Option<&Ready<M>>, stamp: &Stamp<'_>) -> Result<(Option<String>, Expressions, Later)> {
        let Changes { update, condition, later } = match ready {
            Some(ready) => self.item.changes(ready, stamp)?,
            None => Changes::none(),
        };
        self.condition = both(self.condition.take(), condition);
        let mut aliases = Aliases::new();
        let update = update.render(&mut aliases)?;
        let known = match ready {
            Some(ready) if self.held()? != self.will_hold(&ready.item)? => {
                let live = self.expiry.map(|expiry| !expiry.passed());
                both(Some(self.item.unique_as_read()?), live)
            }
            Some(_) | None => Some(expiry::present(M::SCHEMA, self.expiry)),
        };
        let asked = both(known, self.lock.as_ref().map(Lock::condition));
        let condition = both(asked, self.condition.clone());
        Ok((update, Expressions::new(condition.as_ref(), aliases)?, later))
    }

    /// Whether the guards of unique values change with it.
    fn changes_unique(&self) -> Result<bool> {
        if M::SCHEMA.unique.is_empty() {
            return Ok(false);
        }
        let after = stored::encode(&self.item.model).and_then(|item| self.will_hold(&item));
        // What is wrong with the model is said where it is validated.
        Ok(matches!(after, Ok(after) if after != self.held()?))
    }

    /// The unique values that the item has.
    fn held(&self) -> Result<Option<Held>> {
        self.item.held()
    }

    /// The unique values that it will have.
    fn will_hold(&self, item: &[u8]) -> Result<Option<Held>> {
        if M::SCHEMA.unique.is_empty() {
            return Ok(None);
        }
        Held::of(M::SCHEMA, self.item.stored.values()?, &Members::parse(item)?).map(Some)
    }
}

impl<M: DynamoModel> Write for Save<'_, M> {
    fn schema(&self) -> &'static Schema {
        M::SCHEMA
    }

    fn table(&self, db: &Db) -> String {
        db.table_name::<M>()
    }

    fn prepare(&mut self, stamp: &Stamp<'_>) -> Result<Prepared> {
        let ready = match self.ready.take() {
            Some((ready, _)) => Some(ready),
            None => self.ready(stamp)?,
        };
        let (update, expressions, later) = self.render(ready.as_ref(), stamp)?;
        let size = ready.as_ref().map_or(0, |ready| ready.size);
        self.ready = ready.map(|ready| (ready, later));
        update::into_operation(&self.item.stored, update, expressions, size)
    }

    fn claims(&self) -> Result<Claims> {
        match &self.ready {
            Some((ready, _)) => Ok(Claims { before: self.held()?, after: self.will_hold(&ready.item)? }),
            None => Ok(Claims::default()),
        }
    }

    fn commit(&mut self) {
        if let Some((ready, later)) = self.ready.take() {
            self.item.is_now(ready, later);
            self.stored = true;
        }
    }

    fn after(&self) -> Result<()> {
        if self.stored {
            self.item.run_after_write(Verb::Save)?;
        }
        Ok(())
    }

    fn failed(&self, item: Option<&Item>) -> Failed {
        lock::failed_or_absent(self.lock.as_ref(), self.condition.is_some(), expiry::live(self.expiry, item))
    }
}

impl<M: DynamoModel> fmt::Debug for Save<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Save").field("model", &M::SCHEMA.model).finish_non_exhaustive()
    }
}
