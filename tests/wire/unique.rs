//! The requests of writes that keep values unique: the guards, what is read first, and what is sent again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use dynorm::{Clock, Db, DynamoModel};
use dynorm_tests::Result;
use dynorm_tests::models::Note;
use dynorm_tests::wire::{Reply, Wire};
use serde_json::{Value, json};
use uuid::Uuid;

use super::scripted;

/// A user with an address that no other user has.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "users")]
struct User {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(unique)]
    email: Option<String>,
    logins: u32,
}

/// The SHA-256 of `m`, the model, `c`, the constraint, `S` and the value, each with its length in eight bytes before it.
const GUARD_OF_A: &str = "dynorm:unique:4cd63d6be00c9350b4847a7e2ab72365b06cd696803e630bec97cad64a5c823c";
const GUARD_OF_B: &str = "dynorm:unique:138f34947bcc9ffdc54cf4738408b53096c02133e564f2c554ae9d292ac53551";

fn user(id: &str, email: &str) -> User {
    User { id: id.into(), email: Some(email.into()), logins: 1 }
}

fn item(id: &str, email: Option<&str>) -> Value {
    let mut item = json!({ "id": { "S": id }, "logins": { "N": "1" } });
    if let Some(email) = email {
        item["email"] = json!({ "S": email });
    }
    item
}

fn key(id: &str) -> Value {
    json!({ "id": { "S": id } })
}

fn read(id: &str) -> (&'static str, Value) {
    ("GetItem", json!({ "TableName": "users", "Key": key(id), "ConsistentRead": true }))
}

