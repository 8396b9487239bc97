//! The requests of transactions, and when they are sent again.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use dynorm::DynamoModel;
use dynorm_local::Local;
use dynorm_tests::Result;
use dynorm_tests::models::{self, Book, Note};
use dynorm_tests::wire::{Reply, Wire};
use serde_json::{Value, json};
use uuid::Uuid;

use super::scripted;

const TIME: &str = "1970-01-01T00:16:40.000000000Z";

fn note() -> Note {
    Note { id: Uuid::from_u64_pair(0, 7), text: "hello".into() }
}

fn put_of_note() -> Value {
    json!({ "Put": {
        "TableName": "notes",
        "Item": { "id": { "S": "00000000-0000-0000-0000-000000000007" }, "text": { "S": "hello" } },
    } })
}

fn canceled(codes: &[&str]) -> Reply {
    let reasons: Vec<_> = codes.iter().map(|code| json!({ "Code": code })).collect();
    Reply::error_with("TransactionCanceledException", json!({ "CancellationReasons": reasons }))
}

#[tokio::test]
async fn each_verb_is_one_operation_in_call_order() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({}))]);
    let key = |isbn: &str| Book::key().publisher("Penguin").year(1995).isbn(isbn);
    let stored = |isbn: &str| json!({ "publisher": { "S": "Penguin" }, "sk": { "S": format!("1995-{isbn}") } });
    let (mut put, mut create) = (note(), Note { id: Uuid::from_u64_pair(0, 8), text: "new".into() });

    let transaction = db
        .transact()
        .add(Book::update(key("9780140000001")).set(Book::TITLE, "Emma"))
        .add(put.put())
        .add(Book::delete(key("9780140000002")))
        .add(create.create().condition(Note::TEXT.ne("old")))
        .add(Book::condition_check(key("9780140000003"), Book::PAGES.gt(5)))
        .token("the token");
    transaction.send().await?;

    wire.assert_sent([(
        "TransactWriteItems",
        json!({ "ClientRequestToken": "the token", "TransactItems": [
            { "Update": {
                "TableName": "library", "Key": stored("9780140000001"),
                "UpdateExpression": "SET #0 = :0, #1 = :1",
                "ConditionExpression": "attribute_exists(#2)",
                "ExpressionAttributeNames": { "#0": "title", "#1": "updated", "#2": "publisher" },
                "ExpressionAttributeValues": { ":0": { "S": "Emma" }, ":1": { "S": TIME } },
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            } },
            put_of_note(),
            { "Delete": { "TableName": "library", "Key": stored("9780140000002") } },
            { "Put": {
                "TableName": "notes",
                "Item": { "id": { "S": "00000000-0000-0000-0000-000000000008" }, "text": { "S": "new" } },
                "ConditionExpression": "attribute_not_exists(#0) AND #1 <> :0",
                "ExpressionAttributeNames": { "#0": "id", "#1": "text" },
                "ExpressionAttributeValues": { ":0": { "S": "old" } },
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            } },
            { "ConditionCheck": {
                "TableName": "library", "Key": stored("9780140000003"),
                "ConditionExpression": "#0 > :0",
                "ExpressionAttributeNames": { "#0": "pages" },
                "ExpressionAttributeValues": { ":0": { "N": "5" } },
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            } },
        ] }),
    )]);
    Ok(())
}

