//! chrono's dates and times: text of a fixed width that sorts; `TimeDelta` as seconds.

use chrono::{
    DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike, Utc,
};

use super::time::{NANOS_PER_SECOND, UnixTime, read_scaled, write_seconds};
use super::{Attribute, calendar, stored};
use crate::codec::{Reader, Writer};
use crate::error::{DecodeError, EncodeError};

fn push_date(text: &mut String, date: &impl Datelike) -> Result<(), EncodeError> {
    calendar::push_date(text, i64::from(date.year()), date.month(), date.day())
}

fn push_time(text: &mut String, time: &impl Timelike) {
    calendar::push_time(text, time.hour(), time.minute(), time.second(), time.nanosecond());
}

fn push_date_time(text: &mut String, date_time: &(impl Datelike + Timelike)) -> Result<(), EncodeError> {
    push_date(text, date_time)?;
    text.push('T');
    push_time(text, date_time);
    Ok(())
}

/// The written form, `2024-05-01T12:00:00.000000000`; `None` for any other, and for leap seconds.
fn parse_fixed_width(text: &[u8]) -> Option<NaiveDateTime> {
    let (date, time) = text.split_at_checked(10)?;
    Some(NaiveDateTime::new(parse_date(date)?, parse_time(time.strip_prefix(b"T")?)?))
}

fn parse_date(text: &[u8]) -> Option<NaiveDate> {
    let (year, month, day) = calendar::date_digits(text)?;
    NaiveDate::from_ymd_opt(year, month, day)
}

fn parse_time(text: &[u8]) -> Option<NaiveTime> {
    let (hour, minute, second, nanosecond) = calendar::time_digits(text)?;
    NaiveTime::from_hms_nano_opt(hour, minute, second, nanosecond)
}

impl Attribute for DateTime<Utc> {
    type Stored = stored::S;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        let mut text = String::with_capacity(30);
        push_date_time(&mut text, self)?;
        text.push('Z');
        writer.string(&text)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let text = reader.string()?;
        match text.as_bytes().strip_suffix(b"Z").and_then(parse_fixed_width) {
            Some(date_time) => Ok(date_time.and_utc()),
            None => parse_rfc3339(&text).map(|date_time| date_time.with_timezone(&Utc)),
        }
    }
}

impl Attribute for DateTime<FixedOffset> {
    type Stored = stored::S;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        let offset = self.offset().local_minus_utc();
        if offset % 60 != 0 {
            return Err(EncodeError::invalid("an offset from UTC with seconds, which RFC 3339 has no form for"));
        }
        let mut text = String::with_capacity(35);
        push_date_time(&mut text, self)?;
        let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs() / 60);
        text.push_str(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
        writer.string(&text)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        parse_rfc3339(&reader.string()?)
    }
}

fn parse_rfc3339(text: &str) -> Result<DateTime<FixedOffset>, DecodeError> {
    DateTime::parse_from_rfc3339(text).map_err(|_| DecodeError::invalid("not a date and time of RFC 3339"))
}

impl Attribute for NaiveDate {
    type Stored = stored::S;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        let mut text = String::with_capacity(10);
        push_date(&mut text, self)?;
        writer.string(&text)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        parse_date(reader.string()?.as_bytes()).ok_or_else(|| DecodeError::invalid("not a date like 2024-05-01"))
    }
}

impl Attribute for NaiveTime {
    type Stored = stored::S;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        let mut text = String::with_capacity(18);
        push_time(&mut text, self);
        writer.string(&text)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let text = reader.string()?;
        parse_time(text.as_bytes())
            .or_else(|| Self::parse_from_str(&text, "%H:%M:%S%.f").ok())
            .ok_or_else(|| DecodeError::invalid("not a time like 12:00:00"))
    }
}

impl Attribute for NaiveDateTime {
    type Stored = stored::S;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        let mut text = String::with_capacity(29);
        push_date_time(&mut text, self)?;
        writer.string(&text)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let text = reader.string()?;
        parse_fixed_width(text.as_bytes())
            .or_else(|| Self::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f").ok())
            .ok_or_else(|| DecodeError::invalid("not a date and time like 2024-05-01T12:00:00"))
    }
}

impl Attribute for TimeDelta {
    type Stored = stored::N;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        let seconds = i128::from(self.num_seconds()) * i128::from(NANOS_PER_SECOND);
        write_seconds(seconds + i128::from(self.subsec_nanos()), writer)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let nanoseconds = read_scaled(reader, 9, "TimeDelta")?;
        let second = i128::from(NANOS_PER_SECOND);
        i64::try_from(nanoseconds.div_euclid(second))
            .ok()
            .and_then(|seconds| Self::new(seconds, nanoseconds.rem_euclid(second) as u32))
            .ok_or_else(|| DecodeError::out_of_range("TimeDelta"))
    }
}

impl UnixTime for DateTime<Utc> {
    fn to_unix_nanoseconds(&self) -> i128 {
        i128::from(self.timestamp()) * i128::from(NANOS_PER_SECOND) + i128::from(self.timestamp_subsec_nanos())
    }

    fn from_unix_nanoseconds(nanoseconds: i128) -> Option<Self> {
        let second = i128::from(NANOS_PER_SECOND);
        let seconds = i64::try_from(nanoseconds.div_euclid(second)).ok()?;
        Utc.timestamp_opt(seconds, nanoseconds.rem_euclid(second) as u32).single()
    }
}
