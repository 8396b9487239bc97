//! The SDK's `AttributeValue` from and to the wire's bytes: the way in and out for everything that is not on the hot
//! path.

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use super::{AttributeType, Reader, Writer};
use crate::attribute::Attribute;
use crate::error::{DecodeError, EncodeError};

type Item = HashMap<String, AttributeValue>;

/// Writes one value as the SDK's type, for a request that dynorm does not make itself.
///
/// ```
/// use aws_sdk_dynamodb::types::AttributeValue;
///
/// assert_eq!(dynorm::codec::to_value(&312_u16)?, AttributeValue::N("312".into()));
/// # Ok::<(), dynorm::error::EncodeError>(())
/// ```
///
/// # Errors
/// If DynamoDB cannot hold the value.
pub fn to_value<T: Attribute>(value: &T) -> Result<AttributeValue, EncodeError> {
    let json = super::to_json(value)?;
    // An `Attribute` writes through `Writer`, whose bytes are one attribute value or none.
    let read = Reader::new(&json).and_then(|mut reader| reader.value());
    read.map_err(|_| EncodeError::invalid("its type wrote no value"))
}

/// Reads one value from the SDK's type.
///
/// ```
/// use aws_sdk_dynamodb::types::AttributeValue;
///
/// let pages: u16 = dynorm::codec::from_value(&AttributeValue::N("312".into()))?;
/// assert_eq!(pages, 312);
/// # Ok::<(), dynorm::error::DecodeError>(())
/// ```
///
/// # Errors
/// If the value is not one of a `T`.
pub fn from_value<T: Attribute>(value: &AttributeValue) -> Result<T, DecodeError> {
    super::from_json(&value_to_json(value)?)
}

/// DynamoDB's JSON from a value of the SDK, to be read, exactly: numbers and sets are neither checked nor normalised.
///
/// # Errors
/// If it is nested deeper than 32 levels.
pub(crate) fn value_to_json(value: &AttributeValue) -> Result<Vec<u8>, DecodeError> {
    let mut writer = Writer::verbatim().for_reading();
    write_value(value, &mut writer).map_err(|_| untransferable())?;
    Ok(writer.into_bytes())
}

/// An item of the SDK from DynamoDB's JSON, `{"name":{"S":".."},..}`, exactly as it is there.
///
/// # Errors
/// If the bytes are no item.
pub fn item_from_json(json: &[u8]) -> Result<Item, DecodeError> {
    let mut reader = Reader::new(json)?;
    let mut item = Item::new();
    reader.members(|name, reader| {
        item.insert(name.into_owned(), reader.value()?);
        Ok(())
    })?;
    reader.end()?;
    Ok(item)
}

/// DynamoDB's JSON from an item of the SDK, exactly: numbers and sets are neither checked nor normalised.
///
/// # Errors
/// If a value is nested deeper than 32 levels, or of a type that this version of the SDK does not know.
pub fn item_to_json(item: &Item) -> Result<Vec<u8>, DecodeError> {
    attributes(Writer::verbatim(), item, write_value)
}

/// The same, behind what the bytes are already.
pub(crate) fn append_item(item: &Item, bytes: &mut Vec<u8>) -> Result<(), DecodeError> {
    *bytes = attributes(Writer::verbatim_behind(std::mem::take(bytes)), item, write_value)?;
    Ok(())
}

/// DynamoDB's JSON from an item of the SDK, to be read: attributes of types that this version of the SDK does not know are errors only for
/// whoever knows them by name.
pub(crate) fn item_to_read(item: &Item) -> Result<Vec<u8>, DecodeError> {
    attributes(Writer::verbatim().for_reading(), item, write_value)
}

/// The same of an item of the SDK of DynamoDB Streams, which has its own type for values.
#[cfg(feature = "streams")]
pub(crate) fn streams_item_to_json(
    item: &HashMap<String, aws_sdk_dynamodbstreams::types::AttributeValue>,
) -> Result<String, DecodeError> {
    let json = attributes(Writer::verbatim().for_reading(), item, write_streams_value)?;
    String::from_utf8(json).map_err(|_| unreachable!("a `Writer` writes text"))
}

