//! An item with an expiry.

use chrono::{DateTime, Utc};
use dynorm::expr::Condition;
use dynorm::{Cond, Db, DynamoModel, Key, Update, auto};

use super::super::item::{Item, Value, map, number, s, text};
use super::super::kind::{Kind, Name};
use super::super::plan::Edit;
use super::{Model, small};

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "sessions")]
pub(in super::super) struct Session {
    #[dynorm(partition_key)]
    run: String,
    #[dynorm(sort_key)]
    name: String,
    text: String,
    count: u32,
    #[dynorm(ttl)]
    expires: DateTime<Utc>,
}

impl Model for Session {
    without_unique_values!();

    const KIND: Kind = Kind::Session;

    fn key_of(run: &str, name: Name) -> Key<Self> {
        use dynorm::FullKey;
        Session::key().run(run).name(name).into_key()
    }

    fn of(run: &str, name: Name, item: &Item) -> Self {
        Session {
            run: run.to_owned(),
            name: name.to_owned(),
            text: text(item, "text").unwrap_or_default().to_owned(),
            count: small(number(item, "count").unwrap_or(0)),
            expires: number(item, "expires").and_then(|at| DateTime::from_timestamp(at, 0)).unwrap_or_else(auto),
        }
    }

    fn item(&self) -> Item {
        map([
            ("text", s(&self.text)),
            ("count", Value::N(self.count.into())),
            ("expires", Value::N(self.expires.timestamp())),
        ])
    }

    fn name(&self) -> &str {
        &self.name
    }

    async fn all(run: &str, db: &Db) -> dynorm::Result<Vec<Self>> {
        Session::query(Session::key().run(run)).consistent().all(db).await
    }

    fn change(update: Update<Self>, edit: &Edit) -> Update<Self> {
        match edit.clone() {
            Edit::Text(text) => update.set(Session::TEXT, text),
            Edit::Count(count) => update.set(Session::COUNT, small(count)),
            Edit::AddCount(more) => update.add(Session::COUNT, small(more)),
            Edit::Expires(at) => update.set(Session::EXPIRES, DateTime::from_timestamp(at, 0).unwrap_or_default()),
            other => unreachable!("a session has no {other:?}"),
        }
    }

    fn below(count: i64) -> Cond<Self, Condition> {
        Session::COUNT.lt(small(count))
    }
}
