//! The expression of an update.

use std::fmt;

use super::{Act, Action, UpdateExpr};
use crate::error::ExpressionError;
use crate::error::expression::limit;
use crate::expr::aliases::Aliases;
use crate::expr::path::Path;
use crate::expr::text::{Shown, Text};
use crate::expr::wire::Wire;

impl<M> UpdateExpr<M> {
    /// The expression's text, with placeholders from `aliases`; `None` if nothing would be changed.
    ///
    /// # Errors
    ///
    /// A value could not be encoded, two changes overlap, a removed attribute is required, or the expression is over one
    /// of DynamoDB's limits.
    pub fn render(&self, aliases: &mut Aliases) -> Result<Option<String>, ExpressionError> {
        if let Some(problem) = &self.problem {
            return Err(problem.clone());
        }
        if self.actions.is_empty() {
            return Ok(None);
        }
        self.check()?;
        let mut text = Text::new(aliases);
        self.write(&mut text);
        text.finish("update").map(Some)
    }

    fn check(&self) -> Result<(), ExpressionError> {
        // In this order an overlap is found between neighbours: what lies between a path and a path below it lies below
        // it too, and a list's items come before a map's entries.
        let mut paths: Vec<&Path> = self.actions.iter().map(|action| &action.path).collect();
        paths.sort_unstable();
        if let Some([first, second]) = paths.array_windows().find(|[first, second]| first.overlaps(second)) {
            return Err(ExpressionError::overlap(first, second));
        }
        let operators = |action: &Action| match &action.act {
            Act::Set(assigned) => assigned.operators(),
            Act::Remove | Act::Add(_) | Act::Delete(_) | Act::CountUp => 0,
        };
        if self.actions.iter().map(operators).sum::<usize>() > limit::OPERATORS {
            return Err(ExpressionError::too_many_operators());
        }
        Ok(())
    }

    fn write(&self, text: &mut Text<'_>) {
        for clause in ["SET", "REMOVE", "ADD", "DELETE"] {
            let mut separator = if text.is_empty() { "" } else { " " };
            let mut keyword = clause;
            for Action { path, act } in self.actions.iter().filter(|action| action.act.clause() == clause) {
                text.push(separator);
                text.push(keyword);
                text.push(if keyword.is_empty() { "" } else { " " });
                text.path(path);
                match act {
                    Act::Set(assigned) => {
                        text.push(" = ");
                        assigned.write(text);
                    }
                    Act::Add(value) | Act::Delete(value) => {
                        text.push(" ");
                        text.value(value);
                    }
                    Act::CountUp => {
                        text.push(" ");
                        text.value(&Wire::number(1));
                    }
                    Act::Remove => {}
                }
                separator = ", ";
                keyword = "";
            }
        }
    }
}

impl Act {
    /// The keyword of the clause that it belongs to.
    fn clause(&self) -> &'static str {
        match self {
            Act::Set(_) => "SET",
            Act::Remove => "REMOVE",
            Act::Add(_) | Act::CountUp => "ADD",
            Act::Delete(_) => "DELETE",
        }
    }
}

impl<M> fmt::Debug for UpdateExpr<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = Shown;
        let mut text = Text::new(&mut shown);
        self.write(&mut text);
        let mut tuple = f.debug_tuple("UpdateExpr");
        tuple.field(&format_args!("{}", text.into_shown()));
        if let Some(problem) = &self.problem {
            tuple.field(problem);
        }
        tuple.finish()
    }
}
