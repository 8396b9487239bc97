//! `UpdateExpr`: the actions of an update, and their expression.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use crate::attribute::Codec;
use crate::codec::Reader;
use crate::error::ExpressionError;
use crate::error::expression::limit;

use super::aliases::Aliases;
use super::assign::{Assigned, SetValue, Source, ValueFor};
use super::condition::Cond;
use super::context::Condition;
use super::field::{Field, Kind, Types};
use super::kind::{Addable, IsList, IsSet};
use super::path::Path;
use super::role::{Removable, Settable};
use super::text::{Shown, Text};
use super::tree::{Logic, Node, Tree};
use super::wire::Wire;

/// What an update changes in an item of the model `M`.
///
/// Each place can be changed once. All actions see the item as it was before the update. A path into a map or list fails
/// at DynamoDB (`ValidationException`) where that map or list does not exist; [`guard`](UpdateExpr::guard) makes this a
/// failed condition. `Debug` shows attributes and actions, never values.
#[must_use = "an update expression does nothing until an update takes it"]
pub struct UpdateExpr<M> {
    actions: Vec<Action>,
    /// The first value that cannot be stored, or the first action that makes no sense.
    problem: Option<ExpressionError>,
    model: Types<M>,
}

#[derive(Clone)]
struct Action {
    path: Path,
    act: Act,
}

#[derive(Clone)]
enum Act {
    Set(Assigned),
    Remove,
    Add(Wire),
    Delete(Wire),
    /// The version is counted up; an absent one counts as 0.
    CountUp,
}

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

// The actions.
impl<M> UpdateExpr<M> {
    /// No change yet.
    pub fn new() -> Self {
        UpdateExpr { actions: Vec::new(), problem: None, model: PhantomData }
    }

    /// Sets an attribute, or a place in one. `None` and an empty set remove it.
    pub fn set<T, R, C, H>(mut self, field: Field<M, T, R, C>, value: impl SetValue<M, T, C, H>) -> Self
    where
        R: Settable<M>,
        C: Codec<T>,
    {
        let act = value.assigned(&field.path).map(|assigned| Some(assigned.map_or(Act::Remove, Act::Set)));
        self.push(field.path, act);
        self
    }

    /// Sets an attribute that is absent, and leaves it as it is otherwise.
    pub fn set_if_not_exists<T, R, C, H>(mut self, field: Field<M, T, R, C>, value: impl ValueFor<T, C, H>) -> Self
    where
        R: Settable<M>,
        C: Codec<T>,
    {
        let act = value.value(&field.path).map(|value| {
            // Where the attribute is absent, "set it to nothing" changes nothing.
            value.map(|value| Act::Set(Assigned::Source(Source::IfNotExists(field.path.clone(), value))))
        });
        self.push(field.path, act);
        self
    }

    /// Adds elements to the end of a list. An absent list counts as empty.
    pub fn list_append<T, R, C, H>(mut self, field: Field<M, T, R, C>, values: impl ValueFor<T, C, H>) -> Self
    where
        R: Settable<M>,
        C: Codec<T>,
        Kind<C, T>: IsList,
    {
        let act = values.value(&field.path).map(|values| {
            let list = Source::IfNotExists(field.path.clone(), Wire::empty_list());
            values.map(|values| Act::Set(Assigned::Append(list, Source::Value(values))))
        });
        self.push(field.path, act);
        self
    }

    /// Adds elements to the beginning of a list. An absent list counts as empty.
    pub fn list_prepend<T, R, C, H>(mut self, field: Field<M, T, R, C>, values: impl ValueFor<T, C, H>) -> Self
    where
        R: Settable<M>,
        C: Codec<T>,
        Kind<C, T>: IsList,
    {
        let act = values.value(&field.path).map(|values| {
            let list = Source::IfNotExists(field.path.clone(), Wire::empty_list());
            values.map(|values| Act::Set(Assigned::Append(Source::Value(values), list)))
        });
        self.push(field.path, act);
        self
    }

    /// Adds to a number, where an absent one counts as 0, or adds elements to a set. An empty set changes nothing.
    pub fn add<T, R, C, H>(mut self, field: Field<M, T, R, C>, value: impl ValueFor<T, C, H>) -> Self
    where
        R: Settable<M>,
        C: Codec<T>,
        Kind<C, T>: Addable,
    {
        let act = value.value(&field.path).map(|value| value.map(Act::Add));
        self.push(field.path, act);
        self
    }

    /// Takes elements out of a set. An empty set changes nothing.
    pub fn delete<T, R, C, H>(mut self, field: Field<M, T, R, C>, value: impl ValueFor<T, C, H>) -> Self
    where
        R: Settable<M>,
        C: Codec<T>,
        Kind<C, T>: IsSet,
    {
        let act = value.value(&field.path).map(|value| value.map(Act::Delete));
        self.push(field.path, act);
        self
    }

