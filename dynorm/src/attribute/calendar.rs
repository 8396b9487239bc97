//! Dates and times as text of a fixed width, so that they sort: `2024-05-01T12:00:00.000000000Z`.

use crate::error::EncodeError;

/// Appends `2024-05-01`.
///
/// # Errors
/// If the year does not have four digits, and so would not sort.
pub(crate) fn push_date(text: &mut String, year: i64, month: u32, day: u32) -> Result<(), EncodeError> {
    match u32::try_from(year) {
        Ok(year @ 0..=9999) => {
            push_digits(text, year, 4);
            text.push('-');
            push_digits(text, month, 2);
            text.push('-');
            push_digits(text, day, 2);
            Ok(())
        }
        _ => Err(EncodeError::invalid("a date outside the years 0000 to 9999")),
    }
}

/// Appends `12:00:00.000000000`. A billion nanoseconds or more are a leap second, which is second 60.
pub(crate) fn push_time(text: &mut String, hour: u32, minute: u32, second: u32, nanosecond: u32) {
    push_digits(text, hour, 2);
    text.push(':');
    push_digits(text, minute, 2);
    text.push(':');
    push_digits(text, second + nanosecond / 1_000_000_000, 2);
    text.push('.');
    push_digits(text, nanosecond % 1_000_000_000, 9);
}

fn push_digits(text: &mut String, value: u32, width: u32) {
    for place in (0..width).rev() {
        let digit = value / 10_u32.pow(place) % 10;
        text.extend(char::from_digit(digit, 10));
    }
}

/// Year, month and day of so many days after 1970-01-01, in the Gregorian calendar of all times.
pub(super) fn civil_from_days(days: i64) -> (i64, u32, u32) {
    // Eras of 400 years from 0000-03-01 on, so that the leap day is a year's last (Howard Hinnant's `civil_from_days`).
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u32, day as u32)
}

#[cfg(feature = "chrono")]
pub(super) use fixed_width::{date_digits, time_digits};

/// The quick way back, for exactly the form that is written.
#[cfg(feature = "chrono")]
mod fixed_width {
    /// Year, month and day of `2024-05-01`.
    pub(in crate::attribute) fn date_digits(text: &[u8]) -> Option<(i32, u32, u32)> {
        let ([year @ .., b'-', m1, m2, b'-', d1, d2], 10) = (text, text.len()) else { return None };
        Some((i32::try_from(number(year)?).ok()?, number(&[*m1, *m2])?, number(&[*d1, *d2])?))
    }

    /// Hour, minute, second and nanosecond of `12:00:00.000000000`.
    pub(in crate::attribute) fn time_digits(text: &[u8]) -> Option<(u32, u32, u32, u32)> {
        let ([h1, h2, b':', m1, m2, b':', s1, s2, b'.', nanoseconds @ ..], 18) = (text, text.len()) else {
            return None;
        };
        Some((number(&[*h1, *h2])?, number(&[*m1, *m2])?, number(&[*s1, *s2])?, number(nanoseconds)?))
    }

    /// At most nine digits.
    fn number(digits: &[u8]) -> Option<u32> {
        digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
    }
}
