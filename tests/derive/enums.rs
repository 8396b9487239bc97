//! Enums and newtypes as attributes.

use std::collections::BTreeMap;

use dynorm::key::{FullKey, KeyValue};
use dynorm::{DynamoAttribute, DynamoModel};

use crate::support::{json, read};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, DynamoAttribute)]
#[dynorm(rename_all = "SCREAMING_SNAKE_CASE")]
enum Status {
    OnHold,
    #[dynorm(rename = "live", alias = "ACTIVE")]
    Live,
}

#[test]
fn a_unit_enum_is_a_string() {
    assert_eq!(json(&Status::OnHold), r#"{"S":"ON_HOLD"}"#);
    assert_eq!(json(&Status::Live), r#"{"S":"live"}"#);
    assert_eq!(read::<Status>(r#"{"S":"live"}"#).expect("its name"), Status::Live);
    assert_eq!(read::<Status>(r#"{"S":"ACTIVE"}"#).expect("its old name"), Status::Live);
    let error = read::<Status>(r#"{"S":"LIVE"}"#).expect_err("no such variant");
    assert!(error.is_invalid());
    assert!(!error.to_string().contains("LIVE"), "values never appear in errors: {error}");
}

#[test]
fn a_unit_enum_is_a_map_key() {
    let map = BTreeMap::from([(Status::OnHold, 1u8), (Status::Live, 2)]);
    let text = json(&map);
    assert_eq!(text, r#"{"M":{"ON_HOLD":{"N":"1"},"live":{"N":"2"}}}"#);
    assert_eq!(read::<BTreeMap<Status, u8>>(&text).expect("it is what was written"), map);
}

#[derive(Debug, DynamoModel)]
#[dynorm(table = "tasks", sort_key = "{status:order}#{state}#{id:06}")]
struct Task {
    #[dynorm(partition_key)]
    owner: Owner,
    status: Status,
    state: Status,
    id: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, DynamoAttribute)]
struct Owner(String);

#[test]
fn enums_and_newtypes_are_key_parts() {
    let task = Task { owner: Owner("me".into()), status: Status::Live, state: Status::OnHold, id: 7 };
    let key = Task::key().owner(Owner("me".into())).status(Status::Live).state(Status::OnHold).id(7).into_key();
    assert_eq!(key, task.to_key());
    let values = key.values().expect("the parts fit").to_vec();
    let text = |text: &str| KeyValue::S(text.into());
    assert_eq!(values, [("owner", text("me")), ("sk", text("001#ON_HOLD#000007"))]);
}

#[derive(Debug, PartialEq, DynamoAttribute)]
#[dynorm(rename_all = "snake_case", rename_all_fields = "camelCase")]
enum Shape {
    Unknown,
    #[dynorm(alias = "disc")]
    Circle {
        outer_radius: u32,
        #[dynorm(default)]
        colour: String,
    },
    Polygon(Vec<(i32, i32)>),
    Label(Option<String>),
}

#[test]
fn a_data_enum_is_a_map_with_a_tag() {
    let all = [
        (Shape::Unknown, r#"{"M":{"type":{"S":"unknown"}}}"#),
        (
            Shape::Circle { outer_radius: 2, colour: "red".into() },
            r#"{"M":{"type":{"S":"circle"},"outerRadius":{"N":"2"},"colour":{"S":"red"}}}"#,
        ),
        (Shape::Polygon(vec![(0, 1)]), r#"{"M":{"type":{"S":"polygon"},"value":{"L":[{"L":[{"N":"0"},{"N":"1"}]}]}}}"#),
        (Shape::Label(None), r#"{"M":{"type":{"S":"label"}}}"#),
        (Shape::Label(Some("x".into())), r#"{"M":{"type":{"S":"label"},"value":{"S":"x"}}}"#),
    ];
    for (shape, text) in all {
        assert_eq!(json(&shape), text);
        assert_eq!(read::<Shape>(text).expect("it is what was written"), shape);
    }
}

#[test]
fn the_tag_may_come_last_and_unknown_members_are_skipped() {
    let text = r#"{"M":{"outerRadius":{"N":"2"},"new":{"M":{"type":{"S":"x"}}},"type":{"S":"disc"}}}"#;
    assert_eq!(read::<Shape>(text).expect("an old name"), Shape::Circle { outer_radius: 2, colour: String::new() });
    let text = r#"{"M":{"value":{"S":"x"},"type":{"S":"label"}}}"#;
    assert_eq!(read::<Shape>(text).expect("a newtype variant"), Shape::Label(Some("x".into())));
}

#[test]
fn a_broken_data_enum_is_an_error() {
    let path = |text: &str| read::<Shape>(text).expect_err("broken").path();
    assert_eq!(path(r#"{"M":{"outerRadius":{"N":"2"}}}"#), "type");
    assert_eq!(path(r#"{"M":{"type":{"S":"hexagon"}}}"#), "type");
    assert_eq!(path(r#"{"M":{"type":{"S":"circle"}}}"#), "outerRadius");
    assert_eq!(path(r#"{"M":{"type":{"S":"polygon"}}}"#), "value");
}

/// A map in a variant does not swallow the tag.
#[derive(Debug, PartialEq, DynamoAttribute)]
#[dynorm(tag = "kind", content = "data")]
enum Event {
    Open {
        #[dynorm(flatten)]
        rest: BTreeMap<String, String>,
    },
    Closed(u8),
}

#[test]
fn tag_and_content_can_be_named() {
    let event = Event::Open { rest: BTreeMap::from([("a".into(), "b".into())]) };
    let text = r#"{"M":{"kind":{"S":"Open"},"a":{"S":"b"}}}"#;
    assert_eq!(json(&event), text);
    assert_eq!(read::<Event>(text).expect("it is what was written"), event);
    assert_eq!(json(&Event::Closed(1)), r#"{"M":{"kind":{"S":"Closed"},"data":{"N":"1"}}}"#);
}

#[derive(Debug, PartialEq, DynamoAttribute)]
enum Expr {
    Number(i64),
    Not(Box<Expr>),
    All(Vec<Self>),
}

#[test]
fn an_enum_can_hold_itself() {
    let expr = Expr::All(vec![Expr::Not(Box::new(Expr::Number(1))), Expr::All(vec![])]);
    assert_eq!(read::<Expr>(&json(&expr)).expect("it is what was written"), expr);
}

#[derive(Debug, PartialEq, DynamoAttribute)]
struct Maybe(Option<u8>);

#[derive(Debug, PartialEq, DynamoAttribute)]
struct Holder {
    maybe: Maybe,
}

#[test]
fn a_newtype_is_what_it_holds() {
    assert_eq!(json(&Owner("me".into())), r#"{"S":"me"}"#);
    assert_eq!(read::<Owner>(r#"{"S":"me"}"#).expect("a string"), Owner("me".into()));
    assert_eq!(json(&Holder { maybe: Maybe(None) }), r#"{"M":{}}"#);
    let map = BTreeMap::from([(Owner("me".into()), 1u8)]);
    assert_eq!(json(&map), r#"{"M":{"me":{"N":"1"}}}"#);
    assert_eq!(read::<BTreeMap<Owner, u8>>(&json(&map)).expect("it is what was written"), map);
    assert_eq!(read::<Holder>(r#"{"M":{}}"#).expect("an absent option"), Holder { maybe: Maybe(None) });
}
