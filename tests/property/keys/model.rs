//! The keys of a model's fields: checked on the way out, compared on the way in. The model is written by hand here, as
//! the derive would.

use dynorm::codec::{Reader, Writer};
use dynorm::error::{DecodeError, EncodeError, KeyError, KeyProblem};
use dynorm::key::{self, KeyBuf, KeyPart, KeyValue, PartSink};
use dynorm::private::{self as _d, DynamoModel, Record, Stamp};
use dynorm::schema::{Format, IndexSchema, KeyAttribute, KeyKind, KeySchema, Projection, Schema, Segment};
use proptest::prelude::*;

use super::values::{Value, attribute, literal, part};

#[derive(Debug, Clone)]
struct Task {
    tenant: String,
    number: u32,
    owner: Option<String>,
    place: Option<i64>,
}

const TENANT: KeyAttribute = attribute("tenant", KeyKind::S, &[part(0, Format::Plain)]);
const SK: KeyAttribute = attribute("sk", KeyKind::S, &[literal("TASK#"), part(1, Format::Padded(6))]);
const BY_OWNER: &[Segment] = &[literal("T#"), part(0, Format::Escape), literal("-"), part(2, Format::Escape)];

static SCHEMA: Schema = Schema {
    model: "Task",
    table: "tasks",
    key: KeySchema { partition: &[TENANT], sort: &[SK] },
    indexes: &[
        IndexSchema {
            name: "by-owner",
            local: false,
            key: KeySchema { partition: &[attribute("by_owner_pk", KeyKind::S, BY_OWNER)], sort: &[SK] },
            projection: Projection::All,
        },
        IndexSchema {
            name: "by-place",
            local: false,
            key: KeySchema {
                partition: &[TENANT],
                sort: &[
                    attribute("owner", KeyKind::S, &[part(2, Format::Plain)]),
                    attribute("place", KeyKind::N, &[part(3, Format::Plain)]),
                ],
            },
            projection: Projection::KeysOnly,
        },
    ],
    attributes: &[],
    unique: &[],
    unique_table: None,
    entity: None,
    write_id: None,
    lenient_keys: false,
};

impl Record for Task {
    const NAMES: &'static [&'static str] = &[];
    type Slots = ();
    fn slots() {}
    fn accept(_: &mut (), _: usize, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        reader.skip()
    }
    fn finish((): ()) -> Result<Self, DecodeError> {
        Ok(Self { tenant: "t".into(), number: 0, owner: None, place: None })
    }
    fn write_fields(&self, _: &mut Writer) -> Result<(), EncodeError> {
        Ok(())
    }
}

impl DynamoModel for Task {
    const SCHEMA: &'static Schema = &SCHEMA;
    type Unique = dynorm::write::Unguarded;
    type Stamps = ();
    fn stamp(&self, _: &Stamp<'_>) {}
    fn swap_stamps(&mut self, (): &mut ()) {}
    fn key_part(&self, index: usize, sink: &mut PartSink) -> Result<(), KeyError> {
        match index {
            0 => _d::plain::<String>().push(&self.tenant, sink),
            1 => _d::padded::<u32>().push(&self.number, sink),
            2 => _d::text::<<Option<String> as _d::IndexPart>::Part>()
                .push_option(_d::IndexPart::part(&self.owner), sink),
            3 => {
                _d::plain::<<Option<i64> as _d::IndexPart>::Part>().push_option(_d::IndexPart::part(&self.place), sink)
            }
            _ => sink.unknown(index),
        }
    }
}

fn task() -> Task {
    Task { tenant: "ac-me".into(), number: 7, owner: Some("ann-o".into()), place: Some(3) }
}

fn s(text: &str) -> KeyValue {
    KeyValue::S(text.into())
}

fn by_owner() -> &'static KeyAttribute {
    &SCHEMA.indexes[0].key.partition[0]
}

#[test]
fn a_key_from_a_model_is_the_key_from_its_builder() {
    let built = KeyBuf::new(&SCHEMA.key).value::<String>("ac-me").condition::<u32, (), ()>(7);
    let key = key::key_of(&task()).expect("a key");
    assert_eq!(key, key::Key::new(built));
    assert_eq!(key.values().expect("a key"), [("tenant", s("ac-me")), ("sk", s("TASK#000007"))]);
    assert_eq!(key.to_sdk().expect("a key").len(), 2);
}

#[test]
fn only_templates_with_all_their_parts_are_stored_beside_the_fields() {
    let stored = key::key_templates(&task()).expect("keys");
    assert_eq!(stored, [("sk", s("TASK#000007")), ("by_owner_pk", s("T#ac.\\me-ann-o"))]);
    let without = Task { owner: None, ..task() };
    assert_eq!(key::key_templates(&without).expect("keys"), [("sk", s("TASK#000007"))]);
    assert_eq!(key::key_attribute(&without, by_owner()), Ok(None));
}

