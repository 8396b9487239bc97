//! Dates and times: they come back, and their text sorts as they do.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use dynorm::attribute::{Attribute, Codec, codecs};
use dynorm::codec::{Reader, Writer, from_json, to_json};
use proptest::prelude::*;

use super::families::round_trip;

const YEAR_0: i64 = -62_167_219_200;
const YEAR_10000: i64 = 253_402_300_800;

fn utc() -> impl Strategy<Value = DateTime<Utc>> {
    (YEAR_0..YEAR_10000, 0..1_000_000_000_u32).prop_map(|(seconds, nanos)| Utc.timestamp_opt(seconds, nanos).unwrap())
}

fn naive() -> impl Strategy<Value = NaiveDateTime> {
    utc().prop_map(|time| time.naive_utc())
}

fn text(json: &[u8]) -> String {
    Reader::new(json).unwrap().string().unwrap().into_owned()
}

fn digits(json: &[u8]) -> String {
    Reader::new(json).unwrap().number().unwrap().into_owned()
}

fn written<T: Attribute>(value: &T) -> String {
    text(&to_json(value).unwrap())
}

proptest! {
    #[test]
    fn points_in_time_round_trip(time in utc(), minutes in -14 * 60..=14 * 60) {
        round_trip(time)?;
        round_trip(SystemTime::from(time))?;
        let offset = FixedOffset::east_opt(minutes * 60).unwrap();
        let local = time.with_timezone(&offset);
        if (0..=9999).contains(&chrono::Datelike::year(&local)) {
            let json = to_json(&local).unwrap();
            let read: DateTime<FixedOffset> = from_json(&json).unwrap();
            prop_assert_eq!((read, read.offset()), (local, local.offset()));
            // Any RFC 3339 reads as the same point in time.
            prop_assert_eq!(from_json::<DateTime<Utc>>(&json).unwrap(), time);
            prop_assert_eq!(from_json::<SystemTime>(&json).unwrap(), SystemTime::from(time));
        }
    }

    #[test]
    fn naive_dates_and_times_round_trip(time in naive()) {
        round_trip(time)?;
        round_trip(time.date())?;
        round_trip(time.time())?;
    }

    #[test]
    fn text_sorts_as_time_does(a in utc(), b in utc()) {
        prop_assert_eq!(written(&a).cmp(&written(&b)), a.cmp(&b));
        prop_assert_eq!(written(&a.naive_utc()).cmp(&written(&b.naive_utc())), a.cmp(&b));
        prop_assert_eq!(written(&a.date_naive()).cmp(&written(&b.date_naive())), a.date_naive().cmp(&b.date_naive()));
        prop_assert_eq!(written(&a.time()).cmp(&written(&b.time())), a.time().cmp(&b.time()));
    }

    #[test]
    fn the_standard_library_writes_what_chrono_writes(time in utc()) {
        prop_assert_eq!(written(&SystemTime::from(time)), written(&time));
    }

    #[test]
    fn durations_round_trip(seconds in any::<u64>(), nanos in 0..1_000_000_000_u32, signed in any::<i64>()) {
        round_trip(Duration::new(seconds, nanos))?;
        round_trip(Duration::new(0, nanos))?;
        round_trip(TimeDelta::nanoseconds(signed))?;
        if let Some(delta) = TimeDelta::new(signed / 1000, nanos) {
            round_trip(delta)?;
        }
    }

    #[test]
    fn epochs_round_trip_in_their_own_precision(time in utc()) {
        let mut writer = Writer::new();
        codecs::Epoch::write(&time, &mut writer).unwrap();
        prop_assert_eq!(digits(writer.as_bytes()), time.timestamp().to_string());
        let read: DateTime<Utc> = codecs::Epoch::read(&mut Reader::new(writer.as_bytes()).unwrap()).unwrap();
        prop_assert_eq!(read.timestamp(), time.timestamp());
        let mut writer = Writer::new();
        codecs::EpochMillis::write(&Some(SystemTime::from(time)), &mut writer).unwrap();
        prop_assert_eq!(digits(writer.as_bytes()), time.timestamp_millis().to_string());
        let read: Option<DateTime<Utc>> = codecs::EpochMillis::read(&mut Reader::new(writer.as_bytes()).unwrap()).unwrap();
        prop_assert_eq!(read.map(|read| read.timestamp_millis()), Some(time.timestamp_millis()));
    }

    #[test]
    fn no_text_panics_as_a_time(text in "[-+0-9TZ:. ]{0,40}|.{0,12}") {
        let json = serde_json::json!({ "S": text }).to_string().into_bytes();
        let _ = from_json::<DateTime<Utc>>(&json);
        let _ = from_json::<DateTime<FixedOffset>>(&json);
        let _ = from_json::<SystemTime>(&json);
        let _ = from_json::<NaiveDate>(&json);
        let _ = from_json::<NaiveTime>(&json);
        let _ = from_json::<NaiveDateTime>(&json);
    }
}

