//! What a key can hold, what a query sends, and what an error says: the rules 13 to 18 of the semantics by example.

use chrono::NaiveDate;
use dynorm::error::{KeyError, KeyProblem};
use dynorm::key::{Key, KeyBuf, KeyCondition, KeyPart, KeyValue, Ranged, SortRange, begins_with};
use dynorm::schema::{Format, KeyKind, KeySchema, Segment};

use super::values::{ONE, attribute, literal, part, rev};

const YEAR_ISBN: &[Segment] = &[part(0, Format::Padded(4)), literal("-"), part(1, Format::Text)];
static BOOK: KeySchema = KeySchema {
    partition: &[attribute("publisher", KeyKind::S, &[part(2, Format::Plain)])],
    sort: &[attribute("sk", KeyKind::S, YEAR_ISBN)],
};
static ORDER: KeySchema =
    KeySchema { partition: ONE, sort: &[attribute("sk", KeyKind::S, &[literal("ORDER#"), part(0, Format::Text)])] };
static CONSTANT: KeySchema = KeySchema {
    partition: &[attribute("pk", KeyKind::S, &[part(0, Format::Plain)])],
    sort: &[attribute("sk", KeyKind::S, &[literal("META")])],
};
static NUMBER: KeySchema = KeySchema { partition: ONE, sort: &[attribute("n", KeyKind::N, &[part(0, Format::Plain)])] };
static TEXT: KeySchema = KeySchema { partition: ONE, sort: &[attribute("s", KeyKind::S, &[part(0, Format::Plain)])] };
static FIXED_THEN_TEXT: KeySchema = KeySchema {
    partition: ONE,
    sort: &[attribute("sk", KeyKind::S, &[part(0, Format::Padded(2)), part(1, Format::Text)])],
};
static TEXT_THEN_PART: KeySchema =
    KeySchema { partition: ONE, sort: &[attribute("sk", KeyKind::S, &[part(0, Format::Text), part(1, Format::Text)])] };
static LATEST: KeySchema = KeySchema {
    partition: ONE,
    sort: &[attribute("sk", KeyKind::S, &[rev(0, Format::Padded(4)), literal("-"), rev(1, Format::Padded(4))])],
};

fn penguin() -> KeyBuf {
    KeyBuf::new(&BOOK).value::<String>("Penguin Books")
}

fn sent(buf: KeyBuf) -> Option<SortRange> {
    let condition = buf.into_condition().expect("a condition");
    assert!(!condition.empty);
    condition.range.map(|(_, range)| range)
}

fn is_empty(buf: KeyBuf) -> bool {
    let KeyCondition { empty, range, .. } = buf.into_condition().expect("a condition");
    assert!(!empty || range.is_none());
    empty
}

fn s(text: &str) -> KeyValue {
    KeyValue::S(text.into())
}

fn n(digits: &str) -> KeyValue {
    KeyValue::N(digits.into())
}

/// The rest of a key of 1,024 bytes, filled with the last character there is.
fn filled(start: &str) -> KeyValue {
    let room = 1024 - start.len();
    let rest = ["", "\u{7F}", "\u{7FF}", "\u{FFFF}"][room % 4];
    KeyValue::S([start, &char::MAX.to_string().repeat(room / 4), rest].concat())
}

fn error(buf: KeyBuf) -> KeyError {
    buf.into_condition().expect_err("an error")
}

#[test]
fn a_part_of_the_sort_key_is_sent_with_its_delimiter() {
    assert_eq!(sent(penguin()), None);
    assert_eq!(sent(penguin().condition::<u16, (), ()>(1995)), Some(SortRange::BeginsWith(s("1995-"))));
    let isbn = penguin().condition::<u16, (), ()>(1995).condition::<String, (), Ranged>(begins_with("978014"));
    assert_eq!(sent(isbn), Some(SortRange::BeginsWith(s("1995-978014"))));
    let all = penguin().condition::<u16, (), ()>(1995).condition::<String, (), Ranged>(begins_with(""));
    assert_eq!(sent(all), Some(SortRange::BeginsWith(s("1995-"))));
}

#[test]
fn a_complete_key_is_equalities() {
    let condition = penguin().condition::<u16, (), ()>(95).condition::<String, (), ()>("x").into_condition();
    let condition = condition.expect("a condition");
    assert!(condition.complete);
    assert_eq!(condition.equal, [("publisher", s("Penguin Books")), ("sk", s("0095-x"))]);
    assert_eq!(condition.range, None);
}

#[test]
fn ends_before_the_last_part() {
    let year = |range: SortRange, buf: KeyBuf| assert_eq!(sent(buf), Some(range));
    year(SortRange::Between(s("1990"), s("1999.")), penguin().condition::<u16, (), _>(1990..=1999));
    year(SortRange::Between(s("1990"), s("1999")), penguin().condition::<u16, (), _>(1990..1999));
    year(SortRange::AtLeast(s("1990")), penguin().condition::<u16, (), _>(1990..));
    year(SortRange::Below(s("1999")), penguin().condition::<u16, (), _>(..1999));
    year(SortRange::AtMost(s("1999.")), penguin().condition::<u16, (), _>(..=1999));
}

