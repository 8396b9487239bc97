//! Models and attributes over types, lifetimes and constants.

use std::borrow::Cow;

use dynorm::attribute::Attribute;
use dynorm::codec::Reader;
use dynorm::key::{FullKey, IndexPart, PlainKey};
use dynorm::{DynamoAttribute, DynamoModel};
use validator::Validate;

use crate::support::{json, read};

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "documents", sort_key = "{part:04}", index(ByTopic, partition_key = topic))]
struct Document<'a, Id, Body: Clone = String, const N: usize = 2>
where
    Body: PartialEq,
{
    #[dynorm(partition_key)]
    id: Id,
    part: u16,
    topic: Option<String>,
    title: Cow<'a, str>,
    #[dynorm(default)]
    body: Option<Body>,
    hash: [u8; N],
    #[dynorm(skip)]
    cached: Vec<Body>,
}

#[test]
fn a_generic_model_has_keys_paths_and_indexes() {
    let document = Document::<'static, String, u32, 2> {
        id: "a".into(),
        part: 1,
        topic: None,
        title: "t".into(),
        body: Some(5),
        hash: [1, 2],
        cached: vec![],
    };
    let key = Document::<'static, String, u32, 2>::key().id("a").part(1).into_key();
    assert_eq!(document.to_key(), key);
    assert_eq!(Document::<u64>::BODY.attribute(), "body");
    let _query = Document::<'static, String>::query(Document::<String>::by_topic().topic("x"));
    let _marker: Option<ByTopic<'static, String, String, 2>> = None;
}

/// Code over any such model.
fn key_of<Id: PlainKey + Attribute + IndexPart<Part = Id> + Clone>(document: &Document<'_, Id>) -> dynorm::Key<()>
where
    for<'a> Document<'a, Id>: DynamoModel,
{
    let _key = document.to_key();
    unreachable!("only its types are of interest")
}

#[test]
fn generic_code_can_name_a_generic_model() {
    let _function: fn(&Document<'_, String>) -> dynorm::Key<()> = key_of::<String>;
}

#[derive(Debug, PartialEq, DynamoAttribute)]
struct Pair<A, B> {
    left: A,
    right: Option<B>,
}

#[derive(Debug, PartialEq, DynamoAttribute)]
struct Wrapper<T>(Vec<T>);

#[derive(Debug, PartialEq, DynamoAttribute)]
enum Either<L, R: Clone> {
    Left(L),
    Right { value: R, more: Vec<R> },
    Neither,
}

#[test]
fn generic_attributes_are_stored() {
    let pair = Pair { left: 1u8, right: Some(Wrapper(vec![String::from("x")])) };
    assert_eq!(json(&pair), r#"{"M":{"left":{"N":"1"},"right":{"L":[{"S":"x"}]}}}"#);
    assert_eq!(read::<Pair<u8, Wrapper<String>>>(&json(&pair)).expect("it is what was written"), pair);
    let either = Either::<u8, bool>::Right { value: true, more: vec![] };
    assert_eq!(read::<Either<u8, bool>>(&json(&either)).expect("it is what was written"), either);
    let neither = Either::<u8, bool>::Neither;
    assert_eq!(read::<Either<u8, bool>>(&json(&neither)).expect("it is what was written"), neither);
    assert_eq!(json(&Either::<u8, bool>::Left(1)), r#"{"M":{"type":{"S":"Left"},"value":{"N":"1"}}}"#);
}

#[derive(Debug, Clone, PartialEq, DynamoModel, Validate)]
#[dynorm(table = "ruled")]
struct Ruled<'a, T: Clone + Validate> {
    #[dynorm(partition_key)]
    id: String,
    #[validate(length(min = 2))]
    title: Cow<'a, str>,
    #[validate(nested)]
    inner: T,
}

#[derive(Debug, Clone, PartialEq, DynamoAttribute, Validate)]
struct Inner {
    #[validate(range(max = 3))]
    count: u8,
}

#[test]
fn a_generic_model_has_rules() {
    let of = |title: &'static str, count| Ruled { id: "a".into(), title: title.into(), inner: Inner { count } };
    assert!(of("ok", 3).check().is_ok());
    assert!(of("x", 3).check().is_err());
    let check = |name: &str, attribute: &str| {
        let mut reader = Reader::new(attribute.as_bytes()).expect("it is UTF-8");
        Ruled::<'static, Inner>::check_attribute(name, &mut reader).is_ok()
    };
    assert!(check("title", r#"{"S":"ok"}"#));
    assert!(!check("title", r#"{"S":"x"}"#));
    assert!(!check("inner", r#"{"M":{"count":{"N":"4"}}}"#));
    assert!(check("id", r#"{"S":""}"#), "a field without rules");
}
