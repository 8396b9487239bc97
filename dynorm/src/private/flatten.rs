//! Flattened fields: another record's attributes among those of this one, or all that no field has.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
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
    /// How it is read and written.
    const FLAT: Flat<Self>;
}

/// A flattened field, as plain function pointers; see [`Attr`](super::Attr) for why.
#[derive(Debug)]
pub struct Flat<T> {
    slots: fn() -> FlatSlots<T>,
    write: fn(&T, &[&str], &mut Writer) -> Result<(), EncodeError>,
    names: fn(&mut Vec<&'static str>),
}

/// What is collected of a flattened field while an item is read. How depends on the type, which would have to be proven
/// wherever it is named; a box says it once.
pub struct FlatSlots<T>(Box<dyn Collect<T>>);

/// A flattened field of this type.
pub const fn flatten<T: Flatten>() -> Flat<T> {
    T::FLAT
}

/// A flattened struct.
pub const fn flat_record<R: Record<Slots: 'static> + 'static>() -> Flat<R> {
    let names = |names: &mut Vec<&'static str>| {
        names.extend(R::NAMES);
        R::flattened(names);
    };
    Flat { slots: || FlatSlots(Box::new(Fields::<R>(R::slots()))), write: write_record::<R>, names }
}

impl<T> Flat<T> {
    /// Nothing collected.
    pub fn slots(self) -> FlatSlots<T> {
        (self.slots)()
    }

    /// Writes the attributes into the open map. `taken` are the names of the record around.
    pub fn write(self, value: &T, taken: &[&str], writer: &mut Writer) -> Result<(), EncodeError> {
        (self.write)(value, taken, writer)
    }

    /// The same for one of several flattened fields: `flattened` adds the names of them all.
    pub fn write_beside(
        self,
        value: &T,
        taken: &[&str],
        flattened: fn(&mut Vec<&'static str>),
        writer: &mut Writer,
    ) -> Result<(), EncodeError> {
        let (mut others, mut own) = (Vec::new(), Vec::new());
        flattened(&mut others);
        (self.names)(&mut own);
        for name in own {
            if let Some(position) = others.iter().position(|other| *other == name) {
                others.swap_remove(position);
            }
        }
        let taken: Vec<&str> = taken.iter().copied().chain(others).collect();
        (self.write)(value, &taken, writer)
    }

    /// Adds the names of the attributes that it has whatever its value, older ones too. A map has none.
    pub fn names(self, names: &mut Vec<&'static str>) {
        (self.names)(names);
    }
}

impl<T> FlatSlots<T> {
    /// Reads an attribute that no field before has; the answer says whether it was taken.
    pub fn offer(&mut self, name: &str, reader: &mut Reader<'_>) -> Result<bool, DecodeError> {
        self.0.offer(name, reader)
    }

    /// Builds the value.
    pub fn finish(self) -> Result<T, DecodeError> {
        self.0.finish()
    }
}

impl<T> fmt::Debug for FlatSlots<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FlatSlots(..)")
    }
}

/// Takes attributes and becomes a value.
trait Collect<T> {
    fn offer(&mut self, name: &str, reader: &mut Reader<'_>) -> Result<bool, DecodeError>;
    fn finish(self: Box<Self>) -> Result<T, DecodeError>;
}

/// The attributes that a struct has.
struct Fields<R: Record>(R::Slots);

impl<R: Record> Collect<R> for Fields<R> {
    fn offer(&mut self, name: &str, reader: &mut Reader<'_>) -> Result<bool, DecodeError> {
        match R::NAMES.iter().position(|known| *known == name) {
            Some(index) => {
                R::accept(&mut self.0, index, reader)?;
                reader.rank_older_name(index);
                Ok(true)
            }
            None => R::unknown(&mut self.0, name, reader),
        }
    }

    fn finish(self: Box<Self>) -> Result<R, DecodeError> {
        R::finish(self.0)
    }
}

fn write_record<R: Record>(record: &R, taken: &[&str], writer: &mut Writer) -> Result<(), EncodeError> {
    match R::NAMES.iter().find(|name| taken.contains(name)) {
        Some(name) => Err(twice().in_attribute(*name)),
        None => record.write_fields(writer),
    }
}

fn twice() -> EncodeError {
    EncodeError::invalid("a flattened field has an attribute of the same name as another field")
}

/// Every attribute, by name.
trait Entries: Default {
    type Value: Attribute;
    fn add(&mut self, name: &str, value: Self::Value);
    fn each(&self) -> impl Iterator<Item = (&String, &Self::Value)>;
}

impl<M: Entries> Collect<M> for M {
    fn offer(&mut self, name: &str, reader: &mut Reader<'_>) -> Result<bool, DecodeError> {
        self.add(name, M::Value::read(reader)?);
        Ok(true)
    }

    fn finish(self: Box<Self>) -> Result<M, DecodeError> {
        Ok(*self)
    }
}

fn write_entries<M: Entries>(map: &M, taken: &[&str], writer: &mut Writer) -> Result<(), EncodeError> {
    for (name, value) in map.each() {
        if taken.contains(&name.as_str()) {
            return Err(twice().in_attribute(name.clone()));
        }
        writer.entry(name, |writer| value.write(writer))?;
    }
    Ok(())
}

const fn flat_entries<M: Entries + 'static>() -> Flat<M> {
    Flat { slots: || FlatSlots(Box::new(M::default())), write: write_entries::<M>, names: |_| {} }
}

impl<V: Attribute, S: BuildHasher + Default> Entries for HashMap<String, V, S> {
    type Value = V;
    fn add(&mut self, name: &str, value: V) {
        self.insert(name.to_owned(), value);
    }
    fn each(&self) -> impl Iterator<Item = (&String, &V)> {
        self.iter()
    }
}

impl<V: Attribute> Entries for BTreeMap<String, V> {
    type Value = V;
    fn add(&mut self, name: &str, value: V) {
        self.insert(name.to_owned(), value);
    }
    fn each(&self) -> impl Iterator<Item = (&String, &V)> {
        self.iter()
    }
}

impl Entries for Item {
    type Value = AttributeValue;
    fn add(&mut self, name: &str, value: AttributeValue) {
        self.0.insert(name.to_owned(), value);
    }
    fn each(&self) -> impl Iterator<Item = (&String, &AttributeValue)> {
        self.0.iter()
    }
}

impl<V: Attribute + 'static, S: BuildHasher + Default + 'static> Flatten for HashMap<String, V, S> {
    const FLAT: Flat<Self> = flat_entries();
}

impl<V: Attribute + 'static> Flatten for BTreeMap<String, V> {
    const FLAT: Flat<Self> = flat_entries();
}

impl Flatten for Item {
    const FLAT: Flat<Self> = flat_entries();
}
