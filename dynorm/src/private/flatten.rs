//! Flattened fields: another record's attributes among those of this one, or all that no field has.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use crate::attribute::{Attribute, Item};
use crate::codec::{Reader, Writer};
use crate::error::{DecodeError, EncodeError};
use crate::record::Record;

/// A type that a field with `#[dynorm(flatten)]` can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened",
    label = "neither a struct of attributes nor a map of them",
    note = "derive `DynamoAttribute` for a struct with named fields, or use `HashMap<String, V>`, `BTreeMap<String, V>` or `Item`"
)]
pub trait Flatten: Sized {
    /// What is collected while an item is read.
    type Slots;
    /// Nothing collected.
    fn slots() -> Self::Slots;
    /// Reads an attribute that no field before has; the answer says whether it was taken.
    fn offer(slots: &mut Self::Slots, name: &str, reader: &mut Reader<'_>) -> Result<bool, DecodeError>;
    /// Builds the value.
    fn finish(slots: Self::Slots) -> Result<Self, DecodeError>;
    /// Writes the attributes into the open map. `taken` are the names of the record around.
    fn write(&self, taken: &[&str], writer: &mut Writer) -> Result<(), EncodeError>;
}

/// A flattened field, as plain function pointers; see [`Attr`](super::Attr) for why.
#[derive(Debug)]
pub struct Flat<T, S> {
    slots: fn() -> S,
    offer: fn(&mut S, &str, &mut Reader<'_>) -> Result<bool, DecodeError>,
    finish: fn(S) -> Result<T, DecodeError>,
    write: fn(&T, &[&str], &mut Writer) -> Result<(), EncodeError>,
}

/// A flattened field of this type.
pub const fn flatten<T: Flatten>() -> Flat<T, T::Slots> {
    Flat { slots: T::slots, offer: T::offer, finish: T::finish, write: T::write }
}

impl<T, S> Flat<T, S> {
    /// Nothing collected.
    #[inline(always)]
    pub fn slots(self) -> S {
        (self.slots)()
    }

    /// Reads an attribute that no field before has; the answer says whether it was taken.
    #[inline(always)]
    pub fn offer(self, slots: &mut S, name: &str, reader: &mut Reader<'_>) -> Result<bool, DecodeError> {
        (self.offer)(slots, name, reader)
    }

    /// Builds the value.
    #[inline(always)]
    pub fn finish(self, slots: S) -> Result<T, DecodeError> {
        (self.finish)(slots)
    }

    /// Writes the attributes into the open map. `taken` are the names of the record around.
    #[inline(always)]
    pub fn write(self, value: &T, taken: &[&str], writer: &mut Writer) -> Result<(), EncodeError> {
        (self.write)(value, taken, writer)
    }
}

impl<R: Record> Flatten for R {
    type Slots = R::Slots;

    fn slots() -> Self::Slots {
        R::slots()
    }

    fn offer(slots: &mut Self::Slots, name: &str, reader: &mut Reader<'_>) -> Result<bool, DecodeError> {
        match R::NAMES.iter().position(|known| *known == name) {
            Some(index) => R::accept(slots, index, reader).map(|()| true),
            None => R::unknown(slots, name, reader),
        }
    }

    fn finish(slots: Self::Slots) -> Result<Self, DecodeError> {
        R::finish(slots)
    }

    fn write(&self, taken: &[&str], writer: &mut Writer) -> Result<(), EncodeError> {
        match R::NAMES.iter().find(|name| taken.contains(name)) {
            Some(name) => Err(twice().in_attribute(*name)),
            None => self.write_fields(writer),
        }
    }
}

fn twice() -> EncodeError {
    EncodeError::invalid("a flattened field has an attribute of the same name as a field of the struct")
}

macro_rules! flatten_map { ($($map:ident<$value:ident $(, $hasher:ident)?>;)*) => {$(
    impl<$value: Attribute $(, $hasher: BuildHasher + Default)?> Flatten for $map<String, $value $(, $hasher)?> {
        type Slots = Self;

        fn slots() -> Self {
            Self::default()
        }

        fn offer(slots: &mut Self, name: &str, reader: &mut Reader<'_>) -> Result<bool, DecodeError> {
            slots.insert(name.to_owned(), $value::read(reader)?);
            Ok(true)
        }

        fn finish(slots: Self) -> Result<Self, DecodeError> {
            Ok(slots)
        }

        fn write(&self, taken: &[&str], writer: &mut Writer) -> Result<(), EncodeError> {
            for (name, value) in self {
                if taken.contains(&name.as_str()) {
                    return Err(twice().in_attribute(name.clone()));
                }
                writer.entry(name, |writer| value.write(writer))?;
            }
            Ok(())
        }
    }
)*} }
flatten_map!(HashMap<V, S>; BTreeMap<V>;);

impl Flatten for Item {
    type Slots = Self;

    fn slots() -> Self {
        Self::default()
    }

    fn offer(slots: &mut Self, name: &str, reader: &mut Reader<'_>) -> Result<bool, DecodeError> {
        HashMap::offer(&mut slots.0, name, reader)
    }

    fn finish(slots: Self) -> Result<Self, DecodeError> {
        Ok(slots)
    }

    fn write(&self, taken: &[&str], writer: &mut Writer) -> Result<(), EncodeError> {
        Flatten::write(&self.0, taken, writer)
    }
}
