//! The requests of `transact_get`, and when they are sent again.

use dynorm::DynamoModel;
use dynorm_tests::Result;
use dynorm_tests::models::{Book, Note};
use dynorm_tests::wire::Reply;
use serde_json::{Value, json};
use uuid::Uuid;

use super::scripted;

fn request() -> Value {
    json!({ "TransactItems": [
        { "Get": { "TableName": "notes", "Key": { "id": { "S": "00000000-0000-0000-0000-000000000007" } } } },
        { "Get": {
            "TableName": "library",
            "Key": { "publisher": { "S": "Penguin" }, "sk": { "S": "1995-9780140000001" } },
        } },
    ] })
}

fn keys() -> (dynorm::Key<Note>, dynorm::Key<Book>) {
    let note = Note { id: Uuid::from_u64_pair(0, 7), text: String::new() };
    (note.to_key(), Book::new("Penguin", 1995, "9780140000001").to_key())
}

fn found() -> Reply {
    let note = json!({ "text": { "S": "hello" }, "id": { "S": "00000000-0000-0000-0000-000000000007" } });
    Reply::ok(json!({ "Responses": [{ "Item": note }, {}] }))
}

fn canceled(codes: &[&str]) -> Reply {
    let reasons: Vec<_> = codes.iter().map(|code| json!({ "Code": code })).collect();
    Reply::error_with("TransactionCanceledException", json!({ "CancellationReasons": reasons }))
}

#[tokio::test]
async fn the_keys_go_in_call_order() -> Result {
    let (wire, db, _) = scripted([found()]);

    let (note, book) = db.transact_get(keys()).send().await?;

    assert_eq!((note.map(|note| note.text), book), (Some("hello".to_owned()), None));
    wire.assert_sent([("TransactGetItems", request())]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_conflict_is_asked_again() -> Result {
    let (wire, db, _) = scripted([canceled(&["None", "TransactionConflict"]), found()]);

    let (note, _) = db.transact_get(keys()).send().await?;

    assert!(note.is_some());
    wire.assert_sent([("TransactGetItems", request()), ("TransactGetItems", request())]);
    Ok(())
}

#[tokio::test]
async fn another_reason_is_an_error() -> Result {
    let (wire, db, _) = scripted([canceled(&["TransactionConflict", "ValidationError"])]);

    let error = db.transact_get(keys()).send().await.expect_err("canceled");

    assert!(error.is_transaction_canceled() && error.is_transaction_conflict(), "{error}");
    let reasons: Vec<_> = error.reasons().iter().map(|reason| (reason.model(), reason.code())).collect();
    assert_eq!(reasons, [("Note", Some("TransactionConflict")), ("Book", Some("ValidationError"))]);
    assert_eq!(wire.sent().len(), 1);
    Ok(())
}

#[tokio::test]
async fn an_answer_without_an_entry_for_each_key_is_an_error() -> Result {
    for answer in [json!({}), json!({ "Responses": [{}] }), json!({ "Responses": [{}, {}, {}] })] {
        let (_, db, _) = scripted([Reply::ok(answer)]);

        let error = db.transact_get(keys()).send().await.expect_err("not two entries");

        assert!(error.is_decode(), "{error}");
    }
    Ok(())
}
