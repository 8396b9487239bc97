//! Updates that may create their item: what they set beside what the caller sets, and whether it is enough.

use super::index_keys;
use crate::codec::Writer;
use crate::error::{ExpressionError, Result};
use crate::expr::{Change, UpdateExpr};
use crate::key::{Attribute, Key};
use crate::model::DynamoModel;
use crate::stamp::Stamp;
use crate::stored::{self, Members};

/// An [`Update`](super::Update) of an item that exists.
#[derive(Debug)]
pub struct Existing;

/// An [`Update`](super::Update) that creates its item if there is none: made by [`upsert`](super::Update::upsert).
#[derive(Debug)]
pub struct Upsert;

/// Whether an update may create its item.
pub trait Presence: sealed::Sealed {
    /// What there was before.
    type Old<M>;
    /// Whether it may.
    #[doc(hidden)]
    const MAY_CREATE: bool;
    /// Reads what was returned as the old item.
    #[doc(hidden)]
    fn old<M: DynamoModel>(item: Option<String>) -> Result<Self::Old<M>>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Existing {}
    impl Sealed for super::Upsert {}
}

impl Presence for Existing {
    type Old<M> = M;
    const MAY_CREATE: bool = false;
    fn old<M: DynamoModel>(item: Option<String>) -> Result<M> {
        stored::decode_bytes(item.as_deref().unwrap_or("{}").as_bytes())
    }
}

impl Presence for Upsert {
    type Old<M> = Option<M>;
    const MAY_CREATE: bool = true;
    fn old<M: DynamoModel>(item: Option<String>) -> Result<Option<M>> {
        item.map(|item| stored::decode_bytes(item.as_bytes())).transpose()
    }
}

/// Sets what a new item has beside what the caller sets: the fields that the key is made of, the entity, `created` and ids.
pub(super) fn set_implied<M: DynamoModel>(key: &Key<M>, changes: &mut UpdateExpr<M>, stamp: &Stamp<'_>) -> Result<()> {
    let own = index_keys::fields_of_key(key)?;
    for (name, value) in &own {
        if !M::SCHEMA.key.attributes().any(|key| key.name == *name) {
            changes.set_written(*name, value.clone());
        }
    }
    if let Some((name, value)) = M::SCHEMA.entity {
        let mut writer = Writer::new();
        writer.string(value)?;
        changes.set_written(name, writer.into_bytes());
    }
    let mut created = Writer::new();
    created.item(|writer| M::write_created(stamp, writer))?;
    let created = Members::parse(created.as_bytes())?;
    for attribute in M::SCHEMA.attributes {
        if let Some(value) = created.get(attribute.name)
            && changes.whole(attribute.name).is_none()
            && !own.iter().any(|(name, _)| *name == attribute.name)
        {
            changes.set_written_if_not_exists(attribute.name, attribute.aliases, value.as_bytes().to_vec());
        }
    }
    Ok(())
}

/// Whether the item that the update creates, if there is none, can be read back.
///
/// # Errors
/// If a required field has no value, or the item could not be read.
pub(super) fn check_complete<M: DynamoModel>(key: &Key<M>, changes: &UpdateExpr<M>) -> Result<()> {
    let own = index_keys::fields_of_key(key)?;
    let has_value = |name: &str| {
        own.iter().any(|(known, _)| *known == name)
            || changes.whole(name).is_some_and(|change| !matches!(change, Change::Removed | Change::Deleted(_)))
    };
    let required = M::SCHEMA.attributes.iter().filter(|attribute| (attribute.required)());
    let missing: Vec<&'static str> = required.map(|attribute| attribute.name).filter(|name| !has_value(name)).collect();
    if !missing.is_empty() {
        return Err(ExpressionError::missing(missing).into());
    }
    let Some(item) = created_item(&own, changes)? else { return Ok(()) };
    stored::decode_own::<M>(&item).map(|_| ()).map_err(|error| ExpressionError::unreadable(error).into())
}

/// The item that an update makes of nothing; `None` if DynamoDB computes a part of it.
fn created_item<M: DynamoModel>(own: &[Attribute], changes: &UpdateExpr<M>) -> Result<Option<Vec<u8>>> {
    let mut attributes: Vec<(&str, &[u8])> = own.iter().map(|(name, value)| (*name, value.as_slice())).collect();
    for touched in changes.touched() {
        match touched.change {
            Change::Removed | Change::Deleted(_) => {}
            Change::Set(value) | Change::SetIfNotExists(value) | Change::Added(value) if touched.whole => {
                attributes.retain(|(name, _)| *name != touched.attribute);
                attributes.push((touched.attribute, value));
            }
            Change::Set(_) | Change::SetIfNotExists(_) | Change::Added(_) | Change::Computed => return Ok(None),
        }
    }
    let mut item = Writer::new();
    item.item(|item| attributes.iter().try_for_each(|(name, value)| item.entry(name, |writer| writer.copy(value))))?;
    Ok(Some(item.into_bytes()))
}
