//! One write by itself.

use dynorm::{Existed, Put};
use dynorm_tests::Result;

use super::super::item::Item;
use super::super::kind::{Kind, Name};
use super::super::models::{Member, Model};
use super::super::plan::{Form, Plan, Stamp, Update, Verb};
use super::super::world::{Action, One, Returns, Seen};
use super::{Runner, as_stored, seen, with_model};

/// What came of a call; `None` if it was dropped.
type Done = Option<dynorm::Result<Seen>>;

impl Runner<'_> {
    pub(super) async fn write(&mut self, plan: Plan, returns: Returns, exactly_once: bool) -> Result {
        let (kind, stamp) = (self.uses(plan.name), self.stamp());
        let write = plan.write(stamp);
        let done = with_model!(kind, M => Box::pin(self.send::<M>(&plan, returns, exactly_once)).await?);
        let seen = seen::of_write(done, true)?;
        let action = if exactly_once || kind.is_unique() {
            let reads = kind.is_unique() && !matches!(plan.verb, Verb::Create(_));
            Action::Together { writes: vec![write], reads, single: true }
        } else {
            let (is_resent, id) = (plan.is_replayable(), kind.id().map(|_| stamp.call));
            Action::One(One { write, returns, is_resent, id, now: stamp.now })
        };
        self.observe(action, seen)
    }

    async fn send<M: Model>(&mut self, plan: &Plan, returns: Returns, exactly_once: bool) -> Result<Done> {
        let (name, stamp) = (plan.name, self.stamp());
        match &plan.verb {
            Verb::Create(item) | Verb::Put(item) | Verb::Overwrite(item) => {
                let mut model = M::of(&self.run, name, item);
                let before = model.clone();
                let done = self.put(put(&plan.verb, &mut model), returns, exactly_once).await;
                // A put whose old item is lost may be done, and tells that only by what is in hand.
                let is_lost =
                    matches!(&done, Some(Err(error)) if error.is_outcome_unknown()) && returns == Returns::Old;
                if !is_lost || model != before {
                    let is_stored = model.item() == in_hand(name, item, stamp);
                    self.in_hand(&done, model == before || is_lost, is_stored)?;
                }
                Ok(done)
            }
            Verb::Upsert(item) => {
                let mut model = M::of(&self.run, name, item);
                let (before, db) = (model.clone(), self.engine.db);
                let done = match returns {
                    _ if exactly_once => done(self.call(model.upsert().exactly_once().send(db)).await),
                    Returns::New => self.call(M::upsert_returning_new(model.upsert(), db)).await.map(some),
                    _ => done(self.call(model.upsert().send(db)).await),
                };
                self.in_hand(&done, model == before, has_fields(&model.item(), name, item, stamp))?;
                Ok(done)
            }
            Verb::Update(update) if M::KIND == Kind::Member => {
                let (run, db) = (self.run.clone(), self.engine.db);
                Ok(done(self.call(Member::change_alone(&run, name, &update.edits, db)).await))
            }
            Verb::Update(update) => Ok(self.update::<M>(name, update, returns, exactly_once).await),
            Verb::Delete(version) => {
                let delete = M::deleted(&self.run, name, version.map(i64::cast_unsigned));
                let db = self.engine.db;
                Ok(match returns {
                    Returns::Old => self.call(M::delete_returning_old(delete, db)).await.map(returned),
                    Returns::Existed => self.call(delete.send(db)).await.map(existed),
                    Returns::Nothing | Returns::New => done(self.call(delete.send(db)).await),
                })
            }
            Verb::Check(_) => Err("a check is part of a transaction".into()),
        }
    }

    async fn put<M: Model>(&mut self, put: Put<'_, M>, returns: Returns, exactly_once: bool) -> Done {
        let db = self.engine.db;
        match returns {
            _ if exactly_once => done(self.call(put.exactly_once().send(db)).await),
            Returns::Old => self.call(M::put_returning_old(put, db)).await.map(returned),
            Returns::Nothing | Returns::Existed | Returns::New => done(self.call(put.send(db)).await),
        }
    }

    async fn update<M: Model>(&mut self, name: Name, plan: &Update, returns: Returns, exactly_once: bool) -> Done {
        let (run, db) = (self.run.clone(), self.engine.db);
        if plan.form == Form::Patch && !exactly_once {
            let patch = patch::<M>(&run, name, plan);
            return match returns {
                Returns::Old => self.call(patch.return_old().send(db)).await.map(returned),
                Returns::New => self.call(patch.return_new().send(db)).await.map(returned),
                Returns::Nothing | Returns::Existed => done(self.call(patch.send(db)).await),
            };
        }
        let update = update::<M>(&run, name, plan);
        match (plan.form, returns) {
            (Form::Upsert, _) if exactly_once => done(self.call(update.upsert().exactly_once().send(db)).await),
            (Form::Upsert, Returns::Old) => self.call(update.upsert().return_old().send(db)).await.map(returned),
            (Form::Upsert, Returns::New) => self.call(update.upsert().return_new().send(db)).await.map(some),
            (Form::Upsert, _) => done(self.call(update.upsert().send(db)).await),
            _ if exactly_once => done(self.call(update.exactly_once().send(db)).await),
            (_, Returns::Old) => self.call(update.return_old().send(db)).await.map(some),
            (_, Returns::New) => self.call(update.return_new().send(db)).await.map(some),
            _ => done(self.call(update.send(db)).await),
        }
    }
}

