//! `f32` and `f64` as N: written with the fewest digits that read back the same, read to the nearest.

use std::io::Write as _;

use super::{Attribute, stored};
use crate::codec::{Number, Reader, Writer};
use crate::error::{DecodeError, EncodeError};

/// More than the longest float, such as `-2.2250738585072014e-308`.
const LONGEST: usize = 32;

macro_rules! floats { ($($type:ident)*) => {$(
    impl Attribute for $type {
        type Stored = stored::N;

        fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
            let mut buffer = [0; LONGEST];
            let mut rest = &mut buffer[..];
            let written = write!(rest, "{self:e}").map(|()| LONGEST - rest.len());
            match written.ok().and_then(|len| str::from_utf8(buffer.get(..len)?).ok()) {
                Some(digits) if self.is_finite() => writer.number(digits),
                _ => Err(EncodeError::not_a_number()),
            }
        }

        fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
            let digits = reader.digits()?;
            match digits.parse::<$type>() {
                Ok(value) if value.is_finite() => Ok(value),
                _ => Err(not_finite(&digits, stringify!($type))),
            }
        }
    }
)*} }
floats!(f32 f64);

/// Rust reads `inf` and `NaN` as floats, and what is too large as infinite; DynamoDB has none of them.
#[cold]
fn not_finite(digits: &str, type_name: &'static str) -> DecodeError {
    match Number::parse(digits) {
        Some(_) => DecodeError::out_of_range(type_name),
        None => DecodeError::invalid("not a number"),
    }
}
