//! `Field`: a typed path to an attribute of a model.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::attribute::stored::Stored as StoredAs;
use crate::attribute::{Codec, Item, Native};

use super::kind::Indexed;
use super::nested::{Descend, Element, MapOf, Nested};
use super::path::Path;
use super::role;

/// A typed path to an attribute of the model `M`, or into one.
///
/// The derive declares one for each field, such as `Book::TITLE`. `T` is the field's type, `R` its
/// [role], `C` the codec that stores it. Its methods make conditions; the actions of an
/// [`UpdateExpr`](super::UpdateExpr) take it as their target.
pub struct Field<M, T, R = role::Plain, C = Native> {
    pub(crate) path: Path,
    pub(crate) origin: Origin<T>,
    types: Types<(M, T, R, C)>,
}

/// What else says how the attribute of a model's field is read. A path into the attribute has the older names of a struct's field only.
pub(crate) struct Origin<T> {
    /// Older names of the attribute.
    pub(crate) aliases: &'static [&'static str],
    /// The field's value where the attribute is absent.
    pub(crate) default: Option<fn() -> T>,
}

impl<T> Origin<T> {
    const NONE: Self = Origin { aliases: &[], default: None };
}

/// Type parameters of a value that owns none of them, so that it is `Send` and `Sync` whatever they are.
pub(super) type Types<T> = PhantomData<fn() -> T>;

/// How the codec `C` stores a `T`: the attribute type that decides the operators.
pub(crate) type Kind<C, T> = <<C as Codec<T>>::Stored as StoredAs>::Single;

impl<M, T, R, C> Field<M, T, R, C> {
    /// The attribute `name`. An empty name stands for a flattened field.
    #[doc(hidden)]
    pub const fn new(name: &'static str) -> Self {
        Field { path: Path::new(name), origin: Origin::NONE, types: PhantomData }
    }

    /// The same with older names of the attribute.
    #[doc(hidden)]
    #[must_use]
    pub const fn or_named(mut self, aliases: &'static [&'static str]) -> Self {
        self.origin.aliases = aliases;
        self
    }

    /// The same with a value for an absent attribute.
    #[doc(hidden)]
    #[must_use]
    pub const fn or_absent(mut self, default: fn() -> T) -> Self {
        self.origin.default = Some(default);
        self
    }

    pub(super) fn from_path(path: Path) -> Self {
        Field { path, origin: Origin::NONE, types: PhantomData }
    }

    /// The value that the path leads to.
    pub(crate) fn find<'i>(&self, item: &'i Item) -> Option<&'i AttributeValue> {
        self.path.find(item)
    }

    /// The name of the attribute that the path starts at.
    pub fn attribute(&self) -> &str {
        &self.path.root
    }

    /// A field of a nested struct: `Book::ADDRESS.dot(Address::CITY)` is the path `address.city`.
    pub fn dot<U, Q, D>(self, inner: Field<T::Inner, U, Q, D>) -> Field<M, U, R, D>
    where
        C: Descend,
        T: Nested,
    {
        let origin = Origin { aliases: inner.origin.aliases, default: None };
        Field { origin, ..Field::from_path(self.path.join(inner.path)) }
    }

    /// An item of a list, counted from 0: `Book::AUTHORS.at(0)` is the path `authors[0]`.
    pub fn at<U>(self, index: usize) -> Field<M, U, R, Element>
    where
        C: Codec<T>,
        Kind<C, T>: Indexed<T, C, Item = U>,
    {
        Field::from_path(self.path.at(index))
    }

    /// An entry of a map: `Book::PRICES.key("EUR")` is the path `prices.EUR`. Any key is allowed, also one with dots.
    pub fn key<V>(self, key: impl Into<Cow<'static, str>>) -> Field<M, V, R, Element>
    where
        C: Descend,
        T: MapOf<Value = V>,
    {
        Field::from_path(self.path.key(key.into()))
    }
}

impl<M, T, R, C> Clone for Field<M, T, R, C> {
    fn clone(&self) -> Self {
        let Origin { aliases, default } = self.origin;
        Field { path: self.path.clone(), origin: Origin { aliases, default }, types: PhantomData }
    }
}

impl<M, T, R, C> fmt::Debug for Field<M, T, R, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Field").field(&format_args!("{}", self.path)).finish()
    }
}
