//! Models with a `write_id`: the attribute that every write sets, and what it proves after a lost answer.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::config::retry::RetryConfig;
use dynorm::{Db, DynamoModel, Error, Write};
use dynorm_tests::Result;
use dynorm_tests::models::{CountingIds, Parcel};
use dynorm_tests::wire::{Reply, Wire};
use serde_json::{Value, json};

use super::scripted;

fn id(n: u64) -> String {
    format!("00000000-0000-0000-0000-{n:012}")
}

/// An item as it is stored, by the write with this id.
fn item(place: &str, version: u64, write: u64) -> Value {
    json!({
        "sender": { "S": "Ann" }, "number": { "N": "1" }, "place": { "S": place }, "version": { "N": version.to_string() },
        "sk": { "S": "PARCEL#001" }, "_write": { "S": id(write) },
    })
}

fn key() -> Value {
    json!({ "sender": { "S": "Ann" }, "sk": { "S": "PARCEL#001" } })
}

fn empty() -> Reply {
    Reply::ok(json!({}))
}

/// The request of a save that changes the place at version 1.
fn save(write: u64) -> Value {
    json!({
        "TableName": "parcels", "Key": key(),
        "UpdateExpression": "SET #0 = :0, #1 = :1, #2 = :2",
        "ConditionExpression": "attribute_exists(#3) AND #1 = :3",
        "ExpressionAttributeNames": { "#0": "place", "#1": "version", "#2": "_write", "#3": "sender" },
        "ExpressionAttributeValues": {
            ":0": { "S": "Oslo" }, ":1": { "N": "2" }, ":2": { "S": id(write) }, ":3": { "N": "1" },
        },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    })
}

fn create(write: u64) -> Value {
    json!({
        "TableName": "parcels", "Item": item("Rome", 1, write),
        "ConditionExpression": "attribute_not_exists(#0)",
        "ExpressionAttributeNames": { "#0": "sender" },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    })
}

#[tokio::test]
async fn every_write_sets_an_id_of_its_own() -> Result {
    let stored = Reply::ok(json!({ "Item": item("Rome", 1, 77) }));
    let (wire, db, _) = scripted([empty(), empty(), stored, empty()]);
    let mut parcel = Parcel::new("Ann", 1);

    parcel.create().send(&db).await?;
    Parcel::update(&parcel).set(Parcel::PLACE, "Oslo").send(&db).await?;
    let mut tracked = Parcel::get(&parcel).tracked().send(&db).await?.ok_or("stored")?;
    assert!(tracked.labels.is_empty(), "the id is no field");
    assert!(!tracked.is_changed()? && !tracked.save().send(&db).await?, "the id alone is no change");
    tracked.place = "Oslo".into();
    assert!(tracked.save().send(&db).await?);
    assert!(!tracked.is_changed()? && !tracked.save().send(&db).await?);

    let update = json!({
        "TableName": "parcels", "Key": key(),
        "UpdateExpression": "SET #0 = :0, #1 = :1 ADD #2 :2",
        "ConditionExpression": "attribute_exists(#3)",
        "ExpressionAttributeNames": { "#0": "place", "#1": "_write", "#2": "version", "#3": "sender" },
        "ExpressionAttributeValues": {
            ":0": { "S": "Oslo" }, ":1": { "S": id(2) }, ":2": { "N": "1" },
        },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    let get = json!({ "TableName": "parcels", "Key": key() });
    let sent = [("PutItem", create(1)), ("UpdateItem", update), ("GetItem", get), ("UpdateItem", save(3))];
    wire.assert_sent(sent);
    Ok(())
}

#[tokio::test]
async fn what_one_call_writes_has_one_id() -> Result {
    let stored = Reply::ok(json!({ "Item": item("Rome", 1, 77) }));
    let (wire, db, _) = scripted([empty(), empty(), empty(), stored, empty()]);

    let (mut one, two) = (Parcel::new("Ann", 1), Parcel::new("Ann", 2));
    db.transact().add(one.create()).add(Parcel::update(&two).set(Parcel::PLACE, "Oslo")).send().await?;
    db.batch_write().overwrite_all([one.clone(), two]).send().await?;
    Parcel::update(&one).upsert().set(Parcel::PLACE, "Oslo").send(&db).await?;
    let mut tracked = Parcel::get(&one).tracked().send(&db).await?.ok_or("stored")?;
    tracked.number = 3;
    tracked.rekey().send(&db).await?;

    let ids = |n: usize| ids(&wire.sent()[n].body);
    assert_eq!(ids(0), [id(1), id(1)], "a transaction");
    assert_eq!(ids(1), [id(2), id(2)], "a batch");
    assert_eq!(ids(2), [id(3)], "an upsert");
    assert_eq!(ids(4), [id(4)], "the item under its new key");
    Ok(())
}

/// Every text in a request that looks like an id of [`CountingIds`].
fn ids(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            members.iter().filter(|(name, _)| *name != "ClientRequestToken").flat_map(|(_, value)| ids(value)).collect()
        }
        Value::Array(members) => members.iter().flat_map(ids).collect(),
        Value::String(text) if text.starts_with("00000000-0000-") => vec![text.clone()],
        _ => Vec::new(),
    }
}

