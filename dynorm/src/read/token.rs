//! Cursors as page tokens: what is in one, and how a read is begun from it.

use std::fmt;
use std::sync::Arc;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use super::cursor::{Cursor, Place, Position};
use super::from_item::FromItem;
use super::page::Page;
use super::plan::Plan;
use super::stream::Items;
use crate::db::Db;
use crate::error::{DecodeError, Result, TokenProblem};
use crate::model::DynamoModel;
use crate::target::Target;

/// Makes tokens of the cursors of one read.
#[derive(Clone)]
pub(super) struct Sealer {
    pub(super) db: Db,
    pub(super) plan: Arc<Plan>,
}

impl Sealer {
    /// `backwards`: whether the read that the token begins goes back from the cursor.
    fn seal<M, I>(&self, cursor: Option<&Cursor<M, I>>, backwards: bool) -> Result<Option<String>> {
        let Some(cursor) = cursor else { return Ok(None) };
        let mut content = Content(self.plan.binding().to_vec());
        content.0.push(u8::from(backwards));
        content.length(cursor.places.len());
        let places = cursor.places.iter().try_for_each(|place| content.place(place, &self.plan.key_attributes));
        let sealed = places.and_then(|()| self.db.tokens().seal(&content.0, self.db.now()));
        sealed.map(Some).map_err(|error| self.plan.explain(error))
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The plan has the values of the key condition.
        f.write_str("Sealer(..)")
    }
}

/// The places that a token names, and whether the read goes back from there; an error if it is not a token of this read.
pub(super) fn open(db: &Db, plan: &Plan, token: &str) -> Result<(bool, Vec<Place>)> {
    let opened = db.tokens().open(token, db.now())?;
    let binding = plan.binding();
    let content = opened.content.strip_prefix(&binding).ok_or(TokenProblem::Foreign)?;
    if opened.is_over {
        return Err(TokenProblem::Expired.into());
    }
    let read = |mut rest: Rest<'_>| {
        let backwards = rest.byte()? != 0;
        let places = (0..rest.length()?).map(|_| rest.place(&plan.key_attributes)).collect::<Option<Vec<_>>>()?;
        rest.0.is_empty().then_some((backwards, places))
    };
    // Nobody but this version sealed it, so that it can be read.
    read(Rest(content)).ok_or_else(|| TokenProblem::Malformed.into())
}

/// The bytes of a token's content.
struct Content(Vec<u8>);

const EDGE: u8 = 0;
const END: u8 = 1;
const BEHIND: u8 = 2;

impl Content {
    fn place(&mut self, place: &Place, names: &[&str]) -> Result<()> {
        match place {
            Place::Edge => self.0.push(EDGE),
            Place::End => self.0.push(END),
            Place::Behind(position) => {
                self.0.push(BEHIND);
                self.position(position, names)?;
            }
        }
        Ok(())
    }

    fn position(&mut self, position: &Position, names: &[&str]) -> Result<()> {
        self.length(position.len());
        for (name, value) in position {
            // The names of key attributes are known, and need not be said.
            match names.iter().position(|known| known == name) {
                Some(at) => self.length(at + 1),
                None => {
                    self.length(0);
                    self.bytes(name.as_bytes());
                }
            }
            let (kind, bytes) = match value {
                AttributeValue::S(text) => (b'S', text.as_bytes()),
                AttributeValue::N(digits) => (b'N', digits.as_bytes()),
                AttributeValue::B(bytes) => (b'B', bytes.as_ref()),
                _ => return Err(DecodeError::custom("a position with an attribute that no key can have").into()),
            };
            self.0.push(kind);
            self.bytes(bytes);
        }
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    /// Seven bits to a byte, the lowest first; the eighth says that there are more.
    fn length(&mut self, mut length: usize) {
        while length > 0x7f {
            self.0.push(0x80 | (length & 0x7f) as u8);
            length >>= 7;
        }
        self.0.push(length as u8);
    }
}

/// What is still to be read of a token's content.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn length(&mut self) -> Option<usize> {
        let mut length = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = self.byte()?;
            length |= usize::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(length);
            }
        }
        None
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.length()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    fn place(&mut self, names: &[&str]) -> Option<Place> {
        Some(match self.byte()? {
            EDGE => Place::Edge,
            END => Place::End,
            BEHIND => Place::Behind(self.position(names)?),
            _ => return None,
        })
    }

    fn position(&mut self, names: &[&str]) -> Option<Position> {
        let attributes = self.length()?;
        let attribute = |_| {
            let name = match self.length()?.checked_sub(1) {
                Some(at) => (*names.get(at)?).to_owned(),
                None => self.text()?,
            };
            let value = match self.byte()? {
                b'S' => AttributeValue::S(self.text()?),
                b'N' => AttributeValue::N(self.text()?),
                b'B' => AttributeValue::B(Blob::new(self.bytes()?)),
                _ => return None,
            };
            Some((name, value))
        };
        (0..attributes).map(attribute).collect()
    }
}

impl<T, I, M> Page<T, I, M> {
    /// [`next`](Page::next) as a token, to be given out of the program; `None` if there is no next page.
    ///
    /// The read that it was made for goes on from it with [`page_token`](super::Query::page_token). What it says nobody can read or change
    /// without the key, and it is good for that read only: see [`page_token`](super::Query::page_token).
    ///
    /// # Errors
    /// [`is_token_key_missing`](crate::Error::is_token_key_missing) if the handle was given no [key](crate::DbBuilder::token_keys).
    pub fn next_token(&self) -> Result<Option<String>> {
        self.sealer.as_ref().map_or(Ok(None), |sealer| sealer.seal(self.next.as_ref(), false))
    }

    /// [`previous`](Page::previous) as a token; `None` if there is no page before this one.
    ///
    /// # Errors
    /// Those of [`next_token`](Page::next_token).
    pub fn previous_token(&self) -> Result<Option<String>> {
        self.sealer.as_ref().map_or(Ok(None), |sealer| sealer.seal(self.previous.as_ref(), true))
    }
}

impl<T: FromItem<M>, I: Target + 'static, M: DynamoModel + 'static> Items<T, I, M> {
    /// The [`cursor`](Items::cursor) as a token, from which the same read goes on in the same direction.
    ///
    /// # Errors
    /// Those of [`cursor`](Items::cursor), and of [`Page::next_token`].
    pub fn token(&self) -> Result<Option<String>> {
        let cursor = self.cursor()?;
        self.sealer().map_or(Ok(None), |sealer| sealer.seal(cursor.as_ref(), self.goes_backwards()))
    }
}
