//! Reads DynamoDB's JSON, one attribute value at a time.

mod older;
mod sets;

use std::borrow::Cow;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_types::base64;

use super::json::Json;
use super::{AttributeType, MAX_DEPTH, Number, transcode};
use crate::error::DecodeError;
use older::Older;
pub(crate) use older::OlderNames;

type Result<T> = std::result::Result<T, DecodeError>;

/// A cursor over the wire's bytes, positioned at one attribute value such as `{"S":"Persuasion"}`.
///
/// Each method reads that value and moves behind it. A value of another type is an error that says which, and so is
/// everything that is not DynamoDB's JSON; nothing panics or allocates more than the input holds.
///
/// ```
/// use dynorm::attribute::{stored, Attribute};
/// use dynorm::codec::{Reader, Writer};
/// use dynorm::error::{DecodeError, EncodeError};
///
/// struct Isbn(String);
///
/// impl Attribute for Isbn {
///     type Stored = stored::S;
///
///     fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
///         writer.string(&self.0)
///     }
///
///     fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
///         let text = reader.string()?;
///         if text.len() != 13 {
///             return Err(DecodeError::invalid("an ISBN has 13 digits"));
///         }
///         Ok(Self(text.into_owned()))
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Reader<'a> {
    json: Json<'a>,
    depth: u8,
    /// The type of the elements while a set is read: they are bare strings.
    element: Option<AttributeType>,
    /// What was read under an older name, if somebody wants to know.
    older_names: Option<Box<OlderNames>>,
    older: Older,
}

impl<'a> Reader<'a> {
    /// A reader of one attribute value.
    ///
    /// # Errors
    /// If the bytes are not UTF-8.
    pub fn new(json: &'a [u8]) -> Result<Self> {
        Json::from_bytes(json).map(Self::at)
    }

    /// A reader at the position of `json`.
    pub(crate) fn at(json: Json<'a>) -> Self {
        Self { json, depth: 0, element: None, older_names: None, older: Older::Waits }
    }

