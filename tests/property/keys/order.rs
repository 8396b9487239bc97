//! `a < b` exactly when the key of `a` sorts before the key of `b`, and a stored key gives its parts back.

use chrono::{DateTime, NaiveDate, Utc};
use dynorm::error::KeyProblem;
use dynorm::key::{Key, KeyBuf, KeyPart, KeyValue, TemplateReader};
use dynorm::schema::{Format, KeyKind, KeySchema, Segment};
use proptest::prelude::*;
use uuid::Uuid;

use super::values::{ByName, Direction, Isbn, ONE, Status, Value, attribute, compare, descending, literal, part, rev};

/// The stored sort key; `None` if a part holds a character that would end it, which only text can.
fn stored<A: Value, B: Value, C: Value>(key: &'static KeySchema, value: &(A, B, C)) -> Option<KeyValue> {
    let buf = KeyBuf::new(key).condition::<A, (), ()>(&value.0).condition::<B, (), ()>(&value.1);
    let key = Key::<()>::new(buf.condition::<C, (), ()>(&value.2));
    match key.values() {
        Ok(values) => Some(values.last().expect("a sort key").1.clone()),
        Err(error) => {
            assert!(matches!(error.problem(), KeyProblem::Delimiter { .. } | KeyProblem::Width { .. }), "{error}");
            None
        }
    }
}

fn check_template<A: Value, B: Value, C: Value>(
    key: &'static KeySchema,
    x: &(A, B, C),
    y: &(A, B, C),
) -> Result<(), TestCaseError> {
    let (Some(stored_x), Some(stored_y)) = (stored(key, x), stored(key, y)) else { return Ok(()) };
    let direction = |index| descending(key, index);
    let a = Direction::new(x.0.order(), direction(0)).cmp(&Direction::new(y.0.order(), direction(0)));
    let b = Direction::new(x.1.order(), direction(1)).cmp(&Direction::new(y.1.order(), direction(1)));
    let c = Direction::new(x.2.order(), direction(2)).cmp(&Direction::new(y.2.order(), direction(2)));
    prop_assert_eq!(compare(&stored_x, &stored_y), a.then(b).then(c), "{:?} {:?}", x, y);

    let KeyValue::S(text) = stored_x else { panic!("a template is text") };
    let mut reader = TemplateReader::new(&key.sort[0], &text);
    let (a, b, c) = (reader.part::<A>(), reader.part::<B>(), reader.part::<C>());
    prop_assert!(reader.finish().is_ok());
    prop_assert_eq!(a.expect("the first part").order(), x.0.order());
    prop_assert_eq!(b.expect("the second part").order(), x.1.order());
    prop_assert_eq!(c.expect("the third part").order(), x.2.order());
    Ok(())
}

macro_rules! templates { ($($name:ident: ($a:ty, $b:ty, $c:ty) = $segments:expr;)*) => {
    proptest! {$(
        #[test]
        fn $name(
            x in (<$a>::any(), <$b>::any(), <$c>::any()),
            y in (<$a>::any(), <$b>::any(), <$c>::any()),
            same in 0..3,
        ) {
            static KEY: KeySchema =
                KeySchema { partition: ONE, sort: &[attribute("sk", KeyKind::S, { const S: &[Segment] = &$segments; S })] };
            // Often equal in the first parts, so that the last ones decide.
            let y = if same > 0 { (x.0.clone(), y.1, y.2) } else { y };
            let y = if same > 1 { (y.0, x.1.clone(), y.2) } else { y };
            check_template(&KEY, &x, &y)?;
        }
    )*}
} }
templates! {
    text_width_text: (String, u16, String) =
        [part(0, Format::Text), literal("#"), part(1, Format::Padded(5)), literal("-"), part(2, Format::Text)];
    escaped_everywhere: (String, String, String) = [
        literal("X-"), part(0, Format::Escape), literal("-"), part(1, Format::Escape), literal("~~"),
        part(2, Format::Escape),
    ];
    escaped_before_a_trailing_literal: (String, String, Isbn) = [
        part(0, Format::Escape), literal("\u{0}"), part(1, Format::Escape), literal("\u{D7FF}"),
        part(2, Format::Escape), literal("é!"),
    ];
    numbers_side_by_side: (u8, i32, f64) =
        [part(0, Format::Padded(3)), part(1, Format::Sortable), part(2, Format::Sortable)];
    numbers_descending: (u8, i32, f64) = [
        rev(0, Format::Padded(3)), literal("-"), rev(1, Format::Sortable), rev(2, Format::Sortable), literal("#END"),
    ];
    wide_numbers: (u128, i128, f32) =
        [part(0, Format::Sortable), rev(1, Format::Sortable), literal("/"), part(2, Format::Sortable)];
    times: (NaiveDate, DateTime<Utc>, Uuid) =
        [part(0, Format::Text), literal("-"), rev(1, Format::Text), part(2, Format::Text)];
    times_descending: (Uuid, NaiveDate, String) =
        [rev(0, Format::Text), literal("-"), rev(1, Format::Text), literal("{"), part(2, Format::Text)];
    enums: (Status, ByName, Status) =
        [part(0, Format::Order), part(1, Format::Text), literal("#"), rev(2, Format::Order)];
    characters: (char, Isbn, u64) =
        [part(0, Format::Text), literal("$"), part(1, Format::Escape), literal(" "), rev(2, Format::Sortable)];
    small_numbers: (i8, i16, u32) =
        [part(0, Format::Sortable), rev(1, Format::Sortable), part(2, Format::Padded(10))];
    machine_numbers: (usize, isize, i64) =
        [part(0, Format::Sortable), part(1, Format::Sortable), literal("."), rev(2, Format::Sortable)];
}

