//! Runs a sequence against the library and tells the model what was seen.

use std::fmt::Write as _;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue::S;
use dynorm::{Db, DynamoModel, Error, Existed, Update};
use dynorm_tests::Result;
use dynorm_tests::fault::Faults;

use super::draw::{Draw, Step};
use super::stored::{Items, LOCKED, Locked, MAILS, MEMBERS, Member, Name, Stored, THINGS, TICKET, Thing, Ticket, key};
use super::world::{Action, Change, Failure, Returns, Seen, Worlds, Write};
use super::{DROPS, FAULTS, Total};

/// One sequence.
pub(super) struct Runner<'a> {
    /// A client that meets no faults.
    past_faults: &'a Client,
    way: &'a Faults,
    db: &'a Db,
    /// The partition of the sequence.
    run: String,
    draw: Draw,
    worlds: Worlds,
    /// Whether a ticket, an item with a version, or a member can be there.
    others: [bool; 3],
    story: String,
    calls: usize,
    dropped: usize,
    unknown: usize,
}

impl<'a> Runner<'a> {
    pub(super) fn new(past_faults: &'a Client, way: &'a Faults, db: &'a Db, seed: u64) -> Self {
        way.seed(seed, FAULTS);
        Runner {
            past_faults,
            way,
            db,
            run: format!("run {seed}"),
            draw: Draw::new(seed),
            worlds: Worlds::new(),
            others: [false; 3],
            story: String::new(),
            calls: 0,
            dropped: 0,
            unknown: 0,
        }
    }

    /// What was done and seen so far.
    pub(super) fn story(&self) -> &str {
        &self.story
    }

    /// What it took.
    pub(super) fn total(&self) -> Total {
        let Runner { calls, dropped, unknown, .. } = *self;
        Total { calls, attempts: self.way.attempts(), faults: self.way.faults(), dropped, unknown }
    }

    pub(super) async fn sequence(&mut self) -> Result {
        for _ in 0..self.draw.length() {
            let step = self.draw.step();
            self.step(step).await?;
        }
        let stored = self.stored().await?;
        let before = self.worlds.len();
        self.worlds.stored(&stored);
        if self.worlds.is_empty() {
            return Err(format!("none of {before} possible states is stored, but {stored:?}").into());
        }
        Ok(())
    }

    async fn step(&mut self, step: Step) -> Result {
        match step {
            Step::Write { write, returns, exactly_once } => self.write(write, returns, exactly_once).await,
            Step::Save { name, text, note } => self.save(name, text, note).await,
            Step::Rekey { from, to, text } => self.rekey(from, to, text).await,
            Step::Race(first, second) => self.race([first, second]).await,
            Step::Batch(writes) => self.batch(writes).await,
            Step::Transact(writes) => self.transact(writes).await,
            Step::Get(name) => {
                let call = Thing::get(key(&self.run, name)).consistent().send(self.db);
                let action = Action::Read { names: vec![name], for_save: false };
                self.read(action, call, |found| vec![found.as_ref().map(Stored::of_thing)]).await
            }
            Step::TransactGet(first, second) => {
                let call = self.db.transact_get((key(&self.run, first), key(&self.run, second))).send();
                let action = Action::Read { names: vec![first, second], for_save: false };
                self.read(action, call, |(first, second)| {
                    vec![first.as_ref().map(Stored::of_thing), second.as_ref().map(Stored::of_thing)]
                })
                .await
            }
            Step::BatchGet(first, second) => {
                let keys = [first, second].map(|name| key(&self.run, name));
                let call = Thing::batch_get(keys).consistent().send(self.db);
                let action = Action::ReadEach(vec![first, second]);
                self.read(action, call, |found| {
                    found.iter().map(|thing| thing.as_ref().map(Stored::of_thing)).collect()
                })
                .await
            }
            Step::Query => {
                let call = Thing::query(Thing::key().run(&*self.run)).consistent().all(self.db);
                let action = Action::Read { names: THINGS.to_vec(), for_save: false };
                self.read(action, call, |found| {
                    let find = |name: &Name| found.iter().find(|thing| thing.name == **name).map(Stored::of_thing);
                    THINGS.iter().map(find).collect()
                })
                .await
            }
            Step::Extra(name, extra) => self.extra(name, extra).await,
        }
    }

