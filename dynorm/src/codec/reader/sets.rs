//! Sets: arrays of bare strings, whose elements are read like attributes of their own.

use std::borrow::Cow;

use super::{AttributeType, Reader, Result};

impl<'a> Reader<'a> {
    /// Reads a set of strings.
    ///
    /// # Errors
    /// If the value is no such set, or `each` fails.
    pub fn string_set(&mut self, mut each: impl FnMut(Cow<'a, str>) -> Result<()>) -> Result<()> {
        self.set(AttributeType::Ss, |reader| each(reader.string()?))
    }

    /// Reads a set of numbers, each as its digits.
    ///
    /// # Errors
    /// If the value is no such set, or `each` fails.
    pub fn number_set(&mut self, mut each: impl FnMut(Cow<'a, str>) -> Result<()>) -> Result<()> {
        self.set(AttributeType::Ns, |reader| each(reader.number()?))
    }

    /// Reads a set of byte strings.
    ///
    /// # Errors
    /// If the value is no such set, or `each` fails.
    pub fn binary_set(&mut self, mut each: impl FnMut(Vec<u8>) -> Result<()>) -> Result<()> {
        self.set(AttributeType::Bs, |reader| each(reader.binary()?))
    }

    /// Reads a set whose elements are read like attributes of their own.
    pub(crate) fn set(&mut self, kind: AttributeType, mut each: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        let element = match kind {
            AttributeType::Ss => AttributeType::S,
            AttributeType::Ns => AttributeType::N,
            AttributeType::Bs => AttributeType::B,
            other => unreachable!("`{other}` is no set; only the three set types are asked for"),
        };
        self.open_as(kind)?;
        self.json.open_array()?;
        let mut first = true;
        while self.json.next_element(&mut first)? {
            self.element = Some(element);
            let start = self.json.at();
            let read = each(self);
            self.element = None;
            read?;
            if self.json.at() == start {
                self.json.skip()?;
            }
        }
        self.close()
    }
}
