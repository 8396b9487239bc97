//! `f32` and `f64` as N: written with the fewest digits that read back the same, read to the nearest.

use super::{Attribute, stored};
use crate::codec::{Number, Reader, Writer};
use crate::error::{DecodeError, EncodeError};

macro_rules! floats { ($($type:ident)*) => {$(
    impl Attribute for $type {
        type Stored = stored::N;

        fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
            if self.is_finite() {
                writer.number(&format!("{self:e}"))
            } else {
                Err(EncodeError::not_a_number())
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
