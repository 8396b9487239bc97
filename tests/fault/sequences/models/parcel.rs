//! An item with the id of the call that wrote it, and a field for all that others add.

use std::collections::BTreeMap;

use dynorm::expr::Condition;
use dynorm::{Cond, Db, DynamoModel, Key, Update};

use super::super::item::{Item, Value, map, number, s, text};
use super::super::kind::{Kind, Name};
use super::super::plan::Edit;
use super::{Model, small};

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "parcels", write_id)]
pub(in super::super) struct Parcel {
    #[dynorm(partition_key)]
    run: String,
    #[dynorm(sort_key)]
    name: String,
    text: String,
    count: u32,
    #[dynorm(flatten)]
    labels: BTreeMap<String, String>,
}

impl Model for Parcel {
    without_unique_values!();

    const KIND: Kind = Kind::Parcel;

    fn key_of(run: &str, name: Name) -> Key<Self> {
        use dynorm::FullKey;
        Parcel::key().run(run).name(name).into_key()
    }

    fn of(run: &str, name: Name, item: &Item) -> Self {
        let labels = item.iter().filter(|(name, _)| !matches!(name.as_str(), "text" | "count" | "_write"));
        let labels = labels.map(|(name, value)| match value {
            Value::S(label) => (name.clone(), label.clone()),
            other => unreachable!("{other:?} is no label"),
        });
        Parcel {
            run: run.to_owned(),
            name: name.to_owned(),
            text: text(item, "text").unwrap_or_default().to_owned(),
            count: small(number(item, "count").unwrap_or(0)),
            labels: labels.collect(),
        }
    }

    fn item(&self) -> Item {
        let mut item = map([("text", s(&self.text)), ("count", Value::N(self.count.into()))]);
        item.extend(self.labels.iter().map(|(name, label)| (name.clone(), s(label))));
        item
    }

    fn name(&self) -> &str {
        &self.name
    }

    async fn all(run: &str, db: &Db) -> dynorm::Result<Vec<Self>> {
        Parcel::query(Parcel::key().run(run)).consistent().all(db).await
    }

    fn change(update: Update<Self>, edit: &Edit) -> Update<Self> {
        match edit.clone() {
            Edit::Text(text) => update.set(Parcel::TEXT, text),
            Edit::Count(count) => update.set(Parcel::COUNT, small(count)),
            Edit::AddCount(more) => update.add(Parcel::COUNT, small(more)),
            other => unreachable!("a parcel has no {other:?}"),
        }
    }

    fn below(count: i64) -> Cond<Self, Condition> {
        Parcel::COUNT.lt(small(count))
    }
}
