//! A typed ORM for Amazon DynamoDB.
pub mod attribute;
pub mod codec;
pub mod error;
pub mod expr;
pub mod key;
mod model;
#[doc(hidden)]
pub mod private;
#[doc(hidden)]
pub mod record;
pub mod schema;
mod stamp;
mod target;
#[doc(hidden)]
pub mod validate;

pub use attribute::codecs;
pub use expr::{Cond, Field};
pub use error::{Error, Invalid, Result};
pub use key::{Key, begins_with};
pub use model::DynamoModel;
#[cfg(feature = "uuid")]
pub use stamp::AutoId;
pub use stamp::{Auto, Clock, IdSource, RandomIds, SystemClock, Timestamp, auto};
#[doc(hidden)]
pub use stamp::Stamp;
#[doc(hidden)]
pub use target::Target;
pub use target::{Consistent, Index, Table};
