//! A model's typed paths as the derive declares them, written by hand.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::SystemTime;

use aws_sdk_dynamodb::types::AttributeValue;
use dynorm::attribute::{Attribute, codecs, stored};
use dynorm::codec::{Reader, Writer};
use dynorm::error::{DecodeError, EncodeError};
use dynorm::expr::{Aliases, Cond, Condition, Field, Filter, Flattened, Held, Nested, NotKey, ScanFilter, UsableIn};
use dynorm::expr::{UpdateExpr, role};
use dynorm::schema::IndexSchema;
use dynorm::{Index, Table};

/// A nested struct.
#[derive(Clone)]
pub(crate) struct Address {
    pub(crate) city: String,
    pub(crate) zip: u32,
}

impl Address {
    pub(crate) const CITY: Field<Address, String> = Field::new("city");
    pub(crate) const ZIP: Field<Address, u32> = Field::new("zip");
    pub(crate) const GEO: Field<Address, Geo, role::Plain, Flattened> = Field::new("");
}

impl Attribute for Address {
    type Stored = stored::M;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.map(|map| {
            map.entry("city", |writer| self.city.write(writer))?;
            map.entry("zip", |writer| self.zip.write(writer))
        })
    }

    fn read(_: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Err(DecodeError::invalid("not needed here"))
    }
}

impl Nested for Address {
    type Inner = Address;
}

/// A struct that is flattened into another.
pub(crate) struct Geo;

impl Geo {
    pub(crate) const LAT: Field<Geo, f64> = Field::new("lat");
}

impl Nested for Geo {
    type Inner = Geo;
}

/// A newtype of a number.
pub(crate) struct Pages(pub(crate) u32);

impl Attribute for Pages {
    type Stored = stored::N;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        self.0.write(writer)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        u32::read(reader).map(Pages)
    }
}

/// An enum of one name.
pub(crate) enum Status {
    Available,
}

impl Attribute for Status {
    type Stored = stored::S;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.string("AVAILABLE")
    }

    fn read(_: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Status::Available)
    }
}

/// An index whose key is `author`, and which does not hold `notes` and `blurb`.
pub(crate) struct ByAuthor;

impl Index for ByAuthor {
    type Model = Book;
    const SCHEMA: &'static IndexSchema = &IndexSchema {
        name: "by-author",
        local: false,
        key: dynorm::schema::KeySchema { partition: &[], sort: &[] },
        projection: dynorm::schema::Projection::KeysOnly,
    };
}

/// The role of `author`: the key of `ByAuthor`.
pub(crate) struct AuthorRole;

impl<X: NotKey<AuthorRole>> UsableIn<X> for AuthorRole {}
impl NotKey<AuthorRole> for Filter<Table> {}
impl<M> role::Settable<M> for AuthorRole {}
impl<M> role::Removable<M> for AuthorRole {}

/// The role of what `ByAuthor` does not hold.
pub(crate) struct OnlyTable;

impl<X: Held<OnlyTable>> UsableIn<X> for OnlyTable {}
impl Held<OnlyTable> for Filter<Table> {}
impl<M> role::Settable<M> for OnlyTable {}

/// An index with a template.
pub(crate) struct BySeries;

/// The role of `series`, which feeds the template of an index.
pub(crate) struct SeriesRole;

impl<X> UsableIn<X> for SeriesRole {}
impl<M: role::SetAlone<BySeries>> role::Settable<M> for SeriesRole {}
impl<M> role::Removable<M> for SeriesRole {
    const ALSO: &'static [&'static str] = &["by_series_sk"];
}

pub(crate) struct Book;

