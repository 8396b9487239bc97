//! The text of a number: 38 significant digits at any exponent, compared and converted without rounding.

use crate::error::EncodeError;

/// How many significant digits DynamoDB holds.
const MAX_DIGITS: usize = 38;
/// The exponents of the first significant digit that DynamoDB holds.
const EXPONENTS: std::ops::RangeInclusive<i64> = -130..=125;

/// A decimal number, taken apart: `0.d1 d2 d3 .. * 10^point` with neither leading nor trailing zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number<'a> {
    negative: bool,
    /// The digits, in two pieces because the text may have a point between them.
    head: &'a [u8],
    tail: &'a [u8],
    point: i64,
}

/// What a number is as an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Integer {
    /// Exactly this integer.
    Exact { negative: bool, magnitude: u128 },
    /// It has a fraction.
    Fraction,
    /// It is an integer, and too large for 128 bits.
    TooLarge,
}

impl<'a> Number<'a> {
    /// Takes `text` apart; `None` if it is no decimal number. There is no limit here on digits and exponent.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (negative, rest) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let (head, rest) = split_digits(rest);
        let (tail, rest) = match rest {
            [b'.', rest @ ..] => split_digits(rest),
            _ => (&[][..], rest),
        };
        let exponent = match rest {
            [] => 0,
            [b'e' | b'E', rest @ ..] => parse_exponent(rest)?,
            _ => return None,
        };
        if head.is_empty() && tail.is_empty() {
            return None;
        }
        Some(Self::trimmed(negative, head, tail, exponent))
    }

    fn trimmed(negative: bool, head: &'a [u8], tail: &'a [u8], exponent: i64) -> Self {
        let mut head = trim_start_zeros(head);
        let mut point = head.len() as i64;
        let mut tail = trim_end_zeros(tail);
        if head.is_empty() {
            let trimmed = trim_start_zeros(tail);
            point -= (tail.len() - trimmed.len()) as i64;
            tail = trimmed;
        }
        if tail.is_empty() {
            head = trim_end_zeros(head);
            if head.is_empty() {
                return Self { negative: false, head, tail, point: 0 };
            }
        }
        Self { negative, head, tail, point: point.saturating_add(exponent) }
    }

    /// How many significant digits it has; 0 for zero.
    pub(crate) fn len(&self) -> usize {
        self.head.len() + self.tail.len()
    }

    /// Its digits after the point, up to the last that is not zero; negative where zeros precede the point.
    pub(crate) fn scale(&self) -> i64 {
        (self.len() as i64).saturating_sub(self.point)
    }

    fn digits(&self) -> impl Iterator<Item = u8> + '_ {
        self.head.iter().chain(self.tail).copied()
    }

    /// Its significant digits as an integer, if they fit.
    pub(crate) fn mantissa(&self) -> Option<u128> {
        self.digits().try_fold(0_u128, push_digit)
    }

    /// Refuses what DynamoDB cannot hold.
    pub(crate) fn check(&self) -> Result<(), EncodeError> {
        if self.len() > MAX_DIGITS {
            return Err(EncodeError::too_many_digits());
        }
        if self.len() > 0 && !EXPONENTS.contains(&self.point.saturating_sub(1)) {
            return Err(EncodeError::out_of_range());
        }
        Ok(())
    }

    /// What it is as an integer.
    pub(crate) fn integer(&self) -> Integer {
        self.scaled(0)
    }

    /// What it is as an integer after its point has moved right by so many `places`.
    pub(crate) fn scaled(&self, places: i64) -> Integer {
        let scale = self.scale().saturating_sub(places);
        if scale > 0 {
            return Integer::Fraction;
        }
        // 10^39 is already over 128 bits, so no more zeros than that are pushed.
        let magnitude = match u32::try_from(-scale) {
            Ok(zeros @ 0..39) => self.mantissa().and_then(|digits| digits.checked_mul(10_u128.checked_pow(zeros)?)),
            _ => None,
        };
        match magnitude {
            Some(magnitude) => Integer::Exact { negative: self.negative, magnitude },
            None => Integer::TooLarge,
        }
    }

    /// A number in the form in which DynamoDB gives it back; `None` if it is none that DynamoDB holds, which could be of any length.
    pub(crate) fn canonical(text: &str) -> Option<String> {
        let number = Number::parse(text).filter(|number| number.check().is_ok())?;
        let mut out = Vec::new();
        number.push(&mut out);
        String::from_utf8(out).ok()
    }

    /// Appends the form in which DynamoDB gives it back: no exponent, no needless zeros. After [`Number::check`], that
    /// is at most 170 bytes.
    pub(crate) fn push(&self, out: &mut Vec<u8>) {
        let len = self.len() as i64;
        if self.negative {
            out.push(b'-');
        }
        if self.point <= 0 {
            out.push(b'0');
        }
        if self.point <= 0 && len > 0 {
            out.push(b'.');
            out.extend((self.point..0).map(|_| b'0'));
        }
        for (position, digit) in (0..).zip(self.digits()) {
            if position == self.point && position > 0 {
                out.push(b'.');
            }
            out.push(digit);
        }
        out.extend((len..self.point).map(|_| b'0'));
    }
}

