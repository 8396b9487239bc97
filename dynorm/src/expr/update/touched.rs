//! What an update changes, and what follows from that.

use std::fmt;

use super::{Act, Action, UpdateExpr};
use crate::attribute::Codec;
use crate::codec::Reader;
use crate::expr::assign::{Assigned, Source};
use crate::expr::condition::Cond;
use crate::expr::context::Condition;
use crate::expr::field::Field;
use crate::expr::path::Path;
use crate::expr::tree::{Logic, Node, Tree};

/// One change that an update makes, seen from the attribute in which it happens.
#[derive(Debug, Clone, Copy)]
pub struct Touched<'a> {
    /// The attribute.
    pub attribute: &'a str,
    /// Whether it is changed as a whole, not a place inside it.
    pub whole: bool,
    /// How.
    pub change: Change<'a>,
}

/// How an update changes a place. Values are in DynamoDB's JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change<'a> {
    /// It is set to this value.
    Set(&'a [u8]),
    /// It is set to this value if it is absent.
    SetIfNotExists(&'a [u8]),
    /// It is set to what DynamoDB computes.
    Computed,
    /// It is removed.
    Removed,
    /// The number, or the elements, are added.
    Added(&'a [u8]),
    /// The elements are taken out.
    Deleted(&'a [u8]),
}

impl fmt::Debug for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Change::Set(_) => "Set(?)",
            Change::SetIfNotExists(_) => "SetIfNotExists(?)",
            Change::Computed => "Computed",
            Change::Removed => "Removed",
            Change::Added(_) => "Added(?)",
            Change::Deleted(_) => "Deleted(?)",
        })
    }
}

impl<M> UpdateExpr<M> {
    /// The changes, in the order in which they were given.
    pub fn touched(&self) -> impl Iterator<Item = Touched<'_>> {
        self.actions.iter().map(|Action { path, act }| Touched {
            attribute: &path.root,
            whole: path.is_attribute(),
            change: match act {
                Act::Set(Assigned::Source(Source::Value(value))) => Change::Set(value.bytes()),
                Act::Set(Assigned::Source(Source::IfNotExists(of, value))) if of == path => {
                    Change::SetIfNotExists(value.bytes())
                }
                Act::Set(Assigned::Source(Source::FirstOf(_, value))) => Change::SetIfNotExists(value.bytes()),
                Act::Set(_) => Change::Computed,
                Act::Remove => Change::Removed,
                Act::Add(value) => Change::Added(value.bytes()),
                Act::Delete(value) => Change::Deleted(value.bytes()),
                Act::CountUp => Change::Added(br#"{"N":"1"}"#),
            },
        })
    }

    /// The value that a place is set to, where it is set to one.
    pub(crate) fn value<T, R, C: Codec<T>>(&self, field: &Field<M, T, R, C>) -> Option<T> {
        let act = self.actions.iter().find(|action| action.path == field.path).map(|action| &action.act);
        match act {
            Some(Act::Set(Assigned::Source(Source::Value(value)))) => {
                C::read(&mut Reader::new(value.bytes()).ok()?).ok()
            }
            _ => None,
        }
    }

    /// Whether sending it twice leaves the item as sending it once does.
    ///
    /// Not so for `add` on numbers, arithmetic, `list_append`, one attribute set from another that also changes, and for
    /// items of lists, which move when one is removed.
    pub fn is_replayable(&self) -> bool {
        self.actions.iter().all(|Action { path, act }| match act {
            _ if path.is_list_item() => false,
            Act::Add(value) => !value.is_number(),
            Act::Set(Assigned::Arithmetic(..) | Assigned::Append(..)) => false,
            Act::Set(Assigned::Source(Source::Path(from))) => !self.changes(from),
            Act::Set(Assigned::Source(Source::IfNotExists(from, _))) => from == path || !self.changes(from),
            Act::Set(Assigned::Source(Source::Value(_) | Source::FirstOf(..))) => true,
            // A version that is counted up twice is another one than before, which is all that it is for.
            Act::Remove | Act::Delete(_) | Act::CountUp => true,
        })
    }

    fn changes(&self, path: &Path) -> bool {
        self.actions.iter().any(|action| action.path.overlaps(path))
    }

    /// The condition that every map and list exists into which the update writes; `None` if it writes into none.
    pub fn guard(&self) -> Option<Cond<M, Condition>> {
        let mut parents: Vec<Path> = Vec::new();
        for action in &self.actions {
            let parent = action.path.parent().filter(|parent| !parents.contains(parent));
            parents.extend(parent);
        }
        let guards = parents.into_iter().map(|path| Ok(Tree::leaf(Node::Exists(path))));
        guards.reduce(|all, one| all?.join(Logic::And, one?)).map(Cond::new)
    }

    /// How an attribute is changed as a whole, if it is.
    pub(crate) fn whole(&self, attribute: &str) -> Option<Change<'_>> {
        self.touched().find(|touched| touched.whole && touched.attribute == attribute).map(|touched| touched.change)
    }
}
