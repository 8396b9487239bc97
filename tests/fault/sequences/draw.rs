//! What a sequence does, by its seed.

use fastrand::Rng;

use super::stored::{LOCKED, MAILS, MEMBERS, Name, Stored, THINGS, TICKET};
use super::world::{Change, Returns, Write};

/// One call, or a read and the write that follows from it.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Write {
        write: Write,
        returns: Returns,
        exactly_once: bool,
    },
    /// Reads a thing, changes it in memory, and saves it.
    Save {
        name: Name,
        text: Option<String>,
        note: Option<Option<String>>,
    },
    /// Reads a thing and moves it to another name.
    Rekey {
        from: Name,
        to: Name,
        text: String,
    },
    /// Two readers change the item with a version, one after the other.
    Race(String, String),
    Batch(Vec<Write>),
    Transact(Vec<Write>),
    Get(Name),
    TransactGet(Name, Name),
    BatchGet(Name, Name),
    Query,
    /// A newer program adds an attribute, past the faults.
    Extra(Name, String),
}

/// Draws steps. Each text is drawn once in a sequence, so that what is stored tells who stored it, but for a few that are the same.
pub(super) struct Draw {
    random: Rng,
    texts: u32,
    /// Whether most steps are of members, which would seldom meet else.
    members: bool,
}

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Draw { random: Rng::with_seed(seed ^ 0x5eed), texts: 0, members: seed.is_multiple_of(32) }
    }

    pub(super) fn length(&mut self) -> usize {
        self.random.usize(2..=6)
    }

    /// After how many polls a call is dropped, if it is.
    pub(super) fn drop_after(&mut self, percent: u8) -> Option<u32> {
        (self.random.u8(..100) < percent).then(|| self.random.u32(1..7))
    }

    pub(super) fn step(&mut self) -> Step {
        if self.members && self.random.u8(..4) > 0 {
            return self.member();
        }
        let name = self.thing();
        match self.random.u8(..100) {
            0..4 => {
                let count = if self.random.bool() { Change::AddCount(1) } else { Change::Count(1) };
                let changes = vec![Change::Text(self.text()), count];
                let write = Write::Update { name, changes, below: None, upsert: true };
                Step::Write { write, returns: Returns::Nothing, exactly_once: self.random.u8(..4) == 0 }
            }
            4..20 => Step::Write { write: self.update(name), returns: Returns::Nothing, exactly_once: false },
            20..26 => {
                let returns = self.one_of(&[Returns::Old, Returns::New]);
                Step::Write { write: self.update(name), returns, exactly_once: false }
            }
            26..32 => Step::Write { write: self.update(name), returns: Returns::Nothing, exactly_once: true },
            32..42 => {
                let returns = self.one_of(&[Returns::Nothing, Returns::Nothing, Returns::Old]);
                Step::Write { write: Write::Put(name, self.item()), returns, exactly_once: false }
            }
            42..50 => {
                let exactly_once = self.random.u8(..4) == 0;
                Step::Write { write: Write::Create(name, self.item()), returns: Returns::Nothing, exactly_once }
            }
            50..54 => {
                let ticket = Write::Create(TICKET, Stored::of(&self.text()));
                let locked = Write::Create(LOCKED, Stored { version: 1, ..Stored::of(&self.text()) });
                let create = if self.random.bool() { ticket } else { locked };
                Step::Write { write: create, returns: Returns::Nothing, exactly_once: false }
            }
            54..60 => {
                let name = self.one_of(&[name, name, name, TICKET, LOCKED]);
                let returns = self.one_of(&[Returns::Existed, Returns::Existed, Returns::Old]);
                Step::Write { write: Write::Delete(name), returns, exactly_once: false }
            }
            60..68 => {
                let text = self.random.bool().then(|| self.text());
                let note = self.random.bool().then(|| self.note());
                Step::Save { name, text, note }
            }
            68..73 => {
                let to = self.other(name);
                Step::Rekey { from: name, to, text: self.text() }
            }
            73..80 => {
                let operations = self.random.usize(1..=4);
                Step::Batch((0..operations).map(|_| self.put_or_delete()).collect())
            }
            80..87 => {
                let second = self.other(name);
                Step::Transact(vec![self.any(name), self.any(second)])
            }
            87..91 => Step::Get(name),
            91..93 => Step::Race(self.text(), self.text()),
            93..95 => {
                let second = self.other(name);
                if self.random.bool() { Step::TransactGet(name, second) } else { Step::BatchGet(name, second) }
            }
            95..97 => Step::Query,
            _ => Step::Extra(name, self.text()),
        }
    }

    /// What is done to a member.
    fn member(&mut self) -> Step {
        let name = self.one_of(&MEMBERS);
        let mail = Stored::of(self.one_of(&MAILS));
        let write = match self.random.u8(..6) {
            0 | 1 => Write::Create(name, mail),
            2 | 3 => Write::Put(name, mail),
            4 => Write::Delete(name),
            _ => {
                let changes = vec![Change::Text(mail.text)];
                Write::Update { name, changes, below: None, upsert: false }
            }
        };
        Step::Write { write: Write::Member(Box::new(write)), returns: Returns::Nothing, exactly_once: false }
    }

    fn one_of<T: Copy>(&mut self, these: &[T]) -> T {
        these[self.random.usize(..these.len())]
    }

    fn thing(&mut self) -> Name {
        self.one_of(&THINGS)
    }

    fn other(&mut self, name: Name) -> Name {
        loop {
            let other = self.thing();
            if other != name {
                return other;
            }
        }
    }

    fn text(&mut self) -> String {
        if self.random.u8(..8) == 0 {
            return "the same".to_owned();
        }
        self.texts += 1;
        format!("t{}", self.texts)
    }

    fn note(&mut self) -> Option<String> {
        self.random.bool().then(|| self.text())
    }

    fn item(&mut self) -> Stored {
        Stored { note: self.note(), count: self.random.u32(..3), ..Stored::of(&self.text()) }
    }

    fn change(&mut self) -> Change {
        match self.random.u8(..10) {
            0..3 => Change::Text(self.text()),
            3..5 => Change::Note(self.note()),
            5 => Change::Count(self.random.u32(..5)),
            6..8 => Change::AddCount(self.random.u32(1..4)),
            _ => Change::AppendTag(self.text()),
        }
    }

    fn update(&mut self, name: Name) -> Write {
        let mut changes = vec![self.change()];
        let second = self.change();
        let field = |change: &Change| match change {
            Change::AddCount(_) => std::mem::discriminant(&Change::Count(0)),
            other => std::mem::discriminant(other),
        };
        if field(&second) != field(&changes[0]) {
            changes.push(second);
        }
        let below = (self.random.u8(..4) == 0).then(|| self.random.u32(1..6));
        Write::Update { name, changes, below, upsert: false }
    }

    fn put_or_delete(&mut self) -> Write {
        let name = self.thing();
        if self.random.u8(..3) == 0 { Write::Delete(name) } else { Write::Put(name, self.item()) }
    }

    fn any(&mut self, name: Name) -> Write {
        match self.random.u8(..6) {
            0 => Write::Create(name, self.item()),
            1 => Write::Put(name, self.item()),
            2 => Write::Delete(name),
            _ => self.update(name),
        }
    }
}
