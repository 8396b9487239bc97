//! Items that go out as the bytes that dynorm made of them: what a user's interceptor sees and may change, and what is sent again.

use std::fmt;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::interceptors::{
    BeforeSerializationInterceptorContextMut, BeforeTransmitInterceptorContextRef,
};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::batch_write_item::BatchWriteItemInput;
use aws_sdk_dynamodb::operation::put_item::PutItemInput;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, DeleteRequest, Put, ReturnConsumedCapacity, TransactWriteItem, WriteRequest,
};
use dynorm::{Db, DynamoModel};
use dynorm_tests::Result;
use dynorm_tests::models::{Book, Note, db};
use dynorm_tests::wire::{Reply, Wire};
use serde_json::{Value, json};
use uuid::Uuid;

/// What looks like marks in a request, as a value that is long enough to be encoded in an expression, too.
fn marks() -> String {
    let marks = [
        r#"{"(encoded by dynorm)":{"N":"0"}}"#,
        r#"{"PutRequest":{"Item":{"(operations encoded by dynorm)":{"N":"0"}}}}"#,
        r#"{"Put":{"Item":{"(operations encoded by dynorm)":{"N":"0"}},"TableName":"notes"}}"#,
    ];
    marks.concat().repeat(10)
}

fn note(text: &str) -> Note {
    Note { id: Uuid::from_u64_pair(1, 1), text: text.into() }
}

fn item(text: &str) -> Value {
    json!({ "id": { "S": Uuid::from_u64_pair(1, 1).to_string() }, "text": { "S": text } })
}

fn with(wire: &Wire, interceptor: impl Intercept + 'static) -> Db {
    let config = wire.config().retry_config(RetryConfig::standard()).interceptor(interceptor);
    db(aws_sdk_dynamodb::Client::from_conf(config.build()), "").0
}

/// Keeps the whole of each attempt's request.
#[derive(Debug, Default, Clone)]
struct Attempts(Arc<Mutex<Vec<(Vec<u8>, Option<String>)>>>);

impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "Attempts"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let length = request.headers().get("content-length").map(str::to_owned);
        let body = request.body().bytes().unwrap_or_default().to_vec();
        self.0.lock().expect("no test panics while it holds this").push((body, length));
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn each_attempt_sends_the_same_bytes_with_their_length() -> Result {
    let wire = Wire::new([Reply::internal_server_error(), Reply::ok(json!({}))]);
    let attempts = Attempts::default();
    let db = with(&wire, attempts.clone());

    Book::new("Penguin", 1995, "9780140000001").create().send(&db).await?;

    let attempts = attempts.0.lock().expect("no test panics while it holds this").clone();
    assert_eq!(attempts.len(), 2);
    assert_eq!(attempts[0].0, attempts[1].0);
    for (body, length) in &attempts {
        assert_eq!(length.as_deref(), Some(&*body.len().to_string()));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn each_resend_of_a_transaction_has_the_same_bytes() -> Result {
    let conflict = json!({ "CancellationReasons": [{ "Code": "TransactionConflict" }, { "Code": "None" }] });
    let conflict = || Reply::error_with("TransactionCanceledException", conflict.clone());
    // The SDK sends again what was not answered, and dynorm what met another transaction.
    let wire = Wire::new([Reply::internal_server_error(), conflict(), conflict(), Reply::ok(json!({}))]);
    let attempts = Attempts::default();
    let db = with(&wire, attempts.clone());
    let mut book = Book::new("Penguin", 1995, "9780140000001");
    let update = Note::update(Note::key().id(Uuid::nil())).set(Note::TEXT, "new").condition(Note::TEXT.ne("old"));

    db.transact().add(book.create()).add(update).send().await?;

    let attempts = attempts.0.lock().expect("no test panics while it holds this").clone();
    assert_eq!(attempts.len(), 4);
    for (body, length) in &attempts {
        assert_eq!(body, &attempts[0].0);
        assert_eq!(length.as_deref(), Some(&*body.len().to_string()));
    }
    let sent: Value = serde_json::from_slice(&attempts[0].0)?;
    assert_eq!(sent["TransactItems"].as_array().map(Vec::len), Some(2), "{sent}");
    assert!(sent["ClientRequestToken"].is_string(), "{sent}");
    Ok(())
}

#[tokio::test]
async fn text_that_looks_like_a_mark_is_text() -> Result {
    let (wire, db, _) = super::scripted((0..4).map(|_| Reply::ok(json!({}))));
    let marks = &*marks();
    let mut marked = note(marks);

    marked.put().condition(Note::TEXT.ne(marks)).send(&db).await?;
    Note::update(Note::key().id(marked.id)).set(Note::TEXT, marks).send(&db).await?;
    db.batch_write().put(marked.clone()).send().await?;
    db.transact().add(marked.put().condition(Note::TEXT.ne(marks))).token("t").send().await?;

    let names = json!({ "#0": "text" });
    let values = json!({ ":0": { "S": marks } });
    wire.assert_sent([
        (
            "PutItem",
            json!({
                "TableName": "notes", "Item": item(marks), "ConditionExpression": "#0 <> :0",
                "ExpressionAttributeNames": names, "ExpressionAttributeValues": values,
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }),
        ),
        (
            "UpdateItem",
            json!({
                "TableName": "notes", "Key": { "id": item("")["id"] },
                "UpdateExpression": "SET #0 = :0", "ConditionExpression": "attribute_exists(#1)",
                "ExpressionAttributeNames": { "#0": "text", "#1": "id" }, "ExpressionAttributeValues": values,
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }),
        ),
        (
            "BatchWriteItem",
            json!({
                "RequestItems": { "notes": [{ "PutRequest": { "Item": item(marks) } }] },
                "ReturnConsumedCapacity": "TOTAL",
            }),
        ),
        (
            "TransactWriteItems",
            json!({
                "ClientRequestToken": "t",
                "TransactItems": [{ "Put": {
                    "TableName": "notes", "Item": item(marks), "ConditionExpression": "#0 <> :0",
                    "ExpressionAttributeNames": names, "ExpressionAttributeValues": values,
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                } }],
            }),
        ),
    ]);
    Ok(())
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

#[tokio::test]
async fn an_interceptor_can_add_to_the_input() -> Result {
    let wire = Wire::new([Reply::ok(json!({}))]);
    let change = Change(|input: &mut PutItemInput| {
        input.return_consumed_capacity = Some(ReturnConsumedCapacity::Indexes);
    });

    note("hello").put().send(&with(&wire, change)).await?;

    let sent = json!({
        "TableName": "notes", "Item": item("hello"), "ReturnConsumedCapacity": "INDEXES",
    });
    wire.assert_sent([("PutItem", sent)]);
    Ok(())
}

#[tokio::test]
async fn an_interceptor_can_read_and_replace_the_item() -> Result {
    let wire = Wire::new([Reply::ok(json!({}))]);
    let change = Change(|input: &mut PutItemInput| {
        let encoded = input.item.as_ref().and_then(|item| item.get("(encoded by dynorm)")?.as_b().ok());
        let mut item = dynorm::codec::item_from_json(encoded.expect("the item's JSON").as_ref()).expect("an item");
        item.insert("tenant".into(), AttributeValue::S("a".into()));
        input.item = Some(item);
    });

    note("hello").put().send(&with(&wire, change)).await?;

    let mut with_tenant = item("hello");
    with_tenant["tenant"] = json!({ "S": "a" });
    wire.assert_sent([("PutItem", json!({ "TableName": "notes", "Item": with_tenant }))]);
    Ok(())
}

#[tokio::test]
async fn requests_that_differ_in_values_only_have_their_own_values() -> Result {
    let (wire, db, _) = super::scripted((0..4).map(|_| Reply::ok(json!({}))));
    let update = |text: &str| Note::update(Note::key().id(note("").id)).set(Note::TEXT, text);

    note("one").put().send(&db).await?;
    note("two").put().send(&db).await?;
    update("three").send(&db).await?;
    update(&marks()).send(&db).await?;

    let put = |text| ("PutItem", json!({ "TableName": "notes", "Item": item(text) }));
    let update = |text: &str| {
        let sent = json!({
            "TableName": "notes", "Key": { "id": item("")["id"] },
            "UpdateExpression": "SET #0 = :0", "ConditionExpression": "attribute_exists(#1)",
            "ExpressionAttributeNames": { "#0": "text", "#1": "id" },
            "ExpressionAttributeValues": { ":0": { "S": text } },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        });
        ("UpdateItem", sent)
    };
    wire.assert_sent([put("one"), put("two"), update("three"), update(&marks())]);
    Ok(())
}

#[tokio::test]
async fn an_interceptor_can_change_one_of_several_requests_of_a_kind() -> Result {
    let wire = Wire::new((0..3).map(|_| Reply::ok(json!({}))));
    let change = Change(|input: &mut PutItemInput| {
        let encoded = input.item.as_ref().and_then(|item| item.get("(encoded by dynorm)")?.as_b().ok());
        if String::from_utf8_lossy(encoded.expect("the item's JSON").as_ref()).contains("two") {
            input.return_consumed_capacity = Some(ReturnConsumedCapacity::Indexes);
        }
    });
    let db = with(&wire, change);

    for text in ["one", "two", "three"] {
        note(text).put().send(&db).await?;
    }

    let plain = |text| ("PutItem", json!({ "TableName": "notes", "Item": item(text) }));
    let two = json!({ "TableName": "notes", "Item": item("two"), "ReturnConsumedCapacity": "INDEXES" });
    wire.assert_sent([plain("one"), ("PutItem", two), plain("three")]);
    Ok(())
}

#[tokio::test]
async fn requests_of_very_many_kinds_are_each_what_they_should_be() -> Result {
    const KINDS: usize = 50;
    let (wire, db, _) = super::scripted((0..2 * KINDS).map(|_| Reply::ok(json!({}))));

    let mut expected = Vec::new();
    for text in ["one", "two"] {
        for kind in 1..=KINDS {
            let condition = (1..kind).fold(Note::TEXT.ne(text), |all, _| all & Note::TEXT.ne(text));
            note(text).put().condition(condition).send(&db).await?;
            let terms: Vec<_> = (0..kind).map(|term| format!("#0 <> :{term}")).collect();
            let values: serde_json::Map<_, _> =
                (0..kind).map(|term| (format!(":{term}"), json!({ "S": text }))).collect();
            let sent = json!({
                "TableName": "notes", "Item": item(text), "ConditionExpression": terms.join(" AND "),
                "ExpressionAttributeNames": { "#0": "text" }, "ExpressionAttributeValues": values,
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            });
            expected.push(("PutItem", sent));
        }
    }
    wire.assert_sent(expected);
    Ok(())
}

/// The JSON of the operations that a put of the input stands for.
fn operations(item: &std::collections::HashMap<String, AttributeValue>) -> Value {
    let encoded = item.get("(operations encoded by dynorm)").and_then(|json| json.as_b().ok()).expect("the JSON");
    serde_json::from_slice(encoded.as_ref()).expect("JSON")
}

fn key(id: u64) -> (String, AttributeValue) {
    ("id".into(), AttributeValue::S(Uuid::from_u64_pair(id, id).to_string()))
}

#[tokio::test]
async fn an_interceptor_sees_the_operations_of_a_batch_and_can_add_to_them() -> Result {
    let wire = Wire::new([Reply::ok(json!({}))]);
    let change = Change(|input: &mut BatchWriteItemInput| {
        let requests = input.request_items.as_mut().and_then(|tables| tables.get_mut("notes")).expect("the table");
        let put = requests.first().and_then(WriteRequest::put_request).expect("a put");
        let deleted = json!({ "DeleteRequest": { "Key": { "id": item("")["id"] } } });
        assert_eq!(operations(put.item()), json!([{ "PutRequest": { "Item": other() } }, deleted]));
        let delete = DeleteRequest::builder().set_key(Some([key(3)].into())).build().expect("a delete");
        requests.push(WriteRequest::builder().delete_request(delete).build());
    });
    fn other() -> Value {
        json!({ "id": { "S": Uuid::from_u64_pair(2, 2).to_string() }, "text": { "S": "two" } })
    }

    let two = Note { id: Uuid::from_u64_pair(2, 2), text: "two".into() };
    with(&wire, change).batch_write().put(two).delete(Note::key().id(Uuid::from_u64_pair(1, 1))).send().await?;

    let sent = json!({
        "RequestItems": { "notes": [
            { "PutRequest": { "Item": other() } },
            { "DeleteRequest": { "Key": { "id": item("")["id"] } } },
            { "DeleteRequest": { "Key": { "id": { "S": Uuid::from_u64_pair(3, 3).to_string() } } } },
        ] },
        "ReturnConsumedCapacity": "TOTAL",
    });
    wire.assert_sent([("BatchWriteItem", sent)]);
    Ok(())
}

#[tokio::test]
async fn an_interceptor_sees_the_operations_of_a_transaction_and_can_add_to_them() -> Result {
    let wire = Wire::new([Reply::ok(json!({}))]);
    let change = Change(|input: &mut TransactWriteItemsInput| {
        let items = input.transact_items.as_mut().expect("items");
        let tables: Vec<_> = items.iter().filter_map(TransactWriteItem::put).map(Put::table_name).collect();
        assert_eq!(tables, ["notes", "library", "notes"]);
        let first = items.first().and_then(TransactWriteItem::put).expect("a put");
        assert_eq!(operations(first.item()).as_array().map(Vec::len), Some(2));
        let delete = Delete::builder().table_name("notes").set_key(Some([key(9)].into())).build().expect("a delete");
        items.insert(1, TransactWriteItem::builder().delete(delete).build());
    });
    let note = |id| Note::delete(Note::key().id(Uuid::from_u64_pair(id, id)));
    let book = Book::key().publisher("Penguin").year(1995).isbn("9780140000001");

    let db = with(&wire, change);
    let transaction = db.transact().add(note(1)).add(note(2)).add(Book::delete(book)).add(note(3));
    transaction.token("t").send().await?;

    let deleted = |id| json!({ "Delete": { "TableName": "notes", "Key": { "id": { "S": Uuid::from_u64_pair(id, id).to_string() } } } });
    let book = json!({ "publisher": { "S": "Penguin" }, "sk": { "S": "1995-9780140000001" } });
    let book = json!({ "Delete": { "TableName": "library", "Key": book } });
    let items = [deleted(1), deleted(2), deleted(9), book, deleted(3)];
    wire.assert_sent([("TransactWriteItems", json!({ "ClientRequestToken": "t", "TransactItems": items }))]);
    Ok(())
}

#[tokio::test]
async fn what_an_interceptor_asks_of_encoded_operations_is_not_lost() {
    let wire = Wire::new([]);
    let change = Change(|input: &mut TransactWriteItemsInput| {
        let put = input.transact_items.iter_mut().flatten().find_map(|item| item.put.as_mut()).expect("a put");
        put.condition_expression = Some("attribute_exists(id)".into());
    });

    let error = with(&wire, change).transact().add(note("hello").put()).send().await.expect_err("it does not fit");

    assert!(!error.is_outcome_unknown(), "{error}");
    wire.assert_sent([]);
}
