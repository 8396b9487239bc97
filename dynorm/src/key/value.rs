//! The value of one key attribute.

use std::fmt;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::codec::Writer;
use crate::error::EncodeError;
use crate::schema::KeyKind;

/// The value of one key attribute, as it is stored. Its `Debug` form does not show the value.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum KeyValue {
    /// A string.
    S(String),
    /// A number, in digits.
    N(String),
    /// Bytes.
    B(Vec<u8>),
}

impl KeyValue {
    /// How it is stored.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match self {
            Self::S(_) => KeyKind::S,
            Self::N(_) => KeyKind::N,
            Self::B(_) => KeyKind::B,
        }
    }

    /// Its length in bytes, as DynamoDB counts the length of a key.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::S(text) | Self::N(text) => text.len(),
            Self::B(bytes) => bytes.len(),
        }
    }

    /// Writes it as an attribute.
    pub(crate) fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        match self {
            Self::S(text) => writer.string(text),
            Self::N(digits) => writer.number(digits),
            Self::B(bytes) => writer.binary(bytes),
        }
    }

    /// The value as the SDK has it.
    #[must_use]
    pub fn to_sdk(&self) -> AttributeValue {
        self.clone().into()
    }
}

impl From<KeyValue> for AttributeValue {
    fn from(value: KeyValue) -> Self {
        match value {
            KeyValue::S(text) => Self::S(text),
            KeyValue::N(digits) => Self::N(digits),
            KeyValue::B(bytes) => Self::B(Blob::new(bytes)),
        }
    }
}

impl fmt::Debug for KeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}(..)", self.kind())
    }
}
