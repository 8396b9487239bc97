//! The requests of the `upsert` of a model in hand.

use aws_sdk_dynamodb::config::retry::RetryConfig;
use dynorm::{Db, DynamoModel};
use dynorm_tests::Result;
use dynorm_tests::models::{Account, Book, CountingIds, Parcel, Session, at};
use dynorm_tests::wire::{Reply, Wire};
use serde_json::{Value, json};

use super::scripted;

const TIME: &str = "1970-01-01T00:16:40.000000000Z";

fn empty() -> Reply {
    Reply::ok(json!({}))
}

fn book() -> Book {
    Book { pages: None, ..Book::new("Penguin", 1995, "9780140000001") }
}

fn upsert(condition: bool) -> Value {
    let mut request = json!({
        "TableName": "library", "Key": { "publisher": { "S": "Penguin" }, "sk": { "S": "1995-9780140000001" } },
        "UpdateExpression": "SET #0 = if_not_exists(#0, :0), #1 = :1, #2 = :2, #3 = :3, #4 = :4, #5 = :5, #6 = :6 REMOVE #7",
        "ExpressionAttributeNames": {
            "#0": "created", "#1": "year", "#2": "isbn", "#3": "title", "#4": "author", "#5": "published", "#6": "updated", "#7": "pages",
        },
        "ExpressionAttributeValues": {
            ":0": { "S": TIME }, ":1": { "N": "1995" }, ":2": { "S": "9780140000001" }, ":3": { "S": "Title of 9780140000001" },
            ":4": { "S": "Jane Austen" }, ":5": { "S": "1995-05-01" }, ":6": { "S": TIME },
        },
        "ReturnValues": "ALL_NEW",
    });
    if condition {
        request["ConditionExpression"] = json!("#3 = :7");
        request["ExpressionAttributeValues"][":7"] = json!({ "S": "Emma" });
        request["ReturnValuesOnConditionCheckFailure"] = json!("ALL_OLD");
    }
    request
}

#[tokio::test]
async fn it_sets_every_field_and_asks_when_the_item_was_created() -> Result {
    let created =
        Reply::ok(json!({ "Attributes": { "created": { "S": "1970-01-01T00:00:07Z" }, "title": { "S": "x" } } }));
    let (wire, db, _) = scripted([created, empty()]);

    let mut known = book();
    known.upsert().send(&db).await?;
    assert_eq!((known.created, known.updated, &*known.title), (at(7), at(1_000), "Title of 9780140000001"));
    book().upsert().condition(Book::TITLE.eq("Emma")).send(&db).await?;

    wire.assert_sent([("UpdateItem", upsert(false)), ("UpdateItem", upsert(true))]);
    Ok(())
}

/// A model that keeps nothing of an item that is there.
mod page {
    use dynorm::{DynamoAttribute, DynamoModel};

    #[derive(Debug, DynamoModel)]
    #[dynorm(table = "pages", entity = "page")]
    pub(super) struct Page {
        #[dynorm(partition_key)]
        pub(super) id: String,
        #[dynorm(alias = "body", alias = "content")]
        pub(super) text: String,
        #[dynorm(flatten)]
        pub(super) print: Print,
    }

    #[derive(Debug, DynamoAttribute)]
    pub(super) struct Print {
        #[dynorm(alias = "colour")]
        pub(super) color: Option<String>,
    }
}

#[tokio::test]
async fn older_names_go_and_nothing_is_returned_that_nobody_needs() -> Result {
    let (wire, db, _) = scripted([empty()]);
    page::Page { id: "a".into(), text: "hello".into(), print: page::Print { color: None } }.upsert().send(&db).await?;
    let request = json!({
        "TableName": "pages", "Key": { "id": { "S": "a" } },
        "UpdateExpression": "SET #0 = :0, #1 = :1 REMOVE #2, #3, #4, #5",
        "ExpressionAttributeNames": {
            "#0": "text", "#1": "entity", "#2": "body", "#3": "color", "#4": "colour", "#5": "content",
        },
        "ExpressionAttributeValues": { ":0": { "S": "hello" }, ":1": { "S": "page" } },
    });
    wire.assert_sent([("UpdateItem", request)]);
    Ok(())
}

