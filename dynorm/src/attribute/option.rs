//! `Option`: absent as a field, NULL inside a list, tuple or map.

use super::{Attribute, stored};
use crate::codec::{Reader, Writer};
use crate::error::{DecodeError, EncodeError};

impl<T: Attribute> Attribute for Option<T>
where
    T::Stored: stored::Optional,
{
    type Stored = <T::Stored as stored::Stored>::Single;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        match self {
            Some(value) => value.write(writer),
            // Only a value inside another comes here: a field that is `None` is left out.
            None if T::reads_null() => {
                Err(EncodeError::invalid("`None` of a type that has NULL itself could not be told from it"))
            }
            None => writer.null(),
        }
    }

    #[inline]
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if !T::reads_null() && reader.null()? {
            return Ok(None);
        }
        T::read(reader).map(Some)
    }

    #[inline]
    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn reads_null() -> bool {
        true
    }
}
