//! A page token that is refused: why.

use std::fmt;

/// Why a page token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenProblem {
    /// It is no token: it was cut, or is another text.
    Malformed,
    /// It was made by a version of dynorm with another form of tokens.
    Version,
    /// It was sealed with a key that the handle does not have, or has no more.
    UnknownKey,
    /// It is not as it was sealed.
    Tampered,
    /// It belongs to another read: another model, table, index, direction, key, kind of filter, number of segments, or context.
    Foreign,
    /// Its time is over.
    Expired,
}

impl fmt::Display for TokenProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the page token is cut, or no token at all; begin without one",
            Self::Version => "the page token is of another version of dynorm; begin without one",
            Self::UnknownKey => {
                "the page token was sealed with a key that this handle does not have; begin without one"
            }
            Self::Tampered => "the page token was changed after it was sealed; begin without one",
            Self::Foreign => "the page token belongs to another read; use it for the one that made it",
            Self::Expired => "the page token's time is over; begin without one",
        })
    }
}

impl std::error::Error for TokenProblem {}
