//! Writes the text of an expression, with placeholders for names and values.

use std::borrow::Cow;
use std::fmt::{Display, Write as _};

use crate::error::ExpressionError;
use crate::error::expression::limit;

use super::path::{Path, Step};
use super::tree::Term;
use super::wire::Wire;

/// Where names and values go: placeholders of a request, or the text that `Debug` shows.
pub(super) trait Placeholders {
    fn name(&mut self, name: Cow<'static, str>, out: &mut String);
    fn value(&mut self, value: &Wire, out: &mut String);
}

/// The text of one expression. The first problem is kept and returned at the end.
pub(super) struct Text<'p> {
    out: String,
    placeholders: &'p mut dyn Placeholders,
    problem: Option<ExpressionError>,
}

impl<'p> Text<'p> {
    pub(super) fn new(placeholders: &'p mut dyn Placeholders) -> Self {
        // Most expressions are shorter.
        Text { out: String::with_capacity(64), placeholders, problem: None }
    }

    /// The text; `expression` names its kind where it is too long.
    pub(super) fn finish(self, expression: &'static str) -> Result<String, ExpressionError> {
        match self.problem {
            Some(problem) => Err(problem),
            None if self.out.len() > limit::TEXT => Err(ExpressionError::too_long(expression, self.out.len())),
            None => Ok(self.out),
        }
    }

    /// The text, whatever is wrong with it.
    pub(super) fn into_shown(self) -> String {
        self.out
    }

    pub(super) fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    pub(super) fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// An attribute by its name.
    pub(super) fn attribute(&mut self, name: Cow<'static, str>) {
        let path = name.clone();
        self.name(name, &path);
    }

    pub(super) fn path(&mut self, path: &Path) {
        self.name(path.root.clone(), path);
        for step in &path.steps {
            match step {
                Step::Index(index) => {
                    // Writing to a `String` cannot fail.
                    let _ = write!(self.out, "[{index}]");
                }
                Step::Name(name) => {
                    self.out.push('.');
                    self.name(name.clone(), path);
                }
            }
        }
    }

    fn name(&mut self, name: Cow<'static, str>, path: &dyn Display) {
        if name.is_empty() || name.len() > limit::NAME {
            self.problem.get_or_insert_with(|| ExpressionError::name(path, name.len()));
        }
        self.placeholders.name(name, &mut self.out);
    }

    pub(super) fn value(&mut self, value: &Wire) {
        self.placeholders.value(value, &mut self.out);
    }

    pub(super) fn term(&mut self, term: &Term) {
        match term {
            Term::Value(value) => self.value(value),
            Term::Path(path) => self.path(path),
            Term::Size(path) => self.call("size", path),
        }
    }

    /// `function(path)`
    pub(super) fn call(&mut self, function: &str, path: &Path) {
        self.call_with(function, path, |_| {});
    }

    /// `function(path, argument)`; `argument` writes the comma too.
    pub(super) fn call_with(&mut self, function: &str, path: &Path, argument: impl FnOnce(&mut Self)) {
        self.push(function);
        self.push("(");
        self.path(path);
        argument(self);
        self.push(")");
    }
}

/// Names as they are, and `?` for every value.
pub(super) struct Shown;

impl Placeholders for Shown {
    fn name(&mut self, name: Cow<'static, str>, out: &mut String) {
        out.push_str(&name);
    }

    fn value(&mut self, _: &Wire, out: &mut String) {
        out.push('?');
    }
}
