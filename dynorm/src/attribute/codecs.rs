//! Other stored forms, for `#[dynorm(with = ..)]`: [`Epoch`], [`EpochMillis`], [`Set`], [`Json`], and [`Optional`]
//! around a codec of your own.

use std::marker::PhantomData;

pub use super::time::UnixTime;
use super::{Attribute, Codec, set, stored, time};
use crate::codec::{Reader, Writer};
use crate::error::{DecodeError, EncodeError};
use crate::stamp::{Auto, Timestamp};

macro_rules! epoch {
    ($codec:ident, $nanoseconds:literal, $places:literal) => {
        impl<T: UnixTime> Codec<T> for $codec {
            type Stored = stored::N;

            fn write(value: &T, writer: &mut Writer) -> Result<(), EncodeError> {
                writer.integer(value.to_unix_nanoseconds().div_euclid($nanoseconds))
            }

            fn read(reader: &mut Reader<'_>) -> Result<T, DecodeError> {
                let units = time::read_scaled(reader, $places, "a time")?;
                T::from_unix_nanoseconds(units).ok_or_else(|| DecodeError::out_of_range("a time"))
            }
        }

        impl<T: UnixTime> Codec<Option<T>> for $codec {
            type Stored = stored::N;

            fn write(value: &Option<T>, writer: &mut Writer) -> Result<(), EncodeError> {
                Optional::<Self>::write(value, writer)
            }

            fn read(reader: &mut Reader<'_>) -> Result<Option<T>, DecodeError> {
                Optional::<Self>::read(reader)
            }

            fn is_absent(value: &Option<T>) -> bool {
                value.is_none()
            }

            fn absent() -> Option<Option<T>> {
                Some(None)
            }
        }
    };
}

/// A time as N, in whole seconds since 1970: the form that DynamoDB's TTL wants. What is below a second is dropped.
///
/// For `SystemTime` and `DateTime<Utc>`, and `Option`s of them.
#[derive(Debug, Clone, Copy)]
pub struct Epoch;
epoch!(Epoch, 1_000_000_000, 9);

/// The time at which an item expires, as DynamoDB's TTL wants it: what a `ttl` field is stored as. As [`Epoch`], and a time that is
/// unset (the epoch itself, or `None`) is absent: such an item never expires.
#[derive(Debug, Clone, Copy)]
pub struct Ttl;

/// A type that a `ttl` field can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot say when an item expires",
    label = "not a time",
    note = "a `ttl` field is a `chrono::DateTime<Utc>` (feature `chrono`), a `SystemTime`, or an `Option` of one"
)]
pub trait ExpiryTime: Timestamp + Auto {
    /// Writes it as `Epoch` does.
    #[doc(hidden)]
    fn write_epoch(&self, writer: &mut Writer) -> Result<(), EncodeError>;
    /// Reads it as `Epoch` does.
    #[doc(hidden)]
    fn read_epoch(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

#[diagnostic::do_not_recommend]
impl<T: Timestamp + Auto> ExpiryTime for T
where
    Epoch: Codec<T>,
{
    fn write_epoch(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        Epoch::write(self, writer)
    }

    fn read_epoch(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Epoch::read(reader)
    }
}

impl<T: ExpiryTime> Codec<T> for Ttl {
    type Stored = stored::N;

    fn write(value: &T, writer: &mut Writer) -> Result<(), EncodeError> {
        value.write_epoch(writer)
    }

    fn read(reader: &mut Reader<'_>) -> Result<T, DecodeError> {
        T::read_epoch(reader)
    }

    fn is_absent(value: &T) -> bool {
        value.is_unset()
    }

    fn absent() -> Option<T> {
        Some(T::unset())
    }
}

/// A time as N, in whole milliseconds since 1970. What is below a millisecond is dropped.
///
/// For `SystemTime` and `DateTime<Utc>`, and `Option`s of them.
#[derive(Debug, Clone, Copy)]
pub struct EpochMillis;
epoch!(EpochMillis, 1_000_000, 6);

/// A `Vec` as a set (SS, NS or BS, by its elements). Equal elements are merged, an empty one is absent, and DynamoDB
/// gives the elements back in an order of its own.
#[derive(Debug, Clone, Copy)]
pub struct Set;

impl<T: Attribute<Stored: stored::Element>> Codec<Vec<T>> for Set {
    type Stored = <T::Stored as stored::Element>::Set;

    fn write(value: &Vec<T>, writer: &mut Writer) -> Result<(), EncodeError> {
        set::write_set(value, writer)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Vec<T>, DecodeError> {
        set::read_set(reader)
    }

    fn is_absent(value: &Vec<T>) -> bool {
        value.is_empty()
    }

    fn absent() -> Option<Vec<T>> {
        Some(Vec::new())
    }
}

/// Any type of serde's as its JSON text, in an S. DynamoDB cannot look into it.
///
/// `None` is the text `null`, and an absent attribute reads as JSON's `null` where the type has one.
#[cfg(feature = "serde_json")]
#[derive(Debug, Clone, Copy)]
pub struct Json;

#[cfg(feature = "serde_json")]
impl<T: serde_core::Serialize + serde_core::de::DeserializeOwned> Codec<T> for Json {
    type Stored = stored::S;

    fn write(value: &T, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.string(&serde_json::to_string(value).map_err(EncodeError::custom)?)
    }

    fn read(reader: &mut Reader<'_>) -> Result<T, DecodeError> {
        // serde's own message would repeat the value.
        serde_json::from_str(&reader.string()?).map_err(|_| DecodeError::invalid("not the JSON of this type"))
    }

    fn absent() -> Option<T> {
        serde_json::from_value(serde_json::Value::Null).ok()
    }
}

/// The codec `C`, for an `Option`: `None` is absent, or NULL inside another value.
///
/// The codecs of this module need it not; your own does: `#[dynorm(with = Optional<YesNo>)] answer: Option<bool>`.
#[derive(Debug, Clone, Copy)]
pub struct Optional<C>(PhantomData<C>);

impl<T, C: Codec<T, Stored: stored::Optional>> Codec<Option<T>> for Optional<C> {
    type Stored = C::Stored;

    fn write(value: &Option<T>, writer: &mut Writer) -> Result<(), EncodeError> {
        match value {
            Some(value) => C::write(value, writer),
            None => writer.null(),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Option<T>, DecodeError> {
        if reader.null()? { Ok(None) } else { C::read(reader).map(Some) }
    }

    fn is_absent(value: &Option<T>) -> bool {
        value.is_none()
    }

    fn absent() -> Option<Option<T>> {
        Some(None)
    }
}
