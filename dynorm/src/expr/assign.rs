//! What an update can set an attribute to: values, other attributes, and what DynamoDB computes from them.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Add, Sub};

use crate::attribute::Codec;
use crate::error::ExpressionError;

use super::field::{Field, Kind, Types};
use super::kind::{IsNumber, SameKind};
use super::nested::Collection;
use super::operand::{encode, for_text, for_values, given};
use super::path::Path;
use super::text::Text;
use super::wire::Wire;

/// The right side of `SET`.
#[derive(Debug, Clone)]
pub enum Assigned {
    /// A value or an attribute as it is.
    Source(Source),
    /// `a + b`, `a - b`
    Arithmetic(Source, Sign, Source),
    /// `list_append(a, b)`
    Append(Source, Source),
}

/// One side of a computation.
#[derive(Debug, Clone)]
pub enum Source {
    /// A value of the caller's.
    Value(Wire),
    /// An attribute of the item.
    Path(Path),
    /// The attribute, or the value where it is absent.
    IfNotExists(Path, Wire),
    /// The first of the attributes that there is, or the value where all are absent.
    FirstOf(Vec<Path>, Wire),
}

/// `+` or `-`.
#[derive(Debug, Clone, Copy)]
pub enum Sign {
    /// `+`
    Plus,
    /// `-`
    Minus,
}

impl Assigned {
    pub(super) fn write(&self, text: &mut Text<'_>) {
        match self {
            Assigned::Source(source) => source.write(text),
            Assigned::Arithmetic(left, sign, right) => {
                left.write(text);
                text.push(match sign {
                    Sign::Plus => " + ",
                    Sign::Minus => " - ",
                });
                right.write(text);
            }
            Assigned::Append(left, right) => {
                text.push("list_append(");
                left.write(text);
                text.push(", ");
                right.write(text);
                text.push(")");
            }
        }
    }

    /// Operators and functions in it.
    pub(super) fn operators(&self) -> usize {
        match self {
            Assigned::Source(source) => source.operators(),
            Assigned::Arithmetic(left, _, right) | Assigned::Append(left, right) => {
                1 + left.operators() + right.operators()
            }
        }
    }
}

impl Source {
    fn write(&self, text: &mut Text<'_>) {
        match self {
            Source::Value(value) => text.value(value),
            Source::Path(path) => text.path(path),
            Source::IfNotExists(path, value) => text.call_with("if_not_exists", path, |text| {
                text.push(", ");
                text.value(value);
            }),
            Source::FirstOf(paths, value) => Source::write_first_of(paths, value, text),
        }
    }

    fn write_first_of(paths: &[Path], value: &Wire, text: &mut Text<'_>) {
        match paths {
            [] => text.value(value),
            [path, older @ ..] => text.call_with("if_not_exists", path, |text| {
                text.push(", ");
                Source::write_first_of(older, value, text);
            }),
        }
    }

    fn operators(&self) -> usize {
        match self {
            Source::Value(_) | Source::Path(_) => 0,
            Source::IfNotExists(..) => 1,
            Source::FirstOf(paths, _) => paths.len(),
        }
    }
}

type Assign = Result<Option<Assigned>, ExpressionError>;

/// What an attribute of type `T` in the model `M`, stored by the codec `C`, can be set to: a `T` or `&T`, for an
/// `Option<T>` also its `T`, for a `String` also a `&str`, for a list or set also an array of elements; another
/// attribute that is stored as the same type; or what DynamoDB computes, such as `Book::PAGES + 1`.
///
/// `H` tells these apart, so that the compiler infers the rest.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in an attribute of type `{T}`",
    label = "expected `{T}`"
)]
pub trait SetValue<M, T, C, H> {
    /// What is assigned; `None` for a value that is left out of items.
    #[doc(hidden)]
    fn assigned(self, path: &Path) -> Result<Option<Assigned>, ExpressionError>;
}

fn value_assigned(encoded: Result<Option<Wire>, ExpressionError>) -> Assign {
    Ok(encoded?.map(|value| Assigned::Source(Source::Value(value))))
}

for_values!(SetValue [M] [given::Value] for [M], assigned -> Assign, value_assigned);
for_text!(SetValue [M] [given::Value] for [M], assigned -> Assign, value_assigned);

