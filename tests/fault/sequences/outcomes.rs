//! What a call may return and leave: the guarantees of the verbs, as their documentation gives them.

use std::collections::BTreeSet;

use super::item::{Item, Value, anonymous, known, text};
use super::kind::{self, Kind, Name, displeases, has_expired, is_hidden};
use super::service::{Effect, Failure, Items, To, Write};
use super::world::{Action, One, Returns, Seen, World};

mod batch;

/// A call on its way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    world: World,
    /// Whether an earlier attempt may have been applied.
    ambiguous: bool,
    /// Whether one was.
    applied: bool,
    /// Whether one of this call's is still to arrive.
    own_late: bool,
    /// How many attempts there were, if each leaves something else.
    attempts: usize,
}

impl Way {
    fn new(world: World) -> Self {
        Way { world, ambiguous: false, applied: false, own_late: false, attempts: 0 }
    }
}

/// What a read of the model sees of a stored item.
pub(super) fn visible(name: Name, item: Option<&Item>, now: i64) -> Option<Item> {
    let item = anonymous(item.filter(|item| !has_expired(item, now))?);
    // Parcels have a field for all that others add.
    let mut seen = if Kind::of(name) == Kind::Parcel { item } else { known(&item) };
    seen.remove("_write");
    if Kind::of(name) == Kind::Thing {
        // A field with a default, which is not in every item.
        seen.entry("tags".to_owned()).or_insert_with(|| Value::L(Vec::new()));
    }
    Some(seen)
}

/// The states after a call that explain what was seen, for one state before it.
pub(super) fn outcomes(
    action: &Action,
    world: World,
    seen: &Seen,
    attempts: usize,
    faults: bool,
    found: &mut BTreeSet<World>,
) {
    if let (Action::Each(writes), Seen::Done | Seen::Displeased | Seen::Left(_)) = (action, seen) {
        return batch::outcomes(writes, world, seen, found);
    }
    if let (Action::ReadEach { names, now }, Seen::Items(_) | Seen::Hidden) = (action, seen) {
        return each_read(names, *now, world, seen, found);
    }
    if is_vetoed(action) {
        // Nothing was sent but the reads before it.
        if matches!(seen, Seen::Vetoed | Seen::NotDone | Seen::Dropped) {
            found.extend(landed(&Way::new(world), action).into_iter().map(|way| way.world));
        }
        return;
    }
    let is_resent = match action {
        Action::Read { .. } | Action::ReadEach { .. } | Action::Together { .. } | Action::Each(_) => true,
        Action::One(one) => one.is_resent,
    };
    let counts = is_resent && matches!(action, Action::One(one) if adds(&one.write));
    let next_attempt = |way: &Way| if counts { way.attempts + 1 } else { 0 };
    let start = Way::new(world);
    // What was on its way arrives after the reads before it.
    let reads = matches!(action, Action::Together { reads: true, .. });
    let mut ways = if reads { landed(&start, action) } else { vec![start] };
    let mut known: BTreeSet<Way> = ways.iter().cloned().collect();
    // How a call ends that sends nothing more.
    let end = |way: &Way, found: &mut BTreeSet<World>| {
        let given_up = match (seen, way.ambiguous) {
            (Seen::Dropped, _) | (Seen::Unknown, true) | (Seen::NotDone, false) => true,
            (Seen::NotDone, true) => action.is_read(),
            _ => false,
        };
        if given_up {
            let mut world = way.world.clone();
            if way.own_late {
                world.late.push(action.clone());
            }
            found.insert(world);
        }
    };
    if *seen == Seen::Dropped || (reads && *seen == Seen::NotDone) {
        found.extend(ways.iter().map(|way| way.world.clone()));
    }
    while let Some(way) = ways.pop() {
        if way.attempts >= attempts && counts {
            continue;
        }
        for Served { way: after, answer } in service(action, &way) {
            let after = Way { attempts: next_attempt(&way), ..after };
            // The answer arrives.
            for settled in landed(&after, action) {
                if saw(action, &answer, &way, seen) {
                    found.insert(World { late: Vec::new(), ..settled.world });
                }
            }
            if !faults && *seen != Seen::Dropped {
                continue;
            }
            // Or it does not.
            for settled in landed(&after, action) {
                let lost = Way { ambiguous: true, own_late: false, ..settled };
                end(&lost, found);
                if is_resent && known.insert(lost.clone()) {
                    ways.push(lost);
                }
            }
        }
        if !faults && *seen != Seen::Dropped {
            continue;
        }
        for settled in landed(&way, action) {
            let settled = Way { attempts: next_attempt(&way), ..settled };
            let next = [
                // Refused, or not connected.
                Way { own_late: false, ..settled.clone() },
                // Lost on the way there.
                Way { own_late: false, ambiguous: true, ..settled.clone() },
                // Still on its way.
                Way { own_late: true, ambiguous: true, ..settled },
            ];
            for next in next {
                end(&next, found);
                if (is_resent || !next.ambiguous) && known.insert(next.clone()) {
                    ways.push(next);
                }
            }
        }
    }
}