fn attributes<V>(
    mut writer: Writer,
    item: &HashMap<String, V>,
    write: fn(&V, &mut Writer) -> Result<(), EncodeError>,
) -> Result<Vec<u8>, DecodeError> {
    let written =
        writer.item(|map| item.iter().try_for_each(|(name, value)| map.entry(name, |writer| write(value, writer))));
    match written {
        Ok(()) => Ok(writer.into_bytes()),
        Err(_) => Err(untransferable()),
    }
}

pub(crate) fn untransferable() -> DecodeError {
    DecodeError::invalid("an attribute of a type that this version of the SDK does not know, or nested too deeply")
}

/// A function that writes a value of an SDK's type: each service's SDK has the same one under a path of its own.
macro_rules! writes_value {
    ($name:ident, $sdk:ident) => {
        /// Writes a value of the SDK's type.
        pub(crate) fn $name(value: &$sdk::types::AttributeValue, writer: &mut Writer) -> Result<(), EncodeError> {
            use $sdk::types::AttributeValue;
            match value {
                AttributeValue::S(text) => writer.string(text),
                AttributeValue::N(digits) => writer.number(digits),
                AttributeValue::B(bytes) => writer.binary(bytes.as_ref()),
                AttributeValue::Bool(value) => writer.boolean(*value),
                AttributeValue::Null(value) => writer.null_as(*value),
                AttributeValue::Ss(set) => writer.string_set(set),
                AttributeValue::Ns(set) => writer.number_set(set),
                AttributeValue::Bs(set) => writer.binary_set(set),
                AttributeValue::L(list) => {
                    writer.list(|list_writer| list.iter().try_for_each(|element| $name(element, list_writer)))
                }
                AttributeValue::M(map) => writer.map(|map_writer| {
                    map.iter().try_for_each(|(name, value)| map_writer.entry(name, |writer| $name(value, writer)))
                }),
                _ => writer.unknown(),
            }
        }
    };
}
writes_value!(write_value, aws_sdk_dynamodb);
#[cfg(feature = "streams")]
writes_value!(write_streams_value, aws_sdk_dynamodbstreams);

/// Reads a value as the SDK's type.
pub(super) fn read_value(reader: &mut Reader<'_>) -> Result<AttributeValue, DecodeError> {
    Ok(match reader.kind()? {
        AttributeType::S => AttributeValue::S(reader.string()?.into_owned()),
        AttributeType::N => AttributeValue::N(reader.digits()?.into_owned()),
        AttributeType::B => AttributeValue::B(Blob::new(reader.binary()?)),
        AttributeType::Bool => AttributeValue::Bool(reader.boolean()?),
        AttributeType::Null => AttributeValue::Null(reader.null_value()?),
        kind @ AttributeType::Ss => AttributeValue::Ss(elements(reader, kind, |r| Ok(r.string()?.into_owned()))?),
        kind @ AttributeType::Ns => AttributeValue::Ns(elements(reader, kind, |r| Ok(r.digits()?.into_owned()))?),
        kind @ AttributeType::Bs => AttributeValue::Bs(elements(reader, kind, |r| Ok(Blob::new(r.binary()?)))?),
        AttributeType::L => {
            let mut list = Vec::new();
            reader.list(|reader, _| {
                list.push(read_value(reader)?);
                Ok(())
            })?;
            AttributeValue::L(list)
        }
        AttributeType::M => {
            let mut map = HashMap::new();
            reader.map(|name, reader| {
                map.insert(name.into_owned(), read_value(reader)?);
                Ok(())
            })?;
            AttributeValue::M(map)
        }
    })
}

fn elements<T>(
    reader: &mut Reader<'_>,
    kind: AttributeType,
    read: impl Fn(&mut Reader<'_>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    let mut set = Vec::new();
    reader.set(kind, |reader| {
        set.push(read(reader)?);
        Ok(())
    })?;
    Ok(set)
}
