//! What a save of a tracked item sends: its changes, attribute by attribute.

use super::diff;
use super::index_keys;
use super::older_names::Renamed;
use super::operation::write_id;
use super::pipeline::Ready;
use super::tracked::{Later, Tracked};
use crate::codec::Reader;
use crate::error::Result;
use crate::expr::{Cond, Condition, UpdateExpr, both};
use crate::model::DynamoModel;
use crate::schema::AttributeRole;
use crate::stamp::Stamp;
use crate::stored::Members;

/// What a save sends, and what is stored then.
pub(super) struct Changes<M> {
    pub(super) update: UpdateExpr<M>,
    pub(super) condition: Option<Cond<M, Condition>>,
    pub(super) later: Later,
}

impl<M> Changes<M> {
    /// None.
    pub(super) fn none() -> Self {
        Changes { update: UpdateExpr::new(), condition: None, later: Later::default() }
    }
}

impl<M: DynamoModel> Tracked<M> {
    /// Sets what differs from the loaded item, and removes what became absent. Of a map only the entries that differ are set; where a value is
    /// set that repeats parts which the model does not know, as in a list, it must still be the one that was read. So it must where fields of its
    /// structs have older names, or it has one itself: it is then written as a whole, without these. And so must the fields that an index's key is
    /// made of beside one that differs.
    pub(super) fn changes(&self, ready: &Ready<M>, stamp: &Stamp<'_>) -> Result<Changes<M>> {
        let (mut update, mut condition, mut later) = (UpdateExpr::new(), None, Later::default());
        let (before, after) = (Members::parse(&self.loaded)?, Members::parse(&ready.item)?);
        let read = Members::parse(self.read.as_bytes())?;
        let renamed = Renamed::of::<M>(&self.read)?;
        let stored = |name: &str| self.later.get(name).unwrap_or_else(|| read.get(name));
        let differs = |name: &str, value: &str| !before.get(name).is_some_and(|before| diff::same(before, value));
        for (name, value) in after.iter().filter(|(name, value)| differs(name, value)) {
            let here = stored(name);
            let found = self.later.get(name).unwrap_or_else(|| renamed.attributes.get(name).map(String::as_str));
            // What the service sent is checked here, before it is part of a request.
            found.map(|found| Reader::new(found.as_bytes())?.value()).transpose()?;
            let merged = diff::merged(before.get(name), value, found)?;
            match here {
                // Older names are in it. The whole goes over it, if it is still what was read.
                Some(here) if found != Some(here) => {
                    Reader::new(here.as_bytes())?.value()?;
                    condition = both(condition, Some(Cond::place_is(name, Vec::new(), here.to_owned())));
                    update.set_written(name.to_owned(), merged.clone());
                }
                Some(_) => {
                    for diff::Change { steps, value, repeats } in diff::changes(before.get(name), value, found)? {
                        let same = repeats.map(|repeats| Cond::place_is(name, steps.clone(), repeats));
                        condition = both(condition, same);
                        update.change_written(name, steps, value);
                    }
                }
                None => {
                    // What is moved from an older name with parts that did not change must still be there as it was read.
                    let older = renamed.older.iter().find(|(_, present)| *present == name);
                    let older = older.filter(|_| found.is_some_and(diff::has_parts));
                    if let Some((older, here)) = older.and_then(|(older, _)| Some((older, stored(older)?))) {
                        Reader::new(here.as_bytes())?.value()?;
                        condition = both(condition, Some(Cond::place_is(older, Vec::new(), here.to_owned())));
                    }
                    update.set_written(name.to_owned(), merged.clone());
                }
            }
            later.set(name, &String::from_utf8_lossy(&merged));
        }
        for (name, _) in before.iter().filter(|(name, _)| after.get(name).is_none()) {
            later.remove(name);
            update.remove_attribute(name.to_owned());
        }
        for (older, present) in renamed.older {
            if later.get(present).is_some() && stored(&older).is_some() {
                later.remove(&older);
                update.remove_attribute(older);
            }
        }
        // A version says that nothing has changed.
        if M::SCHEMA.with_role(AttributeRole::Version).is_none() {
            for name in index_keys::repeated_fields::<M>(&before, &after)? {
                let value = stored(name);
                value.map(|value| Reader::new(value.as_bytes())?.value()).transpose()?;
                condition = both(condition, Some(Cond::is_written(name, value.map(str::as_bytes))));
            }
        }
        if let Some((name, id)) = write_id::<M>(stamp)? {
            later.set(name, &String::from_utf8_lossy(&id));
            update.set_written(name, id);
        }
        let condition = both(condition, update.guard());
        Ok(Changes { update, condition, later })
    }
}
