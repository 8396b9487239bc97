//! What a sequence does, by its seed.

use fastrand::Rng;

use super::item::Item;
use super::kind::{Kind, Name};
use super::plan::{Edit, Form, Plan, Update, Verb};
use super::world::Returns;

mod values;

pub(super) use values::MAILS;

/// One call, or a read and the writes that follow from it.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Write {
        plan: Plan,
        returns: Returns,
        exactly_once: bool,
    },
    /// Reads an item, changes it in memory, and saves it.
    Save {
        name: Name,
        edit: u64,
        /// What others do meanwhile.
        others: Option<String>,
    },
    /// Two readers change an item in memory, and save it one after the other.
    Race {
        name: Name,
        edits: [u64; 2],
    },
    /// Reads an item and moves it to another name.
    Rekey {
        from: Name,
        to: Name,
        edit: u64,
        others: Option<String>,
    },
    Batch(Vec<Plan>),
    Transact(Vec<Plan>),
    Get(Name),
    TransactGet(Name, Name),
    BatchGet(Name, Name),
    Query(Kind),
    /// A newer program adds an attribute, past the faults, and something to the maps.
    Others(Name, String),
    /// Time passes.
    Wait(i64),
}

/// Draws steps. Each text is drawn once in a sequence, so that what is stored tells who stored it, but for a few that are the same.
pub(super) struct Draw {
    random: Rng,
    texts: u32,
    /// What most steps are of, so that they meet.
    kind: Kind,
}

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed ^ 0x5eed);
        let kind = match random.u8(..100) {
            0..30 => Kind::Thing,
            30..36 => Kind::Ticket,
            36..50 => Kind::Locked,
            50..60 => Kind::Member,
            60..74 => Kind::Shelf,
            74..82 => Kind::Session,
            82..90 => Kind::Hooked,
            _ => Kind::Parcel,
        };
        Draw { random, texts: 0, kind }
    }

    pub(super) fn length(&mut self) -> usize {
        self.random.usize(2..=6)
    }

    /// After how many polls a call is dropped, if it is.
    pub(super) fn drop_after(&mut self, percent: u8) -> Option<u32> {
        (self.random.u8(..100) < percent).then(|| self.random.u32(1..7))
    }

    pub(super) fn step(&mut self) -> Step {
        let name = self.name();
        let kind = Kind::of(name);
        match self.random.u8(..100) {
            0..50 => self.write(name),
            50..57 => Step::Save { name, edit: self.random.u64(..), others: self.others() },
            57..64 if !kind.is_unique() => Step::Race { name, edits: [self.random.u64(..), self.random.u64(..)] },
            57..70 => {
                let to = self.other(name);
                Step::Rekey { from: name, to, edit: self.random.u64(..), others: self.others() }
            }
            70..76 => {
                let operations = self.random.usize(1..=4);
                Step::Batch((0..operations).map(|_| self.put_or_delete()).collect())
            }
            76..85 => self.transact(name),
            85..88 => Step::Get(name),
            88..92 => {
                let second = if self.random.bool() { self.other(name) } else { self.different(name) };
                if self.random.bool() { Step::TransactGet(name, second) } else { Step::BatchGet(name, second) }
            }
            92..94 => Step::Query(kind),
            94..96 if kind.has_expiry() => Step::Wait(self.random.i64(1..400)),
            // A model without unique values of its own has no guards that others could leave behind.
            _ => Step::Others(name, self.text(kind)),
        }
    }

    fn write(&mut self, name: Name) -> Step {
        let kind = Kind::of(name);
        let plan = self.single(name);
        let returns_new = match plan.verb {
            Verb::Update(_) => true,
            // What hooks hide is no error of the write.
            Verb::Upsert(_) => kind != Kind::Hooked,
            _ => false,
        };
        // The embedded engine has the key for the old item of a new one.
        let is_upsert = matches!(plan.verb, Verb::Upsert(_) | Verb::Update(Update { form: Form::Upsert, .. }));
        let exactly_once = !matches!(plan.verb, Verb::Delete(_)) && !kind.is_unique() && self.random.u8(..6) == 0;
        let returns = match &plan.verb {
            Verb::Delete(_) if kind.is_unique() => Returns::Nothing,
            Verb::Delete(_) => self.one_of(&[Returns::Existed, Returns::Existed, Returns::Old]),
            _ if kind.is_unique() || exactly_once => Returns::Nothing,
            _ => match self.random.u8(..4) {
                0 if !is_upsert => Returns::Old,
                1 if returns_new => Returns::New,
                _ => Returns::Nothing,
            },
        };
        Step::Write { plan, returns, exactly_once }
    }

    /// A write by itself.
    fn single(&mut self, name: Name) -> Plan {
        let kind = Kind::of(name);
        let verb = match self.random.u8(..12) {
            0..3 => Verb::Create(self.item(kind)),
            3 | 4 => Verb::Put(self.item(kind)),
            5 => Verb::Overwrite(self.item(kind)),
            6 => Verb::Delete(self.held_version(kind)),
            // One of these goes another way, after a read.
            7 if !kind.is_unique() && !kind.has_expiry() => Verb::Upsert(self.item(kind)),
            _ => Verb::Update(self.update(kind)),
        };
        Plan { name, verb }
    }

    /// The version of an item in hand, which may be another than is stored.
    fn held_version(&mut self, kind: Kind) -> Option<i64> {
        (kind.has_version() && self.random.bool()).then(|| self.random.i64(0..4))
    }

    fn update(&mut self, kind: Kind) -> Update {
        if matches!(kind, Kind::Thing | Kind::Locked | Kind::Parcel | Kind::Ticket) && self.random.u8(..6) == 0 {
            let count = if self.random.bool() { Edit::AddCount(1) } else { Edit::Count(1) };
            let edits = [Edit::Text(self.text(kind))].into_iter().chain((kind != Kind::Ticket).then_some(count));
            return Update { edits: edits.collect(), form: Form::Upsert, below: None, version: None };
        }
        let is_patch = matches!(kind, Kind::Shelf | Kind::Thing) && self.random.u8(..3) == 0;
        let form = if is_patch { Form::Patch } else { Form::Update };
        let mut edits = vec![self.edit(kind, form)];
        let second = self.edit(kind, form);
        if !second.clashes(&edits[0]) && !kind.is_unique() {
            edits.push(second);
        }
        let counts = matches!(kind, Kind::Thing | Kind::Locked | Kind::Parcel | Kind::Session);
        let below = (counts && self.random.u8(..4) == 0).then(|| self.random.i64(1..6));
        let version = (kind.has_version() && self.random.u8(..3) == 0).then(|| self.random.i64(0..4));
        Update { edits, form, below, version }
    }

    fn put_or_delete(&mut self) -> Plan {
        let name = loop {
            let name = if self.random.u8(..3) == 0 { self.any() } else { self.name() };
            if !Kind::of(name).is_unique() {
                break name;
            }
            if self.kind.is_unique() {
                break self.one_of(Kind::Thing.names());
            }
        };
        let item = self.item(Kind::of(name));
        let verb = if self.random.u8(..3) == 0 { Verb::Delete(None) } else { Verb::Overwrite(item) };
        Plan { name, verb }
    }

    fn transact(&mut self, name: Name) -> Step {
        let second = if self.random.u8(..3) > 0 { self.other(name) } else { self.different(name) };
        let mut plans = vec![self.part(name), self.part(second)];
        let mail = |plan: &Plan| match &plan.verb {
            Verb::Create(item) | Verb::Put(item) | Verb::Overwrite(item) | Verb::Upsert(item) => {
                item.get("mail").cloned()
            }
            Verb::Update(Update { edits, .. }) => edits.iter().find_map(|edit| match edit {
                Edit::Mail(mail) => Some(super::item::s(mail.clone())),
                _ => None,
            }),
            _ => None,
        };
        // Nobody asks for one address twice.
        if mail(&plans[0]).is_some() && mail(&plans[0]) == mail(&plans[1]) {
            plans.pop();
        }
        Step::Transact(plans)
    }

    fn part(&mut self, name: Name) -> Plan {
        let kind = Kind::of(name);
        let counts = matches!(kind, Kind::Thing | Kind::Locked | Kind::Parcel | Kind::Session);
        if counts && self.random.u8(..8) == 0 {
            return Plan { name, verb: Verb::Check(self.random.i64(1..6)) };
        }
        self.single(name)
    }

    pub(super) fn one_of<T: Copy>(&mut self, these: &[T]) -> T {
        these[self.random.usize(..these.len())]
    }

    /// A name, most likely of the kind that this sequence is about.
    fn name(&mut self) -> Name {
        if self.random.u8(..8) == 0 { self.any() } else { self.one_of(self.kind.names()) }
    }

    fn any(&mut self) -> Name {
        let kind = self.one_of(&Kind::ALL);
        self.one_of(kind.names())
    }

    /// Another one of its kind.
    fn other(&mut self, name: Name) -> Name {
        loop {
            let other = self.one_of(Kind::of(name).names());
            if other != name {
                return other;
            }
        }
    }

    /// Another one of any kind.
    fn different(&mut self, name: Name) -> Name {
        loop {
            let other = self.any();
            if other != name {
                return other;
            }
        }
    }

    fn others(&mut self) -> Option<String> {
        (self.random.u8(..3) == 0).then(|| self.text(Kind::Thing))
    }

    /// What a change in memory is drawn from.
    pub(super) fn edit_of(&mut self, kind: Kind, item: &Item, edit: u64) -> Item {
        let mut draw = Draw { random: Rng::with_seed(edit), texts: self.texts, kind };
        let edited = draw.edited(kind, item);
        self.texts = draw.texts;
        edited
    }
}
