//! A condition finds exactly the keys that it names: every kind of range, in every position, over keys in memory.

use chrono::{DateTime, NaiveDate, Utc};
use dynorm::error::KeyProblem;
use dynorm::key::{Key, KeyBuf, KeyCondition, KeyValue, Ranged, begins_with};
use dynorm::schema::{Format, KeyKind, KeySchema, Segment};
use proptest::prelude::*;
use uuid::Uuid;

use super::values::{ByName, Isbn, ONE, Status, Value, attribute, finds, literal, part, rev};

/// What one part of the key is asked for. The last kind is that it is not asked for at all.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Value,
    Range,
    Inclusive,
    From,
    To,
    ToInclusive,
    NewInclusive,
    Nothing,
}

const KINDS: [Kind; 8] = [
    Kind::Value,
    Kind::Range,
    Kind::Inclusive,
    Kind::From,
    Kind::To,
    Kind::ToInclusive,
    Kind::NewInclusive,
    Kind::Nothing,
];

/// Whether a value of a part is one that was asked for.
type Wanted<'a, T> = Box<dyn Fn(&T) -> bool + 'a>;

/// Asks for a part, and says what that means for a value of it.
fn ask<'a, T: Value>(buf: KeyBuf, kind: Kind, low: &'a T, high: &'a T) -> (KeyBuf, Wanted<'a, T>) {
    let (from, to) = (low.order(), high.order());
    let (a, b) = (low.clone(), high.clone());
    match kind {
        Kind::Value => (buf.condition::<T, (), ()>(a), Box::new(move |x| x.order() == from)),
        Kind::Range => (buf.condition::<T, (), Ranged>(a..b), Box::new(move |x| (&from..&to).contains(&&x.order()))),
        Kind::Inclusive => {
            (buf.condition::<T, (), Ranged>(a..=b), Box::new(move |x| (&from..=&to).contains(&&x.order())))
        }
        Kind::NewInclusive => {
            let range = std::range::RangeInclusive { start: a, last: b };
            (buf.condition::<T, (), Ranged>(range), Box::new(move |x| (&from..=&to).contains(&&x.order())))
        }
        Kind::From => (buf.condition::<T, (), Ranged>(a..), Box::new(move |x| x.order() >= from)),
        Kind::To => (buf.condition::<T, (), Ranged>(..b), Box::new(move |x| x.order() < to)),
        Kind::ToInclusive => (buf.condition::<T, (), Ranged>(..=b), Box::new(move |x| x.order() <= to)),
        Kind::Nothing => (buf, Box::new(|_| true)),
    }
}

