//! Attributes as JSON text, and back.

use dynorm::attribute::Attribute;
use dynorm::codec::{Reader, Writer};
use dynorm::error::DecodeError;

/// The attribute as it goes over the wire.
pub(crate) fn json<T: Attribute>(value: &T) -> String {
    let mut writer = Writer::new();
    value.write(&mut writer).expect("the value can be stored");
    String::from_utf8(writer.into_bytes()).expect("JSON is UTF-8")
}

/// The value of an attribute.
pub(crate) fn read<T: Attribute>(json: &str) -> Result<T, DecodeError> {
    T::read(&mut Reader::new(json.as_bytes())?)
}
