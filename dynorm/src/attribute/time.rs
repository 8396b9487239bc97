//! The standard library's times: `Duration` as seconds, `SystemTime` as text that sorts.

use std::time::{Duration, SystemTime};

use aws_smithy_types::date_time::{DateTime, Format};

use super::{Attribute, calendar, stored};
use crate::codec::{Integer, Number, Reader, Writer};
use crate::error::{DecodeError, EncodeError};

pub(super) const NANOS_PER_SECOND: u32 = 1_000_000_000;

/// Writes seconds as N, exact to the nanosecond.
pub(super) fn write_seconds(nanoseconds: i128, writer: &mut Writer) -> Result<(), EncodeError> {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let (second, nanos) = (u128::from(NANOS_PER_SECOND), nanoseconds.unsigned_abs());
    writer.number(&format!("{sign}{}.{:09}", nanos / second, nanos % second))
}

/// Reads a number that has at most so many decimal `places`, times ten to them.
pub(super) fn read_scaled(reader: &mut Reader<'_>, places: i64, type_name: &'static str) -> Result<i128, DecodeError> {
    let digits = reader.digits()?;
    let number = Number::parse(&digits).ok_or_else(|| DecodeError::invalid("not a number"))?;
    match number.scaled(places) {
        Integer::Exact { negative, magnitude } => i128::try_from(magnitude)
            .map(|magnitude| if negative { -magnitude } else { magnitude })
            .map_err(|_| DecodeError::out_of_range(type_name)),
        Integer::TooLarge => Err(DecodeError::out_of_range(type_name)),
        Integer::Fraction => Err(DecodeError::invalid("a time in fractions of a nanosecond")),
    }
}

impl Attribute for Duration {
    type Stored = stored::N;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        let seconds = i128::from(self.as_secs()) * i128::from(NANOS_PER_SECOND);
        write_seconds(seconds + i128::from(self.subsec_nanos()), writer)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let nanoseconds = read_scaled(reader, 9, "Duration")?;
        let duration = (|| {
            let nanoseconds = u128::try_from(nanoseconds).ok()?;
            let second = u128::from(NANOS_PER_SECOND);
            Some(Self::new(u64::try_from(nanoseconds / second).ok()?, (nanoseconds % second) as u32))
        })();
        duration.ok_or_else(|| DecodeError::out_of_range("Duration"))
    }
}

impl Attribute for SystemTime {
    type Stored = stored::S;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        let nanoseconds = self.to_unix_nanoseconds();
        let second = i128::from(NANOS_PER_SECOND);
        let out_of_range = |_| EncodeError::invalid("a date outside the years 0000 to 9999");
        let seconds = i64::try_from(nanoseconds.div_euclid(second)).map_err(out_of_range)?;
        let (year, month, day) = calendar::civil_from_days(seconds.div_euclid(86_400));
        let of_day = seconds.rem_euclid(86_400) as u32;
        let mut text = String::with_capacity(30);
        calendar::push_date(&mut text, year, month, day)?;
        text.push('T');
        let nanosecond = nanoseconds.rem_euclid(second) as u32;
        calendar::push_time(&mut text, of_day / 3600, of_day / 60 % 60, of_day % 60, nanosecond);
        text.push('Z');
        writer.string(&text)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let text = reader.string()?;
        let time = DateTime::from_str(&text, Format::DateTimeWithOffset)
            .map_err(|_| DecodeError::invalid("not a date and time of RFC 3339"))?;
        let nanoseconds = time.as_nanos();
        Self::from_unix_nanoseconds(nanoseconds).ok_or_else(|| DecodeError::out_of_range("SystemTime"))
    }
}

/// A point in time that the [`Epoch`](super::codecs::Epoch) codecs know.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no point in time",
    label = "expected `SystemTime`, or `DateTime<Utc>` of chrono"
)]
pub trait UnixTime: Sized {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    fn to_unix_nanoseconds(&self) -> i128;
    /// The time so many nanoseconds after 1970-01-01T00:00:00Z, if this type holds it.
    fn from_unix_nanoseconds(nanoseconds: i128) -> Option<Self>;
}

impl UnixTime for SystemTime {
    fn to_unix_nanoseconds(&self) -> i128 {
        let nanoseconds = |duration: Duration| {
            i128::from(duration.as_secs()) * i128::from(NANOS_PER_SECOND) + i128::from(duration.subsec_nanos())
        };
        match self.duration_since(Self::UNIX_EPOCH) {
            Ok(after) => nanoseconds(after),
            Err(before) => -nanoseconds(before.duration()),
        }
    }

    fn from_unix_nanoseconds(nanoseconds: i128) -> Option<Self> {
        let (second, total) = (u128::from(NANOS_PER_SECOND), nanoseconds.unsigned_abs());
        let duration = Duration::new(u64::try_from(total / second).ok()?, (total % second) as u32);
        if nanoseconds < 0 { Self::UNIX_EPOCH.checked_sub(duration) } else { Self::UNIX_EPOCH.checked_add(duration) }
    }
}
