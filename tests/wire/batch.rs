//! The requests of a batch, and what it does with what DynamoDB leaves unprocessed.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use dynorm::{Db, DynamoModel};
use dynorm_tests::Result;
use dynorm_tests::models::{Book, Note, isbn};
use dynorm_tests::wire::{Reply, Wire};
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
    for (reply, unknown) in [(Reply::error("AccessDeniedException"), false), (Reply::broken(), true)] {
        let (_, db, _) = scripted([Reply::ok(json!({})), reply]);

        let books = |range: std::ops::Range<usize>| range.map(|n| Book::new("Penguin", 1995, &isbn(n)));
        let batch = db.batch_write().concurrency(1).put_all(books(0..60)).delete(&books(60..61).next().ok_or("one")?);
        let error = batch.send().await.expect_err("the second request fails");

        assert!(error.is_unprocessed(), "{error}");
        assert_eq!((error.is_outcome_unknown(), error.is_access_denied()), (unknown, !unknown));
        let left: Vec<_> = error.unprocessed::<Book>()?.into_iter().map(|book| book.isbn).collect();
        assert_eq!(left, (25..60).map(isbn).collect::<Vec<_>>());
        assert_eq!(error.unprocessed_deletes::<Book>(), [Book::new("Penguin", 1995, &isbn(60)).to_key()]);
        assert_eq!(error.unprocessed_deletes::<Note>(), []);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_throttled_request_is_sent_again_within_the_same_bound() -> Result {
    let throttled = || Reply::error("ProvisionedThroughputExceededException");
    let (wire, db, _) = scripted([throttled(), throttled(), Reply::ok(json!({}))]);
    db.batch_write().put(note(1)).send().await?;
    assert_eq!(wire.sent().len(), 3);

    let (wire, db, _) = scripted((0..8).map(|_| throttled()));
    let error = db.batch_write().put_all((1..=2).map(note)).send().await.expect_err("throttled");
    assert!(error.is_unprocessed() && error.is_throttled() && !error.is_outcome_unknown(), "{error}");
    assert_eq!(error.unprocessed::<Note>()?, [note(1), note(2)]);
    assert_eq!(wire.sent().len(), 8);

    // Attempts of the SDK's own count: three a request.
    let wire = Wire::new((0..9).map(|_| throttled()));
    let retries = wire.config().retry_config(RetryConfig::standard());
    let db = Db::new(Client::from_conf(retries.build()));
    db.batch_write().put(note(1)).send().await.expect_err("throttled");
    assert_eq!(wire.sent().len(), 9);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn there_is_no_pause_while_something_gets_done() -> Result {
    let left =
        |from: u64| Reply::ok(json!({ "UnprocessedItems": { "notes": (from..=20).map(put).collect::<Vec<_>>() } }));
    let (wire, db, _) = scripted((2..=20).map(left).chain([Reply::ok(json!({}))]));
    let before = tokio::time::Instant::now();

    let mut progress = Vec::new();
    let batch = db.batch_write().put_all((1..=20).map(note)).on_progress(|done, all| progress.push((done, all)));
    batch.send().await?;

    assert_eq!((wire.sent().len(), before.elapsed().as_nanos()), (20, 0));
    assert_eq!(progress, (1..=20).map(|done| (done, 20)).collect::<Vec<_>>());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_pause_leaves_other_requests_alone() -> Result {
    // The first request brings nothing, and is followed by a pause of up to 100 ms; the second is answered at once.
    let none = json!({ "UnprocessedItems": { "notes": (0..25).map(put).collect::<Vec<_>>() } });
    let soon = Duration::from_millis(1);
    let (_, db, _) = scripted([Reply::ok(none), Reply::ok(json!({})).after(soon), Reply::ok(json!({}))]);
    let before = tokio::time::Instant::now();

    let mut progress = Vec::new();
    let batch = db.batch_write().concurrency(2).put_all((0..50).map(note));
    batch.on_progress(|done, _| progress.push((done, before.elapsed() <= 2 * soon))).send().await?;

    assert_eq!(progress.first(), Some(&(25, true)));
    assert_eq!(progress.last().map(|(done, _)| *done), Some(50));
    Ok(())
}

#[tokio::test]
async fn a_request_has_at_most_16_mb_on_the_wire() -> Result {
    // A control character is one byte in DynamoDB, and six in JSON.
    let large = |n| Note { text: "\u{1}".repeat(300 << 10), ..note(n) };
    let (wire, db, _) = scripted((0..4).map(|_| Reply::ok(json!({}))));

    let written = db.batch_write().concurrency(1).put_all((0..25).map(large)).send().await?;

    let items: Vec<_> =
        wire.sent().iter().map(|sent| sent.body["RequestItems"]["notes"].as_array().map_or(0, Vec::len)).collect();
    assert_eq!((written.operations, items), (25, vec![8, 8, 8, 1]));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_later_write_of_a_key_waits_for_the_earlier() -> Result {
    let first = json!({ "UnprocessedItems": { "notes": [put(1)] } });
    let (wire, db, _) = scripted([Reply::ok(first), Reply::ok(json!({})), Reply::ok(json!({}))]);
    let second = Note { text: "the second".into(), ..note(1) };

    db.batch_write().put(note(1)).put(second).delete(&note(2)).send().await?;

    let sent = wire.sent();
    let texts: Vec<_> = sent
        .iter()
        .flat_map(|sent| sent.body["RequestItems"]["notes"].as_array().cloned().unwrap_or_default())
        .map(|request| request["PutRequest"]["Item"]["text"]["S"].as_str().unwrap_or("deleted").to_owned())
        .collect();
    assert_eq!(texts, ["hello", "deleted", "hello", "the second"]);
    Ok(())
}

#[tokio::test]
async fn an_empty_batch_sends_nothing() -> Result {
    let (wire, db, _) = scripted([]);

    let written = db.batch_write().send().await?;

    assert_eq!((written.operations, wire.sent().len()), (0, 0));
    Ok(())
}
