//! The keys of a BatchGetItem and of a TransactGetItems, which go out as the bytes that dynorm made of them.

use std::fmt;

use aws_sdk_dynamodb::config::interceptors::BeforeSerializationInterceptorContextMut;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemInput;
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsInput;
use aws_sdk_dynamodb::types::AttributeValue;
use dynorm::{Db, DynamoModel};
use dynorm_tests::Result;
use dynorm_tests::models::{Book, Film, Note, Session};
use dynorm_tests::wire::{Reply, Wire};
use serde_json::{Value, json};
use uuid::Uuid;

use super::scripted;

fn id(n: u64) -> Uuid {
    Uuid::from_u64_pair(1, n)
}

fn note(n: u64) -> Value {
    json!({ "id": { "S": id(n).to_string() } })
}

fn book(isbn: &str) -> Value {
    json!({ "publisher": { "S": "Penguin" }, "sk": { "S": format!("1995-{isbn}") } })
}

fn nothing() -> Reply {
    Reply::ok(json!({ "Responses": {}, "UnprocessedKeys": {} }))
}

/// Changes the input of one operation.
#[derive(Debug)]
struct Change<I>(fn(&mut I));

impl<I: fmt::Debug + Send + Sync + 'static> Intercept for Change<I> {
    fn name(&self) -> &'static str {
        "Change"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0(context.input_mut().downcast_mut().ok_or("the input of another operation")?);
        Ok(())
    }
}

fn with(wire: &Wire, interceptor: impl Intercept + 'static) -> Db {
    Db::new(aws_sdk_dynamodb::Client::from_conf(wire.config().interceptor(interceptor).build()))
}

#[tokio::test]
async fn keys_of_several_tables_stay_with_their_tables() -> Result {
    // Later requests fill in what the SDK wrote for the first, whose map of tables may have had another order.
    const CALLS: u64 = 40;
    let (wire, db, _) = scripted((0..CALLS).map(|_| nothing()));

    let mut expected = Vec::new();
    for n in 0..CALLS {
        let isbn = format!("{n}");
        let notes = Note::batch_get([n, n + 1].map(|n| Note::key().id(id(n))));
        let books = Book::batch_get([Book::key().publisher("Penguin").year(1995).isbn(&*isbn)]).consistent();
        let films = Film::batch_get([&Film::new(1962, "cleo", "Cleo")]);
        let sessions = Session::batch_get([Session::key().tenant("acme").number(n as u16)]);
        db.batch_get((notes, books, films, sessions)).send().await?;
        let session = json!({ "tenant": { "S": "acme" }, "sk": { "S": format!("SESSION#{n:04}") } });
        let sent = json!({
            "RequestItems": {
                "notes": { "Keys": [note(n), note(n + 1)] },
                "library": { "Keys": [book(&isbn)], "ConsistentRead": true },
                "films": { "Keys": [{ "studio": { "S": "Rialto" }, "sk": { "S": "FILM#1962#cleo" } }] },
                "sessions": { "Keys": [session] },
            },
            "ReturnConsumedCapacity": "TOTAL",
        });
        expected.push(("BatchGetItem", sent));
    }
    wire.assert_sent(expected);
    Ok(())
}

#[tokio::test]
async fn a_key_that_looks_like_a_mark_is_a_key() -> Result {
    let marks = r#"{"(encoded by dynorm)":{"N":"0"}}{"(keys encoded by dynorm)":{"N":"1"}}\u0000"#;
    let (wire, db, _) = scripted([nothing(), Reply::ok(json!({ "Responses": [{}, {}] }))]);
    let key = |isbn| Book::key().publisher(marks).year(1995).isbn(isbn);

    Book::batch_get([key("1"), key("2")]).send(&db).await?;
    db.transact_get((key("1"), Note::key().id(id(1)))).send().await?;

    let key = |isbn| json!({ "publisher": { "S": marks }, "sk": { "S": format!("1995-{isbn}") } });
    let transaction = [
        json!({ "Get": { "TableName": "library", "Key": key("1") } }),
        json!({ "Get": { "TableName": "notes", "Key": note(1) } }),
    ];
    wire.assert_sent([
        (
            "BatchGetItem",
            json!({
                "RequestItems": { "library": { "Keys": [key("1"), key("2")] } }, "ReturnConsumedCapacity": "TOTAL",
            }),
        ),
        ("TransactGetItems", json!({ "TransactItems": transaction })),
    ]);
    Ok(())
}

#[tokio::test]
async fn transactions_that_differ_in_keys_only_have_their_own_keys() -> Result {
    let (wire, db, _) = scripted((0..3).map(|_| Reply::ok(json!({ "Responses": [{}, {}] }))));

    for n in 0..3 {
        db.transact_get((Note::key().id(id(n)), Note::key().id(id(n + 10)))).send().await?;
    }

    let get = |n| json!({ "Get": { "TableName": "notes", "Key": note(n) } });
    wire.assert_sent((0..3).map(|n| ("TransactGetItems", json!({ "TransactItems": [get(n), get(n + 10)] }))));
    Ok(())
}

#[tokio::test]
async fn an_interceptor_sees_the_keys_of_a_batch_and_can_add_to_them() -> Result {
    let wire = Wire::new([nothing()]);
    let change = Change(|input: &mut BatchGetItemInput| {
        let asked = input.request_items.as_mut().and_then(|tables| tables.get_mut("notes")).expect("the table");
        let keys = asked.keys[0].get("(keys encoded by dynorm)").and_then(|keys| keys.as_b().ok()).expect("the keys");
        let keys: Value = serde_json::from_slice(keys.as_ref()).expect("JSON");
        assert_eq!(keys, json!([note(1), note(2)]));
        asked.keys.push([("id".into(), AttributeValue::S(id(3).to_string()))].into());
        asked.consistent_read = Some(true);
    });

    Note::batch_get([1, 2].map(|n| Note::key().id(id(n)))).send(&with(&wire, change)).await?;

    let asked = json!({ "Keys": [note(1), note(2), note(3)], "ConsistentRead": true });
    wire.assert_sent([(
        "BatchGetItem",
        json!({ "RequestItems": { "notes": asked }, "ReturnConsumedCapacity": "TOTAL" }),
    )]);
    Ok(())
}

#[tokio::test]
async fn an_interceptor_can_replace_a_key_of_a_transaction() -> Result {
    let wire = Wire::new([Reply::ok(json!({ "Responses": [{}] }))]);
    let change = Change(|input: &mut TransactGetItemsInput| {
        let get = input.transact_items.iter_mut().flatten().find_map(|item| item.get.as_mut()).expect("a get");
        let key = get.key.get("(encoded by dynorm)").and_then(|key| key.as_b().ok()).expect("the key");
        assert_eq!(serde_json::from_slice::<Value>(key.as_ref()).expect("JSON"), note(1));
        get.key = [("id".into(), AttributeValue::S(id(2).to_string()))].into();
    });

    with(&wire, change).transact_get((Note::key().id(id(1)),)).send().await?;

    let sent = json!({ "TransactItems": [{ "Get": { "TableName": "notes", "Key": note(2) } }] });
    wire.assert_sent([("TransactGetItems", sent)]);
    Ok(())
}
