//! Strings and characters as key parts.

use std::borrow::Cow;
use std::sync::Arc;

use super::part::{KeyPart, PlainKey, TextPart};
use super::value::KeyValue;
use crate::error::{KeyError, KeyProblem};
use crate::schema::{Format, KeyKind};

pub(crate) fn push(value: &str, format: Format, out: &mut String) -> Result<(), KeyError> {
    match format {
        Format::Text | Format::Escape | Format::Plain => {
            out.push_str(value);
            Ok(())
        }
        Format::Padded(_) | Format::Sortable | Format::Order => Err(KeyProblem::Form.into()),
    }
}

macro_rules! strings { ($($text:ty),*) => {$(
    impl KeyPart for $text {
        const KIND: KeyKind = KeyKind::S;
        fn plain(&self) -> Result<KeyValue, KeyError> {
            Ok(KeyValue::S((**self).to_owned()))
        }
        fn text(&self, format: Format, out: &mut String) -> Result<(), KeyError> {
            push(self, format, out)
        }
        fn parse(text: &str, _format: Format) -> Result<Self, KeyError> {
            Ok(text.to_owned().into())
        }
    }
    impl PlainKey for $text {}
    impl TextPart for $text {}
)*} }
strings!(String, Cow<'_, str>, Box<str>, Arc<str>);

impl KeyPart for char {
    const KIND: KeyKind = KeyKind::S;
    fn plain(&self) -> Result<KeyValue, KeyError> {
        Ok(KeyValue::S(self.to_string()))
    }
    fn text(&self, format: Format, out: &mut String) -> Result<(), KeyError> {
        push(self.encode_utf8(&mut [0; 4]), format, out)
    }
    fn parse(text: &str, _format: Format) -> Result<Self, KeyError> {
        text.parse().map_err(|_| KeyProblem::Malformed.into())
    }
}
impl PlainKey for char {}
impl TextPart for char {}