#[test]
fn an_error_names_the_model_the_index_the_attribute_and_the_part() {
    let wide = key::key_of(&Task { number: 1_000_000, ..task() }).expect_err("too wide");
    assert_eq!(
        (wide.model(), wide.index(), wide.attribute(), wide.part()),
        (Some("Task"), None, Some("sk"), Some("b"))
    );

    let empty = key::key_templates(&Task { owner: Some(String::new()), ..task() }).expect_err("empty");
    assert_eq!(
        (empty.problem(), empty.index(), empty.attribute()),
        (KeyProblem::Empty, Some("by-place"), Some("owner"))
    );
    assert!(empty.to_string().starts_with("key of `Task` in index `by-place`, attribute `owner`: "));

    let long = Task { owner: Some("x".repeat(1024)), ..task() };
    let all = key::key_templates(&long).expect_err("1,025 bytes in all");
    assert_eq!(all.problem(), KeyProblem::TooLong { bytes: 1025, limit: 1024 });
    assert_eq!((all.index(), all.attribute()), (Some("by-place"), Some("place")));
    assert!(key::key_templates(&Task { place: None, ..long }).is_ok());

    let long = Task { owner: Some("x".repeat(2048)), place: None, ..task() };
    assert_eq!(key::key_templates(&long).expect_err("too long").index(), Some("by-owner"));
}

#[test]
fn one_attribute_of_an_update_is_checked_against_every_key_it_is_part_of() {
    let check = |name, value: &KeyValue| key::check_key_attributes(&SCHEMA, &[(name, value)]);
    assert!(check("owner", &s("ann")).is_ok());
    assert_eq!(check("owner", &s("")).expect_err("empty").index(), Some("by-place"));
    assert_eq!(check("owner", &s(&"x".repeat(1025))).expect_err("long").index(), Some("by-place"));
    assert_eq!(check("tenant", &s("")).expect_err("empty").index(), None);
    assert!(check("title", &s("")).is_ok());
}

#[test]
fn a_stored_template_must_be_that_of_the_fields() {
    let mut scratch = PartSink::new();
    let mut verify = |task: &Task, stored| key::verify_key(task, by_owner(), stored, &mut scratch);
    assert_eq!(verify(&task(), Some("T#ac.\\me-ann-o")), Ok(()));
    let other = verify(&task(), Some("T#ac.\\me-ann")).expect_err("another owner");
    assert_eq!((other.problem(), other.attribute()), (KeyProblem::Disagrees, Some("by_owner_pk")));
    assert_eq!(verify(&task(), None), Ok(()), "an item that is older than the index");
    let without = Task { owner: None, ..task() };
    assert_eq!(verify(&without, Some("T#ac.\\me-ann")).expect_err("no owner").problem(), KeyProblem::Disagrees);
}

proptest! {
    #[test]
    fn what_a_model_stores_agrees_with_it(
        tenant in String::any(), number in u32::any(), owner in String::any(), place in i64::any(),
    ) {
        let task = Task { tenant, number, owner: Some(owner), place: Some(place) };
        let Ok(stored) = key::key_templates(&task) else {
            let refused = task.tenant.is_empty() || task.number > 999_999 || task.owner.as_deref() == Some("");
            prop_assert!(refused);
            return Ok(());
        };
        let mut scratch = PartSink::new();
        for (name, value) in stored {
            let keys = std::iter::once(&SCHEMA.key).chain(SCHEMA.indexes.iter().map(|index| &index.key));
            let attribute = keys.flat_map(|key| key.attributes()).find(|known| known.name == name);
            let attribute = attribute.expect("a key attribute");
            prop_assert_eq!(key::key_attribute(&task, attribute), Ok(Some(value.clone())));
            let KeyValue::S(text) = value else { panic!("a template is text") };
            prop_assert_eq!(key::verify_key(&task, attribute, Some(&text), &mut scratch), Ok(()));
        }
    }

    #[test]
    fn a_plain_key_is_what_its_attribute_stores(
        text in String::any(), number in i64::any(), date in chrono::NaiveDate::any(),
        time in chrono::DateTime::<chrono::Utc>::any(), id in uuid::Uuid::any(), character in char::any(),
    ) {
        fn check<T: KeyPart + dynorm::attribute::Attribute>(value: &T) {
            let mut writer = Writer::new();
            value.write(&mut writer).expect("an attribute");
            let stored: serde_json::Value = serde_json::from_slice(&writer.into_bytes()).expect("JSON");
            let key = match value.plain().expect("a key") {
                KeyValue::S(text) => serde_json::json!({ "S": text }),
                KeyValue::N(digits) => serde_json::json!({ "N": digits }),
                KeyValue::B(_) => panic!("no bytes here"),
            };
            assert_eq!(stored, key);
        }
        check(&text);
        check(&number);
        check(&date);
        check(&time);
        check(&id);
        check(&character);
        check(&(number as u16));
        check(&i128::from(number));
    }
}
