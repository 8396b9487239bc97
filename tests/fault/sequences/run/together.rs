//! Several writes in one call: batches and transactions.

use dynorm::{BatchWrite, Error, Transact};
use dynorm_tests::Result;

use super::super::item::Item;
use super::super::kind::Kind;
use super::super::models::{Hooked, Locked, Member, Model, Parcel, Session, Shelf, Thing, Ticket};
use super::super::plan::{Form, Plan, Stamp, Verb};
use super::super::world::{Action, Seen};
use super::single::{done, has_fields, in_hand, patch, put, update};
use super::{Runner, seen, with_model};

/// A model in hand of one of the kinds.
#[derive(Debug, Clone, PartialEq)]
enum Hand {
    Thing(Thing),
    Ticket(Ticket),
    Locked(Locked),
    Member(Member),
    Shelf(Shelf),
    Session(Session),
    Hooked(Hooked),
    Parcel(Parcel),
}

/// Does something with the model that is in a hand.
macro_rules! with_hand {
    ($hand:expr, $model:ident => $call:expr) => {
        match $hand {
            Hand::Thing($model) => $call,
            Hand::Ticket($model) => $call,
            Hand::Locked($model) => $call,
            Hand::Member($model) => $call,
            Hand::Shelf($model) => $call,
            Hand::Session($model) => $call,
            Hand::Hooked($model) => $call,
            Hand::Parcel($model) => $call,
        }
    };
}

impl Hand {
    /// With the item of a plan; the other plans only need its kind.
    fn of(run: &str, plan: &Plan) -> Self {
        let nothing = Item::new();
        let item = match &plan.verb {
            Verb::Create(item) | Verb::Put(item) | Verb::Overwrite(item) | Verb::Upsert(item) => item,
            Verb::Update(_) | Verb::Delete(_) | Verb::Check(_) => &nothing,
        };
        match plan.kind() {
            Kind::Thing => Hand::Thing(Model::of(run, plan.name, item)),
            Kind::Ticket => Hand::Ticket(Model::of(run, plan.name, item)),
            Kind::Locked => Hand::Locked(Model::of(run, plan.name, item)),
            Kind::Member => Hand::Member(Model::of(run, plan.name, item)),
            Kind::Shelf => Hand::Shelf(Model::of(run, plan.name, item)),
            Kind::Session => Hand::Session(Model::of(run, plan.name, item)),
            Kind::Hooked => Hand::Hooked(Model::of(run, plan.name, item)),
            Kind::Parcel => Hand::Parcel(Model::of(run, plan.name, item)),
        }
    }

    fn item(&self) -> Item {
        with_hand!(self, model => model.item())
    }
}

impl Runner<'_> {
    pub(super) async fn transact(&mut self, plans: Vec<Plan>) -> Result {
        let (run, stamp, db) = (self.run.clone(), self.stamp(), self.engine.db);
        for plan in &plans {
            self.uses(plan.name);
        }
        let mut hands: Vec<Hand> = plans.iter().map(|plan| Hand::of(&run, plan)).collect();
        let before = hands.clone();
        let mut transaction = db.transact();
        for (plan, hand) in plans.iter().zip(&mut hands) {
            transaction = match (&plan.verb, hand) {
                (Verb::Update(update), Hand::Member(_)) => {
                    Member::change_in(transaction, &run, plan.name, &update.edits)
                }
                (_, hand) => with_hand!(hand, model => add(transaction, &run, plan, model)),
            };
        }
        let sent = done(self.call(transaction.send()).await);
        let stored = plans.iter().zip(&hands).all(|(plan, hand)| match &plan.verb {
            Verb::Create(item) | Verb::Put(item) | Verb::Overwrite(item) => {
                hand.item() == in_hand(plan.name, item, stamp)
            }
            Verb::Upsert(item) => has_fields(&hand.item(), plan.name, item, stamp),
            Verb::Update(_) | Verb::Delete(_) | Verb::Check(_) => true,
        });
        self.in_hand(&sent, hands == before, stored)?;
        let writes = plans.iter().map(|plan| plan.write(stamp)).collect();
        let reads = plans.iter().any(|plan| plan.kind().is_unique() && !matches!(plan.verb, Verb::Create(_)));
        let seen = seen::of_write(sent, false)?;
        self.observe(Action::Together { writes, reads, single: false }, seen)
    }

    pub(super) async fn batch(&mut self, plans: Vec<Plan>) -> Result {
        let (run, stamp, db) = (self.run.clone(), self.stamp(), self.engine.db);
        let mut batch = db.batch_write();
        for plan in &plans {
            let kind = self.uses(plan.name);
            batch = with_model!(kind, M => write_in::<M>(batch, &run, plan));
        }
        let written = self.call(batch.send()).await;
        let seen = match written {
            Some(Ok(written)) if written.operations == plans.len() => Seen::Done,
            Some(Ok(written)) => return Err(format!("{written:?} of {} writes", plans.len()).into()),
            Some(Err(error)) if error.is_unprocessed() => Seen::Left(left(&error, &run, &plans, stamp)?),
            written => seen::of_write(done(written), false)?,
        };
        let writes = plans.iter().map(|plan| plan.write(stamp)).collect();
        self.observe(Action::Each(writes), seen)
    }
}

