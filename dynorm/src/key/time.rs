//! Dates and times as key parts: `2024-05-01`, and `2024-05-01T12:00:00.000000000Z`.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

use super::fixed::{Alphabet, Fixed};
use super::part::{FixedPart, KeyPart, PlainKey, TextPart};
use super::value::KeyValue;
use crate::error::{KeyError, KeyProblem};
use crate::schema::{Format, KeyKind};

const DATE: Fixed = Fixed { width: "0000-00-00".len(), alphabet: Alphabet::Digits };
const TIME: Fixed = Fixed { width: "0000-00-00T00:00:00.000000000Z".len(), alphabet: Alphabet::Digits };

fn push_digits(number: u32, width: u32, out: &mut String) {
    out.extend((0..width).rev().filter_map(|place| char::from_digit(number / 10_u32.pow(place) % 10, 10)));
}

fn push_date(date: NaiveDate, out: &mut String) -> Result<(), KeyError> {
    let year = u32::try_from(date.year()).ok().filter(|year| *year <= 9999).ok_or(KeyProblem::Year)?;
    push_digits(year, 4, out);
    out.push('-');
    push_digits(date.month(), 2, out);
    out.push('-');
    push_digits(date.day(), 2, out);
    Ok(())
}

fn push_time(time: &DateTime<Utc>, out: &mut String) -> Result<(), KeyError> {
    push_date(time.date_naive(), out)?;
    // chrono counts a leap second as more than a second of nanoseconds.
    let (second, nanosecond) = match time.nanosecond().checked_sub(1_000_000_000) {
        Some(rest) => (time.second() + 1, rest),
        None => (time.second(), time.nanosecond()),
    };
    for (before, number, width) in
        [('T', time.hour(), 2), (':', time.minute(), 2), (':', second, 2), ('.', nanosecond, 9)]
    {
        out.push(before);
        push_digits(number, width, out);
    }
    out.push('Z');
    Ok(())
}

fn check(format: Format) -> Result<(), KeyError> {
    match format {
        Format::Text | Format::Plain => Ok(()),
        _ => Err(KeyProblem::Form.into()),
    }
}

impl KeyPart for NaiveDate {
    const KIND: KeyKind = KeyKind::S;
    fn plain(&self) -> Result<KeyValue, KeyError> {
        let mut out = String::with_capacity(DATE.width);
        push_date(*self, &mut out)?;
        Ok(KeyValue::S(out))
    }
    fn text(&self, format: Format, out: &mut String) -> Result<(), KeyError> {
        check(format)?;
        push_date(*self, out)
    }
    fn parse(text: &str, _format: Format) -> Result<Self, KeyError> {
        let mut canonical = String::with_capacity(DATE.width);
        let date = text.parse().map_err(|_| KeyProblem::Malformed)?;
        push_date(date, &mut canonical)?;
        if canonical == text { Ok(date) } else { Err(KeyProblem::Malformed.into()) }
    }
    fn fixed(format: Format) -> Option<Fixed> {
        (format == Format::Text).then_some(DATE)
    }
}
impl PlainKey for NaiveDate {}
impl TextPart for NaiveDate {}
impl FixedPart for NaiveDate {}

impl KeyPart for DateTime<Utc> {
    const KIND: KeyKind = KeyKind::S;
    fn plain(&self) -> Result<KeyValue, KeyError> {
        let mut out = String::with_capacity(TIME.width);
        push_time(self, &mut out)?;
        Ok(KeyValue::S(out))
    }
    fn text(&self, format: Format, out: &mut String) -> Result<(), KeyError> {
        check(format)?;
        push_time(self, out)
    }
    fn parse(text: &str, _format: Format) -> Result<Self, KeyError> {
        let mut canonical = String::with_capacity(TIME.width);
        let time = DateTime::parse_from_rfc3339(text).map_err(|_| KeyProblem::Malformed)?.to_utc();
        push_time(&time, &mut canonical)?;
        if canonical == text { Ok(time) } else { Err(KeyProblem::Malformed.into()) }
    }
    fn fixed(format: Format) -> Option<Fixed> {
        (format == Format::Text).then_some(TIME)
    }
}
impl PlainKey for DateTime<Utc> {}
impl TextPart for DateTime<Utc> {}
impl FixedPart for DateTime<Utc> {}
