//! `DynamoModel`: a struct that is an item of a table, and the verbs that it has.

use crate::codec::{Reader, Writer};
use crate::error::{EncodeError, Error, Invalid, KeyError};
use crate::key::{FullKey, Key, KeyBuf, PartSink, QueryKey, key_of};
use crate::read::{Get, Query, Scan};
use crate::record::Record;
use crate::schema::Schema;
use crate::stamp::Stamp;
use crate::table::CreateTable;
use crate::target::{Table, Target};
use crate::write::{Delete, Put, Update};

/// A struct that is stored as an item of a DynamoDB table.
///
/// Derive it: `#[derive(DynamoModel)]`. The derive also gives the struct its key builder (`Book::key()`), one constant for each field
/// (`Book::TITLE`), and for each index a marker type and a key builder of its own (`ByAuthor`, `Book::by_author()`).
///
/// A verb makes a value and sends nothing; `.send(&db)` ends it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a DynamoDB model",
    label = "not a model",
    note = "add `#[derive(DynamoModel)]` and mark its partition key with `#[dynorm(partition_key)]`"
)]
pub trait DynamoModel: Record {
    /// The model's table, keys, indexes and attributes.
    const SCHEMA: &'static Schema;

    /// The values of the fields that a write stamps.
    #[doc(hidden)]
    type Stamps;
    /// The values that a write by `stamp` gives to `created`, `updated` and `auto` fields.
    #[doc(hidden)]
    fn stamp(&self, stamp: &Stamp<'_>) -> Self::Stamps;
    /// Exchanges them with the model's own.
    #[doc(hidden)]
    fn swap_stamps(&mut self, stamps: &mut Self::Stamps);
    /// Writes the attributes that every update sets.
    #[doc(hidden)]
    fn write_updated(_stamp: &Stamp<'_>, _writer: &mut Writer) -> Result<(), EncodeError> {
        Ok(())
    }
    /// Writes the attributes that a creating update sets.
    #[doc(hidden)]
    fn write_created(_stamp: &Stamp<'_>, _writer: &mut Writer) -> Result<(), EncodeError> {
        Ok(())
    }
    /// Writes the field behind a key part.
    #[doc(hidden)]
    fn key_part(&self, index: usize, sink: &mut PartSink) -> Result<(), KeyError>;
    /// Runs the model's validation.
    #[doc(hidden)]
    fn check(&self) -> Result<(), Invalid> {
        Ok(())
    }
    /// Runs the validation of one attribute that an update sets.
    #[doc(hidden)]
    fn check_attribute(_name: &str, _reader: &mut Reader<'_>) -> Result<(), Error> {
        Ok(())
    }

    /// Reads one item by its complete key: one GetItem, which costs half a read unit for each 4 KB, or one with
    /// [`consistent`](Get::consistent).
    fn get<K: FullKey<Model = Self>>(key: K) -> Get<Self> {
        Get::new(key.into_key())
    }

    /// Reads the items of one partition, in the order of the sort key: one Query for each page of up to 1 MB.
    ///
    /// The key may stop after the partition or after any part of the sort key, and the last part given may be a range or
    /// [`begins_with`](crate::begins_with). A key of an index queries that index.
    fn query<K: QueryKey<Model = Self, Index: Target>>(key: K) -> Query<Self, K::Index> {
        Query::new(key.into_key_buf())
    }

    /// Reads the whole table: one Scan for each page of up to 1 MB, which pays for every item whatever a filter leaves.
    fn scan() -> Scan<Self, Table> {
        Scan::new()
    }

    /// Stores the item if its key is free: one PutItem with a condition.
    ///
    /// An item under that key is the error [`is_already_exists`](Error::is_already_exists), which carries it.
    fn create(&mut self) -> Put<'_, Self> {
        Put::create(self)
    }

    /// Stores the item, replacing the whole item that was under its key, attributes unknown to the model included: one PutItem.
    ///
    /// To change an item that was read, [`tracked`](Get::tracked) and `save` keep what they do not know. A `put` after a change of a
    /// key field writes a second item and leaves the first; a tracked item notices.
    fn put(&mut self) -> Put<'_, Self> {
        Put::replace(self)
    }

    /// Changes single attributes of an item without reading it: one UpdateItem.
    ///
    /// An item that does not exist is the error [`is_not_found`](Error::is_not_found), not a new item.
    fn update<K: FullKey<Model = Self>>(key: K) -> Update<Self> {
        Update::new(key.into_key())
    }

    /// Deletes the item with this key, or this item (`Book::delete(&book)`): one DeleteItem.
    fn delete<K: FullKey<Model = Self>>(key: K) -> Delete<Self> {
        Delete::new(key.into_key())
    }

    /// The key of this item.
    ///
    /// A part that does not fit makes a key that every verb refuses with [`is_key`](Error::is_key) before it sends anything.
    fn to_key(&self) -> Key<Self> {
        key_of(self).unwrap_or_else(|error| Key::new(KeyBuf::complete(&Self::SCHEMA.key, Vec::new(), Some(error))))
    }

    /// Creates the model's table with its indexes and waits until it is active; a table that exists already and is the same is fine.
    fn create_table() -> CreateTable<Self> {
        CreateTable::new()
    }
}

/// An item stands for its own key: `Book::delete(&book)`, `Book::get(&book)`.
impl<M: DynamoModel> FullKey for &M {
    type Model = M;
    fn into_key(self) -> Key<M> {
        self.to_key()
    }
}
