//! An expression that DynamoDB would refuse, found before a request is sent.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use super::{DecodeError, EncodeError};

/// A condition, an update or a projection cannot be sent.
///
/// Its text names attributes and limits, never a value.
#[derive(Debug, Clone)]
pub struct ExpressionError(Arc<Problem>);

#[derive(Debug)]
enum Problem {
    Encode { path: String, source: EncodeError },
    NoValue { path: String, operator: &'static str },
    NotOrdered { path: String },
    TooManyOperands { path: String },
    TooManyOperators,
    TooLong { expression: &'static str, bytes: usize },
    TooLarge { bytes: usize },
    Overlap { first: String, second: String },
    Name { path: String, bytes: usize },
    Required { path: String },
    Transacted,
    NothingToSet,
    FilterBeforeIndex,
    Indistinct { model: &'static str },
    Missing { attributes: Vec<&'static str> },
    Unreadable { source: DecodeError },
}

/// DynamoDB's limits on expressions.
pub(crate) mod limit {
    /// Bytes of one expression's text.
    pub(crate) const TEXT: usize = 4096;
    /// Values on the right of `IN`.
    pub(crate) const OPERANDS: usize = 100;
    /// Operators and functions in one expression.
    pub(crate) const OPERATORS: usize = 300;
    /// Bytes of all names and values of one request.
    pub(crate) const VALUES: usize = 2 * 1024 * 1024;
    /// Bytes of an attribute's name.
    pub(crate) const NAME: usize = 65535;
}

impl ExpressionError {
    #[cold]
    fn new(problem: Problem) -> Self {
        Self(Arc::new(problem))
    }

    #[cold]
    pub(crate) fn encode(path: impl fmt::Display, source: EncodeError) -> Self {
        Self::new(Problem::Encode { path: path.to_string(), source })
    }

    #[cold]
    pub(crate) fn no_value(path: impl fmt::Display, operator: &'static str) -> Self {
        Self::new(Problem::NoValue { path: path.to_string(), operator })
    }

    #[cold]
    pub(crate) fn not_ordered(path: impl fmt::Display) -> Self {
        Self::new(Problem::NotOrdered { path: path.to_string() })
    }

    #[cold]
    pub(crate) fn too_many_operands(path: impl fmt::Display) -> Self {
        Self::new(Problem::TooManyOperands { path: path.to_string() })
    }

    #[cold]
    pub(crate) fn too_many_operators() -> Self {
        Self::new(Problem::TooManyOperators)
    }

    #[cold]
    pub(crate) fn too_long(expression: &'static str, bytes: usize) -> Self {
        Self::new(Problem::TooLong { expression, bytes })
    }

    #[cold]
    pub(crate) fn too_large(bytes: usize) -> Self {
        Self::new(Problem::TooLarge { bytes })
    }

    #[cold]
    pub(crate) fn overlap(first: impl fmt::Display, second: impl fmt::Display) -> Self {
        Self::new(Problem::Overlap { first: first.to_string(), second: second.to_string() })
    }

    #[cold]
    pub(crate) fn name(path: impl fmt::Display, bytes: usize) -> Self {
        Self::new(Problem::Name { path: path.to_string(), bytes })
    }

    #[cold]
    pub(crate) fn transacted() -> Self {
        Self::new(Problem::Transacted)
    }

    #[cold]
    pub(crate) fn nothing_to_set() -> Self {
        Self::new(Problem::NothingToSet)
    }

    #[cold]
    pub(crate) fn required(path: impl fmt::Display) -> Self {
        Self::new(Problem::Required { path: path.to_string() })
    }

    #[cold]
    pub(crate) fn filter_before_index() -> Self {
        Self::new(Problem::FilterBeforeIndex)
    }

    pub(crate) fn missing(attributes: Vec<&'static str>) -> Self {
        Self::new(Problem::Missing { attributes })
    }

    #[cold]
    pub(crate) fn unreadable(source: DecodeError) -> Self {
        Self::new(Problem::Unreadable { source })
    }

    #[cold]
    pub(crate) fn indistinct(model: &'static str) -> Self {
        Self::new(Problem::Indistinct { model })
    }

    /// The path of the attribute that is at fault, where one is: `address.city`, `notes[2]`.
    pub fn path(&self) -> Option<&str> {
        match &*self.0 {
            Problem::Encode { path, .. }
            | Problem::NoValue { path, .. }
            | Problem::NotOrdered { path }
            | Problem::TooManyOperands { path }
            | Problem::Overlap { first: path, .. }
            | Problem::Name { path, .. }
            | Problem::Required { path } => Some(path),
            Problem::TooManyOperators
            | Problem::TooLong { .. }
            | Problem::TooLarge { .. }
            | Problem::Transacted
            | Problem::NothingToSet
            | Problem::FilterBeforeIndex
            | Problem::Indistinct { .. }
            | Problem::Unreadable { .. } => None,
            Problem::Missing { attributes } => attributes.first().copied(),
        }
    }

    /// Why a value cannot be stored, if that is the problem.
    pub fn encode_error(&self) -> Option<&EncodeError> {
        match &*self.0 {
            Problem::Encode { source, .. } => Some(source),
            _ => None,
        }
    }

    /// Whether one of DynamoDB's limits is exceeded: 4 KB of text, 100 values for `is_in`, 300 operators and functions,
    /// 2 MB of names and values.
    pub fn is_limit(&self) -> bool {
        matches!(
            &*self.0,
            Problem::TooManyOperands { .. }
                | Problem::TooManyOperators
                | Problem::TooLong { .. }
                | Problem::TooLarge { .. }
        )
    }

    /// Whether an update changes one place twice: an attribute, or an attribute and a part of it.
    pub fn is_overlap(&self) -> bool {
        matches!(&*self.0, Problem::Overlap { .. })
    }

    /// Whether an update removes an attribute that the model needs in order to be read back.
    pub fn is_required(&self) -> bool {
        matches!(&*self.0, Problem::Required { .. })
    }

    /// The attributes that an upsert leaves out and that the model needs in order to be read back.
    pub fn missing_attributes(&self) -> &[&'static str] {
        match &*self.0 {
            Problem::Missing { attributes } => attributes,
            _ => &[],
        }
    }
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Problem::Encode { path, source } => write!(f, "the value for `{path}` cannot be stored: {source}"),
            Problem::NoValue { path, operator } => {
                write!(
                    f,
                    "`{operator}` on `{path}` needs a value, and got `None` or an empty set; use `is_none` or `remove`"
                )
            }
            Problem::NotOrdered { path } => {
                write!(f, "`{path}` is compared for order with a value that is not a string, a number or binary")
            }
            Problem::TooManyOperands { path } => {
                write!(f, "`is_in` on `{path}` has more than the {} values that DynamoDB takes", limit::OPERANDS)
            }
            Problem::TooManyOperators => {
                write!(f, "the expression has more than the {} operators that DynamoDB takes", limit::OPERATORS)
            }
            Problem::TooLong { expression, bytes } => {
                write!(f, "the {expression} expression is {bytes} bytes long; DynamoDB takes {}", limit::TEXT)
            }
            Problem::Transacted => f.write_str(
                "the write may change unique values, and so is a transaction with their guards: it is no request of its own, and DynamoDB returns no item from it",
            ),
            Problem::NothingToSet => f.write_str(
                "the model has no field beside its key, and a transaction cannot create an item by setting nothing; use `put`",
            ),
            Problem::TooLarge { bytes } => {
                write!(f, "the names and values of the expressions are {bytes} bytes; DynamoDB takes {}", limit::VALUES)
            }
            Problem::Overlap { first, second } if first == second => {
                write!(f, "the update changes `{first}` twice; change each place once")
            }
            Problem::Overlap { first, second } => {
                write!(f, "the update changes both `{first}` and `{second}`, which overlap; change each place once")
            }
            Problem::Name { path, bytes: 0 } => write!(f, "`{path}` contains an empty attribute name"),
            Problem::Name { path, bytes } => {
                write!(f, "`{path}` contains a name of {bytes} bytes; DynamoDB takes {}", limit::NAME)
            }
            Problem::Required { path } => {
                write!(f, "`{path}` cannot be removed, because the model needs it; set a value, or make it an `Option`")
            }
            Problem::Indistinct { model } => write!(
                f,
                "nothing tells `{model}` from other items here; give it `entity = \"..\"`, or key templates that begin with text"
            ),
            Problem::FilterBeforeIndex => f.write_str(
                "the filter was given before the index, so it is not checked against what the index holds; call `.index(..)` first",
            ),
            Problem::Missing { attributes } => {
                let attributes: Vec<_> = attributes.iter().map(|name| format!("`{name}`")).collect();
                write!(
                    f,
                    "an item that the upsert creates could not be read back without {}; set them, give their fields a `default`, or say `.partial()`",
                    attributes.join(", ")
                )
            }
            Problem::Unreadable { source } => {
                write!(
                    f,
                    "an item that the upsert creates could not be read back: {source}; set what it lacks, or say `.partial()`"
                )
            }
        }
    }
}

impl StdError for ExpressionError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &*self.0 {
            Problem::Encode { source, .. } => Some(source),
            Problem::Unreadable { source } => Some(source),
            _ => None,
        }
    }
}
