//! What may be stored, and what a call may return for it: the guarantees of the verbs.

use std::collections::BTreeSet;

use super::stored::{Items, LOCKED, MEMBERS, Name, Stored};

/// One change of one item, as the service does it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Write {
    /// Stores it if the name is free.
    Create(Name, Stored),
    /// Stores it, whatever is there.
    Put(Name, Stored),
    /// Changes an item that is there, if it has less than `below`.
    Update { name: Name, changes: Vec<Change>, below: Option<u32>, upsert: bool },
    /// What is done to a member, whose address is its text.
    Member(Box<Write>),
    /// Changes the item with a version, if it has this one.
    Locked { text: String, version: u64 },
    /// Deletes what is there, or nothing.
    Delete(Name),
    /// Stores the item that was read under another name, if that is free.
    Arrive { to: Name, text: String },
    /// Deletes the item that was read, if it is as it was then.
    Depart(Name),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    Text(String),
    Note(Option<String>),
    Count(u32),
    AddCount(u32),
    AppendTag(String),
    Extra(String),
}

impl Change {
    fn is_replayable(&self) -> bool {
        !matches!(self, Change::AddCount(_) | Change::AppendTag(_))
    }

    fn apply(&self, item: &mut Stored) {
        match self {
            Change::Text(text) => item.text = text.clone(),
            Change::Note(note) => item.note = note.clone(),
            Change::Count(count) => item.count = *count,
            Change::AddCount(more) => item.count += more,
            Change::AppendTag(tag) => item.tags.push(tag.clone()),
            Change::Extra(extra) => item.extra = Some(extra.clone()),
        }
    }
}

/// What a failed condition means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Failure {
    AlreadyExists,
    NotFound,
    Condition,
    Version,
    Unique,
}

impl Write {
    fn check(&self, items: &Items, read: &Option<Stored>) -> Result<(), Failure> {
        match self {
            Write::Create(name, _) | Write::Arrive { to: name, .. } if items.contains_key(name) => {
                Err(Failure::AlreadyExists)
            }
            Write::Update { name, below, upsert, .. } => match items.get(name) {
                None if *upsert => Ok(()),
                None => Err(Failure::NotFound),
                Some(item) if below.is_some_and(|below| item.count >= below) => Err(Failure::Condition),
                Some(_) => Ok(()),
            },
            Write::Member(write) => write.check(items, read),
            Write::Locked { version, .. } => match items.get(LOCKED) {
                None => Err(Failure::NotFound),
                Some(item) if item.version != *version => Err(Failure::Version),
                Some(_) => Ok(()),
            },
            Write::Depart(name) => match (items.get(name), read) {
                (None, _) => Err(Failure::NotFound),
                // An attribute that was added since goes unnoticed.
                (Some(item), Some(read)) if *item == *read || read.extra.is_none() && item.seen() == *read => Ok(()),
                (Some(_), _) => Err(Failure::Condition),
            },
            _ => Ok(()),
        }
    }

    /// Everything that stands in its way: a member's address that another one has, beside what [`check`](Self::check) finds.
    fn failures(&self, items: &Items, read: &Option<Stored>) -> Vec<Failure> {
        let mut failures: Vec<_> = self.check(items, read).err().into_iter().collect();
        if let Write::Member(write) = self {
            let (name, mail) = match &**write {
                Write::Create(name, item) | Write::Put(name, item) => (*name, Some(&item.text)),
                Write::Update { name, changes, .. } => match &changes[..] {
                    [Change::Text(mail)] => (*name, Some(mail)),
                    _ => (*name, None),
                },
                other => (other.name(), None),
            };
            let create = matches!(**write, Write::Create(..));
            let has = |(other, item): (&Name, &Stored)| {
                MEMBERS.contains(other) && (create || *other != name) && Some(&item.text) == mail
            };
            failures.extend(items.iter().any(has).then_some(Failure::Unique));
        }
        failures
    }

