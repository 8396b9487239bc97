//! Reads of one item and of several.

use std::future::Future;

use dynorm_tests::Result;

use super::super::item::Item;
use super::super::kind::{Kind, Name};
use super::super::models::Model;
use super::super::world::{Action, Seen};
use super::{Runner, seen, with_model};

impl Runner<'_> {
    pub(super) async fn get<M: Model>(&mut self, name: Name) -> Result {
        let call = M::get(M::key_of(&self.run, name)).consistent().send(self.engine.db);
        let action = Action::Read { names: vec![name], now: self.now, keep: None };
        self.read(action, call, |found| vec![found.map(|found| found.item())]).await
    }

    pub(super) async fn transact_get(&mut self, names: [Name; 2]) -> Result {
        let [first, second] = names;
        let (kind, other) = (self.uses(first), self.uses(second));
        if kind != other {
            // The pairs of all kinds would be compiled each by itself, for no other requests.
            return with_model!(kind, M => Box::pin(self.get::<M>(first)).await);
        }
        with_model!(kind, M => Box::pin(self.transact_get_of::<M>(names)).await)
    }

    async fn transact_get_of<M: Model>(&mut self, names: [Name; 2]) -> Result {
        let [first, second] = names.map(|name| M::key_of(&self.run, name));
        let call = self.engine.db.transact_get((first, second)).send();
        let action = Action::Read { names: names.to_vec(), now: self.now, keep: None };
        let item = |found: Option<M>| found.map(|found| found.item());
        self.read(action, call, |(first, second)| vec![item(first), item(second)]).await
    }

    pub(super) async fn batch_get(&mut self, names: [Name; 2]) -> Result {
        let [first, second] = names;
        let (kind, other) = (self.uses(first), self.uses(second));
        if kind != other {
            return with_model!(kind, M => Box::pin(self.batch_get_of::<M>(vec![first, first])).await);
        }
        with_model!(kind, M => Box::pin(self.batch_get_of::<M>(vec![first, second, first])).await)
    }

    async fn batch_get_of<M: Model>(&mut self, names: Vec<Name>) -> Result {
        let keys: Vec<_> = names.iter().map(|name| M::key_of(&self.run, name)).collect();
        let call = M::batch_get(keys).consistent().send(self.engine.db);
        let action = Action::ReadEach { names, now: self.now };
        self.read(action, call, |found| found.into_iter().map(|found| found.map(|found| found.item())).collect()).await
    }

    pub(super) async fn query<M: Model>(&mut self) -> Result {
        let names = M::KIND.names();
        self.uses(names[0]);
        let run = self.run.clone();
        let call = M::all(&run, self.engine.db);
        let action = Action::Read { names: names.to_vec(), now: self.now, keep: None };
        self.read(action, call, |found| {
            let find = |name: &Name| found.iter().find(|item| item.name() == *name).map(Model::item);
            names.iter().map(find).collect()
        })
        .await
    }

    async fn read<T>(
        &mut self,
        action: Action,
        call: impl Future<Output = dynorm::Result<T>>,
        items: impl FnOnce(T) -> Vec<Option<Item>>,
    ) -> Result {
        let seen = match self.call(call).await {
            None => Seen::Dropped,
            Some(Ok(found)) => Seen::Items(items(found)),
            Some(Err(error)) => seen::of_failed_read(&error)?,
        };
        self.observe(action, seen)
    }
}
