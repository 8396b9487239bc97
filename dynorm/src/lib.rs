//! A typed ORM for Amazon DynamoDB.
pub mod attribute;
pub mod codec;
mod db;
mod direct;
pub mod error;
pub mod expr;
pub mod key;
mod model;
#[doc(hidden)]
pub mod private;
pub mod read;
#[doc(hidden)]
pub mod record;
mod request;
pub mod schema;
mod sleep;
mod stamp;
mod stored;
mod table;
mod target;
#[doc(hidden)]
pub mod validate;
pub mod write;

pub use attribute::Item;
pub use attribute::codecs;
pub use db::{Db, DbBuilder};
pub use error::{Error, Invalid, Result};
pub use expr::{Cond, Field};
pub use key::{FullKey, Key, QueryKey, begins_with};
#[cfg(feature = "derive")]
pub use dynorm_derive::{DynamoAttribute, DynamoModel};
pub use model::DynamoModel;
pub use read::{Cursor, Get, GetTracked, Items, Page, Query, Scan, Usage};
#[cfg(feature = "uuid")]
pub use stamp::AutoId;
#[doc(hidden)]
pub use stamp::Stamp;
pub use stamp::{Auto, Clock, IdSource, RandomIds, SystemClock, Timestamp, auto};
pub use table::CreateTable;
#[doc(hidden)]
pub use target::Target;
pub use target::{Consistent, Index, Table};
pub use write::{BatchWrite, BatchWritten, Delete, Put, Save, Tracked, Update};