    fn name(&self) -> Name {
        match self {
            Write::Create(name, _) | Write::Put(name, _) | Write::Delete(name) | Write::Depart(name) => name,
            Write::Update { name, .. } | Write::Arrive { to: name, .. } => name,
            Write::Locked { .. } => LOCKED,
            Write::Member(write) => write.name(),
        }
    }

    /// Does it, after it was checked.
    fn apply(&self, items: &mut Items, read: &Option<Stored>) {
        match self {
            Write::Create(name, item) | Write::Put(name, item) => {
                items.insert(name, item.clone());
            }
            Write::Update { name, changes, .. } => {
                let item = items.entry(name).or_insert_with(|| Stored::of(""));
                changes.iter().for_each(|change| change.apply(item));
            }
            Write::Member(write) => write.apply(items, read),
            Write::Locked { text, .. } => {
                if let Some(item) = items.get_mut(LOCKED) {
                    item.text = text.clone();
                    item.version += 1;
                }
            }
            Write::Delete(name) | Write::Depart(name) => {
                items.remove(name);
            }
            Write::Arrive { to, text, .. } => {
                let arrived = read.clone().unwrap_or_else(|| Stored::of(""));
                items.insert(to, Stored { text: text.clone(), ..arrived });
            }
        }
    }
}

/// What a call asks the service for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    /// Reads each item by itself.
    ReadEach(Vec<Name>),
    /// Reads all items at one time.
    Read { names: Vec<Name>, for_save: bool },
    /// One write as itself.
    One { write: Write, returns: Returns },
    /// Writes that are done together, with a token.
    Together(Vec<Write>),
    /// Writes of which each may be done or not; in order where they are of one item.
    Each(Vec<Write>),
}

/// What a write is asked to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Returns {
    Nothing,
    Existed,
    Old,
    New,
}

/// What a caller sees of a call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Seen {
    Items(Vec<Option<Stored>>),
    Done,
    Existed(bool),
    /// A delete whose item was gone when it was sent again.
    ExistedUnknown,
    /// The old item, or the new one.
    Returned(Option<Stored>),
    /// The condition was false: nothing was done.
    Failed(Failure),
    /// The transaction was canceled: nothing was done.
    Canceled(Vec<Option<Failure>>),
    /// Certainly not done.
    NotDone,
    /// Nobody knows.
    Unknown,
    /// These writes of a batch are not known to be done, by their places.
    Left(Vec<usize>),
    /// The caller dropped the call.
    Dropped,
}

/// A possible state of the service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct World {
    pub(crate) items: Items,
    /// What may still arrive right after the next attempt.
    late: Vec<Action>,
    /// What the last read for a save found.
    read: Option<Stored>,
}

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
}

/// All states that are possible now.
#[derive(Debug)]
pub(crate) struct Worlds(pub(crate) BTreeSet<World>);

impl Worlds {
    pub(crate) fn new() -> Self {
        Worlds(BTreeSet::from([World::default()]))
    }

    /// Leaves the states that explain what was seen; none is a divergence.
    pub(crate) fn observe(&mut self, action: &Action, seen: &Seen, faults: bool) {
        let before = std::mem::take(&mut self.0);
        for world in before {
            outcomes(action, world, seen, faults, &mut self.0);
        }
    }

