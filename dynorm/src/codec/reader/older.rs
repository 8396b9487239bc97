//! Attributes under older names: when they are read, and what is noted of them.

use std::collections::BTreeMap;

use super::Reader;

/// Where values start that were read under an older name, each with the present one.
pub(crate) type OlderNames = BTreeMap<usize, &'static str>;

/// When attributes under older names are read: behind all others of their object, so that it does not matter how they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Older {
    /// The next one waits.
    Waits,
    /// The last one waits; it is this one among the names of its record.
    Waiting(usize),
    /// The next one is read.
    Read,
}

impl Reader<'_> {
    /// Notes from now on what is read under an older name.
    pub(crate) fn note_older_names(&mut self) {
        self.older_names = Some(Box::default());
    }

    /// What was noted.
    pub(crate) fn into_older_names(self) -> OlderNames {
        self.older_names.map(|names| *names).unwrap_or_default()
    }

    /// The value that comes next is stored under an older name of this one.
    #[inline]
    pub(crate) fn is_older_name_of(&mut self, name: &'static str) {
        if let Some(names) = &mut self.older_names {
            self.json.peek();
            names.insert(self.json.at(), name);
        }
    }

    /// Whether an attribute under an older name is to be read now. If not, it is to be skipped, and comes again behind all others.
    #[inline]
    pub(crate) fn reads_older_name(&mut self) -> bool {
        let now = self.older == Older::Read;
        self.older = if now { Older::Waits } else { Older::Waiting(0) };
        now
    }

    /// Says which of its record's names is waiting, if it is.
    pub(crate) fn rank_older_name(&mut self, rank: usize) {
        if matches!(self.older, Older::Waiting(_)) {
            self.older = Older::Waiting(rank);
        }
    }

    /// Whether the attribute that was met last waits, and which of the names it has.
    #[inline]
    pub(crate) fn take_older_name(&mut self) -> Option<usize> {
        match self.older {
            Older::Waiting(rank) => {
                self.older = Older::Waits;
                Some(rank)
            }
            Older::Waits | Older::Read => None,
        }
    }

    /// Lets `read` read an attribute that has waited.
    pub(crate) fn now<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        self.older = Older::Read;
        let result = read(self);
        self.older = Older::Waits;
        result
    }
}
