//! What every request shares: how an SDK error becomes dynorm's.

use std::error::Error as StdError;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;

use crate::attribute::Item;
use crate::call::Attempts;
use crate::error::{Error, Failed, Problem, ServiceError};

/// Sets what there is of a request. Each setter of the SDK's builders moves the whole of them, so none is called for nothing.
macro_rules! given {
    ($request:expr, $($set:ident($value:expr)),* $(,)?) => {{
        let mut request = $request;
        $(
            let value = $value;
            if value.is_some() {
                request = request.$set(value);
            }
        )*
        request
    }};
}
pub(crate) use given;

/// An operation whose condition can fail.
pub(crate) trait Conditional {
    fn failed_check(&self) -> Option<&ConditionalCheckFailedException>;
}

macro_rules! conditional {
    ($($error:ident),*) => {$(
        impl Conditional for $error {
            fn failed_check(&self) -> Option<&ConditionalCheckFailedException> {
                match self {
                    $error::ConditionalCheckFailedException(failed) => Some(failed),
                    _ => None,
                }
            }
        }
    )*};
}
conditional!(PutItemError, UpdateItemError, DeleteItemError);

/// A failed condition with the item that made it fail, or any other error; `meaning` tells what the failure says, given that item.
///
/// After an attempt that may have been applied, it may be this call's own write that made the condition fail.
pub(crate) fn failed_condition<E>(
    error: SdkError<E>,
    attempts: &Attempts,
    meaning: impl FnOnce(Option<&Item>) -> Failed,
) -> Error
where
    E: Conditional + StdError + ProvideErrorMetadata + Send + Sync + 'static,
{
    let Some(failed) = error.as_service_error().and_then(Conditional::failed_check) else {
        return failed_write(error, attempts);
    };
    let item = item_of(failed);
    if attempts.is_ambiguous() {
        return Error::new(Problem::ConditionAfterLostAnswer { item, source: ServiceError::new(error) });
    }
    let failed = meaning(item.as_ref());
    Error::new(Problem::Condition { failed, item, source: ServiceError::new(error) })
}

/// The item that made a condition fail, if this is such an error.
pub(crate) fn item_of_failed_check<E: Conditional>(error: &SdkError<E>) -> Option<Item> {
    item_of(error.as_service_error()?.failed_check()?)
}

fn item_of(failed: &ConditionalCheckFailedException) -> Option<Item> {
    failed.item().filter(|item| !item.is_empty()).cloned().map(Item::from)
}

/// What went wrong with a write, and with it whether the write may have been applied.
pub(crate) fn failed_write<E>(error: SdkError<E>, attempts: &Attempts) -> Error
where
    E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
{
    Error::service(error).after(attempts)
}
