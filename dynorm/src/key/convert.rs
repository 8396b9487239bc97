//! Parts of key templates, converted to the attributes of their fields and back.

use super::part::PartFacts;
use super::sink::PartSink;
use super::template::TemplateReader;
use crate::codec::{Reader, Writer};
use crate::error::Error;
use crate::private::Attr;

/// An attribute by its name, with its value's JSON.
pub(crate) type Attribute = (&'static str, Vec<u8>);

/// What is to be done with one part of a template. The runtime says what, generated code which field it is.
pub struct PartJob<'j, 't>(Job<'j, 't>);

enum Job<'j, 't> {
    /// Say which attribute the field is stored in.
    Name(&'j mut &'static str),
    /// Read the part from a stored key, and write the attribute.
    ToAttribute(&'j mut TemplateReader<'t>, &'j mut Vec<Attribute>),
    /// Read the attribute's value, and write it as a part of a key.
    ToKey(&'j [u8], &'j mut PartSink),
}

impl<'j, 't> PartJob<'j, 't> {
    pub(crate) fn name(name: &'j mut &'static str) -> Self {
        Self(Job::Name(name))
    }

    pub(crate) fn to_attribute(text: &'j mut TemplateReader<'t>, attributes: &'j mut Vec<Attribute>) -> Self {
        Self(Job::ToAttribute(text, attributes))
    }

    pub(crate) fn to_key(value: &'j [u8], sink: &'j mut PartSink) -> Self {
        Self(Job::ToKey(value, sink))
    }

    /// Does it for a field that always has a value.
    ///
    /// # Errors
    /// If the text is no such part, or the attribute no such value.
    pub fn run<T>(self, name: &'static str, part: PartFacts<T>, attr: Attr<T>) -> Result<(), Error> {
        self.run_optional(name, part, attr, |value| Some(value), |value| value)
    }

    /// Does it for a field of an index key, which may have none.
    ///
    /// # Errors
    /// If the text is no such part, or the attribute no such value.
    pub fn run_optional<F, T>(
        self,
        name: &'static str,
        part: PartFacts<T>,
        attr: Attr<F>,
        get: fn(&F) -> Option<&T>,
        of: fn(T) -> F,
    ) -> Result<(), Error> {
        match self.0 {
            Job::Name(out) => *out = name,
            Job::ToAttribute(text, attributes) => {
                let mut value = Writer::new();
                attr.put(&of(part.read(text)?), &mut value)?;
                attributes.push((name, value.into_bytes()));
            }
            Job::ToKey(value, sink) => part.push_option(get(&attr.get(&mut Reader::new(value)?)?), sink)?,
        }
        Ok(())
    }

    /// Answers a part that the model does not have.
    ///
    /// # Errors
    /// Always.
    pub fn unknown(self) -> Result<(), Error> {
        Err(crate::error::KeyError::new(crate::error::KeyProblem::Form).into())
    }
}

impl std::fmt::Debug for PartJob<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Job::Name(_) => "PartJob::Name",
            Job::ToAttribute(..) => "PartJob::ToAttribute",
            Job::ToKey(..) => "PartJob::ToKey",
        })
    }
}
