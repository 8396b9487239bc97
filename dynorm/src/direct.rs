//! The bytes of items on their way between models and the wire, inside the SDK's own calls and without its maps.
//!
//! The SDK keeps what surrounds the items: requests and responses as a whole, signing, retries, errors.

mod form;
mod operations;
mod request;
mod response;

pub(crate) use form::Forms;
pub(crate) use operations::{OperationsSerializer, encoded_operations};
pub(crate) use request::{Inputs, Serializer, encoded};
pub(crate) use response::{Deserializer, Receive, Received, Reception};
