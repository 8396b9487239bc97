//! The requests of updates that may create their item, and of those that set index keys.

use dynorm::DynamoModel;
use dynorm_tests::Result;
use dynorm_tests::wire::Reply;
use serde_json::json;
use std::time::SystemTime;

use super::scripted;

#[derive(Debug, DynamoModel)]
#[dynorm(table = "visits", sort_key = "{page}#{day:03}", entity = "visits")]
#[dynorm(index(ByDay, partition_key = "D#{day:03}", sort_key = "{kind}#{page}"))]
struct Visits {
    #[dynorm(partition_key)]
    site: String,
    page: String,
    day: u16,
    kind: Option<String>,
    count: u64,
    #[dynorm(created)]
    created: SystemTime,
}

const TIME: &str = "1970-01-01T00:16:40.000000000Z";

#[tokio::test]
async fn an_upsert_sets_what_a_new_item_needs() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({}))]);

    Visits::update(Visits::key().site("s").page("/").day(7)).upsert().add(Visits::COUNT, 1).send(&db).await?;

    wire.assert_sent([(
        "UpdateItem",
        json!({
            "TableName": "visits", "Key": { "site": { "S": "s" }, "sk": { "S": "/#007" } },
            "UpdateExpression": "SET #0 = :0, #1 = :1, #2 = :2, #3 = if_not_exists(#3, :3), #4 = :4 ADD #5 :5",
            "ExpressionAttributeNames":
                { "#0": "page", "#1": "day", "#2": "entity", "#3": "created", "#4": "by_day_pk", "#5": "count" },
            "ExpressionAttributeValues": {
                ":0": { "S": "/" }, ":1": { "N": "7" }, ":2": { "S": "visits" }, ":3": { "S": TIME },
                ":4": { "S": "D#007" }, ":5": { "N": "1" },
            },
        }),
    )]);
    Ok(())
}

#[tokio::test]
async fn set_key_sets_the_fields_and_the_key_that_they_make() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({}))]);

    let key = Visits::by_day().day(7).kind("human").page("/");
    Visits::update(Visits::key().site("s").page("/").day(7)).set_key(key).send(&db).await?;

    wire.assert_sent([(
        "UpdateItem",
        json!({
            "TableName": "visits", "Key": { "site": { "S": "s" }, "sk": { "S": "/#007" } },
            "UpdateExpression": "SET #0 = :0, #1 = :1",
            "ConditionExpression": "attribute_exists(#2)",
            "ExpressionAttributeNames": { "#0": "kind", "#1": "by_day_sk", "#2": "site" },
            "ExpressionAttributeValues": { ":0": { "S": "human" }, ":1": { "S": "human#/" } },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }),
    )]);
    Ok(())
}

#[tokio::test]
async fn what_an_update_returns_is_asked_for() -> Result {
    let changed = json!({ "Attributes": { "count": { "N": "2" } } });
    let (wire, db, _) = scripted([Reply::ok(changed.clone()), Reply::ok(changed)]);
    let update = || Visits::update(Visits::key().site("s").page("/").day(7)).add(Visits::COUNT, 1);

    assert_eq!(update().return_updated_new().send(&db).await?.get(Visits::COUNT)?, Some(2));
    let old = update().return_updated_old().send(&db).await?;

    assert_eq!(format!("{old:?}"), r#"Changed(["count"])"#);
    let asked: Vec<_> = wire.sent().iter().map(|sent| sent.body["ReturnValues"].clone()).collect();
    assert_eq!(asked, ["UPDATED_NEW", "UPDATED_OLD"]);
    Ok(())
}

#[tokio::test]
async fn an_upsert_that_is_not_complete_is_not_sent() -> Result {
    let (wire, db, _) = scripted([]);

    let update = Visits::update(Visits::key().site("s").page("/").day(7)).upsert();
    let error = update.send(&db).await.expect_err("there is no count");

    assert!(error.is_expression(), "{error}");
    assert!(error.to_string().contains("without `count`"), "{error}");
    assert!(wire.sent().is_empty());
    Ok(())
}
