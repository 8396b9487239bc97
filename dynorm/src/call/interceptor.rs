//! dynorm's part in the SDK's own work on a request.

use std::sync::Arc;
use std::time::SystemTime;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextMut, BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

use super::operation::Effect;
use super::{State, current, observe};

/// Says in a request's own configuration that the request is its call's. Others may be sent while a call is being polled, by the user's interceptors
/// or for credentials.
#[derive(Debug)]
pub(super) struct Claimed;

impl Storable for Claimed {
    type Storer = StoreReplace<Self>;
}

/// The call of a request, if it is dynorm's.
pub(crate) fn of_request(config: &ConfigBag) -> Option<Arc<State>> {
    config.load::<Claimed>().and_then(|_| current::get())
}

/// The time by the client's clock, where a token grows old; the other calls do not pay for it.
fn time(state: &State, components: &RuntimeComponents) -> Option<SystemTime> {
    let has_token = state.operation.effect == Effect::Once;
    has_token.then(|| components.time_source().unwrap_or_default().now())
}

/// Sees every request of the client, and has something to do in those that are dynorm's.
#[derive(Debug)]
pub(super) struct Interceptor;

#[dyn_dispatch_hint]
impl Intercept for Interceptor {
    fn name(&self) -> &'static str {
        "dynorm"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // Nothing of the request was waited for yet, so this is the first poll of its call.
        let Some(state) = current::get().filter(|state| state.claim()) else { return Ok(()) };
        if state.seen.is_wanted() {
            state.seen.ask(context.input());
            if state.metered {
                observe::ask_for_capacity(context.input_mut());
            }
        }
        if let Some(layer) = state.operation.layer() {
            config.push_shared_layer(layer.clone());
        }
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(state) = of_request(config) {
            state.attempts().sent(time(&state, components));
            if state.seen.is_wanted() {
                state.seen.attempt();
            }
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(state) = of_request(config) {
            state.attempts().ended(context, time(&state, components));
            if state.seen.is_wanted() {
                match context.output_or_error() {
                    Some(Ok(output)) => state.seen.answer(output),
                    Some(Err(error)) => state.seen.fail(error),
                    None => {}
                }
            }
        }
        Ok(())
    }
}
