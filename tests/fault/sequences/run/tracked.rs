//! Items that are read, changed in memory, and stored again.

use dynorm::Tracked;
use dynorm_tests::Result;

use super::super::item::Item;
use super::super::kind::{Name, UNIQUE};
use super::super::models::Model;
use super::super::plan::{self, Stamp};
use super::super::service::Effect;
use super::super::world::{Action, One, Returns, Seen};
use super::single::done;
use super::{Runner, as_stored, seen};

impl Runner<'_> {
    /// Reads an item to change it; what was read has this place in the model.
    async fn load<M: Model>(&mut self, name: Name, slot: usize) -> Result<Option<Tracked<M>>> {
        let db = self.engine.db;
        let loaded = self.call(M::get(M::key_of(&self.run, name)).consistent().tracked().send(db)).await;
        let seen = match &loaded {
            Some(Ok(found)) => Seen::Items(vec![found.as_ref().map(|item| item.item())]),
            Some(Err(error)) => seen::of_failed_read(error)?,
            None => Seen::Dropped,
        };
        self.observe(Action::Read { names: vec![name], now: self.now, keep: Some(slot) }, seen)?;
        Ok(loaded.and_then(Result::ok).flatten())
    }

    pub(super) async fn save<M: Model>(&mut self, name: Name, edit: u64, others: Option<String>) -> Result {
        let Some(mut item) = self.load::<M>(name, 0).await? else { return Ok(()) };
        if let Some(text) = others {
            self.others(name, text).await?;
        }
        self.save_loaded(name, 0, &mut item, edit).await
    }

    pub(super) async fn race<M: Model>(&mut self, name: Name, edits: [u64; 2]) -> Result {
        let mut racing = Vec::new();
        for slot in [0, 1] {
            racing.push(self.load::<M>(name, slot).await?);
        }
        for (slot, (item, edit)) in racing.iter_mut().zip(edits).enumerate() {
            if let Some(item) = item {
                self.save_loaded(name, slot, item, edit).await?;
            }
        }
        Ok(())
    }

    /// Changes an item that was read, and saves it.
    async fn save_loaded<M: Model>(&mut self, name: Name, slot: usize, item: &mut Tracked<M>, edit: u64) -> Result {
        let before = item.item();
        let after = self.draw.edit_of(M::KIND, &before, edit);
        **item = item.edited(&self.run, name, &after);
        let (stamp, in_hand) = (self.stamp(), M::clone(item));
        let db = self.engine.db;
        let saved = self.call(item.save().send(db)).await;
        if before == after {
            let nothing = self.engine.way.take_log().is_empty() && matches!(saved, Some(Ok(false)) | None);
            return if nothing { Ok(()) } else { Err(format!("a save without changes: {saved:?}").into()) };
        }
        if let Some(Ok(false)) = saved {
            return Err("a save that did not see the changes".into());
        }
        let write = plan::save(name, slot, &before, &after, stamp);
        let saved = done(saved);
        let is_stored = !item.is_changed()? && item.item() == changed(name, &after, &write.effect);
        self.in_hand(&saved, **item == in_hand && item.is_changed()?, is_stored)?;
        let seen = seen::of_write(saved, true)?;
        let moves_guard = M::KIND.is_unique() && before.get(UNIQUE) != after.get(UNIQUE);
        let action = if moves_guard {
            Action::Together { writes: vec![write], reads: false, single: true }
        } else {
            let (returns, id) = (Returns::Nothing, M::KIND.id().map(|_| stamp.call));
            Action::One(One { write, returns, is_resent: true, id, now: stamp.now })
        };
        self.observe(action, seen)
    }

    pub(super) async fn rekey<M: Model>(&mut self, names: [Name; 2], edit: u64, others: Option<String>) -> Result {
        let [from, to] = names;
        let Some(mut item) = self.load::<M>(from, 0).await? else { return Ok(()) };
        if let Some(text) = others {
            self.others(from, text).await?;
        }
        let before = item.item();
        let after = self.draw.edit_of(M::KIND, &before, edit);
        *item = item.edited(&self.run, to, &after);
        let (stamp, in_hand) = (self.stamp(), M::clone(&item));
        let moved = done(self.call(item.rekey().send(self.engine.db)).await);
        let writes = plan::rekey(names, 0, &before, &after, stamp);
        let is_stored = !item.is_changed()? && item.item() == changed(to, &after, &writes[0].effect);
        self.in_hand(&moved, *item == in_hand && item.is_changed()?, is_stored)?;
        let seen = seen::of_write(moved, false)?;
        self.observe(Action::Together { writes, reads: false, single: false }, seen)
    }
}

/// What is in hand after these changes are stored: the fields as they were set, with the stamps.
fn changed(name: Name, after: &Item, effect: &Effect) -> Item {
    let changes = match effect {
        Effect::Change(changes) | Effect::PutRead(_, changes) => changes.as_slice(),
        _ => &[],
    };
    as_stored(name, &Stamp::stamped(after, changes))
}