type Stored = Vec<(&'static str, KeyValue)>;

fn stored<A: Value, B: Value, C: Value>(key: &'static KeySchema, value: &(A, B, C)) -> Option<Stored> {
    let buf = KeyBuf::new(key).condition::<A, (), ()>(&value.0).condition::<B, (), ()>(&value.1);
    Key::<()>::new(buf.condition::<C, (), ()>(&value.2)).values().ok().map(<[_]>::to_vec)
}

/// `None` if a part was refused for a character that would end it.
fn condition(buf: KeyBuf) -> Option<KeyCondition> {
    match buf.into_condition() {
        Ok(condition) => Some(condition),
        Err(error) => {
            assert!(matches!(error.problem(), KeyProblem::Delimiter { .. } | KeyProblem::Empty), "{error}");
            None
        }
    }
}

/// Leading values of a stored tuple, then one kind of question about the part at `place`.
fn check_ranges<A: Value, B: Value, C: Value>(
    key: &'static KeySchema,
    items: &[(A, B, C)],
    place: usize,
    kind: Kind,
    low: &(A, B, C),
    high: &(A, B, C),
) -> Result<(), TestCaseError> {
    let kind_at = |index: usize| match index.cmp(&place) {
        std::cmp::Ordering::Less => Kind::Value,
        std::cmp::Ordering::Equal => kind,
        std::cmp::Ordering::Greater => Kind::Nothing,
    };
    let (buf, a) = ask(KeyBuf::new(key), kind_at(0), &low.0, &high.0);
    let (buf, b) = ask(buf, kind_at(1), &low.1, &high.1);
    let (buf, c) = ask(buf, kind_at(2), &low.2, &high.2);
    let Some(condition) = condition(buf) else { return Ok(()) };
    for item in items {
        let Some(stored) = stored(key, item) else { continue };
        let wanted = a(&item.0) && b(&item.1) && c(&item.2);
        prop_assert_eq!(finds(&condition, &stored), wanted, "{:?} by {:?}", item, condition_text(&condition));
    }
    Ok(())
}

/// The condition with its values, which `Debug` does not show.
fn condition_text(condition: &KeyCondition) -> String {
    use dynorm::key::SortRange::{Above, AtLeast, AtMost, BeginsWith, Below, Between};
    let text = |value: &KeyValue| match value {
        KeyValue::S(text) | KeyValue::N(text) => format!("{:?}", text.trim_end_matches(char::MAX)),
        KeyValue::B(bytes) => format!("{bytes:?}"),
    };
    let range = condition.range.as_ref().map(|(_, range)| match range {
        Between(low, high) => format!("{}..={}", text(low), text(high)),
        BeginsWith(value) | AtLeast(value) | Above(value) | AtMost(value) | Below(value) => text(value),
    });
    format!("{condition:?} {range:?}")
}

macro_rules! ranges { ($($name:ident: ($a:ty, $b:ty, $c:ty) = [$($sort:expr),+];)*) => {
    proptest! {$(
        #[test]
        fn $name(
            items in prop::collection::vec((<$a>::any(), <$b>::any(), <$c>::any()), 2..8),
            other in (<$a>::any(), <$b>::any(), <$c>::any()),
            place in 0_usize..3,
            same in 0_usize..=3,
            kind in prop::sample::select(KINDS.to_vec()),
        ) {
            static KEY: KeySchema = KeySchema { partition: ONE, sort: &[$($sort),+] };
            // Items that share their first parts, and ends that are parts of items, or not.
            let first = items[0].clone();
            let mut items = items;
            for (number, item) in items.iter_mut().enumerate() {
                if same > 0 && number % 2 == 0 { item.0 = first.0.clone(); }
                if same > 1 && number % 3 != 2 { item.1 = first.1.clone(); }
            }
            let high = items[1].clone();
            check_ranges(&KEY, &items, place, kind, &first, &high)?;
            check_ranges(&KEY, &items, place, kind, &high, &first)?;
            check_ranges(&KEY, &items, place, kind, &first, &first)?;
            let mut outside = first.clone();
            match place { 0 => outside.0 = other.0, 1 => outside.1 = other.1, _ => outside.2 = other.2 }
            check_ranges(&KEY, &items, place, kind, &first, &outside)?;
            check_ranges(&KEY, &items, place, kind, &outside, &high)?;
        }
    )*}
} }

/// The sort key of one template.
macro_rules! sk { ($($segment:expr),* $(,)?) => {
    attribute("sk", KeyKind::S, { const S: &[Segment] = &[$($segment),*]; S })
} }

ranges! {
    ranges_of_text_and_width: (String, u16, String) =
        [sk![part(0, Format::Text), literal("#"), part(1, Format::Padded(5)), literal("-"), part(2, Format::Text)]];
    ranges_behind_a_literal: (u8, String, char) =
        [sk![literal("X#"), part(0, Format::Padded(3)), literal("-"), part(1, Format::Escape), literal("~~"), part(2, Format::Text)]];
    ranges_of_escaped_text: (String, String, String) =
        [sk![part(0, Format::Escape), literal("-"), part(1, Format::Escape), literal("\u{D7FF}"), part(2, Format::Escape)]];
    ranges_before_a_trailing_literal: (Isbn, i16, String) =
        [sk![part(0, Format::Escape), literal("\0"), part(1, Format::Sortable), literal("/"), part(2, Format::Escape), literal("!end")]];
    ranges_of_numbers_side_by_side: (u8, i32, f64) =
        [sk![part(0, Format::Padded(3)), part(1, Format::Sortable), part(2, Format::Sortable)]];
    ranges_of_fixed_before_text: (i8, f32, String) =
        [sk![part(0, Format::Sortable), literal("\0"), part(1, Format::Sortable), part(2, Format::Text)]];
    ranges_of_descending_numbers: (u8, i32, f64) =
        [sk![rev(0, Format::Padded(3)), literal("-"), rev(1, Format::Sortable), rev(2, Format::Sortable)]];
    ranges_of_descending_numbers_before_a_literal: (i64, u128, u16) =
        [sk![literal("N"), rev(0, Format::Sortable), rev(1, Format::Sortable), literal("."), rev(2, Format::Padded(5)), literal("#")]];
    ranges_of_times: (NaiveDate, DateTime<Utc>, Uuid) =
        [sk![part(0, Format::Text), literal("-"), part(1, Format::Text), literal("~"), part(2, Format::Text)]];
    ranges_of_descending_times: (Uuid, DateTime<Utc>, NaiveDate) =
        [sk![rev(0, Format::Text), literal("-"), rev(1, Format::Text), rev(2, Format::Text)]];
    ranges_of_enums: (Status, ByName, Status) =
        [sk![part(0, Format::Order), part(1, Format::Text), literal("#"), rev(2, Format::Order)]];
    ranges_of_several_attributes: (String, i64, Isbn) = [
        attribute("a", KeyKind::S, &[part(0, Format::Plain)]),
        attribute("b", KeyKind::N, &[part(1, Format::Plain)]),
        attribute("c", KeyKind::S, &[part(2, Format::Plain)])
    ];
    ranges_of_templates_and_plain_attributes: (u64, NaiveDate, u32) = [
        attribute("a", KeyKind::S, &[literal("A"), part(0, Format::Sortable)]),
        attribute("b", KeyKind::S, &[part(1, Format::Plain)]),
        attribute("c", KeyKind::S, &[literal("C"), part(2, Format::Padded(10)), literal("!")])
    ];
    ranges_of_plain_enums_times_and_ids: (ByName, DateTime<Utc>, Uuid) = [
        attribute("a", KeyKind::S, &[part(0, Format::Plain)]),
        attribute("b", KeyKind::S, &[part(1, Format::Plain)]),
        attribute("c", KeyKind::S, &[part(2, Format::Plain)])
    ];
}

static BYTES: KeySchema = KeySchema { partition: ONE, sort: &[attribute("sk", KeyKind::B, &[part(0, Format::Plain)])] };

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(vec![0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF_u8]), 0..4)
}

