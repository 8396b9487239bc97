//! What a metered handle asks for, and how it adds up what is answered.

use std::time::Duration;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use dynorm::{Db, DynamoModel, Metered};
use dynorm_tests::Result;
use dynorm_tests::models::{Book, Note, db, isbn};
use dynorm_tests::wire::{Reply, Wire};
use serde_json::{Value, json};

use super::scripted;

fn note() -> Note {
    Note { id: uuid::Uuid::from_u64_pair(1, 1), text: "x".into() }
}

/// The capacity of a write to the library: of the table, and of its index.
fn of_write(table: f64, index: f64) -> Value {
    json!({
        "TableName": "library", "CapacityUnits": table + index, "Table": { "CapacityUnits": table },
        "GlobalSecondaryIndexes": { "by-author": { "CapacityUnits": index } },
    })
}

/// Operation, table and index, and its sums.
fn entries(meter: &dynorm::Meter) -> Vec<(String, Metered)> {
    let name = |index: Option<String>| index.map(|index| format!("/{index}")).unwrap_or_default();
    let entries = meter.entries().into_iter();
    entries.map(|entry| (format!("{} {}{}", entry.operation, entry.table, name(entry.index)), entry.took)).collect()
}

/// The sums of these numbers, in the order of the fields.
fn metered(read: f64, write: f64, [requests, attempts, scanned, unreported]: [u64; 4]) -> Metered {
    let mut sums = Metered::default();
    (sums.read_units, sums.write_units) = (read, write);
    (sums.requests, sums.attempts, sums.scanned, sums.unreported) = (requests, attempts, scanned, unreported);
    sums
}

#[tokio::test]
async fn writes_are_summed_by_table_and_index() -> Result {
    let answers = [of_write(1.0, 2.0), of_write(3.0, 0.0)].map(|capacity| json!({ "ConsumedCapacity": capacity }));
    let (wire, db, _) = scripted(answers.map(Reply::ok));
    let (metered_db, meter) = db.metered();

    Book::new("Penguin", 1995, &isbn(1)).put().send(&metered_db).await?;
    Book::new("Penguin", 1995, &isbn(2)).put().send(&metered_db).await?;

    let asked: Vec<_> = wire.sent().iter().map(|sent| sent.body["ReturnConsumedCapacity"].clone()).collect();
    assert_eq!(asked, ["INDEXES", "INDEXES"]);
    assert_eq!(
        entries(&meter),
        [
            ("PutItem library".into(), metered(0.0, 4.0, [2, 2, 0, 0])),
            ("PutItem library/by-author".into(), metered(0.0, 2.0, [0, 0, 0, 0])),
        ]
    );
    assert_eq!(meter.total(), metered(0.0, 6.0, [2, 2, 0, 0]));
    assert_eq!(
        meter.to_string(),
        "6 write units, 2 requests\n  PutItem of library: 4 write units, 2 requests\n  PutItem of library, index by-author: 2 write units"
    );
    Ok(())
}

#[tokio::test]
async fn every_operation_asks_and_is_counted() -> Result {
    let read =
        |units: f64| json!({ "TableName": "library", "CapacityUnits": units, "Table": { "CapacityUnits": units } });
    let notes = json!({ "TableName": "notes", "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0, "Table": { "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0 } });
    let of_query = json!({
        "TableName": "library", "CapacityUnits": 0.5, "Table": { "CapacityUnits": 0.0 },
        "GlobalSecondaryIndexes": { "by-author": { "CapacityUnits": 0.5 } },
    });
    let (wire, db, _) = scripted([
        Reply::ok(json!({ "ConsumedCapacity": read(0.5) })),
        Reply::ok(json!({ "Items": [], "Count": 0, "ScannedCount": 7, "ConsumedCapacity": of_query })),
        Reply::ok(json!({ "Count": 3, "ScannedCount": 3, "ConsumedCapacity": read(1.0) })),
        Reply::ok(json!({ "ConsumedCapacity": of_write(1.0, 0.0) })),
        Reply::ok(json!({ "ConsumedCapacity": of_write(1.0, 1.0) })),
        Reply::ok(json!({ "ConsumedCapacity": [notes] })),
        Reply::ok(json!({ "ConsumedCapacity": [notes, of_write(2.0, 0.0)] })),
        Reply::ok(json!({ "Responses": [{}], "ConsumedCapacity": [read(2.0)] })),
    ]);
    let (db, meter) = db.metered();
    let key = Book::new("Penguin", 1995, &isbn(1)).to_key();

    Book::get(&key).send(&db).await?;
    Book::query(Book::by_author().author("Jane Austen")).all(&db).await?;
    Book::scan().count(&db).await?;
    Book::delete(&key).send(&db).await?;
    Book::update(&key).set(Book::TITLE, "Emma").send(&db).await?;
    db.batch_write().put(note()).send().await?;
    let mut other = note();
    db.transact().add(other.put()).add(Book::delete(&key)).send().await?;
    let (_,) = db.transact_get((&key,)).send().await?;

    assert!(wire.sent().iter().all(|sent| sent.body["ReturnConsumedCapacity"] == "INDEXES"));
    assert_eq!(
        entries(&meter),
        [
            ("DeleteItem library".into(), metered(0.0, 1.0, [1, 1, 0, 0])),
            ("GetItem library".into(), metered(0.5, 0.0, [1, 1, 0, 0])),
            ("Scan library".into(), metered(1.0, 0.0, [1, 1, 3, 0])),
            ("TransactGetItems library".into(), metered(2.0, 0.0, [1, 1, 0, 0])),
            ("TransactWriteItems library".into(), metered(0.0, 2.0, [1, 1, 0, 0])),
            ("UpdateItem library".into(), metered(0.0, 1.0, [1, 1, 0, 0])),
            ("Query library/by-author".into(), metered(0.5, 0.0, [1, 1, 7, 0])),
            ("UpdateItem library/by-author".into(), metered(0.0, 1.0, [0, 0, 0, 0])),
            ("BatchWriteItem notes".into(), metered(0.0, 2.0, [1, 1, 0, 0])),
            ("TransactWriteItems notes".into(), metered(0.0, 2.0, [1, 1, 0, 0])),
        ]
    );
    assert_eq!(meter.total().requests, 8, "the transaction on two tables is one request");
    Ok(())
}

