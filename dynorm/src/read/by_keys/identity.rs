//! By what the keys of a batch and of its answers are told apart.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::KeyValues;
use crate::codec::{Json, Number};
use crate::error::{DecodeError, Error, Result};
use crate::key::KeyValue;
use crate::schema::KeySchema;
use crate::stored;

/// A key's values in a form in which equal ones are equal: numbers can be written in several ways.
pub(super) type KeyIdentity = Vec<KeyValue>;

pub(super) fn identity(key: &KeyValues) -> KeyIdentity {
    key.iter().map(|(_, value)| canonical(value.clone())).collect()
}

fn canonical(value: KeyValue) -> KeyValue {
    match value {
        KeyValue::N(digits) => KeyValue::N(Number::canonical(&digits).unwrap_or(digits)),
        other => other,
    }
}

/// The key of an item's JSON.
pub(super) fn stored_key(item: &[u8], key: &'static KeySchema) -> Result<KeyIdentity> {
    // Nothing else of the item is read, nor what stands behind the last of them.
    let mut values: Vec<(&'static str, Option<KeyValue>)> =
        key.attributes().map(|attribute| (attribute.name, None)).collect();
    let mut json = Json::from_bytes(item)?;
    let mut first = true;
    json.open_object()?;
    while values.iter().any(|(_, value)| value.is_none())
        && let Some(name) = json.next_name(&mut first)?
    {
        let value = json.skip()?;
        if let Some((_, found)) = values.iter_mut().find(|(known, _)| *known == name) {
            *found = stored::key_value(value.as_bytes())?;
        }
    }
    let values = values.into_iter().map(|(name, value)| {
        value.map(canonical).ok_or_else(|| Error::from(DecodeError::missing().in_attribute(name)))
    });
    values.collect()
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
