//! What stays the SDK's although items are decoded beside it: interceptors, retries, errors, request ids.

use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextRef,
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{AppName, ConfigBag, Credentials, Intercept, Region, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::RequestId;
use aws_sdk_dynamodb::operation::put_item::{PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep, TokioSleep};
use aws_smithy_async::time::StaticTimeSource;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use dynorm::DynamoModel;
use dynorm_tests::Result;
use dynorm_tests::models::Note;
use dynorm_tests::wire::{Reply, Wire};
use serde_json::json;
use uuid::Uuid;

use super::calls::{ALL, note};

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

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(put) = context.input().downcast_ref::<PutItemInput>() {
            self.note(format!("put into {:?}", put.table_name()));
        }
        Ok(())
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
                None => self.note(format!("put: {}", output.downcast_ref::<PutItemOutput>().is_some())),
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
async fn interceptors_see_a_write_whose_answers_are_lost() -> Result {
    let wire = Wire::new([Reply::internal_server_error(), Reply::ok(json!({})).cut(), Reply::ok(json!({}))]);
    let seen = Seen::default();
    let config = wire.config().retry_config(RetryConfig::standard()).interceptor(seen.clone());
    let db = dynorm::Db::new(aws_sdk_dynamodb::Client::from_conf(config.build()));

    Note { id: id(1), text: "hello".into() }.put().send(&db).await?;

    let seen = seen.0.lock().expect("no test panics while it holds this").clone();
    let put = "put into Some(\"notes\")";
    assert_eq!(seen, [put, "status 500", "an error", "status 200", "an error", "status 200", "put: true"]);
    Ok(())
}

#[tokio::test]
async fn an_error_body_of_any_kind_is_an_error() -> Result {
    let (missing, kind) = (Some("ResourceNotFoundException"), "x-amzn-errortype");
    let cases = [
        (Reply::error("ResourceNotFoundException"), missing, false),
        (Reply::bytes(400, r#"{"__type":"ResourceNotFoundException","Message":"m"}"#), missing, false),
        (Reply::bytes(400, "{}").header(kind, "ResourceNotFoundException:http://internal"), missing, false),
        (Reply::error("SomethingNewException"), Some("SomethingNewException"), false),
        (Reply::bytes(400, ""), None, false),
        (Reply::bytes(400, "<html>Bad Request</html>"), None, false),
        (Reply::error("ResourceNotFoundException").cut(), None, false),
        (Reply::bytes(413, "{}"), None, false),
        (Reply::bytes(500, ""), None, true),
        (Reply::bytes(503, "<html>Service Unavailable</html>"), None, true),
        (Reply::internal_server_error(), Some("InternalServerError"), true),
        (Reply::internal_server_error().cut(), None, true),
        (Reply::bytes(200, "[]"), None, true),
        (Reply::bytes(200, "<html>OK</html>"), None, true),
    ];
    for (reply, code, unknown) in cases {
        let (_, db, _) = super::scripted([reply.clone(), reply.clone(), reply.clone()]);
        let mut note = Note { id: id(1), text: "hello".into() };

        let read = Note::get(&note).send(&db).await.expect_err("it is one");
        let query = Note::query(Note::key().id(note.id)).all(&db).await.expect_err("it is one");
        let write = note.put().send(&db).await.expect_err("it is one");

        assert_eq!([read.code(), query.code(), write.code()], [code; 3], "{reply:?}");
        assert_eq!(write.is_outcome_unknown(), unknown, "{reply:?}: {write}");
        assert!(!read.is_outcome_unknown() && !query.is_outcome_unknown(), "a read leaves no doubt: {reply:?}");
        assert_eq!(write.is_table_missing(), code == missing);
    }
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

/// Sleeps as tokio does, and notes it.
#[derive(Debug)]
struct NotedSleep(Seen);

impl AsyncSleep for NotedSleep {
    fn sleep(&self, duration: Duration) -> Sleep {
        self.0.note("slept".into());
        TokioSleep::new().sleep(duration)
    }
}

/// Notes where requests go.
#[derive(Debug)]
struct NotedEndpoint(Seen);

impl Intercept for NotedEndpoint {
    fn name(&self) -> &'static str {
        "NotedEndpoint"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.note(context.request().uri().to_owned());
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn all_settings_of_the_client_stay() -> Result {
    let seen = Seen::default();
    let wire = Wire::new([Reply::internal_server_error(), Reply::ok(json!({}))]);
    let config = wire
        .config()
        .retry_config(RetryConfig::standard())
        .region(Region::from_static("eu-north-1"))
        .credentials_provider(Credentials::new("AKIDGIVEN", "secret", None, None, "test"))
        .endpoint_url("http://given.example:8000")
        .app_name(AppName::new("given-app")?)
        .time_source(StaticTimeSource::new(UNIX_EPOCH + Duration::from_secs(1_000_000_000)))
        .sleep_impl(NotedSleep(seen.clone()))
        .interceptor(NotedEndpoint(seen.clone()));
    let db = dynorm::Db::new(aws_sdk_dynamodb::Client::from_conf(config.build()));

    assert_eq!(Note::get(Note::key().id(id(1))).send(&db).await?, None);

    assert_eq!(wire.sent().len(), 2);
    for sent in wire.sent() {
        assert_eq!(sent.header("x-amz-date"), Some("20010909T014640Z"));
        let authorization = sent.header("authorization").unwrap_or_default();
        assert!(authorization.contains("AKIDGIVEN/20010909/eu-north-1/dynamodb"), "{authorization}");
        let agent = sent.header("user-agent").unwrap_or_default().to_owned()
            + sent.header("x-amz-user-agent").unwrap_or_default();
        assert!(agent.contains("app/given-app"), "{agent}");
    }
    let seen = seen.0.lock().expect("no test panics while it holds this").clone();
    assert!(seen.contains(&"slept".into()));
    assert!(seen.contains(&"http://given.example:8000/".into()), "{seen:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_the_client_ends_a_call() -> Result {
    let wire = Wire::new([Reply::ok(json!({})).after(Duration::from_secs(60))]);
    let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_secs(2)).build();
    let config = wire.config().timeout_config(timeouts);
    let db = dynorm::Db::new(aws_sdk_dynamodb::Client::from_conf(config.build()));

    let error = Note::get(Note::key().id(id(1))).send(&db).await.expect_err("no answer comes");

    assert!(error.is_timeout(), "{error}");
    Ok(())
}

/// Credentials that are looked up in a table, by the same client as the requests that they are for, and by dynorm.
#[derive(Debug)]
struct StoredCredentials(dynorm::Db);

impl ProvideCredentials for StoredCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let plain = self.0.client().get_item().table_name("notes").key("id", AttributeValue::S("plain".into()));
            let plain = plain.send().await.map_err(CredentialsError::provider_error)?;
            let note =
                Note::get(Note::key().id(id(2))).send(&self.0).await.map_err(CredentialsError::provider_error)?;
            let key = plain.item().and_then(|item| item.get("text")?.as_s().ok()).cloned();
            let secret = note.map(|note| note.text);
            Ok(Credentials::new(key.unwrap_or_default(), secret.unwrap_or_default(), None, None, "test"))
        })
    }
}

#[tokio::test]
async fn requests_inside_a_call_are_their_own() -> Result {
    let item =
        |n, text: &str| Reply::ok(json!({ "Item": { "id": { "S": id(n).to_string() }, "text": { "S": text } } }));
    let inner = Wire::new([item(3, "AKIDSTORED"), item(2, "secret")]);
    let outer = Wire::new([item(1, "hello")]);
    let config = outer.config().credentials_provider(StoredCredentials(inner.db()));
    let db = dynorm::Db::new(aws_sdk_dynamodb::Client::from_conf(config.build()));

    let note = Note::get(Note::key().id(id(1))).send(&db).await?;

    assert_eq!(note, Some(Note { id: id(1), text: "hello".into() }));
    let sent = outer.sent();
    let authorization = sent[0].header("authorization").unwrap_or_default();
    assert!(authorization.contains("AKIDSTORED/"), "{authorization}");
    Ok(())
}

/// Tries again what the SDK would not.
#[derive(Debug)]
struct Patient;

impl ClassifyRetry for Patient {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let status = context.response().map(|response| response.status().as_u16());
        if status == Some(418) { RetryAction::transient_error() } else { RetryAction::NoActionIndicated }
    }

    fn name(&self) -> &'static str {
        "Patient"
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_classifier_of_the_client_has_its_say() -> Result {
    for call in ALL {
        let wire = Wire::new([Reply::bytes(418, "{}"), Reply::ok(call.answer())]);
        let config = wire.config().retry_config(RetryConfig::standard()).retry_classifier(Patient);
        let db = dynorm::Db::new(aws_sdk_dynamodb::Client::from_conf(config.build()));
        assert_eq!(call.send(&db).await?, Some(note()), "{call:?}");
        assert_eq!(wire.sent().len(), 2, "{call:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_handle_over_the_client_of_another_one_works() -> Result {
    let found = json!({ "Item": { "id": { "S": id(1).to_string() }, "text": { "S": "hello" } } });
    let (_, db, _) = super::scripted([Reply::ok(found)]);

    let again = dynorm::Db::new(db.client().clone());

    assert_eq!(Note::get(Note::key().id(id(1))).send(&again).await?.map(|note| note.text), Some("hello".into()));
    Ok(())
}
