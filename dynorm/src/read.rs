//! Reads: get, query, scan and reads in a transaction, with their pages and streams.

mod batch_get;
mod budget;
mod by_keys;
mod cursor;
mod from_item;
mod get;
mod hydrate;
mod lane;
mod limits;
mod page;
mod plan;
mod query;
mod reading;
mod receive;
mod scan;
mod stream;
#[cfg(feature = "tokens")]
mod token;
mod transact_get;

pub use batch_get::{BatchGet, BatchGets, JoinedBatchGet};
pub(crate) use by_keys::Unread;
pub use cursor::Cursor;
pub use from_item::{FromItem, ReadFrom, WholeItems};
pub(crate) use get::read_json;
pub use get::{Get, GetTracked};
pub use hydrate::{Hydrate, Hydrated, HydratedItems};
pub use page::{Page, Usage};
pub use query::Query;
pub use reading::Reading;
pub(crate) use receive::{AsJson, One};
pub use scan::Scan;
pub use stream::Items;
pub use transact_get::{Gets, TransactGet};
