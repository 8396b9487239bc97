//! What may be stored: the set of states that explain everything that was seen so far.

use std::collections::BTreeSet;

use super::item::{Item, anonymous};
use super::kind::Name;
use super::outcomes::outcomes;
use super::service::{Failure, Items, Reads, Write};

/// What a call asks the service for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Action {
    /// Reads each item by itself.
    ReadEach { names: Vec<Name>, now: i64 },
    /// Reads all items at one time. What it finds can be kept for a later write of the same step.
    Read { names: Vec<Name>, now: i64, keep: Option<usize> },
    /// One write as itself.
    One(One),
    /// Writes that are done together, with a token.
    Together {
        writes: Vec<Write>,
        /// Whether some items are read before it.
        reads: bool,
        /// Whether it is one write to its caller.
        single: bool,
    },
    /// Writes of which each may be done or not; in order where they are of one item.
    Each(Vec<Write>),
}

/// One write as itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct One {
    pub(super) write: Write,
    pub(super) returns: Returns,
    /// Whether it may be sent again after an attempt that perhaps was applied.
    pub(super) is_resent: bool,
    /// The call, if the item says which one wrote it.
    pub(super) id: Option<u32>,
    pub(super) now: i64,
}

/// What a write is asked to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Returns {
    Nothing,
    Existed,
    Old,
    New,
}

/// What a caller sees of a call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Seen {
    Items(Vec<Option<Item>>),
    /// The hook after a read hid an item.
    Hidden,
    Done,
    /// Done, but the hook after the write is displeased.
    Displeased,
    Existed(bool),
    /// A delete whose item was gone when it was sent again.
    ExistedUnknown,
    /// The old item, or the new one.
    Returned(Option<Item>),
    /// The hook before the write refused it: nothing was sent.
    Vetoed,
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

impl Action {
    /// What it writes.
    pub(super) fn writes(&self) -> &[Write] {
        match self {
            Action::ReadEach { .. } | Action::Read { .. } => &[],
            Action::One(one) => std::slice::from_ref(&one.write),
            Action::Together { writes, .. } | Action::Each(writes) => writes,
        }
    }

    pub(super) fn is_read(&self) -> bool {
        matches!(self, Action::ReadEach { .. } | Action::Read { .. })
    }

    /// The same, once it is known what was read before it.
    fn resolved(&self, read: &Reads) -> Self {
        match self {
            Action::ReadEach { .. } | Action::Read { .. } | Action::Each(_) => self.clone(),
            Action::One(one) => Action::One(One { write: one.write.resolved(read), ..one.clone() }),
            Action::Together { writes, reads, single } => {
                let writes = writes.iter().map(|write| write.resolved(read)).collect();
                Action::Together { writes, reads: *reads, single: *single }
            }
        }
    }
}

/// A possible state of the service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct World {
    pub(super) items: Items,
    /// What may still arrive right after the next attempt.
    pub(super) late: Vec<Action>,
    /// What the reads of this step found.
    pub(super) read: Reads,
}

/// All states that are possible now.
#[derive(Debug)]
pub(super) struct Worlds(BTreeSet<World>);

impl Worlds {
    pub(super) fn new() -> Self {
        Worlds(BTreeSet::from([World::default()]))
    }

    /// Leaves the states that explain what was seen after so many attempts; none is a divergence.
    pub(super) fn observe(&mut self, action: &Action, seen: &Seen, attempts: usize, faults: bool) {
        let before = std::mem::take(&mut self.0);
        for world in before {
            let action = action.resolved(&world.read);
            outcomes(&action, world, seen, attempts, faults, &mut self.0);
        }
    }

    /// Something was written past the faults, and is certain.
    pub(super) fn certain(&mut self, write: &Write) {
        let before = std::mem::take(&mut self.0);
        self.0.extend(before.into_iter().map(|mut world| {
            if write.failure(&world.items).is_none() {
                write.apply(&mut world.items);
            }
            world
        }));
    }

    /// A step has ended, and nobody will save what it read.
    pub(super) fn forget(&mut self) {
        let before = std::mem::take(&mut self.0);
        self.0.extend(before.into_iter().map(|world| World { read: Reads::new(), ..world }));
    }

    /// Whether nothing that was seen can be.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Leaves the states in which exactly this is stored.
    pub(super) fn stored(&mut self, items: &Items) {
        self.0.retain(|world| world.items.iter().map(|(name, item)| (*name, anonymous(item))).eq(items.clone()));
    }

    /// The states, to be shown.
    pub(super) fn show(&self) -> String {
        self.0.iter().take(20).map(|world| format!("{world:?}\n")).collect()
    }
}
