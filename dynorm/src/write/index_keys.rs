//! Index keys in an update: the attribute of a template is written together with the fields that it is made of.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use crate::codec::Writer;
use crate::error::{Error, KeyError, KeyProblem, Result};
use crate::expr::{Change, Cond, Condition, UpdateExpr, both};
use crate::key::{Attribute, Key, KeyBuf, KeyValue, PartJob, PartSink, TemplateReader, key_attribute_of};
use crate::model::DynamoModel;
use crate::schema::{AttributeRole, KeyAttribute, KeySchema};
use crate::stored::Members;

/// The attributes of the fields that the item's own key is made of.
pub(super) fn fields_of_key<M: DynamoModel>(key: &Key<M>) -> Result<Vec<Attribute>> {
    fields_of::<M>(&M::SCHEMA.key, key.values()?)
}

fn fields_of<M: DynamoModel>(
    schema: &'static KeySchema,
    values: &[(&'static str, KeyValue)],
) -> Result<Vec<Attribute>> {
    let mut fields = Vec::new();
    for (attribute, (name, value)) in schema.attributes().zip(values) {
        match value {
            KeyValue::S(text) if attribute.is_template() => {
                let mut text = TemplateReader::new(attribute, text);
                for part in attribute.parts() {
                    M::convert_part(part.index, PartJob::to_attribute(&mut text, &mut fields))?;
                }
                text.finish()?;
            }
            value => {
                let mut writer = Writer::new();
                value.write(&mut writer)?;
                fields.push((*name, writer.into_bytes()));
            }
        }
    }
    Ok(fields)
}

/// Sets the fields of a complete index key; the answer is a condition on those that an update cannot set.
///
/// `known` are the attributes of the item's own key, and those that a condition asks for.
///
/// # Errors
/// If a part was refused, or has another value among what is known or among the changes.
pub(super) fn set_fields<M: DynamoModel>(
    key: KeyBuf,
    known: &mut Vec<Attribute>,
    changes: &mut UpdateExpr<M>,
) -> Result<Option<Cond<M, Condition>>> {
    let (schema, values, error) = key.into_values();
    let index = M::SCHEMA.indexes.iter().find(|index| {
        let names = |key: &'static KeySchema| key.attributes().map(|attribute| attribute.name);
        names(&index.key).eq(names(schema))
    });
    let located = |error: KeyError| {
        let error = error.in_index(index.map(|index| index.name)).in_model(M::SCHEMA.model);
        Error::from(error)
    };
    if let Some(error) = error {
        return Err(located(error));
    }
    let conflict = |name| located(KeyError::new(KeyProblem::Conflict).in_part(name));
    let mut condition = None;
    for (name, value) in fields_of::<M>(schema, &values)? {
        if let Some((_, known)) = known.iter().find(|(attribute, _)| *attribute == name) {
            if *known != value {
                return Err(conflict(name));
            }
            continue;
        }
        let attribute = M::SCHEMA.attribute(name);
        let role = attribute.map_or(AttributeRole::Plain, |attribute| attribute.role);
        if role == AttributeRole::Created || attribute.is_some_and(|attribute| attribute.readonly) {
            condition = both(condition, Some(Cond::attribute_is(name, value.clone())));
            known.push((name, value));
            continue;
        }
        match changes.whole(name) {
            // The stamp of this write is what it is set to.
            _ if role == AttributeRole::Updated => {}
            None => changes.set_written(name, value),
            Some(Change::Set(same)) if same == value => {}
            Some(_) => return Err(conflict(name)),
        }
    }
    Ok(condition)
}

/// Sets the templates of all indexes of which a field changes; for an item that may be new also those that are known without.
///
/// # Errors
/// If a field changes and another part of the same template is not known.
pub(super) fn set_templates<M: DynamoModel>(
    key: &Key<M>,
    mut known: Option<Vec<Attribute>>,
    changes: &mut UpdateExpr<M>,
    may_create: bool,
) -> Result<()> {
    for (index, attribute) in templates::<M>() {
        let is_known = |name: &str| known.iter().flatten().any(|(attribute, _)| *attribute == name);
        let sources = sources::<M>(attribute)?;
        let touched = sources.iter().any(|name| !is_known(name) && changes.whole(name).is_some_and(is_certain));
        if (!touched && !may_create) || changes.whole(attribute.name).is_some() {
            continue;
        }
        let known = match &known {
            Some(known) => known,
            None => known.insert(fields_of_key(key)?),
        };
        let parts = Parts { known, changes, failed: RefCell::new(None), if_absent: Cell::new(false) };
        let value = key_attribute_of(M::SCHEMA, attribute, &|index, sink| parts.write::<M>(index, sink));
        let Parts { failed, if_absent, .. } = parts;
        if let Some(error) = failed.into_inner() {
            return Err(error);
        }
        match value {
            Ok(Some(value)) => {
                let mut writer = Writer::new();
                value.write(&mut writer)?;
                match if_absent.get() {
                    false => changes.set_written(attribute.name, writer.into_bytes()),
                    true if !touched => changes.set_written_if_not_exists(attribute.name, &[], writer.into_bytes()),
                    // The item may have been created at another time than now, which its key would have to say.
                    true => return Err(located::<M>(KeyError::new(KeyProblem::Unknown), index, attribute)),
                }
            }
            Ok(None) => changes.remove_attribute(attribute.name),
            Err(error) if error.problem() == KeyProblem::Unknown && !touched => {}
            Err(error) => return Err(located::<M>(error, index, attribute)),
        }
    }
    Ok(())
}

/// The fields that a save leaves as they are, and that stand in the key template of an index beside one that it changes: the key that it
/// writes is made of them, so they must still be as they were read.
///
/// # Errors
/// If a part of a template has no name.
pub(super) fn repeated_fields<M: DynamoModel>(
    before: &Members<'_>,
    after: &Members<'_>,
) -> Result<BTreeSet<&'static str>> {
    let changes = |name: &str| before.get(name) != after.get(name);
    let mut own = Vec::new();
    for attribute in M::SCHEMA.key.attributes().filter(|attribute| attribute.is_template()) {
        own.extend(sources::<M>(attribute)?);
    }
    let is_own = |name: &&'static str| own.contains(name) || M::SCHEMA.key.attributes().any(|key| key.name == *name);
    let mut repeated = BTreeSet::new();
    for (_, attribute) in templates::<M>() {
        let sources = sources::<M>(attribute)?;
        // Without a part that is now absent there is no key, whatever the others are.
        let is_left_out = sources.iter().any(|name| changes(name) && after.get(name).is_none());
        if is_left_out || !sources.iter().any(|name| changes(name)) {
            continue;
        }
        let is_set = after.get(attribute.name).is_some();
        let decides = |name: &&'static str| is_set || after.get(name).is_none();
        repeated.extend(sources.into_iter().filter(|name| !changes(name) && !is_own(name) && decides(name)));
    }
    Ok(repeated)
}

pub(super) fn located<M: DynamoModel>(error: KeyError, index: &'static str, attribute: &'static KeyAttribute) -> Error {
    error.in_attribute(attribute.name).in_index(Some(index)).in_model(M::SCHEMA.model).into()
}

/// Whether the attribute is changed whatever it is now.
fn is_certain(change: Change<'_>) -> bool {
    !matches!(change, Change::SetIfNotExists(_))
}

/// The templates of the indexes, each once, that are not also those of the table's own key.
pub(super) fn templates<M: DynamoModel>() -> impl Iterator<Item = (&'static str, &'static KeyAttribute)> {
    let own = |name: &str| M::SCHEMA.key.attributes().any(|attribute| attribute.name == name);
    let of_indexes = M::SCHEMA.indexes.iter().flat_map(|index| index.key.attributes().map(|key| (index.name, key)));
    of_indexes.filter(move |(_, attribute)| attribute.is_template() && !own(attribute.name))
}

/// The attributes of the fields that a template is made of.
pub(super) fn sources<M: DynamoModel>(attribute: &'static KeyAttribute) -> Result<Vec<&'static str>> {
    attribute.parts().map(|part| source::<M>(part.index)).collect()
}

fn source<M: DynamoModel>(index: usize) -> Result<&'static str> {
    let mut name = "";
    M::convert_part(index, PartJob::name(&mut name))?;
    Ok(name)
}

/// The parts of a template, from what an update knows of the item.
struct Parts<'a, M> {
    known: &'a [Attribute],
    changes: &'a UpdateExpr<M>,
    /// What went wrong that is no fault of the key.
    failed: RefCell<Option<Error>>,
    /// Whether a part has its value only in an item that is new.
    if_absent: Cell<bool>,
}

impl<M> Parts<'_, M> {
    fn write<N: DynamoModel>(&self, index: usize, sink: &mut PartSink) -> Result<(), KeyError> {
        let written = source::<N>(index).and_then(|name| {
            let known = || self.known.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_slice());
            let value = match self.changes.whole(name) {
                Some(Change::Set(value)) => value,
                Some(Change::SetIfNotExists(value)) => {
                    self.if_absent.set(true);
                    value
                }
                Some(Change::Removed) => {
                    sink.absent();
                    return Ok(());
                }
                _ => known().ok_or_else(|| KeyError::new(KeyProblem::Unknown))?,
            };
            N::convert_part(index, PartJob::to_key(value, sink))
        });
        written.map_err(|error| match error.key() {
            Some(error) => error.clone(),
            None => {
                *self.failed.borrow_mut() = Some(error);
                KeyProblem::Form.into()
            }
        })
    }
}
