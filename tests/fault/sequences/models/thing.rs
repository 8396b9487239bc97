//! An item with something in it for every kind of change.

use chrono::{DateTime, Utc};
use dynorm::expr::Condition;
use dynorm::{ApplyPatch, Cond, Db, DynamoModel, DynamoPatch, Key, Patch, Update, auto};

use super::super::item::{Item, Value, list, map, number, s, text};
use super::super::kind::{Kind, Name};
use super::super::plan::Edit;
use super::{Model, perhaps, small};

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "things")]
pub(in super::super) struct Thing {
    #[dynorm(partition_key)]
    run: String,
    #[dynorm(sort_key)]
    name: String,
    text: String,
    note: Option<String>,
    count: u32,
    #[dynorm(default)]
    tags: Vec<String>,
    #[dynorm(created)]
    created: DateTime<Utc>,
}

#[derive(Debug, Clone, Default, DynamoPatch)]
#[dynorm(of = Thing)]
struct ThingPatch {
    text: Patch<String>,
    note: Patch<String>,
    count: Patch<u32>,
}

impl Model for Thing {
    without_unique_values!();

    const KIND: Kind = Kind::Thing;

    fn key_of(run: &str, name: Name) -> Key<Self> {
        use dynorm::FullKey;
        Thing::key().run(run).name(name).into_key()
    }

    fn of(run: &str, name: Name, item: &Item) -> Self {
        let tags = list(item, "tags").into_iter().map(|tag| match tag {
            Value::S(tag) => tag,
            other => unreachable!("{other:?} is no tag"),
        });
        Thing {
            run: run.to_owned(),
            name: name.to_owned(),
            text: text(item, "text").unwrap_or_default().to_owned(),
            note: text(item, "note").map(str::to_owned),
            count: small(number(item, "count").unwrap_or(0)),
            tags: tags.collect(),
            created: number(item, "created").and_then(|at| DateTime::from_timestamp(at, 0)).unwrap_or_else(auto),
        }
    }

    fn item(&self) -> Item {
        let mut item = map([
            ("text", s(&self.text)),
            ("count", Value::N(self.count.into())),
            ("tags", Value::L(self.tags.iter().map(s).collect())),
            ("created", Value::N(self.created.timestamp())),
        ]);
        item.extend(perhaps("note", self.note.as_ref().map(s)));
        item
    }

    fn name(&self) -> &str {
        &self.name
    }

    async fn all(run: &str, db: &Db) -> dynorm::Result<Vec<Self>> {
        Thing::query(Thing::key().run(run)).consistent().all(db).await
    }

    fn change(update: Update<Self>, edit: &Edit) -> Update<Self> {
        match edit.clone() {
            Edit::Text(text) => update.set(Thing::TEXT, text),
            Edit::Note(Some(note)) => update.set(Thing::NOTE, note),
            Edit::Note(None) => update.remove(Thing::NOTE),
            Edit::Count(count) => update.set(Thing::COUNT, small(count)),
            Edit::AddCount(more) => update.add(Thing::COUNT, small(more)),
            Edit::AppendTag(tag) => update.list_append(Thing::TAGS, vec![tag]),
            other => unreachable!("a thing has no {other:?}"),
        }
    }

    fn patched(key: Key<Self>, edits: &[Edit]) -> ApplyPatch<Self> {
        let mut patch = ThingPatch::default();
        for edit in edits {
            match edit.clone() {
                Edit::Text(text) => patch.text = Patch::Set(text),
                Edit::Note(note) => patch.note = note.map_or(Patch::Remove, Patch::Set),
                Edit::Count(count) => patch.count = Patch::Set(small(count)),
                other => unreachable!("a patch of a thing has no {other:?}"),
            }
        }
        Thing::patch(key, patch)
    }

    fn below(count: i64) -> Cond<Self, Condition> {
        Thing::COUNT.lt(small(count))
    }
}
