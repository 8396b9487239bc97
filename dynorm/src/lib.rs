//! A typed ORM for Amazon DynamoDB.
pub mod attribute;
pub mod codec;
pub mod error;
pub mod key;
#[doc(hidden)]
pub mod private;
#[doc(hidden)]
pub mod record;
pub mod schema;
mod stamp;
mod target;

pub use key::{Key, begins_with};
#[cfg(feature = "uuid")]
pub use stamp::AutoId;
pub use stamp::{Auto, Clock, IdSource, RandomIds, SystemClock, Timestamp, auto};
#[doc(hidden)]
pub use stamp::Stamp;
#[doc(hidden)]
pub use target::Target;
pub use target::{Consistent, Index, Table};
