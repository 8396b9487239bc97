//! A model as it is stored: the fields' attributes, and with them those of key templates and the entity.
//!
//! What knows the model's type calls what knows its schema only, and is short: it is compiled once for each model, in the user's crate.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;

use crate::attribute::Item;
use crate::codec::Json;
use crate::codec::{AttributeType, OlderNames, Reader, Writer, item_from_json, item_to_read, write_value};
use crate::error::{DecodeError, EncodeError, Result};
use crate::key::{Fields, Key, KeyBuf, KeyValue, PartSink};
use crate::model::DynamoModel;
use crate::record::{MAX_ITEM_SIZE, Member, Order, Record, check_size, walk};
use crate::schema::{KeyAttribute, KeySchema, Schema};
use crate::write::OWNER;

/// The whole item of a model, as it goes over the wire.
///
/// # Errors
/// If a value cannot be stored, or cannot be part of a key of the table or of an index.
pub(crate) fn encode<M: DynamoModel>(model: &M) -> Result<Vec<u8>> {
    match write_item(&Fields::of(model), model, None) {
        Ok((item, _)) => Ok(item.into_bytes()),
        Err(error) => Err(error),
    }
}

/// What an item was encoded to, as the SDK has it.
///
/// # Errors
/// Why it could not be encoded.
pub(crate) fn attributes(encoded: Result<Vec<u8>>) -> Result<HashMap<String, AttributeValue>> {
    Ok(item_from_json(&encoded?)?)
}

/// The fields of a model that is not sent: they need not fit a key, nor an item's size.
///
/// # Errors
/// If a value cannot be stored.
pub(crate) fn encode_fields<M: DynamoModel>(model: &M) -> Result<Vec<u8>> {
    write_fields(M::SCHEMA, model)
}

fn write_fields(schema: &'static Schema, attributes: &dyn Attributes) -> Result<Vec<u8>> {
    let mut writer = Writer::new();
    writer.item(|item| attributes.write(item)).map_err(|error| error.in_model(schema.model))?;
    Ok(writer.into_bytes())
}

/// What writes attributes. A trait of its own: a closure of each model would be more code.
trait Attributes {
    /// Writes the attributes into the open item.
    fn write(&self, item: &mut Writer) -> Result<(), EncodeError>;
}

impl<R: Record> Attributes for R {
    fn write(&self, item: &mut Writer) -> Result<(), EncodeError> {
        self.write_fields(item)
    }
}

