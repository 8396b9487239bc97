//! What every request shares: how an SDK error becomes dynorm's.

use std::error::Error as StdError;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;

use crate::attribute::Item;
use crate::error::{Error, Failed, Problem, ServiceError};

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
pub(crate) fn failed_condition<E>(error: SdkError<E>, meaning: impl FnOnce(Option<&Item>) -> Failed) -> Error
where
    E: Conditional + StdError + ProvideErrorMetadata + Send + Sync + 'static,
{
    let Some(failed) = error.as_service_error().and_then(Conditional::failed_check) else {
        return Error::service(error);
    };
    let item = failed.item().filter(|item| !item.is_empty()).cloned().map(Item::from);
    let failed = meaning(item.as_ref());
    Error::new(Problem::Condition { failed, item, source: ServiceError::new(error) })
}
