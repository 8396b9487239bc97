//! An item that is not what the model says.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use super::place::{Place, Placed, placed};
use super::rejected::Rejected;
use crate::codec::AttributeType;

/// A stored value could not be read as what the model says.
///
/// Its text names the model, the path and the problem, never the value:
/// `Book.authors[2].name: expected S, found N`.
///
/// A hand-written [`Attribute`](crate::attribute::Attribute) makes one with [`DecodeError::invalid`] or
/// [`DecodeError::custom`]; dynorm adds the path on the way out.
#[derive(Debug)]
pub struct DecodeError(Box<Placed<Problem>>);

#[derive(Debug)]
enum Problem {
    Missing,
    WrongType {
        expected: AttributeType,
        found: AttributeType,
    },
    Invalid(Cow<'static, str>),
    OutOfRange(&'static str),
    Malformed {
        what: &'static str,
        at: usize,
    },
    TooDeep,
    Key(Cow<'static, str>),
    Foreign(Cow<'static, str>),
    Custom(Box<dyn StdError + Send + Sync>),
    /// What was read is what the model says, and its `after_read` hook refused it.
    Rejected(Rejected),
}

placed!(DecodeError, "The model that was read, where one was.");

impl DecodeError {
    /// The attribute is absent and its type has no value for that.
    #[cold]
    pub fn missing() -> Self {
        Self::new(Problem::Missing)
    }

    /// The attribute has another type than the one that is read.
    #[cold]
    pub fn wrong_type(expected: AttributeType, found: AttributeType) -> Self {
        Self::new(Problem::WrongType { expected, found })
    }

    /// The stored value is no value of the field's type. `reason` continues the sentence "invalid value: ..", and must
    /// not repeat the value.
    #[cold]
    pub fn invalid(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Problem::Invalid(reason.into()))
    }

    /// The stored number does not fit the type with this name.
    #[cold]
    pub fn out_of_range(type_name: &'static str) -> Self {
        Self::new(Problem::OutOfRange(type_name))
    }

    #[cold]
    pub(crate) fn malformed(what: &'static str, at: usize) -> Self {
        Self::new(Problem::Malformed { what, at })
    }

    #[cold]
    pub(crate) fn too_deep() -> Self {
        Self::new(Problem::TooDeep)
    }

    /// A stored key that its model did not write; the text is a whole sentence without the value.
    #[cold]
    pub fn key(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Problem::Key(text.into()))
    }

    /// An item of another model in the same table; the text says which, as far as it is known.
    #[cold]
    pub fn foreign(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Problem::Foreign(text.into()))
    }

    #[cold]
    pub(crate) fn rejected(rejected: Rejected) -> Self {
        Self::new(Problem::Rejected(rejected))
    }

    /// What a hook returned, if that is the problem.
    pub(crate) fn into_rejected(self) -> Result<Rejected, Self> {
        let Placed { place, problem } = *self.0;
        match problem {
            Problem::Rejected(rejected) => Ok(rejected),
            problem => Err(Self(Box::new(Placed { place, problem }))),
        }
    }

    /// The type that the field needs, if the stored type is the problem.
    pub fn expected(&self) -> Option<AttributeType> {
        match self.0.problem {
            Problem::WrongType { expected, .. } => Some(expected),
            _ => None,
        }
    }

    /// The type that is stored, if it is the problem.
    pub fn found(&self) -> Option<AttributeType> {
        match self.0.problem {
            Problem::WrongType { found, .. } => Some(found),
            _ => None,
        }
    }

    /// Whether a required attribute is absent.
    pub fn is_missing(&self) -> bool {
        matches!(self.0.problem, Problem::Missing)
    }

    /// Whether the attribute has another type than the field needs.
    pub fn is_wrong_type(&self) -> bool {
        matches!(self.0.problem, Problem::WrongType { .. })
    }

    /// Whether the type is right and the value is not: no UUID, no date, a number out of range ...
    pub fn is_invalid(&self) -> bool {
        matches!(self.0.problem, Problem::Invalid(_) | Problem::OutOfRange(_))
    }

    /// Whether the bytes are no DynamoDB JSON: cut off, bad UTF-8 or base64, nested too deeply.
    pub fn is_malformed(&self) -> bool {
        matches!(self.0.problem, Problem::Malformed { .. } | Problem::TooDeep)
    }

    /// Whether a stored key disagrees with its model or its fields.
    pub fn is_key(&self) -> bool {
        matches!(self.0.problem, Problem::Key(_))
    }

    /// Whether the item belongs to another model.
    pub fn is_foreign(&self) -> bool {
        matches!(self.0.problem, Problem::Foreign(_))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("missing attribute"),
            Self::WrongType { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::Invalid(reason) => write!(f, "invalid value: {reason}"),
            Self::OutOfRange(type_name) => write!(f, "the number does not fit `{type_name}`"),
            Self::Malformed { what, at } => write!(f, "malformed response at byte {at}: {what}"),
            Self::TooDeep => write!(f, "nested deeper than {} levels", crate::codec::MAX_DEPTH),
            Self::Key(text) | Self::Foreign(text) => f.write_str(text),
            Self::Custom(error) => error.fmt(f),
            Self::Rejected(rejected) => rejected.fmt(f),
        }
    }
}