/// The whole item of a model, still with the size that DynamoDB counts, and its primary key; with the id of the call that writes it, if that
/// is to be part of it.
///
/// # Errors
/// Those of [`encode`].
pub(crate) fn write<M: DynamoModel>(model: &M, write_id: Option<(&'static str, String)>) -> Result<(Writer, Key<M>)> {
    match write_item(&Fields::of(model), model, write_id) {
        Ok((item, key)) => Ok((item, Key::new(key))),
        Err(error) => Err(error),
    }
}

fn write_item(
    fields: &Fields<'_>,
    attributes: &dyn Attributes,
    write_id: Option<(&'static str, String)>,
) -> Result<(Writer, KeyBuf)> {
    let schema = fields.schema;
    let mut keys = fields.all()?;
    let mut writer = Writer::new();
    let members = |item: &mut Writer| {
        attributes.write(item)?;
        for (attribute, value) in &keys {
            if let Some(value) = value.as_ref().filter(|_| attribute.is_template()) {
                item.entry(attribute.name, |writer| value.write(writer))?;
            }
        }
        if let Some((name, value)) = schema.entity {
            item.entry(name, |writer| writer.string(value))?;
        }
        match &write_id {
            Some((name, id)) => item.entry(name, |writer| writer.string(id)),
            None => Ok(()),
        }
    };
    let named = |error: EncodeError| error.in_model(schema.model);
    writer.item(members).map_err(named)?;
    check_size(writer.size()).map_err(named)?;
    check_local_entries(schema, &writer)?;
    keys.truncate(schema.key.attributes().count());
    let key = keys.into_iter().filter_map(|(attribute, value)| Some((attribute.name, value?))).collect();
    Ok((writer, KeyBuf::complete(&schema.key, key, None)))
}

/// Refuses an item that is certainly too large together with its entries in local indexes, which count towards the same limit.
fn check_local_entries(schema: &'static Schema, item: &Writer) -> Result<()> {
    let local = || schema.indexes.iter().filter(|index| index.local);
    // No entry is larger than its item.
    if item.size() * (1 + local().count()) <= MAX_ITEM_SIZE {
        return Ok(());
    }
    let members = Members::parse(item.as_bytes())?;
    let mut size = item.size();
    for index in local().filter(|index| index.key.attributes().all(|key| members.get(key.name).is_some())) {
        let held = members.iter().filter(|(name, _)| schema.holds(Some(index), name));
        size += size_of(held.map(|(name, json)| (name, json.as_bytes())))?;
    }
    Ok(check_size(size).map_err(|error| error.in_model(schema.model))?)
}

/// The bytes that DynamoDB counts for attributes, each with its value's JSON.
fn size_of<'a>(attributes: impl Iterator<Item = (&'a str, &'a [u8])>) -> Result<usize, EncodeError> {
    let mut item = Writer::new();
    item.item(|item| {
        for (name, json) in attributes {
            let value = Reader::new(json).and_then(|mut reader| reader.value());
            let value = value.map_err(|_| EncodeError::invalid("its codec wrote no value"))?;
            item.entry(name, |writer| write_value(&value, writer))?;
        }
        Ok(())
    })?;
    Ok(item.size())
}

/// A lower bound of the bytes that DynamoDB counts for an item with these attributes among others.
///
/// # Errors
/// If they are certainly too large for an item.
pub(crate) fn size_with<M: DynamoModel>(attributes: &[(&str, &[u8])]) -> Result<usize> {
    size_of_change(M::SCHEMA, attributes)
}

fn size_of_change(schema: &'static Schema, attributes: &[(&str, &[u8])]) -> Result<usize> {
    // What is small beside the limits is not counted; as JSON a value is no shorter than DynamoDB counts.
    if attributes.iter().map(|(_, json)| json.len()).sum::<usize>() < 4096 {
        return Ok(0);
    }
    let size = size_of(attributes.iter().copied()).and_then(|size| check_size(size).map(|()| size));
    Ok(size.map_err(|error| error.in_model(schema.model))?)
}

/// An attribute's JSON as a key value, if it has one of the types that keys can have.
pub(crate) fn key_value(attribute: &[u8]) -> Result<Option<KeyValue>, DecodeError> {
    let mut reader = Reader::new(attribute)?;
    Ok(match reader.kind()? {
        AttributeType::S => Some(KeyValue::S(reader.string()?.into_owned())),
        AttributeType::N => Some(KeyValue::N(reader.number()?.into_owned())),
        AttributeType::B => Some(KeyValue::B(reader.binary()?)),
        _ => None,
    })
}

/// The primary key of an item's JSON, as it is stored.
pub(crate) fn key<M: DynamoModel>(item: &str) -> Result<Key<M>> {
    match primary_key(M::SCHEMA, item) {
        Ok(key) => Ok(Key::new(key)),
        Err(error) => Err(error),
    }
}

fn primary_key(schema: &'static Schema, item: &str) -> Result<KeyBuf> {
    let members = Members::parse(item.as_bytes())?;
    let value = |attribute: &'static KeyAttribute| {
        let json = members.get(attribute.name).map(|json| key_value(json.as_bytes())).transpose()?.flatten();
        let value = match json {
            Some(value) if value.kind() == attribute.kind => Ok(value),
            Some(_) => Err(DecodeError::invalid("its type is not that of the key")),
            None => Err(DecodeError::missing()),
        };
        let value = value.map_err(|error| error.in_attribute(attribute.name).in_model(schema.model))?;
        Ok((attribute.name, value))
    };
    let values = schema.key.attributes().map(value).collect::<Result<Vec<_>, DecodeError>>()?;
    Ok(KeyBuf::complete(&schema.key, values, None))
}

/// The primary key of the item that a guard belongs to.
pub(crate) fn key_of_guard<M: DynamoModel>(guard: &Item) -> Option<Key<M>> {
    owner_of_guard(M::SCHEMA, guard).map(Key::new)
}

