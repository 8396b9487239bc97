//! The models of the sequences, and how their fields are what the model of the service knows.

use std::fmt::Debug;

use dynorm::expr::Condition;
use dynorm::{ApplyPatch, BatchWrite, Cond, Db, Delete, DynamoModel, Key, Put, Update, UpsertItem};

use super::item::{Item, Value};
use super::kind::{Kind, Name};
use super::plan::Edit;

/// What only models without unique values have: writes that return an item, and batches.
macro_rules! without_unique_values {
    () => {
        async fn put_returning_old(put: dynorm::Put<'_, Self>, db: &dynorm::Db) -> dynorm::Result<Option<Self>> {
            put.return_old().send(db).await
        }

        async fn upsert_returning_new(upsert: dynorm::UpsertItem<'_, Self>, db: &dynorm::Db) -> dynorm::Result<Self> {
            upsert.return_new().send(db).await
        }

        async fn delete_returning_old(delete: dynorm::Delete<Self>, db: &dynorm::Db) -> dynorm::Result<Option<Self>> {
            delete.return_old().send(db).await
        }

        fn put_in(batch: dynorm::BatchWrite<'_>, item: Self) -> dynorm::BatchWrite<'_> {
            batch.overwrite(item)
        }

        fn delete_in(batch: dynorm::BatchWrite<'_>, key: dynorm::Key<Self>) -> dynorm::BatchWrite<'_> {
            batch.delete(key)
        }
    };
}

mod hooked;
mod locked;
mod member;
mod parcel;
mod session;
mod shelf;
mod thing;
mod ticket;

pub(super) use hooked::{Hooked, take_shown};
pub(super) use locked::Locked;
pub(super) use member::Member;
pub(super) use parcel::Parcel;
pub(super) use session::Session;
pub(super) use shelf::Shelf;
pub(super) use thing::Thing;
pub(super) use ticket::Ticket;

/// A model of the sequences.
pub(super) trait Model: DynamoModel + Clone + PartialEq + Debug + Send + Sync + 'static {
    const KIND: Kind;

    /// The key of an item of this sequence.
    fn key_of(run: &str, name: Name) -> Key<Self>;

    /// The item in hand that is to be stored like this.
    fn of(run: &str, name: Name, item: &Item) -> Self;

    /// What it says of itself, as the model of the service would say it.
    fn item(&self) -> Item;

    fn name(&self) -> &str;

    /// All items of a sequence.
    async fn all(run: &str, db: &Db) -> dynorm::Result<Vec<Self>>;

    /// The same item with other fields, under another name, and with the stamps that it has.
    fn edited(&self, run: &str, name: Name, item: &Item) -> Self {
        Self::of(run, name, item)
    }

    /// Adds a change to an update.
    fn change(_update: Update<Self>, edit: &Edit) -> Update<Self> {
        unreachable!("{:?} has no {edit:?}", Self::KIND)
    }

    /// A patch of these changes.
    fn patched(_key: Key<Self>, edits: &[Edit]) -> ApplyPatch<Self> {
        unreachable!("{:?} has no patch of {edits:?}", Self::KIND)
    }

    /// The condition that the count is below this number.
    fn below(_count: i64) -> Cond<Self, Condition> {
        unreachable!("{:?} has no count", Self::KIND)
    }

    /// The update with the condition that it has this version.
    fn of_version(_update: Update<Self>, _version: u64) -> Update<Self> {
        unreachable!("{:?} has no version", Self::KIND)
    }

    /// The delete of an item by its key, or of one in hand with this version.
    fn deleted(run: &str, name: Name, version: Option<u64>) -> Delete<Self> {
        match version {
            None => Self::delete(Self::key_of(run, name)),
            Some(version) => unreachable!("{:?} has no version {version}", Self::KIND),
        }
    }

    async fn put_returning_old(_put: Put<'_, Self>, _db: &Db) -> dynorm::Result<Option<Self>> {
        unreachable!("{:?} returns no item", Self::KIND)
    }

    async fn upsert_returning_new(_upsert: UpsertItem<'_, Self>, _db: &Db) -> dynorm::Result<Self> {
        unreachable!("{:?} returns no item", Self::KIND)
    }

    async fn delete_returning_old(_delete: Delete<Self>, _db: &Db) -> dynorm::Result<Option<Self>> {
        unreachable!("{:?} returns no item", Self::KIND)
    }

    fn put_in(_batch: BatchWrite<'_>, _item: Self) -> BatchWrite<'_> {
        unreachable!("no batch takes {:?}", Self::KIND)
    }

    fn delete_in(_batch: BatchWrite<'_>, _key: Key<Self>) -> BatchWrite<'_> {
        unreachable!("no batch takes {:?}", Self::KIND)
    }
}

/// A number of the models.
fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_else(|_| panic!("{number} is not drawn"))
}

/// A field that can be absent.
fn perhaps(name: &str, value: Option<Value>) -> Option<(String, Value)> {
    value.map(|value| (name.to_owned(), value))
}
