//! Writes: whatever a model holds, what is sent is JSON to the SDK, which reads the same model from it, or it is refused before it is sent.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Days, NaiveDate};
use dynorm::{Db, DynamoModel, Item};
use dynorm_fuzz::{Canned, Line, Order, Payment, block_on};
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;

static CANNED: LazyLock<Canned> = LazyLock::new(Canned::default);
static CLIENT: LazyLock<Client> = LazyLock::new(|| Client::from_conf(CANNED.config().build()));
static DB: LazyLock<Db> = LazyLock::new(|| Db::new(CLIENT.clone()));

#[derive(Debug, Arbitrary)]
struct Parts {
    key: (String, u16, u32, u128),
    lines: Vec<(String, u32, Option<String>)>,
    payment: Result<String, Vec<i64>>,
    tags: Vec<String>,
    sizes: Vec<i64>,
    weights: Vec<(String, f64)>,
    seal: Vec<u8>,
    gift: bool,
    remark: Option<String>,
    big: i128,
    rest: Vec<(String, Value)>,
}

#[derive(Debug, Arbitrary)]
enum Value {
    S(String),
    N(i64, i8),
    B(Vec<u8>),
    Null,
    L(Vec<Value>),
    M(Vec<(String, Value)>),
    Ss(Vec<String>),
}

impl From<Value> for AttributeValue {
    fn from(value: Value) -> Self {
        match value {
            Value::S(text) => AttributeValue::S(text),
            Value::N(digits, exponent) => AttributeValue::N(format!("{digits}E{exponent}")),
            Value::B(bytes) => AttributeValue::B(bytes.into()),
            Value::Null => AttributeValue::Null(true),
            Value::L(list) => AttributeValue::L(list.into_iter().map(Into::into).collect()),
            Value::M(map) => AttributeValue::M(map.into_iter().map(|(name, value)| (name, value.into())).collect()),
            Value::Ss(set) => AttributeValue::Ss(set),
        }
    }
}

impl Parts {
    fn order(self) -> Order {
        let (shop, day, number, id) = self.key;
        let line = |(product, count, note)| Line { product, count, note };
        Order {
            shop,
            placed: NaiveDate::default() + Days::new(day.into()),
            number,
            id: Uuid::from_u128(id),
            lines: self.lines.into_iter().map(line).collect(),
            payment: match self.payment {
                Ok(last) => Payment::Card { last },
                Err(parts) if parts.is_empty() => Payment::Open,
                Err(parts) => Payment::Parts(parts),
            },
            tags: self.tags.into_iter().collect(),
            sizes: self.sizes.into_iter().collect(),
            weights: self.weights.into_iter().collect(),
            seal: self.seal,
            gift: self.gift,
            remark: self.remark,
            priority: 1,
            big: self.big,
            updated: DateTime::default(),
            rest: self.rest.into_iter().map(|(name, value)| (name, value.into())).collect::<Item>(),
        }
    }
}

fuzz_target!(|parts: Parts| {
    let mut order = parts.order();
    CANNED.answer(b"{}");
    // What the run before has sent is not of this one.
    CANNED.request();
    if let Err(error) = block_on(order.put().send(&DB)) {
        // What cannot be stored is refused before it is sent.
        assert!(error.is_encode() || error.is_key(), "{error}");
        assert!(CANNED.request().is_empty());
        return;
    }
    let sent = String::from_utf8(CANNED.request()).expect("it is text");

    // The item as the SDK reads it in an answer.
    let (_, item) = sent.split_once("\"Item\":").expect("a put has an item");
    let answer = format!("{{\"Item\":{item}");
    CANNED.answer(answer.as_bytes());
    let get = CLIENT.get_item().table_name("orders").key("shop", AttributeValue::S("x".into()));
    let map = block_on(get.send()).expect("it is JSON").item.expect("an item");
    let read = Order::from_attributes(&map).expect("what was sent can be read");
    // Numbers and sets of the rest come in DynamoDB's own form.
    let plain = |order: &Order| Order { rest: Item::default(), ..order.clone() };
    assert_eq!(plain(&read), plain(&order));
    assert_eq!(read.rest.len(), order.rest.len());
    // And what the direct path reads from the same answer.
    let got = block_on(Order::get(&order).send(&DB)).expect("it is JSON");
    assert_eq!(got, Some(read));
    // What the request is said to be is what is sent.
    let request = order.clone().put().request(&DB).expect("it was sent before");
    let mut shown = request.get_item().clone().expect("a put has an item");
    let mut map = map;
    assert_eq!(shown.remove("updated").is_some(), map.remove("updated").is_some());
    assert_eq!(shown, map);
});