fn owner_of_guard(schema: &'static Schema, guard: &Item) -> Option<KeyBuf> {
    let owner = guard.get(OWNER)?.as_m().ok()?;
    let value = |attribute: &'static KeyAttribute| {
        let value = match owner.get(attribute.name)? {
            AttributeValue::S(text) => KeyValue::S(text.clone()),
            AttributeValue::N(digits) => KeyValue::N(digits.clone()),
            AttributeValue::B(bytes) => KeyValue::B(bytes.clone().into_inner()),
            _ => return None,
        };
        Some((attribute.name, value))
    };
    let values = schema.key.attributes().map(value).collect::<Option<Vec<_>>>()?;
    Some(KeyBuf::complete(&schema.key, values, None))
}

/// What reading one item leaves for the next one of the same model.
#[derive(Debug)]
pub struct Scratch {
    order: Order,
    beside: Beside,
}

impl Scratch {
    pub(crate) fn new<M: Record>() -> Self {
        Scratch { order: Order::new(M::NAMES), beside: Beside { sink: PartSink::new(), found: Vec::new() } }
    }
}

/// The attributes of an item that are beside the fields, of key templates or the entity.
#[derive(Debug)]
struct Beside {
    sink: PartSink,
    /// Their names, and where their values start.
    found: Vec<(&'static str, usize)>,
}

impl Beside {
    /// Reads an attribute that is no field's, unless a flattened field takes it: `flattened` answers that.
    fn read(
        &mut self,
        schema: &'static Schema,
        name: &str,
        reader: &mut Reader<'_>,
        flattened: &mut dyn FnMut(&str, &mut Reader<'_>) -> Result<bool, DecodeError>,
    ) -> Result<(), DecodeError> {
        match beside_name(schema, name) {
            Some(name) => {
                self.found.push((name, reader.json().at()));
                reader.string().map(drop)
            }
            None if schema.write_id == Some(name) => reader.skip(),
            None if flattened(name, reader)? => Ok(()),
            None => reader.skip(),
        }
    }

    fn stored<'a>(&self, item: Json<'a>, name: &str) -> Option<Cow<'a, str>> {
        let (_, at) = self.found.iter().rev().find(|(known, _)| *known == name)?;
        Reader::at(item.moved(*at)).string().ok()
    }

    /// Verifies that the item is one of this model, if models share its table.
    fn check_entity(&self, schema: &'static Schema, item: Json<'_>) -> Result<(), DecodeError> {
        match schema.entity {
            Some((name, value)) if self.stored(item, name).as_deref() != Some(value) => {
                Err(DecodeError::foreign(format!("the item is no `{value}`")).in_attribute(name))
            }
            _ => Ok(()),
        }
    }

    /// Verifies that the key templates are stored as the fields make them.
    fn check_keys(&mut self, fields: &Fields<'_>, item: Json<'_>) -> Result<(), DecodeError> {
        for attribute in templates(fields.schema).filter(|_| !fields.schema.lenient_keys) {
            let stored = self.stored(item, attribute.name);
            let agrees = fields.verify(attribute, stored.as_deref(), &mut self.sink);
            agrees.map_err(|error| DecodeError::key(error.to_string()).in_attribute(attribute.name))?;
        }
        Ok(())
    }
}

/// Reads a model from the item at the reader.
pub(crate) fn decode<M: DynamoModel>(reader: &mut Reader<'_>, scratch: &mut Scratch) -> Result<M, DecodeError> {
    let error = match read::<M>(reader, scratch, true) {
        Ok(model) => match model.run_after_read() {
            Ok(()) => return Ok(model),
            Err(rejected) => DecodeError::rejected(rejected),
        },
        Err(error) => error,
    };
    Err(error.in_model(M::SCHEMA.model))
}

/// Reads the fields, and if asked `verifies` that what is stored beside them is as the model would write it.
fn read<M: DynamoModel>(reader: &mut Reader<'_>, scratch: &mut Scratch, verifies: bool) -> Result<M, DecodeError> {
    let Scratch { order, beside } = scratch;
    beside.found.clear();
    let item = *reader.json();
    let mut slots = M::slots();
    let walked = walk(reader, M::NAMES, order, &mut |member, reader| match member {
        Member::Known(index) => M::accept(&mut slots, *index, reader),
        Member::Unknown(name) => {
            beside.read(M::SCHEMA, name, reader, &mut |name, reader| M::unknown(&mut slots, name, reader))
        }
    });
    let checked = match walked {
        Ok(()) if verifies => beside.check_entity(M::SCHEMA, item),
        walked => walked,
    };
    checked?;
    match M::finish(slots) {
        Ok(model) if verifies => match beside.check_keys(&Fields::of(&model), item) {
            Ok(()) => Ok(model),
            Err(error) => Err(error),
        },
        finished => finished,
    }
}

