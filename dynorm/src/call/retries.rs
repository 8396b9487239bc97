//! What dynorm says to the SDK's retries: the SDK knows errors, dynorm also knows what a resend of this request would do.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::{delete_item::DeleteItemError, put_item::PutItemError, update_item::UpdateItemError};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};

use super::operation::Effect;
use super::{State, current};

/// Forbids a resend that could do something twice, and asks for one where only another writer was in the way.
#[derive(Debug)]
pub(super) struct Retries;

impl ClassifyRetry for Retries {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        if !context.is_failed() {
            return RetryAction::NoActionIndicated;
        }
        match current::get().filter(|state| state.is_claimed()) {
            Some(state) if is_forbidden(&state) => RetryAction::RetryForbidden,
            Some(_) if met_another_writer(context) => RetryAction::transient_error(),
            // Not dynorm's, or as the SDK sees fit.
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "dynorm"
    }
}

fn is_forbidden(state: &State) -> bool {
    let attempts = state.attempts();
    match state.operation.effect {
        Effect::Nothing => false,
        Effect::Once => attempts.is_expired(),
        // A damaged answer says that the request was applied: what it brought is lost, and would not come again.
        Effect::EachTime => attempts.is_damaged() || (attempts.is_ambiguous() && !state.is_replayable()),
    }
}

/// Whether a transaction, or a write in another Region, worked on the item: the request was not applied, and can be once that is done.
fn met_another_writer(context: &InterceptorContext) -> bool {
    let error = match context.output_or_error() {
        Some(Err(error)) => error.as_operation_error(),
        _ => None,
    };
    let Some(error) = error else { return false };
    let put = error.downcast_ref::<PutItemError>().and_then(ProvideErrorMetadata::code);
    let update = error.downcast_ref::<UpdateItemError>().and_then(ProvideErrorMetadata::code);
    let delete = error.downcast_ref::<DeleteItemError>().and_then(ProvideErrorMetadata::code);
    matches!(put.or(update).or(delete), Some("TransactionConflictException" | "ReplicatedWriteConflictException"))
}