    /// Something was written past the faults, and is certain.
    pub(crate) fn certain(&mut self, write: &Write) {
        let before = std::mem::take(&mut self.0);
        self.0.extend(before.into_iter().map(|mut world| {
            if write.check(&world.items, &None).is_ok() {
                write.apply(&mut world.items, &None);
            }
            world
        }));
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing that was seen can be.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Leaves the states in which exactly this is stored.
    pub(crate) fn stored(&mut self, items: &Items) {
        self.0.retain(|world| world.items == *items);
    }
}

/// The states after a call that explain what was seen, for one state before it.
fn outcomes(action: &Action, world: World, seen: &Seen, faults: bool, found: &mut BTreeSet<World>) {
    if let (Action::Each(writes), Seen::Done | Seen::Left(_)) = (action, seen) {
        return batch(writes, world, seen, found);
    }
    if let (Action::ReadEach(names), Seen::Items(seen)) = (action, seen) {
        let before = world.items.clone();
        let way = Way { world, ambiguous: false, applied: false, own_late: false };
        // What was on its way can arrive between two of them.
        found.extend(landed(&way, action).into_iter().map(|way| way.world).filter(|after| {
            let read = |items: &Items, name: &Name| items.get(name).map(Stored::seen);
            let either = |name, seen: &_| [&before, &after.items].iter().any(|items| read(items, name) == *seen);
            names.iter().zip(seen).all(|(name, seen)| either(name, seen))
        }));
        return;
    }
    let resendable = match action {
        Action::Read { .. } | Action::ReadEach(_) | Action::Together(_) | Action::Each(_) => true,
        Action::One { write: Write::Update { changes, .. }, .. } => changes.iter().all(Change::is_replayable),
        Action::One { .. } => true,
    };
    let start = Way { world, ambiguous: false, applied: false, own_late: false };
    // A member that is not created is read first, and what was on its way arrives after that.
    let reads =
        matches!(action, Action::One { write: Write::Member(write), .. } if !matches!(**write, Write::Create(..)));
    let mut ways = if reads { landed(&start, action) } else { vec![start] };
    let mut known: BTreeSet<Way> = ways.iter().cloned().collect();
    // How a call ends that sends nothing more.
    let end = |way: &Way, found: &mut BTreeSet<World>| {
        let given_up = match (seen, way.ambiguous) {
            (Seen::Dropped, _) | (Seen::Unknown, true) | (Seen::NotDone, false) => true,
            (Seen::NotDone, true) => matches!(action, Action::Read { .. } | Action::ReadEach(_)),
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
        for answered in service(action, &way) {
            let Served { way: after, answer } = answered;
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
                if resendable && known.insert(lost.clone()) {
                    ways.push(lost);
                }
            }
        }
        if !faults && *seen != Seen::Dropped {
            continue;
        }
        for settled in landed(&way, action) {
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
                if (resendable || !next.ambiguous) && known.insert(next.clone()) {
                    ways.push(next);
                }
            }
        }
    }
}

struct Served {
    way: Way,
    answer: Answer,
}

enum Answer {
    Items(Vec<Option<Stored>>),
    Done { old: Option<Stored>, new: Option<Stored> },
    Failed(Vec<Option<Failure>>),
}

/// What the service does with an attempt that arrives; several possibilities for writes that are independent of each other.
fn service(action: &Action, way: &Way) -> Vec<Served> {
    let mut after = way.clone();
    let World { items, read, .. } = &mut after.world;
    let answer = match action {
        Action::Read { names, for_save } => {
            if let ([name], true) = (&names[..], for_save) {
                *read = items.get(name).cloned();
            }
            Answer::Items(names.iter().map(|name| items.get(name).map(Stored::seen)).collect())
        }
        // What it finds was looked at before.
        Action::ReadEach(_) => Answer::Items(Vec::new()),
        // The token says that it was done.
        Action::Together(_) if way.applied => Answer::Done { old: None, new: None },
        // The token of a member's transaction says that it was done.
        Action::One { write: Write::Member(_), .. } if way.applied => Answer::Done { old: None, new: None },
        Action::One { write, .. } => match write.failures(items, read) {
            failures if !failures.is_empty() => Answer::Failed(failures.into_iter().map(Some).collect()),
            _ => {
                let name = write.name();
                let old = items.get(name).map(Stored::seen);
                write.apply(items, read);
                let new = items.get(name).map(Stored::seen);
                after.applied = true;
                Answer::Done { old, new }
            }
        },
        Action::Together(writes) => {
            let checks: Vec<_> = writes.iter().map(|write| write.check(items, read).err()).collect();
            if checks.iter().any(Option::is_some) {
                Answer::Failed(checks)
            } else {
                writes.iter().for_each(|write| write.apply(items, read));
                after.applied = true;
                Answer::Done { old: None, new: None }
            }
        }
        Action::Each(writes) => {
            let each = subsets(writes, after.world);
            let done = |world| Way { world, ..way.clone() };
            return each
                .into_iter()
                .map(|world| Served { way: done(world), answer: Answer::Done { old: None, new: None } })
                .collect();
        }
    };
    vec![Served { way: after, answer }]
}

