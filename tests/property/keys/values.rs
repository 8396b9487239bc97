//! The types that keys are made of here, with their order and hostile values.

use std::cmp::Reverse;
use std::fmt::Debug;

use chrono::{DateTime, NaiveDate, Utc};
use dynorm::error::KeyError;
use dynorm::key::{KeyCondition, KeyPart, KeyValue, PlainKey, SortRange, TextPart, Transparent};
use dynorm::private as _d;
use dynorm::schema::{Format, KeyAttribute, KeyKind, KeySchema, Part, Segment};
use proptest::prelude::*;
use uuid::Uuid;

/// A key type under test.
pub(super) trait Value: KeyPart + Clone + Debug + 'static {
    /// The order that its keys must have.
    type Order: Ord + Debug;
    fn order(&self) -> Self::Order;
    fn any() -> BoxedStrategy<Self>;
}

fn pool<T: Clone + Debug + 'static>(values: impl Into<Vec<T>>) -> impl Strategy<Value = T> {
    prop::sample::select(values.into())
}

/// Delimiters, what sorts beside them, the escape's marks, and the ends of Unicode.
pub(super) fn hostile_char() -> impl Strategy<Value = char> {
    let usual = ['a', 'b', 'z', 'é', ' ', '0', '9'];
    let delimiters = ['"', '#', '$', '%', '-', '.', '/', '{', '|', '}', '~'];
    let ends = ['\0', '\u{1}', '\u{7F}', '\u{80}', '\u{D7FF}', '\u{E000}', '\u{FFFF}', '\u{10000}', char::MAX];
    prop_oneof![4 => pool(usual), 3 => pool(delimiters), 2 => pool(ends), 1 => any::<char>()]
}

impl Value for String {
    type Order = String;
    fn order(&self) -> String {
        self.clone()
    }
    fn any() -> BoxedStrategy<String> {
        prop::collection::vec(hostile_char(), 0..4).prop_map(|chars| chars.into_iter().collect()).boxed()
    }
}

impl Value for char {
    type Order = char;
    fn order(&self) -> char {
        *self
    }
    fn any() -> BoxedStrategy<char> {
        hostile_char().boxed()
    }
}

macro_rules! integers { ($($t:ty),*) => {$(
    impl Value for $t {
        type Order = $t;
        fn order(&self) -> $t {
            *self
        }
        fn any() -> BoxedStrategy<$t> {
            let edges = [<$t>::MIN, <$t>::MIN + 1, 0, 1, 9, 10, 11, 99, 100, <$t>::MAX - 1, <$t>::MAX];
            prop_oneof![3 => pool(edges), 1 => any::<$t>(), 2 => (0..4_u8).prop_map(|n| n as $t)].boxed()
        }
    }
)*} }
integers!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

macro_rules! floats { ($($t:ident as $bits:ty),*) => {$(
    impl Value for $t {
        /// The order of IEEE 754 without NaN, in which both zeros are one.
        type Order = $bits;
        fn order(&self) -> $bits {
            let bits = if *self == 0.0 { 0 } else { self.to_bits().cast_signed() };
            if bits < 0 { <$bits>::MIN - bits - 1 } else { bits }
        }
        fn any() -> BoxedStrategy<$t> {
            let edges = [
                0.0, -0.0, 1.0, -1.0, 0.5, -0.5, $t::MAX, $t::MIN, $t::MIN_POSITIVE, -$t::MIN_POSITIVE,
                $t::from_bits(1), -$t::from_bits(1), $t::INFINITY, $t::NEG_INFINITY,
            ];
            let all = any::<$t>().prop_filter("NaN is refused", |x| !x.is_nan());
            prop_oneof![pool(edges), all].boxed()
        }
    }
)*} }
floats!(f32 as i32, f64 as i64);

impl Value for Uuid {
    type Order = Uuid;
    fn order(&self) -> Uuid {
        *self
    }
    fn any() -> BoxedStrategy<Uuid> {
        let near = pool([0_u128, 1, 9, 10, 15, 16, u128::MAX - 1, u128::MAX]);
        prop_oneof![near, any::<u128>()].prop_map(Uuid::from_u128).boxed()
    }
}

impl Value for NaiveDate {
    type Order = NaiveDate;
    fn order(&self) -> NaiveDate {
        *self
    }
    fn any() -> BoxedStrategy<NaiveDate> {
        let day = |year, ordinal| NaiveDate::from_yo_opt(year, ordinal).expect("a day of the year");
        let edges = [day(0, 1), day(1999, 365), day(2000, 1), day(2000, 2), day(2000, 366), day(9999, 365)];
        prop_oneof![pool(edges), (0..=9999, 1..=365_u32).prop_map(move |(year, ordinal)| day(year, ordinal))].boxed()
    }
}

impl Value for DateTime<Utc> {
    type Order = DateTime<Utc>;
    fn order(&self) -> DateTime<Utc> {
        *self
    }
    fn any() -> BoxedStrategy<DateTime<Utc>> {
        // The last two are in a leap second.
        let nanoseconds = pool([0, 1, 999_999_999, 1_000_000_000, 1_999_999_999_u32]);
        (NaiveDate::any(), 0..24_u32, pool([0, 59_u32]), nanoseconds)
            .prop_map(|(date, hour, minute, nanosecond)| {
                date.and_hms_nano_opt(hour, minute, 59, nanosecond).expect("a time of the day").and_utc()
            })
            .boxed()
    }
}

/// An enum as the derive treats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    Waiting,
    Active,
    Done,
}

impl Status {
    const ALL: [Self; 3] = [Self::Waiting, Self::Active, Self::Done];
    const NAMES: &'static [&'static str] = &["waiting", "active", "done"];
}

