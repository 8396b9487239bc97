//! The requests of writes that check a version.

use dynorm::DynamoModel;
use dynorm_tests::Result;
use dynorm_tests::models::{Account, at};
use dynorm_tests::wire::Reply;
use serde_json::{Value, json};

use super::scripted;

const TIME: &str = "1970-01-01T00:16:40.000000000Z";

fn account(version: u64) -> Account {
    Account { opened: at(1_000), updated: at(500), version, ..Account::new("Ann", 100) }
}

fn key() -> Value {
    json!({ "owner": { "S": "Ann" }, "sk": { "S": "ACCOUNT#0001" } })
}

fn item(version: u64) -> Value {
    json!({
        "owner": { "S": "Ann" }, "number": { "N": "1" }, "cents": { "N": "100" }, "opened": { "S": TIME },
        "updated": { "S": TIME }, "version": { "N": version.to_string() }, "sk": { "S": "ACCOUNT#0001" },
    })
}

#[tokio::test]
async fn put_asks_for_the_version_in_hand() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({})), Reply::ok(json!({})), Reply::ok(json!({}))]);
    let mut fresh = Account::new("Ann", 100);

    fresh.put().send(&db).await?;
    fresh.put().condition(Account::CENTS.gt(1) | Account::CENTS.lt(0)).send(&db).await?;
    account(7).put().overwrite().send(&db).await?;

    let put = |version, asked: Value| {
        let mut body = json!({ "TableName": "accounts", "Item": item(version) });
        if let (Some(body), Value::Object(asked)) = (body.as_object_mut(), asked) {
            body.extend(asked);
        }
        ("PutItem", body)
    };
    wire.assert_sent([
        put(
            1,
            json!({
                "ConditionExpression": "attribute_not_exists(#0)",
                "ExpressionAttributeNames": { "#0": "version" },
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }),
        ),
        put(
            2,
            json!({
                "ConditionExpression": "#0 = :0 AND #1 = :1 AND (#2 > :2 OR #2 < :3)",
                "ExpressionAttributeNames": { "#0": "version", "#1": "opened", "#2": "cents" },
                "ExpressionAttributeValues": {
                    ":0": { "N": "1" }, ":1": { "S": TIME }, ":2": { "N": "1" }, ":3": { "N": "0" },
                },
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }),
        ),
        put(8, json!({})),
    ]);
    Ok(())
}

#[tokio::test]
async fn update_counts_up_by_itself_and_sets_what_it_was_told() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({})), Reply::ok(json!({}))]);

    Account::update(&account(7)).set(Account::CENTS, 1).send(&db).await?;
    Account::update(&account(7)).set(Account::CENTS, 1).expect_version(7).send(&db).await?;

    wire.assert_sent([
        (
            "UpdateItem",
            json!({
                "TableName": "accounts", "Key": key(),
                "UpdateExpression": "SET #0 = :0, #1 = :1 ADD #2 :2",
                "ConditionExpression": "attribute_exists(#3)",
                "ExpressionAttributeNames": { "#0": "cents", "#1": "updated", "#2": "version", "#3": "owner" },
                "ExpressionAttributeValues": { ":0": { "N": "1" }, ":1": { "S": TIME }, ":2": { "N": "1" } },
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }),
        ),
        (
            "UpdateItem",
            json!({
                "TableName": "accounts", "Key": key(),
                "UpdateExpression": "SET #0 = :0, #1 = :1, #2 = :2",
                "ConditionExpression": "attribute_exists(#3) AND #2 = :3",
                "ExpressionAttributeNames": { "#0": "cents", "#1": "updated", "#2": "version", "#3": "owner" },
                "ExpressionAttributeValues": {
                    ":0": { "N": "1" }, ":1": { "S": TIME }, ":2": { "N": "8" }, ":3": { "N": "7" },
                },
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }),
        ),
    ]);
    Ok(())
}

#[tokio::test]
async fn delete_asks_for_the_version_of_an_item_in_hand() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({})), Reply::ok(json!({})), Reply::ok(json!({}))]);

    Account::delete(&account(7)).send(&db).await?;
    Account::delete(&account(0)).send(&db).await?;
    Account::delete(account(7).to_key()).send(&db).await?;

    let delete = json!({ "TableName": "accounts", "Key": key(), "ReturnValues": "ALL_OLD" });
    let with = |asked: Value| {
        let mut body = delete.clone();
        if let (Some(body), Value::Object(asked)) = (body.as_object_mut(), asked) {
            body.extend(asked);
        }
        ("DeleteItem", body)
    };
    wire.assert_sent([
        with(json!({
            "ConditionExpression": "attribute_not_exists(#0) OR #1 = :0 AND #2 = :1",
            "ExpressionAttributeNames": { "#0": "owner", "#1": "version", "#2": "opened" },
            "ExpressionAttributeValues": { ":0": { "N": "7" }, ":1": { "S": TIME } },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        })),
        with(json!({
            "ConditionExpression": "attribute_not_exists(#0)",
            "ExpressionAttributeNames": { "#0": "version" },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        })),
        with(json!({})),
    ]);
    Ok(())
}

#[tokio::test]
async fn save_asks_for_the_version_that_was_read() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({ "Item": item(7) })), Reply::ok(json!({})), Reply::ok(json!({}))]);
    let mut tracked = Account::get(&account(7)).tracked().send(&db).await?.ok_or("an item")?;

    tracked.cents = 1;
    tracked.save().send(&db).await?;
    tracked.cents = 2;
    tracked.save().send(&db).await?;

    let save = |cents: &str, read: &str, written: &str| {
        let body = json!({
            "TableName": "accounts", "Key": key(),
            "UpdateExpression": "SET #0 = :0, #1 = :1",
            "ConditionExpression": "attribute_exists(#2) AND #1 = :2 AND #3 = :3",
            "ExpressionAttributeNames": { "#0": "cents", "#1": "version", "#2": "owner", "#3": "opened" },
            "ExpressionAttributeValues": {
                ":0": { "N": cents }, ":1": { "N": written }, ":2": { "N": read }, ":3": { "S": TIME },
            },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        });
        ("UpdateItem", body)
    };
    let get = ("GetItem", json!({ "TableName": "accounts", "Key": key() }));
    wire.assert_sent([get, save("1", "7", "8"), save("2", "8", "9")]);
    Ok(())
}

#[tokio::test]
async fn a_failed_write_leaves_the_version_as_it_was() -> Result {
    let (_, db, _) = scripted([Reply::internal_server_error(), Reply::internal_server_error()]);
    let mut account = account(7);
    let before = account.clone();

    assert!(account.put().send(&db).await.is_err());
    assert!(db.transact().add(account.create()).send().await.is_err());

    assert_eq!(account, before);
    Ok(())
}
