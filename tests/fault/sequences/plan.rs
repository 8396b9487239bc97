//! What a caller asks for, and what that is to the service: the meaning of the verbs, stamps and conditions included.

use super::item::{Item, Value, differences, map, number, s};
use super::kind::{Kind, Name, PLACE, place};
use super::service::{Change, Effect, Failure, Test, To, Write};

/// One write, as a caller asks for it.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) name: Name,
    pub(super) verb: Verb,
}

/// A verb, with what it takes.
#[derive(Debug, Clone)]
pub(super) enum Verb {
    Create(Item),
    Put(Item),
    /// `put().overwrite()`.
    Overwrite(Item),
    /// `upsert` of a whole item.
    Upsert(Item),
    Update(Update),
    /// By its key, or with the version of an item in hand.
    Delete(Option<i64>),
    /// `condition_check`: the count is below this number.
    Check(i64),
}

#[derive(Debug, Clone)]
pub(super) struct Update {
    pub(super) edits: Vec<Edit>,
    pub(super) form: Form,
    /// A condition: the count is below this number.
    pub(super) below: Option<i64>,
    /// `expect_version`.
    pub(super) version: Option<i64>,
}

/// How an update is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Update,
    Upsert,
    Patch,
}

/// One change that a caller asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Edit {
    Text(String),
    Note(Option<String>),
    Count(i64),
    AddCount(i64),
    AppendTag(String),
    /// The address that no other member has.
    Mail(String),
    /// `set_key` of a shelf's index.
    Place(String, i64),
    /// Removes a part of that key.
    NoFloor,
    /// Inside a nested struct.
    Row(i64),
    AddRow(i64),
    Label(Option<String>),
    Expires(i64),
}

impl Edit {
    /// What it changes, and what goes along with it.
    fn changes(&self) -> Vec<Change> {
        let text = |text: &String| To::Set(s(text.clone()));
        let perhaps = |value: &Option<String>| value.as_ref().map_or(To::Remove, text);
        match self {
            Edit::Text(value) => vec![Change::new(&["text"], text(value))],
            Edit::Note(note) => vec![Change::new(&["note"], perhaps(note))],
            Edit::Count(count) => vec![Change::set("count", Value::N(*count))],
            Edit::AddCount(more) => vec![Change::new(&["count"], To::Add(*more))],
            Edit::AppendTag(tag) => vec![Change::new(&["tags"], To::Append(s(tag.clone())))],
            Edit::Mail(mail) => vec![Change::new(&["mail"], text(mail))],
            Edit::Place(room, floor) => {
                let parts = map([("room", s(room.clone())), ("floor", Value::N(*floor))]);
                let place = place(&parts).map(|place| (PLACE.to_owned(), place));
                parts.into_iter().chain(place).map(|(name, value)| Change::set(&name, value)).collect()
            }
            Edit::NoFloor => vec![Change::new(&["floor"], To::Remove), Change::new(&[PLACE], To::Remove)],
            Edit::Row(row) => vec![Change::new(&["spot", "row"], To::Set(Value::N(*row)))],
            Edit::AddRow(more) => vec![Change::new(&["spot", "row"], To::Add(*more))],
            Edit::Label(label) => vec![Change::new(&["spot", "label"], perhaps(label))],
            Edit::Expires(at) => vec![Change::set("expires", Value::N(*at))],
        }
    }

    /// Whether two of them cannot be in one update.
    pub(super) fn clashes(&self, other: &Edit) -> bool {
        let paths = |edit: &Edit| edit.changes().into_iter().map(|change| change.path).collect::<Vec<_>>();
        let others = paths(other);
        paths(self).iter().any(|path| others.contains(path))
    }
}

/// The call that writes, and its time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp {
    pub(super) call: u32,
    pub(super) now: i64,
}

impl Stamp {
    /// An item that is stored whole, with what dynorm stamps on it.
    pub(super) fn item(self, kind: Kind, item: &Item) -> Item {
        let mut item = item.clone();
        let mut set = |name: &str, value| drop(item.insert(name.to_owned(), value));
        if kind.has_created() {
            set("created", Value::N(self.now));
        }
        if let Some(name) = kind.id() {
            set(name, Value::Id(self.call));
        }
        self.rewrite(kind, &mut item);
        item
    }

