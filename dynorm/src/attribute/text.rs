//! `String` and `char` as S, `bool` as BOOL.

use super::{Attribute, stored};
use crate::codec::{Reader, Writer};
use crate::error::{DecodeError, EncodeError};

impl Attribute for String {
    type Stored = stored::S;

    #[inline]
    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.string(self)
    }

    #[inline]
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(reader.string()?.into_owned())
    }
}

impl Attribute for char {
    type Stored = stored::S;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.string(self.encode_utf8(&mut [0; 4]))
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let text = reader.string()?;
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(char), None) => Ok(char),
            _ => Err(DecodeError::invalid("not exactly one character")),
        }
    }
}

impl Attribute for bool {
    type Stored = stored::Bool;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.boolean(*self)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.boolean()
    }
}
