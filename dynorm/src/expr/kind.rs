//! Which operators an attribute has: facts about DynamoDB's attribute types.

use crate::attribute::stored::{Any, B, Bs, L, M, N, Ns, S, Ss};
use crate::codec::Writer;
use crate::error::EncodeError;

use super::nested::Elements;

/// Attribute types with an order: strings, numbers, binary.
#[diagnostic::on_unimplemented(
    message = "DynamoDB has no order for an attribute that is stored as `{Self}`",
    label = "`lt`, `le`, `gt`, `ge` and `between` need a string, number or binary attribute"
)]
pub trait Ordered {}
impl Ordered for S {}
impl Ordered for N {}
impl Ordered for B {}
impl Ordered for Any {}

/// Attribute types that can begin with a `P`.
#[diagnostic::on_unimplemented(
    message = "an attribute that is stored as `{Self}` cannot begin with this",
    label = "`begins_with` needs a string attribute and text, or a binary attribute and bytes"
)]
pub trait HasPrefix<P> {
    /// Writes the prefix as an attribute value.
    #[doc(hidden)]
    fn write(prefix: &P, writer: &mut Writer) -> Result<(), EncodeError>;
}

macro_rules! has_prefix {
    ($($kind:ty: $($given:ty)|* => $write:ident;)*) => {$($(
        #[diagnostic::do_not_recommend]
        impl HasPrefix<$given> for $kind {
            fn write(prefix: &$given, writer: &mut Writer) -> Result<(), EncodeError> {
                writer.$write(prefix)
            }
        }
    )*)*};
}
has_prefix!(
    S: &str | &String | String => string;
    B: &[u8] | &Vec<u8> | Vec<u8> => binary;
    Any: &str | &String | String => string;
);

/// Attribute types that can contain something: strings, sets and lists.
#[diagnostic::on_unimplemented(
    message = "an attribute that is stored as `{Self}` contains nothing that could be searched for",
    label = "`contains` needs a string, a set or a list"
)]
pub trait Searchable<T, C> {
    /// What can be searched for.
    type Needle;
}
#[diagnostic::do_not_recommend]
impl<T, C> Searchable<T, C> for S {
    type Needle = String;
}
#[diagnostic::do_not_recommend]
impl<T, C> Searchable<T, C> for Any {
    type Needle = T;
}
macro_rules! searchable {
    ($($kind:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T, C: Elements<T>> Searchable<T, C> for $kind {
            type Needle = C::Item;
        }
    )*};
}
searchable!(Ss Ns Bs L);

/// Attribute types whose elements have a position: lists.
#[diagnostic::on_unimplemented(
    message = "an attribute that is stored as `{Self}` has no elements with a position",
    label = "`at` needs a list"
)]
pub trait Indexed<T, C> {
    /// Its elements.
    type Item;
}
#[diagnostic::do_not_recommend]
impl<T, C: Elements<T>> Indexed<T, C> for L {
    type Item = C::Item;
}
#[diagnostic::do_not_recommend]
impl<T, C: Elements<T>> Indexed<T, C> for Any {
    type Item = C::Item;
}

/// Attribute types of two attributes that can be compared with each other, or copied into each other: equal ones.
#[diagnostic::on_unimplemented(
    message = "an attribute that is stored as `{Self}` does not go with one that is stored as `{K}`",
    label = "stored as `{Self}`, where `{K}` is needed"
)]
pub trait SameKind<K> {}
impl<K> SameKind<K> for K {}

/// Attribute types with a size: the bytes of strings and binary, the number of elements of the others.
#[diagnostic::on_unimplemented(
    message = "an attribute that is stored as `{Self}` has no size in DynamoDB",
    label = "`size` needs a string, binary, a set, a list or a map"
)]
pub trait HasSize {}
macro_rules! has_size { ($($kind:ty)*) => {$( impl HasSize for $kind {} )*}; }
has_size!(S B Ss Ns Bs L M Any);

/// Attribute types that `add` can change: numbers, and sets.
#[diagnostic::on_unimplemented(
    message = "`add` cannot change an attribute that is stored as `{Self}`",
    label = "`add` needs a number or a set"
)]
pub trait Addable {}
impl Addable for N {}
impl Addable for Ss {}
impl Addable for Ns {}
impl Addable for Bs {}

/// Numbers.
#[diagnostic::on_unimplemented(
    message = "an attribute that is stored as `{Self}` cannot be calculated with",
    label = "`+` and `-` need a number"
)]
pub trait IsNumber {}
impl IsNumber for N {}

/// Sets.
#[diagnostic::on_unimplemented(
    message = "`delete` cannot take elements out of an attribute that is stored as `{Self}`",
    label = "`delete` needs a set"
)]
pub trait IsSet {}
impl IsSet for Ss {}
impl IsSet for Ns {}
impl IsSet for Bs {}

/// Lists.
#[diagnostic::on_unimplemented(
    message = "an attribute that is stored as `{Self}` is not a list",
    label = "this needs a list"
)]
pub trait IsList {}
impl IsList for L {}
