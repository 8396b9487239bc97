//! `rekey`: a tracked item under another key, in one transaction.

use std::collections::HashMap;
use std::fmt;

use super::action::Action;
use super::diff;
use super::hook::Verb;
use super::older_names::Renamed;
use super::operation::{Expressions, Prepared, Write, write_id};
use super::pipeline::Ready;
use super::tracked::{Later, Tracked};
use super::unique::{Claims, Held, Known};
use super::{Delete, Save, Transact};
use crate::attribute::Item;
use crate::codec::{Reader, item_to_json};
use crate::db::Db;
use crate::error::{Failed, Result};
use crate::expiry::{self, Expiry};
use crate::expr::{Aliases, Cond, Condition, both};
use crate::key::{KeyValue, key_of};
use crate::lock::{self, Lock};
use crate::model::DynamoModel;
use crate::schema::Schema;
use crate::stamp::Stamp;
use crate::stored::{self, Members};

/// Moves a [`Tracked`] item to the key that its fields make now: made by [`Tracked::rekey`], sent by [`send`](Rekey::send).
///
/// It returns no item, because DynamoDB returns none from a transaction; the tracked item is what is stored then.
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct Rekey<'a, M: DynamoModel> {
    item: &'a mut Tracked<M>,
    condition: Option<Cond<M, Condition>>,
}

impl<'a, M: DynamoModel> Rekey<'a, M> {
    pub(super) fn new(item: &'a mut Tracked<M>) -> Self {
        Rekey { item, condition: None }
    }

    /// Moves the item only if this holds for it as it is now, under its old key. Several conditions must all hold.
    pub fn condition(mut self, condition: Cond<M, Condition>) -> Self {
        self.condition = both(self.condition, Some(condition));
        self
    }
}

impl<M: DynamoModel + Send> Rekey<'_, M> {
    /// Stores the item under its new key, which must be free, and deletes the one under the old key, which must be as it was read, in one
    /// TransactWriteItems: four write units for each 1 KB of the item. With the key that it had, this is a
    /// [`save`](Tracked::save). Tells whether there was anything to send.
    ///
    /// Attributes that the model does not know move along as they were read. A change by someone else is not lost: it fails this, and the item
    /// stays where it is. A model with a `version` compares that; without one every attribute that was read is compared, and only
    /// an attribute that was *added* meanwhile goes unnoticed, and is lost. The guards of unique values go along: each is two write units
    /// more. `created` stays, `updated` is stamped, and both change in hand only when DynamoDB has said yes. As for
    /// [`Transact::send`], a resend is not done twice, and a conflict is sent again.
    ///
    /// # Errors
    /// What [`Save::send`] refuses before anything is sent, but for a changed key; [`is_expression`](crate::Error::is_expression) for an item of more
    /// than some 150 attributes without a version, which is more than a condition can compare;
    /// [`is_already_exists`](crate::Error::is_already_exists) if the new key is taken, [`is_not_found`](crate::Error::is_not_found) if the old item was
    /// deleted, [`is_condition_failed`](crate::Error::is_condition_failed) also if it was changed (with a version, that is
    /// [`is_version_conflict`](crate::Error::is_version_conflict)): [`reasons`](crate::Error::reasons) has first what the new
    /// key met, then the old one; and what the service or the connection reports.
    ///
    /// [TransactWriteItems](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html)
    pub async fn send(self, db: &Db) -> Result<bool> {
        let table = db.table_name::<M>();
        let Rekey { item, condition } = self;
        let sent = async {
            if key_of(&item.model)? == item.key {
                return Save::new(item, condition).send(db).await;
            }
            let attributes = item.stored_attributes()?;
            let (lock, asked) = (Lock::as_read::<M>(&attributes), condition.is_some());
            let unchanged = match &lock {
                Some(lock) => Some(lock.condition()),
                None => Cond::unchanged(M::SCHEMA, attributes),
            };
            let delete = Delete::new(item.stored.clone(), Ok(None));
            let delete = both(unchanged, condition).into_iter().fold(delete, Delete::condition);
            let held = item.held()?;
            let arrival = Arrival { item, ready: None, expiry: None, known: Known::default() };
            let departure = Departure { delete, lock, expiry: None, asked, held };
            Transact::of(db, vec![Box::new(arrival), Box::new(departure)]).send().await?;
            Ok(true)
        };
        sent.await.map_err(|error| error.during(M::SCHEMA, "TransactWriteItems", &table))
    }
}

/// The item under its new key.
struct Arrival<'a, M: DynamoModel> {
    item: &'a mut Tracked<M>,
    ready: Option<(Ready<M>, Later)>,
    /// Which items count as gone, at the moment of the call.
    expiry: Option<Expiry>,
    /// The item that is there and has expired, where its unique values matter.
    known: Known,
}

