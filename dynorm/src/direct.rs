//! The bytes of items on their way between models and the wire, inside the SDK's own calls and without its maps.
//!
//! The SDK keeps what surrounds the items: requests and responses as a whole, signing, retries, errors. How it writes and reads them is not
//! promised to anybody, so where it is not as dynorm knows it, the items go through the SDK's maps after all.

mod form;
mod items;
mod maps;
mod marks;
mod operations;
mod request;
mod response;
#[cfg(all(test, feature = "derive"))]
mod tests;

pub(crate) use form::Forms;
pub(crate) use marks::{encoded, encoded_keys, encoded_operations};
pub(crate) use operations::OperationsSerializer;
pub(crate) use request::{Inputs, Serializer, by_table};
pub(crate) use response::{Deserializer, Receive, Received, Reception};
