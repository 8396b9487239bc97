//! Stream records: what [DynamoDB Streams](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html) says about the
//! changes of a table, read as the model that changed.
//!
//! Records come as the JSON of an event, which [`Record::from_event`] and [`Record::from_json`] read straight from its bytes, or as those of the
//! SDK of DynamoDB Streams, with the feature `streams`. Nothing is sent, and nothing costs anything here.
//!
//! | where records come from | how to read them |
//! |---|---|
//! | a [Lambda event](https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html), or the array of an EventBridge pipe | `Record::<Book>::from_event(bytes)` |
//! | [Kinesis Data Streams for DynamoDB](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds.html): the data of one Kinesis record, decoded from base64 | `Record::<Book>::from_json(bytes)` |
//! | GetRecords of `aws-sdk-dynamodbstreams` | `Record::<Book>::from_records(output.records())` |
//!
//! ```
//! # use dynorm::DynamoModel;
//! use dynorm::stream::{BatchItemFailures, Change, Record};
//!
//! #[derive(Debug, PartialEq, DynamoModel)]
//! #[dynorm(table = "notes")]
//! struct Note {
//!     #[dynorm(partition_key)]
//!     id: String,
//!     text: String,
//! }
//!
//! /// Handles the changes of a batch in their order; Lambda sends again what comes from the first failure on.
//! fn handle(event: &[u8]) -> dynorm::Result<BatchItemFailures> {
//!     let mut failures = BatchItemFailures::new();
//!     for record in Record::<Note>::from_event(event)? {
//!         match record.change() {
//!             Ok(Change::Insert(note)) => println!("new: {}", note.text),
//!             Ok(Change::Modify { old, new }) => println!("{} is now {}", old.text, new.text),
//!             Ok(Change::Remove(note)) if record.is_expiry() => println!("expired: {}", note.text),
//!             Ok(Change::Remove(note)) => println!("deleted: {}", note.text),
//!             Err(error) => {
//!                 eprintln!("{error}");
//!                 failures.add(&record);
//!                 break;
//!             }
//!         }
//!     }
//!     Ok(failures)
//! }
//!
//! let event = br#"{ "Records": [
//!     { "eventName": "INSERT", "dynamodb": { "Keys": { "id": { "S": "n-1" } },
//!         "NewImage": { "id": { "S": "n-1" }, "text": { "S": "hello" } }, "SequenceNumber": "111" } },
//!     { "eventName": "INSERT", "dynamodb": { "Keys": { "id": { "S": "n-2" } },
//!         "NewImage": { "id": { "S": "n-2" }, "text": { "N": "5" } }, "SequenceNumber": "222" } }
//! ] }"#;
//! assert_eq!(handle(event)?.to_json(), r#"{"batchItemFailures":[{"itemIdentifier":"222"}]}"#);
//! # Ok::<(), dynorm::Error>(())
//! ```

mod event;
mod failures;
#[cfg(feature = "streams")]
mod sdk;

use std::fmt;
use std::marker::PhantomData;
use std::time::SystemTime;

pub use failures::BatchItemFailures;

use crate::attribute::Item;
use crate::codec::item_from_json;
use crate::error::{DecodeError, Error, Result};
use crate::key::Key;
use crate::model::DynamoModel;
use crate::stored;
use crate::write::is_guard_key;

/// What happened to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// There was no item with this key: `INSERT`.
    Insert,
    /// The item was changed, or replaced by a put: `MODIFY`.
    Modify,
    /// The item was deleted, by a call or because its time to live had passed: `REMOVE`.
    Remove,
}

impl Event {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "INSERT" => Event::Insert,
            "MODIFY" => Event::Modify,
            "REMOVE" => Event::Remove,
            _ => return None,
        })
    }
}

/// A change with the items that it is about, as a stream with both images has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<M> {
    /// The item is new.
    Insert(M),
    /// The item was another one before.
    Modify {
        /// As it was.
        old: M,
        /// As it is since.
        new: M,
    },
    /// The item is gone.
    Remove(M),
}