impl KeyPart for Status {
    const KIND: KeyKind = KeyKind::S;
    fn plain(&self) -> Result<KeyValue, KeyError> {
        _d::enum_plain(Self::NAMES, *self as usize)
    }
    fn text(&self, format: Format, out: &mut String) -> Result<(), KeyError> {
        _d::enum_text(Self::NAMES, *self as usize, format, out)
    }
    fn parse(text: &str, format: Format) -> Result<Self, KeyError> {
        _d::enum_parse(Self::NAMES, text, format).map(|place| Self::ALL[place])
    }
    fn fixed(format: Format) -> Option<_d::Fixed> {
        _d::enum_fixed(format)
    }
}
impl PlainKey for Status {}
impl TextPart for Status {}
impl dynorm::key::OrderPart for Status {}

impl Value for Status {
    type Order = Status;
    fn order(&self) -> Status {
        *self
    }
    fn any() -> BoxedStrategy<Status> {
        pool(Self::ALL).boxed()
    }
}

/// The same enum, which sorts by its names where it is written by name.
#[derive(Debug, Clone, Copy)]
pub(super) struct ByName(pub(super) Status);

impl Transparent for ByName {
    type Inner = Status;
    fn inner(&self) -> &Status {
        &self.0
    }
    fn from_inner(inner: Status) -> Self {
        Self(inner)
    }
}

impl Value for ByName {
    type Order = &'static str;
    fn order(&self) -> &'static str {
        Status::NAMES[self.0 as usize]
    }
    fn any() -> BoxedStrategy<ByName> {
        Status::any().prop_map(ByName).boxed()
    }
}

/// A newtype as the derive treats it.
#[derive(Debug, Clone)]
pub(super) struct Isbn(pub(super) String);

impl Transparent for Isbn {
    type Inner = String;
    fn inner(&self) -> &String {
        &self.0
    }
    fn from_inner(inner: String) -> Self {
        Self(inner)
    }
}

impl Value for Isbn {
    type Order = String;
    fn order(&self) -> String {
        self.0.clone()
    }
    fn any() -> BoxedStrategy<Isbn> {
        String::any().prop_map(Isbn).boxed()
    }
}

/// A part that sorts the other way around.
pub(super) enum Direction<T> {
    Up(T),
    Down(Reverse<T>),
}

impl<T: Ord> Direction<T> {
    pub(super) fn new(order: T, descending: bool) -> Self {
        if descending { Self::Down(Reverse(order)) } else { Self::Up(order) }
    }

    pub(super) fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Self::Up(a), Self::Up(b)) => a.cmp(b),
            (Self::Down(a), Self::Down(b)) => a.cmp(b),
            _ => unreachable!("one part has one direction"),
        }
    }
}

pub(super) const fn literal(text: &'static str) -> Segment {
    Segment::Literal(text)
}

pub(super) const fn part(index: usize, format: Format) -> Segment {
    Segment::Part(Part { field: ["a", "b", "c", "d"][index], index, format, descending: false })
}

pub(super) const fn rev(index: usize, format: Format) -> Segment {
    Segment::Part(Part { field: ["a", "b", "c", "d"][index], index, format, descending: true })
}

pub(super) const fn attribute(name: &'static str, kind: KeyKind, segments: &'static [Segment]) -> KeyAttribute {
    KeyAttribute { name, kind, segments }
}

/// A partition of one value, so that only the sort key matters.
pub(super) const ONE: &[KeyAttribute] = &[attribute("pk", KeyKind::S, &[literal("P")])];

pub(super) fn descending(key: &KeySchema, index: usize) -> bool {
    key.partition.iter().chain(key.sort).flat_map(|a| a.parts()).any(|part| part.index == index && part.descending)
}

/// Compares two stored values as DynamoDB does.
pub(super) fn compare(a: &KeyValue, b: &KeyValue) -> std::cmp::Ordering {
    match (a, b) {
        (KeyValue::S(a), KeyValue::S(b)) => a.as_bytes().cmp(b.as_bytes()),
        (KeyValue::B(a), KeyValue::B(b)) => a.cmp(b),
        // Digits of one sign: the tests of numbers here stay within i128.
        (KeyValue::N(a), KeyValue::N(b)) => {
            let number = |digits: &String| digits.parse::<i128>().expect("an integer");
            number(a).cmp(&number(b))
        }
        _ => panic!("a key has one type"),
    }
}

fn starts_with(value: &KeyValue, prefix: &KeyValue) -> bool {
    match (value, prefix) {
        (KeyValue::S(value), KeyValue::S(prefix)) => value.as_bytes().starts_with(prefix.as_bytes()),
        (KeyValue::B(value), KeyValue::B(prefix)) => value.starts_with(prefix),
        _ => panic!("DynamoDB has no prefix of a number"),
    }
}

/// Whether DynamoDB would find a key by a condition.
pub(super) fn finds(condition: &KeyCondition, key: &[(&'static str, KeyValue)]) -> bool {
    let stored = |name: &str| &key.iter().find(|(known, _)| *known == name).expect("a key attribute").1;
    let equal = condition.equal.iter().all(|(name, value)| stored(name) == value);
    let range = condition.range.as_ref().is_none_or(|(name, range)| {
        let stored = stored(name);
        match range {
            SortRange::BeginsWith(prefix) => starts_with(stored, prefix),
            SortRange::Between(low, high) => compare(stored, low).is_ge() && compare(stored, high).is_le(),
            SortRange::AtLeast(low) => compare(stored, low).is_ge(),
            SortRange::Above(low) => compare(stored, low).is_gt(),
            SortRange::AtMost(high) => compare(stored, high).is_le(),
            SortRange::Below(high) => compare(stored, high).is_lt(),
        }
    });
    !condition.empty && equal && range
}