/// Whether the model writes this attribute, or has a field with it by an alias.
pub(crate) fn is_known<M: DynamoModel>(name: &str) -> bool {
    M::NAMES.contains(&name) || beside_name(M::SCHEMA, name).is_some() || M::SCHEMA.write_id == Some(name)
}

/// The name as the schema has it, if the model stores such an attribute beside its fields.
fn beside_name(schema: &'static Schema, name: &str) -> Option<&'static str> {
    let entity = schema.entity.map(|(name, _)| name);
    entity.into_iter().chain(templates(schema).map(|attribute| attribute.name)).find(|known| *known == name)
}

fn templates(schema: &'static Schema) -> impl Iterator<Item = &'static KeyAttribute> {
    schema.keys().flat_map(KeySchema::attributes).filter(|attribute| attribute.is_template())
}

/// Reads a model from an item's JSON.
pub(crate) fn decode_bytes<M: DynamoModel>(item: &[u8]) -> Result<M> {
    match Reader::new(item).and_then(|mut reader| decode(&mut reader, &mut Scratch::new::<M>())) {
        Ok(model) => Ok(model),
        Err(error) => Err(error.into()),
    }
}

/// The same, from bytes that have nothing behind the item.
pub(crate) fn decode_whole<M: DynamoModel>(item: &[u8]) -> Result<M, DecodeError> {
    let mut reader = Reader::new(item)?;
    let model = decode(&mut reader, &mut Scratch::new::<M>())?;
    match reader.end() {
        Ok(()) => Ok(model),
        Err(error) => Err(error.in_model(M::SCHEMA.model)),
    }
}

/// What an item that was read before has under older names, in its structs too.
pub(crate) fn older_names<M: DynamoModel>(item: &str) -> Result<OlderNames, DecodeError> {
    let mut reader = Reader::new(item.as_bytes())?;
    reader.note_older_names();
    match read::<M>(&mut reader, &mut Scratch::new::<M>(), true) {
        Ok(_) => Ok(reader.into_older_names()),
        Err(error) => Err(error.in_model(M::SCHEMA.model)),
    }
}

/// Reads a model from what it was encoded to, which nobody has stored yet: no hook looks at it.
pub(crate) fn decode_own<M: DynamoModel>(item: &[u8]) -> Result<M, DecodeError> {
    let own = read(&mut Reader::new(item)?, &mut Scratch::new::<M>(), true);
    own.map_err(|error| error.in_model(M::SCHEMA.model))
}

/// The same, from what was to be stored and perhaps could not be, because it does not fit its key.
pub(crate) fn decode_unsent<M: DynamoModel>(item: &[u8]) -> Result<M, DecodeError> {
    let own = read(&mut Reader::new(item)?, &mut Scratch::new::<M>(), false);
    own.map_err(|error| error.in_model(M::SCHEMA.model))
}

/// Reads a model from an item of the SDK: a returned old item, or one in an error.
pub(crate) fn decode_item<M: DynamoModel>(item: &Item) -> Result<M> {
    decode_bytes(&item_to_read(item)?)
}

/// The top-level attributes of an item's JSON, each with its value's JSON.
#[derive(Default)]
pub(crate) struct Members<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'a> Members<'a> {
    pub(crate) fn parse(item: &'a [u8]) -> Result<Self, DecodeError> {
        let mut json = Json::from_bytes(item)?;
        let mut members = Vec::new();
        let mut first = true;
        json.open_object()?;
        while let Some(name) = json.next_name(&mut first)? {
            members.push((name, json.skip()?));
        }
        Ok(Members(members))
    }

    /// Attributes that are taken apart already.
    pub(crate) fn of(attributes: &'a BTreeMap<String, String>) -> Self {
        Members(attributes.iter().map(|(name, value)| (Cow::Borrowed(&**name), &**value)).collect())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().map(|(name, value)| (&**name, *value))
    }

    /// The value of an attribute; of one that is there twice the last.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| *value)
    }
}
