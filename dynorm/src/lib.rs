//! A typed ORM for Amazon DynamoDB, over the official SDK.
//!
//! Derive [`DynamoModel`] on a struct, and its keys are checked by the compiler, its attributes converted without loss, its rules run
//! before every write, and its timestamps kept. A verb makes a value and sends nothing; `.send(&db)` ends it.
//!
//! ```
//! use chrono::{DateTime, Utc};
//! use dynorm::{DynamoModel, auto};
//! use validator::Validate;
//!
//! #[derive(Debug, PartialEq, DynamoModel, Validate)]
//! #[dynorm(table = "library", sort_key = "{year:04}-{isbn}")] // stored as "1995-9780140620320"
//! struct Book {
//!     #[dynorm(partition_key)]
//!     publisher: String,
//!     year: u16,
//!     #[validate(length(equal = 13))]
//!     isbn: String,
//!     title: String,
//!     pages: Option<u32>,
//!     #[dynorm(created)]
//!     created: DateTime<Utc>,
//!     #[dynorm(updated)]
//!     updated: DateTime<Utc>,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // An embedded engine for examples and tests; `Db::from_env()` or `Db::new(client)` for DynamoDB itself.
//! let local = dynorm_local::Local::memory().await?;
//! let db = local.db();
//! Book::create_table().send(&db).await?;
//!
//! let mut book = Book {
//!     publisher: "Penguin Books".into(),
//!     year: 1995,
//!     isbn: "9780140620320".into(),
//!     title: "Persuasion".into(),
//!     pages: Some(260),
//!     created: auto(),
//!     updated: auto(),
//! };
//! book.create().send(&db).await?;
//!
//! // One `begins_with` query on "1995-".
//! let mut books = Book::query(Book::key().publisher("Penguin Books").year(1995)).filter(Book::PAGES.gt(100)).stream(&db);
//! while let Some(found) = books.try_next().await? {
//!     assert_eq!(found, book);
//! }
//!
//! Book::update(&book).set(Book::TITLE, "Persuasion (Penguin Classics)").send(&db).await?;
//! # Ok(()) }
//! ```
//!
//! # Where things are
//! - [`DynamoModel`] has the verbs, and the reference of the derive's attributes; [`DynamoAttribute`](derive@DynamoAttribute) is the
//!   derive for nested structs, newtypes and enums, and [`DynamoProjection`](derive@DynamoProjection) the one for some of a model's attributes.
//! - [`Db`] holds the client, table names, clock and id source.
//! - [`key`] has the parts that keys consist of; [`expr`] conditions and updates; [`read`] and [`write`](mod@write) what the verbs make.
//! - [`stream`] reads the records of DynamoDB Streams, of Lambda events and of Kinesis Data Streams.
//! - [`attribute`] has the types that can be stored, and the codecs for other forms of them; [`codec`] the wire's bytes below.
//! - What a call does is visible: `request` and [`explain`](Explain) of each verb show it before it is sent, a [`Meter`] sums what calls took,
//!   [`Db::with_deadline`] bounds how long they take, and the feature `tracing` gives each request a span.
//! - [`guide`] has the IAM actions of each call, and what holds in global tables.
//! - [`Error`] says what happened by predicates: [`is_already_exists`](Error::is_already_exists), [`is_not_found`](Error::is_not_found),
//!   [`is_validation`](Error::is_validation), [`is_decode`](Error::is_decode) ...
//!
//! # Features
//! | feature | what it adds |
//! |---|---|
//! | `derive` (default) | the derive macros |
//! | `chrono` | dates and times as attributes, key parts and timestamps |
//! | `uuid` | `Uuid` attributes and keys, `auto` ids |
//! | `validator` | the rules of `#[validate(..)]` attributes |
//! | `rust_decimal` | exact decimals |
//! | `serde` | [`Patch`] from the body of a request |
//! | `serde_json` | JSON values, and any serde type as JSON text |
//! | `tokens` | page tokens: cursors as encrypted strings, for URLs |
//! | `aws-config` | `Db::from_env`, with an HTTPS client |
//! | `streams` | the records of `aws-sdk-dynamodbstreams` as typed changes; those of Lambda events need no feature |
//! | `tracing` | a span for each request, with OpenTelemetry's attributes for DynamoDB, and an event for each resend |
//!
//! Without `aws-config` no TLS stack is compiled: the client that you hand to [`Db::new`] brings its own.
// What the derives generate names the crate from outside, in its own tests too.
#[cfg(all(test, feature = "derive"))]
extern crate self as dynorm;

pub mod attribute;
mod backoff;
mod call;
pub mod codec;
mod db;
mod deadline;
mod direct;
pub mod error;
mod expiry;
mod explain;
pub mod expr;
pub mod guide;
pub mod key;
mod lock;
mod meter;
mod model;
mod patch;
#[doc(hidden)]
pub mod private;
mod projection;
pub mod read;
#[doc(hidden)]
pub mod record;
mod request;
pub mod schema;
mod sleep;
mod stamp;
mod stored;
pub mod stream;
mod table;
mod target;
#[cfg(feature = "tokens")]
mod token;
#[doc(hidden)]
pub mod validate;
pub mod write;

pub use attribute::Item;
pub use attribute::codecs;
pub use db::{Db, DbBuilder};
#[cfg(feature = "derive")]
#[doc = include_str!("docs/attribute.md")]
pub use dynorm_derive::DynamoAttribute;
#[cfg(feature = "derive")]
#[doc = include_str!("docs/model.md")]
pub use dynorm_derive::DynamoModel;
#[cfg(feature = "derive")]
#[doc = include_str!("docs/patch.md")]
pub use dynorm_derive::DynamoPatch;
#[cfg(feature = "derive")]
#[doc = include_str!("docs/projection.md")]
pub use dynorm_derive::DynamoProjection;
pub use error::{Error, Invalid, Result};
pub use explain::Explain;
pub use expr::{Cond, Field};
pub use key::{FullKey, Key, QueryKey, begins_with};
#[doc(hidden)]
pub use lock::Lock;
pub use meter::{Meter, MeterEntry, Metered};
pub use model::{BatchPut, DynamoModel, Versioned};
pub use patch::{DynamoPatch, Patch};
pub use projection::{DynamoProjection, Fits};
pub use read::{
    BatchGet, Cursor, Get, GetTracked, Hydrate, Hydrated, HydratedItems, Items, JoinedBatchGet, Page, Query, Reading,
    Scan, TransactGet, Usage,
};
#[cfg(feature = "uuid")]
pub use stamp::AutoId;
#[doc(hidden)]
pub use stamp::Stamp;
pub use stamp::{Auto, Clock, IdSource, RandomIds, SystemClock, Timestamp, Version, auto};
pub use table::CreateTable;
#[doc(hidden)]
pub use target::Target;
pub use target::{Consistent, CountsLive, FetchRest, Index, LocalIndex, Table};
#[cfg(feature = "tokens")]
pub use token::{InvalidTokenKey, TokenKey};
pub use write::{
    ApplyPatch, BatchWrite, BatchWritten, ConditionCheck, Delete, ExactlyOnce, Existed, Put, Rekey, Save, Tracked,
    Transact, Update, UpsertItem, Verb, Write,
};