/// What is in hand after an item was stored.
pub(super) fn in_hand(name: Name, item: &Item, stamp: Stamp) -> Item {
    as_stored(name, &stamp.item(Kind::of(name), item))
}

/// Whether an item in hand has all fields of one that was upserted. What was stamped before is known to the service alone.
pub(super) fn has_fields(hand: &Item, name: Name, item: &Item, stamp: Stamp) -> bool {
    let fields = |item: &Item| {
        let mut item = item.clone();
        item.retain(|name, _| !matches!(name.as_str(), "created" | "id"));
        item
    };
    fields(hand) == fields(&in_hand(name, item, stamp))
}

pub(super) fn put<'a, M: Model>(verb: &Verb, model: &'a mut M) -> Put<'a, M> {
    match verb {
        Verb::Create(_) => model.create(),
        Verb::Overwrite(_) => model.put().overwrite(),
        _ => model.put(),
    }
}

pub(super) fn update<M: Model>(run: &str, name: Name, plan: &Update) -> dynorm::Update<M> {
    let update = plan.edits.iter().fold(M::update(M::key_of(run, name)), |update, edit| M::change(update, edit));
    let update = plan.below.into_iter().fold(update, |update, below| update.condition(M::below(below)));
    plan.version.into_iter().fold(update, |update, version| M::of_version(update, version.cast_unsigned()))
}

pub(super) fn patch<M: Model>(run: &str, name: Name, plan: &Update) -> dynorm::ApplyPatch<M> {
    let patch = M::patched(M::key_of(run, name), &plan.edits);
    plan.below.into_iter().fold(patch, |patch, below| patch.condition(M::below(below)))
}

/// A call that tells nothing more than that it is done.
pub(super) fn done<T>(done: Option<dynorm::Result<T>>) -> Done {
    done.map(|done| done.map(|_| Seen::Done))
}

fn some<M: Model>(item: dynorm::Result<M>) -> dynorm::Result<Seen> {
    returned(item.map(Some))
}

fn returned<M: Model>(item: dynorm::Result<Option<M>>) -> dynorm::Result<Seen> {
    item.map(|item| Seen::Returned(item.map(|item| item.item())))
}

fn existed(existed: dynorm::Result<Existed>) -> dynorm::Result<Seen> {
    existed.map(|existed| existed.known().map_or(Seen::ExistedUnknown, Seen::Existed))
}