/// Whether a write leaves something else each time it is applied.
fn adds(write: &Write) -> bool {
    matches!(&write.effect, Effect::Change(changes) if changes.iter().any(|change| matches!(change.to, To::Add(_))))
}

/// Items that are read each by itself: what was on its way can arrive between two of them.
fn each_read(names: &[Name], now: i64, world: World, seen: &Seen, found: &mut BTreeSet<World>) {
    let before = world.items.clone();
    found.extend(landed(&Way::new(world), &Action::Each(Vec::new())).into_iter().map(|way| way.world).filter(
        |after| {
            let sees = |items: &Items, name: Name| visible(name, items.get(name), now);
            let hides = |items: &Items| names.iter().any(|name| sees(items, name).as_ref().is_some_and(is_hidden_item));
            match seen {
                Seen::Items(seen) => names.iter().zip(seen).all(|(name, seen)| {
                    [&before, &after.items].iter().any(|items| sees(items, name) == *seen)
                        && !seen.as_ref().is_some_and(is_hidden_item)
                }),
                _ => hides(&before) || hides(&after.items),
            }
        },
    ));
}

fn is_hidden_item(item: &Item) -> bool {
    text(item, "text").is_some_and(is_hidden)
}

struct Served {
    way: Way,
    answer: Answer,
}

enum Answer {
    Items(Vec<Option<Item>>),
    Done {
        old: Option<Item>,
        new: Option<Item>,
    },
    /// The conditions of the writes that were false, and the item of the first.
    Failed {
        failures: Vec<Vec<Failure>>,
        item: Option<Item>,
    },
}

/// What the service does with an attempt that arrives; several possibilities for writes that are independent of each other.
fn service(action: &Action, way: &Way) -> Vec<Served> {
    let mut after = way.clone();
    let World { items, read, .. } = &mut after.world;
    let answer = match action {
        Action::Read { names, now, keep } => {
            if let ([name], Some(slot)) = (&names[..], keep) {
                match items.get(name).filter(|item| !has_expired(item, *now)) {
                    Some(item) => drop(read.insert(*slot, item.clone())),
                    None => drop(read.remove(slot)),
                }
            }
            Answer::Items(names.iter().map(|name| visible(name, items.get(name), *now)).collect())
        }
        // What it finds was looked at before.
        Action::ReadEach { .. } => Answer::Items(Vec::new()),
        // The token says that it was done.
        Action::Together { .. } if way.applied => Answer::Done { old: None, new: None },
        Action::One(One { write, now, .. }) => match write.failure(items) {
            Some(failure) => Answer::Failed { failures: vec![vec![failure]], item: items.get(write.name).cloned() },
            None => {
                let old = visible(write.name, items.get(write.name), *now);
                write.apply(items);
                // It is returned even if this write lets it expire.
                let new = visible(write.name, items.get(write.name), i64::MIN);
                after.applied = true;
                Answer::Done { old, new }
            }
        },
        Action::Together { writes, .. } => {
            let failures = Write::failures(writes, items);
            if failures.iter().any(|failures| !failures.is_empty()) {
                Answer::Failed { failures, item: None }
            } else {
                writes.iter().for_each(|write| write.apply(items));
                after.applied = true;
                Answer::Done { old: None, new: None }
            }
        }
        Action::Each(writes) => {
            let each = batch::subsets(writes, after.world);
            let done = |world| Way { world, ..way.clone() };
            return each
                .into_iter()
                .map(|world| Served { way: done(world), answer: Answer::Done { old: None, new: None } })
                .collect();
        }
    };
    vec![Served { way: after, answer }]
}

