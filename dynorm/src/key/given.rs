//! What a key part can be given: values, ranges, and prefixes.

use std::borrow::Cow;
use std::ops::{Range, RangeFrom, RangeInclusive, RangeTo, RangeToInclusive};
use std::sync::Arc;

use super::builder::KeyBuf;
use super::part::{KeyPart, Transparent};
use super::sink::PartSink;
use crate::error::KeyError;

/// A value of a key part of type `T`: a `T`, a reference to one, or any string for text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `{T}`",
    label = "this partition key part takes one `{T}`",
    note = "DynamoDB compares a partition key for equality only: no range, no `begins_with`"
)]
pub trait PartValue<T> {
    /// Writes the value into a key.
    ///
    /// # Errors
    /// If the value cannot be this part of the key.
    fn write(&self, sink: &mut PartSink) -> Result<(), KeyError>;
}

#[diagnostic::do_not_recommend]
impl<T: KeyPart> PartValue<T> for T {
    fn write(&self, sink: &mut PartSink) -> Result<(), KeyError> {
        sink.write(self)
    }
}
#[diagnostic::do_not_recommend]
impl<T: KeyPart> PartValue<T> for &T {
    fn write(&self, sink: &mut PartSink) -> Result<(), KeyError> {
        sink.write(*self)
    }
}

/// A value, a range or a prefix of a sort key part of type `T`. `Next` is the state of the builder after it: `Here`
/// after a value, [`Ranged`] after a range or a prefix.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a `{T}` nor a range of it",
    label = "this key part takes a `{T}`, a range of it, or `begins_with`"
)]
pub trait PartCondition<T, Here, Next> {
    /// Adds the condition to a key.
    ///
    /// # Errors
    /// If a value cannot be this part of the key.
    fn apply(self, key: &mut KeyBuf) -> Result<(), KeyError>;
}

#[diagnostic::do_not_recommend]
impl<T: KeyPart, S> PartCondition<T, S, S> for T {
    fn apply(self, key: &mut KeyBuf) -> Result<(), KeyError> {
        key.push(|sink| sink.write(&self))
    }
}
#[diagnostic::do_not_recommend]
impl<T: KeyPart, S> PartCondition<T, S, S> for &T {
    fn apply(self, key: &mut KeyBuf) -> Result<(), KeyError> {
        key.push(|sink| sink.write(self))
    }
}

/// The state of a key builder after a range or `begins_with`, which end the key.
#[derive(Debug, Clone, Copy)]
pub struct Ranged;

/// Says that the part `Part` of a key can be set in this state of its builder.
#[diagnostic::on_unimplemented(
    message = "this key part cannot be set here",
    label = "set the parts in the order of the key; a range or `begins_with` ends it"
)]
pub trait Ready<Part> {}

macro_rules! ranges { ($($range:ty),* $(,)?) => {$(
    #[diagnostic::do_not_recommend]
    impl<T, V: PartValue<T>, S> PartCondition<T, S, Ranged> for $range {
        fn apply(self, key: &mut KeyBuf) -> Result<(), KeyError> {
            key.push_range(&self)
        }
    }
)*} }
ranges!(Range<V>, RangeInclusive<V>, RangeFrom<V>, RangeTo<V>, RangeToInclusive<V>, std::range::RangeInclusive<V>,);

/// The texts or bytes that start with a prefix. Made by [`begins_with`].
#[derive(Clone)]
pub struct BeginsWith<P>(P);

impl<P> std::fmt::Debug for BeginsWith<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BeginsWith(..)")
    }
}

/// The values of a key part that start with a prefix, as in `Book::key().publisher("Penguin").isbn(begins_with("978"))`.
///
/// The prefix ends within its part: it never matches a value of the next one. The empty prefix matches every value.
pub fn begins_with<P>(prefix: P) -> BeginsWith<P> {
    BeginsWith(prefix)
}

/// A type of a key part that can be asked for by a prefix.
#[diagnostic::on_unimplemented(
    message = "`begins_with` needs a text or binary key part, and this one is a `{Self}`",
    label = "use a range: `1990..=1999`"
)]
pub trait Prefixable {
    /// The type of a prefix.
    type Prefix: ?Sized;
    /// Writes a prefix into a key.
    ///
    /// # Errors
    /// If the prefix cannot be the start of this part of the key.
    fn write_prefix(prefix: &Self::Prefix, sink: &mut PartSink) -> Result<(), KeyError>;
}

impl<T: Prefixable, P: AsRef<T::Prefix>, S> PartCondition<T, S, Ranged> for BeginsWith<P> {
    fn apply(self, key: &mut KeyBuf) -> Result<(), KeyError> {
        key.push_prefix(|sink| T::write_prefix(self.0.as_ref(), sink))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Transparent> Prefixable for T
where
    T::Inner: Prefixable,
{
    type Prefix = <T::Inner as Prefixable>::Prefix;
    fn write_prefix(prefix: &Self::Prefix, sink: &mut PartSink) -> Result<(), KeyError> {
        T::Inner::write_prefix(prefix, sink)
    }
}

#[diagnostic::do_not_recommend]
impl Prefixable for Vec<u8> {
    type Prefix = [u8];
    fn write_prefix(prefix: &[u8], sink: &mut PartSink) -> Result<(), KeyError> {
        sink.write_bytes(prefix)
    }
}

macro_rules! prefixable { ($($text:ty),*) => {$(
    #[diagnostic::do_not_recommend]
    impl Prefixable for $text {
        type Prefix = str;
        fn write_prefix(prefix: &str, sink: &mut PartSink) -> Result<(), KeyError> {
            sink.write_str(prefix)
        }
    }
)*} }
prefixable!(String, Cow<'_, str>, Box<str>, Arc<str>);

/// Borrowed values of a part that owns its value.
macro_rules! borrowed { ($($target:ty, $write:ident: $($source:ty),*;)*) => {$($(
    #[diagnostic::do_not_recommend]
    impl PartValue<$target> for $source {
        fn write(&self, sink: &mut PartSink) -> Result<(), KeyError> {
            sink.$write(self)
        }
    }
    #[diagnostic::do_not_recommend]
    impl<S> PartCondition<$target, S, S> for $source {
        fn apply(self, key: &mut KeyBuf) -> Result<(), KeyError> {
            key.push(|sink| sink.$write(&self))
        }
    }
)*)*} }
borrowed! {
    String, write_str: &str, &&str, Cow<'_, str>, &Cow<'_, str>, Box<str>, &Box<str>, Arc<str>, &Arc<str>;
    Cow<'_, str>, write_str: &str, &&str, String, &String;
    Box<str>, write_str: &str, &&str, String, &String;
    Arc<str>, write_str: &str, &&str, String, &String;
    Vec<u8>, write_bytes: &[u8], &&[u8];
}

macro_rules! byte_arrays { ($($source:ty),*) => {$(
    #[diagnostic::do_not_recommend]
    impl<const N: usize> PartValue<Vec<u8>> for $source {
        fn write(&self, sink: &mut PartSink) -> Result<(), KeyError> {
            sink.write_bytes(&self[..])
        }
    }
    #[diagnostic::do_not_recommend]
    impl<S, const N: usize> PartCondition<Vec<u8>, S, S> for $source {
        fn apply(self, key: &mut KeyBuf) -> Result<(), KeyError> {
            key.push(|sink| sink.write_bytes(&self[..]))
        }
    }
)*} }
byte_arrays!([u8; N], &[u8; N]);
