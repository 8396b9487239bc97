//! An item in an index by a template, with nested and listed structs and a flattened one.

use chrono::{DateTime, Utc};
use dynorm::{ApplyPatch, Db, DynamoAttribute, DynamoModel, DynamoPatch, Key, Patch, Update, auto};

use super::super::item::{Item, Value, entries, list, map, number, s, text};
use super::super::kind::{Kind, Name, place};
use super::super::plan::Edit;
use super::{Model, perhaps, small};

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "shelves", index(ByPlace, partition_key = "{room}#{floor:02}"))]
pub(in super::super) struct Shelf {
    #[dynorm(partition_key)]
    run: String,
    #[dynorm(sort_key)]
    name: String,
    text: String,
    room: String,
    floor: Option<u32>,
    spot: Spot,
    books: Vec<Book>,
    #[dynorm(flatten)]
    size: Size,
    #[dynorm(updated)]
    updated: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
struct Spot {
    row: u32,
    label: Option<String>,
}

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
struct Book {
    title: String,
    mark: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
struct Size {
    width: u32,
    height: Option<u32>,
}

#[derive(Debug, Clone, Default, DynamoPatch)]
#[dynorm(of = Shelf)]
struct ShelfPatch {
    text: Patch<String>,
    room: Patch<String>,
    floor: Patch<u32>,
}

impl Model for Shelf {
    without_unique_values!();

    const KIND: Kind = Kind::Shelf;

    fn key_of(run: &str, name: Name) -> Key<Self> {
        use dynorm::FullKey;
        Shelf::key().run(run).name(name).into_key()
    }

    fn of(run: &str, name: Name, item: &Item) -> Self {
        let spot = entries(item, "spot");
        let books = list(item, "books").into_iter().map(|book| match book {
            Value::M(book) => Book {
                title: text(&book, "title").unwrap_or_default().to_owned(),
                mark: number(&book, "mark").map(small),
            },
            other => unreachable!("{other:?} is no book"),
        });
        Shelf {
            run: run.to_owned(),
            name: name.to_owned(),
            text: text(item, "text").unwrap_or_default().to_owned(),
            room: text(item, "room").unwrap_or_default().to_owned(),
            floor: number(item, "floor").map(small),
            spot: Spot {
                row: small(number(&spot, "row").unwrap_or(0)),
                label: text(&spot, "label").map(str::to_owned),
            },
            books: books.collect(),
            size: Size { width: small(number(item, "width").unwrap_or(0)), height: number(item, "height").map(small) },
            updated: number(item, "updated").and_then(|at| DateTime::from_timestamp(at, 0)).unwrap_or_else(auto),
        }
    }

    fn item(&self) -> Item {
        let number = |number: u32| Value::N(number.into());
        let book = |book: &Book| {
            let mut entries = map([("title", s(&book.title))]);
            entries.extend(perhaps("mark", book.mark.map(number)));
            Value::M(entries)
        };
        let mut spot = map([("row", number(self.spot.row))]);
        spot.extend(perhaps("label", self.spot.label.as_ref().map(s)));
        let mut item = map([
            ("text", s(&self.text)),
            ("room", s(&self.room)),
            ("spot", Value::M(spot)),
            ("books", Value::L(self.books.iter().map(book).collect())),
            ("width", number(self.size.width)),
            ("updated", Value::N(self.updated.timestamp())),
        ]);
        item.extend(perhaps("floor", self.floor.map(number)));
        item.extend(perhaps("height", self.size.height.map(number)));
        // Whoever reads it takes for granted that the key of the index goes with the fields.
        item.extend(perhaps(super::super::kind::PLACE, place(&item)));
        item
    }

    fn name(&self) -> &str {
        &self.name
    }

    async fn all(run: &str, db: &Db) -> dynorm::Result<Vec<Self>> {
        Shelf::query(Shelf::key().run(run)).consistent().all(db).await
    }

    fn change(update: Update<Self>, edit: &Edit) -> Update<Self> {
        match edit.clone() {
            Edit::Text(text) => update.set(Shelf::TEXT, text),
            Edit::Place(room, floor) => update.set_key(Shelf::by_place().room(room).floor(small(floor))),
            Edit::NoFloor => update.remove(Shelf::FLOOR),
            Edit::Row(row) => update.set(Shelf::SPOT.dot(Spot::ROW), small(row)),
            Edit::AddRow(more) => update.add(Shelf::SPOT.dot(Spot::ROW), small(more)),
            Edit::Label(Some(label)) => update.set(Shelf::SPOT.dot(Spot::LABEL), label),
            Edit::Label(None) => update.remove(Shelf::SPOT.dot(Spot::LABEL)),
            other => unreachable!("a shelf has no {other:?}"),
        }
    }

    fn patched(key: Key<Self>, edits: &[Edit]) -> ApplyPatch<Self> {
        let mut patch = ShelfPatch::default();
        for edit in edits {
            match edit.clone() {
                Edit::Text(text) => patch.text = Patch::Set(text),
                Edit::Place(room, floor) => {
                    (patch.room, patch.floor) = (Patch::Set(room), Patch::Set(small(floor)));
                }
                Edit::NoFloor => patch.floor = Patch::Remove,
                other => unreachable!("a patch of a shelf has no {other:?}"),
            }
        }
        Shelf::patch(key, patch)
    }
}
