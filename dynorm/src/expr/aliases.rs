//! The placeholders of one request: `#0` for names, `:0` for values.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::codec::push_string;
use crate::direct::encoded;
use crate::error::ExpressionError;
use crate::error::expression::limit;
use crate::key::KeyValue;

use super::text::Placeholders;
use super::wire::Wire;

/// The names and values that the expressions of one request share.
///
/// Every name is aliased, so DynamoDB's reserved words and special characters never matter. Equal names get one alias.
/// `Debug` shows names, never values.
#[derive(Clone, Default)]
pub struct Aliases {
    names: Vec<Cow<'static, str>>,
    values: Vec<Bound>,
}

/// A value behind a placeholder.
#[derive(Clone)]
enum Bound {
    Wire(Wire),
    Key(KeyValue),
}

impl Bound {
    /// How many bytes its JSON has, or nearly.
    fn size(&self) -> usize {
        match self {
            Bound::Wire(value) => value.bytes().len(),
            Bound::Key(KeyValue::S(text) | KeyValue::N(text)) => text.len() + 8,
            Bound::Key(KeyValue::B(bytes)) => bytes.len() / 3 * 4 + 12,
        }
    }
}

/// `ExpressionAttributeNames`, which must be left out where there are none.
type Names = Option<HashMap<String, String>>;
/// `ExpressionAttributeValues`, which must be left out where there are none.
type Values = Option<HashMap<String, AttributeValue>>;

impl Aliases {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The alias of a name.
    pub(crate) fn push_name(&mut self, name: Cow<'static, str>, out: &mut String) {
        let alias = self.names.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        });
        push_placeholder('#', alias, out);
    }

    /// The alias of a value that is JSON already.
    pub(crate) fn push_json(&mut self, value: Vec<u8>, out: &mut String) {
        self.push_value(Bound::Wire(Wire::written(value)), out);
    }

    /// The alias of a key's value.
    pub(crate) fn push_key_value(&mut self, value: KeyValue, out: &mut String) {
        self.push_value(Bound::Key(value), out);
    }

    fn push_value(&mut self, value: Bound, out: &mut String) {
        push_placeholder(':', self.values.len(), out);
        self.values.push(value);
    }

    /// Names and values as an SDK request takes them; `None` where there are none.
    ///
    /// # Errors
    ///
    /// They are certainly more than the 2 MB that DynamoDB takes.
    pub fn into_sdk(self) -> Result<(Names, Values), ExpressionError> {
        let names = names(self.names);
        let mut values = HashMap::with_capacity(self.values.len());
        for (i, value) in self.values.into_iter().enumerate() {
            let value = match value {
                Bound::Wire(value) => value.to_sdk(),
                Bound::Key(value) => value.into(),
            };
            values.insert(placeholder(':', i), value);
        }
        let bytes = size(&names) + values.values().map(size_at_least).sum::<usize>();
        if bytes > limit::VALUES {
            return Err(ExpressionError::too_large(bytes));
        }
        Ok((Some(names).filter(|names| !names.is_empty()), Some(values).filter(|values| !values.is_empty())))
    }

    /// As [`into_sdk`](Self::into_sdk), with the values as the bytes that they are, for a request that is sent by a call.
    ///
    /// # Errors
    ///
    /// Those of [`into_sdk`](Self::into_sdk).
    pub(crate) fn into_encoded(self) -> Result<(Names, Values), ExpressionError> {
        if self.values.is_empty() {
            return self.into_sdk();
        }
        // With its placeholder, a value has some eight bytes more.
        let mut json = Vec::with_capacity(self.values.iter().map(|value| value.size() + 8).sum());
        self.push_values(&mut json)?;
        let names = names(self.names);
        Ok((Some(names).filter(|names| !names.is_empty()), Some(encoded(json))))
    }

    /// Appends both as members of a request's JSON, behind other members.
    ///
    /// # Errors
    ///
    /// Those of [`into_sdk`](Self::into_sdk).
    pub(crate) fn push_members(&self, out: &mut Vec<u8>) -> Result<(), ExpressionError> {
        if !self.names.is_empty() {
            out.extend_from_slice(br#","ExpressionAttributeNames":"#);
            for (i, name) in self.names.iter().enumerate() {
                push_member_name(if i == 0 { b"{\"#" } else { b",\"#" }, i, out);
                push_string(out, name);
            }
            out.push(b'}');
        }
        if !self.values.is_empty() {
            out.extend_from_slice(br#","ExpressionAttributeValues":"#);
            self.push_values(out)?;
        }
        Ok(())
    }

    /// Appends the JSON of the values, of which there are some.
    fn push_values(&self, out: &mut Vec<u8>) -> Result<(), ExpressionError> {
        let start = out.len();
        for (i, value) in self.values.iter().enumerate() {
            push_member_name(if i == 0 { b"{\":" } else { b",\":" }, i, out);
            match value {
                Bound::Wire(value) => out.extend_from_slice(value.bytes()),
                Bound::Key(value) => value.push_json(out),
            }
        }
        out.push(b'}');
        // What DynamoDB counts is less than the JSON.
        if out.len() - start + self.names.iter().map(|name| name.len()).sum::<usize>() > limit::VALUES {
            self.clone().into_sdk()?;
        }
        Ok(())
    }
}

fn names(names: Vec<Cow<'static, str>>) -> HashMap<String, String> {
    names.into_iter().enumerate().map(|(i, name)| (placeholder('#', i), name.into_owned())).collect()
}

fn placeholder(kind: char, number: usize) -> String {
    let mut placeholder = String::with_capacity(4);
    push_placeholder(kind, number, &mut placeholder);
    placeholder
}

fn push_placeholder(kind: char, number: usize, out: &mut String) {
    out.push(kind);
    out.push_str(itoa::Buffer::new().format(number));
}

/// Appends a placeholder of a request's JSON, with what stands before it.
fn push_member_name(before: &[u8], number: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(before);
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
    out.extend_from_slice(b"\":");
}

fn size(names: &HashMap<String, String>) -> usize {
    names.values().map(String::len).sum()
}

/// A lower bound of what DynamoDB counts for a value.
fn size_at_least(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::Ss(texts) => texts.iter().map(String::len).sum(),
        AttributeValue::Bs(all) => all.iter().map(|bytes| bytes.as_ref().len()).sum(),
        AttributeValue::Ns(numbers) => numbers.len(),
        AttributeValue::L(items) => items.iter().map(size_at_least).sum(),
        AttributeValue::M(entries) => entries.iter().map(|(name, value)| name.len() + size_at_least(value)).sum(),
        // Numbers, booleans, `NULL`.
        _ => 1,
    }
}

impl Placeholders for Aliases {
    fn name(&mut self, name: Cow<'static, str>, out: &mut String) {
        self.push_name(name, out);
    }

    fn value(&mut self, value: &Wire, out: &mut String) {
        self.push_value(Bound::Wire(value.clone()), out);
    }
}

impl fmt::Debug for Aliases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aliases").field("names", &self.names).field("values", &self.values.len()).finish()
    }
}
