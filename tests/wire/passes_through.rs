//! What stays the SDK's although items are decoded beside it: interceptors, retries, errors, request ids.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextRef,
};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::RequestId;
use aws_sdk_dynamodb::operation::query::QueryOutput;
use dynorm::DynamoModel;
use dynorm_tests::Result;
use dynorm_tests::models::Note;
use dynorm_tests::wire::{Reply, Wire};
use serde_json::json;
use uuid::Uuid;

fn id(n: u64) -> Uuid {
    Uuid::from_u64_pair(1, n)
}

#[derive(Debug, Default, Clone)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn note(&self, what: String) {
        self.0.lock().expect("no test panics while it holds this").push(what);
    }
}

impl Intercept for Seen {
    fn name(&self) -> &'static str {
        "Seen"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.note(format!("status {}", context.response().status().as_u16()));
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        match context.output_or_error() {
            Ok(output) => match output.downcast_ref::<QueryOutput>() {
                Some(output) => self.note(format!("count {}, request {:?}", output.count(), output.request_id())),
                None => self.note("another output".into()),
            },
            Err(_) => self.note("an error".into()),
        }
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn interceptors_see_responses_and_outputs_and_errors_are_retried() -> Result {
    let found = json!({ "Count": 1, "ScannedCount": 1, "Items": [{ "id": { "S": id(1).to_string() }, "text": { "S": "hello" } }] });
    let wire = Wire::new([Reply::internal_server_error(), Reply::ok(found).header("x-amzn-requestid", "R1")]);
    let seen = Seen::default();
    let config = wire.config().retry_config(RetryConfig::standard()).interceptor(seen.clone());
    let db = dynorm::Db::new(aws_sdk_dynamodb::Client::from_conf(config.build()));

    let notes = Note::query(Note::key().id(id(1))).all(&db).await?;

    assert_eq!(notes, [Note { id: id(1), text: "hello".into() }]);
    let seen = seen.0.lock().expect("no test panics while it holds this").clone();
    assert_eq!(seen, ["status 500", "an error", "status 200", "count 1, request Some(\"R1\")"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_cut_body_is_read_again() -> Result {
    let found = || json!({ "Item": { "id": { "S": id(1).to_string() }, "text": { "S": "hello" } } });
    let wire = Wire::new([Reply::ok(found()).cut(), Reply::ok(found())]);
    let config = wire.config().retry_config(RetryConfig::standard());
    let db = dynorm::Db::new(aws_sdk_dynamodb::Client::from_conf(config.build()));

    let note = Note::get(Note::key().id(id(1))).send(&db).await?;

    assert_eq!(note.map(|note| note.text), Some("hello".into()));
    assert_eq!(wire.sent().len(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_damaged_body_is_read_again() -> Result {
    let found = || Reply::ok(json!({ "Item": { "id": { "S": id(1).to_string() }, "text": { "S": "hello" } } }));
    let wire = Wire::new([found().header("x-amz-crc32", 12_345), found().crc32()]);
    let config = wire.config().retry_config(RetryConfig::standard());
    let db = dynorm::Db::new(aws_sdk_dynamodb::Client::from_conf(config.build()));

    let note = Note::get(Note::key().id(id(1))).send(&db).await?;

    assert_eq!(note.map(|note| note.text), Some("hello".into()));
    assert_eq!(wire.sent().len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_body_that_stays_damaged_is_an_error() -> Result {
    let found = json!({ "Item": { "id": { "S": id(1).to_string() }, "text": { "S": "hello" } } });
    let (_, db, _) = super::scripted([Reply::ok(found).header("x-amz-crc32", 12_345)]);

    let error = Note::get(Note::key().id(id(1))).send(&db).await.expect_err("the checksum is another");

    assert!(error.is_connection() && !error.is_decode(), "{error}");
    Ok(())
}

#[tokio::test]
async fn errors_keep_their_code_and_request_id() -> Result {
    let (_, db, _) = super::scripted([Reply::error("ThrottlingException").header("x-amzn-requestid", "R2")]);

    let error = Note::scan().all(&db).await.expect_err("throttled");

    assert!(error.is_throttled(), "{error}");
    assert_eq!((error.code(), error.request_id()), (Some("ThrottlingException"), Some("R2")));
    assert!(error.to_string().ends_with("(request R2)"), "{error}");
    Ok(())
}
