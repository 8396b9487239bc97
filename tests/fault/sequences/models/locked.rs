//! An item with a version.

use chrono::{DateTime, Utc};
use dynorm::expr::Condition;
use dynorm::{Cond, Db, Delete, DynamoModel, Key, Update, auto};

use super::super::item::{Item, Value, map, number, s, text};
use super::super::kind::{Kind, Name};
use super::super::plan::Edit;
use super::{Model, small};

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "locked")]
pub(in super::super) struct Locked {
    #[dynorm(partition_key)]
    run: String,
    #[dynorm(sort_key)]
    name: String,
    text: String,
    count: u32,
    #[dynorm(updated)]
    updated: DateTime<Utc>,
    #[dynorm(version)]
    version: u64,
}

impl Model for Locked {
    without_unique_values!();

    const KIND: Kind = Kind::Locked;

    fn key_of(run: &str, name: Name) -> Key<Self> {
        use dynorm::FullKey;
        Locked::key().run(run).name(name).into_key()
    }

    fn of(run: &str, name: Name, item: &Item) -> Self {
        Locked {
            run: run.to_owned(),
            name: name.to_owned(),
            text: text(item, "text").unwrap_or_default().to_owned(),
            count: small(number(item, "count").unwrap_or(0)),
            updated: number(item, "updated").and_then(|at| DateTime::from_timestamp(at, 0)).unwrap_or_else(auto),
            version: small(number(item, "version").unwrap_or(0)).into(),
        }
    }

    fn item(&self) -> Item {
        let version = i64::try_from(self.version).unwrap_or(i64::MAX);
        map([
            ("text", s(&self.text)),
            ("count", Value::N(self.count.into())),
            ("updated", Value::N(self.updated.timestamp())),
            ("version", Value::N(version)),
        ])
    }

    fn name(&self) -> &str {
        &self.name
    }

    async fn all(run: &str, db: &Db) -> dynorm::Result<Vec<Self>> {
        Locked::query(Locked::key().run(run)).consistent().all(db).await
    }

    fn change(update: Update<Self>, edit: &Edit) -> Update<Self> {
        match edit.clone() {
            Edit::Text(text) => update.set(Locked::TEXT, text),
            Edit::Count(count) => update.set(Locked::COUNT, small(count)),
            Edit::AddCount(more) => update.add(Locked::COUNT, small(more)),
            other => unreachable!("an item with a version has no {other:?}"),
        }
    }

    fn below(count: i64) -> Cond<Self, Condition> {
        Locked::COUNT.lt(small(count))
    }

    fn of_version(update: Update<Self>, version: u64) -> Update<Self> {
        update.expect_version(version)
    }

    fn deleted(run: &str, name: Name, version: Option<u64>) -> Delete<Self> {
        match version {
            None => Locked::delete(Locked::key_of(run, name)),
            // Of an item in hand nothing but its key and its version matters.
            Some(version) => Locked::delete(&Locked { version, ..Locked::of(run, name, &Item::new()) }),
        }
    }
}
