//! The key condition of a query: equalities, then at most one condition on a sort key attribute.

use super::value::KeyValue;

/// What a query asks of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyCondition {
    /// The attributes that equal a value: the whole partition key, then sort key attributes in order.
    pub equal: Vec<(&'static str, KeyValue)>,
    /// The condition on the next sort key attribute.
    pub range: Option<(&'static str, SortRange)>,
    /// Whether every attribute of the key equals a value.
    pub complete: bool,
    /// Whether no key can match, so that there is nothing to send.
    pub empty: bool,
}

/// A condition on a sort key attribute, other than equality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortRange {
    /// `begins_with(attribute, value)`
    BeginsWith(KeyValue),
    /// `attribute BETWEEN low AND high`; both ends belong to it.
    Between(KeyValue, KeyValue),
    /// `attribute >= value`
    AtLeast(KeyValue),
    /// `attribute > value`
    Above(KeyValue),
    /// `attribute <= value`
    AtMost(KeyValue),
    /// `attribute < value`
    Below(KeyValue),
}

impl SortRange {
    /// The length of its longest value in bytes.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Between(low, high) => low.size().max(high.size()),
            Self::BeginsWith(value)
            | Self::AtLeast(value)
            | Self::Above(value)
            | Self::AtMost(value)
            | Self::Below(value) => value.size(),
        }
    }
}
