//! `Uuid` as a key part: its lowercase text of 36 characters.

use uuid::Uuid;
use uuid::fmt::Hyphenated;

use super::fixed::{Alphabet, Fixed};
use super::part::{FixedPart, KeyPart, PlainKey, TextPart};
use super::text;
use super::value::KeyValue;
use crate::error::{KeyError, KeyProblem};
use crate::schema::{Format, KeyKind};

impl KeyPart for Uuid {
    const KIND: KeyKind = KeyKind::S;
    fn plain(&self) -> Result<KeyValue, KeyError> {
        Ok(KeyValue::S(self.to_string()))
    }
    fn text(&self, format: Format, out: &mut String) -> Result<(), KeyError> {
        text::push(self.hyphenated().encode_lower(&mut Uuid::encode_buffer()), format, out)
    }
    fn parse(text: &str, _format: Format) -> Result<Self, KeyError> {
        let canonical = |id: &Uuid| *id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == *text;
        text.parse().ok().filter(canonical).ok_or_else(|| KeyProblem::Malformed.into())
    }
    fn fixed(format: Format) -> Option<Fixed> {
        (format == Format::Text).then_some(Fixed { width: Hyphenated::LENGTH, alphabet: Alphabet::Hex })
    }
}
impl PlainKey for Uuid {}
impl TextPart for Uuid {}
impl FixedPart for Uuid {}
