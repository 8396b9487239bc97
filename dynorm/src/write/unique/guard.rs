//! Guards: the items that hold unique values, found by a hash of the value, and the operations on them.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::guard_table::{self, guard_expiry};
use super::{Claims, Held, Owner};
use crate::attribute::Item;
use crate::codec::{Number, Writer};
use crate::error::{Error, Problem, Result, UniqueViolation};
use crate::expr::Aliases;
use crate::key::{KeyValue, push_key};
use crate::schema::{Schema, UniqueSchema};
use crate::stored::{self, Members};
use crate::write::action::Action;
use crate::write::operation::Expressions;

/// What the keys of guards begin with.
pub(crate) const PREFIX: &str = "dynorm:unique:";
/// The attribute that says in a guard whose it is: the primary key of the item that has the value.
pub(crate) const OWNER: &str = "dynorm:owner";
/// The attribute that says which constraint a guard belongs to, for whoever looks at the table.
const CONSTRAINT: &str = "dynorm:constraint";

/// The key of the guard of these values: a hash, so that values of any length fit and none can be read from it.
pub(super) fn key(schema: &Schema, unique: &UniqueSchema, values: &[KeyValue]) -> String {
    let mut hash = Sha256::new();
    // With its kind and length before it, no part can be taken for a part of another.
    let mut part = |kind: u8, bytes: &[u8]| {
        hash.update([kind]);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    part(b'm', model(schema).as_bytes());
    part(b'c', unique.name.as_bytes());
    for value in values {
        match value {
            KeyValue::S(text) => part(b'S', text.as_bytes()),
            KeyValue::N(digits) => match Number::canonical(digits) {
                Some(normal) => part(b'N', normal.as_bytes()),
                None => part(b'N', digits.as_bytes()),
            },
            KeyValue::B(bytes) => part(b'B', bytes),
        }
    }
    let mut key = PREFIX.to_owned();
    for byte in hash.finalize() {
        // Writing to a `String` cannot fail.
        let _ = write!(key, "{byte:02x}");
    }
    key
}

/// What the model is called in its guards: an entity keeps its name when the struct gets another.
fn model(schema: &Schema) -> &'static str {
    schema.entity.map_or(schema.model, |(_, value)| value)
}

/// Whether an item's JSON is that of a guard: by its key, as no model with unique constraints writes one like it.
pub(crate) fn is_guard(schema: &'static Schema, item: &str) -> bool {
    let Some(partition) = schema.key.partition.first() else { return false };
    // Almost every item is told apart without being read once more.
    if !item.contains(PREFIX) {
        return false;
    }
    text_attribute(partition.name, item).is_some_and(|key| key.starts_with(PREFIX))
}

/// Whether a primary key's JSON is that of a guard of any model, by the whole form of its partition key.
pub(crate) fn is_guard_key(partition: &str, keys: &str) -> bool {
    let is_hash = |hash: &str| hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    text_attribute(partition, keys).is_some_and(|key| key.strip_prefix(PREFIX).is_some_and(is_hash))
}

/// The text of this attribute in an item's JSON, if it is one.
fn text_attribute(name: &str, item: &str) -> Option<String> {
    let members = Members::parse(item.as_bytes()).ok()?;
    match stored::key_value(members.get(name)?.as_bytes()) {
        Ok(Some(KeyValue::S(text))) => Some(text),
        _ => None,
    }
}

/// One guard that a transaction writes: of a value that is given up, taken, or both.
pub(crate) struct Guard {
    table: String,
    schema: &'static Schema,
    unique: &'static UniqueSchema,
    key: String,
    /// Who gives the value up.
    releases: Vec<Owner>,
    /// Who takes it, and until when.
    takes: Option<(Owner, Option<KeyValue>)>,
    /// The operation that takes the value, or else one that gives it up.
    pub(crate) place: usize,
}

/// The guards of one transaction.
#[derive(Default)]
pub(crate) struct Guards(Vec<Guard>);

impl Guards {
    /// Adds what the operation at `place` does to unique values, whose guards are in `table`. A value that one operation gives up and another
    /// takes is one operation on its guard, as DynamoDB wants it.
    ///
    /// # Errors
    /// If two operations take the same value.
    pub(crate) fn add(&mut self, place: usize, schema: &'static Schema, table: &str, claims: Claims) -> Result<()> {
        let Claims { before, after } = claims;
        let terms = |held: &Option<Held>| held.as_ref().map(|held| (held.owner.clone(), held.expires.clone()));
        let same_terms = terms(&before) == terms(&after);
        for (position, unique) in schema.unique.iter().enumerate() {
            let guard = |held: &Option<Held>| held.as_ref()?.guards.get(position)?.clone();
            let (old, new) = (guard(&before), guard(&after));
            if old == new && same_terms {
                continue;
            }
            if let (Some(key), Some(held)) = (old, &before) {
                self.entry(place, schema, unique, table, key).releases.push(held.owner.clone());
            }
            if let (Some(key), Some(held)) = (new, &after) {
                let entry = self.entry(place, schema, unique, table, key);
                if entry.takes.is_some() {
                    return Err(Error::new(Problem::Unique(UniqueViolation::new(schema, unique, None))));
                }
                entry.takes = Some((held.owner.clone(), held.expires.clone()));
                entry.place = place;
            }
        }
        Ok(())
    }

