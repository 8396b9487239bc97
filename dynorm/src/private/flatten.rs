//! Flattened fields: another record's attributes among those of this one, or all that no field has.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use aws_sdk_dynamodb::types::AttributeValue;

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
    /// How it is read and written.
    const FLAT: Flat<Self, Self::Slots>;
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
    T::FLAT
}

/// A flattened struct.
pub const fn flat_record<R: Record>() -> Flat<R, R::Slots> {
    Flat { slots: R::slots, offer: offer::<R>, finish: R::finish, write: write::<R> }
}

fn offer<R: Record>(slots: &mut R::Slots, name: &str, reader: &mut Reader<'_>) -> Result<bool, DecodeError> {
    match R::NAMES.iter().position(|known| *known == name) {
        Some(index) => R::accept(slots, index, reader).map(|()| true),
        None => R::unknown(slots, name, reader),
    }
}

fn write<R: Record>(record: &R, taken: &[&str], writer: &mut Writer) -> Result<(), EncodeError> {
    match R::NAMES.iter().find(|name| taken.contains(name)) {
        Some(name) => Err(twice().in_attribute(*name)),
        None => record.write_fields(writer),
    }
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

fn twice() -> EncodeError {
    EncodeError::invalid("a flattened field has an attribute of the same name as a field of the struct")
}

macro_rules! flatten_map { ($($map:ident<$value:ident $(, $hasher:ident)?>;)*) => {$(
    impl<$value: Attribute $(, $hasher: BuildHasher + Default)?> Flatten for $map<String, $value $(, $hasher)?> {
        type Slots = Self;
        const FLAT: Flat<Self, Self> = Flat {
            slots: Self::default,
            offer: |map, name, reader| {
                map.insert(name.to_owned(), $value::read(reader)?);
                Ok(true)
            },
            finish: Ok,
            write: |map, taken, writer| {
                for (name, value) in map {
                    if taken.contains(&name.as_str()) {
                        return Err(twice().in_attribute(name.clone()));
                    }
                    writer.entry(name, |writer| value.write(writer))?;
                }
                Ok(())
            },
        };
    }
)*} }
flatten_map!(HashMap<V, S>; BTreeMap<V>;);

/// What an [`Item`] holds.
type Inner = HashMap<String, AttributeValue>;

impl Flatten for Item {
    type Slots = Self;
    const FLAT: Flat<Self, Self> = Flat {
        slots: Self::default,
        offer: |item, name, reader| Inner::FLAT.offer(&mut item.0, name, reader),
        finish: Ok,
        write: |item, taken, writer| Inner::FLAT.write(&item.0, taken, writer),
    };
}
