//! The models of the sequences, and what the model of the service knows of a stored item.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use dynorm::{DynamoModel, Key, auto};
use uuid::Uuid;

/// An item with something in it for every kind of change.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "things")]
pub(crate) struct Thing {
    #[dynorm(partition_key)]
    pub(crate) run: String,
    #[dynorm(sort_key)]
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) note: Option<String>,
    pub(crate) count: u32,
    #[dynorm(default)]
    pub(crate) tags: Vec<String>,
    #[dynorm(created)]
    pub(crate) created: DateTime<Utc>,
}

/// An item with an id that shows whose it is.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "tickets")]
pub(crate) struct Ticket {
    #[dynorm(partition_key)]
    pub(crate) run: String,
    #[dynorm(sort_key)]
    pub(crate) name: String,
    pub(crate) text: String,
    #[dynorm(auto)]
    pub(crate) id: Uuid,
}

/// An item with a version.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "locked")]
pub(crate) struct Locked {
    #[dynorm(partition_key)]
    pub(crate) run: String,
    #[dynorm(sort_key)]
    pub(crate) name: String,
    pub(crate) text: String,
    #[dynorm(version)]
    pub(crate) version: u64,
}

/// An item with a value that no other has.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "members")]
pub(crate) struct Member {
    #[dynorm(partition_key)]
    pub(crate) run: String,
    #[dynorm(sort_key)]
    pub(crate) name: String,
    #[dynorm(unique)]
    pub(crate) mail: String,
}

impl Member {
    /// A member with this address, which no other sequence has.
    pub(crate) fn new(run: &str, name: Name, mail: &str) -> Self {
        Member { run: run.to_owned(), name: name.to_owned(), mail: format!("{mail}@{run}") }
    }
}

/// The names of the members.
pub(crate) const MEMBERS: [Name; 2] = ["M", "N"];
/// Their addresses.
pub(crate) const MAILS: [&str; 3] = ["x", "y", "z"];

/// Under what an item is stored, within one sequence.
pub(crate) type Name = &'static str;

/// The names of things.
pub(crate) const THINGS: [Name; 3] = ["a", "b", "c"];
/// The name of the ticket.
pub(crate) const TICKET: Name = "T";
/// The name of the item with a version.
pub(crate) const LOCKED: Name = "V";

/// What is stored under a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stored {
    pub(crate) text: String,
    pub(crate) note: Option<String>,
    pub(crate) count: u32,
    pub(crate) tags: Vec<String>,
    /// 0 for an item that has none.
    pub(crate) version: u64,
    /// An attribute that the models do not know.
    pub(crate) extra: Option<String>,
}

impl Stored {
    pub(crate) fn of(text: &str) -> Self {
        Stored { text: text.to_owned(), note: None, count: 0, tags: Vec::new(), version: 0, extra: None }
    }

    /// What a read of the model sees of it.
    pub(crate) fn seen(&self) -> Self {
        Stored { extra: None, ..self.clone() }
    }

    pub(crate) fn of_locked(locked: &Locked) -> Self {
        Stored { version: locked.version, ..Stored::of(&locked.text) }
    }

    pub(crate) fn of_thing(thing: &Thing) -> Self {
        let Thing { text, note, count, tags, .. } = thing.clone();
        Stored { text, note, count, tags, version: 0, extra: None }
    }

    pub(crate) fn thing(&self, run: &str, name: Name) -> Thing {
        let Stored { text, note, count, tags, .. } = self.clone();
        Thing { run: run.to_owned(), name: name.to_owned(), text, note, count, tags, created: auto() }
    }

    pub(crate) fn of_item(item: &std::collections::HashMap<String, AttributeValue>) -> Self {
        let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
        let number =
            |name: &str| item.get(name).and_then(|value| value.as_n().ok()).and_then(|number| number.parse().ok());
        let tags = item.get("tags").and_then(|value| value.as_l().ok()).cloned().unwrap_or_default();
        Stored {
            text: text("text").unwrap_or_default(),
            note: text("note"),
            count: number("count").unwrap_or(0),
            tags: tags.iter().filter_map(|tag| tag.as_s().ok()).cloned().collect(),
            version: number("version").unwrap_or(0).into(),
            extra: text("extra"),
        }
    }
}

/// All items of a sequence.
pub(crate) type Items = BTreeMap<Name, Stored>;

pub(crate) fn key(run: &str, name: Name) -> Key<Thing> {
    use dynorm::FullKey;
    Thing::key().run(run).name(name).into_key()
}
