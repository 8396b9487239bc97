//! The requests of a batch, and what it does with what DynamoDB leaves unprocessed.

use dynorm_tests::Result;
use dynorm_tests::models::{Book, Note, isbn};
use dynorm_tests::wire::Reply;
use serde_json::{Value, json};
use uuid::Uuid;

use super::scripted;

fn note(n: u64) -> Note {
    Note { id: Uuid::from_u64_pair(1, n), text: "hello".into() }
}

fn put(n: u64) -> Value {
    json!({ "PutRequest": { "Item": { "id": { "S": note(n).id.to_string() }, "text": { "S": "hello" } } } })
}

#[tokio::test(start_paused = true)]
async fn what_is_unprocessed_is_sent_again() -> Result {
    let (wire, db, _) = scripted([
        Reply::ok(json!({ "UnprocessedItems": { "notes": [put(2), put(3)] } })),
        Reply::ok(json!({ "UnprocessedItems": { "notes": [put(3)] } })),
        Reply::ok(json!({})),
    ]);

    let written = db.batch_write().put_all((1..=3).map(note)).send().await?;

    assert_eq!((written.operations, written.requests), (3, 3));
    let request = |puts: &[u64]| {
        let puts: Vec<_> = puts.iter().map(|&n| put(n)).collect();
        ("BatchWriteItem", json!({ "RequestItems": { "notes": puts }, "ReturnConsumedCapacity": "TOTAL" }))
    };
    wire.assert_sent([request(&[1, 2, 3]), request(&[2, 3]), request(&[3])]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_stays_unprocessed_is_in_the_error() -> Result {
    let reply = || Reply::ok(json!({ "UnprocessedItems": { "notes": [put(2)] } }));
    let (wire, db, _) = scripted((0..9).map(|_| reply()));

    let error = db.batch_write().put_all((1..=2).map(note)).send().await.expect_err("it stays unprocessed");

    assert!(error.is_unprocessed(), "{error}");
    assert_eq!(error.unprocessed::<Note>()?, [note(2)]);
    assert_eq!(error.unprocessed::<Book>()?, []);
    assert_eq!(wire.sent().len(), 9);
    Ok(())
}

#[tokio::test]
async fn what_a_failed_request_held_is_in_the_error() -> Result {
    let (_, db, _) = scripted([Reply::ok(json!({})), Reply::error("ThrottlingException")]);

    let batch = db.batch_write().concurrency(1).put_all((0..60).map(|n| Book::new("Penguin", 1995, &isbn(n))));
    let error = batch.send().await.expect_err("throttled");

    assert!(error.is_unprocessed() && error.is_throttled(), "{error}");
    let left: Vec<_> = error.unprocessed::<Book>()?.into_iter().map(|book| book.isbn).collect();
    assert_eq!(left, (25..60).map(isbn).collect::<Vec<_>>());
    Ok(())
}

#[tokio::test]
async fn an_empty_batch_sends_nothing() -> Result {
    let (wire, db, _) = scripted([]);

    let written = db.batch_write().send().await?;

    assert_eq!((written.operations, wire.sent().len()), (0, 0));
    Ok(())
}
