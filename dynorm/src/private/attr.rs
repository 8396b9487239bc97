//! One field's attribute type as plain function pointers.
//!
//! Generated code names the type by the same tokens, `attr::<T>()`, wherever it needs it, and the bound stands on that
//! function alone: rustc then reports a type that cannot be stored once, however often it is used.

use crate::attribute::stored::Stored;
use crate::attribute::{Attribute, Codec};
use crate::codec::{AttributeType, Reader, Writer};
use crate::error::{DecodeError, EncodeError};
use crate::schema::{AttributeRole, AttributeSchema};

/// How a field of type `T` is read and written.
#[derive(Debug)]
pub struct Attr<T> {
    /// How DynamoDB stores it, for the schema.
    pub stored: Option<AttributeType>,
    read: fn(&mut Reader<'_>) -> Result<T, DecodeError>,
    write: fn(&T, &mut Writer) -> Result<(), EncodeError>,
    is_absent: fn(&T) -> bool,
    absent: fn() -> Option<T>,
    required: fn() -> bool,
}

/// A field that is stored as its type says.
pub const fn attr<T: Attribute>() -> Attr<T> {
    Attr {
        stored: <T::Stored as Stored>::TYPE,
        read: T::read,
        write: T::write,
        is_absent: T::is_absent,
        absent: T::absent,
        required: || T::absent().is_none(),
    }
}

/// A field that is stored as a codec says.
pub const fn codec<T, C: Codec<T>>() -> Attr<T> {
    Attr {
        stored: <C::Stored as Stored>::TYPE,
        read: C::read,
        write: C::write,
        is_absent: C::is_absent,
        absent: C::absent,
        required: || C::absent().is_none(),
    }
}

impl<T> Clone for Attr<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Attr<T> {}

impl<T> Attr<T> {
    /// The attribute in the schema of a model, without duties.
    pub const fn schema(self, name: &'static str) -> AttributeSchema {
        AttributeSchema {
            name,
            stored: self.stored,
            role: AttributeRole::Plain,
            sensitive: false,
            aliases: &[],
            readonly: false,
            required: self.required,
        }
    }

    /// Reads the attribute.
    #[inline(always)]
    pub fn get(self, reader: &mut Reader<'_>) -> Result<T, DecodeError> {
        (self.read)(reader)
    }

    /// Writes the value alone, whether it is one that is left out or not.
    pub(crate) fn put(self, value: &T, writer: &mut Writer) -> Result<(), EncodeError> {
        (self.write)(value, writer)
    }

    /// Reads the attribute into its slot.
    #[inline(always)]
    pub fn read(self, slot: &mut Option<T>, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        *slot = Some((self.read)(reader)?);
        Ok(())
    }

    /// Reads an attribute under an old name, if none came under the present `name` or an old one before this.
    #[inline(always)]
    pub fn read_alias(
        self,
        name: &'static str,
        slot: &mut Option<T>,
        reader: &mut Reader<'_>,
    ) -> Result<(), DecodeError> {
        reader.is_older_name_of(name);
        match slot {
            None if reader.reads_older_name() => self.read(slot, reader),
            _ => reader.skip(),
        }
    }

    /// The field's value: from its slot, or what stands for an absent attribute.
    #[inline(always)]
    pub fn take(self, slot: Option<T>, name: &'static str) -> Result<T, DecodeError> {
        match slot {
            Some(value) => Ok(value),
            None => (self.absent)().ok_or_else(|| missing(name)),
        }
    }

    /// The field's value, or its `default` if the attribute is absent.
    #[inline(always)]
    pub fn take_or(self, slot: Option<T>, default: impl FnOnce() -> T) -> T {
        slot.unwrap_or_else(default)
    }

    /// Writes the attribute, unless the value is one that is left out.
    #[inline(always)]
    pub fn write(self, name: &'static str, value: &T, writer: &mut Writer) -> Result<(), EncodeError> {
        if (self.is_absent)(value) {
            return Ok(());
        }
        writer.entry(name, |writer| (self.write)(value, writer))
    }
}

#[cold]
fn missing(name: &'static str) -> DecodeError {
    DecodeError::missing().in_attribute(name)
}