    /// What sets all fields of an item, so that what it has no field for stays, and so does what is stamped once.
    fn fields(self, kind: Kind, item: &Item) -> Vec<Change> {
        let whole = self.item(kind, item);
        let absent = kind.optional().iter().filter(|name| !whole.contains_key(**name));
        let removed: Vec<Change> = absent.map(|name| Change::new(&[name], To::Remove)).collect();
        let set = whole.into_iter().map(|(name, value)| match name.as_str() {
            "created" | "id" => Change::new(&[&name], To::IfAbsent(value)),
            _ => Change::set(&name, value),
        });
        set.chain(removed).collect()
    }

    /// The same for one that was stored before.
    fn rewrite(self, kind: Kind, item: &mut Item) {
        if kind.has_updated() {
            item.insert("updated".to_owned(), Value::N(self.now));
        }
        if kind.has_version() {
            let version = number(item, "version").unwrap_or(0) + 1;
            item.insert("version".to_owned(), Value::N(version));
        }
        if kind == Kind::Shelf {
            match place(item) {
                Some(place) => item.insert(PLACE.to_owned(), place),
                None => item.remove(PLACE),
            };
        }
    }

    /// An item as it was changed in hand, with the stamps that are among these changes.
    pub(super) fn stamped(item: &Item, changes: &[Change]) -> Item {
        let mut item = item.clone();
        for change in changes {
            if let (To::Set(value), [name]) = (&change.to, &change.path[..]) {
                item.insert(name.clone(), value.clone());
            }
        }
        item
    }

    /// What an update stamps beside its changes.
    fn changes(self, kind: Kind, version: Option<i64>) -> Vec<Change> {
        let updated = kind.has_updated().then(|| Change::set("updated", Value::N(self.now)));
        let counted = kind.has_version().then(|| match version {
            Some(version) => Change::set("version", Value::N(version + 1)),
            None => Change::new(&["version"], To::Add(1)),
        });
        let id = (kind == Kind::Parcel).then(|| Change::set("_write", Value::Id(self.call)));
        updated.into_iter().chain(counted).chain(id).collect()
    }
}

/// The test that the item can be changed.
fn exists(kind: Kind, now: i64) -> (Test, Failure) {
    (if kind.has_expiry() { Test::Live(now) } else { Test::Present }, Failure::NotFound)
}

/// The test that an item can be created.
fn is_free(kind: Kind, now: i64) -> (Test, Failure) {
    (if kind.has_expiry() { Test::Free(now) } else { Test::Absent }, Failure::AlreadyExists)
}

/// The test of a version: 0 stands for none.
fn is_version(version: i64) -> (Test, Failure) {
    let value = (version > 0).then_some(Value::N(version));
    (Test::Is(vec!["version".to_owned()], value), Failure::Version)
}

impl Plan {
    pub(super) fn kind(&self) -> Kind {
        Kind::of(self.name)
    }

    /// The write that a call asks the service for.
    pub(super) fn write(&self, stamp: Stamp) -> Write {
        let (kind, name) = (self.kind(), self.name);
        let locked = |item: &Item| kind.has_version().then(|| is_version(number(item, "version").unwrap_or(0)));
        let (checks, effect) = match &self.verb {
            Verb::Create(item) => (vec![is_free(kind, stamp.now)], Effect::Put(stamp.item(kind, item))),
            Verb::Put(item) => (locked(item).into_iter().collect(), Effect::Put(stamp.item(kind, item))),
            Verb::Overwrite(item) => (Vec::new(), Effect::Put(stamp.item(kind, item))),
            Verb::Upsert(item) => (locked(item).into_iter().collect(), Effect::Change(stamp.fields(kind, item))),
            Verb::Update(update) => update.parts(kind, stamp),
            Verb::Delete(None) => (Vec::new(), Effect::Delete),
            Verb::Delete(Some(0)) => (vec![is_version(0)], Effect::Delete),
            // One that is gone is fine.
            Verb::Delete(Some(version)) => {
                (vec![(Test::GoneOr("version", Value::N(*version)), Failure::Version)], Effect::Delete)
            }
            Verb::Check(below) => {
                // One that has expired has no count.
                let (there, _) = exists(kind, stamp.now);
                let checks = [there, Test::Below("count", *below)].map(|test| (test, Failure::Condition));
                (checks.into(), Effect::Nothing)
            }
        };
        Write { name, checks, effect }
    }