    async fn write(&mut self, write: Write, returns: Returns, exactly_once: bool) -> Result {
        let (run, db) = (self.run.clone(), self.db);
        let action = match exactly_once {
            true => Action::Together(vec![write.clone()]),
            false => Action::One { write: write.clone(), returns },
        };
        let seen = match &write {
            Write::Member(write) => {
                self.others[2] = true;
                self.member(write).await?
            }
            Write::Create(TICKET, item) => {
                self.others[0] = true;
                let mut ticket = Ticket { run, name: TICKET.to_owned(), text: item.text.clone(), id: dynorm::auto() };
                let before = ticket.clone();
                let done = self.call(ticket.create().send(db)).await.map(|done| done.map(|()| Seen::Done));
                let changed = ticket != before;
                self.unchanged_unless(&done, changed)?;
                done
            }
            Write::Create(LOCKED, item) => {
                self.others[1] = true;
                let mut locked = Locked { run, name: LOCKED.to_owned(), text: item.text.clone(), version: 0 };
                let done = self.call(locked.create().send(db)).await.map(|done| done.map(|()| Seen::Done));
                self.unchanged_unless(&done, locked.version != 0)?;
                done
            }
            Write::Create(name, item) | Write::Put(name, item) => {
                let mut thing = item.thing(&run, name);
                let before = thing.clone();
                let create = matches!(write, Write::Create(..));
                let put = if create { thing.create() } else { thing.put() };
                let done = match (exactly_once, returns) {
                    (true, _) => self.call(put.exactly_once().send(db)).await.map(|done| done.map(|()| Seen::Done)),
                    (false, Returns::Old) => self.call(put.return_old().send(db)).await.map(returned),
                    (false, _) => self.call(put.send(db)).await.map(|done| done.map(|()| Seen::Done)),
                };
                let changed = thing != before;
                // A put whose old item is lost is done.
                if !matches!(&done, Some(Err(error)) if error.is_outcome_unknown() && returns == Returns::Old) {
                    self.unchanged_unless(&done, changed)?;
                }
                done
            }
            Write::Update { name, changes, below, upsert } => {
                let update = update(&run, name, changes, *below);
                match (exactly_once, upsert, returns) {
                    (true, true, _) => {
                        self.call(update.upsert().exactly_once().send(db)).await.map(|done| done.map(|()| Seen::Done))
                    }
                    (true, false, _) => {
                        self.call(update.exactly_once().send(db)).await.map(|done| done.map(|()| Seen::Done))
                    }
                    (false, true, _) => self.call(update.upsert().send(db)).await.map(|done| done.map(|()| Seen::Done)),
                    (false, false, Returns::Old) => {
                        self.call(update.return_old().send(db)).await.map(|old| returned(old.map(Some)))
                    }
                    (false, false, Returns::New) => {
                        self.call(update.return_new().send(db)).await.map(|new| returned(new.map(Some)))
                    }
                    (false, false, _) => self.call(update.send(db)).await.map(|done| done.map(|()| Seen::Done)),
                }
            }
            Write::Delete(TICKET) => {
                let delete = Ticket::delete(Ticket::key().run(&*run).name(TICKET));
                match returns {
                    Returns::Old => {
                        let old = self.call(delete.return_old().send(db)).await;
                        old.map(|old| old.map(|old| Seen::Returned(old.map(|ticket| Stored::of(&ticket.text)))))
                    }
                    _ => self.call(delete.send(db)).await.map(existed),
                }
            }
            Write::Delete(LOCKED) => {
                let delete = Locked::delete(Locked::key().run(&*run).name(LOCKED));
                match returns {
                    Returns::Old => {
                        let old = self.call(delete.return_old().send(db)).await;
                        old.map(|old| old.map(|old| Seen::Returned(old.as_ref().map(Stored::of_locked))))
                    }
                    _ => self.call(delete.send(db)).await.map(existed),
                }
            }
            Write::Delete(name) => {
                let delete = Thing::delete(key(&run, name));
                match returns {
                    Returns::Old => self.call(delete.return_old().send(db)).await.map(returned),
                    _ => self.call(delete.send(db)).await.map(existed),
                }
            }
            Write::Locked { .. } | Write::Arrive { .. } | Write::Depart(_) => {
                return Err("this is done after a read".into());
            }
        };
        let seen = self.seen(seen, exactly_once)?;
        self.observe(action, seen)
    }

