//! Keys and indexes in the schema, and the builders' shapes.

use chrono::NaiveDate;
use dynorm::key::{FullKey, KeyValue, QueryKey};
use dynorm::schema::{Format, KeyKind, Projection, Segment};
use dynorm::{DynamoModel, Index, Key, begins_with};

#[derive(Debug, Clone, DynamoModel)]
#[dynorm(table = "orders", entity = "order")]
#[dynorm(partition_key(name = "PK", template = "CUSTOMER#{customer}"), sort_key = "ORDER#{placed}#{rev number:06}")]
#[dynorm(index(ByStatus, partition_key = "STATUS#{status}", sort_key = "{placed}", project(keys_only)))]
#[dynorm(index(
    ByPlace,
    name = "by.place",
    partition_key(country, city),
    sort_key(street, number),
    project(include(total))
))]
#[dynorm(index(ByTotal, local, sort_key = total))]
struct Order {
    customer: String,
    placed: NaiveDate,
    number: u32,
    status: Option<String>,
    country: Option<String>,
    city: String,
    street: Option<String>,
    total: u64,
}

fn order() -> Order {
    Order {
        customer: "c1".into(),
        placed: NaiveDate::default(),
        number: 12,
        status: None,
        country: None,
        city: "Rome".into(),
        street: None,
        total: 5,
    }
}

#[test]
fn both_keys_can_be_templates() {
    let key: Key<Order> = Order::key().customer("c1").placed(NaiveDate::default()).number(12).into_key();
    let values = key.values().expect("the parts fit").to_vec();
    let text = |text: &str| KeyValue::S(text.into());
    assert_eq!(values, [("PK", text("CUSTOMER#c1")), ("sk", text("ORDER#1970-01-01#999987"))]);
    assert_eq!(order().to_key(), key);
}

#[test]
fn a_key_can_stop_early_or_end_with_a_range() {
    let key = |key: &dyn Fn() -> dynorm::private::KeyBuf| key().into_condition().expect("the parts fit");
    let partition = key(&|| Order::key().customer("c1").into_key_buf());
    assert_eq!((partition.equal.len(), partition.complete), (1, false));
    let range = key(&|| Order::key().customer("c1").placed(NaiveDate::default()..).into_key_buf());
    assert!(range.range.is_some());
    let street = key(&|| Order::by_place().country("IT").city("Rome").street(begins_with("Via")).into_key_buf());
    assert_eq!((street.equal.len(), street.range.is_some()), (2, true));
}

#[test]
fn the_schema_has_every_index() {
    let [status, place, total] = Order::SCHEMA.indexes else { panic!("three indexes") };
    assert_eq!((status.name, status.projection, status.local), ("by_status", Projection::KeysOnly, false));
    assert_eq!(status.key.partition[0].name, "by_status_pk");
    assert_eq!(status.key.sort[0].name, "by_status_sk");
    assert_eq!((place.name, place.projection), ("by.place", Projection::Include(&["total"])));
    let names = |attributes: &[dynorm::schema::KeyAttribute]| attributes.iter().map(|key| key.name).collect::<Vec<_>>();
    assert_eq!(names(place.key.partition), ["country", "city"]);
    assert_eq!(names(place.key.sort), ["street", "number"]);
    assert_eq!(place.key.sort[1].kind, KeyKind::N);
    assert!(total.local);
    assert_eq!(total.key.partition[0].name, "PK");
    assert_eq!(ByTotal::SCHEMA.name, "by_total");
    assert_eq!(Order::SCHEMA.entity, Some(("entity", "order")));
}

#[test]
fn a_part_says_how_it_is_written() {
    let Segment::Part(part) = Order::SCHEMA.key.sort[0].segments[3] else { panic!("the number is the fourth segment") };
    assert_eq!((part.field, part.format, part.descending), ("number", Format::Padded(6), true));
}

#[derive(Debug, DynamoModel)]
#[dynorm(table = "settings", sort_key = "PROFILE")]
struct Profile {
    #[dynorm(partition_key)]
    user: String,
}

#[test]
fn a_constant_sort_key_has_no_parts() {
    let key = Profile::key().user("u").into_key();
    assert_eq!(key, Profile { user: "u".into() }.to_key());
    let values = key.values().expect("the parts fit").to_vec();
    assert_eq!(values, [("user", KeyValue::S("u".into())), ("sk", KeyValue::S("PROFILE".into()))]);
}

#[derive(Debug, DynamoModel)]
#[dynorm(table = "readings", lenient_keys)]
struct Reading {
    #[dynorm(partition_key)]
    sensor: u64,
    #[dynorm(sort_key, rename = "at")]
    time: i64,
}

#[test]
fn numbers_are_keys_of_their_own() {
    let key = Reading::key().sensor(1).time(-5);
    let values = key.into_key().values().expect("the parts fit").to_vec();
    assert_eq!(values, [("sensor", KeyValue::N("1".into())), ("at", KeyValue::N("-5".into()))]);
    assert!(Reading::SCHEMA.lenient_keys);
    assert!(!Profile::SCHEMA.lenient_keys);
}
