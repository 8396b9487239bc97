//! The deadline of a call: over its requests, its resends, its pauses and its pages.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use dynorm::{Db, DynamoModel};
use dynorm_tests::Result;
use dynorm_tests::models::{Book, Note, db};
use dynorm_tests::wire::{Reply, Wire};
use serde_json::{Value, json};

use super::scripted;

const SECOND: Duration = Duration::from_secs(1);

fn note() -> Note {
    Note { id: uuid::Uuid::from_u128(1), text: "x".into() }
}

fn position(n: u32) -> Value {
    json!({ "publisher": { "S": "Penguin" }, "sk": { "S": format!("1995-{n}") } })
}

/// Pages without items that never end, each of which takes 400 ms.
fn slow_pages() -> impl Iterator<Item = Reply> {
    let page = |n| Reply::ok(json!({ "Items": [], "Count": 0, "ScannedCount": 1, "LastEvaluatedKey": position(n) }));
    (0..9).map(move |n| page(n).after(Duration::from_millis(400)))
}

#[tokio::test(start_paused = true)]
async fn a_request_ends_with_it() -> Result {
    let (_, db, _) = scripted((0..3).map(|_| Reply::ok(json!({})).after(3 * SECOND)));
    let key = note().to_key();

    let error = Note::get(&key).send(&db.with_deadline(2 * SECOND)).await.expect_err("it takes three seconds");
    assert!(error.is_deadline() && !error.is_timeout(), "{error}");
    assert_eq!(error.to_string(), "GetItem of Note in table notes: the call did not end within its deadline");

    assert!(Note::get(&key).send(&db.with_deadline(4 * SECOND)).await?.is_none());
    assert!(Note::get(&key).send(&db).await?.is_none(), "the handle that it was made from has none");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_sdk_s_resends_are_within_it() -> Result {
    let wire = Wire::new((0..9).map(|_| Reply::internal_server_error().after(SECOND)));
    let retries = RetryConfig::standard().with_max_attempts(9).with_initial_backoff(10 * SECOND);
    let (db, _) = db(Client::from_conf(wire.config().retry_config(retries).build()), "");

    let started = tokio::time::Instant::now();
    let error = note().put().send(&db.with_deadline(5 * SECOND)).await.expect_err("it fails all the time");

    assert!(error.is_deadline(), "{error}");
    assert_eq!(started.elapsed(), 5 * SECOND);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn all_pages_of_a_call_share_it() -> Result {
    let (wire, db, _) = scripted(slow_pages().chain(slow_pages()).chain(slow_pages()));
    let db = db.with_deadline(SECOND);

    assert!(Book::scan().all(&db).await.expect_err("the pages never end").is_deadline());
    assert_eq!(wire.sent().len(), 3, "the third page is on its way after 800 ms");
    assert!(Book::scan().count(&db).await.expect_err("the pages never end").is_deadline());
    assert!(Book::scan().first(&db).await.expect_err("the pages never end").is_deadline());
    assert!(Book::scan().max_pages(9).page(&db).await.expect_err("the pages never end").is_deadline());
    assert_eq!(wire.sent().len(), 12);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn each_page_of_a_stream_has_its_own() -> Result {
    let end = Reply::ok(json!({ "Items": [], "Count": 0, "ScannedCount": 0 }));
    let (wire, db, _) = scripted(slow_pages().chain([end]));

    let mut stream = Book::scan().stream(&db.with_deadline(SECOND));
    assert!(stream.try_next().await?.is_none());

    assert_eq!(wire.sent().len(), 10);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn pauses_between_resends_are_within_it() -> Result {
    let canceled = || {
        let reasons = json!({ "CancellationReasons": [{ "Code": "TransactionConflict" }] });
        Reply::error_with("TransactionCanceledException", reasons)
    };
    let (_, db, _) = scripted((0..9).map(|_| canceled()));
    let db = db.with_deadline(Duration::from_millis(1));

    let started = tokio::time::Instant::now();
    let error = db.transact().add(note().put()).send().await.expect_err("conflicts all the time");

    assert!(error.is_deadline() && !error.is_outcome_unknown(), "conflicts are refusals: {error}");
    assert!(started.elapsed() <= Duration::from_millis(2), "{:?}", started.elapsed());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_batch_returns_what_is_not_known_to_be_stored() -> Result {
    let (_, db, _) = scripted([Reply::ok(json!({})), Reply::ok(json!({})).after(3 * SECOND)]);
    let notes = (0..30_u128).map(|n| Note { id: uuid::Uuid::from_u128(n), text: "x".into() });

    let batch = db.with_deadline(SECOND);
    let error = batch.batch_write().concurrency(1).put_all(notes).send().await.expect_err("the second is slow");

    assert!(error.is_unprocessed() && error.is_deadline(), "{error}");
    assert_eq!(error.unprocessed::<Note>()?.len(), 5);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_after_it() -> Result {
    let (wire, db, _) = scripted([]);

    let error = note().put().send(&db.with_deadline(Duration::ZERO)).await.expect_err("there is no time");

    assert!(error.is_deadline() && !error.is_outcome_unknown() && wire.sent().is_empty(), "{error}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_handle_can_be_built_with_it() -> Result {
    let wire = Wire::new([Reply::ok(json!({})).after(3 * SECOND)]);
    let (db, meter) = Db::builder(wire.client()).deadline(2 * SECOND).build().metered();

    let error = note().put().send(&db).await.expect_err("it takes three seconds");

    assert!(error.is_deadline() && error.is_outcome_unknown(), "{error}");
    assert_eq!((meter.total().requests, meter.total().unreported), (1, 1));
    Ok(())
}
