//! `DynamoModel`: a struct that is an item of a table, and the verbs that it has.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::codec::{Reader, Writer, item_to_read};
use crate::error::{EncodeError, Error, Invalid, KeyError, Rejected};
use crate::expr::{Cond, Condition};
use crate::key::{FullKey, Key, KeyBuf, PartJob, PartSink, QueryKey, key_of};
use crate::lock::Lock;
use crate::patch::DynamoPatch;
use crate::read::{BatchGet, Get, Query, Scan};
use crate::record::Record;
use crate::schema::Schema;
use crate::stamp::Stamp;
use crate::stored;
use crate::table::CreateTable;
use crate::target::{Table, Target};
use crate::write::{ApplyPatch, ConditionCheck, Delete, Put, Update, UpsertItem, Write};

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

    /// Whether it has unique constraints: [`Guarded`](crate::write::Guarded) or [`Unguarded`](crate::write::Unguarded).
    #[doc(hidden)]
    type Unique;
    /// The values of the fields that a write stamps.
    #[doc(hidden)]
    type Stamps: Send;
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
    /// Writes the attributes that an update of an item that may be new sets if they are absent.
    #[doc(hidden)]
    fn write_created(_stamp: &Stamp<'_>, _writer: &mut Writer) -> Result<(), EncodeError> {
        Ok(())
    }
    /// Writes `version`, `created` and `auto` fields as they are, each unless it is unset, if the model has a version.
    #[doc(hidden)]
    fn write_lock(&self, _writer: &mut Writer) -> Result<(), EncodeError> {
        Ok(())
    }
    /// Writes the field behind a key part.
    #[doc(hidden)]
    fn key_part(&self, index: usize, sink: &mut PartSink) -> Result<(), KeyError>;
    /// Converts a part of a key template to the attribute of its field, or back.
    #[doc(hidden)]
    fn convert_part(_index: usize, job: PartJob<'_, '_>) -> Result<(), Error> {
        job.unknown()
    }
    /// Runs the model's validation.
    #[doc(hidden)]
    fn check(&self) -> Result<(), Invalid> {
        Ok(())
    }
    /// Whether the model has an `after_write` hook.
    #[doc(hidden)]
    const AFTER_WRITE: bool = false;
    /// Runs the model's `before_write` hook.
    #[doc(hidden)]
    fn run_before_write(_write: &Write<'_, Self>) -> Result<(), Rejected> {
        Ok(())
    }
    /// Runs the model's `after_write` hook.
    #[doc(hidden)]
    fn run_after_write(_write: &Write<'_, Self>) -> Result<(), Rejected> {
        Ok(())
    }
    /// Runs the model's `after_read` hook.
    #[doc(hidden)]
    fn run_after_read(&self) -> Result<(), Rejected> {
        Ok(())
    }
    /// Runs the validation of one attribute that an update sets.
    #[doc(hidden)]
    fn check_attribute(_name: &str, _reader: &mut Reader<'_>) -> Result<(), Error> {
        Ok(())
    }

    /// Reads one item by its complete key: one GetItem, which costs half a read unit for each 4 KB, or one with
    /// [`consistent`](Get::consistent).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// let key = Book::key().publisher("Penguin Books").year(1995).isbn("9780140620320");
    /// let book = Book::get(key).consistent().send(&db).await?;
    /// assert_eq!(book.map(|book| book.title).as_deref(), Some("Persuasion"));
    /// # Ok(()) }) }
    /// ```
    fn get<K: FullKey<Model = Self>>(key: K) -> Get<Self> {
        Get::new(key.into_key())
    }

    /// Reads many items by their complete keys: one BatchGetItem for each 100 of them. [`Db::batch_get`](crate::Db::batch_get) joins
    /// batches of several models.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// let isbns = ["9780140620320", "9780000000000"];
    /// let keys = isbns.map(|isbn| Book::key().publisher("Penguin Books").year(1995).isbn(isbn));
    /// let books = Book::batch_get(keys).send(&db).await?; // in the order of the keys
    /// assert_eq!(books[0].as_ref().map(|book| &*book.title), Some("Persuasion"));
    /// assert!(books[1].is_none());
    /// # Ok(()) }) }
    /// ```
    fn batch_get<K: FullKey<Model = Self>>(keys: impl IntoIterator<Item = K>) -> BatchGet<Self> {
        BatchGet::new(keys)
    }

    /// Reads the items of one partition, in the order of the sort key: one Query for each page of up to 1 MB.
    ///
    /// The key may stop after the partition or after any part of the sort key, and the last part given may be a range or
    /// [`begins_with`](crate::begins_with). A key of an index queries that index.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// let penguin = || Book::key().publisher("Penguin Books");
    /// assert_eq!(Book::query(penguin().year(1995)).all(&db).await?.len(), 1); // begins_with "1995-"
    /// assert_eq!(Book::query(penguin().year(1990..1995)).all(&db).await?.len(), 0);
    /// assert_eq!(Book::query(penguin().year(1995).isbn(begins_with("978014"))).count(&db).await?, 1);
    ///
    /// let by_austen = Book::query(Book::by_author().author("Jane Austen")).descending();
    /// assert!(by_austen.filter(Book::PAGES.lt(300)).first(&db).await?.is_some());
    /// # Ok(()) }) }
    /// ```
    fn query<K: QueryKey<Model = Self, Index = I>, I: Target>(key: K) -> Query<Self, I> {
        Query::new(key.into_key_buf())
    }

    /// Reads the whole table: one Scan for each page of up to 1 MB, which pays for every item whatever a filter leaves.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// let mut long = Book::scan().filter(Book::PAGES.ge(250)).take(10).stream(&db);
    /// while let Some(book) = long.try_next().await? {
    ///     println!("{}: {:?} pages", book.title, book.pages);
    /// }
    /// println!("{} requests, {} read units", long.usage().requests, long.usage().capacity);
    /// # Ok(()) }) }
    /// ```
    fn scan() -> Scan<Self, Table> {
        Scan::new()
    }

    /// Stores the item if its key is free: one PutItem with a condition.
    ///
    /// An item under that key is the error [`is_already_exists`](Error::is_already_exists), which carries it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// let mut book = persuasion();
    /// let error = book.create().send(&db).await.expect_err("the library has it");
    /// assert!(error.is_already_exists());
    /// assert_eq!(error.current::<Book>().transpose()?.map(|book| book.pages), Some(Some(260)));
    /// # Ok(()) }) }
    /// ```
    fn create(&mut self) -> Put<'_, Self> {
        Put::create(self)
    }

    /// Stores the item, replacing the whole item that was under its key, attributes unknown to the model included: one PutItem.
    ///
    /// To change an item that was read, [`tracked`](Get::tracked) and `save` keep what they do not know. A `put` after a change of a
    /// key field writes a second item and leaves the first; a tracked item notices.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// let mut book = Book { pages: Some(262), ..persuasion() };
    /// let old = book.put().condition(Book::PAGES.lt(262)).return_old().send(&db).await?;
    /// assert_eq!(old.map(|book| book.pages), Some(Some(260)));
    /// assert!(book.updated > chrono::DateTime::UNIX_EPOCH); // stamped in place, after DynamoDB said yes
    /// # Ok(()) }) }
    /// ```
    fn put(&mut self) -> Put<'_, Self> {
        Put::replace(self)
    }

    /// Stores the item whether there is one under its key or not, without erasing what the model does not know: one UpdateItem that sets
    /// every field.
    ///
    /// Attributes that the model has no field for stay, and so does the `created` of an item that exists: it is given to the model in hand.
    /// The whole item is at hand, so that the compiler knows that it is complete; [`Update::upsert`] sets some of the fields and checks, when
    /// it is sent, whether a new item could be read back.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// let mut book = Book { pages: Some(262), ..persuasion() }; // its `created` is `auto()`
    /// let old = book.upsert().return_old().send(&db).await?;
    /// assert_eq!(old.as_ref().map(|book| book.pages), Some(Some(260)));
    /// assert_eq!(Some(book.created), old.map(|book| book.created)); // as it is stored
    /// # Ok(()) }) }
    /// ```
    fn upsert(&mut self) -> UpsertItem<'_, Self> {
        UpsertItem::new(self)
    }

    /// Changes single attributes of an item without reading it: one UpdateItem.
    ///
    /// An item that does not exist is the error [`is_not_found`](Error::is_not_found), not a new item; [`upsert`](Update::upsert) creates it, as does [`upsert`](DynamoModel::upsert) of a
    /// whole item.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// let key = Book::key().publisher("Penguin Books").year(1995).isbn("9780140620320");
    /// let book = Book::update(key).set(Book::TITLE, "Emma").add(Book::PAGES, 40).return_new().send(&db).await?;
    /// assert_eq!((&*book.title, book.pages), ("Emma", Some(300)));
    ///
    /// let missing = Book::key().publisher("Penguin Books").year(1995).isbn("9780000000000");
    /// let error = Book::update(missing).set(Book::TITLE, "Emma").send(&db).await.expect_err("there is none");
    /// assert!(error.is_not_found());
    /// # Ok(()) }) }
    /// ```
    fn update<K: FullKey<Model = Self>>(key: K) -> Update<Self> {
        Update::new(key.into_key())
    }

    /// Applies a patch to an item without reading it: one UpdateItem, or none if the patch keeps everything.
    ///
    /// A patch is a struct of yours that derives [`DynamoPatch`], with a [`Patch`](crate::Patch) for each field that a caller may change. With the
    /// feature `serde` it is read from the body of a PATCH request: absent fields stay, and `null` removes.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// use dynorm::{DynamoPatch, Patch};
    ///
    /// #[derive(Default, DynamoPatch, serde::Deserialize)]
    /// #[dynorm(of = Book)]
    /// #[serde(default)]
    /// struct BookPatch {
    ///     title: Patch<String>,
    ///     pages: Patch<u32>,
    /// }
    ///
    /// # fn main() { run(async |db: Db| {
    /// let key = || Book::key().publisher("Penguin Books").year(1995).isbn("9780140620320");
    /// let patch: BookPatch = serde_json::from_str(r#"{ "title": "Emma", "pages": null }"#).expect("a patch");
    /// let book = Book::patch(key(), patch).return_new().send(&db).await?;
    /// assert_eq!(book.map(|book| (book.title, book.pages)), Some(("Emma".to_owned(), None)));
    ///
    /// let sent = Book::patch(key(), BookPatch::default()).send(&db).await?;
    /// assert!(!sent); // nothing to do
    /// # Ok(()) }) }
    /// ```
    fn patch<K: FullKey<Model = Self>>(key: K, patch: impl DynamoPatch<Model = Self>) -> ApplyPatch<Self> {
        ApplyPatch::new(Update::new(key.into_key()).patch(patch))
    }

    /// Deletes the item with this key, or this item (`Book::delete(&book)`): one DeleteItem.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// assert_eq!(Book::delete(&persuasion()).send(&db).await?, dynorm::Existed::Yes);
    /// assert_eq!(Book::delete(&persuasion()).send(&db).await?, dynorm::Existed::No);
    /// # Ok(()) }) }
    /// ```
    fn delete<K: FullKey<Model = Self>>(key: K) -> Delete<Self> {
        let lock = key.lock();
        Delete::new(key.into_key(), lock)
    }

    /// Makes a transaction depend on an item that it does not change: one ConditionCheck in it, two write units for each 1 KB of the item.
    ///
    /// ```
    /// # use dynorm::{Db, DynamoModel};
    /// # #[derive(DynamoModel)] #[dynorm(table = "authors")] struct Author { #[dynorm(partition_key)] name: String, retired: bool }
    /// # #[derive(DynamoModel)] #[dynorm(table = "books")] struct Book { #[dynorm(partition_key)] isbn: String, author: String }
    /// # async fn publish(db: &Db, book: &mut Book) -> dynorm::Result<()> {
    /// let active = Author::condition_check(Author::key().name(&book.author), Author::RETIRED.eq(false));
    /// db.transact().add(active).add(book.create()).send().await?;
    /// # Ok(()) }
    /// ```
    fn condition_check<K: FullKey<Model = Self>>(key: K, condition: Cond<Self, Condition>) -> ConditionCheck<Self> {
        ConditionCheck::new(key.into_key(), condition)
    }

    /// The key of this item.
    ///
    /// A part that does not fit makes a key that every verb refuses with [`is_key`](Error::is_key) before it sends anything.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// let key: dynorm::Key<Book> = persuasion().to_key();
    /// assert_eq!(Book::get(&key).send(&db).await?.map(|book| book.to_key()), Some(key));
    /// # Ok(()) }) }
    /// ```
    fn to_key(&self) -> Key<Self> {
        key_of(self).unwrap_or_else(|error| Key::new(KeyBuf::complete(&Self::SCHEMA.key, Vec::new(), Some(error))))
    }

    /// Reads an item that came another way than by a read: from DynamoDB's JSON, as the CLI and exports write it. Nothing is sent. The
    /// records of a stream or of a Lambda event are read by [`stream::Record`](crate::stream::Record).
    ///
    /// ```
    /// # use dynorm::DynamoModel;
    /// # #[derive(DynamoModel)] #[dynorm(table = "notes")] struct Note { #[dynorm(partition_key)] id: String, text: String }
    /// let item = br#"{ "id": { "S": "n-1" }, "text": { "S": "hello" } }"#;
    /// assert_eq!(Note::from_json(item)?.text, "hello");
    /// # Ok::<(), dynorm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`is_decode`](Error::is_decode) if the bytes are no item, or it is not one of this model.
    fn from_json(item: &[u8]) -> Result<Self, Error> {
        stored::decode_whole(item).map_err(Error::from)
    }

    /// Reads an item that the SDK has read: from its map of attributes, which an [`Item`](crate::Item) is as well. Nothing is sent.
    ///
    /// ```
    /// # use dynorm::DynamoModel;
    /// # #[derive(DynamoModel)] #[dynorm(table = "notes")] struct Note { #[dynorm(partition_key)] id: String, text: String }
    /// use aws_sdk_dynamodb::types::AttributeValue;
    ///
    /// let text = |text: &str| AttributeValue::S(text.to_owned());
    /// let item = [("id".to_owned(), text("n-1")), ("text".to_owned(), text("hello"))].into();
    /// assert_eq!(Note::from_attributes(&item)?.text, "hello");
    /// # Ok::<(), dynorm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`is_decode`](Error::is_decode) if the item is not one of this model.
    fn from_attributes(item: &HashMap<String, AttributeValue>) -> Result<Self, Error> {
        match item_to_read(item).and_then(|item| stored::decode_whole(&item)) {
            Ok(model) => Ok(model),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes an item of the model, as the SDK has it: its fields, and with them the attributes of key templates and of the entity. Nothing is
    /// sent. It is for calls that dynorm has no verb for, for exports and fixtures.
    ///
    /// The model is taken as it is. It is a write that stamps and validates: `model.put().request(&db)` has the item that it would store.
    ///
    /// ```
    /// # use dynorm::DynamoModel;
    /// # #[derive(DynamoModel)] #[dynorm(table = "notes", sort_key = "NOTE#{id}")]
    /// # struct Note { #[dynorm(partition_key)] owner: String, id: String }
    /// let note = Note { owner: "ann".to_owned(), id: "n-1".to_owned() };
    /// let item = note.to_attributes()?;
    /// assert_eq!(item["sk"].as_s().map(String::as_str), Ok("NOTE#n-1"));
    /// assert_eq!(Note::from_attributes(&item)?.id, "n-1");
    /// # Ok::<(), dynorm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`is_encode`](Error::is_encode) if DynamoDB cannot hold a value, or the item is too large; [`is_key`](Error::is_key) if a value cannot
    /// be part of a key.
    fn to_attributes(&self) -> Result<HashMap<String, AttributeValue>, Error> {
        stored::attributes(stored::encode(self))
    }

    /// Creates the model's table with its indexes and waits until it is active; a table that exists already and is the same is fine.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// let created = Book::create_table().send(&db).await?;
    /// assert!(!created); // it was there already, and is what the model says
    /// # Ok(()) }) }
    /// ```
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
    fn lock(&self) -> crate::error::Result<Option<Lock>> {
        Lock::in_hand(*self)
    }
}

/// A model with a `version` field. Implemented by the derive.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no version",
    label = "there is no version to expect",
    note = "mark a field of the type `u64` with `#[dynorm(version)]`"
)]
pub trait Versioned: DynamoModel {
    /// The type of the version.
    type Version;
}

/// A model of which a batch can put items: one without a version, which a batch could not check. Implemented by the derive.
#[diagnostic::on_unimplemented(
    message = "a batch cannot check the version of `{Self}`",
    label = "BatchWriteItem has no conditions",
    note = "say that no version is to be checked, with `.overwrite(..)` or `.overwrite_all(..)`; or `put` the items one by one, or in a transaction"
)]
pub trait BatchPut: DynamoModel {}
