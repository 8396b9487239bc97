//! `rust_decimal::Decimal` as N. It holds 28 to 29 digits; a stored number with more is refused, never rounded.

use rust_decimal::Decimal;

use super::{Attribute, stored};
use crate::codec::{Integer, Number, Reader, Writer};
use crate::error::{DecodeError, EncodeError};

impl Attribute for Decimal {
    type Stored = stored::N;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.number(&self.to_string())
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let digits = reader.digits()?;
        let number = Number::parse(&digits).ok_or_else(|| DecodeError::invalid("not a number"))?;
        let places = number.scale().max(0);
        let decimal = match (number.scaled(places), u32::try_from(places)) {
            (Integer::Exact { negative, magnitude }, Ok(scale)) => i128::try_from(magnitude)
                .map(|magnitude| if negative { -magnitude } else { magnitude })
                .ok()
                .and_then(|mantissa| Self::try_from_i128_with_scale(mantissa, scale).ok()),
            _ => None,
        };
        decimal.ok_or_else(|| DecodeError::out_of_range("Decimal"))
    }
}