/// One record of a stream: a change of one item of the model `M`.
///
/// It keeps the images as they came and reads them when they are asked for, so one that cannot be read hides neither the other nor the
/// record's key and sequence number. An image is read like an item of a read: by the model's own decoder, with its `after_read` hook.
/// Items are not left out because their time to live has passed: the record says what was stored.
///
/// The records of one item are in the order of its changes. DynamoDB Streams has each change once, but Lambda may hand it over
/// again, and Kinesis Data Streams may have it twice and out of order.
pub struct Record<M> {
    id: Option<String>,
    event: Option<Event>,
    sequence_number: Option<String>,
    created_at: Option<SystemTime>,
    /// Whether DynamoDB itself made the change.
    by_dynamodb: bool,
    keys: Image,
    new: Image,
    old: Image,
    model: PhantomData<fn() -> M>,
}

/// A part of a record that holds attributes.
#[derive(Clone, Default)]
enum Image {
    #[default]
    Absent,
    Json(String),
    /// The SDK could not read it itself.
    #[cfg(feature = "streams")]
    Unreadable,
}

impl Image {
    fn json(&self) -> Result<Option<&str>, DecodeError> {
        match self {
            Image::Absent => Ok(None),
            Image::Json(json) => Ok(Some(json)),
            #[cfg(feature = "streams")]
            Image::Unreadable => Err(crate::codec::untransferable()),
        }
    }
}

impl<M: DynamoModel> Record<M> {
    /// What happened to the item.
    ///
    /// # Errors
    /// [`is_decode`](Error::is_decode) if the record does not say it, or in a word that is not known here.
    pub fn event(&self) -> Result<Event> {
        self.event.ok_or_else(|| self.named(DecodeError::missing().in_attribute("eventName")))
    }

    /// The change with its items, of a stream whose view type is `NEW_AND_OLD_IMAGES`. With another view type, [`old`](Self::old) and
    /// [`new`](Self::new) have what there is.
    ///
    /// # Errors
    /// [`is_decode`](Error::is_decode) if an image is not a `M`, or the record lacks an image that such a change has.
    pub fn change(&self) -> Result<Change<M>> {
        let needed = |image: Option<M>, name: &'static str| {
            image.ok_or_else(|| self.named(DecodeError::missing().in_attribute(name)))
        };
        let old = || needed(self.old()?, "OldImage");
        let new = || needed(self.new()?, "NewImage");
        Ok(match self.event()? {
            Event::Insert => Change::Insert(new()?),
            Event::Modify => Change::Modify { old: old()?, new: new()? },
            Event::Remove => Change::Remove(old()?),
        })
    }

    /// The item as it was before the change; `None` if there was none, or the stream's view type leaves it out.
    ///
    /// # Errors
    /// [`is_decode`](Error::is_decode) if it is not a `M`: [`DecodeError::is_foreign`](crate::error::DecodeError::is_foreign) says that it
    /// is an item of another entity in the same table, or a [guard](Self::is_guard).
    pub fn old(&self) -> Result<Option<M>> {
        self.read(&self.old)
    }

    /// The item as it is since the change; `None` if it is gone, or the stream's view type leaves it out.
    ///
    /// # Errors
    /// Those of [`old`](Self::old).
    #[expect(clippy::new_ret_no_self, reason = "the counterpart of `old`")]
    pub fn new(&self) -> Result<Option<M>> {
        self.read(&self.new)
    }

    /// The item's primary key, as it is stored; every view type has it. The key of an item of another entity in the same table is
    /// given just as well.
    ///
    /// # Errors
    /// [`is_decode`](Error::is_decode) if the record has no key, or not one of this model's table.
    pub fn key(&self) -> Result<Key<M>> {
        let keys = self.keys.json().map_err(|error| self.named(error))?;
        let keys = keys.ok_or_else(|| self.named(DecodeError::missing().in_attribute("Keys")))?;
        stored::key(keys)
    }

    fn read(&self, image: &Image) -> Result<Option<M>> {
        let Some(json) = image.json().map_err(|error| self.named(error))? else { return Ok(None) };
        if self.is_guard() {
            return Err(self.named(DecodeError::foreign("the item is the guard of a unique value")));
        }
        stored::decode_whole(json.as_bytes()).map(Some).map_err(|error| self.named(error))
    }

    /// An error about this record's item.
    fn named(&self, error: DecodeError) -> Error {
        let error = Error::from(error.in_model(M::SCHEMA.model));
        match self.keys.json().map(|keys| keys.map(|keys| item_from_json(keys.as_bytes()))) {
            Ok(Some(Ok(keys))) => error.about(Item(keys)),
            _ => error,
        }
    }

    /// Whether the record is about the guard of a [unique](derive@crate::DynamoModel) value, an item that dynorm keeps beside the model's own in
    /// the same table. [`from_event`](Self::from_event) and [`from_records`](Self::from_records) leave such records out, as reads do.
    pub fn is_guard(&self) -> bool {
        let Some(partition) = M::SCHEMA.key.partition.first() else { return false };
        matches!(self.keys.json(), Ok(Some(keys)) if is_guard_key(partition.name, keys))
    }
}

