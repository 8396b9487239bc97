//! `Changed`: the attributes that an update changed, which are not a whole item.

use std::fmt;
use std::marker::PhantomData;

use crate::attribute::{Codec, Item};
use crate::codec::{Reader, item_from_json, value_to_json};
use crate::error::Result;
use crate::expr::Field;

/// What an update changed in an item of the model `M`: returned by [`return_updated_new`](super::Update::return_updated_new) and
/// [`return_updated_old`](super::Update::return_updated_old).
///
/// Of a map only the changed entries are in it, and of a list only the changed items, which have their positions among themselves.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
/// # fn main() { run(async |db: Db| {
/// let changed = Book::update(&persuasion()).add(Book::PAGES, 40).return_updated_new().send(&db).await?;
/// assert_eq!(changed.get(Book::PAGES)?, Some(Some(300)));
/// assert_eq!(changed.get(Book::TITLE)?, None); // it was not changed
/// # Ok(()) }) }
/// ```
#[derive(Clone)]
pub struct Changed<M> {
    item: Item,
    model: PhantomData<fn() -> M>,
}

impl<M> Changed<M> {
    /// What an answer's JSON says.
    pub(super) fn new(item: Option<String>) -> Result<Self> {
        let item = item.map(|item| item_from_json(item.as_bytes())).transpose()?.unwrap_or_default();
        Ok(Changed { item: item.into(), model: PhantomData })
    }

    /// The value of an attribute, or of a place in one, if it was changed and is not absent.
    ///
    /// # Errors
    /// [`is_decode`](crate::Error::is_decode) if what is stored there is not a `T`.
    pub fn get<T, R, C: Codec<T>>(&self, field: Field<M, T, R, C>) -> Result<Option<T>> {
        let Some(value) = field.find(&self.item) else { return Ok(None) };
        let read = value_to_json(value).and_then(|json| C::read(&mut Reader::new(&json)?));
        Ok(Some(read.map_err(|error| error.in_attribute(field.attribute().to_owned()))?))
    }

    /// The attributes, raw.
    pub fn item(&self) -> &Item {
        &self.item
    }
}

impl<M> fmt::Debug for Changed<M> {
    // The values are somebody's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names: Vec<&String> = self.item.keys().collect();
        names.sort_unstable();
        f.debug_tuple("Changed").field(&names).finish()
    }
}