#[test]
fn ends_on_the_last_part() {
    let isbn = || penguin().condition::<u16, (), ()>(1995);
    let check = |range: SortRange, buf: KeyBuf| assert_eq!(sent(buf), Some(range));
    check(SortRange::Between(s("1995-a"), s("1995-m")), isbn().condition::<String, (), _>("a"..="m"));
    check(SortRange::Between(s("1995-a"), filled("1995-l")), isbn().condition::<String, (), _>("a".."m"));
    check(SortRange::Between(s("1995-a"), s("1995.")), isbn().condition::<String, (), _>("a"..));
    check(SortRange::Between(s("1995-"), filled("1995-l")), isbn().condition::<String, (), _>(.."m"));
    check(SortRange::Between(s("1995-"), s("1995-m")), isbn().condition::<String, (), _>(..="m"));
}

#[test]
fn ends_of_a_plain_key() {
    let check = |range: SortRange, buf: KeyBuf| assert_eq!(sent(buf), Some(range));
    let new = || KeyBuf::new(&NUMBER);
    check(SortRange::Between(n("-5"), n("-1")), new().condition::<i64, (), _>(-5..0));
    check(SortRange::Between(n("-5"), n("1000")), new().condition::<i64, (), _>(-5..=1000));
    check(SortRange::Below(n("7")), new().condition::<i64, (), _>(..7));
    check(SortRange::AtMost(n("7")), new().condition::<i64, (), _>(..=7));
    check(SortRange::AtLeast(n("7")), new().condition::<i64, (), _>(7..));
    let new = || KeyBuf::new(&TEXT);
    check(SortRange::Between(s("a"), filled("l")), new().condition::<String, (), _>("a".."m"));
    check(SortRange::Between(s("a"), s("a")), new().condition::<String, (), _>("a".."a\0"));
    check(SortRange::BeginsWith(s("a")), new().condition::<String, (), _>(begins_with("a")));
    assert_eq!(sent(new().condition::<String, (), _>(begins_with(""))), None);
    assert_eq!(sent(new().condition::<String, (), _>(""..)), None);
    check(SortRange::Below(s("m")), new().condition::<String, (), _>("".."m"));
}

#[test]
fn the_ends_of_a_descending_part_swap() {
    let check = |range: SortRange, buf: KeyBuf| assert_eq!(sent(buf), Some(range));
    let new = || KeyBuf::new(&LATEST);
    check(SortRange::Between(s("8000"), s("8009.")), new().condition::<u16, (), _>(1990..=1999));
    check(SortRange::Between(s("8000."), s("8009.")), new().condition::<u16, (), _>(1990..1999));
    check(SortRange::AtMost(s("8009.")), new().condition::<u16, (), _>(1990..));
    check(SortRange::AtLeast(s("8000.")), new().condition::<u16, (), _>(..1999));
    check(SortRange::AtLeast(s("8000")), new().condition::<u16, (), _>(..=1999));
    let last = || KeyBuf::new(&LATEST).condition::<u16, (), ()>(1995);
    check(SortRange::Between(s("8004-8001"), s("8004-8009")), last().condition::<u16, (), _>(1990..1999));
}

#[test]
fn a_range_without_values_sends_nothing() {
    assert!(is_empty(penguin().condition::<u16, (), _>(1995..1995)));
    #[expect(clippy::reversed_empty_ranges, reason = "the range that a user computes")]
    let inverted = 1999..=1990;
    assert!(is_empty(penguin().condition::<u16, (), _>(inverted)));
    assert!(is_empty(KeyBuf::new(&NUMBER).condition::<u64, (), _>(3..3)));
    assert!(is_empty(KeyBuf::new(&TEXT).condition::<String, (), _>(.."")));
    assert!(is_empty(KeyBuf::new(&TEXT).condition::<String, (), _>(..="")));
    assert!(is_empty(penguin().condition::<u16, (), ()>(1995).condition::<String, (), _>(.."")));
    let mut used_up = 1..=1_u16;
    used_up.next();
    assert!(is_empty(penguin().condition::<u16, (), _>(used_up)));
    assert!(!is_empty(penguin().condition::<u16, (), _>(..0)));
}

#[test]
fn the_leading_literal_is_always_sent() {
    let new = || KeyBuf::new(&ORDER);
    assert_eq!(sent(new()), Some(SortRange::BeginsWith(s("ORDER#"))));
    let all = new().condition::<String, (), _>(begins_with(""));
    assert_eq!(sent(all), Some(SortRange::BeginsWith(s("ORDER#"))));
    let from = new().condition::<String, (), _>("7"..);
    assert_eq!(sent(from), Some(SortRange::Between(s("ORDER#7"), s("ORDER$"))));
    let to = new().condition::<String, (), _>(..="7");
    assert_eq!(sent(to), Some(SortRange::Between(s("ORDER#"), s("ORDER#7"))));
}

#[test]
fn a_constant_needs_no_part() {
    let condition = KeyBuf::new(&CONSTANT).value::<String>("x").into_condition().expect("a condition");
    assert!(condition.complete);
    assert_eq!(condition.equal, [("pk", s("x")), ("sk", s("META"))]);
}