    /// A write of a member; a read that failed before it was nothing but a read.
    async fn member(&mut self, write: &Write) -> Result<Option<dynorm::Result<Seen>>> {
        let (run, db) = (self.run.clone(), self.db);
        let member_key = |name: Name| Member::key().run(&*run).name(name);
        let done = match write {
            Write::Create(name, item) => self
                .call(Member::new(&run, name, &item.text).create().send(db))
                .await
                .map(|done| done.map(|()| Seen::Done)),
            Write::Put(name, item) => self
                .call(Member::new(&run, name, &item.text).put().send(db))
                .await
                .map(|done| done.map(|()| Seen::Done)),
            Write::Delete(name) => {
                self.call(Member::delete(member_key(name)).send(db)).await.map(|done| done.map(|_| Seen::Done))
            }
            Write::Update { name, changes, .. } => {
                let [Change::Text(mail)] = &changes[..] else { return Err("no change of a member".into()) };
                let update =
                    Member::update(member_key(name)).read_first().set(Member::MAIL, Member::new(&run, name, mail).mail);
                self.call(update.send(db)).await.map(|done| done.map(|()| Seen::Done))
            }
            _ => return Err("no write of a member".into()),
        };
        Ok(match done {
            Some(Err(error)) if error.is_unique_violation() => Some(Ok(Seen::Failed(Failure::Unique))),
            Some(Err(error)) if error.operation() == Some("GetItem") => Some(Ok(read_failed(&error)?)),
            done => done,
        })
    }

    /// Which member has each address, by trying to take it: so also a guard without its item is found.
    async fn members(&self, clean: &Db) -> Result<Items> {
        let mut items = Items::new();
        for name in MEMBERS {
            let member = Member::get(Member::key().run(&*self.run).name(name)).consistent().send(clean).await?;
            if let Some(member) = member {
                let mail = member.mail.split('@').next().unwrap_or_default();
                items.insert(name, Stored::of(mail));
            }
        }
        for mail in MAILS {
            let mut third = Member::new(&self.run, "third", mail);
            let taken = match third.create().send(clean).await {
                Ok(()) => false,
                Err(error) if error.is_unique_violation() => true,
                Err(error) => return Err(error.into()),
            };
            if !taken {
                Member::delete(&third).send(clean).await?;
            }
            if taken != items.values().any(|item| item.text == mail) {
                return Err(format!("the guard of {mail:?} does not go with the items {items:?}").into());
            }
        }
        Ok(items)
    }

    async fn save(&mut self, name: Name, text: Option<String>, note: Option<Option<String>>) -> Result {
        let load = Thing::get(key(&self.run, name)).consistent().tracked().send(self.db);
        let loaded = self.call(load).await;
        let found = loaded.as_ref().and_then(|loaded| loaded.as_ref().ok()).and_then(Option::as_ref);
        let before = found.map(|thing| Stored::of_thing(thing));
        let seen = match &loaded {
            Some(Ok(_)) => Seen::Items(vec![before.clone()]),
            Some(Err(error)) => read_failed(error)?,
            None => Seen::Dropped,
        };
        self.observe(Action::Read { names: vec![name], for_save: true }, seen)?;
        let (Some(Ok(Some(mut tracked))), Some(before)) = (loaded, before) else { return Ok(()) };

        let mut changes = Vec::new();
        if let Some(text) = text.filter(|text| *text != before.text) {
            tracked.text = text.clone();
            changes.push(Change::Text(text));
        }
        if let Some(note) = note.filter(|note| *note != before.note) {
            tracked.note = note.clone();
            changes.push(Change::Note(note));
        }
        let call = tracked.save().send(self.db);
        let saved = self.call(call).await;
        if changes.is_empty() {
            let nothing = self.way.take_log().is_empty() && matches!(saved, Some(Ok(false)) | None);
            return if nothing { Ok(()) } else { Err(format!("a save without changes: {saved:?}").into()) };
        }
        if let Some(Ok(false)) = saved {
            return Err("a save that did not see the changes".into());
        }
        if tracked.is_changed()? == matches!(saved, Some(Ok(_))) {
            return Err("a tracked item that does not know whether it is saved".into());
        }
        let seen = self.seen(saved.map(|saved| saved.map(|_| Seen::Done)), false)?;
        let write = Write::Update { name, changes, below: None, upsert: false };
        self.observe(Action::One { write, returns: Returns::Nothing }, seen)
    }

