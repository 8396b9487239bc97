//! One field's attribute type as plain function pointers.
//!
//! Generated code names the type by the same tokens, `attr::<T>()`, wherever it needs it, and the bound stands on that
//! function alone: rustc then reports a type that cannot be stored once, however often it is used.
//!
//! The functions are part of the code of every field, so they are inlined in any case; without optimisation that would only be more to
//! compile, and a field calls them instead.

use super::Encoded;
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
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn get(&self, reader: &mut Reader<'_>) -> Result<T, DecodeError> {
        (self.read)(reader)
    }

    /// Writes the value alone, whether it is one that is left out or not.
    pub(crate) fn put(&self, value: &T, writer: &mut Writer) -> Result<(), EncodeError> {
        (self.write)(value, writer)
    }

    /// Reads the attribute into its slot.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn read(&self, slot: &mut Option<T>, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        *slot = Some((self.read)(reader)?);
        Ok(())
    }

    /// Reads an attribute under an old name, if none came under the present `name` or an old one before this.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn read_alias(
        &self,
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
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn take(&self, slot: Option<T>, name: &'static str) -> Result<T, DecodeError> {
        match slot {
            Some(value) => Ok(value),
            None => (self.absent)().ok_or_else(|| missing(name)),
        }
    }

    /// Puts what stands for an absent attribute into its slot, or notes that it is missing.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn fill(&self, slot: &mut Option<T>, name: &'static str, missing: &mut Missing) {
        if slot.is_none() {
            *slot = (self.absent)();
            if slot.is_none() {
                missing.note(name);
            }
        }
    }

    /// Puts the field's `default` into the slot of an absent attribute.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn fill_with(&self, slot: &mut Option<T>, default: impl FnOnce() -> T) {
        if slot.is_none() {
            *slot = Some(default());
        }
    }

    /// Writes the attribute, unless the value is one that is left out.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn write(&self, name: &'static str, value: &T, writer: &mut Writer) -> Result<(), EncodeError> {
        if (self.is_absent)(value) {
            return Ok(());
        }
        writer.entry(name, |writer| (self.write)(value, writer))
    }

    /// The same, if the attributes before it are `written`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn write_next(&self, name: &'static str, value: &T, writer: &mut Writer, written: &mut Encoded) {
        if written.is_ok() {
            *written = self.write(name, value, writer);
        }
    }
}

/// The first attribute that has to be there and is not.
#[derive(Debug)]
pub struct Missing(Option<&'static str>);

impl Missing {
    /// None so far.
    pub const NONE: Self = Self(None);

    #[cold]
    fn note(&mut self, name: &'static str) {
        self.0.get_or_insert(name);
    }

    /// The error that names it.
    #[cold]
    pub fn error(self) -> DecodeError {
        missing(self.0.unwrap_or_default())
    }
}

#[cold]
fn missing(name: &'static str) -> DecodeError {
    DecodeError::missing().in_attribute(name)
}
