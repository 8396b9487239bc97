//! The requests of reads and writes of models whose items expire.

use dynorm::DynamoModel;
use dynorm_tests::Result;
use dynorm_tests::models::{Session, at};
use dynorm_tests::wire::Reply;
use serde_json::{Value, json};

use super::scripted;

fn key() -> Value {
    json!({ "tenant": { "S": "acme" }, "sk": { "S": "SESSION#0001" } })
}

fn item(expires: &str) -> Value {
    json!({
        "tenant": { "S": "acme" }, "number": { "N": "1" }, "device": { "S": "phone" }, "user": { "S": "ann" },
        "expires": { "N": expires }, "sk": { "S": "SESSION#0001" },
    })
}

#[tokio::test]
async fn create_takes_the_place_of_what_has_expired() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({})), Reply::ok(json!({}))]);

    Session::new(1).create().send(&db).await?;
    Session::new(1).put().send(&db).await?;

    wire.assert_sent([
        (
            "PutItem",
            json!({
                "TableName": "sessions", "Item": item("4600"),
                "ConditionExpression": "attribute_not_exists(#0) OR #1 < :0",
                "ExpressionAttributeNames": { "#0": "tenant", "#1": "expires" },
                "ExpressionAttributeValues": { ":0": { "N": "1000" } },
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }),
        ),
        ("PutItem", json!({ "TableName": "sessions", "Item": item("4600") })),
    ]);
    Ok(())
}

#[tokio::test]
async fn update_and_save_want_what_has_not_expired() -> Result {
    let (wire, db, _) =
        scripted([Reply::ok(json!({})), Reply::ok(json!({ "Item": item("4600") })), Reply::ok(json!({}))]);

    Session::update(&Session::new(1)).set(Session::USES, 1).send(&db).await?;
    let mut tracked = Session::get(&Session::new(1)).tracked().send(&db).await?.ok_or("an item")?;
    tracked.uses = Some(1);
    tracked.save().send(&db).await?;

    let update = json!({
        "TableName": "sessions", "Key": key(),
        "UpdateExpression": "SET #0 = :0",
        "ConditionExpression": "attribute_exists(#1) AND NOT (#2 < :1)",
        "ExpressionAttributeNames": { "#0": "uses", "#1": "tenant", "#2": "expires" },
        "ExpressionAttributeValues": { ":0": { "N": "1" }, ":1": { "N": "1000" } },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    let get = json!({ "TableName": "sessions", "Key": key() });
    wire.assert_sent([("UpdateItem", update.clone()), ("GetItem", get), ("UpdateItem", update)]);
    Ok(())
}

#[tokio::test]
async fn a_read_asks_for_no_filter_and_a_count_does() -> Result {
    let page = json!({ "Items": [item("999"), item("1000")], "Count": 2, "ScannedCount": 2 });
    let count = json!({ "Count": 1, "ScannedCount": 2 });
    let (wire, db, _) = scripted([Reply::ok(page), Reply::ok(count.clone()), Reply::ok(count)]);
    let query = || Session::query(Session::key().tenant("acme"));

    let live = query().all(&db).await?;
    query().count(&db).await?;
    query().with_expired().count(&db).await?;

    assert_eq!(live, [Session { expires: at(1_000), ..Session::new(1) }], "it expires when its time has passed");
    wire.assert_sent([
        (
            "Query",
            json!({
                "TableName": "sessions", "KeyConditionExpression": "#0 = :0 AND begins_with(#1, :1)",
                "ExpressionAttributeNames": { "#0": "tenant", "#1": "sk" },
                "ExpressionAttributeValues": { ":0": { "S": "acme" }, ":1": { "S": "SESSION#" } },
                "ReturnConsumedCapacity": "TOTAL",
            }),
        ),
        (
            "Query",
            json!({
                "TableName": "sessions", "KeyConditionExpression": "#0 = :0 AND begins_with(#1, :1)",
                "FilterExpression": "NOT (#2 < :2)",
                "ExpressionAttributeNames": { "#0": "tenant", "#1": "sk", "#2": "expires" },
                "ExpressionAttributeValues": { ":0": { "S": "acme" }, ":1": { "S": "SESSION#" }, ":2": { "N": "1000" } },
                "ReturnConsumedCapacity": "TOTAL", "Select": "COUNT",
            }),
        ),
        (
            "Query",
            json!({
                "TableName": "sessions", "KeyConditionExpression": "#0 = :0 AND begins_with(#1, :1)",
                "ExpressionAttributeNames": { "#0": "tenant", "#1": "sk" },
                "ExpressionAttributeValues": { ":0": { "S": "acme" }, ":1": { "S": "SESSION#" } },
                "ReturnConsumedCapacity": "TOTAL", "Select": "COUNT",
            }),
        ),
    ]);
    Ok(())
}