    async fn rekey(&mut self, from: Name, to: Name, text: String) -> Result {
        let load = Thing::get(key(&self.run, from)).consistent().tracked().send(self.db);
        let loaded = self.call(load).await;
        let found = loaded.as_ref().and_then(|loaded| loaded.as_ref().ok()).and_then(Option::as_ref);
        let seen = match &loaded {
            Some(Ok(_)) => Seen::Items(vec![found.map(|thing| Stored::of_thing(thing))]),
            Some(Err(error)) => read_failed(error)?,
            None => Seen::Dropped,
        };
        self.observe(Action::Read { names: vec![from], for_save: true }, seen)?;
        let Some(Ok(Some(mut tracked))) = loaded else { return Ok(()) };
        tracked.name = to.to_owned();
        tracked.text = text.clone();
        let moved = self.call(tracked.rekey().send(self.db)).await;
        let seen = self.seen(moved.map(|moved| moved.map(|_| Seen::Done)), false)?;
        self.observe(Action::Together(vec![Write::Arrive { to, text }, Write::Depart(from)]), seen)
    }

    async fn race(&mut self, texts: [String; 2]) -> Result {
        let mut racing = Vec::new();
        for _ in &texts {
            let load = Locked::get(Locked::key().run(&*self.run).name(LOCKED)).consistent().tracked().send(self.db);
            let loaded = self.call(load).await;
            let found = loaded.as_ref().and_then(|loaded| loaded.as_ref().ok()).and_then(Option::as_ref);
            let seen = match &loaded {
                Some(Ok(_)) => Seen::Items(vec![found.map(|locked| Stored::of_locked(locked))]),
                Some(Err(error)) => read_failed(error)?,
                None => Seen::Dropped,
            };
            self.observe(Action::Read { names: vec![LOCKED], for_save: true }, seen)?;
            racing.extend(loaded.and_then(Result::ok).flatten());
        }
        for (mut locked, text) in racing.into_iter().zip(texts) {
            let (before, version) = (locked.text.clone(), locked.version);
            if before == text {
                continue;
            }
            locked.text = text.clone();
            let saved = self.call(locked.save().send(self.db)).await;
            if locked.version != version + u64::from(matches!(saved, Some(Ok(_)))) {
                return Err("a version in hand that does not go with what was said".into());
            }
            let seen = self.seen(saved.map(|saved| saved.map(|_| Seen::Done)), false)?;
            self.observe(Action::One { write: Write::Locked { text, version }, returns: Returns::Nothing }, seen)?;
        }
        Ok(())
    }

    async fn batch(&mut self, writes: Vec<Write>) -> Result {
        let mut batch = self.db.batch_write();
        for write in &writes {
            batch = match write {
                Write::Put(name, item) => batch.put(item.thing(&self.run, name)),
                Write::Delete(name) => batch.delete(key(&self.run, name)),
                _ => return Err("no write of a batch".into()),
            };
        }
        let written = self.call(batch.send()).await;
        let seen = match written {
            None => Seen::Dropped,
            Some(Ok(written)) if written.operations == writes.len() => Seen::Done,
            Some(Ok(written)) => return Err(format!("{written:?} of {} writes", writes.len()).into()),
            Some(Err(error)) if error.is_unprocessed() => {
                let mut left = Vec::new();
                let (mut puts, mut deletes) = (error.unprocessed::<Thing>()?, error.unprocessed_deletes::<Thing>());
                for (place, write) in writes.iter().enumerate() {
                    // In call order; the last ones of a key are those that are left.
                    let known = match write {
                        Write::Put(name, item) => {
                            let of = |thing: &Thing| thing.name == *name && Stored::of_thing(thing) == *item;
                            puts.iter().position(of).map(|at| drop(puts.remove(at)))
                        }
                        Write::Delete(name) => {
                            let later = writes[place + 1..].iter().filter(|other| **other == *write).count();
                            let of = |known: &dynorm::Key<Thing>| *known == key(&self.run, name);
                            let left = deletes.iter().filter(|known| of(known)).count();
                            (left > later)
                                .then(|| deletes.iter().position(of).map(|at| drop(deletes.remove(at))))
                                .flatten()
                        }
                        _ => None,
                    };
                    left.extend(known.map(|()| place));
                }
                if !puts.is_empty() || !deletes.is_empty() {
                    return Err("the error has writes that the batch did not".into());
                }
                Seen::Left(left)
            }
            Some(Err(error)) => return Err(error.into()),
        };
        self.observe(Action::Each(writes), seen)
    }