fn add<'a, M: Model>(transaction: Transact<'a>, run: &str, plan: &Plan, model: &'a mut M) -> Transact<'a> {
    let name = plan.name;
    match &plan.verb {
        Verb::Create(_) | Verb::Put(_) | Verb::Overwrite(_) => transaction.add(put(&plan.verb, model)),
        Verb::Upsert(_) => transaction.add(model.upsert()),
        Verb::Update(plan) => match plan.form {
            Form::Update => transaction.add(update::<M>(run, name, plan)),
            Form::Upsert => transaction.add(update::<M>(run, name, plan).upsert()),
            Form::Patch => transaction.add(patch::<M>(run, name, plan)),
        },
        Verb::Delete(version) => transaction.add(M::deleted(run, name, version.map(i64::cast_unsigned))),
        Verb::Check(below) => transaction.add(M::condition_check(M::key_of(run, name), M::below(*below))),
    }
}

fn write_in<'a, M: Model>(batch: BatchWrite<'a>, run: &str, plan: &Plan) -> BatchWrite<'a> {
    match &plan.verb {
        Verb::Overwrite(item) => M::put_in(batch, M::of(run, plan.name, item)),
        _ => M::delete_in(batch, M::key_of(run, plan.name)),
    }
}

/// The places of the writes that a failed batch returns. Each is of one of its writes, and is returned once.
fn left(error: &Error, run: &str, plans: &[Plan], stamp: Stamp) -> Result<Vec<usize>> {
    let mut left = Vec::new();
    for kind in Kind::ALL {
        let mine: Vec<(usize, &Plan)> = plans.iter().enumerate().filter(|(_, plan)| plan.kind() == kind).collect();
        left.extend(with_model!(kind, M => left_of::<M>(error, run, &mine, stamp)?));
    }
    left.sort_unstable();
    Ok(left)
}

fn left_of<M: Model>(error: &Error, run: &str, plans: &[(usize, &Plan)], stamp: Stamp) -> Result<Vec<usize>> {
    let (mut puts, mut deletes) = (error.unprocessed::<M>()?, error.unprocessed_deletes::<M>());
    let mut left = Vec::new();
    // Of writes that are alike, those that are left are the last ones: they are done in call order.
    for (place, plan) in plans.iter().rev() {
        let returned = match &plan.verb {
            Verb::Overwrite(item) => {
                let is_it = |model: &M| model.name() == plan.name && model.item() == in_hand(plan.name, item, stamp);
                puts.iter().rposition(is_it).map(|at| drop(puts.remove(at)))
            }
            _ => {
                let key = M::key_of(run, plan.name);
                deletes.iter().rposition(|known| *known == key).map(|at| drop(deletes.remove(at)))
            }
        };
        left.extend(returned.map(|()| *place));
    }
    if puts.is_empty() && deletes.is_empty() {
        return Ok(left);
    }
    Err(format!("the error has writes that the batch did not: {puts:?}, {deletes:?}").into())
}