#[test]
fn the_forms_are_fixed() {
    let date = NaiveDate::from_ymd_opt(2024, 5, 1).unwrap();
    let time = date.and_hms_nano_opt(12, 0, 0, 7).unwrap();
    assert_eq!(written(&time.and_utc()), "2024-05-01T12:00:00.000000007Z");
    assert_eq!(written(&time), "2024-05-01T12:00:00.000000007");
    assert_eq!(written(&date), "2024-05-01");
    assert_eq!(written(&time.time()), "12:00:00.000000007");
    let offset = FixedOffset::west_opt(3 * 3600 + 1800).unwrap();
    assert_eq!(written(&offset.from_local_datetime(&time).unwrap()), "2024-05-01T12:00:00.000000007-03:30");
    assert_eq!(to_json(&Duration::from_millis(1500)).unwrap(), br#"{"N":"1.5"}"#);
    assert_eq!(to_json(&TimeDelta::milliseconds(-1500)).unwrap(), br#"{"N":"-1.5"}"#);
    assert_eq!(written(&SystemTime::UNIX_EPOCH), "1970-01-01T00:00:00.000000000Z");
}

#[test]
fn a_leap_second_survives_and_sorts() {
    let leap = NaiveDate::from_ymd_opt(2016, 12, 31).unwrap().and_hms_nano_opt(23, 59, 59, 1_500_000_000).unwrap();
    assert_eq!(written(&leap.and_utc()), "2016-12-31T23:59:60.500000000Z");
    round_trip(leap.and_utc()).unwrap();
    round_trip(leap).unwrap();
    round_trip(leap.time()).unwrap();
}

#[test]
fn dates_that_would_not_sort_are_refused() {
    for year in [-1, 10_000] {
        let date = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        assert!(to_json(&date).is_err());
        assert!(to_json(&date.and_hms_opt(0, 0, 0).unwrap().and_utc()).is_err());
    }
    let far = SystemTime::UNIX_EPOCH + Duration::from_secs(YEAR_10000 as u64);
    assert!(to_json(&far).is_err());
    assert!(to_json(&(far - Duration::from_nanos(1))).is_ok());
}

#[test]
fn times_that_are_none_are_refused() {
    for text in
        ["", "2024-05-01", "2024-13-01T00:00:00Z", "2024-02-30T00:00:00.000000000Z", "2024-05-01T24:00:00.000000000Z"]
    {
        let json = format!(r#"{{"S":"{text}"}}"#);
        assert!(from_json::<DateTime<Utc>>(json.as_bytes()).unwrap_err().is_invalid(), "{text}");
        assert!(from_json::<SystemTime>(json.as_bytes()).unwrap_err().is_invalid(), "{text}");
    }
    for digits in ["-1", "1E30", "0.0000000001"] {
        let json = format!(r#"{{"N":"{digits}"}}"#);
        assert!(from_json::<Duration>(json.as_bytes()).unwrap_err().is_invalid(), "{digits}");
    }
}
