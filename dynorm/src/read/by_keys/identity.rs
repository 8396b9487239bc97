//! By what the keys of a batch and of its answers are told apart: bytes that are equal for equal keys.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::KeyValues;
use crate::codec::{Json, Number, Reader};
use crate::error::{DecodeError, Error, Result};
use crate::key::KeyValue;
use crate::schema::{KeyKind, KeySchema};

/// Appends the identity of a key.
pub(super) fn push_identity(key: &KeyValues, out: &mut Vec<u8>) {
    for (_, value) in key {
        match value {
            KeyValue::S(text) => push_value(b'S', text.as_bytes(), out),
            KeyValue::N(digits) => push_number(digits, out),
            KeyValue::B(bytes) => push_value(b'B', bytes, out),
        }
    }
}

/// Appends a value with its type and its length, so that it does not run into the next.
fn push_value(kind: u8, value: &[u8], out: &mut Vec<u8>) {
    out.push(kind);
    out.extend_from_slice(&value.len().to_le_bytes());
    out.extend_from_slice(value);
}

/// Appends a number, which can be written in several ways.
fn push_number(digits: &str, out: &mut Vec<u8>) {
    push_value(b'N', Number::canonical(digits).as_deref().unwrap_or(digits).as_bytes(), out);
}

/// Appends the identity of the key of the item at the cursor. Nothing else of the item is read, nor what stands behind the last of its
/// key attributes; `places` is memory for where they are.
pub(super) fn push_stored<'a>(
    mut json: Json<'a>,
    key: &'static KeySchema,
    places: &mut Vec<Option<Json<'a>>>,
    out: &mut Vec<u8>,
) -> Result<()> {
    places.clear();
    places.resize(key.attributes().count(), None);
    let mut first = true;
    json.open_object()?;
    while places.iter().any(Option::is_none)
        && let Some(name) = json.next_name(&mut first)?
    {
        if let Some(place) = key.attributes().position(|attribute| attribute.name == name)
            && let Some(place) = places.get_mut(place)
        {
            *place = Some(json);
        }
        json.skip()?;
    }
    for (attribute, place) in key.attributes().zip(&*places) {
        let pushed = match place {
            Some(place) => push_attribute(&mut Reader::at(*place), attribute.kind, out),
            None => Err(DecodeError::missing()),
        };
        pushed.map_err(|error| Error::from(error.in_attribute(attribute.name)))?;
    }
    Ok(())
}

fn push_attribute(reader: &mut Reader<'_>, kind: KeyKind, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    match kind {
        KeyKind::S => push_value(b'S', reader.string()?.as_bytes(), out),
        KeyKind::N => push_number(&reader.number()?, out),
        KeyKind::B => push_value(b'B', &reader.binary()?, out),
    }
    Ok(())
}

/// The values of a key that the SDK has.
pub(in crate::read) fn key_values(
    key: &HashMap<String, AttributeValue>,
    schema: &'static KeySchema,
) -> Result<KeyValues, DecodeError> {
    let value = |name: &'static str| {
        let value = match key.get(name) {
            Some(AttributeValue::S(text)) => KeyValue::S(text.clone()),
            Some(AttributeValue::N(digits)) => KeyValue::N(digits.clone()),
            Some(AttributeValue::B(bytes)) => KeyValue::B(bytes.as_ref().to_vec()),
            _ => return Err(DecodeError::missing().in_attribute(name)),
        };
        Ok((name, value))
    };
    schema.attributes().map(|attribute| value(attribute.name)).collect()
}
