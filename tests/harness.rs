//! The scripted and the faulty HTTP client themselves: what the wire and fault tests rely on.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue::S;
use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
use dynorm_local::Local;
use dynorm_tests::Result;
use dynorm_tests::wire::{Reply, Wire};
use serde_json::json;

#[tokio::test]
async fn records_each_request_and_answers_in_order() -> Result {
    let wire = Wire::new([Reply::ok(json!({ "TableNames": ["a"] })), Reply::error("ResourceNotFoundException")]);
    let names = wire.client().list_tables().send().await?;
    let error = wire.client().describe_table().table_name("b").send().await.expect_err("from the script");
    assert_eq!(names.table_names(), ["a"]);
    assert_eq!(error.code(), Some("ResourceNotFoundException"));
    wire.assert_sent([("ListTables", json!({})), ("DescribeTable", json!({ "TableName": "b" }))]);
    assert_eq!(wire.sent()[0].header("content-type"), Some("application/x-amz-json-1.0"));
    Ok(())
}

#[tokio::test]
async fn a_request_beyond_the_script_fails() {
    let wire = Wire::new([]);
    let error = wire.client().list_tables().send().await.expect_err("no reply");
    assert!(matches!(error, SdkError::DispatchFailure(_)), "{error:?}");
    assert_eq!(wire.sent().len(), 1);
}

#[tokio::test]
#[should_panic(expected = "1 replies of the script were not asked for")]
async fn a_reply_that_nobody_asked_for_fails_the_assertion() {
    Wire::new([Reply::ok(json!({}))]).assert_sent([]);
}

#[tokio::test]
#[should_panic(expected = "ListTables")]
async fn a_request_that_was_not_expected_fails_the_assertion() {
    let wire = Wire::new([Reply::ok(json!({}))]);
    let _ = wire.client().list_tables().send().await;
    wire.assert_sent([]);
}

#[tokio::test]
async fn faults_look_like_those_of_a_connection() {
    let answer = json!({ "TableNames": ["a"] });
    let cases = [
        (Reply::refused(), "io"),
        (Reply::broken(), "io"),
        (Reply::timeout(), "timeout"),
        (Reply::ok(answer.clone()).cut(), "response"),
        (Reply::internal_server_error(), "service"),
    ];
    for (reply, expected) in cases {
        let shown = format!("{reply:?}");
        let error = Wire::new([reply]).client().list_tables().send().await.expect_err(&shown);
        let kind = match &error {
            SdkError::DispatchFailure(failure) if failure.is_io() => "io",
            SdkError::DispatchFailure(failure) if failure.is_timeout() => "timeout",
            SdkError::ResponseError(_) => "response",
            SdkError::ServiceError(_) => "service",
            _ => "other",
        };
        assert_eq!(kind, expected, "{shown}: {error:?}");
    }
}

#[tokio::test]
async fn every_attempt_is_recorded() -> Result {
    let wire = Wire::new([Reply::broken(), Reply::ok(json!({ "TableNames": [] }))]);
    let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
    Client::from_conf(wire.config().retry_config(retries).build()).list_tables().send().await?;
    wire.assert_sent([("ListTables", json!({})), ("ListTables", json!({}))]);
    Ok(())
}

#[tokio::test]
async fn the_checksum_is_that_of_the_body() -> Result {
    // The check value of CRC-32: nine digits.
    let wire = Wire::new([Reply::bytes(200, "123456789").crc32()]);
    let answer = wire.client().list_tables().send().await.expect_err("not JSON");
    let header = answer.raw_response().and_then(|response| response.headers().get("x-amz-crc32"));
    assert_eq!(header, Some("3421780262"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_late_reply_takes_tokios_time() -> Result {
    let hour = Duration::from_secs(3600);
    let wire = Wire::new([Reply::ok(json!({})).after(hour)]);
    let before = tokio::time::Instant::now();
    wire.client().list_tables().send().await?;
    assert_eq!(before.elapsed(), hour);
    Ok(())
}

#[tokio::test]
async fn a_lost_answer_was_applied() -> Result {
    let engine = Local::in_process().await?;
    let attribute =
        AttributeDefinition::builder().attribute_name("pk").attribute_type(ScalarAttributeType::S).build()?;
    let key = KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash).build()?;
    let table = engine.client().create_table().table_name("books").billing_mode(BillingMode::PayPerRequest);
    table.attribute_definitions(attribute).key_schema(key).send().await?;

    let wire = Wire::in_front_of(&engine, [Reply::forward_and_lose(), Reply::refused()]);
    let put = |pk: &str| wire.client().put_item().table_name("books").item("pk", S(pk.into())).send();
    assert!(put("lost answer").await.is_err());
    assert!(put("not sent").await.is_err());
    put("after the script").await?;

    let mut stored: Vec<_> = engine.client().scan().table_name("books").send().await?.items.unwrap_or_default();
    stored.sort_by_key(|item| format!("{item:?}"));
    let keys: Vec<_> = stored.iter().filter_map(|item| item.get("pk")?.as_s().ok()).collect();
    assert_eq!(keys, ["after the script", "lost answer"]);
    Ok(())
}
