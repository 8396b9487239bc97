//! A model that breaks its own rules.

use std::error::Error as StdError;
use std::fmt;

/// A model breaks its validation rules.
///
/// The list is dynorm's own: paths, rules and messages, in a stable order and without the values, which `validator`'s
/// `Display` prints. The validation's own error is the [`cause`](Invalid::cause).
#[derive(Debug)]
pub struct Invalid {
    violations: Vec<Violation>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// Where: `authors[2].name`. Empty for a rule over the whole model.
    pub path: String,
    /// Which rule: `length`, `range`, `email`, or the code that a custom rule gave.
    pub rule: String,
    /// The message given in the attribute, if there is one.
    pub message: Option<String>,
}

impl Invalid {
    /// A model that breaks one rule of the caller's own, for `#[dynorm(validate = path)]` functions.
    ///
    /// ```
    /// let invalid = dynorm::Invalid::new("pages", "range");
    /// assert_eq!(invalid.to_string(), "`pages` breaks the rule `range`");
    /// ```
    pub fn new(path: impl Into<String>, rule: impl Into<String>) -> Self {
        Invalid::of(vec![Violation { path: path.into(), rule: rule.into(), message: None }], None)
    }

    pub(crate) fn of(violations: Vec<Violation>, cause: Option<Box<dyn StdError + Send + Sync>>) -> Self {
        Invalid { violations, cause }
    }

    /// The same with another broken rule.
    #[must_use]
    pub fn and(mut self, path: impl Into<String>, rule: impl Into<String>) -> Self {
        self.violations.push(Violation { path: path.into(), rule: rule.into(), message: None });
        self
    }

    /// Every broken rule, ordered by path.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// What the validation itself returned: `validator::ValidationErrors`, or the error of the function that `validate = ..` names.
    /// Mind that the former prints the values that it refused.
    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.cause.as_deref()
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.violations.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            violation.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Violation { path, rule, message } = self;
        match (path.is_empty(), message) {
            (false, Some(message)) => write!(f, "`{path}`: {message}"),
            (false, None) => write!(f, "`{path}` breaks the rule `{rule}`"),
            (true, Some(message)) => f.write_str(message),
            (true, None) => write!(f, "the model breaks the rule `{rule}`"),
        }
    }
}

impl StdError for Invalid {}
