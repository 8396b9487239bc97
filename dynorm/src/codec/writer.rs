//! Writes DynamoDB's JSON, and keeps account of what DynamoDB will charge for it.

mod sets;

use std::fmt;

use aws_smithy_types::base64;

use super::text::push_string;
use super::{AttributeType, MAX_DEPTH, Number};
use crate::error::EncodeError;

type Result<T> = std::result::Result<T, EncodeError>;

/// Appends attribute values such as `{"S":"Persuasion"}` to the wire's bytes.
///
/// A value is written by exactly one call; [`list`](Writer::list) and [`map`](Writer::map) take a closure that writes
/// what is inside. When a call fails, it leaves nothing behind.
///
/// ```
/// use dynorm::attribute::{stored, Attribute};
/// use dynorm::codec::{to_json, Reader, Writer};
/// use dynorm::error::{DecodeError, EncodeError};
///
/// struct Point { x: i32, y: i32 }
///
/// impl Attribute for Point {
///     type Stored = stored::M;
///
///     fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
///         writer.map(|map| {
///             map.entry("x", |writer| self.x.write(writer))?;
///             map.entry("y", |writer| self.y.write(writer))
///         })
///     }
///
///     fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
///         let mut point = Self { x: 0, y: 0 };
///         reader.map(|name, reader| {
///             match &*name {
///                 "x" => point.x = i32::read(reader)?,
///                 "y" => point.y = i32::read(reader)?,
///                 _ => {}
///             }
///             Ok(())
///         })?;
///         Ok(point)
///     }
/// }
///
/// assert_eq!(to_json(&Point { x: 1, y: -2 })?, br#"{"M":{"x":{"N":"1"},"y":{"N":"-2"}}}"#);
/// # Ok::<(), EncodeError>(())
/// ```
pub struct Writer {
    bytes: Vec<u8>,
    size: usize,
    depth: u8,
    place: Place,
    /// Where each element of the open set starts, and the size before it.
    elements: Vec<(usize, usize)>,
    verbatim: bool,
    /// What is written is read here, and not sent.
    for_reading: bool,
}

/// What may be written next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// One value.
    Slot,
    /// Nothing: the one value is there.
    Full,
    /// The elements of a list, of which so many are there.
    Elements(usize),
    /// The elements of a set of this type, which are bare strings.
    Set(AttributeType),
    /// The entries of a map.
    Members,
}

/// What a failed call goes back to.
#[derive(Debug, Clone, Copy)]
struct Mark {
    len: usize,
    size: usize,
    depth: u8,
    place: Place,
}

impl fmt::Debug for Writer {
    // The bytes are somebody's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("len", &self.bytes.len()).field("size", &self.size).finish_non_exhaustive()
    }
}

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

impl Writer {
    /// A writer of one value.
    pub fn new() -> Self {
        Self {
            bytes: Vec::new(),
            size: 0,
            depth: 0,
            place: Place::Slot,
            elements: Vec::new(),
            verbatim: false,
            for_reading: false,
        }
    }