impl Book {
    pub(crate) const PUBLISHER: Field<Book, String, role::PrimaryKey> = Field::new("publisher");
    pub(crate) const YEAR: Field<Book, u16, role::KeySource> = Field::new("year");
    pub(crate) const TITLE: Field<Book, String> = Field::new("title");
    pub(crate) const SUBTITLE: Field<Book, Option<String>> = Field::new("subtitle");
    pub(crate) const PAGES: Field<Book, Option<u32>> = Field::new("pages");
    pub(crate) const READ: Field<Book, u32> = Field::new("read");
    pub(crate) const RATING: Field<Book, u8> = Field::new("rating");
    pub(crate) const SCORE: Field<Book, f64> = Field::new("score");
    pub(crate) const COUNTED: Field<Book, Pages> = Field::new("counted");
    pub(crate) const STATUS: Field<Book, Status> = Field::new("status");
    pub(crate) const AUTHOR: Field<Book, String, AuthorRole> = Field::new("author");
    pub(crate) const SERIES: Field<Book, Option<String>, SeriesRole> = Field::new("series");
    pub(crate) const SOLD: Field<Book, SystemTime, role::Plain, codecs::Epoch> = Field::new("sold");
    pub(crate) const ADDRESS: Field<Book, Option<Address>> = Field::new("address");
    pub(crate) const ADDRESSES: Field<Book, Vec<Address>> = Field::new("addresses");
    pub(crate) const NAMES: Field<Book, Vec<String>> = Field::new("names");
    pub(crate) const TAGS: Field<Book, Vec<String>, role::Plain, codecs::Set> = Field::new("tags");
    pub(crate) const GENRES: Field<Book, HashSet<String>> = Field::new("genres");
    pub(crate) const PRICES: Field<Book, BTreeMap<String, u32>> = Field::new("prices");
    pub(crate) const COVER: Field<Book, Vec<u8>> = Field::new("cover");
    pub(crate) const DOCUMENT: Field<Book, Vec<String>, role::Plain, codecs::Json> = Field::new("document");
    pub(crate) const ANY: Field<Book, serde_json::Value> = Field::new("any");
    pub(crate) const NOTES: Field<Book, Vec<String>, OnlyTable> = Field::new("notes");
    pub(crate) const BLURB: Field<Book, String, OnlyTable> = Field::new("blurb");
    pub(crate) const IN_PRINT: Field<Book, bool> = Field::new("in_print");
    pub(crate) const GEO: Field<Book, Geo, role::Plain, Flattened> = Field::new("");
    pub(crate) const EXTRA: Field<Book, BTreeMap<String, u32>, role::Plain, Flattened> = Field::new("");
}

/// The shapes of the calls that take conditions.
pub(crate) fn query(_: Cond<Book, Filter<Table>>) {}
pub(crate) fn query_index(_: Cond<Book, Filter<ByAuthor>>) {}
pub(crate) fn scan(_: Cond<Book, ScanFilter>) {}
pub(crate) fn write(_: Cond<Book, Condition>) {}

/// A value in short: `S:x`, `N:1`, `SS:a,b`, `L:[..]`.
pub(crate) fn shown(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) => format!("S:{text}"),
        AttributeValue::N(digits) => format!("N:{digits}"),
        AttributeValue::B(bytes) => format!("B:{:?}", bytes.as_ref()),
        AttributeValue::Bool(value) => format!("BOOL:{value}"),
        AttributeValue::Null(_) => "NULL".into(),
        AttributeValue::Ss(texts) => {
            let mut texts = texts.clone();
            texts.sort();
            format!("SS:{}", texts.join(","))
        }
        AttributeValue::L(items) => format!("L:{}", items.iter().map(shown).collect::<Vec<_>>().join(",")),
        AttributeValue::M(entries) => {
            let mut entries: Vec<_> = entries.iter().map(|(name, value)| format!("{name}={}", shown(value))).collect();
            entries.sort();
            format!("M:{}", entries.join(","))
        }
        other => format!("{other:?}"),
    }
}

/// The text with names and values in the places of their placeholders, each of which must be used.
pub(crate) fn filled(text: &str, aliases: Aliases) -> String {
    let (names, values) = aliases.into_sdk().expect("small");
    let mut all: HashMap<String, String> = names.unwrap_or_default();
    all.extend(values.unwrap_or_default().iter().map(|(alias, value)| (alias.clone(), shown(value))));
    let mut unused: HashSet<&str> = all.keys().map(String::as_str).collect();
    let (mut filled, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(['#', ':']) {
        let end = rest[at + 1..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |end| at + 1 + end);
        let alias = &rest[at..end];
        unused.remove(alias);
        filled += &rest[..at];
        filled += &all[alias];
        rest = &rest[end..];
    }
    assert!(unused.is_empty(), "DynamoDB refuses the unused {unused:?} of `{text}`");
    filled + rest
}

pub(crate) fn condition(condition: Cond<Book, Condition>) -> String {
    let mut aliases = Aliases::new();
    let text = condition.render(&mut aliases).expect("renders");
    filled(&text, aliases)
}

pub(crate) fn update(update: UpdateExpr<Book>) -> String {
    let mut aliases = Aliases::new();
    let text = update.render(&mut aliases).expect("renders").unwrap_or_default();
    filled(&text, aliases)
}
