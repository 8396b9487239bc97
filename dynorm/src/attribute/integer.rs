//! Integers of every size as N, exactly; `1E2` and `100.0` are integers too.

use std::num::NonZero;

use super::{Attribute, stored};
use crate::codec::{Integer, Number, Reader, Writer};
use crate::error::{DecodeError, EncodeError};

macro_rules! integers { ($($type:ident)*) => {$(
    impl Attribute for $type {
        type Stored = stored::N;

        #[inline]
        fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
            writer.integer(*self)
        }

        #[inline]
        fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
            let digits = reader.digits()?;
            digits.parse().or_else(|_| parse_any_form(&digits, stringify!($type)))
        }
    }
)*} }
integers!(u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

/// `u8` is a number like the others, and what makes a `Vec` binary.
impl Attribute for u8 {
    type Stored = stored::Byte;

    #[inline]
    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.integer(*self)
    }

    #[inline]
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let digits = reader.digits()?;
        digits.parse().or_else(|_| parse_any_form(&digits, "u8"))
    }

    fn write_sequence(values: &[Self], writer: &mut Writer) -> Result<(), EncodeError> {
        writer.binary(values)
    }

    fn read_sequence(reader: &mut Reader<'_>) -> Result<Vec<Self>, DecodeError> {
        reader.binary()
    }
}

/// An integer with a point or an exponent, or one that does not fit.
#[cold]
fn parse_any_form<T: TryFrom<u128> + TryFrom<i128>>(digits: &str, type_name: &'static str) -> Result<T, DecodeError> {
    let number = Number::parse(digits).ok_or_else(|| DecodeError::invalid("not a number"))?;
    let fitting = match number.integer() {
        Integer::Fraction => return Err(DecodeError::invalid("a number with a fraction in an integer field")),
        Integer::TooLarge => None,
        Integer::Exact { negative: false, magnitude } => T::try_from(magnitude).ok(),
        Integer::Exact { negative: true, magnitude } => {
            0_i128.checked_sub_unsigned(magnitude).and_then(|value| T::try_from(value).ok())
        }
    };
    fitting.ok_or_else(|| DecodeError::out_of_range(type_name))
}

macro_rules! non_zero { ($($type:ident)*) => {$(
    impl Attribute for NonZero<$type> {
        type Stored = stored::N;

        fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
            self.get().write(writer)
        }

        fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
            Self::new($type::read(reader)?).ok_or_else(|| DecodeError::invalid("zero where zero is excluded"))
        }
    }
)*} }
non_zero!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
