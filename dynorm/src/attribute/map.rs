//! Maps as M, and the types that can be the names in one.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

use super::{Attribute, stored};
use crate::codec::{Reader, Writer};
use crate::error::{DecodeError, EncodeError};
use crate::key::Transparent;

/// A type whose values can be the names in a map attribute, because each has one text of its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the key type of a map attribute",
    label = "DynamoDB's maps have text for keys",
    note = "`String`, `char`, integers and `Uuid` can; for a type of your own implement `dynorm::attribute::MapKey`"
)]
pub trait MapKey: Sized {
    /// The name.
    fn to_name(&self) -> Cow<'_, str>;

    /// The value with this name.
    ///
    /// # Errors
    /// If no value has it.
    fn from_name(name: Cow<'_, str>) -> Result<Self, DecodeError>;
}

impl MapKey for String {
    fn to_name(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }

    fn from_name(name: Cow<'_, str>) -> Result<Self, DecodeError> {
        Ok(name.into_owned())
    }
}

/// A newtype that derives `DynamoAttribute` is a name if what it holds is one.
#[diagnostic::do_not_recommend]
impl<T: Transparent<Inner: MapKey>> MapKey for T {
    fn to_name(&self) -> Cow<'_, str> {
        self.inner().to_name()
    }

    fn from_name(name: Cow<'_, str>) -> Result<Self, DecodeError> {
        MapKey::from_name(name).map(T::from_inner)
    }
}

/// Keys that are written by `Display`. A name that is not written like that is refused, so that no two names become one
/// key.
macro_rules! keys_by_display { ($($type:ty, $what:literal;)*) => {$(
    impl MapKey for $type {
        fn to_name(&self) -> Cow<'_, str> {
            Cow::Owned(self.to_string())
        }

        fn from_name(name: Cow<'_, str>) -> Result<Self, DecodeError> {
            match name.parse::<Self>() {
                Ok(key) if key.to_string() == name => Ok(key),
                _ => Err(DecodeError::invalid(concat!("a key of the map is not ", $what))),
            }
        }
    }
)*} }
keys_by_display!(
    char, "one character";
    u8, "a `u8`"; u16, "a `u16`"; u32, "a `u32`"; u64, "a `u64`"; u128, "a `u128`"; usize, "a `usize`";
    i8, "an `i8`"; i16, "an `i16`"; i32, "an `i32`"; i64, "an `i64`"; i128, "an `i128`"; isize, "an `isize`";
);
#[cfg(feature = "uuid")]
keys_by_display!(uuid::Uuid, "a UUID in lower case with hyphens";);

macro_rules! maps { ($($map:ident<K: $($bound:ident)+, V $(, $hasher:ident)?>;)*) => {$(
    impl<K: MapKey $(+ $bound)+, V: Attribute $(, $hasher: BuildHasher + Default)?> Attribute
        for $map<K, V $(, $hasher)?>
    {
        type Stored = stored::M;

        fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
            writer.map(|map| {
                self.iter().try_for_each(|(key, value)| map.entry(&key.to_name(), |writer| value.write(writer)))
            })
        }

        fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
            let mut map = Self::default();
            reader.map(|name, reader| {
                map.insert(K::from_name(name)?, V::read(reader)?);
                Ok(())
            })?;
            Ok(map)
        }
    }
)*} }
maps!(BTreeMap<K: Ord, V>; HashMap<K: Eq Hash, V, S>;);
