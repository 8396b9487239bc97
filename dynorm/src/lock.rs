//! The version lock: which state of an item a write expects.

use std::collections::BTreeMap;
use std::fmt;

use crate::attribute::Item;
use crate::codec::{Reader, Writer};
use crate::error::{Failed, Result};
use crate::expiry::Expiry;
use crate::expr::{Cond, Condition};
use crate::model::DynamoModel;
use crate::schema::{AttributeRole, AttributeSchema, Schema};
use crate::stamp::Version;
use crate::stored::Members;

/// The version that an item is expected to have, and what tells the item from another one that was created under its key since.
#[doc(hidden)]
#[derive(Clone)]
pub struct Lock {
    version: Expected,
    identity: Option<Expected>,
}

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let identity = self.identity.as_ref().map(|identity| identity.attribute);
        f.debug_struct("Lock").field("version", &self.version.attribute).field("identity", &identity).finish()
    }
}

/// An attribute with its value's JSON, `None` for one that is absent.
#[derive(Clone)]
pub(crate) struct Expected {
    pub(crate) attribute: &'static str,
    pub(crate) value: Option<Vec<u8>>,
}

impl Lock {
    /// What is in hand: a version that is unset stands for an item that is not there, or has none yet.
    ///
    /// # Errors
    /// If a value cannot be stored.
    pub(crate) fn in_hand<M: DynamoModel>(model: &M) -> Result<Option<Self>> {
        let Some(version) = M::SCHEMA.with_role(AttributeRole::Version) else { return Ok(None) };
        let mut writer = Writer::new();
        writer.item(|writer| model.write_lock(writer)).map_err(|error| error.in_model(M::SCHEMA.model))?;
        let members = Members::parse(writer.as_bytes())?;
        let lock = Lock::new(M::SCHEMA, version, |name| members.get(name).map(|value| value.as_bytes().to_vec()));
        Ok(Some(match lock.version.value {
            // Nobody knows yet what its other attributes are.
            None => Lock { identity: None, ..lock },
            Some(_) => lock,
        }))
    }

    /// What was read, as it is stored.
    pub(crate) fn as_read<M: DynamoModel>(attributes: &BTreeMap<String, String>) -> Option<Self> {
        let version = M::SCHEMA.with_role(AttributeRole::Version)?;
        Some(Lock::new(M::SCHEMA, version, |name| attributes.get(name).map(|value| value.clone().into_bytes())))
    }

    /// What a caller says: this version, or none yet. With it comes the attribute and the value that follows.
    pub(crate) fn of_version(schema: &'static Schema, version: &impl Version) -> Option<(Self, &'static str, Vec<u8>)> {
        let attribute = schema.with_role(AttributeRole::Version)?.name;
        let json = |number: u64| format!(r#"{{"N":"{number}"}}"#).into_bytes();
        let value = (!version.is_unset()).then(|| json(version.number()));
        let lock = Lock { version: Expected { attribute, value }, identity: None };
        Some((lock, attribute, json(version.next().number())))
    }

    fn new(
        schema: &'static Schema,
        version: &'static AttributeSchema,
        stored: impl Fn(&str) -> Option<Vec<u8>>,
    ) -> Self {
        let expected =
            |attribute: &'static AttributeSchema| Expected { attribute: attribute.name, value: stored(attribute.name) };
        let identity = schema.identity().map(expected).filter(|identity| identity.value.is_some());
        Lock { version: expected(version), identity }
    }

    /// The condition that the item is as expected.
    pub(crate) fn condition<M>(&self) -> Cond<M, Condition> {
        let version = Cond::expected(&self.version);
        match &self.identity {
            Some(identity) => version & Cond::expected(identity),
            None => version,
        }
    }

    /// The same for a `put`: a fresh item may take the place of one that has expired.
    pub(crate) fn condition_or_expired<M>(&self, expiry: Option<Expiry>) -> Cond<M, Condition> {
        match (expiry, &self.version.value) {
            (Some(expiry), None) => self.condition() | expiry.passed(),
            _ => self.condition(),
        }
    }

    /// The same for a `delete`: an item that is gone is fine, or as good as gone.
    pub(crate) fn condition_or_gone<M>(&self, schema: &Schema, expiry: Option<Expiry>) -> Cond<M, Condition> {
        let condition = match self.version.value {
            Some(_) => Cond::key_absent(schema) | self.condition(),
            None => self.condition(),
        };
        expiry.into_iter().fold(condition, |condition, expiry| condition | expiry.passed())
    }

    /// Whether an item, as DynamoDB returned it, is as expected.
    pub(crate) fn holds(&self, item: Option<&Item>) -> bool {
        let holds = |expected: &Expected| {
            let found = item.and_then(|item| item.get(expected.attribute));
            match (&expected.value, found) {
                (None, None) => true,
                // Not the bytes, which engines space differently.
                (Some(value), Some(found)) => {
                    Reader::new(value).and_then(|mut reader| reader.value()).is_ok_and(|value| value == *found)
                }
                _ => false,
            }
        };
        holds(&self.version) && self.identity.as_ref().is_none_or(holds)
    }
}

/// What it says that a write failed its condition for this item: the lock's part of it, or the caller's own (`asked`).
pub(crate) fn failed(lock: Option<&Lock>, asked: bool, item: Option<&Item>) -> Failed {
    match lock {
        // Some engines return no item; then only a lock by itself is known to be what failed.
        Some(lock) if !asked || !lock.holds(item) => Failed::VersionConflict,
        _ => Failed::Condition,
    }
}

/// The same for a write that also wants an item to be there.
pub(crate) fn failed_or_absent(lock: Option<&Lock>, asked: bool, item: Option<&Item>) -> Failed {
    match item {
        Some(_) => failed(lock, asked, item),
        None => Failed::NotFound,
    }
}
