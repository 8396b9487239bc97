//! Runs a sequence against the library and tells the model what was seen.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use aws_sdk_dynamodb::Client;
use dynorm::Db;
use dynorm_tests::Result;
use dynorm_tests::fault::Faults;
use dynorm_tests::models::TestClock;

use super::draw::{Draw, Step};
use super::item::Item;
use super::kind::{Kind, Name};
use super::models::take_shown;
use super::outcomes::is_vetoed;
use super::plan::Stamp;
use super::service::Effect;
use super::world::{Action, Returns, Seen, Worlds};
use super::{DROPS, FAULTS, Total};

mod others;
mod reads;
mod seen;
mod single;
mod stored;
mod together;
mod tracked;

/// What every sequence starts at.
const START: u64 = 1_000;

/// Does something with the model of a kind, as the type `$M`.
macro_rules! with_model {
    ($kind:expr, $M:ident => $call:expr) => {
        match $kind {
            Kind::Thing => {
                type $M = $crate::sequences::models::Thing;
                $call
            }
            Kind::Ticket => {
                type $M = $crate::sequences::models::Ticket;
                $call
            }
            Kind::Locked => {
                type $M = $crate::sequences::models::Locked;
                $call
            }
            Kind::Member => {
                type $M = $crate::sequences::models::Member;
                $call
            }
            Kind::Shelf => {
                type $M = $crate::sequences::models::Shelf;
                $call
            }
            Kind::Session => {
                type $M = $crate::sequences::models::Session;
                $call
            }
            Kind::Hooked => {
                type $M = $crate::sequences::models::Hooked;
                $call
            }
            Kind::Parcel => {
                type $M = $crate::sequences::models::Parcel;
                $call
            }
        }
    };
}
use with_model;

/// What the runs of one engine share.
pub(super) struct Engine<'a> {
    /// A client that meets no faults.
    pub(super) past_faults: &'a Client,
    pub(super) way: &'a Faults,
    pub(super) db: &'a Db,
    pub(super) clock: &'a TestClock,
}

/// One sequence.
pub(super) struct Runner<'a> {
    engine: &'a Engine<'a>,
    /// The partition of the sequence.
    run: String,
    draw: Draw,
    worlds: Worlds,
    /// Of what there can be items.
    used: BTreeSet<Kind>,
    now: i64,
    story: String,
    calls: u32,
    dropped: usize,
    unknown: usize,
}

