//! A typed ORM for Amazon DynamoDB.
pub mod attribute;
pub mod codec;
pub mod error;
#[doc(hidden)]
pub mod record;
pub mod schema;