fn account(version: u64) -> Value {
    json!({
        "owner": { "S": "Ann" }, "sk": { "S": "ACCOUNT#001" }, "number": { "N": "1" }, "cents": { "N": "5" },
        "opened": { "S": TIME }, "updated": { "S": TIME }, "version": { "N": version.to_string() },
    })
}

#[tokio::test]
async fn a_version_is_part_of_the_condition() -> Result {
    let (wire, db, _) =
        scripted([Reply::ok(json!({ "Attributes": account(1) })), Reply::ok(json!({ "Attributes": account(2) }))]);
    let mut account = Account::new("Ann", 5);
    account.upsert().send(&db).await?;
    account.upsert().send(&db).await?;
    assert_eq!(account.version, 2);

    let conditions: Vec<_> = wire.sent().iter().map(|sent| sent.body["ConditionExpression"].clone()).collect();
    assert_eq!(conditions, ["attribute_not_exists(#4)", "#4 = :5 AND #0 = :6"]);
    assert_eq!(wire.sent()[0].body["ExpressionAttributeNames"]["#4"], "version");
    Ok(())
}

fn id(n: u64) -> String {
    format!("00000000-0000-0000-0000-{n:012}")
}

fn parcel(write: u64) -> Value {
    json!({
        "sender": { "S": "Ann" }, "number": { "N": "1" }, "place": { "S": "Rome" }, "version": { "N": "1" },
        "sk": { "S": "PARCEL#001" }, "_write": { "S": id(write) },
    })
}

/// A handle whose first answer is lost, and whose second says that the condition failed for this item.
fn lost(found: &Value) -> (Wire, Db) {
    let failed = Reply::error_with("ConditionalCheckFailedException", json!({ "Item": found }));
    let wire = Wire::new([Reply::broken(), failed]);
    let config = wire.config().retry_config(RetryConfig::standard()).build();
    let db = Db::builder(aws_sdk_dynamodb::Client::from_conf(config)).ids(CountingIds::default()).build();
    (wire, db)
}

