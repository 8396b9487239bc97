//! What the service does with one write: its condition, and what is stored then.

use std::collections::BTreeMap;

use super::item::{EXTRA, Item, Value, known, list, number, with_extras};
use super::kind::{Kind, Name, UNIQUE, has_expired};

/// All items of a sequence.
pub(super) type Items = BTreeMap<Name, Item>;

/// One write of one item, as the service does it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Write {
    pub(super) name: Name,
    /// What must hold, and what the caller is told where it does not: the first that fails.
    pub(super) checks: Vec<(Test, Failure)>,
    pub(super) effect: Effect,
}

/// What a failed condition means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Failure {
    AlreadyExists,
    NotFound,
    Condition,
    Version,
    Unique,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Test {
    Present,
    Absent,
    /// There, and not expired at this time.
    Live(i64),
    /// Not there, or expired at this time.
    Free(i64),
    /// The number is less than this one.
    Below(&'static str, i64),
    /// The place has this value, or none.
    Is(Vec<String>, Option<Value>),
    /// The attribute is there.
    IsThere(&'static str),
    /// The list has an item.
    HasFirst(&'static str),
    /// Not there, or with this value.
    GoneOr(&'static str, Value),
    /// Every attribute that was read is as it was then; until it is known what that is.
    AsRead(usize),
    /// The list has the items that were read, if others had added something to them.
    ListAsRead(usize, Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Effect {
    /// Stores this item.
    Put(Item),
    /// Changes the item; one that is not there has nothing before.
    Change(Vec<Change>),
    Delete,
    Nothing,
    /// Stores the item that was read, with these changes; until it is known what that is.
    PutRead(usize, Vec<Change>),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    pub(super) path: Vec<String>,
    pub(super) to: To,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum To {
    Set(Value),
    Remove,
    Add(i64),
    Append(Value),
    /// What others add to the first map of a list.
    InFirst(Value),
    IfAbsent(Value),
    /// A list that was read, and changed in place; until it is known what others had added to it.
    Merge(usize, Value),
}

impl Change {
    pub(super) fn new(path: &[&str], to: To) -> Self {
        Change { path: path.iter().map(|step| (*step).to_owned()).collect(), to }
    }

    pub(super) fn set(name: &str, value: Value) -> Self {
        Change::new(&[name], To::Set(value))
    }

    /// Whether doing it twice is the same as doing it once.
    pub(super) fn is_replayable(&self) -> bool {
        !matches!(self.to, To::Add(_) | To::Append(_))
    }

    fn apply(&self, item: &mut Item) {
        let Some((last, way)) = self.path.split_last() else { return };
        let mut place = item;
        for step in way {
            match place.get_mut(step) {
                Some(Value::M(entries)) => place = entries,
                // A path that leads nowhere is a failed condition, or nothing.
                _ => return,
            }
        }
        match &self.to {
            To::Set(value) => drop(place.insert(last.clone(), value.clone())),
            To::Remove => drop(place.remove(last)),
            To::Add(more) => {
                let sum = number(place, last).unwrap_or(0) + more;
                place.insert(last.clone(), Value::N(sum));
            }
            To::Append(value) => match place.entry(last.clone()).or_insert_with(|| Value::L(Vec::new())) {
                Value::L(items) => items.push(value.clone()),
                other => *other = Value::L(vec![value.clone()]),
            },
            To::InFirst(value) => {
                if let Some(Value::L(items)) = place.get_mut(last)
                    && let Some(Value::M(first)) = items.first_mut()
                {
                    first.insert(EXTRA.to_owned(), value.clone());
                }
            }
            To::IfAbsent(value) => {
                place.entry(last.clone()).or_insert_with(|| value.clone());
            }
            To::Merge(..) => unreachable!("what was read is known"),
        }
    }

    /// The same, once it is known what was read.
    fn resolved(&self, read: &Reads) -> Self {
        match &self.to {
            To::Merge(slot, new) => {
                let read = read.get(slot).and_then(|item| at(item, &self.path));
                Change { path: self.path.clone(), to: To::Set(with_extras(new, read)) }
            }
            _ => self.clone(),
        }
    }
}

/// What the reads of a step found, each in a place of its own.
pub(super) type Reads = BTreeMap<usize, Item>;

/// What stands at a place in an item.
fn at<'a>(item: &'a Item, path: &[String]) -> Option<&'a Value> {
    let (last, way) = path.split_last()?;
    let mut place = item;
    for step in way {
        let Some(Value::M(entries)) = place.get(step) else { return None };
        place = entries;
    }
    place.get(last)
}

impl Test {
    fn holds(&self, item: Option<&Item>) -> bool {
        match self {
            Test::Present => item.is_some(),
            Test::Absent => item.is_none(),
            Test::Live(now) => item.is_some_and(|item| !has_expired(item, *now)),
            Test::Free(now) => item.is_none_or(|item| has_expired(item, *now)),
            Test::Below(name, below) => item.and_then(|item| number(item, name)).is_some_and(|number| number < *below),
            Test::Is(path, value) => item.and_then(|item| at(item, path)) == value.as_ref(),
            Test::IsThere(name) => item.is_some_and(|item| item.contains_key(*name)),
            Test::HasFirst(name) => item.is_some_and(|item| !list(item, name).is_empty()),
            Test::GoneOr(name, value) => item.is_none_or(|item| item.get(*name) == Some(value)),
            Test::AsRead(_) | Test::ListAsRead(..) => unreachable!("what was read is known"),
        }
    }

    fn resolved(&self, read: &Reads) -> Vec<Test> {
        match self {
            Test::AsRead(slot) => {
                let attributes = read.get(slot).into_iter().flatten();
                attributes.map(|(name, value)| Test::Is(vec![name.clone()], Some(value.clone()))).collect()
            }
            Test::ListAsRead(slot, path) => {
                let list = read.get(slot).and_then(|item| at(item, path)).cloned();
                let knows_all = list.as_ref().is_none_or(|list| known(&list_item(list)) == list_item(list));
                if knows_all { Vec::new() } else { vec![Test::Is(path.clone(), list)] }
            }
            test => vec![test.clone()],
        }
    }
}

/// A list as an item of its own.
fn list_item(list: &Value) -> Item {
    Item::from([(String::new(), list.clone())])
}

impl Write {
    /// What stands in its way.
    pub(super) fn failure(&self, items: &Items) -> Option<Failure> {
        let item = items.get(self.name);
        self.checks.iter().find(|(test, _)| !test.holds(item)).map(|(_, failure)| *failure)
    }

    /// What stands in the way of each of several writes that are done together; each can be several things.
    pub(super) fn failures(writes: &[Write], items: &Items) -> Vec<Vec<Failure>> {
        let mut after = items.clone();
        writes.iter().for_each(|write| write.apply(&mut after));
        // Whoever creates an item does not know that there is one, whose value would be given up.
        let creates = |name: Name| writes.iter().any(|write| write.name == name && write.creates());
        let unique = |write: &Write| {
            let mail = write.stores(items)?.get(UNIQUE)?.clone();
            let has = |(name, item): (&Name, &Item)| {
                let stays = after.get(name).and_then(|after| after.get(UNIQUE)) == Some(&mail);
                let is_kept = if *name == write.name { creates(name) } else { stays || creates(name) };
                Kind::of(name).is_unique() && item.get(UNIQUE) == Some(&mail) && is_kept
            };
            items.iter().any(has).then_some(Failure::Unique)
        };
        writes.iter().map(|write| write.failure(items).into_iter().chain(unique(write)).collect()).collect()
    }

    /// Whether it stores an item only where there is none.
    pub(super) fn creates(&self) -> bool {
        self.checks.iter().any(|(_, failure)| *failure == Failure::AlreadyExists)
    }

    /// The item that is stored then, if it is one of those whose values are unique.
    fn stores(&self, items: &Items) -> Option<Item> {
        if !Kind::of(self.name).is_unique() {
            return None;
        }
        let mut items = items.clone();
        self.apply(&mut items);
        items.remove(self.name)
    }

    /// Does it, after it was checked.
    pub(super) fn apply(&self, items: &mut Items) {
        match &self.effect {
            Effect::Put(item) => drop(items.insert(self.name, item.clone())),
            Effect::Change(changes) => {
                let item = items.entry(self.name).or_default();
                changes.iter().for_each(|change| change.apply(item));
            }
            Effect::Delete => drop(items.remove(self.name)),
            Effect::Nothing => {}
            Effect::PutRead(..) => unreachable!("what was read is known"),
        }
    }

    /// The same, once it is known what was read.
    pub(super) fn resolved(&self, read: &Reads) -> Self {
        let tests = |(test, failure): &(Test, Failure)| {
            let failure = *failure;
            test.resolved(read).into_iter().map(move |test| (test, failure)).collect::<Vec<_>>()
        };
        let effect = match &self.effect {
            Effect::Change(changes) => Effect::Change(changes.iter().map(|change| change.resolved(read)).collect()),
            Effect::PutRead(slot, changes) => {
                let mut item = read.get(slot).cloned().unwrap_or_default();
                changes.iter().for_each(|change| change.resolved(read).apply(&mut item));
                Effect::Put(item)
            }
            effect => effect.clone(),
        };
        Write { name: self.name, checks: self.checks.iter().flat_map(tests).collect(), effect }
    }
}