fn push_digit(number: u128, digit: u8) -> Option<u128> {
    number.checked_mul(10)?.checked_add(u128::from(digit - b'0'))
}

fn split_digits(bytes: &[u8]) -> (&[u8], &[u8]) {
    let len = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    bytes.split_at_checked(len).unwrap_or((bytes, &[]))
}

fn parse_exponent(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // Far beyond every range, an exponent stops growing.
    let exponent =
        digits.iter().fold(0_i64, |exponent, digit| (exponent * 10 + i64::from(digit - b'0')).min(i64::from(u32::MAX)));
    Some(if negative { -exponent } else { exponent })
}

fn trim_start_zeros(mut digits: &[u8]) -> &[u8] {
    while let [b'0', rest @ ..] = digits {
        digits = rest;
    }
    digits
}

fn trim_end_zeros(mut digits: &[u8]) -> &[u8] {
    while let [rest @ .., b'0'] = digits {
        digits = rest;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_numbers_as_dynamodb_gives_them_back() {
        for (text, expected) in [
            ("0", "0"),
            ("-0.00", "0"),
            ("0E99", "0"),
            ("007", "7"),
            ("1.500", "1.5"),
            ("-12.034", "-12.034"),
            ("1E2", "100"),
            ("1.5e+3", "1500"),
            ("100.0", "100"),
            ("+.5", "0.5"),
            ("5.", "5"),
            ("0.00120", "0.0012"),
            ("1e-3", "0.001"),
            ("123456E-3", "123.456"),
            ("1200E-2", "12"),
            ("10.01", "10.01"),
        ] {
            assert_eq!(Number::canonical(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "x", "1E126", "1E-131", "1E4000000000"] {
            assert_eq!(Number::canonical(text), None, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        for text in
            ["", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "0x1", "1_0", " 1", "1 ", "NaN", "inf", "--1", "1e1.5"]
        {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn knows_the_limits() {
        let check = |text: &str| Number::parse(text).is_some_and(|number| number.check().is_ok());
        assert!(check("1E-130") && !check("1E-131") && !check("9E-131"));
        assert!(check("9.99E125") && !check("1E126") && !check("1E99999999999999999999"));
        assert!(check(&"9".repeat(38)) && !check(&"9".repeat(39)));
        assert!(check(&format!("1{}", "0".repeat(125))));
        assert!(check(&format!("0.{}1", "0".repeat(129))));
        assert!(!check(&format!("1.{}1", "0".repeat(38))));
    }

    #[test]
    fn integers_are_exact_or_refused() {
        let integer = |text: &str| Number::parse(text).map(|number| number.integer());
        let exact = |negative, magnitude| Some(Integer::Exact { negative, magnitude });
        assert_eq!(integer("1E2"), exact(false, 100));
        assert_eq!(integer("-100.0"), exact(true, 100));
        assert_eq!(integer("0.5E1"), exact(false, 5));
        assert_eq!(integer("-0"), exact(false, 0));
        assert_eq!(integer(&u128::MAX.to_string()), exact(false, u128::MAX));
        assert_eq!(integer("340282366920938463463374607431768211456"), Some(Integer::TooLarge));
        assert_eq!(integer("1E39"), Some(Integer::TooLarge));
        assert_eq!(integer("1E4000000000"), Some(Integer::TooLarge));
        assert_eq!(integer("100.01"), Some(Integer::Fraction));
    }
}