    async fn transact(&mut self, writes: Vec<Write>) -> Result {
        let mut things: Vec<Option<Thing>> = Vec::new();
        for write in &writes {
            things.push(match write {
                Write::Create(name, item) | Write::Put(name, item) => Some(item.thing(&self.run, name)),
                _ => None,
            });
        }
        let before = things.clone();
        let mut transaction = self.db.transact();
        for (write, thing) in writes.iter().zip(&mut things) {
            transaction = match (write, thing) {
                (Write::Create(..), Some(thing)) => transaction.add(thing.create()),
                (Write::Put(..), Some(thing)) => transaction.add(thing.put()),
                (Write::Delete(name), _) => transaction.add(Thing::delete(key(&self.run, name))),
                (Write::Update { name, changes, below, .. }, _) => {
                    transaction.add(update(&self.run, name, changes, *below))
                }
                _ => return Err("no write of a transaction".into()),
            };
        }
        let done = self.call(transaction.send()).await.map(|done| done.map(|()| Seen::Done));
        if !matches!(done, Some(Ok(_))) && things != before {
            return Err("a transaction that failed changed a model in hand".into());
        }
        let seen = self.seen(done, false)?;
        self.observe(Action::Together(writes), seen)
    }

    async fn extra(&mut self, name: Name, extra: String) -> Result {
        let write = self.past_faults.update_item().table_name("things");
        let write = write.key("run", S(self.run.clone())).key("name", S(name.to_owned()));
        let write = write.update_expression("SET extra = :extra").condition_expression("attribute_exists(#name)");
        let write = write.expression_attribute_names("#name", "name");
        let _ = write.expression_attribute_values(":extra", S(extra.clone())).send().await;
        let changes = vec![Change::Extra(extra)];
        let write = Write::Update { name, changes, below: None, upsert: false };
        let _ = writeln!(self.story, "past the faults: {write:?}");
        self.worlds.certain(&write);
        Ok(())
    }

    async fn read<T: std::fmt::Debug>(
        &mut self,
        action: Action,
        call: impl Future<Output = dynorm::Result<T>>,
        items: impl FnOnce(T) -> Vec<Option<Stored>>,
    ) -> Result {
        let seen = match self.call(call).await {
            None => Seen::Dropped,
            Some(Ok(found)) => Seen::Items(items(found)),
            Some(Err(error)) => read_failed(&error)?,
        };
        self.observe(action, seen)
    }