/// What was on its way arrives, or never does: earlier calls' attempts, and an earlier one of this call.
fn landed(way: &Way, action: &Action) -> Vec<Way> {
    let mut ways = vec![Way { world: World { late: Vec::new(), ..way.world.clone() }, ..way.clone() }];
    let late = way.world.late.iter().map(|action| (action, false));
    for (action, own) in late.chain(way.own_late.then_some((action, true))) {
        for place in 0..ways.len() {
            let waiting = Way { own_late: false, applied: own && ways[place].applied, ..ways[place].clone() };
            for served in service(action, &waiting) {
                let applied = if own { served.way.applied } else { ways[place].applied };
                let read = ways[place].world.read.clone();
                ways.push(Way {
                    applied,
                    own_late: way.own_late,
                    world: World { read, ..served.way.world },
                    ..served.way
                });
            }
        }
    }
    ways
}

/// Whether a caller sees this of an answer that came after these attempts.
fn saw(action: &Action, answer: &Answer, way: &Way, seen: &Seen) -> bool {
    match (answer, action) {
        (Answer::Items(items), _) if items.iter().flatten().any(is_hidden_item) => *seen == Seen::Hidden,
        (Answer::Items(items), _) => matches!(seen, Seen::Items(seen) if seen == items),
        (Answer::Done { .. }, _) if action.writes().iter().any(is_displeasing) => *seen == Seen::Displeased,
        (Answer::Done { old, new }, Action::One(one)) => saw_done(one.returns, old, new, way.ambiguous, seen),
        (Answer::Done { .. }, _) => *seen == Seen::Done,
        (Answer::Failed { item, .. }, Action::One(one)) if way.ambiguous => {
            // The id that was generated in this call shows whose item it is.
            let is_own =
                one.id.is_some_and(|id| item.iter().flat_map(Item::values).any(|value| *value == Value::Id(id)));
            match one.returns {
                _ if !is_own => *seen == Seen::Unknown,
                Returns::Old if one.write.creates() => *seen == Seen::Returned(None),
                Returns::Old | Returns::Existed => *seen == Seen::Unknown,
                Returns::New => *seen == Seen::Returned(visible(one.write.name, item.as_ref(), i64::MIN)),
                Returns::Nothing => *seen == Seen::Done,
            }
        }
        (Answer::Failed { failures, .. }, Action::One(_) | Action::Together { single: true, .. }) => {
            failures.iter().flatten().any(|failure| *seen == Seen::Failed(*failure))
        }
        (Answer::Failed { failures, .. }, _) => {
            let is_of = |(failures, seen): (&Vec<Failure>, &Option<Failure>)| match seen {
                Some(seen) => failures.contains(seen),
                None => failures.is_empty(),
            };
            matches!(seen, Seen::Canceled(seen) if seen.len() == failures.len() && failures.iter().zip(seen).all(is_of))
        }
    }
}

fn saw_done(returns: Returns, old: &Option<Item>, new: &Option<Item>, again: bool, seen: &Seen) -> bool {
    let returned = match returns {
        Returns::Nothing => return *seen == Seen::Done,
        Returns::Existed if again && old.is_none() => return *seen == Seen::ExistedUnknown,
        Returns::Existed => return *seen == Seen::Existed(old.is_some()),
        // It can be the new one already.
        Returns::Old if again => return *seen == Seen::Unknown,
        Returns::Old => old,
        Returns::New => new,
    };
    match returned {
        Some(item) if is_hidden_item(item) => *seen == Seen::Hidden,
        returned => matches!(seen, Seen::Returned(seen) if seen == returned),
    }
}

/// Whether the hook before one of the writes refuses it, and with it all.
pub(super) fn is_vetoed(action: &Action) -> bool {
    action.writes().iter().filter_map(written_text).any(kind::is_vetoed)
}

/// Whether the hook after it is displeased.
fn is_displeasing(write: &Write) -> bool {
    written_text(write).is_some_and(displeases)
}

/// The text that a write sets, which is what its hooks look at.
fn written_text(write: &Write) -> Option<&str> {
    if Kind::of(write.name) != Kind::Hooked {
        return None;
    }
    match &write.effect {
        Effect::Put(item) => text(item, "text"),
        Effect::Change(changes) | Effect::PutRead(_, changes) => {
            let last = changes.iter().rfind(|change| change.path == ["text"]);
            last.and_then(|change| match &change.to {
                To::Set(Value::S(text)) => Some(text.as_str()),
                _ => None,
            })
        }
        Effect::Delete | Effect::Nothing => None,
    }
}
