//! The requests of `create_table`, and how it waits.

use dynorm::DynamoModel;
use dynorm_tests::Result;
use dynorm_tests::models::Note;
use dynorm_tests::wire::Reply;
use serde_json::{Value, json};

use super::scripted;

fn described(status: &str) -> Reply {
    Reply::ok(json!({ "Table": {
        "TableName": "notes", "TableStatus": status,
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
    } }))
}

fn operations(sent: &[dynorm_tests::wire::Sent]) -> Vec<&str> {
    sent.iter().map(|sent| &*sent.operation).collect()
}

#[tokio::test(start_paused = true)]
async fn it_waits_until_the_table_is_active() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({})), described("CREATING"), described("ACTIVE")]);

    assert!(Note::create_table().send(&db).await?);

    let sent = wire.sent();
    assert_eq!(operations(&sent), ["CreateTable", "DescribeTable", "DescribeTable"]);
    let billing: Option<&Value> = sent.first().map(|create| &create.body["BillingMode"]);
    assert_eq!(billing, Some(&json!("PAY_PER_REQUEST")));
    Ok(())
}

/// DescribeTable reads with eventual consistency: right after CreateTable it may not know the table yet.
#[tokio::test(start_paused = true)]
async fn it_waits_for_a_table_that_is_not_to_be_seen_yet() -> Result {
    let unseen = Reply::error("ResourceNotFoundException");
    let (wire, db, _) = scripted([Reply::ok(json!({})), unseen, described("ACTIVE")]);

    assert!(Note::create_table().send(&db).await?);

    assert_eq!(wire.sent().len(), 3);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_wait_has_an_end() -> Result {
    let (_, db, _) = scripted(std::iter::once(Reply::ok(json!({}))).chain((0..99).map(|_| described("CREATING"))));

    let error = Note::create_table().send(&db).await.expect_err("it stays in creation");

    assert!(error.is_table_not_ready(), "{error}");
    Ok(())
}
