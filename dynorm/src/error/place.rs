//! Where in a model a value is: the model's name and the path below it.

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
