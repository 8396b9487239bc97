//! Values of expressions, encoded for the wire.

use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::attribute::Codec;
use crate::codec::{AttributeType, Reader, Writer};
use crate::error::{EncodeError, ExpressionError};

use super::path::Path;

/// An encoded value: an attribute value in DynamoDB's JSON, `{"N":"300"}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Wire(Vec<u8>);

impl Wire {
    pub(super) fn encode<T, C: Codec<T>>(value: &T, path: &Path) -> Result<Self, ExpressionError> {
        Wire::write(path, |writer| C::write(value, writer))
    }

    /// What `write` writes, for the attribute at `path`.
    pub(super) fn write(
        path: &Path,
        write: impl FnOnce(&mut Writer) -> Result<(), EncodeError>,
    ) -> Result<Self, ExpressionError> {
        let mut writer = Writer::with_capacity(64);
        write(&mut writer).map_err(|error| ExpressionError::encode(path, error))?;
        let wire = writer.into_bytes();
        if wire.is_empty() {
            return Err(ExpressionError::encode(path, EncodeError::invalid("its codec wrote no value")));
        }
        Ok(Wire(wire))
    }

    /// What a [`Writer`] wrote for one value.
    pub(super) fn written(bytes: Vec<u8>) -> Self {
        Wire(bytes)
    }

    /// The name of an attribute type, as `attribute_type` takes it.
    pub(super) fn descriptor(kind: AttributeType) -> Self {
        Wire(format!(r#"{{"S":"{}"}}"#, kind.descriptor()).into_bytes())
    }

    pub(super) fn number(number: usize) -> Self {
        Wire(format!(r#"{{"N":"{number}"}}"#).into_bytes())
    }

    pub(super) fn empty_list() -> Self {
        Wire(br#"{"L":[]}"#.to_vec())
    }

    pub(super) fn to_sdk(&self) -> AttributeValue {
        match Reader::new(&self.0).and_then(|mut reader| reader.value()) {
            Ok(value) => value,
            Err(_) => unreachable!("`Writer` writes one whole value or nothing, and nothing was refused in `encode`"),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn is_number(&self) -> bool {
        self.0.starts_with(br#"{"N":"#)
    }

    /// Whether DynamoDB defines an order for values of its type.
    pub(super) fn is_ordered(&self) -> bool {
        [&br#"{"S":"#[..], br#"{"N":"#, br#"{"B":"#].iter().any(|kind| self.0.starts_with(kind))
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("?")
    }
}