impl<M> Record<M> {
    /// Whether the item was removed because its time to live had passed, not by a call.
    ///
    /// In a [global table](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html) only the Region in which
    /// the item expired says so; elsewhere it is a removal like any other.
    pub fn is_expiry(&self) -> bool {
        self.by_dynamodb && self.event == Some(Event::Remove)
    }

    /// The number that orders the records of a shard, and that [`BatchItemFailures`] names. Records of Kinesis Data Streams have none: there it is
    /// beside the data.
    pub fn sequence_number(&self) -> Option<&str> {
        self.sequence_number.as_deref()
    }

    /// What identifies the record, to tell one that comes twice.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// When the change was made, about: to the second, or as exactly as Kinesis Data Streams was told to say it.
    pub fn created_at(&self) -> Option<SystemTime> {
        self.created_at
    }

    /// The item as it was before the change, raw.
    ///
    /// # Errors
    /// [`is_decode`](Error::is_decode) if it is no item at all.
    pub fn old_item(&self) -> Result<Option<Item>> {
        raw(&self.old)
    }

    /// The item as it is since the change, raw.
    ///
    /// # Errors
    /// [`is_decode`](Error::is_decode) if it is no item at all.
    pub fn new_item(&self) -> Result<Option<Item>> {
        raw(&self.new)
    }

    /// The same record as one of another model that shares the table.
    ///
    /// ```
    /// # use dynorm::DynamoModel;
    /// # use dynorm::stream::Record;
    /// # #[derive(DynamoModel)] #[dynorm(table = "films", entity = "film")] struct Film { #[dynorm(partition_key)] id: String, title: String }
    /// # #[derive(DynamoModel)] #[dynorm(table = "films", entity = "actor")] struct Actor { #[dynorm(partition_key)] id: String, name: String }
    /// fn name(record: Record<Film>) -> dynorm::Result<Option<String>> {
    ///     match record.new() {
    ///         Ok(film) => Ok(film.map(|film| film.title)),
    ///         Err(error) if error.decode().is_some_and(|error| error.is_foreign()) => {
    ///             Ok(record.of::<Actor>().new()?.map(|actor| actor.name))
    ///         }
    ///         Err(error) => Err(error),
    ///     }
    /// }
    /// # let json = br#"{ "eventName": "INSERT", "dynamodb": { "NewImage":
    /// #     { "id": { "S": "1" }, "entity": { "S": "actor" }, "name": { "S": "Ada" } } } }"#;
    /// # assert_eq!(name(Record::from_json(json)?)?, Some("Ada".to_owned()));
    /// # Ok::<(), dynorm::Error>(())
    /// ```
    pub fn of<N>(self) -> Record<N> {
        let Record { id, event, sequence_number, created_at, by_dynamodb, keys, new, old, model: _ } = self;
        Record { id, event, sequence_number, created_at, by_dynamodb, keys, new, old, model: PhantomData }
    }
}

fn raw(image: &Image) -> Result<Option<Item>> {
    Ok(image.json()?.map(|json| item_from_json(json.as_bytes())).transpose()?.map(Item))
}

impl<M> Clone for Record<M> {
    fn clone(&self) -> Self {
        Record {
            id: self.id.clone(),
            event: self.event,
            sequence_number: self.sequence_number.clone(),
            created_at: self.created_at,
            by_dynamodb: self.by_dynamodb,
            keys: self.keys.clone(),
            new: self.new.clone(),
            old: self.old.clone(),
            model: PhantomData,
        }
    }
}

impl<M> fmt::Debug for Record<M> {
    // The images are somebody's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Record");
        shown.field("id", &self.id).field("event", &self.event).field("sequence_number", &self.sequence_number);
        shown.finish_non_exhaustive()
    }
}