#[tokio::test]
async fn an_update_without_a_change_is_a_condition_check() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({}))]);

    db.transact().add(Note::update(&note())).token("t").send().await?;

    wire.assert_sent([(
        "TransactWriteItems",
        json!({ "ClientRequestToken": "t", "TransactItems": [{ "ConditionCheck": {
            "TableName": "notes", "Key": { "id": { "S": "00000000-0000-0000-0000-000000000007" } },
            "ConditionExpression": "attribute_exists(#0)",
            "ExpressionAttributeNames": { "#0": "id" },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        } }] }),
    )]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_conflict_is_sent_again_with_the_same_bytes_and_token() -> Result {
    let conflicts = [canceled(&["TransactionConflict", "None"]), canceled(&["ThrottlingError", "TransactionConflict"])];
    let (wire, db, clock) = scripted(conflicts.into_iter().chain([Reply::ok(json!({}))]));
    let mut first = note();
    let book = Book::key().publisher("Penguin").year(1995).isbn("9780140000001");

    let transaction = db.transact().add(first.put()).add(Book::update(book).set(Book::TITLE, "Emma"));
    let (sent, ()) = tokio::join!(transaction.send(), async {
        tokio::task::yield_now().await;
        clock.set(5_000);
    });
    sent?;

    let sent = wire.sent();
    assert_eq!(sent.len(), 3);
    assert!(sent.iter().all(|request| request.body == sent[0].body), "every resend repeats the first");
    let token = sent[0].body["ClientRequestToken"].as_str().unwrap_or_default();
    assert!((1..=36).contains(&token.len()), "{token}");
    Ok(())
}

#[tokio::test]
async fn each_transaction_has_a_token_of_its_own() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({})), Reply::ok(json!({}))]);

    db.transact().add(note().put()).send().await?;
    db.transact().add(note().put()).send().await?;

    let sent = wire.sent();
    assert_ne!(sent[0].body["ClientRequestToken"], sent[1].body["ClientRequestToken"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_retries_of_a_conflict_have_an_end() -> Result {
    let (wire, db, _) = scripted((0..8).map(|_| canceled(&["TransactionConflict"])));

    let error = db.transact().add(note().put()).send().await.expect_err("it never ends");

    assert!(error.is_transaction_conflict() && error.is_transaction_canceled(), "{error}");
    assert!(error.reasons().first().is_some_and(|reason| reason.is_conflict()), "{error}");
    assert_eq!(wire.sent().len(), 8);
    Ok(())
}

#[tokio::test]
async fn a_failed_condition_is_not_sent_again() -> Result {
    for codes in [["TransactionConflict", "ConditionalCheckFailed"], ["ValidationError", "None"], ["None", "None"]] {
        let (wire, db, _) = scripted([canceled(&codes)]);
        let mut first = note();
        let mut second = Note { id: dynorm::auto(), text: "no id yet".into() };

        let error = db.transact().add(first.put()).add(second.put()).send().await.expect_err("canceled");

        assert!(error.is_transaction_canceled(), "{error}");
        assert_eq!(error.is_transaction_conflict(), codes[0] == "TransactionConflict");
        assert_eq!(error.reasons().iter().filter_map(|reason| reason.code()).collect::<Vec<_>>(), codes);
        assert_eq!((wire.sent().len(), second.id), (1, Uuid::nil()));
    }
    Ok(())
}

#[tokio::test]
async fn reasons_that_an_engine_leaves_out_are_unknown() -> Result {
    let (wire, db, _) = scripted([Reply::error("TransactionCanceledException")]);

    let error = db.transact().add(note().put()).send().await.expect_err("canceled");

    let [reason] = error.reasons() else { return Err("one reason for each operation".into()) };
    assert!(!reason.is_none() && !reason.is_condition_failed() && reason.code().is_none(), "{error}");
    assert_eq!(wire.sent().len(), 1);
    Ok(())
}

#[tokio::test]
async fn another_failure_is_no_cancellation() -> Result {
    let (_, db, _) = scripted([Reply::error("ResourceNotFoundException")]);

    let error = db.transact().add(note().put()).send().await.expect_err("no table");

    assert!(error.is_table_missing() && !error.is_transaction_canceled() && error.reasons().is_empty(), "{error}");
    assert_eq!(error.operation(), Some("TransactWriteItems"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_resend_after_a_lost_answer_is_done_once() -> Result {
    let engine = Local::in_process().await?;
    let (setup, _) = models::db(engine.client(), "");
    Book::create_table().send(&setup).await?;
    let mut book = Book::new("Penguin", 1995, "9780140000001");
    book.create().send(&setup).await?;
    let wire = Wire::in_front_of(&engine, [Reply::forward_and_lose()]);
    let (db, _) = models::db(Client::from_conf(wire.config().retry_config(RetryConfig::standard()).build()), "");

    db.transact().add(Book::update(&book).add(Book::PAGES, 5)).send().await?;

    let sent = wire.sent();
    let [first, second] = &sent[..] else { return Err("the SDK sends it again".into()) };
    assert_eq!(first.body, second.body);
    let stored = Book::get(&book).consistent().send(&setup).await?;
    assert_eq!(stored.and_then(|book| book.pages), Some(325));
    Ok(())
}

#[tokio::test]
async fn a_single_write_can_meet_a_transaction() -> Result {
    let (_, db, _) = scripted([Reply::error("TransactionConflictException")]);

    let error = note().put().send(&db).await.expect_err("a transaction has the item");

    assert!(error.is_transaction_conflict() && !error.is_transaction_canceled(), "{error}");
    Ok(())
}