fn check_bytes(
    items: &[Vec<u8>],
    wanted: impl Fn(&Vec<u8>) -> bool,
    ask: impl FnOnce(KeyBuf) -> KeyBuf,
) -> Result<(), TestCaseError> {
    let condition = ask(KeyBuf::new(&BYTES)).into_condition().expect("no bytes are refused in a range");
    for item in items.iter().filter(|item| !item.is_empty()) {
        let key = Key::<()>::new(KeyBuf::new(&BYTES).condition::<Vec<u8>, (), ()>(item));
        let found = finds(&condition, key.values().expect("a key"));
        prop_assert_eq!(found, wanted(item), "{:?} by {}", item, condition_text(&condition));
    }
    Ok(())
}

proptest! {
    #[test]
    fn ranges_of_bytes(items in prop::collection::vec(bytes(), 1..8), low in bytes(), high in bytes()) {
        let (a, b) = (|| low.clone(), || high.clone());
        check_bytes(&items, |x| (a()..b()).contains(x), |key| key.condition::<Vec<u8>, (), _>(a()..b()))?;
        check_bytes(&items, |x| (a()..=b()).contains(x), |key| key.condition::<Vec<u8>, (), _>(a()..=b()))?;
        check_bytes(&items, |x| *x >= low, |key| key.condition::<Vec<u8>, (), _>(a()..))?;
        check_bytes(&items, |x| *x < high, |key| key.condition::<Vec<u8>, (), _>(..b()))?;
        check_bytes(&items, |x| *x <= high, |key| key.condition::<Vec<u8>, (), _>(..=b()))?;
        check_bytes(&items, |x| x.starts_with(&low), |key| key.condition::<Vec<u8>, (), _>(begins_with(&low)))?;
    }
}
