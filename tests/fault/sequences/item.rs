//! Stored items, as the model of the service has them.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::DateTime;

/// An attribute's value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    S(String),
    N(i64),
    L(Vec<Value>),
    M(Item),
    /// An id that the call of this number generated. The model cannot know which one it is.
    Id(u32),
}

/// The attributes of an item beside its key, or the entries of a map.
pub(super) type Item = BTreeMap<String, Value>;

/// What others add to items, and to the maps in them: an attribute that the models do not know.
pub(super) const EXTRA: &str = "extra";
/// The names of attributes that have generated ids.
const IDS: [&str; 2] = ["id", "_write"];
/// The names of attributes that have times as text, which the model knows by their seconds.
const TIMES: [&str; 2] = ["created", "updated"];

pub(super) fn s(text: impl Into<String>) -> Value {
    Value::S(text.into())
}

/// A map, or an item, of these entries.
pub(super) fn map<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Item {
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The text of an attribute.
pub(super) fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    match item.get(name) {
        Some(Value::S(text)) => Some(text),
        _ => None,
    }
}

/// The number of an attribute.
pub(super) fn number(item: &Item, name: &str) -> Option<i64> {
    match item.get(name) {
        Some(Value::N(number)) => Some(*number),
        _ => None,
    }
}

/// The entries of a map attribute; none if there is no map.
pub(super) fn entries(item: &Item, name: &str) -> Item {
    match item.get(name) {
        Some(Value::M(entries)) => entries.clone(),
        _ => Item::new(),
    }
}

/// The items of a list attribute; none if there is no list.
pub(super) fn list(item: &Item, name: &str) -> Vec<Value> {
    match item.get(name) {
        Some(Value::L(items)) => items.clone(),
        _ => Vec::new(),
    }
}

/// An item as the service returned it, without its key.
pub(super) fn of_sdk(item: &HashMap<String, AttributeValue>) -> Item {
    let attributes = item.iter().filter(|(name, _)| !matches!(name.as_str(), "run" | "name"));
    attributes.map(|(name, value)| (name.clone(), value_of_sdk(name, value))).collect()
}

fn value_of_sdk(name: &str, value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(_) if IDS.contains(&name) => Value::Id(0),
        AttributeValue::S(time) if TIMES.contains(&name) => {
            let time = DateTime::parse_from_rfc3339(time);
            Value::N(time.unwrap_or_else(|_| panic!("{name} is no time")).timestamp())
        }
        AttributeValue::S(text) => s(text),
        AttributeValue::N(digits) => Value::N(digits.parse().unwrap_or_else(|_| panic!("{name} is no such number"))),
        AttributeValue::L(items) => Value::L(items.iter().map(|item| value_of_sdk("", item)).collect()),
        AttributeValue::M(entries) => {
            Value::M(entries.iter().map(|(name, value)| (name.clone(), value_of_sdk(name, value))).collect())
        }
        other => panic!("{name} has a value that no sequence stores: {other:?}"),
    }
}

/// An item without what only the model of the service knows: whose ids are whose.
pub(super) fn anonymous(item: &Item) -> Item {
    let anonymous = |value: &Value| if let Value::Id(_) = value { Value::Id(0) } else { value.clone() };
    item.iter().map(|(name, value)| (name.clone(), anonymous(value))).collect()
}

/// An item, or a map in it, without what others added.
pub(super) fn known(item: &Item) -> Item {
    item.iter().filter(|(name, _)| *name != EXTRA).map(|(name, value)| (name.clone(), known_value(value))).collect()
}

fn known_value(value: &Value) -> Value {
    match value {
        Value::M(entries) => Value::M(known(entries)),
        Value::L(items) => Value::L(items.iter().map(known_value).collect()),
        value => value.clone(),
    }
}

/// What is changed of an item, by one who knows only what he read: the places that are set, and those that are removed.
pub(super) fn differences(before: &Item, after: &Item) -> Vec<(Vec<String>, Option<Value>)> {
    let mut differences = Vec::new();
    descend(&mut Vec::new(), before, after, &mut differences);
    differences
}

fn descend(path: &mut Vec<String>, before: &Item, after: &Item, found: &mut Vec<(Vec<String>, Option<Value>)>) {
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    for name in names {
        path.push(name.clone());
        match (before.get(name), after.get(name)) {
            (Some(old), Some(new)) if old == new => {}
            (Some(Value::M(old)), Some(Value::M(new))) => descend(path, old, new, found),
            (_, new) => found.push((path.clone(), new.cloned())),
        }
        path.pop();
    }
}

/// A list that was read, changed in place: with what others had added to its maps.
pub(super) fn with_extras(new: &Value, read: Option<&Value>) -> Value {
    match (new, read) {
        (Value::M(new), Some(Value::M(read))) => {
            let mut merged: Item =
                new.iter().map(|(name, value)| (name.clone(), with_extras(value, read.get(name)))).collect();
            merged.extend(read.get(EXTRA).map(|extra| (EXTRA.to_owned(), extra.clone())));
            Value::M(merged)
        }
        (Value::L(new), Some(Value::L(read))) if new.len() == read.len() => {
            Value::L(new.iter().zip(read).map(|(new, read)| with_extras(new, Some(read))).collect())
        }
        (new, _) => new.clone(),
    }
}