#[diagnostic::do_not_recommend]
impl<M, T, C, V, const N: usize> SetValue<M, T, C, given::Items> for [V; N]
where
    [V; N]: ValueFor<T, C, given::Items>,
{
    fn assigned(self, path: &Path) -> Assign {
        value_assigned(self.value(path))
    }
}

impl<M, T, C, U, R, D> SetValue<M, T, C, given::Attribute> for Field<M, U, R, D>
where
    C: Codec<T>,
    D: Codec<U>,
    Kind<D, U>: SameKind<Kind<C, T>>,
{
    fn assigned(self, _: &Path) -> Assign {
        Ok(Some(Assigned::Source(Source::Path(self.path))))
    }
}

/// A value that can be stored in an attribute of type `T`, as [`SetValue`] takes it, but not another attribute.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in an attribute of type `{T}`",
    label = "expected `{T}`"
)]
pub trait ValueFor<T, C, H> {
    /// The value, encoded; `None` if it is left out of items.
    #[doc(hidden)]
    fn value(self, path: &Path) -> Result<Option<Wire>, ExpressionError>;
}

type Encoded = Result<Option<Wire>, ExpressionError>;

for_values!(ValueFor [] [given::Value] for [], value -> Encoded, std::convert::identity);
for_text!(ValueFor [] [given::Value] for [], value -> Encoded, std::convert::identity);

#[diagnostic::do_not_recommend]
impl<T, C, V, const N: usize> ValueFor<T, C, given::Items> for [V; N]
where
    T: Collection + FromIterator<T::Item>,
    C: Codec<T>,
    V: ItemFor<T::Item>,
{
    fn value(self, path: &Path) -> Encoded {
        encode::<T, C>(&self.into_iter().map(V::item).collect(), path)
    }
}

/// An element of a list or set whose elements are `I`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an element of a list or set of `{I}`",
    label = "expected `{I}`"
)]
pub trait ItemFor<I> {
    #[doc(hidden)]
    fn item(self) -> I;
}
#[diagnostic::do_not_recommend]
impl<I> ItemFor<I> for I {
    fn item(self) -> I {
        self
    }
}
#[diagnostic::do_not_recommend]
impl ItemFor<String> for &str {
    fn item(self) -> String {
        self.to_owned()
    }
}

/// A value that can be added to a number attribute of type `T`, or taken from it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be added to an attribute of type `{T}`",
    label = "expected `{T}`; for another attribute use `.plus(..)` or `.minus(..)`"
)]
pub trait Amount<T, C> {
    #[doc(hidden)]
    fn amount(self, path: &Path) -> Result<Option<Wire>, ExpressionError>;
}
for_values!(Amount [] [] for [], amount -> Encoded, std::convert::identity);

/// A sum or difference that DynamoDB computes: `Book::PAGES + 1`, `Book::PAGES.if_not_exists(0) + 1`.
///
/// Made for [`UpdateExpr::set`](super::UpdateExpr::set). An attribute that is absent makes the update fail, unless
/// [`if_not_exists`](Field::if_not_exists) stands in for it.
#[must_use = "a computation does nothing until an attribute is set to it"]
#[derive(Clone)]
pub struct Arithmetic<M> {
    assigned: Result<Assigned, ExpressionError>,
    model: Types<M>,
}

impl<M> Arithmetic<M> {
    fn new(left: Result<Source, ExpressionError>, sign: Sign, right: Result<Source, ExpressionError>) -> Self {
        let assigned = left.and_then(|left| Ok(Assigned::Arithmetic(left, sign, right?)));
        Arithmetic { assigned, model: PhantomData }
    }
}

impl<M> fmt::Debug for Arithmetic<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Arithmetic").field(&self.assigned).finish()
    }
}

impl<M, T, C> SetValue<M, T, C, given::Computed> for Arithmetic<M>
where
    C: Codec<T>,
    Kind<C, T>: IsNumber,
{
    fn assigned(self, _: &Path) -> Assign {
        self.assigned.map(Some)
    }
}

/// An attribute, or a value where it is absent: `Book::PAGES.if_not_exists(0)`.
#[must_use = "a computation does nothing until an attribute is set to it"]
pub struct IfNotExists<M, T, C> {
    path: Path,
    value: Encoded,
    types: Types<(M, T, C)>,
}