    /// The position as plain JSON, to read on behind the value.
    pub(crate) fn json(&mut self) -> &mut Json<'a> {
        &mut self.json
    }

    /// Checks that nothing is left behind the value.
    pub(crate) fn end(&mut self) -> Result<()> {
        self.json.end()
    }

    /// The type of the value, which stays to be read.
    ///
    /// # Errors
    /// If this is no attribute value.
    pub fn kind(&mut self) -> Result<AttributeType> {
        if let Some(element) = self.element {
            return Ok(element);
        }
        let start = self.json;
        let kind = self.open()?;
        self.json = start;
        Ok(kind)
    }

    /// Reads a string, borrowed where the JSON needs no escapes.
    ///
    /// # Errors
    /// If the value is no string.
    #[inline]
    pub fn string(&mut self) -> Result<Cow<'a, str>> {
        if self.json.eat_exact(b"{\"S\":\"") {
            return self.text_tail();
        }
        self.text(AttributeType::S)
    }

    /// Reads the digits of a number as they are stored: a valid DynamoDB number, perhaps with an exponent.
    ///
    /// # Errors
    /// If the value is no number.
    pub fn number(&mut self) -> Result<Cow<'a, str>> {
        let digits = self.digits()?;
        match Number::parse(&digits) {
            Some(_) => Ok(digits),
            None => Err(DecodeError::invalid("not a number")),
        }
    }

    /// Reads the text of a number, which the caller is about to parse.
    #[inline]
    pub(crate) fn digits(&mut self) -> Result<Cow<'a, str>> {
        if self.json.eat_exact(b"{\"N\":\"") {
            return self.text_tail();
        }
        self.text(AttributeType::N)
    }

    /// Reads bytes.
    ///
    /// # Errors
    /// If the value is no binary, or not base64.
    pub fn binary(&mut self) -> Result<Vec<u8>> {
        let text = self.text(AttributeType::B)?;
        base64::decode(text.as_ref()).map_err(|_| DecodeError::malformed("invalid base64", self.json.at()))
    }

    /// Reads a boolean.
    ///
    /// # Errors
    /// If the value is no boolean.
    pub fn boolean(&mut self) -> Result<bool> {
        self.open_as(AttributeType::Bool)?;
        let value = self.json.boolean()?;
        self.close()?;
        Ok(value)
    }

    /// Reads `NULL`, if the value is that; if not, it stays to be read.
    ///
    /// # Errors
    /// If this is no attribute value.
    #[inline]
    pub fn null(&mut self) -> Result<bool> {
        if self.json.at_short_tag() || self.kind()? != AttributeType::Null {
            return Ok(false);
        }
        self.null_value()?;
        Ok(true)
    }

    /// Reads the boolean that stands for `NULL`.
    pub(super) fn null_value(&mut self) -> Result<bool> {
        self.open_as(AttributeType::Null)?;
        let value = self.json.boolean()?;
        self.close()?;
        Ok(value)
    }

    /// Reads a list: `each` reads one element and gets its index; an element that it leaves is skipped.
    ///
    /// # Errors
    /// If the value is no list, nested too deeply, or `each` fails; the index is added to that error's path.
    pub fn list(&mut self, mut each: impl FnMut(&mut Self, usize) -> Result<()>) -> Result<()> {
        self.open_as(AttributeType::L)?;
        self.descend()?;
        self.json.open_array()?;
        let (mut first, mut index) = (true, 0);
        while self.json.next_element(&mut first)? {
            self.one(|reader| each(reader, index)).map_err(|error| error.at_index(index))?;
            index += 1;
        }
        self.ascend();
        self.close()
    }

    /// Reads a map: `each` reads one entry's value and gets its name; a value that it leaves is skipped.
    ///
    /// # Errors
    /// If the value is no map, nested too deeply, or `each` fails; the name is added to that error's path.
    pub fn map(&mut self, each: impl FnMut(Cow<'a, str>, &mut Self) -> Result<()>) -> Result<()> {
        self.open_as(AttributeType::M)?;
        self.members(each)?;
        self.close()
    }

    /// Reads `{"name":{..},..}`: an item, or what is inside a map.
    pub(crate) fn members(&mut self, mut each: impl FnMut(Cow<'a, str>, &mut Self) -> Result<()>) -> Result<()> {
        self.descend()?;
        self.json.open_object()?;
        let mut first = true;
        loop {
            let start = self.json;
            let was_first = first;
            let Some(name) = self.json.next_name(&mut first)? else { break };
            // `each` took the name, so the error's path reads it again.
            self.one(|reader| each(name, reader)).map_err(|error| {
                let (mut start, mut first) = (start, was_first);
                match start.next_name(&mut first) {
                    Ok(Some(name)) => error.in_attribute(name.into_owned()),
                    _ => error,
                }
            })?;
        }
        self.ascend();
        Ok(())
    }

    /// Skips the value, whatever it is.
    ///
    /// # Errors
    /// If this is not JSON.
    pub fn skip(&mut self) -> Result<()> {
        self.json.skip().map(drop)
    }

    /// Skips the value and gives its JSON.
    ///
    /// # Errors
    /// If this is not JSON.
    pub fn raw(&mut self) -> Result<&'a str> {
        self.json.skip()
    }

    /// Looks at what comes, then goes back to where it was.
    pub(crate) fn look_ahead<T>(&mut self, look: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let (json, depth, element) = (self.json, self.depth, self.element);
        let seen = look(self);
        (self.json, self.depth, self.element) = (json, depth, element);
        seen
    }

    /// Reads any value as the SDK's type.
    ///
    /// # Errors
    /// If this is no attribute value, or nested too deeply.
    pub fn value(&mut self) -> Result<AttributeValue> {
        transcode::read_value(self)
    }

    /// Lets `read` take one value; skips it if it was left.
    #[inline]
    fn one(&mut self, read: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.json.peek();
        let start = self.json.at();
        read(self)?;
        if self.json.at() == start { self.skip() } else { Ok(()) }
    }

    /// Opens a map, and leaves its object to be read.
    pub(crate) fn open_map(&mut self) -> Result<()> {
        self.open_as(AttributeType::M)
    }

    /// Closes the map whose object was read.
    pub(crate) fn close_map(&mut self) -> Result<()> {
        self.close()
    }

    #[inline]
    pub(crate) fn descend(&mut self) -> Result<()> {
        // The item itself is a level of this counter, but none of DynamoDB's.
        if self.depth > MAX_DEPTH {
            return Err(DecodeError::too_deep());
        }
        self.depth += 1;
        Ok(())
    }

    #[inline]
    pub(crate) fn ascend(&mut self) {
        self.depth -= 1;
    }

    /// The rest of `{"S":"..."}`, behind the opening quote of the text.
    #[inline]
    fn text_tail(&mut self) -> Result<Cow<'a, str>> {
        let text = self.json.string_tail()?;
        if !self.json.eat_exact(b"}") {
            self.close()?;
        }
        Ok(text)
    }

    /// A string, number or binary as its text, in any valid form.
    fn text(&mut self, expected: AttributeType) -> Result<Cow<'a, str>> {
        if let Some(element) = self.element {
            if element != expected {
                return Err(DecodeError::wrong_type(expected, element));
            }
            return self.json.string();
        }
        self.open_as(expected)?;
        let text = self.json.string()?;
        self.close()?;
        Ok(text)
    }

    #[inline]
    fn open_as(&mut self, expected: AttributeType) -> Result<()> {
        if self.json.eat_tag(expected.descriptor()) {
            return Ok(());
        }
        let found = match self.element {
            Some(element) => element,
            None => self.open()?,
        };
        if found == expected { Ok(()) } else { Err(DecodeError::wrong_type(expected, found)) }
    }

    /// Opens `{"S":`, which gives the type, and stops at the value inside.
    fn open(&mut self) -> Result<AttributeType> {
        self.json.open_object()?;
        let mut first = true;
        while let Some(name) = self.json.next_name(&mut first)? {
            if !self.skip_filler(&name)? {
                return AttributeType::from_descriptor(&name)
                    .ok_or_else(|| self.json.malformed("an attribute value of an unknown type"));
            }
        }
        Err(self.json.malformed("an attribute value without a type"))
    }

    /// Closes an attribute value.
    #[inline]
    fn close(&mut self) -> Result<()> {
        let mut first = false;
        while let Some(name) = self.json.next_name(&mut first)? {
            if !self.skip_filler(&name)? {
                return Err(self.json.malformed("an attribute value of two types"));
            }
        }
        Ok(())
    }

    /// Skips a member that the SDK ignores in an attribute value as well: `null`s and `__type`.
    fn skip_filler(&mut self, name: &str) -> Result<bool> {
        let filler = self.json.eat_null();
        if !filler && name == "__type" {
            self.json.skip()?;
            return Ok(true);
        }
        Ok(filler)
    }
}
