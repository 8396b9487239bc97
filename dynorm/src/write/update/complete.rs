//! What goes along with the changes that a caller asks for: index keys, stamps, the version, what a new item needs, and the checks of it all.

use super::Update;
use crate::codec::{Reader, Writer};
use crate::error::Result;
use crate::expiry::{self, Expiry};
use crate::expr::{Change, UpdateExpr, both};
use crate::key::check_key_attributes;
use crate::model::DynamoModel;
use crate::schema::AttributeRole;
use crate::stamp::Stamp;
use crate::stored::{self, Members};
use crate::write::upsert::{self, Presence};
use crate::write::{index_keys, operation};

impl<M: DynamoModel, P: Presence> Update<M, P> {
    /// Adds to the changes what goes along with them, once.
    pub(super) fn complete(&mut self, stamp: &Stamp<'_>) -> Result<()> {
        if self.asked.is_some() {
            return Ok(());
        }
        self.expiry = Expiry::of(M::SCHEMA, || stamp.time());
        let mut known = None;
        if P::MAY_CREATE || !self.index_keys.is_empty() {
            let known = known.insert(index_keys::fields_of_key(&self.key)?);
            for key in std::mem::take(&mut self.index_keys) {
                let unchanged = index_keys::set_fields(key, known, &mut self.changes)?;
                self.condition = both(self.condition.take(), unchanged);
            }
        }
        check::<M>(&self.changes)?;
        if M::SCHEMA.with_role(AttributeRole::Updated).is_some() {
            let mut stamped = Writer::new();
            stamped.item(|writer| M::write_updated(stamp, writer))?;
            for (name, value) in Members::parse(stamped.as_bytes())?.iter() {
                self.changes.set_written(name.to_owned(), value.as_bytes().to_vec());
            }
        }
        if let Some((name, id)) = operation::write_id::<M>(stamp)? {
            self.changes.set_written(name, id);
        }
        let lock = match (&self.expected, M::SCHEMA.with_role(AttributeRole::Version)) {
            (Some((lock, version, next)), _) => {
                self.changes.set_written(*version, next.clone());
                Some(lock.condition())
            }
            (None, Some(version)) => {
                self.changes.count_up(version.name);
                None
            }
            (None, None) => None,
        };
        let set = self.changes.touched().filter_map(|touched| match touched.change {
            Change::Set(value) if touched.whole => Some((touched.attribute, value)),
            _ => None,
        });
        self.size = stored::size_with::<M>(&set.collect::<Vec<_>>())?;
        if P::MAY_CREATE {
            upsert::set_implied(&self.key, &mut self.changes, stamp)?;
        }
        index_keys::set_templates(&self.key, known, &mut self.changes, P::MAY_CREATE)?;
        if P::MAY_CREATE && !self.partial {
            upsert::check_complete(&self.key, &self.changes)?;
        }
        remove_aliases(&mut self.changes);
        if std::mem::take(&mut self.guarded) {
            self.condition = both(self.condition.take(), self.changes.guard());
        }
        let present = (!P::MAY_CREATE).then(|| expiry::present(M::SCHEMA, self.expiry));
        self.asked = Some(both(present, lock));
        Ok(())
    }
}

/// Removes the older names of attributes that are set or removed as a whole, under which the old value would be read again.
fn remove_aliases<M: DynamoModel>(changes: &mut UpdateExpr<M>) {
    for attribute in M::SCHEMA.attributes.iter().filter(|attribute| !attribute.aliases.is_empty()) {
        if matches!(changes.whole(attribute.name), Some(Change::Set(_) | Change::Removed)) {
            changes.also_remove(attribute.aliases);
        }
    }
}

/// Checks the attributes that are set as a whole, as keys of indexes and by the model's rules: more cannot be known without the rest of the item.
fn check<M: DynamoModel>(changes: &UpdateExpr<M>) -> Result<()> {
    let mut keys = Vec::new();
    for touched in changes.touched().filter(|touched| touched.whole) {
        if let Change::Set(value) | Change::SetIfNotExists(value) = touched.change {
            if M::SCHEMA.has_key_attribute(touched.attribute)
                && let Some(value) = stored::key_value(value)?
            {
                keys.push((touched.attribute, value));
            }
            M::check_attribute(touched.attribute, &mut Reader::new(value)?)?;
        }
    }
    let keys: Vec<_> = keys.iter().map(|(name, value)| (*name, value)).collect();
    Ok(check_key_attributes(M::SCHEMA, &keys)?)
}
