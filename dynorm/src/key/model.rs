//! The keys of a model's fields: checked before a write, and compared with what is stored after a read.

use super::builder::{KeyBuf, PARTITION_LIMIT, SORT_LIMIT, check_size, check_value};
use super::full::Key;
use super::sink::{Follow, PartSink};
use super::value::KeyValue;
use crate::error::{KeyError, KeyProblem};
use crate::model::DynamoModel;
use crate::schema::{KeyAttribute, KeySchema, Schema, Segment};

/// A model's schema, and its fields as key parts: what is left of the model's type, so that this is compiled once.
pub(crate) struct Fields<'a> {
    pub(crate) schema: &'static Schema,
    parts: &'a dyn Parts,
}

/// What writes key parts. A trait of its own: a closure of each model would be more code.
trait Parts {
    /// Writes the part with this index.
    fn write_part(&self, index: usize, sink: &mut PartSink) -> Result<(), KeyError>;
}

impl<M: DynamoModel> Parts for M {
    fn write_part(&self, index: usize, sink: &mut PartSink) -> Result<(), KeyError> {
        self.key_part(index, sink)
    }
}

/// Parts that are not in a model.
struct Given<'a>(&'a dyn Fn(usize, &mut PartSink) -> Result<(), KeyError>);

impl Parts for Given<'_> {
    fn write_part(&self, index: usize, sink: &mut PartSink) -> Result<(), KeyError> {
        (self.0)(index, sink)
    }
}

impl<'a> Fields<'a> {
    /// The fields of a model.
    pub(crate) fn of<M: DynamoModel>(model: &'a M) -> Self {
        Fields { schema: M::SCHEMA, parts: model }
    }

    /// The table's key.
    fn primary(&self) -> Result<KeyBuf, KeyError> {
        let mut sink = PartSink::new();
        let mut encode = |attribute| self.encode(attribute, &mut sink)?.ok_or_else(|| KeyProblem::Absent.into());
        let key = &self.schema.key;
        let values = key.attributes().map(|attribute| {
            let value = encode(attribute).map_err(|error: KeyError| error.in_attribute(attribute.name))?;
            Ok((attribute.name, value))
        });
        let values = values.collect::<Result<Vec<_>, KeyError>>().and_then(|values| {
            check(key, |place, _| values.get(place).map(|(_, value)| value))?;
            Ok(values)
        });
        match values {
            Ok(values) => Ok(KeyBuf::complete(key, values, None)),
            Err(error) => Err(error.in_model(self.schema.model)),
        }
    }

    /// One key attribute of the table or of an index; `None` if an optional field has no value.
    fn attribute(&self, attribute: &'static KeyAttribute) -> Result<Option<KeyValue>, KeyError> {
        let value = self.encode(attribute, &mut PartSink::new());
        let value = value.map_err(|error| error.in_attribute(attribute.name).in_model(self.schema.model))?;
        if let Some(value) = &value {
            check_key_attributes(self.schema, &[(attribute.name, value)])?;
        }
        Ok(value)
    }