    /// A writer of one value that is probably no longer than this.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), ..Self::new() }
    }

    /// A writer that takes numbers and sets as they are, because they were read and not made.
    pub(super) fn verbatim() -> Self {
        Self { verbatim: true, ..Self::new() }
    }

    /// The same, behind bytes that are there already.
    pub(super) fn verbatim_behind(bytes: Vec<u8>) -> Self {
        Self { bytes, ..Self::verbatim() }
    }

    /// The same, for what is only read: see [`Self::unknown`].
    pub(super) fn for_reading(mut self) -> Self {
        self.for_reading = true;
        self
    }

    /// Writes a value of a type that the SDK does not know: to be read, an object without a type, which is an error for whoever reads it, and passed
    /// over by whoever does not know the attribute.
    ///
    /// # Errors
    /// If it is to be sent.
    pub(super) fn unknown(&mut self) -> Result<()> {
        if !self.for_reading {
            return Err(EncodeError::invalid(
                "an attribute value of a type that this version of the SDK does not know",
            ));
        }
        self.copy(b"{}")
    }

    /// How many bytes DynamoDB counts at least for what was written: names and values, by its own rules.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The JSON.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The JSON so far.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Writes a string.
    ///
    /// # Errors
    /// If no value, or none of this type, can stand here.
    #[inline]
    pub fn string(&mut self, text: &str) -> Result<()> {
        self.begin(AttributeType::S)?;
        push_string(&mut self.bytes, text);
        self.size += text.len();
        self.end();
        Ok(())
    }

    /// Writes a number from its text, in the form in which DynamoDB gives numbers back: `1.50` as `1.5`, `1E2` as
    /// `100`, `-0` as `0`.
    ///
    /// # Errors
    /// If the text is no number, has more than 38 significant digits or is out of range, or if no value, or none of
    /// this type, can stand here.
    pub fn number(&mut self, text: &str) -> Result<()> {
        if self.verbatim {
            self.begin(AttributeType::N)?;
            push_string(&mut self.bytes, text);
            self.end();
            return Ok(());
        }
        let number = Number::parse(text).ok_or_else(EncodeError::not_a_number)?;
        number.check()?;
        self.begin(AttributeType::N)?;
        self.bytes.push(b'"');
        number.push(&mut self.bytes);
        self.bytes.push(b'"');
        self.size += number_size(number.len());
        self.end();
        Ok(())
    }

    /// Writes an integer.
    #[inline]
    pub(crate) fn integer(&mut self, value: impl itoa::Integer) -> Result<()> {
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(value);
        if digits.len() > 38 {
            return self.number(digits);
        }
        self.begin(AttributeType::N)?;
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(digits.as_bytes());
        self.bytes.push(b'"');
        self.size += number_size(digits.trim_start_matches('-').trim_end_matches('0').len());
        self.end();
        Ok(())
    }

    /// Writes bytes.
    ///
    /// # Errors
    /// If no value, or none of this type, can stand here.
    pub fn binary(&mut self, bytes: &[u8]) -> Result<()> {
        self.begin(AttributeType::B)?;
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(base64::encode(bytes).as_bytes());
        self.bytes.push(b'"');
        self.size += bytes.len();
        self.end();
        Ok(())
    }

    /// Writes a boolean.
    ///
    /// # Errors
    /// If no value can stand here.
    pub fn boolean(&mut self, value: bool) -> Result<()> {
        self.begin(AttributeType::Bool)?;
        self.bytes.extend_from_slice(if value { b"true" } else { b"false" });
        self.size += 1;
        self.end();
        Ok(())
    }

    /// Writes `NULL`.
    ///
    /// # Errors
    /// If no value can stand here.
    pub fn null(&mut self) -> Result<()> {
        self.null_as(true)
    }

    /// Writes `NULL` with the boolean that stands for it.
    pub(super) fn null_as(&mut self, value: bool) -> Result<()> {
        self.begin(AttributeType::Null)?;
        self.bytes.extend_from_slice(if value { b"true" } else { b"false" });
        self.size += 1;
        self.end();
        Ok(())
    }

    /// Writes a list: every value that `elements` writes is an element.
    ///
    /// # Errors
    /// If `elements` fails (the index is added to that error's path), at the 33rd level of nesting, or if no list can
    /// stand here.
    pub fn list(&mut self, elements: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.container(AttributeType::L, Place::Elements(0), b"[]", |list| {
            elements(list).map_err(|error| match list.place {
                // A value that fails leaves nothing behind, so the count is the index of the one that failed.
                Place::Elements(count) => error.at_index(count),
                _ => error,
            })
        })
    }

    /// Writes a map: `entries` writes each with [`Writer::entry`].
    ///
    /// # Errors
    /// If `entries` fails, at the 33rd level of nesting, or if no map can stand here.
    pub fn map(&mut self, entries: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.container(AttributeType::M, Place::Members, b"{}", entries)
    }

    /// Writes one entry of the open map, or one attribute of the open item; left out if `value` writes nothing.
    ///
    /// # Errors
    /// If `value` fails (the name is added to that error's path), or if no map is open.
    #[inline]
    pub fn entry(&mut self, name: &str, value: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        match self.open_entry(name) {
            Ok(mark) => {
                let written = value(self);
                self.close_entry(name, mark, written)
            }
            Err(error) => Err(error),
        }
    }

    /// What stands before the value of an entry. By itself, as what closes it, because `entry` is compiled for each kind of value.
    #[inline]
    fn open_entry(&mut self, name: &str) -> Result<Mark> {
        if self.place != Place::Members {
            return Err(EncodeError::invalid("an entry was written where no map is open"));
        }
        let mark = self.mark();
        if self.bytes.last() != Some(&b'{') {
            self.bytes.push(b',');
        }
        push_string(&mut self.bytes, name);
        self.bytes.push(b':');
        self.size += name.len() + usize::from(self.depth > 0);
        self.place = Place::Slot;
        Ok(mark)
    }

    #[inline]
    fn close_entry(&mut self, name: &str, mark: Mark, written: Result<()>) -> Result<()> {
        match written {
            Ok(()) if self.place == Place::Slot => self.back_to(mark),
            Ok(()) => self.place = Place::Members,
            Err(error) => {
                self.back_to(mark);
                return Err(error.in_attribute(name.to_owned()));
            }
        }
        Ok(())
    }

    /// Writes a value that was written before, or read: its JSON as it is. Its size is not counted.
    ///
    /// # Errors
    /// If no value can stand here.
    pub(crate) fn copy(&mut self, json: &[u8]) -> Result<()> {
        self.separate()?;
        self.bytes.extend_from_slice(json);
        Ok(())
    }

    /// Writes an item, `{"name":{..},..}`, or another object of attribute values: a key, the values of an expression.
    ///
    /// # Errors
    /// If `entries` fails, or if something was written before.
    pub fn item(&mut self, entries: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        if self.place != Place::Slot {
            return Err(misplaced());
        }
        let mark = self.mark();
        // Most items are smaller than this, and grow no more.
        if self.bytes.capacity() == 0 {
            self.bytes.reserve(512);
        }
        self.bytes.push(b'{');
        self.place = Place::Members;
        entries(self).inspect_err(|_| self.back_to(mark))?;
        self.bytes.push(b'}');
        self.place = Place::Full;
        Ok(())
    }

    fn container(
        &mut self,
        kind: AttributeType,
        inside: Place,
        brackets: &[u8; 2],
        write: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        if self.depth == MAX_DEPTH {
            return Err(EncodeError::too_deep());
        }
        let mark = self.mark();
        self.begin(kind)?;
        let outer = std::mem::replace(&mut self.place, inside);
        self.depth += 1;
        self.size += 3;
        self.bytes.push(brackets[0]);
        write(self).inspect_err(|_| self.back_to(mark))?;
        self.bytes.push(brackets[1]);
        self.depth -= 1;
        self.place = outer;
        self.end();
        Ok(())
    }

    /// Starts a value: what separates it from the one before, and its type.
    #[inline]
    fn begin(&mut self, kind: AttributeType) -> Result<()> {
        if let Place::Set(element) = self.place {
            return self.begin_element(element, kind);
        }
        self.separate()?;
        self.bytes.extend_from_slice(b"{\"");
        self.bytes.extend_from_slice(kind.descriptor().as_bytes());
        self.bytes.extend_from_slice(b"\":");
        Ok(())
    }

    /// Takes the place of the next value, behind what separates it from the one before.
    #[inline]
    fn separate(&mut self) -> Result<()> {
        match self.place {
            Place::Slot => self.place = Place::Full,
            Place::Elements(count) => {
                if count > 0 {
                    self.bytes.push(b',');
                }
                self.size += 1;
                self.place = Place::Elements(count + 1);
            }
            Place::Set(_) | Place::Full | Place::Members => return Err(misplaced()),
        }
        Ok(())
    }

    #[inline]
    fn end(&mut self) {
        if !matches!(self.place, Place::Set(_)) {
            self.bytes.push(b'}');
        }
    }

    #[inline]
    fn mark(&self) -> Mark {
        Mark { len: self.bytes.len(), size: self.size, depth: self.depth, place: self.place }
    }

    #[cold]
    fn back_to(&mut self, mark: Mark) {
        self.bytes.truncate(mark.len);
        self.size = mark.size;
        self.depth = mark.depth;
        self.place = mark.place;
    }
}

#[cold]
fn misplaced() -> EncodeError {
    EncodeError::invalid("a second value was written into one attribute, or a value without a name into a map")
}

/// At least what DynamoDB counts for a number: a byte for two digits, and one for the exponent.
fn number_size(significant_digits: usize) -> usize {
    significant_digits.div_ceil(2) + 1
}
