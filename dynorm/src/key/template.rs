//! Stored template keys, read back into their parts.

use super::escape;
use super::part::KeyPart;
use super::sink::Follow;
use crate::error::{KeyError, KeyProblem};
use crate::schema::{Format, KeyAttribute, Part, Segment};

/// Reads the parts of a stored template key, in their order.
///
/// Only the one text that a value is written as is read: `"1995-978"` for `{year:04}-{isbn}`, not `"01995-978"`.
#[derive(Debug, Clone)]
pub struct TemplateReader<'a> {
    segments: &'static [Segment],
    name: &'static str,
    rest: &'a str,
}

impl<'a> TemplateReader<'a> {
    /// Starts at the first part of a key attribute.
    #[must_use]
    pub fn new(attribute: &'static KeyAttribute, stored: &'a str) -> Self {
        Self { segments: attribute.segments, name: attribute.name, rest: stored }
    }

    /// Reads the next part.
    ///
    /// # Errors
    /// If the stored text does not go on as the template does, or the part is no `T`.
    pub fn part<T: KeyPart>(&mut self) -> Result<T, KeyError> {
        let part = self.literals()?.ok_or_else(|| KeyError::new(KeyProblem::Malformed).in_attribute(self.name))?;
        self.read(part).map_err(|error| error.in_part(part.field).in_attribute(self.name))
    }

    /// Ends after the last part.
    ///
    /// # Errors
    /// If there is more, or less, than the template has.
    pub fn finish(mut self) -> Result<(), KeyError> {
        let part = self.literals()?;
        if part.is_none() && self.rest.is_empty() {
            return Ok(());
        }
        Err(KeyError::new(KeyProblem::Malformed).in_attribute(self.name))
    }

    /// Goes over literals to the next part.
    fn literals(&mut self) -> Result<Option<Part>, KeyError> {
        while let Some((segment, behind)) = self.segments.split_first() {
            self.segments = behind;
            match segment {
                Segment::Part(part) => return Ok(Some(*part)),
                Segment::Literal(text) => {
                    let rest = self.rest.strip_prefix(text);
                    self.rest = rest.ok_or_else(|| KeyError::new(KeyProblem::Malformed).in_attribute(self.name))?;
                }
            }
        }
        Ok(None)
    }

    fn read<T: KeyPart>(&mut self, part: Part) -> Result<T, KeyError> {
        let follow = Follow::of(self.segments);
        if let Some(fixed) = T::fixed(part.format) {
            let text = self.take(Some(fixed.width))?;
            if !part.descending {
                return T::parse(text, part.format);
            }
            let mut ascending = text.to_owned();
            fixed.alphabet.complement(&mut ascending, 0);
            return T::parse(&ascending, part.format);
        }
        match (follow, part.format) {
            (Follow::Part, _) => Err(KeyProblem::Template.into()),
            (Follow::Delimiter(delimiter), format) => {
                let text = self.take(self.rest.find(delimiter))?;
                escape::check(text, delimiter).map_err(|_| KeyProblem::Malformed)?;
                match format {
                    Format::Escape => T::parse(&escape::unescape(text, delimiter)?, Format::Text),
                    _ => T::parse(text, format),
                }
            }
            (Follow::End, Format::Escape) => T::parse(std::mem::take(&mut self.rest), Format::Text),
            (Follow::End, format) => T::parse(std::mem::take(&mut self.rest), format),
        }
    }

    fn take(&mut self, bytes: Option<usize>) -> Result<&'a str, KeyError> {
        let (text, rest) = bytes.and_then(|at| self.rest.split_at_checked(at)).ok_or(KeyProblem::Malformed)?;
        self.rest = rest;
        Ok(text)
    }
}
