//! What a save of a tracked item sends: its changes, attribute by attribute.

use super::diff;
use super::pipeline::Ready;
use super::tracked::{Later, Tracked};
use crate::codec::Reader;
use crate::error::Result;
use crate::expr::{Cond, Condition, UpdateExpr, both};
use crate::model::DynamoModel;
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
    /// set that repeats parts which the model does not know, as in a list, it must still be the one that was read.
    pub(super) fn changes(&self, ready: &Ready<M>) -> Result<Changes<M>> {
        let (mut update, mut condition, mut later) = (UpdateExpr::new(), None, Later::default());
        let (before, after) = (Members::parse(&self.loaded)?, Members::parse(&ready.item)?);
        let read = Members::parse(self.read.as_bytes())?;
        let stored = |name: &str| self.later.get(name).unwrap_or_else(|| read.get(name));
        for (name, value) in after.iter().filter(|(name, value)| before.get(name) != Some(*value)) {
            let here = stored(name);
            let found = here.or_else(|| aliases::<M>(name).iter().find_map(|alias| stored(alias)));
            // What the service sent is checked here, before it is part of a request.
            found.map(|found| Reader::new(found.as_bytes())?.value()).transpose()?;
            let merged = diff::merged(before.get(name), value, found)?;
            match here {
                Some(_) => {
                    for diff::Change { steps, value, repeats } in diff::changes(before.get(name), value, found)? {
                        let same = repeats.map(|repeats| Cond::place_is(name, steps.clone(), repeats));
                        condition = both(condition, same);
                        update.change_written(name, steps, value);
                    }
                }
                None => update.set_written(name.to_owned(), merged.clone()),
            }
            later.set(name, &String::from_utf8_lossy(&merged));
        }
        for (name, _) in before.iter().filter(|(name, _)| after.get(name).is_none()) {
            later.remove(name);
            update.remove_attribute(name.to_owned());
        }
        let changed: Vec<String> = later.0.keys().cloned().collect();
        for alias in changed.iter().flat_map(|name| aliases::<M>(name)).filter(|alias| stored(alias).is_some()) {
            later.remove(alias);
            update.remove_attribute(*alias);
        }
        let condition = both(condition, update.guard());
        Ok(Changes { update, condition, later })
    }
}

/// Older names of an attribute.
fn aliases<M: DynamoModel>(attribute: &str) -> &'static [&'static str] {
    M::SCHEMA.attribute(attribute).map_or(&[], |attribute| attribute.aliases)
}