    /// Whether no guard changes.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn entry(
        &mut self,
        place: usize,
        schema: &'static Schema,
        unique: &'static UniqueSchema,
        table: &str,
        key: String,
    ) -> &mut Guard {
        let known = self.0.iter().position(|guard| guard.table == table && guard.key == key);
        let position = known.unwrap_or_else(|| {
            let table = table.to_owned();
            self.0.push(Guard { table, schema, unique, key, releases: Vec::new(), takes: None, place });
            self.0.len() - 1
        });
        match self.0.get_mut(position) {
            Some(guard) => guard,
            None => unreachable!("the guard was found or added just now"),
        }
    }

    /// Leaves out guards that are only given up, and that turned out to be somebody else's.
    pub(crate) fn without(mut self, strangers: &[String]) -> Vec<Guard> {
        self.0.retain(|guard| guard.takes.is_some() || !strangers.contains(&guard.key));
        self.0
    }
}

impl Guard {
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// Whether its value is taken, and not only given up.
    pub(crate) fn is_taken(&self) -> bool {
        self.takes.is_some()
    }

    /// What it means that the guard is another item's.
    pub(crate) fn violation(&self, guard: Option<Item>) -> UniqueViolation {
        UniqueViolation::new(self.schema, self.unique, guard)
    }

    /// A lower bound of the bytes that DynamoDB counts for it.
    pub(crate) fn size(&self) -> usize {
        if self.takes.is_some() { 2 * self.key.len() } else { 0 }
    }

    /// The operation, and its table: the guard must be free, or belong to one who gives the value up. One whose item has expired is free.
    ///
    /// # Errors
    /// If it cannot be written, which no guard leads to.
    pub(crate) fn action(&self, now: u64) -> Result<(&str, Action)> {
        let key = guard_table::key(self.schema);
        let mut aliases = Aliases::new();
        let mut condition = "attribute_not_exists(".to_owned();
        aliases.push_name(key.partition.first().map_or("", |attribute| attribute.name).into(), &mut condition);
        condition.push(')');
        let taker = self.takes.as_ref().map(|(owner, _)| owner);
        let mut owners: Vec<&Owner> = Vec::new();
        for owner in self.releases.iter().chain(taker) {
            if !owners.contains(&owner) {
                owners.push(owner);
                condition.push_str(" OR ");
                aliases.push_name(OWNER.into(), &mut condition);
                condition.push_str(" = ");
                aliases.push_json(owner_json(owner), &mut condition);
            }
        }
        if let (Some(expiry), true) = (guard_expiry(self.schema), self.is_taken()) {
            condition.push_str(" OR ");
            aliases.push_name(expiry.into(), &mut condition);
            condition.push_str(" < ");
            aliases.push_key_value(KeyValue::N(now.to_string()), &mut condition);
        }
        let expressions = Expressions { condition: Some(condition), aliases };
        let value = || KeyValue::S(self.key.clone());
        let Some((owner, expires)) = &self.takes else {
            let key: Vec<_> = key.attributes().map(|attribute| (attribute.name, value())).collect();
            return Ok((&self.table, Action::delete(&key, expressions)));
        };
        let mut item = Writer::new();
        item.item(|item| {
            for attribute in key.attributes() {
                item.entry(attribute.name, |writer| value().write(writer))?;
            }
            item.entry(OWNER, |writer| writer.copy(&owner_json(owner)))?;
            item.entry(CONSTRAINT, |writer| writer.string(&format!("{}.{}", model(self.schema), self.unique.name)))?;
            match guard_expiry(self.schema).zip(expires.as_ref()) {
                Some((name, expires)) => item.entry(name, |writer| expires.write(writer)),
                None => Ok(()),
            }
        })?;
        Ok((&self.table, Action::put(item.into_bytes(), expressions)))
    }
}

/// The JSON of the attribute that names an owner.
fn owner_json(owner: &Owner) -> Vec<u8> {
    let mut json = br#"{"M":"#.to_vec();
    push_key(owner, &mut json);
    json.push(b'}');
    json
}
