//! The value of one key attribute.

use std::fmt;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_types::base64;

use crate::codec::{Writer, push_string};
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

    /// Appends the JSON of its attribute value, exactly as it is.
    pub(crate) fn push_json(&self, out: &mut Vec<u8>) {
        match self {
            Self::S(text) => {
                out.extend_from_slice(br#"{"S":"#);
                push_string(out, text);
            }
            Self::N(digits) => {
                out.extend_from_slice(br#"{"N":"#);
                push_string(out, digits);
            }
            Self::B(bytes) => {
                out.extend_from_slice(br#"{"B":"#);
                push_string(out, &base64::encode(bytes));
            }
        }
        out.push(b'}');
    }

    /// The value as the SDK has it.
    #[must_use]
    pub fn to_sdk(&self) -> AttributeValue {
        self.clone().into()
    }
}

/// Appends the JSON of an object of key attributes.
pub(crate) fn push_key(values: &[(&'static str, KeyValue)], out: &mut Vec<u8>) {
    out.push(b'{');
    for (place, (name, value)) in values.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        push_string(out, name);
        out.push(b':');
        value.push_json(out);
    }
    out.push(b'}');
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