impl<M: DynamoModel> Write for Arrival<'_, M> {
    fn schema(&self) -> &'static Schema {
        M::SCHEMA
    }

    fn table(&self, db: &Db) -> String {
        db.table_name::<M>()
    }

    fn reads_again(&mut self, stamp: &Stamp<'_>) -> Result<Option<Vec<(&'static str, KeyValue)>>> {
        self.expiry = Expiry::of(M::SCHEMA, || stamp.time());
        let may_replace = self.expiry.is_some() && !M::SCHEMA.unique.is_empty();
        Ok(if may_replace { Some(key_of(&self.item.model)?.values()?.to_vec()) } else { None })
    }

    fn was_read(&mut self, item: Option<String>) -> Result<bool> {
        let key = key_of(&self.item.model)?;
        self.known.set_expired(M::SCHEMA, key.values()?, item, self.expiry)
    }

    fn prepare(&mut self, stamp: &Stamp<'_>) -> Result<Prepared> {
        let Renamed { attributes: mut before, older } = Renamed::of::<M>(&self.item.read)?;
        self.item.later.apply(&mut before);
        let ready = match self.ready.take() {
            Some((ready, _)) => ready,
            None => Ready::new(&mut self.item.model, stamp, Verb::Rekey)?,
        };
        let loaded = Members::parse(&self.item.loaded)?;
        let mut attributes = HashMap::new();
        let mut later = Later::default();
        older.iter().for_each(|(older, _)| later.remove(older));
        for (name, value) in Members::parse(&ready.item)?.iter() {
            let merged = diff::merged(loaded.get(name), value, before.get(name).map(String::as_str))?;
            attributes.insert(name.to_owned(), Reader::new(&merged)?.value()?);
            later.set(name, &String::from_utf8_lossy(&merged));
        }
        if let Some((name, id)) = write_id::<M>(stamp)? {
            attributes.insert(name.to_owned(), Reader::new(&id)?.value()?);
            later.set(name, &String::from_utf8_lossy(&id));
        }
        for (name, value) in before {
            if attributes.contains_key(&name) {
                continue;
            }
            if stored::is_known::<M>(&name) || loaded.get(&name).is_some() {
                later.remove(&name);
            } else {
                attributes.insert(name, Reader::new(value.as_bytes())?.value()?);
            }
        }
        let free: Cond<M, Condition> = match self.known.condition(M::SCHEMA)? {
            Some(known) => known,
            // An item that has expired gives up its unique values, which have to be known.
            None if !M::SCHEMA.unique.is_empty() => Cond::key_absent(M::SCHEMA),
            None => expiry::absent(M::SCHEMA, Expiry::of(M::SCHEMA, || stamp.time())),
        };
        let expressions = Expressions::new(Some(&free), Aliases::new())?;
        let item = item_to_json(&attributes)?;
        let key = ready.key.values()?.to_vec();
        let size = ready.size;
        self.ready = Some((ready, later));
        Ok(Prepared { action: Action::put(item, expressions), key, size })
    }

    fn claims(&self) -> Result<Claims> {
        let Some((ready, _)) = self.ready.as_ref().filter(|_| !M::SCHEMA.unique.is_empty()) else {
            return Ok(Claims::default());
        };
        let after = Held::of(M::SCHEMA, ready.key.values()?, &Members::parse(&ready.item)?)?;
        Ok(Claims { before: self.known.held(), after: Some(after) })
    }

    fn commit(&mut self) {
        if let Some((ready, later)) = self.ready.take() {
            self.item.is_now(ready, later);
        }
    }

    fn after(&self) -> Result<()> {
        self.item.run_after_write(Verb::Rekey)
    }

    fn failed(&self, _: Option<&Item>) -> Failed {
        Failed::AlreadyExists
    }
}

/// The item under its old key.
struct Departure<M> {
    delete: Delete<M>,
    /// The state that it was read in, if it has a version.
    lock: Option<Lock>,
    /// Which items count as gone, at the moment of the call.
    expiry: Option<Expiry>,
    /// Whether the caller has a condition as well.
    asked: bool,
    /// The unique values that it gives up; the item under the new key takes those that stay.
    held: Option<Held>,
}

impl<M: DynamoModel> Write for Departure<M> {
    fn schema(&self) -> &'static Schema {
        self.delete.schema()
    }

    fn table(&self, db: &Db) -> String {
        self.delete.table(db)
    }

    fn prepare(&mut self, stamp: &Stamp<'_>) -> Result<Prepared> {
        self.expiry = Expiry::of(M::SCHEMA, || stamp.time());
        // That it has not expired is asked with any condition of a delete.
        self.delete.require(Cond::key_present(M::SCHEMA));
        self.delete.operation(stamp)
    }

    fn claims(&self) -> Result<Claims> {
        Ok(Claims { before: self.held.clone(), after: None })
    }

    fn commit(&mut self) {}

    fn after(&self) -> Result<()> {
        Ok(())
    }

    fn failed(&self, item: Option<&Item>) -> Failed {
        lock::failed_or_absent(self.lock.as_ref(), self.asked, expiry::live(self.expiry, item))
    }
}

impl<M: DynamoModel> fmt::Debug for Rekey<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rekey").field("model", &M::SCHEMA.model).finish_non_exhaustive()
    }
}