    /// The key attributes, those of the table first, then those of the indexes; `None` is the value of an index's attribute with an
    /// optional field that has none. All are checked.
    ///
    /// # Errors
    /// If a field's value cannot be part of a key; the error names the index.
    pub(crate) fn all(&self) -> Result<Vec<(&'static KeyAttribute, Option<KeyValue>)>, KeyError> {
        let mut sink = PartSink::new();
        let mut encoded: Vec<(&'static KeyAttribute, Option<KeyValue>)> = Vec::new();
        for (index, key) in keys(self.schema) {
            let located = |error: KeyError| error.in_index(index).in_model(self.schema.model);
            for attribute in key.attributes() {
                if !encoded.iter().any(|(known, _)| known.name == attribute.name) {
                    let value = self.encode(attribute, &mut sink);
                    let value = value.map_err(|error| located(error.in_attribute(attribute.name)))?;
                    if value.is_none() && index.is_none() {
                        return Err(located(KeyError::new(KeyProblem::Absent).in_attribute(attribute.name)));
                    }
                    encoded.push((attribute, value));
                }
            }
            let value = |_, name| encoded.iter().find(|(known, _)| known.name == name)?.1.as_ref();
            check(key, value).map_err(located)?;
        }
        Ok(encoded)
    }

    /// Compares a stored template attribute with the fields. `scratch` keeps its memory from call to call.
    ///
    /// An attribute that is not stored says nothing: the item may be older than the index.
    ///
    /// # Errors
    /// If the fields make another key, or none.
    pub(crate) fn verify(
        &self,
        attribute: &'static KeyAttribute,
        stored: Option<&str>,
        scratch: &mut PartSink,
    ) -> Result<(), KeyError> {
        let Some(stored) = stored else { return Ok(()) };
        let checked = match self.write(attribute, scratch) {
            Ok(present) if present && scratch.text() == stored => Ok(()),
            Ok(_) => Err(KeyProblem::Disagrees.into()),
            Err(error) => Err(error),
        };
        checked.map_err(|error| error.in_attribute(attribute.name).in_model(self.schema.model))
    }

    fn encode(&self, attribute: &'static KeyAttribute, sink: &mut PartSink) -> Result<Option<KeyValue>, KeyError> {
        Ok(self.write(attribute, sink)?.then(|| sink.take()))
    }

    /// Writes an attribute; the answer says whether every part has a value.
    fn write(&self, attribute: &'static KeyAttribute, sink: &mut PartSink) -> Result<bool, KeyError> {
        sink.clear();
        let mut behind = attribute.segments;
        while let Some((segment, rest)) = behind.split_first() {
            behind = rest;
            match segment {
                Segment::Literal(text) => sink.literal(text),
                Segment::Part(part) => {
                    sink.begin_part(*part, Follow::of(behind));
                    self.parts.write_part(part.index, sink).map_err(|error| error.in_part(part.field))?;
                    if sink.is_absent() {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }
}

/// Checks the values of a key: none is empty, none too long, and the sort key not as a whole.
fn check<'a>(
    key: &'static KeySchema,
    value: impl Fn(usize, &'static str) -> Option<&'a KeyValue>,
) -> Result<(), KeyError> {
    let mut sort = 0;
    for (place, attribute) in key.attributes().enumerate() {
        let Some(value) = value(place, attribute.name) else { continue };
        let checked = if place < key.partition.len() {
            check_value(value, PARTITION_LIMIT)
        } else {
            sort += value.size();
            check_value(value, SORT_LIMIT).and_then(|()| check_size(sort, SORT_LIMIT))
        };
        checked.map_err(|error| error.in_attribute(attribute.name))?;
    }
    Ok(())
}

/// Checks the attributes that an update sets, as far as they are keys of the table or of indexes: none is empty or too long, and those that are
/// sort keys of one index not together. What is stored of a key beside them is not known.
///
/// # Errors
/// If one is; the error names the index.
pub fn check_key_attributes(schema: &'static Schema, set: &[(&str, &KeyValue)]) -> Result<(), KeyError> {
    let value = |name: &str| set.iter().find(|(set, _)| *set == name).map(|(_, value)| *value);
    for (index, key) in keys(schema) {
        check(key, |_, name| value(name)).map_err(|error| error.in_index(index).in_model(schema.model))?;
    }
    Ok(())
}

/// The keys of the table and of its indexes.
fn keys(schema: &'static Schema) -> impl Iterator<Item = (Option<&'static str>, &'static KeySchema)> {
    let indexes = schema.indexes.iter().map(|index| (Some(index.name), &index.key));
    std::iter::once((None, &schema.key)).chain(indexes)
}

/// The primary key of a model's fields.
///
/// # Errors
/// If a field's value cannot be part of the key.
pub fn key_of<M: DynamoModel>(model: &M) -> Result<Key<M>, KeyError> {
    match Fields::of(model).primary() {
        Ok(key) => Ok(Key::new(key)),
        Err(error) => Err(error),
    }
}

/// The value of one key attribute, of the table or of an index; `None` if an optional field has no value.
///
/// # Errors
/// If a field's value cannot be part of the key.
pub fn key_attribute<M: DynamoModel>(
    model: &M,
    attribute: &'static KeyAttribute,
) -> Result<Option<KeyValue>, KeyError> {
    Fields::of(model).attribute(attribute)
}

/// The value of one key attribute, where `part` writes the part with an index; `None` if an optional part has no value.
///
/// # Errors
/// What `part` answers, and if a value cannot be part of the key.
pub(crate) fn key_attribute_of(
    schema: &'static Schema,
    attribute: &'static KeyAttribute,
    part: &dyn Fn(usize, &mut PartSink) -> Result<(), KeyError>,
) -> Result<Option<KeyValue>, KeyError> {
    Fields { schema, parts: &Given(part) }.attribute(attribute)
}

/// The attributes that are stored beside a model's fields: every key template of the table and of its indexes, except
/// those with an optional field that has no value. All other key attributes are checked on the way.
///
/// # Errors
/// If a field's value cannot be part of a key; the error names the index.
pub fn key_templates<M: DynamoModel>(model: &M) -> Result<Vec<(&'static str, KeyValue)>, KeyError> {
    let stored = Fields::of(model).all()?.into_iter().filter(|(attribute, _)| attribute.is_template());
    Ok(stored.filter_map(|(attribute, value)| Some((attribute.name, value?))).collect())
}

/// Compares a stored template attribute with a model's fields. `scratch` keeps its memory from call to call.
///
/// An attribute that is not stored says nothing: the item may be older than the index.
///
/// # Errors
/// If the fields make another key, or none.
pub fn verify_key<M: DynamoModel>(
    model: &M,
    attribute: &'static KeyAttribute,
    stored: Option<&str>,
    scratch: &mut PartSink,
) -> Result<(), KeyError> {
    Fields::of(model).verify(attribute, stored, scratch)
}
