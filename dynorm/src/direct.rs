//! The bytes of items on their way between models and the wire, inside the SDK's own calls and without its maps.
//!
//! The SDK keeps what surrounds the items: requests and responses as a whole, signing, retries, errors.

mod request;
mod response;

use std::sync::Arc;

use aws_smithy_types::config_bag::ConfigBag;

use crate::call::State;

pub(crate) use request::{Maps, Serializer, decoded, encoded};
pub(crate) use response::{Receive, Received, Reception};

/// Lets a request be written and its response be read here, as far as its operation and its call want it.
pub(crate) fn install(state: Arc<State>, config: &mut ConfigBag) {
    if let Some(serializer) = state.operation.serializer() {
        config.interceptor_state().store_put(serializer.clone());
    }
    response::install(state, config);
}
