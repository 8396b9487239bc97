//! An item with an id that shows whose it is.

use dynorm::{Db, DynamoModel, Key, Update, auto};
use uuid::Uuid;

use super::super::item::{Item, Value, map, s, text};
use super::super::kind::{Kind, Name};
use super::super::plan::Edit;
use super::Model;

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "tickets")]
pub(in super::super) struct Ticket {
    #[dynorm(partition_key)]
    run: String,
    #[dynorm(sort_key)]
    name: String,
    text: String,
    #[dynorm(auto)]
    id: Uuid,
}

impl Model for Ticket {
    without_unique_values!();

    const KIND: Kind = Kind::Ticket;

    fn key_of(run: &str, name: Name) -> Key<Self> {
        use dynorm::FullKey;
        Ticket::key().run(run).name(name).into_key()
    }

    fn of(run: &str, name: Name, item: &Item) -> Self {
        let text = text(item, "text").unwrap_or_default().to_owned();
        Ticket { run: run.to_owned(), name: name.to_owned(), text, id: auto() }
    }

    fn item(&self) -> Item {
        let id = (!self.id.is_nil()).then_some(("id", Value::Id(0)));
        map([("text", s(&self.text))].into_iter().chain(id))
    }

    fn name(&self) -> &str {
        &self.name
    }

    async fn all(run: &str, db: &Db) -> dynorm::Result<Vec<Self>> {
        Ticket::query(Ticket::key().run(run)).consistent().all(db).await
    }

    fn edited(&self, run: &str, name: Name, item: &Item) -> Self {
        Ticket { id: self.id, ..Ticket::of(run, name, item) }
    }

    fn change(update: Update<Self>, edit: &Edit) -> Update<Self> {
        match edit.clone() {
            Edit::Text(text) => update.set(Ticket::TEXT, text),
            other => unreachable!("a ticket has no {other:?}"),
        }
    }
}