    /// Removes an attribute, an item of a list (the later ones move up), or an entry of a map.
    ///
    /// A field that cannot be absent, such as a `String`, is refused before sending: the item could not be read back.
    pub fn remove<T, R, C>(self, field: Field<M, T, R, C>) -> Self
    where
        R: Removable<M>,
        C: Codec<T>,
    {
        self.remove_with(field, R::ALSO)
    }

    /// Sets an attribute, whose role was checked elsewhere, to a value.
    pub(crate) fn set_with<T, R, C, H>(mut self, field: Field<M, T, R, C>, value: impl ValueFor<T, C, H>) -> Self
    where
        C: Codec<T>,
    {
        let act = value.value(&field.path);
        let act =
            act.map(|value| Some(value.map_or(Act::Remove, |value| Act::Set(Assigned::Source(Source::Value(value))))));
        self.push(field.path, act);
        self
    }

    /// Removes an attribute, whose role was checked elsewhere, and others with it.
    pub(crate) fn remove_with<T, R, C>(mut self, field: Field<M, T, R, C>, also: &'static [&'static str]) -> Self
    where
        C: Codec<T>,
    {
        let act = if field.path.is_element || C::absent().is_some() {
            Ok(Some(Act::Remove))
        } else {
            Err(ExpressionError::required(&field.path))
        };
        if field.path.is_attribute() {
            self.also_remove(also);
        }
        self.push(field.path, act);
        self
    }

    fn also_remove(&mut self, attributes: &'static [&'static str]) {
        for attribute in attributes {
            let known = |action: &Action| action.path.is_attribute() && action.path.root == *attribute;
            if !self.actions.iter().any(known) {
                self.remove_attribute(*attribute);
            }
        }
    }

    /// Sets a place to a value that is not left out.
    pub(super) fn set_value<T, C: Codec<T>>(&mut self, path: Path, value: &T) {
        let act =
            Wire::encode::<T, C>(value, &path).map(|value| Some(Act::Set(Assigned::Source(Source::Value(value)))));
        self.push(path, act);
    }

    /// Adds all changes of another one.
    pub(super) fn append(&mut self, mut other: Self) {
        self.actions.append(&mut other.actions);
        self.problem = self.problem.take().or(other.problem);
    }

    fn push(&mut self, path: Path, act: Result<Option<Act>, ExpressionError>) {
        match act {
            Ok(Some(act)) => self.actions.push(Action { path, act }),
            Ok(None) => {}
            Err(problem) => {
                self.problem.get_or_insert(problem);
            }
        }
    }
}

// What dynorm adds by itself, and asks.
impl<M> UpdateExpr<M> {
    /// Sets a whole attribute to a value that a `Writer` wrote.
    pub(crate) fn set_written(&mut self, attribute: impl Into<Cow<'static, str>>, value: Vec<u8>) {
        let act = Act::Set(Assigned::Source(Source::Value(Wire::written(value))));
        self.push(Path::attribute(attribute.into()), Ok(Some(act)));
    }

    /// Sets a place in a map attribute, or removes it: `steps` are the names of the entries that lead there.
    pub(crate) fn change_written(&mut self, attribute: &str, steps: Vec<String>, value: Option<Vec<u8>>) {
        let act = match value {
            Some(value) => Act::Set(Assigned::Source(Source::Value(Wire::written(value)))),
            None => Act::Remove,
        };
        self.push(Path::into_map(attribute, steps), Ok(Some(act)));
    }

    /// Sets a whole attribute that is absent, under its older names too, to a value that a `Writer` wrote.
    pub(crate) fn set_written_if_not_exists(
        &mut self,
        attribute: &'static str,
        older: &'static [&'static str],
        value: Vec<u8>,
    ) {
        let paths = std::iter::once(&attribute).chain(older).map(|name| Path::new(name)).collect();
        let act = Act::Set(Assigned::Source(Source::FirstOf(paths, Wire::written(value))));
        self.push(Path::new(attribute), Ok(Some(act)));
    }

    /// How an attribute is changed as a whole, if it is.
    pub(crate) fn whole(&self, attribute: &str) -> Option<Change<'_>> {
        self.touched().find(|touched| touched.whole && touched.attribute == attribute).map(|touched| touched.change)
    }

    /// Removes a whole attribute.
    pub(crate) fn remove_attribute(&mut self, attribute: impl Into<Cow<'static, str>>) {
        self.push(Path::attribute(attribute.into()), Ok(Some(Act::Remove)));
    }

    /// Counts a version up, whatever it is.
    pub(crate) fn count_up(&mut self, attribute: &'static str) {
        self.push(Path::new(attribute), Ok(Some(Act::CountUp)));
    }

    /// Whether nothing would be changed.
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty() && self.problem.is_none()
    }

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

impl<M> Default for UpdateExpr<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M> Clone for UpdateExpr<M> {
    fn clone(&self) -> Self {
        UpdateExpr { actions: self.actions.clone(), problem: self.problem.clone(), model: PhantomData }
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
