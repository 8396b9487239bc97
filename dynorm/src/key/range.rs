//! The ends of a range of keys.
//!
//! DynamoDB has one condition on a sort key, and `BETWEEN` includes both ends. A range over a part becomes the strings
//! that stand right at its ends:
//!
//! - A part with a literal behind it ends at its delimiter, and all its characters sort after that. So a key whose part
//!   is `v` sorts after `v`, and before `v` with the character after the delimiter; no key is either of these.
//! - A part at the end of its attribute is the end of the key: an end that is left out is the neighbour of the value.
//! - A part right before another one has a fixed width: the keys that start with it end at the last string there is.

use std::cmp::Ordering;
use std::ops::Bound;

use super::condition::SortRange;
use super::escape::after_prefix;
use super::fixed::Fixed;
use super::order::{bytes_before, char_after, compare, fill, integer_before, text_before};
use super::sink::{Follow, is_empty};
use super::value::KeyValue;

/// What a range comes to.
pub(crate) enum Span {
    /// A condition.
    Range(SortRange),
    /// Every key that starts as the parts before it say.
    All,
    /// No key at all.
    Empty,
}

/// Where in its attribute a text part stands.
pub(crate) struct Place<'a> {
    /// What every key in question starts with.
    pub(crate) prefix: &'a str,
    /// Whether that ends with a literal, not with another part.
    pub(crate) after_literal: bool,
    /// What stands behind the part.
    pub(crate) follow: Follow,
    /// The shape of the part.
    pub(crate) fixed: Option<Fixed>,
    /// Whether the part is a number, whose neighbours are numbers of the same shape.
    pub(crate) number: bool,
    /// The longest key in bytes.
    pub(crate) limit: usize,
}

impl Place<'_> {
    /// The range of keys whose part is in a range of texts.
    pub(crate) fn span(&self, lower: Bound<&str>, upper: Bound<&str>) -> Span {
        if is_inverted(lower, upper, str::cmp) {
            return Span::Empty;
        }
        let lower = match lower {
            Bound::Included("") => Bound::Unbounded,
            lower => lower,
        };
        if matches!((lower, upper), (Bound::Unbounded, Bound::Unbounded)) {
            return Span::All;
        }
        let low = match lower {
            Bound::Unbounded => Some(self.prefix.to_owned()),
            Bound::Included(part) => Some(self.with(part)),
            Bound::Excluded(part) => self.after(part),
        };
        let Some(low) = low else { return Span::Empty };
        let open = low.is_empty();
        let high = match upper {
            Bound::Unbounded if self.prefix.is_empty() => return Span::Range(SortRange::AtLeast(KeyValue::S(low))),
            Bound::Unbounded => Some(self.end()),
            Bound::Included(part) => Some(self.through(part)),
            Bound::Excluded(part) if open => Some(self.with(part)),
            Bound::Excluded(part) => self.before(part),
        };
        match high {
            Some(high) if high.is_empty() || high < low => Span::Empty,
            None => Span::Empty,
            Some(high) => Span::Range(match (open, upper) {
                (true, Bound::Excluded(_)) => SortRange::Below(KeyValue::S(high)),
                (true, _) => SortRange::AtMost(KeyValue::S(high)),
                (false, _) => SortRange::Between(KeyValue::S(low), KeyValue::S(high)),
            }),
        }
    }

    fn with(&self, part: &str) -> String {
        [self.prefix, part].concat()
    }

    fn filled(&self, part: &str) -> String {
        let mut text = self.with(part);
        fill(&mut text, self.limit);
        text
    }

    /// The end of the keys that start with the prefix.
    fn end(&self) -> String {
        let after = if self.after_literal { after_prefix(self.prefix) } else { None };
        after.unwrap_or_else(|| self.filled(""))
    }

    /// The end of the keys with this part, above all of them.
    fn through(&self, part: &str) -> String {
        match self.follow {
            Follow::End => self.with(part),
            Follow::Part => self.filled(part),
            Follow::Delimiter(delimiter) => match char_after(delimiter) {
                Some(next) => self.with(part) + next.encode_utf8(&mut [0; 4]),
                None => self.filled(part),
            },
        }
    }

    /// The end of the keys with smaller parts, below all keys with this part.
    fn before(&self, part: &str) -> Option<String> {
        match self.follow {
            Follow::Delimiter(_) => Some(self.with(part)),
            Follow::Part => self.neighbour(part, false).map(|before| self.filled(&before)),
            Follow::End if self.number => self.neighbour(part, false).map(|before| self.with(&before)),
            Follow::End => {
                text_before(part, self.limit.saturating_sub(self.prefix.len())).map(|before| self.with(&before))
            }
        }
    }

    /// The start of the keys with larger parts, above all keys with this part.
    fn after(&self, part: &str) -> Option<String> {
        match self.follow {
            Follow::Delimiter(_) => Some(self.through(part)),
            Follow::End if !self.number => Some(self.with(part) + "\0"),
            Follow::Part | Follow::End => self.neighbour(part, true).map(|after| self.with(&after)),
        }
    }

    fn neighbour(&self, part: &str, forward: bool) -> Option<String> {
        self.fixed?.alphabet.neighbour(part, forward)
    }
}

/// The range of keys that are one value.
pub(crate) fn plain(lower: Bound<&KeyValue>, upper: Bound<&KeyValue>, limit: usize) -> Span {
    if is_inverted(lower, upper, compare) {
        return Span::Empty;
    }
    // No key is empty: a range from the empty value on starts nowhere, one up to it holds nothing.
    let low = match lower {
        Bound::Included(value) | Bound::Excluded(value) if !is_empty(value) => Some(value.clone()),
        _ => None,
    };
    if matches!(upper, Bound::Included(value) | Bound::Excluded(value) if is_empty(value)) {
        return Span::Empty;
    }
    Span::Range(match (low, upper) {
        (None, Bound::Unbounded) => return Span::All,
        (Some(low), Bound::Unbounded) => match lower {
            Bound::Excluded(_) => SortRange::Above(low),
            _ => SortRange::AtLeast(low),
        },
        (None, Bound::Included(high)) => SortRange::AtMost(high.clone()),
        (None, Bound::Excluded(high)) => SortRange::Below(high.clone()),
        (Some(low), Bound::Included(high)) => SortRange::Between(low, high.clone()),
        (Some(low), Bound::Excluded(high)) => match before(high, limit) {
            Some(high) => SortRange::Between(low, high),
            None => return Span::Empty,
        },
    })
}

fn before(value: &KeyValue, limit: usize) -> Option<KeyValue> {
    match value {
        KeyValue::S(text) => text_before(text, limit).map(KeyValue::S),
        KeyValue::B(bytes) => bytes_before(bytes, limit).map(KeyValue::B),
        KeyValue::N(digits) => Some(KeyValue::N(integer_before(digits))),
    }
}

fn is_inverted<T: ?Sized>(lower: Bound<&T>, upper: Bound<&T>, compare: impl FnOnce(&T, &T) -> Ordering) -> bool {
    match (lower, upper) {
        (Bound::Included(low), Bound::Included(high)) => compare(low, high).is_gt(),
        (Bound::Included(low) | Bound::Excluded(low), Bound::Included(high) | Bound::Excluded(high)) => {
            compare(low, high).is_ge()
        }
        _ => false,
    }
}
