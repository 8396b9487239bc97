//! `Uuid` as S, in lower case with hyphens; any of its forms is read.

use uuid::Uuid;

use super::{Attribute, stored};
use crate::codec::{Reader, Writer};
use crate::error::{DecodeError, EncodeError};

impl Attribute for Uuid {
    type Stored = stored::S;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.string(self.as_hyphenated().encode_lower(&mut Self::encode_buffer()))
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::try_parse(&reader.string()?).map_err(|_| DecodeError::invalid("not a UUID"))
    }
}
