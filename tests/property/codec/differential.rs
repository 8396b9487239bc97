//! The direct path beside the path over the SDK's maps: whole calls with the same answers give the same models and the same errors, and
//! whole calls with the same models send the same items.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, NaiveDate, Utc};
use dynorm::{DynamoAttribute, DynamoModel, Item, auto};
use dynorm_tests::models::{Book, isbn};
use dynorm_tests::wire::{Reply, Wire};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use uuid::Uuid;

use super::values::item_json;

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
struct Line {
    product: String,
    count: u32,
    note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
enum Payment {
    Open,
    Card { last: String },
    Parts(Vec<i64>),
}

/// A model with an attribute of each kind.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "orders", entity = "order", sort_key = "{placed}#{number:06}")]
struct Order {
    #[dynorm(partition_key)]
    shop: String,
    placed: NaiveDate,
    number: u32,
    id: Uuid,
    lines: Vec<Line>,
    payment: Payment,
    tags: BTreeSet<String>,
    sizes: BTreeSet<i64>,
    weights: BTreeMap<String, f64>,
    seal: Vec<u8>,
    gift: bool,
    #[dynorm(alias = "comment")]
    remark: Option<String>,
    #[dynorm(default = 1)]
    priority: u8,
    big: i128,
    #[dynorm(version)]
    version: u64,
    #[dynorm(updated)]
    updated: DateTime<Utc>,
    #[dynorm(flatten)]
    rest: Item,
}

prop_compose! {
    fn line()(product in ".{0,8}", count in any::<u32>(), note in proptest::option::of("\\PC{0,4}")) -> Line {
        Line { product, count, note }
    }
}

fn payment() -> impl Strategy<Value = Payment> {
    prop_oneof![
        Just(Payment::Open),
        "[0-9]{4}".prop_map(|last| Payment::Card { last }),
        vec(any::<i64>(), 0..4).prop_map(Payment::Parts),
    ]
}

prop_compose! {
    fn order()(
        shop in "[a-z]{1,6}", day in 0..30_000u64, number in 0..1_000_000u32, id in any::<u128>(), lines in vec(line(), 0..3), payment in payment(),
        tags in btree_set(".{1,5}", 0..3), sizes in btree_set(any::<i64>(), 0..3), weights in btree_map("\\PC{0,5}", -1e9..1e9f64, 0..3),
        seal in vec(any::<u8>(), 0..20)
    )(
        remark in proptest::option::of(".{0,9}"), gift in any::<bool>(), priority in any::<u8>(), big in -(10i128.pow(30))..10i128.pow(30), version in 1..u64::MAX,
        seconds in 0..4_000_000_000i64, more in proptest::option::of("[a-z]{1,5}"),
        (shop, day, number, id, lines, payment, tags, sizes, weights, seal) in
            Just((shop, day, number, id, lines, payment, tags, sizes, weights, seal))
    ) -> Order {
        let rest = more.map(|more| ("unknown".to_owned(), AttributeValue::S(more)));
        Order {
            shop, number, lines, payment, tags, sizes, weights, seal, remark, gift, priority, big, version,
            placed: NaiveDate::default() + chrono::Days::new(day),
            id: Uuid::from_u128(id),
            updated: DateTime::from_timestamp(seconds, 0).expect("a time"),
            rest: Item::from(rest.into_iter().collect::<std::collections::HashMap<_, _>>()),
        }
    }
}

/// What becomes of a stored attribute.
#[derive(Debug, Clone)]
enum Damage {
    None,
    Remove(Index),
    Replace(Index, Value),
    Rename(Index, &'static str),
}

fn damage() -> impl Strategy<Value = Damage> {
    let other = select(vec![
        json!({ "NULL": true }),
        json!({ "S": "other" }),
        json!({ "N": "1E+2" }),
        json!({ "N": "-0.50" }),
        json!({ "N": "123456789012345678901234567890.12345678" }),
        json!({ "BOOL": false }),
        json!({ "B": "AAEC" }),
        json!({ "SS": ["a", "b"] }),
        json!({ "NS": ["1", "1.0"] }),
        json!({ "L": [] }),
        json!({ "L": [{ "S": "x" }, { "NULL": true }] }),
        json!({ "M": {} }),
        json!({ "M": { "product": { "S": "p" }, "count": { "N": "99999999999" } } }),
    ]);
    prop_oneof![
        2 => Just(Damage::None),
        1 => any::<Index>().prop_map(Damage::Remove),
        3 => (any::<Index>(), other).prop_map(|(at, other)| Damage::Replace(at, other)),
        1 => (any::<Index>(), select(vec!["comment", "unknown", "Shop", ""])).prop_map(|(at, name)| Damage::Rename(at, name)),
    ]
}

fn damaged(item: &Value, damage: &Damage) -> Value {
    let mut item = item.clone();
    let members = item.as_object_mut().expect("an item");
    let name = |at: &Index| members.keys().nth(at.index(members.len())).expect("an attribute").clone();
    match damage {
        Damage::None => {}
        Damage::Remove(at) => {
            let name = name(at);
            members.remove(&name);
        }
        Damage::Replace(at, other) => {
            let name = name(at);
            members.insert(name, other.clone());
        }
        Damage::Rename(at, other) => {
            let name = name(at);
            // Beside the attribute's own name, its older one may be read or not, as the two come.
            if *other != "comment" || name == "remark" || !members.contains_key("remark") {
                let value = members.remove(&name).expect("it is there");
                members.insert((*other).to_owned(), value);
            }
        }
    }
    item
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

/// An item as one path reads it: the model, or what is wrong with it.
type Seen = Result<Order, String>;

/// What a query sees in this body over the SDK's maps; `None` if the SDK refuses the body.
fn over_maps(body: &[u8]) -> Option<Vec<Seen>> {
    let wire = Wire::new([Reply::bytes(200, body.to_vec())]);
    let query = wire.client().query().table_name("orders").key_condition_expression("#0 = :0");
    let output = block_on(query.send()).ok()?;
    let items = output.items.unwrap_or_default().into_iter();
    let seen = items.map(|item| Order::from_attributes(&item).map_err(|error| reason(&error)));
    Some(seen.collect())
}

/// What a query sees in this body straight from its bytes; `None` if the call fails.
fn direct(body: &[u8]) -> Option<Vec<Seen>> {
    let wire = Wire::new([Reply::bytes(200, body.to_vec())]);
    let db = wire.db();
    block_on(async {
        let mut orders = Order::query(Order::key().shop("x")).max_pages(1).stream(&db);
        let mut seen = Vec::new();
        loop {
            match orders.try_next().await {
                Ok(Some(order)) => seen.push(Ok(order)),
                Ok(None) => return Some(seen),
                // The item's own error has its key or at least its model's path; one of the call has neither.
                Err(error) if error.decode().is_some_and(|error| !error.is_malformed()) => {
                    seen.push(Err(reason(&error)))
                }
                Err(_) => return None,
            }
        }
    })
}

/// What is wrong with an item, without the call in which it was found.
fn reason(error: &dynorm::Error) -> String {
    error.decode().map_or_else(|| error.to_string(), ToString::to_string)
}

fn page(items: &[Value]) -> Value {
    json!({ "Count": items.len(), "ScannedCount": items.len(), "Items": items })
}

/// An order as it is stored: what a put of it sends.
fn stored(order: &Order) -> Value {
    let wire = Wire::new([Reply::ok(json!({}))]);
    let mut order = order.clone();
    block_on(order.put().overwrite().send(&wire.db())).expect("it can be stored");
    wire.sent()[0].body["Item"].take()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_page_is_the_same_on_both_paths(
        orders in vec((order(), damage()), 0..4), pretty: bool,
    ) {
        let items: Vec<_> = orders.iter().map(|(order, damage)| damaged(&stored(order), damage)).collect();
        let page = page(&items);
        let body = if pretty { serde_json::to_vec_pretty(&page) } else { serde_json::to_vec(&page) }.unwrap();
        let over_maps = over_maps(&body);
        prop_assert!(over_maps.as_ref().is_some_and(|seen| seen.len() == items.len()));
        prop_assert_eq!(direct(&body), over_maps, "{}", String::from_utf8_lossy(&body));
    }

    #[test]
    fn a_damaged_body_is_the_same_on_both_paths(
        order in order(), at: Index, byte in prop_oneof![any::<u8>(), select(&br#"{}[]:,"\\SNBLM0 -e."#[..])],
    ) {
        let mut body = serde_json::to_vec(&page(&[stored(&order)])).unwrap();
        let at = at.index(body.len());
        body[at] = byte;
        // dynorm may be stricter about JSON than the SDK, and blame one item where the SDK refuses the body, but neither reads what the other does not.
        match (direct(&body), over_maps(&body)) {
            (None, _) => {}
            (Some(seen), None) => prop_assert!(seen.iter().any(Result::is_err), "{}", String::from_utf8_lossy(&body)),
            (seen, over_maps) => prop_assert_eq!(seen, over_maps, "{}", String::from_utf8_lossy(&body)),
        }
    }

    #[test]
    fn an_item_is_sent_as_the_sdk_sends_it(order in order()) {
        let sent = stored(&order);
        let read = Order::from_json(sent.to_string().as_bytes()).expect("it can be read");
        prop_assert_eq!(&Order { updated: read.updated, version: read.version, ..order }, &read);

        let item = dynorm::codec::item_from_json(sent.to_string().as_bytes()).unwrap();
        let wire = Wire::new([Reply::ok(json!({}))]);
        block_on(wire.client().put_item().table_name("orders").set_item(Some(item.clone())).send()).unwrap();
        prop_assert_eq!(&wire.sent()[0].body["Item"], &sent);
        prop_assert_eq!(item_json(&item), sent);
    }
}

#[test]
fn every_write_sends_what_the_sdk_would_send() {
    let mut books: Vec<_> =
        (0..3).map(|n| Book { created: auto(), ..Book::new("Penguin \"Books\"", 1995, &isbn(n)) }).collect();
    let wire = Wire::new([Reply::ok(json!({})), Reply::ok(json!({})), Reply::ok(json!({ "UnprocessedItems": {} }))]);
    let db = wire.db();
    block_on(async {
        books[0].put().condition(Book::TITLE.ne("x\u{1F600}")).send(&db).await?;
        let transaction = db.transact().add_all(books.iter_mut().map(|book| book.create()));
        transaction
            .add(Book::update(Book::key().publisher("a").year(1).isbn("b")).set(Book::TITLE, "t"))
            .send()
            .await?;
        db.batch_write().put_all(books.clone()).send().await
    })
    .expect("the answers say yes");

    // The SDK's own serializer, given what its parser makes of what was sent, sends the same.
    let sent = wire.sent();
    let again = Wire::new([Reply::ok(json!({}))]);
    let item = dynorm::codec::item_from_json(sent[0].body["Item"].to_string().as_bytes()).unwrap();
    let values =
        dynorm::codec::item_from_json(sent[0].body["ExpressionAttributeValues"].to_string().as_bytes()).unwrap();
    let names = serde_json::from_value(sent[0].body["ExpressionAttributeNames"].clone()).unwrap();
    let put = again
        .client()
        .put_item()
        .table_name("library")
        .set_item(Some(item))
        .set_expression_attribute_names(Some(names));
    let put = put
        .set_expression_attribute_values(Some(values))
        .condition_expression(sent[0].body["ConditionExpression"].as_str().unwrap());
    let put = put
        .return_values_on_condition_check_failure(aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld);
    block_on(put.send()).unwrap();
    let (mut ours, theirs) = (sent[0].body.clone(), again.sent()[0].body.clone());
    ours.as_object_mut().unwrap().retain(|name, _| name != "ReturnValues");
    assert_eq!(ours, theirs);
    for (request, items) in [(&sent[1], 3), (&sent[2], 3)] {
        let length: usize = request.header("content-length").and_then(|length| length.parse().ok()).unwrap();
        assert!(length > 0 && request.body.to_string().matches("Penguin").count() == items, "{}", request.operation);
    }
}
