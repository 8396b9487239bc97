//! An item with hooks, which look at its text.

use std::cell::Cell;
use std::fmt;

use dynorm::{Db, DynamoModel, Key, Update, Write};

use super::super::item::{Item, map, s, text};
use super::super::kind::{Kind, Name, displeases, is_hidden, is_vetoed};
use super::super::plan::Edit;
use super::Model;

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "hooked", before_write = before, after_write = after, after_read = read)]
pub(in super::super) struct Hooked {
    #[dynorm(partition_key)]
    run: String,
    #[dynorm(sort_key)]
    name: String,
    text: String,
}

#[derive(Debug)]
struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text is not liked")
    }
}

impl std::error::Error for Refused {}

thread_local! {
    /// How often the hooks before and after a write ran.
    static SHOWN: Cell<[usize; 2]> = const { Cell::new([0; 2]) };
}

/// How often the hooks before and after a write ran since this was asked before.
pub(in super::super) fn take_shown() -> [usize; 2] {
    SHOWN.take()
}

fn shown(write: &Write<'_, Hooked>, place: usize) -> Option<String> {
    let mut shown = SHOWN.get();
    shown[place] += 1;
    SHOWN.set(shown);
    write.item().map(|hooked| hooked.text.clone()).or_else(|| write.value(&Hooked::TEXT))
}

fn before(write: &Write<'_, Hooked>) -> Result<(), Refused> {
    if shown(write, 0).is_some_and(|text| is_vetoed(&text)) { Err(Refused) } else { Ok(()) }
}

fn after(write: &Write<'_, Hooked>) -> Result<(), Refused> {
    if shown(write, 1).is_some_and(|text| displeases(&text)) { Err(Refused) } else { Ok(()) }
}

fn read(hooked: &Hooked) -> Result<(), Refused> {
    if is_hidden(&hooked.text) { Err(Refused) } else { Ok(()) }
}

impl Model for Hooked {
    without_unique_values!();

    const KIND: Kind = Kind::Hooked;

    fn key_of(run: &str, name: Name) -> Key<Self> {
        use dynorm::FullKey;
        Hooked::key().run(run).name(name).into_key()
    }

    fn of(run: &str, name: Name, item: &Item) -> Self {
        let text = text(item, "text").unwrap_or_default().to_owned();
        Hooked { run: run.to_owned(), name: name.to_owned(), text }
    }

    fn item(&self) -> Item {
        map([("text", s(&self.text))])
    }

    fn name(&self) -> &str {
        &self.name
    }

    async fn all(run: &str, db: &Db) -> dynorm::Result<Vec<Self>> {
        Hooked::query(Hooked::key().run(run)).consistent().all(db).await
    }

    fn change(update: Update<Self>, edit: &Edit) -> Update<Self> {
        match edit.clone() {
            Edit::Text(text) => update.set(Hooked::TEXT, text),
            other => unreachable!("an item with hooks has no {other:?}"),
        }
    }
}
