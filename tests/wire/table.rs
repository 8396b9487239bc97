//! The requests of `create_table`, and how it waits.

use aws_sdk_dynamodb::types::StreamViewType;
use dynorm::DynamoModel;
use dynorm_tests::Result;
use dynorm_tests::models::{Book, Note};
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

/// The CreateTable of a book, with what is the same however it is billed.
fn create_library(rest: Value) -> Value {
    let mut body = json!({
        "TableName": "library",
        "AttributeDefinitions": [
            { "AttributeName": "author", "AttributeType": "S" },
            { "AttributeName": "published", "AttributeType": "S" },
            { "AttributeName": "publisher", "AttributeType": "S" },
            { "AttributeName": "sk", "AttributeType": "S" },
        ],
        "KeySchema": [
            { "AttributeName": "publisher", "KeyType": "HASH" },
            { "AttributeName": "sk", "KeyType": "RANGE" },
        ],
        "GlobalSecondaryIndexes": [{
            "IndexName": "by-author",
            "KeySchema": [
                { "AttributeName": "author", "KeyType": "HASH" },
                { "AttributeName": "published", "KeyType": "RANGE" },
            ],
            "Projection": { "ProjectionType": "ALL" },
        }],
    });
    for (name, value) in rest.as_object().into_iter().flatten() {
        if name == "OnDemandThroughput" || name == "ProvisionedThroughput" {
            body["GlobalSecondaryIndexes"][0][name] = value.clone();
        }
        body[name] = value.clone();
    }
    body
}

#[tokio::test]
async fn billing_stream_tags_and_protection_are_part_of_it() -> Result {
    let (wire, db, _) = scripted((0..3).map(|_| Reply::error("LimitExceededException")));

    let plain = Book::create_table();
    let limited = Book::create_table()
        .on_demand_limits(400, 200)
        .stream(StreamViewType::NewAndOldImages)
        .tag("team", "library")
        .tag("stage", "test")
        .deletion_protection();
    let provisioned = Book::create_table().on_demand_limits(1, 1).provisioned(5, 3);
    for table in [plain, limited, provisioned] {
        table.send(&db).await.expect_err("the script says so");
    }

    wire.assert_sent([
        ("CreateTable", create_library(json!({ "BillingMode": "PAY_PER_REQUEST" }))),
        (
            "CreateTable",
            create_library(json!({
                "BillingMode": "PAY_PER_REQUEST",
                "OnDemandThroughput": { "MaxReadRequestUnits": 400, "MaxWriteRequestUnits": 200 },
                "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" },
                "Tags": [{ "Key": "team", "Value": "library" }, { "Key": "stage", "Value": "test" }],
                "DeletionProtectionEnabled": true,
            })),
        ),
        (
            "CreateTable",
            create_library(json!({
                "BillingMode": "PROVISIONED",
                "ProvisionedThroughput": { "ReadCapacityUnits": 5, "WriteCapacityUnits": 3 },
            })),
        ),
    ]);
    Ok(())
}

#[tokio::test]
async fn the_request_can_be_changed_and_sent_with_the_sdk() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({}))]);

    let request = Book::create_table().request(&db)?;
    assert_eq!(request.get_table_name().as_deref(), Some("library"));
    request.table_name("library-2").send().await?;

    let mut body = create_library(json!({ "BillingMode": "PAY_PER_REQUEST" }));
    body["TableName"] = json!("library-2");
    wire.assert_sent([("CreateTable", body)]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn recovery_is_turned_on_when_the_table_is_active() -> Result {
    let early = Reply::error("ContinuousBackupsUnavailableException");
    let (wire, db, _) = scripted([Reply::ok(json!({})), described("ACTIVE"), early, Reply::ok(json!({}))]);

    assert!(Note::create_table().point_in_time_recovery().send(&db).await?);

    let sent = wire.sent();
    let backups = "UpdateContinuousBackups";
    assert_eq!(operations(&sent), ["CreateTable", "DescribeTable", backups, backups]);
    assert_eq!(
        sent.last().map(|sent| sent.body.clone()),
        Some(json!({
            "TableName": "notes",
            "PointInTimeRecoverySpecification": { "PointInTimeRecoveryEnabled": true },
        }))
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_wait_for_backups_has_an_end() -> Result {
    let unavailable = (0..99).map(|_| Reply::error("ContinuousBackupsUnavailableException"));
    let (_, db, _) = scripted([Reply::ok(json!({})), described("ACTIVE")].into_iter().chain(unavailable));

    let error = Note::create_table().point_in_time_recovery().send(&db).await.expect_err("there are no backups");

    assert!(error.is_table_not_ready(), "{error}");
    Ok(())
}
