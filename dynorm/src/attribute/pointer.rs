//! `Box`, `Arc` and `Cow`: stored as what they hold, and read as owned.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Attribute, stored};
use crate::codec::{Reader, Writer};
use crate::error::{DecodeError, EncodeError};

macro_rules! attribute_of_one { ([$($generics:tt)*] $pointer:ty, $from:expr) => {
    impl<$($generics)*> Attribute for $pointer {
        type Stored = <T::Stored as stored::Stored>::Single;

        fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
            T::write(self, writer)
        }

        fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
            T::read(reader).map($from)
        }

        fn is_absent(&self) -> bool {
            T::is_absent(self)
        }

        fn absent() -> Option<Self> {
            T::absent().map($from)
        }

        fn reads_null() -> bool {
            T::reads_null()
        }
    }
} }
attribute_of_one!([T: Attribute] Box<T>, Box::new);
attribute_of_one!([T: Attribute] Arc<T>, Arc::new);
attribute_of_one!([T: Attribute + Clone] Cow<'_, T>, Cow::Owned);

macro_rules! attribute_of_text {
    ($pointer:ty) => {
        impl Attribute for $pointer {
            type Stored = stored::S;

            fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
                writer.string(self)
            }

            fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                Ok(reader.string()?.into_owned().into())
            }
        }
    };
}
attribute_of_text!(Box<str>);
attribute_of_text!(Arc<str>);
attribute_of_text!(Cow<'_, str>);

macro_rules! attribute_of_slice { ([$($generics:tt)*] $pointer:ty) => {
    impl<$($generics)*> Attribute for $pointer {
        type Stored = <T::Stored as stored::Stored>::Sequence;

        fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
            T::write_sequence(self, writer)
        }

        fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
            Ok(T::read_sequence(reader)?.into())
        }
    }
} }
attribute_of_slice!([T: Attribute] Box<[T]>);
attribute_of_slice!([T: Attribute] Arc<[T]>);
attribute_of_slice!([T: Attribute + Clone] Cow<'_, [T]>);
