//! `UpdateExpr`: the actions of an update.

mod render;
mod touched;

use std::borrow::Cow;
use std::marker::PhantomData;

use crate::attribute::Codec;
use crate::error::ExpressionError;

use super::assign::{Assigned, SetValue, Source, ValueFor};
use super::field::{Field, Kind, Types};
use super::kind::{Addable, IsList, IsSet};
use super::path::Path;
use super::role::{Removable, Settable};
use super::wire::Wire;

pub use touched::{Change, Touched};

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

// The actions.
impl<M> UpdateExpr<M> {
    /// No change yet.
    pub fn new() -> Self {
        UpdateExpr { actions: Vec::new(), problem: None, model: PhantomData }
    }

    /// Sets an attribute, or a place in one. `None` and an empty set remove it. Older names (`alias`) of what is set to a value, or removed, are
    /// removed with it.
    pub fn set<T, R, C, H>(mut self, field: Field<M, T, R, C>, value: impl SetValue<M, T, C, H>) -> Self
    where
        R: Settable<M>,
        C: Codec<T>,
    {
        let act = value.assigned(&field.path).map(|assigned| Some(assigned.map_or(Act::Remove, Act::Set)));
        self.push_field(field.path, field.origin.aliases, act);
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
        self.push_field(field.path, field.origin.aliases, act);
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
        self.push_field(field.path, field.origin.aliases, act);
        self
    }

    /// Removes whole attributes, unless they are changed already.
    pub(crate) fn also_remove(&mut self, attributes: &'static [&'static str]) {
        for attribute in attributes {
            if self.whole(attribute).is_none() {
                self.remove_attribute(*attribute);
            }
        }
    }

    /// Adds a change of a field, whose older names go with what they name.
    fn push_field(&mut self, path: Path, older: &[&'static str], act: Result<Option<Act>, ExpressionError>) {
        let older: Vec<Path> = match &act {
            Ok(Some(Act::Remove | Act::Set(Assigned::Source(Source::Value(_))))) => {
                older.iter().map(|name| path.renamed(name)).collect()
            }
            _ => Vec::new(),
        };
        self.push(path, act);
        for path in older {
            if !self.actions.iter().any(|action| action.path == path) {
                self.push(path, Ok(Some(Act::Remove)));
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

// What dynorm adds by itself.
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
