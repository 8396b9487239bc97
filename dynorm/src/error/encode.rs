//! A value that DynamoDB cannot hold.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use super::place::{Place, Placed, placed};

/// A value cannot be stored, found before a request is sent.
///
/// Its text names the model, the path and the problem, never the value: `Book.price: not a number`.
///
/// A hand-written [`Attribute`](crate::attribute::Attribute) makes one with [`EncodeError::invalid`] or
/// [`EncodeError::custom`]; dynorm adds the path on the way out.
#[derive(Debug)]
pub struct EncodeError(Box<Placed<Problem>>);

#[derive(Debug)]
enum Problem {
    NotANumber,
    TooManyDigits,
    OutOfRange,
    EmptySet,
    TooDeep,
    TooLarge,
    Invalid(Cow<'static, str>),
    Custom(Box<dyn StdError + Send + Sync>),
}

placed!(EncodeError, "The model that was written, where one was.");

impl EncodeError {
    /// The value cannot be stored. `reason` continues the sentence "cannot be stored: ..", and must not repeat the
    /// value.
    #[cold]
    pub fn invalid(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Problem::Invalid(reason.into()))
    }

    #[cold]
    pub(crate) fn not_a_number() -> Self {
        Self::new(Problem::NotANumber)
    }

    #[cold]
    pub(crate) fn too_many_digits() -> Self {
        Self::new(Problem::TooManyDigits)
    }

    #[cold]
    pub(crate) fn out_of_range() -> Self {
        Self::new(Problem::OutOfRange)
    }

    #[cold]
    pub(crate) fn empty_set() -> Self {
        Self::new(Problem::EmptySet)
    }

    #[cold]
    pub(crate) fn too_deep() -> Self {
        Self::new(Problem::TooDeep)
    }

    #[cold]
    pub(crate) fn too_large() -> Self {
        Self::new(Problem::TooLarge)
    }

    /// Whether a number is NaN or infinite, has more than 38 significant digits, or lies outside DynamoDB's range.
    pub fn is_number(&self) -> bool {
        matches!(self.0.problem, Problem::NotANumber | Problem::TooManyDigits | Problem::OutOfRange)
    }

    /// Whether a set inside a list, tuple or map is empty: DynamoDB has no empty sets.
    pub fn is_empty_set(&self) -> bool {
        matches!(self.0.problem, Problem::EmptySet)
    }

    /// Whether the item is certainly over 400 KB, or nested deeper than 32 levels.
    pub fn is_too_large(&self) -> bool {
        matches!(self.0.problem, Problem::TooLarge | Problem::TooDeep)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotANumber => f.write_str("not a number; DynamoDB holds neither NaN nor infinities"),
            Self::TooManyDigits => f.write_str("more than the 38 significant digits that DynamoDB holds"),
            Self::OutOfRange => f.write_str("outside DynamoDB's range of numbers, 1E-130 to 9.99E+125"),
            Self::EmptySet => f.write_str("an empty set inside another value; DynamoDB has none, leave it out"),
            Self::TooDeep => write!(f, "nested deeper than {} levels", crate::codec::MAX_DEPTH),
            Self::TooLarge => f.write_str("the item is larger than DynamoDB's 400 KB"),
            Self::Invalid(reason) => write!(f, "cannot be stored: {reason}"),
            Self::Custom(error) => error.fmt(f),
        }
    }
}