/// The guard of a value for the user `id`, who may take it from `from`.
fn take(guard: &str, id: &str, from: &[&str]) -> Value {
    let mut request = json!({
        "TableName": "users",
        "Item": {
            "id": { "S": guard }, "dynorm:owner": { "M": key(id) }, "dynorm:constraint": { "S": "User.email" },
        },
        "ExpressionAttributeNames": { "#0": "id", "#1": "dynorm:owner" },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    let mut condition = "attribute_not_exists(#0)".to_owned();
    for (place, owner) in from.iter().chain([&id]).enumerate() {
        condition += &format!(" OR #1 = :{place}");
        request["ExpressionAttributeValues"][format!(":{place}")] = json!({ "M": key(owner) });
    }
    request["ConditionExpression"] = json!(condition);
    json!({ "Put": request })
}

fn release(guard: &str, id: &str) -> Value {
    json!({ "Delete": {
        "TableName": "users", "Key": key(guard),
        "ConditionExpression": "attribute_not_exists(#0) OR #1 = :0",
        "ExpressionAttributeNames": { "#0": "id", "#1": "dynorm:owner" },
        "ExpressionAttributeValues": { ":0": { "M": key(id) } },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    } })
}

/// A write of the user 1 that wants the address with which the user was read.
fn with_address(mut write: Value, email: &str) -> Value {
    write["TableName"] = json!("users");
    write["ConditionExpression"] = json!("attribute_exists(#0) AND #1 = :0");
    write["ExpressionAttributeNames"] = json!({ "#0": "id", "#1": "email" });
    write["ExpressionAttributeValues"] = json!({ ":0": { "S": email } });
    write["ReturnValuesOnConditionCheckFailure"] = json!("ALL_OLD");
    write
}

/// The operations of the transaction that was sent at this place.
fn operations(wire: &Wire, place: usize) -> Value {
    let sent = wire.sent();
    assert_eq!(sent[place].operation, "TransactWriteItems");
    sent[place].body["TransactItems"].clone()
}

fn done() -> Reply {
    Reply::ok(json!({}))
}

fn found(email: &str) -> Reply {
    Reply::ok(json!({ "Item": item("1", Some(email)) }))
}

fn canceled(reasons: Value) -> Reply {
    Reply::error_with("TransactionCanceledException", json!({ "CancellationReasons": reasons }))
}

#[tokio::test]
async fn create_takes_the_value_with_the_item() -> Result {
    let (wire, db, _) = scripted([done()]);
    user("1", "a@example.com").create().send(&db).await?;
    let create = json!({ "Put": {
        "TableName": "users", "Item": item("1", Some("a@example.com")),
        "ConditionExpression": "attribute_not_exists(#0)", "ExpressionAttributeNames": { "#0": "id" },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    } });
    assert_eq!(operations(&wire, 0), json!([create, take(GUARD_OF_A, "1", &[])]));
    assert_eq!(wire.sent().len(), 1);
    Ok(())
}

#[tokio::test]
async fn put_reads_what_it_replaces() -> Result {
    let (wire, db, _) = scripted([found("a@example.com"), done()]);
    user("1", "b@example.com").put().send(&db).await?;
    let put = with_address(json!({ "Item": item("1", Some("b@example.com")) }), "a@example.com");
    assert_eq!(operations(&wire, 1), json!([{ "Put": put }, release(GUARD_OF_A, "1"), take(GUARD_OF_B, "1", &[])]));
    let sent = wire.sent();
    assert_eq!((sent.len(), &*sent[0].operation, &sent[0].body), (2, read("1").0, &read("1").1));
    Ok(())
}

#[tokio::test]
async fn a_value_that_stays_keeps_its_guard() -> Result {
    let (wire, db, _) = scripted([found("a@example.com"), done()]);
    user("1", "a@example.com").put().send(&db).await?;
    let put = with_address(json!({ "Item": item("1", Some("a@example.com")) }), "a@example.com");
    assert_eq!(operations(&wire, 1), json!([{ "Put": put }]));
    Ok(())
}

#[tokio::test]
async fn delete_by_key_reads_what_it_frees() -> Result {
    let (wire, db, _) = scripted([found("a@example.com"), done()]);
    User::delete(User::key().id("1")).send(&db).await?;
    let delete = with_address(json!({ "Key": key("1") }), "a@example.com");
    assert_eq!(operations(&wire, 1), json!([{ "Delete": delete }, release(GUARD_OF_A, "1")]));
    Ok(())
}

#[tokio::test]
async fn read_first_changes_the_value() -> Result {
    let (wire, db, _) = scripted([found("a@example.com"), done()]);
    User::update(User::key().id("1")).read_first().set(User::EMAIL, "b@example.com").send(&db).await?;
    let update = json!({ "Update": {
        "TableName": "users", "Key": key("1"), "UpdateExpression": "SET #0 = :0",
        "ConditionExpression": "attribute_exists(#1) AND attribute_exists(#1) AND #0 = :1",
        "ExpressionAttributeNames": { "#0": "email", "#1": "id" },
        "ExpressionAttributeValues": { ":0": { "S": "b@example.com" }, ":1": { "S": "a@example.com" } },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    } });
    assert_eq!(operations(&wire, 1), json!([update, release(GUARD_OF_A, "1"), take(GUARD_OF_B, "1", &[])]));
    Ok(())
}

#[tokio::test]
async fn what_changes_no_unique_field_is_one_request() -> Result {
    let (wire, db, _) = scripted([done(), found("a@example.com"), done(), found("a@example.com"), done()]);
    User::update(User::key().id("1")).add(User::LOGINS, 1).send(&db).await?;
    let mut tracked = User::get(User::key().id("1")).tracked().send(&db).await?.ok_or("an item")?;
    tracked.logins = 2;
    tracked.save().send(&db).await?;
    let tracked = User::get(User::key().id("1")).tracked().send(&db).await?.ok_or("an item")?;
    tracked.delete().send(&db).await?;

    let operations: Vec<_> = wire.sent().into_iter().map(|sent| sent.operation).collect();
    assert_eq!(operations, ["UpdateItem", "GetItem", "UpdateItem", "GetItem", "TransactWriteItems"]);
    Ok(())
}

#[tokio::test]
async fn a_save_knows_the_old_value() -> Result {
    let (wire, db, _) = scripted([found("a@example.com"), done()]);
    let mut tracked = User::get(User::key().id("1")).tracked().send(&db).await?.ok_or("an item")?;
    tracked.email = None;
    tracked.save().send(&db).await?;
    let mut update = with_address(json!({ "Key": key("1"), "UpdateExpression": "REMOVE #0" }), "a@example.com");
    update["ConditionExpression"] = json!("attribute_exists(#1) AND #0 = :0");
    update["ExpressionAttributeNames"] = json!({ "#0": "email", "#1": "id" });
    assert_eq!(operations(&wire, 1), json!([{ "Update": update }, release(GUARD_OF_A, "1")]));
    Ok(())
}

#[tokio::test]
async fn a_value_that_one_frees_and_another_takes_is_one_operation() -> Result {
    let (wire, db, _) = scripted([found("a@example.com"), done()]);
    let mut heir = user("2", "a@example.com");
    db.transact().add(heir.create()).add(User::delete(User::key().id("1"))).send().await?;
    let operations = operations(&wire, 1);
    assert_eq!(operations.as_array().map(Vec::len), Some(3));
    assert_eq!(operations[2], take(GUARD_OF_A, "2", &["1"]));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_value_that_changed_in_between_is_read_again() -> Result {
    let failed = json!({ "Code": "ConditionalCheckFailed", "Item": item("1", Some("b@example.com")) });
    let none = json!({ "Code": "None" });
    let (wire, db, _) = scripted([found("a@example.com"), canceled(json!([failed, none])), done()]);
    User::delete(User::key().id("1")).send(&db).await?;
    let delete = with_address(json!({ "Key": key("1") }), "b@example.com");
    assert_eq!(operations(&wire, 2), json!([{ "Delete": delete }, release(GUARD_OF_B, "1")]));
    let sent = wire.sent();
    assert_ne!(sent[1].body["ClientRequestToken"], sent[2].body["ClientRequestToken"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_is_in_one_transaction_with_it_is_sent_again_as_it_was() -> Result {
    let failed = json!({ "Code": "ConditionalCheckFailed", "Item": item("1", Some("b@example.com")) });
    let none = json!({ "Code": "None" });
    let reasons = json!([none, none, failed, none]);
    let (wire, db, _) = scripted([found("a@example.com"), canceled(reasons), done()]);
    let mut written = Note { id: Uuid::from_u64_pair(1, 1), text: "hello".into() };
    let mut created = Note { id: Uuid::from_u64_pair(1, 2), text: "world".into() };

    let transaction = db.transact().add(written.put()).add(created.create());
    transaction.add(User::delete(User::key().id("1"))).send().await?;

    let (first, second) = (operations(&wire, 1), operations(&wire, 2));
    assert_eq!((&first[0], &first[1]), (&second[0], &second[1]));
    assert_eq!(second[0]["Put"]["Item"], json!({ "id": { "S": written.id.to_string() }, "text": { "S": "hello" } }));
    assert_eq!(second[3], release(GUARD_OF_B, "1"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_value_that_changes_again_and_again_ends_in_an_error() -> Result {
    let reply = |place: usize| match place % 2 {
        0 => {
            json!([{ "Code": "ConditionalCheckFailed", "Item": item("1", Some("b@example.com")) }, { "Code": "None" }])
        }
        _ => {
            json!([{ "Code": "ConditionalCheckFailed", "Item": item("1", Some("a@example.com")) }, { "Code": "None" }])
        }
    };
    let script = std::iter::once(found("a@example.com")).chain((0..8).map(|place| canceled(reply(place))));
    let (wire, db, _) = scripted(script);
    let error = User::delete(User::key().id("1")).send(&db).await.expect_err("it never stays");
    assert!(error.is_condition_failed() && !error.is_unique_violation(), "{error}");
    assert_eq!(wire.sent().len(), 9);
    Ok(())
}

#[tokio::test]
async fn a_condition_of_the_caller_is_not_asked_twice() -> Result {
    let failed = json!({ "Code": "ConditionalCheckFailed", "Item": item("1", Some("a@example.com")) });
    let (wire, db, _) = scripted([found("a@example.com"), canceled(json!([failed, { "Code": "None" }]))]);
    let delete = User::delete(User::key().id("1")).condition(User::LOGINS.gt(5));
    let error = delete.send(&db).await.expect_err("one login");
    assert!(error.is_condition_failed(), "{error}");
    assert_eq!(error.current::<User>().transpose()?, Some(user("1", "a@example.com")));
    assert_eq!(wire.sent().len(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_guard_of_somebody_else_is_left_alone() -> Result {
    let guard = json!({ "id": { "S": GUARD_OF_A }, "dynorm:owner": { "M": key("2") } });
    let reasons = json!([{ "Code": "None" }, { "Code": "ConditionalCheckFailed", "Item": guard }]);
    let (wire, db, _) = scripted([found("a@example.com"), canceled(reasons), done()]);
    User::delete(User::key().id("1")).send(&db).await?;
    let delete = with_address(json!({ "Key": key("1") }), "a@example.com");
    assert_eq!(operations(&wire, 2), json!([{ "Delete": delete }]));
    Ok(())
}

#[tokio::test]
async fn a_violation_has_the_owner() -> Result {
    let guard = json!({ "id": { "S": GUARD_OF_A }, "dynorm:owner": { "M": key("2") } });
    let reasons = json!([{ "Code": "None" }, { "Code": "ConditionalCheckFailed", "Item": guard }]);
    let (wire, db, _) = scripted([canceled(reasons)]);
    let error = user("1", "a@example.com").create().send(&db).await.expect_err("it is taken");
    let owners: Vec<_> = error.unique_violations().map(|violation| violation.owner::<User>()).collect();
    assert_eq!(owners, [Some(user("2", "").to_key())]);
    assert_eq!(
        error.to_string(),
        "TransactWriteItems of User in table users: `email` is unique, and another item has the value"
    );
    assert_eq!(wire.sent().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_count_leaves_guards_out_by_a_filter() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({ "Count": 3, "ScannedCount": 6 }))]);
    assert_eq!(User::scan().count(&db).await?, 3);
    let sent = wire.sent();
    assert_eq!(sent[0].body["FilterExpression"], json!("NOT begins_with(#0, :0)"));
    assert_eq!(sent[0].body["ExpressionAttributeValues"], json!({ ":0": { "S": "dynorm:unique:" } }));
    Ok(())
}

#[tokio::test]
async fn guards_of_another_model_are_left_out_of_a_shared_table() -> Result {
    /// It shares the table with users, and has nothing unique.
    #[derive(Debug, PartialEq, DynamoModel)]
    #[dynorm(table = "users")]
    struct Team {
        #[dynorm(partition_key)]
        id: String,
        name: String,
    }
    let guard = json!({ "id": { "S": GUARD_OF_A }, "dynorm:owner": { "M": key("2") } });
    let team = json!({ "id": { "S": "t" }, "name": { "S": "dynorm:unique:team" } });
    let (_, db, _) = scripted([Reply::ok(json!({ "Items": [guard, team, guard], "Count": 3, "ScannedCount": 3 }))]);
    let teams = Team::scan().all(&db).await?;
    assert_eq!(teams, [Team { id: "t".into(), name: "dynorm:unique:team".into() }]);
    Ok(())
}

#[tokio::test]
async fn a_transaction_is_no_request_of_its_own() -> Result {
    let (wire, db, _) = scripted([found("a@example.com")]);
    let mut new = user("1", "b@example.com");
    assert!(new.create().request(&db).is_err_and(|error| error.is_expression()));
    assert!(new.put().request(&db).is_err_and(|error| error.is_expression()));
    assert!(User::delete(&new).request(&db).is_err_and(|error| error.is_expression()));
    assert!(User::update(&new).add(User::LOGINS, 1).request(&db).is_ok());
    let mut tracked = User::get(&new).tracked().send(&db).await?.ok_or("an item")?;
    tracked.email = None;
    assert!(tracked.save().request(&db).is_err_and(|error| error.is_expression()));
    assert_eq!(wire.sent().len(), 1);
    Ok(())
}

/// A clock that counts how often it is read.
#[derive(Debug, Clone, Default)]
struct Readings(Arc<AtomicU64>);

impl Clock for Readings {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_000 + self.0.fetch_add(1, Ordering::SeqCst))
    }
}

#[tokio::test]
async fn a_write_of_a_unique_value_reads_the_clock_once() -> Result {
    let script = (0..3).flat_map(|_| [found("a@example.com"), done()]);
    let wire = Wire::new(script.chain([done()]));
    let clock = Readings::default();
    let db = Db::builder(wire.client()).clock(clock.clone()).build();
    let readings = || clock.0.swap(0, Ordering::SeqCst);

    User::update(User::key().id("1")).read_first().set(User::EMAIL, Some("b@example.com".to_owned())).send(&db).await?;
    assert_eq!(readings(), 1, "update");
    user("1", "b@example.com").put().send(&db).await?;
    assert_eq!(readings(), 1, "put");
    user("1", "b@example.com").upsert().send(&db).await?;
    assert_eq!(readings(), 1, "upsert");
    user("1", "b@example.com").create().send(&db).await?;
    assert_eq!(readings(), 1, "create");
    Ok(())
}

/// A user of whom nothing stays after some time.
#[derive(Debug, DynamoModel)]
#[dynorm(table = "guests")]
struct Guest {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(unique)]
    email: String,
    #[dynorm(ttl)]
    expires: Option<SystemTime>,
}

#[tokio::test]
async fn a_create_that_meets_an_expired_item_is_sent_again_and_frees_its_value() -> Result {
    let expired = json!({ "id": { "S": "1" }, "email": { "S": "a@example.com" }, "expires": { "N": "999" } });
    let reasons = json!([{ "Code": "ConditionalCheckFailed", "Item": expired }, { "Code": "None" }]);
    let (wire, db, _) = scripted([canceled(reasons), done()]);
    let mut guest = Guest { id: "1".into(), email: "b@example.com".into(), expires: None };

    guest.create().send(&db).await?;

    let conditions = |place| {
        let all = operations(&wire, place);
        let of = |operation: &Value| {
            let operation = operation.as_object().and_then(|kinds| kinds.values().next()).cloned();
            operation.map(|operation| operation["ConditionExpression"].clone()).unwrap_or_default()
        };
        all.as_array().map(|all| all.iter().map(of).collect::<Vec<_>>()).unwrap_or_default()
    };
    let takes = "attribute_not_exists(#0) OR #1 = :0 OR #2 < :1";
    assert_eq!(conditions(0), ["attribute_not_exists(#0)", takes]);
    let releases = "attribute_not_exists(#0) OR #1 = :0";
    assert_eq!(conditions(1), ["attribute_exists(#0) AND #1 = :0 AND #2 = :1", releases, takes]);
    assert_eq!(wire.sent().len(), 2);
    Ok(())
}
