//! A model as it is stored: the fields' attributes, and with them those of key templates and the entity.

use std::borrow::Cow;
use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::attribute::Item;
use crate::codec::Json;
use crate::codec::{AttributeType, OlderNames, Reader, Writer, item_to_read, write_value};
use crate::error::{DecodeError, EncodeError, Result};
use crate::key::{Key, KeyBuf, KeyValue, PartSink, key_attributes, verify_key};
use crate::model::DynamoModel;
use crate::record::{MAX_ITEM_SIZE, Member, Order, Record, check_size, walk};
use crate::schema::{KeyAttribute, KeySchema};
use crate::write::OWNER;

/// The whole item of a model, as it goes over the wire.
///
/// # Errors
/// If a value cannot be stored, or cannot be part of a key of the table or of an index.
pub(crate) fn encode<M: DynamoModel>(model: &M) -> Result<Vec<u8>> {
    write(model, None).map(|(item, _)| item.into_bytes())
}

/// The fields of a model that is not sent: they need not fit a key, nor an item's size.
///
/// # Errors
/// If a value cannot be stored.
pub(crate) fn encode_fields<M: DynamoModel>(model: &M) -> Result<Vec<u8>> {
    let mut writer = Writer::new();
    writer.item(|item| model.write_fields(item)).map_err(|error| error.in_model(M::SCHEMA.model))?;
    Ok(writer.into_bytes())
}

/// The whole item of a model, still with the size that DynamoDB counts, and its primary key; with the id of the call that writes it, if that
/// is to be part of it.
///
/// # Errors
/// Those of [`encode`].
pub(crate) fn write<M: DynamoModel>(model: &M, write_id: Option<(&'static str, String)>) -> Result<(Writer, Key<M>)> {
    let mut keys = key_attributes(model)?;
    let mut writer = Writer::new();
    let members = |item: &mut Writer| {
        model.write_fields(item)?;
        for (attribute, value) in &keys {
            if let Some(value) = value.as_ref().filter(|_| attribute.is_template()) {
                item.entry(attribute.name, |writer| value.write(writer))?;
            }
        }
        if let Some((name, value)) = M::SCHEMA.entity {
            item.entry(name, |writer| writer.string(value))?;
        }
        match &write_id {
            Some((name, id)) => item.entry(name, |writer| writer.string(id)),
            None => Ok(()),
        }
    };
    let named = |error: EncodeError| error.in_model(M::SCHEMA.model);
    writer.item(members).map_err(named)?;
    check_size(writer.size()).map_err(named)?;
    check_local_entries::<M>(&writer)?;
    keys.truncate(M::SCHEMA.key.attributes().count());
    let key = keys.into_iter().filter_map(|(attribute, value)| Some((attribute.name, value?))).collect();
    Ok((writer, Key::new(KeyBuf::complete(&M::SCHEMA.key, key, None))))
}

/// Refuses an item that is certainly too large together with its entries in local indexes, which count towards the same limit.
fn check_local_entries<M: DynamoModel>(item: &Writer) -> Result<()> {
    let local = || M::SCHEMA.indexes.iter().filter(|index| index.local);
    // No entry is larger than its item.
    if item.size() * (1 + local().count()) <= MAX_ITEM_SIZE {
        return Ok(());
    }
    let members = Members::parse(item.as_bytes())?;
    let mut size = item.size();
    for index in local().filter(|index| index.key.attributes().all(|key| members.get(key.name).is_some())) {
        let held = members.iter().filter(|(name, _)| M::SCHEMA.holds(Some(index), name));
        size += size_of(held.map(|(name, json)| (name, json.as_bytes())))?;
    }
    Ok(check_size(size).map_err(|error| error.in_model(M::SCHEMA.model))?)
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
    // What is small beside the limits is not counted; as JSON a value is no shorter than DynamoDB counts.
    if attributes.iter().map(|(_, json)| json.len()).sum::<usize>() < 4096 {
        return Ok(0);
    }
    let size = size_of(attributes.iter().copied()).and_then(|size| check_size(size).map(|()| size));
    Ok(size.map_err(|error| error.in_model(M::SCHEMA.model))?)
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
    let members = Members::parse(item.as_bytes())?;
    let value = |attribute: &'static KeyAttribute| {
        let json = members.get(attribute.name).map(|json| key_value(json.as_bytes())).transpose()?.flatten();
        let value = match json {
            Some(value) if value.kind() == attribute.kind => Ok(value),
            Some(_) => Err(DecodeError::invalid("its type is not that of the key")),
            None => Err(DecodeError::missing()),
        };
        let value = value.map_err(|error| error.in_attribute(attribute.name).in_model(M::SCHEMA.model))?;
        Ok((attribute.name, value))
    };
    let values = M::SCHEMA.key.attributes().map(value).collect::<Result<Vec<_>, DecodeError>>()?;
    Ok(Key::new(KeyBuf::complete(&M::SCHEMA.key, values, None)))
}