    /// Whether it can be sent again although it may have been applied.
    pub(super) fn is_replayable(&self) -> bool {
        match &self.verb {
            Verb::Update(update) if update.version.is_none() => {
                update.edits.iter().flat_map(Edit::changes).all(|change| change.is_replayable())
            }
            _ => true,
        }
    }
}

impl Update {
    fn parts(&self, kind: Kind, stamp: Stamp) -> (Vec<(Test, Failure)>, Effect) {
        let mut checks = Vec::new();
        if self.form != Form::Upsert {
            checks.push(exists(kind, stamp.now));
        }
        checks.extend(self.version.map(is_version));
        checks.extend(self.below.map(|below| (Test::Below("count", below), Failure::Condition)));
        let mut changes: Vec<Change> = self.edits.iter().flat_map(Edit::changes).collect();
        changes.extend(stamp.changes(kind, self.version));
        if self.form == Form::Upsert {
            let created = kind.has_created().then(|| Change::new(&["created"], To::IfAbsent(Value::N(stamp.now))));
            let id = (kind == Kind::Ticket).then(|| Change::new(&["id"], To::IfAbsent(Value::Id(stamp.call))));
            changes.extend(created.into_iter().chain(id));
        }
        (checks, Effect::Change(changes))
    }
}

/// A save of what was read before, changed from the one to the other. What is not changed stays.
pub(super) fn save(name: Name, slot: usize, before: &Item, after: &Item, stamp: Stamp) -> Write {
    let kind = Kind::of(name);
    let mut checks = vec![exists(kind, stamp.now)];
    let version = kind.has_version().then(|| number(before, "version").unwrap_or(0));
    checks.extend(version.map(is_version));
    let mut changes = Vec::new();
    for (path, value) in differences(before, after) {
        let is_list = matches!(value, Some(Value::L(_)));
        if is_list {
            checks.push((Test::ListAsRead(slot, path.clone()), Failure::Condition));
        }
        let to = match value {
            Some(value) if is_list => To::Merge(slot, value),
            Some(value) => To::Set(value),
            None => To::Remove,
        };
        changes.push(Change { path, to });
    }
    // The key of the index is made of what was read and of what is new, so what was read must be there still; unless there will be no key,
    // because of what is new.
    let parts = ["room", "floor"];
    let changes_place = kind == Kind::Shelf && parts.iter().any(|part| before.get(*part) != after.get(*part));
    let has_place = after.contains_key(PLACE);
    for part in parts.into_iter().filter(|part| changes_place && before.get(*part) == after.get(*part)) {
        if has_place || !after.contains_key(part) {
            checks.push((Test::Is(vec![part.to_owned()], before.get(part).cloned()), Failure::Condition));
        }
    }
    changes.extend(stamp.changes(kind, version));
    Write { name, checks, effect: Effect::Change(changes) }
}

/// A move of what was read before to another name, changed as well: the two writes that are done together.
pub(super) fn rekey(names: [Name; 2], slot: usize, before: &Item, after: &Item, stamp: Stamp) -> Vec<Write> {
    let [from, to] = names;
    let kind = Kind::of(from);
    let version = kind.has_version().then(|| number(before, "version").unwrap_or(0));
    let mut changes = Vec::new();
    for (path, value) in differences(before, after) {
        let to = match value {
            Some(value @ Value::L(_)) => To::Merge(slot, value),
            Some(value) => To::Set(value),
            None => To::Remove,
        };
        changes.push(Change { path, to });
    }
    changes.extend(stamp.changes(kind, version));
    // It is stored as a whole, also what was not there when it was read, and has a default.
    changes.extend((kind == Kind::Thing).then(|| Change::new(&["tags"], To::IfAbsent(Value::L(Vec::new())))));
    let arrive = Write { name: to, checks: vec![is_free(kind, stamp.now)], effect: Effect::PutRead(slot, changes) };
    let unchanged = version.map_or((Test::AsRead(slot), Failure::Condition), is_version);
    let depart = Write { name: from, checks: vec![exists(kind, stamp.now), unchanged], effect: Effect::Delete };
    vec![arrive, depart]
}
