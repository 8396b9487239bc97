//! The attributes of fields, on nested structs: there the stored form can be seen without a table.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use dynorm::DynamoAttribute;
use dynorm::codec::to_json;

use crate::support::{json, read};

#[derive(Debug, Default, PartialEq, DynamoAttribute)]
#[dynorm(rename_all = "camelCase")]
struct Address {
    street_name: String,
    #[dynorm(rename = "zip")]
    postal_code: String,
    #[dynorm(alias = "town", alias = "place")]
    city: String,
    #[dynorm(default = 1)]
    floor: u8,
    #[dynorm(default = "DE")]
    country: String,
    #[dynorm(default)]
    notes: Vec<String>,
    #[dynorm(skip)]
    cached: Option<u64>,
}

#[test]
fn names_follow_the_rule_unless_given() {
    let address = Address { street_name: "High St".into(), cached: Some(1), ..Address::default() };
    let expected = concat!(
        r#"{"M":{"streetName":{"S":"High St"},"zip":{"S":""},"city":{"S":""},"floor":{"N":"0"},"#,
        r#""country":{"S":""},"notes":{"L":[]}}}"#
    );
    assert_eq!(json(&address), expected);
    assert_eq!(read::<Address>(expected).expect("it is what was written"), Address { cached: None, ..address });
}

