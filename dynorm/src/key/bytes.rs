//! Bytes as keys.

use super::part::{KeyPart, PlainKey};
use super::value::KeyValue;
use crate::error::{KeyError, KeyProblem};
use crate::schema::{Format, KeyKind};

impl KeyPart for Vec<u8> {
    const KIND: KeyKind = KeyKind::B;
    fn plain(&self) -> Result<KeyValue, KeyError> {
        Ok(KeyValue::B(self.clone()))
    }
    fn text(&self, _format: Format, _out: &mut String) -> Result<(), KeyError> {
        Err(KeyProblem::Form.into())
    }
    fn parse(_text: &str, _format: Format) -> Result<Self, KeyError> {
        Err(KeyProblem::Form.into())
    }
}
impl PlainKey for Vec<u8> {}