impl<'a> Runner<'a> {
    pub(super) fn new(engine: &'a Engine<'a>, seed: u64) -> Self {
        engine.way.seed(seed, FAULTS);
        engine.clock.set(START);
        Runner {
            engine,
            run: format!("run {seed}"),
            draw: Draw::new(seed),
            worlds: Worlds::new(),
            used: BTreeSet::new(),
            now: START.cast_signed(),
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
        let (attempts, faults) = (self.engine.way.attempts(), self.engine.way.faults());
        Total { calls: calls as usize, attempts, faults, dropped, unknown }
    }

    pub(super) async fn sequence(&mut self) -> Result {
        for _ in 0..self.draw.length() {
            let step = self.draw.step();
            self.step(step).await?;
            self.worlds.forget();
        }
        let stored = self.stored().await?;
        let states = self.worlds.show();
        self.worlds.stored(&stored);
        if self.worlds.is_empty() {
            return Err(
                format!("none of the possible states is stored, but {stored:?}\nPossible were:\n{states}").into()
            );
        }
        Ok(())
    }

    async fn step(&mut self, step: Step) -> Result {
        // Each has a time of its own, so that what is stamped tells when.
        self.pass(1);
        match step {
            Step::Write { plan, returns, exactly_once } => Box::pin(self.write(plan, returns, exactly_once)).await,
            Step::Save { name, edit, others } => {
                with_model!(self.uses(name), M => Box::pin(self.save::<M>(name, edit, others)).await)
            }
            Step::Race { name, edits } => {
                with_model!(self.uses(name), M => Box::pin(self.race::<M>(name, edits)).await)
            }
            Step::Rekey { from, to, edit, others } => {
                with_model!(self.uses(from), M => Box::pin(self.rekey::<M>([from, to], edit, others)).await)
            }
            Step::Batch(plans) => Box::pin(self.batch(plans)).await,
            Step::Transact(plans) => Box::pin(self.transact(plans)).await,
            Step::Get(name) => with_model!(self.uses(name), M => Box::pin(self.get::<M>(name)).await),
            Step::TransactGet(first, second) => Box::pin(self.transact_get([first, second])).await,
            Step::BatchGet(first, second) => Box::pin(self.batch_get([first, second])).await,
            Step::Query(kind) => with_model!(kind, M => Box::pin(self.query::<M>()).await),
            Step::Others(name, text) => {
                self.uses(name);
                self.others(name, text).await
            }
            Step::Wait(seconds) => {
                self.pass(seconds);
                let _ = writeln!(self.story, "{seconds} seconds pass");
                Ok(())
            }
        }
    }

    fn pass(&mut self, seconds: i64) {
        self.now += seconds;
        self.engine.clock.set(self.now.cast_unsigned());
    }

    /// Notes that there can be an item of this name.
    fn uses(&mut self, name: Name) -> Kind {
        let kind = Kind::of(name);
        self.used.insert(kind);
        kind
    }

    /// The stamp of the next call.
    fn stamp(&self) -> Stamp {
        Stamp { call: self.calls + 1, now: self.now }
    }

    /// Runs a call to its end, or drops it on the way.
    async fn call<T>(&mut self, call: impl Future<Output = T>) -> Option<T> {
        self.calls += 1;
        drop(self.engine.way.take_log());
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

    fn observe(&mut self, action: Action, seen: Seen) -> Result {
        let (log, shown) = (self.engine.way.take_log(), take_shown());
        let faults = log.iter().any(|attempt| !attempt.ends_with(": Answered"));
        let _ = writeln!(self.story, "{action:?}\n    {}\n    -> {seen:?}", log.join(", "));
        self.dropped += usize::from(seen == Seen::Dropped);
        self.unknown += usize::from(matches!(seen, Seen::Unknown | Seen::ExistedUnknown));
        let vetoed = is_vetoed(&action);
        if vetoed && log.iter().any(|attempt| !attempt.starts_with("GetItem")) {
            return Err("a write was sent that the hook before it refused".into());
        }
        if log.is_empty() {
            // Nothing was sent, so nothing was done.
            return match seen {
                Seen::Dropped => Ok(()),
                Seen::Vetoed if vetoed => Ok(()),
                _ => Err(format!("{seen:?} without an attempt").into()),
            };
        }
        hooks(&action, &seen, vetoed, shown)?;
        let states = self.worlds.show();
        self.worlds.observe(&action, &seen, log.len(), faults);
        if self.worlds.is_empty() {
            return Err(format!("no possible state explains {seen:?}\nPossible were:\n{states}").into());
        }
        Ok(())
    }

    /// What is in hand after a call: what is stored, if it was done, and otherwise what it was.
    fn in_hand(&self, seen: &Option<dynorm::Result<Seen>>, same: bool, is_stored: bool) -> Result {
        let done = match seen {
            Some(Ok(_)) => true,
            Some(Err(error)) => error.is_after_write(),
            None => false,
        };
        match (done, same, is_stored) {
            (true, _, false) => Err("what is in hand after the write is not what was stored".into()),
            (false, false, _) => Err("a write that was not done changed what is in hand".into()),
            _ => Ok(()),
        }
    }
}

/// The hooks of a write that was sent run once before it, and once after it if it was done.
fn hooks(action: &Action, seen: &Seen, vetoed: bool, shown: [usize; 2]) -> Result {
    let [before, after] = shown;
    let is_move = |effect: &Effect| matches!(effect, Effect::PutRead(..));
    let moves = action.writes().iter().any(|write| is_move(&write.effect));
    let mut hooked: Vec<usize> = Vec::new();
    for (place, write) in action.writes().iter().enumerate() {
        // A move is one write to its hooks.
        if Kind::of(write.name) == Kind::Hooked && (!moves || is_move(&write.effect)) {
            hooked.push(place);
        }
    }
    let all = hooked.len();
    let (before_is, after_is): (Vec<usize>, Vec<usize>) = match (action, seen) {
        _ if vetoed => ((0..=all).collect(), vec![0]),
        (Action::Each(_), Seen::Dropped) => (vec![all], (0..=all).collect()),
        (Action::Together { reads: true, .. }, Seen::Dropped | Seen::NotDone) => (vec![0, all], vec![0]),
        (_, Seen::Left(left)) => (vec![all], vec![hooked.iter().filter(|place| !left.contains(place)).count()]),
        (_, Seen::Dropped | Seen::NotDone | Seen::Failed(_) | Seen::Canceled(_)) => (vec![all], vec![0]),
        (Action::One(one), Seen::Unknown) if matches!(one.returns, Returns::Old) => (vec![all], vec![0, all]),
        (_, Seen::Unknown) => (vec![all], vec![0]),
        _ => (vec![all], vec![all]),
    };
    if before_is.contains(&before) && after_is.contains(&after) {
        return Ok(());
    }
    Err(format!("of {all} writes with hooks, {before} were shown before and {after} after: {seen:?}").into())
}

/// The same item, as a caller sees it, with the stamps of a write.
fn as_stored(name: Name, item: &Item) -> Item {
    super::outcomes::visible(name, Some(item), i64::MIN).unwrap_or_default()
}