    /// Runs a call to its end, or drops it on the way.
    async fn call<T>(&mut self, call: impl Future<Output = T>) -> Option<T> {
        self.calls += 1;
        drop(self.way.take_log());
        let Some(mut polls) = self.draw.drop_after(DROPS) else { return Some(call.await) };
        let mut call = pin!(call);
        poll_fn(move |context| match call.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if polls == 1 => Poll::Ready(None),
            Poll::Pending => {
                polls -= 1;
                Poll::Pending
            }
        })
        .await
    }

    fn unchanged_unless<T>(&self, done: &Option<dynorm::Result<T>>, changed: bool) -> Result {
        match done {
            Some(Ok(_)) if !changed => Err("a model in hand that did not get its stamps".into()),
            Some(Ok(_)) => Ok(()),
            _ if changed => Err("a write that failed changed the model in hand".into()),
            _ => Ok(()),
        }
    }

    /// What a caller reads from the error.
    fn seen(&self, done: Option<dynorm::Result<Seen>>, single: bool) -> Result<Seen> {
        let error = match done {
            None => return Ok(Seen::Dropped),
            Some(Ok(seen)) => return Ok(seen),
            Some(Err(error)) => error,
        };
        if error.is_outcome_unknown() {
            return Ok(Seen::Unknown);
        }
        if error.is_transaction_canceled() && error.is_condition_failed() {
            let reason = |reason: &dynorm::error::CancellationReason| {
                let failed = reason.is_condition_failed();
                failed.then(|| failure(reason.is_already_exists(), reason.is_not_found(), reason.is_version_conflict()))
            };
            return Ok(Seen::Canceled(error.reasons().iter().map(reason).collect()));
        }
        if error.is_condition_failed() {
            let failure = failure(error.is_already_exists(), error.is_not_found(), error.is_version_conflict());
            return Ok(if single { Seen::Canceled(vec![Some(failure)]) } else { Seen::Failed(failure) });
        }
        let refused = error.is_throttled()
            || error.is_transaction_conflict()
            || error.is_connection()
            || error.code() == Some("ReplicatedWriteConflictException");
        if refused { Ok(Seen::NotDone) } else { Err(format!("an error that nobody made: {error}").into()) }
    }

    fn observe(&mut self, action: Action, seen: Seen) -> Result {
        let log = self.way.take_log();
        let faults = log.iter().any(|attempt| !attempt.ends_with(": Answered"));
        let _ = writeln!(self.story, "{action:?}\n    {}\n    -> {seen:?}", log.join(", "));
        self.dropped += usize::from(seen == Seen::Dropped);
        self.unknown += usize::from(matches!(seen, Seen::Unknown | Seen::ExistedUnknown));
        if log.is_empty() {
            // Nothing was sent, so nothing was done; only a dropped call ends so.
            return if seen == Seen::Dropped { Ok(()) } else { Err(format!("{seen:?} without an attempt").into()) };
        }
        let before = self.worlds.len();
        self.worlds.observe(&action, &seen, faults);
        if self.worlds.is_empty() {
            return Err(format!("none of {before} possible states explains {seen:?}").into());
        }
        Ok(())
    }

    /// Everything that is stored, past the faults.
    async fn stored(&self) -> Result<Items> {
        let mut items = Items::new();
        let [ticket, locked, _] = self.others;
        let tables = [("things", &THINGS[..], true), ("tickets", &[TICKET], ticket), ("locked", &[LOCKED], locked)];
        for (table, names, _) in tables.into_iter().filter(|(.., asked)| *asked) {
            let query = self.past_faults.query().table_name(table).consistent_read(true);
            let query = query.key_condition_expression("#run = :run").expression_attribute_names("#run", "run");
            let found = query.expression_attribute_values(":run", S(self.run.clone())).send().await?;
            for item in found.items() {
                let name = item.get("name").and_then(|name| name.as_s().ok());
                let name = names.iter().find(|known| name.is_some_and(|name| name == **known));
                items.insert(name.ok_or("a name that no sequence has")?, Stored::of_item(item));
            }
        }
        if self.others[2] {
            items.extend(self.members(&Db::new(self.past_faults.clone())).await?);
        }
        Ok(items)
    }
}

fn update(run: &str, name: Name, changes: &[Change], below: Option<u32>) -> Update<Thing> {
    let update = changes.iter().fold(Thing::update(key(run, name)), |update, change| match change.clone() {
        Change::Text(text) => update.set(Thing::TEXT, text),
        Change::Note(note) => update.set(Thing::NOTE, note),
        Change::Count(count) => update.set(Thing::COUNT, count),
        Change::AddCount(more) => update.add(Thing::COUNT, more),
        Change::AppendTag(tag) => update.list_append(Thing::TAGS, vec![tag]),
        Change::Extra(_) => update,
    });
    below.into_iter().fold(update, |update, below| update.condition(Thing::COUNT.lt(below)))
}

fn returned(old: dynorm::Result<Option<Thing>>) -> dynorm::Result<Seen> {
    old.map(|old| Seen::Returned(old.as_ref().map(Stored::of_thing)))
}

fn existed(existed: dynorm::Result<Existed>) -> dynorm::Result<Seen> {
    existed.map(|existed| existed.known().map_or(Seen::ExistedUnknown, Seen::Existed))
}

fn failure(already_exists: bool, not_found: bool, version_conflict: bool) -> Failure {
    match (already_exists, not_found, version_conflict) {
        (true, ..) => Failure::AlreadyExists,
        (_, true, _) => Failure::NotFound,
        (.., true) => Failure::Version,
        _ => Failure::Condition,
    }
}

/// A read that found no way to the service.
fn read_failed(error: &Error) -> Result<Seen> {
    let expected = error.is_throttled()
        || error.is_connection()
        || error.is_timeout()
        || error.is_unprocessed()
        || matches!(error.code(), Some("InternalServerError" | "ServiceUnavailable"));
    if expected { Ok(Seen::NotDone) } else { Err(format!("an error that nobody made: {error}").into()) }
}
