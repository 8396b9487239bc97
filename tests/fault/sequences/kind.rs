//! The kinds of items that sequences have, their names, and what dynorm stamps on them.

use super::item::{Item, Value, number, s, text};

/// Under what an item is stored, within one sequence.
pub(super) type Name = &'static str;

/// The kind of an item: its model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Something for every kind of change.
    Thing,
    /// With an id that shows whose it is.
    Ticket,
    /// With a version.
    Locked,
    /// With a value that no other has.
    Member,
    /// With a key of an index, nested maps and lists.
    Shelf,
    /// With an expiry.
    Session,
    /// With hooks.
    Hooked,
    /// With the id of the call that wrote it, and all that others add.
    Parcel,
}

impl Kind {
    pub(super) const ALL: [Kind; 8] =
        [Kind::Thing, Kind::Ticket, Kind::Locked, Kind::Member, Kind::Shelf, Kind::Session, Kind::Hooked, Kind::Parcel];

    /// Of an item by its name.
    pub(super) fn of(name: Name) -> Kind {
        match Kind::ALL.into_iter().find(|kind| kind.names().contains(&name)) {
            Some(kind) => kind,
            None => unreachable!("{name} is no name"),
        }
    }

    /// The names of its items.
    pub(super) fn names(self) -> &'static [Name] {
        match self {
            Kind::Thing => &["a", "b", "c"],
            Kind::Ticket => &["T", "U"],
            Kind::Locked => &["V", "W"],
            Kind::Member => &["M", "N"],
            Kind::Shelf => &["S", "R"],
            Kind::Session => &["X", "Y"],
            Kind::Hooked => &["H", "I"],
            Kind::Parcel => &["P", "Q"],
        }
    }

    pub(super) fn table(self) -> &'static str {
        match self {
            Kind::Thing => "things",
            Kind::Ticket => "tickets",
            Kind::Locked => "locked",
            Kind::Member => "members",
            Kind::Shelf => "shelves",
            Kind::Session => "sessions",
            Kind::Hooked => "hooked",
            Kind::Parcel => "parcels",
        }
    }

    pub(super) fn has_created(self) -> bool {
        matches!(self, Kind::Thing)
    }

    pub(super) fn has_updated(self) -> bool {
        matches!(self, Kind::Locked | Kind::Shelf)
    }

    pub(super) fn has_version(self) -> bool {
        self == Kind::Locked
    }

    pub(super) fn has_expiry(self) -> bool {
        self == Kind::Session
    }

    /// The attribute with an id that shows which call stored the item, or wrote it last.
    pub(super) fn id(self) -> Option<&'static str> {
        match self {
            Kind::Ticket => Some("id"),
            Kind::Parcel => Some("_write"),
            _ => None,
        }
    }

    /// The attributes that an item with all its fields need not have.
    pub(super) fn optional(self) -> &'static [&'static str] {
        match self {
            Kind::Thing => &["note"],
            Kind::Shelf => &["floor", "height", PLACE],
            _ => &[],
        }
    }

    /// Whether its writes go through transactions, because of values that no two items have.
    pub(super) fn is_unique(self) -> bool {
        self == Kind::Member
    }
}

/// The attribute of a shelf that the template of its index makes.
pub(super) const PLACE: &str = "by_place_pk";

/// What that attribute must be; `None` where a part is absent.
pub(super) fn place(item: &Item) -> Option<Value> {
    Some(s(format!("{}#{:02}", text(item, "room")?, number(item, "floor")?)))
}

/// The address that no other member has.
pub(super) const UNIQUE: &str = "mail";

/// Whether the hook before the write refuses this text.
pub(super) fn is_vetoed(text: &str) -> bool {
    text.starts_with("veto")
}

/// Whether the hook after the write is displeased by it.
pub(super) fn displeases(text: &str) -> bool {
    text.starts_with("late")
}

/// Whether the hook after a read hides an item with it.
pub(super) fn is_hidden(text: &str) -> bool {
    text.starts_with("hide")
}

/// Whether an item has expired.
pub(super) fn has_expired(item: &Item, now: i64) -> bool {
    number(item, "expires").is_some_and(|expires| expires < now)
}
