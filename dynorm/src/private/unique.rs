//! What unique constraints ask of types.

use crate::attribute::stored::{B, N, S, Stored};
use crate::attribute::{Attribute, Codec};

/// A field whose value a guard can hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be unique",
    label = "not stored as text, a number or bytes",
    note = "a unique field is stored as text, a number or bytes, or is an `Option` of such a type"
)]
pub trait UniqueValue<C> {}

#[diagnostic::do_not_recommend]
impl<T, C: Codec<T>> UniqueValue<C> for T where <C::Stored as Stored>::Single: Scalar {}

/// Attribute types that two items can have the same value of, by DynamoDB's own rules for keys.
pub trait Scalar {}
impl Scalar for S {}
impl Scalar for N {}
impl Scalar for B {}

/// A field that is a key attribute of a table in which guards have a place.
#[diagnostic::on_unimplemented(
    message = "a model with unique constraints needs text keys, and `{Self}` is stored otherwise",
    label = "not stored as text",
    note = "the guards of unique values are items of the same table, found by text; give them a table of their own, such as \
            `#[dynorm(unique_table = \"users-unique\")]` on the struct, or make the key a template, such as \
            `#[dynorm(partition_key = \"{{id:010}}\")]`"
)]
pub trait GuardKey {}

#[diagnostic::do_not_recommend]
impl<T: Attribute<Stored: Stored<Single = S>>> GuardKey for T {}

/// Compiles if the field's value can be unique.
pub const fn unique_value<T: UniqueValue<C>, C>() {}

/// Compiles if a table with this key has a place for guards.
pub const fn guard_key<T: GuardKey>() {}
