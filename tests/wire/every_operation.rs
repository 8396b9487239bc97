//! What holds for every operation: checksums, the errors that DynamoDB has for it, bodies that are none, resends and timeouts.

use std::error::Error as _;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::{
    batch_get_item, batch_write_item, delete_item, get_item, put_item, query, scan, transact_get_items,
    transact_write_items, update_item,
};
use dynorm::{Db, Error};
use dynorm_tests::Result;
use dynorm_tests::wire::{Reply, Wire};

use super::calls::{ALL, Call, note};

impl Call {
    /// The code of the SDK's own error, if it is one that the SDK has a type for.
    fn modelled(self, error: &Error) -> Option<String> {
        fn of<E: ProvideErrorMetadata + std::error::Error + 'static>(
            error: &Error,
            is_unhandled: fn(&E) -> bool,
        ) -> Option<String> {
            let error = error.source()?.downcast_ref::<SdkError<E>>()?.as_service_error()?;
            error.code().filter(|_| !is_unhandled(error)).map(str::to_owned)
        }
        macro_rules! of {
            ($module:ident::$error:ident) => {
                of::<$module::$error>(error, |error| format!("{error:?}").starts_with("Unhandled"))
            };
        }
        match self {
            Call::GetItem => of!(get_item::GetItemError),
            Call::Query => of!(query::QueryError),
            Call::Scan => of!(scan::ScanError),
            Call::BatchGetItem => of!(batch_get_item::BatchGetItemError),
            Call::TransactGetItems => of!(transact_get_items::TransactGetItemsError),
            Call::PutItem => of!(put_item::PutItemError),
            Call::UpdateItem => of!(update_item::UpdateItemError),
            Call::DeleteItem => of!(delete_item::DeleteItemError),
            Call::BatchWriteItem => of!(batch_write_item::BatchWriteItemError),
            Call::TransactWriteItems => of!(transact_write_items::TransactWriteItemsError),
        }
    }
}

/// A handle whose requests are each sent once.
fn once(script: impl IntoIterator<Item = Reply>) -> (Wire, Db) {
    let wire = Wire::new(script);
    let db = wire.db();
    (wire, db)
}

/// A handle over a client with these retries.
fn with(script: impl IntoIterator<Item = Reply>, retries: RetryConfig) -> (Wire, Db) {
    let wire = Wire::new(script);
    let config = wire.config().retry_config(retries);
    let db = Db::new(Client::from_conf(config.build()));
    (wire, db)
}

