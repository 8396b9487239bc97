//! DynamoDB's JSON: one reader, one writer; everything else is transcoded to them.

mod json;
mod number;
mod reader;
mod text;
mod transcode;
mod writer;

use std::fmt;

pub use reader::Reader;
pub use transcode::{from_value, item_from_json, item_to_json, to_value};
pub use writer::Writer;

pub(crate) use json::Json;
pub(crate) use number::{Integer, Number};
pub(crate) use reader::OlderNames;
pub(crate) use text::push_string;
pub(crate) use transcode::{append_item, item_to_read, value_to_json, write_value};
#[cfg(feature = "streams")]
pub(crate) use transcode::{streams_item_to_json, untransferable};

use crate::attribute::Attribute;
use crate::error::{DecodeError, EncodeError};

/// How many lists and maps DynamoDB allows inside each other.
pub(crate) const MAX_DEPTH: u8 = 32;

/// DynamoDB's attribute types, by the names of its data type descriptors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttributeType {
    /// String.
    S,
    /// Number.
    N,
    /// Binary.
    B,
    /// Boolean.
    Bool,
    /// Null.
    Null,
    /// Set of strings.
    Ss,
    /// Set of numbers.
    Ns,
    /// Set of binaries.
    Bs,
    /// List.
    L,
    /// Map.
    M,
}

impl AttributeType {
    /// DynamoDB's data type descriptor: `S`, `BOOL`, `SS` ...
    pub const fn descriptor(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::N => "N",
            Self::B => "B",
            Self::Bool => "BOOL",
            Self::Null => "NULL",
            Self::Ss => "SS",
            Self::Ns => "NS",
            Self::Bs => "BS",
            Self::L => "L",
            Self::M => "M",
        }
    }

    pub(crate) fn from_descriptor(descriptor: &str) -> Option<Self> {
        Some(match descriptor {
            "S" => Self::S,
            "N" => Self::N,
            "B" => Self::B,
            "BOOL" => Self::Bool,
            "NULL" => Self::Null,
            "SS" => Self::Ss,
            "NS" => Self::Ns,
            "BS" => Self::Bs,
            "L" => Self::L,
            "M" => Self::M,
            _ => return None,
        })
    }
}

impl fmt::Display for AttributeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.descriptor())
    }
}

/// Writes one value as DynamoDB's JSON.
///
/// ```
/// let json = dynorm::codec::to_json(&vec![1_u16, 2])?;
/// assert_eq!(json, br#"{"L":[{"N":"1"},{"N":"2"}]}"#);
/// # Ok::<(), dynorm::error::EncodeError>(())
/// ```
///
/// # Errors
/// If DynamoDB cannot hold the value.
pub fn to_json<T: Attribute>(value: &T) -> Result<Vec<u8>, EncodeError> {
    let mut writer = Writer::new();
    value.write(&mut writer)?;
    Ok(writer.into_bytes())
}

/// Reads one value from DynamoDB's JSON.
///
/// ```
/// let pages: u16 = dynorm::codec::from_json(br#"{"N":"312"}"#)?;
/// assert_eq!(pages, 312);
/// # Ok::<(), dynorm::error::DecodeError>(())
/// ```
///
/// # Errors
/// If the bytes are not one attribute value, or not one of a `T`.
pub fn from_json<T: Attribute>(json: &[u8]) -> Result<T, DecodeError> {
    let mut reader = Reader::new(json)?;
    let value = T::read(&mut reader)?;
    reader.end()?;
    Ok(value)
}
