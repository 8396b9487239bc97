//! Where in a model a value is: the model's name and the path below it, and what an error says of that.

use std::borrow::Cow;
use std::fmt;

/// A model and a path into it. The path is pushed from the inside out, while the error travels up.
#[derive(Debug, Default)]
pub(crate) struct Place {
    model: Option<&'static str>,
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Name(Cow<'static, str>),
    Index(usize),
}

impl Place {
    pub(crate) fn model(&self) -> Option<&'static str> {
        self.model
    }

    pub(crate) fn set_model(&mut self, model: &'static str) {
        self.model = Some(model);
    }

    pub(crate) fn push_name(&mut self, name: impl Into<Cow<'static, str>>) {
        self.steps.push(Step::Name(name.into()));
    }

    pub(crate) fn push_index(&mut self, index: usize) {
        self.steps.push(Step::Index(index));
    }

    /// The path alone: `authors[2].name`.
    pub(crate) fn path(&self) -> String {
        Path(&self.steps).to_string()
    }
}

impl fmt::Display for Place {
    /// `Book.authors[2].name: `, or nothing where neither model nor path is known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = Path(&self.steps);
        match (self.model, self.steps.last()) {
            (None, None) => Ok(()),
            (None, Some(_)) => write!(f, "{path}: "),
            (Some(model), None) => write!(f, "{model}: "),
            (Some(model), Some(Step::Index(_))) => write!(f, "{model}{path}: "),
            (Some(model), Some(Step::Name(_))) => write!(f, "{model}.{path}: "),
        }
    }
}

struct Path<'a>(&'a [Step]);

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().rev().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Name(name) if position == 0 => f.write_str(name)?,
                Step::Name(name) => write!(f, ".{name}")?,
            }
        }
        Ok(())
    }
}

/// What is wrong, and where.
#[derive(Debug)]
pub(super) struct Placed<P> {
    pub(super) place: Place,
    pub(super) problem: P,
}

/// What an error over a boxed [`Placed`] has in common with others: how it is made, what is added to its place on the way out, and what it
/// tells. `Problem` is its own; one of its variants is `Custom`.
macro_rules! placed {
    ($error:ident, $which_model:literal) => {
        impl $error {
            #[cold]
            fn new(problem: Problem) -> Self {
                Self(Box::new(Placed { place: Place::default(), problem }))
            }

            /// Any other reason; it is the error's [`source`](StdError::source), and its text is shown.
            #[cold]
            pub fn custom(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
                Self::new(Problem::Custom(error.into()))
            }

            /// Adds the name of the attribute, or of the map's entry, in which the error arose.
            #[cold]
            #[must_use]
            pub fn in_attribute(mut self, name: impl Into<Cow<'static, str>>) -> Self {
                self.0.place.push_name(name);
                self
            }

            /// Adds the position in the list in which the error arose.
            #[cold]
            #[must_use]
            pub fn at_index(mut self, index: usize) -> Self {
                self.0.place.push_index(index);
                self
            }

            /// Names the model.
            #[cold]
            #[must_use]
            pub fn in_model(mut self, model: &'static str) -> Self {
                self.0.place.set_model(model);
                self
            }

            #[doc = $which_model]
            pub fn model(&self) -> Option<&'static str> {
                self.0.place.model()
            }

            /// The path of the attribute below the model, `authors[2].name`; empty for the item as a whole.
            pub fn path(&self) -> String {
                self.0.place.path()
            }
        }

        impl fmt::Display for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", self.0.place, self.0.problem)
            }
        }

        impl StdError for $error {
            fn source(&self) -> Option<&(dyn StdError + 'static)> {
                match &self.0.problem {
                    Problem::Custom(error) => Some(error.as_ref()),
                    _ => None,
                }
            }
        }
    };
}

pub(super) use placed;
