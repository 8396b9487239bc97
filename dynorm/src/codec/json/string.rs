//! Strings, with their escapes.

use std::borrow::Cow;

use super::super::text::plain_len;
use super::{Json, Result};

impl<'a> Json<'a> {
    /// A string; borrowed where it has no escapes.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>> {
        self.require(b'"', "expected a string")?;
        self.string_tail()
    }

    /// The rest of a string whose opening quote is behind the cursor.
    #[inline]
    pub(in crate::codec) fn string_tail(&mut self) -> Result<Cow<'a, str>> {
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

    /// Skips a string, checking it but allocating nothing.
    pub(super) fn skip_string(&mut self) -> Result<()> {
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
}