impl<M, T, C> IfNotExists<M, T, C> {
    fn source(self) -> Result<Source, ExpressionError> {
        match self.value? {
            Some(value) => Ok(Source::IfNotExists(self.path, value)),
            None => Err(ExpressionError::no_value(self.path, "if_not_exists")),
        }
    }
}

impl<M, T, C> Clone for IfNotExists<M, T, C> {
    fn clone(&self) -> Self {
        IfNotExists { path: self.path.clone(), value: self.value.clone(), types: PhantomData }
    }
}

impl<M, T, C> fmt::Debug for IfNotExists<M, T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IfNotExists").field(&format_args!("{}", self.path)).field(&self.value).finish()
    }
}

impl<M, T, C, U, D> SetValue<M, T, C, given::Computed> for IfNotExists<M, U, D>
where
    C: Codec<T>,
    D: Codec<U>,
    Kind<D, U>: SameKind<Kind<C, T>>,
{
    fn assigned(self, _: &Path) -> Assign {
        self.source().map(|source| Some(Assigned::Source(source)))
    }
}

impl<M, T, R, C: Codec<T>> Field<M, T, R, C> {
    /// The attribute, or this value where it is absent. For [`UpdateExpr::set`](super::UpdateExpr::set).
    pub fn if_not_exists<H>(self, value: impl ValueFor<T, C, H>) -> IfNotExists<M, T, C> {
        IfNotExists { value: value.value(&self.path), path: self.path, types: PhantomData }
    }

    /// The sum with another attribute. For [`UpdateExpr::set`](super::UpdateExpr::set); `+` adds a value.
    pub fn plus<U, Q, D>(self, other: Field<M, U, Q, D>) -> Arithmetic<M>
    where
        Kind<C, T>: IsNumber,
        D: Codec<U>,
        Kind<D, U>: SameKind<Kind<C, T>>,
    {
        Arithmetic::new(Ok(Source::Path(self.path)), Sign::Plus, Ok(Source::Path(other.path)))
    }

    /// The difference from another attribute. For [`UpdateExpr::set`](super::UpdateExpr::set); `-` takes a value.
    pub fn minus<U, Q, D>(self, other: Field<M, U, Q, D>) -> Arithmetic<M>
    where
        Kind<C, T>: IsNumber,
        D: Codec<U>,
        Kind<D, U>: SameKind<Kind<C, T>>,
    {
        Arithmetic::new(Ok(Source::Path(self.path)), Sign::Minus, Ok(Source::Path(other.path)))
    }
}

fn amount<T, C, V: Amount<T, C>>(value: V, path: &Path, operator: &'static str) -> Result<Source, ExpressionError> {
    value.amount(path)?.map(Source::Value).ok_or_else(|| ExpressionError::no_value(path, operator))
}

macro_rules! arithmetic {
    ($($operator:ident $method:ident $sign:ident $symbol:literal $doc:literal;)*) => {$(
        #[doc = $doc]
        impl<M, T, R, C, V> $operator<V> for Field<M, T, R, C>
        where
            C: Codec<T>,
            Kind<C, T>: IsNumber,
            V: Amount<T, C>,
        {
            type Output = Arithmetic<M>;

            fn $method(self, value: V) -> Arithmetic<M> {
                let value = amount(value, &self.path, $symbol);
                Arithmetic::new(Ok(Source::Path(self.path)), Sign::$sign, value)
            }
        }

        #[doc = $doc]
        impl<M, T, C, V> $operator<V> for IfNotExists<M, T, C>
        where
            C: Codec<T>,
            Kind<C, T>: IsNumber,
            V: Amount<T, C>,
        {
            type Output = Arithmetic<M>;

            fn $method(self, value: V) -> Arithmetic<M> {
                let value = amount(value, &self.path, $symbol);
                Arithmetic::new(self.source(), Sign::$sign, value)
            }
        }
    )*};
}
arithmetic!(
    Add add Plus "+" "The attribute plus a value, computed by DynamoDB.";
    Sub sub Minus "-" "The attribute minus a value, computed by DynamoDB.";
);