/// `None` for an integer that DynamoDB cannot store.
fn plain<T: Value>(value: &T) -> Option<KeyValue> {
    value.plain().map_err(|error| assert_eq!(error.problem(), KeyProblem::Digits)).ok()
}

fn check_plain<T: Value>(x: &T, y: &T) -> Result<(), TestCaseError> {
    if let (Some(stored_x), Some(stored_y)) = (plain(x), plain(y)) {
        prop_assert_eq!(compare(&stored_x, &stored_y), x.order().cmp(&y.order()));
    }
    Ok(())
}

macro_rules! plain_keys { ($($name:ident: $t:ty;)*) => {
    proptest! {$(
        #[test]
        fn $name(x in <$t>::any(), y in <$t>::any()) {
            check_plain(&x, &y)?;
        }
    )*}
} }
plain_keys! {
    a_string_alone: String;
    a_newtype_alone: Isbn;
    a_character_alone: char;
    an_enum_alone: ByName;
    a_date_alone: NaiveDate;
    a_time_alone: DateTime<Utc>;
    an_id_alone: Uuid;
    an_unsigned_number_alone: u64;
    a_signed_number_alone: i64;
    a_wide_number_alone: i128;
}

proptest! {
    #[test]
    fn a_text_that_no_value_has_is_refused(text in "[0-9a-f:TZ-]{0,40}") {
        fn check<T: Value>(text: &str, format: Format) {
            if let Ok(value) = T::parse(text, format) {
                let mut again = String::new();
                value.text(format, &mut again).expect("what was read can be written");
                assert_eq!(again, text);
            }
        }
        check::<u8>(&text, Format::Padded(3));
        check::<i8>(&text, Format::Sortable);
        check::<i64>(&text, Format::Sortable);
        check::<f32>(&text, Format::Sortable);
        check::<f64>(&text, Format::Sortable);
        check::<Uuid>(&text, Format::Text);
        check::<NaiveDate>(&text, Format::Text);
        check::<DateTime<Utc>>(&text, Format::Text);
        check::<Status>(&text, Format::Order);
    }

    #[test]
    fn a_text_near_a_value_is_its_own_or_refused(
        value in i16::any(), score in f32::any(), at in 0_usize..8, other in "[0-9a-f]",
    ) {
        let mut text = String::new();
        value.text(Format::Sortable, &mut text).expect("a key");
        text.replace_range(at.min(5)..=at.min(5), &other);
        if let Ok(value) = i16::parse(&text, Format::Sortable) {
            let mut again = String::new();
            value.text(Format::Sortable, &mut again).expect("a key");
            prop_assert_eq!(again, text);
        }
        let mut text = String::new();
        score.text(Format::Sortable, &mut text).expect("a key");
        text.replace_range(at..=at, &other);
        if let Ok(score) = f32::parse(&text, Format::Sortable) {
            let mut again = String::new();
            score.text(Format::Sortable, &mut again).expect("a key");
            prop_assert_eq!(again, text);
        }
    }
}
