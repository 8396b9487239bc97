//! Where the value of one key part is written to.

use super::escape;
use super::fixed::Fixed;
use super::part::KeyPart;
use super::value::KeyValue;
use crate::error::{KeyError, KeyProblem};
use crate::schema::{Format, KeyKind, Part, Segment};

/// What stands behind a part in its attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Follow {
    /// A literal, which starts with this character.
    Delimiter(char),
    /// Another part.
    Part,
    /// Nothing.
    End,
}

impl Follow {
    /// What the segments behind a part start with.
    pub(crate) fn of(behind: &[Segment]) -> Self {
        for segment in behind {
            match segment {
                Segment::Part(_) => return Self::Part,
                Segment::Literal(text) => {
                    if let Some(delimiter) = text.chars().next() {
                        return Self::Delimiter(delimiter);
                    }
                }
            }
        }
        Self::End
    }
}

/// Takes the value of one key part. The runtime says which part it is, generated code gives the value.
#[derive(Clone)]
pub struct PartSink {
    part: Option<(Part, Follow)>,
    text: String,
    plain: Option<KeyValue>,
    fixed: Option<Fixed>,
    absent: bool,
}

impl PartSink {
    /// A sink that can be used for one part after the other.
    #[must_use]
    pub const fn new() -> Self {
        Self { part: None, text: String::new(), plain: None, fixed: None, absent: false }
    }

    /// Forgets what was written; the text's memory is kept.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.plain = None;
        self.fixed = None;
        self.absent = false;
    }

    /// Says which part is written next.
    pub(crate) fn begin_part(&mut self, part: Part, follow: Follow) {
        self.part = Some((part, follow));
    }

    pub(crate) fn literal(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// The text of the template that was written so far.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The shape of the part that was written last.
    pub(crate) fn fixed(&self) -> Option<Fixed> {
        self.fixed
    }

    pub(crate) fn is_absent(&self) -> bool {
        self.absent
    }

    /// The value of the attribute: the plain one, or the text of its template.
    pub(crate) fn take(&mut self) -> KeyValue {
        self.plain.take().unwrap_or_else(|| KeyValue::S(std::mem::take(&mut self.text)))
    }

    /// Notes that the part has no value.
    pub fn absent(&mut self) {
        self.absent = true;
    }

    /// Answers a part that the model does not have.
    ///
    /// # Errors
    /// Always.
    pub fn unknown(&mut self, _index: usize) -> Result<(), KeyError> {
        Err(KeyProblem::Form.into())
    }

    /// Writes a value.
    ///
    /// # Errors
    /// If the value cannot be this part.
    pub fn write<T: KeyPart>(&mut self, value: &T) -> Result<(), KeyError> {
        self.write_with(T::fixed, || value.plain(), |format, out| value.text(format, out))
    }

    /// Writes text that is borrowed.
    pub(crate) fn write_str(&mut self, value: &str) -> Result<(), KeyError> {
        self.write_with(
            |_| None,
            || Ok(KeyValue::S(value.to_owned())),
            |format, out| super::text::push(value, format, out),
        )
    }

    /// Writes bytes that are borrowed.
    pub(crate) fn write_bytes(&mut self, value: &[u8]) -> Result<(), KeyError> {
        self.write_with(|_| None, || Ok(KeyValue::B(value.to_owned())), |_, _| Err(KeyProblem::Form.into()))
    }

    fn write_with(
        &mut self,
        fixed: impl FnOnce(Format) -> Option<Fixed>,
        plain: impl FnOnce() -> Result<KeyValue, KeyError>,
        text: impl FnOnce(Format, &mut String) -> Result<(), KeyError>,
    ) -> Result<(), KeyError> {
        let Some((part, follow)) = self.part else { return Err(KeyProblem::Form.into()) };
        let written = if part.format == Format::Plain {
            plain().map(|value| self.plain = Some(value))
        } else {
            self.fixed = fixed(part.format);
            self.write_text(part, follow, text)
        };
        written.map_err(|error| error.in_part(part.field))
    }

    fn write_text(
        &mut self,
        part: Part,
        follow: Follow,
        text: impl FnOnce(Format, &mut String) -> Result<(), KeyError>,
    ) -> Result<(), KeyError> {
        let start = self.text.len();
        if part.format == Format::Escape {
            text(Format::Text, &mut self.text)?;
            return match follow {
                Follow::End => Ok(()),
                Follow::Part => Err(KeyProblem::Template.into()),
                Follow::Delimiter(delimiter) => {
                    let plain = self.text.split_off(start);
                    escape::escape(&plain, delimiter, &mut self.text)
                }
            };
        }
        text(part.format, &mut self.text)?;
        match (self.fixed, follow) {
            (Some(fixed), _) => {
                if part.descending {
                    fixed.alphabet.complement(&mut self.text, start);
                }
                Ok(())
            }
            (None, _) if part.descending => Err(KeyProblem::Form.into()),
            (None, Follow::End) => Ok(()),
            (None, Follow::Part) => Err(KeyProblem::Template.into()),
            (None, Follow::Delimiter(delimiter)) => {
                escape::check(self.text.get(start..).unwrap_or_default(), delimiter)
            }
        }
    }
}

impl Default for PartSink {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for PartSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PartSink").field("part", &self.part).finish_non_exhaustive()
    }
}

/// The empty value of a kind is none that DynamoDB stores in a key.
pub(crate) fn is_empty(value: &KeyValue) -> bool {
    matches!(value.kind(), KeyKind::S | KeyKind::B) && value.size() == 0
}
