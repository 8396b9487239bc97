//! Enums: unit enums as strings and key parts, data enums as maps with a tag.

use super::Attr;
use crate::codec::{Reader, Writer};
use crate::error::{DecodeError, EncodeError, KeyError};
use crate::key::enum_parse;
use crate::schema::Format;

/// An enum without data. Implemented by the derive.
pub trait UnitEnum: Sized {
    /// The stored names, by position in the declaration.
    const NAMES: &'static [&'static str];
    /// Old names, with the position that they stand for.
    const ALIASES: &'static [(&'static str, usize)];
    /// The variant's position.
    fn position(&self) -> usize;
    /// The variant at a position.
    fn variant(position: usize) -> Option<Self>;
}

/// Writes the variant's name.
pub fn write_enum<T: UnitEnum>(value: &T, writer: &mut Writer) -> Result<(), EncodeError> {
    writer.string(enum_name(value))
}

/// Reads a variant by its name, or by an old one.
pub fn read_enum<T: UnitEnum>(reader: &mut Reader<'_>) -> Result<T, DecodeError> {
    enum_from_name(&reader.string()?)
}

/// The variant's name.
pub fn enum_name<T: UnitEnum>(value: &T) -> &'static str {
    T::NAMES.get(value.position()).copied().unwrap_or_default()
}

/// The variant with this name.
pub fn enum_from_name<T: UnitEnum>(name: &str) -> Result<T, DecodeError> {
    let alias = || T::ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, position)| *position);
    let position = T::NAMES.iter().position(|known| *known == name).or_else(alias);
    position.and_then(T::variant).ok_or_else(|| DecodeError::invalid("not the name of a variant"))
}

/// The variant that a key part stands for.
pub fn enum_part<T: UnitEnum>(text: &str, format: Format) -> Result<T, KeyError> {
    let position = enum_parse(T::NAMES, text, format)?;
    T::variant(position).ok_or_else(|| crate::error::KeyProblem::Malformed.into())
}

/// Reads a data enum: finds the tag, wherever it stands in the map, and then lets `variant` read the same map.
pub fn read_tagged<T>(
    reader: &mut Reader<'_>,
    tag: &str,
    variant: impl FnOnce(&str, &mut Reader<'_>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    let found = reader.look_ahead(|reader| {
        let mut found = None;
        reader.map(
            |name, reader| if name == tag { reader.string().map(|tag| found = Some(tag)) } else { reader.skip() },
        )?;
        Ok(found)
    })?;
    match found {
        Some(name) => variant(&name, reader),
        None => Err(DecodeError::missing().in_attribute(tag.to_owned())),
    }
}

/// Reads the value of a newtype variant from its map.
pub fn read_content<T>(reader: &mut Reader<'_>, content: &'static str, attr: Attr<T>) -> Result<T, DecodeError> {
    let mut slot = None;
    reader.map(|name, reader| if name == content { attr.read(&mut slot, reader) } else { reader.skip() })?;
    attr.take(slot, content)
}

/// A data enum has no variant of the stored name.
#[cold]
pub fn unknown_variant(tag: &'static str) -> DecodeError {
    DecodeError::invalid("not the name of a variant").in_attribute(tag)
}
