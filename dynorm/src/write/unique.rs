//! Unique constraints: what a write does to the values that no two items of a model may share.
//!
//! DynamoDB has no such constraint. Each value is held by a [`guard`], an item of its own that is written in the same transaction as the
//! item that has the value, in the same table or in one that has only guards. A write that does not know which values it replaces reads
//! them first, and is conditional on them.

mod guard;
mod guard_table;
mod kept;
mod read_first;

use std::collections::BTreeMap;
use std::fmt;

use super::operation::Write;
use super::transact;
use crate::attribute::Item;
use crate::codec::{Reader, Writer, item_to_read};
use crate::db::Db;
use crate::error::{KeyError, KeyProblem, Result};
use crate::expiry::Expiry;
use crate::expr::{Change, Cond, Condition, UpdateExpr};
use crate::key::KeyValue;
use crate::schema::{AttributeRole, Schema, UniqueSchema};
use crate::stamp::Stamp;
use crate::stored::{self, Members};

pub(super) use guard::{Guard, Guards};
pub(crate) use guard::{OWNER, PREFIX as GUARD_PREFIX, is_guard, is_guard_key};
pub(crate) use guard_table::{SCHEMA as GUARD_TABLE, guard_expiry};
pub use kept::{BatchWritable, Guarded, ReturnsItem, Unguarded};
pub use read_first::ReadFirst;

/// The primary key of an item.
type Owner = Vec<(&'static str, KeyValue)>;

/// The unique values of one item, by the guards that hold them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Held {
    owner: Owner,
    /// For each constraint of the schema, the key of the guard; `None` if one of its attributes has no value.
    guards: Vec<Option<String>>,
    /// When the item expires, and its guards with it.
    expires: Option<KeyValue>,
}

impl Held {
    /// The values of an item with this key.
    ///
    /// # Errors
    /// If the key could be taken for that of a guard.
    pub(super) fn of(schema: &'static Schema, owner: &[(&'static str, KeyValue)], item: &Members<'_>) -> Result<Self> {
        if schema.has_guards_among_items()
            && let Some((name, KeyValue::S(text))) = owner.first()
            && text.starts_with(guard::PREFIX)
        {
            return Err(KeyError::new(KeyProblem::Reserved).in_attribute(name).in_model(schema.model).into());
        }
        let guards = schema.unique.iter().map(|unique| {
            let values = values(unique, item)?;
            Ok(values.map(|values| guard::key(schema, unique, &values)))
        });
        let expires = match expiry(schema).and_then(|name| item.get(name)) {
            Some(json) => stored::key_value(json.as_bytes())?,
            None => None,
        };
        Ok(Held { owner: owner.to_vec(), guards: guards.collect::<Result<_>>()?, expires })
    }
}

/// The values of a constraint's attributes; `None` if one has no value.
fn values(unique: &'static UniqueSchema, item: &Members<'_>) -> Result<Option<Vec<KeyValue>>> {
    let values = unique.attributes.iter().map(|attribute| match attribute.names().find_map(|name| item.get(name)) {
        Some(json) => stored::key_value(json.as_bytes()),
        None => Ok(None),
    });
    Ok(values.collect::<Result<Option<Vec<_>>, _>>()?)
}

