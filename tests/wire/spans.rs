//! The spans of calls: OpenTelemetry's attributes, an event for each resend, and never a value.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use dynorm::{Db, DynamoModel};
use dynorm_tests::Result;
use dynorm_tests::models::{Book, Note, db, isbn};
use dynorm_tests::wire::{Reply, Wire};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};

use super::scripted;

type Fields = BTreeMap<String, String>;

/// A subscriber that keeps everything that dynorm says.
#[derive(Clone, Default)]
struct Capture(Arc<Mutex<Captured>>);

#[derive(Default)]
struct Captured {
    spans: Vec<Fields>,
    events: Vec<Fields>,
}

impl Capture {
    /// Captures on this thread until the guard is dropped.
    fn start() -> (Self, DefaultGuard) {
        let capture = Capture::default();
        (capture.clone(), tracing::subscriber::set_default(capture))
    }

    fn with<T>(&self, look: impl FnOnce(&mut Captured) -> T) -> T {
        look(&mut self.0.lock().expect("no test panics while it holds this"))
    }

    fn spans(&self) -> Vec<Fields> {
        self.with(|captured| captured.spans.clone())
    }

    fn events(&self) -> Vec<Fields> {
        self.with(|captured| captured.events.clone())
    }

    /// Everything as text.
    fn text(&self) -> String {
        format!("{:?} {:?}", self.spans(), self.events())
    }
}

struct Writer<'a>(&'a mut Fields);

