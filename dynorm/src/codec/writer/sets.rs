//! Sets: bare elements of one type, no two of them equal.

use std::collections::HashSet;

use super::{Place, Result, Writer};
use crate::codec::AttributeType;
use crate::error::EncodeError;

impl Writer {
    /// Writes a set of strings; equal ones are merged.
    ///
    /// # Errors
    /// If there are none, or if no set can stand here.
    pub fn string_set<T: AsRef<str>>(&mut self, elements: impl IntoIterator<Item = T>) -> Result<()> {
        self.set(AttributeType::Ss, |set| elements.into_iter().try_for_each(|element| set.string(element.as_ref())))
    }

    /// Writes a set of numbers from their texts; equal ones are merged.
    ///
    /// # Errors
    /// If there are none, one of them is no number that DynamoDB can hold, or no set can stand here.
    pub fn number_set<T: AsRef<str>>(&mut self, elements: impl IntoIterator<Item = T>) -> Result<()> {
        self.set(AttributeType::Ns, |set| elements.into_iter().try_for_each(|element| set.number(element.as_ref())))
    }

    /// Writes a set of byte strings; equal ones are merged.
    ///
    /// # Errors
    /// If there are none, or if no set can stand here.
    pub fn binary_set<T: AsRef<[u8]>>(&mut self, elements: impl IntoIterator<Item = T>) -> Result<()> {
        self.set(AttributeType::Bs, |set| elements.into_iter().try_for_each(|element| set.binary(element.as_ref())))
    }

    /// Writes a set whose elements are written like attributes of their own.
    pub(crate) fn set(&mut self, kind: AttributeType, elements: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let element = match kind {
            AttributeType::Ss => AttributeType::S,
            AttributeType::Ns => AttributeType::N,
            AttributeType::Bs => AttributeType::B,
            other => unreachable!("`{other}` is no set; only the three set types are asked for"),
        };
        let mark = self.mark();
        self.begin(kind)?;
        let outer = std::mem::replace(&mut self.place, Place::Set(element));
        self.bytes.push(b'[');
        self.elements.clear();
        let written = elements(self).and_then(|()| self.merge_equal_elements());
        written.inspect_err(|_| self.back_to(mark))?;
        self.bytes.push(b']');
        self.place = outer;
        self.end();
        Ok(())
    }

    /// Drops the elements of the open set that are there already, as DynamoDB refuses them.
    fn merge_equal_elements(&mut self) -> Result<()> {
        if self.verbatim {
            return Ok(());
        }
        let Some(&(first, _)) = self.elements.first() else { return Err(EncodeError::empty_set()) };
        let next = self.elements.iter().skip(1).map(|&(start, size)| (start - 1, size));
        let mut seen = HashSet::with_capacity(self.elements.len());
        let (mut unique, mut merged) = (Vec::with_capacity(self.elements.len()), 0);
        for (&(start, before), (end, after)) in self.elements.iter().zip(next.chain([(self.bytes.len(), self.size)])) {
            let element = self.bytes.get(start..end).unwrap_or_default();
            if seen.insert(element) {
                unique.push(element);
            } else {
                merged += after - before;
            }
        }
        if unique.len() < self.elements.len() {
            let unique = unique.join(&b',');
            self.bytes.truncate(first);
            self.bytes.extend_from_slice(&unique);
            self.size -= merged;
        }
        Ok(())
    }

    pub(super) fn begin_element(&mut self, element: AttributeType, kind: AttributeType) -> Result<()> {
        if element != kind {
            return Err(EncodeError::invalid(format!("an element of a set of {element} was written as {kind}")));
        }
        if self.bytes.last() != Some(&b'[') {
            self.bytes.push(b',');
        }
        self.elements.push((self.bytes.len(), self.size));
        Ok(())
    }
}
