//! Ways into a value: the fields of nested structs, the items of lists, the entries of maps.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::attribute::{Attribute, Codec, Item, Native, codecs};
use crate::codec::{Reader, Writer};
use crate::error::{DecodeError, EncodeError};

/// A type whose fields have paths of their own. `#[derive(DynamoAttribute)]` implements it for structs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no fields with paths of their own",
    label = "`.dot(..)` needs a struct that derives `DynamoAttribute`"
)]
pub trait Nested {
    /// The struct that owns the paths.
    type Inner;
}

/// A list or set, with elements of one type.
#[diagnostic::on_unimplemented(message = "`{Self}` has no elements of one type", label = "this needs a list or a set")]
pub trait Collection {
    /// Its elements.
    type Item;
}

/// A map with entries of one type.
#[diagnostic::on_unimplemented(message = "`{Self}` has no entries of one type", label = "`.key(..)` needs a map")]
pub trait MapOf {
    /// Its values.
    type Value;
}

/// A type with `None`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is never `None`",
    label = "`is_none` and `is_some` need an `Option`; `not_exists` and `exists` ask for the attribute"
)]
pub trait Optional {}
impl<T> Optional for Option<T> {}

macro_rules! through {
    ($($wrapper:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Nested> Nested for $wrapper<T> {
            type Inner = T::Inner;
        }
        #[diagnostic::do_not_recommend]
        impl<T: Collection> Collection for $wrapper<T> {
            type Item = T::Item;
        }
        #[diagnostic::do_not_recommend]
        impl<T: MapOf> MapOf for $wrapper<T> {
            type Value = T::Value;
        }
    )*};
}
through!(Option Box Arc Rc);

macro_rules! collection {
    ($($ty:ident<T $(, $s:ident)?>),*) => {$(
        impl<T $(, $s)?> Collection for $ty<T $(, $s)?> {
            type Item = T;
        }
    )*};
}
collection!(Vec<T>, VecDeque<T>, LinkedList<T>, HashSet<T, S>, BTreeSet<T>);

impl<T, const N: usize> Collection for [T; N] {
    type Item = T;
}

impl<K, V, S> MapOf for HashMap<K, V, S> {
    type Value = V;
}
impl<K, V> MapOf for BTreeMap<K, V> {
    type Value = V;
}

impl MapOf for Item {
    type Value = AttributeValue;
}

/// Values of any shape: lists or maps of such values.
macro_rules! any {
    ($($value:ty)*) => {$(
        impl Collection for $value {
            type Item = $value;
        }
        impl MapOf for $value {
            type Value = $value;
        }
    )*};
}
any!(AttributeValue);
#[cfg(feature = "serde_json")]
any!(serde_json::Value);

/// The codec of what is inside a list or map, where nothing can be left out: `None` is stored as `NULL`.
#[derive(Debug, Clone, Copy)]
pub struct Element;

impl<T: Attribute> Codec<T> for Element {
    type Stored = T::Stored;

    fn write(value: &T, writer: &mut Writer) -> Result<(), EncodeError> {
        value.write(writer)
    }

    fn read(reader: &mut Reader<'_>) -> Result<T, DecodeError> {
        T::read(reader)
    }
}

/// In the place of a codec: a flattened field, whose own fields are attributes of the item.
#[derive(Debug, Clone, Copy)]
pub struct Flattened;

/// Codecs that store a value so that paths lead into it.
#[diagnostic::on_unimplemented(
    message = "no path leads into an attribute that is stored by the codec `{Self}`",
    label = "stored by a codec of its own"
)]
pub trait Descend {}
impl Descend for Native {}
impl Descend for Element {}
impl Descend for Flattened {}

/// Codecs that store the collection `T` as separate elements, each as its own type is stored.
#[diagnostic::on_unimplemented(
    message = "the elements of `{T}` are not known, as the codec `{Self}` stores it",
    label = "its elements cannot be searched for"
)]
pub trait Elements<T> {
    /// The elements.
    type Item;
}
#[diagnostic::do_not_recommend]
impl<T: Collection> Elements<T> for Native {
    type Item = T::Item;
}
#[diagnostic::do_not_recommend]
impl<T: Collection> Elements<T> for Element {
    type Item = T::Item;
}
#[diagnostic::do_not_recommend]
impl<T> Elements<Vec<T>> for codecs::Set {
    type Item = T;
}
#[diagnostic::do_not_recommend]
impl<T, C: Elements<T>> Elements<Option<T>> for codecs::Optional<C> {
    type Item = C::Item;
}
