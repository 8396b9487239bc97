//! dynorm's part in the SDK's own work on a request.

use std::sync::Arc;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_types::config_bag::ConfigBag;

use super::current;
use crate::direct;

/// Sees every request of the client, and has something to do in those that are dynorm's.
#[derive(Debug)]
pub(super) struct Interceptor;

#[dyn_dispatch_hint]
impl Intercept for Interceptor {
    fn name(&self) -> &'static str {
        "dynorm"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(state) = current::with(|state| state.filter(|state| state.claim()).map(Arc::clone)) {
            direct::install(state, config);
        }
        Ok(())
    }
}