/// The primary key of the item that a guard belongs to.
pub(crate) fn key_of_guard<M: DynamoModel>(guard: &Item) -> Option<Key<M>> {
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
    let values = M::SCHEMA.key.attributes().map(value).collect::<Option<Vec<_>>>()?;
    Some(Key::new(KeyBuf::complete(&M::SCHEMA.key, values, None)))
}

/// What reading one item leaves for the next one of the same model.
#[derive(Debug)]
pub struct Scratch {
    order: Order,
    sink: PartSink,
    /// The attributes of the item that are beside the fields, of key templates or the entity, and where their values start.
    beside: Vec<(&'static str, usize)>,
}

impl Scratch {
    pub(crate) fn new<M: Record>() -> Self {
        Scratch { order: Order::new(M::NAMES), sink: PartSink::new(), beside: Vec::new() }
    }
}

/// Reads a model from the item at the reader.
pub(crate) fn decode<M: DynamoModel>(reader: &mut Reader<'_>, scratch: &mut Scratch) -> Result<M, DecodeError> {
    let read = read(reader, scratch, true).and_then(|model: M| match model.run_after_read() {
        Ok(()) => Ok(model),
        Err(rejected) => Err(DecodeError::rejected(rejected)),
    });
    read.map_err(|error| error.in_model(M::SCHEMA.model))
}

/// Reads the fields, and if asked `verifies` that what is stored beside them is as the model would write it.
fn read<M: DynamoModel>(reader: &mut Reader<'_>, scratch: &mut Scratch, verifies: bool) -> Result<M, DecodeError> {
    let Scratch { order, sink, beside } = scratch;
    beside.clear();
    let text = *reader.json();
    let mut slots = M::slots();
    walk(reader, M::NAMES, order, &mut |member, reader| match member {
        Member::Known(index) => M::accept(&mut slots, *index, reader),
        Member::Unknown(name) => match beside_name::<M>(name) {
            Some(name) => {
                beside.push((name, reader.json().at()));
                reader.string().map(drop)
            }
            None if M::SCHEMA.write_id == Some(&**name) => reader.skip(),
            None if M::unknown(&mut slots, name, reader)? => Ok(()),
            None => reader.skip(),
        },
    })?;
    let stored = |name: &str| {
        let (_, at) = beside.iter().rev().find(|(known, _)| *known == name)?;
        Reader::at(text.moved(*at)).string().ok()
    };
    if !verifies {
        return M::finish(slots);
    }
    if let Some((name, value)) = M::SCHEMA.entity
        && stored(name).as_deref() != Some(value)
    {
        return Err(DecodeError::foreign(format!("the item is no `{value}`")).in_attribute(name));
    }
    let model = M::finish(slots)?;
    for attribute in templates::<M>().filter(|_| !M::SCHEMA.lenient_keys) {
        let agrees = verify_key(&model, attribute, stored(attribute.name).as_deref(), sink);
        agrees.map_err(|error| DecodeError::key(error.to_string()).in_attribute(attribute.name))?;
    }
    Ok(model)
}

/// Whether the model writes this attribute, or has a field with it by an alias.
pub(crate) fn is_known<M: DynamoModel>(name: &str) -> bool {
    M::NAMES.contains(&name) || beside_name::<M>(name).is_some() || M::SCHEMA.write_id == Some(name)
}

/// The name as the schema has it, if the model stores such an attribute beside its fields.
fn beside_name<M: DynamoModel>(name: &str) -> Option<&'static str> {
    let entity = M::SCHEMA.entity.map(|(name, _)| name);
    entity.into_iter().chain(templates::<M>().map(|attribute| attribute.name)).find(|known| *known == name)
}

fn templates<M: DynamoModel>() -> impl Iterator<Item = &'static KeyAttribute> {
    M::SCHEMA.keys().flat_map(KeySchema::attributes).filter(|attribute| attribute.is_template())
}

/// Reads a model from an item's JSON.
pub(crate) fn decode_bytes<M: DynamoModel>(item: &[u8]) -> Result<M> {
    Ok(decode(&mut Reader::new(item)?, &mut Scratch::new::<M>())?)
}

/// The same, from bytes that have nothing behind the item.
pub(crate) fn decode_whole<M: DynamoModel>(item: &[u8]) -> Result<M, DecodeError> {
    let mut reader = Reader::new(item)?;
    let model = decode(&mut reader, &mut Scratch::new::<M>())?;
    reader.end().map_err(|error| error.in_model(M::SCHEMA.model))?;
    Ok(model)
}

/// What an item that was read before has under older names, in its structs too.
pub(crate) fn older_names<M: DynamoModel>(item: &str) -> Result<OlderNames, DecodeError> {
    let mut reader = Reader::new(item.as_bytes())?;
    reader.note_older_names();
    let read = read::<M>(&mut reader, &mut Scratch::new::<M>(), true);
    read.map(|_| reader.into_older_names()).map_err(|error| error.in_model(M::SCHEMA.model))
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
