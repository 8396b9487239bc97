//! Dates and times as key parts, in the text that their attributes have: `2024-05-01`, and
//! `2024-05-01T12:00:00.000000000Z`.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

use super::fixed::{Alphabet, Fixed};
use super::part::{FixedPart, KeyPart, PlainKey, TextPart};
use super::value::KeyValue;
use crate::attribute::calendar;
use crate::error::{KeyError, KeyProblem};
use crate::schema::{Format, KeyKind};

const DATE: Fixed = Fixed { width: "0000-00-00".len(), alphabet: Alphabet::Digits };
const TIME: Fixed = Fixed { width: "0000-00-00T00:00:00.000000000Z".len(), alphabet: Alphabet::Digits };

fn push_date(date: &impl Datelike, out: &mut String) -> Result<(), KeyError> {
    let (year, month, day) = (date.year(), date.month(), date.day());
    calendar::push_date(out, year.into(), month, day).map_err(|_| KeyProblem::Year.into())
}

fn push_time(time: &DateTime<Utc>, out: &mut String) -> Result<(), KeyError> {
    push_date(time, out)?;
    out.push('T');
    calendar::push_time(out, time.hour(), time.minute(), time.second(), time.nanosecond());
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
        push_date(self, &mut out)?;
        Ok(KeyValue::S(out))
    }
    fn text(&self, format: Format, out: &mut String) -> Result<(), KeyError> {
        check(format)?;
        push_date(self, out)
    }
    fn parse(text: &str, _format: Format) -> Result<Self, KeyError> {
        let mut canonical = String::with_capacity(DATE.width);
        let date: Self = text.parse().map_err(|_| KeyProblem::Malformed)?;
        push_date(&date, &mut canonical)?;
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
