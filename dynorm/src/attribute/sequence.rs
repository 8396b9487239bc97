//! `Vec` and arrays as L; of `u8`, as B.

use super::{Attribute, stored};
use crate::codec::{Reader, Writer};
use crate::error::{DecodeError, EncodeError};

pub(super) fn write_list<T: Attribute>(values: &[T], writer: &mut Writer) -> Result<(), EncodeError> {
    writer.list(|list| values.iter().try_for_each(|value| value.write(list)))
}

pub(super) fn read_list<T: Attribute>(reader: &mut Reader<'_>) -> Result<Vec<T>, DecodeError> {
    // A list of one element, of which there are many, gets no room for four.
    let mut first = None;
    let mut values = Vec::new();
    reader.list(|reader, index| {
        let value = T::read(reader)?;
        if index == 0 {
            first = Some(value);
        } else {
            values.extend(first.take());
            values.push(value);
        }
        Ok(())
    })?;
    Ok(match first {
        Some(only) => vec![only],
        None => values,
    })
}

impl<T: Attribute> Attribute for Vec<T> {
    type Stored = <T::Stored as stored::Stored>::Sequence;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        T::write_sequence(self, writer)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        T::read_sequence(reader)
    }
}

impl<T: Attribute, const N: usize> Attribute for [T; N] {
    type Stored = <T::Stored as stored::Stored>::Sequence;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        T::write_sequence(self, writer)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let values = T::read_sequence(reader)?;
        values
            .try_into()
            .map_err(|values: Vec<T>| DecodeError::invalid(format!("{} elements where the type has {N}", values.len())))
    }
}
