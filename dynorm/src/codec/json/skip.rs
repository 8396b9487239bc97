//! Values that are passed over: checked, but nothing of them is kept.

use super::{Json, Result};
use crate::error::DecodeError;

/// How deep arrays and objects may be nested in a value that is skipped, one bit each: two for a DynamoDB level, and
/// some for the response around the item.
const MAX_NESTING: u32 = u128::BITS;

impl<'a> Json<'a> {
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
}