impl Visit for Writer<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl Subscriber for Capture {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("dynorm")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut fields = Fields::new();
        attributes.record(&mut Writer(&mut fields));
        let count = self.with(|captured| {
            captured.spans.push(fields);
            captured.spans.len()
        });
        Id::from_u64(count as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        self.with(|captured| {
            if let Some(fields) = captured.spans.get_mut(id.into_u64() as usize - 1) {
                values.record(&mut Writer(fields));
            }
        });
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut Writer(&mut fields));
        fields.insert("parent".into(), event.parent().map_or(0, Id::into_u64).to_string());
        self.with(|captured| captured.events.push(fields));
    }

    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn fields<const N: usize>(fields: [(&str, &str); N]) -> Fields {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[tokio::test]
async fn a_query_has_the_attributes_of_opentelemetry() -> Result {
    let capacity = json!({ "TableName": "library", "CapacityUnits": 0.5 });
    let page = json!({ "Items": [], "Count": 2, "ScannedCount": 7, "ConsumedCapacity": capacity });
    let (_, db, _) = scripted([Reply::ok(page).header("x-amzn-requestid", "R1")]);
    let (capture, _guard) = Capture::start();

    Book::query(Book::by_author().author("Jane Austen")).descending().page_size(9).page(&db).await?;

    assert_eq!(
        capture.spans(),
        [fields([
            ("otel.name", "Query library"),
            ("otel.kind", "client"),
            ("db.system.name", "aws.dynamodb"),
            ("db.operation.name", "Query"),
            ("dynorm.model", "Book"),
            ("aws.dynamodb.table_names", r#"["library"]"#),
            ("aws.dynamodb.index_name", "by-author"),
            ("aws.dynamodb.scan_forward", "false"),
            ("aws.dynamodb.limit", "9"),
            ("aws.dynamodb.count", "2"),
            ("aws.dynamodb.scanned_count", "7"),
            ("aws.dynamodb.consumed_capacity", r#"[{"TableName":"library","CapacityUnits":0.5}]"#),
            ("aws.request_id", "R1"),
        ])]
    );
    Ok(())
}

#[tokio::test]
async fn a_metered_write_shows_the_capacity_of_its_indexes() -> Result {
    let capacity = json!({
        "TableName": "library", "CapacityUnits": 3.0, "Table": { "CapacityUnits": 1.0 },
        "GlobalSecondaryIndexes": { "b": { "CapacityUnits": 1.0 }, "a": { "CapacityUnits": 1.0 } },
    });
    let (_, db, _) = scripted([Reply::ok(json!({ "ConsumedCapacity": capacity }))]);
    let (db, _meter) = db.metered();
    let (capture, _guard) = Capture::start();

    Book::new("Penguin", 1995, &isbn(1)).put().send(&db).await?;

    let spans = capture.spans();
    assert_eq!(
        spans.first().and_then(|span| span.get("aws.dynamodb.consumed_capacity")).map(String::as_str),
        Some(
            r#"[{"TableName":"library","CapacityUnits":3,"Table":{"CapacityUnits":1},"GlobalSecondaryIndexes":{"a":{"CapacityUnits":1},"b":{"CapacityUnits":1}}}]"#
        )
    );
    Ok(())
}

#[tokio::test]
async fn a_transaction_names_its_tables_and_an_error_its_code() -> Result {
    let (_, db, _) = scripted([Reply::error("TransactionCanceledException").header("x-amzn-requestid", "R2")]);
    let (capture, _guard) = Capture::start();

    let (mut note, mut book) = (Note { id: uuid::Uuid::nil(), text: "x".into() }, Book::new("P", 1995, &isbn(1)));
    db.transact().add(note.put()).add(book.put()).send().await.expect_err("the script says so");

    assert_eq!(
        capture.spans(),
        [fields([
            ("otel.name", "TransactWriteItems library notes"),
            ("otel.kind", "client"),
            ("otel.status_code", "ERROR"),
            ("error.type", "TransactionCanceledException"),
            ("db.system.name", "aws.dynamodb"),
            ("db.operation.name", "TransactWriteItems"),
            ("aws.dynamodb.table_names", r#"["library", "notes"]"#),
            ("aws.request_id", "R2"),
        ])]
    );
    Ok(())
}

fn retrying(wire: &Wire) -> Db {
    let retries = RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(1));
    db(Client::from_conf(wire.config().retry_config(retries).build()), "").0
}

#[tokio::test(start_paused = true)]
async fn a_resend_is_an_event_in_the_span() -> Result {
    let wire = Wire::new([Reply::internal_server_error(), Reply::refused(), Reply::ok(json!({}))]);
    let (capture, _guard) = Capture::start();

    Note { id: uuid::Uuid::from_u128(1), text: "x".into() }.put().send(&retrying(&wire)).await?;

    let resend = |count: &str, before: &str| {
        let message = ("message", "the request is sent again");
        fields([("http.request.resend_count", count), ("error.type", before), ("parent", "1"), message])
    };
    assert_eq!(capture.spans().len(), 1);
    assert_eq!(capture.events(), [resend("1", "answer"), resend("2", "connection")]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_pause_before_a_resend_of_dynorm_is_an_event() -> Result {
    let reasons = json!({ "CancellationReasons": [{ "Code": "TransactionConflict" }] });
    let conflict = Reply::error_with("TransactionCanceledException", reasons);
    let (_, db, _) = scripted([conflict, Reply::ok(json!({}))]);
    let (capture, _guard) = Capture::start();

    db.transact().add(Note { id: uuid::Uuid::from_u128(1), text: "x".into() }.put()).send().await?;

    let events = capture.events();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].get("message").map(String::as_str), Some("a pause before what is left is sent again"));
    assert_eq!(events[0].get("fruitless").map(String::as_str), Some("1"));
    assert_eq!(capture.spans().len(), 2, "each request has a span");
    Ok(())
}

#[tokio::test]
async fn without_an_answer_the_span_says_why() -> Result {
    let (_, db, _) = scripted([Reply::timeout(), Reply::refused(), Reply::ok(json!({ "Item": {} })).cut()]);
    let (capture, _guard) = Capture::start();

    for _ in 0..3 {
        Note::get(Note::key().id(uuid::Uuid::from_u128(1))).send(&db).await.expect_err("the script says so");
    }

    let types: Vec<_> = capture.spans().iter().filter_map(|span| span.get("error.type").cloned()).collect();
    assert_eq!(types, ["timeout", "connection", "response"]);
    Ok(())
}

/// Both of its values are the same word, which must not be seen anywhere.
#[derive(Debug, Clone, DynamoModel)]
#[dynorm(table = "logins", sort_key = "{password}-{number:02}")]
struct Login {
    #[dynorm(partition_key)]
    name: String,
    #[dynorm(sensitive)]
    password: String,
    number: u8,
    note: Option<String>,
}

#[tokio::test]
async fn no_value_is_in_any_span_or_event() -> Result {
    let word = "hunter2";
    let item = json!({ "name": { "S": word }, "password": { "S": word }, "number": { "N": "7" }, "sk": { "S": "hunter2-07" } });
    let page = json!({ "Items": [item], "Count": 1, "ScannedCount": 1, "LastEvaluatedKey": { "name": { "S": word }, "sk": { "S": "hunter2-07" } } });
    let canceled =
        json!({ "CancellationReasons": [{ "Code": "ConditionalCheckFailed", "Item": item, "Message": "m" }] });
    let (_, db, _) = scripted([
        Reply::ok(json!({})),
        Reply::error_with("ConditionalCheckFailedException", json!({ "Item": item })),
        Reply::ok(json!({ "Item": item })),
        Reply::ok(page),
        Reply::ok(json!({ "Items": [], "Count": 0, "ScannedCount": 0 })),
        Reply::ok(json!({ "Attributes": item })),
        Reply::ok(json!({ "Attributes": item })),
        Reply::ok(json!({})),
        Reply::error_with("TransactionCanceledException", canceled),
        Reply::ok(json!({ "Responses": [{ "Item": item }] })),
        Reply::ok(json!({ "UnprocessedItems": {} })),
        Reply::error("ValidationException"),
    ]);
    let (db, _meter) = db.metered();
    let (capture, _guard) = Capture::start();
    let mut login = Login { name: word.into(), password: word.into(), number: 7, note: Some(word.into()) };
    let key = login.to_key();

    login.put().send(&db).await?;
    let failed = login.create().condition(Login::PASSWORD.eq(word)).send(&db).await.expect_err("it is there");
    Login::get(&key).send(&db).await?;
    Login::query(Login::key().name(word).password(word)).filter(Login::NOTE.eq(word)).all(&db).await?;
    Login::update(&key).set(Login::NOTE, word).return_new().send(&db).await?;
    Login::delete(&key).return_old().send(&db).await?;
    Login::delete(&key).condition(Login::NOTE.eq(word)).send(&db).await?;
    let canceled = db.transact().add(login.clone().put()).send().await.expect_err("the script says so");
    let (_,) = db.transact_get((&key,)).send().await?;
    db.batch_write().put(login.clone()).send().await?;
    let refused = login.put().send(&db).await.expect_err("the script says so");

    assert!(capture.spans().len() >= 10, "{}", capture.spans().len());
    for text in [capture.text(), format!("{failed} {failed:?} {canceled} {canceled:?} {refused:?} {key:?}")] {
        assert!(!text.contains(word) && !text.contains("07"), "{text}");
    }
    Ok(())
}

#[tokio::test]
async fn a_call_is_the_same_without_a_subscriber() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({}))]);

    assert!(Note::get(Note::key().id(uuid::Uuid::from_u128(1))).send(&db).await?.is_none());

    assert_eq!(wire.sent().len(), 1);
    Ok(())
}
