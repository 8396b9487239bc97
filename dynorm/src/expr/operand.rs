//! What an attribute can be compared with.

use crate::attribute::{Codec, stored};
use crate::error::ExpressionError;

use super::context::UsableIn;
use super::field::{Field, Kind};
use super::kind::SameKind;
use super::path::Path;
use super::tree::Term;
use super::wire::Wire;

/// What an attribute of type `T` in the model `M`, stored by the codec `C`, can be compared with in the context `X`:
/// a `T` or `&T`, for an `Option<T>` also its `T`, for a `String` also a `&str`, or another attribute of `M` that is
/// stored as the same type.
///
/// `H` tells these apart, so that the compiler infers the rest.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared with an attribute of type `{T}`",
    label = "expected `{T}`, or an attribute of the same model that is stored as the same type"
)]
pub trait Operand<M, T, C, X, H> {
    /// The operand, encoded; `None` for a value that is left out of items. `path` names what it is compared with.
    #[doc(hidden)]
    fn term(self, path: &Path) -> Result<Option<Term>, ExpressionError>;
}

/// How a value that is given for an attribute of type `T` is read.
#[doc(hidden)]
pub(super) mod given {
    /// A value.
    #[derive(Debug)]
    pub struct Value;
    /// An array of elements.
    #[derive(Debug)]
    pub struct Items;
    /// Another attribute.
    #[derive(Debug)]
    pub struct Attribute;
    /// Something that DynamoDB computes.
    #[derive(Debug)]
    pub struct Computed;
}

/// The value, encoded; `None` if the codec leaves it out of items.
pub(super) fn encode<T, C: Codec<T>>(value: &T, path: &Path) -> Result<Option<Wire>, ExpressionError> {
    if C::is_absent(value) { Ok(None) } else { Wire::encode::<T, C>(value, path).map(Some) }
}

/// Implements a trait for the forms in which a value can be given: `T` and `&T`, for a `T` and for an `Option<T>`.
macro_rules! for_values {
    ($trait:ident [$($before:ident),*] [$($after:ty),*] for [$($extra:ident),*], $method:ident -> $output:ty, $wrap:path) => {
        #[diagnostic::do_not_recommend]
        impl<T, C: Codec<T> $(, $extra)*> $trait<$($before,)* T, C $(, $after)*> for T {
            fn $method(self, path: &Path) -> $output {
                $wrap(encode::<T, C>(&self, path))
            }
        }
        #[diagnostic::do_not_recommend]
        impl<T, C: Codec<T> $(, $extra)*> $trait<$($before,)* T, C $(, $after)*> for &T {
            fn $method(self, path: &Path) -> $output {
                $wrap(encode::<T, C>(self, path))
            }
        }
        #[diagnostic::do_not_recommend]
        impl<T, C: Codec<Option<T>> $(, $extra)*> $trait<$($before,)* Option<T>, C $(, $after)*> for T {
            fn $method(self, path: &Path) -> $output {
                $wrap(encode::<Option<T>, C>(&Some(self), path))
            }
        }
        #[diagnostic::do_not_recommend]
        impl<T: Clone, C: Codec<Option<T>> $(, $extra)*> $trait<$($before,)* Option<T>, C $(, $after)*> for &T {
            fn $method(self, path: &Path) -> $output {
                $wrap(encode::<Option<T>, C>(&Some(self.clone()), path))
            }
        }
    };
}
pub(super) use for_values;

/// Implements a trait for borrowed text in the place of a `String`.
macro_rules! for_text {
    ($trait:ident [$($before:ident),*] [$($after:ty),*] for [$($extra:ident),*], $method:ident -> $output:ty, $wrap:path) => {
        for_text!(@ &str, $trait [$($before),*] [$($after),*] for [$($extra),*], $method -> $output, $wrap);
        for_text!(@ std::borrow::Cow<'_, str>, $trait [$($before),*] [$($after),*] for [$($extra),*], $method -> $output, $wrap);
    };
    (@ $text:ty, $trait:ident [$($before:ident),*] [$($after:ty),*] for [$($extra:ident),*], $method:ident -> $output:ty, $wrap:path) => {
        #[diagnostic::do_not_recommend]
        impl<C: Codec<String> $(, $extra)*> $trait<$($before,)* String, C $(, $after)*> for $text {
            fn $method(self, path: &Path) -> $output {
                $wrap(encode::<String, C>(&self.into(), path))
            }
        }
        #[diagnostic::do_not_recommend]
        impl<C: Codec<Option<String>> $(, $extra)*> $trait<$($before,)* Option<String>, C $(, $after)*> for $text {
            fn $method(self, path: &Path) -> $output {
                $wrap(encode::<Option<String>, C>(&Some(self.into()), path))
            }
        }
    };
}
pub(super) use for_text;

fn value_term(encoded: Result<Option<Wire>, ExpressionError>) -> Result<Option<Term>, ExpressionError> {
    Ok(encoded?.map(Term::Value))
}

for_values!(Operand [M] [X, given::Value] for [M, X], term -> Result<Option<Term>, ExpressionError>, value_term);
for_text!(Operand [M] [X, given::Value] for [M, X], term -> Result<Option<Term>, ExpressionError>, value_term);

impl<M, T, C, X, U, R, D> Operand<M, T, C, X, given::Attribute> for Field<M, U, R, D>
where
    C: Codec<T>,
    D: Codec<U>,
    Kind<D, U>: SameKind<Kind<C, T>>,
    R: UsableIn<X>,
{
    fn term(self, _: &Path) -> Result<Option<Term>, ExpressionError> {
        Ok(Some(Term::Path(self.path)))
    }
}

/// What a size can be compared with: a `usize`, or an attribute of the model `M` that is stored as a number.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared with a size",
    label = "expected `usize`, or a number attribute of the same model"
)]
pub trait SizeOperand<M, X> {
    #[doc(hidden)]
    fn size_term(self) -> Term;
}

#[diagnostic::do_not_recommend]
impl<M, X> SizeOperand<M, X> for usize {
    fn size_term(self) -> Term {
        Term::Value(Wire::number(self))
    }
}

impl<M, X, U, R, C> SizeOperand<M, X> for Field<M, U, R, C>
where
    R: UsableIn<X>,
    C: Codec<U>,
    Kind<C, U>: SameKind<stored::N>,
{
    fn size_term(self) -> Term {
        Term::Path(self.path)
    }
}
