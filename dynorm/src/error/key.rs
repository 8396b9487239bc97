//! A key value that cannot be used: what is wrong, and in which part of which key.

use std::fmt;

/// What is wrong with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyProblem {
    /// DynamoDB stores no empty string and no empty binary in a key.
    Empty,
    /// The key is longer than DynamoDB allows: 2,048 bytes for a partition key, 1,024 for all of a sort key.
    TooLong {
        /// Its length in bytes.
        bytes: usize,
        /// The most that DynamoDB takes.
        limit: usize,
    },
    /// A number has more digits than its template is wide.
    Width {
        /// The digits that the template has room for.
        width: u8,
    },
    /// A text part contains a character that would end it, or sort before its end.
    Delimiter {
        /// The character that was found.
        found: char,
        /// The character that ends the part.
        delimiter: char,
    },
    /// A number has more than the 38 significant digits that DynamoDB stores.
    Digits,
    /// A float is not a number.
    NotANumber,
    /// A date is outside the years 0000 to 9999.
    Year,
    /// A part of the table's own key has no value.
    Absent,
    /// The type has no such form in a key.
    Form,
    /// The template cannot be read back: a part without a fixed width is followed by another part, or its delimiter
    /// leaves no room for escapes.
    Template,
    /// The parts were not given in the order of the key, or the partition key is not complete.
    Incomplete,
    /// A stored key is not what its template says.
    Malformed,
    /// A stored key is not the key of the item's own fields.
    Disagrees,
    /// An update changes a field that an index key is made of, and another part of that key is not known.
    Unknown,
    /// An index key that an update sets has another value for a part than the item's own key, or than another index key.
    Conflict,
    /// It begins like the keys of the guards of unique values.
    Reserved,
}

/// A value that cannot be a key, or a stored key that is not what the model says.
///
/// It names the model, the index, the attribute and the part. It never holds the value.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct KeyError(Box<Inner>);

#[derive(Clone, PartialEq, Eq, Hash)]
struct Inner {
    problem: KeyProblem,
    model: Option<&'static str>,
    index: Option<&'static str>,
    attribute: Option<&'static str>,
    part: Option<&'static str>,
}

impl KeyError {
    /// A problem of a value; the runtime adds where it was found.
    #[must_use]
    pub fn new(problem: KeyProblem) -> Self {
        Self(Box::new(Inner { problem, model: None, index: None, attribute: None, part: None }))
    }

    /// What is wrong.
    #[must_use]
    pub fn problem(&self) -> KeyProblem {
        self.0.problem
    }

    /// The model's name.
    #[must_use]
    pub fn model(&self) -> Option<&'static str> {
        self.0.model
    }

    /// The index that the key belongs to; `None` for the table's own key.
    #[must_use]
    pub fn index(&self) -> Option<&'static str> {
        self.0.index
    }

    /// The key attribute.
    #[must_use]
    pub fn attribute(&self) -> Option<&'static str> {
        self.0.attribute
    }

    /// The field whose value it is.
    #[must_use]
    pub fn part(&self) -> Option<&'static str> {
        self.0.part
    }

    pub(crate) fn in_part(mut self, part: &'static str) -> Self {
        self.0.part.get_or_insert(part);
        self
    }

    pub(crate) fn in_attribute(mut self, attribute: &'static str) -> Self {
        self.0.attribute.get_or_insert(attribute);
        self
    }

    pub(crate) fn in_index(mut self, index: Option<&'static str>) -> Self {
        self.0.index = self.0.index.or(index);
        self
    }

    pub(crate) fn in_model(mut self, model: &'static str) -> Self {
        self.0.model.get_or_insert(model);
        self
    }
}

impl From<KeyProblem> for KeyError {
    fn from(problem: KeyProblem) -> Self {
        Self::new(problem)
    }
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "a key cannot be empty; give it a value"),
            Self::TooLong { bytes, limit } => {
                write!(f, "{bytes} bytes are too long for a key; DynamoDB allows {limit}")
            }
            Self::Width { width } => {
                write!(f, "the number has more than {width} digits; use a smaller one, or a wider template")
            }
            Self::Delimiter { found, delimiter } => write!(
                f,
                "the value contains {found:?}, which does not sort after {delimiter:?}, the end of this part; \
                 choose another value, a lower delimiter, or the form `:escape`"
            ),
            Self::Digits => write!(f, "the number has more than the 38 digits that DynamoDB stores; use text"),
            Self::NotANumber => write!(f, "NaN has no place in an order; use a number"),
            Self::Year => write!(f, "the year is outside 0000 to 9999; use a date within"),
            Self::Absent => write!(f, "the key has no value; set the field"),
            Self::Form => write!(f, "the type has no such form in a key; use one that it has, such as `:sortable`"),
            Self::Template => write!(f, "the template cannot be read back; put a literal after the part"),
            Self::Incomplete => write!(f, "parts of the key are missing; set them in the order of the key"),
            Self::Reserved => {
                write!(f, "keys that begin with `dynorm:unique:` are those of guards of unique values; use another")
            }
            Self::Malformed => write!(f, "the stored key does not have the form of the template; correct the item"),
            Self::Disagrees => {
                write!(
                    f,
                    "the stored key is not the key of the stored fields; correct the item, or give the model `#[dynorm(lenient_keys)]` to read it"
                )
            }
            Self::Unknown => {
                write!(
                    f,
                    "the update changes the key, and does not know this part of it; give all parts with `set_key`"
                )
            }
            Self::Conflict => {
                write!(f, "the part has another value in the item's key, or in another key that is set; give one value")
            }
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { problem, model, index, attribute, part } = &*self.0;
        f.write_str("key")?;
        if let Some(model) = model {
            write!(f, " of `{model}`")?;
        }
        if let Some(index) = index {
            write!(f, " in index `{index}`")?;
        }
        if let Some(attribute) = attribute {
            write!(f, ", attribute `{attribute}`")?;
        }
        if let Some(part) = part {
            write!(f, ", part `{part}`")?;
        }
        write!(f, ": {problem}")
    }
}

impl fmt::Debug for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { problem, model, index, attribute, part } = &*self.0;
        f.debug_struct("KeyError")
            .field("problem", problem)
            .field("model", model)
            .field("index", index)
            .field("attribute", attribute)
            .field("part", part)
            .finish()
    }
}

impl std::error::Error for KeyError {}
