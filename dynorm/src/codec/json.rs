//! A cursor over plain JSON: the tokens of DynamoDB's responses, without a tree.

use std::borrow::Cow;
use std::fmt;

use super::text::plain_len;
use crate::error::DecodeError;

type Result<T> = std::result::Result<T, DecodeError>;

/// How deep arrays and objects may be nested in a value that is skipped, one bit each: two for a DynamoDB level, and
/// some for the response around the item.
const MAX_NESTING: u32 = u128::BITS;

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

    /// A string; borrowed where it has no escapes.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>> {
        self.require(b'"', "expected a string")?;
        self.string_tail()
    }

    /// The rest of a string whose opening quote is behind the cursor.
    #[inline]
    pub(super) fn string_tail(&mut self) -> Result<Cow<'a, str>> {
        let plain = self.plain()?;
        if self.byte() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        let mut owned = plain.to_owned();
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(owned));
                }
                Some(b'\\') => owned.push(self.escape()?),
                _ => return Err(self.malformed("a control character in a string")),
            }
            owned.push_str(self.plain()?);
        }
    }

    /// The text up to the next quote, backslash or control character.
    #[inline]
    fn plain(&mut self) -> Result<&'a str> {
        let start = self.at;
        let end = start + plain_len(self.rest());
        match self.text.get(start..end) {
            Some(plain) => {
                self.at = end;
                Ok(plain)
            }
            None => Err(self.malformed("invalid UTF-8")),
        }
    }

    /// One escape; two for the halves of a surrogate pair.
    #[cold]
    fn escape(&mut self) -> Result<char> {
        self.at += 1;
        let plain = match self.byte() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.malformed("unknown escape")),
        };
        self.at += 1;
        Ok(plain)
    }

    fn unicode_escape(&mut self) -> Result<char> {
        let first = self.hex4()?;
        let units = if (0xd800..0xdc00).contains(&first) && self.byte() == Some(b'\\') {
            self.at += 1;
            [first, self.hex4()?]
        } else {
            [first, 0]
        };
        match char::decode_utf16(units).next() {
            Some(Ok(char)) => Ok(char),
            _ => Err(self.malformed("an unpaired surrogate")),
        }
    }

    /// `uXXXX`, at the `u`.
    fn hex4(&mut self) -> Result<u16> {
        let digits = match self.rest() {
            [b'u', digits @ ..] => digits.first_chunk::<4>(),
            _ => None,
        };
        let unit = digits.and_then(|digits| {
            digits.iter().try_fold(0, |unit, &digit| Some(unit << 4 | char::from(digit).to_digit(16)? as u16))
        });
        match unit {
            Some(unit) => {
                self.at += 5;
                Ok(unit)
            }
            None => Err(self.malformed("expected four hexadecimal digits")),
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

    /// A JSON number, as its text.
    fn number(&mut self) -> Result<&'a str> {
        self.peek();
        let start = self.at;
        self.at += usize::from(self.byte() == Some(b'-'));
        let whole = self.at;
        if self.digits()? > 1 && self.text.as_bytes().get(whole) == Some(&b'0') {
            return Err(self.malformed("a number with a leading zero"));
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    fn digits(&mut self) -> Result<usize> {
        match self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count() {
            0 => Err(self.malformed("expected a value")),
            count => {
                self.at += count;
                Ok(count)
            }
        }
    }

    /// Skips a string, checking it but allocating nothing.
    fn skip_string(&mut self) -> Result<()> {
        self.require(b'"', "expected a string")?;
        loop {
            self.at += plain_len(self.rest());
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.escape()?;
                }
                _ => return Err(self.malformed("a control character in a string")),
            }
        }
    }

    /// Skips one value of any kind, and gives its text. Nothing is allocated, and no recursion is needed.
    pub(crate) fn skip(&mut self) -> Result<&'a str> {
        self.peek();
        let start = self.at;
        // One bit for each open array or object: set for an object.
        let mut open: u128 = 0;
        let mut depth: u32 = 0;
        loop {
            let close = match self.peek() {
                Some(b'{') => Some(b'}'),
                Some(b'[') => Some(b']'),
                Some(b'"') => {
                    self.skip_string()?;
                    None
                }
                Some(b't' | b'f') => {
                    self.boolean()?;
                    None
                }
                Some(b'n') if self.eat_null() => None,
                _ => {
                    self.number()?;
                    None
                }
            };
            if let Some(close) = close {
                self.at += 1;
                if !self.eat(close) {
                    if depth == MAX_NESTING {
                        return Err(DecodeError::too_deep());
                    }
                    depth += 1;
                    open = open << 1 | u128::from(close == b'}');
                    if close == b'}' {
                        self.skip_name()?;
                    }
                    continue;
                }
            }
            loop {
                if depth == 0 {
                    return Ok(self.text.get(start..self.at).unwrap_or_default());
                }
                let object = open & 1 == 1;
                if self.eat(b',') {
                    if object {
                        self.skip_name()?;
                    }
                    break;
                }
                if object {
                    self.require(b'}', "expected `,` or `}`")?;
                } else {
                    self.require(b']', "expected `,` or `]`")?;
                }
                open >>= 1;
                depth -= 1;
            }
        }
    }

    fn skip_name(&mut self) -> Result<()> {
        self.skip_string()?;
        self.require(b':', "expected `:`")
    }
}
