//! `Record`: what the derives generate for a struct that is stored as a map of attributes.

use crate::codec::{Reader, Writer};
use crate::error::{DecodeError, EncodeError};

/// A struct whose fields are attributes. Implemented by the derives.
#[doc(hidden)]
pub trait Record: Sized {
    /// The attribute names by slot index; aliases follow the fields.
    const NAMES: &'static [&'static str];
    /// One `Option` per field.
    type Slots;
    /// All slots empty.
    fn slots() -> Self::Slots;
    /// Reads the attribute `NAMES[index]` into its slot.
    fn accept(slots: &mut Self::Slots, index: usize, reader: &mut Reader<'_>) -> Result<(), DecodeError>;
    /// Offers an attribute that is not in `NAMES` to the flattened fields; the answer says whether one took it.
    fn unknown(_slots: &mut Self::Slots, _name: &str, _reader: &mut Reader<'_>) -> Result<bool, DecodeError> {
        Ok(false)
    }
    /// Builds the value; a slot that is still empty is an error, or the field's value for "absent".
    fn finish(slots: Self::Slots) -> Result<Self, DecodeError>;
    /// Writes the fields as `"name":{..}` members of the map that is open.
    fn write_fields(&self, writer: &mut Writer) -> Result<(), EncodeError>;
}
