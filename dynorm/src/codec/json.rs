//! A cursor over plain JSON: the tokens of DynamoDB's responses, without a tree.

mod skip;
mod string;

use std::borrow::Cow;
use std::fmt;

use crate::error::DecodeError;

type Result<T> = std::result::Result<T, DecodeError>;

/// A position in a JSON text.
///
/// Every method skips leading white space, and leaves the cursor behind what it read. After an error the position means
/// nothing.
#[derive(Clone, Copy)]
pub(crate) struct Json<'a> {
    text: &'a str,
    at: usize,
}

impl fmt::Debug for Json<'_> {
    // The text is somebody's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Json").field("at", &self.at).field("len", &self.text.len()).finish()
    }
}

impl<'a> Json<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Checks that the bytes are UTF-8, once for all the strings in them.
    pub(crate) fn from_bytes(bytes: &'a [u8]) -> Result<Self> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(text)),
            Err(error) => Err(DecodeError::malformed("invalid UTF-8", error.valid_up_to())),
        }
    }

    /// The position in bytes.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// A cursor at another [position](Self::at) of the same text.
    pub(crate) fn moved(&self, at: usize) -> Self {
        Self { at, ..*self }
    }

    /// The text from an earlier position to this one.
    pub(crate) fn since(&self, start: &Self) -> &'a str {
        self.text.get(start.at..self.at).unwrap_or_default()
    }

    #[inline]
    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[cold]
    pub(super) fn malformed(&self, what: &'static str) -> DecodeError {
        DecodeError::malformed(if self.at < self.text.len() { what } else { "unexpected end" }, self.at)
    }

    /// The next byte that is not white space.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other,
            }
        }
    }

    /// Takes the byte if it comes next.
    #[inline]
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Takes exactly these bytes, without leading white space: the fast way for what DynamoDB always writes.
    #[inline]
    pub(super) fn eat_exact(&mut self, bytes: &[u8]) -> bool {
        let found = self.rest().starts_with(bytes);
        if found {
            self.at += bytes.len();
        }
        found
    }

    #[inline]
    pub(crate) fn require(&mut self, byte: u8, what: &'static str) -> Result<()> {
        if self.eat(byte) { Ok(()) } else { Err(self.malformed(what)) }
    }

    /// Checks that nothing but white space is left.
    pub(crate) fn end(&mut self) -> Result<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.malformed("expected the end")),
        }
    }

    /// Opens an object; [`Json::next_name`] then gives its names.
    #[inline]
    pub(crate) fn open_object(&mut self) -> Result<()> {
        self.require(b'{', "expected an object")
    }

    /// The next name in the open object, with the cursor at its value; `None` closes the object.
    #[inline]
    pub(crate) fn next_name(&mut self, first: &mut bool) -> Result<Option<Cow<'a, str>>> {
        if !self.next_of(first, b'}', "expected `,` or `}`")? {
            return Ok(None);
        }
        self.name().map(Some)
    }

    /// `"name":`
    #[inline]
    pub(crate) fn name(&mut self) -> Result<Cow<'a, str>> {
        let name = self.string()?;
        self.require(b':', "expected `:`")?;
        Ok(name)
    }

    /// Takes `"name":` if it comes next in exactly these bytes. The name must be one that needs no escapes.
    #[inline]
    pub(crate) fn eat_plain_name(&mut self, name: &str) -> bool {
        let found = matches!(
            self.rest().strip_prefix(b"\"").and_then(|rest| rest.strip_prefix(name.as_bytes())),
            Some([b'"', b':', ..])
        );
        if found {
            self.at += name.len() + 3;
        }
        found
    }

    /// Takes `{"TAG":` of an attribute value if it comes next in exactly these bytes, and no `null` follows.
    #[inline]
    pub(super) fn eat_tag(&mut self, tag: &str) -> bool {
        let found = matches!(
            self.rest().strip_prefix(b"{\"").and_then(|rest| rest.strip_prefix(tag.as_bytes())),
            Some([b'"', b':', inner, ..]) if *inner != b'n'
        );
        if found {
            self.at += tag.len() + 4;
        }
        found
    }

    /// Whether an attribute value of a one-letter type (S, N, B, L, M) comes next, in exactly these bytes.
    #[inline]
    pub(super) fn at_short_tag(&self) -> bool {
        matches!(self.rest(), [b'{', b'"', _, b'"', b':', inner, ..] if *inner != b'n')
    }

    /// Opens an array; [`Json::next_element`] then goes through it.
    #[inline]
    pub(crate) fn open_array(&mut self) -> Result<()> {
        self.require(b'[', "expected an array")
    }

    /// Whether the open array has another element, which the cursor is then at; `false` closes the array.
    #[inline]
    pub(crate) fn next_element(&mut self, first: &mut bool) -> Result<bool> {
        self.next_of(first, b']', "expected `,` or `]`")
    }

    #[inline]
    pub(crate) fn next_of(&mut self, first: &mut bool, close: u8, what: &'static str) -> Result<bool> {
        let was_first = std::mem::replace(first, false);
        match self.peek() {
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(false)
            }
            _ if was_first => Ok(true),
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            _ => Err(self.malformed(what)),
        }
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&mut self) -> Result<bool> {
        self.peek();
        if self.eat_exact(b"true") {
            Ok(true)
        } else if self.eat_exact(b"false") {
            Ok(false)
        } else {
            Err(self.malformed("expected true or false"))
        }
    }

    /// Takes a `null` if one comes next.
    pub(crate) fn eat_null(&mut self) -> bool {
        self.peek();
        self.eat_exact(b"null")
    }
}