#[tokio::test(start_paused = true)]
async fn the_id_of_this_call_proves_it() -> Result {
    for (write, proven) in [(1, true), (9, false)] {
        let (wire, db) = lost(&parcel(write));
        let mut own = Parcel::new("Ann", 1);
        let sent = own.upsert().send(&db).await;
        assert_eq!((sent.is_ok(), wire.sent().len(), own.version), (proven, 2, u64::from(proven)), "{sent:?}");
        assert!(sent.is_err_and(|error| error.is_outcome_unknown()) != proven);

        let (_, db) = lost(&parcel(write));
        let new = Parcel::new("Ann", 1).upsert().return_new().send(&db).await;
        assert_eq!(new.ok().map(|parcel| parcel.version), proven.then_some(1));
        // What there was before is lost, whoever it was; but what is stored now is known.
        let (_, db) = lost(&parcel(write));
        let mut own = Parcel::new("Ann", 1);
        let error = own.upsert().return_old().send(&db).await.expect_err("the old item is lost");
        assert!(error.is_outcome_unknown() && own.version == u64::from(proven), "{error}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn it_is_sent_again_and_its_old_item_is_lost_then() -> Result {
    let attributes = Reply::ok(json!({ "Attributes": { "created": { "S": "1970-01-01T00:00:07Z" } } }));
    let wire = Wire::new([Reply::broken(), attributes.clone(), Reply::broken(), attributes]);
    let config = wire.config().retry_config(RetryConfig::standard()).build();
    let db = Db::builder(aws_sdk_dynamodb::Client::from_conf(config)).build();
    let mut book = book();
    book.upsert().send(&db).await?;
    assert_eq!(book.created, at(7));
    let error = book.upsert().return_old().send(&db).await.expect_err("it can be the new one");
    assert!(error.is_outcome_unknown(), "{error}");
    assert_eq!(wire.sent().len(), 4);
    Ok(())
}

fn session(expires: &str) -> Value {
    json!({
        "tenant": { "S": "acme" }, "sk": { "S": "SESSION#0001" }, "number": { "N": "1" }, "device": { "S": "phone" },
        "user": { "S": "ann" }, "expires": { "N": expires },
    })
}

#[tokio::test]
async fn an_expired_item_is_read_and_replaced() -> Result {
    let old = session("999");
    let failed = Reply::error_with("ConditionalCheckFailedException", json!({ "Item": old }));
    let (wire, db, _) = scripted([failed, Reply::ok(json!({ "Item": old })), empty()]);
    let mut session_in_hand = Session::new(1);

    session_in_hand.upsert().send(&db).await?;

    assert_eq!(session_in_hand.expires, at(4_600));
    let sent = wire.sent();
    let key = json!({ "tenant": { "S": "acme" }, "sk": { "S": "SESSION#0001" } });
    let update = json!({
        "TableName": "sessions", "Key": key,
        "UpdateExpression": "SET #0 = :0, #1 = :1, #2 = :2, #3 = :3 REMOVE #4",
        "ConditionExpression": "NOT (#3 < :4)",
        "ExpressionAttributeNames": { "#0": "number", "#1": "device", "#2": "user", "#3": "expires", "#4": "uses" },
        "ExpressionAttributeValues": {
            ":0": { "N": "1" }, ":1": { "S": "phone" }, ":2": { "S": "ann" }, ":3": { "N": "4600" }, ":4": { "N": "1000" },
        },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    let put = json!([{ "Put": {
        "TableName": "sessions", "Item": session("4600"),
        "ConditionExpression": "attribute_not_exists(#0) OR #1 < :0",
        "ExpressionAttributeNames": { "#0": "tenant", "#1": "expires" },
        "ExpressionAttributeValues": { ":0": { "N": "1000" } },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    } }]);
    let read = json!({ "TableName": "sessions", "Key": key, "ConsistentRead": true });
    assert_eq!(
        sent.iter().map(|sent| &*sent.operation).collect::<Vec<_>>(),
        ["UpdateItem", "GetItem", "TransactWriteItems"]
    );
    assert_eq!((&sent[0].body, &sent[1].body, &sent[2].body["TransactItems"]), (&update, &read, &put));
    Ok(())
}

#[tokio::test]
async fn who_stored_an_item_meanwhile_is_not_overwritten() -> Result {
    let failed = Reply::error_with("ConditionalCheckFailedException", json!({ "Item": session("999") }));
    let gone = Reply::ok(json!({ "Item": session("999") }));
    let reasons = json!([{ "Code": "ConditionalCheckFailed", "Item": session("9000") }]);
    let canceled = Reply::error_with("TransactionCanceledException", json!({ "CancellationReasons": reasons }));
    let (wire, db, _) = scripted([failed, gone, canceled, empty()]);

    Session::new(1).upsert().send(&db).await?;

    let sent = wire.sent();
    assert!(sent[2].body["TransactItems"][0].get("Put").is_some(), "{}", sent[2].body);
    assert!(sent[3].body["TransactItems"][0].get("Update").is_some(), "{}", sent[3].body);
    Ok(())
}

#[tokio::test]
async fn it_can_be_looked_at() -> Result {
    let (wire, db, _) = scripted([]);
    let request = book().upsert().request(&db)?;
    assert_eq!(request.get_update_expression().as_deref(), upsert(false)["UpdateExpression"].as_str());
    let explain = Session::new(1).upsert().explain(&db)?;
    assert_eq!(explain.operation, "UpdateItem");
    assert_eq!(explain.update.as_deref(), Some("SET number = ?, device = ?, user = ?, expires = ? REMOVE uses"));
    assert_eq!(explain.condition.as_deref(), Some("NOT (expires < ?)"));
    assert!(wire.sent().is_empty());
    Ok(())
}