#[tokio::test]
async fn what_consumes_and_reports_nothing_is_counted_as_unreported() -> Result {
    let canceled = Reply::error_with(
        "TransactionCanceledException",
        json!({ "CancellationReasons": [{ "Code": "ConditionalCheckFailed" }] }),
    );
    let silent = Reply::ok(json!({}));
    let (_, db, _) = scripted([Reply::error("ConditionalCheckFailedException"), canceled, silent]);
    let (db, meter) = db.metered();

    note().create().send(&db).await.expect_err("the script says so");
    db.transact().add(note().create()).send().await.expect_err("the script says so");
    note().put().send(&db).await?;

    assert_eq!(meter.total(), metered(0.0, 0.0, [3, 3, 0, 3]));
    assert_eq!(
        entries(&meter),
        [
            ("PutItem notes".into(), metered(0.0, 0.0, [2, 2, 0, 2])),
            ("TransactWriteItems notes".into(), metered(0.0, 0.0, [1, 1, 0, 1])),
        ]
    );
    Ok(())
}

fn retrying(wire: &Wire) -> Db {
    let retries = RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(1));
    db(aws_sdk_dynamodb::Client::from_conf(wire.config().retry_config(retries).build()), "").0
}

#[tokio::test(start_paused = true)]
async fn attempts_that_the_sdk_repeats_are_counted() -> Result {
    let answer = Reply::ok(json!({ "ConsumedCapacity": { "TableName": "notes", "CapacityUnits": 1.0 } }));
    let wire = Wire::new([Reply::internal_server_error(), Reply::broken(), answer]);
    let (db, meter) = retrying(&wire).metered();

    note().put().send(&db).await?;

    assert_eq!(meter.total(), metered(0.0, 1.0, [1, 3, 0, 2]));
    assert_eq!(meter.total().to_string(), "1 write unit, 1 request, 3 attempts, 2 unreported");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_is_counted() -> Result {
    let (_, db, _) = scripted([Reply::ok(json!({})).after(Duration::from_secs(60))]);
    let (db, meter) = db.metered();

    let mut note = note();
    let sent = tokio::time::timeout(Duration::from_secs(1), note.put().send(&db)).await;

    assert!(sent.is_err(), "the answer takes a minute");
    assert_eq!(meter.total(), metered(0.0, 0.0, [1, 1, 0, 1]));
    Ok(())
}

#[tokio::test]
async fn what_is_not_sent_is_not_counted() -> Result {
    let (_, db, _) = scripted([]);
    let (db, meter) = db.metered();

    Book::scan().take(0).all(&db).await?;
    Book::new("", 1995, &isbn(1)).put().send(&db).await.expect_err("an empty key");

    assert_eq!(meter.total(), Metered::default());
    assert_eq!(meter.total().to_string(), "0 requests");
    Ok(())
}

#[tokio::test]
async fn only_the_metered_handle_is_summed_and_inner_meters_count_too() -> Result {
    let answer = || Reply::ok(json!({ "ConsumedCapacity": { "TableName": "notes", "CapacityUnits": 1.0 } }));
    let (wire, db, _) = scripted((0..3).map(|_| answer()));
    let (outer_db, outer) = db.metered();
    let (inner_db, inner) = outer_db.metered();

    note().put().send(&db).await?;
    note().put().send(&outer_db).await?;
    note().put().send(&inner_db.clone()).await?;

    assert_eq!((outer.total().write_units, inner.total().write_units), (2.0, 1.0));
    let asked: Vec<_> = wire.sent().iter().map(|sent| sent.body.get("ReturnConsumedCapacity").is_some()).collect();
    assert_eq!(asked, [false, true, true]);
    Ok(())
}

#[tokio::test]
async fn a_batch_of_reads_is_summed_by_table() -> Result {
    let read = |table: &str, units: f64| json!({ "TableName": table, "CapacityUnits": units, "Table": { "CapacityUnits": units } });
    let capacity = json!([read("library", 1.5), read("notes", 0.5)]);
    let (wire, db, _) = scripted([Reply::ok(json!({ "Responses": {}, "ConsumedCapacity": capacity }))]);
    let (db, meter) = db.metered();

    let books = Book::batch_get([Book::new("Penguin", 1995, &isbn(1)).to_key()]);
    db.batch_get((books, Note::batch_get([&note()]))).send().await?;

    assert_eq!(wire.sent()[0].body["ReturnConsumedCapacity"], "INDEXES");
    let sums: Vec<_> = entries(&meter).into_iter().map(|(name, took)| (name, took.read_units)).collect();
    assert_eq!(sums, [("BatchGetItem library".into(), 1.5), ("BatchGetItem notes".into(), 0.5)]);
    assert_eq!(meter.total().requests, 1);
    Ok(())
}
