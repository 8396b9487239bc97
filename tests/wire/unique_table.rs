//! The requests of a model whose guards have a table of their own.

use aws_sdk_dynamodb::types::StreamViewType;
use chrono::{DateTime, Utc};
use dynorm::{Db, DynamoModel};
use dynorm_tests::Result;
use dynorm_tests::models::at;
use dynorm_tests::wire::{Reply, Wire};
use serde_json::{Value, json};

use super::scripted;

/// A member by number, with an address that no other member has.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "members", unique_table = "members-unique")]
struct Member {
    #[dynorm(partition_key)]
    number: u64,
    #[dynorm(unique)]
    email: String,
    #[dynorm(ttl)]
    until: Option<DateTime<Utc>>,
}

/// The SHA-256 of `m`, the model, `c`, the constraint, `S` and the value, each with its length in eight bytes before it.
const GUARD_OF_A: &str = "dynorm:unique:3b1762c55ea98c548271d9aa04abb51b8a1251b807e9279456298cd0b69f63db";

fn member() -> Member {
    Member { number: 1, email: "a@example.com".into(), until: Some(at(1_500)) }
}

#[tokio::test]
async fn create_takes_the_value_in_the_table_of_guards() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({}))]);
    member().create().send(&db).await?;
    let create = json!({ "Put": {
        "TableName": "members",
        "Item": { "number": { "N": "1" }, "email": { "S": "a@example.com" }, "until": { "N": "1500" } },
        "ConditionExpression": "attribute_not_exists(#0)",
        "ExpressionAttributeNames": { "#0": "number" },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    } });
    let take = json!({ "Put": {
        "TableName": "members-unique",
        "Item": {
            "pk": { "S": GUARD_OF_A }, "dynorm:owner": { "M": { "number": { "N": "1" } } },
            "dynorm:constraint": { "S": "Member.email" }, "dynorm:expires": { "N": "1500" },
        },
        "ConditionExpression": "attribute_not_exists(#0) OR #1 = :0 OR #2 < :1",
        "ExpressionAttributeNames": { "#0": "pk", "#1": "dynorm:owner", "#2": "dynorm:expires" },
        "ExpressionAttributeValues": { ":0": { "M": { "number": { "N": "1" } } }, ":1": { "N": "1000" } },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    } });
    let sent = wire.sent();
    assert_eq!((sent.len(), &*sent[0].operation), (1, "TransactWriteItems"));
    assert_eq!(sent[0].body["TransactItems"], json!([create, take]));
    Ok(())
}

#[tokio::test]
async fn prefix_and_name_are_those_of_the_handle() -> Result {
    let wire = Wire::new((0..3).map(|_| Reply::ok(json!({}))));
    let builder = || Db::builder(wire.client()).table_prefix("test-");
    let names = async |db: Db| -> Result<Vec<Value>> {
        member().create().send(&db).await?;
        let sent = wire.sent().pop().ok_or("a request")?;
        let items = sent.body["TransactItems"].as_array().ok_or("operations")?;
        Ok(items.iter().map(|item| item["Put"]["TableName"].clone()).collect())
    };
    assert_eq!(names(builder().build()).await?, ["test-members", "test-members-unique"]);
    assert_eq!(names(builder().table::<Member>("m").build()).await?, ["m", "test-members-unique"]);
    assert_eq!(names(builder().unique_table::<Member>("u").build()).await?, ["test-members", "u"]);
    Ok(())
}

#[tokio::test]
async fn delete_frees_the_value_in_the_table_of_guards() -> Result {
    let item = json!({ "number": { "N": "1" }, "email": { "S": "a@example.com" } });
    let (wire, db, _) = scripted([Reply::ok(json!({ "Item": item })), Reply::ok(json!({}))]);
    Member::delete(&member()).send(&db).await?;
    let sent = wire.sent();
    assert_eq!(sent[0].operation, "GetItem");
    assert_eq!(
        sent[1].body["TransactItems"][1],
        json!({ "Delete": {
            "TableName": "members-unique", "Key": { "pk": { "S": GUARD_OF_A } },
            "ConditionExpression": "attribute_not_exists(#0) OR #1 = :0",
            "ExpressionAttributeNames": { "#0": "pk", "#1": "dynorm:owner" },
            "ExpressionAttributeValues": { ":0": { "M": { "number": { "N": "1" } } } },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        } })
    );
    Ok(())
}

#[tokio::test]
async fn a_count_has_no_guards_to_leave_out() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({ "Count": 3, "ScannedCount": 3 }))]);
    assert_eq!(Member::scan().count_with_expired(&db).await?, 3);
    let sent = wire.sent();
    assert_eq!((sent.len(), &*sent[0].operation), (1, "Scan"));
    assert_eq!(sent[0].body.get("FilterExpression"), None);
    Ok(())
}

fn described(name: &str, key: &str, kind: &str) -> Reply {
    Reply::ok(json!({ "Table": {
        "TableName": name, "TableStatus": "ACTIVE",
        "KeySchema": [{ "AttributeName": key, "KeyType": "HASH" }],
        "AttributeDefinitions": [{ "AttributeName": key, "AttributeType": kind }],
    } }))
}

#[tokio::test]
async fn both_tables_are_created() -> Result {
    let (wire, db, _) = scripted([
        Reply::ok(json!({})),
        described("members", "number", "N"),
        Reply::ok(json!({})),
        Reply::ok(json!({})),
        described("members-unique", "pk", "S"),
        Reply::ok(json!({})),
    ]);
    let create = Member::create_table().stream(StreamViewType::KeysOnly).tag("team", "club");
    assert!(create.send(&db).await?);

    let sent = wire.sent();
    let operations: Vec<_> = sent.iter().map(|sent| &*sent.operation).collect();
    let each = ["CreateTable", "DescribeTable", "UpdateTimeToLive"];
    assert_eq!(operations, [each, each].concat());
    assert_eq!(sent[0].body["StreamSpecification"]["StreamEnabled"], json!(true));
    assert_eq!(
        sent[3].body,
        json!({
            "TableName": "members-unique", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
            "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
            "Tags": [{ "Key": "team", "Value": "club" }],
        })
    );
    assert_eq!(
        sent[5].body,
        json!({
            "TableName": "members-unique",
            "TimeToLiveSpecification": { "Enabled": true, "AttributeName": "dynorm:expires" },
        })
    );
    Ok(())
}

#[tokio::test]
async fn in_words_the_table_of_guards_has_its_name() -> Result {
    let (wire, db, _) = scripted([]);
    assert_eq!(
        member().create().explain(&db)?.requests,
        "one, with the guards of its unique values in table members-unique"
    );
    let update = Member::update(Member::key().number(1)).read_first().set(Member::EMAIL, "b@example.com");
    let explain = update.explain(&db)?;
    assert_eq!((explain.operation, &*explain.table), ("TransactWriteItems", "members"));
    assert!(explain.requests.ends_with("then one with their guards in table members-unique"), "{}", explain.requests);
    assert!(wire.sent().is_empty());
    Ok(())
}