#[tokio::test]
async fn a_checksum_that_fits_or_says_nothing_changes_nothing() -> Result {
    for call in ALL {
        let answer = || Reply::ok(call.answer());
        let malformed = ["", "abc", "-1", "4294967296", "1e3", "0x1F", "12 34"];
        let replies = [answer(), answer().crc32()].into_iter();
        for reply in replies.chain(malformed.map(|header| answer().header("x-amz-crc32", header))) {
            let (wire, db) = once([reply.clone()]);
            let found = call.send(&db).await.map_err(|error| format!("{call:?}: {error}: {reply:?}"))?;
            assert_eq!(found, Some(note()), "{call:?}");
            assert_eq!(wire.sent()[0].operation, call.name());
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_checksum_that_does_not_fit_is_never_a_success() -> Result {
    for call in ALL {
        let damaged = || Reply::ok(call.answer()).header("x-amz-crc32", 12_345);
        let (_, db) = once((0..20).map(|_| damaged()));
        let error = call.send(&db).await.expect_err("the checksum is another");
        assert!(error.is_connection() && !error.is_decode(), "{call:?}: {error}");
        assert_eq!(error.is_outcome_unknown(), call.is_write(), "{call:?}: {error}");

        let (wire, db) = with([damaged(), Reply::ok(call.answer()).crc32()], RetryConfig::standard());
        let found = call.send(&db).await;
        assert_eq!(found.is_ok(), call.may_lose_its_answer(), "{call:?}");
        assert_eq!(wire.sent().len(), if found.is_ok() { 2 } else { 1 }, "{call:?}");
    }
    Ok(())
}

/// An error is an error, whatever became of its text.
#[tokio::test(start_paused = true)]
async fn the_checksum_of_an_error_hides_nothing() -> Result {
    for call in ALL {
        let (_, db) = once([Reply::error("ResourceNotFoundException").header("x-amz-crc32", 12_345)]);
        let error = call.send(&db).await.expect_err("it is one");
        assert!(error.is_table_missing() && !error.is_outcome_unknown(), "{call:?}: {error}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn every_error_that_an_operation_has_keeps_its_type_and_id() -> Result {
    let common = [
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ResourceNotFoundException",
        "ThrottlingException",
    ];
    let writes = ["ItemCollectionSizeLimitExceededException", "ReplicatedWriteConflictException"];
    let single = ["ConditionalCheckFailedException", "TransactionConflictException"];
    let transaction = ["IdempotentParameterMismatchException", "TransactionInProgressException"];
    let unknown = ["SomethingNewException", "ValidationException", "AccessDeniedException"];
    for call in ALL {
        let mut modelled = common.to_vec();
        match call {
            Call::PutItem | Call::UpdateItem | Call::DeleteItem => modelled.extend(writes.iter().chain(&single)),
            Call::BatchWriteItem => modelled.extend(writes),
            Call::TransactWriteItems => modelled.extend(transaction),
            _ => {}
        }
        for name in modelled.iter().chain(&unknown).copied() {
            let reply = match name {
                "InternalServerError" => Reply::internal_server_error(),
                name => Reply::error(name),
            };
            let reply = reply.header("x-amzn-requestid", "R7");
            let (_, db) = once((0..30).map(|_| reply.clone()));

            let error = call.send(&db).await.expect_err("it is one");

            let about = format!("{call:?}, {name}: {error}");
            assert_eq!(error.code(), Some(name), "{about}");
            assert_eq!(error.request_id(), Some("R7"), "{about}");
            assert_eq!(error.operation(), Some(&*call.name()), "{about}");
            assert_eq!(call.modelled(&error).as_deref(), modelled.contains(&name).then_some(name), "{about}");
            assert_eq!(error.is_table_missing(), name == "ResourceNotFoundException", "{about}");
            let throttles = ["ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"];
            assert_eq!(error.is_throttled(), throttles.contains(&name), "{about}");
            assert_eq!(error.is_condition_failed(), name == "ConditionalCheckFailedException", "{about}");
            assert_eq!(error.is_validation_exception(), name == "ValidationException", "{about}");
            assert_eq!(error.is_access_denied(), name == "AccessDeniedException", "{about}");
            let unknown = call.is_write() && name == "InternalServerError";
            assert_eq!(error.is_outcome_unknown(), unknown, "{about}");
            assert!(!error.is_decode() && !error.is_connection(), "{about}");
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_is_no_answer_is_never_a_success() -> Result {
    let html = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    // The status, the body, and whether a write may have been done.
    let huge = format!(r#"{{"message":"{}"}}"#, "x".repeat(1_000_000));
    let deep = "[".repeat(1_000_000);
    let cases: [(u16, &[u8], bool); 20] = [
        (200, b"[]", true),
        (200, b"null", true),
        (200, b"{", true),
        (200, b"\xff\xfe", true),
        (200, html.as_bytes(), true),
        (302, b"", true),
        (400, b"", false),
        (400, b"{}", false),
        (400, b"not JSON", false),
        (403, html.as_bytes(), false),
        (413, b"", false),
        (500, b"", true),
        (502, html.as_bytes(), true),
        (503, br#"{"__type":5}"#, true),
        // An empty object, compressed: nobody asked for that.
        (200, b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00", true),
        (200, deep.as_bytes(), true),
        (400, huge.as_bytes(), false),
        (400, deep.as_bytes(), false),
        (400, br#"{"__type":null,"code":{},"message":[]}"#, false),
        (500, huge.as_bytes(), true),
    ];
    for call in ALL {
        for (status, body, unknown) in cases {
            let (_, db) = once((0..30).map(|_| Reply::bytes(status, body.to_vec()).crc32()));
            let result = call.send(&db).await;
            let about = format!("{call:?}, {status} {:?}", String::from_utf8_lossy(&body[..body.len().min(100)]));
            let error = result.err().ok_or_else(|| about.clone())?;
            assert_eq!(error.code(), None, "{about}: {error}");
            assert_eq!(error.is_outcome_unknown(), unknown && call.is_write(), "{about}: {error}");
            assert!(!format!("{error} {error:?}").contains("Gateway"), "{about}: {error}");
        }
    }
    Ok(())
}

/// The SDK takes no body for an empty answer. What a call was to bring is missing then, and a write that brings nothing was done.
#[tokio::test(start_paused = true)]
async fn an_answer_without_a_body_brings_nothing() -> Result {
    for call in ALL {
        let (_, db) = once([Reply::bytes(200, "")]);
        let result = call.send(&db).await;
        match call {
            Call::BatchWriteItem | Call::TransactWriteItems => assert_eq!(result?, Some(note()), "{call:?}"),
            _ => assert!(result.expect_err("there are no items").is_decode() || call == Call::BatchGetItem, "{call:?}"),
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_may_be_sent_again_is() -> Result {
    for call in ALL {
        let lost = [Reply::internal_server_error(), Reply::ok(call.answer()).cut(), Reply::broken(), Reply::timeout()];
        for lost in lost {
            for retries in [RetryConfig::standard(), RetryConfig::adaptive()] {
                let (wire, db) = with([lost.clone(), Reply::ok(call.answer()).crc32()], retries);
                let found = call.send(&db).await;
                // What a put found after a lost answer may be the item that the lost attempt left.
                let is_lost = call == Call::PutItem;
                assert_eq!(found.is_err(), is_lost, "{call:?}, {lost:?}: {found:?}");
                assert!(found.is_ok_and(|found| found == Some(note())) || is_lost);
                let sent = wire.sent();
                assert_eq!(sent.len(), 2, "{call:?}");
                assert_eq!(sent[0].body, sent[1].body);
            }
            let (wire, db) = once([lost.clone()]);
            let is_batch = matches!(call, Call::BatchWriteItem | Call::BatchGetItem);
            let error = call.send(&db).await.expect_err("it is not sent again");
            assert_eq!(error.is_outcome_unknown(), call.is_write(), "{call:?}, {lost:?}: {error}");
            assert!(is_batch || wire.sent().len() == 1, "{call:?}");
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn timeouts_of_the_client_hold() -> Result {
    for call in ALL {
        let late = || Reply::ok(call.answer()).after(Duration::from_secs(60));
        let attempt = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(2)).build();
        let whole = TimeoutConfig::builder().operation_timeout(Duration::from_secs(3)).build();
        for (timeouts, retries) in [
            (attempt.clone(), RetryConfig::disabled()),
            (whole.clone(), RetryConfig::disabled()),
            (whole, RetryConfig::standard()),
        ] {
            let wire = Wire::new((0..30).map(|_| late()));
            let config = wire.config().timeout_config(timeouts).retry_config(retries);
            let error = call.send(&Db::new(Client::from_conf(config.build()))).await.expect_err("no answer comes");
            assert!(error.is_timeout(), "{call:?}: {error}");
            assert_eq!(error.is_outcome_unknown(), call.is_write(), "{call:?}: {error}");
        }

        let wire = Wire::new([late(), Reply::ok(call.answer())]);
        let config = wire.config().timeout_config(attempt).retry_config(RetryConfig::standard());
        let found = call.send(&Db::new(Client::from_conf(config.build()))).await;
        assert_eq!(found.is_err(), call == Call::PutItem, "{call:?}: {found:?}");
        assert_eq!(wire.sent().len(), 2, "{call:?}");
    }
    Ok(())
}