/// A handle whose first answer is lost, and whose second says that the condition failed for this item.
fn lost(found: Value) -> (Wire, Db) {
    let failed = Reply::error_with("ConditionalCheckFailedException", json!({ "Item": found }));
    let wire = Wire::new([Reply::broken(), failed]);
    let config = wire.config().retry_config(RetryConfig::standard()).build();
    let db = Db::builder(aws_sdk_dynamodb::Client::from_conf(config)).ids(CountingIds::default()).build();
    (wire, db)
}

fn is_unknown(error: &Error) -> bool {
    error.is_outcome_unknown() && !error.is_condition_failed() && error.current_item().is_some()
}

#[tokio::test(start_paused = true)]
async fn the_id_of_this_call_proves_a_create() -> Result {
    let (wire, db) = lost(item("Rome", 1, 1));
    let mut parcel = Parcel::new("Ann", 1);
    parcel.create().send(&db).await?;
    assert_eq!(parcel.version, 1, "it has its stamps");
    wire.assert_sent([("PutItem", create(1)), ("PutItem", create(1))]);

    // The same content by another call.
    let (_, db) = lost(item("Rome", 1, 9));
    let mut parcel = Parcel::new("Ann", 1);
    let error = parcel.create().send(&db).await.expect_err("another call's");
    assert!(is_unknown(&error), "{error}");
    assert_eq!(parcel, Parcel::new("Ann", 1));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_id_of_this_call_proves_a_versioned_put_and_save() -> Result {
    for (write, proven) in [(1, true), (9, false)] {
        let (_, db) = lost(item("Oslo", 2, write));
        let mut parcel = Parcel { place: "Oslo".into(), version: 1, ..Parcel::new("Ann", 1) };
        let put = parcel.put().send(&db).await;
        assert_eq!(put.is_ok(), proven, "{put:?}");
        assert!(put.is_err_and(|error| is_unknown(&error)) != proven);
        assert_eq!(parcel.version, if proven { 2 } else { 1 });

        let (wire, db) = lost(item("Oslo", 2, write));
        let loaded = Reply::ok(json!({ "Item": item("Rome", 1, 77) }));
        let (_, reader, _) = scripted([loaded]);
        let mut tracked = Parcel::get(&parcel).tracked().send(&reader).await?.ok_or("stored")?;
        tracked.place = "Oslo".into();
        let saved = tracked.save().send(&db).await;
        wire.assert_sent([("UpdateItem", save(1)), ("UpdateItem", save(1))]);
        assert_eq!(saved.as_ref().ok(), proven.then_some(&true), "{saved:?}");
        assert!(saved.is_err_and(|error| is_unknown(&error)) != proven);
        assert_eq!((tracked.is_changed()?, tracked.version), if proven { (false, 2) } else { (true, 1) });
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_id_of_this_call_proves_an_update() -> Result {
    let key = || Parcel::key().sender("Ann").number(1);
    for (write, proven) in [(1, true), (9, false)] {
        let update = || Parcel::update(key()).set(Parcel::PLACE, "Oslo").expect_version(1);
        let (wire, db) = lost(item("Oslo", 2, write));
        let sent = update().send(&db).await;
        assert_eq!((sent.is_ok(), wire.sent().len()), (proven, 2), "{sent:?}");
        assert!(sent.is_err_and(|error| is_unknown(&error)) != proven);

        let (_, db) = lost(item("Oslo", 2, write));
        let new = update().return_new().send(&db).await;
        assert_eq!(new.as_ref().ok().map(|parcel| parcel.version), proven.then_some(2), "{new:?}");

        // What there was before is lost, whoever it was.
        let (_, db) = lost(item("Oslo", 2, write));
        let error = update().return_old().send(&db).await.expect_err("the old item is lost");
        assert!(error.is_outcome_unknown() && is_unknown(&error) != proven, "{error}");
        assert_eq!(error.to_string().contains("the write was done"), proven, "{error}");
    }
    Ok(())
}

/// A crate whose writes are counted when they are done.
#[derive(Debug, PartialEq, DynamoModel)]
#[dynorm(table = "crates", write_id, after_write = count)]
struct Crate {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(version)]
    version: u64,
}

static DONE: AtomicU32 = AtomicU32::new(0);

fn count(_: &Write<'_, Crate>) -> std::result::Result<(), std::convert::Infallible> {
    DONE.fetch_add(1, Ordering::SeqCst);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_write_that_is_proven_is_shown_to_the_hook_whatever_it_returns() -> Result {
    for (write, done) in [(1, 1), (9, 0)] {
        let found = json!({ "id": { "S": "a" }, "version": { "N": "2" }, "_write": { "S": id(write) } });
        let update = || Crate::update(Crate::key().id("a")).expect_version(1);
        let counted = || DONE.swap(0, Ordering::SeqCst);
        let handle = || lost(found.clone()).1;

        assert_eq!(update().send(&handle()).await.is_ok(), done == 1);
        assert_eq!(counted(), done, "none");
        assert_eq!(update().return_new().send(&handle()).await.is_ok(), done == 1);
        assert_eq!(counted(), done, "new");
        assert!(update().return_old().send(&handle()).await.is_err_and(|error| error.is_outcome_unknown()));
        assert_eq!(counted(), done, "old");
        assert!(update().return_updated_old().send(&handle()).await.is_err_and(|error| error.is_outcome_unknown()));
        assert_eq!(counted(), done, "updated old");
        assert!(update().return_updated_new().send(&handle()).await.is_err_and(|error| error.is_outcome_unknown()));
        assert_eq!(counted(), done, "updated new");

        let mut item = Crate { id: "a".into(), version: 1 };
        assert!(item.put().return_old().send(&handle()).await.is_err_and(|error| error.is_outcome_unknown()));
        assert_eq!((counted(), item.version), (done, 1 + u64::from(done)), "put");
    }
    Ok(())
}

#[tokio::test]
async fn without_a_lost_answer_a_failed_condition_is_one() -> Result {
    let failed = Reply::error_with("ConditionalCheckFailedException", json!({ "Item": item("Rome", 1, 1) }));
    let (_, db, _) = scripted([failed]);
    let error = Parcel::new("Ann", 1).create().send(&db).await.expect_err("it is there");
    assert!(error.is_already_exists() && !error.is_outcome_unknown(), "{error}");
    assert_eq!(error.current::<Parcel>().transpose()?, Some(Parcel { version: 1, ..Parcel::new("Ann", 1) }));
    Ok(())
}

#[tokio::test]
async fn the_attribute_can_have_another_name() -> Result {
    #[derive(DynamoModel)]
    #[dynorm(table = "tags", write_id = "by")]
    struct Tag {
        #[dynorm(partition_key)]
        name: String,
    }
    let (wire, db, _) = scripted([empty()]);
    Tag { name: "red".into() }.put().send(&db).await?;
    let item = json!({ "name": { "S": "red" }, "by": { "S": id(1) } });
    wire.assert_sent([("PutItem", json!({ "TableName": "tags", "Item": item }))]);
    Ok(())
}
