//! DynamoDB's JSON: one reader, one writer; everything else is transcoded to them.

mod reader;
mod writer;

pub use reader::Reader;
pub use writer::Writer;

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