#[test]
fn an_alias_is_read_and_the_name_wins() {
    let of = |city: &str| {
        let text = format!(r#"{{"M":{{"streetName":{{"S":"a"}},"zip":{{"S":"b"}},{city}}}}}"#);
        read::<Address>(&text).map(|address| address.city)
    };
    assert_eq!(of(r#""town":{"S":"old"}"#).expect("an alias"), "old");
    assert_eq!(of(r#""place":{"S":"old"}"#).expect("the other alias"), "old");
    assert_eq!(of(r#""town":{"S":"old"},"city":{"S":"new"}"#).expect("both"), "new");
    assert_eq!(of(r#""city":{"S":"new"},"town":{"S":"old"}"#).expect("both"), "new");
    // Among older names the first declared one counts, however they come, and what does not count cannot be wrong.
    assert_eq!(of(r#""place":{"S":"oldest"},"town":{"S":"old"}"#).expect("two aliases"), "old");
    assert_eq!(of(r#""town":{"S":"old"},"place":{"S":"oldest"}"#).expect("two aliases"), "old");
    assert_eq!(of(r#""town":{"S":"x"},"town":{"S":"old"}"#).expect("twice"), "old");
    assert_eq!(of(r#""place":{"L":[]},"town":{"N":"1"},"city":{"S":"new"}"#).expect("two that do not count"), "new");
    assert_eq!(of(r#""city":{"S":"new"},"town":{"N":"1"}"#).expect("one that does not count"), "new");
    assert_eq!(of(r#""place":{"N":"1"},"town":{"S":"old"}"#).expect("the first is good"), "old");
    for both in [r#""place":{"S":"a"},"town":{"N":"1"}"#, r#""town":{"N":"1"},"place":{"S":"a"}"#] {
        assert_eq!(of(both).expect_err("the one that counts").to_string(), "town: expected S, found N");
    }
    for both in [r#""city":{"N":"1"},"town":{"S":"a"}"#, r#""town":{"S":"a"},"city":{"N":"1"}"#] {
        assert_eq!(of(both).expect_err("the one that counts").to_string(), "city: expected S, found N");
    }
}

#[test]
fn an_absent_field_has_its_default() {
    let read = read::<Address>(r#"{"M":{"streetName":{"S":"a"},"zip":{"S":"b"},"city":{"S":"c"}}}"#);
    let address = read.expect("the others are there");
    assert_eq!((address.floor, address.country.as_str(), address.notes.len()), (1, "DE", 0));
}

#[test]
fn a_missing_field_is_named() {
    let error = read::<Address>(r#"{"M":{"streetName":{"S":"a"},"zip":{"S":"b"}}}"#).expect_err("no city");
    assert!(error.is_missing());
    assert_eq!(error.path(), "city");
}

#[derive(Debug, PartialEq, DynamoAttribute)]
struct Parcel {
    id: u32,
    #[dynorm(flatten)]
    size: Size,
    #[dynorm(flatten)]
    rest: BTreeMap<String, u32>,
}

#[derive(Debug, PartialEq, DynamoAttribute)]
struct Size {
    width: u32,
    #[dynorm(alias = "tall")]
    height: u32,
}

#[test]
fn flattened_fields_share_the_map() {
    let parcel = Parcel { id: 1, size: Size { width: 2, height: 3 }, rest: BTreeMap::from([("x".into(), 4)]) };
    let expected = r#"{"M":{"id":{"N":"1"},"width":{"N":"2"},"height":{"N":"3"},"x":{"N":"4"}}}"#;
    assert_eq!(json(&parcel), expected);
    assert_eq!(read::<Parcel>(expected).expect("it is what was written"), parcel);
    let aliased = r#"{"M":{"x":{"N":"4"},"tall":{"N":"3"},"id":{"N":"1"},"width":{"N":"2"}}}"#;
    assert_eq!(read::<Parcel>(aliased).expect("in any order, by alias"), parcel);
}

#[derive(Debug, PartialEq, DynamoAttribute)]
struct Twice {
    #[dynorm(flatten)]
    size: Size,
    #[dynorm(flatten)]
    cover: Size,
}

#[test]
fn flattened_fields_write_no_attribute_twice() {
    for name in ["id", "width", "tall"] {
        let rest = BTreeMap::from([(name.to_owned(), 4)]);
        let error = to_json(&Parcel { id: 1, size: Size { width: 2, height: 3 }, rest }).expect_err(name);
        assert_eq!(error.path(), name);
    }
    let size = || Size { width: 2, height: 3 };
    let error = to_json(&Twice { size: size(), cover: size() }).expect_err("both have a width");
    assert_eq!(error.path(), "width");
}

#[derive(Debug, PartialEq, DynamoAttribute)]
struct Stored {
    #[dynorm(with = epoch)]
    seen: DateTime<Utc>,
    #[dynorm(with = epoch_millis)]
    moved: Option<DateTime<Utc>>,
    #[dynorm(with = set)]
    tags: Vec<String>,
    #[dynorm(with = json)]
    raw: Vec<u8>,
    #[dynorm(with = dynorm::codecs::Json)]
    again: BTreeSet<u8>,
}

#[test]
fn codecs_store_in_their_own_form() {
    let at = |seconds| DateTime::<Utc>::from_timestamp(seconds, 0).expect("a small number");
    let stored = Stored {
        seen: at(60),
        moved: Some(at(2)),
        tags: vec!["a".into()],
        raw: vec![1, 2],
        again: BTreeSet::from([3]),
    };
    let expected =
        r#"{"M":{"seen":{"N":"60"},"moved":{"N":"2000"},"tags":{"SS":["a"]},"raw":{"S":"[1,2]"},"again":{"S":"[3]"}}}"#;
    assert_eq!(json(&stored), expected);
    assert_eq!(read::<Stored>(expected).expect("it is what was written"), stored);
    let without = expected.replace(r#""moved":{"N":"2000"},"#, "");
    assert_eq!(read::<Stored>(&without).expect("an option may be absent").moved, None);
}

/// `Self` in a field's type is the struct, not what the derive writes around it.
#[derive(Debug, Default, PartialEq, DynamoAttribute)]
struct Tree {
    name: String,
    children: Vec<Self>,
    first: Option<Box<Self>>,
}

#[test]
fn a_struct_can_hold_itself() {
    let leaf = || Tree { name: "leaf".into(), ..Tree::default() };
    let tree = Tree { name: "root".into(), children: vec![leaf()], first: Some(Box::new(leaf())) };
    assert_eq!(read::<Tree>(&json(&tree)).expect("it is what was written"), tree);
}

#[test]
fn fields_have_paths() {
    assert_eq!(Address::POSTAL_CODE.attribute(), "zip");
    assert_eq!(format!("{:?}", Parcel::SIZE.dot(Size::WIDTH)), "Field(width)");
}
