//! Integers and floats as key parts.
//!
//! `:04` pads an unsigned integer with zeros. `:sortable` needs no width: an unsigned integer is padded to the longest
//! one of its type; a signed integer is `1` and its digits, or `0` and the nines' complement of its digits if it is
//! negative; a float is the hexadecimal form of its bits, turned so that they sort.

use super::fixed::{Alphabet, Fixed};
use super::part::{KeyPart, PaddedPart, PlainKey, SortablePart};
use super::value::KeyValue;
use crate::error::{KeyError, KeyProblem};
use crate::schema::{Format, KeyKind};

/// DynamoDB's significant digits of a number.
const SIGNIFICANT: usize = 38;

fn plain(digits: &str) -> Result<KeyValue, KeyError> {
    let significant = digits.trim_start_matches('-').trim_end_matches('0');
    if significant.len() > SIGNIFICANT {
        return Err(KeyProblem::Digits.into());
    }
    Ok(KeyValue::N(digits.to_owned()))
}

/// Appends digits, with zeros before them up to the width.
fn pad(digits: &str, width: u8, out: &mut String) -> Result<(), KeyError> {
    let zeros = usize::from(width).checked_sub(digits.len()).ok_or(KeyProblem::Width { width })?;
    out.extend(std::iter::repeat_n('0', zeros));
    out.push_str(digits);
    Ok(())
}

fn digits(width: usize) -> Fixed {
    Fixed { width, alphabet: Alphabet::Digits }
}

/// Reads digits of exactly this width; a sign, which `parse` would take, is none.
fn parse_digits<T: std::str::FromStr>(text: &str, width: usize) -> Result<T, KeyError> {
    if text.len() != width || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(KeyProblem::Malformed.into());
    }
    text.parse().map_err(|_| KeyProblem::Malformed.into())
}

macro_rules! unsigned { ($($t:ty: $longest:literal),* $(,)?) => {$(
    impl KeyPart for $t {
        const KIND: KeyKind = KeyKind::N;
        fn plain(&self) -> Result<KeyValue, KeyError> {
            plain(itoa::Buffer::new().format(*self))
        }
        fn text(&self, format: Format, out: &mut String) -> Result<(), KeyError> {
            let mut buffer = itoa::Buffer::new();
            match format {
                Format::Padded(width) => pad(buffer.format(*self), width, out),
                Format::Sortable => pad(buffer.format(*self), $longest, out),
                _ => Err(KeyProblem::Form.into()),
            }
        }
        fn parse(text: &str, format: Format) -> Result<Self, KeyError> {
            match Self::fixed(format) {
                Some(fixed) => parse_digits(text, fixed.width),
                None => Err(KeyProblem::Form.into()),
            }
        }
        fn fixed(format: Format) -> Option<Fixed> {
            match format {
                Format::Padded(width) => Some(digits(width.into())),
                Format::Sortable => Some(digits($longest)),
                _ => None,
            }
        }
    }
    impl PlainKey for $t {}
    impl PaddedPart for $t {}
    impl SortablePart for $t {}
)*} }
unsigned!(u8: 3, u16: 5, u32: 10, u64: 20, u128: 39, usize: 20);

macro_rules! signed { ($($t:ty as $magnitude:ty: $longest:literal),* $(,)?) => {$(
    impl KeyPart for $t {
        const KIND: KeyKind = KeyKind::N;
        fn plain(&self) -> Result<KeyValue, KeyError> {
            plain(itoa::Buffer::new().format(*self))
        }
        fn text(&self, format: Format, out: &mut String) -> Result<(), KeyError> {
            if format != Format::Sortable {
                return Err(KeyProblem::Form.into());
            }
            let negative = *self < 0;
            out.push(if negative { '0' } else { '1' });
            let start = out.len();
            pad(itoa::Buffer::new().format(self.unsigned_abs()), $longest, out)?;
            if negative {
                Alphabet::Digits.complement(out, start);
            }
            Ok(())
        }
        fn parse(text: &str, format: Format) -> Result<Self, KeyError> {
            if format != Format::Sortable {
                return Err(KeyProblem::Form.into());
            }
            let number = match text.split_at_checked(1) {
                Some(("1", magnitude)) => {
                    let magnitude: $magnitude = parse_digits(magnitude, $longest)?;
                    <$t>::try_from(magnitude).ok()
                }
                Some(("0", complement)) => {
                    let mut magnitude = complement.to_owned();
                    Alphabet::Digits.complement(&mut magnitude, 0);
                    let magnitude: $magnitude = parse_digits(&magnitude, $longest)?;
                    (0 as $t).checked_sub_unsigned(magnitude).filter(|n| *n < 0)
                }
                _ => None,
            };
            number.ok_or_else(|| KeyProblem::Malformed.into())
        }
        fn fixed(format: Format) -> Option<Fixed> {
            (format == Format::Sortable).then(|| digits(1 + $longest))
        }
    }
    impl PlainKey for $t {}
    impl SortablePart for $t {}
)*} }
signed!(i8 as u8: 3, i16 as u16: 5, i32 as u32: 10, i64 as u64: 19, i128 as u128: 39, isize as usize: 19);

macro_rules! floats { ($($t:ty as $bits:ty: $width:literal),* $(,)?) => {$(
    impl KeyPart for $t {
        const KIND: KeyKind = KeyKind::N;
        fn plain(&self) -> Result<KeyValue, KeyError> {
            Err(KeyProblem::Form.into())
        }
        fn text(&self, format: Format, out: &mut String) -> Result<(), KeyError> {
            if format != Format::Sortable {
                return Err(KeyProblem::Form.into());
            }
            if self.is_nan() {
                return Err(KeyProblem::NotANumber.into());
            }
            // -0.0 + 0.0 is 0.0: both zeros are one key.
            let bits = (*self + 0.0).to_bits();
            let sign = 1 << (<$bits>::BITS - 1);
            let sorted = if bits & sign == 0 { bits | sign } else { !bits };
            for place in (0..$width).rev() {
                out.extend(char::from_digit((sorted >> (4 * place) & 0xF) as u32, 16));
            }
            Ok(())
        }
        fn parse(text: &str, format: Format) -> Result<Self, KeyError> {
            if format != Format::Sortable {
                return Err(KeyProblem::Form.into());
            }
            let hex = text.len() == $width && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            let sorted = <$bits>::from_str_radix(text, 16).ok().filter(|_| hex).ok_or(KeyProblem::Malformed)?;
            let sign = 1 << (<$bits>::BITS - 1);
            let value = <$t>::from_bits(if sorted & sign == 0 { !sorted } else { sorted & !sign });
            if value.is_nan() || (value == 0.0 && value.is_sign_negative()) {
                return Err(KeyProblem::Malformed.into());
            }
            Ok(value)
        }
        fn fixed(format: Format) -> Option<Fixed> {
            (format == Format::Sortable).then_some(Fixed { width: $width, alphabet: Alphabet::Hex })
        }
    }
    impl SortablePart for $t {}
)*} }
floats!(f32 as u32: 8, f64 as u64: 16);