#[test]
fn the_end_of_a_part_right_before_another_is_not_the_next_value() {
    let buf = KeyBuf::new(&FIXED_THEN_TEXT).condition::<u8, (), ()>(1).condition::<String, (), _>("x"..);
    assert_eq!(sent(buf), Some(SortRange::Between(s("01x"), filled("01"))));
}

#[test]
fn what_does_not_fit_is_refused_before_a_request() {
    let year = error(penguin().condition::<u16, (), ()>(19951));
    assert_eq!(year.problem(), KeyProblem::Width { width: 4 });
    assert_eq!((year.attribute(), year.part()), (Some("sk"), Some("a")));
    assert_eq!(error(KeyBuf::new(&BOOK).value::<String>("")).problem(), KeyProblem::Empty);
    assert_eq!(error(KeyBuf::new(&TEXT).condition::<String, (), ()>("")).problem(), KeyProblem::Empty);
    assert_eq!(error(KeyBuf::new(&BOOK)).problem(), KeyProblem::Incomplete);
    let template = error(KeyBuf::new(&TEXT_THEN_PART).condition::<String, (), ()>("a"));
    assert_eq!(template.problem(), KeyProblem::Template);
    let delimiter = error(KeyBuf::new(&BOOK).value::<String>("x").condition::<u16, (), _>(19951..));
    assert_eq!(delimiter.problem(), KeyProblem::Width { width: 4 });
}

#[test]
fn keys_are_as_long_as_dynamodb_allows() {
    let partition = |bytes| KeyBuf::new(&CONSTANT).value::<String>("x".repeat(bytes)).into_condition();
    assert!(partition(2048).is_ok());
    let error = partition(2049).expect_err("too long");
    assert_eq!(error.problem(), KeyProblem::TooLong { bytes: 2049, limit: 2048 });
    let sort = |bytes| KeyBuf::new(&ORDER).condition::<String, (), ()>("x".repeat(bytes)).into_condition();
    assert!(sort(1024 - 6).is_ok());
    assert_eq!(sort(1025 - 6).expect_err("too long").problem(), KeyProblem::TooLong { bytes: 1025, limit: 1024 });
    let range = |bytes| KeyBuf::new(&ORDER).condition::<String, (), _>("x".repeat(bytes)..).into_condition();
    assert!(range(1024 - 6).is_ok());
    assert!(range(1025 - 6).is_err());
}

#[test]
fn the_first_error_stays_and_shows_no_value() {
    let key = Key::<()>::new(penguin().condition::<u16, (), ()>(54321).condition::<String, (), ()>("secret"));
    let error = key.error().expect("an error").clone();
    assert_eq!(key.values().expect_err("an error"), error);
    assert_eq!(
        error.to_string(),
        "key, attribute `sk`, part `a`: the number has more than 4 digits; use a smaller one, or a wider template"
    );
    let shown = format!("{error} {error:?} {key:?}");
    assert!(!shown.contains("54321") && !shown.contains("Penguin") && !shown.contains("secret"), "{shown}");
    let good = Key::<()>::new(penguin().condition::<u16, (), ()>(1995).condition::<String, (), ()>("secret"));
    assert_eq!(format!("{good:?}"), "Key {\"publisher\": S(..), \"sk\": S(..)}");
}

#[test]
fn dates_have_four_digit_years() {
    let date = |year| NaiveDate::from_ymd_opt(year, 1, 1).expect("a date");
    for year in [-1, 10_000] {
        assert_eq!(date(year).plain().expect_err("no key").problem(), KeyProblem::Year);
        let time = date(year).and_hms_opt(0, 0, 0).expect("a time").and_utc();
        assert_eq!(time.plain().expect_err("no key").problem(), KeyProblem::Year);
    }
    assert_eq!(date(0).plain(), Ok(s("0000-01-01")));
    let time = date(2024).and_hms_nano_opt(12, 0, 0, 5).expect("a time").and_utc();
    assert_eq!(time.plain(), Ok(s("2024-01-01T12:00:00.000000005Z")));
}

#[test]
fn numbers_that_dynamodb_cannot_store_are_refused() {
    assert_eq!(u128::MAX.plain().expect_err("39 digits").problem(), KeyProblem::Digits);
    assert_eq!(10_u128.pow(38).plain(), Ok(n("100000000000000000000000000000000000000")));
    let mut text = String::new();
    assert_eq!(f64::NAN.text(Format::Sortable, &mut text).expect_err("NaN").problem(), KeyProblem::NotANumber);
}

#[test]
fn equal_keys_are_equal_and_can_be_sent_to_another_task() {
    fn sendable<T: Clone + Eq + std::hash::Hash + Send + Sync + 'static>(_: &T) {}
    let key = |year: u16| Key::<()>::new(penguin().condition::<u16, (), ()>(year).condition::<String, (), ()>("x"));
    sendable(&key(1));
    assert_eq!(key(1), key(1));
    assert_ne!(key(1), key(2));
}