/// The attribute that says when an item expires.
fn expiry(schema: &'static Schema) -> Option<&'static str> {
    schema.with_role(AttributeRole::Ttl).map(|attribute| attribute.name)
}

/// The attributes that decide which guards an item has and how long: those of the constraints, and the expiry. Key attributes never change.
fn deciding(schema: &'static Schema) -> Vec<&'static str> {
    let unique = schema.unique.iter().flat_map(|unique| unique.attributes).flat_map(|attribute| attribute.names());
    let mut names: Vec<_> = unique.chain(expiry(schema)).collect();
    names.retain(|name| schema.key.attributes().all(|attribute| attribute.name != *name));
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether an attribute decides which guards an item has.
pub(super) fn decides(schema: &'static Schema, attribute: &str) -> bool {
    deciding(schema).contains(&attribute)
}

/// What one write does to the unique values of its item.
#[derive(Default)]
pub struct Claims {
    /// What the item holds before, if there is one.
    pub(super) before: Option<Held>,
    /// What it will hold.
    pub(super) after: Option<Held>,
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys are values of items, which no log should show.
        f.write_str("Claims(..)")
    }
}

/// The condition that an item is still as it was read, in all that decides about its guards; `None` that there is none.
///
/// # Errors
/// If what was read is not DynamoDB's JSON.
pub(super) fn as_read<M>(schema: &'static Schema, item: Option<&Members<'_>>) -> Result<Cond<M, Condition>> {
    let Some(item) = item else { return Ok(Cond::key_absent(schema)) };
    let mut condition = Cond::key_present(schema);
    for name in deciding(schema) {
        let value = item.get(name);
        if let Some(value) = value {
            // What the service sent is checked here, before it is part of a request.
            Reader::new(value.as_bytes())?.value()?;
        }
        condition = condition & Cond::is_written(name, value.map(str::as_bytes));
    }
    Ok(condition)
}

/// Sends a write of a model with unique constraints: in a transaction, with the guards of its values.
pub(super) async fn send<W: Write>(db: &Db, stamp: &Stamp<'_>, write: &mut W) -> Result<()> {
    let (schema, table) = (write.schema(), write.table(db));
    // Boxed, so that the future of a write that needs none of this stays small.
    let sent = Box::pin(transact::run(db, stamp, std::slice::from_mut(write), None)).await;
    sent.map_err(|error| error.of_single().during(schema, "TransactWriteItems", &table))
}

/// An item's attributes, each with its value's JSON.
type Attributes = BTreeMap<String, String>;

/// The item that a write is about to change without knowing it, as it was read for that.
#[derive(Default)]
pub(super) struct Known(Option<Option<(Attributes, Held)>>);

impl Known {
    /// An item that was read before.
    ///
    /// # Errors
    /// If its key could be taken for that of a guard.
    pub(super) fn of(schema: &'static Schema, key: &[(&'static str, KeyValue)], item: Attributes) -> Result<Self> {
        let held = Held::of(schema, key, &Members::of(&item))?;
        Ok(Known(Some(Some((item, held)))))
    }

    /// Takes what was read; tells whether it differs from what was known, in whether there is an item and in what it holds.
    ///
    /// # Errors
    /// If it is not DynamoDB's JSON.
    pub(super) fn set(
        &mut self,
        schema: &'static Schema,
        key: &[(&'static str, KeyValue)],
        item: Option<String>,
    ) -> Result<bool> {
        let now = match item {
            Some(item) => {
                let members = Members::parse(item.as_bytes())?;
                Known::of(
                    schema,
                    key,
                    members.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
                )?
            }
            None => Known(Some(None)),
        };
        let changed = !self.is_set() || self.held() != now.held();
        *self = now;
        Ok(changed)
    }

    /// Takes what was found in the way of an item that is to be new; tells whether it can be tried again: there is none any more, or one that
    /// has expired, whose place it can take.
    ///
    /// # Errors
    /// If it is not DynamoDB's JSON.
    pub(super) fn set_expired(
        &mut self,
        schema: &'static Schema,
        key: &[(&'static str, KeyValue)],
        item: Option<String>,
        expiry: Option<Expiry>,
    ) -> Result<bool> {
        let has_expired = |item: &String| expiry.is_some_and(|expiry| expiry.has_passed_in(item.as_bytes()));
        match item {
            Some(item) if has_expired(&item) => self.set(schema, key, Some(item)),
            Some(_) => Ok(false),
            None => {
                *self = Known::default();
                Ok(true)
            }
        }
    }

    /// Whether it was read.
    pub(super) fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// The item; `None` if there is none.
    pub(super) fn item(&self) -> Option<&Attributes> {
        Some(&self.0.as_ref()?.as_ref()?.0)
    }

    /// What the item holds; `None` if there is none.
    pub(super) fn held(&self) -> Option<Held> {
        Some(self.0.as_ref()?.as_ref()?.1.clone())
    }

    /// What the item will hold after these changes; `None` if there will be none, or nothing was read.
    ///
    /// # Errors
    /// If the key cannot be written, or could be taken for that of a guard.
    pub(super) fn held_after<M>(
        &self,
        schema: &'static Schema,
        key: &[(&'static str, KeyValue)],
        changes: &UpdateExpr<M>,
        may_create: bool,
    ) -> Result<Option<Held>> {
        let mut after = match &self.0 {
            Some(Some((item, _))) => item.clone(),
            Some(None) if may_create => Attributes::new(),
            Some(None) | None => return Ok(None),
        };
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        for (name, value) in key {
            let mut writer = Writer::new();
            value.write(&mut writer)?;
            after.insert((*name).to_owned(), text(writer.as_bytes()));
        }
        for touched in changes.touched().filter(|touched| decides(schema, touched.attribute)) {
            let name = touched.attribute.to_owned();
            match touched.change {
                Change::Set(value) => drop(after.insert(name, text(value))),
                Change::SetIfNotExists(value) => {
                    let mut older = schema.attribute(&name).into_iter().flat_map(|attribute| attribute.aliases);
                    let there = older.find_map(|older| after.get(*older)).cloned();
                    after.entry(name).or_insert_with(|| there.unwrap_or_else(|| text(value)));
                }
                Change::Removed => drop(after.remove(&name)),
                Change::Computed | Change::Added(_) | Change::Deleted(_) => {
                    unreachable!("`role::Unique` is not `Settable` where an update computes the value")
                }
            }
        }
        Held::of(schema, key, &Members::of(&after)).map(Some)
    }

    /// The condition that the item is still like this; `None` if nothing was read.
    ///
    /// # Errors
    /// If what was read is not DynamoDB's JSON.
    pub(super) fn condition<M>(&self, schema: &'static Schema) -> Result<Option<Cond<M, Condition>>> {
        let Some(known) = &self.0 else { return Ok(None) };
        let item = known.as_ref().map(|(item, _)| Members::of(item));
        as_read(schema, item.as_ref()).map(Some)
    }
}

/// An item of the SDK as a read would have brought it.
pub(super) fn as_json(item: &Item) -> Result<String> {
    let json = item_to_read(item)?;
    String::from_utf8(json).map_err(|_| unreachable!("a `Writer` writes text"))
}