/// What is stored if some of these writes are done.
fn subsets(writes: &[Write], world: World) -> Vec<World> {
    let mut worlds = vec![world];
    for write in writes {
        for place in 0..worlds.len() {
            let mut done = worlds[place].clone();
            if write.check(&done.items, &done.read).is_ok() {
                write.apply(&mut done.items, &done.read);
                worlds.push(done);
            }
        }
    }
    worlds
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
                ways.push(Way { applied, own_late: way.own_late, ..served.way });
            }
        }
    }
    ways
}

/// Whether a caller sees this of an answer that came after these attempts.
fn saw(action: &Action, answer: &Answer, way: &Way, seen: &Seen) -> bool {
    let again = way.ambiguous;
    match (answer, seen) {
        (Answer::Items(items), Seen::Items(seen)) => items == seen,
        (Answer::Done { old, new }, seen) => match action {
            Action::One { returns: Returns::Existed, .. } => match (old, again) {
                (None, true) => *seen == Seen::ExistedUnknown,
                (old, _) => *seen == Seen::Existed(old.is_some()),
            },
            // It can be the new one already.
            Action::One { returns: Returns::Old, .. } if again => *seen == Seen::Unknown,
            Action::One { returns: Returns::Old, .. } => *seen == Seen::Returned(old.clone()),
            Action::One { returns: Returns::New, .. } => *seen == Seen::Returned(new.clone()),
            _ => *seen == Seen::Done,
        },
        (Answer::Failed(failures), seen) => match action {
            Action::Together(_) => *seen == Seen::Canceled(failures.clone()),
            // The id that was generated in this call shows whose item it is.
            Action::One { write: Write::Create("T", _), .. } if again && way.applied => *seen == Seen::Done,
            // One of the reasons, and certain.
            Action::One { write: Write::Member(_), .. } => {
                failures.iter().flatten().any(|failure| *seen == Seen::Failed(*failure))
            }
            _ if again => *seen == Seen::Unknown,
            _ => failures.first().is_some_and(|failure| Some(seen) == failure.map(Seen::Failed).as_ref()),
        },
        _ => false,
    }
}

/// A batch that ended: what it does not return is done, in order; what it returns may be, and may still arrive.
fn batch(writes: &[Write], world: World, seen: &Seen, found: &mut BTreeSet<World>) {
    let left: &[usize] = match seen {
        Seen::Left(left) => left,
        _ => &[],
    };
    let start = Way { world, ambiguous: false, applied: false, own_late: false };
    // What was on its way arrives after the first attempt, which may have been in vain, or have done all there is to do.
    for early in landed(&start, &Action::Each(Vec::new())) {
        for before in [true, false] {
            let origin = if before { early.world.clone() } else { start.world.clone() };
            let mut worlds = vec![World { late: Vec::new(), ..origin }];
            for (place, write) in writes.iter().enumerate() {
                let known = !left.contains(&place);
                for at in 0..worlds.len() {
                    let mut done = worlds[at].clone();
                    write.apply(&mut done.items, &None);
                    if known {
                        worlds[at] = done;
                    } else {
                        worlds.push(done);
                    }
                }
            }
            let waiting: Vec<Write> = left.iter().map(|&place| writes[place].clone()).collect();
            for world in worlds {
                let arrived = if before { vec![world] } else { late_over(world, &start.world.late) };
                for world in arrived {
                    if !waiting.is_empty() {
                        found.insert(World { late: vec![Action::Each(waiting.clone())], ..world.clone() });
                    }
                    found.insert(world);
                }
            }
        }
    }
}

/// Earlier calls' attempts arrive in this state, or never do.
fn late_over(world: World, late: &[Action]) -> Vec<World> {
    let way = Way { world: World { late: late.to_vec(), ..world }, ambiguous: false, applied: false, own_late: false };
    landed(&way, &Action::Each(Vec::new())).into_iter().map(|way| way.world).collect()
}
