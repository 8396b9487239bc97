//! Records: attributes in any order, aliases, defaults, flattened fields, and what is unknown or missing.

use std::collections::{BTreeMap, BTreeSet};

use dynorm::attribute::{Attribute, stored};
use dynorm::codec::{from_json, to_json};
use dynorm::private as _d;
use proptest::prelude::*;
use proptest::sample::subsequence;

/// Written as the derive would.
#[derive(Debug, Clone, PartialEq, Default)]
struct Author {
    name: String,
    born: Option<u16>,
    tags: BTreeSet<String>,
    rank: u8,
    rest: BTreeMap<String, u16>,
}

struct Slots(
    Option<String>,
    Option<Option<u16>>,
    Option<BTreeSet<String>>,
    Option<u8>,
    _d::FlatSlots<BTreeMap<String, u16>>,
);

impl _d::Record for Author {
    const NAMES: &'static [&'static str] = &["name", "born", "tags", "rank", "full_name"];
    type Slots = Slots;

    fn slots() -> Slots {
        Slots(None, None, None, None, _d::flatten().slots())
    }

    fn accept(slots: &mut Slots, index: usize, reader: &mut _d::Reader<'_>) -> Result<(), _d::DecodeError> {
        match index {
            0 => _d::attr::<String>().read(&mut slots.0, reader),
            1 => _d::attr::<Option<u16>>().read(&mut slots.1, reader),
            2 => _d::attr::<BTreeSet<String>>().read(&mut slots.2, reader),
            3 => _d::attr::<u8>().read(&mut slots.3, reader),
            4 => _d::attr::<String>().read_alias("name", &mut slots.0, reader),
            _ => reader.skip(),
        }
    }

    fn unknown(slots: &mut Slots, name: &str, reader: &mut _d::Reader<'_>) -> Result<bool, _d::DecodeError> {
        if name.starts_with('_') {
            return Ok(false);
        }
        slots.4.offer(name, reader)
    }

    fn finish(slots: Slots) -> Result<Self, _d::DecodeError> {
        Ok(Self {
            name: _d::attr::<String>().take(slots.0, "name")?,
            born: _d::attr::<Option<u16>>().take(slots.1, "born")?,
            tags: _d::attr::<BTreeSet<String>>().take(slots.2, "tags")?,
            rank: slots.3.unwrap_or(9),
            rest: slots.4.finish()?,
        })
    }

    fn write_fields(&self, writer: &mut _d::Writer) -> Result<(), _d::EncodeError> {
        _d::attr::<String>().write("name", &self.name, writer)?;
        _d::attr::<Option<u16>>().write("born", &self.born, writer)?;
        _d::attr::<BTreeSet<String>>().write("tags", &self.tags, writer)?;
        _d::attr::<u8>().write("rank", &self.rank, writer)?;
        _d::flatten::<BTreeMap<String, u16>>().write(&self.rest, Self::NAMES, writer)
    }
}

impl Attribute for Author {
    type Stored = stored::M;

    fn write(&self, writer: &mut _d::Writer) -> Result<(), _d::EncodeError> {
        _d::write_map(self, writer)
    }

    fn read(reader: &mut _d::Reader<'_>) -> Result<Self, _d::DecodeError> {
        _d::read_map(reader)
    }
}

fn read(members: &[&str]) -> Result<Author, _d::DecodeError> {
    from_json(format!(r#"{{"M":{{{}}}}}"#, members.join(",")).as_bytes())
}

const NAME: &str = r#""name":{"S":"Jane"}"#;

proptest! {
    #[test]
    fn attributes_may_come_in_any_order(
        members in subsequence(
            vec![
                r#""born":{"N":"1775"}"#, r#""tags":{"SS":["a","b"]}"#, r#""rank":{"N":"1"}"#, r#""x":{"N":"5"}"#,
                r#""full_name":{"S":"old"}"#, r#""_y":{"M":{"name":{"S":"no"}}}"#, NAME,
            ],
            0..=7,
        ).prop_shuffle(),
    ) {
        let has = |start: &str| members.iter().any(|member| member.starts_with(start));
        match read(&members) {
            Ok(author) => {
                prop_assert_eq!(author.name, if has("\"name") { "Jane" } else { "old" });
                prop_assert_eq!(author.born, has("\"born").then_some(1775));
                prop_assert_eq!(author.tags.len(), if has("\"tags") { 2 } else { 0 });
                prop_assert_eq!(author.rank, if has("\"rank") { 1 } else { 9 });
                prop_assert_eq!(author.rest.get("x").copied(), has("\"x").then_some(5));
            }
            Err(error) => {
                prop_assert!(error.is_missing() && !has("\"name") && !has("\"full_name"), "{}", error);
                prop_assert_eq!(error.to_string(), "name: missing attribute");
            }
        }
    }

    #[test]
    fn records_round_trip(
        name in any::<String>(), born in any::<Option<u16>>(), tags in any::<BTreeSet<String>>(), rank in any::<u8>(),
        rest in proptest::collection::btree_map("[A-Z]{1,4}", any::<u16>(), 0..4),
    ) {
        let author = Author { name, born, tags, rank, rest };
        prop_assert_eq!(from_json::<Author>(&to_json(&author).unwrap()).unwrap(), author);
    }
}

#[test]
fn absent_values_are_left_out() {
    let author = Author { name: "Jane".into(), ..Author::default() };
    assert_eq!(to_json(&author).unwrap(), br#"{"M":{"name":{"S":"Jane"},"rank":{"N":"0"}}}"#);
}

#[test]
fn names_with_escapes_are_the_same_names() {
    assert_eq!(read(&[r#""n\u0061me":{"S":"Jane"}"#]).unwrap().name, "Jane");
}

#[test]
fn errors_carry_the_path_through_lists_of_records() {
    let error = from_json::<Vec<Author>>(br#"{"L":[{"M":{"name":{"S":"a"}}},{"M":{"rank":{"N":"256"}}}]}"#);
    let error = error.unwrap_err().in_model("Book");
    assert_eq!(error.to_string(), "Book[1].rank: the number does not fit `u8`");
    let error = from_json::<Vec<Author>>(br#"{"L":[{"M":{}}]}"#).unwrap_err();
    assert_eq!(error.path(), "[0].name");
    let error = read(&[NAME, r#""other":{"S":"text"}"#]).unwrap_err();
    assert_eq!(error.to_string(), "other: expected N, found S");
}

#[test]
fn a_flattened_name_that_is_a_field_is_refused() {
    let rest = BTreeMap::from([("born".to_owned(), 1)]);
    let error = to_json(&Author { rest, ..Author::default() }).unwrap_err();
    assert_eq!(error.path(), "born");
}
