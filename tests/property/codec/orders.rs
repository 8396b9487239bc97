//! An order, a model with an attribute of each kind, and how whole calls read one: straight from the bytes, and over the SDK's maps.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, NaiveDate, Utc};
use dynorm::{DynamoAttribute, DynamoModel, Item};
use dynorm_tests::wire::{Reply, Wire};
use fastrand::Rng;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
pub(super) struct Line {
    pub(super) product: String,
    pub(super) count: u32,
    #[dynorm(alias = "hint", alias = "comment")]
    pub(super) note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
pub(super) enum Payment {
    Open,
    Card { last: String },
    Parts(Vec<i64>),
}

/// A model with an attribute of each kind.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "orders", entity = "order", sort_key = "{placed}#{number:06}")]
#[dynorm(index(ById, name = "by-id", partition_key = id))]
pub(super) struct Order {
    #[dynorm(partition_key)]
    pub(super) shop: String,
    pub(super) placed: NaiveDate,
    pub(super) number: u32,
    pub(super) id: Uuid,
    pub(super) lines: Vec<Line>,
    pub(super) payment: Payment,
    pub(super) tags: BTreeSet<String>,
    pub(super) sizes: BTreeSet<i64>,
    pub(super) weights: BTreeMap<String, f64>,
    pub(super) seal: Vec<u8>,
    pub(super) gift: bool,
    #[dynorm(alias = "comment", alias = "annotation")]
    pub(super) remark: Option<String>,
    #[dynorm(default = 1)]
    pub(super) priority: u8,
    pub(super) big: i128,
    #[dynorm(version)]
    pub(super) version: u64,
    #[dynorm(updated)]
    pub(super) updated: DateTime<Utc>,
    #[dynorm(flatten)]
    pub(super) rest: Item,
}

impl Order {
    /// One that is always the same.
    pub(super) fn plain() -> Self {
        Order {
            shop: "corner".into(),
            placed: NaiveDate::default(),
            number: 1,
            id: Uuid::from_u128(7),
            lines: vec![Line { product: "tea".into(), count: 2, note: None }],
            payment: Payment::Card { last: "0042".into() },
            tags: ["a".to_owned()].into(),
            sizes: [-1].into(),
            weights: [("tea".to_owned(), 0.25)].into(),
            seal: vec![1, 2, 255],
            gift: false,
            remark: Some("quick".into()),
            priority: 1,
            big: 10i128.pow(30),
            version: 1,
            updated: DateTime::default(),
            rest: Item::default(),
        }
    }
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
    pub(super) fn order()(
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

pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

/// An item as one path reads it: the model, or what is wrong with it.
pub(super) type Seen = Result<Order, String>;

/// What a query sees in this body over the SDK's maps; `None` if the SDK refuses the body.
pub(super) fn over_maps(body: &[u8]) -> Option<Vec<Seen>> {
    let wire = Wire::new([Reply::bytes(200, body.to_vec())]);
    let query = wire.client().query().table_name("orders").key_condition_expression("#0 = :0");
    let output = block_on(query.send()).ok()?;
    let items = output.items.unwrap_or_default().into_iter();
    let seen = items.map(|item| Order::from_attributes(&item).map_err(|error| reason(&error)));
    Some(seen.collect())
}

/// What a query sees in this body straight from its bytes; `None` if the call fails.
pub(super) fn direct(body: &[u8]) -> Option<Vec<Seen>> {
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
                Err(error) if error.decode().is_some_and(|error| !error.is_malformed() || !error.path().is_empty()) => {
                    seen.push(Err(reason(&error)))
                }
                Err(_) => return None,
            }
        }
    })
}

/// What is wrong with an item, without the call in which it was found. What is no attribute value is none in a map either, but there its type was lost.
pub(super) fn reason(error: &dynorm::Error) -> String {
    match error.decode() {
        Some(error) if error.is_malformed() => format!("{} is no attribute value", error.path()),
        Some(error) => error.to_string(),
        None => error.to_string(),
    }
}

pub(super) fn page(items: &[Value]) -> Value {
    json!({ "Count": items.len(), "ScannedCount": items.len(), "Items": items })
}

/// An order as it is stored: what a put of it sends.
pub(super) fn stored(order: &Order) -> Value {
    let wire = Wire::new([Reply::ok(json!({}))]);
    let mut order = order.clone();
    block_on(order.put().overwrite().send(&wire.db())).expect("it can be stored");
    wire.sent()[0].body["Item"].take()
}

/// The JSON of a value in one of the many forms that it can have: members in any order, white space anywhere, characters as escapes, and in
/// attribute values what the SDK passes over.
pub(super) fn render(value: &Value, seed: u64) -> Vec<u8> {
    let mut out = String::new();
    render_value(value, &mut Rng::with_seed(seed), &mut out);
    out.into_bytes()
}

/// Base64 has no escapes, because the SDK would not know them there.
fn render_value(value: &Value, rng: &mut Rng, out: &mut String) {
    space(rng, out);
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            rng.shuffle(&mut members);
            out.push('{');
            for (position, (name, value)) in members.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                render_text(name, rng, out);
                space(rng, out);
                out.push(':');
                if ["B", "BS"].contains(&name.as_str()) {
                    out.push_str(&value.to_string());
                } else {
                    render_value(value, rng, out);
                }
            }
            // In attribute values the SDK leaves out what is null, and what is called `__type`. A map's entry of such a name is an object.
            let is_value = matches!(&members[..], [(name, value)] if ["S", "N", "B", "BOOL"].contains(&name.as_str()) && !value.is_object());
            if is_value && rng.u8(..8) == 0 {
                out.push_str([r#","NS":null"#, r#", "__type" : "x""#][rng.usize(..2)]);
            }
            space(rng, out);
            out.push('}');
        }
        Value::Array(elements) => {
            out.push('[');
            for (position, element) in elements.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                render_value(element, rng, out);
            }
            space(rng, out);
            out.push(']');
        }
        Value::String(text) => render_text(text, rng, out),
        other => out.push_str(&other.to_string()),
    }
    space(rng, out);
}

fn render_text(text: &str, rng: &mut Rng, out: &mut String) {
    let escapes = rng.u8(..4) == 0;
    space(rng, out);
    out.push('"');
    for char in text.chars() {
        if escapes && rng.bool() {
            for unit in char.encode_utf16(&mut [0; 2]) {
                out.push_str(&if rng.bool() { format!("\\u{unit:04x}") } else { format!("\\u{unit:04X}") });
            }
        } else {
            let quoted = Value::from(char.to_string()).to_string();
            out.push_str(&quoted[1..quoted.len() - 1]);
        }
    }
    out.push('"');
}

fn space(rng: &mut Rng, out: &mut String) {
    if rng.u8(..16) == 0 {
        out.push_str([" ", "\n", "\r\n", "\t", "  \n "][rng.usize(..5)]);
    }
}
